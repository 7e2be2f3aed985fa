"""Settings in words, and where plans differ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sim.distributions import Distribution
from sim.report.numbers import THIN, rounded
from sim.scenarios.leaves import Leaf, leaves, unlike
from sim.shop.scenario import Scenario
from sim.shop.settings import Settings

ABSENT = "not there"


class Different(NamedTuple):
    """One setting that plans do not share."""

    name: str
    values: tuple[str, ...]  # in words, one a plan
    assumed: bool
    doc: str


def differences(plans: Sequence[Scenario]) -> list[Different]:
    """Where the plans differ, assumptions first; a group of people that only some plans have is one entry."""
    found: dict[str, Different] = {}
    for name, there in unlike(plans).items():
        entry = _different(name, there, plans)
        found.setdefault(entry.name, entry)
    return sorted(found.values(), key=lambda different: not different.assumed)


def _different(name: str, there: Sequence[Leaf | None], plans: Sequence[Scenario]) -> Different:
    leaf = next(leaf for leaf in there if leaf is not None)
    parts = name.split(".")
    if parts[0] == "people" and len(parts) > 2 and None in there:
        return Different(".".join(parts[:2]), tuple(_group(plan, parts[1]) for plan in plans), False, "people")
    words = tuple(ABSENT if each is None else in_words(each.value, each.about.get("unit", "")) for each in there)
    return Different(name, words, leaf.assumed, leaf.doc)


def _group(plan: Scenario, name: str) -> str:
    """A group of people in a few words."""
    group = plan.people.get(name)
    if group is None:
        return ABSENT
    hats = " and ".join(hat.replace("_", " ") for hat in group.hats) or "no hat"
    covers = f", covering {' and '.join(group.covers)}" if group.covers else ""
    return f"{group.count}, wearing {hats}{covers}"


def in_words(value: Any, unit: str = "") -> str:
    """A setting's value as an owner would say it."""
    match value:
        case None:
            return "none"
        case bool():
            return "yes" if value else "no"
        case int() | float() if unit == "time":
            return f"{int(value) // 60:02d}:{int(value) % 60:02d}"
        case int() | float():
            return f"{_number(value)}{THIN}{unit}" if unit and unit != "money" else _number(value)
        case Distribution():
            return _distribution(value, unit)
        case tuple() if len(value) == 1 and hasattr(value[0], "at"):
            return in_words(value[0].value, unit)
        case tuple():
            return ", ".join(in_words(each, unit) for each in value) or "none"
        case Settings():
            return "by time of day" if hasattr(value, "at") else "as set"
        case dict():
            return ", ".join(f"{key} {in_words(each)}" for key, each in value.items()) or "none"
    return str(value).replace("_", " ")


def _distribution(value: Distribution, unit: str) -> str:
    unit = value.unit or unit
    after = f"{THIN}{unit}" if unit and unit != "money" else ""
    if value.low is not None and value.high is not None:
        return f"{_number(value.low)} to {_number(value.high)}{after}"
    if value.mean is not None:
        return (
            f"{_number(value.mean)}{after}" if value.family == "fixed" else f"{_number(value.mean)}{after} on average"
        )
    return value.family


def _number(value: float) -> str:
    return rounded(float(value), 0.0)


__all__ = ["ABSENT", "Different", "Leaf", "differences", "in_words", "leaves"]
