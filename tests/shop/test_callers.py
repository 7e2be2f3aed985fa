"""Callers: redials, competitors, the chance to book, and classes picked by one uniform."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.shop.callers import booking_chance, competitor_delay, cumulated, pick, redial_chance

uniforms = st.floats(0, 1, exclude_max=True)
weights = st.lists(st.floats(0, 100), min_size=1, max_size=6)


def test_redial_chances_go_by_attempt_and_the_last_repeats() -> None:
    """The first three attempts have their own chance, all later ones the last, and the time of day is a factor."""
    assert [redial_chance((0.5, 0.3, 0.1), attempt) for attempt in range(5)] == [0.5, 0.3, 0.1, 0.1, 0.1]
    assert redial_chance((0.5,), 3, 0.5) == 0.25
    assert redial_chance((0.5, 0.3), 1, 0.0) == 0.0


def test_half_of_the_leads_are_gone_after_the_half_life() -> None:
    """The median delay is the half-life, three quarters are gone after two, and without a half-life nobody is."""
    assert competitor_delay(0.5, 40.0) == pytest.approx(40.0)
    assert competitor_delay(0.75, 40.0) == pytest.approx(80.0)
    assert competitor_delay(0.0, 40.0) == 0.0
    assert competitor_delay(0.99, None) == math.inf


def test_the_product_rule_of_booking() -> None:
    """An average host books booked/best of those who could be won; rapport and coldness multiply."""
    assert booking_chance(0.6, 0.8, 1.0, 1.0) * 0.8 == pytest.approx(0.6)
    assert booking_chance(0.6, 0.8, 1.1, 0.5) == pytest.approx(0.6 / 0.8 * 1.1 * 0.5)
    assert booking_chance(0.6, 0.8, 2.0, 1.0) == 1.0
    assert booking_chance(0.0, 0.0, 1.0, 1.0) == 0.0


@given(weights, uniforms)
def test_a_class_is_picked_by_its_weight(shares: list[float], u: float) -> None:
    """The class is the one into whose part of the running sum the uniform falls, and it has a weight if any has."""
    edges = cumulated(shares)
    at = pick(u, edges)
    assert 0 <= at < len(shares)
    if sum(shares) > 0:
        assert edges[-1] == pytest.approx(1.0)
        assert (edges[at - 1] if at else 0.0) <= u
        assert u < edges[at] or at == len(shares) - 1


def test_a_class_of_no_weight_is_never_picked() -> None:
    """Zeros in front, in the middle and at the end are passed over."""
    edges = cumulated([0.0, 1.0, 0.0, 1.0, 0.0])
    assert {pick(u / 1000, edges) for u in range(1000)} == {1, 3}


def test_classes_are_picked_as_often_as_they_weigh() -> None:
    """Over an even grid of uniforms a class of weight 2 comes twice as often as one of weight 1."""
    edges = cumulated([2.0, 1.0])
    assert sum(pick((i + 0.5) / 300, edges) == 0 for i in range(300)) == 200
