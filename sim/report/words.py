"""The answer in sentences: who brings more, how sure that is, what it costs and what it leans on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sim.kpis import KPIS
from sim.report.assumptions import leaning
from sim.report.measures import costs_of, currency, label
from sim.report.numbers import Scale, about, amount, limits, scale, tells
from sim.statistics import Estimate
from sim.study.results import Results

COSTS = 3  # at most so many measures that get worse
DIGITS = 3  # of the numbers in parentheses
FAR = 20_000  # replications that nobody runs


class Headline(NamedTuple):
    """A measure that an answer can lead with, and how it is said."""

    key: str
    brings: str
    more: str
    less: str
    alone: str  # after the amount, where nothing is compared
    sign: float  # 1 where more is better
    matters: str  # the plans must have this measure, and not 0 in all of them


MONEY = Headline("contribution_per_year", "brings", "more a year", "less a year", " a year", 1.0, "potential")
PHONES = Headline(
    "abandoned_share", "loses", "more of all calls", "fewer of all calls", " of all calls", -1.0, "abandoned_share"
)
WAITS = Headline("wait_all_mean_s", "lets callers wait", "longer", "shorter", " on average", -1.0, "calls_offered")


def headline(results: Results) -> Headline:
    """Money where there is any to win, else what callers meet."""
    for lead in (MONEY, PHONES, WAITS):
        if (
            results.has(lead.key)
            and results.has(lead.matters)
            and results.values[:, :, results.keys.index(lead.matters)].any()
        ):
            return lead
    return MONEY


def answer(results: Results) -> list[str]:
    """The answer: for one plan what it brings; else the best plan first, then the others against the first plan."""
    if len(results.plans) == 1:
        return [_alone(results)]
    lead = headline(results)
    best, *others = ranked(results, lead)
    leading = best or others[0]  # where the first plan is the best, it is held against the next
    sentences = [_against(results, leading, lead, whole=True)]
    sentences += [_against(results, plan, lead) for plan in (best, *others) if plan not in (0, leading)]
    return sentences + _best_two(results, best, others[0], lead)


def ranked(results: Results, lead: Headline) -> list[int]:
    """Places of the plans, best first, by the mean of the headline's measure; the first plan stands at 0."""

    def less(plan: int) -> float:
        mean = results.difference(plan, lead.key).mean if plan else 0.0
        return -mean * lead.sign if mean == mean else float("inf")

    return sorted(range(len(results.plans)), key=less)


def title(results: Results) -> str:
    """The first clause of the answer, as a title for pictures and pages."""
    lead = headline(results)
    if len(results.plans) == 1:
        return f"What {results.plans[0]} brings"
    best, second = ranked(results, lead)[:2]
    plan = best or second
    if not tells(results.difference(plan, lead.key)):
        return f"No difference between {results.plans[plan]} and {results.plans[0]} can be told"
    return _clause(results, best, 0 if best else second, lead)[0]


def _against(results: Results, plan: int, lead: Headline, *, whole: bool = False) -> str:
    """One plan against the first in a sentence; where it is the whole answer, the better of the two is its subject."""
    difference = results.difference(plan, lead.key)
    if difference.low == difference.high == 0.0:
        return _alike(results, plan, lead)
    if not tells(difference):
        return _cannot_tell(results, plan, lead, whole)
    if not whole:
        return "{}, 95 % {}.".format(*_clause(results, plan, 0, lead))
    winner, loser = (plan, 0) if difference.mean * lead.sign > 0.0 else (0, plan)
    clause, between = _clause(results, winner, loser, lead)
    return f"{clause}, 95 % {between}; {_costs(results, winner, loser)}; {leans_on(results)}."


def _alike(results: Results, plan: int, lead: Headline) -> str:
    """Two plans that do not differ in what an answer leads with: in nothing, or only in other measures."""
    names = f"{results.plans[plan]} and {results.plans[0]}"
    if np.array_equal(results.values[plan], results.values[0], equal_nan=True):
        return f"{names} give exactly the same in every replication."
    return f"{names} have the same {label(lead.key, results)} in every replication, and differ in other measures."


def _best_two(results: Results, best: int, second: int, lead: Headline) -> list[str]:
    """Whether the best is really better than the next, where neither is the first plan."""
    if 0 in (best, second):
        return []
    if tells(results.difference(best, lead.key, second)):
        return ["{}, 95 % {}.".format(*_clause(results, best, second, lead))]
    ran = _times(results.pairs(best, second))
    return [f"{ran} cannot tell whether {results.plans[best]} or {results.plans[second]} is better."]


def _clause(results: Results, plan: int, against: int, lead: Headline) -> tuple[str, str]:
    """``separate brings $84,000 more a year than combined`` and ``between $61,000 and $107,000``."""
    difference = results.difference(plan, lead.key, against)
    how = _points(scale(KPIS[lead.key], currency(results)))
    turn = 1.0 if difference.mean >= 0.0 else -1.0
    size = amount(abs(difference.mean), difference.half_width, how)
    low, high = limits(difference, how, turn)
    names = results.plans[plan], results.plans[against]
    clause = f"{names[0]} {lead.brings} {size} {lead.more if turn > 0 else lead.less} than {names[1]}"
    return clause, f"between {low} and {high}"


def _points(how: Scale) -> Scale:
    """Differences of per cents are percentage points."""
    return how._replace(after=" percentage points") if how.unit == "%" else how


def _cannot_tell(results: Results, plan: int, lead: Headline, whole: bool) -> str:
    difference = results.difference(plan, lead.key)
    names = results.plans[plan], results.plans[0]
    ran = results.pairs(plan)
    if difference.n < 2:
        return f"{_times(ran)} cannot tell {names[0]} from {names[1]}: run at least 2, better 10 (--replications 10)."
    clause, between = _clause(results, plan, 0, lead)
    found = f"{clause}, but 95 % {between}"
    how = _points(scale(KPIS[lead.key], currency(results)))
    if not _is_something(amount(difference.mean, difference.half_width, how)):
        low, high = limits(difference, how)
        found = f"{names[0]} {lead.brings} between {low} and {high} {lead.more} than {names[1]}, with 95 %"
    leans = f"; {leans_on(results)}" if whole else ""
    verb = f"{lead.brings} {'more' if lead.sign > 0 else 'less'}"
    more = _more_runs(results, plan, lead, difference)
    doubt = f"{_times(ran)} cannot tell whether {names[0]} or {names[1]} {verb}"
    return f"{doubt}: {found}; {more}{leans}."


def _is_something(text: str) -> bool:
    """Whether an amount is not 0 as it is rounded."""
    return any(digit in text for digit in "123456789")


def _times(n: int) -> str:
    return "One replication" if n == 1 else f"{n:,} replications"


def _more_runs(results: Results, plan: int, lead: Headline, difference: Estimate) -> str:
    """How many more would tell, if the mean and spread stay as they are."""
    needed = results.to_tell(plan, lead.key)
    if needed is None or needed - difference.n > FAR:
        return "the plans are so alike that no practical number of replications would tell"
    more = max(1, needed - difference.n)
    what = "1 more replication" if more == 1 else f"{about(more)} more replications"
    return f"about {what} would, if the mean stays as it is"


def _costs(results: Results, winner: int, loser: int) -> str:
    """What gets worse, beyond doubt, with the better plan."""
    worse = costs_of(results, winner, loser)[:COSTS]
    if not worse:
        return "no other measure shown gets significantly worse"
    return f"it costs {listed([_instead(results, key, winner, loser) for key in worse])}"


def _instead(results: Results, key: str, winner: int, loser: int) -> str:
    """``calls abandoned (10.2 % instead of 7.1 %)``."""
    after, before = side_by_side(results, key, winner, loser)
    return f"{label(key, results)} ({after} instead of {before})"


def side_by_side(results: Results, key: str, *plans: int) -> list[str]:
    """Means of two plans, as precise as their difference, or as each by itself where that is known better."""
    how, apart = scale(KPIS[key], currency(results)), results.difference(plans[0], key, plans[1]).half_width
    found = [results.estimate(plan, key) for plan in plans]
    return [amount(each.mean, float(np.fmin(apart, each.half_width)), how, DIGITS) for each in found]


def leans_on(results: Results) -> str:
    """Which assumptions the conclusion leans on, in a clause."""
    found = leaning(results.scenarios)
    if not found:
        return "it leans on no assumption that is not a setting of yours"
    return f"it leans on these assumptions: {listed([assumption.words for assumption in found])}"


def leaning_sentence(results: Results) -> str:
    """The same as a sentence of its own."""
    clause = leans_on(results)
    return f"{clause[0].upper()}{clause[1:]}."


def _alone(results: Results) -> str:
    """What one plan brings, and with how much doubt."""
    lead = headline(results)
    estimate, how = results.estimate(0, lead.key), scale(KPIS[lead.key], currency(results))
    turn = -1.0 if lead is MONEY and estimate.mean < 0.0 else 1.0
    size = amount(estimate.mean * turn, estimate.half_width, how)
    verb = lead.brings if turn > 0 else "loses"
    what = f"{results.plans[0]} {verb} {size}{lead.alone}"
    if estimate.n < 2:
        return f"{what} in one replication, so nobody knows how sure that is; {leans_on(results)}."
    if estimate.low == estimate.high:
        return f"{what}, the same in every replication; {leans_on(results)}."
    if lead is MONEY and not tells(estimate):
        between = "between {} and {} a year, with 95 %".format(*limits(estimate, how))
        doubt = f"so {_times(estimate.n)} cannot tell whether it earns or loses"
        return f"{results.plans[0]} {lead.brings} {between}, {doubt}; {leans_on(results)}."
    between = "95 % between {} and {}".format(*limits(estimate, how, turn))
    return f"{what}, {between}; {leans_on(results)}."


def listed(parts: Sequence[str]) -> str:
    """One, two and three."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def footnote(results: Results) -> str:
    """What the numbers of a table are."""
    ran = max(results.replications(plan) for plan in range(len(results.plans)))
    intervals = (
        f"Mean ± half of the 95 % interval over {_times(ran).lower()} of {results.days:,} days, seed {results.seed}"
    )
    if len(results.plans) == 1:
        return f"{intervals}."
    return f"{intervals}; differences are paired by replication, those of per cents are percentage points."
