"""How a comparison ended, in sentences: what was asked for, whether it was reached, and what was chosen."""

from __future__ import annotations

from sim.analysis import Comparison, Ended
from sim.kpis import KPIS
from sim.report import words
from sim.report.measures import currency, label
from sim.report.numbers import amount, rounded, scale, step
from sim.report.words import answer, footnote, listed
from sim.statistics import Estimate, Precision, Reason, Zone

_STOPPED = {
    Ended.BUDGET: "the budget of runs was spent first",
    Ended.INTERRUPTED: "it was interrupted first",
    Ended.GIVEN_UP: "a run could not be had: its process was killed again and again",
}

_AFTER_SELECTION = (
    "Intervals after selection: the plans were kept or dropped for these results, so read them as a description."
)
_FEW = 0.3  # effective observations a replication; normal differences have 0.64


def sentences(comparison: Comparison) -> list[str]:
    """The answer, and below it how the study ended and what to make of its intervals."""
    if isinstance(comparison.wish, Zone):
        return [_chosen(comparison, comparison.wish), *_dropped(comparison), *_doubts(comparison)]
    found = answer(comparison.results)
    if isinstance(comparison.wish, Precision):
        found.append(_precise(comparison, comparison.wish))
    elif comparison.ended is Ended.BUDGET:
        found.append(f"The budget of runs was spent before all {comparison.wish:,} replications were there.")
    return found + _doubts(comparison)


def title(comparison: Comparison) -> str:
    """The answer in a few words, as a title for pages."""
    plans = comparison.results.plans
    if not isinstance(comparison.wish, Zone):
        return words.title(comparison.results)
    if comparison.best is None:
        return f"None of {len(plans)} plans is chosen yet"
    return f"{plans[comparison.best]} is chosen as the best of {len(plans)} plans"


def interim(plan: str, measure: str, so_far: Estimate, goal: float, money: str) -> str:
    """Where a study stands, for a bar: ``separate $84,000 ± 30,000, wished ± 20,000``."""
    how = scale(KPIS[measure], money)
    width = rounded(so_far.half_width * how.factor, step(so_far.half_width * how.factor))
    wished = f", wished ± {rounded(goal * how.factor, 0.0)}" if goal == goal else ""
    return f"{plan} {amount(so_far.mean, so_far.half_width, how)} ± {width}{wished}"


def as_data(comparison: Comparison) -> dict[str, object]:
    """How it ended, for JSON."""
    plans = comparison.results.plans
    found: dict[str, object] = {"ended": comparison.ended.value, "measure": comparison.measure}
    if isinstance(comparison.wish, Zone):
        found |= {
            "chosen": None if comparison.best is None else plans[comparison.best],
            "indifference_zone": comparison.wish.delta,
            "probability": comparison.wish.probability,
            "dropped": [{"plan": plans[plan], "replications": n} for plan, n in comparison.eliminated],
            "intervals": "after selection",
        }
    elif isinstance(comparison.wish, Precision):
        found |= {"half_width": comparison.wish.absolute, "relative": comparison.wish.relative}
    if comparison.results.level > 0.95:
        found["intervals"] = "hold all at once (Bonferroni)"
    return found


def remarks(comparison: Comparison) -> str:
    """What the numbers of the table are."""
    text = footnote(comparison.results)
    if isinstance(comparison.wish, Zone):
        return f"{text} {_AFTER_SELECTION}"
    if comparison.comparisons == 1:
        return text
    if comparison.results.level > 0.95:
        return f"{text} The {comparison.comparisons} differences of a line hold all at once with 95 % (Bonferroni)."
    return f"{text} Each difference is at 95 % alone: of twenty, one may be wrong (--together corrects for that)."


def _amount(comparison: Comparison, x: float) -> str:
    return amount(x, 0.0, scale(KPIS[comparison.measure], currency(comparison.results)))


def _what(comparison: Comparison) -> str:
    return label(comparison.measure, comparison.results)


def _precise(comparison: Comparison, wish: Precision) -> str:
    goal = f"± {_amount(comparison, wish.absolute)}"
    if wish.relative:
        goal = f"± {wish.relative:.3g} of it, or {goal}"
    every = "the difference" if comparison.comparisons == 1 else "every difference"
    ran = f"{comparison.results.asked:,} replications"
    if comparison.ended is Ended.PRECISE:
        return f"{every.capitalize()} in {_what(comparison)} is known to {goal}, as asked: that took {ran}."
    known = f"{every.capitalize()} in {_what(comparison)} was to be known to {goal}"
    return f"{known}, but {_STOPPED[comparison.ended]} ({ran})."


def _chosen(comparison: Comparison, wish: Zone) -> str:
    plans, zone = comparison.results.plans, _amount(comparison, wish.delta)
    runs = f"{int(comparison.results.finished.sum()):,} runs"
    if comparison.best is None:
        left = [name for place, name in enumerate(plans) if place not in {gone for gone, _ in comparison.eliminated}]
        return f"Nothing is chosen yet, because {_STOPPED[comparison.ended]} ({runs}); still in play: {listed(left)}."
    return (
        f"{plans[comparison.best]} is chosen as the best of {len(plans)} plans by {_what(comparison)}: that is right "
        f"with at least {100 * wish.probability:g} % wherever the best is {zone} or more ahead of the next, and else "
        f"what is chosen is within {zone} of the best (Kim and Nelson's procedure, {runs})."
    )


def _dropped(comparison: Comparison) -> list[str]:
    if not comparison.eliminated:
        return []
    went = [f"{comparison.results.plans[plan]} after {n:,} replications" for plan, n in comparison.eliminated]
    return [f"Dropped on the way: {listed(went)}."]


def _doubts(comparison: Comparison) -> list[str]:
    """A warning where the shape of the differences says that an interval promises too much."""
    found = []
    for plan in range(1, len(comparison.results.plans)):
        doubt = comparison.doubt(plan)
        if Reason.FEW in doubt.reasons and 0.0 < doubt.effective < _FEW * doubt.n:
            why = "it hangs on a handful of replications"
        elif Reason.SKEWED in doubt.reasons:
            why = "the differences are strongly skewed"
        else:
            continue
        name = comparison.results.plans[plan]
        found.append(
            f"Do not trust the interval of {name} too far: {why} ({doubt.n:,} so far; more replications help)."
        )
    return found
