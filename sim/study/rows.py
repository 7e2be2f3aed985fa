"""Runs as rows of the store: measures as numbers in the order of a list of keys, each split as a table of its own."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from sim.kpis import KPIS
from sim.study.database import Database
from sim.study.results import Floats
from sim.study.runs import Key
from sim.study.tasks import ByLabel, Measured

LARGEST = 2**63 - 1  # SQLite's integers; larger seeds are kept as text


def as_seed(seed: int) -> int | str:
    """A seed as the store has it."""
    return seed if seed <= LARGEST else str(seed)


class Ids(dict[tuple[str, str], int]):
    """Numbers of models and lists of keys, which are written once."""

    def of(self, connection: sqlite3.Connection, table: str, column: str, value: str) -> int:
        """The number, from what is known, from the file, or new."""
        if (table, value) not in self:
            connection.execute(f"INSERT OR IGNORE INTO {table} ({column}) VALUES (?)", (value,))
            found = connection.execute(f"SELECT id FROM {table} WHERE {column} = ?", (value,)).fetchone()
            self[table, value] = int(found[0])
        return self[table, value]

    def model(self, connection: sqlite3.Connection, version: str) -> int:
        """The number of a model."""
        return self.of(connection, "models", "version", version)

    def list(self, connection: sqlite3.Connection, keys: Iterable[str]) -> int:
        """The number of a list of measures, in its order."""
        return self.of(connection, "lists", "keys", json.dumps([*keys]))


def pack(values: Floats) -> bytes:
    """Measures as little-endian doubles."""
    return values.astype("<f8").tobytes()


def unpack(blob: bytes) -> Floats:
    """Measures as they were kept, to the bit."""
    return np.frombuffer(blob, dtype="<f8").astype(np.float64)


def pack_split(table: ByLabel) -> tuple[tuple[str, ...], str, bytes]:
    """One split: its measures' keys, its labels as JSON, and a row of numbers for each label, compressed."""
    keys = tuple(dict.fromkeys(key for row in table.values() for key in row))
    values = np.array([[row.get(key, np.nan) for key in keys] for row in table.values()], dtype="<f8")
    return keys, json.dumps([*table], ensure_ascii=False), zlib.compress(values.tobytes(), 1)


def unpack_split(keys: Sequence[str], labels: str, blob: bytes) -> ByLabel:
    """One split, as it was kept."""
    names = json.loads(labels)
    values = np.frombuffer(zlib.decompress(blob), dtype="<f8").reshape(len(names), len(keys)).tolist()
    return {label: dict(zip(keys, row, strict=True)) for label, row in zip(names, values, strict=True)}


def write_run(connection: sqlite3.Connection, ids: Ids, model: str, key: Key, run: Measured) -> None:
    """Keep a run; one that is there already gets the splits that it lacked.

    Where it is there with other measures, something of the machine has changed that no fingerprint sees (a library, a
    processor). It is replaced as a whole, so that measures and splits are always of the same run.
    """
    plan, seed, replication = key
    where = (ids.model(connection, model), plan, as_seed(seed), replication)
    what = (ids.list(connection, KPIS), pack(run.values))
    found = connection.execute(
        "SELECT list, measures, id FROM runs WHERE model = ? AND plan = ? AND seed = ? AND replication = ?", where
    ).fetchone()
    if found is not None and found[:2] != what:
        connection.execute("DELETE FROM splits WHERE run = ?", found[2:])
        connection.execute("DELETE FROM runs WHERE id = ?", found[2:])
        found = None
    number = found[2] if found is not None else _insert(connection, (*where, *what))
    for by, table in run.splits.items():
        keys, labels, numbers = pack_split(table)
        row = (number, by, ids.list(connection, keys), labels, numbers)
        connection.execute("INSERT OR IGNORE INTO splits VALUES (?, ?, ?, ?, ?)", row)


def _insert(connection: sqlite3.Connection, row: tuple[Any, ...]) -> int | None:
    return connection.execute(
        "INSERT INTO runs (model, plan, seed, replication, list, measures) VALUES (?, ?, ?, ?, ?, ?)", row
    ).lastrowid


def read_runs(
    database: Database, model: str, plan: str, seed: int, first: int, last: int, by: Sequence[str]
) -> Iterator[tuple[int, Measured]]:
    """Kept runs of a plan with today's measures and all these splits, by replication from ``first`` to ``last``."""
    lists = {number: tuple(json.loads(keys)) for number, keys in database.rows("SELECT id, keys FROM lists")}
    listed = next((number for number, keys in lists.items() if keys == tuple(KPIS)), None)
    joined = "".join(f" JOIN splits s{n} ON s{n}.run = r.id AND s{n}.by = ?" for n in range(len(by)))
    columns = "".join(f", s{n}.list, s{n}.labels, s{n}.measures" for n in range(len(by)))
    ask = (
        f"SELECT r.replication, r.measures{columns} FROM runs r{joined} "
        "WHERE r.model = (SELECT id FROM models WHERE version = ?) AND r.list = ? "
        "AND r.plan = ? AND r.seed = ? AND r.replication BETWEEN ? AND ?"
    )
    for n, values, *tables in database.rows(ask, (*by, model, listed, plan, as_seed(seed), first, last)):
        splits = {
            way: unpack_split(lists[number], labels, blob)
            for way, number, labels, blob in zip(by, tables[::3], tables[1::3], tables[2::3], strict=True)
        }
        yield n, Measured(unpack(values), splits)
