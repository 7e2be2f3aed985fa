"""Families and moments become the right quantiles, and a wrong table is told what is wrong with it."""

import math
import pickle
import statistics
import subprocess
import sys
import tomllib
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy import stats

from sim.distributions import LAST_U, Distribution

EVERY_FAMILY: list[dict[str, Any]] = [
    {"family": "exponential", "mean": 4.0},
    {"family": "gamma", "mean": 5.0, "cv": 0.7},
    {"family": "gamma", "mean": 5.0, "sd": 8.0},
    {"family": "lognormal", "mean": 5.0, "cv": 0.7},
    {"family": "weibull", "mean": 5.0, "cv": 0.7},
    {"family": "weibull", "mean": 5.0, "cv": 1.6},
    {"family": "normal", "mean": 5.0, "sd": 1.0},
    {"family": "normal", "mean": 5.0, "cv": 1.0},
    {"family": "uniform", "low": 3.0, "high": 7.0},
    {"family": "uniform", "mean": 5.0, "cv": 0.5},
    {"family": "triangular", "low": 1.0, "mode": 2.0, "high": 6.0},
    {"family": "triangular", "low": 1.0, "mode": 1.0, "high": 6.0},
    {"family": "triangular", "low": 1.0, "mode": 6.0, "high": 6.0},
    {"family": "triangular", "mean": 5.0, "sd": 1.0},
    {"family": "gamma", "shape": 2.0, "scale": 3.0},
    {"family": "weibull", "shape": 1.5, "scale": 4.0},
    {"family": "lognormal", "mu": -0.5, "sigma": 0.8},
    {"family": "fixed", "mean": 5.0},
    {"family": "empirical", "values": [4.0, 1.0, 1.0, 9.0]},
]
WITH_SPREAD = [table for table in EVERY_FAMILY if "mean" in table and ("cv" in table or "sd" in table)]
UNCUT = [table for table in WITH_SPREAD if table != {"family": "normal", "mean": 5.0, "cv": 1.0}]

below_1 = st.floats(0.0, LAST_U)
means = st.integers(0, 10**7).map(lambda thousandths: thousandths / 1000)
cvs = st.floats(0.0, 5.0)


def named(table: dict[str, Any]) -> str:
    """A test's name for a table."""
    return "-".join(f"{value}" for value in table.values()).replace(" ", "")


def each_of(tables: list[dict[str, Any]]) -> pytest.MarkDecorator:
    """Run a test once for each table."""
    return pytest.mark.parametrize("table", tables, ids=named)


def grid(d: Distribution, n: int = 40_000) -> list[float]:
    """The quantiles at n midpoints: averages over them are integrals over u."""
    quantile = d.quantile()
    return [quantile((i + 0.5) / n) for i in range(n)]


def says(**table: object) -> str:
    """What the validation says of a faulty table."""
    with pytest.raises(ValidationError) as caught:
        Distribution.model_validate(table)
    return " ".join(error["msg"].removeprefix("Value error, ") for error in caught.value.errors())


@st.composite
def tables(draw: st.DrawFn) -> dict[str, Any]:
    """A sound table of any family but `never`."""
    family = draw(st.sampled_from([table["family"] for table in EVERY_FAMILY]))
    low, mode, high = sorted(draw(st.tuples(means, means, means)))
    mean, cv = draw(means), draw(cvs)
    parts: dict[str, dict[str, Any]] = {
        "exponential": {"mean": mean},
        "fixed": {"mean": mean},
        "uniform": {"low": low, "high": high},
        "triangular": {"low": low, "mode": mode, "high": high},
        "empirical": {"values": draw(st.lists(means, min_size=1, max_size=20))},
    }
    common = {"zero_share": draw(st.floats(0.0, 1.0)), "unit": draw(st.sampled_from([None, "s", "min", "h"]))}
    return {"family": family, **parts.get(family, {"mean": mean, "cv": cv}), **common}


# Quantiles


@given(tables(), below_1, below_1)
def test_quantiles_never_decrease(table: dict[str, Any], u: float, v: float) -> None:
    """A larger uniform never gives a smaller value (beyond the last bits of a float), nor a negative one."""
    quantile = Distribution(**table).quantile()
    smaller, larger = quantile(min(u, v)), quantile(max(u, v))
    assert 0.0 <= smaller <= larger * (1.0 + 1e-9) + 1e-9


@given(tables())
def test_both_ends_of_the_uniform_are_served(table: dict[str, Any]) -> None:
    """Neither u = 0 nor the last float below 1 raises or leaves the finite numbers."""
    quantile = Distribution(**table).quantile()
    assert 0.0 <= quantile(0.0) <= quantile(LAST_U) < math.inf


@each_of(EVERY_FAMILY)
def test_neighbouring_quantiles_never_decrease(table: dict[str, Any]) -> None:
    """On a fine grid through the body of the distribution no step goes down."""
    values = np.array(grid(Distribution(**table)))
    assert np.all(np.diff(values) >= 0.0)


@each_of(EVERY_FAMILY)
def test_quantiles_average_to_the_expectation(table: dict[str, Any]) -> None:
    """The integral of the quantile function is what `expectation` says in closed form."""
    d = Distribution(**table)
    assert statistics.fmean(grid(d)) == pytest.approx(d.expectation(), rel=2e-3)


@each_of(UNCUT)
def test_the_moments_asked_for_come_back(table: dict[str, Any]) -> None:
    """Mean and coefficient of variation of the quantiles are those of the table."""
    values = grid(Distribution(**table))
    mean = statistics.fmean(values)
    assert mean == pytest.approx(table["mean"], rel=2e-3)
    assert statistics.pstdev(values) / mean == pytest.approx(table.get("cv", table.get("sd", 0.0) / 5.0), rel=2e-2)


@pytest.mark.parametrize("cv", [1e-7, 1e-3, 0.3, 1.0, 4.0])
def test_quantiles_agree_with_scipy(cv: float) -> None:
    """Gamma, lognormal and weibull have the quantiles that scipy finds for the same shape."""
    u = np.array([1e-9, 0.01, 0.3, 0.5, 0.9, 0.999])
    sigma2 = math.log1p(cv * cv)
    expected = {
        "gamma": stats.gamma.ppf(u, 1 / cv**2, scale=5 * cv**2),
        "lognormal": stats.lognorm.ppf(u, math.sqrt(sigma2), scale=5 * math.exp(-sigma2 / 2)),
    }
    for family, values in expected.items():
        quantile = Distribution.model_validate({"family": family, "mean": 5, "cv": cv}).quantile()
        assert [quantile(x) for x in u.tolist()] == pytest.approx(values, rel=1e-9, abs=1e-300)


def test_natural_parameters_are_scipys() -> None:
    """Shape and scale of gamma and weibull, mu and sigma of the lognormal mean what they mean in scipy."""
    u = np.array([1e-9, 0.01, 0.3, 0.5, 0.9, 0.999])
    shape_scale: dict[str, object] = {"shape": 0.7, "scale": 3, "unit": "h"}
    for table, expected in (
        ({"family": "gamma", **shape_scale}, stats.gamma(0.7, scale=180)),
        ({"family": "weibull", **shape_scale}, stats.weibull_min(0.7, scale=180)),
        ({"family": "lognormal", "mu": 5, "sigma": 0.8, "unit": "s"}, stats.lognorm(0.8, scale=math.exp(5) / 60)),
    ):
        d = Distribution.model_validate(table)
        assert [d.quantile()(x) for x in u.tolist()] == pytest.approx(expected.ppf(u), rel=1e-9)
        assert d.expectation() == pytest.approx(expected.mean())


@pytest.mark.parametrize(("shape", "mean"), [(0.5, 2.0), (1.0, 1.0), (2.0, math.gamma(1.5)), (30.0, 0.98)])
def test_weibull_finds_its_shape(shape: float, mean: float) -> None:
    """From the mean and cv of a Weibull of known shape come that Weibull's quantiles."""
    scale = mean / math.gamma(1 + 1 / shape)
    sd = float(stats.weibull_min.std(shape, scale=scale))
    quantile = Distribution(family="weibull", mean=mean, sd=sd).quantile()
    for u in (0.01, 0.5, 0.99):
        assert quantile(u) == pytest.approx(stats.weibull_min.ppf(u, shape, scale=scale), rel=1e-8)


def test_exponential_quantile_is_the_textbook_one() -> None:
    """An exponential's median is its mean times ln 2."""
    assert Distribution(family="exponential", mean=4).quantile()(0.5) == pytest.approx(4 * math.log(2))


def test_triangular_reaches_its_corners() -> None:
    """A triangular starts at low, has its mode where the two sides meet and ends at high."""
    quantile = Distribution(family="triangular", low=1, mode=2, high=6).quantile()
    assert [quantile(0.0), quantile(0.2), quantile(LAST_U)] == pytest.approx([1.0, 2.0, 6.0])


def test_normal_is_cut_at_zero() -> None:
    """A normal below 0 becomes 0, the rest of it stays as it was, and the expectation knows."""
    d = Distribution(family="normal", mean=1, sd=1)
    quantile = d.quantile()
    assert quantile(0.1) == 0.0
    assert quantile(0.5) == pytest.approx(1.0)
    assert d.expectation() == pytest.approx(1.083315, rel=1e-6)  # Phi(1) + phi(1)


def test_empirical_is_the_inverse_of_the_steps() -> None:
    """Each of n values holds 1/n of the uniforms, in ascending order."""
    quantile = Distribution(family="empirical", values=(30.0, 10.0, 20.0, 20.0)).quantile()
    assert [quantile(u) for u in (0.0, 0.24, 0.25, 0.74, 0.75, LAST_U)] == [10, 10, 20, 20, 30, 30]


@given(st.integers(1, 5000), st.floats(0.0, 0.999))
def test_empirical_never_runs_off_its_end(n: int, zero_share: float) -> None:
    """The last uniform below 1 gives the largest value, whatever the sample's size and the zeros."""
    d = Distribution(family="empirical", values=tuple(map(float, range(n))), zero_share=zero_share)
    assert d.quantile()(LAST_U) == n - 1


def test_never_is_infinite() -> None:
    """Endless patience is infinite for every uniform and in expectation."""
    d = Distribution(family="never")
    assert d.quantile()(0.0) == d.quantile()(LAST_U) == d.expectation() == math.inf


@pytest.mark.parametrize("family", ["gamma", "lognormal", "weibull", "normal", "uniform", "triangular"])
@pytest.mark.parametrize("spread", ["cv", "sd"])
def test_no_spread_is_a_fixed_value(family: str, spread: str) -> None:
    """A cv or sd of 0 gives the mean itself for every uniform, to the last bit."""
    quantile = Distribution.model_validate({"family": family, "mean": 4.7, spread: 0}).quantile()
    assert {quantile(u) for u in (0.0, 0.3, 0.9, LAST_U)} == {4.7}


@each_of(WITH_SPREAD)
def test_a_mean_of_nothing_is_nothing(table: dict[str, Any]) -> None:
    """A mean of 0 with a cv is a point mass at 0, not an error in a logarithm."""
    d = Distribution(family=table["family"], mean=0, cv=0.4)
    assert d.quantile()(0.9) == d.expectation() == 0.0


# Zeros, units, scale


def test_the_point_mass_holds_its_share() -> None:
    """Below zero_share the value is 0; above it the family's quantiles are stretched over the rest."""
    mixed = Distribution(family="exponential", mean=4, zero_share=0.2).quantile()
    base = Distribution(family="exponential", mean=4).quantile()
    assert mixed(0.0) == mixed(0.1999) == 0.0
    assert mixed(0.6) == pytest.approx(base(0.5))
    assert Distribution(family="fixed", mean=4, zero_share=0.2).quantile()(0.2) == 4.0


@each_of(EVERY_FAMILY)
def test_the_point_mass_lowers_the_expectation(table: dict[str, Any]) -> None:
    """With a quarter of zeros the expectation is three quarters of the family's."""
    mixed, plain = Distribution(**table, zero_share=0.25), Distribution(**table)
    assert mixed.expectation() == pytest.approx(0.75 * plain.expectation())


def test_all_zeros_are_zeros_even_of_never() -> None:
    """A zero_share of 1 leaves nothing of the family, not even its infinity."""
    d = Distribution(family="never", zero_share=1)
    assert d.quantile()(LAST_U) == d.expectation() == 0.0


@each_of(EVERY_FAMILY)
@pytest.mark.parametrize(("unit", "minutes"), [("s", 1 / 60), ("min", 1.0), ("h", 60.0)])
def test_durations_come_out_in_minutes(table: dict[str, Any], unit: str, minutes: float) -> None:
    """Quantiles and expectation are in minutes whichever unit the table is in."""
    plain, d = Distribution(**table), Distribution.model_validate({**table, "unit": unit})
    assert d.expectation() == pytest.approx(plain.expectation() * minutes)
    for u in (0.0, 0.3, 0.99):
        assert d.quantile()(u) == pytest.approx(plain.quantile()(u) * minutes)


def test_seconds_become_minutes_without_rounding() -> None:
    """90 seconds are one and a half minutes exactly."""
    assert Distribution(family="fixed", mean=90, unit="s").quantile()(0.5) == 1.5


@given(tables(), st.floats(1e-3, 1e3), below_1)
def test_scaling_scales_every_quantile(table: dict[str, Any], factor: float, u: float) -> None:
    """The scaled distribution's quantile is the factor times the quantile, and likewise the expectation."""
    d = Distribution(**table)
    bits = 1e-12 * factor * d.quantile()(LAST_U)
    assert d.scaled(factor).quantile()(u) == pytest.approx(d.quantile()(u) * factor, rel=1e-9, abs=bits)
    assert d.scaled(factor).expectation() == pytest.approx(d.expectation() * factor, rel=1e-9)


@pytest.mark.parametrize("factor", [0.0, -1.0, math.inf, math.nan])
def test_scaling_takes_a_positive_number(factor: float) -> None:
    """Nothing is scaled by zero, a negative number, infinity or NaN."""
    with pytest.raises(ValueError, match="positive number"):
        Distribution(family="fixed", mean=1).scaled(factor)


# Tables


def test_a_scenario_table_is_understood() -> None:
    """Integers, floats and lists of a TOML table are taken as they come."""
    text = 'a = {family="lognormal", mean=5, cv=0.7}\nb = {family="empirical", values=[1, 2.5], unit="h"}'
    read = {name: Distribution.model_validate(table) for name, table in tomllib.loads(text).items()}
    assert isinstance(read["a"].mean, float)
    assert read["b"].values == (1.0, 2.5)


@pytest.mark.parametrize(
    "table",
    [
        {"family": "fixed", "mean": "5"},
        {"family": "fixed", "mean": True},
        {"family": "fixed", "mean": math.nan},
        {"family": "fixed", "mean": math.inf},
        {"family": "empirical", "values": [1.0, "2"]},
        {"family": "empirical", "values": [1.0, True]},
        {"family": "empirical", "values": [math.inf]},
        {"family": "empirical", "values": 3.0},
        {"family": "fixed", "mean": 1.0, "unit": "days"},
        {"family": "fixed", "mean": 1.0, "maen": 1.0},
        {"family": "cauchy"},
        {"family": "never", "zero_share": 1.5},
    ],
    ids=str,
)
def test_only_numbers_are_numbers(table: dict[str, Any]) -> None:
    """Text, truth values, infinities, unknown words and settings are refused."""
    with pytest.raises(ValidationError):
        Distribution.model_validate(table)


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ({"family": "exponential"}, 'The family "exponential" needs "mean".'),
        ({"family": "gamma", "mean": 1}, '"cv" or "sd" is missing.'),
        ({"family": "gamma", "cv": 1}, '"mean" is missing.'),
        ({"family": "lognormal", "mean": 1, "cv": 1, "sd": 1}, 'Give "cv" or "sd", not both'),
        ({"family": "lognormal", "mean": 1, "cv": -1}, '"cv" is -1: it cannot be negative.'),
        ({"family": "lognormal", "mean": 1, "cv": 120}, '"cv" is 120, above 100'),
        ({"family": "lognormal", "mean": -1, "cv": 1}, '"mean" is -1: it cannot be negative.'),
        ({"family": "lognormal", "mean": 0, "sd": 1}, '"sd" (1) is more than 100 times "mean" (0).'),
        ({"family": "exponential", "mean": 4, "cv": 1}, '"cv" is not used by the family "exponential"'),
        (
            {"family": "never", "mean": 4},
            '"mean" is not used by the family "never", which takes no parameter.',
        ),
        ({"family": "fixed", "mean": 4, "column": "x"}, '"column" is not used by the family "fixed"'),
        ({"family": "uniform", "low": 5, "high": 3}, '"low" (5) is above "high" (3).'),
        ({"family": "uniform", "low": 5}, '"high" is missing.'),
        ({"family": "uniform", "low": 5, "mean": 3}, 'not "mean" and "low" together.'),
        ({"family": "uniform", "mean": 5, "cv": 0.6}, "it can be at most 0.577."),
        ({"family": "triangular", "mean": 5, "sd": 2.1}, "it can be at most 0.408."),
        ({"family": "triangular", "low": 5, "high": 8}, '"mode" is missing.'),
        (
            {"family": "triangular", "low": 5, "mode": 9, "high": 8},
            '"mode" (9) lies outside "low" to "high" (5 to 8).',
        ),
        ({"family": "weibull", "shape": 0.1, "scale": 1}, '"shape" is 0.1: it should be between 0.2 and 1e+06.'),
        ({"family": "gamma", "mean": 2, "scale": 1}, 'and not "mean" and "scale" together.'),
        ({"family": "exponential", "mean": 2, "shape": 1}, '"shape" is not used by the family "exponential"'),
        (
            {"family": "lognormal", "mu": 100, "sigma": 4},
            '"sigma" is 4: it should be at most 3. "mu" is 100: it should',
        ),
        ({"family": "empirical"}, 'needs "values" (the sample itself) or "file" (where it is).'),
        ({"family": "empirical", "values": []}, '"values" is empty'),
        ({"family": "empirical", "values": [1, -2]}, '"values" holds -2: a sample cannot be negative.'),
        ({"family": "empirical", "values": [1], "column": "x"}, '"file" is missing.'),
    ],
    ids=str,
)
def test_each_fault_has_its_sentence(table: dict[str, Any], sentence: str) -> None:
    """A table that makes no sense is told why, in the words of the table."""
    assert sentence in says(**table)


def test_all_faults_are_told_at_once() -> None:
    """An owner need not mend a table one error at a time."""
    told = says(family="weibull", mean=-3, low=1)
    assert '"low" is not used' in told
    assert '"cv" or "sd" is missing' in told
    assert '"mean" is -3' in told


def test_a_symmetric_uniform_may_start_at_zero() -> None:
    """The widest uniform that a cv can say starts at 0, rounding forgiven, never below."""
    quantile = Distribution(family="uniform", mean=5, cv=0.57735026919).quantile()  # 1 / sqrt(3), rounded up
    assert quantile(0.0) == 0.0


def test_a_file_is_a_promise_until_it_is_read() -> None:
    """A table may name a file, but nothing can be drawn before the loader fills in the values."""
    table = {"family": "empirical", "file": "waits.csv", "column": "wait", "unit": "s"}
    promised = Distribution.model_validate(table)
    for ask in (promised.quantile, promised.expectation, lambda: promised.scaled(2.0)):
        with pytest.raises(ValueError, match=r"waits\.csv.*has not been read yet"):
            ask()
    assert Distribution.model_validate({**table, "values": [60, 120]}).expectation() == 1.5


@each_of(EVERY_FAMILY)
def test_a_distribution_is_a_value(table: dict[str, Any]) -> None:
    """It cannot be changed, hashes and compares by its content, and survives the way to another process."""
    d = Distribution(**table)
    assert pickle.loads(pickle.dumps(d)) == d
    assert hash(Distribution(**table)) == hash(d)
    with pytest.raises(ValidationError):
        setattr(d, "mean", 3.0)  # noqa: B010 (mypy knows already that it is frozen)


def test_scipy_waits_for_a_gamma() -> None:
    """Scenarios without a gamma never pay for importing scipy."""
    code = (
        "import sys; from sim.distributions import Distribution as D\n"
        "D(family='weibull', mean=5, cv=.7).quantile()(.5); assert 'scipy' not in sys.modules\n"
        "D(family='gamma', mean=5, cv=.7).quantile()(.5); assert 'scipy' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
