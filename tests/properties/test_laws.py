"""The laws of conservation over random shops, and what must be the same under every plan."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from sim.run import simulate
from sim.scenarios import load
from sim.shop.scenario import Scenario
from tests.properties import (  # noqa: F401 (each registers its laws)
    laws_of_batons,
    laws_of_calls,
    laws_of_jobs,
    laws_of_money,
    laws_of_people,
    laws_of_time,
)
from tests.properties.reading import faults_of
from tests.properties.scenarios import scenario_of, seeded

BATCH = 25
PLANS = ("combined", "separate", "combined_focused", "cross_trained", "screening")
WEEKS = ["horizon.days=21", "horizon.warmup_days=0"]


def faults(seed: int) -> list[str]:
    """What the laws find wrong in one random shop."""
    return [f"shop {seed}: {fault}" for fault in faults_of(simulate(scenario_of(seeded(seed)), 1, 0))]


@pytest.mark.parametrize("batch", range(10))
def test_every_law_holds_in_random_shops(batch: int) -> None:
    """In 250 random shops every attempt, job, baton, minute and cent goes where the laws say."""
    assert not [fault for seed in range(batch * BATCH, (batch + 1) * BATCH) for fault in faults(seed)]


@pytest.mark.slow
@pytest.mark.parametrize("batch", range(10, 80))
def test_every_law_holds_in_many_more_random_shops(batch: int) -> None:
    """In 1,750 further random shops the laws hold as well."""
    assert not [fault for seed in range(batch * BATCH, (batch + 1) * BATCH) for fault in faults(seed)]


@pytest.mark.parametrize("seed", range(0, 200, 20))
def test_the_same_seed_writes_the_same_ledger(seed: int) -> None:
    """A run repeated is the same byte for byte, and another replication is another run."""
    scenario = scenario_of(seeded(seed))
    assert simulate(scenario, 1, 0).digest() == simulate(scenario, 1, 0).digest()


def test_the_order_of_hashes_changes_nothing() -> None:
    """Processes whose hashes of strings differ write the same ledger."""
    program = (
        "from sim.run import simulate; from sim.scenarios import load;"
        "print(simulate(load('cross_trained', ['horizon.days=14']).scenario, 1, 0).digest())"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", program], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(told) == 1


def _fresh(scenario: Scenario) -> dict[int, tuple[float, int, int, int]]:
    roots = simulate(scenario, 1, 0).roots
    fresh = np.flatnonzero(roots.parent < 0)
    return {
        int(roots.key[n]): (float(roots.born[n]), int(roots.potential[n]), int(roots.job_type[n]), int(roots.tier[n]))
        for n in fresh
    }


def test_the_potential_of_fresh_roots_is_the_same_under_every_plan() -> None:
    """The same households want the same things at the same times, to the cent, whoever answers and however."""
    told = [_fresh(load(plan, WEEKS).scenario) for plan in PLANS]
    assert all(other == told[0] for other in told[1:])


@pytest.mark.parametrize(
    "change",
    [
        "people.csr.count=3",
        "people.technician_hvac.count=6",
        "dispatch.policy=nearest",
        "handoffs.shared_board=true",
        "phones.lines=3",
        "duties.minutes_per_day=0",
    ],
)
def test_a_change_of_the_shop_leaves_the_callers_alone(change: str) -> None:
    """One more person, another policy or a mechanism changes no caller's need."""
    assert _fresh(load("separate", [*WEEKS, change]).scenario) == _fresh(load("separate", WEEKS).scenario)


@pytest.mark.parametrize(
    "neutral",
    [
        ["attention.easy_first_at=100000"],
        ["handoffs.shared_board=true", "handoffs.shared_board_factor=1.0"],
        ["handoffs.manuals=true", "handoffs.manuals_factor=1.0", "handoffs.mastery_rapport=0.0"],
        ["screening.enabled=true", "screening.on_at=100000"],
        ["ladder.enabled=true", "ladder.up_below=0.0", "ladder.longest_wait_s=1000000"],
        ["calls.growth_per_year=0.0"],
        ["attention.flip_at_waiting=100000"],
        ["phones.lines=100000", "phones.queue_limit=100000", "phones.max_wait_min=1000000"],
    ],
    ids=lambda sets: sets[0],
)
def test_a_neutral_mechanism_vanishes(neutral: list[str]) -> None:
    """A mechanism at its neutral value writes the same ledger as without it."""
    plain = simulate(load("combined", WEEKS).scenario, 1, 0)
    with_it = simulate(load("combined", [*WEEKS, *neutral]).scenario, 1, 0)
    assert np.array_equal(plain.ledger.table, with_it.ledger.table)
