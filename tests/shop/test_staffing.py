"""Steps from one plan to the next: what is offered, what is changed and what is left alone."""

from __future__ import annotations

import pytest

from sim.scenarios import load
from sim.shop.prices import Prices
from sim.shop.scenario import Scenario
from sim.shop.staffing import Step, once, steps, with_count

OFFICE_AND_FIELD = ("csr", "dispatcher", "technician_hvac", "technician_plumbing")


def shop(name: str, *settings: str) -> Scenario:
    return load(name, settings).scenario


def by_key(scenario: Scenario) -> dict[str, Step]:
    return {step.key: step for step in steps(scenario)}


def test_the_base_shop_has_every_kind_of_step() -> None:
    """Separate roles offer one more and one fewer of each, training for either or both, and to merge; not to split."""
    found = by_key(shop("separate"))
    wanted = ["stay", *(f"more {name}" for name in OFFICE_AND_FIELD), *(f"fewer {name}" for name in OFFICE_AND_FIELD)]
    assert list(found) == [*wanted, "train csr", "train dispatcher", "train", "merge"]


def test_combined_roles_can_be_split_into_what_they_were() -> None:
    """Splitting the combined plan gives back the hats of the separate one, and merging those of the combined one."""
    separate, combined = shop("separate"), shop("combined")
    split, merged = by_key(combined)["split"].plan, by_key(separate)["merge"].plan
    for name in ("csr", "dispatcher"):
        assert split.people[name].hats == separate.people[name].hats
        assert set(merged.people[name].hats) == set(combined.people[name].hats)


@pytest.mark.parametrize(
    "name", ["separate", "combined", "cross_trained", "one_person_office", "heat_wave", "screening"]
)
def test_a_step_changes_nothing_but_what_it_says(name: str) -> None:
    """Every step keeps the shop: only people differ (and, where somebody learns the phones, when they flip to them)."""
    scenario = shop(name)
    for step in steps(scenario):
        kept = step.plan.model_copy(update={"people": scenario.people, "attention": scenario.attention})
        assert kept == scenario
        heads = sum(group.count for group in step.plan.people.values())
        assert heads - sum(group.count for group in scenario.people.values()) == step.hired


def test_the_last_with_a_trade_or_a_hat_stays() -> None:
    """Nobody is let go whose hat or trade nobody else could take over; a dispatcher whom the manager covers may go."""
    found = by_key(shop("separate", "people.csr.count=1", "people.technician_hvac.count=1"))
    assert "fewer csr" not in found
    assert "fewer technician_hvac" not in found
    assert "fewer dispatcher" in found  # the service manager covers the desk
    assert "fewer dispatcher" not in by_key(shop("separate", "people.service_manager.covers=[]"))


def test_a_plan_by_heads_a_period_has_no_chairs_to_add() -> None:
    """Groups that are counted by heads a period are left alone."""
    assert list(by_key(shop("phones_only", 'people.agent.heads=[{at="08:00", value=3}]'))) == ["stay"]


def test_what_a_step_costs_once() -> None:
    """Hiring and training cost once by head, letting go nothing."""
    prices, plan = Prices(hiring_per_head=4_000.0, training_per_head=700.0), shop("separate")
    assert once(prices, Step("more csr", plan, hired=1)) == 4_000.0
    assert once(prices, Step("train", plan, trained=3)) == 2_100.0
    assert once(prices, Step("fewer csr", plan, hired=-1)) == 0.0


def test_counts_are_set_by_name() -> None:
    """Several groups get their numbers at once, and others keep theirs."""
    plan = with_count(shop("separate"), {"csr": 4, "dispatcher": 2})
    assert [plan.people[name].count for name in ("csr", "dispatcher", "service_manager")] == [4, 2, 1]
