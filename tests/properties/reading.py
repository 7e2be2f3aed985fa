"""A run's ledger read row by row: what the laws look things up in."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from sim.ledger import PersonRecord, Run
from sim.relay import DAY_MIN, Event, Spent
from sim.shop.people import Group, Shift

EPS = 1e-6  # minutes; times lie on a grid of 1/60,000 minute
#: rows that name a person whose work they are not
BY_OTHERS = {
    Event.COVER_ON, Event.COVER_OFF, Event.REPORTED, Event.ASSIGNED, Event.CANDIDATE, Event.BRIEFED, Event.PICKED_UP,
    Event.SPENT + Spent.WAIT_FOR_DESK, Event.SWITCHED,
}  # fmt: skip
SPENT = {int(Event.SPENT) + kind: kind for kind in Spent}


class Row(NamedTuple):
    """One row of the ledger and its number."""

    n: int
    time: float
    event: int
    root: int
    call: int
    job: int
    visit: int
    baton: int
    person: int
    cause: int
    detail: float


class Stint(NamedTuple):
    """Minutes that a person spent on one thing."""

    start: float
    end: float
    kind: Spent
    row: Row


class Presence(NamedTuple):
    """A stretch of time at work, breaks left out."""

    start: float
    end: float


class Leg(NamedTuple):
    """One stay of a call between entering and leaving the queue; a transferred call has several."""

    call: int
    type: int
    moved: bool
    entered: Row
    queued: Row | None
    answered: Row | None
    left: Row | None  # what ended it: hung up, or the attempt's end


Faults = Iterator[str]
Law = Callable[["Reading"], Faults]
LAWS: list[Law] = []


def law(function: Law) -> Law:
    """A law holds in every run; it yields a sentence for each breach. Its docstring is what it says."""
    LAWS.append(function)
    return function


class Reading:
    """A run, its rows in plain numbers and grouped by whatever they are about."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.scenario = run.scenario
        self.rows = [
            Row(n, time, int(event), int(root), int(call), int(job), int(visit), int(baton), int(person), int(cause), x)
            for n, (time, event, root, call, job, visit, baton, person, cause, x) in enumerate(
                run.ledger.table.tolist()
            )
        ]

    @cached_property
    def by_event(self) -> dict[int, list[Row]]:
        return grouped(self.rows, lambda row: row.event)

    def of(self, *events: int) -> list[Row]:
        """The rows of some events, in order."""
        found = [row for event in events for row in self.by_event.get(event, ())]
        return sorted(found) if len(events) > 1 else found

    @cached_property
    def by_root(self) -> dict[int, list[Row]]:
        return grouped(self.rows, lambda row: row.root)

    @cached_property
    def by_call(self) -> dict[int, list[Row]]:
        return grouped(self.rows, lambda row: row.call)

    @cached_property
    def by_job(self) -> dict[int, list[Row]]:
        return grouped(self.rows, lambda row: row.job)

    @cached_property
    def by_visit(self) -> dict[int, list[Row]]:
        return grouped(self.rows, lambda row: row.visit)

    @cached_property
    def by_baton(self) -> dict[int, list[Row]]:
        return grouped(self.rows, lambda row: row.baton)

    @cached_property
    def by_person(self) -> dict[int, list[Row]]:
        return grouped(self.rows, lambda row: row.person)

    # ---- people -------------------------------------------------------------------------------------------------
    def group(self, person: PersonRecord) -> Group:
        return self.scenario.people[person.group]

    @cached_property
    def shifts(self) -> dict[int, Shift | None]:
        """Each person's shift; none where the group is given as head-counts."""
        dealt: dict[str, int] = defaultdict(int)
        found = {}
        for person in self.run.people:
            group = self.group(person)
            n = dealt[person.group]
            dealt[person.group] += 1
            found[person.id] = None if group.heads is not None else group.shifts[n % len(group.shifts)]
        return found

    @cached_property
    def stints(self) -> dict[int, list[Stint]]:
        """What each person spent time on, without the waiting for the desk, in order of the ledger."""
        found: dict[int, list[Stint]] = defaultdict(list)
        for row in self.rows:
            if row.event in SPENT and row.event != Event.SPENT + Spent.WAIT_FOR_DESK:
                found[row.person].append(Stint(row.time - row.detail, row.time, SPENT[row.event], row))
        return found

    @cached_property
    def presence(self) -> dict[int, list[Presence]]:
        """When each person was at work and not on a break (the law about comings and goings checks the rows)."""
        return {person.id: list(self._presence(person.id)) for person in self.run.people}

    def _presence(self, person: int) -> Iterator[Presence]:
        since = None
        for row in self.by_person.get(person, ()):
            if row.event == Event.CAME and since is None:
                since = row.time
            elif row.event in (Event.LEFT, Event.WENT_ON_BREAK) and since is not None:
                yield Presence(since, row.time)
                since = None
        if since is not None:
            yield Presence(since, self.run.stopped_at)

    def is_present(self, person: int, start: float, end: float) -> bool:
        """Whether a person was there, and on no break, for all of a stretch of time."""
        stretches = self.presence.get(person, [])
        at = bisect_left(stretches, start - EPS, key=lambda p: p.end)
        return any(p.start <= start + EPS and end <= p.end + EPS for p in stretches[at : at + 2])

    def came(self, row: Row) -> list[float]:
        """When a row's person came to work before it."""
        rows = self.by_person[row.person]
        return [r.time for r in rows if r.event == Event.CAME and r.detail == 1 and r.n < row.n]

    def shift_end(self, row: Row) -> float:
        """When the shift ends that a row's person is in, or is about to begin."""
        shift = self.shifts[row.person]
        if shift is None:
            return float("inf")
        day = row.time // DAY_MIN
        ends = [start // DAY_MIN * DAY_MIN + shift.end for start in self.came(row)[-1:]]
        return max([*ends, day * DAY_MIN + shift.end if shift.days[self.weekday(int(day))] else 0.0])

    # ---- calls --------------------------------------------------------------------------------------------------
    @cached_property
    def picked_up(self) -> dict[int, float]:
        """When somebody turned to a call, by the row at which it was answered: before switching and ringing."""
        found = {}
        for rows in self.by_person.values():
            for at, row in enumerate(rows):
                if row.event == Event.ANSWERED:
                    found[row.n] = _turned_to(rows, at)
        return {row.n: found.get(row.n, row.time) for row in self.of(Event.ANSWERED)}

    @cached_property
    def legs(self) -> dict[int, list[Leg]]:
        """The legs of every attempt."""
        return {call: list(_legs(rows)) for call, rows in self.by_call.items() if rows[0].event == Event.RANG}

    def all_legs(self) -> Iterator[Leg]:
        """The legs of all attempts."""
        for legs in self.legs.values():
            yield from legs

    def is_open(self, time: float) -> bool:
        """Whether the phones are open."""
        phones = self.scenario.phones
        day, minute = divmod(time, DAY_MIN)
        return phones.days[self.weekday(int(day))] and phones.open <= minute < phones.close

    def weekday(self, day: int) -> int:
        return (self.scenario.horizon.start.weekday() + day) % 7

    # ---- names --------------------------------------------------------------------------------------------------
    @cached_property
    def call_types(self) -> list[str]:
        return list(self.scenario.calls.types)

    @cached_property
    def job_types(self) -> list[str]:
        return list(self.scenario.jobs.types)


def _legs(rows: list[Row]) -> Iterator[Leg]:
    begun = Leg(rows[0].call, int(rows[0].detail), False, rows[0], None, None, None)
    leg = begun
    for row in rows:
        if row.event == Event.TREE_PASSED:
            leg = leg._replace(entered=row)
        elif row.event == Event.QUEUED:
            leg = leg._replace(queued=row)
        elif row.event == Event.ANSWERED:
            leg = leg._replace(answered=row)
        elif row.event in (Event.HUNG_UP, Event.CALL_ENDED) and leg.left is None:
            leg = leg._replace(left=row)
        elif row.event == Event.MOVED:
            yield leg
            leg = begun._replace(type=int(row.detail), moved=True, entered=row)
    yield leg


def _turned_to(rows: list[Row], answered: int) -> float:
    """Back from the answer, among one person's rows: the ringing, and before it the changing of hats.

    A change of hats that began before the call came was for something else, which then came to nothing.
    """
    time, at = rows[answered].time, answered - 1
    came = time - rows[answered].detail
    for kind in (Spent.RING, Spent.SWITCH):
        while at >= 0 and rows[at].event in BY_OTHERS:
            at -= 1
        if (
            at >= 0
            and rows[at].event == Event.SPENT + kind
            and abs(rows[at].time - time) < EPS
            and rows[at].detail < time - came + EPS
        ):
            time -= rows[at].detail
            at -= 1
    return time


def grouped(rows: Iterable[Row], key: Callable[[Row], int]) -> dict[int, list[Row]]:
    """Rows by what they are about; -1 (nothing) is left out."""
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    found.pop(-1, None)
    return found


def name(row: Row) -> str:
    """A row in words, for a fault."""
    if row.event in SPENT:
        what = f"SPENT+{SPENT[row.event].name}"
    elif row.event >= Event.LOSS:
        what = f"LOSS+{row.event - Event.LOSS}"
    else:
        what = Event(row.event).name
    ids = " ".join(
        f"{column} {value}"
        for column, value in zip(("root", "call", "job", "visit", "baton", "person"), row[3:9], strict=True)
        if value >= 0
    )
    return f"row {row.n} {what} at {row.time:.4f} ({ids}; {row.detail:g})"


def faults(run: Run) -> Faults:
    """Every law held against one run, the laws of time and conservation first: the first breach of each."""
    reading = Reading(run)
    for one in sorted(LAWS, key=lambda one: not one.__module__.endswith("time")):
        for fault in one(reading):
            yield f"{one.__name__}: {fault}"
            break


def faults_of(run: Run) -> list[str]:
    """All laws that a run breaks, each with its first breach."""
    return list(faults(run))


__all__ = [
    "EPS", "LAWS", "SPENT", "Faults", "Law", "Leg", "Presence", "Reading", "Row", "Stint", "faults", "faults_of", "grouped", "law", "name",
    "pairwise",
]  # fmt: skip
