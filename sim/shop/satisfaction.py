"""What a customer thinks of it in the end, and who is sent by them."""

from __future__ import annotations

from sim.distributions import Distribution
from sim.shop.settings import Chance, NonNegative, Settings, setting, spread


class Satisfaction(Settings):
    """Weights that nobody has measured: every verdict that rests on them is assumed."""

    forgotten_weight: NonNegative = setting(0.5, "lost when one was forgotten", sensible=(0.2, 0.9))
    broken_promise_weight: NonNegative = setting(0.2, "lost when a promised word did not come", sensible=(0, 0.5))
    late_weight_per_h: NonNegative = setting(0.1, "lost per hour after the window", unit="1/h", sensible=(0, 0.3))
    wait_weight_per_min: NonNegative = setting(0.01, "lost per minute on hold", unit="1/min", sensible=(0, 0.05))
    price_weight: NonNegative = setting(0.05, "lost by an average price", sensible=(0, 0.2))
    return_weight: NonNegative = setting(0.1, "lost by each further visit", sensible=(0, 0.3))
    referral_chance: Chance = setting(0.05, "a fully satisfied customer sends another", sensible=(0, 0.2))
    referral_delay_days: Distribution = setting(
        spread("exponential", 30.0), "until that one rings", unit="days", sensible=(7, 90)
    )
    save_chance: Chance = setting(0.8, "complaints that the manager saves", sensible=(0.4, 1))
    defused_by_rapport: Chance = setting(0.6, "complaints that an average host defuses", sensible=(0.2, 0.9))
    save_min: Distribution = setting(
        Distribution(family="uniform", low=10.0, high=20.0),
        "what a complaint takes the manager",
        unit="min",
        sensible=(5, 30),
    )
    save_discount: Chance = setting(0.1, "discount by which a complaint is saved", sensible=(0, 0.3))
    dispute_chance: Chance = setting(0.15, "forgotten customers who refuse to pay their invoice", sensible=(0, 0.5))


def satisfaction(
    *, forgotten: bool, broken_promise: bool, late_h: float, waited_min: float, visits: int, weights: Satisfaction
) -> float:
    """Satisfaction 0..1 at the end of a job."""
    lost = (
        weights.price_weight + weights.wait_weight_per_min * waited_min + weights.late_weight_per_h * max(late_h, 0.0)
    )
    lost += weights.return_weight * max(visits - 1, 0)
    lost += weights.forgotten_weight * forgotten + weights.broken_promise_weight * broken_promise
    return max(0.0, 1.0 - lost)


def sends_another(u: float, satisfied: float, weights: Satisfaction) -> bool:
    """Whether a customer sends another one."""
    return u < weights.referral_chance * satisfied
