"""Jobs: travel, places, planned minutes, cancellations and follow-ups."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.shop.jobs import (
    Jobs,
    JobType,
    Replacement,
    cancel_chance,
    follow_up_sale_chance,
    mean_travel_min,
    place,
    planned_minutes,
    travel_minutes,
)
from sim.shop.settings import fixed, spread

JOBS = Jobs(travel_fixed_min=5.0, area_radius_km=12.0, speed_km_h=30.0, paperwork_min=fixed(10.0))
uniforms = st.floats(0, 1, exclude_max=True)


def test_travel_is_a_fixed_part_and_distance_over_speed() -> None:
    """Fifteen kilometres at thirty an hour are half an hour; noise and rush lengthen it, the desk's eye shortens it."""
    assert travel_minutes(15.0, 1.0, 1.0, 1.0, JOBS) == 35.0
    assert travel_minutes(15.0, 1.5, 1.0, 1.2, JOBS) == pytest.approx(5.0 + 30.0 * 1.8)
    assert travel_minutes(15.0, 1.0, 2.0, 1.0, JOBS) == 20.0
    assert travel_minutes(0.0, 9.0, 1.0, 9.0, JOBS) == 5.0


@given(uniforms, uniforms)
def test_places_lie_in_the_area(angle: float, radius: float) -> None:
    """No customer lives outside the radius."""
    x, y = place(angle, radius, 12.0)
    assert math.hypot(x, y) <= 12.0 + 1e-9


def test_places_are_uniform_in_the_area() -> None:
    """A quarter of them lies within half of the radius, and as many east as west."""
    points = [place((i + 0.5) / 40, (j + 0.5) / 40, 2.0) for i in range(40) for j in range(40)]
    assert sum(math.hypot(*point) < 1.0 for point in points) == 400
    assert sum(x > 0 for x, _ in points) == 800


def test_the_mean_distance_of_two_places() -> None:
    """Over a grid of places the mean distance is that of the disc, 128 R / (45 pi)."""
    points = [place((i + 0.5) / 12, (j + 0.5) / 12, 12.0) for i in range(12) for j in range(12)]
    mean = sum(math.dist(p, q) for p in points for q in points) / len(points) ** 2
    assert mean_travel_min(JOBS) == pytest.approx(5.0 + mean / 30.0 * 60.0, rel=0.02)


def test_what_the_slot_board_takes() -> None:
    """Mean travel, mean work and mean paperwork."""
    kind = JobType(share=1.0, trade="hvac", work_min=spread("gamma", 90.0, 0.5))
    assert planned_minutes(kind, JOBS) == pytest.approx(mean_travel_min(JOBS) + 100.0)


def test_cancellations_grow_with_the_days() -> None:
    """Three percent at once, one and a half more each day, and at most all."""
    jobs = Jobs(cancel_share=0.03, cancel_per_day=0.015)
    assert [cancel_chance(days, jobs) for days in (0, 2, 1000)] == pytest.approx([0.03, 0.06, 1.0])


@pytest.mark.parametrize(("days", "chance"), [(0, 0.4), (3, 0.2), (6, 0.1)])
def test_a_follow_up_decays_by_its_half_life(days: float, chance: float) -> None:
    """After each half-life the chance is half."""
    assert follow_up_sale_chance(days, 3.0, Replacement(follow_up_chance=0.4)) == pytest.approx(chance)


def test_a_follow_up_without_any_life_sells_nothing() -> None:
    """A half-life of 0 days leaves no chance."""
    assert follow_up_sale_chance(0.0, 0.0, Replacement(follow_up_chance=0.4)) == 0.0
