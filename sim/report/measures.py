"""Which measures are shown, in which order, and what an owner calls them."""

from __future__ import annotations

import numpy as np

from sim.kpis import KPIS
from sim.statistics import Estimate
from sim.study.results import Floats, Results

MOST = 12
#: in the order of the table; what no plan has (NaN or 0 throughout) makes room for the next
HEADLINES = (
    "contribution_per_year", "revenue_per_year", "payroll_per_year", "abandoned_share", "service_level_share",
    "wait_all_mean_s", "booked_share_of_calls", "jobs_completed", "billable_h_per_technician_day",
    "technician_wait_for_desk_h", "batons_dropped", "customers_forgotten",
    "calls_offered", "calls_answered", "calls_blocked", "wait_answered_mean_s", "wait_p90_s", "handle_mean_s",
    "occupancy_csr_share", "queue_mean", "calls_missed", "redials",
)  # fmt: skip
#: what a plan can cost besides money, which the contribution already counts
COSTS = (
    "abandoned_share", "service_level_share", "wait_all_mean_s", "booked_share_of_calls", "jobs_completed",
    "billable_h_per_technician_day", "technician_wait_for_desk_h", "batons_dropped", "customers_forgotten",
    "callers_lost", "overtime_h",
)  # fmt: skip
_IN_SHORT = {
    "contribution_per_year": "contribution a year",
    "revenue_per_year": "revenue a year",
    "payroll_per_year": "payroll a year",
    "abandoned_share": "calls abandoned",
    "booked_share_of_calls": "calls that book a job",
    "wait_all_mean_s": "mean wait on the phone",
    "jobs_completed": "jobs completed",
    "billable_h_per_technician_day": "billable per technician-day",
    "technician_wait_for_desk_h": "technicians waiting for desk",
    "batons_dropped": "batons dropped",
    "customers_forgotten": "customers forgotten",
}


def label(key: str, results: Results) -> str:
    """What the measure is called."""
    if key == "service_level_share":
        return f"calls answered within {results.scenarios[0].phones.service_threshold_s:g} s"
    return _IN_SHORT.get(key, KPIS[key].label)


def currency(results: Results) -> str:
    """The sign of money, the same in all plans."""
    return results.scenarios[0].prices.currency


def chosen(results: Results) -> list[str]:
    """At most a dozen measures that say something about these plans."""
    return [key for key in HEADLINES if _says_something(results, key)][:MOST]


def groups(results: Results) -> dict[str, list[str]]:
    """Every measure by its group."""
    found: dict[str, list[str]] = {}
    for key in results.keys:
        found.setdefault(KPIS[key].group, []).append(key)
    return found


def means(results: Results, key: str) -> Floats:
    """The mean of a measure by plan, 0 where it was never seen."""
    found = [results.estimate(plan, key).mean for plan in range(len(results.plans))]
    return np.nan_to_num(np.array(found, dtype=np.float64))


def _says_something(results: Results, key: str) -> bool:
    return results.has(key) and bool(np.nan_to_num(results.values[:, :, results.keys.index(key)]).any())


def better(key: str) -> int:
    """1 where more is better, -1 where less is, 0 where it is neither."""
    return {"higher": 1, "lower": -1}.get(KPIS[key].direction, 0)


def verdict(key: str, difference: Estimate) -> int:
    """1 where the difference is an improvement beyond doubt, -1 where it is a loss, else 0."""
    if not (difference.low > 0.0 or difference.high < 0.0):
        return 0
    return better(key) if difference.mean > 0.0 else -better(key)


def costs_of(results: Results, plan: int, against: int) -> list[str]:
    """The measures that get worse beyond doubt, the largest relative change first."""
    worse = [key for key in COSTS if results.has(key) and verdict(key, results.difference(plan, key, against)) < 0]
    return sorted(worse, key=lambda key: -_relative(results, key, plan, against))


def _relative(results: Results, key: str, plan: int, against: int) -> float:
    before = abs(results.estimate(against, key).mean)
    change = abs(results.difference(plan, key, against).mean)
    return change / before if before else float("inf")
