"""Studies without a model: runs whose measures are made up from a known law, by plan and replication."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import numpy as np

from sim.kpis import KPIS
from sim.shop.scenario import Scenario
from sim.study import Engine, Runs
from sim.study.engine import Keep, Left
from sim.study.runs import Key
from sim.study.tasks import Measured, Task

PLACE = {key: place for place, key in enumerate(KPIS)}
#: measures of a plan, from luck that all plans share in a replication (the first numbers) or have alone (the others)
Law = Callable[[Scenario, np.random.Generator, np.random.Generator], Mapping[str, float]]


class Invented(Engine):
    """Makes up what it is asked for, and notes it; interrupted after so many runs, without those that it gives up."""

    def __init__(
        self, law: Law, *, width: int = 1, interrupted_after: int | None = None, lost: Collection[tuple[str, int]] = ()
    ) -> None:
        self.law, self.width, self.lost = law, width, lost
        self.interrupted_after = interrupted_after
        self.did: list[tuple[str, int]] = []  # plan and replication

    def do(self, work: Callable[[Any], Any], tasks: Sequence[Any], keep: Keep[Any]) -> Left:
        given_up = []
        for place, task in enumerate(tasks):
            if len(self.did) == self.interrupted_after:
                return Left(tuple(given_up), interrupted=True)
            if (task.plan.name, task.replication) in self.lost:
                given_up.append(place)
                continue
            self.did.append((task.plan.name, task.replication))
            keep(place, self.made(task))
        return Left(tuple(given_up))

    def close(self) -> None:
        pass

    def made(self, task: Task) -> Measured:
        shared = np.random.default_rng([task.seed, task.replication])
        own = np.random.default_rng([task.seed, task.replication, sum(map(ord, address(task.plan)))])
        values = np.full(len(KPIS), np.nan)
        for key, value in self.law(task.plan, shared, own).items():
            values[PLACE[key]] = value
        return Measured(values, {})


class Quick(Runs):
    """Runs whose plans are told apart by a few settings, which is quicker than by all."""

    def key(self, plan: Scenario, replication: int) -> Key:
        name = address(plan)
        self._plans.setdefault(name, plan)
        return name, self.seed, replication


def address(plan: Scenario) -> str:
    counts = ",".join(
        f"{group.count}.{group.shifts[0].start:.0f}.{len(group.covers)}" for group in plan.people.values()
    )
    return f"{plan.calls.per_day}/{counts}"


def plan(place: int, name: str = "") -> Scenario:
    """A plan that differs from others by its place only."""
    return Scenario.model_validate(
        {"name": name or f"plan {place}", "horizon": {"days": 7}, "calls": {"per_day": 10.0 + place}}
    )


def place_of(scenario: Scenario) -> int:
    return round(scenario.calls.per_day - 10.0)


def normal(
    means: Sequence[float],
    sd: float | Sequence[float] = 1.0,
    *,
    shared: float = 0.0,
    measure: str = "contribution_per_year",
) -> Law:
    """Plans by place with these means, own luck of sd, and luck that all share."""
    spread = np.broadcast_to(np.asarray(sd, dtype=np.float64), len(means))

    def law(scenario: Scenario, common: np.random.Generator, own: np.random.Generator) -> dict[str, float]:
        at = place_of(scenario)
        return {measure: means[at] + shared * common.standard_normal() + spread[at] * own.standard_normal()}

    return law
