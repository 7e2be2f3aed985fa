"""The ledger: rows in, columns out, and a digest that any change shows in."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.ledger import COLUMNS, WIDTH, Columns, Ledger
from sim.relay import Event
from sim.run import simulate
from tests.world.little import scenario

events = st.sampled_from([Event.RANG, Event.ANSWERED, Event.SPENT, Event.LOSS])


def written(*rows: tuple[float, int, float]) -> Ledger:
    """A ledger of times, events and details."""
    ledger = Ledger()
    for time, event, detail in rows:
        ledger.write(time, event, detail=detail)
    return ledger


def test_a_row_is_what_was_written() -> None:
    """Every column holds what was said, and -1 where nothing was (the detail is 0)."""
    ledger = Ledger()
    assert ledger.write(1.5, Event.RANG, 1, 2, 3, 4, 5, 6, 7, 8.5) == 0
    assert ledger.write(2.5, Event.LEFT, person=9) == 1
    columns = ledger.columns()
    assert columns.table.tolist() == [
        [1.5, Event.RANG, 1, 2, 3, 4, 5, 6, 7, 8.5], [2.5, Event.LEFT, -1, -1, -1, -1, -1, 9, -1, 0.0],
    ]  # fmt: skip
    assert [getattr(columns, name).tolist()[0] for name in COLUMNS] == columns.table[0].tolist()


def test_there_is_no_other_column() -> None:
    """Asking for a column that does not exist is an AttributeError, as with any object."""
    with pytest.raises(AttributeError, match="colour"):
        _ = written((0.0, Event.RANG, 0.0)).columns().colour


def test_what_was_written_cannot_be_changed() -> None:
    """The table is read-only."""
    with pytest.raises(ValueError, match="read-only"):
        written((0.0, Event.RANG, 0.0)).columns().table[0, 0] = 1.0


@given(st.lists(st.tuples(st.floats(0, 100), events, st.floats(0, 9)), max_size=30))
def test_rows_of_an_event_are_found_in_order(rows: list[tuple[float, int, float]]) -> None:
    """Each code's rows are exactly those that hold it, in the order in which they were written."""
    columns = written(*rows).columns()
    assert len(columns) == len(rows)
    for event in Event:
        wanted = [n for n, row in enumerate(rows) if row[1] == event]
        assert columns.rows(event).tolist() == wanted
        assert columns.of(event).tolist() == columns.table[wanted].tolist()


def test_an_empty_ledger_has_no_rows() -> None:
    """Nothing happened, and every question about it has an empty answer."""
    columns = Ledger().columns()
    assert len(columns) == 0
    assert columns.of(Event.RANG).shape == (0, WIDTH)


def test_packing_in_chunks_changes_nothing() -> None:
    """More rows than one chunk holds come out in order, also when somebody looks in between."""
    ledger = Ledger()
    for n in range(45_000):
        assert ledger.write(float(n), Event.RANG if n % 3 else Event.LEFT, detail=n) == n
        if n == 30_000:
            assert len(ledger.columns()) == 30_001
    columns = ledger.columns()
    assert len(ledger) == len(columns) == 45_000
    assert np.array_equal(columns.detail, np.arange(45_000.0))
    assert len(columns.rows(Event.LEFT)) == 15_000


def test_columns_need_no_particular_order_of_codes() -> None:
    """Also a table whose codes fall is looked up right."""
    table = np.zeros((3, WIDTH))
    table[:, 1] = [Event.LEFT, Event.RANG, Event.LEFT]
    assert Columns(table).rows(Event.LEFT).tolist() == [0, 2]


SHOP = '[people.ann]\nhats = ["csr"]\n'


def test_equal_runs_have_equal_digests_and_others_do_not() -> None:
    """The digest is the same for the same scenario, seed and replication, and shows any difference in the ledger."""
    shop = scenario(SHOP, "09:00 question, 09:01 question")
    other = scenario(SHOP, "09:00 question, 09:01:00 question 3.001")
    assert simulate(shop).digest() == simulate(shop).digest()
    assert simulate(shop).digest() != simulate(other).digest()


def test_a_run_knows_who_took_part() -> None:
    """People come with their group, hats and hourly wage; roots in order of birth."""
    run = simulate(
        scenario(f"{SHOP}count = 2\nwage_per_year = 41600\nseat = true\n", "09:00 question, 09:01 billing 2")
    )
    assert [(p.name, p.group, p.hats, p.wage_per_hour, p.seat, p.truck) for p in run.people] == [
        ("ann 1", "ann", (0,), 20.0, True, False), ("ann 2", "ann", (0,), 20.0, True, False),
    ]  # fmt: skip
    assert run.roots.born.tolist() == [540.0, 541.0]
    assert run.roots.id.tolist() == [0, 1]
    assert run.stopped_at == 1440.0
