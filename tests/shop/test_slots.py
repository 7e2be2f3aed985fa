"""The slot board: Hall's condition says exactly when the minutes can be given to technicians."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.shop.slots import Slots, capacities, fits, sellable, trade_sets

TRADES = ("drain", "hvac", "roof")
trades_of = st.sets(st.sampled_from(TRADES), min_size=1).map(frozenset)
people = st.lists(st.tuples(trades_of, st.integers(0, 4)), max_size=4)
jobs = st.lists(st.tuples(st.sampled_from(TRADES), st.integers(1, 3)), max_size=5)


def assignable(staff: list[tuple[frozenset[str], int]], wanted: dict[str, int]) -> bool:
    """Whether whole minutes can be given out: unit jobs matched to unit minutes by augmenting paths."""
    minutes = [trades for trades, n in staff for _ in range(n)]
    taken: dict[int, str] = {}
    units = [trade for trade, n in wanted.items() for _ in range(n)]

    def place(trade: str, seen: set[int]) -> bool:
        for at, trades in enumerate(minutes):
            if trade in trades and at not in seen:
                seen.add(at)
                if at not in taken or place(taken[at], seen):
                    taken[at] = trade
                    return True
        return False

    return all(place(trade, set()) for trade in units)


def test_the_sets_of_joined_trades() -> None:
    """Each of three trades that technicians join belongs to itself alone, two pairs and all three, the whole last."""
    sets = trade_sets(["hvac", "drain", "roof", "hvac"], [frozenset({"hvac", "drain"}), frozenset({"drain", "roof"})])
    assert sorted(sets) == list(TRADES)
    assert all(len(found) == 4 and found[-1] == frozenset(TRADES) for found in sets.values())
    assert all(name in s for name, found in sets.items() for s in found)


def test_trades_that_nobody_joins_share_nothing() -> None:
    """A trade whose technicians have no other is looked at by itself."""
    sets = trade_sets(TRADES, [frozenset({"hvac", "drain"}), frozenset({"roof"})])
    assert sets["roof"] == (frozenset({"roof"}),)
    assert sets["hvac"] == (frozenset({"hvac"}), frozenset({"drain", "hvac"}))


def test_of_very_many_joined_trades_the_single_ones_and_the_whole_are_looked_at() -> None:
    """Nine joined trades have two sets each, not two hundred and fifty-six."""
    names = [f"trade {n}" for n in range(9)]
    assert {len(found) for found in trade_sets(names, [frozenset(names)]).values()} == {2}


@given(people, jobs)
def test_halls_condition_is_the_existence_of_an_assignment(
    staff: list[tuple[frozenset[str], int]], wanted: list[tuple[str, int]]
) -> None:
    """Jobs are let in one after another exactly as long as the minutes can be given to technicians."""
    sets = trade_sets(TRADES, [trades for trades, _ in staff])
    every = sorted({s for found in sets.values() for s in found}, key=sorted)
    capacity = capacities([(trades, float(n)) for trades, n in staff], every)
    booked: dict[frozenset[str], float] = {}
    given_out = dict.fromkeys(TRADES, 0)
    for trade, minutes in wanted:
        fit = fits(float(minutes), sets[trade], capacity, booked, 1.0)
        assert fit == assignable(staff, given_out | {trade: given_out[trade] + minutes})
        if fit:
            given_out[trade] += minutes
            for s in sets[trade]:
                booked[s] = booked.get(s, 0.0) + minutes


@given(people)
def test_capacity_counts_everybody_once(staff: list[tuple[frozenset[str], int]]) -> None:
    """The capacity of a set is the minutes of those who have any of its trades, of all trades everybody's."""
    every = [frozenset(c) for n in (1, 2, 3) for c in combinations(TRADES, n)]
    capacity = capacities([(trades, float(n)) for trades, n in staff], every)
    assert capacity[frozenset(TRADES)] == sum(n for _, n in staff)
    assert all(capacity[s] <= capacity[t] for s in every for t in every if s <= t)


def test_emergencies_may_use_the_reserve() -> None:
    """A reserve of a tenth is kept from ordinary jobs and sold to emergencies, both times the overbooking."""
    settings = Slots(overbooking=1.2, emergency_reserve=0.1)
    assert sellable(settings, False) == pytest.approx(1.08)
    assert sellable(settings, True) == 1.2


def test_only_a_share_of_the_day_may_be_sold() -> None:
    """Ninety of a hundred minutes fit at a share of nine tenths, and not one more."""
    (sets,) = trade_sets(["hvac"]).values()
    capacity = {sets[0]: 100.0}
    assert fits(90.0, sets, capacity, {}, 0.9)
    assert not fits(1.0, sets, capacity, {sets[0]: 90.0}, 0.9)
    assert not fits(1.0, sets, {}, {}, 1.0)
