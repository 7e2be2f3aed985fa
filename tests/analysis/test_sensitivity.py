"""Sensitivity on studies whose answers are known: what matters, how much, and where a verdict turns."""

from collections.abc import Sequence

import numpy as np
import pytest

from sim.analysis import Asked, Study, assumed, sensitivity
from sim.scenarios import load
from sim.shop.scenario import Scenario
from sim.study import Runs
from sim.study.engine import Keep, Left
from sim.study.tasks import Task
from tests.analysis.shops import MEASURE, Formulas, formula, shop

BURDEN, DELAY, OVERTIME = "prices.burden=1:2", "phones.answer_delay_s=0:10", "prices.overtime_factor=1:2"
ONE = shop("one")
TWO = shop("two", people__agent__count=5)


def linear(plan: Scenario, noise: np.random.Generator) -> float:
    """100 a burden, 10 an overtime factor, nothing for the delay; the noise is the same everywhere."""
    return 100.0 * plan.prices.burden + 10.0 * plan.prices.overtime_factor + noise.normal()


def crossing(plan: Scenario, noise: np.random.Generator) -> float:
    """The second plan (5 agents) is ahead by 100 times (burden less 1.4), with noise that differs between plans."""
    common, own = noise.normal(scale=50.0), noise.normal(scale=5.0)
    gain = 100.0 * (plan.prices.burden - 1.4) + own
    return common + gain if plan.people["agent"].count == 5 else common


def test_a_linear_effect_is_its_slope_times_the_range() -> None:
    """mu* of what the measure is linear in is slope times range, and what has no effect is at the noise floor."""
    found = sensitivity([ONE], [OVERTIME, BURDEN, DELAY], Asked(replications=6), runs=formula(linear))
    assert found.screening is not None
    assert found.screening.mu_star == pytest.approx([10.0, 100.0, 0.0], abs=1e-9)
    assert found.order == (1, 0, 2)
    assert found.matters == (1, 0)


def test_a_wage_moves_a_real_run_by_what_it_costs() -> None:
    """In simulated runs a wage moves contribution by its payroll a year, and a price that nobody pays by nothing."""
    plan = shop(people__agent__wage_per_hour=20)
    wished = Asked(replications=2, trajectories=2)
    found = sensitivity(
        [plan], ["people.agent.wage_per_hour=10:30", "prices.truck_per_year=0:9000"], wished, runs=Runs()
    )
    payroll_a_dollar = 2 * 24.0 * 365.0 * plan.prices.burden
    assert found.screening is not None
    assert found.screening.mu_star == pytest.approx([20.0 * payroll_a_dollar, 0.0], rel=1e-6)
    assert found.matters == (0,)


def test_where_a_real_verdict_turns_is_known_beforehand() -> None:
    """Two idle people at a wage against one at twice 15 an hour break even where the wage is 15."""
    idle = {"hats": ["service_manager"], "shifts": [{"start": "08:00", "end": "16:00"}]}
    one = shop("one", people={"helper": {"count": 2, "wage_per_hour": 20, **idle}})
    two = shop("two", people={"other": {"count": 1, "wage_per_hour": 30, **idle}})
    wished = Asked(replications=2, trajectories=2)
    (turn,) = sensitivity([one, two], ["people.helper.wage_per_hour=11:23"], wished, runs=Runs()).turns
    assert turn.about == pytest.approx(15.0, abs=1e-3)
    assert turn.found.low <= 15.0 <= turn.found.high


def test_a_noisy_verdict_turns_within_its_band() -> None:
    """With noise the band holds the place where the expected difference is zero, and both sides are told apart."""
    found = sensitivity([ONE, TWO], [BURDEN, DELAY], Asked(replications=10), runs=formula(crossing))
    (turn,) = found.turns
    assert found.matters == (0,)
    assert turn.found.low < 1.4 < turn.found.high
    assert turn.about == pytest.approx(1.4, abs=0.05)
    assert [np.sign(end.mean) for end in turn.ends] == [-1.0, 1.0]


def test_a_verdict_that_does_not_turn() -> None:
    """Where one plan is ahead at both ends of a range, the verdict does not turn there."""
    runs = formula(crossing)
    (turn,) = sensitivity([ONE, TWO], [BURDEN], Asked(turn=("prices.burden=1.6:1.9",)), runs=runs).turns
    assert not turn.turns
    assert np.isnan(turn.about)


def test_the_map_knows_where_it_cannot_tell() -> None:
    """Cells far from the border have its sign, those beside it hold zero in their interval."""
    found = sensitivity(
        [ONE, TWO], [BURDEN], Asked(chart=("prices.burden=1:1.8:5", DELAY), cells=3, turn=()), runs=formula(crossing)
    )
    assert found.chart is not None
    assert [found.chart.sign(x, 0) for x in range(5)] == [-1, -1, 0, 1, 1]
    assert len(found.chart.ys) == 3


def test_indices_are_shares_of_the_spread() -> None:
    """For a sum of two effects the indices are their parts of the variance, 100 to 1 here."""
    found = sensitivity(
        [ONE], [BURDEN, OVERTIME, DELAY], Asked(indices=True, base=128, replications=2), runs=formula(linear)
    )
    assert found.indices is not None
    assert found.kept == (0, 1)
    assert found.indices.total == pytest.approx([100 / 101, 1 / 101], abs=0.03)


def test_equal_seeds_give_equal_answers_and_no_run_is_made_twice() -> None:
    """The same study on the same runs asks for nothing new and finds the same; another seed has other points."""
    runs = formula(crossing)
    first = sensitivity([ONE, TWO], [BURDEN, DELAY], runs=runs)
    made = runs.made
    again = sensitivity([ONE, TWO], [BURDEN, DELAY], runs=runs)
    engine = runs.engine
    assert isinstance(engine, Formulas)
    assert runs.made == made == len(engine.tasks) == len({(repr(t.plan), t.replication) for t in engine.tasks})
    assert first.frame().equals(again.frame())
    assert not first.frame().equals(sensitivity([ONE, TWO], [BURDEN, DELAY], runs=formula(crossing, seed=2)).frame())


def test_it_never_takes_more_runs_than_it_said() -> None:
    """What a study says beforehand that it takes is at least what it takes."""
    study = Study(
        [ONE, TWO],
        [BURDEN, DELAY],
        Asked(indices=True, base=8, chart=(BURDEN.partition("=")[0], DELAY.partition("=")[0])),
    )
    found = study.answer(formula(crossing))
    assert found.runs <= sum(step.runs for step in study.needs(2))


def test_a_budget_leaves_out_whole_steps_and_says_so() -> None:
    """A budget is never exceeded, cuts trajectories before it leaves out steps, and names what is missing."""
    wished = Asked(indices=True, chart=("prices.burden", "phones.answer_delay_s"))
    found = sensitivity([ONE, TWO], [BURDEN, DELAY], wished, runs=formula(crossing, budget=200))
    assert found.runs <= 200
    assert found.trajectories == 3
    assert [left.step for left in found.left_out] == ["screening", "indices", "turn", "map"]
    with pytest.raises(ValueError, match="at least 140"):
        sensitivity([ONE, TWO], [BURDEN, DELAY], runs=formula(crossing, budget=100))


def test_an_interrupted_study_keeps_what_it_has() -> None:
    """Stopped in the middle of the turn's search, the screening is there and the rest is named as left out."""
    runs = formula(crossing)
    whole = runs.engine.do

    def stopping(work: object, tasks: Sequence[Task], keep: Keep) -> Left:  # type: ignore[type-arg]
        left: Left = whole(work, tasks, keep)  # type: ignore[arg-type]
        return Left(interrupted=runs.made > 220) if tasks else left

    runs.engine.do = stopping  # type: ignore[method-assign, assignment]
    found = sensitivity([ONE, TWO], [BURDEN, DELAY], Asked(trajectories=3, chart=("prices.burden", DELAY)), runs=runs)
    assert found.interrupted
    assert found.matters == (0,)
    assert [(left.step, left.why) for left in found.left_out] == [("turn", "interrupted"), ("map", "interrupted")]


def test_the_default_is_what_the_comparison_leans_on() -> None:
    """Without a list the assumptions are varied that the comparison leans on, but not what the plans set differently."""
    plans = [load(name).scenario for name in ("combined", "separate")]
    found = assumed(plans)
    assert {"attention.switch_s", "calls.types.*.patience_min", "handoffs.*.drop_between"} <= set(found)
    other = load("separate", ["attention.switch_s.high=60"]).scenario
    assert "attention.switch_s" not in assumed([plans[0], other])


@pytest.mark.parametrize(
    ("plans", "wished", "told"),
    [
        ([ONE], Asked(turn=("prices.burden",)), "second plan"),
        ([ONE, TWO, ONE], Asked(), "not 3"),
        ([ONE, TWO], Asked(replications=1), "at least 2 replications"),
        ([ONE, TWO], Asked(chart=("prices.burden",)), "two settings"),
        ([ONE, TWO], Asked(chart=("prices.burden", "prices.burden")), "two different"),
        ([ONE, TWO], Asked(indices=True, base=12), "power of 2"),
        ([ONE, TWO], Asked(measure="profit"), "no measure"),
        ([ONE, shop("long", horizon__days=3)], Asked(), "horizon.days"),
    ],
)
def test_what_cannot_be_asked_is_told(plans: list[Scenario], wished: Asked, told: str) -> None:
    """Questions that have no answer are refused before anything is run."""
    with pytest.raises(ValueError, match=told):
        sensitivity(plans, [BURDEN], wished)


def test_a_measure_that_never_happened_is_told() -> None:
    """Where the measure does not exist in some run, its sensitivity is not guessed."""
    with pytest.raises(ValueError, match="did not happen"):
        sensitivity([ONE], [BURDEN], Asked(measure=MEASURE), runs=formula(lambda plan, noise: float("nan")))
