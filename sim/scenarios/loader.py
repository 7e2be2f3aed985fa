"""From a name or a file to a checked Scenario."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import ValidationError

from sim.scenarios.csvfile import Unreadable
from sim.scenarios.every import spent, told_once
from sim.scenarios.files import fault
from sim.scenarios.inherit import chain, inherited
from sim.scenarios.layers import Layer
from sim.scenarios.limits import beyond, endless
from sim.scenarios.mending import findings_beside
from sim.scenarios.messages import problems_of
from sim.scenarios.overrides import override
from sim.scenarios.places import find
from sim.scenarios.problems import Problem, ScenarioError, dotted, nearest
from sim.scenarios.samples import fill_samples
from sim.scenarios.schema import FILLED, completed
from sim.scenarios.trace import replay
from sim.shop.callers import Trace
from sim.shop.scenario import Finding, Scenario, findings

_BUILT_IN = "built-in "
_TRACE_FILE = ("calls", "trace", "file")
#: how a rule of the shop says what it found and what there is
_NO_SUCH = re.compile(r"'(?P<found>[^']*)'; (?:there|the trades they have) are (?P<known>.+)")


class Loaded(NamedTuple):
    """A scenario ready to run, what is doubtful about it, and what was read from other files."""

    scenario: Scenario
    warnings: list[Problem]
    notes: list[str]


def load(name_or_path: str | os.PathLike[str], overrides: Sequence[str] | Mapping[str, Any] = ()) -> Loaded:
    """Load a built-in scenario or a TOML file with all that it extends, and the data files that it names.

    ``overrides`` change single settings: ``["people.csr.count=3"]`` as on the command line, or a mapping of dotted
    names to values. Raises `ScenarioError` with every problem found.
    """
    try:
        return _load(name_or_path, overrides)
    except RecursionError:
        raise fault(os.fspath(name_or_path), "lists or tables are nested too deeply.") from None


def merged_values(name_or_path: str | os.PathLike[str]) -> dict[str, Any]:
    """What a file says together with all that it extends. Raises `ScenarioError` where they cannot be merged."""
    problems: list[Problem] = []
    layer = inherited(chain(name_or_path), problems)
    if problems:
        raise ScenarioError(problems)
    return layer.values


def _load(name_or_path: str | os.PathLike[str], overrides: Sequence[str] | Mapping[str, Any]) -> Loaded:
    problems: list[Problem] = []
    notes: list[str] = []
    documents = chain(name_or_path)
    layer = inherited(documents, problems)
    layer.values.setdefault("name", documents[0].path.stem)
    override(layer, overrides, problems)
    _refuse_filled(layer, problems)
    layer.values = completed(layer.values)
    fill_samples(layer, problems, notes)
    problems += endless(layer.values, layer)
    scenario = _validated(layer, problems)
    if scenario is not None:
        scenario = _with_trace(scenario, layer, problems, notes)
        found = [*_findings(scenario, layer)]
        problems += [problem for problem in found if not problem.warning]
    own = documents[0].shown
    changed = f"{os.fspath(name_or_path)}, changed by --set" if own.startswith(_BUILT_IN) and overrides else own
    if scenario is None or problems:
        raise ScenarioError(_in_order([_to_mend(problem, changed) for problem in problems], own))
    return Loaded(
        scenario, [_to_mend(problem, changed) for problem in found if problem.warning], list(dict.fromkeys(notes))
    )


def _to_mend(problem: Problem, own: str) -> Problem:
    """A problem of a setting in a built-in file, which nobody can change there, told of the scenario that has it."""
    if not problem.file.startswith(_BUILT_IN) or own.startswith(_BUILT_IN):
        return problem
    line = "" if problem.line is None else f" line {problem.line}"
    message = f"{problem.message.removesuffix('.')} (set in {problem.file}{line})."
    return problem._replace(file=own, line=None, message=message)


def checked(layer: Layer) -> Scenario:
    """Values that are complete, as a scenario. Raises `ScenarioError` with every problem found."""
    problems: list[Problem] = []
    scenario = _validated(layer, problems)
    if scenario is not None:
        problems += [problem for problem in _told(findings(scenario), layer) if not problem.warning]
    if scenario is None or problems:
        raise ScenarioError(dict.fromkeys(problems))
    return scenario


def _refuse_filled(layer: Layer, problems: list[Problem]) -> None:
    """What is read from a trace's file is not written by hand."""
    calls = layer.values.get("calls")
    trace = calls.get("trace") if isinstance(calls, dict) else None
    if not isinstance(trace, dict):
        return
    for key in sorted(FILLED.intersection(trace)):
        name = ("calls", "trace", key)
        problems.append(layer.problem(name, f'"{dotted(name)}" is not a setting: the loader reads it from the file.'))
        del trace[key]


def _in_order(problems: list[Problem], own: str) -> Iterator[Problem]:
    """Without repetitions: the command line's, the file's own by line, then what is inherited."""
    rank = {True: 0, False: 2}
    unique = dict.fromkeys(problems)
    yield from sorted(
        unique, key=lambda p: (1 if p.file == own else rank[p.file.startswith("--set ")], p.file, p.line or 0)
    )


def _validated(layer: Layer, problems: list[Problem]) -> Scenario | None:
    try:
        return spent(Scenario.model_validate(layer.values))
    except ValidationError as error:
        problems += told_once(problems_of(error, layer))
        beside = [found for found in findings_beside(layer.values, error) if not found.warning]
        problems += _told(beside, layer)
        problems += _of_trace(layer)
        return None


def _of_trace(layer: Layer) -> Iterator[Problem]:
    """What is wrong with the file of a trace, where the rest of the scenario is not sound either."""
    calls = layer.values.get("calls")
    if not isinstance(calls, dict):
        return
    try:
        trace = Trace.model_validate(calls.get("trace"))
        replay(trace, layer.origin(_TRACE_FILE).folder, list(calls.get("types") or {}), None)
    except ValidationError:  # is told already
        return
    except Unreadable as why:
        yield _unreadable(why, layer)


def _unreadable(why: Unreadable, layer: Layer) -> Problem:
    name = ("calls", "trace", *why.setting.split(".", 1))
    return layer.problem(name, f"{dotted(name)} {why.message}", suggestion=why.suggestion)


def _findings(scenario: Scenario, layer: Layer) -> Iterator[Problem]:
    """What does not fit together, at the lines that the dotted names stand for."""
    yield from _told(findings(scenario), layer)
    yield from _horizon_warnings(scenario, layer)
    yield from beyond(scenario, layer)


def _told(found: Iterable[Finding], layer: Layer) -> Iterator[Problem]:
    for finding in found:
        name = find(finding.where, layer.values)
        colon = "" if finding.what.startswith(("is ", "has ", "should ")) else ":"
        no_such = _NO_SUCH.search(finding.what)
        meant = nearest(no_such["found"], no_such["known"].split(", ")) if no_such else ""
        said = f"{dotted(name)}{colon} {finding.what}."
        yield layer.problem(name, said, suggestion=meant, warning=finding.warning)


def _with_trace(scenario: Scenario, layer: Layer, problems: list[Problem], notes: list[str]) -> Scenario:
    """The scenario with the calls of its trace, if it names one."""
    trace = scenario.calls.trace
    if trace is None:
        return scenario
    folder = layer.origin(_TRACE_FILE).folder
    says_start = "start" in layer.values.get("horizon", {})
    try:
        found = replay(trace, folder, list(scenario.calls.types), scenario.horizon.start if says_start else None)
    except Unreadable as why:
        problems.append(_unreadable(why, layer))
        return scenario
    notes += found.notes
    horizon = scenario.horizon
    if found.start is not None:
        horizon = horizon.model_copy(update={"start": found.start})
    calls = scenario.calls.model_copy(update={"trace": found.trace})
    return scenario.model_copy(update={"calls": calls, "horizon": horizon})


def _horizon_warnings(scenario: Scenario, layer: Layer) -> Iterator[Problem]:
    """A trace that is not as long as the days that are run."""
    trace, warmup = scenario.calls.trace, scenario.horizon.warmup_days
    if trace is None or (run := warmup + scenario.days) == trace.days:
        return
    if warmup >= trace.days:
        told = f"horizon.warmup_days: counting starts after {warmup} days, and the trace has only {trace.days}."
        yield layer.problem(("horizon", "warmup_days"), told, warning=True)
        return
    what = f"{run - trace.days} days have no calls" if run > trace.days else f"{trace.days - run} of them are not run"
    told = f"horizon: {run} days are run (warm-up included) and the trace has {trace.days}, so {what}."
    yield layer.problem(("horizon",), told, warning=True)
