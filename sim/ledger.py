"""The ledger: append-only typed events in one flat schema, and the Run that they make up.

Columns, all float64 (-1 where a column does not apply): ``time`` in minutes from 00:00 of day 0, ``event`` (code of
:class:`sim.relay.Event`), ``root``, ``call``, ``job``, ``visit``, ``baton``, ``person`` (ids), ``cause`` (row of the
event that caused this one), ``detail`` (what the event code says).
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.relay import DAY_MIN
from sim.shop.scenario import Scenario

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

COLUMNS = ("time", "event", "root", "call", "job", "visit", "baton", "person", "cause", "detail")
WIDTH = len(COLUMNS)
_pack = struct.Struct("=d8qd").pack  # codes and ids are whole numbers; like floats they take eight bytes


class Ledger:
    """Rows are written in order of time and never changed."""

    __slots__ = ("_packed", "_rows", "_table")

    def __init__(self) -> None:
        self._packed = bytearray()
        self._table = np.empty((0, WIDTH))
        self._rows = 0

    def write(
        self, time: float, event: int, root: int = -1, call: int = -1, job: int = -1, visit: int = -1, baton: int = -1,
        person: int = -1, cause: int = -1, detail: float = 0.0,
    ) -> int:  # fmt: skip
        """Append one event and return its row, so that what it causes can point to it."""
        self._packed += _pack(time, event, root, call, job, visit, baton, person, cause, detail)
        row = self._rows
        self._rows = row + 1
        return row

    def __len__(self) -> int:
        return self._rows

    def columns(self) -> Columns:
        """All rows so far, by column."""
        rows = _unpacked(self._packed)
        self._packed = bytearray()
        self._table = np.concatenate((self._table, rows)) if len(self._table) else rows
        return Columns(self._table)


def _unpacked(packed: bytearray) -> Floats:
    """Packed rows as a table of floats, where they lie."""
    table = np.frombuffer(packed, dtype=np.float64).reshape(-1, WIDTH)
    whole = table.view(np.int64)
    for column in range(1, WIDTH - 1):
        table[:, column] = whole[:, column]
    return table


class Columns:
    """A read-only view of a ledger: one array a column, and the rows of each event code found once."""

    __slots__ = ("_by_code", "_order", "table")

    def __init__(self, table: Floats) -> None:
        self.table = table
        self.table.flags.writeable = False
        codes = table[:, 1].astype(np.int16)
        self._order = np.argsort(codes, kind="stable")
        found, starts = np.unique(codes[self._order], return_index=True)
        edges = [*starts.tolist(), len(codes)]
        self._by_code = {int(c): (edges[i], edges[i + 1]) for i, c in enumerate(found)}

    def __len__(self) -> int:
        return len(self.table)

    def __getattr__(self, name: str) -> Floats:
        try:
            return self.table[:, COLUMNS.index(name)]
        except ValueError:
            raise AttributeError(name) from None

    def rows(self, event: int) -> Ints:
        """Row numbers of one event code, in order of time."""
        start, end = self._by_code.get(int(event), (0, 0))
        return self._order[start:end]

    def of(self, event: int) -> Floats:
        """The rows of one event code as a table (rows x columns), in order of time."""
        return self.table[self.rows(event)]


class PersonRecord(NamedTuple):
    """A person as the accounts need them; ``id`` is what the ledger's person column holds."""

    id: int
    name: str
    group: str
    hats: tuple[int, ...]  # sim.relay.Hat, the ones normally worn
    wage_per_hour: float  # money
    truck: bool
    seat: bool


@dataclass(frozen=True, slots=True)
class Roots:
    """The table of root needs, one entry each, in order of birth (arrays of one length; money in cents)."""

    id: Ints
    key: NDArray[np.uint64]
    type: Ints  # index into the scenario's call types, in their order
    born: Floats  # minutes
    potential: Ints
    job_type: Ints  # index into the scenario's job types, in their order; -1 none
    tier: Ints
    recorded_tier: Ints
    parent: Ints  # root that referred this one, or -1
    attempts: Ints
    waited: Floats  # minutes in queue over all attempts
    first_cause: Ints  # Loss of the first failure, or -1
    forgotten: NDArray[np.bool_]
    collected: Ints
    discount: Ints
    uncollected: Ints
    unbilled: Ints


@dataclass(frozen=True, slots=True)
class Run:
    """What one replication of one scenario left behind."""

    scenario: Scenario
    seed: int
    replication: int
    ledger: Columns
    roots: Roots
    people: tuple[PersonRecord, ...]
    #: the slot of time for which service was offered but not drawn: how far the clock ran (drained runs go on)
    stopped_at: float

    @property
    def start(self) -> float:
        """Minute at which counting starts (the warm-up's end)."""
        return self.scenario.horizon.warmup_days * DAY_MIN

    @property
    def end(self) -> float:
        """Minute at which counting ends (the horizon)."""
        return self.start + self.scenario.days * DAY_MIN

    def digest(self) -> str:
        """A hash of the ledger, byte for byte: equal runs have equal digests on every machine."""
        return hashlib.blake2b(np.ascontiguousarray(self.ledger.table).tobytes(), digest_size=16).hexdigest()
