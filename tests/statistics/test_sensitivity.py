"""Elementary effects and Sobol indices of functions whose answers are known, with and without noise."""

import math

import numpy as np
import pytest

from sim.statistics import morris, morris_points, scaled, sobol, sobol_triplets


def ishigami(x: np.ndarray) -> np.ndarray:
    return np.asarray(np.sin(x[..., 0]) + 7.0 * np.sin(x[..., 1]) ** 2 + 0.1 * x[..., 2] ** 4 * np.sin(x[..., 0]))


# Indices of the Ishigami function with a = 7, b = 0.1, worked out by hand (Ishigami and Homma, 1990).
VARIANCE = 49 / 8 + 0.1 * math.pi**4 / 5 + 0.01 * math.pi**8 / 18 + 0.5
ALONE = np.array([0.5 * (1.0 + 0.1 * math.pi**4 / 5) ** 2, 49 / 8, 0.0]) / VARIANCE
TOGETHER = 0.01 * math.pi**8 * (1 / 18 - 1 / 50) / VARIANCE
TOTAL = ALONE + np.array([TOGETHER, 0.0, TOGETHER])


def ishigami_values(base: int, seed: int) -> np.ndarray:
    return ishigami(scaled(sobol_triplets(base, 3, seed), [-math.pi] * 3, [math.pi] * 3))


# Elementary effects


def test_a_line_has_its_slopes() -> None:
    """The effects of a line are its slopes everywhere."""
    points, slopes = morris_points(8, 4, 1), np.array([3.0, -2.0, 0.0, 0.5])
    told = morris(points, points @ slopes)
    assert told.mu == pytest.approx(slopes, abs=1e-12)
    assert told.mu_star == pytest.approx(np.abs(slopes), abs=1e-12)
    assert told.sigma == pytest.approx(np.zeros(4), abs=1e-12)
    assert np.isnan(told.noise_floor).all()


def test_what_depends_on_others_varies() -> None:
    """In a product both effects vary, while what is added beside it does not, and a cancelling sign shows in mu only."""
    points = morris_points(60, 3, 2)
    told = morris(points, (points[..., 0] - 0.5) * (points[..., 1] - 0.5) * 4.0 + points[..., 2])
    assert told.sigma[:2].min() > 1.0
    assert told.sigma[2] == pytest.approx(0.0, abs=1e-12)
    assert np.abs(told.mu[:2]).max() < 0.6
    assert told.mu_star[:2].min() > 1.2


def test_noise_has_a_floor() -> None:
    """A parameter without effect stays below the floor in about 95 of 100 noisy studies, and a large one rises above it."""
    points, rng = morris_points(6, 2, 3), np.random.default_rng(4)
    below, above = [], []
    for _ in range(300):
        noisy = (points[..., 0] * 5.0)[..., np.newaxis] + rng.normal(size=(6, 3, 12))
        told = morris(points, noisy)
        below.append(told.mu_star[1] < told.noise_floor[1])
        above.append(told.mu_star[0] > told.noise_floor[0])
    assert 0.90 < np.mean(below) < 0.99
    assert np.mean(above) > 0.99


def test_the_floor_holds_if_all_trajectories_share_their_luck() -> None:
    """A parameter whose effect is by luck up or down, the same on all trajectories, stays below the floor as often."""
    points, rng, below = morris_points(6, 2, 5), np.random.default_rng(6), []
    for _ in range(300):
        told = morris(points, points @ rng.normal(size=(2, 20)))
        below.append(told.mu_star < told.noise_floor)
    assert 0.90 < np.mean(below) < 0.99


def test_trajectories_must_be_such() -> None:
    """Values of another shape, NaN, and steps that change two parameters or none are refused."""
    points = morris_points(2, 2, 1)
    for values in (np.zeros((2, 2)), np.zeros(6), np.zeros((0, 3))):
        with pytest.raises(ValueError, match=r"no trajectories|2 axes"):
            morris(points, values)
    with pytest.raises(ValueError, match="NaN"):
        morris(points, np.full((2, 3), math.nan))
    with pytest.raises(ValueError, match="change one parameter"):
        morris(np.tile(np.linspace(0.0, 1.0, 3)[:, np.newaxis], (2, 1, 2)), np.zeros((2, 3)))


# Sobol indices


def test_the_indices_of_ishigami_are_found() -> None:
    """First and total indices of the Ishigami function lie within 0.02 of those worked out by hand."""
    told = sobol(ishigami_values(4096, 1), resamples=100)
    assert told.first == pytest.approx(ALONE, abs=0.02)
    assert told.total == pytest.approx(TOTAL, abs=0.02)


def test_bootstrap_intervals_hold_the_indices() -> None:
    """Over 60 designs of 256 points at least 90 % of the 95 % intervals hold the true index."""
    held = []
    for seed in range(60):
        told = sobol(ishigami_values(256, seed), resamples=200, seed=seed)
        held += [(told.first_low <= ALONE) & (told.first_high >= ALONE)]
        held += [(told.total_low <= TOTAL) & (told.total_high >= TOTAL)]
    assert np.mean(held) >= 0.90


def test_noise_raises_a_total_index_to_its_floor() -> None:
    """The total index of a parameter without effect is what the floor says noise alone does, to a fifth."""
    points, rng = sobol_triplets(1024, 2, 3), np.random.default_rng(7)
    noisy = points[..., :1] + rng.normal(0.0, 0.5, size=(4, 1024, 5))
    told = sobol(noisy, resamples=50)
    assert told.noise_floor[1] > 0.2
    assert told.total[1] == pytest.approx(told.noise_floor[1], rel=0.2)


def test_common_luck_lowers_the_floor() -> None:
    """Noise that every point shares leaves no floor."""
    points, luck = sobol_triplets(64, 2, 3), np.random.default_rng(8).normal(size=5)
    told = sobol(points[..., :1] + luck, resamples=20)
    assert told.noise_floor == pytest.approx([0.0, 0.0], abs=1e-12)
    assert np.isnan(sobol(points[..., 0], resamples=20).noise_floor).all()


def test_a_single_parameter_does_all() -> None:
    """With one parameter both indices are 1, and of a constant model all are 0."""
    points = sobol_triplets(1024, 1, 4)
    told = sobol(points[..., 0], resamples=20)
    assert (told.first[0], told.total[0]) == pytest.approx((1.0, 1.0), abs=0.02)
    flat = sobol(np.ones((4, 8, 3)), resamples=20)
    assert (flat.first.tolist(), flat.total.tolist(), flat.noise_floor.tolist()) == ([0.0] * 2, [0.0] * 2, [0.0] * 2)


def test_a_seed_gives_the_same_intervals() -> None:
    """Equal seeds give equal intervals, and more resamples than fit one piece are no trouble."""
    values = ishigami_values(64, 1)
    assert (sobol(values, resamples=130).total_low == sobol(values, resamples=130).total_low).all()


def test_values_must_be_complete() -> None:
    """Too few rows, a base that is no power of two, and NaN are refused."""
    for values, why in (
        (np.zeros((2, 8)), "mixture"),
        (np.zeros((4, 6)), "power of 2"),
        (np.full((4, 8), math.nan), "NaN"),
    ):
        with pytest.raises(ValueError, match=why):
            sobol(values)
