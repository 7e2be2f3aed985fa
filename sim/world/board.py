"""The job board of today: seen by the desk and not yet given to anybody, by trade and in order of window."""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from heapq import merge
from itertools import islice

from sim.relay import Event, Job
from sim.shop.dispatch import Candidate, best
from sim.shop.jobs import mean_travel_min
from sim.world.person import Person
from sim.world.shop import Shop

_Entry = tuple[float, int, Job]


class Board:
    """What the desk has before it."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.settings = shop.scenario.dispatch
        self.clock = shop.clock
        self.plans = shop.plan.jobs
        self._overtime = self.settings.planned_overtime_min
        self._jobs: dict[str, list[_Entry]] = {plan.trade: [] for plan in shop.plan.jobs}
        self._early = self.settings.early_start_min + mean_travel_min(shop.scenario.jobs)

    def add(self, job: Job) -> None:
        """On the board of today."""
        insort(self._jobs[self.plans[job.type].trade], (job.window_start, job.id, job))

    def remove(self, job: Job) -> None:
        """Off the board, wherever it goes."""
        entries = self._jobs[self.plans[job.type].trade]
        at = bisect_left(entries, (job.window_start, job.id))
        if at < len(entries) and entries[at][2] is job:
            del entries[at]

    def all(self) -> list[Job]:
        """Every job on it, in order of creation."""
        return sorted((entry[2] for entries in self._jobs.values() for entry in entries), key=lambda job: job.id)

    def startable(self, job: Job) -> bool:
        """Whether its window is near enough to set off now."""
        return job.window_start - self._early <= self.clock.now

    def eligible(self, person: Person, job: Job) -> bool:
        """The hard rule, never a preference: skill and hours left (the trade is how the board is sorted)."""
        if self.plans[job.type].skill_level > person.skill_level or person in job.refused:
            return False
        named = job.named_technician
        if named is not None and named is not person and named.present:
            return False
        return self.clock.now + job.minutes <= person.day_end + self._overtime

    def _for(self, person: Person, ahead_min: float) -> Iterator[Job]:
        lists = [self._jobs[trade] for trade in person.trades if trade in self._jobs]
        entries: Iterable[_Entry] = lists[0] if len(lists) == 1 else merge(*lists)
        latest = self.clock.now + ahead_min + self._early
        for start, _, job in entries:
            if start > latest:
                return
            if self.eligible(person, job):
                yield job

    def any_for(self, person: Person, ahead_min: float = 0.0) -> bool:
        """Whether there is a job for a technician."""
        return next(self._for(person, ahead_min), None) is not None

    def choose(self, person: Person, ahead_min: float = 0.0) -> Job | None:
        """The job that the policy gives a technician, of those the desk can hold against one another."""
        jobs = self._before_the_desk(person, ahead_min)
        if not jobs:
            return None
        chosen = self._best(jobs, person)
        self.remove(chosen)
        now, ledger = self.clock.now, self.shop.ledger
        row = ledger.write(now, Event.ASSIGNED, chosen.caller.id, -1, chosen.id, person=person.id, detail=len(jobs))
        for rank, job in enumerate(jobs):
            if job is not chosen:
                ledger.write(now, Event.CANDIDATE, job.caller.id, -1, job.id, person=person.id, cause=row, detail=rank)
        return chosen

    def would_choose(self, person: Person, ahead_min: float = 0.0) -> Job | None:
        """What :meth:`choose` would give them now."""
        jobs = self._before_the_desk(person, ahead_min)
        return self._best(jobs, person) if jobs else None

    def _before_the_desk(self, person: Person, ahead_min: float) -> list[Job]:
        return list(islice(self._for(person, ahead_min), self.settings.considers))

    def _best(self, jobs: list[Job], person: Person) -> Job:
        plans = self.plans
        candidates = [
            Candidate(
                j.booked_at, j.window_start, j.window_end, j.caller.recorded_tier,
                math.hypot(j.caller.x - person.at_x, j.caller.y - person.at_y), plans[j.type].value, j.minutes,
                plans[j.type].settings.emergency, j.id,
            )
            for j in jobs
        ]  # fmt: skip
        return jobs[best(candidates, self.settings.policy)]
