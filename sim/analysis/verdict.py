"""A measure of one plan, or the paired difference between two, as a function of settings: where its sign turns."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from sim.analysis.varying import Space, Varied
from sim.shop.scenario import Scenario
from sim.statistics import BreakEven, Estimate, break_even, interval
from sim.study import Runs
from sim.study.results import Floats

_FINENESS = 64  # a turn is searched to this part of the range
Point = Mapping[str, float]


class NotThere(Exception):
    """Runs that are needed are not to be had: interrupted, given up, or beyond the budget."""


@dataclass(slots=True)
class Verdict:
    """The measure (or the second plan's less the first's) at any values of the settings, by replication."""

    space: Space
    measure: str
    replications: int
    runs: Runs
    _plans: dict[tuple[tuple[str, float], ...], tuple[Scenario, ...]] = field(default_factory=dict)

    @property
    def runs_a_point(self) -> int:
        """Runs that one point takes."""
        return len(self.space.plans) * self.replications

    @property
    def room(self) -> float:
        """Runs that the budget still has room for."""
        return math.inf if self.runs.budget is None else self.runs.budget - self.runs.there

    def at(self, points: Sequence[Point]) -> Floats:
        """Values by point and replication, (n, m). Raises `NotThere` where runs are missing, `ValueError` for NaN."""
        plans = self.plans(points)
        self.runs.upto(plans, self.replications)
        results = self.runs.results(plans, self.replications)
        whole = results.finished.all(axis=0)
        if self.runs.stopped or not whole.any():
            raise NotThere
        of_plans = results.values[:, whole, results.keys.index(self.measure)]
        of_points = of_plans.reshape(len(points), len(self.space.plans), -1)
        values = of_points[:, 0] if len(self.space.plans) == 1 else of_points[:, 1] - of_points[:, 0]
        if np.isnan(values).any():
            raise ValueError(
                f"{self.measure} did not happen in some of the runs, so its sensitivity is not known: "
                "take another measure, or more days."
            )
        return np.asarray(values, dtype=np.float64)

    def plans(self, points: Sequence[Point]) -> list[Scenario]:
        """The plans at these points. Raises `ScenarioError` where they cannot be."""
        found: list[Scenario] = []
        for point in points:
            key = tuple(sorted(point.items()))
            if key not in self._plans:
                self._plans[key] = self.space.with_values(dict(point))
            found += self._plans[key]
        return found


@dataclass(frozen=True, slots=True)
class Turn:
    """Where along one setting the sign of the difference turns, all others as the plans have them."""

    varied: Varied
    found: BreakEven

    @property
    def turns(self) -> bool:
        """Whether both signs were told."""
        return not (math.isnan(self.found.low) or math.isnan(self.found.high))

    @property
    def about(self) -> float:
        """Where the mean is zero, between the two nearest values that were tried; NaN where it does not turn."""
        tried = [(x, estimate.mean) for x, estimate in sorted(self.found.seen.items())]
        inside = [(x, mean) for x, mean in tried if self.turns and self.found.low <= x <= self.found.high]
        for (x, a), (y, b) in itertools.pairwise(inside):
            if a * b <= 0.0 and a != b:
                return x + (y - x) * a / (a - b)
        return math.nan

    @property
    def ends(self) -> tuple[Estimate, Estimate]:
        """The difference at both ends of the range."""
        return self.found.seen[min(self.found.seen)], self.found.seen[max(self.found.seen)]


def turn(verdict: Verdict, varied: Varied) -> Turn:
    """Search one setting's range. Raises `NotThere` where runs are missing."""

    def difference(value: float) -> Floats:
        values: Floats = verdict.at([{varied.name: varied.nearest(value)}])[0]
        return values

    return Turn(varied, break_even(difference, varied.low, varied.high, tolerance(varied)))


def tolerance(varied: Varied) -> float:
    """How near a turn is searched: a 64th of the range, but not nearer than a whole number can be."""
    near = (varied.high - varied.low) / _FINENESS
    return max(1.0, near) if varied.setting.whole else near


def most_points(varied: Varied) -> int:
    """How many values a search may try."""
    return 2 + 2 * max(math.ceil(math.log2((varied.high - varied.low) / tolerance(varied))), 1)


@dataclass(frozen=True, slots=True)
class Chart:
    """The difference over two settings: estimates by place on the first axis and place on the second."""

    across: Varied
    up: Varied
    xs: tuple[float, ...]
    ys: tuple[float, ...]
    cells: tuple[tuple[Estimate, ...], ...]

    def sign(self, x: int, y: int) -> int:
        """1 or -1 where the sign is told at 95 % (of this cell alone), else 0."""
        cell = self.cells[x][y]
        return int(cell.low > 0.0) - int(cell.high < 0.0)


def chart(verdict: Verdict, across: Varied, up: Varied, cells: int) -> Chart:
    """The difference at every combination of so many values of each. Raises `NotThere` where runs are missing."""
    xs, ys = across.axis(across.levels or cells), up.axis(up.levels or cells)
    values = verdict.at([{across.name: x, up.name: y} for x in xs for y in ys])
    found = [interval(row) for row in values]
    rows = tuple(tuple(found[place * len(ys) : (place + 1) * len(ys)]) for place in range(len(xs)))
    return Chart(across, up, xs, ys, rows)
