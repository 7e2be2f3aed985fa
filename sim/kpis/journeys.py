"""One entry per job: when it passed each station from the hang-up to its end."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from sim.kpis.arrays import CALL, DETAIL, JOB, NAN, ROOT, TIME, VISIT, Mask, Positions, first_by, last_by
from sim.kpis.rows import Rows
from sim.ledger import Floats, Ints
from sim.relay import End, Event

#: what only the settlement at the horizon writes
NOT_ENDED = (End.UNFINISHED_AT_HORIZON, End.NEVER_CLOSED)


@dataclass(frozen=True, slots=True)
class Journeys:
    """All jobs of the run in order of booking; minutes, NaN where a station was never reached."""

    id: Ints
    root: Ints  # position in the table of roots
    booked: Floats
    hung_up: Floats  # the end of the talk in which it was booked; the booking where there was none
    on_board: Floats
    assigned: Floats
    arrived: Floats
    done: Floats  # the work is complete
    billed: Floats  # paid at the door or invoiced
    paid: Floats  # first payment
    closed: Floats
    ended: Floats  # whatever its end, but not for what the settlement at the horizon found open

    def where(self, keep: Mask) -> Journeys:
        """Some of them."""
        return Journeys(*(getattr(self, field.name)[keep] for field in fields(self)))


def journeys(rows: Rows) -> Journeys:
    """Put the jobs together from their events."""
    booked = rows.of(Event.BOOKED)
    booked = booked[np.sort(np.unique(booked[:, JOB], return_index=True)[1])]
    jobs = Positions(booked[:, JOB])

    def first(*events: int) -> Floats:
        times = [first_by(jobs.of(rows.of(e)[:, JOB]), rows.of(e)[:, TIME], jobs.n) for e in events]
        return np.asarray(np.fmin.reduce(times), dtype=np.float64)

    ends = rows.of(Event.JOB_ENDED)
    closed = ends[ends[:, DETAIL] == End.CLOSED]
    natural = ends[~np.isin(ends[:, DETAIL], NOT_ENDED)]
    return Journeys(
        id=booked[:, JOB].astype(np.int64),
        root=rows.roots.of(booked[:, ROOT]),
        booked=booked[:, TIME],
        hung_up=_hung_up(rows, booked),
        on_board=first(Event.ON_BOARD),
        assigned=first(Event.ASSIGNED),
        arrived=first(Event.ARRIVED),
        done=_done(rows, jobs),
        billed=first(Event.PAID_AT_DOOR, Event.INVOICED),
        paid=first(Event.PAID_AT_DOOR, Event.INVOICE_PAID),
        closed=first_by(jobs.of(closed[:, JOB]), closed[:, TIME], jobs.n),
        ended=first_by(jobs.of(natural[:, JOB]), natural[:, TIME], jobs.n),
    )


def _hung_up(rows: Rows, booked: Floats) -> Floats:
    """The end of the talk that booked each job."""
    talks = rows.of(Event.HUNG_UP)
    calls = Positions(np.unique(talks[:, CALL]))
    last = np.append(last_by(calls.of(talks[:, CALL]), talks[:, TIME], calls.n), NAN)
    found = last[calls.of(booked[:, CALL])]
    return np.where(np.isnan(found), booked[:, TIME], found)


def _done(rows: Rows, jobs: Positions) -> Floats:
    done = completed(rows)
    return first_by(jobs.of(done[:, JOB]), done[:, TIME], jobs.n)


def completed(rows: Rows) -> Floats:
    """The row that completed each job: its first WORK_DONE whose visit needed no return."""
    done, back = rows.of(Event.WORK_DONE), rows.of(Event.RETURN_NEEDED)
    done = done[~np.isin(done[:, VISIT], back[:, VISIT])]
    return done[np.sort(np.unique(done[:, JOB], return_index=True)[1])]
