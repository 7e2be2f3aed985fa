"""Small tools on ledger rows: positions by id, the first value by id, the next row of the same owner."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from sim.ledger import COLUMNS, Floats, Ints

Mask = NDArray[np.bool_]
TIME, EVENT, ROOT, CALL, JOB, VISIT, BATON, PERSON, CAUSE, DETAIL = range(len(COLUMNS))
NAN = math.nan
CENTS = 100.0


class Positions:
    """Where each id stands in a table; ids are small counters from 0."""

    def __init__(self, ids: Floats | Ints) -> None:
        whole = ids.astype(np.int64)
        self.n = len(whole)
        self._at = np.full(int(whole.max(initial=-1)) + 2, -1, dtype=np.int64)  # the last one stands for nobody
        self._at[whole] = np.arange(self.n)

    def of(self, ids: Floats | Ints) -> Ints:
        """The position of each id, -1 for those that are not in the table."""
        return self._at[np.minimum(ids.astype(np.int64), len(self._at) - 1)]


def last_by(positions: Ints, values: Floats, n: int, missing: float = NAN) -> Floats:
    """The last value written for each of ``n`` positions (-1 is nobody's)."""
    found = np.full(n + 1, missing)
    found[positions] = values  # of repeated positions the last assignment stays
    return found[:n]


def first_by(positions: Ints, values: Floats, n: int, missing: float = NAN) -> Floats:
    """The first value written for each of ``n`` positions (-1 is nobody's)."""
    return last_by(positions[::-1], values[::-1], n, missing)


def total_by(positions: Ints, values: Floats, n: int) -> Floats:
    """The sum of values for each of ``n`` positions (-1 is nobody's)."""
    return np.bincount(positions + 1, weights=values, minlength=n + 1)[1:].astype(np.float64, copy=False)


def any_by(positions: Ints, n: int) -> Mask:
    """Whether each of ``n`` positions (-1 is nobody's) occurs."""
    found = np.zeros(n + 1, dtype=np.bool_)
    found[positions] = True
    return found[:n]


def whole_cents(amounts: Floats) -> int:
    """The sum of amounts in cents, each rounded to a whole cent first, so that sums are exact."""
    return int(np.rint(amounts).astype(np.int64).sum())


def share(part: float, whole: float) -> float:
    """A part of a whole, NaN where there is nothing to have a part of."""
    return part / whole if whole else NAN


def mean(values: Floats) -> float:
    """The mean, NaN of nothing."""
    return float(values.mean()) if len(values) else NAN


def quantile(values: Floats, level: float) -> float:
    """The quantile between order statistics (numpy's linear rule), NaN of nothing."""
    return float(np.quantile(values, level)) if len(values) else NAN


def known(values: Floats) -> Floats:
    """What happened: the values that are not NaN."""
    return values[~np.isnan(values)]
