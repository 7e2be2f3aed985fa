"""What dropped batons cost: each hand-off perfect against the plan as it is, and how that adds up."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from sim.analysis import BatonCosts, batons
from sim.analysis.batons import counterfactuals
from sim.relay import Handoff
from sim.scenarios import load
from sim.shop.scenario import Scenario
from sim.study import Engine, Runs
from sim.study.engine import Keep, Left
from tests.analysis.invented import Invented, Law

MONEY = "contribution_expected_per_year"
GAINS = {
    "perfect booking": 10.0,
    "perfect brief": 40.0,
    "perfect update": 0.0,
    "perfect report": -5.0,
    "perfect close": 20.0,
}


@cache
def shop() -> Scenario:
    return load("separate", ["horizon.days=73"]).scenario


def law(scenario: Scenario, common: np.random.Generator, own: np.random.Generator) -> dict[str, float]:
    """Each hand-off is worth a known amount, all of them 15 less than their sum."""
    gain = {**GAINS, "all perfect": sum(GAINS.values()) - 15.0}.get(scenario.name, 0.0)
    found = {MONEY: 500.0 + gain + 100.0 * common.standard_normal() + 0.5 * own.standard_normal()}
    for handoff in Handoff:
        name = handoff.name.lower()
        found |= {f"lost_to_{name}_baton_per_year": 7.0, f"batons_dropped_{name}": 3.0}
    return {**found, "customers_forgotten": 4.0 - (scenario.name == "perfect brief")}


def cost(replications: int = 10, engine: Engine | None = None, law: Law = law, **more: object) -> BatonCosts | None:
    return batons(shop(), replications=replications, runs=Runs(1, engine=engine or Invented(law), **more))  # type: ignore[arg-type]


def test_the_plans_are_one_a_hand_off_and_all_of_them() -> None:
    """The plan as it is comes first, then each hand-off perfect in its order, then all; none is like another."""
    found = counterfactuals(shop())
    assert [plan.name for plan in found] == ["separate", *(f"perfect {h.name.lower()}" for h in Handoff), "all perfect"]
    assert all(plan.people == shop().people and plan.calls == shop().calls for plan in found)
    assert len({plan.model_dump_json(exclude={"name"}) for plan in found}) == len(found)


def test_each_hand_off_costs_what_it_would_bring_perfect() -> None:
    """Costs are the paired differences, the dearest first, and their intervals hold what is true."""
    found = cost()
    assert found is not None
    assert [each.handoff for each in found.costs][:2] == [Handoff.BRIEF, Handoff.CLOSE]
    for each in found.costs:
        low, high = each.counterfactual.low, each.counterfactual.high
        assert low - 1.0 <= GAINS[f"perfect {each.handoff.name.lower()}"] <= high + 1.0
        assert each.counterfactual.half_width < 2.0  # the luck that all share is gone


def test_what_is_left_over_the_sum_is_interaction() -> None:
    """All perfect at once less the sum of each alone is the interaction, exactly."""
    found = cost()
    assert found is not None
    alone = sum(each.counterfactual.mean for each in found.costs)
    assert found.interaction.mean == pytest.approx(found.together.mean - alone)
    assert found.interaction.mean == pytest.approx(-15.0, abs=3.0)


def test_counts_are_by_the_year() -> None:
    """Batons and customers of 73 days are told five times over, money already is by the year."""
    found = cost()
    assert found is not None
    brief = found.costs[0]
    assert brief.dropped.mean == pytest.approx(15.0)
    assert brief.forgotten.mean == pytest.approx(5.0)
    assert brief.booked.mean == pytest.approx(7.0)
    assert found.costs[1].forgotten.mean == 0.0


def test_one_replication_and_a_shop_without_jobs_are_refused() -> None:
    """There is nothing to say of a spread from one run, and nothing to drop where nothing is handed on."""
    with pytest.raises(ValueError, match="at least 2"):
        cost(1)
    with pytest.raises(ValueError, match="no jobs"):
        batons(load("phones_only").scenario, runs=Runs(1, engine=Invented(law)))


def test_only_whole_replications_count() -> None:
    """After an interruption all numbers come from the replications that all plans have; before two there are none."""
    found = cost(9, Invented(law, interrupted_after=7 * 3 + 2))
    assert found is not None
    assert found.results.finished.shape == (7, 3)
    assert {found.together.n, found.interaction.n, *(each.counterfactual.n for each in found.costs)} == {3}
    assert cost(9, Invented(law, interrupted_after=13)) is None
    assert cost(9, budget=13) is None


def test_a_lost_run_takes_its_replication_with_it() -> None:
    """A replication of which one plan was given up is left out for all."""
    found = cost(5, Invented(law, lost=[("perfect brief", 1)]))
    assert found is not None
    assert found.together.n == 4
    assert found.results.given_up == (("perfect brief", 1),)


def test_costs_are_a_frame() -> None:
    """The frame has a row a hand-off, dearest first, and one for all."""
    found = cost()
    assert found is not None
    frame = found.frame()
    assert list(frame["handoff"]) == [*(each.handoff.name.lower() for each in found.costs), "all"]


def test_engines_that_keep_in_another_order_change_nothing() -> None:
    """Runs that come home in any order give the same costs."""

    class Backwards(Invented):
        def do(self, work, tasks, keep: Keep) -> Left:  # type: ignore[no-untyped-def, type-arg]
            turned = list(range(len(tasks)))[::-1]
            return super().do(work, [tasks[at] for at in turned], lambda at, run: keep(turned[at], run))

    straight, turned = cost(), cost(engine=Backwards(law))
    assert straight is not None
    assert turned is not None
    assert straight.costs == turned.costs
