"""The rows of a run's ledger by event code, each taken once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from sim.kpis.arrays import Positions
from sim.ledger import Floats, Ints, Run


class Rows:
    """A run's ledger by event."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.window = (run.start, run.end)
        self._taken: dict[int, Floats] = {}

    def numbers(self, event: int) -> Ints:
        """Row numbers of one event code, in order of time."""
        return self.run.ledger.rows(event)

    def of(self, event: int) -> Floats:
        """All rows of one event code, in order of time."""
        taken = self._taken.get(event)
        if taken is None:
            taken = self._taken[event] = self.run.ledger.table.take(self.numbers(event), axis=0)
        return taken

    def of_any(self, events: Sequence[int]) -> tuple[Ints, Floats]:
        """Row numbers and rows of several event codes, in order of time."""
        numbers = np.sort(np.concatenate([self.numbers(event) for event in events]))
        return numbers, self.run.ledger.table.take(numbers, axis=0)

    def following(self, event: int, then: Sequence[int], owner: int) -> tuple[Floats, Ints]:
        """The rows of ``then``, and which of them comes next for the owner of each row of ``event`` (-1: none).

        ``owner`` is the column that tells whose rows belong together.
        """
        size = max(len(self.run.ledger), 1)
        numbers, rows = self.of_any(then)
        keys = rows[:, owner].astype(np.int64) * size + numbers
        order = np.argsort(keys)
        asked = self.of(event)[:, owner].astype(np.int64)
        at = np.searchsorted(keys[order], asked * size + self.numbers(event))
        at = np.append(order, -1)[at]
        same = (at >= 0) & (np.append(rows[:, owner], np.nan)[at] == asked)
        return rows, np.where(same, at, -1)

    @cached_property
    def roots(self) -> Positions:
        """Where each root stands in the run's table of roots."""
        return Positions(self.run.roots.id)

    @cached_property
    def people(self) -> Positions:
        """Where each person stands in the run's list of people."""
        return Positions(np.array([person.id for person in self.run.people], dtype=np.int64))
