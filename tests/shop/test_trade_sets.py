"""Which sets of trades share technicians' minutes."""

from __future__ import annotations

from sim.shop.slots import trade_sets


def test_trades_that_nobody_joins_are_looked_at_apart() -> None:
    """Two trades without a common technician have one set each."""
    sets = trade_sets(["gas", "water"], [frozenset({"gas"}), frozenset({"water"})])
    assert sets == {"gas": (frozenset({"gas"}),), "water": (frozenset({"water"}),)}


def test_a_technician_of_two_trades_joins_them() -> None:
    """Trades with a common technician also have their union, and it comes last."""
    sets = trade_sets(["gas", "water"], [frozenset({"gas", "water"})])
    assert sets["gas"] == (frozenset({"gas"}), frozenset({"gas", "water"}))
    assert sets["water"][-1] == frozenset({"gas", "water"})


def test_many_joined_trades_stay_few_sets() -> None:
    """Forty trades that one technician joins give two sets a trade, not two to the fortieth."""
    names = [f"trade {n}" for n in range(40)]
    sets = trade_sets(names, [frozenset(names)])
    assert all(len(found) == 2 for found in sets.values())
