"""People: gifts around 1, correlated as said, and each person's own order of work."""

from __future__ import annotations

import math
from statistics import NormalDist, correlation, fmean, pstdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.relay import Kind
from sim.shop.people import correlated, gift, own_order

GRID = [NormalDist().inv_cdf((i + 0.5) / 400) for i in range(400)]
scores = st.floats(-6, 6)
kinds = tuple(Kind)


@pytest.mark.parametrize("sd", [0.05, 0.1, 0.2])
def test_a_gift_has_mean_one_and_its_spread(sd: float) -> None:
    """Over the quantiles of the score the factor's mean is 1 and its standard deviation sd, to a percent."""
    gifts = [gift(score, sd) for score in GRID]
    assert fmean(gifts) == pytest.approx(1.0, abs=1e-3)
    assert pstdev(gifts) == pytest.approx(sd, rel=0.01)


@given(scores, scores, st.floats(0, 1))
def test_a_gift_is_positive_and_rises_with_the_score(one: float, other: float, sd: float) -> None:
    """A better score is never a worse gift, and a spread of 0 makes everybody alike."""
    low, high = sorted((one, other))
    assert 0 < gift(low, sd) <= gift(high, sd)
    assert gift(one, 0.0) == 1.0


@pytest.mark.parametrize("wanted", [-1.0, -0.5, 0.0, 0.3, 1.0])
def test_scores_are_correlated_as_said(wanted: float) -> None:
    """Over a grid of two independent scores the made one has the correlation, and spread 1."""
    coarse = GRID[::10]
    pairs = [(first, correlated(first, second, wanted)) for first in coarse for second in coarse]
    firsts, made = [first for first, _ in pairs], [second for _, second in pairs]
    assert correlation(firsts, made) == pytest.approx(wanted, abs=1e-9)
    assert pstdev(made) == pytest.approx(pstdev(firsts), rel=1e-9)


@given(st.lists(scores, min_size=16, max_size=16), st.floats(0, 6))
def test_an_own_order_is_a_permutation(drawn: list[float], disorder: float) -> None:
    """Nothing is left out and nothing twice, and without disorder it is the list itself."""
    assert sorted(own_order(kinds, drawn, disorder)) == sorted(kinds)
    assert own_order(kinds, drawn, 0.0) == kinds


def test_a_kind_slips_by_its_score_times_the_disorder() -> None:
    """A score of 1 with a disorder of 2.5 puts the first kind behind the third, and nothing else moves."""
    assert own_order(kinds[:4], [1.0, 0.0, 0.0, 0.0], 2.5) == (kinds[1], kinds[2], kinds[0], kinds[3])


def test_gifts_of_a_lognormal_multiply() -> None:
    """The logarithm of a gift is its score times the log spread, less half the log variance."""
    sigma2 = math.log1p(0.04)
    assert math.log(gift(1.0, 0.2)) == pytest.approx(math.sqrt(sigma2) - sigma2 / 2)
