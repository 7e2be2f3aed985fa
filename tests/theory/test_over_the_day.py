"""Rates, staff, talk, patience and chances that change over the day, and days that differ."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.interpolate import CubicSpline

from sim.distributions import Distribution
from sim.relay import DAY_MIN, Outcome
from sim.streams import Address, DayDraw, Streams
from tests.theory import chains
from tests.theory.conftest import Say
from tests.theory.measuring import Log, agrees, by_day, mean, one_run

HEADS = (4, 6, 8, 8, 8, 7, 8, 8, 6, 6, 4, 4, 4)
RATES = (100, 150, 150, 180, 200, 150, 150, 150, 120, 100, 80, 70, 60)  # an hour
TALK, PATIENCE, BALK = 100 / 60, 1000 / 60, 0.1
CV = 10**-0.5  # of the busyness of a day
DAY = """
        [phones]
        open = "08:00"
        close = "21:00"
        at_closing = "serve"
        [people.agent]
        count = 8
        heads = [
            {at = "08:00", value = 4}, {at = "09:00", value = 6}, {at = "10:00", value = 8}, {at = "13:00", value = 7},
            {at = "14:00", value = 8}, {at = "16:00", value = 6}, {at = "18:00", value = 4},
        ]
        [calls.types.call]
        talk_min = {family = "exponential", mean = 100, unit = "s"}
        patience_min = {family = "exponential", mean = 1000, unit = "s"}
        balk_share = 0.1
        arrivals.per_hour = [
            {at = "08:00", value = 100}, {at = "09:00", value = 150}, {at = "11:00", value = 180},
            {at = "12:00", value = 200}, {at = "13:00", value = 150}, {at = "16:00", value = 120},
            {at = "17:00", value = 100}, {at = "18:00", value = 80}, {at = "19:00", value = 70},
            {at = "20:00", value = 60}, {at = "21:00", value = 0},
        ]
"""


def expected_by_hour(busyness: float, longest: int) -> tuple[np.ndarray, np.ndarray]:
    """Expected minutes waited by all and calls lost, by hour and after closing, on a day of known busyness."""
    rates = [rate * busyness / 60 for rate in (*RATES, 0)]
    heads = [*HEADS, HEADS[-1]]
    periods = [
        replace(chains.staffed(rate, TALK, here, PATIENCE, BALK, longest), length=60.0 if rate else 300.0)
        for rate, here in zip(rates, heads, strict=True)
    ]
    totals = chains.over_time(
        (0, 0),
        periods,
        [
            lambda n, state: state[1],
            lambda n, state: rates[n] * BALK * (state[0] >= heads[n]) + state[1] / PATIENCE,
        ],
    )
    return np.array([total[0] for total in totals]), np.array([total[1] for total in totals])


def lost_by_hour(log: Log, hour: int) -> np.ndarray:
    """Calls that were lost within an hour of the day, day by day."""
    gone = log.is_(Outcome.BALKED, Outcome.ABANDONED)
    return log.totals(gone & ((log.ended % DAY_MIN) // 60 == hour))


def test_hourly_rates_and_heads(say: Say) -> None:
    """Thirteen hours with their own rates and heads: minutes waited and calls lost of M(t)/M/s(t)+M, hour by hour."""
    log = by_day(say("horizon.days = 30\n" + DAY))
    waited, lost = expected_by_hour(1.0, 60)
    agrees(mean(log.totals(np.nan_to_num(log.wait))), waited.sum())
    agrees(mean(log.totals(log.is_(Outcome.BALKED, Outcome.ABANDONED))), lost.sum())
    for hour in (0, 1, 4, 5, 10, 12):
        agrees(mean(lost_by_hour(log, 8 + hour)), lost[hour], within=3.5)


def busyness(days: int, seed: int, cv: float) -> np.ndarray:
    """The factor that each day of a run drew."""
    streams, quantile = Streams(seed), Distribution(family="gamma", mean=1.0, cv=cv).quantile()
    return np.array([quantile(streams.row(Address.DAY, day)[DayDraw.BUSYNESS]) for day in range(days)])


def test_a_random_busyness_of_the_day(say: Say) -> None:
    """With a gamma factor on each day's rates, every day's waits and losses are those of its own factor."""
    log = by_day(say(f"horizon.days = 45\ncalls.busyness_cv = {CV}\n{DAY}"))
    busy = busyness(45, log.run.seed, CV)
    agrees(mean(busy), 1.0)
    agrees(mean((busy - 1.0) ** 2), 0.1)
    grid = np.linspace(0.2, 2.6, 13)
    solved = [expected_by_hour(factor, max(20, int(120 * (factor - 0.3)))) for factor in grid]
    waited, lost = (CubicSpline(grid, [np.log(day[n].sum()) for day in solved]) for n in range(2))
    assert busy.min() > 0.2
    assert busy.max() < 2.6
    agrees(mean(log.totals(np.ones(len(log.arrived))) - 1660.0 * busy), 0.0)
    agrees(mean(log.totals(np.nan_to_num(log.wait)) - np.exp(waited(busy))), 0.0)
    agrees(mean(log.totals(log.is_(Outcome.BALKED, Outcome.ABANDONED)) - np.exp(lost(busy))), 0.0)


def test_steps_of_seconds(say: Say) -> None:
    """A peak of twenty seconds is as high as its step says, and no call comes outside the steps."""
    log = by_day(
        say("""
        horizon.days = 300
        people.agent.count = 20
        calls.types.call.arrivals.per_hour = [
            {at = "00:00", value = 0}, {at = "09:58", value = 120}, {at = "09:59:40", value = 900},
            {at = "10:00", value = 0},
        ]
        """)
    )
    minute = log.arrived % DAY_MIN
    assert minute.min() >= 598.0
    assert minute.max() < 600.0
    late = minute >= 599.0 + 40.0 / 60.0
    agrees(mean(log.totals(~late)), 10.0 / 3.0)
    agrees(mean(log.totals(late)), 5.0)


def test_talk_changes_at_the_arrival(say: Say) -> None:
    """Talk that depends on the time of day goes by the moment at which the call came in, not by when it is answered."""
    log = one_run(
        say("""
        horizon.days = 4
        people.agent.count = 1
        [calls.types.call]
        arrivals.per_hour = [{at = "00:00", value = 30}, {at = "01:00", value = 0}]
        talk_min = [
            {at = "00:00", value = {family = "fixed", mean = 4}},
            {at = "00:30", value = {family = "fixed", mean = 7}},
        ]
        """)
    )
    early = log.arrived % DAY_MIN < 30.0
    assert (log.wait[~early] > 0.0).any()
    assert np.allclose(log.talk[early], 4.0, atol=1e-4)
    assert np.allclose(log.talk[~early], 7.0, atol=1e-4)


@pytest.mark.parametrize("hour", [3, 15])
def test_patience_and_balking_change_over_the_day(say: Say, hour: int) -> None:
    """Where nobody answers, callers balk and give up by the chances and patience of their hour."""
    log = one_run(
        say("""
        horizon.days = 30
        people.agent = {count = 1, heads = 0}
        [calls.types.call]
        arrivals.per_hour = [
            {at = "03:00", value = 80}, {at = "04:00", value = 0},
            {at = "15:00", value = 80}, {at = "16:00", value = 0},
        ]
        patience_min = [
            {at = "00:00", value = {family = "exponential", mean = 2}},
            {at = "12:00", value = {family = "gamma", mean = 5, cv = 0.5}},
        ]
        balk_share = [{at = "00:00", value = 0.1}, {at = "12:00", value = 0.3}]
        """)
    )
    here = (log.arrived % DAY_MIN) // 60 == hour
    agrees(log.share(log.is_(Outcome.BALKED), of=here), 0.1 if hour == 3 else 0.3)
    agrees(log.mean(log.wait, here & log.queued), 2.0 if hour == 3 else 5.0)


def test_redial_chance_changes_over_the_day(say: Say) -> None:
    """The factor on the redial chance goes by the time of day of the attempt that failed."""
    log = one_run(
        say("""
        horizon.days = 40
        phones.queue_limit = 0
        people.agent = {count = 1, heads = 0}
        [calls.types.call]
        arrivals.per_hour = [
            {at = "03:00", value = 60}, {at = "04:00", value = 0},
            {at = "15:00", value = 60}, {at = "16:00", value = 0},
        ]
        redial_chance = [0.8, 0]
        redial_by_time = [{at = "00:00", value = 1}, {at = "12:00", value = 0.5}]
        """)
    )
    roots = log.run.roots
    morning = roots.born % DAY_MIN < 720.0
    agrees(mean(roots.attempts[morning] - 1.0), 0.8)
    agrees(mean(roots.attempts[~morning] - 1.0), 0.4)


def test_weekdays_and_months(say: Say) -> None:
    """A type's rate follows the factors of the weekday and the month of the calendar."""
    log = by_day(
        say("""
        horizon = {days = 364, start = 2029-01-01}
        people.agent.count = 30
        calls.weekday = [2, 1, 1, 1, 1, 0, 0.5]
        calls.month = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 3]
        calls.types.call.arrivals = {per_hour = [{at = "10:00", value = 20}, {at = "12:00", value = 0}]}
        """)
    )
    calls, day = log.totals(np.ones(len(log.arrived))), np.arange(364)
    usual = day < 334  # the last one is the 30th of November
    for weekday, factor in enumerate((2, 1, 1, 1, 1)):
        agrees(mean(calls[usual & (day % 7 == weekday)]), 40.0 * factor)
    assert not calls[day % 7 == 5].any()
    for weekday, factor in enumerate((2, 1)):
        agrees(mean(calls[~usual & (day % 7 == weekday)]), 120.0 * factor)
