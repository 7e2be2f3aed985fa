"""Studies with known answers: an engine whose runs are a formula, and a little shop."""

from collections.abc import Callable, Sequence

import numpy as np

from sim.kpis import KPIS
from sim.scenarios import load
from sim.shop.scenario import Scenario
from sim.study import Runs
from sim.study.engine import Engine, Keep, Left
from sim.study.tasks import Measured, Task

MEASURE = "contribution_per_year"
Formula = Callable[[Scenario, np.random.Generator], float]


class Formulas(Engine):
    """Carries out nothing: the contribution of a run is a formula of its plan and of noise common to all plans."""

    width = 1

    def __init__(self, formula: Formula) -> None:
        self.formula, self.tasks = formula, list[Task]()

    def do(self, work: object, tasks: Sequence[Task], keep: Keep) -> Left:  # type: ignore[override, type-arg]
        for place, task in enumerate(tasks):
            self.tasks.append(task)
            values = np.zeros(len(KPIS))
            noise = np.random.default_rng((task.seed, task.replication))
            values[list(KPIS).index(MEASURE)] = self.formula(task.plan, noise)
            keep(place, Measured(values, {}))
        return Left()

    def close(self) -> None:
        pass


def formula(of: Formula, budget: int | None = None, seed: int = 1) -> Runs:
    """Runs that are a formula."""
    return Runs(seed, engine=Formulas(of), budget=budget)


def shop(name: str = "one", **settings: object) -> Scenario:
    """A plain call centre of a few calls on a day; dots of names are written as two underscores."""
    small = {
        "horizon.days": 2, "people.agent.count": 2, "calls.types.call.arrivals.per_hour": 4,
        **{key.replace("__", "."): value for key, value in settings.items()},
    }  # fmt: skip
    return load("phones_only", small).scenario.model_copy(update={"name": name})
