"""Screening and the ladder: two thresholds and a hold, so that neither flaps."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.shop.ladder import Ladder, next_step, watch_delay
from sim.shop.screening import Screening, next_mode, triage

SCREENING = Screening(enabled=True, on_at=5.0, off_at=1.0, hold_min=30.0)
signals = st.lists(st.tuples(st.floats(0, 10), st.floats(0, 20)), max_size=40)


@pytest.mark.parametrize(
    ("on", "signal", "since", "then"),
    [
        (False, 4.99, 1e9, False), (False, 5.0, 0.0, True), (True, 3.0, 1e9, True), (True, 1.01, 1e9, True),
        (True, 1.0, 30.0, False), (True, 0.0, 29.9, True),
    ],
)  # fmt: skip
def test_screening_has_two_thresholds_and_a_hold(on: bool, signal: float, since: float, then: bool) -> None:
    """On at five or more, off at one or less, between them as it was, and on for half an hour at least."""
    assert next_mode(on, signal, since, SCREENING) is then


def test_without_screening_it_is_off() -> None:
    """Where it is not enabled no signal orders it."""
    assert not next_mode(True, 1e9, 0.0, Screening(on_at=5.0, off_at=1.0))


@given(signals)
def test_screening_does_not_flap(read: list[tuple[float, float]]) -> None:
    """Between going on and going off lies at least the hold, and every change has its threshold's reason."""
    on, since, now = False, -1e9, 0.0
    for signal, later in read:
        now += later
        then = next_mode(on, signal, now - since, SCREENING)
        if then and not on:
            assert signal >= SCREENING.on_at
            since = now
        elif on and not then:
            assert signal <= SCREENING.off_at
            assert now - since >= SCREENING.hold_min
            since = now
        on = then


@pytest.mark.parametrize(
    ("tier", "room", "booked"),
    [(0, True, True), (0, False, True), (1, True, True), (1, False, False), (2, True, False), (2, False, False)],
)
def test_the_triage_table(tier: int, room: bool, booked: bool) -> None:
    """Who has to love us is booked, who has to like us if there is room, the rest is declined."""
    assert triage(Screening(), tier, room) is booked


def test_the_triage_table_can_be_said_otherwise() -> None:
    """Each tier has its own rule."""
    screening = Screening(love="decline", like="book", rest="book_if_room")
    assert [triage(screening, tier, True) for tier in (0, 1, 2)] == [False, True, True]
    assert [triage(screening, tier, False) for tier in (0, 1, 2)] == [False, True, False]


LADDER = Ladder(enabled=True, up_below=0.75, down_at=0.95, longest_wait_s=120.0, hold_min=15.0,
                steps=("move_breaks", "stop_side_work"))  # fmt: skip


@pytest.mark.parametrize(
    ("step", "level", "longest", "since", "then"),
    [
        (0, 0.74, 0.0, 0.0, 1), (0, 0.75, 0.0, 0.0, 0), (0, 1.0, 120.0, 0.0, 1), (0, 1.0, 119.0, 0.0, 0),
        (1, 0.5, 0.0, 14.9, 1), (1, 0.5, 0.0, 15.0, 2), (2, 0.5, 500.0, 60.0, 2), (2, 0.95, 0.0, 60.0, 1),
        (2, 0.90, 0.0, 60.0, 2), (2, 0.99, 130.0, 60.0, 2), (1, 1.0, 0.0, 14.9, 1),
    ],
)  # fmt: skip
def test_the_ladders_next_step(step: int, level: float, longest: float, since: float, then: int) -> None:
    """Up by the level or the longest wait, down by the level, one step at a time, each held for its time."""
    assert next_step(step, level, longest, since, LADDER) == then


@given(st.integers(0, 2), st.floats(0, 1), st.floats(0, 500), st.floats(0, 60))
def test_the_ladder_never_jumps(step: int, level: float, longest: float, since: float) -> None:
    """Whatever is read, the next step is this one or a neighbour, and there is such a step."""
    then = next_step(step, level, longest, since, LADDER)
    assert abs(then - step) <= 1
    assert 0 <= then <= len(LADDER.steps)


def test_a_phone_in_the_pocket_shortens_the_watch() -> None:
    """Only with the phone the delay is times its factor."""
    assert watch_delay(Ladder(watch_delay_min=10.0)) == 10.0
    assert watch_delay(Ladder(watch_delay_min=10.0, phone_in_pocket=True, phone_in_pocket_factor=0.3)) == pytest.approx(
        3.0
    )
