"""Demand: who rings on which day, the same under every plan, and only more of them when the rate rises."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from scipy import stats

from sim.demand import Demand, known_means
from sim.kpis import measure
from sim.relay import DAY_MIN, Caller
from sim.run import simulate
from sim.scenarios import load
from sim.shop.scenario import Scenario
from sim.streams import ROOT_WIDTH, Address, Streams, name_key

EVEN: dict[str, Any] = {
    "per_day": 50.0, "profile": 1.0, "weekday": [1.0] * 7, "month": [1.0] * 12, "busyness_cv": 0.0,
    "types": {"call": {"share": 1.0}},
}  # fmt: skip


def demand(
    seed: int = 1, horizon: dict[str, Any] | None = None, jobs: dict[str, Any] | None = None, **calls: Any
) -> Demand:
    """The demand of a shop where every day is alike, but for what is said."""
    said = {"calls": EVEN | calls, "horizon": horizon or {}, "jobs": jobs or {}}
    return Demand(Scenario.model_validate(said), Streams(seed))


def counts(source: Demand, days: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Callers of each day."""
    return np.array([len(source.day(day)) for day in range(days)], dtype=np.float64)


def born(callers: list[Caller]) -> dict[int, float]:
    """Key and time of birth."""
    return {caller.key: caller.born for caller in callers}


# How many, and when.


def test_counts_are_poisson() -> None:
    """Without busyness a day's count has its mean and a variance as large (index of dispersion near 1)."""
    found = counts(demand(), 1000)
    assert found.mean() == pytest.approx(50.0, abs=3 * np.sqrt(50 / 1000))
    assert found.var(ddof=1) / found.mean() == pytest.approx(1.0, abs=3 * np.sqrt(2 / 999))


def test_busyness_spreads_the_days_and_leaves_the_mean() -> None:
    """With a cv of 0.3 the variance is that of a Poisson count plus (0.3 times the mean) squared."""
    found = counts(demand(busyness_cv=0.3), 2000)
    assert found.mean() == pytest.approx(50.0, abs=4 * np.sqrt((50 + 225) / 2000))
    assert found.var(ddof=1) == pytest.approx(50 + 225, rel=0.15)


def test_busyness_is_that_of_the_day_and_not_of_the_type() -> None:
    """On a busy day more ring for every reason: two types' counts are correlated."""
    source = demand(busyness_cv=0.5, types={"a": {"share": 0.5}, "b": {"share": 0.5}})
    by_type = np.array([[sum(c.type == t for c in source.day(day)) for t in (0, 1)] for day in range(400)])
    assert np.corrcoef(by_type.T)[0, 1] > 0.5


def test_a_flat_profile_is_uniform_over_the_day() -> None:
    """Minutes of birth pass for uniform, in order, and lie on the grid of milliseconds."""
    days = [demand().day(day) for day in range(100)]
    minutes = np.array([caller.born - day * DAY_MIN for day, callers in enumerate(days) for caller in callers])
    assert stats.kstest(minutes / DAY_MIN, "uniform").pvalue > 1e-3
    assert all(one.born <= other.born for callers in days for one, other in pairwise(callers))
    assert all(round(caller.born * 60_000.0) / 60_000.0 == caller.born for callers in days for caller in callers)


def test_a_profile_shares_the_day_and_its_scale_does_not_matter() -> None:
    """Three times as many in the afternoon as in the morning, none at night, and the same people at any scale."""

    def profile(scale: float) -> list[dict[str, Any]]:
        steps = (("00:00", 0.0), ("08:00", 1.0), ("12:00", 3.0), ("16:00", 0.0))
        return [{"at": at, "value": value * scale} for at, value in steps]

    one, other = demand(profile=profile(1.0)), demand(profile=profile(40.0))
    minutes = np.array([caller.born % DAY_MIN for day in range(200) for caller in one.day(day)])
    assert minutes.min() >= 480.0
    assert minutes.max() < 960.0
    assert np.mean(minutes >= 720.0) == pytest.approx(0.75, abs=3 * np.sqrt(0.1875 / len(minutes)))
    assert len(minutes) / 200 == pytest.approx(50.0, abs=2.0)
    assert born(one.day(3)) == born(other.day(3))


def test_weekday_month_growth_and_surge_are_factors() -> None:
    """Day 0 is a Monday in January; each factor multiplies the others, a surge only its days and types."""
    source = demand(
        weekday=[2.0, 1, 1, 1, 1, 0, 0.5], month=[0.5, *[1.0] * 10, 3.0], growth_per_year=0.1,
        types={"a": {"share": 0.5}, "b": {"share": 0.5}},
        surges=[{"from_day": 1, "to_day": 3, "factor": 4.0, "types": ["a"]}],
    )  # fmt: skip

    def factor(day: int, name: str = "b") -> float:
        return source.factor(day, source.scenario.calls.types[name], name)

    assert factor(0) == 1.0
    assert factor(5) == 0.0
    assert factor(1) == pytest.approx(0.5 * 1.1 ** (1 / 365))
    assert factor(365) == pytest.approx(0.5 * 1.1)  # a Tuesday in January
    assert factor(360) == pytest.approx(3.0 * 1.1 ** (360 / 365))  # a Thursday in December
    assert [factor(day, "a") / factor(day) for day in range(5)] == pytest.approx([1, 4, 4, 1, 1])


def test_own_arrivals_come_by_the_hour() -> None:
    """Thirty an hour from nine to ten are thirty callers then; before the first step the last one holds."""
    rate = [{"at": "09:00", "value": 30.0}, {"at": "10:00", "value": 0.0}]
    source = demand(types={"call": {"arrivals": {"per_hour": rate, "weekly": False}}}, weekday=[0.0] * 7)
    minutes = np.array([caller.born % DAY_MIN for day in range(200) for caller in source.day(day)])
    assert minutes.min() >= 540.0
    assert minutes.max() < 600.0
    assert len(minutes) / 200 == pytest.approx(30.0, abs=3 * np.sqrt(30 / 200))


def test_own_arrivals_follow_the_week_if_they_should() -> None:
    """With `weekly` the weekday's factor of 0 silences them too."""
    types = {"call": {"arrivals": {"per_hour": 5.0, "weekly": True}}}
    assert demand(types=types, weekday=[0.0] * 7).day(0) == []


def test_a_fixed_number_comes_on_every_open_day() -> None:
    """Exactly seven on weekdays and none at the weekend, spread by the profile."""
    source = demand(
        types={"call": {"arrivals": {"per_day_fixed": 7}}},
        profile=[{"at": "00:00", "value": 0.0}, {"at": "10:00", "value": 1.0}, {"at": "11:00", "value": 0.0}],
    )
    assert counts(source, 14).tolist() == [7, 7, 7, 7, 7, 0, 0] * 2
    assert all(600.0 <= caller.born % DAY_MIN < 660.0 for day in range(5) for caller in source.day(day))


# The same callers.


def test_a_higher_rate_only_adds_callers() -> None:
    """More demand, growth or a surge keeps everybody who rang before, at the same minute and with the same fate."""
    before, after = demand(), demand(per_day=65.0)
    for day in range(20):
        few, many = before.day(day), after.day(day)
        assert born(few).items() <= born(many).items()
        fates = {caller.key: caller.fate for caller in many}
        assert all(fates[caller.key] == caller.fate for caller in few)
    assert counts(after, 200).mean() == pytest.approx(65.0, abs=2.0)


def test_a_busier_hour_leaves_the_other_hours_alone() -> None:
    """Raising the rate of one hour adds callers in that hour only."""

    def of(value: float) -> Demand:
        rate = [{"at": "00:00", "value": 5.0}, {"at": "09:00", "value": value}, {"at": "10:00", "value": 5.0}]
        return demand(types={"call": {"arrivals": {"per_hour": rate}}})

    for day in range(10):
        few, many = born(of(5.0).day(day)), born(of(20.0).day(day))
        assert few.items() <= many.items()
        assert all(540.0 <= many[key] % DAY_MIN < 600.0 for key in many.keys() - few.keys())


def test_another_type_leaves_the_callers_of_the_others_alone() -> None:
    """A new reason to ring, listed first, moves nobody and changes nobody's fate."""
    old = demand(types={"call": {"share": 0.5}})
    new = demand(types={"extra": {"share": 0.5}, "call": {"share": 0.5}})
    for day in range(5):
        kept = [caller for caller in new.day(day) if caller.type == 1]
        assert born(kept) == born(old.day(day))
        assert [caller.fate for caller in kept] == [caller.fate for caller in old.day(day)]


def test_days_can_be_asked_for_in_any_order() -> None:
    """A day's callers do not depend on which days were asked before."""
    source = demand()
    later = born(source.day(9))
    source.day(1)
    assert born(source.day(9)) == later == born(demand().day(9))


def test_other_seeds_have_other_callers() -> None:
    """No caller of one seed is one of another."""
    assert set(born(demand(1).day(0)).values()).isdisjoint(born(demand(2).day(0)).values())


# What a need is.

LEADS: dict[str, Any] = {"lead": {"share": 1.0, "purpose": "lead", "booked_share": 0.6, "best_share": 0.8}}
JOBS: dict[str, Any] = {
    "area_radius_km": 10.0,
    "types": {
        "repair": {"share": 3.0, "trade": "hvac", "ticket": {"family": "fixed", "mean": 200.0}},
        "heater": {"share": 1.0, "trade": "plumbing", "ticket": {"family": "fixed", "mean": 999.99},
        "quote_share": 1.0},
    },
    "replacement": {"ticket": {"family": "fixed", "mean": 10_000.0}, "best_share": 0.5},
}  # fmt: skip


def needs(days: int = 100, **calls: Any) -> list[Caller]:
    """The leads of some days."""
    source = demand(types=LEADS, jobs=JOBS, **calls)
    return [caller for day in range(days) for caller in source.day(day)]


def test_a_need_has_its_job_tier_and_worth() -> None:
    """Shares of jobs, tiers and winnable needs are as said; who cannot be won is no potential."""
    found = needs()
    n = len(found)
    assert np.mean([c.job_type == 0 for c in found]) == pytest.approx(0.75, abs=3 * np.sqrt(0.1875 / n))
    assert np.mean([c.winnable for c in found]) == pytest.approx(0.8, abs=3 * np.sqrt(0.16 / n))
    assert np.mean([c.tier == 1 for c in found]) == pytest.approx(0.5, abs=3 * np.sqrt(0.25 / n))
    assert np.mean([c.tier != c.recorded_tier for c in found]) == pytest.approx(0.1, abs=3 * np.sqrt(0.09 / n))
    worth = {(c.job_type, c.potential) for c in found if c.winnable}
    assert worth == {(0, 20_000), (1, 99_999), (1, 1_099_999)}
    assert {c.potential for c in found if not c.winnable} == {0}
    assert max(np.hypot(c.x, c.y) for c in found) <= 10.0


def test_a_surge_changes_the_mix_of_jobs_on_its_days() -> None:
    """Nine times the weight on the rarer job turns one in four into three in four, during the surge."""
    surge = {"from_day": 0, "to_day": 50, "factor": 1.0, "job_weights": {"heater": 9.0}}
    found = needs(surges=[surge])
    during = np.mean([c.job_type == 1 for c in found if c.born < 50 * DAY_MIN])
    after = np.mean([c.job_type == 1 for c in found if c.born >= 50 * DAY_MIN])
    assert (during, after) == (pytest.approx(0.75, abs=0.03), pytest.approx(0.25, abs=0.03))


def test_a_type_may_have_its_own_mix_of_jobs() -> None:
    """Leads of a type with its own mix want only those jobs."""
    types = {"lead": LEADS["lead"] | {"job_types": {"heater": 1.0}}}
    assert {caller.job_type for caller in demand(types=types, jobs=JOBS).day(0)} == {1}


def test_what_is_no_lead_has_no_job_and_no_worth() -> None:
    """Somebody with a question is worth nothing and wants no job."""
    caller = demand(jobs=JOBS).day(0)[0]
    assert (caller.job_type, caller.potential, caller.winnable) == (-1, 0, False)


def test_a_referral_has_draws_of_its_own() -> None:
    """The child of a root is the same whenever it is born, another for each number, and no copy of its parent."""
    source = demand(types=LEADS, jobs=JOBS)
    parent = source.day(0)[0]
    parent.id = 17
    child, later, second = (
        source.child(parent, 1, 0, 500.0),
        source.child(parent, 1, 0, 9000.0),
        source.child(parent, 2, 0, 500.0),
    )
    assert (child.parent, child.born, child.type) == (17, 500.0, 0)
    assert child.fate == later.fate
    assert set(child.fate).isdisjoint(second.fate)
    assert set(child.fate).isdisjoint(parent.fate)
    assert child.key not in {later.key - 1, second.key, parent.key}
    assert child.job_type >= 0


# Traces.


def test_a_trace_is_replayed_call_by_call() -> None:
    """Times, types and talk are the log's, in its order; all else is drawn, by day and row."""
    calls = [(540.0, "lead", 3.5), (540.0, "lead", -1.0), (DAY_MIN + 600.0, "lead", 0.0)]
    trace = {"file": "", "time_column": "", "calls": calls, "days": 2}
    source = demand(types=LEADS, jobs=JOBS, trace=trace)
    assert [[(c.born, c.handle_min) for c in source.day(day)] for day in range(3)] == [
        [(540.0, 3.5), (540.0, -1.0)], [(2040.0, 0.0)], [],
    ]  # fmt: skip
    drawn = Streams(1).block(Address.ROOT, name_key("trace") << 32, 2, ROOT_WIDTH)
    assert [caller.fate.tolist() for caller in source.day(0)] == drawn.tolist()
    assert source.scenario.days == 2


# Known means.

EVERYTHING: dict[str, Any] = {
    "calls": {
        "per_day": 20.0, "weekday": [2.0, 1, 1, 1, 0.5, 0, 0.2], "busyness_cv": 0.4, "growth_per_year": 2.0,
        "profile": [{"at": "07:00", "value": 1.0}, {"at": "12:00", "value": 3.0}, {"at": "20:00", "value": 0.0}],
        "types": {
            "lead": {"purpose": "lead", "share": 0.6, "best_share": 0.8, "web_share": 0.3},
            "own": {
                "purpose": "lead", "best_share": 0.5, "job_types": {"heater": 2.0},
                "arrivals": {"per_hour": [{"at": "06:00", "value": 0.5}, {"at": "18:00", "value": 0.1}]},
            },
            "flat": {"arrivals": {"per_hour": 0.2, "weekly": False}},
            "fixed": {"purpose": "lead", "best_share": 1.0, "arrivals": {"per_day_fixed": 2}},
            "question": {"purpose": "question", "share": 0.3},
        },
        "surges": [
            {"from_day": 8, "to_day": 14, "factor": 2.0, "types": ["lead"], "job_weights": {"heater": 5.0}},
            {"from_day": 12, "to_day": 20, "factor": 0.5},
        ],
    },
    "horizon": {"days": 30, "warmup_days": 5},
    "jobs": {
        "types": {
            "repair": {
                "share": 3.0, "trade": "hvac", "ticket": {"family": "gamma", "mean": 300, "cv": 0.8}, "quote_share": 0.2
            },
            "heater": {"share": 1.0, "trade": "hvac", "ticket": {"family": "normal", "mean": 1000, "cv": 0.9}},
        },
        "replacement": {"ticket": {"family": "lognormal", "mean": 9000, "cv": 0.4}, "best_share": 0.4},
    },
}  # fmt: skip


def test_the_means_of_a_window_are_known() -> None:
    """The mean number and worth of fresh roots over 150 replications are within 3.5 standard errors of the known means."""
    scenario = Scenario.model_validate(EVERYTHING)
    found = []
    for replication in range(150):
        source = Demand(scenario, Streams(1, replication))
        callers = [caller for day in range(5, 35) for caller in source.day(day)]
        found.append((len(callers), sum(caller.potential for caller in callers) / 100.0))
    known = known_means(scenario)
    assert known is not None
    of = np.array(found)
    distance = (of.mean(axis=0) - known) / (of.std(axis=0, ddof=1) / np.sqrt(len(of)))
    assert np.abs(distance).max() < 3.5


def test_known_means_are_worked_out_by_hand() -> None:
    """Fifty calls on five of seven days; of leads 80 % can be won, worth 200, or 999.99 and a 10,000 in half the cases."""
    week = known_means(demand(horizon={"days": 7}, weekday=[1.0] * 5 + [0.0] * 2, types=LEADS, jobs=JOBS).scenario)
    assert week is not None
    assert week.roots == pytest.approx(250.0)
    assert week.potential == pytest.approx(250.0 * 0.8 * (0.75 * 200.0 + 0.25 * (999.99 + 0.5 * 10_000.0)))
    assert known_means(demand(horizon={"days": 7}).scenario) == (pytest.approx(350.0), 0.0)


def test_a_trace_has_no_known_means() -> None:
    """Who rings in a trace is no matter of chance, and what they are worth is left to the run."""
    trace = {"file": "", "time_column": "", "calls": [(540.0, "lead", 3.5)], "days": 1}
    assert known_means(demand(types=LEADS, jobs=JOBS, trace=trace).scenario) is None


def test_the_known_means_are_of_what_a_run_counts() -> None:
    """The fresh needs and the potential that a run counts are those that demand says are born in its window."""
    scenario = load("one_person_office", ["horizon.days=10", "horizon.warmup_days=3"]).scenario
    source = Demand(scenario, Streams(1))
    callers = [caller for day in range(3, 13) for caller in source.day(day)]
    found = measure(simulate(scenario))
    assert found["needs_fresh"] == len(callers)
    assert found["potential"] == pytest.approx(sum(caller.potential for caller in callers) / 100.0)
