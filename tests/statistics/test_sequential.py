"""A study stops when it is as precise as wished, and its interval still holds the truth as often as promised."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.statistics import Estimate, Precision, Reason, bonferroni, doubtful, interval, progress
from tests.statistics.studies import (
    Known,
    coverage,
    gamma,
    gamma_pair,
    lognormal,
    lognormal_pair,
    normal,
    rare,
    rare_pair,
    study,
)

NAN = math.nan
DIFFERENCES = {
    "normal, none": normal(0.0),
    "normal, three sd": normal(3.0),
    "gamma pair, none": gamma_pair(1.0),
    "gamma pair, a fifth more": gamma_pair(1.2),
    "correlated lognormal pair, none": lognormal_pair(1.0),
    "correlated lognormal pair, half more": lognormal_pair(1.5),
}
SKEWED = {"exponential": gamma(1.0), "gamma, skewness 2.8": gamma(0.5), "lognormal, skewness 1.8": lognormal(0.5)}
WILD = {
    "gamma, skewness 4": gamma(0.25),
    "lognormal, skewness 6": lognormal(1.0),
    "lognormal, skewness 34": lognormal(1.5),
    "15,000 once in 200": rare(1 / 200, 15_000.0),
    "15,000 once in 50": rare(1 / 50, 15_000.0),
    "a pair with 15,000 every tenth year": rare_pair(0.1, 15_000.0),
    "a pair with 15,000 every hundredth year": rare_pair(0.01, 15_000.0),
}


def wish(known: Known, replications: float, first: int = 20) -> Precision:
    """The precision that about so many replications give."""
    return Precision(1.96 * known.sd / math.sqrt(replications), first=first)


# The rule


@given(st.lists(st.floats(-1e3, 1e3), min_size=20, max_size=60), st.floats(1e-3, 1e4), st.floats(0.0, 0.5))
def test_it_is_reached_when_the_half_width_is(x: list[float], absolute: float, relative: float) -> None:
    """A study is reached exactly where Student's half-width is no more than the goal, and only then asks for nothing."""
    now = progress(x, Precision(absolute, relative))
    assert now.reached == (interval(x).half_width <= now.goal)
    assert now.reached == (now.more == 0)
    assert now.goal >= absolute


def test_nothing_is_judged_before_the_first_replications() -> None:
    """With fewer than the first replications even equal ones are not enough, and the rest of them is asked for."""
    now = progress([1.0] * 12, Precision(5.0))
    assert (now.reached, now.more) == (False, 8)
    assert progress([1.0] * 20, Precision(5.0)).reached


def test_what_is_missing_comes_in_large_batches() -> None:
    """A half-width four times the goal calls for 0.6 of the fifteen-fold that is missing, a near miss for a twentieth."""
    x = np.tile([-1.0, 1.0], 50)
    now = interval(x).half_width
    assert progress(x, Precision(now / 4.0)).more == 900
    assert progress(x, Precision(now * 0.9999)).more == 5


def test_near_zero_only_the_absolute_half_width_counts() -> None:
    """A mean of zero is asked for the absolute half-width, a large one for its share."""
    precision = Precision(10.0, relative=0.25)
    assert precision.goal(0.0) == 10.0
    assert precision.goal(-1000.0) == pytest.approx(200.0)


def test_a_study_that_was_enlarged_states_the_width_it_was_asked() -> None:
    """The interval is Student's after the first replications, and the mean plus and minus the goal after more."""
    x = np.tile([-1.0, 1.0], 10)
    assert progress(x, Precision(1.0)).estimate == interval(x)
    assert progress(np.tile(x, 2), Precision(1.0)).estimate == Estimate(0.0, -1.0, 1.0, 40)


def test_replications_that_came_to_nothing_are_made_up_for() -> None:
    """Where half the observations are NaN, twice as many are asked for, and where all are, as many again."""
    assert progress([1.0, NAN] * 5, Precision(1.0)).more == 30
    assert progress([NAN] * 40, Precision(1.0)).more == 40
    assert progress([], Precision(1.0)).more == 20


def test_comparisons_share_the_level() -> None:
    """Five intervals that hold together with 95 % are each asked for 99 %, and are wider."""
    assert bonferroni(0.95, 5) == pytest.approx(0.99)
    x = np.arange(20.0)
    each = progress(x, Precision(1e3, comparisons=5)).estimate
    assert each == pytest.approx(interval(x, 0.99))


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"absolute": 0.0}, "positive"),
        ({"absolute": NAN}, "positive"),
        ({"absolute": math.inf}, "finite"),
        ({"relative": 1.0}, "relative"),
        ({"relative": -0.1}, "relative"),
        ({"level": 95.0}, r"for example 0\.95"),
        ({"comparisons": 0}, "one comparison"),
        ({"first": 19}, "at least 20"),
    ],
)
def test_a_precision_must_make_sense(wrong: dict[str, float], why: str) -> None:
    """Half-widths, levels and numbers that make no sense are refused."""
    with pytest.raises(ValueError, match=why):
        Precision(**{"absolute": 1.0, **wrong})  # type: ignore[arg-type]


def test_an_infinity_cannot_be_made_precise() -> None:
    """An infinite observation is refused, for no number of replications would do."""
    with pytest.raises(ValueError, match="infinite"):
        progress([1.0, math.inf], Precision(1.0))
    with pytest.raises(ValueError, match="one comparison"):
        bonferroni(0.95, 0)


# Coverage


@pytest.mark.parametrize("replications", [16.0, 32.0])
@pytest.mark.parametrize("name", DIFFERENCES)
def test_a_difference_is_held_as_often_as_promised(name: str, replications: float) -> None:
    """Of 2,000 studies of a difference that stop soon, between 93 and 97 % hold it."""
    known = DIFFERENCES[name]
    assert 0.93 < coverage(known, wish(known, replications)).held < 0.97


@pytest.mark.slow
@pytest.mark.parametrize("replications", [24.0, 50.0, 80.0, 200.0])
@pytest.mark.parametrize("name", DIFFERENCES)
def test_a_difference_is_held_as_often_after_more(name: str, replications: float) -> None:
    """Of 2,000 studies of a difference that are enlarged several times, between 93 and 97 % hold it."""
    known = DIFFERENCES[name]
    assert 0.93 < coverage(known, wish(known, replications)).held < 0.97


@pytest.mark.parametrize("mean", [0.0, 0.5, 5.0])
def test_a_relative_wish_is_held_as_often(mean: float) -> None:
    """Of 2,000 studies of a difference asked for a fifth of its size, with a floor, between 93 and 97 % hold it."""
    assert 0.93 < coverage(normal(mean), Precision(0.25, relative=0.2)).held < 0.97


def test_several_intervals_hold_at_once() -> None:
    """Of 1,000 studies of four correlated differences to the same precision, at least 93 % hold all four."""
    rng, precision = np.random.default_rng(4), Precision(0.5, comparisons=4)
    held = 0
    for _ in range(1000):
        luck = rng.normal(size=400)
        plans = [rng.normal(size=400) + luck for _ in range(4)]
        held += all(abs(_mean_of_part(plan, precision)) <= 0.5 for plan in plans)
    assert held >= 930


def _mean_of_part(x: np.ndarray, precision: Precision) -> float:
    """The mean after as many of these replications as the rule asks for."""
    taken = 0
    while (now := progress(x[:taken], precision)).more and taken < x.size:
        taken += now.more
    return now.estimate.mean


@pytest.mark.parametrize("replications", [25.0, 100.0])
@pytest.mark.parametrize("name", SKEWED)
def test_a_skewed_measure_is_held_with_fifty_first(name: str, replications: float) -> None:
    """Of 2,000 studies of a skewed measure with 50 first replications, at least 90 % hold it."""
    known = SKEWED[name]
    assert coverage(known, wish(known, replications, first=50)).held >= 0.90


@pytest.mark.parametrize("name", WILD)
def test_a_wild_measure_is_held_or_doubted(name: str) -> None:
    """Of 1,000 studies with 50 first replications, at most 10 % are wrong without a warning, however wild the measure."""
    known = WILD[name]
    assert coverage(known, wish(known, 60.0, first=50), studies=1000).wrong_undoubted <= 0.10


@pytest.mark.slow
@pytest.mark.parametrize("replications", [200.0, 1000.0])
@pytest.mark.parametrize("name", WILD)
def test_a_wild_measure_is_held_or_doubted_after_more(name: str, replications: float) -> None:
    """Of 1,000 studies enlarged to hundreds of replications, at most 10 % are wrong without a warning."""
    known = WILD[name]
    assert coverage(known, wish(known, replications, first=50), studies=1000).wrong_undoubted <= 0.10


def test_a_rare_event_is_held_where_it_was_seen_often() -> None:
    """With 4,000 first replications, which see it some 20 times, 15,000 once in 200 is held by at least 90 % of 500 studies."""
    known = rare(1 / 200, 15_000.0)
    assert coverage(known, wish(known, 2000.0, first=4000), studies=500).held >= 0.90


# Doubt


def test_a_normal_difference_is_seldom_doubted() -> None:
    """Of 1,000 normal samples of 20, 50 and 200 fewer than 4 % are doubted."""
    rng = np.random.default_rng(5)
    for n in (20, 50, 200):
        assert np.mean([bool(doubtful(rng.normal(size=n)).reasons) for _ in range(1000)]) < 0.04


def test_a_rare_event_is_few() -> None:
    """Nine events in 3,000 replications are too few, and forty of either sign are not."""
    assert doubtful([15_000.0] * 9 + [0.0] * 2991).reasons >= {Reason.FEW}
    enough = doubtful([15_000.0] * 20 + [-15_000.0] * 20 + [0.0] * 2960)
    assert enough.effective == pytest.approx(40.0)
    assert not enough.reasons


def test_nothing_seen_is_doubted() -> None:
    """Differences that are all zero, or none at all, are doubted, while equal differences are not."""
    assert doubtful([0.0] * 50).reasons == {Reason.FEW}
    assert doubtful([]).reasons == {Reason.FEW}
    assert not doubtful([3.0] * 50).reasons


def test_skewness_is_doubted_until_there_are_enough() -> None:
    """The same skewed shape is doubted at 40 observations and trusted at 400, NaN left out."""
    shape = [2.0] * 9 + [3.0] * 10 + [9.0]
    assert doubtful(shape * 2 + [NAN]).reasons == {Reason.SKEWED}
    assert not doubtful(shape * 20).reasons


def test_a_study_of_equal_differences_stops_at_once() -> None:
    """Plans whose difference never varies are precise after the first replications."""
    same = Known(lambda rng, n: np.full(n, 7.0), 7.0, 0.0)
    assert study(same, Precision(1.0), np.random.default_rng(0))[0] == Estimate(7.0, 7.0, 7.0, 20)
