"""The clock: SimPy's event queue, on a grid of milliseconds, with a fixed order among simultaneous events.

Real logs are full of events in the same second. All times are snapped to whole milliseconds (as minutes, correctly
rounded), so that equal times are equal numbers; among equal times the order is :class:`Turn`, then creation.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from heapq import heappop, heappush
from typing import Any

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
    """An event that calls one function of itself; ``arg`` and ``number`` are for that function."""

    __slots__ = ("arg", "call", "number")

    def __init__(self, call: Callable[[Any], None], arg: Any, number: int) -> None:
        self.call = call
        self.arg = arg
        self.number = number


class Clock(simpy.Environment):
    """SimPy's environment with appointments at absolute times, for events that are due and cannot fail."""

    #: minutes since 00:00 of day 0 (read a hundred times per call: a plain attribute, kept by :meth:`step`)
    now: float = 0.0
    #: the nearest point of the grid
    snapped = staticmethod(snap)

    def step(self) -> None:
        """SimPy's step, where every event has one callback and none fails."""
        due: Any
        self.now, _, _, due = heappop(self._queue)
        self._now = self.now
        due.call(due)

    def run(self, until: float) -> None:  # type: ignore[override]
        """Step up to a time; as with SimPy, what is due at that very time is not done any more."""
        queue = self._queue
        while queue and queue[0][0] < until:
            self.step()
        self.now = self._now = until

    def push(self, time: float, turn: int, call: Callable[[Due], None], arg: Any = None, number: int = 0) -> None:
        """Call ``call(due)`` at a time that is on the grid and not in the past."""
        heappush(self._queue, (time, turn, next(self._eid), Due(call, arg, number)))  # type: ignore[misc]

    def at(self, time: float, turn: int, call: Callable[[Due], None], arg: Any = None, number: int = 0) -> None:
        """Call ``call(due)`` at a time (minutes); in the past means now."""
        time = round(time * GRID) / GRID
        self.push(time if time > self.now else self.now, turn, call, arg, number)

    def after(self, minutes: float, turn: int, call: Callable[[Due], None], arg: Any = None, number: int = 0) -> None:
        """Call ``call(due)`` so many minutes from now."""
        self.push(round((self.now + minutes) * GRID) / GRID, turn, call, arg, number)
