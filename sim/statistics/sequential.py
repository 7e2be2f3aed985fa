"""Fixed-width stopping: add replications until a mean is known as precisely as wished, and when not to trust it.

One entry is one replication, or one paired difference. Pure rules: they say whether and how many more, and leave
the running to others.
"""

import enum
import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from sim.statistics.arrays import Floats, flat, present, upper_tail
from sim.statistics.intervals import Estimate, interval

FIRST = 20  # below, a variance is too uncertain to stop by
_COCHRAN = 25.0
_CHANCE = 2.5  # standard errors of the skewness of a normal sample
_FEW = 10.0
_SHARE = 0.6  # of what is missing is taken before looking again: an sd first guessed too large costs less then
_STEP = 0.05  # but no batch is smaller than this share of what is there


@dataclass(frozen=True, slots=True)
class Precision:
    """What is wished: a half-width, in the unit of the observations, at a level.

    The half-width is `absolute` or, if that is more, `relative` times |mean| (shrunk by 1 + relative, because the
    mean is an estimate itself); so near zero only `absolute` counts. `comparisons` intervals made at once share what
    `level` leaves (Bonferroni). At least `first` replications (>= 20; 50 where the measure is strongly skewed) are
    taken before anything is judged. Raises `ValueError` for an absolute half-width that is not positive, a relative
    one outside [0, 1), a level outside (0, 1), or numbers too small. Source: Law, Simulation Modeling and Analysis,
    sections 9.4.1 (relative error) and 9.7 (Bonferroni).
    """

    absolute: float
    relative: float = 0.0
    level: float = 0.95
    comparisons: int = 1
    first: int = FIRST

    def __post_init__(self) -> None:
        if not 0.0 < self.absolute < math.inf:
            raise ValueError(f"the absolute half-width must be positive and finite, not {self.absolute}.")
        if not 0.0 <= self.relative < 1.0:
            raise ValueError(f"the relative half-width must lie in [0, 1), for example 0.05, not {self.relative}.")
        if self.comparisons < 1:
            raise ValueError(f"there must be at least one comparison, not {self.comparisons}.")
        if self.first < FIRST:
            raise ValueError(f"at least {FIRST} first replications are needed, not {self.first}.")
        upper_tail(self.level)

    @property
    def level_each(self) -> float:
        """The level of each of the intervals, so that all hold at once with `level`."""
        return bonferroni(self.level, self.comparisons)

    def goal(self, mean: float) -> float:
        """The half-width wished at this mean, in its unit."""
        return max(self.absolute, self.relative / (1.0 + self.relative) * abs(mean))


class Progress(NamedTuple):
    """Where a study stands: its interval, the half-width wished, whether it is reached, and how many more to take."""

    estimate: Estimate
    goal: float
    reached: bool
    more: int


def bonferroni(level: float, comparisons: int) -> float:
    """The level of each of so many intervals that all hold at once with at least `level` (both shares in (0, 1)).

    Raises `ValueError` for a level outside (0, 1) or fewer than one comparison. Source: Bonferroni's inequality;
    Law, Simulation Modeling and Analysis, section 9.7.
    """
    upper_tail(level)
    if comparisons < 1:
        raise ValueError(f"there must be at least one comparison, not {comparisons}.")
    return 1.0 - (1.0 - level) / comparisons


def progress(x: ArrayLike, precision: Precision) -> Progress:
    """Whether the observations so far, float64 of shape (n,), are as precise as wished, and how many more to take.

    Reached when Student's half-width is no more than the goal. With n (half-width / goal)^2 replications aimed at, the
    next batch is 0.6 of what is missing and never less than a twentieth of n. Because a study tends to stop where the
    variance happens to look small, the interval of one that was enlarged is the mean plus and minus the goal, and not
    Student's, which would be a little narrower than true. NaN observations are
    not counted, and more are asked for in their place. Raises `ValueError` for an infinite observation or another
    shape. Source: Chow and Robbins (1965), Ann. Math. Stat. 36, 457-462; batches after Stein (1945), Ann. Math. Stat.
    16, 243-258.
    """
    asked = flat(x, "x")
    if np.any(np.isinf(asked)):
        raise ValueError("an infinite observation cannot be made precise.")
    plain = interval(asked, precision.level_each)
    if plain.n < precision.first:
        return Progress(plain, math.nan, False, _share_kept(precision.first - plain.n, asked.size, plain.n))
    goal = precision.goal(plain.mean)
    if plain.half_width > goal:
        return Progress(plain, goal, False, _share_kept(_missing(plain, goal), asked.size, plain.n))
    return Progress(_fixed_width(plain, goal) if plain.n > precision.first else plain, goal, True, 0)


def _missing(estimate: Estimate, goal: float) -> int:
    aimed_at = estimate.n * (estimate.half_width / goal) ** 2
    return math.ceil(max(_SHARE * (aimed_at - estimate.n), _STEP * estimate.n))


def _share_kept(more: int, asked: int, kept: int) -> int:
    """How many to ask for to get so many more, if as many as so far come to nothing."""
    return math.ceil(more * asked / kept) if kept else max(more, asked)


def _fixed_width(estimate: Estimate, goal: float) -> Estimate:
    return estimate._replace(low=estimate.mean - goal, high=estimate.mean + goal)


class Reason(enum.Enum):
    """Why a t interval should not be trusted."""

    FEW = "few"  # nearly all observations are zero: what counts has hardly been seen
    SKEWED = "skewed"  # so skewed that the mean of so many is not yet near normal


class Doubt(NamedTuple):
    """What was seen of the shape of a sample, and the reasons to doubt its t interval (none: trust it)."""

    n: int
    skewness: float
    effective: float
    reasons: frozenset[Reason]


def doubtful(x: ArrayLike) -> Doubt:
    """Whether the t interval of these observations, float64 of shape (n,), should be trusted; NaN are left out.

    SKEWED where n < 25 g^2, with g the sample skewness m3 / m2^1.5 (no unit; NaN without variance), and g is more
    than 2.5 of its standard errors in a normal sample from 0. FEW where (sum |x|)^2 / sum x^2 < 10: for a rare event
    this is the number of times it was seen, for a normal difference about 0.64 n; 0 where all are zero, when a rare
    event may just not have been seen. It looks at the sample only: what a sample without the tail cannot show, it
    cannot tell. Raises `ValueError` for another shape. Source: Cochran, Sampling Techniques, section 2.15; standard
    error: Joanes and Gill (1998), The Statistician 47, 183-189; effective number: Kish, Survey Sampling, section
    11.7.
    """
    kept = present(flat(x, "x"))
    skewness, effective = _skewness(kept), _effective(kept)
    reasons = set()
    if effective < _FEW:
        reasons.add(Reason.FEW)
    if kept.size < _COCHRAN * skewness**2 and abs(skewness) > _CHANCE * _skewness_error(kept.size):
        reasons.add(Reason.SKEWED)
    return Doubt(kept.size, skewness, effective, frozenset(reasons))


def _skewness(x: Floats) -> float:
    if x.size < 3 or x.min() == x.max():
        return math.nan
    from_mean = x - x.mean()
    return float((from_mean**3).mean() / (from_mean**2).mean() ** 1.5)


def _skewness_error(n: int) -> float:
    return math.sqrt(6.0 * (n - 2) / ((n + 1) * (n + 3)))


def _effective(x: Floats) -> float:
    squares = float(x @ x)
    return float(np.abs(x).sum()) ** 2 / squares if squares > 0.0 else 0.0
