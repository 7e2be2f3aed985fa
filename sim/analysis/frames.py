"""Rows as a data frame, and numbers in a line.

pandas is loaded when somebody wants a frame: it costs more time than many an answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.statistics import Estimate

if TYPE_CHECKING:
    from pandas import DataFrame


def frame_of(rows: Sequence[Sequence[object]], columns: Sequence[str]) -> DataFrame:
    """A data frame of these rows."""
    import pandas as pd

    return pd.DataFrame(rows, columns=list(columns))


def in_line(estimate: Estimate) -> str:
    """An estimate of money as a result shows itself: ``+84,000 (61,000 to 107,000)``."""
    return f"{estimate.mean:+,.0f} ({estimate.low:,.0f} to {estimate.high:,.0f})"
