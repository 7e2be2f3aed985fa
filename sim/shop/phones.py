"""The phones: hours, lines, queue, tree, what happens when nobody answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from sim.distributions import Distribution
from sim.shop.settings import (
    Chance,
    ChanceByTime,
    Clock,
    Many,
    NonNegative,
    RateByTime,
    Settings,
    by_time,
    fixed,
    setting,
)

AtMaxWait = Literal["voicemail", "answering_service", "timed_out"]


class TreeStage(Settings):
    """One stage of the phone tree ("press 1 for ...")."""

    seconds: RateByTime = setting(
        8.0, "time it takes", unit="s", source="phone trees", grade="assumption", sensible=(0, 60)
    )
    give_up_share: ChanceByTime = setting(0.02, "callers who hang up in it", sensible=(0, 0.2))


class AnsweringService(Settings):
    """Somebody outside who answers what the shop does not."""

    booking_factor: float = setting(
        0.5, "its chance to book over that of an average host", ge=0, le=1, sensible=(0.2, 0.9)
    )
    cost_per_call: float = setting(1.5, "what it charges a call", unit="money", ge=0, grade="C", sensible=(0.5, 5))
    talk_min: Distribution = setting(fixed(3.0), "how long it talks", unit="min", sensible=(1, 6))


class Phones(Settings):
    """The phone system."""

    open: Clock = setting(480.0, "phones open", unit="time", grade="choice")
    close: Clock = setting(1020.0, "phones close", unit="time", grade="choice")
    days: Many[bool] = setting(
        (True, True, True, True, True, False, False),
        "open Monday to Sunday",
        min_length=7,
        max_length=7,
        grade="choice",
    )
    lines: int | None = setting(
        None, "calls that can be in the system at once, talking or waiting", ge=1, grade="choice"
    )
    queue_limit: int | None = setting(None, "calls that can wait at once", ge=0, grade="choice")
    answer_delay_s: RateByTime = setting(
        0.0, "seconds from choosing who answers to the first word", unit="s", sensible=(0, 15)
    )
    max_wait_min: RateByTime | None = setting(None, "longest time in the queue", unit="min", grade="choice")
    at_max_wait: AtMaxWait = setting(
        "voicemail", "what a call at that time becomes (timed_out: a message, and the line is closed)", grade="choice"
    )
    at_closing: Literal["serve", "cut_off", "wait"] = setting(
        "serve", "those who wait at closing: serve them, cut them off, or let them wait for the morning", grade="choice"
    )
    after_hours: Literal["missed", "voicemail", "answering_service"] = setting(
        "missed", "who answers outside phone hours", grade="choice"
    )
    on_blocked: Literal["blocked", "answering_service"] = setting(
        "blocked", "what a call that finds all lines taken gets", grade="choice"
    )
    tree: Many[TreeStage] = setting((), "stages of the phone tree", grade="choice")
    answering_service: AnsweringService = setting(
        AnsweringService(), "the answering service, where one is used", grade="choice"
    )
    leaves_message: ChanceByTime = setting(0.3, "callers who leave a message at the voicemail", sensible=(0.1, 0.8))
    caller_id: Chance = setting(0.8, "missed callers whose number the shop has", sensible=(0.3, 1))
    call_back_missed: bool = setting(False, "whether missed callers are rung back (recovery calls)", grade="choice")
    call_back_min: Distribution = setting(
        Distribution(family="lognormal", mean=4.0, cv=0.6), "length of such a call", unit="min", sensible=(1, 10)
    )
    call_back_reached: Chance = setting(0.6, "chance that they pick up", sensible=(0.3, 0.9))
    service_threshold_s: NonNegative = setting(
        20.0, "service level: answered within so many seconds", unit="s", grade="choice", sensible=(10, 120)
    )
    service_definition: Literal["all", "answered", "net", "any"] = setting(
        "all", "which denominator `service_level_share` has", grade="choice"
    )
    colder_per_min: float = setting(
        0.03, "share of the booking chance lost per minute waited", unit="1/min", ge=0, le=1, sensible=(0, 0.1)
    )
    cold_after_side: float = setting(
        0.05, "share of the booking chance lost when the call breaks other work", ge=0, le=1, sensible=(0, 0.2)
    )


def is_open(phones: Phones, weekday: int, minute: float) -> bool:
    """Whether the phones are open at a minute of a weekday (0 is Monday)."""
    return phones.days[weekday] and phones.open <= minute < phones.close


def longest_wait(phones: Phones, own: RateByTime | None) -> Callable[[float], float] | None:
    """Longest minutes in the queue by minute of arrival: a type's own, else the phones'; None is without end."""
    steps = own if own is not None else phones.max_wait_min
    return by_time(steps) if steps is not None else None


def coldness(waited_min: float, broke_work: bool, phones: Phones) -> float:
    """Factor on the booking chance for a caller who waited, or whose call broke into other work."""
    kept = max(0.0, 1.0 - phones.colder_per_min * waited_min)
    return kept * (1.0 - phones.cold_after_side) if broke_work else kept


def score(base: float, per_s: float, bonus: float, waited_min: float) -> float:
    """Score of a waiting call: the highest is answered next; equal ones in order of arrival."""
    return base + per_s * 60.0 * waited_min + bonus
