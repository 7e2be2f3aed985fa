"""The probability of being the best: exact for two plans, shared by ties, calibrated for many."""

import math

import numpy as np
import pytest
from scipy import stats

from sim.statistics import probability_best, probability_wrong


def test_two_plans_are_told_as_by_the_paired_test() -> None:
    """For two plans the probability is one less the one-sided p-value of the paired t test."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=(2, 15)) + 5.0 * rng.normal(size=15) + np.array([[0.3], [0.0]])
    p = stats.ttest_rel(x[0], x[1], alternative="greater").pvalue
    assert probability_best(x) == pytest.approx([1.0 - p, p], abs=0.005)
    assert probability_wrong(x, 0) == pytest.approx(p, abs=0.005)


def test_the_probabilities_are_those_of_the_posterior() -> None:
    """For three plans they are what scipy's multivariate Student gives."""
    rng = np.random.default_rng(2)
    x = rng.normal(size=(3, 12)) + rng.normal(size=12) + np.array([[0.0], [0.2], [0.4]])
    draws = stats.multivariate_t(x.mean(axis=1), np.cov(x) / 12, 11, seed=3).rvs(200_000)
    assert probability_best(x) == pytest.approx(np.bincount(draws.argmax(axis=1)) / 200_000, abs=0.006)


def test_they_sum_to_one_and_the_choice_is_wrong_with_the_rest() -> None:
    """Probabilities sum to 1, and the largest mean is the wrong choice with what it leaves."""
    x = np.random.default_rng(4).normal(size=(5, 30)) + np.arange(5.0)[:, np.newaxis] / 10.0
    best = probability_best(x)
    assert best.sum() == pytest.approx(1.0)
    assert probability_wrong(x) == pytest.approx(1.0 - best[x.mean(axis=1).argmax()], abs=1e-9)


def test_ties_share() -> None:
    """Plans equal in every replication share their chance, and neither is wrong because of the other."""
    luck = np.random.default_rng(5).normal(size=20)
    x = np.stack([luck, luck, luck - 9.0])
    assert probability_best(x) == pytest.approx([0.5, 0.5, 0.0])
    assert probability_wrong(x, 0) == 0.0
    assert probability_best(np.zeros((4, 3))) == pytest.approx([0.25] * 4)


def test_what_never_varies_is_certain() -> None:
    """A lead that is the same in every replication is certain, however much common luck there is."""
    luck = 1e4 * np.random.default_rng(6).normal(size=20)
    assert probability_best(np.stack([luck, luck + 1.0])) == pytest.approx([0.0, 1.0])
    assert probability_wrong(np.stack([luck, luck + 1.0]), 0) == 1.0


def test_a_little_worse_is_not_wrong() -> None:
    """With an indifference zone the choice is wrong less often, and never where it is wider than the doubt."""
    x = np.random.default_rng(7).normal(size=(3, 25))
    chances = [probability_wrong(x, 0, delta) for delta in (0.0, 0.2, 50.0)]
    assert chances == sorted(chances, reverse=True)
    assert chances[-1] == 0.0


def test_a_stated_probability_comes_true() -> None:
    """With plans drawn as the prior thinks, the chosen one is the best as often as was said, to 3 %."""
    rng = np.random.default_rng(8)
    said, right = [], []
    for _ in range(1000):
        truth = rng.normal(0.0, 1.0, 4)
        x = truth[:, np.newaxis] + rng.normal(0.0, 3.0, (4, 60)) + rng.normal(0.0, 5.0, 60)
        chosen = int(x.mean(axis=1).argmax())
        said.append(1.0 - probability_wrong(x, chosen, draws=500))
        right.append(chosen == truth.argmax())
    assert np.mean(said) == pytest.approx(np.mean(right), abs=0.03)


def test_observations_must_make_sense() -> None:
    """A single replication, another shape, NaN, a negative zone and plans that are not there are refused."""
    for x, why in (([[1.0], [2.0]], "at least two"), ([1.0, 2.0], "at least two"), ([[1.0, math.nan]] * 2, "NaN")):
        with pytest.raises(ValueError, match=why):
            probability_best(x)
    for chosen, delta, why in ((0, -1.0, "negative"), (2, 0.0, "no plan 2")):
        with pytest.raises(ValueError, match=why):
            probability_wrong([[1.0, 2.0], [2.0, 4.0]], chosen, delta)
