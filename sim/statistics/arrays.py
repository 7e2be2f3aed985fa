"""What the rooms of statistics share: arrays as they should be, and Student's quantile."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def flat(x: ArrayLike, name: str) -> Floats:
    """One-dimensional float64, shape (n,). Raises `ValueError` for another shape."""
    array = np.asarray(x, dtype=np.float64)
    if array.ndim != 1:
        raise ValueError(f"{name} must have one dimension, not the shape {array.shape}.")
    return array


def matched(x: ArrayLike, y: ArrayLike, name_x: str, name_y: str) -> tuple[Floats, Floats]:
    """Both one-dimensional, shape (n,). Raises `ValueError` for shapes that differ."""
    first, second = flat(x, name_x), flat(y, name_y)
    if first.size != second.size:
        raise ValueError(f"{name_x} has {first.size} entries and {name_y} {second.size}: they must match.")
    return first, second


def present(x: Floats) -> Floats:
    """Without what never happened (NaN)."""
    return x[~np.isnan(x)]


def upper_tail(level: float) -> float:
    """The probability below the upper limit of a two-sided interval. Raises `ValueError` for a level outside (0, 1)."""
    if not 0.0 < level < 1.0:
        raise ValueError(f"the level must lie between 0 and 1, for example 0.95, not {level}.")
    return (1.0 + level) / 2.0


def student(tail: float, df: float) -> float:
    """The quantile of Student's t with `df` degrees of freedom."""
    from scipy.special import stdtrit  # type: ignore[import-untyped,unused-ignore]

    return float(stdtrit(df, tail))
