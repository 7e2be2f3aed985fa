"""Settings that are varied, in words: what they are, their values with units, their ranges."""

from __future__ import annotations

from sim.analysis import Varied
from sim.report.numbers import THIN, rounded, step
from sim.report.settings import in_words

_OWNED = {"people": 1, "handoffs": 1, "types": 2}  # where the owner's own name stands
_SHORT = 44


def words(varied: Varied) -> str:
    """What a setting is: its description, and of whom where there are several."""
    what = varied.setting.doc.removesuffix(".") or varied.name
    whose = _whose(varied.name)
    return f"{what}, {whose.replace('_', ' ')}" if whose else what


def in_short(varied: Varied) -> str:
    """The same without what stands in parentheses, for a picture or a column."""
    text = words(varied)
    before, _, after = text.partition(" (")
    text = before + after.partition(")")[2]
    return text if len(text) <= _SHORT else f"{text[: _SHORT - 1].rstrip(' ,')}…"


def _whose(name: str) -> str:
    parts = name.split(".")
    place = _OWNED.get(parts[1] if len(parts) > 3 else parts[0])
    found = parts[place] if place is not None and len(parts) > place + 1 else ""
    return "" if found == "*" else found


def value(varied: Varied, x: float, currency: str, half_width: float = 0.0) -> str:
    """A value with its unit, rounded to the precision of a half-width: ``1.3 min``, ``$24``."""
    unit = varied.setting.unit
    number = rounded(x, step(half_width)) if not varied.setting.whole else rounded(x, 1.0)
    kind, _, per = unit.partition("/")
    if kind == "money":
        return f"{currency}{number}{f' a {per}' if per else ''}"
    if unit == "time":
        return in_words(x, unit)
    return f"{number}{THIN}{unit}" if unit else number


def span(varied: Varied, low: float, high: float, currency: str) -> str:
    """A range with its unit said once: ``1.1 to 1.6 min``."""
    half = (high - low) / 2.0 if not _round(low) or not _round(high) else 0.0
    first, last = value(varied, low, currency, half), value(varied, high, currency, half)
    unit = f"{THIN}{varied.setting.unit}"
    return f"{first.removesuffix(unit)} to {last}"


def _round(x: float) -> bool:
    return x == float(f"{x:.3g}")


def axis(varied: Varied) -> str:
    """What a picture writes along an axis."""
    unit = varied.setting.unit
    return (
        f"{in_short(varied)}, {unit}" if unit and not unit.startswith("money") and unit != "time" else in_short(varied)
    )
