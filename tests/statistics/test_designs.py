"""Designs lie in the unit cube, are the same for the same seed, and spread as they should."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.statistics import grid, latin_hypercube, morris_points, scaled, sobol_points, sobol_triplets


def test_a_grid_has_every_combination() -> None:
    """Three levels by one by two are six points, the last varying fastest."""
    assert grid([3, 1, 2]).tolist() == [[a, 0.5, b] for a in (0.0, 0.5, 1.0) for b in (0.0, 1.0)]


@given(st.integers(1, 40), st.integers(1, 6), st.integers(0, 99))
def test_a_latin_hypercube_has_one_point_in_every_slice(points: int, dimensions: int, seed: int) -> None:
    """Of n points exactly one lies in each n-th of every parameter."""
    slices = np.floor(latin_hypercube(points, dimensions, seed) * points).astype(int)
    assert (np.sort(slices, axis=0) == np.arange(points)[:, np.newaxis]).all()


def test_sobol_points_fill_every_half() -> None:
    """Of 64 points 16 lie in each quarter of any two parameters."""
    halves = (sobol_points(64, 5, 1) >= 0.5).astype(int)
    for i in range(5):
        for j in range(i):
            assert np.bincount(2 * halves[:, i] + halves[:, j]).tolist() == [16] * 4


def test_triplets_mix_one_column_at_a_time() -> None:
    """Each mixture is A but for its own column, which is B's."""
    a, b, *mixed = sobol_triplets(8, 3, 2)
    for j, points in enumerate(mixed):
        assert (points[:, j] == b[:, j]).all()
        assert (np.delete(points, j, axis=1) == np.delete(a, j, axis=1)).all()


@given(st.integers(1, 6), st.integers(1, 6), st.sampled_from([2, 4, 6]), st.integers(0, 99))
def test_a_trajectory_changes_one_parameter_after_the_other(r: int, d: int, levels: int, seed: int) -> None:
    """Every step of every trajectory moves one parameter by the same stride, each parameter once, on the grid."""
    points = morris_points(r, d, seed, levels)
    steps = np.diff(points, axis=1)
    moved = np.abs(steps) > 1e-9
    assert points.shape == (r, d + 1, d)
    assert (moved.sum(axis=2) == 1).all()
    assert (moved.sum(axis=1) == 1).all()
    assert np.abs(steps[moved]) == pytest.approx(levels / (2 * (levels - 1)))
    assert points * (levels - 1) == pytest.approx(np.round(points * (levels - 1)))
    assert points.min() >= 0.0
    assert points.max() <= 1.0 + 1e-12


def test_trajectories_lie_further_apart_than_chance() -> None:
    """Six chosen trajectories are further from one another than six of nineteen in twenty drawn by chance."""

    def spread(points: np.ndarray) -> float:
        apart = points[:, np.newaxis, :, np.newaxis] - points[np.newaxis, :, np.newaxis, :]
        return float((np.sqrt((apart**2).sum(axis=-1)).sum(axis=(2, 3)) ** 2).sum())

    by_chance = [spread(np.concatenate([morris_points(1, 4, 100 * s + i) for i in range(6)])) for s in range(60)]
    assert spread(morris_points(6, 4, 3)) > np.quantile(by_chance, 0.95)


def test_a_seed_gives_the_same_design() -> None:
    """Equal seeds give equal designs, others another."""
    for design in (latin_hypercube, sobol_points, sobol_triplets, morris_points):
        assert (design(8, 3, 1) == design(8, 3, 1)).all()
        assert (design(8, 3, 1) != design(8, 3, 2)).any()


def test_points_reach_the_units_of_the_parameters() -> None:
    """The corners of the cube are the lows and the highs."""
    assert scaled([[0.0, 1.0], [0.5, 0.5]], [10.0, -1.0], [20.0, 1.0]).tolist() == [[10.0, 1.0], [15.0, 0.0]]
    assert scaled(morris_points(3, 2, 1), [0.0, 5.0], [1.0, 9.0]).shape == (3, 3, 2)


def test_designs_must_make_sense() -> None:
    """Empty designs, odd levels, numbers that are no power of two, and ranges that are none are refused."""
    refused = [
        (lambda: grid([]), "at least one level"),
        (lambda: grid([3, 0]), "at least one level"),
        (lambda: latin_hypercube(0, 2, 1), "points and dimensions"),
        (lambda: sobol_points(12, 2, 1), "power of 2"),
        (lambda: morris_points(4, 0, 1), "points and dimensions"),
        (lambda: morris_points(4, 2, 1, levels=5), "even"),
        (lambda: scaled([[0.5]], [0.0, 1.0], [1.0, 2.0]), "do not match"),
        (lambda: scaled([[1.5]], [0.0], [1.0]), "unit cube"),
        (lambda: scaled([[0.5]], [1.0], [1.0]), "below"),
    ]
    for ask, why in refused:
        with pytest.raises(ValueError, match=why):
            ask()
