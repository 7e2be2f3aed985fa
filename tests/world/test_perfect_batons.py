"""The counterfactual: a hand-off that is perfect is never dropped, incomplete or late, and all else is as it was."""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from unittest.mock import patch

import pytest

from sim.relay import Event, Fate, Handoff
from sim.run import simulate
from sim.scenarios import load
from sim.shop.scenario import Scenario, perfected
from sim.streams import BATON_COLUMNS
from sim.world.batons import Batons
from tests.properties.laws import faults_of
from tests.properties.reading import Reading
from tests.properties.scenarios import scenario_of, seeded
from tests.world.little import story

SHOP = """
[people.ann]
hats = ["csr"]
[people.dora]
hats = ["dispatcher"]
[people.tom]
hats = ["technician"]
trades = ["hvac"]
"""
LATE = SHOP.replace('"hvac"]', '"hvac"]\nshifts = [{start = "13:00", end = "17:00"}]') + "[desk]\nkeeps_tabs = true\n"
EVERY = [*((each,) for each in Handoff), tuple(Handoff)]
#: what each baton is for, which a perfect one has done at the moment it is passed
DONE = {
    Handoff.BOOKING: Event.ON_BOARD, Handoff.BRIEF: Event.BRIEFED, Handoff.REPORT: Event.REPORTED,
    Handoff.CLOSE: Event.JOB_ENDED,
}  # fmt: skip


def hand(which: str) -> str:
    """A little shop in which that hand-off fails for certain, and is perfect."""
    return (
        f"{SHOP}[handoffs.{which}]\nperfect = true\ndrop_between = 1\ndrop_to_self = 1\ndrop_per_interruption = 1\n"
        "lacks_equipment = 1\n"
    )


def test_a_perfect_booking_is_on_the_board_when_it_is_passed() -> None:
    """The job is assigned before its check, which takes the desk as long as ever."""
    told = story(hand("booking"), "09:00 lead")
    assert told.of("on_board", "dropped", "lacked", "briefed") == ["09:06 A on_board", "09:11 A briefed tom"]
    assert told.day("dora")[:2] == ["09:06-09:11 desk A", "09:11-09:12 desk A"]


def test_a_perfect_brief_keeps_nobody_waiting() -> None:
    """The technician sets off when there is a job for them, and the desk's minutes for it come after."""
    told = story(hand("brief"), "09:00 lead")
    assert told.of("assigned", "briefed", "dropped", "set_off") == [
        "09:07 A assigned tom", "09:07 A briefed tom", "09:07 A set_off tom",
    ]  # fmt: skip
    assert told.day("dora")[1] == "09:07-09:12 desk A"
    assert not [line for line in told.day("tom") if "wait" in line]


def test_a_perfect_brief_waits_for_a_desk_that_is_not_there() -> None:
    """Nobody decides in an empty office: the wish lies there until the dispatcher comes."""
    text = hand("brief").replace('"dispatcher"]', '"dispatcher"]\nshifts = [{start = "10:00", end = "17:00"}]')
    told = story(text + "[handoffs.booking]\nperfect = true\n", "09:00 lead")
    assert told.of("on_board", "briefed") == ["09:06 A on_board", "10:00 A briefed tom"]


def test_a_perfect_update_comes_when_it_is_due() -> None:
    """Half an hour before the window's end the customer hears it, however long the desk's part of it takes."""
    told = story(f"{LATE}[handoffs.update]\nperfect = true\ndrop_between = 1\n", "09:00 lead")
    assert told.of("update_kept", "dropped", "forgotten", "rang") == ["09:00 A rang", "11:30 A update_kept"]
    assert told.day("dora")[1:3] == ["11:30-11:31 update A", "11:31-11:33 update A"]


def test_a_perfect_report_is_known_when_the_visit_is_over() -> None:
    """The technician is free at once in the desk's eyes; the report is read, and the job closed, as ever."""
    told = story(hand("report"), "09:00 lead")
    assert told.of("passed", "dropped", "lacked", "reported", "job_ended")[-4:] == [
        "10:32 A passed tom report", "10:32 A reported tom", "10:37 A passed dora close", "10:37 A job_ended closed",
    ]  # fmt: skip
    assert told.day("dora")[-2:] == ["10:32-10:34 desk A", "10:34-10:37 desk A"]


def test_a_perfect_close_is_in_the_books_when_the_report_is_in() -> None:
    """The job is closed when its report has been taken, and the desk spends its minutes after."""
    told = story(hand("close"), "09:00 lead")
    assert told.of("reported", "dropped", "job_ended") == ["10:34 A reported tom", "10:34 A job_ended closed"]
    assert told.day("dora")[-1] == "10:34-10:37 desk A"


@pytest.mark.parametrize("which", EVERY, ids=lambda which: which[0].name if len(which) == 1 else "all")
def test_perfect_batons_are_taken_when_they_are_passed(which: tuple[Handoff, ...]) -> None:
    """In random shops no perfect baton is dropped, incomplete or late, its purpose is served, and every law holds."""
    for seed in range(8):
        run = simulate(perfected(scenario_of(seeded(seed)), which), seed)
        assert faults_of(run) == [], seed
        reading = Reading(run)
        for rows in reading.by_baton.values():
            at = {row.event: row for row in rows}
            begun = at.get(Event.PASSED) or at.get(Event.DROPPED)
            if begun is None or begun.detail not in which:
                continue
            assert not at.keys() & {Event.DROPPED, Event.LACKED, Event.FOUND}, seed
            assert at[Event.BATON_ENDED].detail == Fate.TAKEN, seed
            assert at[Event.BATON_ENDED].time == begun.time, seed
            done = DONE.get(Handoff(int(begun.detail)))
            if done is not None:
                assert any(row.event == done and row.time == begun.time for row in reading.by_job[begun.job]), seed


def test_nobody_waits_for_a_perfect_brief_while_somebody_is_at_the_desk() -> None:
    """In the built-in shop technicians wait less for the desk, and each brief comes when its job is chosen."""
    plan = load("combined", ["horizon.days=14"]).scenario
    runs = [simulate(scenario, 1) for scenario in (plan, perfected(plan, [Handoff.BRIEF]))]
    waits = [sum(row.detail for row in Reading(run).rows if row.event == Event.SPENT + 12) for run in runs]
    assert waits[1] < 0.7 * waits[0]
    rows = Reading(runs[1])
    chosen = {(row.job, row.time) for row in rows.of(Event.ASSIGNED)}
    assert all((row.job, row.time) in chosen for row in rows.of(Event.BRIEFED))


def drawn(scenario: Scenario, seed: int) -> dict[tuple[int, ...], list[float]]:
    """The uniforms of every baton that was passed: by root, hand-off, visit and number of the update."""
    found: dict[tuple[int, ...], list[float]] = {}
    plain = Batons.draws

    def draws(self: Batons, baton: Any) -> list[float]:
        row = plain(self, baton)
        n = baton.visit.n if baton.visit is not None else 0
        updates = baton.job.updates if baton.handoff is Handoff.UPDATE else 0
        found[baton.job.caller.key, baton.handoff, n, updates] = row[:BATON_COLUMNS]
        return row

    with patch.object(Batons, "draws", draws):
        simulate(scenario, seed)
    return found


@pytest.mark.parametrize("which", Handoff, ids=lambda which: which.name)
def test_the_draws_of_the_other_batons_stay_as_they_are(which: Handoff) -> None:
    """Whatever baton is passed in both worlds has the same uniforms in both."""
    common: dict[Handoff, int] = defaultdict(int)
    for seed in (0, 1, 3, *range(10, 18)):
        plain = scenario_of(seeded(seed))
        one, other = drawn(plain, seed), drawn(perfected(plain, [which]), seed)
        for key in one.keys() & other.keys():
            assert one[key] == other[key]
            common[Handoff(key[1])] += 1
    assert min(common[each] for each in Handoff) > 0


def test_perfected_changes_nothing_but_the_hand_offs_named() -> None:
    """Of a scenario only the named hand-offs are other ones, and without any name it is the same."""
    plan = load("separate").scenario
    other = perfected(plan, [Handoff.BRIEF, Handoff.CLOSE])
    said, changed = plan.model_dump(), other.model_dump()
    for name in ("brief", "close"):
        assert changed["handoffs"][name].pop("perfect")
        assert not said["handoffs"][name].pop("perfect")
    assert said == changed
    assert perfected(plan, []) == plan
    assert Scenario.model_validate(other.model_dump()) == other
