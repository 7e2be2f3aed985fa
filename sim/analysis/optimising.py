"""The staffing plan with the highest contribution that keeps to given limits: a local search, and a fair final.

The search goes from plan to the best plan next to it, on the same callers everywhere, until none next to it is better.
What looked best among many looks better than it is: so the few best meet again on replications that the search has not
seen, where Kim and Nelson's procedure chooses among those that keep to the limits. What is promised is the best of the
plans visited that were in the final, no more.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

from sim.analysis.choosing import choose
from sim.analysis.comparing import Ended
from sim.analysis.frames import frame_of, in_line
from sim.kpis import KPIS
from sim.shop.scenario import Scenario
from sim.shop.staffing import Staffing, neighbours, staffed, staffing
from sim.statistics import Estimate, KimNelson, Zone, interval
from sim.study import Runs
from sim.study.results import Floats

if TYPE_CHECKING:
    from pandas import DataFrame

MEASURE = "contribution_expected_per_year"
FINALISTS = 5
FRESH = 1_000_000  # the replications of the final begin here: none that the search has seen
Search = Callable[[Staffing, float, int], None]


class Limit(NamedTuple):
    """A measure that must not be above (or below) a value; a mean may be over it by ``tolerance``."""

    measure: str
    side: Literal["<=", ">="]
    value: float
    tolerance: float = 0.0

    def over(self, mean: float) -> float:
        """By how much a mean breaks the limit, in its unit; NaN (never happened) breaks nothing."""
        excess = mean - self.value if self.side == "<=" else self.value - mean
        return 0.0 if math.isnan(excess) else max(0.0, excess)

    def kept(self, mean: float) -> bool:
        """Whether a mean keeps to it, within the tolerance."""
        return self.over(mean) <= self.tolerance


@dataclass(frozen=True, slots=True)
class Visited:
    """A plan that the search has looked at: means over its replications."""

    staffing: Staffing
    plan: Scenario = field(repr=False)
    mean: float
    limits: tuple[float, ...]  # the means of the limited measures
    broken: float  # how far beyond the tolerance, each limit in units of its value; 0: kept


@dataclass(frozen=True, slots=True)
class Finalist:
    """A plan of the final, on fresh replications."""

    visited: Visited
    estimate: Estimate
    gain: Estimate  # less today's plan, paired
    limits: tuple[Estimate, ...]
    kept: bool


@dataclass(frozen=True, slots=True)
class Optimum:
    """What the search found. ``best`` is the place in ``finalists``, None where no finalist keeps to the limits."""

    today: Visited
    visited: tuple[Visited, ...]  # in the order in which they were looked at
    finalists: tuple[Finalist, ...]  # best first
    best: int | None
    ended: Ended
    limits: tuple[Limit, ...]
    zone: Zone
    local: bool  # whether the search ended where no plan next to it was better

    def __repr__(self) -> str:
        best = "" if self.best is None else f"; best: {_said(self.finalists[self.best])}"
        plans = f"{len(self.visited):,} plans looked at, {len(self.finalists)} in the final"
        return f"Optimum({self.today.plan.name}: {plans}; ended: {self.ended.value}{best})"

    def frame(self) -> DataFrame:
        """One row for each plan visited: its numbers, its means, whether it keeps to the limits."""
        columns = (
            *self.today.staffing.groups, *(f"{name}_shift_min" for name in self.today.staffing.groups), "trained",
            "mean", *(limit.measure for limit in self.limits), "kept",
        )  # fmt: skip
        rows = [
            (
                *seen.staffing.counts,
                *seen.staffing.shifts,
                seen.staffing.trained,
                seen.mean,
                *seen.limits,
                seen.broken == 0,
            )
            for seen in self.visited
        ]
        return frame_of(rows, columns)


def _said(finalist: Finalist) -> str:
    plan = finalist.visited.staffing
    counts = ", ".join(f"{n} {name}" for name, n in zip(plan.groups, plan.counts, strict=True))
    return f"{counts}, {in_line(finalist.gain)} a year"


def optimise(
    scenario: Scenario,
    limits: Sequence[Limit] = (),
    *,
    zone: Zone,
    replications: int = 6,
    shifts: bool = True,
    most: int = 60,
    runs: Runs | None = None,
    looked: Search | None = None,
) -> Optimum | None:
    """Search from a plan, at most ``most`` plans, with so many replications of each; then the final.

    ``zone`` says what the final promises; ``looked(staffing, mean, plans so far)`` is called after each plan. A budget
    is shared: the search leaves the final its first replications. None where it was stopped before today's plan was
    looked at. Raises ``ValueError`` as :func:`check`.
    """
    check(scenario, limits, zone, replications)
    runs = runs or Runs()
    spare = (FINALISTS + 1) * zone.first
    climb = _Climb(scenario, tuple(limits), replications, shifts, most, spare, runs, looked)
    climb.go()
    if climb.start not in climb.visited:
        return None
    found = _final(climb, zone)
    return Optimum(
        climb.visited[climb.start], tuple(climb.visited.values()), found.finalists, found.best,
        found.ended, tuple(limits), zone, climb.local,
    )  # fmt: skip


def check(scenario: Scenario, limits: Sequence[Limit], zone: Zone | None = None, replications: int = 1) -> None:
    """Raise ``ValueError`` for what cannot be searched: limits, numbers, or a shop without anybody to count."""
    for limit in limits:
        if limit.measure not in KPIS:
            raise ValueError(f"There is no measure {limit.measure!r}.")
        if not (math.isfinite(limit.value) and 0.0 <= limit.tolerance < math.inf):
            raise ValueError(f"The limit on {limit.measure} needs a number, and a tolerance that is not negative.")
    if replications < 1:
        raise ValueError(f"There must be at least 1 replication, not {replications}.")
    if zone is not None and zone.probability <= 0.5:
        raise ValueError(f"The probability should be more than 0.5, not {zone.probability}: a coin says as much.")
    if not staffing(scenario).groups:
        raise ValueError("Nobody here is counted by heads, so there is no number to search for.")


@dataclass(slots=True)
class _Climb:
    """From plan to better plan."""

    scenario: Scenario
    limits: tuple[Limit, ...]
    replications: int
    shifts: bool
    most: int
    spare: int  # runs of the budget that are left for the final
    runs: Runs
    looked: Search | None
    visited: dict[Staffing, Visited] = field(default_factory=dict)
    local: bool = False

    @property
    def start(self) -> Staffing:
        return staffing(self.scenario)

    def go(self) -> None:
        here = self._look([self.start])
        while here is not None and not self.runs.stopped:
            near = [*neighbours(self.scenario, here.staffing, shifts=self.shifts)]
            best = self._look(near)
            if best is None or _rank(best) >= _rank(here):
                self.local = all(plan in self.visited for plan in near)
                return
            here = best

    def _look(self, plans: Sequence[Staffing]) -> Visited | None:
        """Run those that are new, as far as plans and runs go; the best of all of them."""
        new = [plan for plan in plans if plan not in self.visited][: self._room()]
        scenarios = {plan: staffed(self.scenario, plan) for plan in new}
        self.runs.upto([*scenarios.values()], self.replications)
        for plan, changed in scenarios.items():
            if (seen := self._seen(plan, changed)) is not None:
                self.visited[plan] = seen
                if self.looked is not None:
                    self.looked(plan, seen.mean, len(self.visited))
        known = [self.visited[plan] for plan in plans if plan in self.visited]
        return min(known, key=_rank, default=None)

    def _room(self) -> int:
        """How many more plans may be looked at; today's in any case."""
        room = self.most - len(self.visited)
        if self.runs.budget is None or not self.visited:
            return room
        return max(0, min(room, (self.runs.budget - self.runs.there - self.spare) // self.replications))

    def _seen(self, plan: Staffing, changed: Scenario) -> Visited | None:
        results = self.runs.results([changed], self.replications)
        if not results.finished.all():
            return None
        means = tuple(results.estimate(0, limit.measure).mean for limit in self.limits)
        broken = sum(_broken(limit, mean) for limit, mean in zip(self.limits, means, strict=True))
        return Visited(plan, changed, results.estimate(0, MEASURE).mean, means, broken)


def _broken(limit: Limit, mean: float) -> float:
    return max(0.0, limit.over(mean) - limit.tolerance) / max(abs(limit.value), 1e-9)


def _rank(seen: Visited) -> tuple[float, float]:
    """Less is better: first the limits, then the money."""
    return (seen.broken, -seen.mean)


class _Final(NamedTuple):
    finalists: tuple[Finalist, ...]
    best: int | None
    ended: Ended


def _final(climb: _Climb, zone: Zone) -> _Final:
    """The best of the search on fresh replications, today's plan among them to be held against."""
    first = sorted(climb.visited.values(), key=_rank)[:FINALISTS]
    today = climb.visited[climb.start]
    seen = [*first, *([] if today in first else [today])]
    return _Meeting(climb, zone, seen).go()


@dataclass(slots=True)
class _Meeting:
    """The final: all finalists for the first replications, which settles the limits; then Kim and Nelson."""

    climb: _Climb
    zone: Zone
    seen: list[Visited]

    def go(self) -> _Final:
        if not self._run(range(len(self.seen)), self.zone.first):
            return _Final((), None, _why(self.climb.runs))
        able = [place for place in range(len(self.seen)) if self._keeps(place)]
        if not able:
            return _Final(self._finalists(able), None, Ended.CHOSEN)
        best, ended = self._chosen(able)
        finalists = self._finalists(able)
        return _Final(finalists, next((at for at, f in enumerate(finalists) if f.visited is best), None), ended)

    def _run(self, places: Iterable[int], upto: int) -> bool:
        places = [*places]
        return self.climb.runs.ask([(self.seen[place].plan, FRESH + n) for n in range(upto) for place in places])

    def _of(self, place: int, key: str) -> Floats:
        return self.climb.runs.series(self.seen[place].plan, key, FRESH)

    def _keeps(self, place: int) -> bool:
        """By the first fresh replications, which all have: whoever is in is not thrown out by later ones."""
        first = self.zone.first
        means = (interval(self._of(place, limit.measure)[:first]).mean for limit in self.climb.limits)
        return all(limit.kept(mean) for limit, mean in zip(self.climb.limits, means, strict=True))

    def _chosen(self, able: list[int]) -> tuple[Visited | None, Ended]:
        if len(able) == 1:
            return self.seen[able[0]], Ended.CHOSEN
        selection = KimNelson(len(able), self.zone)
        decided = choose(
            selection, [str(self.seen[place].staffing.counts) for place in able], MEASURE,
            have=lambda places, n: self._run((able[at] for at in places), n),
            observed=lambda at: self._of(able[at], MEASURE),
        )  # fmt: skip
        return (self.seen[able[selection.best]], Ended.CHOSEN) if decided else (None, _why(self.climb.runs))

    def _finalists(self, able: Sequence[int]) -> tuple[Finalist, ...]:
        today = next(place for place, seen in enumerate(self.seen) if seen.staffing == self.climb.start)
        base = self._of(today, MEASURE)
        found: list[Finalist] = []
        for place, seen in enumerate(self.seen):
            mine = self._of(place, MEASURE)
            n = min(len(mine), len(base))
            limits = tuple(interval(self._of(place, limit.measure)) for limit in self.climb.limits)
            found.append(Finalist(seen, interval(mine), interval(mine[:n] - base[:n]), limits, place in able))
        return tuple(sorted(found, key=lambda finalist: (not finalist.kept, -finalist.estimate.mean)))


def _why(runs: Runs) -> Ended:
    return Ended.INTERRUPTED if runs.interrupted else Ended.BUDGET if runs.exhausted else Ended.GIVEN_UP
