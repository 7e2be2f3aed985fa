"""A sweep: plans run at many points of a space of settings, every plan on the same callers at every point."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from sim.analysis.frames import frame_of
from sim.analysis.varying import Space, Values, space
from sim.kpis import KPIS
from sim.shop.scenario import Scenario
from sim.statistics import Estimate, latin_hypercube, sobol_points
from sim.study import Results, Runs, faults, names

if TYPE_CHECKING:
    from pandas import DataFrame

MEASURE = "contribution_per_year"
MOST_POINTS = 1_000_000
Design = Literal["grid", "lhs", "sobol"]


@dataclass(frozen=True, slots=True)
class Sweep:
    """The points, and the runs of every plan at each of them.

    The plans of ``results`` stand point by point: those of point p from place p x (number of plans) on.
    """

    space: Space
    design: Design
    points: tuple[Values, ...]  # by point, the value of each setting varied
    results: Results

    def __repr__(self) -> str:
        over = ", ".join(self.space.names)
        return f"Sweep({', '.join(self.plans)}: {len(self.points):,} points over {over}; {self.results.ran})"

    @property
    def plans(self) -> tuple[str, ...]:
        """What the plans are called."""
        return names(self.space.plans)

    def estimate(self, point: int, plan: int, key: str) -> Estimate:
        """Mean and 95 % limits of a measure of one plan at one point."""
        return self.results.estimate(self._place(point, plan), key)

    def difference(self, point: int, plan: int, key: str) -> Estimate:
        """A plan less the first plan at one point, paired by replication."""
        return self.results.difference(self._place(point, plan), key, self._place(point, 0))

    def frame(self) -> DataFrame:
        """One row for each plan, point and replication: the settings varied, the seed and every measure."""
        columns = ("plan", "point", *self.space.names, "replication", "seed", *self.results.keys)
        rows = [
            (plan, point, *values, replication, self.results.seed, *map(float, run))
            for place, plan in enumerate(self.plans)
            for point, values in enumerate(self.points)
            for replication, run in enumerate(self.results.values[self._place(point, place)])
            if self.results.finished[self._place(point, place), replication]
        ]
        return frame_of(rows, columns)

    def _place(self, point: int, plan: int) -> int:
        return point * len(self.space.plans) + plan


def sweep(
    plans: Sequence[Scenario],
    vary: Sequence[str] | Space,
    *,
    design: Design = "grid",
    points: int | None = None,
    replications: int = 10,
    runs: Runs | None = None,
) -> Sweep:
    """Run plans at many points: ``vary`` is as on the command line, ``["calls.per_day=40:80:5"]``.

    A grid takes every combination of the values of lists and ranges (``points`` values of a range that does not say how
    many); a Latin hypercube (``lhs``) or Sobol points take ``points`` points in all. Raises `ScenarioError` and
    `ValueError` for what cannot be varied, a design without points and plans that cannot be compared.
    """
    place = vary if isinstance(vary, Space) else space(plans, vary)
    runs = Runs() if runs is None else runs
    chosen = points_of(place, design, points, runs.seed)
    at_points = everywhere(place, chosen, replications)
    runs.upto(at_points, replications)
    return Sweep(place, design, chosen, runs.results(at_points, replications))


def everywhere(place: Space, points: Sequence[Values], replications: int) -> list[Scenario]:
    """The plans at every point, checked before anything is run."""
    if replications < 1:
        raise ValueError(f"there must be at least 1 replication, not {replications}.")
    if wrong := faults(place.plans):
        raise ValueError(" ".join(wrong))
    return [plan for values in points for plan in place.at(values)]


def points_of(place: Space, design: Design, points: int | None, seed: int) -> tuple[Values, ...]:
    """The points of a design; equal seeds give equal ones. Raises `ValueError` for a design without points."""
    if design not in get_args(Design):
        raise ValueError(f"there is no design {design!r}; there are {', '.join(get_args(Design))}.")
    if points is not None and not 1 <= points <= MOST_POINTS:
        raise ValueError(f"there should be 1 to {MOST_POINTS:,} points, not {points}.")
    if design == "grid":
        return _grid(place, points)
    if points is None:
        raise ValueError(f"a design of kind {design} needs a number of points, such as --points 64.")
    if design == "sobol" and points & (points - 1):
        below = 2 ** int(math.log2(points))
        raise ValueError(f"Sobol points come in powers of 2: say {below} or {2 * below}, not {points}.")
    spread = latin_hypercube if design == "lhs" else sobol_points
    units = spread(points, len(place.varied), seed)
    return tuple(tuple(each.at(float(u)) for each, u in zip(place.varied, unit, strict=True)) for unit in units)


def _grid(place: Space, points: int | None) -> tuple[Values, ...]:
    axes = []
    for each in place.varied:
        levels = each.levels or points
        if not each.listed and levels is None:
            raise ValueError(
                f"a grid needs to know how many values of {each.name} to take: say "
                f"{each.name}={each.low:g}:{each.high:g}:5, or --points 5 for every range."
            )
        axes.append(each.axis(levels or 1))
    if (number := math.prod(map(len, axes))) > MOST_POINTS:
        raise ValueError(f"this grid has {number:,} points, more than {MOST_POINTS:,}.")
    return tuple(itertools.product(*axes))


def checked_measure(measure: str) -> str:
    """The measure. Raises `ValueError` where there is none of that name."""
    if measure not in KPIS:
        raise ValueError(f"there is no measure {measure!r}.")
    return measure
