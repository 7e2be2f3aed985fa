"""Overload screening: while it is on, bookings go by who has to love you."""

from __future__ import annotations

from typing import Literal

from sim.shop.settings import Chance, NonNegative, Settings, setting

Triage = Literal["book", "book_if_room", "decline"]


class Screening(Settings):
    """When the manager orders screening, and what the CSR then does."""

    enabled: bool = setting(False, "whether the manager may order it", grade="choice")
    signal: Literal["longest_wait", "board_load"] = setting(
        "longest_wait",
        "minutes of the longest present wait, or booked over available technician minutes",
        grade="choice",
    )
    on_at: NonNegative = setting(
        5.0, "screening starts when the signal reaches this", unit="min or share", grade="choice"
    )
    off_at: NonNegative = setting(
        1.0, "it ends when the signal is at or below this", unit="min or share", grade="choice"
    )
    hold_min: NonNegative = setting(30.0, "it lasts at least so long", unit="min", grade="choice", sensible=(0, 120))
    love: Triage = setting("book", "who has to love you", grade="choice")
    like: Triage = setting("book_if_room", "who has to like you", grade="choice")
    rest: Triage = setting("decline", "not so much", grade="choice")
    room_days: int = setting(
        2, "there is room if a slot is free within so many days", unit="days", ge=0, grade="choice"
    )
    asks_min: NonNegative = setting(1.0, "longer for the calls that are kept", unit="min", sensible=(0, 3))
    declined_talk_share: Chance = setting(0.5, "of the talk time when a call is declined", sensible=(0.2, 1))


def next_mode(on: bool, signal: float, since_min: float, screening: Screening) -> bool:
    """Two thresholds and a shortest stay, so that it does not flap: on at >= x, off at <= y < x."""
    if not screening.enabled:
        return False
    if on:
        return since_min < screening.hold_min or signal > screening.off_at
    return signal >= screening.on_at


def triage(screening: Screening, recorded_tier: int, has_room: bool) -> bool:
    """Whether a lead is booked under screening, by its tier as recorded (0 has to love you)."""
    rule = (screening.love, screening.like, screening.rest)[recorded_tier]
    return rule == "book" or (rule == "book_if_room" and has_room)
