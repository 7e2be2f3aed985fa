"""Which parameters matter: elementary effects for screening, Sobol indices for shares of the variance.

Values come from the points of `morris_points` and `sobol_triplets`, with a last axis of m replications where the
model is random; they are averaged, and what averaging leaves of the noise is stated beside the answer.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.statistics.arrays import Floats, upper_tail

_FLIPS = 999
_CHUNK = 100  # bootstrap samples at once, to bound memory


class Morris(NamedTuple):
    """Elementary effects by parameter, all (d,), in the unit of the value for a whole range of the parameter.

    `mu` is their mean, `mu_star` the mean of their sizes (how much it matters), `sigma` their standard deviation (how
    much that depends on the others, or on its own value). `noise_floor` is the mu_star that a parameter without any
    effect stays below in 95 of 100 studies, because of noise alone; NaN with a single replication.
    """

    mu: Floats
    mu_star: Floats
    sigma: Floats
    noise_floor: Floats


class Sobol(NamedTuple):
    """Shares of the variance by parameter, all (d,), with the limits of percentile bootstrap intervals.

    `first` is what a parameter does alone, `total` what it does together with others too. `noise_floor` is by how much
    noise alone raises each total index on average (NaN with a single replication): below it nothing is told.
    """

    first: Floats
    first_low: Floats
    first_high: Floats
    total: Floats
    total_low: Floats
    total_high: Floats
    noise_floor: Floats


def morris(points: ArrayLike, values: ArrayLike, seed: int = 0) -> Morris:
    """Elementary effects along trajectories: `points` (r, d + 1, d), `values` (r, d + 1) or (r, d + 1, m).

    The floor flips the signs of each replication's deviations at random over all points together, so replications
    may share their random numbers along and between trajectories; with m below about 6 it is coarse. Raises
    `ValueError` for shapes that do not match, values that are not finite, or steps that change other than one
    parameter. Source: Morris (1991), Technometrics 33, 161-174; mu_star: Campolongo, Cariboni and Saltelli (2007),
    Environmental Modelling and Software 22, 1509-1518; sign flips: Wu (1986), Ann. Stat. 14, 1261-1295.
    """
    path, outcomes = np.asarray(points, dtype=np.float64), _replicated(values)
    if path.ndim != 3 or path.shape[1] != path.shape[2] + 1 or outcomes.shape[:2] != path.shape[:2]:
        raise ValueError(f"points {path.shape} and values {outcomes.shape} are no trajectories.")
    steps = np.diff(path, axis=1)
    moved = steps != 0.0
    if not (moved.sum(axis=2) == 1).all() or not (moved.sum(axis=1) == 1).all():
        raise ValueError("each step of a trajectory must change one parameter, and each parameter once.")
    slopes = np.diff(outcomes, axis=1) / steps.sum(axis=2)[:, :, np.newaxis]
    effects = np.take_along_axis(slopes, moved.argmax(axis=1)[:, :, np.newaxis], axis=1)  # (r, d, m)
    mean = effects.mean(axis=2)
    sigma = mean.std(axis=0, ddof=1) if len(mean) > 1 else np.full(mean.shape[1], math.nan)
    return Morris(mean.mean(axis=0), np.abs(mean).mean(axis=0), sigma, _morris_floor(effects, seed))


def _morris_floor(effects: Floats, seed: int) -> Floats:
    """The 95 % quantile of mu_star under no effect, by random signs of the replications; effects (r, d, m)."""
    m = effects.shape[2]
    if m < 2:
        return np.full(effects.shape[1], math.nan)
    deviations = (effects - effects.mean(axis=2, keepdims=True)) / math.sqrt(m * (m - 1))
    signs = np.random.default_rng(seed).choice([-1.0, 1.0], size=(m, _FLIPS))
    sizes = np.stack([np.abs(of_trajectory @ signs) for of_trajectory in deviations]).mean(axis=0)
    return np.asarray(np.quantile(sizes, 0.95, axis=1), dtype=np.float64)


def sobol(values: ArrayLike, level: float = 0.95, resamples: int = 500, seed: int = 0) -> Sobol:
    """First and total Sobol indices from `values` at `sobol_triplets`: (d + 2, base) or (d + 2, base, m).

    Intervals resample the base points. A constant model has indices of 0. Raises `ValueError` for another shape, a
    base that is not a power of 2, values that are not finite, or a level outside (0, 1). Source: Saltelli et al.
    (2010), Computer Physics Communications 181, 259-270, by scipy.stats.sobol_indices; bootstrap: Archer, Saltelli
    and Sobol (1997), J. Stat. Comput. Simul. 58, 99-120.
    """
    outcomes = _replicated(values)
    if outcomes.shape[0] < 3:
        raise ValueError(f"values at A, B and one mixture for each parameter are needed, not {outcomes.shape}.")
    tail = upper_tail(level)
    mean, base = outcomes.mean(axis=2), outcomes.shape[1]
    rng = np.random.default_rng(seed)
    chosen = np.vstack([np.arange(base), rng.integers(base, size=(resamples, base))])
    first, total = np.concatenate([_indices(mean, part) for part in _chunks(chosen)], axis=1)
    first_low, first_high = np.quantile(first[1:], [1.0 - tail, tail], axis=0)
    total_low, total_high = np.quantile(total[1:], [1.0 - tail, tail], axis=0)
    return Sobol(first[0], first_low, first_high, total[0], total_low, total_high, _sobol_floor(outcomes))


def _chunks(chosen: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    return [chosen[start : start + _CHUNK] for start in range(0, len(chosen), _CHUNK)]


def _indices(mean: Floats, chosen: NDArray[np.int64]) -> Floats:
    """First and total indices, (2, s, d), of values (d + 2, base) at the base points chosen, (s, base)."""
    from scipy.stats import sobol_indices

    table = mean[:, np.vstack([chosen, chosen[:1]])]  # one sample more, because scipy drops axes of one
    answer = sobol_indices(func={"f_A": table[0], "f_B": table[1], "f_AB": table[2:]}, n=mean.shape[1])
    shape = (len(chosen) + 1, len(mean) - 2)
    return np.stack([x.reshape(shape)[:-1] for x in (answer.first_order, answer.total_order)])


def _sobol_floor(outcomes: Floats) -> Floats:
    """Half the noise variance of f_A - f_AB, averaged over the base points, over the variance of the model."""
    m, mean = outcomes.shape[2], outcomes.mean(axis=2)
    if m < 2:
        return np.full(len(outcomes) - 2, math.nan)
    noise = (outcomes[2:] - outcomes[0]).var(axis=2, ddof=1).mean(axis=1) / m
    variance = float(mean[:2].var())
    return np.asarray(0.5 * noise / variance if variance > 0.0 else 0.0 * noise, dtype=np.float64)


def _replicated(values: ArrayLike) -> Floats:
    """Finite values with a last axis of replications."""
    outcomes = np.asarray(values, dtype=np.float64)
    outcomes = outcomes[..., np.newaxis] if outcomes.ndim == 2 else outcomes
    if outcomes.ndim != 3 or outcomes.size == 0:
        raise ValueError(f"values need 2 axes, or a third for replications, not the shape {outcomes.shape}.")
    if not np.isfinite(outcomes).all():
        raise ValueError("a value that is NaN or infinite has no share: mend the measure.")
    return outcomes
