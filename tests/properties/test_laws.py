"""The laws over random valid shops, and proof that the laws can be broken."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from functools import cache

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from sim.ledger import Columns, Floats, Run
from sim.relay import Event, Spent
from sim.run import simulate
from tests.properties.laws import LAWS, faults, faults_of
from tests.properties.scenarios import Said, scenario_of, seeded, shops

SHOPS = 240  # in every run of the tests
CHUNK = 12


def broken(seed: int) -> Iterator[str]:
    """What is wrong with a seeded shop's run: the shop's number and the law."""
    run = simulate(scenario_of(seeded(seed)), seed)
    for fault in faults_of(run):
        yield f"shop {seed} (see shrink.py), {fault}"


@pytest.mark.parametrize("start", range(0, SHOPS, CHUNK))
def test_the_laws_hold_in_random_shops(start: int) -> None:
    """Every law of conservation, order, presence and money holds in every one of these random valid shops."""
    assert [fault for seed in range(start, start + CHUNK) for fault in broken(seed)] == []


@pytest.mark.slow
@pytest.mark.parametrize("start", range(SHOPS, 2400, 60))
def test_the_laws_hold_in_many_more_shops(start: int) -> None:
    """Every law holds in ten times as many random valid shops."""
    assert [fault for seed in range(start, start + 60) for fault in broken(seed)] == []


@given(shops())
@settings(max_examples=15, suppress_health_check=list(HealthCheck))
def test_the_laws_hold_in_shops_that_hypothesis_makes_up(said: Said) -> None:
    """Every law holds in the shops that hypothesis makes up, other ones each time with the profile explore."""
    assert faults_of(simulate(scenario_of(said), 1)) == []


def test_the_shops_differ_in_everything() -> None:
    """Among the shops of a run every kind of event but a few, every way to spend minutes and every loss occurs."""
    codes: set[int] = set()
    for seed in range(SHOPS):
        codes |= set(simulate(scenario_of(seeded(seed)), seed).ledger.table[:, 1].astype(int).tolist())
    never = (Event.SPENT, Event.LOSS, Event.UNBILLED)  # two are first numbers of ranges, the third takes 90 days
    known = {int(event) for event in Event if event not in never} | {Event.SPENT + kind for kind in Spent}
    assert known - codes == set()


# And the laws can be broken: one change to a sound ledger, and some law finds it.


@cache
def sound() -> Run:
    """A run in which much happens and no law is broken."""
    run = simulate(scenario_of(seeded(12)), 12)
    assert faults_of(run) == []
    return run


def doctored(change: Callable[[Floats, int], Floats], event: int, which: int) -> Run | None:
    """The sound run with one row of an event changed; none if it has too few of them."""
    run = sound()
    rows = run.ledger.rows(event)
    if len(rows) <= which:
        return None
    table = change(run.ledger.table.copy(), int(rows[which]))
    return dataclasses.replace(run, ledger=Columns(table))


def without(table: Floats, row: int) -> Floats:
    causes = table[:, 8]
    table[:, 8] = np.where(causes > row, causes - 1, np.where(causes == row, -1, causes))
    return np.delete(table, row, axis=0)


def twice(table: Floats, row: int) -> Floats:
    causes = table[:, 8]
    table[:, 8] = np.where(causes > row, causes + 1, causes)
    return np.insert(table, row, table[row], axis=0)


def by_somebody_else(table: Floats, row: int) -> Floats:
    table[row, 7] = (table[row, 7] + 1) % len(sound().people)
    return table


def a_minute_earlier(table: Floats, row: int) -> Floats:
    table[row, 0] -= 1.0
    return table


def a_little_more(table: Floats, row: int) -> Floats:
    table[row, 9] += 0.5
    return table


MISSED = (
    Event.RANG, Event.ANSWERED, Event.HUNG_UP, Event.CALL_ENDED, Event.BOOKED, Event.ON_BOARD, Event.ASSIGNED, Event.CANDIDATE,
    Event.SET_OFF, Event.ARRIVED, Event.WORK_DONE, Event.JOB_ENDED, Event.SATISFIED, Event.PASSED, Event.PICKED_UP,
    Event.DROPPED, Event.BATON_ENDED, Event.CAME, Event.LEFT, Event.WENT_ON_BREAK, Event.COLLECTED, Event.PAID_AT_DOOR,
    Event.INVOICED, Event.FORGOTTEN, Event.SPENT + Spent.TRAVEL, Event.SPENT + Spent.ON_SITE,
)  # fmt: skip
DOUBLED = (
    Event.RANG, Event.QUEUED, Event.ANSWERED, Event.HUNG_UP, Event.CALL_ENDED, Event.BOOKED, Event.ON_BOARD, Event.BRIEFED,
    Event.SET_OFF, Event.ARRIVED, Event.WORK_DONE, Event.JOB_ENDED, Event.FORGOTTEN, Event.PASSED, Event.PICKED_UP,
    Event.DROPPED, Event.BATON_ENDED, Event.CAME, Event.LEFT, Event.COLLECTED, Event.PAID_AT_DOOR, Event.SATISFIED,
    Event.SPENT + Spent.TALK, Event.SPENT + Spent.DESK, Event.SPENT + Spent.ON_SITE, Event.SPENT + Spent.SIDE,
)  # fmt: skip
MISTAKEN = (
    Event.ANSWERED, Event.HUNG_UP, Event.ASSIGNED, Event.SET_OFF, Event.ARRIVED, Event.WORK_DONE, Event.CAME, Event.LEFT,
    Event.SPENT + Spent.TRAVEL, Event.SPENT + Spent.ON_SITE, Event.SPENT + Spent.TALK,
)  # fmt: skip
EXAGGERATED = (
    Event.ANSWERED, Event.HUNG_UP, Event.ASSIGNED, Event.WORK_DONE, Event.COLLECTED, Event.PAID_AT_DOOR,
    Event.WENT_ON_BREAK, Event.LOSS + 14, Event.SPENT + Spent.ON_SITE, Event.SPENT + Spent.TRAVEL,
)  # fmt: skip


def unnoticed(change: Callable[[Floats, int], Floats], event: int) -> list[int]:
    """Of up to three rows of an event, those whose change no law notices."""
    runs = {which: doctored(change, event, which) for which in range(3)}
    return [which for which, run in runs.items() if run is not None and next(faults(run), None) is None]


@pytest.mark.parametrize("event", MISSED)
def test_a_missing_row_is_noticed(event: int) -> None:
    """A ledger that lacks one of these rows breaks a law."""
    assert unnoticed(without, event) == []


@pytest.mark.parametrize("event", DOUBLED)
def test_a_doubled_row_is_noticed(event: int) -> None:
    """A ledger that has one of these rows twice breaks a law."""
    assert unnoticed(twice, event) == []


@pytest.mark.parametrize("event", MISTAKEN)
def test_the_wrong_person_is_noticed(event: int) -> None:
    """A ledger in which somebody else has done one of these things breaks a law."""
    assert unnoticed(by_somebody_else, event) == []


@pytest.mark.parametrize("event", EXAGGERATED)
def test_a_wrong_amount_is_noticed(event: int) -> None:
    """A ledger in which one of these rows says a little more than was breaks a law."""
    assert unnoticed(a_little_more, event) == []


@pytest.mark.parametrize("event", MISSED)
def test_a_wrong_time_is_noticed(event: int) -> None:
    """A ledger in which one of these rows is dated a minute earlier breaks a law."""
    assert unnoticed(a_minute_earlier, event) == []


def test_every_law_says_what_it_is() -> None:
    """Every law has a sentence and a name of its own, and there are many."""
    assert len({law.__name__ for law in LAWS}) == len(LAWS) > 60
    assert all((law.__doc__ or "").rstrip().endswith(".") for law in LAWS)
