"""Plans compared, in one of three ways: so many replications, until precise, or until the best is chosen.

The last two stop by what they see, so they are never mixed: stopping when "precise or certain" and then giving ordinary
intervals would claim differences that are not there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np

from sim.analysis.choosing import choose
from sim.analysis.frames import frame_of
from sim.kpis import KPIS
from sim.shop.scenario import Scenario
from sim.statistics import (
    Doubt,
    Estimate,
    KimNelson,
    Precision,
    Progress,
    Zone,
    bonferroni,
    doubtful,
    paired,
    progress,
)
from sim.study import Results, Runs, faults, names
from sim.study.results import Floats

if TYPE_CHECKING:
    from pandas import DataFrame

MEASURE = "contribution_per_year"
#: ``seen(plan, its difference to the first plan so far, the half-width wished)``: for a bar that shows it shrinking
Seen = Callable[[int, Estimate, float], None]


class Ended(Enum):
    """Why a comparison ended."""

    RUN = "run"  # the replications that were asked for
    PRECISE = "precise"
    CHOSEN = "chosen"
    BUDGET = "budget"
    INTERRUPTED = "interrupted"
    GIVEN_UP = "given up"  # a run is not to be had: its worker was killed again and again


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was found: the runs, why there are no more, and what was chosen.

    ``wish`` is what was asked for: a number of replications, a half-width, or an indifference zone. The intervals of
    ``results`` are at the level that goes with it. After a selection they are ordinary ones, of plans that were kept
    or dropped for their results: to be labelled so.
    """

    results: Results
    measure: str
    ended: Ended
    wish: int | Precision | Zone
    best: int | None = None  # place of the plan that was chosen
    eliminated: tuple[tuple[int, int], ...] = ()  # plan and replication, in the order in which they went

    def __repr__(self) -> str:
        best = "" if self.best is None else f"; best: {self.results.plans[self.best]}"
        names = ", ".join(self.results.plans)
        return f"Comparison({names}: {self.results.ran}; {self.measure}, ended: {self.ended.value}{best})"

    @property
    def comparisons(self) -> int:
        """How many plans are held against the first."""
        return max(1, len(self.results.plans) - 1)

    def doubt(self, plan: int | str) -> Doubt:
        """Whether the interval of a difference in the measure should be trusted."""
        return doubtful(self.results.of(plan, self.measure) - self.results.of(0, self.measure))

    def frame(self) -> DataFrame:
        """One row for each plan and measure: mean, limits, and the difference to the first plan with its limits."""
        columns = (
            "plan",
            "measure",
            "unit",
            "mean",
            "low",
            "high",
            "n",
            "less_first",
            "less_first_low",
            "less_first_high",
        )
        rows = [
            (plan, key, KPIS[key].unit, *self.results.estimate(place, key), *self.results.difference(place, key)[:3])
            for place, plan in enumerate(self.results.plans)
            for key in self.results.keys
        ]
        return frame_of(rows, columns)


def compare(
    plans: Sequence[Scenario],
    wish: int | Precision | Zone = 10,
    *,
    measure: str = MEASURE,
    together: bool = False,
    runs: Runs | None = None,
    seen: Seen | None = None,
) -> Comparison:
    """Compare plans on the same callers, each against the first.

    ``wish`` is a number of replications; a `Precision`: until the paired difference of every plan to the first has
    that half-width; or a `Zone`: until the plan with the best mean is chosen (Kim and Nelson). ``together`` makes the
    intervals of a fixed number of replications hold all at once (Bonferroni), else each holds alone. ``runs`` says who
    runs them, with which seed and budget. Raises ``ValueError`` for plans that cannot be compared, for a measure that
    does not exist or never happens, and for one of which neither more nor less is better where the best is to be
    chosen.
    """
    _check(plans, wish, measure)
    runs = runs or Runs()
    if isinstance(wish, Zone):
        return _until_chosen(plans, wish, measure, runs, seen)
    if isinstance(wish, Precision):
        return _until_precise(plans, wish, measure, runs, seen)
    runs.upto(plans, wish)
    level = bonferroni(0.95, max(1, len(plans) - 1)) if together else 0.95
    return Comparison(replace(runs.results(plans, wish), level=level), measure, _how(runs, Ended.RUN), wish)


def _check(plans: Sequence[Scenario], wish: int | Precision | Zone, measure: str) -> None:
    wrong = faults(plans)
    if measure not in KPIS:
        wrong.append(f"There is no measure {measure!r}.")
    elif isinstance(wish, Zone) and KPIS[measure].direction == "neither":
        wrong.append(f"Of {measure} neither more nor less is better, so no plan can be chosen by it.")
    if not isinstance(wish, int) and len(plans) < 2:
        wrong.append("There must be at least two plans.")
    if isinstance(wish, int) and wish < 1:
        wrong.append(f"There must be at least 1 replication, not {wish}.")
    if wrong:
        raise ValueError(" ".join(wrong))


def _how(runs: Runs, otherwise: Ended) -> Ended:
    """Why there are no more runs, or else how it ended."""
    if runs.interrupted:
        return Ended.INTERRUPTED
    if runs.exhausted:
        return Ended.BUDGET
    return Ended.GIVEN_UP if runs.given_up else otherwise


def _until_precise(
    plans: Sequence[Scenario], wish: Precision, measure: str, runs: Runs, seen: Seen | None
) -> Comparison:
    n = wish.first
    while True:
        there = runs.upto(plans, n)
        results = replace(runs.results(plans, n), level=wish.level_each)
        marks = {plan: progress(_less_first(results, plan, measure), wish) for plan in range(1, len(plans))}
        if seen is not None:
            widest = max(marks, key=lambda plan: np.nan_to_num(marks[plan].estimate.half_width / marks[plan].goal))
            seen(widest, marks[widest].estimate, marks[widest].goal)
        if all(mark.reached for mark in marks.values()):
            widths = {(plan, measure): mark.estimate.half_width for plan, mark in marks.items()}
            return Comparison(replace(results, widths=widths), measure, Ended.PRECISE, wish)
        if not there:
            return Comparison(results, measure, _how(runs, Ended.GIVEN_UP), wish)
        _check_happens(results, marks, measure)
        n += max(mark.more for mark in marks.values())


def _check_happens(results: Results, marks: Mapping[int, Progress], measure: str) -> None:
    """A measure that never happens never becomes precise, however many replications there are."""
    for plan, mark in marks.items():
        if mark.estimate.n == 0:
            raise ValueError(
                f"{measure} never happened under both {results.plans[0]} and {results.plans[plan]} in any of "
                f"{results.asked} replications, so there is no difference to be known."
            )


def _until_chosen(plans: Sequence[Scenario], wish: Zone, measure: str, runs: Runs, seen: Seen | None) -> Comparison:
    selection = KimNelson(len(plans), wish)
    sign = 1.0 if KPIS[measure].direction == "higher" else -1.0

    def after(selection: KimNelson) -> None:
        if seen is not None:
            _show([runs.series(plan, measure) for plan in plans], selection, wish, seen)

    decided = choose(
        selection, names(plans), measure,
        have=lambda places, n: runs.upto(plans, dict.fromkeys(places, n)),
        observed=lambda place: sign * runs.series(plans[place], measure),
        after=after,
    )  # fmt: skip
    results = runs.results(plans)
    if not decided:
        return Comparison(results, measure, _how(runs, Ended.GIVEN_UP), wish, None, _went(selection))
    return Comparison(results, measure, Ended.CHOSEN, wish, selection.best, _went(selection))


def _show(series: Sequence[Floats], selection: KimNelson, wish: Zone, seen: Seen) -> None:
    """The widest difference of a plan in play to the first plan, which may be out by now."""
    found = {}
    for plan in [plan for plan in selection.survivors if plan] or [1]:
        n = min(series[0].size, series[plan].size)
        found[plan] = paired(series[0][:n], series[plan][:n])
    widest = max(found, key=lambda plan: found[plan].half_width)
    seen(widest, found[widest], wish.delta)


def _went(selection: KimNelson) -> tuple[tuple[int, int], ...]:
    return tuple((gone.plan, gone.replication) for gone in selection.eliminations)


def _less_first(results: Results, plan: int, measure: str) -> Floats:
    return results.of(plan, measure) - results.of(0, measure)
