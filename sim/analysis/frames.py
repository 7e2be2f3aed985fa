"""Rows as a data frame. pandas is loaded when somebody wants one: it costs more time than many an answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pandas import DataFrame


def frame_of(rows: Sequence[Sequence[object]], columns: Sequence[str]) -> DataFrame:
    """A data frame of these rows."""
    import pandas as pd

    return pd.DataFrame(rows, columns=list(columns))
