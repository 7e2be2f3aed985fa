"""Money: how customers pay, and what the shop costs. Amounts in the settings are in money, in the rules in cents."""

from __future__ import annotations

from sim.distributions import Distribution
from sim.shop.settings import Chance, NonNegative, Settings, setting, spread


class Prices(Settings):
    """Payment and costs."""

    currency: str = setting("$", "sign before amounts", grade="choice")
    pays_at_door_if_asked: Chance = setting(
        0.9, "pay at the door when the form of payment was asked on the phone", sensible=(0.6, 1)
    )
    pays_at_door: Chance = setting(0.5, "pay at the door otherwise", sensible=(0.2, 0.8))
    invoice_days: Distribution = setting(
        spread("gamma", 28.0, 0.6), "until an invoice is paid", unit="days", sensible=(10, 60)
    )
    bad_debt_share: Chance = setting(0.04, "invoices never paid", sensible=(0, 0.1))
    burden: NonNegative = setting(
        1.22, "cost of a wage over the wage", source="payroll taxes and insurance", grade="B", sensible=(1.1, 1.4)
    )
    overtime_factor: NonNegative = setting(1.5, "wage after hours", source="law", grade="A")
    hours_per_year: NonNegative = setting(
        2080.0, "paid hours of a full year", unit="h", source="40 h x 52 weeks", grade="A"
    )
    truck_per_year: NonNegative = setting(14_000.0, "a truck", unit="money/year", grade="C", sensible=(8_000, 20_000))
    seat_per_year: NonNegative = setting(
        3_500.0, "a seat in the office", unit="money/year", grade="C", sensible=(1_000, 8_000)
    )
    hiring_per_head: NonNegative = setting(
        4_700.0, "finding and settling in one more person, once (in no income statement: see baton hire)",
        unit="money", source="average cost per hire, US employers", grade="B", sensible=(2_000, 10_000),
    )  # fmt: skip
    training_per_head: NonNegative = setting(
        1_500.0, "teaching one person a second trade, once (in no income statement: see baton hire)",
        unit="money", sensible=(300, 5_000),
    )  # fmt: skip
    marketing_per_lead: NonNegative = setting(
        55.0, "a new lead", unit="money", source="35 to 95", grade="C", sensible=(35, 95)
    )


def cents(amount: float) -> int:
    """Money to whole cents, rounded half up."""
    return int(amount * 100.0 + 0.5)


def discounted(ticket: int, share: float) -> int:
    """What a discount takes off a ticket, in whole cents."""
    return int(ticket * share + 0.5)


def hourly_wage(per_year: float, per_hour: float, prices: Prices) -> float:
    """Wage an hour, from either way of saying it."""
    return per_hour if per_hour > 0 else per_year / prices.hours_per_year
