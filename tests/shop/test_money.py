"""Prices, satisfaction and duties: cents, weights and pieces."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.shop.duties import pieces
from sim.shop.prices import Prices, cents, discounted, hourly_wage
from sim.shop.satisfaction import Satisfaction, satisfaction, sends_another

WEIGHTS = Satisfaction(
    forgotten_weight=0.5, broken_promise_weight=0.2, late_weight_per_h=0.1, wait_weight_per_min=0.01, price_weight=0.05,
    return_weight=0.1, referral_chance=0.4,
)  # fmt: skip


@pytest.mark.parametrize(("amount", "whole"), [(0.0, 0), (0.004, 0), (0.005, 1), (12.34, 1234), (199.999, 20000)])
def test_cents_are_rounded_half_up(amount: float, whole: int) -> None:
    """Half a cent is a cent."""
    assert cents(amount) == whole


@given(st.integers(0, 10**8))
def test_whole_cents_stay(amount: int) -> None:
    """An amount of whole cents is that many cents, however it is written."""
    assert cents(amount / 100) == amount


@given(st.floats(0, 1e6))
def test_rounding_is_never_off_by_more_than_half_a_cent(amount: float) -> None:
    """Against exact decimals the cents differ at most where the product itself was rounded."""
    exact = Decimal(amount) * 100
    assert abs(cents(amount) - int(exact.quantize(Decimal(1), ROUND_HALF_UP))) <= 1
    assert abs(Decimal(cents(amount)) - exact) <= Decimal("0.500001")


@given(st.integers(0, 10**8), st.floats(0, 1))
def test_a_discount_and_the_rest_are_the_ticket(ticket: int, share: float) -> None:
    """What is taken off lies between nothing and the ticket, so that the rest is never negative."""
    assert 0 <= discounted(ticket, share) <= ticket
    assert discounted(ticket, 0.0) == 0
    assert discounted(ticket, 1.0) == ticket


def test_an_hourly_wage_is_said_either_way() -> None:
    """A wage an hour is taken as it is, a year's is divided by the hours of a year."""
    prices = Prices(hours_per_year=2000.0)
    assert hourly_wage(0.0, 29.5, prices) == 29.5
    assert hourly_wage(50_000.0, 0.0, prices) == 25.0


@pytest.mark.parametrize(
    ("changed", "happy"),
    [
        ({}, 0.95),
        ({"forgotten": True}, 0.45),
        ({"broken_promise": True}, 0.75),
        ({"late_h": 2.0}, 0.75),
        ({"late_h": -5.0}, 0.95),
        ({"waited_min": 10.0}, 0.85),
        ({"visits": 3}, 0.75),
        ({"visits": 0}, 0.95),
        ({"forgotten": True, "broken_promise": True, "late_h": 9.0}, 0.0),
    ],
)
def test_satisfaction_loses_by_weights(changed: dict[str, float], happy: float) -> None:
    """Each thing that went wrong takes its weight, being early takes nothing, and it never falls below 0."""
    plain = {"forgotten": False, "broken_promise": False, "late_h": 0.0, "waited_min": 0.0, "visits": 1}
    assert satisfaction(**(plain | changed), weights=WEIGHTS) == pytest.approx(happy)  # type: ignore[arg-type]


def test_another_is_sent_in_proportion_to_satisfaction() -> None:
    """Of fully satisfied customers the whole chance, of half satisfied ones half of it, of others nobody."""
    assert sends_another(0.39, 1.0, WEIGHTS)
    assert not sends_another(0.21, 0.5, WEIGHTS)
    assert sends_another(0.19, 0.5, WEIGHTS)
    assert not sends_another(0.0, 0.0, WEIGHTS)


@given(st.integers(0, 600), st.integers(1, 120))
def test_duties_are_cut_into_pieces(total: int, piece: int) -> None:
    """The pieces add up to the day's minutes, all whole but the last one, which is what is left."""
    cut = pieces(float(total), float(piece))
    assert sum(cut) == pytest.approx(total)
    assert all(minutes == piece for minutes in cut[:-1])
    assert all(0 < minutes <= piece for minutes in cut)


def test_pieces_that_only_rounding_would_leave_are_not_made() -> None:
    """Three pieces of a tenth make three tenths, without a crumb."""
    assert pieces(0.3, 0.1) == [0.1, 0.1, 0.1]
