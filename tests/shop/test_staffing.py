"""Steps from one plan to the next: what is offered, what is changed and what is left alone."""

from __future__ import annotations

import pytest

from sim.scenarios import load
from sim.shop.prices import Prices
from sim.shop.scenario import Scenario
from sim.shop.staffing import SHIFT_MIN, Staffing, Step, neighbours, once, staffed, staffing, steps, with_count

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


def test_a_group_without_people_has_a_first_hire_and_nobody_to_let_go() -> None:
    """An empty group whose hat others wear is offered one more, and neither one fewer nor training."""
    found = by_key(shop("combined", "people.dispatcher.count=0"))
    assert found["more dispatcher"].plan.people["dispatcher"].count == 1
    assert not {"fewer dispatcher", "train dispatcher", "split"} & set(found)


def test_training_lets_a_dispatcher_flip_to_the_phones() -> None:
    """A dispatcher who learns the phones goes there when callers wait, by the shop's own number where it has one."""
    assert by_key(shop("separate"))["train dispatcher"].plan.attention.flip_at_waiting == 2
    own = shop("separate", "attention.flip_at_waiting=4")
    assert by_key(own)["train dispatcher"].plan.attention.flip_at_waiting == 4
    assert by_key(shop("separate"))["train csr"].plan.attention == shop("separate").attention


# Plans as numbers.


@pytest.mark.parametrize("name", ["separate", "combined", "cross_trained", "phones_only"])
def test_todays_plan_as_numbers_is_todays_shop(name: str) -> None:
    """The numbers of today's plan give back the very same shop."""
    scenario = shop(name)
    plan = staffing(scenario)
    assert staffed(scenario, plan) == scenario
    assert not plan.trained
    assert set(plan.shifts) == {0}


def test_a_plan_says_heads_shifts_and_training() -> None:
    """Heads are set, shifts moved with their lunch and breaks, and the office trained, all at once."""
    scenario = shop("separate")
    today = staffing(scenario)
    plan = today._replace(counts=(3, 2, 4, 5), shifts=(-30, 0, 60, 0), trained=True)
    changed = staffed(scenario, plan)
    assert [changed.people[name].count for name in plan.groups] == [3, 2, 4, 5]
    assert "dispatcher" in changed.people["csr"].covers
    assert "csr" in changed.people["dispatcher"].covers
    for before, after in zip(scenario.people["csr"].shifts, changed.people["csr"].shifts, strict=True):
        assert (after.start, after.end) == (before.start - 30.0, before.end - 30.0)
        assert after.breaks == tuple(at - 30.0 for at in before.breaks)
        assert (after.lunch is None) == (before.lunch is None)
        assert after.lunch is None or before.lunch is None or after.lunch == before.lunch - 30.0
    assert changed.people["dispatcher"].shifts == scenario.people["dispatcher"].shifts


def test_a_shift_never_passes_midnight() -> None:
    """A shift that would begin before or end after midnight is cut there."""
    scenario = shop("separate", 'people.csr.shifts=[{start="00:30", end="23:30"}]')
    plan = staffing(scenario)
    (early,) = staffed(scenario, plan._replace(shifts=(-60, 0, 0, 0))).people["csr"].shifts
    (late,) = staffed(scenario, plan._replace(shifts=(60, 0, 0, 0))).people["csr"].shifts
    assert (early.start, late.end) == (0.0, 1440.0)


def moves(scenario: Scenario, plan: Staffing | None = None, **more: bool) -> list[Staffing]:
    return [*neighbours(scenario, plan or staffing(scenario), **more)]


def test_neighbours_are_one_move_away() -> None:
    """Each neighbour differs in one number by one step, or in training, and none comes twice."""
    scenario = shop("separate")
    plan = staffing(scenario)
    found = moves(scenario)
    assert len(found) == len(set(found))
    assert plan not in found
    for other in found:
        heads = [abs(a - b) for a, b in zip(other.counts, plan.counts, strict=True)]
        later = [abs(a - b) for a, b in zip(other.shifts, plan.shifts, strict=True)]
        assert sum(heads) + sum(later) / SHIFT_MIN + (other.trained != plan.trained) == 1
    assert not any(other.shifts != plan.shifts for other in moves(scenario, shifts=False))


def test_whoever_is_a_neighbour_has_one_back() -> None:
    """From every neighbour that does all the work, the way back is a move too."""
    scenario = shop("separate")
    plan = staffing(scenario)
    for other in moves(scenario):
        assert plan in moves(scenario, other)


def test_no_neighbour_leaves_work_to_nobody() -> None:
    """A head or a training is not taken away if with it goes the last with a hat or a trade that today's shop has."""
    scenario = shop("separate", "people.csr.count=1", "people.technician_hvac.count=1")
    plan = staffing(scenario)
    taken = [other for other in moves(scenario, shifts=False) if sum(other.counts) < sum(plan.counts)]
    assert [other.counts for other in taken] == [(1, 0, 1, 4), (1, 1, 1, 3)]
    without_csr = plan._replace(counts=(0, 1, 1, 4), trained=True)  # the dispatcher covers the phones
    assert without_csr in moves(scenario, plan._replace(trained=True))
    assert without_csr._replace(trained=False) not in moves(scenario, without_csr)


def test_no_neighbour_has_a_shift_cut_short() -> None:
    """Shifts are moved two hours at most, by nobody who is not there, and not over midnight."""
    scenario = shop("separate", 'people.csr.shifts=[{start="00:10", end="12:00"}]')
    plan = staffing(scenario)
    assert {other.shifts[0] for other in moves(scenario)} == {0, 30}
    far = plan._replace(shifts=(120, 120, -120, 0))
    assert {other.shifts[0] for other in moves(scenario, far)} == {90, 120}
    nobody = plan._replace(counts=(2, 0, 4, 4))
    assert {other.shifts[1] for other in moves(scenario, nobody)} == {0}


def test_where_there_is_no_desk_there_is_no_training() -> None:
    """A shop without jobs is searched over heads and shifts only."""
    assert not any(other.trained for other in moves(shop("phones_only")))
    assert any(other.trained for other in moves(shop("separate")))
