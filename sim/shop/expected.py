"""What a bill and a quote are worth before their luck is known, in cents.

A served job's amounts hang on draws that no decision and no other event ever reads: the size of the ticket, the price
of a replacement, whether a bill is paid at all. And a quote's sale hangs on draws that nothing has read before it is
decided. So each amount may be scored by its expectation given all that came before, and the mean over replications
stays what it was (the tower property), with less noise. Amounts are rounded to whole cents after they are drawn, which
moves a mean by half a cent at most for a ticket, and as much for each discount and share of it.
"""

from __future__ import annotations

from sim.distributions import Distribution
from sim.shop.jobs import Replacement


def expected_cents(amount: Distribution) -> float:
    """Mean of an amount that is given in money, in cents."""
    return amount.expectation() * 100.0


def on_site_chance(sales: float, replacement: Replacement) -> float:
    """Chance that a technician with a sales gift closes a quote on site, among customers whom the best would win."""
    if replacement.best_share <= 0.0:
        return 0.0
    return min(1.0, replacement.sold_share / replacement.best_share * sales)


def in_all(on_site: float, follow_up: float) -> float:
    """Chance of a sale on site or by the follow-up, which wins its share of the others; among the winnable."""
    return on_site + (1.0 - on_site) * follow_up


def sale_chance(sold_by_now: float, sold_before: float, replacement: Replacement) -> float:
    """Chance that a quote is sold now, given that it was not sold before, among all customers.

    ``sold_by_now`` and ``sold_before`` are the chances among the winnable that it is sold by now and was before.
    """
    unsold = 1.0 - replacement.best_share * sold_before
    return replacement.best_share * max(0.0, sold_by_now - sold_before) / unsold if unsold > 0.0 else 0.0
