"""Replications of plans: every plan meets the same callers in the same replication, so results pair."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from sim.kpis import KPIS, Tables, measure, split
from sim.run import simulate
from sim.shop.scenario import Scenario
from sim.study.processes import FannedOut, fan_out
from sim.study.results import Floats, Results, Split

Task = tuple[int, int]  # plan and replication
ByLabel = Mapping[str, Mapping[str, float]]


class Measured(NamedTuple):
    """What a replication sends home: a few numbers, never its ledger."""

    values: Floats  # in the order of KPIS
    splits: dict[str, ByLabel]


class Shared(NamedTuple):
    """What every worker is told once."""

    plans: tuple[Scenario, ...]
    seed: int
    by: tuple[str, ...]


def replicate(
    plans: Sequence[Scenario],
    *,
    replications: int,
    seed: int = 1,
    workers: int | None = None,
    by: str | Sequence[str] | None = None,
    on_done: Callable[[int, int], None] | None = None,
) -> Results:
    """Run every plan ``replications`` times and return the measures.

    ``workers`` is the number of processes (the cores by default; 1 stays in this process) and changes nothing in the
    results. ``by`` names dimensions to split by as well. ``on_done(finished, total)`` is called after each run. On
    Ctrl-C the workers are ended and what is finished is returned, marked ``interrupted``. Raises ``ValueError`` for
    plans that cannot be compared (see :func:`faults`) and for numbers below 1.
    """
    wrong = [*faults(plans), *_faults_of_numbers(replications, workers, seed)]
    if wrong:
        raise ValueError(" ".join(wrong))
    shared = Shared(tuple(plans), seed, (by,) if isinstance(by, str) else tuple(by or ()))
    tasks = [(plan, n) for n in range(replications) for plan in range(len(plans))]
    out = fan_out(measured, shared, tasks, workers=workers or cores(), on_done=on_done)
    return _gather(shared, tasks, replications, out)


def measured(shared: Shared, task: Task) -> Measured:
    """One replication of one plan, measured."""
    plan, replication = task
    tables = Tables(simulate(shared.plans[plan], shared.seed, replication))
    found = measure(tables)
    values = np.array([found[key] for key in KPIS], dtype=np.float64)
    return Measured(values, {by: split(tables, by) for by in shared.by})


def cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def faults(plans: Sequence[Scenario]) -> list[str]:
    """Why these plans cannot be compared, one sentence each."""
    if not plans:
        return ["There is no plan to run."]
    first, first_name = plans[0], names(plans)[0]
    found = []
    for plan, name in zip(plans[1:], names(plans)[1:], strict=True):
        for what, one, other, remedy in _unlike(first, plan):
            if one != other:
                found.append(f"{first_name} has {what} {one} and {name} has {other}: {remedy}.")
    return found


def _unlike(first: Scenario, other: Scenario) -> list[tuple[str, object, object, str]]:
    """What two plans must have in common: what it is, the one's, the other's, and what to do."""
    a, b = first.horizon, other.horizon
    same = "give both the same"
    return [
        ("horizon.days", first.days, other.days, "give both the same, for example with --days"),
        ("horizon.warmup_days", a.warmup_days, b.warmup_days, same),
        ("horizon.start", a.start.isoformat(), b.start.isoformat(), f"{same}, or their days are different weekdays"),
        (
            "prices.currency",
            first.prices.currency,
            other.prices.currency,
            f"{same}, money cannot be compared otherwise",
        ),
    ]


def _faults_of_numbers(replications: int, workers: int | None, seed: int) -> list[str]:
    found = []
    if replications < 1:
        found.append(f"There must be at least 1 replication, not {replications}.")
    if workers is not None and workers < 1:
        found.append(f"There must be at least 1 worker, not {workers}.")
    if seed < 0:
        found.append(f"The seed must not be negative, not {seed}.")
    return found


def names(plans: Sequence[Scenario]) -> tuple[str, ...]:
    """What to call the plans; a name that comes again gets a number."""
    seen: Counter[str] = Counter()
    called = []
    for place, plan in enumerate(plans, start=1):
        name = plan.name or f"plan {place}"
        seen[name] += 1
        called.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(called)


def _gather(shared: Shared, tasks: list[Task], replications: int, out: FannedOut[Measured]) -> Results:
    called = names(shared.plans)
    values = np.full((len(called), replications, len(KPIS)), np.nan)
    finished = np.zeros((len(called), replications), dtype=np.bool_)
    for place, result in out.results.items():
        plan, n = tasks[place]
        values[plan, n] = result.values
        finished[plan, n] = True
    by_task = {tasks[place]: result.splits for place, result in out.results.items()}
    return Results(
        plans=called,
        scenarios=shared.plans,
        seed=shared.seed,
        days=shared.plans[0].days,
        keys=tuple(KPIS),
        values=values,
        finished=finished,
        splits={by: _split(by, by_task, len(called), replications) for by in shared.by},
        interrupted=out.interrupted,
        given_up=tuple((called[tasks[place][0]], tasks[place][1]) for place in out.given_up),
    )


def _split(by: str, by_task: Mapping[Task, Mapping[str, ByLabel]], plans: int, replications: int) -> Split:
    """One array of all splits; labels and keys in the order in which the first runs have them."""
    tables = {task: splits[by] for task, splits in sorted(by_task.items(), key=lambda item: item[0][::-1])}
    labels = tuple(dict.fromkeys(label for table in tables.values() for label in table))
    found = {key for table in tables.values() for row in table.values() for key in row}
    keys = tuple(key for key in KPIS if key in found)
    values = np.full((plans, len(labels), replications, len(keys)), np.nan)
    for (plan, n), table in tables.items():
        for label, row in table.items():
            values[plan, labels.index(label), n] = [row.get(key, np.nan) for key in keys]
    return Split(by, labels, keys, values)
