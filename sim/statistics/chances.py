"""How probable it is that each plan is the best, given what was seen: paired observations in, probabilities out."""

import math

import numpy as np
from numpy.typing import ArrayLike

from sim.statistics.arrays import Floats

DRAWS = 100_000  # a probability of a half is known to 0.0016
_ROUNDING = 1e-9  # of the spread: means closer than this are ties


def probability_best(x: ArrayLike, draws: int = DRAWS, seed: int = 0) -> Floats:
    """The probability that each plan has the largest mean, shape (k,), summing to 1; plans that tie share it.

    `x` is float64, (k, n): plans by replication, paired. Given normal observations and a vague prior the true means
    are multivariate Student with n - 1 degrees of freedom around the sample means, with the sample covariance over
    n; so for two plans this is one less the one-sided p-value of the paired t test. By `draws` draws of a generator
    of its own, so equal arguments give equal answers. A statement after one look: not a stopping rule. Raises
    `ValueError` for another shape, fewer than two replications, or values that are not finite. Source: Chick and
    Inoue (2001), Management Science 47, 1133-1149; Box and Tiao, Bayesian Inference in Statistical Analysis, ch. 8.
    """
    means = _posterior(x, draws, seed)
    return _shares_of_best(means, _ROUNDING * float(np.ptp(means)))


def probability_wrong(
    x: ArrayLike, chosen: int | None = None, delta: float = 0.0, draws: int = DRAWS, seed: int = 0
) -> float:
    """The probability that some plan is better than the chosen one by more than `delta` (the unit of `x`, >= 0).

    `chosen` is a row of `x`; None takes the largest sample mean. Otherwise as `probability_best`. Raises `ValueError`
    also for a negative delta or a plan that is not there.
    """
    means = _posterior(x, draws, seed)
    if not delta >= 0.0:
        raise ValueError(f"delta must not be negative, as {delta} is.")
    plan = int(np.asarray(x, dtype=np.float64).mean(axis=1).argmax()) if chosen is None else chosen
    if not 0 <= plan < len(means):
        raise ValueError(f"there is no plan {plan}: there are {len(means)}, counted from 0.")
    better_by = means.max(axis=0) - means[plan]
    return float((better_by > delta + _ROUNDING * float(np.ptp(means))).mean())


def _posterior(x: ArrayLike, draws: int, seed: int) -> Floats:
    """Draws of the true means, (k, draws), less the mean of all observations."""
    table = np.asarray(x, dtype=np.float64)
    if table.ndim != 2 or table.shape[0] < 1 or table.shape[1] < 2:
        raise ValueError(f"plans x replications are needed, at least two of these, not the shape {table.shape}.")
    if not np.isfinite(table).all():
        raise ValueError("an observation that is NaN or infinite cannot be compared: mend the measure.")
    n, means = table.shape[1], table.mean(axis=1, keepdims=True)
    left, singular, _ = np.linalg.svd(table - means, full_matrices=False)
    rng = np.random.default_rng(seed)
    normal = (left * singular) @ rng.standard_normal((singular.size, draws)) / math.sqrt(n * (n - 1))
    wider = np.sqrt((n - 1) / rng.chisquare(n - 1, draws))
    return np.asarray(means - means.mean() + normal * wider, dtype=np.float64)


def _shares_of_best(means: Floats, rounding: float) -> Floats:
    best = means >= means.max(axis=0) - rounding
    return np.asarray((best / best.sum(axis=0)).mean(axis=1), dtype=np.float64)
