"""When a draw becomes known: the registry of sim.streams read against a ledger."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.ledger import Run
from sim.relay import Event, Handoff, Spent
from sim.streams import REVEALED

NEVER = float("inf")
_TIME, _EVENT, _ROOT, _JOB, _DETAIL = 0, 1, 2, 4, 9


def moment(run: Run, key: int, column: int, since: str = "") -> float:
    """The time at which the draw in a column of a root's row is revealed, as the registry says; infinite for never.

    Of a later attempt or visit only what follows the root's first row ``since`` counts.
    """
    ids = np.flatnonzero(run.roots.key == np.uint64(key))
    if not len(ids):
        return NEVER
    rows = rows_of(run, int(ids[0]))
    if since:
        rows = rows[_meant(rows, since).cumsum() > 0]
    if column not in REVEALED:
        return float(rows[0, _TIME]) if len(rows) else NEVER
    return min((_first(rows, said) for said in REVEALED[column]), default=NEVER)


def rows_of(run: Run, root: int) -> np.ndarray:  # type: ignore[type-arg]
    """The rows of a root and of its jobs, minutes spent on them included."""
    table = run.ledger.table
    jobs = np.unique(table[(table[:, _ROOT] == root) & (table[:, _JOB] >= 0), _JOB])
    return table[(table[:, _ROOT] == root) | np.isin(table[:, _JOB], jobs)]


def _first(rows: np.ndarray, said: str) -> float:  # type: ignore[type-arg]
    """The time of the first row that is meant."""
    what, _, after = said.partition(" after ")
    if after:
        starts = np.flatnonzero(_meant(rows, after))
        rows = rows[starts[0] + 1 :] if len(starts) else rows[:0]
    found = rows[_meant(rows, what)]
    return float(found[0, _TIME]) if len(found) else NEVER


def _meant(rows: np.ndarray, said: str) -> np.ndarray:  # type: ignore[type-arg]
    """Which rows a name means: ``WORK_DONE``, ``LOSS`` (any), ``TRAVEL`` (minutes), ``PASSED BRIEF``."""
    name, _, handoff = said.partition(" ")
    codes = rows[:, _EVENT]
    if name == "LOSS":
        return codes >= Event.LOSS
    if name in Event.__members__:
        meant = codes == Event[name]
        return meant & (rows[:, _DETAIL] == Handoff[handoff]) if handoff else meant
    return codes == Event.SPENT + Spent[name]


def names() -> Iterator[tuple[int, str]]:
    """Every column and every name that the registry has for it."""
    for column, said in REVEALED.items():
        for entry in said:
            for part in entry.split(" after "):
                yield column, part


def first_difference(one: Run, other: Run) -> float:
    """The time of the first row in which two ledgers differ; infinite if they are the same."""
    a, b = one.ledger.table, other.ledger.table
    n = min(len(a), len(b))
    differ = np.flatnonzero((a[:n] != b[:n]).any(axis=1))
    if len(differ):
        return float(min(a[differ[0], 0], b[differ[0], 0]))
    return NEVER if len(a) == len(b) else float((a if len(a) > n else b)[n, 0])
