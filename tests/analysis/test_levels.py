"""A level adjusted for what is known of the callers: unbiased, and said only where it brings something."""

from dataclasses import replace

import numpy as np
import pytest

from sim.analysis import controlled_level
from sim.demand import known_means
from sim.kpis import KPIS
from sim.report.levels import sharper
from sim.scenarios import load
from sim.shop.callers import Trace
from sim.study import Results

KEYS = ("contribution_per_year", "needs_fresh", "potential")


def made(n: int, seed: int, hangs_on: float) -> Results:
    """Replications whose contribution has the mean 100,000 and hangs on the potential to a degree."""
    scenario = load("separate", ["horizon.days=14"]).scenario
    known = known_means(scenario)
    assert known is not None
    luck, noise = np.random.default_rng(seed).standard_normal((2, n))
    values = np.zeros((1, n, len(KPIS)))
    at = {key: [*KPIS].index(key) for key in KEYS}
    values[0, :, at["needs_fresh"]] = known.roots + noise
    values[0, :, at["potential"]] = known.potential + 5_000.0 * luck
    values[0, :, at["contribution_per_year"]] = 100_000.0 + 10_000.0 * (hangs_on * luck + noise * (1.0 - hangs_on))
    return Results(
        plans=("separate",), scenarios=(scenario,), seed=1, days=14, keys=tuple(KPIS), values=values,
        finished=np.ones((1, n), dtype=np.bool_),
    )  # fmt: skip


def test_an_adjusted_level_is_unbiased_and_holds_its_interval() -> None:
    """Over 1,000 studies the adjusted mean has the true mean and its interval holds it in 93 to 97 %."""
    found = [controlled_level(made(20, seed, 0.8)) for seed in range(1000)]
    means = np.array([each.estimate.mean for each in found if each is not None])
    holds = [each.estimate.low <= 100_000.0 <= each.estimate.high for each in found if each is not None]
    assert len(means) == 1000
    assert abs(means.mean() - 100_000.0) < 4.0 * means.std() / np.sqrt(1000)
    assert 0.93 <= np.mean(holds) <= 0.97


def test_the_gain_is_said_where_there_is_one() -> None:
    """What hangs on the callers' luck is told with its gain, what does not hang on it is not told."""
    (sentence,) = sharper(made(40, 1, 0.9))
    assert "times the replications" in sentence
    assert "$100,000" in sentence or "$99," in sentence or "$100," in sentence or "$101," in sentence
    unlucky = made(40, 1, 0.0)
    values = unlucky.values.copy()
    values[0, :, [*KPIS].index(KEYS[0])] = np.random.default_rng(5).normal(1e5, 1e4, 40)
    assert sharper(replace(unlucky, values=values)) == []


@pytest.mark.parametrize("n", [1, 2, 9])
def test_few_replications_are_not_adjusted(n: int) -> None:
    """With fewer than ten replications nothing is adjusted."""
    assert controlled_level(made(n, 1, 0.8)) is None


def test_a_trace_has_no_known_mean() -> None:
    """What rings by a log is not luck with a known mean, so nothing is adjusted."""
    results = made(20, 1, 0.8)
    assert controlled_level(results) is not None
    (scenario,) = results.scenarios
    calls = scenario.calls.model_copy(update={"trace": Trace.model_construct(calls=(), days=28)})
    assert controlled_level(replace(results, scenarios=(scenario.model_copy(update={"calls": calls}),))) is None
