"""Random valid shops: little enough to run in a blink, and with every mechanism now on, now off, now at its extreme.

One generator over a ``random.Random`` serves both the seeded scenarios of every test run and hypothesis, which hands over
a generator of its own (``randoms``) and so can shrink. A shop is first a nested dict, as a scenario file says it.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from hypothesis import strategies as st

from sim.shop.scenario import Scenario, findings

Said = dict[str, Any]
ALL_WEEK = [True] * 7
TRADES = ("hvac", "plumbing", "electric")
HANDOFFS = ("booking", "brief", "update", "report", "close")
KINDS = (
    "phone", "waiting_technician", "complaint", "late_customer", "new_booking", "call_back", "brief", "report", "close",
    "follow_up", "look_ahead", "update", "audit", "meeting", "side",
)  # fmt: skip
POLICIES = ("first_come", "tier_first", "nearest", "value_per_hour", "earliest_window")


def shop(r: Random) -> Said:
    """One random shop, as a scenario file says it."""
    kind = r.choices(("whole", "phones", "one_person", "crowded", "silent", "long"), (66, 10, 12, 7, 3, 2))[0]
    said = _phones_only(r) if kind == "phones" else _whole(r, alone=kind == "one_person")
    said["name"] = kind
    if kind == "crowded":
        said["horizon"].update(days=2, warmup_days=0)
        said["calls"]["per_day"] = float(r.randint(250, 450))
    if kind == "long":  # long enough for a bill that nobody asks about to be given up
        said["horizon"].update(days=100, warmup_days=0)
        said["calls"]["per_day"] = 2.0
        said["handoffs"]["close"] = _handing(r, 1.0) | {
            "drop_to_self": 0.5,
            "customer_notices": 0.0,
            "audit_notices": 0.0,
        }
    if kind == "silent":
        said["calls"]["per_day"] = 0.0
        for type_ in said["calls"]["types"].values():
            type_.pop("arrivals", None)
    if r.random() < 0.3:
        _refined(r, said)
    return said


def _refined(r: Random, said: Said) -> None:
    """Limits and hours of a type's own, and weekdays; drawn last, so that all else of a shop is as it is without."""
    for type_ in said["calls"]["types"].values():
        _maybe(
            r, type_, 0.3,
            queue_limit=lambda: r.randint(0, 2),
            max_wait_min=lambda: r.choice((1.0, [{"at": "08:00", "value": 3.0}, {"at": "13:00", "value": 0.5}])),
            at_max_wait=lambda: r.choice(("voicemail", "answering_service", "timed_out")),
        )  # fmt: skip
        for target, chance in type_.get("becomes", {}).items():
            type_["becomes"][target] = [{"at": "00:00", "value": chance / 2}, {"at": "13:00", "value": chance}]
        if "per_day_fixed" in type_.get("arrivals", {}):
            type_["arrivals"] |= {"per_hour": 1.0, "days": [True] * 4 + [False] * 3}
    for stage in said["phones"].get("tree", ()):
        stage["seconds"] = [{"at": "12:00", "value": 20.0}, {"at": "15:00", "value": stage["seconds"]}]
        stage["give_up_share"] = [{"at": "10:00", "value": 0.1}, {"at": "15:00", "value": stage["give_up_share"]}]
    for group in said["people"].values():
        if "heads" in group:
            group["heads_days"] = [r.random() < 0.8 for _ in range(7)]


def scenario_of(said: Said) -> Scenario:
    """The scenario that a dict says; it must be without a fault."""
    scenario = Scenario.model_validate(said)
    faults = [fault for fault in findings(scenario) if not fault.warning]
    assert not faults, faults
    return scenario


def seeded(seed: int) -> Said:
    """The shop with a number, the same on every machine."""
    return shop(Random(f"shop {seed}"))


def shops() -> st.SearchStrategy[Said]:
    """Random shops for hypothesis."""
    return st.randoms(use_true_random=False).map(shop)


# ---- the parts --------------------------------------------------------------------------------------------------------
def _whole(r: Random, alone: bool) -> Said:
    trades = TRADES[: r.randint(1, 2 if alone else 3)]
    jobs = {f"job_{n}": _job(r, trades[n % len(trades)]) for n in range(r.randint(len(trades), 5))}
    people = _alone(r, trades) if alone else _people(r, trades)
    types = _lead_types(r, list(jobs)) | _other_types(r)
    types |= _types_about_jobs(r)
    _share_out(r, types)
    _turn_into_each_other(r, types)
    _who_answers(r, types, people)
    return {
        "horizon": _horizon(r),
        "calls": _calls(r, types, 8.0 if alone else 40.0),
        "phones": _phones(r),
        "people": people,
        "gifts": _gift_spread(r),
        "attention": _attention(r),
        "jobs": _jobs(r, jobs),
        "slots": _slots(r),
        "dispatch": _dispatch(r),
        "desk": _desk(r),
        "handoffs": _handoffs(r),
        "screening": _screening(r),
        "ladder": _ladder(r),
        "duties": _duties(r),
        "satisfaction": _satisfaction(r),
        "prices": _prices(r),
    }


def _phones_only(r: Random) -> Said:
    purposes = ("other", "other", "question", "lead")
    types = {f"call_{n}": _call(r, r.choice(purposes)) for n in range(r.randint(1, 4))}
    for type_ in types.values():
        type_["arrivals"] = r.choice(({"per_hour": float(r.randint(0, 12))}, {"per_day_fixed": r.randint(0, 60)}))
        type_["arrivals"]["weekly"] = r.random() < 0.5
    _turn_into_each_other(r, types)
    people = {f"agents_{n}": _phone_people(r) for n in range(r.randint(1, 3))}
    if r.random() < 0.5:
        people["boss"] = _group(r, ["service_manager"])
    _who_answers(r, types, people)
    return {
        "horizon": _horizon(r),
        "calls": _calls(r, types, 0.0),
        "phones": _phones(r),
        "people": people,
        "gifts": _gift_spread(r),
        "attention": _attention(r),
        "screening": _screening(r),
        "ladder": _ladder(r),
        "duties": _duties(r),
    }


def _horizon(r: Random) -> Said:
    start = datetime.date(2029, r.randint(1, 12), r.randint(1, 28))
    return {
        "days": r.randint(2, 10), "warmup_days": r.choice((0, 0, 0, 1, 2)), "drain": r.random() < 0.25, "start": start,
    }  # fmt: skip


def _trace(r: Random, types: list[str], days: int) -> Said:
    """Recorded calls, some of them with the length of their talk."""
    calls = [
        [round(day * 1440.0 + r.triangular(400.0, 1100.0), 2), r.choice(types), r.choice((-1.0, 0.0, 3.5))]
        for day in range(days)
        for _ in range(r.randint(0, 25))
    ]
    return {
        "file": "calls.csv", "time_column": "rang", "days": days, "calls": [tuple(call) for call in sorted(calls, key=lambda c: c[0])],
    }  # fmt: skip


# ---- values -----------------------------------------------------------------------------------------------------------
def _chance(r: Random, usual: float = 0.3) -> float:
    """Often 0, sometimes 1, else somewhere up to ``usual``."""
    return r.choices((0.0, 1.0, round(r.uniform(0.0, usual), 3)), (25, 8, 67))[0]


def _duration(r: Random, mean: float) -> Said:
    """A duration of about a mean, of any family; now and then none at all."""
    m = round(mean * r.uniform(0.5, 1.5), 2)
    families: Sequence[Callable[[], Said]] = (
        lambda: {"family": "fixed", "mean": 0.0},
        lambda: {"family": "fixed", "mean": m},
        lambda: {"family": "exponential", "mean": m},
        lambda: {"family": "gamma", "mean": m, "cv": 0.5},
        lambda: {"family": "lognormal", "mean": m, "cv": 0.8},
        lambda: {"family": "weibull", "mean": m, "cv": 0.7},
        lambda: {"family": "normal", "mean": m, "sd": m / 2.0},
        lambda: {"family": "uniform", "low": 0.0, "high": 2.0 * m},
        lambda: {"family": "triangular", "low": m / 2.0, "mode": m, "high": 2.0 * m},
        lambda: {"family": "empirical", "values": [0.0, m, 3.0 * m]},
        lambda: {"family": "exponential", "mean": m, "zero_share": 0.3},
        lambda: {"family": "gamma", "mean": round(m * 60.0, 1), "cv": 0.5, "unit": "s"},
    )
    weights = (6, 10, 14, 16, 14, 4, 4, 6, 4, 6, 6, 4)
    return r.choices(families, weights)[0]()


def _over_the_day(r: Random, value: Callable[[], Any]) -> Any:
    """One value, or now and then two that change at noon."""
    if r.random() < 0.8:
        return value()
    return [{"at": r.choice(("00:00", "09:00")), "value": value()}, {"at": "12:00", "value": value()}]


def _clock(minutes: float) -> str:
    return f"{int(minutes) // 60:02d}:{int(minutes) % 60:02d}"


def _maybe(r: Random, said: Said, share: float, **settings: Callable[[], Any]) -> None:
    """Say each setting with a chance; what is not said has its default."""
    for name, value in settings.items():
        if r.random() < share:
            said[name] = value()


# ---- calls ------------------------------------------------------------------------------------------------------------
def _call(r: Random, purpose: str) -> Said:
    said: Said = {
        "purpose": purpose,
        "talk_min": _over_the_day(r, lambda: _duration(r, 4.0)),
        "wrap_up_min": _duration(r, 0.7),
        "patience_min": r.choice((_duration(r, 5.0), {"family": "never"}, {"family": "exponential", "mean": 3.0})),
    }
    _maybe(
        r, said, 0.5,
        balk_share=lambda: _over_the_day(r, lambda: _chance(r, 0.2)),
        redial_chance=lambda: [_chance(r, 0.8) for _ in range(r.randint(1, 3))] + [round(r.uniform(0.0, 0.5), 2)],
        redial_delay_min=lambda: _duration(r, 25.0),
        redial_draws=lambda: r.choice(("fresh", "same")),
    )  # fmt: skip
    _maybe(
        r, said, 0.2,
        redial_by_time=lambda: [{"at": "00:00", "value": 1.0}, {"at": "15:00", "value": 0.3}],
        choose=lambda: r.choice(("longest_idle", "random", "first_by_name")),
        base_score=lambda: float(r.randint(0, 300)),
        score_per_s=lambda: r.choice((0.0, 1.0, 2.0)),
        moved_bonus=lambda: float(r.randint(0, 100)),
    )  # fmt: skip
    return said


def _lead_types(r: Random, jobs: list[str]) -> Said:
    types = {}
    for n in range(r.randint(1, 3)):
        said = _call(r, "lead")
        best = r.choice((1.0, 0.9, round(r.uniform(0.2, 1.0), 2)))
        said |= {"best_share": best, "booked_share": round(best * r.choice((1.0, 0.9, r.random())), 3)}
        said["booked_share"] = min(said["booked_share"], best)
        _maybe(
            r, said, 0.25,
            web_share=lambda: _chance(r, 0.5),
            pays_marketing=lambda: True,
            job_types=lambda: {r.choice(jobs): 1.0},
            not_booked_because=lambda: "shopper",
        )  # fmt: skip
        types[f"lead_{n}"] = said
    return types


def _other_types(r: Random) -> Said:
    names = {"question": "question", "billing": "billing", "junk": "other"}
    return {name: _call(r, purpose) for name, purpose in names.items() if r.random() < 0.6}


def _types_about_jobs(r: Random) -> Said:
    return {name: _call(r, name) | {"share": 0.0} for name in ("status", "complaint", "change") if r.random() < 0.85}


def _share_out(r: Random, types: Said) -> None:
    """Shares that add up to less than 1, and for some types arrivals of their own."""
    left = 1.0
    for said in types.values():
        if "share" in said:
            continue
        if said["purpose"] != "lead" and r.random() < 0.2:
            said["arrivals"] = r.choice(
                (
                    {"per_hour": [{"at": "08:00", "value": 1.0}, {"at": "18:00", "value": 0.0}]},
                    {"per_day_fixed": r.randint(0, 6), "weekly": False},
                )
            )
        else:
            said["share"] = round(left * r.uniform(0.3, 0.8), 3)
            left -= said["share"]


def _turn_into_each_other(r: Random, types: Said) -> None:
    """Transfers, along the order of the types so that nobody is handed round for ever; sometimes back as well."""
    names = [name for name, said in types.items() if "share" not in said or said["share"] > 0.0 or r.random() < 0.1]
    for at, name in enumerate(names):
        later = names[at + 1 :]
        if later and r.random() < 0.2:
            types[name]["becomes"] = {r.choice(later): _chance(r, 0.5)}
        elif at and r.random() < 0.05:
            types[name]["becomes"] = {names[0]: 0.3}


def _calls(r: Random, types: Said, per_day: float) -> Said:
    said: Said = {"types": types, "per_day": round(per_day * r.uniform(0.3, 1.8), 1)}
    _maybe(
        r, said, 0.3,
        weekday=lambda: [1.0] * 7,
        month=lambda: [1.0] * 12,
        busyness_cv=lambda: r.choice((0.0, 0.3, 1.0)),
        growth_per_year=lambda: r.choice((0.5, -0.3)),
        surges=lambda: [_surge(r, types)],
        competitor_half_life_min=lambda: r.choice((None, 10.0, 120.0)),
        tiers=lambda: r.choice(([1.0, 0.0, 0.0], [0.2, 0.3, 0.5], [0.0, 0.0, 1.0])),
        tier_misread=lambda: _chance(r),
    )  # fmt: skip
    if r.random() < 0.7:
        hours = [("00:00", 0.0), ("06:00", 0.05), ("08:00", 0.14), ("12:00", 0.1), ("17:00", 0.03), ("21:00", 0.0)]
        said["profile"] = [{"at": at, "value": value} for at, value in hours]
    if r.random() < 0.04:
        said["trace"] = _trace(r, list(types), 5)
    return said


def _surge(r: Random, types: Said) -> Said:
    start = r.randint(0, 3)
    said: Said = {"from_day": start, "to_day": start + r.randint(1, 3), "factor": r.choice((0.5, 1.3, 2.0))}
    _maybe(r, said, 0.4, types=lambda: [r.choice(list(types))])
    return said


# ---- phones -----------------------------------------------------------------------------------------------------------
def _phones(r: Random) -> Said:
    said: Said = {"at_closing": r.choice(("serve", "cut_off", "wait"))}
    said["after_hours"] = r.choice(("missed", "voicemail", "answering_service"))
    said["call_back_missed"] = r.random() < 0.5
    if r.random() < 0.15:
        said |= {"open": "00:00", "close": "24:00", "days": ALL_WEEK}
    elif r.random() < 0.5:
        said |= {"open": r.choice(("07:30", "08:00", "09:00")), "close": r.choice(("12:30", "16:00", "18:15"))}
    _maybe(
        r, said, 0.3,
        lines=lambda: r.randint(1, 6),
        queue_limit=lambda: r.randint(0, 4),
        on_blocked=lambda: r.choice(("blocked", "answering_service")),
        answer_delay_s=lambda: r.choice((3.0, 12.5)),
        max_wait_min=lambda: r.choice((0.0, 2.0, 6.5)),
        at_max_wait=lambda: r.choice(("voicemail", "answering_service", "timed_out")),
        tree=lambda: [_stage(r) for _ in range(r.randint(1, 3))],
        answering_service=lambda: {"booking_factor": _chance(r, 0.9), "talk_min": _duration(r, 3.0)},
        leaves_message=lambda: _chance(r, 0.9),
        caller_id=lambda: _chance(r, 0.9),
        call_back_reached=lambda: _chance(r, 0.9),
        call_back_min=lambda: _duration(r, 4.0),
        colder_per_min=lambda: r.choice((0.0, 0.2, 1.0)),
        cold_after_side=lambda: _chance(r),
        days=lambda: ALL_WEEK,
    )  # fmt: skip
    return said


def _stage(r: Random) -> Said:
    return {"seconds": r.choice((0.0, 8.0, 40.0)), "give_up_share": _chance(r, 0.2)}


# ---- people -----------------------------------------------------------------------------------------------------------
def _people(r: Random, trades: Sequence[str]) -> Said:
    office = {
        "separate": lambda: {
            "csr": _group(r, ["csr"], covers=["dispatcher"], most=3),
            "dispatcher": _group(r, ["dispatcher"], covers=["csr"], most=2),
        },
        "combined": lambda: {"office": _group(r, ["csr", "dispatcher"], most=3)},
        "mixed": lambda: {
            "csr": _group(r, ["csr"], covers=["dispatcher"], most=2),
            "both": _group(r, ["csr", "dispatcher"]),
            "desk": _group(r, ["dispatcher"], covers=["csr"]),
        },
        "heads": lambda: {"csr": _phone_people(r), "dispatcher": _group(r, ["dispatcher"], covers=["csr"])},
    }
    people = office[r.choice(list(office))]()
    if r.random() < 0.6:
        boss = ["service_manager", *r.sample(["dispatcher", "csr"], r.choice((0, 0, 0, 1)))]
        people["boss"] = _group(r, boss, covers=["dispatcher", "csr"])
    for n, trade in enumerate(trades):
        people[f"tech_{n}"] = _technicians(r, [trade, *r.sample(trades, r.randint(0, len(trades) - 1))], 3)
    if r.random() < 0.3:
        people["tech_low"] = _technicians(r, [r.choice(trades)], r.randint(1, 3))
    return people


def _alone(r: Random, trades: Sequence[str]) -> Said:
    """One person who does it all, or an office of one beside the technicians."""
    if r.random() < 0.6:
        hats = ["csr", "dispatcher", "technician", *r.sample(["service_manager"], r.randint(0, 1))]
        return {"owner": _group(r, hats) | {"trades": list(trades), "count": 1}}
    return {"office": _group(r, ["csr", "dispatcher"]) | {"count": 1}, "tech": _technicians(r, list(trades), 3)}


def _group(r: Random, hats: list[str], covers: Sequence[str] = (), most: int = 1) -> Said:
    said: Said = {"count": r.randint(1, most), "hats": hats, "shifts": [_shift(r) for _ in range(r.randint(1, 2))]}
    said |= {"wage_per_hour": 20.0, "seat": True}
    if covers and r.random() < 0.5:
        said["covers"] = [hat for hat in covers if hat not in hats]
    _maybe(
        r, said, 0.25,
        focus=lambda: r.choice(("interrupted", "one_hat_until_done")),
        vacation_share=lambda: _chance(r, 0.2),
        sick_share=lambda: _chance(r, 0.2),
    )  # fmt: skip
    if r.random() < 0.2:
        said["gifts"] = _gifts(r)
    return said


def _phone_people(r: Random) -> Said:
    """People on the phones by head-counts, round the clock or in office hours, or by shifts."""
    said = _group(r, ["csr"], covers=["dispatcher"], most=3)
    if r.random() < 0.7:
        steps = [("00:00", r.randint(0, 1)), ("08:00", r.randint(1, 4)), ("12:00", r.randint(0, 3)), ("17:30", 0)]
        constant = r.random() < 0.3
        said["heads"] = r.randint(1, 4) if constant else [{"at": at, "value": value} for at, value in steps]
        said["count"] = 4
    return said


def _technicians(r: Random, trades: list[str], skill_level: int) -> Said:
    said = _group(r, ["technician", *r.sample(["csr", "dispatcher"], r.choice((0,) * 9 + (1,)))], most=3)
    said |= {"trades": sorted(set(trades)), "skill_level": skill_level, "truck": True}
    _maybe(
        r, said, 0.3,
        overtime_share=lambda: _chance(r, 1.0),
        overtime_max_min=lambda: r.choice((0.0, 60.0, 600.0)),
    )  # fmt: skip
    return said


def _shift(r: Random) -> Said:
    start = r.choice((360, 450, 480, 510, 540, 600))
    length = r.choice((240, 480, 510, 540))
    said: Said = {"start": _clock(start), "end": _clock(start + length)}
    if r.random() < 0.7:
        said["lunch"] = _clock(start + r.choice((0, 120, 200, length - 5)))
    _maybe(
        r, said, 0.3,
        lunch_min=lambda: r.choice((0.0, 20.0, 60.0)),
        breaks=lambda: [_clock(start + minutes) for minutes in r.choice(((90,), (60, 180), (100, 105)))],
        break_min=lambda: r.choice((0.0, 5.0, 15.0)),
        days=lambda: ALL_WEEK,
    )  # fmt: skip
    if r.random() < 0.05:
        said |= {"start": "00:00", "end": "24:00", "days": ALL_WEEK}
        said.pop("lunch", None)
    return said


def _gifts(r: Random) -> Said:
    names = (
        "rapport",
        "phone_speed",
        "phone_accuracy",
        "desk_speed",
        "desk_accuracy",
        "eye",
        "skill",
        "work_speed",
        "sales",
    )
    return {name: r.choice((0.5, 1.0, 1.6)) for name in names if r.random() < 0.4}


def _gift_spread(r: Random) -> Said:
    if r.random() < 0.4:
        return {"phone_sd": 0.0, "desk_sd": 0.0, "technician_sd": 0.0}
    return {"phone_sd": 0.2, "desk_sd": 0.1, "technician_sd": 0.3, "correlation": r.choice((-1.0, -0.3, 0.0, 1.0))}


def _who_answers(r: Random, types: Said, people: Said) -> None:
    """Now and then only some groups answer some types, with a rank and perhaps times of their own."""
    on_phones = [name for name, said in people.items() if "csr" in said["hats"]]
    for name in on_phones:
        if r.random() < 0.15:
            answers = {t: _answers(r) for t in types if r.random() < 0.8}
            people[name]["answers"] = answers or {next(iter(types)): {}}
    for said in types.values():
        if on_phones and r.random() < 0.1:
            said["groups"] = r.sample(on_phones, r.randint(1, len(on_phones)))


def _answers(r: Random) -> Said:
    said: Said = {"rank": r.randint(1, 2)}
    _maybe(r, said, 0.2, talk_min=lambda: _duration(r, 3.0), wrap_up_min=lambda: _duration(r, 1.0))
    return said


def _attention(r: Random) -> Said:
    said: Said = {"focus": r.choice(("interrupted", "one_hat_until_done"))}
    none = {"family": "fixed", "mean": 0.0}
    _maybe(
        r, said, 0.35,
        switch_s=lambda: r.choice((none, {"family": "exponential", "mean": 30.0, "unit": "s"})),
        leave_side_s=lambda: r.choice((none, {"family": "fixed", "mean": 30.0, "unit": "s"})),
        resume_lag_s=lambda: r.choice((none, {"family": "exponential", "mean": 60.0, "unit": "s"})),
    )  # fmt: skip
    _maybe(
        r, said, 0.2,
        shared_priority=lambda: False,
        priority=lambda: r.sample(KINDS, len(KINDS)),
        easy_first_at=lambda: r.choice((1, 3, 10)),
        cover_below=lambda: r.choice((0, 2)),
        flip_at_waiting=lambda: r.randint(1, 3),
    )  # fmt: skip
    return said


# ---- jobs and desk ----------------------------------------------------------------------------------------------------
def _job(r: Random, trade: str) -> Said:
    said: Said = {"share": round(r.uniform(0.1, 1.0), 2), "trade": trade, "skill_level": r.choice((1, 1, 2, 3))}
    _maybe(
        r, said, 0.6,
        work_min=lambda: _duration(r, 70.0),
        ticket=lambda: _duration(r, 300.0),
        materials_share=lambda: _chance(r, 0.6),
        tolerance_days=lambda: _duration(r, 3.0),
    )  # fmt: skip
    _maybe(r, said, 0.25, emergency=lambda: True, quote_share=lambda: _chance(r, 0.8))
    return said


def _jobs(r: Random, types: Said) -> Said:
    said: Said = {"types": types}
    shares = (
        "no_show_share", "confirmed_no_show_factor", "return_share", "return_if_lacking", "cancel_share", "rebook_share",
        "question_share", "question_if_lacking",
    )  # fmt: skip
    _maybe(r, said, 0.3, **{name: lambda: _chance(r, 0.5) for name in shares})
    _maybe(
        r, said, 0.3,
        travel_fixed_min=lambda: r.choice((0.0, 10.0)),
        area_radius_km=lambda: r.choice((0.0, 5.0, 30.0)),
        travel_noise_cv=lambda: r.choice((0.0, 0.8)),
        rush=lambda: [{"at": "00:00", "value": 1.0}, {"at": "16:00", "value": 1.4}],
        paperwork_min=lambda: _duration(r, 10.0),
        no_show_wait_min=lambda: r.choice((0.0, 12.0)),
        return_work_share=lambda: r.choice((0.0, 0.5, 1.0)),
        cancel_per_day=lambda: r.choice((0.0, 0.1, 1.0)),
        wrong_address_min=lambda: r.choice((0.0, 20.0)),
        replacement=lambda: _replacement(r),
    )  # fmt: skip
    return said


def _replacement(r: Random) -> Said:
    best = r.choice((1.0, round(r.uniform(0.1, 1.0), 2)))
    return {
        "ticket": _duration(r, 9000.0), "best_share": best, "sold_share": round(best * r.choice((0.0, 0.4, 1.0)), 4),
        "margin_share": _chance(r, 0.5), "follow_up_chance": _chance(r, 0.9), "follow_up_after_h": r.choice((0.0, 4.0, 20.0)),
        "half_life_days": _duration(r, 3.0),
    }  # fmt: skip


def _slots(r: Random) -> Said:
    said: Said = {}
    windows = (
        (("08:00", "10:00"), ("10:00", "12:00"), ("13:00", "17:00")), (("07:00", "18:00"),), (("09:00", "13:00"), ("11:00", "15:00")),
    )  # fmt: skip
    _maybe(
        r, said, 0.4,
        windows=lambda: [{"start": start, "end": end} for start, end in r.choice(windows)],
        overbooking=lambda: r.choice((0.5, 1.2, 3.0)),
        emergency_reserve=lambda: _chance(r),
        horizon_days=lambda: r.choice((1, 3, 10)),
        last_booking_before_end_min=lambda: r.choice((0.0, 30.0, 300.0)),
    )  # fmt: skip
    return said


def _dispatch(r: Random) -> Said:
    said: Said = {"policy": r.choice(POLICIES), "prepare_ahead": r.random() < 0.6, "fill_holes": r.random() < 0.6}
    _maybe(
        r, said, 0.3,
        considers=lambda: r.choice((1, 2, 5)),
        hole_accept_low=lambda: 0.1,
        hole_accept_high=lambda: 1.0,
        planned_overtime_min=lambda: r.choice((0.0, 300.0)),
        early_start_min=lambda: r.choice((0.0, 120.0)),
    )  # fmt: skip
    return said


def _desk(r: Random) -> Said:
    said: Said = {name: r.random() < 0.6 for name in ("audit", "look_ahead", "keeps_tabs")}
    minutes = {
        "check_min": 1.0, "assign_min": 1.5, "look_ahead_min": 1.0, "brief_min": 2.0, "tabs_min": 1.5, "update_min": 1.5,
        "report_min": 2.0, "close_min": 2.5, "question_min": 3.0, "repair_min": 3.0, "hole_min": 3.0, "follow_up_min": 5.0,
        "audit_min": 15.0, "status_patience_min": 30.0,
    }  # fmt: skip
    slow = r.choice((1.0, 1.0, 3.0))
    _maybe(r, said, 0.3, **{name: lambda mean=mean: _duration(r, slow * mean) for name, mean in minutes.items()})
    _maybe(
        r, said, 0.25,
        audit_at=lambda: r.choice(("09:00", "14:00", "16:00")),
        look_ahead_at=lambda: r.choice(("08:00", "15:00")),
        look_ahead_finds=lambda: _chance(r, 1.0),
        check_finds=lambda: _chance(r, 1.0),
        warn_before_min=lambda: r.choice((0.0, 90.0)),
        gives_up_after_calls=lambda: r.randint(1, 3),
    )  # fmt: skip
    return said


def _handoffs(r: Random) -> Said:
    said: Said = {}
    mode = r.choice(("default", "clean", "rough", "wild", "one"))
    for name in HANDOFFS:
        if mode == "clean":
            said[name] = {f"drop_{how}": 0.0 for how in ("between", "to_self", "per_interruption")}
        elif mode in ("rough", "wild"):
            said[name] = _handing(r, 0.2 if mode == "rough" else 1.0)
    if mode == "one":
        said[r.choice(HANDOFFS)] = _handing(r, 1.0) | {"drop_between": 1.0, "drop_to_self": 1.0}
    _maybe(
        r, said, 0.3,
        self_handoff_factor=lambda: r.choice((0.5, 1.0)),
        shared_board=lambda: True,
        shared_board_factor=lambda: r.choice((0.0, 0.5)),
        manuals=lambda: True,
        mastery=lambda: _chance(r, 1.0),
        baited_share=lambda: _chance(r, 1.0),
        baited_discount=lambda: _chance(r, 0.5),
        expectations_share=lambda: _chance(r, 1.0),
        names_technician_share=lambda: _chance(r, 1.0),
    )  # fmt: skip
    return said


def _handing(r: Random, most: float) -> Said:
    drops = {f"drop_{how}": _chance(r, most) for how in ("between", "to_self", "per_interruption")}
    lacks = {f"lacks_{what}": _chance(r, most) for what in ("address", "equipment", "need", "payment")}
    notices = {f"{who}_notices": _chance(r, 1.0) for who in ("customer", "technician", "audit")}
    return drops | lacks | notices | {"notice_delay_min": r.choice((0.0, 20.0, 200.0))}


# ---- manager, duties, satisfaction, prices ----------------------------------------------------------------------------
def _screening(r: Random) -> Said:
    if r.random() < 0.6:
        return {}
    signal = r.choice(("longest_wait", "board_load"))
    on_at, off_at = r.choice(((0.0001, 0.0), (1.0, 0.5), (5.0, 1.0))) if signal == "longest_wait" else (0.5, 0.3)
    said: Said = {"enabled": True, "signal": signal, "on_at": on_at, "off_at": off_at}
    rules = ("book", "book_if_room", "decline")
    _maybe(
        r, said, 0.4,
        hold_min=lambda: r.choice((0.0, 10.0)),
        love=lambda: r.choice(rules),
        like=lambda: r.choice(rules),
        rest=lambda: r.choice(rules),
        room_days=lambda: r.randint(0, 3),
        asks_min=lambda: r.choice((0.0, 2.0)),
        declined_talk_share=lambda: r.choice((0.0, 1.0)),
    )  # fmt: skip
    return said


def _ladder(r: Random) -> Said:
    if r.random() < 0.6:
        return {}
    steps = ["move_breaks", "stop_side_work", "desk_to_phones", "manager_answers", "screen"]
    said: Said = {"enabled": True, "steps": r.sample(steps, r.randint(1, 5))}
    _maybe(
        r, said, 0.4,
        last_calls=lambda: r.choice((1, 5)),
        threshold_s=lambda: r.choice((0.0, 60.0)),
        up_below=lambda: r.choice((0.3, 0.95)),
        longest_wait_s=lambda: r.choice((0.0, 20.0)),
        hold_min=lambda: r.choice((0.0, 5.0)),
        watch_delay_min=lambda: r.choice((0.0, 3.0)),
        phone_in_pocket=lambda: True,
        staff_see_board=lambda: True,
    )  # fmt: skip
    return said


def _duties(r: Random) -> Said:
    said: Said = {"minutes_per_day": r.choice((0.0, 25.0, 120.0, 300.0))}
    _maybe(
        r, said, 0.35,
        piece_min=lambda: r.choice((5.0, 45.0)),
        hats=lambda: r.choice((["csr"], ["dispatcher", "service_manager"], ["csr", "technician"])),
        start=lambda: r.choice(("07:00", "10:00")),
        meetings_min_per_day=lambda: r.choice((0.0, 60.0, 300.0)),
        meeting_min=lambda: r.choice((15.0, 90.0)),
    )  # fmt: skip
    return said


def _satisfaction(r: Random) -> Said:
    said: Said = {}
    _maybe(
        r, said, 0.35,
        referral_chance=lambda: _chance(r, 0.6),
        referral_delay_days=lambda: _duration(r, 0.7),
        save_chance=lambda: _chance(r, 1.0),
        defused_by_rapport=lambda: _chance(r, 1.0),
        save_min=lambda: _duration(r, 15.0),
        save_discount=lambda: _chance(r, 0.4),
        dispute_chance=lambda: _chance(r, 0.5),
    )  # fmt: skip
    return said


def _prices(r: Random) -> Said:
    said: Said = {}
    _maybe(
        r, said, 0.35,
        pays_at_door_if_asked=lambda: _chance(r, 1.0),
        pays_at_door=lambda: _chance(r, 1.0),
        invoice_days=lambda: _duration(r, 1.5),
        bad_debt_share=lambda: _chance(r, 0.5),
    )  # fmt: skip
    return said
