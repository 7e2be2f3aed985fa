"""What must follow when a shop is driven to an extreme, and what must not get worse when it is given more."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.ledger import Run
from sim.relay import Event, Fate, Handoff, Loss, Outcome, Spent
from sim.run import simulate
from tests.properties.laws import faults_of
from tests.properties.scenarios import Said, scenario_of, seeded

WHOLE = [seed for seed in range(60) if seeded(seed)["name"] == "whole"]
NOTHING = {"family": "fixed", "mean": 0.0}


def counted(run: Run, outcome: Outcome) -> int:
    """How many attempts ended like this."""
    return int((run.ledger.of(Event.CALL_ENDED)[:, 9] == outcome).sum())


def pure_phones(agents: int, per_hour: float, talk: float) -> Said:
    """A little world of pure phones: constant service, endless patience, round the clock."""
    call = {
        "arrivals": {"per_hour": per_hour, "weekly": False}, "talk_min": {"family": "fixed", "mean": talk}, "wrap_up_min": NOTHING,
        "patience_min": {"family": "never"}, "balk_share": 0.0, "redial_chance": 0.0,
    }  # fmt: skip
    return {
        "horizon": {"days": 1},
        "calls": {"types": {"call": call}, "busyness_cv": 0.0},
        "phones": {"open": "00:00", "close": "24:00", "days": [True] * 7},
        "people": {"agents": {"count": agents, "heads": agents, "hats": ["csr"]}},
        "gifts": {"phone_sd": 0.0, "desk_sd": 0.0, "technician_sd": 0.0},
        "duties": {"minutes_per_day": 0.0, "meetings_min_per_day": 0.0},
    }  # fmt: skip


AGENTS, RATE, TALK, SEED = st.integers(1, 4), st.floats(5.0, 60.0), st.floats(0.5, 8.0), st.integers(0, 10_000)


@given(AGENTS, RATE, TALK, SEED, st.integers(1, 6), st.integers(0, 4))
@settings(max_examples=25)
def test_more_lines_never_block_more(agents: int, rate: float, talk: float, seed: int, lines: int, more: int) -> None:
    """With constant service and endless patience, another line never makes more calls find all lines taken."""
    said = pure_phones(agents, round(rate, 2), round(talk, 2))
    blocked = []
    for n in (lines, lines + more):
        said["phones"]["lines"] = n
        blocked.append(counted(simulate(scenario_of(said), seed), Outcome.BLOCKED))
    assert blocked[0] >= blocked[1]


@given(AGENTS, RATE, TALK, SEED)
@settings(max_examples=25)
def test_more_people_never_wait_longer(agents: int, rate: float, talk: float, seed: int) -> None:
    """With constant service and endless patience, another person never makes any call wait longer."""
    runs = [simulate(scenario_of(pure_phones(n, round(rate, 2), round(talk, 2))), seed) for n in (agents, agents + 1)]
    few, many = ({row[2]: row[9] for row in run.ledger.of(Event.ANSWERED).tolist()} for run in runs)
    assert set(few) <= set(many)
    assert all(many[root] <= wait + 1e-6 for root, wait in few.items())


@given(AGENTS, RATE, TALK, SEED, st.floats(1.1, 3.0))
@settings(max_examples=25)
def test_quicker_talk_never_makes_anybody_wait_longer(
    agents: int, rate: float, talk: float, seed: int, slower: float
) -> None:
    """With constant service and endless patience, shorter talk never makes any call wait longer."""
    runs = [
        simulate(scenario_of(pure_phones(agents, round(rate, 2), minutes)), seed) for minutes in (talk, talk * slower)
    ]
    quick, slow = ({row[2]: row[9] for row in run.ledger.of(Event.ANSWERED).tolist()} for run in runs)
    assert all(quick[root] <= wait + 1e-4 for root, wait in slow.items())


@pytest.mark.parametrize("seed", WHOLE[:6])
def test_without_demand_nothing_rings(seed: int) -> None:
    """A shop that nobody wants anything from has no calls, no jobs, no batons and no money, and everybody is still there."""
    said = seeded(seed)
    said["calls"] |= {"per_day": 0.0, "surges": []}
    said["calls"].pop("trace", None)
    for kind in said["calls"]["types"].values():
        kind.pop("arrivals", None)
    run = simulate(scenario_of(said), seed)
    assert len(run.roots.id) == 0
    assert set(run.ledger.table[:, 2:7].ravel().tolist()) <= {-1.0}
    assert len(run.ledger.of(Event.CAME))


@pytest.mark.parametrize("seed", WHOLE[:6])
def test_with_nobody_on_the_phones_nobody_is_answered(seed: int) -> None:
    """Where those with the phone hat never come, no call is answered and nothing is booked by the shop's own people."""
    said = seeded(seed)
    said["ladder"] = {}
    for group in said["people"].values():
        group.pop("covers", None)
        group["hats"] = [hat for hat in group["hats"] if hat != "csr"] or ["dispatcher"]
    said["people"]["ghosts"] = {"hats": ["csr"], "shifts": [{"days": [False] * 7}]}
    for kind in said["calls"]["types"].values():
        kind.pop("groups", None)
    run = simulate(scenario_of(said), seed)
    assert len(run.ledger.of(Event.ANSWERED)) == 0
    assert not [row for row in run.ledger.of(Event.BOOKED).tolist() if row[7] >= 0]
    assert faults_of(run) == []


@pytest.mark.parametrize("seed", WHOLE[:4])
def test_extreme_demand_breaks_no_law(seed: int) -> None:
    """Twenty times the demand that a shop can serve ends in lost callers, not in an error or a broken law."""
    said = seeded(seed)
    said["horizon"] |= {"days": 2, "warmup_days": 0, "drain": False}
    said["calls"] |= {"per_day": 1500.0, "weekday": [1.0] * 7}
    said["calls"].pop("trace", None)
    run = simulate(scenario_of(said), seed)
    assert len(run.roots.id) > 300
    assert faults_of(run) == []


@pytest.mark.parametrize("seed", WHOLE[:4])
def test_work_that_takes_no_time_breaks_no_law(seed: int) -> None:
    """A shop in which talk, desk work, driving and jobs take no time at all comes to an end, and keeps every law."""
    said = seeded(seed)
    said["horizon"]["drain"] = False
    said["calls"].pop("trace", None)
    said["screening"] = {}
    for kind in said["calls"]["types"].values():
        kind |= {"talk_min": NOTHING, "wrap_up_min": NOTHING}
    for group in said["people"].values():
        group.pop("answers", None)
    for job in said["jobs"]["types"].values():
        job["work_min"] = NOTHING
    said["jobs"] |= {"travel_fixed_min": 0.0, "area_radius_km": 0.0, "paperwork_min": NOTHING, "no_show_wait_min": 0.0}
    names = (
        "check",
        "assign",
        "brief",
        "tabs",
        "update",
        "report",
        "close",
        "question",
        "repair",
        "look_ahead",
        "hole",
        "audit",
    )
    said["desk"] |= {f"{name}_min": NOTHING for name in names}
    said["attention"] |= {"switch_s": NOTHING, "leave_side_s": NOTHING, "resume_lag_s": NOTHING}
    run = simulate(scenario_of(said), seed)
    assert faults_of(run) == []
    assert not len(run.ledger.of(Event.SPENT + Spent.TALK))


@pytest.mark.parametrize("seed", WHOLE[:6])
def test_when_every_booking_is_dropped_nobody_comes(seed: int) -> None:
    """If every booking is dropped and nobody ever notices, no job is seen or visited, and the dropped baton takes the money."""
    said = seeded(seed)
    deaf = {"customer_notices": 0.0, "technician_notices": 0.0, "audit_notices": 0.0}
    said["handoffs"] = {"booking": {"drop_between": 1.0, "drop_to_self": 1.0, **deaf}}
    said["gifts"] = {"phone_sd": 0.0, "desk_sd": 0.0, "technician_sd": 0.0}
    for group in said["people"].values():
        group.pop("gifts", None)
    said["calls"].pop("trace", None)
    said["calls"]["types"].pop("change", None)
    for kind in [*said["calls"]["types"].values(), *said["people"].values()]:
        kind.get("becomes", {}).pop("change", None)
        kind.get("answers", {}).pop("change", None)
    said["jobs"] |= {"cancel_share": 0.0, "cancel_per_day": 0.0}
    run = simulate(scenario_of(said), seed)
    assert len(run.ledger.of(Event.DROPPED)) == len(run.ledger.of(Event.PASSED))
    assert not len(run.ledger.of(Event.ON_BOARD))
    assert not len(run.ledger.of(Event.ARRIVED))
    served = run.ledger.of(Event.LOSS + Loss.LOST_BATON)[:, 2]
    assert set(served.tolist()) <= set(run.ledger.of(Event.DROPPED)[:, 2].tolist())


@pytest.mark.parametrize("seed", WHOLE[:6])
def test_without_drops_and_gaps_every_baton_arrives(seed: int) -> None:
    """Where nothing is ever dropped, no baton is lost: each is taken, withdrawn, or in the air at the horizon."""
    said = seeded(seed)
    clean = {"drop_between": 0.0, "drop_to_self": 0.0, "drop_per_interruption": 0.0}
    said["handoffs"] = {handoff.name.lower(): clean for handoff in Handoff}
    run = simulate(scenario_of(said), seed)
    fates = set(run.ledger.of(Event.BATON_ENDED)[:, 9].astype(int).tolist())
    assert fates <= {Fate.TAKEN, Fate.WITHDRAWN, Fate.OPEN_AT_HORIZON}
    assert not len(run.ledger.of(Event.DROPPED))


@pytest.mark.parametrize("seed", WHOLE[:8])
def test_a_longer_horizon_goes_on_where_the_shorter_stopped(seed: int) -> None:
    """The first days are the same however long the shop is watched: the horizon is nothing that anybody knows."""
    said = seeded(seed)
    said["horizon"] |= {"drain": False, "warmup_days": 0, "days": 3}
    short = simulate(scenario_of(said), seed)
    said["horizon"]["days"] = 6
    long = simulate(scenario_of(said), seed)
    before = short.ledger.table[short.ledger.time < short.stopped_at]
    assert before.tobytes() == long.ledger.table[: len(before)].tobytes()


@pytest.mark.parametrize("seed", WHOLE[:8])
def test_the_warm_up_is_a_filter_and_never_a_reset(seed: int) -> None:
    """Days of warm-up are run like all others: only where counting begins differs."""
    said = seeded(seed)
    said["horizon"] |= {"days": 4, "warmup_days": 0}
    without = simulate(scenario_of(said), seed)
    said["horizon"] |= {"days": 2, "warmup_days": 2}
    with_it = simulate(scenario_of(said), seed)
    assert without.ledger.table.tobytes() == with_it.ledger.table.tobytes()
    assert (without.start, without.end) == (0.0, with_it.end)
    assert with_it.start == 2 * 1440.0
