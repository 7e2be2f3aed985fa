"""Studies of differences whose answer is known: how often their intervals hold it."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.statistics import Estimate, Precision, doubtful, progress

Floats = NDArray[np.float64]
Draw = Callable[[np.random.Generator, int], Floats]


class Known(NamedTuple):
    """A paired difference with a known mean and sd."""

    draw: Draw
    mean: float
    sd: float


def normal(mean: float) -> Known:
    return Known(lambda rng, n: rng.normal(mean, 1.0, n), mean, 1.0)


def gamma(shape: float) -> Known:
    return Known(lambda rng, n: rng.gamma(shape, 1.0, n), shape, shape**0.5)


def lognormal(sigma: float) -> Known:
    grown = np.exp(sigma**2)
    return Known(lambda rng, n: rng.lognormal(0.0, sigma, n), float(grown**0.5), float((grown * (grown - 1.0)) ** 0.5))


def gamma_pair(by: float) -> Known:
    """Two plans of skewed results on their own random numbers; the second scaled by ``by``."""
    return Known(
        lambda rng, n: by * rng.gamma(2.0, 1.0, n) - rng.gamma(2.0, 1.0, n),
        2.0 * (by - 1.0),
        (2.0 * (by**2 + 1)) ** 0.5,
    )


def lognormal_pair(by: float) -> Known:
    """Two plans that share a skewed year (lognormal, sigma 0.5) and differ by their own gamma luck."""
    year, square = float(np.exp(0.125)), float(np.exp(0.5))  # mean and mean square of the year
    own, second = 0.6 * (by - 1.0), 0.18 * (by**2 + 1.0) + (0.6 * (by - 1.0)) ** 2

    def draw(rng: np.random.Generator, n: int) -> Floats:
        luck = 0.3 * (by * rng.gamma(2.0, 1.0, n) - rng.gamma(2.0, 1.0, n))
        return np.asarray(rng.lognormal(0.0, 0.5, n) * luck)

    return Known(draw, year * own, (square * second - (year * own) ** 2) ** 0.5)


def rare(chance: float, size: float) -> Known:
    """An event of so many dollars that happens once in 1 / chance replications."""
    return Known(lambda rng, n: size * (rng.random(n) < chance), size * chance, size * (chance * (1.0 - chance)) ** 0.5)


def rare_pair(mean_events: float, size: float) -> Known:
    """A year with so many rare events under either plan, on their own random numbers: the difference is zero."""
    return Known(
        lambda rng, n: size * (rng.poisson(mean_events, n) - 1.0 * rng.poisson(mean_events, n)),
        0.0,
        size * (2.0 * mean_events) ** 0.5,
    )


def study(
    known: Known, precision: Precision, rng: np.random.Generator, budget: int = 20_000
) -> tuple[Estimate, Floats]:
    """Replications added until precise; the interval, and all that was seen."""
    seen = np.empty(0)
    while True:
        now = progress(seen, precision)
        if now.reached or seen.size > budget:
            return now.estimate, seen
        seen = np.concatenate([seen, known.draw(rng, now.more)])


class Coverage(NamedTuple):
    """Shares of studies whose interval holds the truth, and that were doubted; the former among those not doubted."""

    held: float
    doubted: float
    held_undoubted: float
    wrong_undoubted: float  # share of all studies that are wrong and give no warning
    replications: float


def coverage(known: Known, precision: Precision, studies: int = 2000, seed: int = 1) -> Coverage:
    rng = np.random.default_rng(seed)
    held, doubted, sizes = [], [], []
    for _ in range(studies):
        estimate, seen = study(known, precision, rng)
        held.append(estimate.low <= known.mean <= estimate.high)
        doubted.append(bool(doubtful(seen).reasons))
        sizes.append(seen.size)
    right, warned = np.array(held), np.array(doubted)
    calm = right[~warned]
    return Coverage(
        float(right.mean()),
        float(warned.mean()),
        float(calm.mean()) if calm.size else float("nan"),
        float((~right & ~warned).mean()),
        float(np.mean(sizes)),
    )
