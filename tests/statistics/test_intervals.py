"""Intervals cover what they promise, pairs are told apart, censored waits give the patience behind them."""

import math
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.statistics import (
    MOST_REPLICATIONS,
    Estimate,
    exponential_mle_censored,
    interval,
    kaplan_meier,
    paired,
    replications_to_tell,
    time_average,
)

NAN = math.nan
moderate = st.floats(-1e6, 1e6)

# Remission of leukaemia in weeks, drug group of Freireich et al. (1963), Blood 21, 699-716: a textbook case.
WEEKS = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
RELAPSED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]


# Intervals


@pytest.mark.parametrize("n", [3, 10])
def test_intervals_cover_the_true_mean_as_often_as_promised(n: int) -> None:
    """Of 2,000 small normal samples between 93 and 97 % of the 95 % intervals hold the true mean."""
    samples = np.random.default_rng(20_250_101).normal(7.0, 3.0, size=(2000, n))
    held = [estimate.low <= 7.0 <= estimate.high for estimate in map(interval, samples)]
    assert 0.93 < np.mean(held) < 0.97


@given(st.lists(st.integers(-(10**6), 10**6), min_size=2, max_size=30, unique=True), st.floats(0.5, 0.999))
def test_intervals_agree_with_scipy(x: list[int], level: float) -> None:
    """Mean and limits are those of scipy's Student distribution."""
    estimate = interval(x, level)
    low, high = stats.t.interval(level, len(x) - 1, loc=np.mean(x), scale=stats.sem(x))
    assert (estimate.low, estimate.high) == pytest.approx((low, high), rel=1e-9, abs=1e-6)
    assert estimate.n == len(x)


@given(st.lists(st.one_of(moderate, st.just(NAN)), max_size=20))
def test_what_never_happened_is_left_out(x: list[float]) -> None:
    """NaN replications change neither the interval nor the number it rests on."""
    without = [value for value in x if not math.isnan(value)]
    assert interval(x) == pytest.approx(interval(without), nan_ok=True)
    assert interval(x).n == len(without)


def test_one_replication_has_a_mean_and_no_limits() -> None:
    """A single observation gives its value, NaN limits and n = 1."""
    assert interval([3.0, NAN]) == pytest.approx(Estimate(3.0, NAN, NAN, 1), nan_ok=True)
    assert math.isnan(interval([3.0]).half_width)


def test_no_replication_gives_nothing() -> None:
    """Without observations all is NaN and n = 0."""
    for empty in ([], [NAN, NAN]):
        assert interval(empty) == pytest.approx(Estimate(NAN, NAN, NAN, 0), nan_ok=True)


@given(moderate, st.integers(2, 30))
def test_equal_replications_leave_no_width(value: float, n: int) -> None:
    """Without variance both limits are the mean, to the last bit."""
    assert interval([value] * n) == Estimate(value, value, value, n)


def test_an_infinity_leaves_no_finite_limits() -> None:
    """An infinite replication shows as an infinite mean, without limits and without a warning."""
    estimate = interval([1.0, math.inf])
    assert estimate.mean == math.inf
    assert math.isnan(estimate.half_width)


def test_a_higher_level_is_wider() -> None:
    """More confidence costs width."""
    widths = [interval([1.0, 2.0, 4.0], level).half_width for level in (0.5, 0.9, 0.95, 0.99)]
    assert widths == sorted(widths)


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0, NAN])
def test_a_level_is_a_share(level: float) -> None:
    """A level that is not strictly between 0 and 1 is refused, also where no interval can be given."""
    for ask in (interval, replications_to_tell):
        with pytest.raises(ValueError, match=r"for example 0\.95"):
            ask([], level)


def test_one_number_per_replication() -> None:
    """A table or a bare number is refused."""
    for x in ([[1.0, 2.0]], 3.0):
        with pytest.raises(ValueError, match="one dimension"):
            interval(x)


# Pairs


@given(st.lists(st.tuples(moderate, moderate), max_size=20))
def test_a_pair_is_the_interval_of_the_differences(pairs: list[tuple[float, float]]) -> None:
    """`paired` estimates y - x, replication by replication."""
    x, y = np.array([a for a, _ in pairs]), np.array([b for _, b in pairs])
    assert paired(x, y) == pytest.approx(interval(y - x), nan_ok=True)


def test_common_luck_cancels_in_a_pair() -> None:
    """Where both plans share their luck, the paired interval is far narrower than either plan's own."""
    rng = np.random.default_rng(1)
    luck = rng.normal(0.0, 10.0, 30)
    separate, combined = luck + rng.normal(0.0, 0.1, 30), luck + 1.0 + rng.normal(0.0, 0.1, 30)
    difference = paired(separate, combined)
    assert difference.low < 1.0 < difference.high
    assert difference.half_width < interval(separate).half_width / 20


def test_a_half_pair_is_left_out() -> None:
    """A replication that is NaN on either side does not count."""
    assert paired([1.0, NAN, 2.0, 3.0], [2.0, 5.0, NAN, 4.0]) == Estimate(1.0, 1.0, 1.0, 2)


def test_pairs_must_match() -> None:
    """Plans with different numbers of replications cannot be paired."""
    with pytest.raises(ValueError, match="x has 2 entries and y 1"):
        paired([1.0, 2.0], [1.0])


# Replications to tell


def half_width(sd: float, n: int) -> float:
    """Student's half-width at 95 % by scipy."""
    return float(stats.t.ppf(0.975, n - 1)) * sd / math.sqrt(n)


@given(st.lists(st.floats(-10, 10), min_size=2, max_size=10, unique=True))
def test_the_number_is_the_first_that_tells(difference: list[float]) -> None:
    """With that many replications the half-width is below the mean, with one fewer it is not."""
    n = replications_to_tell(difference)
    mean, sd = abs(float(np.mean(difference))), float(np.std(difference, ddof=1))
    if n is None:
        assert mean == 0.0
        return
    assert n == MOST_REPLICATIONS or half_width(sd, n) < mean * (1 + 1e-9)
    assert n == 2 or half_width(sd, n - 1) >= mean * (1 - 1e-9)


def test_the_number_is_enough_in_the_long_run() -> None:
    """For a difference a fifth of its sd the number is a little above (1.96 / 0.2)^2 = 96."""
    difference = np.array([-0.8, 1.2] * 500)  # mean 0.2, sd 1.0005
    n = replications_to_tell(difference)
    assert n is not None
    assert 97 <= n <= 100


def test_a_sure_difference_needs_two() -> None:
    """Where every replication differs by the same, two replications tell."""
    assert replications_to_tell([0.1, 0.1, 0.1]) == 2


def test_a_hopeless_difference_stops_at_the_cap() -> None:
    """A difference far below its noise is told by ten million at most."""
    assert replications_to_tell([-1.0, 1.0 + 1e-9]) == MOST_REPLICATIONS


@pytest.mark.parametrize("difference", [[], [1.0], [1.0, NAN], [-1.0, 1.0], [0.0, 0.0], [1.0, math.inf]])
def test_no_number_where_none_would_tell(difference: list[float]) -> None:
    """Fewer than two replications, or a mean of 0 or infinity, give None."""
    assert replications_to_tell(difference) is None


# Time averages


def test_a_queue_is_averaged_over_time() -> None:
    """Two waiting for a third of the time and one for another third make one on average."""
    assert time_average([0.0, 10.0, 20.0], [2.0, 1.0, 0.0], 0.0, 30.0) == pytest.approx(1.0)


@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(-9, 9)), max_size=20),
    st.integers(0, 60),
    st.integers(1, 60),
)
def test_time_average_is_the_mean_over_every_minute(steps: list[tuple[int, int]], start: int, length: int) -> None:
    """Where the function changes on the minute only, one look in every minute averages to the same."""
    steps = [(0, 5), *sorted(steps, key=lambda step: step[0])]
    seen = [[value for time, value in steps if time <= minute][-1] for minute in range(start, start + length)]
    times, values = zip(*steps, strict=True)
    assert time_average(times, values, start, start + length) == pytest.approx(np.mean(seen))


def test_a_value_that_lasted_no_time_does_not_count() -> None:
    """Of several values at one moment only the last is averaged, be the others NaN."""
    assert time_average([0.0, 0.0, 5.0], [NAN, 3.0, NAN], 0.0, 5.0) == 3.0


def test_no_time_has_no_average() -> None:
    """From a moment to the same moment the average is NaN."""
    assert math.isnan(time_average([0.0], [1.0], 4.0, 4.0))


@pytest.mark.parametrize(
    ("times", "values", "start", "end", "why"),
    [
        ([5.0], [1.0], 0.0, 9.0, "says nothing at the start"),
        ([], [], 0.0, 9.0, "says nothing at the start"),
        ([0.0, 3.0, 2.0], [1.0, 1.0, 1.0], 0.0, 9.0, "never decrease"),
        ([0.0], [1.0], 9.0, 0.0, "before the start"),
        ([0.0], [1.0, 2.0], 0.0, 9.0, "must match"),
    ],
)
def test_a_step_function_must_be_one(
    times: list[float], values: list[float], start: float, end: float, why: str
) -> None:
    """Times that decrease, a beginning that is unknown or an end before the start are refused."""
    with pytest.raises(ValueError, match=why):
        time_average(times, values, start, end)


# Censored durations


def test_kaplan_meier_repeats_the_textbook() -> None:
    """The survival of the leukaemia remissions is the one printed in every textbook."""
    times, survival = kaplan_meier(WEEKS, RELAPSED)
    assert times.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert survival == pytest.approx([0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448], abs=5e-4)


@given(st.lists(st.tuples(st.integers(0, 20), st.booleans()), min_size=1, max_size=40))
def test_kaplan_meier_agrees_with_scipy(waits: list[tuple[int, bool]]) -> None:
    """Survival at every event, ties included, is scipy's."""
    lasted, ended = np.array([float(t) for t, _ in waits]), np.array([mark for _, mark in waits])
    times, survival = kaplan_meier(lasted, ended)
    assert times.tolist() == sorted({float(t) for t, mark in waits if mark})
    if times.size:
        sample: Any = stats.CensoredData(uncensored=lasted[ended], right=lasted[~ended])
        assert survival == pytest.approx(stats.ecdf(sample).sf.evaluate(times), abs=1e-12)


def test_kaplan_meier_without_events_is_empty() -> None:
    """Where nobody hung up, nothing is known of patience."""
    times, survival = kaplan_meier([1.0, 2.0], [False, False])
    assert times.shape == survival.shape == (0,)


def test_the_exponential_mean_is_time_over_events() -> None:
    """The leukaemia remissions have 359 weeks and 9 relapses."""
    assert exponential_mle_censored(WEEKS, RELAPSED) == pytest.approx(359 / 9)


def test_patience_is_recovered_from_censored_waits() -> None:
    """Callers of 4 minutes' patience, most of them answered before it ends, give back the 4 minutes."""
    rng = np.random.default_rng(7)
    patience, offered_wait = rng.exponential(4.0, 50_000), rng.exponential(1.5, 50_000)
    estimate = exponential_mle_censored(np.minimum(patience, offered_wait), patience < offered_wait)
    assert estimate == pytest.approx(4.0, rel=0.03)


def test_no_events_say_what_little_they_can() -> None:
    """Time without an event gives infinity, no time at all NaN."""
    assert exponential_mle_censored([1.0, 2.0], [False, False]) == math.inf
    assert math.isnan(exponential_mle_censored([], []))


@pytest.mark.parametrize("estimate", [kaplan_meier, exponential_mle_censored])
@pytest.mark.parametrize(
    ("durations", "observed", "why"),
    [
        ([1.0, -1.0], [True, True], "not negative"),
        ([1.0, NAN], [True, True], "finite"),
        ([1.0, math.inf], [True, False], "finite"),
        ([1.0, 2.0], [True], "must match"),
        ([1.0, 2.0], [0, 2], "only true and false"),
    ],
)
def test_durations_and_marks_must_make_sense(estimate: Any, durations: Any, observed: Any, why: str) -> None:
    """Negative or infinite durations, missing marks and marks other than true and false are refused."""
    with pytest.raises(ValueError, match=why):
        estimate(durations, observed)


def test_scipy_waits_for_an_interval() -> None:
    """Importing the module does not import scipy."""
    code = "import sys, sim.statistics; assert 'scipy' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
