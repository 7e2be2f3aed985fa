"""Numbers as people read them: rounded to what is known, with thousands separators, real minus signs and units."""

from __future__ import annotations

import math
from typing import NamedTuple

from sim.kpis import Kpi
from sim.statistics import Estimate

MINUS = "\N{MINUS SIGN}"
THIN = "\N{NARROW NO-BREAK SPACE}"
NONE = "\N{EN DASH}"  # stands for what never happened
EXACT_DIGITS = 4  # of a number that has no spread
NOISE = 1e-9  # a half-width of so little of the mean is none
SAID = ("s", "min", "h", "days", "km")  # units said after a number; others are in the measure's name


class Scale(NamedTuple):
    """How a measure is shown: times ``factor``, signs before or after, and the unit in words."""

    factor: float
    before: str
    after: str
    unit: str


def scale(kpi: Kpi, currency: str) -> Scale:
    """Shares in per cent, money with the shop's sign, all else as it is."""
    if kpi.unit == "share":
        return Scale(100.0, "", f"{THIN}%", "%")
    if kpi.unit.split("/")[0] == "money":
        before, after = _sign(currency)
        return Scale(1.0, before, after, kpi.unit.replace("money", currency))
    said = kpi.unit.split("/")[0]  # what it is taken by, the measure's name says
    return Scale(1.0, "", f"{THIN}{said}" if said in SAID else "", kpi.unit)


def _sign(currency: str) -> tuple[str, str]:
    """A symbol goes before the amount, a word or a code after it."""
    return ("", f"{THIN}{currency}") if currency.isalpha() else (currency, "")


def step(half_width: float, size: float = 0.0) -> float:
    """The unit to round to, given half the length of the interval; 0 where there is none but the noise of floats.

    Two digits of the half-width where it begins with 100 to 354, one from 355 to 949, two (10) from 950 on. Source:
    the rounding rule of the Particle Data Group, Review of Particle Physics, introduction, section 5.3.
    """
    if not math.isfinite(half_width) or half_width <= NOISE * abs(size):
        return 0.0
    decade = math.floor(math.log10(half_width))
    leading = round(half_width / 10.0**decade * 100)
    return 10.0 ** (decade - 1 if leading < 355 else decade)


def rounded(x: float, to: float) -> str:
    """``x`` to the nearest multiple of ``to`` (a power of ten); to four digits where ``to`` is 0."""
    if not math.isfinite(x):
        return NONE if math.isnan(x) else "∞" if x > 0 else f"{MINUS}∞"
    exact, to = not to, to or _exact_step(x)
    digits = max(0, -round(math.log10(to)))
    nearest = round(x / to) * to
    text = f"{abs(nearest):,.{digits}f}"
    if exact and digits:
        text = text.rstrip("0").removesuffix(".")
    return f"{MINUS}{text}" if nearest < 0 and float(text.replace(",", "")) != 0.0 else text


def _exact_step(x: float) -> float:
    """Whole numbers stay whole; others keep four digits."""
    if x == 0.0 or float(x).is_integer() or not math.isfinite(x):
        return 1.0
    return min(1.0, 10.0 ** (math.floor(math.log10(abs(x))) + 1 - EXACT_DIGITS))


def plain(estimate: Estimate, how: Scale) -> str:
    """The mean and half-width without a unit, for a table that names it: ``7.2 ± 0.4``."""
    half = estimate.half_width * how.factor
    to = step(half, estimate.mean * how.factor)
    mean = rounded(estimate.mean * how.factor, to)
    return f"{mean} ± {rounded(half, to)}" if to else mean


def amount(x: float, half_width: float, how: Scale, digits: int | None = None) -> str:
    """One number with its unit, rounded to the precision of a half-width: ``$84,000``, ``7.2 %``.

    ``digits`` is the most that a sentence bears, whatever is known.
    """
    to = step(half_width * how.factor, x * how.factor)
    if digits is not None and x and math.isfinite(x):
        to = max(to, 10.0 ** (math.floor(math.log10(abs(x * how.factor))) + 1 - digits))
    return with_unit(rounded(x * how.factor, to), how)


def with_unit(number: str, how: Scale) -> str:
    """A number as text with its signs; the minus goes before the currency."""
    if number.startswith(MINUS):
        return f"{MINUS}{how.before}{number[1:]}{how.after}"
    return f"{how.before}{number}{how.after}"


def money(value: float, currency: str) -> str:
    """An amount of money as it is: $2,100, and with its cents where it has any."""
    before, after = _sign(currency)
    size = f"{abs(value):,.2f}".removesuffix(".00")
    return f"{MINUS if value < 0.0 else ''}{before}{size}{after}"


def limits(estimate: Estimate, how: Scale, turn: float = 1.0) -> tuple[str, str]:
    """Both limits as text (times ``turn``, 1 or -1); what excludes zero also does so when rounded."""
    low, high = sorted((estimate.low * turn * how.factor, estimate.high * turn * how.factor))
    to = step((high - low) / 2.0, high)
    while to and low * high > 0.0 and round(min(abs(low), abs(high)) / to) == 0:
        to /= 10.0
    return with_unit(rounded(low, to), how), with_unit(rounded(high, to), how)


def tells(estimate: Estimate) -> bool:
    """Whether the interval excludes zero (an interval without length excludes it if it is not zero)."""
    return estimate.low > 0.0 or estimate.high < 0.0


def about(n: int) -> str:
    """A count to two digits: 1,200."""
    to = 10 ** max(0, len(str(n)) - 2)
    return f"{math.ceil(n / to) * to:,}"
