"""The next hire: which step from today's plan is worth most, how sure that is, and what happens in a bad week."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from sim.analysis.frames import frame_of, in_line
from sim.shop.scenario import Scenario
from sim.shop.staffing import Step, once, steps
from sim.statistics import Estimate, probability_best
from sim.study import Results, Runs

if TYPE_CHECKING:
    from pandas import DataFrame

MEASURE = "contribution_expected_per_year"
BAD_WEEK = "contribution_week_p5"
WEEKS_PER_YEAR = 365.0 / 7.0


@dataclass(frozen=True, slots=True)
class Choice:
    """One step, held against leaving all as it is. Money a year unless said otherwise."""

    step: Step
    gain: Estimate  # contribution a year less that of today's plan
    best: float  # probability that no other step (staying included) is better
    worse: float  # probability that it is worse than staying
    once: float  # what it costs once: hiring and training
    abandoned: Estimate  # share of calls, less today's
    billable: Estimate  # hours a technician-day, less today's
    bad_week: Estimate  # contribution of the bad week (5th percentile)
    bad_week_gain: Estimate  # less today's

    def __repr__(self) -> str:
        return f"Choice({self.step.key}: {in_line(self.gain)} a year, best with probability {self.best:.2f})"

    @property
    def payback_weeks(self) -> float:
        """Weeks until the gain has paid what the step costs once; NaN where it costs nothing, infinite for never."""
        if self.once <= 0.0:
            return math.nan
        return self.once / self.gain.mean * WEEKS_PER_YEAR if self.gain.mean > 0.0 else math.inf


@dataclass(frozen=True, slots=True)
class Hiring:
    """The steps, best first; the first plan of the results is today's."""

    results: Results
    choices: tuple[Choice, ...]
    interrupted: bool

    def __repr__(self) -> str:
        best = self.choices[0]
        gain = "" if best.step.key == "stay" else f", {in_line(best.gain)} a year"
        name = self.today.step.plan.name
        return f"Hiring({name}: {len(self.choices)} steps, {self.results.ran}; best: {best.step.key}{gain})"

    @property
    def today(self) -> Choice:
        """Leaving all as it is."""
        return next(choice for choice in self.choices if choice.step.key == "stay")

    @property
    def wrong(self) -> float:
        """Probability that the step listed first is not the best of them."""
        return 1.0 - self.choices[0].best

    def frame(self) -> DataFrame:
        """One row a step, best first."""
        columns = (
            "step", "gain", "gain_low", "gain_high", "probability_best", "probability_worse_than_staying", "once",
            "payback_weeks", "abandoned_difference", "billable_h_difference", "bad_week", "bad_week_difference",
        )  # fmt: skip
        rows = [
            (c.step.key, *c.gain[:3], c.best, c.worse, c.once, c.payback_weeks, c.abandoned.mean, c.billable.mean,
             c.bad_week.mean, c.bad_week_gain.mean)
            for c in self.choices
        ]  # fmt: skip
        return frame_of(rows, columns)


def hire(
    scenario: Scenario,
    *,
    replications: int = 10,
    runs: Runs | None = None,
    only: Callable[[Step], bool] | None = None,
) -> Hiring | None:
    """Run every step that is one away from a plan and rank them by contribution.

    Money is counted by expected tickets, which has the same mean as realised money and far less noise. ``only`` leaves
    out steps. Only replications that every step has are counted; None where it was stopped before there were two.
    Raises ``ValueError`` where nothing can be changed, where no job brings money that steps could be ranked by, or for
    fewer than 2 replications.
    """
    if replications < 2:
        raise ValueError(f"There must be at least 2 replications, not {replications}.")
    if not scenario.jobs.types:
        raise ValueError("This shop has no jobs and so earns nothing that a step could be worth: compare its plans.")
    found = [step for step in steps(scenario) if step.key == "stay" or only is None or only(step)]
    if len(found) < 2:
        raise ValueError("Nobody here answers phones, dispatches or visits customers, so there is no step to take.")
    runs = runs or Runs()
    plans = [_named(step) for step in found]
    runs.upto(plans, replications)
    results = runs.results(plans, replications)
    whole = results.finished.all(axis=0)
    if whole.sum() < 2:
        return None
    results = replace(results, values=results.values[:, whole], finished=results.finished[:, whole])
    return Hiring(results, _ranked(results, found, scenario), runs.stopped)


def _named(step: Step) -> Scenario:
    return step.plan.model_copy(update={"name": step.key})


def _ranked(results: Results, found: Sequence[Step], scenario: Scenario) -> tuple[Choice, ...]:
    money = np.stack([results.of(place, MEASURE) for place in range(len(found))])
    best = probability_best(money)
    choices = [
        Choice(
            step=step,
            gain=results.difference(place, MEASURE),
            best=float(best[place]),
            worse=_worse(money[place], money[0]) if place else math.nan,
            once=once(scenario.prices, step),
            abandoned=results.difference(place, "abandoned_share"),
            billable=results.difference(place, "billable_h_per_technician_day"),
            bad_week=results.estimate(place, BAD_WEEK),
            bad_week_gain=results.difference(place, BAD_WEEK),
        )
        for place, step in enumerate(found)
    ]
    return tuple(sorted(choices, key=lambda choice: -np.nan_to_num(choice.gain.mean, nan=-math.inf)))


def _worse(
    plan: np.ndarray[tuple[int], np.dtype[np.float64]], today: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> float:
    return 1.0 - float(probability_best(np.stack([plan, today]))[0])
