"""What a KPI is measured on: a whole run, or the part of it that one row of a split is about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.kpis.arrays import CENTS, DETAIL, PERSON, ROOT, TIME, Mask, whole_cents
from sim.kpis.attempts import Attempts, Stays
from sim.kpis.clock import ALL_HOURS, DAYS_PER_YEAR, Hours, hour_of_day, phone_hours
from sim.kpis.journeys import NOT_ENDED, Journeys
from sim.kpis.tables import Tables
from sim.kpis.worked import Worked
from sim.ledger import Floats, Ints
from sim.relay import End, Event, Hat, Spent
from sim.shop.callers import CallType

CallTypeTest = Callable[[CallType], bool]


@dataclass(frozen=True, slots=True)
class Part:
    """What one row of a split is about; what is not said is not restricted."""

    type: int | None = None
    tier: int | None = None
    job: int | None = None
    hour: int | None = None
    people: tuple[int, ...] | None = None  # positions in the run's list of people


class View:
    """A run seen through a window and, for a split, restricted to one part."""

    def __init__(self, tables: Tables, part: Part | None = None) -> None:
        self.tables = tables
        self.part = part or Part()
        self.run = tables.run
        self.scenario = tables.run.scenario
        self.window = tables.window
        self.known: dict[str, float] = {}  # KPIs that were already worked out
        self._picked: dict[int, Floats] = {}

    # which rows

    @property
    def per_year(self) -> float:
        """What turns a total of the window into that of a year."""
        return DAYS_PER_YEAR / self.scenario.days

    @cached_property
    def by_root(self) -> Mask | None:
        """Which roots the part is about, one entry more for no root at all; None: not restricted."""
        roots, part = self.run.roots, self.part
        wanted = [(part.type, roots.type), (part.tier, roots.tier), (part.job, roots.job_type)]
        masks = [np.append(column == value, False) for value, column in wanted if value is not None]
        return np.logical_and.reduce(masks) if masks else None

    @cached_property
    def people(self) -> Mask:
        """Which people the part is about."""
        chosen = np.ones(self.tables.people.n, dtype=np.bool_)
        if self.part.people is not None:
            chosen[:] = False
            chosen[list(self.part.people)] = True
        return chosen

    def wearers(self, *hats: int) -> Mask:
        """The people of the part who normally wear one of these hats."""
        worn = [any(hat in person.hats for hat in hats) for person in self.run.people]
        return self.people & np.array(worn, dtype=np.bool_)

    def pick(self, rows: Floats) -> Floats:
        """The rows that lie in the window and belong to the part; ``rows`` in order of time."""
        low, high = np.searchsorted(rows[:, TIME], self.window)
        return self.mine(rows[low:high])

    def mine(self, rows: Floats) -> Floats:
        """The rows that belong to the part."""
        if self.by_root is not None:
            rows = rows[self.by_root[self.tables.roots.of(rows[:, ROOT])]]
        if self.part.people is not None:
            rows = rows[np.append(self.people, False)[self.tables.people.of(rows[:, PERSON])]]
        if self.part.hour is not None:
            rows = rows[hour_of_day(rows[:, TIME]) == self.part.hour]
        return rows

    def rows(self, event: int) -> Floats:
        """The rows of an event that lie in the window and belong to the part."""
        picked = self._picked.get(event)
        if picked is None:
            picked = self._picked[event] = self.pick(self.tables.of(event))
        return picked

    def count(self, event: int) -> float:
        """How often an event happened in the window."""
        return float(len(self.rows(event)))

    def total(self, event: int) -> float:
        """The sum of an event's details in the window."""
        return float(self.rows(event)[:, DETAIL].sum())

    def money(self, event: int) -> float:
        """The sum of an event's cents in the window, as money."""
        return whole_cents(self.rows(event)[:, DETAIL]) / CENTS

    def ended(self, end: End) -> float:
        """How many jobs had this end; what the settlement at the horizon found counts for the window."""
        rows = self.tables.of(Event.JOB_ENDED)
        rows = self.mine(rows[(rows[:, DETAIL] == end) & (rows[:, TIME] >= self.window[0])])
        settled = end in (*NOT_ENDED, End.LOST_BATON)
        return float(len(rows) if settled else (rows[:, TIME] < self.window[1]).sum())

    # the phones

    @cached_property
    def attempts(self) -> Attempts:
        """The attempts of the part: by the type they rang with, by their hour of arrival, by who answered."""
        all_of_them, part = self.tables.attempts, self.part
        keep = np.ones(len(all_of_them.id), dtype=np.bool_)
        if part.type is not None:
            keep &= all_of_them.type == part.type
        elif self.by_root is not None:
            keep &= self.by_root[all_of_them.root]
        if part.hour is not None:
            keep &= all_of_them.hour == part.hour
        if part.people is not None:
            keep &= np.append(self.people, False)[all_of_them.person]
        return all_of_them.where(keep)

    @cached_property
    def offered(self) -> Attempts:
        """The attempts that rang while the phones were open."""
        return self.attempts.where(self.attempts.in_hours)

    @cached_property
    def outcomes(self) -> Ints:
        """How many attempts had each outcome."""
        return np.bincount(self.attempts.outcome, minlength=32)

    @cached_property
    def waits(self) -> Floats:
        """Minutes waited by all attempts that waited for a person, or got one at once."""
        waits = self.attempts.wait_min
        return waits[~np.isnan(waits)]

    @cached_property
    def stays(self) -> Stays:
        """The stays in the queue of the part."""
        stays, part = self.tables.stays, self.part
        if part.type is not None:
            return stays.where(stays.type == part.type)
        return stays if self.by_root is None else stays.where(self.by_root[stays.root])

    @cached_property
    def phone_hours(self) -> Hours:
        """When the phones are open, in the part."""
        return phone_hours(self.scenario).only(self.part.hour)

    @cached_property
    def moved(self) -> Floats:
        """Calls turned into another type; for a part by type, those that were turned into it."""
        if self.part.type is None:
            return self.pick(self.tables.moved)
        low, high = np.searchsorted(self.tables.moved[:, TIME], self.window)
        rows = self.tables.moved[low:high]
        return np.asarray(rows[rows[:, DETAIL] == self.part.type])

    def types_with(self, wanted: CallTypeTest) -> Ints:
        """Which call types pass a test, as indexes."""
        kinds = self.scenario.calls.types.values()
        return np.array([n for n, kind in enumerate(kinds) if wanted(kind)], dtype=np.int64)

    # roots and jobs

    @cached_property
    def cohort(self) -> Mask:
        """The roots of the part that were born in the window."""
        born = self.run.roots.born
        mask = (born >= self.window[0]) & (born < self.window[1])
        if self.by_root is not None:
            mask &= self.by_root[:-1]
        return mask if self.part.hour is None else mask & (hour_of_day(born) == self.part.hour)

    @cached_property
    def fresh(self) -> Mask:
        """Those of them that nobody referred."""
        return np.asarray(self.cohort & (self.run.roots.parent < 0))

    @cached_property
    def journeys(self) -> Journeys:
        """The jobs of the part, whenever they were booked."""
        journeys = self.tables.journeys
        return journeys if self.by_root is None else journeys.where(self.by_root[journeys.root])

    # people

    @cached_property
    def worked(self) -> Worked:
        """Minutes of everybody in the window and, for a part by hour, in that hour."""
        return Worked(self.tables, ALL_HOURS.only(self.part.hour))

    def hours_of(self, kind: Spent) -> float:
        """Hours of the part's people that went into a kind of work."""
        return float(self.worked.by_kind[self.people, kind].sum()) / 60.0

    def shifts(self, hat: Hat) -> float:
        """Days on which somebody who wears the hat was there, each person counted."""
        worn = np.append(self.wearers(hat), False)
        return float(worn[self.tables.people.of(self.pick(self.tables.shifts)[:, PERSON])].sum())
