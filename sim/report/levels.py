"""A level that is known better by what is known of its callers, in a sentence."""

from __future__ import annotations

from sim.analysis import controlled_level
from sim.kpis import KPIS
from sim.report.measures import currency, label
from sim.report.numbers import amount, limits, rounded, scale
from sim.study import Results

MONEY = "contribution_per_year"
WORTH_SAYING = 1.1  # times fewer replications


def sharper(results: Results) -> list[str]:
    """One plan's contribution, adjusted for the luck of its callers, where that brings something; else nothing."""
    found = controlled_level(results) if len(results.plans) == 1 and results.has("potential") else None
    if found is None or not found.gain > WORTH_SAYING:
        return []
    how = scale(KPIS[MONEY], currency(results))
    size = amount(found.estimate.mean, found.estimate.half_width, how)
    low, high = limits(found.estimate, how)
    return [
        f"Adjusted for the luck of who rang and what they were worth, {label(MONEY, results)} is {size}, 95 % between "
        f"{low} and {high}: that luck explains {100 * found.r2:.0f} % of the spread (as good as "
        f"{rounded(found.gain, 0.1)} times the replications)."
    ]
