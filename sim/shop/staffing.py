"""Next steps that an owner can take with the people: one more, one fewer, train somebody, split or merge the roles.

Plans move hats and numbers, never gifts: whoever was there before keeps their chair.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from sim.relay import DAY_MIN
from sim.shop.people import Group, HatName, Shift
from sim.shop.prices import Prices
from sim.shop.scenario import Scenario

OFFICE: tuple[HatName, ...] = ("csr", "dispatcher")
FLIP_AT = 2  # callers waiting when a cross-trained dispatcher goes to the phones unasked, unless the plan says so


class Step(NamedTuple):
    """A plan that is one step away, and what taking the step asks for once."""

    key: str  # "stay", "more csr", "fewer csr", "train csr", "train", "split", "merge"
    plan: Scenario
    hired: int = 0  # people to find and to let go (negative)
    trained: int = 0  # people who learn a second trade


def steps(scenario: Scenario) -> list[Step]:
    """Everything that is one step away from a plan, the plan itself first; what makes no sense there is left out."""
    found = [Step("stay", scenario)]
    for name in _staffed(scenario):
        found.append(Step(f"more {name}", with_count(scenario, {name: _size(scenario, name) + 1}), hired=1))
    for name in _staffed(scenario):
        if _size(scenario, name) and not _indispensable(scenario, name):
            found.append(Step(f"fewer {name}", with_count(scenario, {name: _size(scenario, name) - 1}), hired=-1))
    if scenario.jobs.types:  # else there is no desk to learn
        found += [*_training(scenario), *_roles(scenario)]
    return found


def once(prices: Prices, step: Step) -> float:
    """What taking the step costs once, in money: finding people and teaching them. Letting go is counted as free."""
    return max(0, step.hired) * prices.hiring_per_head + step.trained * prices.training_per_head


def with_count(scenario: Scenario, counts: Mapping[str, int]) -> Scenario:
    """The same shop with so many people in these groups; their shifts are dealt out in turn as before."""
    return with_groups(scenario, {name: {"count": count} for name, count in counts.items()})


def with_groups(scenario: Scenario, changes: Mapping[str, Mapping[str, object]]) -> Scenario:
    """The same shop with some settings of some groups changed."""
    people = {name: group.model_copy(update=dict(changes.get(name, {}))) for name, group in scenario.people.items()}
    return scenario.model_copy(update={"people": people})


def wearers(scenario: Scenario, *hats: HatName) -> list[str]:
    """The groups with people in them who wear any of these hats."""
    return [name for name, group in scenario.people.items() if group.count and set(hats) & set(group.hats)]


def _staffed(scenario: Scenario) -> list[str]:
    """Groups of which there could be one more, empty ones too; those counted by heads a period have no chairs."""
    hats = {*OFFICE, "technician"}
    return [name for name, group in scenario.people.items() if hats & set(group.hats) and group.heads is None]


def _size(scenario: Scenario, name: str) -> int:
    return scenario.people[name].count


def _indispensable(scenario: Scenario, name: str) -> bool:
    """Whether the last of a group is also the last with a hat or a trade that the work needs."""
    group = scenario.people[name]
    if group.count > 1:
        return False
    others = [other for key, other in scenario.people.items() if key != name and other.count]
    worn = {hat for other in others for hat in (*other.hats, *other.covers)}
    trades = {trade for other in others for trade in other.trades}
    return not set(group.hats) <= worn or not set(group.trades) <= trades


def _training(scenario: Scenario) -> Iterator[Step]:
    """Everybody in the office who could also learn the other trade: one group at a time, then all of them."""
    able: dict[str, dict[str, object]] = {}
    for name in wearers(scenario, *OFFICE):
        group = scenario.people[name]
        missing = [hat for hat in OFFICE if hat not in group.hats and hat not in group.covers]
        if missing:
            able[name] = {"covers": (*group.covers, *missing)}
    for name in able:
        yield Step(f"train {name}", _trained(scenario, {name: able[name]}), trained=_size(scenario, name))
    if len(able) > 1:
        yield Step("train", _trained(scenario, able), trained=sum(_size(scenario, name) for name in able))


def _trained(scenario: Scenario, changes: Mapping[str, Mapping[str, object]]) -> Scenario:
    """With the groups trained; a dispatcher who learns the phones also flips to them when callers wait."""
    plan = with_groups(scenario, changes)
    flips = any("csr" in plan.people[name].covers for name in changes)
    if flips and plan.attention.flip_at_waiting is None:
        plan = plan.model_copy(update={"attention": plan.attention.model_copy(update={"flip_at_waiting": FLIP_AT})})
    return plan


def _roles(scenario: Scenario) -> Iterator[Step]:
    """Both hats for everybody in the office, or one each."""
    office = wearers(scenario, *OFFICE)
    if any(not set(OFFICE) <= set(scenario.people[name].hats) for name in office):
        changes = {name: {"hats": _with(scenario.people[name], OFFICE)} for name in office}
        yield Step("merge", with_groups(scenario, changes), trained=_one_hatted(scenario, office))
    both = [name for name in office if set(OFFICE) <= set(scenario.people[name].hats)]
    if len(both) > 1:
        desk = _who_dispatches(scenario, both)
        hats = {
            name: {"hats": _without(scenario.people[name], "csr" if name == desk else "dispatcher")} for name in both
        }
        yield Step("split", with_groups(scenario, hats))


def _with(group: Group, hats: Sequence[HatName]) -> tuple[HatName, ...]:
    return tuple(dict.fromkeys((*hats, *group.hats)))


def _without(group: Group, hat: HatName) -> tuple[HatName, ...]:
    return tuple(worn for worn in group.hats if worn != hat)


def _one_hatted(scenario: Scenario, office: Sequence[str]) -> int:
    return sum(_size(scenario, name) for name in office if not set(OFFICE) <= set(scenario.people[name].hats))


def _who_dispatches(scenario: Scenario, both: Sequence[str]) -> str:
    """The group that is named after the desk, else the smallest, else the last."""
    named = [name for name in both if "dispatch" in name]
    return named[0] if named else min(reversed(both), key=lambda name: _size(scenario, name))


# ---- plans as numbers, for a search ----------------------------------------------------------------------------------


class Staffing(NamedTuple):
    """A staffing plan as a search sees it: heads and shift of each group, and whether the office is cross-trained.

    ``counts`` and ``shifts`` (minutes by which all shifts of a group start later, negative earlier) are in the order
    of ``groups``.
    """

    groups: tuple[str, ...]
    counts: tuple[int, ...]
    shifts: tuple[int, ...]
    trained: bool


SHIFT_MIN = 30  # a shift is moved by so much at a time
MOST_SHIFT_MIN = 120


def staffing(scenario: Scenario) -> Staffing:
    """The plan that a scenario has now: its own heads, shifts where they are, nobody trained who is not yet."""
    groups = tuple(_staffed(scenario))
    return Staffing(groups, tuple(_size(scenario, name) for name in groups), (0,) * len(groups), False)


def staffed(scenario: Scenario, plan: Staffing) -> Scenario:
    """The shop under that plan, whoever is in the office trained if it says so. A shift never passes midnight."""
    found = with_count(scenario, dict(zip(plan.groups, plan.counts, strict=True)))
    if plan.trained:
        found = next((step.plan for step in reversed([*_training(found)])), found)
    moved = {
        name: {"shifts": tuple(_moved(shift, by) for shift in found.people[name].shifts)}
        for name, by in zip(plan.groups, plan.shifts, strict=True)
        if by
    }
    return with_groups(found, moved)


def _moved(shift: Shift, by: float) -> Shift:
    def later(at: float) -> float:
        return min(max(at + by, 0.0), DAY_MIN)

    return shift.model_copy(
        update={
            "start": later(shift.start),
            "end": later(shift.end),
            "lunch": None if shift.lunch is None else later(shift.lunch),
            "breaks": tuple(later(at) for at in shift.breaks),
        }
    )


def neighbours(scenario: Scenario, plan: Staffing, *, shifts: bool = True) -> Iterator[Staffing]:
    """The plans one move away that make sense: one more, one fewer, shifts half an hour apart, training or not.

    Every hat that somebody wears today and every trade stays with somebody, and no shift is cut short by midnight.
    """
    for at, _ in enumerate(plan.groups):
        for change in (1, -1):
            other = plan._replace(counts=_changed(plan.counts, at, change))
            if other.counts[at] >= 0 and (change > 0 or _can_do_all(scenario, other)):
                yield other
    if scenario.jobs.types and any(True for _ in _training(scenario)):
        other = plan._replace(trained=not plan.trained)
        if other.trained or _can_do_all(scenario, other):
            yield other
    for at, _ in enumerate(plan.groups if shifts else ()):
        for change in (SHIFT_MIN, -SHIFT_MIN):
            other = plan._replace(shifts=_changed(plan.shifts, at, change))
            if plan.counts[at] and abs(other.shifts[at]) <= MOST_SHIFT_MIN and _within_a_day(scenario, other, at):
                yield other


def _can_do_all(scenario: Scenario, plan: Staffing) -> bool:
    """Whether the people of a plan have every hat and trade that somebody has today."""
    after = [group for group in staffed(scenario, plan).people.values() if group.count]
    worn = {hat for group in after for hat in (*group.hats, *group.covers)}
    trades = {trade for group in after for trade in group.trades}
    today = [group for group in scenario.people.values() if group.count]
    return all(set(group.hats) <= worn and set(group.trades) <= trades for group in today)


def _within_a_day(scenario: Scenario, plan: Staffing, at: int) -> bool:
    by = plan.shifts[at]
    shifts = scenario.people[plan.groups[at]].shifts
    return all(shift.start + by >= 0.0 and shift.end + by <= DAY_MIN for shift in shifts)


def _changed(numbers: tuple[int, ...], at: int, by: int) -> tuple[int, ...]:
    return (*numbers[:at], numbers[at] + by, *numbers[at + 1 :])
