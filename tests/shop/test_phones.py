"""The phones' rules: hours, coldness and the score of a waiting call."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.shop.phones import Phones, coldness, is_open, score

OFFICE = Phones(open=480.0, close=1020.0, days=(True, True, True, True, True, False, False))


@pytest.mark.parametrize(
    ("weekday", "minute", "opened"),
    [(0, 479.9, False), (0, 480.0, True), (4, 1019.9, True), (4, 1020.0, False), (5, 600.0, False)],
)
def test_phone_hours(weekday: int, minute: float, opened: bool) -> None:
    """Open from the opening minute on, closed from the closing minute on and on days off."""
    assert is_open(OFFICE, weekday, minute) is opened


def test_coldness_is_lost_by_the_minute_and_by_breaking_into_work() -> None:
    """Three percent a minute, five more for broken work, and never less than nothing."""
    phones = Phones(colder_per_min=0.03, cold_after_side=0.05)
    assert coldness(0.0, False, phones) == 1.0
    assert coldness(2.0, False, phones) == pytest.approx(0.94)
    assert coldness(2.0, True, phones) == pytest.approx(0.94 * 0.95)
    assert coldness(1000.0, True, phones) == 0.0


@given(st.floats(0, 120), st.floats(0, 120), st.booleans())
def test_a_longer_wait_is_never_warmer(one: float, other: float, broke: bool) -> None:
    """Coldness falls with the wait, within 0 and 1."""
    short, long = sorted((one, other))
    assert 1 >= coldness(short, broke, OFFICE) >= coldness(long, broke, OFFICE) >= 0


def test_the_score_of_a_waiting_call() -> None:
    """A base, points for every second waited, and a bonus for a call that was moved."""
    assert score(10.0, 0.5, 3.0, 2.0) == 73.0
    assert score(0.0, 0.0, 0.0, 60.0) == 0.0
