"""What many KPIs need of a run, worked out once and only when asked for."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from sim.kpis import attempts, journeys, stints
from sim.kpis.arrays import (
    BATON,
    CALL,
    DETAIL,
    EVENT,
    JOB,
    NAN,
    PERSON,
    ROOT,
    TIME,
    Mask,
    Positions,
    any_by,
    first_by,
    last_by,
)
from sim.kpis.attempts import Attempts, Stays
from sim.kpis.journeys import Journeys
from sim.kpis.rows import Rows
from sim.kpis.stints import Presence, Stints
from sim.ledger import COLUMNS, Floats, Ints
from sim.relay import DAY_MIN, Channel, Event, Handoff, Loss

#: the column that ``Tables.moved`` has more than the ledger
WAIT = len(COLUMNS)


class Tables(Rows):
    """A run's ledger by event, and what is derived from it."""

    @cached_property
    def attempts(self) -> Attempts:
        """The attempts that rang in the window."""
        return attempts.attempts(self)

    @cached_property
    def stays(self) -> Stays:
        """Every stay in the queue, whenever it was."""
        return attempts.stays(self)

    @cached_property
    def journeys(self) -> Journeys:
        """Every job from its booking to its end, whenever it was."""
        return journeys.journeys(self)

    @cached_property
    def stints(self) -> Stints:
        """Every stretch of work of every person."""
        return stints.stints(self)

    @cached_property
    def presence(self) -> Presence:
        """Every stretch of presence of every person, breaks left out."""
        return stints.presence(self)

    @cached_property
    def completed(self) -> Floats:
        """The row that completed each job: its first WORK_DONE whose visit needed no return."""
        return journeys.completed(self)

    @cached_property
    def return_visits(self) -> Floats:
        """The arrivals at jobs that an earlier visit had left unfinished."""
        arrived = self.of(Event.ARRIVED)
        return arrived[arrived[:, TIME] > self._unfinished_since(arrived[:, JOB])]

    @cached_property
    def on_return(self) -> Mask:
        """Which stints were spent on jobs that an earlier visit had left unfinished."""
        return np.asarray(self.stints.start >= self._unfinished_since(self.stints.job))

    def _unfinished_since(self, jobs: Floats | Ints) -> Floats:
        """When a visit first left each of these jobs unfinished, NaN if none did."""
        rows = self.of(Event.RETURN_NEEDED)
        found = Positions(np.unique(rows[:, JOB]))
        since = np.append(first_by(found.of(rows[:, JOB]), rows[:, TIME], found.n), NAN)
        return np.asarray(since[found.of(jobs)])

    @cached_property
    def moved(self) -> Floats:
        """The calls that were turned into another type, with a column WAIT: minutes until the next answer."""
        moved = self.of(Event.MOVED)
        then, at = self.following(Event.MOVED, (Event.ANSWERED, Event.CALL_ENDED), CALL)
        answer = np.append(np.where(then[:, EVENT] == Event.ANSWERED, then[:, DETAIL], NAN), NAN)
        return np.column_stack([moved, answer[at]])

    @cached_property
    def shifts(self) -> Floats:
        """One CAME row for each day on which a person was there at all."""
        came = self.of(Event.CAME)
        days = np.floor(came[:, TIME] / DAY_MIN)
        keys = self.people.of(came[:, PERSON]) * (days.max(initial=0.0) + 1.0) + days
        return came[np.sort(np.unique(keys, return_index=True)[1])]

    @cached_property
    def last_cause(self) -> Ints:
        """The terminal Loss of each root, -1 where nothing of it was lost."""
        cause = np.full(self.roots.n + 1, -1, dtype=np.int64)
        for loss in Loss:
            rows = self.of(Event.LOSS + loss)
            cause[self.roots.of(rows[rows[:, DETAIL] != 0, ROOT])] = loss
        return cause[:-1]

    @cached_property
    def lost_by(self) -> Ints:
        """The hand-off whose baton takes a root's money, if one does: a given-up report or close, else the booking."""
        by = np.full(self.roots.n + 1, int(Handoff.BOOKING), dtype=np.int64)
        dropped, given_up = self.of(Event.DROPPED), self.of(Event.FOUND)
        given_up = given_up[given_up[:, DETAIL] == Channel.NEVER]
        batons = Positions(np.unique(dropped[:, BATON]))
        which = np.append(last_by(batons.of(dropped[:, BATON]), dropped[:, DETAIL], batons.n), Handoff.BOOKING)
        by[self.roots.of(given_up[:, ROOT])] = which[batons.of(given_up[:, BATON])]
        return by[:-1]

    def roots_with(self, *events: int) -> Mask:
        """Which roots any of these events ever happened to."""
        rows = np.concatenate([self.of(event)[:, ROOT] for event in events])
        return any_by(self.roots.of(rows), self.roots.n)
