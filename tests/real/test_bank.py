"""A bank's call centre, February 1999: its own calls through ordinary scenario files, against what was recorded."""

import math

import numpy as np
import pytest
from scipy import stats

from sim.statistics import exponential_mle_censored, kaplan_meier
from tests.real import bank_log
from tests.real import bank_staff as staff
from tests.real.bank_replay import Bank, Counts, recorded

pytestmark = pytest.mark.real

FIVE_PERCENT = 0.05  # of the people: half an agent of the ten; the two head-counts that heed the queue are 10 % apart


def tell(name: str, counts: Counts) -> None:
    print(f"{name:<34} {counts}")


@pytest.fixture(scope="module")
def truth(bank: Bank) -> Counts:
    """What was recorded."""
    return recorded(bank.log)


@pytest.fixture(scope="module")
def replayed(bank: Bank) -> Counts:
    """The month replayed, each call with its own handle time."""
    return bank.replay(replications=3)


# What is replayed.


def test_the_calls_are_those_that_are_known(bank: Bank, truth: Counts) -> None:
    """What is replayed has the abandonment, mean wait and survival of patience that are known of this log."""
    assert truth.abandoned[0] == pytest.approx(0.1265, abs=5e-5)
    assert truth.wait_s[0] == pytest.approx(44.0, abs=0.05)
    waits = bank.log.calls.q_time_s.to_numpy(dtype=np.float64)
    moments, survive = kaplan_meier(waits, bank.log.gave_up)
    known = {30.0: 0.900, 60.0: 0.821, 120.0: 0.711}
    sample = bank_log.patience_s(bank.log.calls)
    for moment, share in known.items():
        assert survive[np.searchsorted(moments, moment, side="right") - 1] == pytest.approx(share, abs=5e-4)
        assert (sample > moment).mean() == pytest.approx(share, abs=1e-3), "the sample does not say the same"
    assert np.median(sample) == pytest.approx(280.0, abs=2.0)


def test_priorities_are_head_starts_in_the_queue(bank: Bank) -> None:
    """Who was served before whom shows that each priority counts as 90 s waited: so far one class overtakes another."""
    for lower, upper in ((0, 1), (1, 2)):
        by = overtaking(bank, lower, upper)
        within, beyond = [won for ahead, won in by if 60 < ahead < 85], [won for ahead, won in by if 95 < ahead < 240]
        print(f"{upper} before {lower}: {np.mean(within):.2f} of those 60 to 85 s behind, {np.mean(beyond):.2f} beyond")
        assert np.mean(within) > 0.7
        assert np.mean(beyond) < 0.4


def overtaking(bank: Bank, lower: int, upper: int) -> list[tuple[float, bool]]:
    """By how many seconds a call of the lower class had come first, and whether the upper was served before it."""
    found = []
    for day in bank.log.days:
        waited = day.calls[(day.calls.q_time_s > 0) & day.calls.priority.isin((lower, upper))]
        entered, left, priority = (waited[name].to_numpy() for name in ("entered", "answered", "priority"))
        for n in np.flatnonzero(waited.outcome == "AGENT"):
            others = (entered < left[n] - 3) & (left > left[n] + 3) & (priority != priority[n])
            ahead = (entered[n] - entered[others]) if priority[n] == upper else (entered[others] - entered[n])
            found += [(seconds, bool(priority[n] == upper)) for seconds in ahead.tolist()]
    return found


# What comes out.


@pytest.fixture(scope="module")
def band(bank: Bank) -> tuple[Counts, Counts]:
    """The month with 5 % more people than were inferred and with 5 % fewer."""
    more, fewer = (bank.replay(staff.times(1.0 + x, staff.away_while_it_rang)) for x in (FIVE_PERCENT, -FIVE_PERCENT))
    return more, fewer


def test_abandonment_and_wait_are_those_of_the_staff(
    truth: Counts, replayed: Counts, band: tuple[Counts, Counts]
) -> None:
    """With 5 % more people than the log shows fewer give up and wait less than was recorded, with 5 % fewer more do."""
    for name, counts in zip(("recorded", "replayed", "5 % more", "5 % fewer"), (truth, replayed, *band), strict=True):
        tell(name, counts)
    assert_between(band, truth)
    assert_between(band, replayed)


def assert_between(band: tuple[Counts, Counts], counts: Counts) -> None:
    """Abandonment and mean wait lie between those of more people and of fewer."""
    for measure in ("abandoned", "wait_s"):
        low, high = (float(getattr(end, measure).mean()) for end in band)
        assert low < getattr(counts, measure).mean() < high, measure


@pytest.mark.parametrize("axis", ["hour", "day"])
def test_bad_hours_and_bad_days_are_the_same(truth: Counts, replayed: Counts, axis: str) -> None:
    """Abandonment rises and falls over the hours of the day, and over the days of the month, as was recorded."""
    likeness, farthest = pattern(truth, replayed, axis)
    assert likeness > 0.85
    assert farthest < 0.06


def pattern(truth: Counts, counts: Counts, axis: str) -> tuple[float, float]:
    """Correlation and largest difference of the shares by hour or by day, where at least 150 rang in the month."""
    enough = truth.calls.sum((0, 1, 3) if axis == "hour" else (0, 2, 3)) >= 150
    before, after = truth.abandoned_by(axis)[enough], counts.abandoned_by(axis)[enough]
    likeness, farthest = float(np.corrcoef(before, after)[0, 1]), float(np.abs(before - after).max())
    print(f"by {axis}: correlation {likeness:.2f}, largest difference {100 * farthest:.1f} points")
    for name, shares in (("recorded", before), ("replayed", after)):
        print(name, *(f"{100 * share:.0f}" for share in shares))
    return likeness, farthest


def test_a_schedule_from_other_days_says_the_month(bank: Bank, truth: Counts, band: tuple[Counts, Counts]) -> None:
    """With the same weekday's other dates' head-counts, which saw none of its waits, month and hours still come out."""
    counts = bank.replay(staff.as_on_other_days(bank.log.days))
    tell("the weekday's other dates", counts)
    assert_between(band, counts)
    likeness, farthest = pattern(truth, counts, "hour")
    assert likeness > 0.8
    assert farthest < 0.06
    pattern(truth, counts, "day")  # told, not promised: no schedule knows who was away that day


def test_priority_callers_give_up_least(truth: Counts, replayed: Counts) -> None:
    """The three classes give up in the recorded order, each with a share within 4 points of its own."""
    before, after = truth.abandoned_by("class"), replayed.abandoned_by("class")
    for name, was, came in zip(bank_log.CLASSES, before, after, strict=True):
        print(f"{name:<10} recorded {100 * was:.1f} %, replayed {100 * came:.1f} %")
    assert list(np.argsort(after)) == list(np.argsort(before))
    assert np.abs(after - before).max() < 0.04


def test_drawn_handle_times_lose_what_moved_with_the_staff(bank: Bank, truth: Counts, replayed: Counts) -> None:
    """Handle times drawn from the month's sample give more abandonment, at most a third, not fitting the staff."""
    drawn = bank.replay(talk="drawn")
    tell("drawn from the sample", drawn)
    assert replayed.abandoned.mean() < drawn.abandoned.mean() < truth.abandoned[0] * 4 / 3


# What it hangs on.


@pytest.mark.slow
def test_head_counts_from_activity_bracket_what_was_recorded(bank: Bank, truth: Counts) -> None:
    """Counting every pause of an agent as work gives too little abandonment, counting hardly any gives too much."""
    shares = {}
    tell("recorded", truth)
    for name, heads in {
        "everybody active in the half hour": staff.by_half_hour,
        "pauses up to 30 min": staff.pauses_up_to(30),
        "pauses up to 15 min": staff.pauses_up_to(15),
        "pauses up to 10 min": staff.pauses_up_to(10),
        "pauses up to 5 min": staff.pauses_up_to(5),
        "away while it rang": staff.away_while_it_rang,
        "away if it rang": staff.away_if_it_rang,
        "the weekday's other dates": staff.as_on_other_days(bank.log.days),
    }.items():
        counts = bank.replay(heads, replications=4)
        hours = sum(sum(staff.whole(heads(day))) for day in bank.log.days) * staff.PERIOD_S / 3600
        tell(f"{name}, {hours:,.0f} h", counts)
        shares[name] = float(counts.abandoned.mean())
    was = truth.abandoned[0]
    assert shares["everybody active in the half hour"] < shares["pauses up to 30 min"] < was
    assert was < shares["pauses up to 5 min"]
    assert shares["away while it rang"] < shares["away if it rang"]
    assert was < shares["away if it rang"] < was + 0.04


@pytest.mark.slow
def test_what_matters_little_and_what_matters(bank: Bank, truth: Counts) -> None:
    """The shape of patience and the head starts hardly move abandonment, leaving out wrap-up does."""
    tell("recorded", truth)
    usual = bank.replay(replications=10)
    tell("as it is", usual)
    print(f"sd of a month: {100 * usual.abandoned.std(ddof=1):.2f} points, {usual.wait_s.std(ddof=1):.1f} s")
    others = {
        "exponential patience": bank.replay(replications=4, patience=exponential(bank)),
        "Weibull patience": bank.replay(replications=4, patience=weibull(bank)),
        "one class, first come": bank.replay(replications=4, classes=False),
        "no wrap-up": bank.replay(replications=4, wrap_up=False),
    }
    for talk in ("quarter", "hour", "day", "drawn"):
        others[f"handle times: {talk}"] = bank.replay(replications=4, talk=talk)  # type: ignore[arg-type]
    change = {}
    for name, counts in others.items():
        tell(name, counts)
        change[name] = float(counts.abandoned.mean() - usual.abandoned.mean())
    for name in ("exponential patience", "Weibull patience", "one class, first come"):
        assert abs(change[name]) < 0.01
    assert change["no wrap-up"] < -0.01
    assert change["handle times: quarter"] < change["handle times: day"] < change["handle times: drawn"]


def exponential(bank: Bank) -> dict[str, str]:
    """Each class with a memoryless patience, fitted with the answered as censored."""
    found = {}
    for name, calls in bank.log.calls.groupby("reason"):
        mean = exponential_mle_censored(calls.q_time_s.to_numpy(dtype=np.float64), calls.outcome == "HANG")
        found[str(name)] = f'{{ family = "exponential", mean = {mean:.1f}, unit = "s" }}'
    return found


def weibull(bank: Bank) -> dict[str, str]:
    """Each class with a patience whose hazard may fall or rise, fitted likewise."""
    found = {}
    for name, calls in bank.log.calls[bank.log.calls.q_time_s > 0].groupby("reason"):
        waits, gone = calls.q_time_s.to_numpy(dtype=np.float64), (calls.outcome == "HANG").to_numpy()
        data = stats.CensoredData(uncensored=waits[gone], right=waits[~gone])
        shape, _, scale = stats.weibull_min.fit(data, floc=0)
        first, second = (math.gamma(1.0 + n / shape) for n in (1, 2))
        cv = math.sqrt(second / first**2 - 1.0)
        found[str(name)] = f'{{ family = "weibull", mean = {scale * first:.1f}, cv = {cv:.4f}, unit = "s" }}'
    return found
