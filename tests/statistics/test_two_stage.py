"""Rinott's constant is that of the tables, and his two stages choose the best as often as promised."""

import math

import numpy as np
import pytest
from scipy.special import ndtr

from sim.statistics import Zone, rinott_constant, rinott_replications
from sim.statistics.two_stage import _chi_square_nodes
from tests.statistics.choices import plans, rinott

ZONE = Zone(delta=1.0, probability=0.95, first=20)

# P, n0, k, h: Table A.12 of Banks, Carson, Nelson and Nicol, Discrete-Event System Simulation, 5th edition.
TABLE = [
    (0.90, 5, 2, 2.291),
    (0.90, 20, 10, 3.437),
    (0.95, 5, 10, 5.797),
    (0.95, 10, 2, 2.614),
    (0.95, 10, 8, 4.106),
    (0.95, 20, 10, 3.875),
    (0.95, 50, 2, 2.373),
    (0.975, 10, 8, 4.635),
]


@pytest.mark.parametrize(("probability", "first", "k", "h"), TABLE)
def test_the_constant_is_that_of_the_table(probability: float, first: int, k: int, h: float) -> None:
    """The constant agrees with the published table to two of the thousandths it is printed in."""
    assert rinott_constant(k, first, probability) == pytest.approx(h, abs=2e-3)


def test_two_plans_and_many_first_replications_leave_the_normal_quantile() -> None:
    """With known variances and two plans h is the normal quantile times the root of two."""
    assert rinott_constant(2, 100_000, 0.95) == pytest.approx(1.6448536 * math.sqrt(2.0), abs=1e-3)


@pytest.mark.parametrize(("k", "first"), [(2, 2), (4, 5), (10, 20)])
def test_the_constant_solves_its_equation(k: int, first: int) -> None:
    """Over 400,000 draws of variances the chance of a correct selection in the least favourable case is as asked."""
    rng, h = np.random.default_rng(1), rinott_constant(k, first, 0.9)
    best, others = rng.chisquare(first - 1, 400_000), rng.chisquare(first - 1, (k - 1, 400_000))
    leads = h / np.sqrt((first - 1) * (1.0 / best + 1.0 / others))
    assert np.mean(np.prod(ndtr(leads), axis=0)) == pytest.approx(0.9, abs=0.002)


@pytest.mark.parametrize("df", [1, 4, 200])
def test_the_nodes_integrate_a_chi_square(df: int) -> None:
    """Mean and variance of the distribution come out of its nodes and weights."""
    nodes, weights = _chi_square_nodes(df)
    mean = weights @ nodes
    assert (mean, weights @ (nodes - mean) ** 2) == pytest.approx((df, 2 * df), rel=1e-9)


@pytest.mark.parametrize(
    ("means", "sds"),
    [
        ([1.0, 0.0, 0.0, 0.0], 3.0),
        ([0.0, 0.0, 0.0, 1.0], 3.0),
        ([-100.0, -99.0, -100.0], [5.0, 1.0, 3.0]),
        ([0.0, 1.0], [1.0, 5.0]),
    ],
)
def test_the_best_is_chosen_as_often_as_promised(means: list[float], sds: list[float] | float) -> None:
    """Where one plan is better by the indifference zone, at least 95 % of 1,000 selections choose it."""
    source, rng = plans(means, sds), np.random.default_rng(2)
    assert np.mean([rinott(source, ZONE, rng) == int(np.argmax(means)) for _ in range(1000)]) >= 0.95


def test_it_asks_for_what_the_variance_calls_for() -> None:
    """A plan gets the square of h S / delta replications, rounded up, and never fewer than the first stage."""
    first = np.stack([np.tile([-1.0, 1.0], 10), np.zeros(20)])
    h = rinott_constant(2, 20, 0.95)
    assert rinott_replications(first, Zone(0.1)).tolist() == [math.ceil((h / 0.1) ** 2 * 20 / 19), 20]


@pytest.mark.parametrize(("table", "why"), [(np.zeros((2, 19)), "20 first"), (np.full((2, 20), math.nan), "NaN")])
def test_a_first_stage_must_be_complete(table: np.ndarray, why: str) -> None:
    """Another number of first replications than agreed, and NaN, are refused."""
    with pytest.raises(ValueError, match=why):
        rinott_replications(table, ZONE)
