"""Runs that are asked for, each made once: known already, in the store, or sent to the engine and kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import numpy as np

from sim.kpis import KPIS
from sim.scenarios.digest import digest
from sim.shop.scenario import Scenario
from sim.study.engine import Engine
from sim.study.gather import gather
from sim.study.processes import Alone
from sim.study.results import Floats, Results
from sim.study.tasks import Measured, Task, measured

Key = tuple[str, int, int]  # a plan's fingerprint, the seed, the replication
#: ``told(runs that are there, runs asked for)``
Told = Callable[[int, int], None]


class Keeper(Protocol):
    """Where runs are kept from one day to the next (see :class:`sim.study.store.Store`)."""

    def find(self, keys: Sequence[Key], by: tuple[str, ...]) -> dict[Key, Measured]:
        """Those of the runs that are there, with these splits."""

    def keep(self, key: Key, run: Measured) -> None:
        """Keep a run, at once and for good."""


class Runs:
    """Replications under common random numbers: replication n of every plan meets the same callers.

    ``budget`` is the most runs that may be asked for, found or made: so where a study ends does not depend on what
    happens to be in the store. ``told`` is called before the first run that is made and after each.
    """

    def __init__(
        self,
        seed: int = 1,
        *,
        engine: Engine | None = None,
        store: Keeper | None = None,
        by: tuple[str, ...] = (),
        budget: int | None = None,
        told: Told | None = None,
    ) -> None:
        self.seed, self.by, self.budget, self.told = seed, by, budget, told
        self.engine, self.store = engine or Alone(), store
        self.interrupted = self.exhausted = False
        self.made = 0  # runs that were simulated now
        self.given_up: set[Key] = set()
        self._known: dict[Key, Measured] = {}
        self._plans: dict[str, Scenario] = {}

    @property
    def there(self) -> int:
        """Runs that are there."""
        return len(self._known)

    @property
    def plans(self) -> list[Scenario]:
        """All plans of which runs were asked for, in the order in which they came."""
        return [*self._plans.values()]

    @property
    def stopped(self) -> bool:
        """Whether no more runs are to be had: interrupted, or the budget is spent."""
        return self.interrupted or self.exhausted

    def key(self, plan: Scenario, replication: int) -> Key:
        """The address of a run."""
        name = digest(plan)
        self._plans.setdefault(name, plan)
        return name, self.seed, replication

    def ask(self, wanted: Sequence[tuple[Scenario, int]]) -> bool:
        """Have these runs (plan, replication), in this order as far as the budget goes; whether all are there."""
        keys = list(dict.fromkeys(self._keys(wanted)))
        missing = [key for key in keys if key not in self._known and key not in self.given_up]
        if self.budget is not None and len(self._known) + len(missing) > self.budget:
            missing = missing[: max(0, self.budget - len(self._known))]
            self.exhausted = True
        if not self.interrupted:
            self._have(missing)
        return all(key in self._known for key in keys)

    def _keys(self, wanted: Sequence[tuple[Scenario, int]]) -> list[Key]:
        names: dict[int, str] = {}
        for plan, _ in wanted:
            if id(plan) not in names:
                names[id(plan)] = self.key(plan, 0)[0]
        return [(names[id(plan)], self.seed, replication) for plan, replication in wanted]

    def _have(self, missing: list[Key]) -> None:
        total = len(self._known) + len(missing)
        if self.store is not None:
            self._known |= self.store.find(missing, self.by)
        to_make = [key for key in missing if key not in self._known]
        if self.told is not None:
            self.told(len(self._known), total)
        tasks = [Task(self._plans[name], seed, replication, self.by) for name, seed, replication in to_make]

        def keep(place: int, run: Measured) -> None:
            self._known[to_make[place]] = run
            self.made += 1
            if self.store is not None:
                self.store.keep(to_make[place], run)
            if self.told is not None:
                self.told(len(self._known), total)

        left = self.engine.do(measured, tasks, keep)
        self.interrupted = left.interrupted
        self.given_up |= {to_make[place] for place in left.given_up}

    def get(self, plan: Scenario, replication: int) -> Measured | None:
        """A run that was asked for; None if it is not there."""
        return self._known.get(self.key(plan, replication))

    def series(self, plan: Scenario, measure: str, start: int = 0) -> Floats:
        """One measure of a plan by replication, from ``start`` as far as all are there; shape (n,)."""
        name, at = self.key(plan, 0)[0], [*KPIS].index(measure)
        found: list[float] = []
        while (run := self._known.get((name, self.seed, start + len(found)))) is not None:
            found.append(run.values[at])
        return np.array(found, dtype=np.float64)

    def results(self, plans: Sequence[Scenario], replications: int | None = None) -> Results:
        """The measures of these plans, ready to be paired; ``replications`` is how many were asked for."""
        found: dict[tuple[int, int], Measured] = {}
        asked = replications or 0
        lost = []
        for place, plan in enumerate(plans):
            name = self.key(plan, 0)[0]
            for key, run in self._known.items():
                if key[0] == name and (replications is None or key[2] < replications):
                    found[place, key[2]] = run
                    asked = max(asked, key[2] + 1)
            lost += [
                (place, n) for known, _, n in self.given_up if known == name and (replications is None or n < asked)
            ]
        return gather(plans, self.seed, self.by, asked, found, interrupted=self.interrupted, given_up=sorted(lost))

    def upto(self, plans: Sequence[Scenario], counts: Mapping[int, int] | int) -> bool:
        """Have the first so many replications of each plan (by place); replication by replication, plans in turn."""
        wish = dict.fromkeys(range(len(plans)), counts) if isinstance(counts, int) else dict(counts)
        most = max(wish.values(), default=0)
        return self.ask([(plans[place], n) for n in range(most) for place, count in wish.items() if n < count])
