"""Whose runs an analysis takes."""

from sim.analysis import Ended, compare
from sim.study import Runs
from tests.analysis.shops import formula, shop


def test_runs_that_are_still_empty_are_taken_too() -> None:
    """A comparison runs with the seed, engine and budget that it was given, from the first run."""
    runs = formula(lambda plan, noise: 0.0, seed=7)
    assert compare([shop("one"), shop("two")], 2, runs=runs).results.seed == 7
    runs = Runs(7, engine=runs.engine, budget=3)
    assert compare([shop("one"), shop("two", people__agent__count=3)], 2, runs=runs).ended is Ended.BUDGET
    assert runs.made == 3
