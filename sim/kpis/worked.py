"""Minutes of the window by person: what they went into, when they were there, what was paid."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from sim.kpis.arrays import DETAIL, PERSON, TIME, Mask, total_by
from sim.kpis.clock import Hours
from sim.kpis.stints import UNDERS
from sim.kpis.tables import Tables
from sim.ledger import Floats, Ints
from sim.relay import Event, Spent


class Worked:
    """One row per person of the run, whatever part of it a split is about."""

    def __init__(self, tables: Tables, hours: Hours) -> None:
        self.tables = tables
        self.hours = hours  # which hours of the day count
        self.n = tables.people.n

    @cached_property
    def stints(self) -> Floats:
        """Minutes of each stint that lie in the window."""
        stints = self.tables.stints
        return self.hours.between(stints.start, stints.end, self.tables.window)

    @cached_property
    def under(self) -> Floats:
        """Minutes by person and what they were worn under (Hat, SIDE, NOTHING)."""
        return self._minutes(self.tables.stints.under, UNDERS)

    @cached_property
    def by_kind(self) -> Floats:
        """Minutes by person and kind (Spent)."""
        return self._minutes(self.tables.stints.kind, len(Spent))

    def _minutes(self, column: Ints, width: int) -> Floats:
        keys = (self.tables.stints.person + 1) * width + column
        return total_by(keys, self.stints, (self.n + 1) * width).reshape(-1, width)[1:]

    @cached_property
    def present(self) -> Floats:
        """Minutes present, breaks left out."""
        presence = self.tables.presence
        minutes = self.hours.between(presence.start, presence.end, self.tables.window)
        return total_by(presence.person, minutes, self.n)

    @cached_property
    def paid(self) -> Floats:
        """Regular paid minutes; a day away counts whole if it is written in the window."""
        paid, away = self.tables.of(Event.PAID), self.away
        start, end = self.tables.window
        inside = (paid[:, TIME] >= start) & (paid[:, TIME] < end)
        minutes = np.where(away, paid[:, DETAIL] * inside, self._stretches(paid))
        return total_by(self.tables.people.of(paid[:, PERSON]), minutes, self.n)

    @cached_property
    def away(self) -> Mask:
        """Which rows of paid minutes are of a day away."""
        return np.isin(_who_and_when(self.tables.of(Event.PAID)), _who_and_when(self.tables.of(Event.ABSENT)))

    @cached_property
    def overtime(self) -> Floats:
        """Minutes worked after the end of a shift."""
        rows = self.tables.of(Event.OVERTIME)
        return total_by(self.tables.people.of(rows[:, PERSON]), self._stretches(rows), self.n)

    def _stretches(self, rows: Floats) -> Floats:
        """Minutes of the window in the stretch that each row ends, DETAIL minutes long."""
        return self.hours.between(rows[:, TIME] - rows[:, DETAIL], rows[:, TIME], self.tables.window)


def _who_and_when(rows: Floats) -> Floats:
    """One complex number for each person and time, so that pairs can be looked up at once."""
    return rows[:, PERSON] + 1j * rows[:, TIME]
