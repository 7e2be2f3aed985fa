"""What many runs left: the measures of every replication of every plan, ready to be paired."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from sim.shop.scenario import Scenario
from sim.statistics import Estimate, interval, paired, replications_to_tell

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Split:
    """Measures by one dimension (type, group, person, hour, tier, job)."""

    by: str
    labels: tuple[str, ...]
    keys: tuple[str, ...]  # the measures that can be split this way
    values: Floats  # plans x labels x replications x keys; NaN where there is nothing


@dataclass(frozen=True, slots=True)
class Results:
    """Replications of one or more plans under common random numbers.

    ``values`` is plans x replications x keys, in the unit of each measure; NaN where a measure never happened and where
    a replication is not there (``finished`` tells which). Plans are named by their place or their name.
    """

    plans: tuple[str, ...]
    scenarios: tuple[Scenario, ...]
    seed: int
    days: int
    keys: tuple[str, ...]
    values: Floats
    finished: NDArray[np.bool_]  # plans x replications
    splits: Mapping[str, Split] = field(default_factory=dict)
    interrupted: bool = False
    given_up: tuple[tuple[str, int], ...] = ()  # plan and replication whose worker was killed twice
    level: float = 0.95  # of each interval of a difference
    #: half-widths that a study was run for: differences of (plan, key) to the first plan claim no more than that
    widths: Mapping[tuple[int, str], float] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"Results({', '.join(self.plans)}: {self.ran})"

    @property
    def ran(self) -> str:
        """What was run, in a few words."""
        times = f"{self.asked:,} replication{'s' if self.asked != 1 else ''}"
        stopped = "; interrupted" if self.interrupted else ""
        return f"{times} of {self.days:,} day{'s' if self.days != 1 else ''}, seed {self.seed}{stopped}"

    @property
    def asked(self) -> int:
        """Replications that were asked for."""
        return int(self.finished.shape[1])

    def replications(self, plan: int | str) -> int:
        """Replications of a plan that were finished."""
        return int(self.finished[self.place(plan)].sum())

    def pairs(self, plan: int | str, against: int | str = 0) -> int:
        """Replications that were finished under both plans."""
        return int((self.finished[self.place(plan)] & self.finished[self.place(against)]).sum())

    def place(self, plan: int | str) -> int:
        """Place of a plan. Raises ``ValueError`` for a name that is not there."""
        if isinstance(plan, str) and plan not in self.plans:
            raise ValueError(f"there is no plan {plan!r}; there are {', '.join(self.plans)}")
        return self.plans.index(plan) if isinstance(plan, str) else plan

    def has(self, key: str) -> bool:
        """Whether the measure exists and was seen in some replication of some plan."""
        return key in self.keys and not bool(np.isnan(self.values[:, :, self.keys.index(key)]).all())

    def of(self, plan: int | str, key: str) -> Floats:
        """One measure of one plan by replication, NaN where it is missing."""
        return self.values[self.place(plan), :, self.keys.index(key)]

    def estimate(self, plan: int | str, key: str) -> Estimate:
        """Mean and 95 % limits over the replications of one plan."""
        return interval(self.of(plan, key))

    def difference(self, plan: int | str, key: str, against: int | str = 0) -> Estimate:
        """Mean and limits at ``level`` of ``plan`` less ``against`` (the first plan), paired by replication."""
        found = paired(self.of(against, key), self.of(plan, key), self.level)
        width = self.widths.get((self.place(plan), key)) if self.place(against) == 0 else None
        return found if width is None else found._replace(low=found.mean - width, high=found.mean + width)

    def to_tell(self, plan: int | str, key: str, against: int | str = 0) -> int | None:
        """About how many replications, those at hand included, tell the sign of a difference; None if none would."""
        return replications_to_tell(self.of(plan, key) - self.of(against, key), self.level)

    def only(self, by: Sequence[str]) -> Results:
        """The same results with no more splits than these."""
        return replace(self, splits={name: split for name, split in self.splits.items() if name in by})

    def split_estimate(self, by: str, plan: int | str, label: str, key: str) -> Estimate:
        """As :meth:`estimate`, for one class of a split."""
        return interval(self._split(by, plan, label, key))

    def split_difference(self, by: str, plan: int | str, label: str, key: str, against: int | str = 0) -> Estimate:
        """As :meth:`difference`, for one class of a split."""
        return paired(self._split(by, against, label, key), self._split(by, plan, label, key), self.level)

    def _split(self, by: str, plan: int | str, label: str, key: str) -> Floats:
        split = self.splits[by]
        return split.values[self.place(plan), split.labels.index(label), :, split.keys.index(key)]
