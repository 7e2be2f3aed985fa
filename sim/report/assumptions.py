"""What a conclusion leans on: the settings that nobody has measured and that matter between these plans.

The rule, which the page prints: first the settings graded ``assumption`` that the plans set differently; then, in
the order of ``MECHANISMS``, the assumptions behind whatever sets the plans apart or what all of them exercise; at most
four.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from sim.distributions import Distribution
from sim.report.numbers import THIN, rounded
from sim.report.settings import Different, Leaf, differences, in_words, leaves
from sim.shop.scenario import Scenario

MOST = 4
RULE = (
    "Chosen by rule: first, settings graded as assumptions that the plans set differently; then the assumptions "
    "behind the mechanisms that set the plans apart, and behind those that all of them exercise; at most four."
)

Plans = Sequence[Scenario]


class Assumption(NamedTuple):
    """Something that nobody has measured, and the settings to try other values with."""

    words: str  # what it is, in a few words
    detail: str  # what is assumed
    settings: tuple[str, ...]


class Mechanism(NamedTuple):
    """A part of the model: when it matters between plans, its settings, and what they are in plain words."""

    matters: Callable[[Plans], bool]
    settings: tuple[str, ...]  # a star stands for every name there
    words: str
    detail: str  # {0}, {1}, ... are the assumed values of the settings


def leaning(plans: Plans) -> list[Assumption]:
    """The assumptions that a comparison of these plans (or one of them alone) leans on most, by the rule above."""
    found = [_set_differently(each, plans) for each in differences(plans) if each.assumed][:MOST]
    for mechanism in MECHANISMS:
        named = {name for assumption in found for name in assumption.settings}
        if len(found) < MOST and mechanism.matters(plans):
            behind = _behind(mechanism, plans[0])
            if behind.settings and named.isdisjoint(behind.settings):
                found.append(behind)
    return found


def _set_differently(different: Different, plans: Plans) -> Assumption:
    values = ", ".join(
        f"{value} in {plan.name or 'one plan'}" for value, plan in zip(different.values, plans, strict=True)
    )
    return Assumption(different.doc.removesuffix("."), values, (different.name,))


def _behind(mechanism: Mechanism, plan: Scenario) -> Assumption:
    table = leaves(plan)
    names = [[name for name in table if _fits(name, pattern)] for pattern in mechanism.settings]
    values = [_range([table[name] for name in some]) for some in names]
    return Assumption(mechanism.words, mechanism.detail.format(*values), tuple(name for some in names for name in some))


def _fits(name: str, pattern: str) -> bool:
    parts, wanted = name.split("."), pattern.split(".")
    return len(parts) == len(wanted) and all(b in ("*", a) for a, b in zip(parts, wanted, strict=True))


def _range(found: Sequence[Leaf]) -> str:
    """The value of a setting, or the range over all that a star stands for; shares in per cent."""
    shares = [leaf.value for leaf in found if _is_share(leaf)]
    if shares and len(shares) == len(found):
        low, high = (rounded(100.0 * end, 0.0) for end in (min(shares), max(shares)))
        return f"{low if low == high else f'{low} to {high}'}{THIN}%"
    means = [mean for leaf in found if (mean := _mean(leaf.value)) is not None]
    if len(means) == len(found) > 1 and min(means) < max(means):
        return f"{rounded(min(means), 0.0)} to {rounded(max(means), 0.0)}{THIN}min on average"
    words = list(dict.fromkeys(in_words(leaf.value, leaf.about.get("unit", "")) for leaf in found))
    return words[0] if len(words) == 1 else f"{words[0]} and others" if words else "nothing"


def _mean(value: object) -> float | None:
    """The mean in minutes of a duration that is the same all day, if it is one and finite."""
    only = value[0].value if isinstance(value, tuple) and len(value) == 1 and hasattr(value[0], "value") else value
    if not isinstance(only, Distribution) or (only.family == "empirical" and only.values is None):
        return None
    mean = only.expectation()
    return mean if math.isfinite(mean) else None


def _is_share(leaf: Leaf) -> bool:
    """A number from 0 to 1 without a unit that could not be negative: a correlation is none."""
    sensible = leaf.about.get("sensible") or (0.0, 1.0)
    return (
        isinstance(leaf.value, float) and 0.0 <= leaf.value <= 1.0 and sensible[0] >= 0 and not leaf.about.get("unit")
    )


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
        _screens,
        ("calls.tier_misread", "screening.declined_talk_share"),
        "how well the office knows who has to love it",
        "the tier is misread in {0} of cases; a declined call takes {1} of the talk",
    ),
    Mechanism(
        _one_has(lambda plan: plan.handoffs.manuals),
        ("handoffs.manuals_factor", "handoffs.mastery"),
        "how much manuals help",
        "they lower what a hand-off lacks to {0}, and {1} of them is known by heart",
    ),
    Mechanism(
        _one_has(lambda plan: plan.handoffs.shared_board),
        ("handoffs.shared_board_factor",),
        "how much a shared board helps",
        "it lowers drops between people to {0}",
    ),
    Mechanism(
        lambda plans: _have_jobs(plans) and _roles_differ(plans),
        ("handoffs.*.drop_between", "handoffs.*.drop_to_self", "handoffs.*.drop_per_interruption"),
        "how often hand-offs are dropped",
        "{0} between two people, {1} to oneself, {2} more at each interruption, by kind of hand-off",
    ),
    Mechanism(
        _roles_differ,
        ("gifts.phone_sd", "gifts.desk_sd", "gifts.correlation"),
        "how much people differ",
        "by {0} on the phone and {1} at the desk, with a correlation of {2} between the two",
    ),
    Mechanism(
        _several_hats,
        ("attention.switch_s", "attention.resume_lag_s"),
        "what changing hats takes",
        "{0}, and {1} to find back into work that was interrupted",
    ),
    Mechanism(
        lambda plans: True,
        ("calls.types.*.patience_min", "calls.competitor_half_life_min"),
        "how patient callers are",
        "they wait {0} before they hang up, and half of those who did have somebody else after {1}",
    ),
    Mechanism(
        _have_jobs,
        ("handoffs.*.drop_between", "handoffs.*.drop_per_interruption"),
        "how often hand-offs are dropped",
        "{0} between two people and {1} more at each interruption",
    ),
    Mechanism(
        _have_jobs,
        ("satisfaction.forgotten_weight", "satisfaction.referral_chance"),
        "what customers forgive",
        "being forgotten takes {0} of their satisfaction, and {1} of the fully satisfied send another",
    ),
)
