"""The ladder: what the manager orders, step by step, when the service level falls."""

from __future__ import annotations

from typing import Literal

from sim.shop.settings import Many, NonNegative, Settings, setting

StepName = Literal["move_breaks", "stop_side_work", "desk_to_phones", "manager_answers", "screen"]


class Ladder(Settings):
    """The manager's watch on the phones."""

    enabled: bool = setting(False, "whether the manager watches and orders", grade="choice")
    last_calls: int = setting(20, "service level over so many last calls", unit="calls", ge=1, grade="choice")
    threshold_s: NonNegative = setting(20.0, "answered within", unit="s", grade="choice")
    up_below: NonNegative = setting(0.75, "one step up below this", le=1, grade="choice")
    down_at: NonNegative = setting(0.95, "the target: one step down at or above this", le=1, grade="choice")
    longest_wait_s: NonNegative = setting(120.0, "one step up if somebody waits so long", unit="s", grade="choice")
    hold_min: NonNegative = setting(
        15.0, "a step is kept at least so long", unit="min", grade="choice", sensible=(5, 60)
    )
    steps: Many[StepName] = setting(
        ("move_breaks", "stop_side_work", "desk_to_phones", "manager_answers", "screen"),
        "the steps in order",
        grade="choice",
    )
    watch_delay_min: NonNegative = setting(10.0, "until a busy manager notices", unit="min", sensible=(1, 30))
    phone_in_pocket: bool = setting(False, "the manager carries a phone into meetings", grade="choice")
    phone_in_pocket_factor: NonNegative = setting(0.3, "of the delay with it", le=1, sensible=(0.1, 1))
    staff_see_board: bool = setting(
        False, "staff who see the board act on it unasked, without the delay", grade="choice"
    )


def next_step(step: int, level: float, longest_s: float, since_min: float, ladder: Ladder) -> int:
    """The step that should be in force, given the last calls' service level and the longest present wait."""
    if since_min < ladder.hold_min and step > 0:
        return step
    if level < ladder.up_below or longest_s >= ladder.longest_wait_s:
        return min(step + 1, len(ladder.steps))
    if level >= ladder.down_at and step > 0:
        return step - 1
    return step


def watch_delay(ladder: Ladder) -> float:
    """Minutes until a busy manager looks at the phones."""
    return ladder.watch_delay_min * (ladder.phone_in_pocket_factor if ladder.phone_in_pocket else 1.0)
