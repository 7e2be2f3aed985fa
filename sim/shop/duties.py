"""Side duties: office work that has nothing to do with a waiting customer, and the manager's meetings."""

from __future__ import annotations

import math

from sim.shop.people import HatName
from sim.shop.settings import Clock, Many, NonNegative, Positive, Settings, setting


class Duties(Settings):
    """What is done between calls."""

    minutes_per_day: NonNegative = setting(240.0, "office tasks of a working day", unit="min", sensible=(0, 600))
    piece_min: Positive = setting(10.0, "length of one piece", unit="min", sensible=(5, 60))
    hats: Many[HatName] = setting(("csr", "dispatcher"), "whose work it is", grade="choice")
    start: Clock = setting(480.0, "when the day's pieces are there", unit="time", grade="choice")
    meetings_min_per_day: NonNegative = setting(180.0, "the manager's meetings", unit="min", sensible=(0, 360))
    meeting_min: Positive = setting(45.0, "length of one meeting", unit="min", sensible=(15, 120))


def pieces(total_min: float, piece_min: float) -> list[float]:
    """A day's minutes cut into pieces; the last one is what is left."""
    n = math.floor(total_min / piece_min + 1e-9)
    rest = total_min - n * piece_min
    return [piece_min] * n + ([rest] if rest > 1e-9 else [])
