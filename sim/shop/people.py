"""The people: hats, shifts, gifts, and the one ordered list by which they work."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from sim.distributions import Distribution
from sim.relay import Kind
from sim.shop.settings import (
    Chance,
    Clock,
    DurationByTime,
    HeadsByTime,
    Many,
    NonNegative,
    Positive,
    Seconds,
    Settings,
    setting,
)

HatName = Literal["csr", "dispatcher", "technician", "service_manager"]
Focus = Literal["interrupted", "one_hat_until_done"]
KindName = Literal[
    "phone", "waiting_technician", "complaint", "late_customer", "new_booking", "call_back", "brief", "report", "close",
    "follow_up", "look_ahead", "update", "audit", "meeting", "side",
]  # fmt: skip


class Shift(Settings):
    """When a person is there."""

    start: Clock = setting(480.0, "start of the shift", unit="time", grade="choice")
    end: Clock = setting(1020.0, "end of the shift", unit="time", grade="choice")
    lunch: Clock | None = setting(None, "when lunch is due", unit="time", grade="choice")
    lunch_min: NonNegative = setting(30.0, "length of lunch, unpaid", unit="min", grade="choice")
    breaks: Many[Clock] = setting((), "when paid breaks are due", unit="time", grade="choice")
    break_min: NonNegative = setting(15.0, "length of a break", unit="min", grade="choice")
    days: Many[bool] = setting(
        (True, True, True, True, True, False, False),
        "worked Monday to Sunday",
        min_length=7,
        max_length=7,
        grade="choice",
    )


class Answers(Settings):
    """How a group answers one type of call."""

    rank: int = setting(1, "1 is answered before 2", ge=1, grade="choice")
    talk_min: DurationByTime | None = setting(None, "own talk time instead of the type's", unit="min", grade="choice")
    wrap_up_min: DurationByTime | None = setting(None, "own wrap-up instead of the type's", unit="min", grade="choice")


class Gifts(Settings):
    """What a person brings, as factors on an average person (1); left out ones are drawn."""

    rapport: Positive | None = setting(None, "factor on the booking chance", grade="choice")
    phone_speed: Positive | None = setting(None, "factor on the speed of calls", grade="choice")
    phone_accuracy: Positive | None = setting(None, "divides what is left out of a booking", grade="choice")
    desk_speed: Positive | None = setting(None, "factor on the speed of desk work", grade="choice")
    desk_accuracy: Positive | None = setting(None, "divides drops and gaps at the desk", grade="choice")
    eye: Positive | None = setting(None, "eye for route and technician: divides travel", grade="choice")
    skill: Positive | None = setting(None, "technician: divides return visits", grade="choice")
    work_speed: Positive | None = setting(None, "technician: factor on the speed on site", grade="choice")
    sales: Positive | None = setting(None, "technician: factor on the chance of a sale", grade="choice")
    overtime: Positive | None = setting(None, "technician: factor on the readiness to stay longer", grade="choice")


class GiftSpread(Settings):
    """How different people are. Gifts belong to the person, never to the plan."""

    phone_sd: float = setting(0.1, "spread of the phone gifts", ge=0, le=1, sensible=(0.05, 0.2))
    desk_sd: float = setting(0.1, "spread of the desk gifts", ge=0, le=1, sensible=(0.05, 0.2))
    correlation: float = setting(
        0.0,
        "correlation of what a person's phone gifts have in common with what their desk gifts have",
        ge=-1,
        le=1,
        sensible=(-0.5, 0.5),
    )
    technician_sd: float = setting(0.1, "spread of the technicians' gifts", ge=0, le=1, sensible=(0.05, 0.2))
    sales_overtime: float = setting(
        -0.3, "correlation of a technician's sales and readiness to stay longer", ge=-1, le=1, sensible=(-0.6, 0.3)
    )


class Group(Settings):
    """People of one kind; ``count`` stamps out so many."""

    count: int = setting(1, "how many people", ge=0, le=20_000, grade="choice")
    hats: Many[HatName] = setting((), "hats they wear", grade="choice")
    covers: Many[HatName] = setting((), "hats they are trained to cover", grade="choice")
    shifts: Many[Shift] = setting((Shift(),), "shifts, dealt out in turn", min_length=1, grade="choice")
    heads: HeadsByTime | None = setting(
        None, "head-count by time of day instead of shifts; the first to become free leaves", grade="choice"
    )
    heads_days: Many[bool] = setting(
        (True, True, True, True, True, True, True),
        "days on which that head-count holds, Monday to Sunday; on the others it is 0",
        min_length=7,
        max_length=7,
        grade="choice",
    )
    answers: dict[str, Answers] | None = setting(
        None, "call types they answer, with ranks; by default whoever wears the csr hat answers all", grade="choice"
    )
    trades: Many[str] = setting((), "technicians: trades", grade="choice")
    skill_level: int = setting(3, "technicians: the hardest jobs they can do, 1 to 3", ge=1, le=3, grade="choice")
    focus: Focus | None = setting(None, "own focus rule instead of the shop's", grade="choice")
    gifts: Gifts = setting(Gifts(), "gifts that are known", grade="choice")
    wage_per_year: float = setting(0.0, "wage of a full year", unit="money/year", ge=0, grade="A")
    wage_per_hour: float = setting(0.0, "wage an hour, instead of a year's", unit="money/h", ge=0, grade="A")
    truck: bool = setting(False, "drives a truck", grade="choice")
    seat: bool = setting(False, "needs a seat in the office", grade="choice")
    vacation_share: Chance = setting(0.0, "weekdays away that are known beforehand", sensible=(0, 0.08))
    sick_share: Chance = setting(0.0, "weekdays sick", sensible=(0, 0.08), source="0.03 to 0.04 of days", grade="A")
    overtime_share: Chance = setting(0.7, "technicians: readiness to finish after hours", sensible=(0.3, 1.0))
    overtime_max_min: NonNegative = setting(120.0, "technicians: longest planned overtime", unit="min", grade="choice")


class Attention(Settings):
    """How people move between kinds of work."""

    focus: Focus = setting("interrupted", "whether a ringing phone breaks lesser work", grade="choice")
    priority: Many[KindName] = setting(
        (
            "phone", "waiting_technician", "complaint", "late_customer", "new_booking", "call_back", "brief", "report",
            "close", "follow_up", "look_ahead", "update", "audit", "meeting", "side",
        ),
        "the ordered list of kinds of work", grade="choice",
    )  # fmt: skip
    shared_priority: bool = setting(True, "whether the list is the same for everybody", grade="choice")
    disorder: float = setting(
        3.0, "without a shared list: places by which a kind slips in a person's own list (sd)", ge=0, sensible=(1, 6)
    )
    easy_first_at: int | None = setting(
        None,
        "pieces of desk work waiting from which people take the shortest kind first (none: never)",
        ge=1,
        sensible=(5, 40),
    )
    switch_s: Seconds = setting(
        Distribution(family="uniform", low=10.0, high=50.0, unit="s"), "changing hats", unit="s", sensible=(0, 180)
    )
    leave_side_s: Seconds = setting(
        Distribution(family="uniform", low=10.0, high=60.0, unit="s"),
        "leaving side work for a call",
        unit="s",
        sensible=(0, 60),
    )
    resume_lag_s: Seconds = setting(
        Distribution(family="exponential", mean=20.0, unit="s"),
        "finding back into work that was interrupted",
        unit="s",
        sensible=(0, 120),
    )
    cover_below: int = setting(1, "a cover hat is put on while fewer wearers are there", ge=0, grade="choice")
    flip_at_waiting: int | None = setting(
        None,
        "calls waiting from which those who cover the phones flip to them, unasked (none: never)",
        ge=1,
        sensible=(1, 5),
        grade="choice",
    )


def gift(score: float, sd: float) -> float:
    """A factor around 1 from a standard normal score: lognormal with mean 1 and coefficient of variation about sd."""
    if sd == 0.0:
        return 1.0
    sigma2 = math.log1p(sd * sd)
    return math.exp(math.sqrt(sigma2) * score - sigma2 / 2)


def correlated(first: float, second: float, correlation: float) -> float:
    """A standard normal score that has the given correlation with ``first``; ``second`` is independent of it."""
    return correlation * first + math.sqrt(max(0.0, 1.0 - correlation * correlation)) * second


def own_order(kinds: Sequence[Kind], scores: Sequence[float], disorder: float) -> tuple[Kind, ...]:
    """A person's own permutation of the list: every kind slips by normal scores times ``disorder`` places."""
    slipped = [(place + disorder * scores[place % len(scores)], place) for place in range(len(kinds))]
    return tuple(kinds[place] for _, place in sorted(slipped))
