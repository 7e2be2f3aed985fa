"""Draws have addresses: where one is read never moves another."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.relay import Event, Spent
from sim.streams import (
    ATTEMPT_WIDTH,
    REVEALED,
    ROOT_WIDTH,
    VISIT_START,
    VISIT_WIDTH,
    Address,
    Draw,
    Streams,
    child_key,
    name_key,
    root_key,
)

addresses = st.sampled_from(list(Address))
entities = st.integers(0, 2**64 - 1)
numbers = st.integers(0, 2**53)


@given(addresses, entities, numbers, st.integers(1, 64))
def test_a_draw_is_found_at_its_address(address: int, entity: int, n: int, width: int) -> None:
    """The same address gives the same uniforms, whatever was read in between and however far one reads."""
    streams = Streams(7, 3)
    first = streams.row(address, entity, n, width)
    streams.block(Address.DAY, 5, 3, 7)
    assert streams.row(address, entity, n, width + 5)[:width] == first
    assert Streams(7, 3).row(address, entity, n, width) == first


@given(addresses, entities, numbers)
def test_another_address_is_another_draw(address: int, entity: int, n: int) -> None:
    """Changing any one part of the address, the seed or the replication changes every uniform."""
    here = Streams(1, 1).row(address, entity, n, 4)
    others = [
        Streams(1, 1).row(address % 10 + 1, entity, n, 4),
        Streams(1, 1).row(address, entity ^ 1, n, 4),
        Streams(1, 1).row(address, entity, n + 1, 4),
        Streams(2, 1).row(address, entity, n, 4),
        Streams(1, 2).row(address, entity, n, 4),
    ]
    assert all(set(here).isdisjoint(other) for other in others)


def test_a_longer_block_begins_with_the_shorter_one() -> None:
    """More callers on a day leave those before them as they were."""
    streams = Streams(1)
    assert np.array_equal(
        streams.block(Address.ROOT, 9, 50, ROOT_WIDTH)[:20], streams.block(Address.ROOT, 9, 20, ROOT_WIDTH)
    )


def test_an_override_replaces_one_draw_and_no_other() -> None:
    """In blocks and in rows the addressed uniform is the given one, and its neighbours stay."""
    plain = Streams(1)
    changed = Streams(
        1, 0, {(Address.ROOT, 9, 2, 5): 0.25, (Address.ATTEMPT, 9, 1, 0): 0.75, (Address.ROOT, 9, 99, 0): 0.5}
    )
    was, block = plain.block(Address.ROOT, 9, 4, 8), changed.block(Address.ROOT, 9, 4, 8)
    assert block[2, 5] == 0.25
    assert np.argwhere(was != block).tolist() == [[2, 5]]
    assert changed.row(Address.ATTEMPT, 9, 1)[0] == 0.75
    assert changed.row(Address.ATTEMPT, 9, 1)[1:] == plain.row(Address.ATTEMPT, 9, 1)[1:]
    assert changed.row(Address.ATTEMPT, 9, 2) == plain.row(Address.ATTEMPT, 9, 2)


def test_draws_are_uniform_and_unrelated_between_neighbours() -> None:
    """Ten thousand rows pass for uniforms, and columns and neighbouring rows are not correlated."""
    streams = Streams(5)
    drawn = np.array([streams.row(Address.ATTEMPT, root_key(3, 0, n), 0, 2) for n in range(10_000)])
    assert stats.kstest(drawn[:, 0], "uniform").pvalue > 1e-4
    assert abs(np.corrcoef(drawn.T)[0, 1]) < 0.04
    assert abs(np.corrcoef(drawn[:-1, 0], drawn[1:, 0])[0, 1]) < 0.04
    assert drawn.min() >= 0.0
    assert drawn.max() < 1.0


def test_every_column_has_its_place() -> None:
    """No two draws share a column, and each group keeps within its part of the row."""
    assert len({int(draw) for draw in Draw}) == len(Draw)
    assert max(Draw) < ROOT_WIDTH
    assert VISIT_START + VISIT_WIDTH == ROOT_WIDTH
    assert [draw.name for draw in Draw if draw < ATTEMPT_WIDTH][-1] == "LEAVE_SIDE"


def test_what_is_said_of_revelation_names_real_rows() -> None:
    """Each row with which a draw becomes known is named by an event of the ledger or by what minutes were spent on."""
    rows = {part.split()[0] for names in REVEALED.values() for name in names for part in name.split(" after ")}
    assert rows <= {event.name for event in Event} | {spent.name for spent in Spent}
    assert max(REVEALED) < ROOT_WIDTH


@pytest.mark.parametrize(("type_", "day", "row"), [(0, 0, 0), (2**24 - 1, 2**20 - 1, 2**20 - 1), (5, 3, 1)])
def test_a_roots_key_tells_type_day_and_row(type_: int, day: int, row: int) -> None:
    """The three parts do not run into one another."""
    key = root_key(type_, day, row)
    assert (key >> 40, key >> 20 & 2**20 - 1, key & 2**20 - 1) == (type_, day, row)


@given(st.integers(0, 2**64 - 1), st.integers(1, 100))
def test_a_childs_key_meets_no_fresh_root(parent: int, n: int) -> None:
    """A child's key has 64 bits with the mark set, and another number or parent has another key."""
    key = child_key(parent, n)
    assert key >> 63 == 1
    assert key.bit_length() == 64
    assert len({key, child_key(parent, n + 1), child_key(parent ^ 1, n)}) == 3


def test_a_names_key_is_the_same_on_every_machine() -> None:
    """The key of a name is 24 bits of its hash, known beforehand."""
    assert name_key("new") == 6199575
    assert len({name_key(name) for name in ("new", "repeat", "shopper", "status", "complaint", "trace")}) == 6


def test_a_seed_below_zero_is_refused() -> None:
    """Seeds and replications are whole numbers from 0 on."""
    with pytest.raises((ValueError, OverflowError)):
        Streams(-1)
