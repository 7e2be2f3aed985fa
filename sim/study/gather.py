"""Single runs put together: one array of all measures, one of each split."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from sim.kpis import KPIS
from sim.shop.scenario import Scenario
from sim.study.results import Results, Split
from sim.study.tasks import ByLabel, Measured

Place = tuple[int, int]  # plan and replication


def names(plans: Sequence[Scenario]) -> tuple[str, ...]:
    """What to call the plans; a name that comes again gets a number."""
    seen: Counter[str] = Counter()
    called = []
    for place, plan in enumerate(plans, start=1):
        name = plan.name or f"plan {place}"
        seen[name] += 1
        called.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(called)


def gather(
    plans: Sequence[Scenario],
    seed: int,
    by: Sequence[str],
    replications: int,
    found: Mapping[Place, Measured],
    *,
    interrupted: bool = False,
    given_up: Sequence[Place] = (),
) -> Results:
    """The results of so many replications of these plans, of which ``found`` are there."""
    called = names(plans)
    values = np.full((len(called), replications, len(KPIS)), np.nan)
    finished = np.zeros((len(called), replications), dtype=np.bool_)
    for (plan, n), run in found.items():
        values[plan, n] = run.values
        finished[plan, n] = True
    splits = {place: run.splits for place, run in found.items()}
    return Results(
        plans=called,
        scenarios=tuple(plans),
        seed=seed,
        days=plans[0].days,
        keys=tuple(KPIS),
        values=values,
        finished=finished,
        splits={name: _split(name, splits, len(called), replications) for name in by},
        interrupted=interrupted,
        given_up=tuple((called[plan], n) for plan, n in given_up),
    )


def _split(by: str, found: Mapping[Place, Mapping[str, ByLabel]], plans: int, replications: int) -> Split:
    """One array of all splits; labels and keys in the order in which the first runs have them."""
    tables = {place: splits[by] for place, splits in sorted(found.items(), key=lambda item: item[0][::-1])}
    labels = tuple(dict.fromkeys(label for table in tables.values() for label in table))
    known = {key for table in tables.values() for row in table.values() for key in row}
    keys = tuple(key for key in KPIS if key in known)
    values = np.full((plans, len(labels), replications, len(keys)), np.nan)
    for (plan, n), table in tables.items():
        for label, row in table.items():
            values[plan, labels.index(label), n] = [row.get(key, np.nan) for key in keys]
    return Split(by, labels, keys, values)
