"""Nobody knows a draw before it is revealed: change one, and the ledger is the same until then."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from sim.ledger import Run
from sim.run import simulate
from sim.scenarios import load
from sim.shop.scenario import Scenario
from sim.streams import REVEALED, Address, Draw
from tests.properties.revealing import moment

PLANS = ["separate", *(pytest.param(plan, marks=pytest.mark.slow) for plan in ("combined", "cross_trained"))]
NAMES = {int(draw): draw.name for draw in Draw}
DAYS = ["horizon.days=12", "horizon.warmup_days=0"]


@cache
def scenario(plan: str) -> Scenario:
    """Two weeks of a shop."""
    return load(plan, DAYS).scenario


@cache
def plain(plan: str) -> Run:
    """The run that nothing was changed in."""
    return simulate(scenario(plan), 1, 0)


def booked(run: Run, at_most: int) -> list[int]:
    """Some roots that went far: those with the most rows, spread over the days."""
    table = run.ledger.table
    count = np.bincount(table[table[:, 2] >= 0, 2].astype(int), minlength=len(run.roots.id))
    fresh = [n for n in np.argsort(-count).tolist() if run.roots.parent[n] < 0]
    return fresh[:at_most]


def first_difference(one: Run, other: Run) -> float:
    """The time of the first row that differs; infinite if none does."""
    a, b = one.ledger.table, other.ledger.table
    n = min(len(a), len(b))
    unlike = np.flatnonzero((a[:n] != b[:n]).any(axis=1))
    if len(unlike):
        return float(min(a[unlike[0], 0], b[unlike[0], 0]))
    if len(a) == len(b):
        return float("inf")
    return float((a if len(a) > n else b)[n, 0])


@pytest.mark.parametrize("column", sorted(int(c) for c in REVEALED), ids=lambda column: NAMES.get(column, str(column)))
@pytest.mark.parametrize("plan", PLANS)
def test_nobody_peeks(plan: str, column: int) -> None:
    """Overriding one draw leaves the ledger as it was before the earlier of the two moments at which it is revealed."""
    run = plain(plan)
    for place, root in enumerate(booked(run, 2)):
        key = int(run.roots.key[root])
        entity, row = (key >> 40) << 32 | (key >> 20) & 0xFFFFF, key & 0xFFFFF
        u = (0.001, 0.999)[place]
        other = simulate(scenario(plan), 1, 0, overrides={(Address.ROOT, entity, row, column): u})
        revealed = min(moment(run, key, column), moment(other, key, column))
        assert first_difference(run, other) >= revealed - 1e-9
