"""The next step: what it is worth, how sure that is, and what is left out of the ranking."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest

from sim.analysis import Hiring, hire
from sim.scenarios import load
from sim.shop.scenario import Scenario
from tests.analysis.invented import Invented, Law, Quick

MONEY = "contribution_expected_per_year"
EMPTY_DESK = ('people.csr.hats=["csr", "dispatcher"]', "people.dispatcher.count=0")


@cache
def shop(*settings: str) -> Scenario:
    return load("separate", ["horizon.days=7", *settings]).scenario


def worth(by_head: dict[str, float], noise: float = 1.0) -> Law:
    """Each head more of a group than today's brings so much."""

    def law(scenario: Scenario, common: np.random.Generator, own: np.random.Generator) -> dict[str, float]:
        gain = sum(
            by_head.get(name, 0.0) * (group.count - shop().people[name].count)
            for name, group in scenario.people.items()
        )
        money = 1_000.0 + gain + 50.0 * common.standard_normal() + noise * own.standard_normal()
        return {MONEY: money, "abandoned_share": 0.1 - gain / 10_000.0, "contribution_week_p5": money / 60.0}

    return law


def hired(law: Law, scenario: Scenario | None = None, **more: object) -> Hiring:
    ways = {name: more.pop(name) for name in ("interrupted_after", "lost", "width") if name in more}
    runs = Quick(1, engine=Invented(law, **ways), budget=more.pop("budget", None))  # type: ignore[arg-type]
    found = hire(scenario or shop(), runs=runs, **more)  # type: ignore[arg-type]
    assert found is not None
    return found


def test_the_step_that_brings_most_is_first() -> None:
    """Steps are ranked by their gain, and the probabilities of being best share one."""
    found = hired(worth({"csr": 100.0, "dispatcher": -100.0}), replications=8)
    assert found.choices[0].step.key in ("more csr", "fewer dispatcher")
    assert {found.choices[0].step.key, found.choices[1].step.key} == {"more csr", "fewer dispatcher"}
    assert sum(choice.best for choice in found.choices) == pytest.approx(1.0)
    assert [c.gain.mean for c in found.choices] == sorted((c.gain.mean for c in found.choices), reverse=True)
    assert found.wrong == pytest.approx(1.0 - found.choices[0].best)


def test_staying_gains_nothing_and_is_no_worse_than_itself() -> None:
    """Leaving all as it is has a gain of exactly nothing, and no probability of being worse than itself."""
    today = hired(worth({"csr": 100.0})).today
    assert today.gain[:3] == (0.0, 0.0, 0.0)
    assert math.isnan(today.worse)
    assert math.isnan(today.payback_weeks)


def test_what_changes_nothing_ties_with_staying() -> None:
    """Where no step makes any difference, staying is listed first and nobody is surely worse."""
    found = hired(worth({}, noise=0.0))
    assert found.choices[0].step.key == "stay"
    assert all(choice.worse == pytest.approx(0.5) for choice in found.choices[1:])
    assert found.choices[0].best == pytest.approx(1.0 / len(found.choices))


def test_payback_is_what_it_costs_once_over_what_it_brings() -> None:
    """A step is paid back after its cost over its weekly gain, never where it loses, and costs nothing to undo."""
    found = {c.step.key: c for c in hired(worth({"csr": 10_000.0}, noise=0.0)).choices}
    more, fewer = found["more csr"], found["fewer csr"]
    assert more.payback_weeks == pytest.approx(more.once / 10_000.0 * 365.0 / 7.0)
    assert (fewer.once, math.isnan(fewer.payback_weeks)) == (0.0, True)
    losing = {c.step.key: c for c in hired(worth({"csr": -10_000.0}, noise=0.0)).choices}
    assert losing["more csr"].payback_weeks == math.inf


def test_probabilities_follow_the_spread() -> None:
    """A gain far above its noise is surely no loss, and one below it may be."""
    sure = {c.step.key: c for c in hired(worth({"csr": 100.0}, noise=1.0)).choices}
    assert sure["more csr"].worse < 0.001
    assert sure["fewer csr"].worse > 0.999
    open_ = {c.step.key: c for c in hired(worth({"csr": 0.5}, noise=5.0)).choices}
    assert 0.05 < open_["more csr"].worse < 0.95


def test_only_some_steps_may_be_asked_for() -> None:
    """Steps that are left out are not run; staying always is."""
    engine = Invented(worth({}))
    found = hire(shop(), only=lambda step: step.key == "more csr", runs=Quick(1, engine=engine))
    assert found is not None
    assert {choice.step.key for choice in found.choices} == {"stay", "more csr"}
    assert {name for name, _ in engine.did} == {"stay", "more csr"}


@pytest.mark.parametrize(
    ("scenario", "replications", "said"),
    [
        (shop(), 1, "at least 2"),
        (load("phones_only").scenario, 5, "no jobs"),
        (load("phones_only", ['people.agent.heads=[{at="08:00", value=3}]']).scenario, 5, "no jobs"),
    ],
)
def test_what_has_no_answer_is_refused(scenario: Scenario, replications: int, said: str) -> None:
    """One replication and a shop that earns nothing are errors before anything runs."""
    engine = Invented(worth({}))
    with pytest.raises(ValueError, match=said):
        hire(scenario, replications=replications, runs=Quick(1, engine=engine))
    assert engine.did == []


def test_only_whole_replications_count() -> None:
    """After an interruption the replications that every step has are compared, and nothing else."""
    steps = len(hired(worth({}), replications=2).choices)
    found = hired(worth({}), replications=9, interrupted_after=steps * 3 + 4)
    assert found.interrupted
    assert found.results.finished.shape == (steps, 3)
    assert {choice.gain.n for choice in found.choices} == {3}
    assert {choice.bad_week.n for choice in found.choices} == {3}


@pytest.mark.parametrize("ending", [{"interrupted_after": 14}, {"budget": 20}])
def test_too_little_to_compare_is_none(ending: dict[str, int]) -> None:
    """Stopped before two replications of every step there is no ranking."""
    budget = ending.pop("budget", None)
    runs = Quick(1, engine=Invented(worth({}), **ending), budget=budget)
    assert hire(shop(), runs=runs) is None


def test_a_lost_run_takes_its_replication_with_it() -> None:
    """A replication of which one step was given up is left out for all."""
    found = hired(worth({"csr": 100.0}), replications=5, lost=[("more csr", 2)])
    assert found.results.finished.shape[1] == 4
    assert found.results.given_up == (("more csr", 2),)


def test_an_empty_chair_can_be_filled() -> None:
    """A group that has nobody yet gets the step of its first hire, and nobody is let go from it."""
    keys = [c.step.key for c in hired(worth({}), shop(*EMPTY_DESK), replications=2).choices]
    assert "more dispatcher" in keys
    assert "fewer dispatcher" not in keys


def test_a_ranking_is_a_frame() -> None:
    """The frame has a row a step, best first."""
    found = hired(worth({"csr": 100.0}))
    frame = found.frame()
    assert list(frame["step"]) == [choice.step.key for choice in found.choices]
    assert frame["probability_best"].sum() == pytest.approx(1.0)
