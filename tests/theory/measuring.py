"""From a scenario file's text to an estimate with its standard error, straight from the ledger."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sim.ledger import COLUMNS, Run
from sim.relay import DAY_MIN, Event, Outcome, Spent
from sim.run import simulate
from sim.shop.scenario import Scenario

Floats = NDArray[np.float64]
ROOT, CALL, PERSON, CAUSE, DETAIL = (COLUMNS.index(name) for name in ("root", "call", "person", "cause", "detail"))


@dataclass(frozen=True)
class Estimate:
    """A mean and its standard error."""

    value: float
    se: float

    def __repr__(self) -> str:
        return f"{self.value:.6g} (se {self.se:.2g})"

    def away(self, expected: float) -> float:
        """How many standard errors it lies above what was expected."""
        return (self.value - expected) / self.se if self.se > 0.0 else math.inf * (self.value - expected or 0.0)


def agrees(estimate: Estimate, expected: float, within: float = 3.0) -> bool:
    """Whether an estimate lies within three standard errors of theory; says both where it does not."""
    assert estimate.se > 0.0, f"{estimate} has no spread to judge it by"
    away = estimate.away(expected)
    print(f"expected {expected:.6g}, got {estimate}, {away:+.2f} se")
    assert abs(away) <= within, f"expected {expected:.6g}, got {estimate}: {away:+.2f} standard errors"
    return True


def agrees_with_another(estimate: Estimate, printed: float, half_width: float, level: float = 1.96) -> bool:
    """Whether an estimate lies within three standard errors, its own and another simulator's, of what that printed."""
    both = math.hypot(estimate.se, half_width / level)
    return agrees(Estimate(estimate.value, both), printed)


def ratio(above: Floats, below: Floats) -> Estimate:
    """A ratio of totals over independent batches, with the delta method's standard error."""
    value = float(above.sum() / below.sum())
    left = above - value * below
    n = len(above)
    return Estimate(value, float(np.sqrt((left**2).sum() / (n * (n - 1)))) / float(below.mean()))


def mean(values: Floats | Sequence[float]) -> Estimate:
    """A mean of independent values."""
    array = np.asarray(values, dtype=np.float64)
    return Estimate(float(array.mean()), float(array.std(ddof=1)) / math.sqrt(len(array)))


@dataclass
class Log:
    """The attempts of a run after its warm-up, one entry each, cut into batches by time of arrival."""

    run: Run
    batches: int = 30
    _arrays: dict[str, Floats] = field(default_factory=dict)

    @cached_property
    def _rang(self) -> Floats:
        rows = self.run.ledger.of(Event.RANG)
        inside = (rows[:, 0] >= self.run.start) & (rows[:, 0] < self.run.end)
        return np.asarray(rows[inside])

    def _of(self, event: Event, column: int, which: int = 0) -> Floats:
        """A column of each attempt's first (0) or last (-1) row of an event; NaN where it has none."""
        rows = self.run.ledger.of(event)
        found = np.full(len(self._rang), np.nan)
        at = np.searchsorted(self._rang[:, CALL], rows[:, CALL])
        at[at == len(found)] = 0
        known = self._rang[at, CALL] == rows[:, CALL]
        at, values = at[known], rows[known, column]
        order = slice(None, None, -1) if which == 0 else slice(None)  # the one written last stays
        found[at[order]] = values[order]
        return found

    @cached_property
    def arrived(self) -> Floats:
        """When it rang."""
        return self._rang[:, 0]

    @cached_property
    def type(self) -> Floats:
        """The call type it rang with."""
        return self._rang[:, DETAIL]

    @cached_property
    def batch(self) -> NDArray[np.int64]:
        """The number of its batch."""
        length = (self.run.end - self.run.start) / self.batches
        return np.minimum((self.arrived - self.run.start) // length, self.batches - 1).astype(np.int64)

    @cached_property
    def outcome(self) -> Floats:
        """How it ended."""
        return self._of(Event.CALL_ENDED, DETAIL, -1)

    @cached_property
    def ended(self) -> Floats:
        """When it ended for the caller."""
        return self._of(Event.CALL_ENDED, 0, -1)

    @cached_property
    def person(self) -> Floats:
        """Who answered first; NaN nobody."""
        return self._of(Event.ANSWERED, PERSON)

    @cached_property
    def sofar(self) -> Floats:
        """Minutes that its need waited in queues over all its attempts."""
        return np.asarray(self.run.roots.waited[self._rang[:, ROOT].astype(np.int64)])

    @cached_property
    def redial(self) -> NDArray[np.bool_]:
        """Whether an earlier attempt of the same need came before it (causes are written with redials only)."""
        return np.asarray(self._rang[:, CAUSE] >= 0.0)

    @cached_property
    def answered(self) -> NDArray[np.bool_]:
        """Whether anybody answered."""
        return ~np.isnan(self.person)

    @cached_property
    def queued(self) -> NDArray[np.bool_]:
        """Whether it entered a queue."""
        return ~np.isnan(self._of(Event.QUEUED, 0))

    @cached_property
    def wait(self) -> Floats:
        """Minutes in the queue until the first answer or the end; NaN where it never asked for a person."""
        unanswered = np.where(self.queued, self.ended - self._of(Event.QUEUED, 0), np.nan)
        unanswered[self.is_(Outcome.BALKED)] = 0.0
        return np.where(self.answered, self._of(Event.ANSWERED, DETAIL), unanswered)

    @cached_property
    def talk(self) -> Floats:
        """Minutes of the first talk; NaN where it is not over."""
        return self._of(Event.HUNG_UP, DETAIL)

    def by(self, group: str) -> NDArray[np.bool_]:
        """Which attempts somebody of a group answered first."""
        return np.isin(self.person, self.people_of(group))

    def is_(self, *outcomes: Outcome) -> NDArray[np.bool_]:
        """Which of them ended so."""
        return np.isin(self.outcome, outcomes)

    @cached_property
    def _answers(self) -> tuple[NDArray[np.int64], Floats]:
        """All answers of the attempts, second and later ones of moved calls included: whose, and the rows."""
        rows = self.run.ledger.of(Event.ANSWERED)
        at = np.minimum(np.searchsorted(self._rang[:, CALL], rows[:, CALL]), len(self._rang) - 1)
        known = self._rang[at, CALL] == rows[:, CALL]
        return at[known], rows[known]

    @cached_property
    def answers(self) -> NDArray[np.int64]:
        """How often it was answered."""
        return np.bincount(self._answers[0], minlength=len(self._rang))

    def wait_before(self, group: str) -> Estimate:
        """Mean wait before an answer of a group, at whichever turn of the call."""
        at, rows = self._answers
        chosen = np.isin(rows[:, PERSON], self.people_of(group))
        batch, waits = self.batch[at[chosen]], rows[chosen, DETAIL]
        return ratio(
            np.bincount(batch, waits, self.batches), np.bincount(batch, minlength=self.batches).astype(np.float64)
        )

    @cached_property
    def whole_wait(self) -> Floats:
        """Minutes in queues before all answers together."""
        at, rows = self._answers
        return np.bincount(at, rows[:, DETAIL], len(self._rang))

    def totals(self, values: NDArray[np.generic], where: NDArray[np.bool_] | None = None) -> Floats:
        """Sums by batch."""
        chosen = slice(None) if where is None else where
        weights = np.asarray(values, dtype=np.float64)[chosen]
        return np.bincount(self.batch[chosen], weights, self.batches).astype(np.float64)

    def share(self, what: NDArray[np.bool_], of: NDArray[np.bool_] | None = None) -> Estimate:
        """The share of attempts (of some, or of all) that something holds for."""
        base = np.ones(len(self.arrived), dtype=bool) if of is None else of
        return ratio(self.totals(what & base), self.totals(base))

    def mean(self, values: Floats, of: NDArray[np.bool_]) -> Estimate:
        """The mean of a value over some attempts."""
        return ratio(self.totals(values, of), self.totals(of))

    def minutes(self, codes: Iterable[Event | int], people: Sequence[int] | None = None) -> Floats:
        """Minutes that people spent on something, by batch of the moment at which each stint ended."""
        total = np.zeros(self.batches)
        length = (self.run.end - self.run.start) / self.batches
        for code in codes:
            rows = self.run.ledger.of(int(code))
            rows = rows[(rows[:, 0] >= self.run.start) & (rows[:, 0] < self.run.end)]
            if people is not None:
                rows = rows[np.isin(rows[:, PERSON], people)]
            at = np.minimum((rows[:, 0] - self.run.start) // length, self.batches - 1).astype(np.int64)
            total += np.bincount(at, rows[:, DETAIL], self.batches)
        return total

    def occupancy(self, codes: Iterable[Event | int], servers: int, people: Sequence[int] | None = None) -> Estimate:
        """The share of ``servers`` people's time that went into something."""
        length = (self.run.end - self.run.start) / self.batches
        return ratio(self.minutes(codes, people), np.full(self.batches, length * servers))

    def busy_between(self, low: float, high: float, group: str | None = None) -> Floats:
        """Minutes of talk and wrap-up within a stretch of each day (minutes of the day), by day."""
        rows = np.concatenate([self.run.ledger.of(Event.SPENT + spent) for spent in (Spent.TALK, Spent.WRAP_UP)])
        if group is not None:
            rows = rows[np.isin(rows[:, PERSON], self.people_of(group))]
        begin, day = rows[:, 0] - rows[:, DETAIL], (rows[:, 0] - rows[:, DETAIL]) // DAY_MIN
        inside = np.minimum(rows[:, 0], day * DAY_MIN + high) - np.maximum(begin, day * DAY_MIN + low)
        return np.bincount(day.astype(np.int64), np.maximum(inside, 0.0), self.batches)

    def people_of(self, group: str) -> list[int]:
        """Who belongs to a group."""
        return [person.id for person in self.run.people if person.group == group]


def one_run(scenario: Scenario, seed: int = 1, batches: int = 30) -> Log:
    """A long run, cut into batches."""
    return Log(simulate(scenario, seed), batches)


def by_day(scenario: Scenario, seed: int = 1) -> Log:
    """A run in which every day begins with nobody there, so that days are independent replications."""
    run = simulate(scenario, seed)
    return Log(run, round((run.end - run.start) / DAY_MIN))
