"""What a scenario says of a duration, an amount or a share: from family and moments to quantile function.

Sampling is by inverse distribution only: one uniform per quantity, so that common random numbers stay common.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from statistics import NormalDist
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

Quantile = Callable[[float], float]
Family = Literal[
    "exponential", "gamma", "lognormal", "weibull", "normal",
    "uniform", "triangular", "fixed", "empirical", "never",
]  # fmt: skip

FIRST_U = 2.0**-54  # stands in for u = 0, where the normal's inverse is minus infinity
LAST_U = 1.0 - 2.0**-53  # the largest float below 1
SMALLEST_CV = 1e-8  # less drowns in rounding
LARGEST_CV = 100.0  # more is a slip: 70 for 0.7
SMALLEST_SHAPE = {"gamma": 1e-4, "weibull": 0.2}  # less has a cv of more than that
LARGEST_SHAPE = 1e6
LARGEST_SIGMA = 3.0
LARGEST_MU = 50.0

_MEAN_AND_SPREAD = (("mean", "cv"), ("mean", "sd"))
_TAKES: dict[Family, tuple[tuple[str, ...], ...]] = {  # the ways to say each family
    "exponential": (("mean",),),
    "gamma": (*_MEAN_AND_SPREAD, ("shape", "scale")),
    "lognormal": (*_MEAN_AND_SPREAD, ("mu", "sigma")),
    "weibull": (*_MEAN_AND_SPREAD, ("shape", "scale")),
    "normal": _MEAN_AND_SPREAD,
    "uniform": (("low", "high"), *_MEAN_AND_SPREAD),
    "triangular": (("low", "mode", "high"), *_MEAN_AND_SPREAD),
    "fixed": (("mean",),),
    "empirical": (("values",), ("file",), ("file", "column")),
    "never": ((),),
}
_PARAMETERS = (
    "mean", "cv", "sd", "low", "mode", "high", "shape", "scale", "mu", "sigma", "values", "file", "column",
)  # fmt: skip
_SCALED = ("mean", "sd", "low", "mode", "high", "scale")
_HALF_WIDTH_IN_SD = {"uniform": math.sqrt(3.0), "triangular": math.sqrt(6.0)}


def _as_tuple(values: object) -> object:
    """TOML's lists arrive as Python lists, which a strict tuple refuses."""
    return tuple(values) if isinstance(values, list) else values


class Distribution(BaseModel):
    """A non-negative random quantity, as a scenario says it: ``{family = "lognormal", mean = 5, cv = 0.7}``.

    A spread is `cv` (sd over mean) or `sd`, never both; a spread of 0 is a fixed value. `uniform` takes `low`
    and `high`, `triangular` `low`, `mode` and `high`; either takes a mean and a spread instead and is then
    symmetric. `gamma` and `weibull` take a `shape` and a `scale` instead (a gamma of shape k is the sum of k
    exponentials of mean `scale`), `lognormal` the `mu` and `sigma` of the logarithm (of the number in `unit`).
    `normal` is cut at 0: max(0, X), with `mean` and spread those of the uncut X, so `expectation`
    is a little more. `never` is infinite (endless patience). `empirical` repeats the sample in `values`;
    where it names a `file` (and `column`), the scenario's loader reads it and fills `values`, this class
    reads nothing. `zero_share` (0..1) puts that probability on 0 and leaves the rest to the family, whose
    mean is that of the rest alone.

    Units: a duration is in minutes unless `unit` says "s" or "h", and the methods always answer in minutes.
    For anything but a duration leave `unit` out. Raises `pydantic.ValidationError`, one sentence per fault.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    family: Family
    mean: float | None = None
    cv: float | None = None
    sd: float | None = None
    low: float | None = None
    high: float | None = None
    mode: float | None = None
    shape: float | None = None
    scale: float | None = None
    mu: float | None = None
    sigma: float | None = None
    zero_share: float = Field(default=0.0, ge=0.0, le=1.0)
    values: Annotated[tuple[float, ...], BeforeValidator(_as_tuple)] | None = None
    file: str | None = None
    column: str | None = None
    unit: Literal["s", "min", "h"] | None = None

    @model_validator(mode="after")
    def _is_sound(self) -> Self:
        faults = [*_faults_of_choice(self), *_faults_of_size(self)] or [*_faults_of_shape(self)]
        if faults:
            raise ValueError(" ".join(faults))
        return self

    def quantile(self) -> Quantile:
        """Build the inverse distribution function: u in [0, 1) to a value (minutes where it is a duration).

        Never decreasing in u; u = 0 gives the lower end. Build once and keep: the closure is fast, building
        is not. Plain floats in, plain floats out. Raises `ValueError` for an empirical sample whose file was
        not read yet.
        """
        base = _BUILD[self.family](self._in_minutes())
        return _with_zeros(base, self.zero_share) if self.zero_share else base

    def expectation(self) -> float:
        """The exact mean in minutes (a duration), with the zeros and the normal's cut; inf for `never`.

        Raises `ValueError` for an empirical sample whose file was not read yet.
        """
        if self.zero_share == 1.0:
            return 0.0  # also for `never`: 0 times inf would be NaN
        return (1.0 - self.zero_share) * _expectation(self._in_minutes())

    def scaled(self, factor: float) -> "Distribution":
        """The distribution of `factor` (> 0) times the quantity; same family, cv, zeros and unit.

        Raises `ValueError` for another factor or for an empirical sample whose file was not read yet.
        """
        if not 0.0 < factor < math.inf:
            raise ValueError(f"a distribution can be scaled by a positive number only, not by {factor}.")
        return self._mapped(lambda x: x * factor)

    def _in_minutes(self) -> "Distribution":
        """The same quantity with every parameter in minutes."""
        if self.unit == "s":
            return self._mapped(lambda x: x / 60.0, unit="min")  # not times 1/60: 90 s are 1.5 exactly
        return self._mapped(lambda x: x * 60.0, unit="min") if self.unit == "h" else self

    def _mapped(self, scale: Callable[[float], float], **changed: object) -> "Distribution":
        for name in _SCALED:
            if (value := getattr(self, name)) is not None:
                changed[name] = scale(value)
        if self.mu is not None:
            changed["mu"] = self.mu + math.log(scale(1.0))
        if self.family == "empirical":
            changed["values"] = tuple(map(scale, _sample(self)))
        return self.model_copy(update=changed)


# What can be wrong with one, each fault a sentence.


def _quoted(names: Iterable[str]) -> str:
    return " and ".join(f'"{name}"' for name in names)


def _ways(family: Family) -> str:
    return ", or ".join(map(_quoted, _TAKES[family])) or "no parameter"


def _faults_of_choice(d: Distribution) -> Iterator[str]:
    """Parameters that are missing, of another family, or said twice."""
    given = [name for name in _PARAMETERS if getattr(d, name) is not None]
    used = {name for way in _TAKES[d.family] for name in way}
    for name in given:
        if name not in used:
            yield f'"{name}" is not used by the family "{d.family}", which takes {_ways(d.family)}.'
    if d.family == "empirical":
        yield from _faults_of_source(d)
    elif {"cv", "sd"} <= used.intersection(given):
        yield 'Give "cv" or "sd", not both: the one follows from the other and the mean.'
    else:
        yield from _faults_of_parts(d.family, [name for name in given if name in used])


def _faults_of_source(d: Distribution) -> Iterator[str]:
    """Unlike other families' parameters, a file, its column and the values read from it go together."""
    if d.values is None and d.file is None:
        yield 'The family "empirical" needs "values" (the sample itself) or "file" (where it is).'
    if d.column is not None and d.file is None:
        yield '"column" says which column of "file" to read, and "file" is missing.'


def _faults_of_parts(family: Family, given: list[str]) -> Iterator[str]:
    """Parameters that are no whole way to say the family, or more than one."""
    ways = _TAKES[family]
    if any(set(given) == set(way) for way in ways):
        return
    begun = [way for way in ways if set(given) < set(way)]
    if not begun:
        yield f'The family "{family}" takes {_ways(family)}, and not {_quoted(given)} together.'
    elif not given:
        yield f'The family "{family}" needs {_ways(family)}.'
    else:
        missing = " or ".join(_quoted(name for name in way if name not in given) for way in begun)
        yield f'The family "{family}" needs {_ways(family)}: {missing} is missing.'


def _faults_of_size(d: Distribution) -> Iterator[str]:
    """Numbers out of their range, one by one."""
    for name in ("mean", "cv", "sd", "low", "mode", "high", "scale", "sigma"):
        value = getattr(d, name)
        if value is not None and value < 0.0:
            yield f'"{name}" is {value:g}: it cannot be negative.'
    least = SMALLEST_SHAPE.get(d.family, 0.0)
    if d.shape is not None and not least <= d.shape <= LARGEST_SHAPE:
        yield f'"shape" is {d.shape:g}: it should be between {least:g} and {LARGEST_SHAPE:g}.'
    if d.sigma is not None and d.sigma > LARGEST_SIGMA:
        yield f'"sigma" is {d.sigma:g}: it should be at most {LARGEST_SIGMA:g}.'
    if d.mu is not None and abs(d.mu) > LARGEST_MU:
        yield f'"mu" is {d.mu:g}: it should be between {-LARGEST_MU:g} and {LARGEST_MU:g}, that of a logarithm.'
    if d.cv is not None and d.cv > LARGEST_CV:
        yield f'"cv" is {d.cv:g}, above {LARGEST_CV:g}: it is the sd over the mean (0.7), no percentage.'
    if d.values is not None and not d.values:
        yield '"values" is empty: an empirical sample needs at least one number.'
    if d.values and min(d.values) < 0.0:
        yield f'"values" holds {min(d.values):g}: a sample cannot be negative.'


def _faults_of_shape(d: Distribution) -> Iterator[str]:
    """Numbers that do not go together; asked only once each is sound by itself."""
    if d.mean is None:
        yield from _faults_of_ends(d)
    elif d.sd is not None and d.family != "normal" and d.sd > LARGEST_CV * d.mean:
        yield f'"sd" ({d.sd:g}) is more than {LARGEST_CV:g} times "mean" ({d.mean:g}).'
    elif (reach := _HALF_WIDTH_IN_SD.get(d.family)) and (cv := _cv(d)) * reach > 1.0 + 1e-12:
        yield f'A "{d.family}" with a cv of {cv:g} would reach below 0: it can be at most {1 / reach:.3f}.'


def _faults_of_ends(d: Distribution) -> Iterator[str]:
    if d.low is None or d.high is None:
        return
    if d.low > d.high:
        yield f'"low" ({d.low:g}) is above "high" ({d.high:g}).'
    elif d.mode is not None and not d.low <= d.mode <= d.high:
        yield f'"mode" ({d.mode:g}) lies outside "low" to "high" ({d.low:g} to {d.high:g}).'


# Its moments.


def _mean(d: Distribution) -> float:
    if d.mean is not None:
        return d.mean
    if d.mu is not None and d.sigma is not None:
        return math.exp(d.mu + d.sigma * d.sigma / 2.0)
    assert d.shape is not None, "the validator lets no family pass without the parameters it reads"
    assert d.scale is not None, "the validator lets no family pass without the parameters it reads"
    return d.scale * (d.shape if d.family == "gamma" else math.gamma(1.0 + 1.0 / d.shape))


def _sd(d: Distribution) -> float:
    return d.sd if d.sd is not None else (d.cv or 0.0) * _mean(d)


def _cv(d: Distribution) -> float:
    """The coefficient of variation; 0, so a fixed value, where the spread would drown in rounding."""
    if d.mean is None:
        return _own_cv(d)
    if not d.mean:
        return 0.0
    cv = d.cv if d.cv is not None else _sd(d) / d.mean
    return cv if cv > SMALLEST_CV else 0.0


def _own_cv(d: Distribution) -> float:
    """The coefficient of variation of a gamma or lognormal by its natural parameters, 0 where it is fixed."""
    if d.sigma is not None:
        return math.sqrt(math.expm1(d.sigma * d.sigma)) if d.sigma > SMALLEST_CV else 0.0
    return 1.0 / math.sqrt(d.shape) if d.shape and d.scale else 0.0


def _ends(d: Distribution) -> tuple[float, float]:
    if d.low is not None and d.high is not None:
        return d.low, d.high
    half_width = _HALF_WIDTH_IN_SD[d.family] * _sd(d)
    return max(0.0, _mean(d) - half_width), _mean(d) + half_width


def _sample(d: Distribution) -> tuple[float, ...]:
    if d.values is None:
        raise ValueError(f'the sample in "{d.file}" has not been read yet: load the scenario first.')
    return d.values


def _expectation(d: Distribution) -> float:
    if d.family == "never":
        return math.inf
    if d.family == "empirical":
        return math.fsum(_sample(d)) / len(_sample(d))
    if d.mean is not None:
        return _cut_normal_mean(d.mean, _sd(d)) if d.family == "normal" else d.mean
    if d.low is None:
        return _mean(d)
    low, high = _ends(d)
    return (low + high) / 2.0 if d.mode is None else (low + d.mode + high) / 3.0


def _cut_normal_mean(mean: float, sd: float) -> float:
    """E max(0, X) for a normal X. Source: Greene, Econometric Analysis, moments of the censored normal."""
    if sd == 0.0:
        return mean
    standard = NormalDist()
    return mean * standard.cdf(mean / sd) + sd * standard.pdf(mean / sd)


# Its inverse distribution, by family (textbook inverses: Law, Simulation Modeling and Analysis, chapter 8).


def _constant(value: float) -> Quantile:
    return lambda u: value


def _fixed(d: Distribution) -> Quantile:
    return _constant(_mean(d))


def _never(d: Distribution) -> Quantile:
    return _constant(math.inf)


def _exponential(d: Distribution) -> Quantile:
    minus_mean, log1p = -_mean(d), math.log1p
    return lambda u: minus_mean * log1p(-u)


def _gamma(d: Distribution) -> Quantile:
    if not (cv := _cv(d)):
        return _fixed(d)
    # imported here because scipy costs 0.13 s; the scalar version is two to seven times faster than the ufunc
    from scipy.special.cython_special import gammaincinv  # type: ignore[import-untyped,unused-ignore]

    inverse: Callable[[float, float], float] = gammaincinv
    shape, scale = 1.0 / (cv * cv), _mean(d) * cv * cv
    return lambda u: scale * inverse(shape, u)


def _lognormal(d: Distribution) -> Quantile:
    """Sigma squared is ln(1 + cv^2), mu is ln(mean) less half of it."""
    if not (cv := _cv(d)):
        return _fixed(d)
    sigma_squared = math.log1p(cv * cv)
    sigma, mu = math.sqrt(sigma_squared), math.log(_mean(d)) - sigma_squared / 2.0
    inverse, exp = NormalDist(mu, sigma).inv_cdf, math.exp
    return lambda u: exp(inverse(u if u > FIRST_U else FIRST_U))


def _weibull(d: Distribution) -> Quantile:
    log1p, raised = math.log1p, math.pow
    if d.shape is not None and d.scale is not None:
        power, scale = 1.0 / d.shape, d.scale
    elif cv := _cv(d):
        power = _weibull_power(cv)
        scale = _mean(d) / math.gamma(1.0 + power)
    else:
        return _fixed(d)
    return lambda u: scale * raised(-log1p(-u), power)


@lru_cache(maxsize=1024)
def _weibull_power(cv: float) -> float:
    """One over the Weibull's shape k, for a coefficient of variation in (0, 100]; no unit.

    Solves ln(1 + cv^2) = ln G(1 + 2/k) - 2 ln G(1 + 1/k), which rises with 1/k, by halving the interval.
    Source: its moments in Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions 1, chapter 21.
    """
    if cv < 1e-5:  # the difference drowns in rounding; its first term is (pi / k)^2 / 6
        return cv * math.sqrt(6.0) / math.pi
    target, low, high = math.log1p(cv * cv), 0.0, 16.0
    while low < (middle := (low + high) / 2.0) < high:
        if math.lgamma(1.0 + 2.0 * middle) - 2.0 * math.lgamma(1.0 + middle) < target:
            low = middle
        else:
            high = middle
    return high


def _normal(d: Distribution) -> Quantile:
    if not (sd := _sd(d)):
        return _fixed(d)
    inverse = NormalDist(_mean(d), sd).inv_cdf

    def cut(u: float) -> float:
        x = inverse(u if u > FIRST_U else FIRST_U)
        return x if x > 0.0 else 0.0

    return cut


def _uniform(d: Distribution) -> Quantile:
    low, high = _ends(d)
    width = high - low
    return lambda u: low + u * width


def _triangular(d: Distribution) -> Quantile:
    low, high = _ends(d)
    if low == high:
        return _constant(low)
    mode = d.mode if d.mode is not None else _mean(d)
    width, sqrt = high - low, math.sqrt
    rising, falling, peak = width * (mode - low), width * (high - mode), (mode - low) / width
    return lambda u: low + sqrt(u * rising) if u < peak else high - sqrt((1.0 - u) * falling)


def _empirical(d: Distribution) -> Quantile:
    """The inverse of the sample's step distribution function: the floor(u n)th from below, counted from 0."""
    ascending = sorted(_sample(d))
    n = len(ascending)
    return lambda u: ascending[int(u * n)]


def _with_zeros(base: Quantile, zero_share: float) -> Quantile:
    """A point mass at 0 below, the family above; the division may round up to 1, hence the last u below 1."""
    rest = 1.0 - zero_share

    def mixed(u: float) -> float:
        if u < zero_share:
            return 0.0
        v = (u - zero_share) / rest
        return base(v if v < LAST_U else LAST_U)

    return mixed


_BUILD: dict[Family, Callable[[Distribution], Quantile]] = {
    "exponential": _exponential,
    "gamma": _gamma,
    "lognormal": _lognormal,
    "weibull": _weibull,
    "normal": _normal,
    "uniform": _uniform,
    "triangular": _triangular,
    "fixed": _fixed,
    "empirical": _empirical,
    "never": _never,
}
