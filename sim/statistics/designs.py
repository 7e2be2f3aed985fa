"""Designs: points of the unit cube [0, 1]^d at which to run a model, and their way to the units of its parameters.

All but `morris_points` and `sobol_triplets` are float64 of shape (points, d). Equal seeds give equal designs.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from sim.statistics.arrays import Floats

_POOL = 10  # trajectories drawn for each that is kept


def grid(levels: Sequence[int]) -> Floats:
    """Every combination of equally spaced levels, ends included: `levels[j]` of parameter j; the last varies fastest.

    Shape (product of levels, d). A single level is the middle. Raises `ValueError` for no parameter or no level.
    """
    if not levels or min(levels) < 1:
        raise ValueError(f"every parameter needs at least one level, not {list(levels)}.")
    axes = [np.linspace(0.0, 1.0, n) if n > 1 else np.array([0.5]) for n in levels]
    return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, len(levels))


def latin_hypercube(points: int, dimensions: int, seed: int) -> Floats:
    """Points of which exactly one lies in each n-th of every parameter, shape (points, d).

    Raises `ValueError` for no point or no dimension. Source: McKay, Beckman and Conover (1979), Technometrics 21,
    239-245, by scipy.
    """
    from scipy.stats import qmc

    _check(points, dimensions)
    return _float(qmc.LatinHypercube(dimensions, rng=np.random.default_rng(seed)).random(points))


def sobol_points(points: int, dimensions: int, seed: int) -> Floats:
    """The first scrambled Sobol points, shape (points, d); a power of 2, which spreads them best.

    Raises `ValueError` for another number of points or no dimension. Source: Sobol (1967); Owen (1998), J. Complexity
    14, 466-489 (scrambling), by scipy.
    """
    from scipy.stats import qmc

    _check(points, dimensions)
    if points & (points - 1):
        raise ValueError(f"the number of Sobol points must be a power of 2, which {points} is not.")
    return _float(qmc.Sobol(dimensions, rng=np.random.default_rng(seed)).random(points))


def sobol_triplets(base: int, dimensions: int, seed: int) -> Floats:
    """The points for Sobol indices, shape (d + 2, base, d): A, B, and for each parameter A with its column from B.

    `base` is a power of 2; the model is run (d + 2) base times and `sobol` takes its values in the same order. Raises
    `ValueError` as `sobol_points`. Source: Saltelli et al. (2010), Computer Physics Communications 181, 259-270.
    """
    both = sobol_points(base, 2 * dimensions, seed)
    first, second = both[:, :dimensions], both[:, dimensions:]
    mixed = [np.where(np.arange(dimensions) == j, second, first) for j in range(dimensions)]
    return np.stack([first, second, *mixed])


def morris_points(trajectories: int, dimensions: int, seed: int, levels: int = 4) -> Floats:
    """Trajectories that change one parameter after the other, spread far apart: shape (trajectories, d + 1, d).

    Every step is levels / (2 (levels - 1)) up or down on a grid of an even number of `levels`. Of ten times as many
    random trajectories those are kept that lie far from one another, the next always the farthest from those kept.
    Raises `ValueError` for an odd number of levels, no trajectory or no dimension. Source: Morris (1991),
    Technometrics 33, 161-174; Campolongo, Cariboni and Saltelli (2007), Environmental Modelling and Software 22,
    1509-1518, whose choice among all sets is here made step by step as by Ruano, Ribes and Ferrer (2012), ibid. 37.
    """
    _check(trajectories, dimensions)
    if levels < 2 or levels % 2:
        raise ValueError(f"the number of levels must be even, for example 4, not {levels}.")
    rng = np.random.default_rng(seed)
    pool = np.stack([_trajectory(dimensions, levels, rng) for _ in range(_POOL * trajectories)])
    return pool[_far_apart(pool, trajectories)]


def scaled(points: ArrayLike, low: ArrayLike, high: ArrayLike) -> Floats:
    """Points of [0, 1]^d, shape (..., d), in the units of the parameters: low + points (high - low), both (d,).

    Raises `ValueError` for points outside the cube, or a low that is not below its high.
    """
    unit, lows, highs = (np.asarray(x, dtype=np.float64) for x in (points, low, high))
    if lows.shape != highs.shape or lows.shape != unit.shape[-1:]:
        raise ValueError(f"points {unit.shape}, low {lows.shape} and high {highs.shape} do not match.")
    if not np.all((unit >= 0.0) & (unit <= 1.0)):
        raise ValueError("the points must lie in the unit cube.")
    if not np.all(lows < highs):
        raise ValueError("every low must be below its high.")
    return _float(lows + unit * (highs - lows))


def _check(points: int, dimensions: int) -> None:
    if points < 1 or dimensions < 1:
        raise ValueError(f"a design needs points and dimensions, not {points} and {dimensions}.")


def _float(x: ArrayLike) -> Floats:
    return np.asarray(x, dtype=np.float64)


def _trajectory(dimensions: int, levels: int, rng: np.random.Generator) -> Floats:
    """One random trajectory, (d + 1, d): a corner of the lower half, some steps taken down instead of up."""
    step = levels / (2.0 * (levels - 1))
    lower = rng.integers(levels // 2, size=dimensions) / (levels - 1)
    down = rng.random(dimensions) < 0.5
    turn = rng.permutation(dimensions)  # when each parameter changes
    changed = np.arange(dimensions + 1)[:, np.newaxis] > turn
    return _float(lower + step * (changed != down))


def _far_apart(pool: Floats, wanted: int) -> list[int]:
    """Places of trajectories in the pool, chosen one by one to raise the sum of squared distances most."""
    distances = np.stack([_distances(pool, trajectory) for trajectory in pool]) ** 2
    chosen = [int(distances.sum(axis=0).argmax())]
    while len(chosen) < wanted:
        gain = distances[chosen].sum(axis=0)
        gain[chosen] = -1.0
        chosen.append(int(gain.argmax()))
    return chosen


def _distances(pool: Floats, trajectory: Floats) -> Floats:
    """The sum over pairs of points of their distances, from one trajectory to each of the pool."""
    from scipy.spatial.distance import cdist

    pairs = cdist(trajectory, pool.reshape(-1, pool.shape[-1]))
    return _float(pairs.reshape(len(trajectory), len(pool), -1).sum(axis=(0, 2)))
