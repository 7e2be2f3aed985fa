"""Queues whose answer is a Markov chain solved by numbers: redials, two groups, rates that change over the day.

A chain is a function from a state to the moves out of it, ``(rate, next state)``; the states are all that can be
reached. Truncation is the chain's own business: it offers no move beyond its largest state.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, diags
from scipy.sparse.linalg import spsolve
from scipy.special import roots_genlaguerre
from scipy.stats import poisson

State = Any
Moves = Callable[[State], Iterable[tuple[float, State]]]
_NEVER = 1e-13  # what is less likely is not followed into the next period


def reachable(starts: Iterable[Hashable], moves: Moves) -> dict[State, int]:
    """Every state that can be reached from the starts, numbered."""
    todo = list(dict.fromkeys(starts))
    found = {state: number for number, state in enumerate(todo)}
    while todo:
        for rate, state in moves(todo.pop()):
            if rate > 0.0 and state not in found:
                found[state] = len(found)
                todo.append(state)
    return found


def generator(states: dict[State, int], moves: Moves) -> csr_matrix:
    """The rates from row to column, each row adding up to 0."""
    entries = [
        (at, states[to], rate)
        for state, at in states.items()
        for rate, to in moves(state)
        if rate > 0.0 and to != state
    ]
    rows, columns, rates = zip(*entries, strict=True)
    flow = csr_matrix((rates, (rows, columns)), shape=(len(states), len(states)))
    return csr_matrix(flow - diags(np.asarray(flow.sum(axis=1)).ravel()))


def stationary(start: Hashable, moves: Moves) -> dict[State, float]:
    """The share of time in each state."""
    states = reachable([start], moves)
    balance = generator(states, moves).T.tolil()
    balance[0] = 1.0  # one of the balances follows from the others; the shares add up to 1 instead
    right = np.zeros(len(states))
    right[0] = 1.0
    shares = spsolve(balance.tocsr(), right)
    return dict(zip(states, shares.tolist(), strict=True))


def mean_of(shares: dict[State, float], value: Callable[[State], float]) -> float:
    """The time average of a function of the state."""
    return math.fsum(share * value(state) for state, share in shares.items())


# Over the day: uniformization (Jensen 1953).


@dataclass(frozen=True)
class Period:
    """A stretch of constant rates: ``settle`` is what a change of staff does to the state at once."""

    length: float
    moves: Moves
    settle: Callable[[State], State] = lambda state: state


def over_time(
    start: Hashable, periods: Sequence[Period], rewards: Sequence[Callable[[int, State], float]]
) -> list[np.ndarray]:
    """For each period the expected integrals of ``reward(number of the period, state)`` over it."""
    shares: dict[State, float] = {start: 1.0}
    totals = []
    for number, period in enumerate(periods):
        settled: dict[State, float] = {}
        for state, share in shares.items():
            if share > _NEVER:
                after = period.settle(state)
                settled[after] = settled.get(after, 0.0) + share
        states = reachable(settled, period.moves)
        begin = np.array([settled.get(state, 0.0) for state in states])
        end, spent = _uniformized(generator(states, period.moves), begin, period.length)
        totals.append(np.array([[reward(number, state) for state in states] for reward in rewards]) @ spent)
        shares = dict(zip(states, end.tolist(), strict=True))
    return totals


def _uniformized(rates: csr_matrix, shares: np.ndarray, length: float) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities at the end of a stretch, and expected time in each state over it."""
    fastest = float(-rates.diagonal().min())
    step = (rates.T / fastest).tocsr()
    jumps = int(fastest * length + 10.0 * math.sqrt(fastest * length) + 30.0)
    weights = poisson.pmf(np.arange(jumps), fastest * length)
    left = poisson.sf(np.arange(jumps), fastest * length) / fastest
    end, spent = np.zeros_like(shares), np.zeros_like(shares)
    for weight, time in zip(weights.tolist(), left.tolist(), strict=True):
        end += weight * shares
        spent += time * shares
        shares = shares + step @ shares
    return end, spent


def over_busyness(cv: float, nodes: int) -> list[tuple[float, float]]:
    """Factors on a day's rate and their weights: a gamma of mean 1 by Gauss and Laguerre's quadrature."""
    shape = 1.0 / cv**2
    points, weights = roots_genlaguerre(nodes, shape - 1.0)
    return list(zip((points / shape).tolist(), (weights / weights.sum()).tolist(), strict=True))


# The chains.


def staffed(rate: float, mean: float, servers: int, patience: float, balk: float = 0.0, longest: int = 200) -> Period:
    """Moves of (being served, waiting) under a head-count; when it falls, calls in hand are completed."""

    def moves(state: tuple[int, int]) -> Iterable[tuple[float, State]]:
        busy, waiting = state
        if busy < servers:
            yield rate, (busy + 1, waiting)
        elif waiting < longest:
            yield rate * (1.0 - balk), (busy, waiting + 1)
        takes_next = waiting > 0 and busy <= servers
        yield busy / mean, (busy, waiting - 1) if takes_next else (busy - 1, waiting)
        yield waiting / patience, (busy, waiting - 1)

    def settle(state: tuple[int, int]) -> State:
        started = max(0, min(servers - state[0], state[1]))
        return state[0] + started, state[1] - started

    return Period(1.0, moves, settle)


def lost_and_redialled(
    rate: float, mean: float, servers: int, first: float, later: float, delay: float, orbit: int = 150
) -> dict[str, float]:
    """M/M/c/c where a blocked caller rings again after an exponential delay, with chance ``first``, then ``later``."""

    def moves(state: tuple[int, int]) -> Iterable[tuple[float, State]]:
        busy, away = state
        yield busy / mean, (busy - 1, away)
        if busy < servers:
            yield rate, (busy + 1, away)
            yield away / delay, (busy + 1, away - 1)
        else:
            yield rate * first, (busy, min(away + 1, orbit))
            yield away / delay * (1.0 - later), (busy, away - 1)

    shares = stationary((0, 0), moves)
    attempts = rate + mean_of(shares, lambda s: s[1]) / delay
    return {
        "attempts": attempts / rate,
        "blocked": 1.0 - mean_of(shares, lambda s: s[0]) / mean / attempts,
        "occupancy": mean_of(shares, lambda s: s[0]) / servers,
    }


def impatient_and_redialling(
    rate: float, mean: float, servers: int, patience: float, chance: float, delay: float, largest: tuple[int, int]
) -> dict[str, float]:
    """M/M/c+M where who gave up rings again after an exponential delay with a chance, each time anew.

    ``largest`` bounds the callers in the system and those between two attempts.
    """
    room, orbit = largest

    def moves(state: tuple[int, int]) -> Iterable[tuple[float, State]]:
        inside, away = state
        gone = max(0, inside - servers) / patience
        yield min(inside, servers) / mean, (inside - 1, away)
        yield gone * chance, (inside - 1, min(away + 1, orbit))
        yield gone * (1.0 - chance), (inside - 1, away)
        if inside < room:
            yield rate, (inside + 1, away)
            yield away / delay, (inside + 1, away - 1)

    shares = stationary((0, 0), moves)
    attempts = rate + mean_of(shares, lambda s: s[1]) / delay
    waiting = mean_of(shares, lambda s: max(0, s[0] - servers))
    return {"attempts": attempts / rate, "lost": waiting / patience / attempts, "mean_wait": waiting / attempts}


def two_unlike(rate: float, first: float, second: float, choose: str, longest: int = 200) -> dict[str, float]:
    """One queue before two people of unlike mean talk: the first's share of the calls, and the mean wait.

    ``choose`` says who gets a call that finds both idle: the first by name, either at random, or the longest idle.
    """
    idle = {"first_by_name": (1.0, 1.0), "random": (0.5, 0.5), "longest_idle": (1.0, 0.0)}[choose]

    def moves(state: State) -> Iterable[tuple[float, State]]:
        match state:
            case ("idle", who):  # who has been idle longest, 0 the first
                chance = idle[who]
                yield rate * chance, ("one", 0)
                yield rate * (1.0 - chance), ("one", 1)
            case ("one", who):  # who is busy
                yield rate, ("both", 0)
                yield 1.0 / (first, second)[who], ("idle", 1 - who)
            case ("both", waiting):
                if waiting < longest:
                    yield rate, ("both", waiting + 1)
                for who, talk in enumerate((first, second)):
                    yield 1.0 / talk, ("both", waiting - 1) if waiting else ("one", 1 - who)

    shares = stationary(("idle", 0), moves)
    both = sum(share for state, share in shares.items() if state[0] == "both")
    return {
        "by_first": (shares["one", 0] + both) / first / rate,
        "mean_wait": mean_of(shares, lambda s: s[1] if s[0] == "both" else 0) / rate,
    }


@dataclass(frozen=True)
class TwoByTwo:
    """Two types of impatient callers and two groups of people; groups and types by 0 and 1."""

    rates: tuple[float, float]
    talks: tuple[float, float]  # by group
    counts: tuple[int, int]
    patience: float
    groups_of: tuple[tuple[int, ...], tuple[int, ...]]  # by type, the groups in order
    types_of: tuple[tuple[int, ...], tuple[int, ...]]  # by group, the types in order
    at_random: bool = False  # a type's groups are not in order: anybody idle is as likely
    longest: int = 30

    def solve(self) -> dict[str, tuple[float, float]]:
        """By type the share lost and the mean wait of all; by group the busy share; by type the share to group 0."""
        shares = stationary((0, 0, 0, 0), self.moves)
        waiting = [mean_of(shares, lambda s, n=n: s[2 + n]) for n in range(2)]
        busy = [mean_of(shares, lambda s, n=n: s[n]) / self.counts[n] for n in range(2)]
        lost = [q / self.patience / rate for q, rate in zip(waiting, self.rates, strict=True)]
        waits = [q / rate for q, rate in zip(waiting, self.rates, strict=True)]
        return {"lost": (lost[0], lost[1]), "wait": (waits[0], waits[1]), "busy": (busy[0], busy[1])}

    def moves(self, state: tuple[int, int, int, int]) -> Iterable[tuple[float, State]]:
        """Arrivals, completions and hang-ups from (busy by group, waiting by type)."""
        for kind in range(2):
            for chance, group in self._offered(state, kind):
                yield self.rates[kind] * chance, _changed(state, group, 1)
            if state[2 + kind]:
                yield state[2 + kind] / self.patience, _changed(state, 2 + kind, -1)
        for group in range(2):
            waiting = [kind for kind in self.types_of[group] if state[2 + kind]]
            yield state[group] / self.talks[group], _changed(state, 2 + waiting[0] if waiting else group, -1)

    def _offered(self, state: tuple[int, int, int, int], kind: int) -> list[tuple[float, int]]:
        idle = {group: self.counts[group] - state[group] for group in self.groups_of[kind]}
        free = [group for group in self.groups_of[kind] if idle[group]]
        if not free:
            return [(1.0, 2 + kind)] if state[2 + kind] < self.longest else []
        if self.at_random:
            return [(idle[group] / sum(idle.values()), group) for group in free]
        return [(1.0, free[0])]


def _changed(state: tuple[int, ...], place: int, by: int) -> tuple[int, ...]:
    return (*state[:place], state[place] + by, *state[place + 1 :])
