"""Sweeps: the rows, the designs, and the same callers everywhere."""

import pytest

from sim.analysis import space, sweep
from sim.analysis.sweeping import points_of
from sim.study import Runs
from tests.analysis.shops import MEASURE, formula, shop

CALLS = "calls.types.call.arrivals.per_hour"


def test_one_row_for_each_plan_point_and_replication() -> None:
    """The frame has one row for each plan, point and replication, with the values, the seed and every measure."""
    plans = [shop("one"), shop("two", people__agent__count=3)]
    found = sweep(plans, [f"{CALLS}=2,4", "phones.answer_delay_s=0:8:2"], replications=2, runs=Runs(7))
    frame = found.frame()
    assert len(frame) == 2 * 4 * 2
    assert list(frame.columns[:6]) == ["plan", "point", CALLS, "phones.answer_delay_s", "replication", "seed"]
    assert set(frame["seed"]) == {7}
    assert not frame[["calls_offered", MEASURE]].isna().any().any()


def test_every_plan_meets_the_same_callers_at_every_point() -> None:
    """Where the setting varied is none of the callers', each replication offers the same calls at all points."""
    plans = [shop("one"), shop("two", people__agent__count=3)]
    frame = sweep(plans, ["phones.answer_delay_s=0,5"], replications=2, runs=Runs(3)).frame()
    assert (frame.groupby("replication")["calls_offered"].nunique() == 1).all()


def test_a_formula_comes_back() -> None:
    """Means and differences are those of the plans at the point's values."""
    runs = formula(lambda plan, noise: plan.prices.burden * plan.people["agent"].count + noise.normal())
    found = sweep([shop("one"), shop("two", people__agent__count=5)], ["prices.burden=1,2"], replications=3, runs=runs)
    assert [found.difference(point, 1, MEASURE).mean for point in (0, 1)] == pytest.approx([3.0, 6.0])


def test_designs_spread_their_points() -> None:
    """A Latin hypercube has one point in each n-th of a range, Sobol points come in powers of 2, both from the seed."""
    place = space([shop()], ["prices.burden=1:2", f"{CALLS}=2:6"])
    points = points_of(place, "lhs", 4, 1)
    assert sorted(int(4 * (value - 1.0)) for value, _ in points) == [0, 1, 2, 3]
    assert points_of(place, "sobol", 8, 1) == points_of(place, "sobol", 8, 1) != points_of(place, "sobol", 8, 2)


@pytest.mark.parametrize(
    ("design", "points", "told"),
    [("grid", None, "--points 5"), ("lhs", None, "--points 64"), ("sobol", 6, "say 4 or 8"), ("lhs", 0, "points")],
)
def test_a_design_without_points_is_refused(design: str, points: int | None, told: str) -> None:
    """A design that does not know its points says what to say."""
    with pytest.raises(ValueError, match=told):
        sweep([shop()], ["prices.burden=1:2"], design=design, points=points, runs=Runs())  # type: ignore[arg-type]


def test_nothing_is_run_before_all_points_are_known_to_be_sound() -> None:
    """A combination that a plan cannot have is refused before the first run."""
    runs = formula(lambda plan, noise: 0.0)
    with pytest.raises(Exception, match="nobody"):
        sweep([shop()], ["people.agent.count=1,0"], runs=runs)
    assert runs.made == 0
