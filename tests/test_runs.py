"""Runs that are asked for: each made once, in order, as far as a budget goes, and never more than was asked."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from sim.shop.scenario import Scenario
from sim.study import Runs
from sim.study.runs import Key
from sim.study.tasks import Measured
from tests.analysis.invented import Invented, normal, plan

MONEY = "contribution_per_year"
PLANS = [plan(0), plan(1)]


class Shelf:
    """A keeper that notes what it was asked."""

    def __init__(self) -> None:
        self.kept: dict[Key, Measured] = {}
        self.asked: list[Key] = []

    def find(self, keys: Sequence[Key], by: tuple[str, ...]) -> dict[Key, Measured]:
        self.asked += keys
        return {key: self.kept[key] for key in keys if key in self.kept}

    def keep(self, key: Key, run: Measured) -> None:
        assert key not in self.kept
        self.kept[key] = run


def invented(**ways: object) -> Invented:
    return Invented(normal([0.0, 1.0, 2.0]), **ways)  # type: ignore[arg-type]


def test_each_run_is_made_once() -> None:
    """Asking again makes what is new, asking twice in one breath makes it once."""
    engine = invented()
    runs = Runs(1, engine=engine)
    assert runs.ask([(PLANS[0], 0), (PLANS[0], 0), (PLANS[1], 0)])
    assert runs.upto(PLANS, 2)
    assert engine.did == [("plan 0", 0), ("plan 1", 0), ("plan 0", 1), ("plan 1", 1)]
    assert (runs.made, runs.there) == (4, 4)


def test_the_same_plan_under_two_names_is_run_once() -> None:
    """A plan's name is not part of its address: two names share their runs, and both have results."""
    engine = invented()
    runs = Runs(1, engine=engine)
    twice = [plan(0, "base"), plan(0, "separate")]
    assert runs.upto(twice, 3)
    assert len(engine.did) == 3
    results = runs.results(twice, 3)
    assert results.plans == ("base", "separate")
    assert results.finished.all()
    assert np.array_equal(results.of(0, MONEY), results.of(1, MONEY))
    assert [each.name for each in runs.plans] == ["base"]


def test_what_is_kept_is_found_and_not_made() -> None:
    """Runs of an earlier day come from the keeper, and new ones are given to it."""
    shelf, first, second = Shelf(), invented(), invented()
    Runs(1, engine=first, store=shelf).upto(PLANS, 2)
    runs = Runs(1, engine=second, store=shelf)
    assert runs.upto(PLANS, 3)
    assert second.did == [("plan 0", 2), ("plan 1", 2)]
    assert (runs.made, runs.there, len(shelf.kept)) == (2, 6, 6)
    assert np.array_equal(runs.results(PLANS, 2).values[:, :, :5], made_again(2), equal_nan=True)


def made_again(n: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    again = Runs(1, engine=invented())
    again.upto(PLANS, n)
    return again.results(PLANS, n).values[:, :, :5]


def test_another_seed_is_another_run() -> None:
    """Runs of one seed are not taken for those of another."""
    shelf = Shelf()
    Runs(1, engine=invented(), store=shelf).upto(PLANS, 2)
    other = invented()
    assert Runs(2, engine=other, store=shelf).upto(PLANS, 2)
    assert len(other.did) == 4


@pytest.mark.parametrize("already", [0, 1, 3])
def test_a_budget_counts_what_is_found_as_what_is_made(already: int) -> None:
    """Where a budget ends does not depend on what is in the store."""
    shelf = Shelf()
    Runs(1, engine=invented(), store=shelf).upto(PLANS, already)
    runs = Runs(1, engine=invented(), store=shelf, budget=5)
    assert not runs.upto(PLANS, 4)
    assert (runs.there, runs.exhausted, runs.stopped) == (5, True, True)
    assert runs.results(PLANS, 4).finished.tolist() == [[True] * 3 + [False], [True] * 2 + [False] * 2]


def test_a_budget_is_spent_in_order() -> None:
    """Runs are had in the order in which they were asked for, and what is there already costs nothing more."""
    engine = invented()
    runs = Runs(1, engine=engine, budget=3)
    assert runs.ask([(PLANS[1], 7), (PLANS[0], 2)])
    assert runs.ask([(PLANS[0], 2), (PLANS[1], 7)])
    assert not runs.exhausted
    assert not runs.ask([(PLANS[0], 2), (PLANS[1], 0), (PLANS[0], 0)])
    assert engine.did == [("plan 1", 7), ("plan 0", 2), ("plan 1", 0)]
    assert runs.exhausted


def test_a_budget_of_just_enough_is_not_exhausted() -> None:
    """A study that needs exactly its budget is complete."""
    runs = Runs(1, engine=invented(), budget=4)
    assert runs.upto(PLANS, 2)
    assert not runs.stopped


def test_counts_may_differ_by_plan() -> None:
    """With a count for each plan replications come in turn, and a plan that has enough is passed over."""
    engine = invented()
    runs = Runs(1, engine=engine)
    three = [*PLANS, plan(2)]
    assert runs.upto(three, {0: 1, 2: 3})
    assert engine.did == [("plan 0", 0), ("plan 2", 0), ("plan 2", 1), ("plan 2", 2)]
    results = runs.results(three)
    assert results.finished.sum(axis=1).tolist() == [1, 0, 3]
    assert runs.upto(three, {})
    assert runs.upto(three, 0)


def test_a_run_that_is_given_up_is_not_tried_again() -> None:
    """A run whose worker was killed again and again is named, not asked for a second time, and does not stop others."""
    engine = invented(lost=[("plan 1", 1)])
    runs = Runs(1, engine=engine)
    assert not runs.upto(PLANS, 3)
    assert not runs.upto(PLANS, 4)
    assert not runs.stopped
    assert runs.results(PLANS, 4).given_up == (("plan 1", 1),)
    assert runs.there == 7


def test_results_are_of_what_was_asked_only() -> None:
    """Later replications, other plans and losses beyond the number asked are not in the results."""
    runs = Runs(1, engine=invented(lost=[("plan 0", 4)]))
    runs.upto([*PLANS, plan(2)], 6)
    results = runs.results(PLANS, 3)
    assert results.plans == ("plan 0", "plan 1")
    assert results.finished.shape == (2, 3)
    assert results.given_up == ()
    assert runs.results(PLANS).given_up == (("plan 0", 4),)


def test_after_an_interruption_nothing_more_is_run() -> None:
    """Ctrl-C keeps what is finished, and whoever asks for more gets none, but what is there is there."""
    engine = invented(interrupted_after=3)
    runs = Runs(1, engine=engine)
    assert not runs.upto(PLANS, 5)
    assert runs.upto(PLANS, 1)
    assert not runs.upto(PLANS, 2)
    assert len(engine.did) == 3
    assert runs.stopped
    assert runs.results(PLANS, 5).interrupted


def test_a_series_ends_at_the_first_gap() -> None:
    """One measure of one plan comes by replication, from where it is wished to the first that is not there."""
    runs = Runs(1, engine=invented())
    runs.ask([(PLANS[0], n) for n in (0, 1, 3, 10, 11)])
    assert runs.series(PLANS[0], MONEY).tolist() == runs.results(PLANS[:1], 2).of(0, MONEY).tolist()
    assert runs.series(PLANS[0], MONEY, 10).size == 2
    assert runs.series(PLANS[1], MONEY).size == 0


def test_whoever_watches_is_told_before_and_after_each() -> None:
    """The first word comes before the first run that is made, the last when all are there."""
    told: list[tuple[int, int]] = []
    shelf = Shelf()
    Runs(1, engine=invented(), store=shelf).upto(PLANS, 1)
    Runs(1, engine=invented(), store=shelf, told=lambda *now: told.append(now)).upto(PLANS, 2)
    assert told == [(2, 4), (3, 4), (4, 4)]


def test_a_run_that_was_not_asked_for_is_not_there() -> None:
    """Asking after a run makes none."""
    engine = invented()
    runs = Runs(1, engine=engine)
    assert runs.get(PLANS[0], 0) is None
    runs.upto(PLANS[:1], 1)
    assert isinstance(runs.get(PLANS[0], 0), Measured)
    assert len(engine.did) == 1


def test_runs_without_an_engine_are_simulated_here() -> None:
    """By default a run is one of the model, in this process."""
    tiny = Scenario.model_validate({"name": "tiny", "horizon": {"days": 1}})
    runs = Runs(3)
    assert runs.upto([tiny], 1)
    assert runs.results([tiny], 1).of(0, "calls_offered")[0] >= 0.0
