"""A study file carried out: the plans as they are, then with one assumption at a time at other values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.analysis.batons import counterfactuals
from sim.analysis.comparing import Comparison, Ended, compare
from sim.analysis.ruling import Ruled, Tried, rule, turning
from sim.relay import Handoff
from sim.scenarios.changing import as_number, has, spots_of
from sim.scenarios.study_file import StudyFile
from sim.scenarios.study_settings import REPLICATIONS
from sim.shop.scenario import Scenario
from sim.shop.staffing import steps
from sim.statistics import Precision, bonferroni, interval
from sim.study import Results, Runs
from sim.study.results import Floats


@dataclass(frozen=True, slots=True)
class Case:
    """All plans once: as they are (no name), or with one assumption at another value."""

    name: str
    value: float
    results: Results

    @property
    def label(self) -> str:
        """``base``, or the assumption and its value."""
        return f"{self.name}={self.value:g}" if self.name else "base"


@dataclass(frozen=True, slots=True)
class Moved:
    """One assumption: its value in the plans (NaN where there is no one), those tried, and about where it turns."""

    name: str
    now: float
    tried: tuple[Tried, ...]
    turns: float


@dataclass(frozen=True, slots=True)
class Studied:
    """What a study found: the plans as they are, the variations, and the verdict."""

    file: StudyFile
    cases: tuple[Case, ...]
    base: Tried
    moved: tuple[Moved, ...]
    ruled: Ruled
    ended: Ended

    @property
    def results(self) -> Results:
        """Of the plans as they are."""
        return self.cases[0].results

    @property
    def measure(self) -> str:
        """What the verdict is about."""
        return self.file.settings.measures[0]

    @property
    def runs(self) -> int:
        """Runs that it took."""
        return sum(int(case.results.finished.sum()) for case in self.cases)


def plans_of(file: StudyFile, plans: Sequence[Scenario]) -> list[Scenario]:
    """The plans that a kind of study runs, the one that is held against the others first."""
    if file.settings.kind == "batons":
        return counterfactuals(plans[0])
    if file.settings.kind == "hire":
        return [step.plan.model_copy(update={"name": step.key}) for step in steps(plans[0])]
    return list(plans)


def needed(file: StudyFile, names: Sequence[str]) -> list[int]:
    """Places of the plans that the verdict is about: only these are varied."""
    if file.settings.kind == "batons":
        return [0, *range(1, len(Handoff) + 1)]
    about = file.settings.about
    return [0, names.index(about) if about in names else len(names) - 1]


def variations(file: StudyFile) -> list[tuple[str, float]]:
    """Each assumption with each of its values, without those that the plans have already."""
    return [
        (name, value)
        for name, values in file.settings.vary.items()
        for value in values
        if value != value_now(file.plans, name)
    ]


def value_now(plans: Sequence[Scenario], name: str) -> float:
    """The value of an assumption, if it is the same wherever the plans have it; else NaN."""
    low, high = range_now(plans, name)
    return low if low == high else math.nan


def range_now(plans: Sequence[Scenario], name: str) -> tuple[float, float]:
    """The least and the largest value of an assumption in the plans; NaN where it is no number."""
    found = [as_number(value, unit) for plan in plans if has(plan, name) for value, unit in spots_of(plan, name)]
    numbers = [each for each in found if each is not None]
    return (min(numbers), max(numbers)) if numbers and len(numbers) == len(found) else (math.nan, math.nan)


def study(file: StudyFile, runs: Runs, replications: int | None = None) -> Studied | None:
    """Carry out a study that is no map; None where it was stopped before all of its runs were there."""
    settings = file.settings
    wish: int | Precision = replications or settings.replications or REPLICATIONS
    if settings.precision is not None and replications is None:
        wish = Precision(settings.precision, comparisons=max(1, len(file.plans) - 1))
    plans = plans_of(file, file.plans)
    found = compare(plans, wish, measure=settings.measures[0], runs=runs)
    n = found.results.asked
    cases = [Case("", math.nan, found.results)]
    kept = needed(file, found.results.plans)
    changed = [
        (name, value, [every[place] for place in kept])
        for name, value in variations(file)
        for every in [plans_of(file, file.varied(file.plans, name, value))]
    ]
    runs.upto([plan for _, _, some in changed for plan in some], n)
    called = tuple(found.results.plans[place] for place in kept)
    for name, value, some in changed:
        cases.append(Case(name, value, replace(runs.results(some, n), plans=called)))
    if not all(case.results.finished.all() for case in cases):
        return None
    return _studied(file, cases, found)


def _studied(file: StudyFile, cases: list[Case], found: Comparison) -> Studied:
    base, *varied = (_tried(file, case, len(cases) - 1) for case in cases)
    moved = tuple(
        _moved(name, value_now(file.plans, name), base, [each for each in varied if each.name == name])
        for name in file.settings.vary
    )
    ruled = rule(base, varied, file.settings.sign, assumed=bool(file.settings.assumed))
    return Studied(file, tuple(cases), base, moved, ruled, found.ended)


def _tried(file: StudyFile, case: Case, variations: int) -> Tried:
    values = claimed(file, case.results)
    others = len(Handoff) - 1 if file.settings.kind == "batons" else 1  # the dearest of them is chosen by its result
    strict = interval(values, bonferroni(0.95, others * max(1, variations)))
    return Tried(interval(values, bonferroni(0.95, others)), strict, case.name, case.value)


def _moved(name: str, now: float, base: Tried, tried: list[Tried]) -> Moved:
    turns = [turning(now, base.difference, each.value, each.difference) for each in tried]
    nearest = min((x for x in turns if not math.isnan(x)), key=lambda x: abs(x - now), default=math.nan)
    return Moved(name, now, tuple(tried), nearest)


def claimed(file: StudyFile, results: Results) -> Floats:
    """The difference that the verdict is about, by replication.

    It is what the plan (or step) has more than the first; of a hand-off, what it costs more than the dearest other.
    """
    measure, about = file.settings.measures[0], file.settings.about
    if file.settings.kind != "batons":
        place = results.place(about) if about in results.plans else len(results.plans) - 1
        return np.asarray(results.of(place, measure) - results.of(0, measure))
    costs = np.stack([results.of(place, measure) - results.of(0, measure) for place in range(1, len(Handoff) + 1)])
    names = [handoff.name.lower() for handoff in Handoff]
    at = names.index(about) if about else int(costs.mean(axis=1).argmax())
    other = max((place for place in range(len(names)) if place != at), key=lambda place: float(costs[place].mean()))
    return np.asarray(costs[at] - costs[other])
