"""Jobs: what is done on site, how long it takes and what it takes to get there."""

from __future__ import annotations

import math

from sim.distributions import Distribution
from sim.shop.settings import Chance, NonNegative, Positive, RateByTime, Settings, setting, spread


class JobType(Settings):
    """One kind of job."""

    share: NonNegative = setting(..., "weight among all needs", sensible=(0, 1))
    trade: str = setting(..., "the trade it needs", grade="choice")
    skill_level: int = setting(1, "the skill it needs, 1 to 3", ge=1, le=3, grade="choice")
    work_min: Distribution = setting(spread("gamma", 90.0, 0.5), "time on site", unit="min", sensible=(30, 300))
    ticket: Distribution = setting(
        spread("gamma", 450.0, 0.6),
        "what the customer pays, before discounts",
        unit="money",
        source="385 to 500",
        grade="B",
    )
    materials_share: Chance = setting(0.2, "materials over the undiscounted ticket", sensible=(0, 0.6))
    tolerance_days: Distribution = setting(
        spread("exponential", 4.0), "how many days the customer would wait", unit="days", sensible=(0.5, 15)
    )
    emergency: bool = setting(False, "may use the reserve of the day", grade="choice")
    quote_share: Chance = setting(0.0, "visits on which a replacement is quoted", sensible=(0, 1))


class Replacement(Settings):
    """The dear sale that starts on site."""

    ticket: Distribution = setting(
        spread("lognormal", 15_000.0, 0.3), "price of a replacement", unit="money", source="15,000", grade="B"
    )
    sold_share: Chance = setting(0.20, "sold on site by an average technician", sensible=(0.1, 0.4))
    best_share: Chance = setting(0.45, "sold under the best handling, follow-up included", sensible=(0.2, 0.7))
    margin_share: Chance = setting(0.30, "margin after equipment and installers", sensible=(0.2, 0.5))
    half_life_days: Distribution = setting(
        Distribution(family="uniform", low=1.0, high=7.0),
        "an unsold quote's chance halves in so many days",
        unit="days",
    )
    follow_up_chance: Chance = setting(0.25, "sold by a follow-up call at once after the visit", sensible=(0, 0.5))
    follow_up_after_h: NonNegative = setting(
        20.0, "a follow-up is due so long after the report", unit="h", grade="choice"
    )


class Jobs(Settings):
    """What is common to all jobs, and the mix."""

    types: dict[str, JobType] = setting({}, "kinds of jobs", grade="choice")
    travel_fixed_min: NonNegative = setting(5.0, "parking, ringing the bell", unit="min", sensible=(0, 15))
    area_radius_km: NonNegative = setting(12.0, "radius of the service area", unit="km", sensible=(5, 60))
    speed_km_h: Positive = setting(32.0, "mean driving speed", unit="km/h", sensible=(20, 80))
    travel_noise_cv: NonNegative = setting(0.3, "traffic", sensible=(0, 0.6))
    rush: RateByTime = setting(1.0, "factor on driving time by time of day", sensible=(1, 1.6))
    paperwork_min: Distribution = setting(spread("gamma", 10.0, 0.5), "paperwork on site", unit="min", sensible=(0, 25))
    no_show_share: Chance = setting(
        0.03, "nobody at home", source="0.09 to 0.18 unreminded", grade="C", sensible=(0, 0.18)
    )
    confirmed_no_show_factor: Chance = setting(0.5, "times so many if the visit was confirmed", sensible=(0.2, 1))
    no_show_wait_min: NonNegative = setting(12.0, "how long the technician waits then", unit="min", sensible=(5, 30))
    return_share: Chance = setting(
        0.05, "visits that need another one", source="0.02 to 0.12", grade="C", sensible=(0.02, 0.12)
    )
    return_if_lacking: Chance = setting(
        0.35, "further visits where equipment or need was missing from the brief", sensible=(0, 0.6)
    )
    return_work_share: NonNegative = setting(0.6, "work of a return visit over that of the first", sensible=(0.3, 1))
    cancel_share: Chance = setting(
        0.03, "cancelled at once", source="0.08 to 0.18 in all", grade="B", sensible=(0, 0.1)
    )
    cancel_per_day: NonNegative = setting(0.015, "more cancelled per day waited", unit="1/day", sensible=(0, 0.05))
    rebook_share: Chance = setting(0.4, "of those who cannot make it, rebook", sensible=(0, 0.8))
    question_share: Chance = setting(0.35, "visits on which the technician has a question", sensible=(0.1, 0.8))
    question_if_lacking: Chance = setting(0.5, "more of them where the brief lacked something", sensible=(0, 1))
    wrong_address_min: NonNegative = setting(
        15.0, "driving more where the address was missing", unit="min", sensible=(5, 40)
    )
    replacement: Replacement = setting(Replacement(), "replacements", grade="choice")


def travel_minutes(km: float, noise: float, eye: float, rush: float, jobs: Jobs) -> float:
    """Minutes from place to place: a fixed part, and distance over speed times noise and rush, over the desk's eye."""
    return jobs.travel_fixed_min + km / jobs.speed_km_h * 60.0 * noise * rush / eye


def mean_travel_min(jobs: Jobs) -> float:
    """Mean travel between two random points of a disc: 128 R / (45 pi) is their mean distance."""
    return travel_minutes(128.0 * jobs.area_radius_km / (45.0 * math.pi), 1.0, 1.0, 1.0, jobs)


def place(angle: float, radius: float, radius_km: float) -> tuple[float, float]:
    """A uniform point of the disc, in km from the shop."""
    r = radius_km * math.sqrt(radius)
    return r * math.cos(2 * math.pi * angle), r * math.sin(2 * math.pi * angle)


def planned_minutes(kind: JobType, jobs: Jobs) -> float:
    """What the slot board takes for a job: mean travel, work and paperwork."""
    return mean_travel_min(jobs) + kind.work_min.expectation() + jobs.paperwork_min.expectation()


def cancel_chance(days_ahead: float, jobs: Jobs) -> float:
    """Chance that a booked customer calls it off before the visit."""
    return min(1.0, jobs.cancel_share + jobs.cancel_per_day * days_ahead)


def follow_up_sale_chance(days_after: float, half_life_days: float, replacement: Replacement) -> float:
    """Chance that a follow-up call so many days after the visit sells the quote."""
    return replacement.follow_up_chance * 0.5 ** (days_after / half_life_days) if half_life_days > 0 else 0.0
