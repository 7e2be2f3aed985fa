"""Who rings, when, how patient they are, and what they come back for."""

from __future__ import annotations

import datetime
import math
from bisect import bisect_right
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from sim.shop.phones import AtMaxWait
from sim.shop.settings import (
    Chance,
    ChanceByTime,
    DurationByTime,
    Many,
    NonNegative,
    RateByTime,
    Settings,
    fixed,
    setting,
    spread,
)

Purpose = Literal["lead", "question", "status", "complaint", "change", "billing", "other"]


class Horizon(Settings):
    """How long the shop is watched."""

    days: int | None = setting(
        None,
        "calendar days that are counted; by default a year, or the days of the trace",
        unit="days",
        ge=1,
        le=36_500,
        grade="choice",
    )
    warmup_days: int = setting(0, "days run before counting starts", unit="days", ge=0, le=3650, grade="choice")
    start: datetime.date = setting(
        datetime.date(2029, 1, 1), "date of day 0; it decides weekdays and months", grade="choice"
    )
    drain: bool = setting(False, "serve what is in the system at the horizon before stopping", grade="choice")


class Surge(Settings):
    """Days on which more people ring than usual."""

    from_day: int = setting(..., "first day of the surge, counted from day 0", unit="day", ge=0, grade="choice")
    to_day: int = setting(..., "first day after the surge", unit="day", ge=0, grade="choice")
    factor: float = setting(1.2, "times the usual number of calls", gt=0, source="heat wave: calls +20 %", grade="A")
    types: Many[str] = setting((), "only these call types (all by default)", grade="choice")
    job_weights: dict[str, NonNegative] = setting(
        {}, "job types whose share of needs is multiplied during the surge", grade="assumption"
    )

    def __hash__(self) -> int:  # a frozen model's own would fail on the table of weights
        return hash((self.from_day, self.to_day, self.factor, self.types, *self.job_weights.items()))


class Arrivals(Settings):
    """How often first attempts of one type come, when it is not a share of ``calls.per_day``."""

    per_hour: RateByTime | None = setting(None, "Poisson rate by time of day", unit="calls/h", grade="choice")
    per_day_fixed: int | None = setting(
        None,
        "exactly so many on every open day, spread as `per_hour` says, or by the profile",
        unit="calls/day",
        ge=0,
        grade="choice",
    )
    days: Many[bool] = setting(
        (True, True, True, True, True, True, True),
        "days on which they come, Monday to Sunday",
        min_length=7,
        max_length=7,
        grade="choice",
    )
    weekly: bool = setting(True, "whether weekday, month, growth and busyness of the day apply", grade="choice")


Chances = Annotated[
    tuple[Chance, ...],
    BeforeValidator(lambda v: tuple(v) if isinstance(v, list) else v if isinstance(v, tuple) else (v,)),
    Field(min_length=1),
]


class CallType(Settings):
    """One kind of call: where it comes from, how it is served and what it leads to."""

    share: float | None = setting(None, "share of ``calls.per_day``", ge=0, le=1, grade="assumption", sensible=(0, 1))
    arrivals: Arrivals | None = setting(None, "own arrivals, instead of a share", grade="choice")
    purpose: Purpose = setting(
        "other",
        "what the call is about: a lead wants a job; a question, billing or other call is resolved; status, complaint "
        "and change calls concern a job already booked",
        grade="choice",
    )
    talk_min: DurationByTime = setting(
        spread("lognormal", 5.0, 0.7),
        "talk time",
        unit="min",
        source="handle time 3.7 to 6 min",
        grade="B",
        sensible=(1, 12),
    )
    wrap_up_min: DurationByTime = setting(
        fixed(0.75), "after-call work", unit="min", source="trade figure .75 min", grade="C", sensible=(0, 3)
    )
    patience_min: DurationByTime = setting(
        spread("exponential", 4.0), "how long a caller waits before hanging up (in queue)", unit="min", sensible=(1, 15)
    )
    balk_share: ChanceByTime = setting(
        0.03, "share who hang up at once when they would have to wait", sensible=(0, 0.2)
    )
    redial_chance: Chances = setting(
        (0.4,), "chance to try again after a failed attempt, by attempt; the last repeats", sensible=(0, 0.8)
    )
    redial_by_time: ChanceByTime = setting(1.0, "factor on the redial chance by time of day", grade="choice")
    redial_delay_min: DurationByTime = setting(
        spread("exponential", 20.0), "time until the redial", unit="min", sensible=(1, 120)
    )
    redial_draws: Literal["fresh", "same"] = setting(
        "fresh", "whether a redial has a new patience and talk or the first attempt's again", grade="choice"
    )
    becomes: dict[str, ChanceByTime] = setting(
        {}, "types this call turns into after service, with their chances (a transfer)", grade="choice"
    )
    queue_limit: int | None = setting(
        None, "calls of this type that can wait at once, beside the limit of all", unit="calls", ge=0, grade="choice"
    )
    max_wait_min: RateByTime | None = setting(
        None, "longest time in the queue, instead of the phones'", unit="min", grade="choice"
    )
    at_max_wait: AtMaxWait | None = setting(
        None, "what a call at that time becomes, instead of what the phones say", grade="choice"
    )
    groups: Many[str] = setting((), "groups that may answer, in order; by default whoever may", grade="choice")
    widen_after_s: Many[NonNegative] = setting(
        (),
        "how long a call waits before each further one of its groups may answer; by default all may at once",
        unit="s",
        grade="choice",
    )
    choose: Literal["longest_idle", "random", "first_by_name"] = setting(
        "longest_idle", "who among equals gets the ringing call", grade="choice"
    )
    base_score: float = setting(0.0, "score of a waiting call of this type", grade="choice")
    score_per_s: float = setting(1.0, "score gained per second waited", unit="1/s", ge=0, grade="choice")
    moved_bonus: float = setting(0.0, "added to the score of a call that was transferred", grade="choice")
    booked_share: float = setting(0.0, "booked if reached by an average host", ge=0, le=1, sensible=(0.2, 0.95))
    best_share: float = setting(
        0.0, "booked under the best possible handling: what bounds the potential", ge=0, le=1, sensible=(0.3, 1.0)
    )
    web_share: float = setting(0.0, "leads that come by web form and are called back", ge=0, le=1, sensible=(0, 0.3))
    pays_marketing: bool = setting(False, "whether each such lead has cost marketing money", grade="choice")
    job_types: dict[str, NonNegative] = setting({}, "own mix of job types, instead of the shop's", grade="choice")
    not_booked_because: Literal["no_rapport", "shopper"] = setting(
        "no_rapport", "what a winnable lead that did not book is put down to", grade="choice"
    )


#: minute, call type, talk minutes; a list where it comes from JSON
Recorded = Annotated[tuple[float, str, float], BeforeValidator(lambda v: tuple(v) if isinstance(v, list) else v)]


class Trace(Settings):
    """Real calls to replay: a CSV with one row a call."""

    file: str = setting(..., "CSV file with a header row, beside the scenario file", grade="choice")
    time_column: str = setting(..., "column with the arrival's date and time, or minutes or seconds", grade="choice")
    time_format: str = setting(
        "iso",
        'how times are written: "iso", "seconds" or "minutes" after 00:00 of day 0, or a strptime format',
        grade="choice",
    )
    date_column: str | None = setting(
        None, "column with the date, where the time column only has the time of the day", grade="choice"
    )
    date_format: str = setting("iso", 'how dates are written: "iso" (2029-01-31) or a strptime format', grade="choice")
    type_column: str | None = setting(None, "column with the reason of the call", grade="choice")
    types: dict[str, str] = setting({}, "reason in the file -> call type here", grade="choice")
    type: str | None = setting(
        None, "the call type where there is no reason column, or a reason is not named", grade="choice"
    )
    handle_column: str | None = setting(None, "column with the talk time of that very call", grade="choice")
    handle_unit: Literal["s", "min", "h"] = setting("s", "unit of that column", grade="choice")
    handle_if_zero: Literal["keep", "draw"] = setting(
        "keep",
        "draw: 0 or nothing there means that nobody talked (the caller hung up), so the talk is drawn",
        grade="choice",
    )
    keep: dict[str, Many[str]] = setting(
        {}, "column -> values; only rows that have one of them are calls", grade="choice"
    )
    # filled by the loader
    calls: Many[Recorded] = setting((), "minute, call type, talk minutes (negative: draw it)", grade="choice")
    unreadable: int = setting(0, "rows that could not be read", ge=0, grade="choice")
    days: int = setting(0, "days from the first call to the last", ge=0, grade="choice")


class Calls(Settings):
    """The demand of the shop."""

    per_day: float = setting(60.0, "first attempts on a mean weekday", unit="calls/day", ge=0, sensible=(10, 500))
    profile: RateByTime = setting(
        1.0, "relative intensity by time of day (its scale does not matter)", grade="assumption"
    )
    weekday: Many[NonNegative] = setting(
        (1.25, 1.05, 0.95, 0.90, 0.85, 0.0, 0.0),
        "factors Monday to Sunday",
        grade="assumption",
        min_length=7,
        max_length=7,
    )
    month: Many[NonNegative] = setting(
        (1, 0.95, 0.85, 0.85, 1, 1.2, 1.3, 1.25, 0.95, 0.85, 0.85, 0.95),
        "factors January to December", grade="assumption", min_length=12, max_length=12,
    )  # fmt: skip
    busyness_cv: float = setting(
        0.15, "spread of the random busyness of a day (gamma, mean 1)", ge=0, le=5, sensible=(0, 0.4)
    )
    growth_per_year: float = setting(0.0, "growth of demand a year", gt=-1, le=10, sensible=(-0.1, 0.5))
    surges: Many[Surge] = setting((), "days with more calls", grade="choice")
    types: dict[str, CallType] = setting({}, "the kinds of calls", grade="choice")
    every: CallType | None = setting(
        None,
        "what every call type starts from: any setting of `calls.types.NAME` that is not said there",
        grade="choice",
    )
    trace: Trace | None = setting(None, "real calls to replay instead of drawn arrivals", grade="choice")
    competitor_half_life_min: float | None = setting(
        60.0,
        "half of the missed leads have somebody else after so long (none: they wait)",
        unit="min",
        gt=0,
        sensible=(10, 120),
    )
    tiers: Many[NonNegative] = setting(
        (0.3, 0.5, 0.2),
        "shares of who has to love you, has to like you, not so much",
        min_length=3,
        max_length=3,
        grade="assumption",
    )
    tier_misread: float = setting(
        0.1, "chance that the recorded tier is not the true one", ge=0, le=1, sensible=(0, 0.4)
    )
    status: str = setting("status", "call type of customers who ask where their technician is", grade="choice")
    complaint: str = setting("complaint", "call type of customers who were forgotten", grade="choice")
    change: str = setting("change", "call type of customers who cancel or move a visit", grade="choice")
    billing: str = setting("billing", "call type of customers who ask about an invoice", grade="choice")


def redial_chance(chances: tuple[float, ...], attempt: int, factor: float = 1.0) -> float:
    """Chance of one more attempt after attempt number ``attempt`` (0 is the first) has failed."""
    return chances[min(attempt, len(chances) - 1)] * factor


def competitor_delay(u: float, half_life_min: float | None) -> float:
    """Minutes after the first miss until a competitor has the customer: exponential with that half-life."""
    if half_life_min is None:
        return float("inf")
    return -half_life_min / math.log(2.0) * math.log1p(-u)


def booking_chance(booked: float, best: float, rapport: float, cold: float) -> float:
    """Chance that a *winnable* lead books: an average host's share over the best share, times rapport and coldness.

    By the product rule a lead is booked with ``booked`` overall when rapport and coldness are 1.
    """
    if best <= 0.0:
        return 0.0
    return min(1.0, booked / best * rapport * cold)


def pick(u: float, cumulative: list[float]) -> int:
    """Index of the class a uniform falls into, ``cumulative`` ending at 1."""
    return min(bisect_right(cumulative, u), len(cumulative) - 1)


def cumulated(weights: list[float]) -> list[float]:
    """Running sums of weights, scaled to end at 1."""
    total = sum(weights)
    if total <= 0:
        return [1.0] * len(weights)
    edges, running = [], 0.0
    for weight in weights:
        running += weight
        edges.append(running / total)
    return edges
