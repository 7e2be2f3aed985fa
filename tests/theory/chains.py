"""Queues whose answer is a Markov chain solved by numbers: redials, two groups, rates that change over the day.

A chain is a function from a state to the moves out of it, ``(rate, next state)``; the states are all that can be reached.
Truncation is the chain's own business: it offers no move beyond its largest state.
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
        (at, states[to], rate) for state, at in states.items() for rate, to in moves(state) if rate > 0.0 and to != state
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


def staffed(
    rate: float, mean: float, servers: int, patience: float, balk: float = 0.0, longest: int = 200
) -> Period:
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


def redials(
    rate: float, mean: float, servers: int, patience: float | None, chance: float, delay: float, largest: tuple[int, int]
) -> dict[str, float]:
    """M/M/c with redials after an exponential delay: lost calls (patience None) or callers who wait and leave.

    ``largest`` bounds callers in the system (with patience) and between attempts. Rates per unit of time.
    """
    room, orbit = (servers if patience is None else largest[0]), largest[1]

    def moves(state: tuple[int, int]) -> Iterable[tuple[float, State]]:
        inside, away = state
        later = (inside, min(away + 1, orbit))
        if inside < room:
            yield rate, (inside + 1, away)
            yield away / delay, (inside + 1, away - 1)
        else:  # the attempt fails
            yield rate * chance, later
            yield away / delay * (1.0 - chance), (inside, away - 1)
        yield min(inside, servers) / mean, (inside - 1, away)
        if patience is not None and inside > servers:
            gone = (inside - servers) / patience
            yield gone * chance, (inside - 1, min(away + 1, orbit))
            yield gone * (1.0 - chance), (inside - 1, away)

    shares = stationary((0, 0), moves)
    attempts = rate + mean_of(shares, lambda s: s[1]) / delay
    waiting = mean_of(shares, lambda s: max(0, s[0] - servers))
    served = mean_of(shares, lambda s: min(s[0], servers)) / mean
    return {"attempts": attempts, "answered_share": served / attempts, "mean_wait": waiting / attempts, "served": served}
