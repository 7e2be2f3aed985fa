"""Demand: scenario and streams -> the root needs of each day, the same under every plan.

First attempts are the points of a Poisson random measure over (time of day, height): a point rings if its height lies
below the rate at that time. A day's points come in order of height, so a higher rate (marketing, growth, a surge, a
busy day) only adds callers and never moves one, and there is no ceiling to choose (thinning: Lewis and Shedler 1979).
"""

from __future__ import annotations

import datetime
import math
from collections import defaultdict
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.distributions import Distribution
from sim.relay import DAY_MIN, Caller
from sim.shop.callers import Arrivals, CallType, Surge, competitor_delay, cumulated, pick
from sim.shop.jobs import place
from sim.shop.prices import cents
from sim.shop.scenario import Scenario
from sim.shop.settings import RateStep
from sim.streams import ROOT_WIDTH, Address, DayDraw, Draw, Streams, child_key, name_key, root_key, rows_of

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]  # of a day's block of draws, rising

_GRID = 60_000.0
_NOBODY: Rows = np.empty(0, dtype=np.int64)


class Demand:
    """The root needs of one replication, day by day, in order of birth."""

    def __init__(self, scenario: Scenario, streams: Streams) -> None:
        self.scenario = scenario
        self.streams = streams
        self.types = list(scenario.calls.types.values())
        self.names = list(scenario.calls.types)
        self.keys = [name_key(name) for name in self.names]
        self.jobs = list(scenario.jobs.types.values())
        self._need = NeedReader(scenario)
        self._busyness = _busyness(scenario.calls.busyness_cv)
        self._profile = _normalised(scenario.calls.profile)
        self._curves = [self._curve(kind) for kind in self.types]
        self._trace = self._by_day()

    def day(self, day: int) -> list[Caller]:
        """The needs born on a day; ids are given by whoever keeps them."""
        if self._trace is not None:
            return self._traced(day)
        found: list[Caller] = []
        busy = self._busyness(self.streams.row(Address.DAY, day)[DayDraw.BUSYNESS])
        for index, kind in enumerate(self.types):
            times, rows = self._arrivals(index, kind, day, busy)
            if len(rows):
                found += self._callers(index, day, times, rows)
        found.sort(key=lambda caller: caller.born)
        return found

    def _callers(self, index: int, day: int, times: list[float], rows: Rows) -> list[Caller]:
        entity = self.keys[index] << 32 | day
        block = self.streams.block(Address.ROOT, entity, int(rows[-1]) + 1, ROOT_WIDTH)[rows]
        key = self.keys[index]
        read = self._need.read
        return [
            read(Caller(-1, root_key(key, day, row), index, time, fate), day)
            for time, row, fate in zip(times, rows.tolist(), rows_of(block), strict=True)
        ]

    def factor(self, day: int, kind: CallType, name: str) -> float:
        """Weekday, month, growth and surge of a day, as one factor on the mean weekday."""
        calls = self.scenario.calls
        date = self.scenario.horizon.start + datetime.timedelta(days=day)
        factor = calls.weekday[date.weekday()] * calls.month[date.month - 1]
        if calls.growth_per_year:
            factor *= (1.0 + calls.growth_per_year) ** (day / 365.0)
        for surge in surges_on(calls.surges, day):
            if not surge.types or name in surge.types:
                factor *= surge.factor
        return factor

    def _curve(self, kind: CallType) -> tuple[Floats, Floats, float]:
        """The steps of a type's rate: from which minutes on, how high (in shares of the day or a minute), the top."""
        if kind.arrivals is None:
            steps = self._profile
        else:
            steps = _ring([(step.at, step.value / 60.0) for step in kind.arrivals.per_hour or ()])
        heights = [height for _, height in steps]
        return np.array([at for at, _ in steps]), np.array(heights), max(heights, default=0.0)

    def _scale(self, index: int, kind: CallType, day: int, busy: float) -> float:
        """What makes the heights of a type's curve its calls a minute on a day."""
        own = kind.arrivals
        if own is None:
            if not kind.share:
                return 0.0
            return self.scenario.calls.per_day * kind.share * (self.factor(day, kind, self.names[index]) * busy)
        return self.factor(day, kind, self.names[index]) * busy if own.weekly else 1.0

    def _arrivals(self, index: int, kind: CallType, day: int, busy: float) -> tuple[list[float], Rows]:
        """Times (absolute minutes) and rows of a type's first attempts on a day."""
        entity = self.keys[index] << 32 | day
        own = kind.arrivals
        if own is not None:
            if not own.days[self._weekday(day)]:
                return [], _NOBODY
            if own.per_day_fixed is not None:
                return self._fixed(own.per_day_fixed, own, day, entity)
        starts, steps, highest = self._curves[index]
        scale = self._scale(index, kind, day, busy)
        top = highest * scale
        if top <= 0.0:
            return [], _NOBODY
        minutes, heights = self._points(entity, top)
        rates = steps * scale
        rows = (heights < rates[starts.searchsorted(minutes, side="right") - 1]).nonzero()[0]
        return _on_grid(day * DAY_MIN + minutes[rows]), rows

    def _points(self, entity: int, top: float) -> tuple[Floats, Floats]:
        """The day's points up to a height ``top`` (per minute), lowest first: minutes of the day and heights."""
        mean = top * DAY_MIN
        count = int(mean + 6.0 * math.sqrt(mean) + 12.0)
        while True:
            uniforms = self.streams.block(Address.ARRIVALS, entity, count, 2)
            heights = np.log1p(-uniforms[:, 0]).cumsum() / -DAY_MIN
            if heights[-1] >= top:
                return uniforms[:, 1] * DAY_MIN, heights
            count *= 2

    def mean_births(self, index: int, kind: CallType, day: int) -> float:
        """Mean number of a type's first attempts on a day."""
        own = kind.arrivals
        if own is not None and not own.days[self._weekday(day)]:
            return 0.0
        if own is not None and own.per_day_fixed is not None:
            return float(own.per_day_fixed) if self._open(day) else 0.0
        starts, steps, _ = self._curves[index]
        return float(np.diff(np.append(starts, DAY_MIN)) @ steps) * self._scale(index, kind, day, 1.0)

    def mean_potential(self, index: int, kind: CallType, day: int) -> float:
        """Mean potential of a root of a type that is born on a day, in money."""
        return self._need.mean_potential(index, kind, day)

    def _weekday(self, day: int) -> int:
        return (self.scenario.horizon.start + datetime.timedelta(days=day)).weekday()

    def _open(self, day: int) -> bool:
        return self.scenario.phones.days[self._weekday(day)]

    def _fixed(self, n: int, kind: Arrivals, day: int, entity: int) -> tuple[list[float], Rows]:
        if not self._open(day) or n == 0:
            return [], _NOBODY
        profile = self._profile if kind.per_hour is None else _normalised(kind.per_hour)
        uniforms = self.streams.block(Address.ARRIVALS, entity, n, 2)[:, 1]
        minutes = np.array([_within(profile, u) for u in uniforms.tolist()])
        return _on_grid(day * DAY_MIN + minutes), np.arange(n)

    def _by_day(self) -> dict[int, list[tuple[float, int, float]]] | None:
        trace = self.scenario.calls.trace
        if trace is None:
            return None
        index = {name: i for i, name in enumerate(self.names)}
        days: dict[int, list[tuple[float, int, float]]] = defaultdict(list)
        for minute, name, handle in trace.calls:
            days[int(minute // DAY_MIN)].append((minute, index[name], handle))
        return days

    def _traced(self, day: int) -> list[Caller]:
        """The recorded calls of a day: their times and talk are the log's, all else is drawn."""
        calls = self._trace.get(day, []) if self._trace else []
        if not calls:
            return []
        key = name_key("trace")
        fates = rows_of(self.streams.block(Address.ROOT, key << 32 | day, len(calls), ROOT_WIDTH))
        found = []
        for row, ((minute, index, handle), fate) in enumerate(zip(calls, fates, strict=True)):
            caller = Caller(-1, root_key(key, day, row), index, round(minute * _GRID) / _GRID, fate)
            caller.handle_min = handle
            found.append(self._need.read(caller, day))
        return found

    # what nature has decided about a need is asked here, by whoever reveals it
    def competitor_at(self, caller: Caller, missed_at: float) -> float:
        """When a competitor has a lead that was first missed at a time."""
        return missed_at + competitor_delay(caller.fate[Draw.COMPETITOR], self.scenario.calls.competitor_half_life_min)

    def ticket(self, caller: Caller) -> int:
        """Undiscounted service ticket in cents."""
        return self._need.ticket(caller)

    def quoted(self, caller: Caller, quote_share: float) -> bool:
        """Whether a replacement is quoted on the visit."""
        return self._need.quoted(caller, quote_share)

    def sale_winnable(self, caller: Caller) -> bool:
        """Whether the best handling would have sold it."""
        return self._need.sale_winnable(caller)

    def quote(self, caller: Caller) -> int:
        """Price of the replacement in cents."""
        return self._need.quote(caller)

    def child(self, parent: Caller, n: int, kind: int, born: float) -> Caller:
        """The n-th need that was born of another (a referral), addressed by its root and count."""
        key = child_key(parent.key, n)
        fate = self.streams.row(Address.BORN, key, 0, ROOT_WIDTH)
        caller = Caller(-1, key, kind, born, fate, parent=parent.id)
        return self._need.read(caller, int(born // DAY_MIN))


class NeedReader:
    """Turns a row of uniforms into what the need is: job, place, tier, worth."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.types = list(scenario.calls.types.values())
        self.jobs = list(scenario.jobs.types.values())
        self._names = list(scenario.jobs.types)
        self._tiers = cumulated(list(scenario.calls.tiers))
        self._tickets = [job.ticket.quantile() for job in self.jobs]
        self._replacement = scenario.jobs.replacement.ticket.quantile()
        self._misread = scenario.calls.tier_misread
        self._surges = scenario.calls.surges
        self._radius_km = scenario.jobs.area_radius_km
        self._mixes: dict[tuple[int, tuple[Surge, ...]], list[float]] = {}

    def read(self, caller: Caller, day: int) -> Caller:
        """Fill in what the uniforms say; only the accounts ever see ``potential`` and ``winnable``."""
        fate = caller.fate
        kind = self.types[caller.type]
        caller.tier = caller.recorded_tier = pick(fate[Draw.TIER], self._tiers)
        u = fate[Draw.TIER_RECORDED]
        if u < self._misread:
            caller.recorded_tier = (caller.tier + (1 if u < self._misread / 2 else 2)) % 3
        if kind.purpose == "lead" and self.jobs:
            self._worth(caller, kind, day)
        return caller

    def _worth(self, caller: Caller, kind: CallType, day: int) -> None:
        fate = caller.fate
        caller.job_type = pick(fate[Draw.JOB_TYPE], self._mix(caller.type, kind, day))
        job = self.jobs[caller.job_type]
        caller.x, caller.y = place(fate[Draw.PLACE_ANGLE], fate[Draw.PLACE_RADIUS], self._radius_km)
        caller.winnable = fate[Draw.BEST] < kind.best_share
        if caller.winnable:
            caller.potential = cents(self._tickets[caller.job_type](fate[Draw.TICKET]))
            if self.quoted(caller, job.quote_share) and self.sale_winnable(caller):
                caller.potential += self.quote(caller)

    def mean_potential(self, index: int, kind: CallType, day: int) -> float:
        """Mean of what :meth:`read` says a root of a type is worth, in money."""
        if kind.purpose != "lead" or not self.jobs:
            return 0.0
        replacement = self.scenario.jobs.replacement
        sale = replacement.best_share * replacement.ticket.expectation()
        worth = [job.ticket.expectation() + job.quote_share * sale for job in self.jobs]
        edges = self._mix(index, kind, day)
        shares = [edge - before for before, edge in pairwise([0.0, *edges])]
        return kind.best_share * sum(share * each for share, each in zip(shares, worth, strict=True))

    def _mix(self, index: int, kind: CallType, day: int) -> list[float]:
        active = tuple(s for s in surges_on(self._surges, day) if s.job_weights) if self._surges else ()
        mix = self._mixes.get((index, active))
        if mix is None:
            weights = [
                kind.job_types.get(n, 0.0) if kind.job_types else j.share for n, j in self.scenario.jobs.types.items()
            ]
            for surge in active:
                weights = [w * surge.job_weights.get(n, 1.0) for w, n in zip(weights, self._names, strict=True)]
            mix = self._mixes[index, active] = cumulated(weights)
        return mix

    @staticmethod
    def quoted(caller: Caller, quote_share: float) -> bool:
        """Whether a replacement is quoted on the visit."""
        return caller.fate[Draw.QUOTE] < quote_share

    def sale_winnable(self, caller: Caller) -> bool:
        """Whether the best handling would have sold it."""
        return caller.fate[Draw.SALE_BEST] < self.scenario.jobs.replacement.best_share

    def quote(self, caller: Caller) -> int:
        """Price of the replacement in cents."""
        return cents(self._replacement(caller.fate[Draw.REPLACEMENT]))

    def ticket(self, caller: Caller) -> int:
        """Undiscounted service ticket in cents."""
        return cents(self._tickets[caller.job_type](caller.fate[Draw.TICKET]))


class KnownMeans(NamedTuple):
    """What is known of a window's fresh roots before any of them rings: exact means over replications."""

    roots: float  # how many are born in the window
    potential: float  # what they are worth, in money


def known_means(scenario: Scenario) -> KnownMeans | None:
    """Mean number and potential of the fresh roots of a scenario's window, from its settings; None for a trace.

    The busyness of a day has mean 1 and multiplies a Poisson rate, so it drops out. Potential is rounded to whole cents
    for each root, which is left out here (less than half a cent a root).
    """
    if scenario.calls.trace is not None:
        return None
    demand = Demand(scenario, Streams(0))
    first = scenario.horizon.warmup_days
    roots = potential = 0.0
    for day in range(first, first + scenario.days):
        for index, kind in enumerate(demand.types):
            born = demand.mean_births(index, kind, day)
            roots += born
            if born:
                potential += born * demand.mean_potential(index, kind, day)
    return KnownMeans(roots, potential)


def surges_on(surges: tuple[Surge, ...], day: int) -> list[Surge]:
    """The surges in force on a day."""
    return [surge for surge in surges if surge.from_day <= day < surge.to_day]


def _busyness(cv: float):  # type: ignore[no-untyped-def]
    if cv == 0.0:
        return lambda u: 1.0
    return Distribution(family="gamma", mean=1.0, cv=cv).quantile()


def _on_grid(minutes: Floats) -> list[float]:
    """Whole milliseconds."""
    found: list[float] = ((minutes * _GRID).round() / _GRID).tolist()
    return found


def _ring(steps: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Steps from 00:00 on: before the first one the last one holds."""
    return steps if not steps or steps[0][0] == 0.0 else [(0.0, steps[-1][1]), *steps]


def _normalised(profile: tuple[RateStep, ...]) -> list[tuple[float, float]]:
    """The profile as a density over the minutes of a day (its integral is 1)."""
    steps = _ring([(step.at, step.value) for step in profile])
    ends = [at for at, _ in steps[1:]] + [DAY_MIN]
    total = sum(value * (end - at) for (at, value), end in zip(steps, ends, strict=True))
    return [(at, value / total if total > 0 else 0.0) for at, value in steps]


def _within(profile: list[tuple[float, float]], u: float) -> float:
    """The minute of the day below which a share ``u`` of the profile lies."""
    ends = [at for at, _ in profile[1:]] + [DAY_MIN]
    below = 0.0
    for (at, density), end in zip(profile, ends, strict=True):
        mass = density * (end - at)
        if u < below + mass:
            return at + (u - below) / density
        below += mass
    return DAY_MIN - 1.0 / _GRID


__all__ = ["Demand", "KnownMeans", "NeedReader", "known_means", "surges_on"]
