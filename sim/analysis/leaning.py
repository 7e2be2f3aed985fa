"""What a conclusion leans on: the settings that nobody has measured and that matter between these plans.

The rule: first the settings graded ``assumption`` that the plans set differently; then, in the order of
``MECHANISMS``, the assumptions behind whatever sets the plans apart or what all of them exercise; at most four.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from sim.scenarios.leaves import fits, leaves, unlike
from sim.shop.scenario import Scenario

MOST = 4
Plans = Sequence[Scenario]


class Mechanism(NamedTuple):
    """A part of the model: what it is called, when it matters between plans, and its settings."""

    name: str
    matters: Callable[[Plans], bool]
    settings: tuple[str, ...]  # a star stands for every name there


class Leaning(NamedTuple):
    """Something assumed: the mechanism behind it, or nothing where the plans themselves set it differently."""

    mechanism: str
    patterns: tuple[str, ...]  # its settings, with stars
    settings: tuple[tuple[str, ...], ...]  # the settings that each pattern stands for


def leaning(plans: Plans) -> list[Leaning]:
    """The assumptions that a comparison of these plans (or one of them alone) leans on most, by the rule above."""
    found = [Leaning("", (name,), ((name,),)) for name in set_differently(plans)][:MOST]
    table = leaves(plans[0])
    for mechanism in MECHANISMS:
        named = {name for each in found for names in each.settings for name in names}
        if len(found) < MOST and mechanism.matters(plans):
            names = tuple(tuple(name for name in table if fits(name, each)) for each in mechanism.settings)
            if any(names) and named.isdisjoint(name for some in names for name in some):
                found.append(Leaning(mechanism.name, mechanism.settings, names))
    return found


def set_differently(plans: Plans) -> list[str]:
    """The assumptions that the plans themselves set differently."""
    return [
        name
        for name, there in unlike(plans).items()
        if any(leaf and leaf.assumed for leaf in there) and _own(name, there)
    ]


def _own(name: str, there: Sequence[object]) -> bool:
    """A group that only some plans have is a plan's people, not an assumption."""
    return not (name.startswith("people.") and None in there)


def _roles(plan: Scenario) -> tuple[object, ...]:
    """Who wears and covers which hats, however the groups are called, and the focus rules."""
    worn = sorted((group.hats, group.covers, group.count, group.focus or "") for group in plan.people.values())
    return (worn, plan.attention.focus)


def _roles_differ(plans: Plans) -> bool:
    return any(_roles(plan) != _roles(plans[0]) for plan in plans)


def _several_hats(plans: Plans) -> bool:
    return any(len({*group.hats, *group.covers}) > 1 for plan in plans for group in plan.people.values() if group.count)


def _have_jobs(plans: Plans) -> bool:
    return any(plan.jobs.types for plan in plans)


def _screens(plans: Plans) -> bool:
    ladder = any(plan.ladder.enabled and "screen" in plan.ladder.steps for plan in plans)
    return ladder or any(plan.screening.enabled for plan in plans)


def _one_has(read: Callable[[Scenario], object]) -> Callable[[Plans], bool]:
    return lambda plans: any(read(plan) != read(plans[0]) for plan in plans)


MECHANISMS = (
    Mechanism(
        "screening",
        _screens,
        ("calls.tier_misread", "screening.declined_talk_share"),
    ),
    Mechanism(
        "manuals",
        _one_has(lambda plan: plan.handoffs.manuals),
        ("handoffs.manuals_factor", "handoffs.mastery"),
    ),
    Mechanism(
        "shared board",
        _one_has(lambda plan: plan.handoffs.shared_board),
        ("handoffs.shared_board_factor",),
    ),
    Mechanism(
        "drops by role",
        lambda plans: _have_jobs(plans) and _roles_differ(plans),
        ("handoffs.*.drop_between", "handoffs.*.drop_to_self", "handoffs.*.drop_per_interruption"),
    ),
    Mechanism(
        "gifts",
        _roles_differ,
        ("gifts.phone_sd", "gifts.desk_sd", "gifts.correlation"),
    ),
    Mechanism(
        "changing hats",
        _several_hats,
        ("attention.switch_s", "attention.resume_lag_s"),
    ),
    Mechanism(
        "patience",
        lambda plans: True,
        ("calls.types.*.patience_min", "calls.competitor_half_life_min"),
    ),
    Mechanism(
        "drops",
        _have_jobs,
        ("handoffs.*.drop_between", "handoffs.*.drop_per_interruption"),
    ),
    Mechanism(
        "forgiving",
        _have_jobs,
        ("satisfaction.forgotten_weight", "satisfaction.referral_chance"),
    ),
)
