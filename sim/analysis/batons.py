"""What dropped batons cost: the same plan with one hand-off perfect, on the same callers, against the plan as it is.

A counterfactual is not what the books put down to a baton: hours that are freed serve somebody else, or nobody. So both
are given. Counterfactual costs do not add up over hand-offs; what is left is their interaction.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sim.analysis.frames import frame_of, in_line
from sim.relay import Handoff
from sim.shop.scenario import Scenario, perfected
from sim.statistics import Estimate, interval
from sim.study import Results, Runs

if TYPE_CHECKING:
    from pandas import DataFrame

MEASURE = "contribution_expected_per_year"


@dataclass(frozen=True, slots=True)
class Cost:
    """What one hand-off's drops, gaps and delays cost a year, in money."""

    handoff: Handoff
    counterfactual: Estimate  # contribution with it perfect, less contribution as it is
    booked: Estimate  # what the books put down to its batons
    dropped: Estimate  # batons a year
    forgotten: Estimate  # customers forgotten a year, as it is less with it perfect


@dataclass(frozen=True, slots=True)
class BatonCosts:
    """The cost of each hand-off, the dearest first, of all of them together, and how far the two differ."""

    results: Results  # the plan as it is, then each hand-off perfect in the order of Handoff, then all of them
    costs: tuple[Cost, ...]
    together: Estimate
    interaction: Estimate  # all together less the sum of each alone

    def __repr__(self) -> str:
        first = self.costs[0]
        dearest = f"{first.handoff.name.lower()}, {in_line(first.counterfactual)} a year"
        return f"BatonCosts({self.results.plans[0]}: {self.results.ran}; dearest: {dearest})"

    def frame(self) -> DataFrame:
        """One row a hand-off, and one for all of them."""
        columns = ("handoff", "cost", "cost_low", "cost_high", "booked", "dropped", "forgotten_less")
        rows: list[tuple[object, ...]] = [
            (
                cost.handoff.name.lower(),
                *cost.counterfactual[:3],
                cost.booked.mean,
                cost.dropped.mean,
                cost.forgotten.mean,
            )
            for cost in self.costs
        ]
        rows.append(("all", *self.together[:3], sum(c.booked.mean for c in self.costs), None, None))
        return frame_of(rows, columns)


def counterfactuals(scenario: Scenario) -> list[Scenario]:
    """The plan as it is, each hand-off perfect, all of them perfect."""
    return [
        scenario,
        *(_named(perfected(scenario, [handoff]), f"perfect {handoff.name.lower()}") for handoff in Handoff),
        _named(perfected(scenario, Handoff), "all perfect"),
    ]


def _named(scenario: Scenario, name: str) -> Scenario:
    return scenario.model_copy(update={"name": name})


def batons(scenario: Scenario, *, replications: int = 10, runs: Runs | None = None) -> BatonCosts | None:
    """Run the plan as it is and with each hand-off perfect, and give what each costs a year.

    None where it was stopped before two replications of all of them were there. Raises ``ValueError`` for fewer than
    two replications, or a shop that has no jobs and so hands nothing on.
    """
    if replications < 2:
        raise ValueError(f"There must be at least 2 replications, not {replications}.")
    if not scenario.jobs.types:
        raise ValueError("This shop has no jobs, so nothing is handed on that could be dropped.")
    runs = runs or Runs()
    found = counterfactuals(scenario)
    runs.upto(found, replications)
    results = runs.results(found, replications)
    whole = results.finished.all(axis=0)
    if whole.sum() < 2:
        return None
    return _costs(replace(results, values=results.values[:, whole], finished=results.finished[:, whole]))


def _costs(results: Results) -> BatonCosts:
    money = results.values[:, :, results.keys.index(MEASURE)]
    gains = money[1:] - money[0]
    costs = [_cost(results, place, handoff) for place, handoff in enumerate(Handoff, start=1)]
    return BatonCosts(
        results=results,
        costs=tuple(sorted(costs, key=lambda cost: -cost.counterfactual.mean)),
        together=interval(gains[-1]),
        interaction=interval(gains[-1] - gains[:-1].sum(axis=0)),
    )


def _cost(results: Results, place: int, handoff: Handoff) -> Cost:
    name = handoff.name.lower()
    a_year = 365.0 / results.days
    forgotten = results.of(0, "customers_forgotten") - results.of(place, "customers_forgotten")
    return Cost(
        handoff=handoff,
        counterfactual=results.difference(place, MEASURE),
        booked=results.estimate(0, f"lost_to_{name}_baton_per_year"),
        dropped=interval(results.of(0, f"batons_dropped_{name}") * a_year),
        forgotten=interval(forgotten * a_year),
    )
