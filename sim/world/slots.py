"""The slot board: what may be promised, and what has been."""

from __future__ import annotations

from sim.relay import DAY_MIN, Hat, Job
from sim.shop.slots import capacities, fits, sellable, trade_sets
from sim.world.shop import Shop

_Sets = dict[frozenset[str], float]


class SlotBoard:
    """Technician minutes by day and window, and the jobs that hold them."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.settings = shop.scenario.slots
        self.windows = [(w.start, w.end) for w in self.settings.windows]
        length = sum(end - start for start, end in self.windows)
        self._shares = [(end - start) / length for start, end in self.windows]
        self._technicians = [p for p in shop.people if Hat.TECHNICIAN in p.hats]
        trades = [t for p in self._technicians for t in p.trades] + [j.trade for j in shop.plan.jobs]
        self.sets = trade_sets(trades, [p.trades for p in self._technicians])
        self._all_sets = sorted({s for sets in self.sets.values() for s in sets}, key=sorted)
        self._capacity: dict[int, _Sets] = {}
        self._booked: dict[tuple[int, int], _Sets] = {}
        self.jobs_on: dict[int, dict[Job, None]] = {}

    def capacity(self, day: int) -> _Sets:
        """Minutes of a day by set of trades: planned shifts less known vacations, and today less the sick."""
        known = self._capacity.get(day)
        if known is None:
            known = self._capacity[day] = capacities(self._minutes(day), self._all_sets)
        return known

    def refresh(self, day: int) -> None:
        """The day has begun: who is sick is known now."""
        self._capacity.pop(day, None)

    def _minutes(self, day: int) -> list[tuple[frozenset[str], float]]:
        weekday = self.shop.plan.weekday(day)
        found = []
        for person in self._technicians:
            shift = person.shift
            if shift is None or not shift.days[weekday]:
                continue
            away = self.shop.roster.away(person, day)
            if away == 1 or (away == 2 and day <= self.shop.today):
                continue
            found.append(
                (person.trades, shift.end - shift.start - (shift.lunch_min if shift.lunch is not None else 0.0))
            )
        return found

    def first(self, type_: int, from_day: int, limit: int | None = None) -> tuple[int, int] | None:
        """The first (day, window) from a day on that the board has for a type of job."""
        plan = self.shop.plan.jobs[type_]
        sets = self.sets[plan.trade]
        share = sellable(self.settings, plan.settings.emergency)
        now = self.shop.clock.now
        last = from_day + (self.settings.horizon_days if limit is None else min(limit, self.settings.horizon_days))
        for day in range(from_day, last + 1):
            capacity = self.capacity(day)
            if capacity[sets[0]] <= 0.0:  # nobody of this trade works that day
                continue
            for window, (_, end) in enumerate(self.windows):
                if now > day * DAY_MIN + end - self.settings.last_booking_before_end_min:
                    continue
                booked = self._booked.get((day, window))
                if booked is None or fits(plan.minutes, sets, capacity, booked, share * self._shares[window]):
                    return day, window
        return None

    def hold(self, job: Job, day: int, window: int) -> None:
        """Promise a slot to a job; what it held before is free again."""
        self.release(job)
        booked = self._booked.setdefault((day, window), {})
        for s in self.sets[self.shop.plan.jobs[job.type].trade]:
            booked[s] = booked.get(s, 0.0) + job.minutes
        job.held = (day, window, job.minutes)
        job.day, job.window = day, window
        start, end = self.windows[window]
        job.window_start, job.window_end = day * DAY_MIN + start, day * DAY_MIN + end
        self.jobs_on.setdefault(day, {})[job] = None

    def release(self, job: Job) -> None:
        """The slot is free again."""
        if job.held is None:
            return
        day, window, minutes = job.held
        job.held = None
        self.jobs_on.get(day, {}).pop(job, None)
        booked = self._booked.get((day, window))
        if booked is not None:  # else the day is gone by
            for s in self.sets[self.shop.plan.jobs[job.type].trade]:
                booked[s] -= minutes

    def load(self) -> float:
        """Minutes booked and not worked off over technician minutes still to come, today and the next day worked."""
        booked = available = 0.0
        seen = 0
        for day in range(self.shop.today, self.shop.today + 8):
            minutes = sum(minutes for _, minutes in self._minutes(day)) * self._ahead(day)
            if minutes > 0.0:
                seen += 1
                available += minutes
                for window in range(len(self.windows)):
                    held = self._booked.get((day, window), {})
                    booked += sum(held.get(frozenset((trade,)), 0.0) for trade in self.sets)
            if seen == 2:
                break
        return booked / available if available > 0 else 0.0

    def _ahead(self, day: int) -> float:
        """Share of a day's windows that lies ahead."""
        minute = self.shop.clock.now - day * DAY_MIN
        length = sum(end - start for start, end in self.windows)
        return sum(max(0.0, end - max(start, minute)) for start, end in self.windows) / length

    def forget(self, day: int) -> None:
        """Days gone by need no board."""
        self._capacity.pop(day, None)
        self.jobs_on.pop(day, None)
        for window in range(len(self.windows)):
            self._booked.pop((day, window), None)
