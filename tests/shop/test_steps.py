"""Values that change over the day: the day is a ring."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.shop.settings import RateStep, by_time

steps = st.lists(st.integers(0, 1439), min_size=1, max_size=6, unique=True).map(
    lambda starts: [RateStep(at=float(at), value=float(n)) for n, at in enumerate(sorted(starts))]
)


@pytest.mark.parametrize(("minute", "value"), [(0, 3.0), (479.9, 3.0), (480, 1.0), (719, 1.0), (720, 2.0), (1439, 3.0)])
def test_a_step_holds_until_the_next(minute: float, value: float) -> None:
    """From its time on, and before the first one the last of the evening still holds."""
    read = by_time([RateStep(at=480.0, value=1.0), RateStep(at=720.0, value=2.0), RateStep(at=1000.0, value=3.0)])
    assert read(minute) == value


@given(steps, st.floats(0, 1439.99))
def test_the_value_is_that_of_the_last_step_begun(said: list[RateStep], minute: float) -> None:
    """For any steps and minute: of those begun the latest, else the last of all."""
    begun = [step for step in said if step.at <= minute] or said
    assert by_time(said)(minute) == begun[-1].value


def test_one_value_holds_all_day_and_is_read_once() -> None:
    """A single step is one value, and what it is read as is made once."""
    made: list[float] = []
    read = by_time([RateStep(at=300.0, value=7.0)], lambda value: made.append(value) or value * 2)
    assert (read(0.0), read(1000.0), made) == (14.0, 14.0, [7.0])
