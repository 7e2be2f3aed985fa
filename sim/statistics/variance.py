"""Control variates: what is known for sure about the inputs makes the mean of an output more precise."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from sim.statistics.arrays import Floats, flat, student, upper_tail
from sim.statistics.intervals import Estimate


class Controlled(NamedTuple):
    """A mean adjusted for control variates, and what they brought.

    `estimate` is in the unit of the output, `coefficients` (q,) in that unit per unit of each control. `r2` is the
    share of the output's sample variance that the controls explain, `loss` the factor (n - 2) / (n - q - 2) by which
    estimating the coefficients raises the variance, `gain` the estimated variance of the plain mean over that of the
    adjusted one, loss included: so many times fewer replications; below 1 the controls do harm.
    """

    estimate: Estimate
    r2: float
    loss: float
    gain: float
    coefficients: Floats


def controlled(y: ArrayLike, controls: ArrayLike, known: ArrayLike, level: float = 0.95) -> Controlled:
    """The mean of `y` adjusted by regression for controls whose means are known, with Student's interval.

    `y` is float64, shape (n,); `controls` (n, q), or (n,) for one; `known`, their true means, (q,) or a number. The
    mean is the intercept of y on controls - known, its variance the residual one (n - q - 1 degrees of freedom)
    times the first element of (X'X)^-1. Unbiased and of exact level where y and controls are jointly normal, nearly
    so elsewhere. Raises `ValueError` for n <= q + 2 (the loss factor would be infinite), shapes that do not match,
    values that are not finite, controls that do not vary or repeat one another, or a level outside (0, 1). Source:
    Lavenberg and Welch (1981), Management Science 27, 322-335; loss factor: Lavenberg, Moeller and Welch (1982),
    Operations Research 30, 182-202.
    """
    output, deviations = _checked(y, controls, known)
    tail = upper_tail(level)
    n, q = deviations.shape
    scale = deviations.std(axis=0)
    orthogonal, triangle = np.linalg.qr(np.column_stack([np.ones(n), deviations / scale]))
    inverse = np.linalg.inv(triangle)
    solution = inverse @ (orthogonal.T @ output)
    mean, residual = float(solution[0]), output - orthogonal @ (orthogonal.T @ output)
    variance = float(residual @ residual) / (n - q - 1)
    half_width = student(tail, n - q - 1) * math.sqrt(variance * float(inverse[0] @ inverse[0]))
    estimate = Estimate(mean, mean - half_width, mean + half_width, n)
    return Controlled(estimate, *_brought(output, variance, q), solution[1:] / scale)


def _brought(output: Floats, variance: float, q: int) -> tuple[float, float, float]:
    """R2, loss factor and gain, from the residual variance that q controls leave; NaN where nothing varies."""
    n, total = output.size, float(output.var(ddof=1))
    loss = (n - 2) / (n - q - 2)
    if total == 0.0:
        return math.nan, loss, math.nan
    r2 = 1.0 - variance * (n - q - 1) / (total * (n - 1))
    return r2, loss, total / (variance * loss) if variance > 0.0 else math.inf


def _checked(y: ArrayLike, controls: ArrayLike, known: ArrayLike) -> tuple[Floats, Floats]:
    """The output and the deviations of the controls from their known means, (n,) and (n, q)."""
    output = flat(y, "y")
    inputs = np.asarray(controls, dtype=np.float64)
    inputs = inputs[:, np.newaxis] if inputs.ndim == 1 else inputs
    means = np.atleast_1d(np.asarray(known, dtype=np.float64))
    if inputs.ndim != 2 or inputs.shape[0] != output.size or means.shape != inputs.shape[1:]:
        raise ValueError(f"y {output.shape}, controls {inputs.shape} and known means {means.shape} do not match.")
    n, q = inputs.shape
    if n <= q + 2:
        raise ValueError(f"{q} controls need at least {q + 3} replications, not {n}.")
    if not (np.isfinite(output).all() and np.isfinite(inputs).all() and np.isfinite(means).all()):
        raise ValueError("output, controls and known means must be finite.")
    scale = inputs.std(axis=0)
    if np.any(scale <= 1e-12 * np.abs(inputs).max(axis=0)):
        raise ValueError("a control that never varies cannot explain anything: leave it out.")
    if np.linalg.matrix_rank((inputs - inputs.mean(axis=0)) / scale, tol=1e-8 * math.sqrt(n)) < q:
        raise ValueError("some controls repeat others: leave one out.")
    return output, inputs - means
