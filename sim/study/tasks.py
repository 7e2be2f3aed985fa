"""One run as a task: what a worker is told, and what it sends home."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from sim.kpis import KPIS, Tables, measure, split
from sim.run import simulate
from sim.shop.scenario import Scenario
from sim.study.results import Floats

ByLabel = Mapping[str, Mapping[str, float]]


class Task(NamedTuple):
    """One replication of one plan, and the ways to split its measures."""

    plan: Scenario
    seed: int
    replication: int
    by: tuple[str, ...] = ()


class Measured(NamedTuple):
    """What a replication sends home: a few numbers, never its ledger."""

    values: Floats  # in the order of KPIS
    splits: dict[str, ByLabel]


def measured(task: Task) -> Measured:
    """One replication of one plan, measured."""
    tables = Tables(simulate(task.plan, task.seed, task.replication))
    found = measure(tables)
    values = np.array([found[key] for key in KPIS], dtype=np.float64)
    return Measured(values, {by: split(tables, by) for by in task.by})
