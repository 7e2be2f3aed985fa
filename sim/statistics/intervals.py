"""Intervals, pairing and waiting-time estimates: arrays in, numbers out.

Arrays are one-dimensional; whatever numpy turns into float64 will do. One entry is one replication, or one
caller in the estimates of patience. scipy is imported where it is used, because it costs more time than the
rest of a command.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.statistics.arrays import Floats, flat, matched, present, student, upper_tail

MOST_REPLICATIONS = 10_000_000


class Estimate(NamedTuple):
    """A mean with its confidence limits, in the unit of the observations, and their number."""

    mean: float
    low: float
    high: float
    n: int

    @property
    def half_width(self) -> float:
        """Half the length of the interval, in the unit of the observations; NaN where there is none."""
        return (self.high - self.low) / 2.0


def interval(x: ArrayLike, level: float = 0.95) -> Estimate:
    """Student's t interval for the mean of independent replications; `x` is float64, shape (n,).

    NaN replications (what never happened) are left out of n; an infinity leaves no finite limits. No
    observation gives NaN throughout, one gives its value without limits, equal ones give limits equal to the
    mean. Raises `ValueError` for another shape or a level outside (0, 1). Source: Student (1908); Law,
    Simulation Modeling and Analysis, eq. 4.12.
    """
    kept = present(flat(x, "x"))
    tail = upper_tail(level)
    n = kept.size
    if n == 0:
        return Estimate(math.nan, math.nan, math.nan, 0)
    mean, sd = _moments(kept)
    half_width = math.nan if n == 1 else _half_width(sd, n, tail)
    return Estimate(mean, mean - half_width, mean + half_width, n)


def paired(x: ArrayLike, y: ArrayLike, level: float = 0.95) -> Estimate:
    """The t interval for the mean of y - x by replication; `x` and `y` are float64, both shape (n,).

    A pair with a NaN on either side is left out. Under common random numbers this is narrower than two
    intervals side by side. Raises `ValueError` for shapes that differ. Source: Law, Simulation Modeling and
    Analysis, section 10.2.1.
    """
    before, after = matched(x, y, "x", "y")
    return interval(after - before, level)


def replications_to_tell(difference: ArrayLike, level: float = 0.95) -> int | None:
    """About how many replications, those at hand included, tell the sign of a paired difference.

    The least i with t(i - 1) s / sqrt(i) < |mean|, with the mean and sd s of `difference` (float64, shape
    (n,), NaN left out) taken as they stand; at least 2, at most `MOST_REPLICATIONS`. A number up to n says
    that they suffice. None where fewer than two are left, or their mean is 0 or not finite: no number tells.
    Raises `ValueError` as `interval`. Source: Law, Simulation Modeling and Analysis, section 9.4.1, after the
    absolute-error formula.
    """
    kept = present(flat(difference, "difference"))
    tail = upper_tail(level)
    if kept.size < 2:
        return None
    mean, sd = _moments(kept)
    if mean == 0.0 or not math.isfinite(mean):
        return None
    return _least_replications(abs(mean), sd, tail)


def time_average(times: ArrayLike, values: ArrayLike, start: float, end: float) -> float:
    """The mean over [start, end] of the step function that is values[i] from times[i] to times[i + 1].

    `times` (never decreasing) and `values` are float64, both shape (n,); `start` and `end` are in the unit of
    `times`, the result in that of `values`. The last value holds on; of several at one moment the last
    counts. NaN where start is end. Raises `ValueError` for times that decrease, an end before the start, or a
    function that begins after `start`. Source: the definition of a time-average (Law, Simulation Modeling and
    Analysis, section 1.4.1).
    """
    moments, levels = matched(times, values, "times", "values")
    if not start <= end:
        raise ValueError(f"the end ({end}) is before the start ({start}).")
    if moments.size == 0 or not moments[0] <= start:
        raise ValueError(f"the function says nothing at the start ({start}): give its value there first.")
    if np.any(~(np.diff(moments) >= 0.0)):
        raise ValueError("times must never decrease.")
    if start == end:
        return math.nan
    widths = np.diff(np.clip(np.append(moments, end), start, end))
    lasting = widths > 0.0  # a NaN that lasted no time must not count
    return float(levels[lasting] @ widths[lasting]) / (end - start)


def kaplan_meier(durations: ArrayLike, observed: ArrayLike) -> tuple[Floats, Floats]:
    """The product-limit estimate of survival from right-censored durations, such as patience from waits.

    `durations` is float64 (>= 0, any unit), `observed` bool (False: censored), both shape (n,). Returns the
    distinct moments with an event, ascending, and the share that survives each, both float64, shape (m,), m =
    0 where nothing was observed; before the first, survival is 1. At a tie events come before censorings.
    Raises `ValueError` for shapes that differ, a duration that is negative or not finite, or marks other than
    true and false. Source: Kaplan and Meier (1958), J. Am. Stat. Assoc. 53, 457-481.
    """
    lasted, ended = _censored(durations, observed)
    times, events = np.unique(lasted[ended], return_counts=True)
    at_risk = lasted.size - np.searchsorted(np.sort(lasted), times, side="left")
    return times, np.cumprod(1.0 - events / at_risk, dtype=np.float64)


def exponential_mle_censored(durations: ArrayLike, observed: ArrayLike) -> float:
    """The maximum-likelihood mean of an exponential, right-censored: total time over the number of events.

    Arguments and errors as `kaplan_meier`; the result is in the unit of `durations`. Inf where time passed
    without an event, NaN where neither was seen. Source: Lawless, Statistical Models and Methods for Lifetime
    Data, section 4.1.
    """
    lasted, ended = _censored(durations, observed)
    total, events = float(lasted.sum()), int(ended.sum())
    if events:
        return total / events
    return math.inf if total > 0.0 else math.nan


def _censored(durations: ArrayLike, observed: ArrayLike) -> tuple[Floats, NDArray[np.bool_]]:
    lasted, marks = matched(durations, observed, "durations", "observed")
    if not np.all(np.isfinite(lasted) & (lasted >= 0.0)):
        raise ValueError("durations must be finite and not negative.")
    if not np.all((marks == 0.0) | (marks == 1.0)):
        raise ValueError("observed must hold only true and false.")
    return lasted, marks == 1.0


def _moments(x: Floats) -> tuple[float, float]:
    """Mean and sample sd (n - 1); equal entries give exactly their value and 0, which rounding would not."""
    if x.min() == x.max():
        return float(x[0]), 0.0
    with np.errstate(invalid="ignore"):  # an infinity makes the sd NaN, which says enough
        return float(x.mean()), float(x.std(ddof=1))


def _half_width(sd: float, n: int, tail: float) -> float:
    return student(tail, n - 1) * sd / math.sqrt(n)


def _least_replications(target: float, sd: float, tail: float) -> int:
    """Halve between 2 and the cap; the half-width falls with n."""
    low, high = 2, MOST_REPLICATIONS
    while low < high:
        middle = (low + high) // 2
        if _half_width(sd, middle, tail) < target:
            high = middle
        else:
            low = middle + 1
    return low
