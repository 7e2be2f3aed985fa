"""About how long a study takes, from one short run."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter

from sim.shop.scenario import Scenario
from sim.study.tasks import Task, measured

_DAYS = 7  # a whole week, as days of the week differ


def seconds_a_run(plans: Sequence[Scenario], seed: int = 1) -> float:
    """About how long a run of one of these plans takes here: the mean of a week of each, for all its days."""
    return sum(_seconds(plan, seed) for plan in plans) / len(plans)


def _seconds(plan: Scenario, seed: int) -> float:
    days = plan.horizon.warmup_days + plan.days
    if plan.calls.trace is not None or days <= _DAYS:
        return _taken(plan, seed)
    horizon = plan.horizon.model_copy(update={"days": _DAYS, "warmup_days": 0})
    return _taken(plan.model_copy(update={"horizon": horizon}), seed) * days / _DAYS


def _taken(plan: Scenario, seed: int) -> float:
    """The second of two runs: the first also loads what it needs."""
    measured(Task(plan, seed, 0))
    started = perf_counter()
    measured(Task(plan, seed, 0))
    return perf_counter() - started
