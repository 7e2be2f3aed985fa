"""The next hire in words and as a table: what each step brings, how sure that is, and what a bad week looks like."""

from __future__ import annotations

import math

from sim.analysis import Choice, Hiring
from sim.kpis import KPIS
from sim.report.machine import finite
from sim.report.machine import limits as limits_of
from sim.report.measures import currency
from sim.report.numbers import NONE, Scale, amount, limits, plain, rounded, scale, tells
from sim.report.tables import Table, signed
from sim.report.words import leaning_sentence
from sim.shop.staffing import Step

MONEY = "contribution_per_year"
SURE = 0.05  # a step that is worse than staying with no more than this probability is worth taking


def words(step: Step) -> str:
    """A step as an owner would say it."""
    what, _, group = step.key.partition(" ")
    said = {
        "stay": "leave all as it is",
        "train": "cross-train the whole office",
        "merge": "both hats for everybody in the office",
        "split": "split the roles",
    }
    if not group:
        return said[what]
    name = group.replace("_", " ")
    return {"more": f"one more {name}", "fewer": f"one {name} fewer", "train": f"cross-train {name}"}[what]


def sentences(hiring: Hiring) -> list[str]:
    """What to do next, how sure that is, and whether there are too many people now."""
    best = hiring.choices[0]
    return [_best(hiring, best), *_rival(hiring), *_overstaffed(hiring), leaning_sentence(hiring.results)]


def _money(hiring: Hiring) -> Scale:
    return scale(KPIS[MONEY], currency(hiring.results))


def _best(hiring: Hiring, best: Choice) -> str:
    n = best.gain.n
    if best.step.key == "stay":
        return f"No single step brings more than to leave all as it is, by {n:,} replications."
    how = _money(hiring)
    size = amount(best.gain.mean, best.gain.half_width, how)
    low, high = limits(best.gain, how)
    sure = "" if tells(best.gain) else ", so that cannot be told from nothing"
    return (
        f"The best next step is: {words(best.step)}. It brings {size} a year, 95 % between {low} and {high}{sure}; "
        f"{_payback(hiring, best)}{_bad_week(hiring, best)}."
    )


def _payback(hiring: Hiring, choice: Choice) -> str:
    how = _money(hiring)
    if choice.once <= 0.0:
        return "it costs nothing once"
    cost = amount(choice.once, 0.0, how)
    weeks = choice.payback_weeks
    return (
        f"it costs {cost} once, paid back in about {weeks:,.0f} weeks" if weeks < math.inf else f"it costs {cost} once"
    )


def _bad_week(hiring: Hiring, choice: Choice) -> str:
    if math.isnan(choice.bad_week.mean):
        return ""
    how = _money(hiring)
    bad, today = (amount(c.bad_week.mean, choice.bad_week.half_width, how) for c in (choice, hiring.today))
    return f"; in a bad week (one in twenty) the shop then makes {bad} instead of {today}"


def _rival(hiring: Hiring) -> list[str]:
    """How likely another step is better, and which."""
    second = max(hiring.choices[1:], key=lambda choice: choice.best)
    if hiring.wrong < 0.005:
        return ["That it is the best of these steps is as good as certain."]
    return [
        f"With {100 * hiring.wrong:.0f} % another of these steps is better, most likely: {words(second.step)} "
        f"({100 * second.best:.0f} %)."
    ]


def _overstaffed(hiring: Hiring) -> list[str]:
    """Am I overstaffed? One fewer of each, as far as that can be told."""
    fewer = [choice for choice in hiring.choices if choice.step.hired < 0]
    if not fewer:
        return []
    how = _money(hiring)
    gains = [choice for choice in fewer if choice.worse <= SURE]
    if gains:
        said = "; ".join(f"{words(c.step)} brings {amount(c.gain.mean, c.gain.half_width, how)} a year" for c in gains)
        return [f"Overstaffed? It looks so: {said}."]
    losses = [choice for choice in fewer if choice.worse >= 1.0 - SURE]
    if len(losses) == len(fewer):
        return ["Overstaffed? No: one fewer of anybody loses money."]
    open_ = [words(choice.step) for choice in fewer if choice not in losses]
    return [f"Overstaffed? Not that these runs could tell; open is: {', '.join(open_)}."]


def table(hiring: Hiring) -> Table:
    """One row a step, best first; differences are to today's plan."""
    money = currency(hiring.results)
    how, share, hours = (scale(KPIS[key], money) for key in (MONEY, "abandoned_share", "billable_h_per_technician_day"))
    rows = []
    for choice in hiring.choices:
        today = choice.step.key == "stay"
        rows.append(
            (
                words(choice.step),
                NONE if today else signed(choice.gain, how),
                f"{100 * choice.best:.0f}",
                NONE if today else f"{100 * choice.worse:.0f}",
                NONE if choice.once <= 0.0 else rounded(choice.once, 0.0),
                _weeks(choice),
                NONE if today else signed(choice.abandoned, share),
                NONE if today else signed(choice.billable, hours),
                plain(choice.bad_week, how),
            )
        )
    headers = (
        "step", f"brings, {how.unit}", "best, %", "worse than staying, %", f"costs once, {money}", "paid back, weeks",
        "calls abandoned, % points", "billable, h a technician-day", f"in a bad week, {money}",
    )  # fmt: skip
    return Table("", headers, tuple(rows), fixed=1)


def _weeks(choice: Choice) -> str:
    if math.isnan(choice.payback_weeks):
        return NONE
    return "never" if math.isinf(choice.payback_weeks) else f"{choice.payback_weeks:,.0f}"


def as_data(hiring: Hiring) -> dict[str, object]:
    """The steps, best first, for JSON."""
    results = hiring.results
    return {
        "seed": results.seed, "days": results.days, "replications": results.asked,
        "probability_wrong": finite(hiring.wrong),
        "steps": [_step_data(choice) for choice in hiring.choices],
    }  # fmt: skip


def _step_data(choice: Choice) -> dict[str, object]:
    return {
        "step": choice.step.key, "words": words(choice.step), "gain": limits_of(choice.gain),
        "probability_best": finite(choice.best), "probability_worse_than_staying": finite(choice.worse),
        "costs_once": choice.once, "payback_weeks": finite(choice.payback_weeks),
        "abandoned_share_difference": limits_of(choice.abandoned),
        "billable_h_per_technician_day_difference": limits_of(choice.billable),
        "bad_week": limits_of(choice.bad_week), "bad_week_difference": limits_of(choice.bad_week_gain),
    }  # fmt: skip


def remarks(hiring: Hiring) -> str:
    """What the numbers of the table are."""
    results = hiring.results
    return (
        f"Mean ± half of the 95 % interval over {results.asked:,} replications of {results.days:,} days, seed "
        f"{results.seed}, each step against leaving all as it is, on the same callers. Money is contribution by "
        "expected tickets: the same on average as realised money, with less noise. “Best” and “worse than staying” are "
        "probabilities by the spread of these runs, and so as good as the model; a bad week is the 5th percentile of a "
        "year's weeks. What a step costs once is a setting (prices.hiring_per_head, prices.training_per_head)."
    )


__all__ = ["remarks", "sentences", "table", "words"]
