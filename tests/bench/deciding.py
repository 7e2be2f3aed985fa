"""Replications to choose the best of several plans: the textbook way against common random numbers and Kim-Nelson.

A sampler gives observations of a plan by number of replication; equal numbers share their luck between plans. All
three ways have the same indifference zone, probability and first sample.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.statistics import KimNelson, Zone, rinott_replications

Floats = NDArray[np.float64]
Sampler = Callable[[int, int, int], Floats]  # plan, first replication, how many -> shape (how many,)
_APART = 1 << 32  # replications between the streams of two plans that share nothing


@dataclass(frozen=True, slots=True)
class Decision:
    """The plan chosen, and the replications run of each plan, those run in vain included."""

    plan: int
    replications: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.replications)


class Record(NamedTuple):
    """Of many decisions: the share that chose the best, and the mean total of replications."""

    correct: float
    replications: float


def apart(sample: Sampler) -> Sampler:
    """The same plans, each on random numbers of its own."""
    return lambda plan, start, count: sample(plan, start + plan * _APART, count)


def textbook(sample: Sampler, plans: int, zone: Zone) -> Decision:
    """Rinott's two stages; the plans must be independent."""
    first = np.stack([sample(plan, 0, zone.first) for plan in range(plans)])
    totals = [int(n) for n in rinott_replications(first, zone)]
    means = [
        np.append(first[plan], sample(plan, zone.first, n - zone.first)).mean()
        if n > zone.first
        else first[plan].mean()
        for plan, n in enumerate(totals)
    ]
    return Decision(int(np.argmax(means)), tuple(totals))


def eliminating(sample: Sampler, plans: int, zone: Zone, batch: int = 1) -> Decision:
    """Kim and Nelson's procedure, so many replications of each plan in play at a time."""
    procedure, taken = KimNelson(plans, zone), [0] * plans
    while needs := procedure.needs(batch):
        procedure.take({plan: sample(plan, taken[plan], n) for plan, n in needs.items()})
        for plan, n in needs.items():
            taken[plan] += n
    return Decision(procedure.best, tuple(taken))


def from_table(x: Floats, seed: int) -> Sampler:
    """A sampler that draws replications, all plans of one together, from a table of them (plans, replications)."""

    def sample(plan: int, start: int, count: int) -> Floats:
        numbers = np.arange(start, start + count, dtype=np.uint64)
        return np.asarray(x[plan, _scrambled(numbers, seed) % np.uint64(x.shape[1])])

    return sample


def slippage(x: Floats, delta: float) -> Floats:
    """The least favourable case with the same luck: the best plan of a table better by delta, all others equal."""
    level = x - x.mean(axis=1, keepdims=True)
    level[x.mean(axis=1).argmax()] += delta
    return level


def record(decide: Callable[[Sampler], Decision], x: Floats, times: int, seed: int = 0) -> Record:
    """So many decisions on fresh draws from a table, whose own means are the truth."""
    decisions = [decide(from_table(x, seed + i)) for i in range(times)]
    best = x.mean(axis=1).max()
    return Record(
        float(np.mean([x[decision.plan].mean() >= best for decision in decisions])),
        float(np.mean([decision.total for decision in decisions])),
    )


def ways(x: Floats, zone: Zone, times: int, batch: int = 1, seed: int = 0) -> dict[str, Record]:
    """The textbook way, elimination alone, and elimination under common random numbers, on one table."""
    plans = len(x)
    return {
        "independent, Rinott": record(lambda sample: textbook(apart(sample), plans, zone), x, times, seed),
        "independent, Kim-Nelson": record(
            lambda sample: eliminating(apart(sample), plans, zone, batch), x, times, seed
        ),
        "common random numbers, Kim-Nelson": record(
            lambda sample: eliminating(sample, plans, zone, batch), x, times, seed
        ),
    }


def _scrambled(numbers: NDArray[np.uint64], seed: int) -> NDArray[np.uint64]:
    """Numbers that look random, by number: splitmix64 (Steele, Lea and Flood, 2014)."""
    z = numbers + np.uint64(np.random.SeedSequence(seed).generate_state(1, np.uint64)[0])
    z *= np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))
