"""Where along a parameter a noisy difference changes its sign, and where that cannot be told."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from numpy.typing import ArrayLike

from sim.statistics.intervals import Estimate, interval
from sim.statistics.sequential import bonferroni


class BreakEven(NamedTuple):
    """What a search found, in the unit of the parameter.

    The sign turns between `low` and `high`, the nearest values at which it was told; NaN on a side where it was not
    told, both NaN where it is the same at either end. From `unsure_low` to `unsure_high` it could not be told; both
    NaN where it was told wherever it was asked. `seen` has every estimate made, by parameter.
    """

    low: float
    high: float
    unsure_low: float
    unsure_high: float
    seen: dict[float, Estimate]


def break_even(
    difference: Callable[[float], ArrayLike], low: float, high: float, tolerance: float, level: float = 0.95
) -> BreakEven:
    """Bisect for the value of a parameter at which a paired difference turns from one sign to the other.

    `difference(value)` gives the paired differences there, float64 of shape (n,). Halving stops at `tolerance` (in
    the unit of the parameter), or where the sign at a middle cannot be told; then both edges of the band in which it
    cannot be told are searched, to the same tolerance. If the expected difference is monotone, it is zero between the
    `low` and `high` returned with at least `level`, because the t intervals of all values that may be asked share it
    (Bonferroni). Where the sign is told at one end only, the edge of the band that begins at the other is searched.
    Raises `ValueError` for a range or a tolerance that is none, or a level outside (0, 1). Source: bisection;
    Bonferroni's inequality.
    """
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise ValueError(f"the search needs a range, not from {low} to {high}.")
    if not tolerance > 0.0:
        raise ValueError(f"the tolerance must be positive, not {tolerance}.")
    most = 2 + 2 * max(math.ceil(math.log2((high - low) / tolerance)), 1)
    signs = _Signs(difference, bonferroni(level, most))
    low, high = float(low), float(high)
    at_low, at_high = signs.at(low), signs.at(high)
    if at_low and at_low == at_high:
        return BreakEven(math.nan, math.nan, math.nan, math.nan, signs.seen)
    unsure_low, unsure_high = high, low  # as seen from the other end
    if at_low and at_high:
        low, high, middle = _halve(signs, low, high, tolerance)
        if middle is None:
            return BreakEven(low, high, math.nan, math.nan, signs.seen)
        unsure_low = unsure_high = middle
    left, unsure_low = _edge(signs, low, unsure_low, tolerance) if at_low else (math.nan, low)
    right, unsure_high = _edge(signs, high, unsure_high, tolerance) if at_high else (math.nan, high)
    return BreakEven(left, right, unsure_low, unsure_high, signs.seen)


@dataclass(frozen=True, slots=True)
class _Signs:
    """The signs that intervals at one level tell: -1, 1, or 0 where they hold zero or there is none."""

    difference: Callable[[float], ArrayLike]
    level: float
    seen: dict[float, Estimate] = field(default_factory=dict)

    def at(self, value: float) -> int:
        if value not in self.seen:
            self.seen[value] = interval(self.difference(value), self.level)
        estimate = self.seen[value]
        return int(estimate.low > 0.0) - int(estimate.high < 0.0)


def _halve(signs: _Signs, low: float, high: float, tolerance: float) -> tuple[float, float, float | None]:
    """Close in on the turn from both sides; a middle whose sign cannot be told ends it and is handed back."""
    while high - low > tolerance:
        middle = (low + high) / 2.0
        if (sign := signs.at(middle)) == 0:
            return low, high, middle
        low, high = (middle, high) if sign == signs.at(low) else (low, middle)
    return low, high, None


def _edge(signs: _Signs, told: float, unsure: float, tolerance: float) -> tuple[float, float]:
    """Close in on the edge between a value with a sign and one without it."""
    wanted = signs.at(told)
    while abs(unsure - told) > tolerance:
        middle = (told + unsure) / 2.0
        told, unsure = (middle, unsure) if signs.at(middle) == wanted else (told, middle)
    return told, unsure
