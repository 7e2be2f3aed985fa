"""Study files read: every error at once, each with its line, and the plans that a study asks for."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sim.scenarios.changing import changed, has, setting
from sim.scenarios.files import built_in_names, candidates, fault, lines_in, locate, parsed, read_text
from sim.scenarios.layers import Layer, Origin, is_distribution
from sim.scenarios.loader import Loaded, load
from sim.scenarios.messages import problems_of
from sim.scenarios.places import find
from sim.scenarios.problems import Name, Problem, ScenarioError, dotted, nearest
from sim.scenarios.schema import Node
from sim.scenarios.study_settings import Axis, StudySettings, findings
from sim.shop.scenario import Scenario
from sim.shop.staffing import steps

ROOT = Node(StudySettings)
_SET = "--set "


@dataclass(frozen=True)
class StudyFile:
    """A study ready to run: its name (the file's), what it says, and its plans as they are."""

    name: str
    shown: str
    settings: StudySettings
    plans: tuple[Scenario, ...]
    folder: Path
    days: int | None = None
    warnings: tuple[Problem, ...] = ()

    def cell(self, across: int, up: int) -> tuple[Scenario, ...]:
        """The plans of a map at a column and a row. Raises `ScenarioError` where they cannot be."""
        extra = {**_level(self.settings.across, across), **_level(self.settings.up, up)}
        return tuple(_load(self, place, extra).scenario for place in range(len(self.settings.plans)))

    def varied(self, plans: Sequence[Scenario], name: str, value: float) -> tuple[Scenario, ...]:
        """These plans with one assumption changed, where they have it. Raises `ScenarioError`."""
        return tuple(changed(plan, {name: value}) if has(plan, name) else plan for plan in plans)


def read_study(path: str | os.PathLike[str], measures: Collection[str], days: int | None = None) -> StudyFile:
    """Read a study and all that it names; ``measures`` are those that there are, ``days`` replaces its days.

    Raises `ScenarioError` with every problem found.
    """
    layer = _layer(Path(path), os.fspath(path))
    problems: list[Problem] = []
    settings = _settings(layer, problems)
    if not problems:
        problems += _told(settings, layer)
    problems += _of_measures(settings, layer, measures)
    file = StudyFile(Path(path).stem, os.fspath(path), settings, (), Path(path).parent, days)
    loaded = [_loaded(file, place, layer, problems) for place in range(len(settings.plans))]
    plans = [each.scenario for each in loaded if each is not None]
    if len(plans) == len(settings.plans) and not problems:
        problems += dict.fromkeys(_of_plans(file, plans, layer))
    if problems:
        raise ScenarioError(sorted(dict.fromkeys(problems), key=lambda p: (p.file, p.line or 0)))
    warnings = tuple(warning for each in loaded if each is not None for warning in each.warnings)
    return StudyFile(file.name, file.shown, settings, tuple(plans), file.folder, days, warnings)


# The text.


def _layer(path: Path, shown: str) -> Layer:
    if not path.exists():
        meant = nearest(path.name, [other.name for other in path.parent.glob("*.toml")])
        raise fault(shown, "there is no such study file.", suggestion=str(path.with_name(meant)) if meant else "")
    text = read_text(path, shown)
    values = parsed(text, shown)
    home = Origin(shown, None, path.parent, 0)
    layer = Layer(values, home, {name: home._replace(line=line) for name, line in lines_in(text).items()})
    for name in _tables(values):
        _flatten(layer, name)
    return layer


def _tables(values: Mapping[str, Any]) -> Iterator[Name]:
    """The tables whose keys are dotted names of settings, which may be written with quotes or without."""
    yield from (("set",), ("vary",), ("across", "set"), ("up", "set"))
    plans = values.get("plans")
    if isinstance(plans, list):
        yield from (("plans", number, "set") for number in range(len(plans)))


def _flatten(layer: Layer, name: Name) -> None:
    at: Any = layer.values
    for part in name[:-1]:
        at = at.get(part) if isinstance(at, dict) else at[int(part)] if isinstance(at, list) else None
    if isinstance(at, dict) and isinstance(at.get(name[-1]), dict):
        flat = dict(_leaves(at[name[-1]], ()))
        for tail in flat:
            layer.origins[(*name, dotted_name(tail))] = layer.origin((*name, *tail))
        at[name[-1]] = {dotted_name(tail): value for tail, value in flat.items()}


def _leaves(table: Mapping[str, Any], tail: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for key, value in table.items():
        if isinstance(value, dict) and value and not is_distribution(value):
            yield from _leaves(value, (*tail, key))
        else:
            yield (*tail, key), value


def dotted_name(parts: Sequence[str]) -> str:
    """Keys that may hold dots themselves, as one dotted name."""
    return ".".join(parts)


def _settings(layer: Layer, problems: list[Problem]) -> StudySettings:
    """What the study says; a faulty one without its faults, so that those of its plans are told in the same breath."""
    try:
        return StudySettings.model_validate(layer.values)
    except ValidationError as error:
        problems += problems_of(error, layer, ROOT)
        faulty = {str(each["loc"][0]) for each in error.errors()}
    sound = {key: value for key, value in layer.values.items() if key not in faulty}
    try:
        return StudySettings.model_validate({"question": "?", **sound})
    except ValidationError:  # without plans there is nothing to go on with
        raise ScenarioError(sorted(problems, key=lambda p: p.line or 0)) from None


def _told(settings: StudySettings, layer: Layer) -> Iterator[Problem]:
    for finding in findings(settings):
        name = find(finding.where, layer.values)
        colon = "" if finding.what.startswith(("is ", "has ", "should ", "goes ", "belongs ")) else ":"
        meant = ""
        if "there are " in finding.what:
            meant = nearest(settings.about, finding.what.partition("there are ")[2].split(", "))
        yield layer.problem(name, f"{dotted(name)}{colon} {finding.what}.", suggestion=meant)


def _of_measures(settings: StudySettings, layer: Layer, measures: Collection[str]) -> Iterator[Problem]:
    for place, measure in enumerate(settings.measures):
        if measure not in measures:
            at: Name = ("measures", place) if isinstance(layer.values.get("measures"), list) else ("measures",)
            yield layer.problem(at, f'there is no measure "{measure}".', suggestion=nearest(measure, measures))


# The plans.


def _level(axis: Axis | None, place: int) -> dict[str, Any]:
    return {} if axis is None else {name: values[place] for name, values in axis.set.items()}


def _load(file: StudyFile, place: int, extra: Mapping[str, Any]) -> Loaded:
    """One plan with what the study changes in it: in all plans, in this one, and besides."""
    plan = file.settings.plans[place]
    days = file.days if file.days is not None else file.settings.days
    changes = {**file.settings.set, **plan.set, **extra}
    if days is not None and (file.days is not None or "horizon.days" not in changes):
        changes["horizon.days"] = days
    found = load(_where(plan.extends, file.folder), changes)
    name = plan.name or (plan.extends if plan.extends in built_in_names() else found.scenario.name)
    return found._replace(scenario=found.scenario.model_copy(update={"name": name}))


def _where(extends: str, folder: Path) -> str | Path:
    if extends in built_in_names():
        return extends
    found = locate(extends, folder)
    return found[0] if found is not None else extends


def _loaded(file: StudyFile, place: int, layer: Layer, problems: list[Problem]) -> Loaded | None:
    extends = file.settings.plans[place].extends
    at: Name = ("plans", place, "extends") if ("plans", place, "extends") in layer.origins else ("plans", place)
    if locate(extends, file.folder) is None:
        message = f'"{extends}" is neither a built-in scenario nor a file beside the study.'
        problems.append(layer.problem(at, message, suggestion=candidates(extends, file.folder)))
        return None
    try:
        return _load(file, place, {})
    except ScenarioError as error:
        problems += [_here(problem, layer, (("plans", place, "set"), ("set",))) for problem in error.problems]
        return None


def _here(problem: Problem, layer: Layer, tables: Sequence[Name]) -> Problem:
    """A problem of a setting that the study changes, at the line where it does."""
    if not problem.file.startswith(_SET):
        return problem
    name = problem.file.removeprefix(_SET).partition("=")[0]
    where = next(((*table, name) for table in tables if (*table, name) in layer.origins), tables[0])
    origin = layer.origin(where)
    return problem._replace(file=origin.file, line=origin.line)


def _of_plans(file: StudyFile, plans: list[Scenario], layer: Layer) -> Iterator[Problem]:
    """What shows only once the plans are there: names, variations, and the levels of the axes."""
    settings = file.settings
    known = [plan.name for plan in plans]
    if len(set(known)) < len(known):
        yield layer.problem(("plans",), "plans: two have the same name; give them a name each.")
    if settings.kind == "hire":
        known = [step.key for step in steps(plans[0])]
    if settings.about and settings.kind != "batons" and settings.about not in known:
        told = f'about is "{settings.about}"; it should be one of {", ".join(known)}.'
        yield layer.problem(("about",), told, suggestion=nearest(settings.about, known))
    for name, values in settings.vary.items():
        yield from _of_variation(file, plans, layer, name, values)
    for which in ("across", "up"):
        yield from _of_axis(file, layer, which)


def _of_variation(
    file: StudyFile, plans: list[Scenario], layer: Layer, name: str, values: Sequence[float]
) -> Iterator[Problem]:
    try:
        setting(next((plan for plan in plans if has(plan, name)), plans[0]), name)
        for value in values:
            file.varied(plans, name, value)
    except ScenarioError as error:
        yield from (_at(problem, layer, ("vary", name)) for problem in error.problems)


def _at(problem: Problem, layer: Layer, name: Name) -> Problem:
    origin = layer.origin(name)
    bare = problem.message.startswith(("is ", "changes ", "cannot "))  # it goes on from the name
    told = f"{problem.name} {problem.message}" if bare else problem.message
    return problem._replace(file=origin.file, line=origin.line, message=told)


def _of_axis(file: StudyFile, layer: Layer, which: str) -> Iterator[Problem]:
    axis: Axis | None = getattr(file.settings, which)
    for level in range(len(axis.values)) if axis is not None else ():
        for place in range(len(file.settings.plans)):
            try:
                _load(file, place, _level(axis, level))
            except ScenarioError as error:
                yield from (_here(problem, layer, ((which, "set"),)) for problem in error.problems)
