"""Queues whose answer is known in closed form, or as one integral.

Any one time unit, used throughout: ``rate`` is arrivals per unit, ``mean`` a mean service time in that unit,
``servers`` how many serve. A *wait* is time in the queue; where callers may be lost, it is said whose wait is meant.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.integrate import quad

# Erlang's two formulas, and the queue with all waiting served.


def erlang_b(servers: int, load: float) -> float:
    """Share blocked in M/G/c/c with ``load`` erlangs, whatever the service distribution (Erlang 1917)."""
    inverse = 1.0  # of the blocking with 0 servers; each server adds a step of the well-known recursion
    for n in range(1, servers + 1):
        inverse = 1.0 + inverse * n / load
    return 1.0 / inverse


def erlang_c(servers: int, load: float) -> float:
    """Share that must wait in M/M/c, first come first served, nobody leaves (Erlang 1917); load < servers."""
    blocked = erlang_b(servers, load)
    return servers * blocked / (servers - load * (1.0 - blocked))


def mmc_mean_wait(servers: int, rate: float, mean: float) -> float:
    """Mean wait of all callers in M/M/c."""
    return erlang_c(servers, rate * mean) * mean / (servers - rate * mean)


def mmc_within(servers: int, rate: float, mean: float, time: float) -> float:
    """Share of callers in M/M/c whose wait is at most ``time``."""
    return 1.0 - erlang_c(servers, rate * mean) * math.exp(-(servers / mean - rate) * time)


# One server, any service.


def pollaczek_khinchine(rate: float, mean: float, cv: float) -> float:
    """Mean wait in M/G/1, first come first served (Pollaczek 1930, Khinchine 1932)."""
    return rate * second_moment(mean, cv) / (2.0 * (1.0 - rate * mean))


def second_moment(mean: float, cv: float) -> float:
    """E S^2 of a service time by its mean and coefficient of variation."""
    return mean * mean * (1.0 + cv * cv)


# Priorities. Classes in order, the most urgent first.


def cobham(rates: Sequence[float], means: Sequence[float], seconds: Sequence[float]) -> list[float]:
    """Mean wait by class in M/G/1 with non-preemptive priorities; ``seconds`` are E S^2 (Cobham 1954)."""
    residual = sum(rate * second for rate, second in zip(rates, seconds, strict=True)) / 2.0
    return _ladder(residual, [rate * mean for rate, mean in zip(rates, means, strict=True)])


def cobham_many(rates: Sequence[float], mean: float, servers: int) -> list[float]:
    """Mean wait by class in M/M/c with non-preemptive priorities and one service mean (Cobham 1954)."""
    all_busy = erlang_c(servers, sum(rates) * mean) * mean / servers
    return _ladder(all_busy, [rate * mean / servers for rate in rates])


def _ladder(residual: float, loads: Sequence[float]) -> list[float]:
    waits, above = [], 0.0
    for load in loads:
        waits.append(residual / ((1.0 - above) * (1.0 - above - load)))
        above += load
    return waits


def ageing(rates: Sequence[float], mean: float, slopes: Sequence[float]) -> list[float]:
    """Mean wait by class in M/M/1 where a caller's score grows by its class's slope (Kleinrock 1964).

    Classes with the steepest slope first; the highest score is served next, nobody is interrupted.
    """
    loads = [rate * mean for rate in rates]
    first_come = sum(loads) * mean / (1.0 - sum(loads))
    waits: dict[int, float] = {}
    for k in reversed(range(len(loads))):  # from the flattest slope up
        slower = sum(loads[i] * waits[i] * (1.0 - slopes[i] / slopes[k]) for i in range(k + 1, len(loads)))
        faster = sum(loads[i] * (1.0 - slopes[k] / slopes[i]) for i in range(k))
        waits[k] = (first_come - slower) / (1.0 - faster)
    return [waits[k] for k in range(len(loads))]


# Impatience of any shape.


@dataclass(frozen=True)
class Impatient:
    """What happens to all callers of M/M/c+G, as shares of all callers and means."""

    servers: int
    rate: float
    mean: float
    survival: Callable[[float], float]
    must_wait: float
    lost: float
    queue: float  # mean number waiting
    scale: float  # of the density of the offered wait
    reach: float  # beyond which nobody's offered wait lies
    knots: tuple[float, ...]

    @property
    def mean_wait(self) -> float:
        """Mean time in queue of all callers, lost ones included."""
        return self.queue / self.rate

    @property
    def answered_mean_wait(self) -> float:
        """Mean wait of those who are answered, at once or later."""
        waited = self._integral(lambda x: x * self.survival(x) * self.density(x), 0.0, self.reach)
        return waited / (1.0 - self.lost)

    @property
    def lost_mean_wait(self) -> float:
        """Mean wait of those who leave unanswered."""
        return (self.mean_wait - self.answered_mean_wait * (1.0 - self.lost)) / self.lost

    @property
    def occupancy(self) -> float:
        """Busy share of the servers."""
        return self.rate * (1.0 - self.lost) * self.mean / self.servers

    def density(self, wait: float) -> float:
        """Density at ``wait`` > 0 of the wait that a caller of endless patience would have."""
        return self.scale * math.exp(_exponent(self.rate, self.servers / self.mean, self.survival, self.knots)(wait))

    def outlast(self, time: float) -> float:
        """Share of all callers who would have to wait longer than ``time`` for an answer."""
        return self._integral(self.density, time, self.reach)

    def answered_within(self, time: float) -> float:
        """Share of all callers who are answered after at most ``time``."""
        return 1.0 - self.must_wait + self._integral(lambda x: self.survival(x) * self.density(x), 0.0, time)

    def gone_within(self, time: float) -> float:
        """Share of all callers who leave unanswered after at most ``time``."""
        stay_longer = self._integral(self.density, time, self.reach)
        left = self._integral(lambda x: (1.0 - self.survival(x)) * self.density(x), 0.0, time)
        return left + (1.0 - self.survival(time)) * stay_longer

    def _integral(self, f: Callable[[float], float], low: float, high: float) -> float:
        return pieces(f, [low, *(k for k in self.knots if low < k < high), high])


def impatient(
    servers: int, rate: float, mean: float, survival: Callable[[float], float], knots: Sequence[float] = ()
) -> Impatient:
    """M/M/c+G, first come first served: patience has the given survival function, right-continuous.

    ``survival(0) < 1`` says that a share leaves at once when it must wait; ``knots`` are where it jumps or bends. The
    offered wait's density is proportional to exp(rate * int_0^x survival - x * servers / mean) (Baccelli and Hebuterne
    1981; the constants as in Zeltyn and Mandelbaum 2005).
    """
    exponent = _exponent(rate, servers / mean, survival, tuple(knots))
    reach = _reach(exponent, max(knots, default=0.0))
    edges = [0.0, *sorted(knots), reach]
    patient = _patient(survival, tuple(knots))
    whole = pieces(lambda x: math.exp(exponent(x)), edges)
    waited = pieces(lambda x: patient(x) * math.exp(exponent(x)), edges)
    empty = 1.0 / erlang_b(servers - 1, rate * mean) if servers > 1 else 1.0
    total = empty + rate * whole
    lost = (1.0 + (rate - servers / mean) * whole) / total
    queue = rate * rate * waited / total
    return Impatient(
        servers, rate, mean, survival, rate * whole / total, lost, queue, rate / total, reach, tuple(sorted(knots))
    )


def pieces(f: Callable[[float], float], edges: Sequence[float]) -> float:
    """Integral over an interval, from one bend to the next."""
    parts = [(low, high) for low, high in itertools.pairwise(edges) if high > low]
    return sum(quad(f, low, high, epsabs=1e-12, epsrel=1e-10, limit=200)[0] for low, high in parts)


def _patient(survival: Callable[[float], float], knots: tuple[float, ...]) -> Callable[[float], float]:
    """How long a caller would wait on average within the first x: the integral of the survival function."""
    return lambda x: pieces(survival, [0.0, *(k for k in sorted(knots) if k < x), x])


def _exponent(
    rate: float, out: float, survival: Callable[[float], float], knots: tuple[float, ...]
) -> Callable[[float], float]:
    patient = _patient(survival, knots)
    return lambda x: rate * patient(x) - out * x


def _reach(exponent: Callable[[float], float], start: float) -> float:
    reach = max(1.0, start)
    while exponent(reach) > -40.0:
        reach *= 2.0
    return reach


# Patience, as survival functions.


def exponential(mean: float, zero_share: float = 0.0) -> Callable[[float], float]:
    """Exponential patience of a mean; a share has none at all."""
    return lambda x: (1.0 - zero_share) * math.exp(-x / mean)


def at_most(cap: float, survival: Callable[[float], float] = lambda x: 1.0) -> Callable[[float], float]:
    """Patience that ends at a cap at the latest."""
    return lambda x: survival(x) if x < cap else 0.0


def uniform(low: float, high: float) -> Callable[[float], float]:
    """Patience uniform between two times."""
    return lambda x: float(np.clip((high - x) / (high - low), 0.0, 1.0))


# Birth and death.


def birth_death(birth: Callable[[int], float], death: Callable[[int], float], largest: int) -> np.ndarray:
    """Stationary probabilities of 0..``largest`` from the rates up from n and down from n."""
    logs = np.zeros(largest + 1)
    for n in range(1, largest + 1):
        up = birth(n - 1)
        logs[n] = logs[n - 1] + math.log(up) - math.log(death(n)) if up > 0.0 else -math.inf
    shares = np.exp(logs - logs.max())
    return np.asarray(shares / shares.sum())


def mmck(servers: int, rate: float, mean: float, capacity: int) -> dict[str, float]:
    """M/M/c with room for ``capacity`` callers: share blocked, mean wait of the accepted, mean waiting, busy share."""
    shares = birth_death(lambda n: rate, lambda n: min(n, servers) / mean, capacity)
    waiting = float(np.maximum(np.arange(capacity + 1) - servers, 0) @ shares)
    accepted = rate * (1.0 - shares[-1])
    return {
        "blocked": float(shares[-1]),
        "mean_wait": waiting / accepted,
        "waiting": waiting,
        "occupancy": accepted * mean / servers,
    }


def erlang_a(servers: int, rate: float, mean: float, patience: float, capacity: int | None = None) -> dict[str, float]:
    """M/M/c(/K)+M by its birth and death: shares of all callers, and the mean wait of those who got in."""
    largest = capacity if capacity is not None else servers + _enough(servers, rate, mean, patience)
    shares = birth_death(lambda n: rate, lambda n: min(n, servers) / mean + max(n - servers, 0) / patience, largest)
    waiting = float(np.maximum(np.arange(largest + 1) - servers, 0) @ shares)
    blocked = float(shares[-1]) if capacity is not None else 0.0
    return {
        "must_wait": float(shares[servers:].sum()) - blocked,
        "lost": waiting / patience / rate,
        "blocked": blocked,
        "mean_wait": waiting / (rate * (1.0 - blocked)),
        "waiting": waiting,
        "occupancy": float(np.minimum(np.arange(largest + 1), servers) @ shares) / servers,
    }


def _enough(servers: int, rate: float, mean: float, patience: float) -> int:
    """A queue so long that it never happens: well beyond where leaving alone outruns the arrivals."""
    return int(max(0.0, rate - servers / mean) * patience + 12.0 * math.sqrt(rate * patience + servers) + 60.0)
