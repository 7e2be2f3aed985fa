"""Control variates leave the mean where it is and make it more precise by what they explain, less what they cost."""

import math

import numpy as np
import pytest

from sim.statistics import controlled, interval


def sample(rng: np.random.Generator, n: int, rho: float) -> tuple[np.ndarray, np.ndarray]:
    """Normal outputs of mean 10, and two controls of means 3 and -1 that explain rho^2 of their variance."""
    inputs = rng.normal(size=(n, 2))
    output = 10.0 + 2.0 * (rho * inputs.sum(axis=1) / math.sqrt(2.0) + math.sqrt(1.0 - rho**2) * rng.normal(size=n))
    return output, inputs + np.array([3.0, -1.0])


def test_it_is_the_intercept_of_the_regression() -> None:
    """Mean, interval, coefficients and R2 are those of least squares on the deviations, worked out by the normal equations."""
    y, c = sample(np.random.default_rng(1), 12, 0.8)
    x = np.column_stack([np.ones(12), c - [3.0, -1.0]])
    inverse = np.linalg.inv(x.T @ x)
    b = inverse @ x.T @ y
    s2 = ((y - x @ b) ** 2).sum() / 9
    told = controlled(y, c, [3.0, -1.0])
    assert told.estimate.mean == pytest.approx(b[0])
    assert told.estimate.half_width == pytest.approx(2.262157 * math.sqrt(s2 * inverse[0, 0]))
    assert told.coefficients == pytest.approx(b[1:])
    assert told.r2 == pytest.approx(1.0 - 9 * s2 / ((y - y.mean()) ** 2).sum())
    assert told.loss == pytest.approx(10 / 8)


@pytest.mark.parametrize("rho", [0.0, 0.9])
def test_it_is_unbiased_and_covers(rho: float) -> None:
    """Over 2,000 studies of 12 replications the mean is right to 3 standard errors, and 93.5 to 96.5 % of the intervals hold it."""
    rng = np.random.default_rng(2)
    told = [controlled(*sample(rng, 12, rho), [3.0, -1.0]).estimate for _ in range(2000)]
    means = np.array([estimate.mean for estimate in told])
    assert abs(means.mean() - 10.0) < 3.0 * means.std() / math.sqrt(2000)
    assert 0.935 < np.mean([estimate.low <= 10.0 <= estimate.high for estimate in told]) < 0.965


@pytest.mark.parametrize("rho", [0.0, 0.5, 0.9])
def test_its_variance_falls_by_what_is_explained_less_the_loss(rho: float) -> None:
    """The variance over 2,000 studies is (1 - rho^2) (n - 2) / (n - q - 2) that of the plain mean, to 10 %."""
    rng, n = np.random.default_rng(3), 12
    studies = [controlled(*sample(rng, n, rho), [3.0, -1.0]) for _ in range(2000)]
    variance = np.var([study.estimate.mean for study in studies])
    assert variance == pytest.approx((1.0 - rho**2) * (n - 2) / (n - 4) * 4.0 / n, rel=0.1)


def test_the_gain_is_what_was_gained() -> None:
    """With many replications and R2 of 0.81 the gain is about five, and without any relation a little below one."""
    rng = np.random.default_rng(4)
    y, c = sample(rng, 2000, 0.9)
    told = controlled(y, c, [3.0, -1.0])
    assert told.gain == pytest.approx(1 / 0.19, rel=0.1)
    assert (interval(y).half_width / told.estimate.half_width) ** 2 == pytest.approx(told.gain, rel=0.02)
    assert controlled(rng.normal(size=2000), c, [3.0, -1.0]).gain == pytest.approx(1.0, abs=0.01)


def test_one_control_may_be_flat() -> None:
    """A single control is taken as a flat array with a number for its mean."""
    y, c = sample(np.random.default_rng(5), 20, 0.7)
    flat, table = controlled(y, c[:, 0], 3.0), controlled(y, c[:, :1], [3.0])
    assert flat.estimate == table.estimate


def test_a_control_that_explains_all_leaves_no_width() -> None:
    """An output that is a line of its control has its mean to rounding, and any gain."""
    c = np.random.default_rng(6).normal(size=10)
    told = controlled(5.0 + 2.0 * c, c, 0.0)
    assert told.estimate.mean == pytest.approx(5.0)
    assert told.estimate.half_width < 1e-12
    assert told.gain > 1e12
    assert math.isnan(controlled(np.ones(10), c, 0.0).gain)


def test_units_do_not_matter() -> None:
    """Controls in cents or in millions, far from zero, give the same mean."""
    y, c = sample(np.random.default_rng(7), 30, 0.8)
    plain = controlled(y, c, [3.0, -1.0]).estimate
    scaled = controlled(y, 1e6 + c * np.array([1e-3, 1e5]), 1e6 + np.array([3.0e-3, -1.0e5])).estimate
    assert scaled == pytest.approx(plain, rel=1e-5)


@pytest.mark.parametrize(
    ("y", "c", "known", "why"),
    [
        ([1.0, 2.0, 3.0], [1.0, 2.0, 4.0], 0.0, "at least 4 replications"),
        ([1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 4.0], 0.0, "do not match"),
        ([1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 4.0, 3.0], [0.0, 1.0], "do not match"),
        ([1.0, 2.0, 3.0, math.nan], [1.0, 2.0, 4.0, 3.0], 0.0, "finite"),
        ([1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 4.0, 3.0], math.nan, "finite"),
        ([1.0, 2.0, 3.0, 4.0], [7.1, 7.1, 7.1, 7.1], 7.0, "never varies"),
        (
            [1.0, 2.0, 3.0, 4.0, 6.0],
            [[1.0, 2.0], [2.0, 4.0], [3.0, 6.0], [5.0, 10.0], [0.0, 0.0]],
            [0.0, 0.0],
            "repeat others",
        ),
    ],
)
def test_controls_must_make_sense(y: list[float], c: list[float], known: float, why: str) -> None:
    """Too few replications, shapes that differ, NaN, constant and repeated controls are refused."""
    with pytest.raises(ValueError, match=why):
        controlled(y, c, known)
