"""A map: which of several plans wins where, over two axes, and how that moves with what is assumed."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sim.analysis.ruling import Ruling, certain, rule_cells
from sim.analysis.studying import variations
from sim.kpis import KPIS
from sim.scenarios.study_file import StudyFile
from sim.scenarios.study_settings import REPLICATIONS
from sim.shop.scenario import Scenario
from sim.statistics import Estimate
from sim.study import Results, Runs

At = tuple[int, int]  # column and row


@dataclass(frozen=True, slots=True)
class Won:
    """Who wins a cell by a measure: the plan, its lead over the next best, and whether that is certain."""

    plan: int
    second: int
    lead: Estimate
    alike: tuple[int, ...]  # the plan itself and all that are not certainly behind it, best first

    @property
    def told(self) -> bool:
        """Whether the paired lead over the next best excludes zero, at 95 % for this cell alone."""
        return certain(self.lead) != 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """The map once: with the plans as they are (no name), or with one assumption at another value."""

    name: str
    value: float
    cells: dict[At, Results]

    @property
    def label(self) -> str:
        """``base``, or the assumption and its value."""
        return f"{self.name}={self.value:g}" if self.name else "base"


@dataclass(frozen=True, slots=True)
class Mapped:
    """The map with the plans as they are first, then under each variation."""

    file: StudyFile
    sheets: tuple[Sheet, ...]
    ruling: Ruling

    @property
    def runs(self) -> int:
        """Runs that it took."""
        return sum(int(results.finished.sum()) for sheet in self.sheets for results in sheet.cells.values())


def places(file: StudyFile) -> list[At]:
    """All cells: column by column, rows from the bottom."""
    across, up = file.settings.across, file.settings.up
    assert across is not None, "a map has columns"
    assert up is not None, "a map has rows"
    return [(x, y) for x in range(len(across.values)) for y in range(len(up.values))]


def cells(file: StudyFile) -> list[tuple[str, float, dict[At, tuple[Scenario, ...]]]]:
    """The plans of every cell: as they are, then under each variation."""
    base = {at: file.cell(*at) for at in places(file)}
    found = [("", math.nan, base)]
    for name, value in variations(file):
        found.append((name, value, {at: file.varied(plans, name, value) for at, plans in base.items()}))
    return found


def map_of(file: StudyFile, runs: Runs, replications: int | None = None) -> Mapped | None:
    """Run every plan in every cell; None where it was stopped before all were there."""
    n = replications or file.settings.replications or REPLICATIONS
    asked = cells(file)
    runs.upto([plan for _, _, sheet in asked for plans in sheet.values() for plan in plans], n)
    if runs.stopped or runs.given_up:
        return None
    sheets = tuple(
        Sheet(name, value, {at: runs.results(plans, n) for at, plans in sheet.items()}) for name, value, sheet in asked
    )
    found = Mapped(file, sheets, Ruling.NO_CLAIM)
    signs = [certain(claimed(file, results)) for results in sheets[0].cells.values()]
    ruling = rule_cells(signs, file.settings.sign, assumed=bool(file.settings.assumed))
    return Mapped(file, found.sheets, ruling)


def claimed(file: StudyFile, results: Results) -> Estimate:
    """What the plan that the claim is about has more of the first measure than the first plan, in one cell."""
    about = file.settings.about
    place = results.place(about) if about else len(results.plans) - 1
    return results.difference(place, file.settings.measures[0])


def won(results: Results, measure: str) -> Won:
    """Who wins a cell: the best mean, in the direction that is better for the measure."""
    better = -1.0 if KPIS[measure].direction == "lower" else 1.0
    means = [better * results.estimate(plan, measure).mean for plan in range(len(results.plans))]
    order = sorted(range(len(means)), key=lambda plan: -np.nan_to_num(means[plan], nan=-math.inf))
    leads = [results.difference(order[0], measure, other) for other in order[1:]]
    alike = [other for other, lead in zip(order[1:], leads, strict=True) if not certain(lead)]
    return Won(order[0], order[1], leads[0], (order[0], *alike))
