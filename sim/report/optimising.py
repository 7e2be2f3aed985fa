"""The best staffing found, in words and as a table: what to change, what it brings, and what exactly is promised."""

from __future__ import annotations

from sim.analysis import Ended, Limit, Optimum
from sim.analysis.optimising import Finalist
from sim.kpis import KPIS
from sim.report.machine import finite
from sim.report.machine import limits as limits_of
from sim.report.numbers import NONE, Scale, amount, limits, plain, rounded, scale, with_unit
from sim.report.tables import Table, signed
from sim.report.words import listed
from sim.shop.staffing import Staffing

MONEY = "contribution_per_year"
_STOPPED = {
    Ended.BUDGET: "the budget of runs was spent",
    Ended.INTERRUPTED: "it was interrupted",
    Ended.GIVEN_UP: "a run could not be had: its process was killed again and again",
}


def sentences(found: Optimum) -> list[str]:
    """What to do, what it brings, what is promised, and where the search ended."""
    return [_answer(found), _search(found)]


def _money(found: Optimum) -> Scale:
    return scale(KPIS[MONEY], found.today.plan.prices.currency)


def _answer(found: Optimum) -> str:
    if found.ended is not Ended.CHOSEN:
        return f"Nothing is chosen, because {_STOPPED[found.ended]} before the final was over."
    if found.best is None:
        broken = listed([_limit(limit, found) for limit in found.limits])
        return (
            f"None of the plans of the final keeps to the limits ({broken}): allow more, or let the search go further."
        )
    best, how = found.finalists[found.best], _money(found)
    zone = amount(found.zone.delta, 0.0, how)
    promise = (
        f"with at least {100 * found.zone.probability:g} % no plan of the final that keeps to the limits is {zone} or "
        "more better"
    )
    if best.visited.staffing == found.today.staffing:
        return f"Leave the staff as it is: {promise}."
    low, high = limits(best.gain, how)
    size = amount(best.gain.mean, best.gain.half_width, how)
    return (
        f"The best staffing found: {changes(found.today.staffing, best.visited.staffing)}. It brings {size} a year "
        f"more than today's, 95 % between {low} and {high} on replications that the search had not seen; {promise}."
    )


def _search(found: Optimum) -> str:
    where = (
        "no plan one step away from the best was better"
        if found.local
        else "it stopped before it had seen every plan near the best"
    )
    return f"{len(found.visited):,} plans were looked at; {where}. Other plans, further away, may be better still."


def changes(today: Staffing, plan: Staffing) -> str:
    """What is different from today, in words: ``3 csr instead of 2; technician hvac half an hour earlier``."""
    parts = []
    for name, before, after in zip(plan.groups, today.counts, plan.counts, strict=True):
        if before != after:
            parts.append(f"{after} {name.replace('_', ' ')} instead of {before}")
    for name, by in zip(plan.groups, plan.shifts, strict=True):
        if by:
            parts.append(f"{name.replace('_', ' ')} {abs(by)} min {'later' if by > 0 else 'earlier'}")
    if plan.trained:
        parts.append("the office cross-trained")
    return "; ".join(parts) or "as today"


def _limit(limit: Limit, found: Optimum) -> str:
    how = scale(KPIS[limit.measure], found.today.plan.prices.currency)
    side = "at most" if limit.side == "<=" else "at least"
    return f"{KPIS[limit.measure].label} {side} {with_unit(rounded(limit.value * how.factor, 0.0), how)}"


def table(found: Optimum) -> Table:
    """The finalists, best first."""
    currency, how = found.today.plan.prices.currency, _money(found)
    ways = [scale(KPIS[limit.measure], currency) for limit in found.limits]
    rows = []
    for finalist in found.finalists:
        today = finalist.visited.staffing == found.today.staffing
        cells = [plain(estimate, way) for estimate, way in zip(finalist.limits, ways, strict=True)]
        rows.append(
            (
                "as today" if today else changes(found.today.staffing, finalist.visited.staffing),
                plain(finalist.estimate, how),
                NONE if today else signed(finalist.gain, how),
                *cells,
                "yes" if finalist.kept else "no",
            )
        )
    named = [f"{_limit(limit, found)}" for limit in found.limits]
    headers = ("plan", f"contribution, {how.unit}", f"more than today, {how.unit}", *named, "keeps limits")
    if not found.limits:
        return Table("", headers[:-1], tuple(row[:-1] for row in rows), fixed=1)
    return Table("", headers, tuple(rows), fixed=1)


def remarks(found: Optimum) -> str:
    """What the numbers are."""
    n = max((finalist.estimate.n for finalist in found.finalists), default=0)
    return (
        f"Mean ± half of the 95 % interval over up to {n:,} fresh replications, on the same callers under every plan; "
        "the plans were dropped for their results, so read the intervals as a description. Money is contribution by "
        "expected tickets."
    )


def as_data(found: Optimum) -> dict[str, object]:
    """The finalists and how it ended, for JSON."""
    return {
        "ended": found.ended.value, "local": found.local, "visited": len(found.visited),
        "indifference_zone": found.zone.delta, "probability": found.zone.probability,
        "best": None if found.best is None else _data(found.finalists[found.best], found),
        "finalists": [_data(finalist, found) for finalist in found.finalists],
    }  # fmt: skip


def _data(finalist: Finalist, found: Optimum) -> dict[str, object]:
    plan = finalist.visited.staffing
    return {
        "counts": dict(zip(plan.groups, plan.counts, strict=True)),
        "shifts_min": dict(zip(plan.groups, plan.shifts, strict=True)),
        "trained": plan.trained,
        "words": changes(found.today.staffing, plan),
        "contribution": limits_of(finalist.estimate),
        "more_than_today": limits_of(finalist.gain),
        "limits": {
            limit.measure: finite(estimate.mean) for limit, estimate in zip(found.limits, finalist.limits, strict=True)
        },
        "kept": finalist.kept,
    }
