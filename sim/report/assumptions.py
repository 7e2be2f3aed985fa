"""What a conclusion leans on: the settings that nobody has measured and that matter between these plans.

In words, from the rule of `sim.analysis.leaning`, which the page prints.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from sim.analysis import leaning as rule
from sim.analysis.leaning import MOST, Leaning
from sim.distributions import Distribution
from sim.report.numbers import THIN, rounded
from sim.report.settings import Different, Leaf, differences, in_words, leaves
from sim.shop.scenario import Scenario

RULE = (
    "Chosen by rule: first, settings graded as assumptions that the plans set differently; then the assumptions "
    "behind the mechanisms that set the plans apart, and behind those that all of them exercise; at most four."
)


class Assumption(NamedTuple):
    """Something that nobody has measured, and the settings to try other values with."""

    words: str  # what it is, in a few words
    detail: str  # what is assumed
    settings: tuple[str, ...]


def leaning(plans: Sequence[Scenario]) -> list[Assumption]:
    """The assumptions that a comparison of these plans (or one of them alone) leans on most, in words."""
    apart = {each.name: each for each in differences(plans) if each.assumed}
    found = rule.leaning(plans)
    return [
        _behind(each, plans[0]) if each.mechanism else _set_differently(apart[each.patterns[0]], plans)
        for each in found
    ]


def _set_differently(different: Different, plans: Sequence[Scenario]) -> Assumption:
    values = ", ".join(
        f"{value} in {plan.name or 'one plan'}" for value, plan in zip(different.values, plans, strict=True)
    )
    return Assumption(different.doc.removesuffix("."), values, (different.name,))


def _behind(found: Leaning, plan: Scenario) -> Assumption:
    table = leaves(plan)
    what, detail = WORDS[found.mechanism]
    values = [_range([table[name] for name in some]) for some in found.settings]
    return Assumption(what, detail.format(*values), tuple(name for some in found.settings for name in some))


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


WORDS = {  # of a mechanism: what it is, and what is assumed ({0}, {1}, ... are the values of its settings)
    "screening": (
        "how well the office knows who has to love it",
        "the tier is misread in {0} of cases; a declined call takes {1} of the talk",
    ),
    "manuals": (
        "how much manuals help",
        "they lower what a hand-off lacks to {0}, and {1} of them is known by heart",
    ),
    "shared board": (
        "how much a shared board helps",
        "it lowers drops between people to {0}",
    ),
    "drops by role": (
        "how often hand-offs are dropped",
        "{0} between two people, {1} to oneself, {2} more at each interruption, by kind of hand-off",
    ),
    "gifts": (
        "how much people differ",
        "by {0} on the phone and {1} at the desk, with a correlation of {2} between the two",
    ),
    "changing hats": (
        "what changing hats takes",
        "{0}, and {1} to find back into work that was interrupted",
    ),
    "patience": (
        "how patient callers are",
        "they wait {0} before they hang up, and half of those who did have somebody else after {1}",
    ),
    "drops": (
        "how often hand-offs are dropped",
        "{0} between two people and {1} more at each interruption",
    ),
    "forgiving": (
        "what customers forgive",
        "being forgotten takes {0} of their satisfaction, and {1} of the fully satisfied send another",
    ),
}

__all__ = ["MOST", "RULE", "WORDS", "Assumption", "leaning"]
