"""What people did when, and when they were there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.kpis.arrays import DETAIL, EVENT, JOB, PERSON, TIME
from sim.kpis.rows import Rows
from sim.ledger import Floats, Ints
from sim.relay import SPENT_HAT, Event, Hat, Spent

#: what a stint was worn under: a hat, side work, or nothing (waiting for the desk)
SIDE, NOTHING = len(Hat), len(Hat) + 1
UNDERS = len(Hat) + 2
_CHANGING = UNDERS
_UNDER = np.full(len(Spent), NOTHING, dtype=np.int64)
_UNDER[list(SPENT_HAT)] = list(SPENT_HAT.values())
_UNDER[Spent.SIDE] = SIDE
_UNDER[[Spent.SWITCH, Spent.RESUME]] = _CHANGING


@dataclass(frozen=True, slots=True)
class Stints:
    """Stretches of work, all of the run, in order of their ends; arrays of one length."""

    person: Ints  # position in the list of people, -1 nobody of the shop
    kind: Ints  # Spent
    under: Ints  # Hat, SIDE or NOTHING; changing over counts for what follows
    start: Floats
    end: Floats
    job: Ints  # id, -1 none


@dataclass(frozen=True, slots=True)
class Presence:
    """Stretches of presence, breaks left out; arrays of one length."""

    person: Ints
    start: Floats
    end: Floats


def stints(rows: Rows) -> Stints:
    """Put the stints together; each was written when it ended."""
    _, table = rows.of_any([Event.SPENT + kind for kind in Spent])
    person = rows.people.of(table[:, PERSON])
    kind = table[:, EVENT].astype(np.int64) - Event.SPENT
    end = table[:, TIME]
    job = table[:, JOB].astype(np.int64)
    return Stints(person, kind, _under(person, kind), end - table[:, DETAIL], end, job)


def _under(person: Ints, kind: Ints) -> Ints:
    """What each stint was worn under; switching and resuming look ahead to the same person's next real work."""
    under = _UNDER[kind]
    changing = under == _CHANGING
    if not changing.any():
        return under
    order = _by_person(person)
    ordered, whose = under[order], person[order]
    n = len(order)
    real = np.where(ordered == _CHANGING, n, np.arange(n))
    ahead = np.minimum.accumulate(real[::-1])[::-1]
    same = np.append(whose, -2)[ahead] == whose
    under[order] = np.where(same, np.append(ordered, NOTHING)[ahead], NOTHING)
    return under


def _by_person(person: Ints) -> Ints:
    """A stable order by person; numpy sorts 16-bit numbers several times faster."""
    few = person.max(initial=0) < 32_767
    return np.argsort(person.astype(np.int16) if few else person, kind="stable")


def presence(rows: Rows) -> Presence:
    """From each CAME to the person's next coming, break or leaving."""
    _, table = rows.of_any([Event.CAME, Event.LEFT, Event.WENT_ON_BREAK])
    person = rows.people.of(table[:, PERSON])
    order = _by_person(person)
    table, person = table[order], person[order]
    until = np.append(table[1:, TIME], rows.run.stopped_at)[: len(table)]
    goes_on = np.append(person[1:] == person[:-1], False)[: len(table)]
    until = np.where(goes_on, until, rows.run.stopped_at)
    came = table[:, EVENT] == Event.CAME
    return Presence(person[came], table[came, TIME], until[came])
