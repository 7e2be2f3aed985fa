"""Settings varied together: what was asked for, the points that this makes, and the plans at each of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sim.scenarios.changing import Setting, as_number, changed, has, setting
from sim.scenarios.problems import ScenarioError
from sim.shop.scenario import Scenario

Values = tuple[float, ...]
_LIKE = "such as calls.per_day=40,60,80, calls.per_day=40:80 or calls.per_day=40:80:5"


@dataclass(frozen=True, slots=True)
class Varied:
    """A setting and the values that it takes: those of a list, or a range from ``low`` to ``high``.

    ``levels`` is how many values of a range a grid has, where that was said. Distributions are varied by their mean.
    """

    setting: Setting
    low: float
    high: float
    listed: Values = ()
    levels: int | None = None

    @property
    def name(self) -> str:
        """The dotted name, with stars where it stands for several settings."""
        return self.setting.name

    def at(self, unit: float) -> float:
        """The value at a place of [0, 1]: along the range (whole numbers rounded), or one of the list."""
        if self.listed:
            return self.listed[min(int(unit * len(self.listed)), len(self.listed) - 1)]
        return self.nearest(self.low + unit * (self.high - self.low))

    def nearest(self, value: float) -> float:
        """The value that the setting can have: rounded where it is a whole number."""
        return float(math.floor(value + 0.5)) if self.setting.whole else value

    def now(self, value: object) -> float | None:
        """What a plan's value is as a number of this setting; None where it is none."""
        return as_number(value, self.setting.unit)

    def axis(self, levels: int) -> Values:
        """The values of a grid; whole numbers that would come twice come once."""
        if self.listed:
            return self.listed
        units = [place / (levels - 1) for place in range(levels)] if levels > 1 else [0.5]
        return tuple(dict.fromkeys(self.at(unit) for unit in units))


@dataclass(frozen=True, slots=True)
class Space:
    """Plans and the settings varied in them; a setting that only some plans have is varied in those."""

    plans: tuple[Scenario, ...]
    varied: tuple[Varied, ...]
    there: tuple[frozenset[str], ...]  # by plan, the names that it has

    @property
    def names(self) -> tuple[str, ...]:
        """The dotted names, in order."""
        return tuple(each.name for each in self.varied)

    def partly(self) -> list[str]:
        """Names that not all plans have."""
        return [each.name for each in self.varied if not all(each.name in names for names in self.there)]

    def at(self, values: Sequence[float]) -> tuple[Scenario, ...]:
        """The plans with the settings at these values, in order. Raises `ScenarioError` where they cannot be."""
        return self.with_values(dict(zip((each.name for each in self.varied), values, strict=True)))

    def with_values(self, values: dict[str, float]) -> tuple[Scenario, ...]:
        """The plans with only these settings changed."""
        return tuple(
            changed(plan, {name: value for name, value in values.items() if name in names})
            for plan, names in zip(self.plans, self.there, strict=True)
        )


def space(plans: Sequence[Scenario], said: Sequence[str]) -> Space:
    """The settings that were asked for, each as ``NAME=1,2,3``, ``NAME=low:high``, ``NAME=low:high:n`` or ``NAME``.

    A name alone takes its sensible range. Both ends are tried on every plan. Raises `ScenarioError` for names that
    lead nowhere, settings that are not numbers and values that a plan cannot have, `ValueError` for what is not a list
    or range, a name said twice, or no name at all.
    """
    if not said:
        raise ValueError(f"name at least one setting to vary, {_LIKE}.")
    varied = tuple(parsed(plans, each) for each in said)
    names = [each.name for each in varied]
    if twice := [name for place, name in enumerate(names) if name in names[:place]]:
        raise ValueError(f"{twice[0]} is varied twice; say it once.")
    there = tuple(frozenset(name for name in names if has(plan, name)) for plan in plans)
    found = Space(tuple(plans), varied, there)
    for each in varied:
        for end in (each.low, each.high):
            found.with_values({each.name: end})
    return found


def parsed(plans: Sequence[Scenario], said: str) -> Varied:
    """One setting and its values, as it was said."""
    name, equals, text = (part.strip() for part in said.partition("="))
    if not name or (equals and not text):
        raise ValueError(f"{said!r} should be a setting and what to try, {_LIKE}.")
    about = setting(next((plan for plan in plans if has(plan, name)), plans[0]), name)
    if not equals:
        return _sensible(about)
    if ":" in text:
        return _range(about, said, text)
    values = [_number(said, part) for part in text.split(",")]
    return _listed(about, values)


def _sensible(about: Setting) -> Varied:
    if about.sensible is None:
        raise ValueError(f"{about.name} has no range that is known to be sensible; say one, {_LIKE}.")
    low, high = about.sensible
    return _checked(Varied(about, float(low), float(high)))


def _listed(about: Setting, values: Sequence[float]) -> Varied:
    found = Varied(about, min(values), max(values))
    return replace(found, listed=tuple(dict.fromkeys(found.nearest(value) for value in values)))


def _range(about: Setting, said: str, text: str) -> Varied:
    low, high, *more = text.split(":")
    if len(more) > 1:
        raise ValueError(f"{said!r} should be a range from low to high, {_LIKE}.")
    levels = None
    if more:
        levels = int(more[0]) if more[0].strip().isdecimal() else 0
        if not 2 <= levels <= 10_000:
            raise ValueError(f"{said!r} asks for {more[0]!r} values; say at least 2, {_LIKE}.")
    return _checked(Varied(about, _number(said, low), _number(said, high), levels=levels))


def _checked(varied: Varied) -> Varied:
    if not varied.low < varied.high:
        raise ValueError(
            f"{varied.name}: the range should go up, and {varied.low:g} is not below {varied.high:g}; "
            f"say {varied.name}={varied.high:g}:{varied.low:g}."
            if varied.low > varied.high
            else f"{varied.name}: a range from {varied.low:g} to {varied.high:g} has no length."
        )
    return replace(varied, low=varied.nearest(varied.low), high=varied.nearest(varied.high))


def _number(said: str, text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        raise ValueError(f"{said!r}: {text.strip()!r} is not a number; say a list or a range, {_LIKE}.")
    return found


def can_vary(plans: Sequence[Scenario], name: str) -> bool:
    """Whether all plans take the setting's sensible range."""
    try:
        return bool(space(plans, [name]).varied) and all(has(plan, name) for plan in plans)
    except (ScenarioError, ValueError):
        return False
