"""Dispatch policies: which of the jobs before it the desk gives a technician next.

A policy is one function of a candidate that returns a sort key; the smallest is chosen. A candidate holds only what the
desk can know then. Eligibility (trade, skill, hours left) has been decided before: it is a rule, never a preference.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

from sim.shop.settings import Settings, setting

PolicyName = Literal["first_come", "tier_first", "nearest", "value_per_hour", "earliest_window"]


class Candidate(NamedTuple):
    """One job as the desk sees it."""

    booked_at: float
    window_start: float
    window_end: float
    tier: int  # as recorded; 0 has to love us
    km: float
    value: float  # expected ticket of its type
    minutes: float  # estimate, travel included
    emergency: bool
    order: int  # of creation, to break ties


class Dispatch(Settings):
    """How the desk assigns."""

    policy: PolicyName = setting("earliest_window", "which job goes next to a technician who gets free", grade="choice")
    considers: int = setting(
        12,
        "how many eligible jobs, earliest window first, a dispatcher holds against one another",
        ge=1,
        le=1000,
        sensible=(4, 30),
    )
    prepare_ahead: bool = setting(
        True,
        "whether the next job is assigned and briefed while the technician is still at the last one",
        grade="choice",
    )
    fill_holes: bool = setting(True, "offer a later customer the gap when today runs out of jobs", grade="choice")
    hole_accept_low: float = setting(
        0.2, "lowest share of customers who take such an offer", ge=0, le=1, sensible=(0.1, 0.4)
    )
    hole_accept_high: float = setting(0.6, "highest share of customers who take it", ge=0, le=1, sensible=(0.4, 0.8))
    morning_plan_min: float = setting(
        45.0,
        "how long before their shift the desk plans the technicians' first jobs",
        unit="min",
        ge=0,
        le=480,
        sensible=(0, 90),
        grade="choice",
    )
    planned_overtime_min: float = setting(
        45.0,
        "how far past the shift's end a job may be planned to end",
        unit="min",
        ge=0,
        le=600,
        sensible=(0, 120),
        grade="choice",
    )
    early_start_min: float = setting(
        30.0, "how long before its window a job may be started", unit="min", ge=0, sensible=(0, 60), grade="choice"
    )


def first_come(c: Candidate) -> tuple[float, ...]:
    """Whoever booked first."""
    return (c.booked_at, c.order)


def tier_first(c: Candidate) -> tuple[float, ...]:
    """Who has to love us, then who booked first."""
    return (c.tier, c.booked_at, c.order)


def nearest(c: Candidate) -> tuple[float, ...]:
    """The shortest drive."""
    return (c.km, c.order)


def value_per_hour(c: Candidate) -> tuple[float, ...]:
    """The highest expected ticket an hour, the drive included."""
    return (-c.value / max(c.minutes, 1.0), c.order)


def earliest_window(c: Candidate) -> tuple[float, ...]:
    """The window that closes first, then the shorter drive."""
    return (c.window_end, c.km, c.order)


POLICIES: dict[str, Callable[[Candidate], tuple[float, ...]]] = {
    "first_come": first_come,
    "tier_first": tier_first,
    "nearest": nearest,
    "value_per_hour": value_per_hour,
    "earliest_window": earliest_window,
}


def best(candidates: list[Candidate], policy: str) -> int:
    """Index of the chosen candidate; emergencies go before all others under every policy."""
    key = POLICIES[policy]
    return min(range(len(candidates)), key=lambda i: (not candidates[i].emergency, *key(candidates[i])))


def accepts_hole(u: float, settings: Dispatch, days_earlier: float) -> bool:
    """Whether a later customer takes today's gap: the more days it saves, the likelier, up to a week."""
    share = (
        settings.hole_accept_low + (settings.hole_accept_high - settings.hole_accept_low) * min(days_earlier, 7.0) / 7.0
    )
    return u < share
