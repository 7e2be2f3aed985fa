"""``[calls.every]`` and ``[everybody]``: what each call type and each group of people starts from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sim.scenarios.layers import Layer, is_distribution, merged
from sim.scenarios.problems import Name, Problem, dotted
from sim.shop.scenario import Scenario

#: the table that is started from, and the table of names that start from it
STARTS: tuple[tuple[Name, Name], ...] = ((("calls", "every"), ("calls", "types")), (("everybody",), ("people",)))


def spread(layer: Layer) -> None:
    """Lay what is said of all under what is said of each; doing it twice changes nothing more."""
    for start, table in STARTS:
        below, heirs = _at(layer.values, start), _at(layer.values, table)
        if not isinstance(below, dict) or not isinstance(heirs, dict):
            continue
        for name, own in heirs.items():
            if isinstance(own, dict):
                for tail in _new(below, own, ()):
                    _inherit(layer, (*start, *tail), (*table, name, *tail))
                heirs[name] = merged(below, own)


def spent(scenario: Scenario) -> Scenario:
    """The scenario without what has been laid under its types and groups: each setting stands in one place."""
    calls = scenario.calls.model_copy(update={"every": None})
    return scenario.model_copy(update={"calls": calls, "everybody": None})


def is_of_all(name: str | None) -> bool:
    """Whether a dotted name, as an override says it, is about what everybody starts from."""
    parts = tuple(part.strip() for part in (name or "").split("."))
    return any(parts[: len(start)] == start for start, _ in STARTS)


def told_once(problems: Iterable[Problem]) -> Iterator[Problem]:
    """Problems without those that each heir repeats of what it started from."""
    listed = list(problems)
    places = {(problem.file, problem.line, problem.name) for problem in listed}
    for problem in listed:
        if not any((problem.file, problem.line, source) in places for source in _sources(problem.name)):
            yield problem


def _sources(name: str) -> Iterator[str]:
    for start, table in STARTS:
        head = f"{dotted(table)}."
        if name.startswith(head):
            rest = name[len(head) :]
            yield from (f"{dotted(start)}{rest[at:]}" for at, letter in enumerate(rest) if letter == ".")


def _at(values: Any, name: Name) -> Any:
    for key in name:
        if not isinstance(values, dict) or key not in values:
            return None
        values = values[key]
    return values


def _new(below: dict[str, Any], own: dict[str, Any], tail: Name) -> Iterator[Name]:
    """What an heir does not say itself."""
    for key, value in below.items():
        if key not in own:
            yield (*tail, key)
        elif isinstance(value, dict) and isinstance(own[key], dict) and not is_distribution(own[key]):
            yield from _new(value, own[key], (*tail, key))


def _inherit(layer: Layer, source: Name, heir: Name) -> None:
    """Remember for what is inherited, and for all in it, where it was written."""
    layer.origins[heir] = layer.origin(source)
    for at, origin in list(layer.origins.items()):
        if len(at) > len(source) and at[: len(source)] == source:
            layer.origins[(*heir, *at[len(source) :])] = origin
