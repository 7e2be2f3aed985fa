"""Kim-Nelson chooses the best with the stated probability, in batches of any size, and stops at ties."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.statistics import Elimination, KimNelson, Zone, kim_nelson_constant, paired_variances
from tests.statistics.choices import Plans, kim_nelson, plans

ZONE = Zone(delta=1.0, probability=0.95, first=20)
BEST = {  # a plan better by delta than all others, which are equal: the least favourable case
    "first of four": plans([1.0, 0.0, 0.0, 0.0], 3.0),
    "last of four": plans([0.0, 0.0, 0.0, 1.0], 3.0),
    "in the middle": plans([0.0, 0.0, 1.0, 0.0], 3.0),
    "of two": plans([0.0, 1.0], 3.0),
    "of ten": plans([0.0] * 9 + [1.0], 3.0),
    "negative means": plans([-101.0, -100.0, -101.0, -101.0], 3.0),
    "unequal variances, the best the wildest": plans([1.0, 0.0, 0.0, 0.0], [5.0, 3.0, 2.0, 1.0]),
    "unequal variances, the best the calmest": plans([0.0, 0.0, 0.0, 1.0], [5.0, 3.0, 2.0, 1.0]),
    "correlated by 0.8": plans([0.0, 1.0, 0.0, 0.0], 5.0, 0.8),
    "correlated by -0.3": plans([0.0, 1.0, 0.0, 0.0], 3.0, -0.3),
}


def rate(source: Plans, zone: Zone, batch: int = 100, times: int = 1000, seed: int = 1) -> float:
    """How often one of the best plans is chosen."""
    rng, good = np.random.default_rng(seed), np.flatnonzero(source.means == source.means.max())
    return float(np.mean([kim_nelson(source, zone, rng, batch).best in good for _ in range(times)]))


def run(procedure: KimNelson, table: np.ndarray, batch: int) -> KimNelson:
    """Driven to its end on the columns of a table, so many at a time."""
    at = 0
    while needs := procedure.needs(batch):
        more = max(needs.values())
        procedure.take({plan: table[plan, at : at + more] for plan in needs})
        at += more
    return procedure


# The promise


@pytest.mark.parametrize("name", BEST)
def test_the_best_is_chosen_as_often_as_promised(name: str) -> None:
    """Where one plan is better by the indifference zone, at least 95 % of 1,000 selections choose it."""
    assert rate(BEST[name], ZONE) >= 0.95


@pytest.mark.slow
@pytest.mark.parametrize("batch", [1, 64, 1000])
@pytest.mark.parametrize("name", BEST)
def test_a_batch_of_any_size_keeps_the_promise(name: str, batch: int) -> None:
    """One by one or a thousand at once, at least 95 % of 1,000 selections choose the best, also at 10 first."""
    assert rate(BEST[name], Zone(1.0, 0.95, first=10), batch, seed=2) >= 0.95


@pytest.mark.parametrize("probability", [0.75, 0.9, 0.99])
def test_other_probabilities_are_kept(probability: float) -> None:
    """Asked for 75, 90 or 99 %, selections choose the best at least as often."""
    assert rate(BEST["last of four"], Zone(1.0, probability)) >= probability


def test_one_of_several_best_is_chosen() -> None:
    """Where two plans tie at the top, at least 95 % of 1,000 selections choose one of them."""
    assert rate(plans([0.0, 1.0, 0.0, 1.0], 3.0), ZONE) >= 0.95


def test_a_plan_within_the_zone_is_good_enough() -> None:
    """Where the second is closer than the zone, at least 95 % of 1,000 selections choose a plan within it of the best."""
    source, rng = plans([1.0, 0.5, -0.1, -0.1], 3.0), np.random.default_rng(3)
    chosen = [kim_nelson(source, ZONE, rng).best for _ in range(1000)]
    assert np.mean(np.isin(chosen, [0, 1])) >= 0.95


def test_common_luck_makes_it_short() -> None:
    """Plans correlated by 0.9 need less than a quarter of the replications that independent ones do."""
    rng = np.random.default_rng(4)
    shared, alone = (
        np.mean([kim_nelson(plans([1.0, 0.0, 0.0, 0.0], 6.0, c), ZONE, rng).replications for _ in range(100)])
        for c in (0.9, 0.0)
    )
    assert shared < alone / 4


# Ties and certainties


def test_equal_plans_end_in_a_tie() -> None:
    """Plans that are equal in every replication all survive, and the first is chosen after the first stage."""
    table = np.tile(np.random.default_rng(1).normal(size=40), (3, 1))
    procedure = run(KimNelson(3, ZONE), table, 1)
    assert (procedure.survivors, procedure.best, procedure.replications) == ((0, 1, 2), 0, 20)


def test_two_equal_best_outlast_the_others() -> None:
    """Two plans equal in every replication drop the third and survive together, the procedure ending there."""
    rng = np.random.default_rng(2)
    luck = rng.normal(size=5000)
    table = np.stack([luck - 1.0 + rng.normal(size=5000), luck, luck])
    procedure = run(KimNelson(3, ZONE), table, 7)
    assert (procedure.survivors, procedure.best) == ((1, 2), 1)
    assert [e.plan for e in procedure.eliminations] == [0]
    assert procedure.replications == procedure.eliminations[-1].replication


@pytest.mark.parametrize("values", [[1.0, 2.0, 3.0], [-3.0, -2.0, -1.0], [-1e-6, 0.0, 1e-6]])
def test_plans_without_variance_are_told_at_once(values: list[float]) -> None:
    """Where nothing varies the largest is chosen after the first stage, however small its lead."""
    procedure = run(KimNelson(3, ZONE), np.repeat(np.array(values)[:, np.newaxis], 20, axis=1), 5)
    assert (procedure.best, procedure.survivors) == (2, (2,))
    assert procedure.eliminations == (Elimination(0, 20, 2), Elimination(1, 20, 2))


def test_a_constant_plan_beside_a_wild_one() -> None:
    """A plan that never varies is chosen as often as promised against one that does, and the other way round."""
    rng = np.random.default_rng(5)
    for means in ([1.0, 0.0], [0.0, 1.0]):
        source = Plans(np.array(means), np.diag([0.0, 3.0]))
        best = int(np.argmax(means))
        assert np.mean([kim_nelson(source, ZONE, rng).best == best for _ in range(500)]) >= 0.95


def test_the_smallest_is_chosen_from_negatives() -> None:
    """Handed over with their signs turned, the plan with the smallest mean is chosen."""
    table = np.random.default_rng(6).normal(size=(3, 5000)) + np.array([[5.0], [2.0], [5.0]])
    assert run(KimNelson(3, ZONE), -table, 10).best == 1


# How it is driven


@settings(max_examples=30)
@given(st.integers(0, 1000), st.integers(1, 300), st.integers(2, 5))
def test_the_size_of_a_batch_changes_nothing(seed: int, batch: int, k: int) -> None:
    """Survivors and eliminations are the same as one by one, whatever the batch."""
    table = np.random.default_rng(seed).integers(-20, 20, size=(k, 2_000)).astype(float)
    zone = Zone(3.0, 0.9, first=5)
    one, many = run(KimNelson(k, zone), table, 1), run(KimNelson(k, zone), table, batch)
    assert (one.survivors, one.eliminations, one.replications) == (many.survivors, many.eliminations, many.replications)


@settings(max_examples=30)
@given(st.integers(0, 1000), st.integers(2, 5))
def test_everything_at_once_gives_the_same(seed: int, k: int) -> None:
    """Handed all replications in one piece, or the first stage in crumbs, it decides as replication by replication."""
    table = np.random.default_rng(seed).integers(-20, 20, size=(k, 2_000)).astype(float)
    zone = Zone(3.0, 0.9, first=5)
    one, whole, crumbs = run(KimNelson(k, zone), table, 1), KimNelson(k, zone), KimNelson(k, zone)
    whole.take(dict(enumerate(table)))
    for start, end in ((0, 2), (2, 3), (3, 2_000)):
        crumbs.take(dict(enumerate(table[:, start:end])))
    assert one.eliminations == whole.eliminations == crumbs.eliminations
    assert one.best == whole.best == crumbs.best


def test_it_agrees_with_the_definition() -> None:
    """Eliminations are those of the published rule followed literally, one replication after the other."""
    rng = np.random.default_rng(7)
    for _ in range(30):
        table = rng.normal(size=(4, 3000)) * rng.uniform(0.5, 3.0, size=(4, 1)) + rng.normal(size=3000)
        table[2] += 0.3
        assert run(KimNelson(4, Zone(0.5, 0.9, 10)), table, 13).eliminations == literally(table, 0.5, 0.9, 10)


def literally(table: np.ndarray, delta: float, probability: float, first: int) -> tuple[Elimination, ...]:
    """The steps of Kim and Nelson (2001), in loops."""
    k = len(table)
    eta = ((2 * (1 - probability) / (k - 1)) ** (-2 / (first - 1)) - 1) / 2
    h2 = 2 * eta * (first - 1)
    alive, gone, r = list(range(k)), [], first
    while len(alive) > 1:
        means = table[:, :r].mean(axis=1)
        fallen = []
        for i in alive:
            leads = {}
            for other in alive:
                s2 = np.var(table[i, :first] - table[other, :first], ddof=1)
                width = max(0.0, delta / (2 * r) * (h2 * s2 / delta**2 - r))
                leads[other] = means[other] - means[i] - width
            by = max(leads, key=lambda other: leads[other])
            if leads[by] > 0:
                fallen.append(Elimination(i, r, by))
        gone += fallen
        alive = [i for i in alive if i not in {e.plan for e in fallen}]
        r += 1
    return tuple(gone)


def test_it_asks_only_for_plans_in_play() -> None:
    """After the first stage of all plans only survivors are asked for, and nothing at the end."""
    procedure = KimNelson(3, ZONE)
    assert procedure.needs(5) == {0: 20, 1: 20, 2: 20}
    rng = np.random.default_rng(8)
    table = rng.normal(0.0, 2.0, size=(3, 5000)) + np.array([[0.0], [1.0], [-50.0]])
    procedure.take(dict(enumerate(table[:, :20])))
    assert procedure.needs(5) == {0: 5, 1: 5}
    with pytest.raises(ValueError, match="nothing is chosen yet"):
        _ = procedure.best
    procedure.take(dict(enumerate(table[:, 20:])))
    assert procedure.needs(5) == {}
    assert procedure.finished


def test_a_finished_procedure_takes_no_notice() -> None:
    """Observations after the end change nothing."""
    procedure = run(KimNelson(2, ZONE), np.array([[0.0] * 20, [9.0] * 20]), 1)
    procedure.take({1: [-99.0] * 10})
    assert (procedure.best, procedure.replications) == (1, 20)


@pytest.mark.parametrize(
    ("batch", "why"),
    [
        ({0: [1.0, math.nan], 1: [1.0, 2.0]}, "NaN"),
        ({0: [1.0, math.inf], 1: [1.0, 2.0]}, "infinite"),
        ({0: [1.0, 2.0]}, r"plans \[1\] are still in play"),
        ({0: [1.0, 2.0], 1: [1.0]}, "each replication"),
        ({0: [[1.0]], 1: [[1.0]]}, "each replication"),
    ],
)
def test_observations_must_be_complete(batch: dict[int, list[float]], why: str) -> None:
    """NaN, infinities, missing plans and unequal batches are refused, and nothing is taken."""
    procedure = KimNelson(2, ZONE)
    with pytest.raises(ValueError, match=why):
        procedure.take(batch)
    assert procedure.needs() == {0: 20, 1: 20}


def test_a_selection_must_make_sense() -> None:
    """Zones, probabilities, numbers of plans and batches that make no sense are refused."""
    for delta, probability, first in ((0.0, 0.95, 20), (math.nan, 0.95, 20), (1.0, 95.0, 20), (1.0, 0.95, 1)):
        with pytest.raises(ValueError, match=r"zone|for example|first replications"):
            Zone(delta, probability, first)
    for k, probability in ((1, 0.95), (2, 0.5)):
        with pytest.raises(ValueError, match=r"two plans|blind choice"):
            KimNelson(k, Zone(1.0, probability))
    with pytest.raises(ValueError, match="at least one replication"):
        KimNelson(2, ZONE).needs(0)
    with pytest.raises(ValueError, match="2 first"):
        kim_nelson_constant(2, 1, 0.95)


# What it is made of


def test_the_constant_is_that_of_the_paper() -> None:
    """For two plans h2 is (n0 - 1) ((2 alpha)^(-2 / (n0 - 1)) - 1), which tends to 2 log(1 / (2 alpha))."""
    assert kim_nelson_constant(2, 10**6, 0.95) == pytest.approx(2.0 * math.log(10.0), rel=1e-4)
    assert kim_nelson_constant(2, 10, 0.95) == pytest.approx(9.0 * (0.1 ** (-2 / 9) - 1.0))


def test_variances_are_those_of_the_pairs() -> None:
    """Every entry is the variance of that pair's differences, which common luck leaves out."""
    x = np.random.default_rng(9).normal(size=(4, 30)) + 100.0 * np.random.default_rng(10).normal(size=30)
    variances = paired_variances(x)
    assert variances == pytest.approx(np.array([[np.var(a - b, ddof=1) for a in x] for b in x]))
    assert variances[~np.eye(4, dtype=bool)].max() < 10.0
    with pytest.raises(ValueError, match="at least two"):
        paired_variances([[1.0], [2.0]])
