"""Rinott's two stages, the textbook way to choose the best of independent plans: what others are counted against."""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from sim.statistics.arrays import Floats
from sim.statistics.selection import Ints, Zone, check_design

_NODES = 400  # of the trapezium rule in log chi-square; doubling it moves no constant by 1e-9
_LOST = 1e-15  # probability left beyond either end of it


@lru_cache(maxsize=256)
def rinott_constant(plans: int, first: int, probability: float) -> float:
    """Rinott's h for k plans, n0 first replications each, independent, and a probability of correct selection P.

    The h at which E_Y[ E_X[ Phi(h / sqrt((n0 - 1) (1 / X + 1 / Y))) ]^(k - 1) ] = P, with X and Y chi-square of n0 - 1
    degrees of freedom; by the trapezium rule in log X and log Y and Brent's root finding. Raises `ValueError` as
    `kim_nelson_constant`. Source: Rinott (1978), Comm. Statist. Theory Methods 7, 799-811.
    """
    from scipy.optimize import brentq
    from scipy.special import ndtr

    check_design(plans, first, probability)
    chi_square, weights = _chi_square_nodes(first - 1)
    scale = np.sqrt((first - 1) * (1.0 / chi_square + 1.0 / chi_square[:, np.newaxis]))

    def short_by(h: float) -> float:
        return float(weights @ (ndtr(h / scale) @ weights) ** (plans - 1)) - probability

    upper = 4.0
    while short_by(upper) < 0.0:
        upper *= 2.0
    return float(brentq(short_by, 0.0, upper, xtol=1e-10))


def _chi_square_nodes(df: int) -> tuple[Floats, Floats]:
    """Nodes and weights that integrate over a chi-square distribution, both shape (nodes,); the weights sum to 1."""
    from scipy.stats import chi2

    logs = np.linspace(math.log(chi2.ppf(_LOST, df)), math.log(chi2.isf(_LOST, df)), _NODES)
    nodes = np.exp(logs)
    weights = chi2.pdf(nodes, df) * nodes
    return nodes, weights / weights.sum()


def rinott_replications(first_stage: ArrayLike, zone: Zone) -> Ints:
    """Replications each plan needs in all, shape (k,), from a first stage of independent plans, float64 (k, n0).

    N_i = max(n0, ceil(h^2 S2_i / delta^2)) with S2_i the sample variance; the plan with the largest mean of all its
    N_i is then chosen. Not valid under common random numbers. Raises `ValueError` for another shape, values that are
    not finite, or a design as `rinott_constant`. Source: Rinott (1978).
    """
    table = np.asarray(first_stage, dtype=np.float64)
    if table.ndim != 2 or table.shape[1] != zone.first:
        raise ValueError(f"plans x {zone.first} first replications are needed, not the shape {table.shape}.")
    if not np.isfinite(table).all():
        raise ValueError("an observation that is NaN or infinite cannot be compared: mend the measure.")
    h = rinott_constant(len(table), zone.first, zone.probability)
    asked = np.ceil(h**2 * table.var(axis=1, ddof=1) / zone.delta**2)
    return np.asarray(np.maximum(asked, zone.first), dtype=np.int64)
