"""Where a sign turns: the bracket holds the true value, and the band is where the sign cannot be told."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from sim.statistics import break_even


def noisy(turn: float, sd: float, n: int, seed: int, slope: float = 1.0) -> Callable[[float], np.ndarray]:
    """A difference that turns at a value, with fresh noise at every value."""
    rng = np.random.default_rng(seed)
    return lambda value: slope * (value - turn) + rng.normal(0.0, sd, n)


def test_without_noise_it_is_bisection() -> None:
    """A difference that never varies is bracketed to the tolerance, without a band."""
    found = break_even(lambda value: [value - math.pi] * 3, 0.0, 10.0, 1e-6)
    assert found.low < math.pi < found.high
    assert found.high - found.low <= 1e-6
    assert math.isnan(found.unsure_low)
    assert math.isnan(found.unsure_high)


@pytest.mark.parametrize("slope", [1.0, -1.0])
def test_the_bracket_holds_the_turn(slope: float) -> None:
    """In at least 95 % of 400 noisy searches, rising or falling, the turn lies between the limits."""
    found = [break_even(noisy(0.3, 1.0, 50, seed, slope), -4.0, 4.0, 0.05) for seed in range(400)]
    assert np.mean([one.low <= 0.3 <= one.high for one in found]) >= 0.95


def test_the_band_is_as_wide_as_the_noise() -> None:
    """Four times the replications halve the band, and its edges are within the tolerance of what was told."""
    bands = []
    for n in (100, 400):
        found = [break_even(noisy(0.0, 1.0, n, seed), -2.0, 2.0, 0.01) for seed in range(60)]
        assert all(one.low < one.unsure_low <= one.unsure_high < one.high for one in found)
        assert all(max(one.unsure_low - one.low, one.high - one.unsure_high) <= 0.01 for one in found)
        bands.append(np.mean([one.unsure_high - one.unsure_low for one in found]))
    assert bands[0] / bands[1] == pytest.approx(2.0, rel=0.25)


def test_the_same_sign_at_both_ends_is_no_turn() -> None:
    """Where both ends have the same sign nothing is bracketed and only they are asked."""
    found = break_even(lambda value: [5.0 + value] * 3, 0.0, 1.0, 0.01)
    assert all(math.isnan(x) for x in found[:4])
    assert list(found.seen) == [0.0, 1.0]


def test_an_end_that_cannot_be_told_begins_the_band() -> None:
    """Where one end has no sign, the edge of the band is searched from the other."""
    found = break_even(lambda value: [max(value, 0.0) + e for e in (-0.25, 0.0, 0.25)] * 10, -1.0, 1.0, 0.01)
    assert math.isnan(found.low)
    assert found.unsure_low == -1.0
    assert 0.0 < found.unsure_high < found.high <= found.unsure_high + 0.01
    mirrored = break_even(lambda value: [min(value, 0.0) + e for e in (-0.25, 0.0, 0.25)] * 10, -1.0, 1.0, 0.01)
    assert (mirrored.unsure_low, mirrored.unsure_high) == (-found.unsure_high, 1.0)
    assert math.isnan(mirrored.high)


def test_nothing_told_is_all_band() -> None:
    """Where neither end has a sign the band is the whole range."""
    found = break_even(lambda value: [-1.0, 1.0], 2.0, 3.0, 0.1)
    assert (found.unsure_low, found.unsure_high) == (2.0, 3.0)
    assert math.isnan(found.low)
    assert math.isnan(found.high)


def test_no_value_is_asked_twice_nor_too_many() -> None:
    """The values asked are no more than those among which the level is shared."""
    asked: list[float] = []

    def difference(value: float) -> np.ndarray:
        asked.append(value)
        return np.random.default_rng(len(asked)).normal(value, 1.0, 30)

    found = break_even(difference, -1.0, 1.0, 2.0 / 64)
    assert len(asked) == len(set(asked)) == len(found.seen) <= 2 + 2 * 6


@pytest.mark.parametrize(
    ("low", "high", "tolerance", "level"),
    [(1.0, 1.0, 0.1, 0.95), (0.0, math.inf, 0.1, 0.95), (0.0, 1.0, 0.0, 0.95), (0.0, 1.0, 0.1, 95.0)],
)
def test_a_search_must_make_sense(low: float, high: float, tolerance: float, level: float) -> None:
    """Ranges, tolerances and levels that are none are refused."""
    with pytest.raises(ValueError, match=r"range|tolerance|for example"):
        break_even(lambda value: [value] * 3, low, high, tolerance, level)
