"""The decision benchmark counts what it says, on tables whose best plan is known."""

import numpy as np
import pytest

from sim.statistics import Zone
from tests.bench.deciding import apart, eliminating, from_table, slippage, textbook, ways

RNG = np.random.default_rng(1)
TABLE = RNG.normal(size=(4, 400)) + 3.0 * RNG.normal(size=400)  # four plans, much common luck
ZONE = Zone(delta=1.0, first=10)


def test_all_ways_choose_right_and_common_luck_pays() -> None:
    """In the least favourable case every way chooses the best in 95 % of 300 decisions, at ever fewer replications."""
    told = ways(slippage(TABLE, 1.0), ZONE, times=300, batch=5)
    assert min(record.correct for record in told.values()) >= 0.95
    counts = [record.replications for record in told.values()]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > 5 * counts[-1]


def test_a_replication_is_the_same_whoever_asks() -> None:
    """A replication is drawn by its number, shared between plans unless they are set apart."""
    sample = from_table(np.tile(np.arange(400.0), (2, 1)), 3)
    whole = sample(0, 0, 50)
    assert np.concatenate([sample(1, 0, 20), sample(1, 20, 30)]).tolist() == whole.tolist()
    assert apart(sample)(0, 0, 50).tolist() == whole.tolist()
    assert np.corrcoef(apart(sample)(1, 0, 2000), sample(0, 0, 2000))[0, 1] == pytest.approx(0.0, abs=0.07)
    assert sample(0, 0, 20_000).mean() == pytest.approx(199.5, abs=3.0)


def test_the_least_favourable_case_has_one_plan_ahead() -> None:
    """The best plan leads by delta, all others are equal, and the luck is what it was."""
    moved = slippage(TABLE, 0.5)
    assert np.sort(moved.mean(axis=1)) == pytest.approx([0.0, 0.0, 0.0, 0.5])
    assert moved.mean(axis=1).argmax() == TABLE.mean(axis=1).argmax()
    assert np.cov(moved) == pytest.approx(np.cov(TABLE))


def test_replications_are_counted_by_plan() -> None:
    """Both ways count at least the first sample of each plan, and an eliminated plan no more than a survivor."""
    sample = from_table(slippage(TABLE, 5.0), 1)
    assert min(textbook(apart(sample), 4, ZONE).replications) >= 10
    decision = eliminating(sample, 4, Zone(0.2, first=10), batch=3)
    assert max(decision.replications) == decision.replications[decision.plan]
    assert decision.total == sum(decision.replications)
