"""One entry per attempt to reach the shop, and one per stay in the queue."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from sim.kpis.arrays import (
    CALL,
    DETAIL,
    NAN,
    PERSON,
    ROOT,
    TIME,
    Mask,
    Positions,
    any_by,
    first_by,
    last_by,
    total_by,
)
from sim.kpis.clock import hour_of_day, phone_hours
from sim.kpis.rows import Rows
from sim.ledger import Floats, Ints
from sim.relay import DAY_MIN, Event, Outcome
from sim.shop.phones import longest_wait

#: outcomes that mean that the caller was waiting for a person, even if no queue entry was written
_WAITED = (Outcome.ABANDONED, Outcome.BALKED, Outcome.CUT_OFF_AT_CLOSING, Outcome.TIMED_OUT)


@dataclass(frozen=True, slots=True)
class Attempts:
    """The attempts that rang in the window, in order of arrival; arrays of one length."""

    id: Ints
    arrived: Floats  # minutes
    hour: Ints  # of the day at arrival
    in_hours: Mask  # rang while the phones were open
    type: Ints  # the call type it rang with
    root: Ints  # position in the table of roots
    redial: Mask  # follows a planned redial of its root
    outcome: Ints
    booked: Mask  # a job was booked in it
    answered: Mask  # a person of the shop picked up
    queued: Mask  # had to wait, those who hung up at once included
    entered: Mask  # asked for a person: answered, or waited for one
    wait_min: Floats  # to the first answer, or to the end without one; NaN where it never waited for a person
    person: Ints  # position of who answered first, -1 nobody
    talk_min: Floats  # over all answers, NaN before the end of the first
    handle_min: Floats  # talk and wrap-up over all answers, NaN before the end of the first

    def where(self, keep: Mask) -> Attempts:
        """Some of them."""
        return Attempts(*(getattr(self, field.name)[keep] for field in fields(self)))


@dataclass(frozen=True, slots=True)
class Stays:
    """Stays in the queue, all of the run; arrays of one length."""

    root: Ints
    type: Ints  # the call type it rang with
    start: Floats
    end: Floats

    def where(self, keep: Mask) -> Stays:
        """Some of them."""
        return Stays(*(getattr(self, field.name)[keep] for field in fields(self)))


def attempts(rows: Rows) -> Attempts:
    """Put the attempts together from their events."""
    rang = rows.of(Event.RANG)
    inside = (rang[:, TIME] >= rows.window[0]) & (rang[:, TIME] < rows.window[1])
    redial = redials(rows)[inside]
    rang = rang[inside]
    calls = Positions(rang[:, CALL])
    n = calls.n

    answers = rows.of(Event.ANSWERED)
    by = calls.of(answers[:, CALL])
    answered = any_by(by, n)
    person = rows.people.of(first_by(by, answers[:, PERSON], n, -1.0))
    ends = rows.of(Event.CALL_ENDED)
    outcome = last_by(calls.of(ends[:, CALL]), ends[:, DETAIL], n, Outcome.IN_PROGRESS_AT_HORIZON).astype(np.int64)
    in_queue = _first_time(rows, Event.QUEUED, calls)
    unanswered = ~answered & (outcome != Outcome.IN_PROGRESS_AT_HORIZON)
    waited = unanswered & (~np.isnan(in_queue) | np.isin(outcome, _WAITED))
    end = last_by(calls.of(ends[:, CALL]), ends[:, TIME], n)
    wait = np.where(waited, _left(end, _entry(rows, in_queue, calls, rang[:, TIME]), rang, rows), NAN)
    return Attempts(
        id=rang[:, CALL].astype(np.int64),
        arrived=rang[:, TIME],
        hour=hour_of_day(rang[:, TIME]),
        in_hours=phone_hours(rows.run.scenario).holds(rang[:, TIME]),
        type=rang[:, DETAIL].astype(np.int64),
        root=rows.roots.of(rang[:, ROOT]),
        redial=redial,
        outcome=outcome,
        booked=any_by(calls.of(rows.of(Event.BOOKED)[:, CALL]), n) | (outcome == Outcome.BOOKED),
        answered=answered,
        queued=_queued_first(rows, calls) | (outcome == Outcome.BALKED),
        entered=answered | ~np.isnan(in_queue) | np.isin(outcome, _WAITED),
        wait_min=np.where(answered, first_by(by, answers[:, DETAIL], n), wait),
        person=person,
        talk_min=_total(rows, Event.HUNG_UP, calls),
        handle_min=_total(rows, Event.WRAPPED, calls),
    )


def _first_time(rows: Rows, event: int, calls: Positions) -> Floats:
    found = rows.of(event)
    return first_by(calls.of(found[:, CALL]), found[:, TIME], calls.n)


def _total(rows: Rows, event: int, calls: Positions) -> Floats:
    """Minutes by attempt, NaN where there was no such event."""
    found = rows.of(event)
    by = calls.of(found[:, CALL])
    return np.where(any_by(by, calls.n), total_by(by, found[:, DETAIL], calls.n), NAN)


def _entry(rows: Rows, in_queue: Floats, calls: Positions, rang: Floats) -> Floats:
    """When the wait began: at the queue, else at the end of the phone tree, else when it rang."""
    passed = _first_time(rows, Event.TREE_PASSED, calls)
    return np.where(np.isnan(in_queue), np.where(np.isnan(passed), rang, passed), in_queue)


def _left(end: Floats, entry: Floats, rang: Floats, rows: Rows) -> Floats:
    """Minutes from entry to end; who is taken out of the queue at its longest wait waits no longer than that."""
    return np.minimum(end - entry, _longest(rang[:, DETAIL], rang[:, TIME], rows))


def _longest(types: Floats, arrived: Floats, rows: Rows) -> Floats:
    """The longest time in the queue, in minutes, of calls of some types that rang at some times."""
    scenario = rows.run.scenario
    found = np.full(len(types), np.inf)
    for number, kind in enumerate(scenario.calls.types.values()):
        cap = longest_wait(scenario.phones, kind.max_wait_min)
        if cap is not None:
            of = types == number
            found[of] = [cap(minute) for minute in (arrived[of] % DAY_MIN).tolist()]
    return found


def _queued_first(rows: Rows, calls: Positions) -> Mask:
    """Which attempts had to wait for their first answer (and not only after they were moved)."""
    queue, answer = (
        first_by(calls.of(rows.of(event)[:, CALL]), rows.numbers(event).astype(np.float64), calls.n, np.inf)
        for event in (Event.QUEUED, Event.ANSWERED)
    )
    return queue < answer


def redials(rows: Rows) -> Mask:
    """For each RANG row whether a planned redial is the last thing that its root's phone did before."""
    size = max(len(rows.run.ledger), 1)
    rang, planned = (
        rows.of(event)[:, ROOT].astype(np.int64) * size + rows.numbers(event)
        for event in (Event.RANG, Event.REDIAL_PLANNED)
    )
    ordered = np.sort(rang)
    before = np.append(ordered, -1)[np.searchsorted(ordered, rang) - 1]
    planned = np.sort(planned)
    plan = np.append(planned, -1)[np.searchsorted(planned, rang) - 1]
    return np.asarray((plan // size == rang // size) & (plan > before) & (plan < rang))


def _types_now(rows: Rows, queued: Floats, types: Floats) -> Floats:
    """The type that each queueing call has by then, after any transfers."""
    moved = rows.of(Event.MOVED)
    if not len(moved):
        return types
    size = max(len(rows.run.ledger), 1)
    became = moved[:, CALL] * size + rows.numbers(Event.MOVED)
    order = np.argsort(became)
    asked = queued[:, CALL] * size + rows.numbers(Event.QUEUED)
    last = np.searchsorted(became[order], asked) - 1
    row = moved[order][last]
    return np.where((last >= 0) & (row[:, CALL] == queued[:, CALL]), row[:, DETAIL], types)


def stays(rows: Rows) -> Stays:
    """From when to when somebody waited: from each QUEUED to the call's next ANSWERED or CALL_ENDED."""
    queued = rows.of(Event.QUEUED)
    exits, at = rows.following(Event.QUEUED, (Event.ANSWERED, Event.CALL_ENDED), CALL)
    left = np.append(exits[:, TIME], rows.run.stopped_at)[at]
    ended = np.append(exits[:, 1], -1)[at] == Event.CALL_ENDED
    rang = rows.of(Event.RANG)
    at = Positions(rang[:, CALL]).of(queued[:, CALL])
    types, arrived = np.append(rang[:, DETAIL], -1.0)[at], np.append(rang[:, TIME], np.nan)[at]
    longest = _longest(_types_now(rows, queued, types), arrived, rows)
    left = np.where(ended, np.minimum(left, queued[:, TIME] + longest), left)
    return Stays(rows.roots.of(queued[:, ROOT]), types.astype(np.int64), queued[:, TIME], left)
