"""Choosing the best of several plans with a stated probability: Kim-Nelson, also under common random numbers.

The largest mean is the best; for the smallest, hand over the negatives. `delta`, the indifference zone, is the least
difference worth telling, in the unit of the observations: where the best is that much better than the second, it is
chosen with the stated probability; where it is not, something within delta of it is.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.statistics.arrays import Floats

Ints = NDArray[np.int64]
_CHUNK = 1024  # replications judged in one piece, to bound memory


class Elimination(NamedTuple):
    """A plan that was dropped: which, after how many replications, and by which other plan."""

    plan: int
    replication: int
    by: int


@dataclass(frozen=True, slots=True)
class Zone:
    """What a selection promises: the best with `probability` if it is `delta` better; `first` replications first.

    Raises `ValueError` for a delta that is not positive and finite, a probability outside (0, 1), or fewer than two
    first replications; ten or more of these keep a procedure short.
    """

    delta: float
    probability: float = 0.95
    first: int = 20

    def __post_init__(self) -> None:
        if not 0.0 < self.delta < math.inf:
            raise ValueError(f"the indifference zone must be positive and finite, not {self.delta}.")
        if not 0.0 < self.probability < 1.0:
            raise ValueError(f"the probability must lie between 0 and 1, for example 0.95, not {self.probability}.")
        if self.first < 2:
            raise ValueError(f"a variance needs at least 2 first replications, not {self.first}.")


class KimNelson:
    """The fully sequential procedure KN, fed from outside with replications that all plans share.

    `needs()` says how many more replications of which plans to run, `take` hands them over, until `finished`. The
    variances are those of the paired differences in the first `zone.first` replications, S2_il; plan i is dropped at
    replication r if for a plan l still in play mean_i(r) < mean_l(r) - W_il(r), with W_il(r) = max(0, delta / (2 r)
    (h2 S2_il / delta^2 - r)) and h2 from `kim_nelson_constant`. A batch is judged replication by replication in
    order, so its size changes nothing but how many are run in vain. Plans left when every W is 0 have equal means:
    they all survive, and the first listed is `best`. Valid under common random numbers and for independent plans, if
    the observations are normal. Source: Kim and Nelson (2001), ACM Trans. Model. Comput. Simul. 11, 251-273,
    procedure KN with c = 1.
    """

    def __init__(self, plans: int, zone: Zone) -> None:
        self.zone = zone
        self.survivors: tuple[int, ...] = tuple(range(plans))
        self.eliminations: tuple[Elimination, ...] = ()
        self.replications = 0  # judged so far; 0 in the first stage
        self._scale = kim_nelson_constant(plans, zone.first, zone.probability) / zone.delta**2
        self._reach: Floats = np.zeros((plans, plans))  # h2 S2_il / delta^2: W_il(r) is 0 from there on
        self._sums: Floats = np.zeros(plans)  # of each plan in play over the replications judged
        self._first_stage: Floats = np.empty((plans, 0))
        self._last = zone.first  # the replication at which the W of every pair in play is 0

    @property
    def finished(self) -> bool:
        """Whether the best is chosen."""
        return self.replications > 0 and (len(self.survivors) == 1 or self.replications >= self._last)

    @property
    def best(self) -> int:
        """The plan chosen. Raises `ValueError` before the end."""
        if not self.finished:
            raise ValueError("nothing is chosen yet: take() what needs() asks for.")
        return max(self.survivors, key=lambda plan: float(self._sums[plan]))

    def needs(self, batch: int = 1) -> dict[int, int]:
        """How many more replications of each plan in play, at most `batch` after the first stage; {} at the end.

        Raises `ValueError` for a batch below 1.
        """
        if batch < 1:
            raise ValueError(f"a batch has at least one replication, not {batch}.")
        if self.finished:
            return {}
        after_first = min(batch, self._last - self.replications)
        more = after_first if self.replications else self.zone.first - self._first_stage.shape[1]
        return dict.fromkeys(self.survivors, more)

    def take(self, observations: Mapping[int, ArrayLike]) -> None:
        """Hand over the next replications of each plan in play: float64, all of one shape (m,), paired by place.

        Any m will do; what comes after the end is not looked at, nor are plans no longer in play. Raises `ValueError`
        where a plan in play is missing, shapes differ, or an observation is NaN or infinite; nothing is taken then.
        """
        batch = self._checked(observations)
        if self.replications:
            counts = self.replications + 1 + np.arange(batch.shape[1])
            self._judge(self._sums[:, np.newaxis] + np.cumsum(batch, axis=1), counts)
            return
        self._first_stage = np.concatenate([self._first_stage, batch], axis=1)
        first, there = self.zone.first, self._first_stage.shape[1]
        if there >= first:
            self._reach = self._scale * paired_variances(self._first_stage[:, :first])
            self._last = self._reach_of_those_in_play()
            self._judge(np.cumsum(self._first_stage, axis=1)[:, first - 1 :], np.arange(first, there + 1))

    def _checked(self, observations: Mapping[int, ArrayLike]) -> Floats:
        """The batch by plan, shape (plans, m); NaN for plans no longer in play."""
        if missing := set(self.survivors) - set(observations):
            raise ValueError(f"plans {sorted(missing)} are still in play: their observations are missing.")
        rows = {plan: np.asarray(observations[plan], dtype=np.float64) for plan in self.survivors}
        if len({row.shape for row in rows.values()}) > 1 or any(row.ndim != 1 for row in rows.values()):
            raise ValueError("every plan in play needs one observation for each replication of the batch.")
        if not all(np.isfinite(row).all() for row in rows.values()):
            raise ValueError("an observation that is NaN or infinite cannot be compared: mend the measure.")
        batch = np.full((self._sums.size, rows[self.survivors[0]].size), math.nan)
        for plan, row in rows.items():
            batch[plan] = row
        return batch

    def _judge(self, sums: Floats, counts: Ints) -> None:
        """Drop plans as they fall, going through running sums, shape (plans, m), after `counts` (m,) replications."""
        at = 0
        while at < counts.size and not self.finished:
            end = min(at + _CHUNK, max(at + 1, at + self._last - int(counts[at]) + 1), counts.size)
            alive = list(self.survivors)
            means = sums[alive, at:end] / counts[at:end]
            fallen = _first_falls(means, counts[at:end], self._reach[alive][:, alive], self.zone.delta)
            at = at + fallen.place + 1 if fallen else end
            self.replications, self._sums = int(counts[at - 1]), sums[:, at - 1]
            if fallen:
                self._drop([Elimination(alive[i], self.replications, alive[by]) for i, by in fallen.by.items()])

    def _drop(self, eliminations: list[Elimination]) -> None:
        self.eliminations += tuple(eliminations)
        gone = {elimination.plan for elimination in eliminations}
        self.survivors = tuple(plan for plan in self.survivors if plan not in gone)
        self._last = self._reach_of_those_in_play()

    def _reach_of_those_in_play(self) -> int:
        rows = list(self.survivors)
        return math.floor(float(self._reach[rows][:, rows].max())) + 1


class _Falls(NamedTuple):
    """The first place of a batch at which plans fall, and by whom each (the one that beats it by most)."""

    place: int
    by: dict[int, int]


def _first_falls(means: Floats, counts: Ints, reach: Floats, delta: float) -> _Falls | None:
    """`means` (k, m) after `counts` (m,) replications, `reach` (k, k); None where nobody falls."""
    allowed = np.maximum(delta / (2.0 * counts) * (reach[:, :, np.newaxis] - counts), 0.0)
    beaten_by = means[np.newaxis, :, :] - means[:, np.newaxis, :] - allowed
    worst = np.asarray(beaten_by.max(axis=1))
    if not (worst > 0.0).any():
        return None
    place = int((worst > 0.0).any(axis=0).argmax())
    by = {int(i): int(beaten_by[i, :, place].argmax()) for i in np.flatnonzero(worst[:, place] > 0.0)}
    return _Falls(place, by)


def paired_variances(x: ArrayLike) -> Floats:
    """The sample variance (n - 1) of every paired difference of plans: `x` is float64 (k, n), the result (k, k).

    Raises `ValueError` for another shape or fewer than two replications.
    """
    table = np.asarray(x, dtype=np.float64)
    if table.ndim != 2 or table.shape[1] < 2:
        raise ValueError(f"plans x replications are needed, at least two of these, not the shape {table.shape}.")
    return np.asarray((table - table[:, np.newaxis]).var(axis=2, ddof=1), dtype=np.float64)


def kim_nelson_constant(plans: int, first: int, probability: float) -> float:
    """h2 = 2 eta (n0 - 1), eta = ((2 alpha / (k - 1))^(-2 / (n0 - 1)) - 1) / 2, for k plans and n0 first replications.

    Raises `ValueError` for fewer than two plans or first replications, or a probability outside (1 / k, 1). Source:
    Kim and Nelson (2001), eq. 4 with c = 1, in the form that allows common random numbers.
    """
    check_design(plans, first, probability)
    chance = 2.0 * (1.0 - probability) / (plans - 1)
    return (first - 1) * math.expm1(-2.0 / (first - 1) * math.log(chance))


def check_design(plans: int, first: int, probability: float) -> None:
    """Raises `ValueError` for a selection that cannot be made."""
    if plans < 2:
        raise ValueError(f"there must be at least two plans to choose from, not {plans}.")
    if first < 2:
        raise ValueError(f"a variance needs at least 2 first replications, not {first}.")
    if not 1.0 / plans < probability < 1.0:
        raise ValueError(f"the probability must lie between 1 / {plans} (blind choice) and 1, not {probability}.")
