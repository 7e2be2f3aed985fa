"""The clock: SimPy's event queue, on a grid of milliseconds, with a fixed order among simultaneous events.

Real logs are full of events in the same second. All times are snapped to whole milliseconds (as minutes, correctly
rounded), so that equal times are equal numbers; among equal times the order is :class:`Turn`, then creation.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from heapq import heappush
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import simpy

GRID = 60_000.0  # milliseconds a minute


class Turn(IntEnum):
    """Who goes first among simultaneous events."""

    COMPLETION = 0
    PRESENCE = 1
    TIMEOUT = 2
    ARRIVAL = 3


def snap(minutes: float) -> float:
    """The nearest point of the grid."""
    return round(minutes * GRID) / GRID


class Due:
    """A SimPy event that calls one function of itself; ``arg`` and ``number`` are for that function."""

    __slots__ = ("arg", "callbacks", "number")
    _ok = True

    def __init__(self, call: Callable[[Any], None], arg: Any, number: int) -> None:
        self.callbacks: Any = (call,)
        self.arg = arg
        self.number = number


class Clock(simpy.Environment):
    """SimPy's environment with appointments at absolute times."""

    #: minutes since 00:00 of day 0 (read a hundred times per call: as a plain attribute, not through a method)
    if TYPE_CHECKING:

        @property
        def now(self) -> float:
            """Minutes since 00:00 of day 0."""
    else:
        now = property(attrgetter("_now"))
    #: the nearest point of the grid
    snapped = staticmethod(snap)

    def push(self, time: float, turn: int, call: Callable[[Due], None], arg: Any = None, number: int = 0) -> None:
        """Call ``call(due)`` at a time that is on the grid and not in the past."""
        heappush(self._queue, (time, turn, next(self._eid), Due(call, arg, number)))  # type: ignore[misc]

    def at(self, time: float, turn: int, call: Callable[[Due], None], arg: Any = None, number: int = 0) -> None:
        """Call ``call(due)`` at a time (minutes); in the past means now."""
        self.push(max(snap(time), self._now), turn, call, arg, number)

    def after(self, minutes: float, turn: int, call: Callable[[Due], None], arg: Any = None, number: int = 0) -> None:
        """Call ``call(due)`` so many minutes from now."""
        self.push(snap(self._now + minutes), turn, call, arg, number)
