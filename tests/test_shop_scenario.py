"""Settings that are sound one by one are held against each other, and values over the day are what they say."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from sim.distributions import Distribution
from sim.shop.callers import CallType, Horizon, Surge
from sim.shop.people import Attention
from sim.shop.phones import Phones
from sim.shop.scenario import Finding, Scenario, findings
from sim.shop.settings import by_time


def shop(changes: dict[str, Any]) -> Scenario:
    """A little company in which everything fits together, and what is changed in it, by dotted name."""
    values: dict[str, Any] = {
        "calls": {
            "types": {
                "lead": {"purpose": "lead", "share": 0.5, "booked_share": 0.5, "best_share": 0.9},
                **{name: {"purpose": name} for name in ("status", "complaint", "change", "billing")},
            }
        },
        "jobs": {"types": {"repair": {"share": 1.0, "trade": "hvac"}}},
        "people": {
            "office": {"hats": ["csr", "dispatcher"]},
            "boss": {"hats": ["service_manager"]},
            "technician": {"hats": ["technician"], "trades": ["hvac"]},
        },
    }
    for name, value in changes.items():
        *tables, last = name.split(".")
        table = values
        for key in tables:
            table = table.setdefault(key, {})
        table[last] = value
    return Scenario.model_validate(values)


def found(changes: dict[str, Any]) -> tuple[list[Finding], list[Finding]]:
    """Errors and warnings."""
    all_of_them = list(findings(shop(changes)))
    return [f for f in all_of_them if not f.warning], [f for f in all_of_them if f.warning]


def test_a_sound_shop_has_no_findings() -> None:
    """What fits together is let through without an error or a warning."""
    assert found({}) == ([], [])


TRACE = {"file": "f", "time_column": "t"}
DAY_5 = {"from_day": 5, "to_day": 6}
FAULTS: dict[str, tuple[dict[str, Any], str, str]] = {
    "no call type": ({"calls.types": {}}, "calls.types", "there is no call type; write at least one"),
    "transfer to nowhere": (
        {"calls.types.lead.becomes": {"sale": 0.5}},
        "calls.types.lead.becomes.sale",
        "there is no call type 'sale'; there are billing, change, complaint, lead, status",
    ),
    "transfers of more than all": (
        {"calls.types.lead.becomes": {"status": 0.6, "change": 0.6}},
        "calls.types.lead.becomes",
        "the chances add up to 1.2, more than 1",
    ),
    "transfers of more than all in the afternoon": (
        {
            "calls.types.lead.becomes": {
                "status": [{"at": "08:00", "value": 0.2}, {"at": "13:00", "value": 0.5}],
                "change": 0.6,
            }
        },
        "calls.types.lead.becomes",
        "the chances add up to 1.1, more than 1",
    ),
    "overflow to nowhere": (
        {"calls.types.lead": {"share": 0.5, "groups": ["office"], "widen_after_s": [20]}},
        "calls.types.lead.widen_after_s",
        "should have one number for each of its groups after the first, so 0",
    ),
    "overflow backwards": (
        {
            "calls.types.lead": {
                "share": 0.5,
                "groups": ["office", "boss", "technician"],
                "widen_after_s": [20, 10],
            }
        },
        "calls.types.lead.widen_after_s",
        "should not fall: the groups are asked in their order",
    ),
    "unknown group": (
        {"calls.types.lead.groups": ["desk"]},
        "calls.types.lead.groups",
        "there is no group 'desk'; there are boss, office, technician",
    ),
    "booked more than possible": (
        {"calls.types.lead.best_share": 0.2},
        "calls.types.lead.booked_share",
        "0.5 is more than best_share 0.2",
    ),
    "two sources": ({"calls.types.lead.arrivals": {}}, "calls.types.lead.share", "keep one"),
    "unknown job": (
        {"calls.types.lead.job_types": {"roof": 1}},
        "calls.types.lead.job_types.roof",
        "there is no job type 'roof'; there are repair",
    ),
    "nothing to book": ({"jobs.types": {}}, "calls.types.lead.purpose", "is a lead, but there are no job types"),
    "shares of more than all": (
        {"calls.types.status.share": 0.6},
        "calls.types",
        "the shares of the types add up to 1.1, more than 1",
    ),
    "surge backwards": (
        {"calls.surges": [{"from_day": 5, "to_day": 5}]},
        "calls.surges.0.to_day",
        "the surge ends (day 5) before it starts (day 5)",
    ),
    "surge of nobody": (
        {"calls.surges": [{**DAY_5, "types": ["sale"]}]},
        "calls.surges.0.types",
        "there is no call type 'sale'",
    ),
    "surge of no job": (
        {"calls.surges": [{**DAY_5, "job_weights": {"roof": 2}}]},
        "calls.surges.0.job_weights.roof",
        "there is no job type 'roof'",
    ),
    "traced reason": (
        {"calls.trace": {**TRACE, "types": {"x": "sale"}}},
        "calls.trace.types.x",
        "there is no call type 'sale'",
    ),
    "traced type": ({"calls.trace": {**TRACE, "type": "sale"}}, "calls.trace.type", "there is no call type 'sale'"),
    "nobody": ({"people": {}, "jobs.types": {}, "calls.types": {"status": {}}}, "people", "nobody works here"),
    "no csr": ({"people.office.hats": ["dispatcher"]}, "people", "nobody wears the csr hat"),
    "no dispatcher": ({"people.office.hats": ["csr"]}, "people", "nobody wears the dispatcher hat"),
    "shift backwards": (
        {"people.boss.shifts": [{"start": "22:00", "end": "06:00"}]},
        "people.boss.shifts.0.end",
        "the shift ends before it starts",
    ),
    "lunch at night": (
        {"people.boss.shifts": [{"lunch": "20:00"}]},
        "people.boss.shifts.0.lunch",
        "lunch lies outside the shift",
    ),
    "answers nothing known": (
        {"people.boss.answers": {"sale": {}}},
        "people.boss.answers.sale",
        "there is no call type 'sale'",
    ),
    "no hat": ({"people.boss.hats": []}, "people.boss.hats", "they would do nothing"),
    "no trade": ({"people.more.hats": ["technician"]}, "people.more.trades", "these technicians have no trade"),
    "unknown trade": (
        {"jobs.types.repair.trade": "roofs"},
        "jobs.types.repair.trade",
        "no technician has the trade 'roofs'; the trades they have are hvac",
    ),
    "too hard": (
        {"jobs.types.repair.skill_level": 3, "people.technician.skill_level": 2},
        "jobs.types.repair.skill_level",
        "no technician of 'hvac' has skill level 3",
    ),
    "no job has a share": ({"jobs.types.repair.share": 0}, "jobs.types", "all shares are 0"),
    "sold more than possible": (
        {"jobs.replacement.sold_share": 0.9},
        "jobs.replacement.sold_share",
        "is more than best_share",
    ),
    "beyond the calendar": ({"horizon.start": datetime.date(9999, 6, 1)}, "horizon.start", "beyond the year 9999"),
    "closes first": ({"phones.open": "17:00", "phones.close": "8:00"}, "phones.close", "close before they open"),
    "screening flaps": (
        {"screening": {"enabled": True, "on_at": 1, "off_at": 1}},
        "screening.off_at",
        "should be below on_at (1), or screening flaps",
    ),
    "ladder flaps": (
        {"ladder": {"up_below": 0.9, "down_at": 0.8}},
        "ladder.up_below",
        "should not be above down_at (0.8), or the ladder flaps",
    ),
    "window backwards": (
        {"slots.windows": [{"start": "12:00", "end": "08:00"}]},
        "slots.windows.0.end",
        "the window ends before it starts",
    ),
    "technicians as a head-count": (
        {"people.technician.heads": [{"at": "08:00", "value": 1}, {"at": "16:00", "value": 0}]},
        "people.technician.heads",
        "technicians need shifts",
    ),
    "holes": ({"dispatch.hole_accept_low": 0.9}, "dispatch.hole_accept_low", "is more than hole_accept_high"),
}


@pytest.mark.parametrize("case", FAULTS)
def test_what_does_not_fit_together_is_found(case: str) -> None:
    """Each misfit is one error at the setting that has to change."""
    changes, where, words = FAULTS[case]
    [error] = found(changes)[0]
    assert error.where == where
    assert words in error.what


DOUBTS: dict[str, tuple[dict[str, Any], str, str]] = {
    "nobody answers a type": (
        {"people.office.answers": {name: {} for name in ("lead", "status", "complaint", "change")}},
        "calls.types.billing",
        "nobody answers this type of call",
    ),
    "nobody there in the evening": (
        {"phones.close": "18:00"},
        "phones.open",
        "the phones are open but nobody is on them 17:00 to 18:00 on Monday",
    ),
    "nobody there on Sunday": (
        {"phones.days": [False] * 6 + [True]},
        "phones.open",
        "nobody is on them 08:00 to 17:00 on Sunday",
    ),
    "nobody early and late": (
        {"phones.open": "06:00", "phones.close": "18:10"},
        "phones.open",
        "nobody is on them 06:00 to 08:00 and 17:00 to 18:10 on Monday",
    ),
    "heads that end": (
        {"people.office.heads": [{"at": "00:00", "value": 1}, {"at": "16:00", "value": 0}]},
        "phones.open",
        "nobody is on them 16:00 to 17:00",
    ),
    "nobody to order it": ({"people.boss.count": 0, "ladder.enabled": True}, "people", "nobody wears the"),
    "heads on some days": (
        {"people.office.heads": 2, "people.office.heads_days": [True, False, *[True] * 5]},
        "phones.open",
        "nobody is on them 08:00 to 17:00 on Tuesday",
    ),
    "a group that leaves the type out": (
        {
            "calls.types.lead.groups": ["office", "boss"],
            "people.boss.covers": ["csr"],
            "people.boss.answers": {"status": {}},
        },
        "calls.types.lead.groups",
        "'boss' is named, but people.boss.answers leaves this type out",
    ),
    "a group without the hat": (
        {"calls.types.lead.groups": ["office", "boss"]},
        "calls.types.lead.groups",
        "'boss' is named, but these people neither wear nor cover the csr hat",
    ),
    "a type that leaves the group out": (
        {
            "calls.types.lead.groups": ["office"],
            "people.boss.covers": ["csr"],
            "people.boss.answers": {"lead": {}},
        },
        "people.boss.answers.lead",
        "these people are not among the groups of 'lead', so they will not answer it",
    ),
    "nobody rings": (
        {"calls.types.lead.share": None},
        "calls.types.lead",
        "has neither a share nor arrivals, so nobody rings with it",
    ),
    "arrivals of nothing": (
        {"calls.types.lead.share": None, "calls.types.lead.arrivals": {"weekly": False}},
        "calls.types.lead.arrivals",
        "has neither per_hour nor per_day_fixed",
    ),
    "no type for what follows": ({"calls.status": "where"}, "calls.status", "these customers never ring"),
}


@pytest.mark.parametrize("case", DOUBTS)
def test_what_is_doubtful_is_a_warning(case: str) -> None:
    """What may be meant, but probably is not, is a warning and no error."""
    changes, where, words = DOUBTS[case]
    errors, [warning] = found(changes)
    assert errors == []
    assert warning.where == where
    assert words in warning.what


def test_the_counted_days_are_said_or_the_trace_s_or_a_year() -> None:
    """Days come from the horizon, else from the trace, else they are a year."""
    assert shop({}).days == 365
    assert shop({"calls.trace": {**TRACE, "days": 28}}).days == 28
    assert shop({"calls.trace": {**TRACE, "days": 28}, "horizon.days": 7}).days == 7


# Values over the day.


def test_one_value_stands_for_the_whole_day() -> None:
    """A number or a distribution is a single step, and so is a default."""
    kind = CallType.model_validate({"balk_share": 0.2})
    assert [(step.at, step.value) for step in kind.balk_share] == [(0.0, 0.2)]
    assert kind.talk_min[0].value == Distribution(family="lognormal", mean=5.0, cv=0.7)


def test_before_the_first_step_the_last_one_holds() -> None:
    """The day is a ring."""
    steps = [{"at": "08:00", "value": 0.1}, {"at": "17:00", "value": 0.2}]
    balk: Callable[[float], float] = by_time(CallType.model_validate({"balk_share": steps}).balk_share)
    assert [balk(minute) for minute in (0, 479, 480, 1019, 1020, 1439)] == [0.2, 0.2, 0.1, 0.1, 0.2, 0.2]


@pytest.mark.parametrize(("earlier", "later"), [("09:00", "08:00"), ("08:00", "08:00")])
def test_steps_must_be_in_order(earlier: str, later: str) -> None:
    """Steps that go back in time or stand still have no meaning."""
    steps = [{"at": earlier, "value": 0.1}, {"at": later, "value": 0.2}]
    with pytest.raises(ValidationError, match="the steps are not in order of time"):
        CallType.model_validate({"balk_share": steps})


@pytest.mark.parametrize(("text", "minute"), [("00:00", 0.0), ("8:30", 510.0), ("08:30", 510.0), ("24:00", 1440.0)])
def test_times_of_the_day_are_minutes(text: str, minute: float) -> None:
    """HH:MM becomes minutes after midnight, midnight at the end of the day included."""
    assert Phones.model_validate({"open": text}).open == minute


@pytest.mark.parametrize("bad", ["24:01", "8", "08:5", "08:60", "-1:00", "8:30 am", "²:00", "", 8, True, -1.0, 1441.0])
def test_other_times_of_the_day_are_refused(bad: object) -> None:
    """What is no time of the day is refused, numbers in a file too."""
    with pytest.raises(ValidationError, match="should be a time of day"):
        Phones.model_validate({"open": bad})


def test_names_in_seconds_are_read_in_seconds() -> None:
    """A distribution called _s is in seconds, and one that says its unit keeps it."""
    said = {"switch_s": {"family": "fixed", "mean": 30}, "leave_side_s": {"family": "fixed", "mean": 1, "unit": "min"}}
    attention = Attention.model_validate(said)
    assert (attention.switch_s.expectation(), attention.leave_side_s.expectation()) == (0.5, 1.0)


def test_surges_can_be_told_apart_in_a_table() -> None:
    """A surge with weights can be the key of a table, equal surges being one key."""
    surges = [Surge(from_day=1, to_day=2, job_weights={"repair": weight}) for weight in (2.0, 2.0, 3.0)]
    assert len(set(surges)) == 2


def test_settings_are_frozen_and_strict() -> None:
    """Nobody changes a scenario after it is checked, and nothing is taken for what it is not."""
    with pytest.raises(ValidationError):
        shop({}).horizon.days = 3  # type: ignore[misc]
    for bad in ({"days": "3"}, {"days": True}, {"days": 3.0}, {"dayz": 3}):
        with pytest.raises(ValidationError):
            Horizon.model_validate(bad)
