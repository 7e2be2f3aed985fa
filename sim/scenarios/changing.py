"""One setting of a scenario that is there already, changed to a number: by its dotted name, as ``--set`` does it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel

from sim.distributions import Distribution
from sim.scenarios import schema
from sim.scenarios.layers import Layer, Origin
from sim.scenarios.loader import checked
from sim.scenarios.overrides import spots
from sim.scenarios.problems import Name, Problem, ScenarioError, dotted
from sim.shop.scenario import Scenario

_MINUTES = {"s": 1.0 / 60.0, "min": 1.0, "h": 60.0}


class Setting(NamedTuple):
    """A setting that takes a number: its unit, range worth trying, words, grade, and whether it is whole."""

    name: str
    unit: str
    sensible: tuple[float, float] | None
    doc: str
    grade: str
    whole: bool


def has(scenario: Scenario, name: str) -> bool:
    """Whether a name leads somewhere in this scenario (a group or call type may be there in one plan only)."""
    try:
        spots(_written(scenario), name)
    except ScenarioError:
        return False
    return True


def spots_of(scenario: Scenario, name: str) -> list[tuple[Any, str]]:
    """What now stands at the places that a dotted name means, each with its setting's unit; see `as_number`."""
    found = []
    for place in spots(_written(scenario), name):
        values: Any = scenario
        for key in place:
            values = getattr(values, str(key), None) if isinstance(values, BaseModel) else values[key]
        found.append((values, str(_about(place)[0].get("unit", ""))))
    return found


def setting(scenario: Scenario, name: str) -> Setting:
    """What a dotted name (with stars, where it stands for several) means as a number.

    Raises `ScenarioError` for a name that leads nowhere, with the one that was probably meant, and for a setting that
    is not one number.
    """
    values = _written(scenario)
    first = _spots(scenario, values, name)[0]
    node = schema.at(first)
    assert node is not None, "a place whose name was checked"
    _number_of(first, node, _value(values, first), 1.0)  # raises for what is not a number
    about, doc = _about(first)
    return Setting(
        name, str(about.get("unit", "")), about.get("sensible"), doc, str(about.get("grade", "")), _whole(node)
    )


def changed(scenario: Scenario, changes: Mapping[str, float]) -> Scenario:
    """The scenario with settings changed to numbers, checked anew.

    A distribution keeps its family and relative spread and is stretched to this mean (in the setting's unit); a mean of
    0 makes it nothing. Raises `ScenarioError` as `setting` and for values that the scenario cannot have.
    """
    values = _written(scenario)
    said = [f"{name}={number:g}" for name, number in changes.items()]
    layer = Layer(values, _origin(", ".join(said)))
    for name, number in changes.items():
        for place in _spots(scenario, values, name):
            node = schema.at(place)
            assert node is not None, "a place whose name was checked"
            _put(values, place, _number_of(place, node, _value(values, place), number))
            layer.origins[place] = _origin(f"{name}={number:g}")
    return _with_trace(scenario, checked(layer))


def as_number(value: object, unit: str) -> float | None:
    """A setting's value as the number that would change nothing: a distribution's mean; None where there is none."""
    if isinstance(value, tuple) and len(value) == 1:
        value = getattr(value[0], "value", value[0])
    if isinstance(value, Distribution):
        if value.family == "never" or (value.family == "empirical" and value.values is None):
            return None
        own = value.unit or "min"
        mean = value.mean if value.mean is not None else _mean(value, own)
        return mean * _MINUTES[own] / _MINUTES[unit] if value.unit is not None and unit in _MINUTES else mean
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _spots(scenario: Scenario, values: dict[str, Any], name: str) -> list[Name]:
    """The places that a name means; one that is no setting is told as the loader tells it."""
    places = spots(values, name)
    for place in places:
        if schema.at(place) is None:
            wrong = Layer(_written(scenario), _origin(name))
            spots(wrong.values, name)  # makes what is there by default, so that the fault is at the end of the name
            _put(wrong.values, place, 0)
            checked(wrong)
    return places


def _written(scenario: Scenario) -> dict[str, Any]:
    """A scenario as plain values: lists for tuples, and one value where it holds all day; without the trace's calls."""
    without = scenario.model_dump(exclude={"calls": {"trace"}})
    return {key: _plain(value) for key, value in without.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if not isinstance(value, tuple):
        return value
    if len(value) == 1 and isinstance(value[0], dict) and value[0].keys() == {"at", "value"}:
        return _plain(value[0]["value"])
    return [_plain(item) for item in value]


def _with_trace(before: Scenario, after: Scenario) -> Scenario:
    trace = before.calls.trace
    if trace is None:
        return after
    return after.model_copy(update={"calls": after.calls.model_copy(update={"trace": trace})})


def _value(values: Any, place: Name) -> Any:
    for key in place:
        if isinstance(values, dict) and key not in values:
            return None
        values = values[key]
    return values


def _put(values: Any, place: Name, value: Any) -> None:
    for key in place[:-1]:
        values = values[key]
    values[place[-1]] = value


def _origin(said: str) -> Origin:
    return Origin(said, None, Path(), 0)


def _whole(node: schema.Node) -> bool:
    kind, inner, _ = node.shape
    return inner is int or (kind == "steps" and inner.__name__ == "HeadStep")


def _number_of(place: Name, node: schema.Node, value: Any, number: float) -> Any:
    """What stands at a place when it is changed to a number."""
    kind, inner, _ = node.shape
    if kind == "steps" and isinstance(value, list):
        raise _refused(place, f"changes over the day, so name one of its steps, such as {dotted(place)}.0.value")
    if inner is Distribution or (kind == "steps" and inner.__name__ == "DurationStep"):
        return _stretched(place, value, number)
    if kind == "list" and schema.shape_of(inner).inner in (int, float):
        if not isinstance(value, list) or len(value) != 1:
            raise _refused(place, f"is a list, so name one of its numbers, such as {dotted(place)}.0")
        return [number]
    if (kind == "value" and inner in (int, float)) or kind == "steps":
        return round(number) if _whole(node) else float(number)
    raise _refused(place, "is not a number, so it has no range to vary over: compare plans that set it differently")


def _stretched(place: Name, value: Any, number: float) -> dict[str, Any]:
    """A distribution with another mean (that of its family, zeros aside), in the unit of the setting."""
    if not isinstance(value, dict):
        raise _refused(place, "is not set, so there is no distribution to stretch: set one first")
    now = Distribution.model_validate(value)
    unit = str(_about(place)[0].get("unit", ""))
    own = now.unit or (unit if unit in _MINUTES and "unit" not in value else "min")
    wanted = number * _MINUTES[unit] / _MINUTES[own] if unit in _MINUTES else number
    mean = now.mean if now.mean is not None else _mean(now, own)
    if not math.isfinite(mean):
        raise _refused(place, "is endless, so it has no mean to vary: set another distribution first")
    if not math.isfinite(wanted) or wanted < 0.0:
        raise _refused(place, f"cannot have the mean {number:g}")
    if wanted == 0.0 or mean == 0.0:
        return {"family": "fixed", "mean": wanted, "unit": now.unit}
    return now.scaled(wanted / mean).model_dump(exclude_none=True)


def _mean(now: Distribution, unit: str) -> float:
    """The mean of the family in the distribution's own unit."""
    found = now.model_copy(update={"zero_share": 0.0}).expectation()
    return found / _MINUTES[unit] if now.unit is not None else found


def _about(place: Name) -> tuple[dict[str, Any], str]:
    """Unit, range and grade of the setting that a place belongs to, and what it is."""
    for end in range(len(place), 0, -1):
        node = schema.at(place[:end])
        field = node.field if node is not None else None
        extra = field.json_schema_extra if field is not None else None
        if field is not None and isinstance(extra, dict):
            return dict(extra), field.description or ""
    return {}, ""


def _refused(place: Sequence[str | int], why: str) -> ScenarioError:
    name = dotted(tuple(place))
    return ScenarioError([Problem(name, None, name, f"{why}.")])
