"""The yardsticks themselves: our formulas against printed values, against one another, and against somebody else's."""

from types import ModuleType
from typing import Any

import pytest

from tests.theory import chains
from tests.theory.closed_forms import (
    ageing,
    at_most,
    cobham,
    cobham_many,
    erlang_a,
    erlang_b,
    erlang_c,
    exponential,
    impatient,
    mmc_mean_wait,
    mmc_within,
    mmck,
    pollaczek_khinchine,
    uniform,
)


def near(value: float) -> Any:
    return pytest.approx(value, rel=1e-9, abs=1e-12)


# Printed.


def test_printed_erlang_c() -> None:
    """Ten erlangs on fourteen people have the share waiting, wait and level that textbooks print."""
    assert erlang_c(14, 10.0) == pytest.approx(0.1741319, abs=1e-6)
    assert 60.0 * mmc_mean_wait(14, 10 / 3, 3.0) == pytest.approx(7.83593701, abs=1e-6)
    assert mmc_within(14, 10 / 3, 3.0, 1 / 3) == pytest.approx(0.88835, abs=1e-5)
    assert erlang_b(17, 10.0) <= 0.02 < erlang_b(16, 10.0)


def test_printed_erlang_a() -> None:
    """With a patience of five minutes share waiting, lost, occupancy, wait and level are the printed ones."""
    theory = impatient(14, 10 / 3, 3.0, exponential(5.0))
    assert theory.must_wait == pytest.approx(0.14526, abs=1e-5)
    assert theory.lost == pytest.approx(0.013984, abs=1e-6)
    assert theory.occupancy == pytest.approx(0.704297, abs=1e-6)
    assert theory.mean_wait == pytest.approx(0.069919, abs=1e-6)
    assert theory.answered_within(1 / 3) == pytest.approx(0.916792, abs=1e-6)


def test_printed_waits_of_one_person_and_of_priorities() -> None:
    """Times in system of M/G/1, of two ranks, and queue times of M/M/2 with three ranks are the printed ones."""
    assert 1.0 + pollaczek_khinchine(0.5, 1.0, 2.0) == pytest.approx(3.5)
    assert [1.0 + wait for wait in cobham([0.2, 0.6], [1.0, 1.0], [2.0, 2.0])] == pytest.approx([2.0, 6.0])
    slow = cobham([1.0, 9.0], [1 / 12, 1 / 12], [2 / 144, 2 / 144])
    assert [1 / 12 + wait for wait in slow] == pytest.approx([0.15909, 0.5379], abs=1e-4)
    printed = [0.00691891891891892, 0.00988416988416989, 0.0171072171072171]
    assert cobham_many([5.0, 10.0, 9.0], 1 / 25, 2) == pytest.approx(printed)


def test_the_printed_values_are_the_open_cases(open_cases: dict[str, dict[str, Any]]) -> None:
    """The values printed in these tests are those of the open cases beside the checkout."""
    assert open_cases["O1-erlangC"]["ASA_s"] == 7.83593701
    assert open_cases["O2-erlangA"]["EW_min"] == 0.069919
    assert open_cases["O3-mg1-prio"]["Wq_M/M/2"] == [0.00691891891891892, 0.00988416988416989, 0.0171072171072171]
    assert open_cases["O4-cc-mmc-family"]["MMCBlocked"]["blocked"] == 18.655
    assert open_cases["O5-callcc"]["wait"] == 11.83


# Against one another.


@pytest.mark.parametrize(
    ("servers", "rate", "patience"), [(1, 0.2, 1.0), (10, 4.0, 4.0), (14, 10 / 3, 5.0), (3, 2.0, 0.3)]
)
def test_two_ways_to_erlang_a(servers: int, rate: float, patience: float) -> None:
    """The integral over the offered wait and the birth and death chain give one Erlang A."""
    integral, chain = impatient(servers, rate, 3.0, exponential(patience)), erlang_a(servers, rate, 3.0, patience)
    assert integral.must_wait == near(chain["must_wait"])
    assert integral.lost == near(chain["lost"])
    assert integral.mean_wait == near(chain["mean_wait"])
    assert integral.occupancy == near(chain["occupancy"])
    assert integral.answered_within(50.0) + integral.gone_within(50.0) == pytest.approx(1.0, abs=1e-6)


def test_endless_and_no_patience_are_the_ends_of_the_scale() -> None:
    """A cap so late that nobody reaches it is Erlang C, no patience at all is Erlang B."""
    late = impatient(4, 1.0, 3.0, at_most(500.0), [500.0])
    assert late.mean_wait == near(mmc_mean_wait(4, 1.0, 3.0))
    assert late.must_wait == near(erlang_c(4, 3.0))
    assert impatient(4, 1.0, 3.0, exponential(1.0, zero_share=1.0)).lost == near(erlang_b(4, 3.0))
    assert mmck(4, 1.0, 3.0, 4)["blocked"] == near(erlang_b(4, 3.0))


def test_a_narrow_patience_is_a_cap() -> None:
    """Patience uniform over a moment is a cap at that moment."""
    narrow, cap = (
        impatient(4, 1.2, 3.0, uniform(1.999, 2.001), [1.999, 2.001]),
        impatient(4, 1.2, 3.0, at_most(2.0), [2.0]),
    )
    assert narrow.lost == pytest.approx(cap.lost, rel=1e-4)


def test_ageing_lies_between_first_come_and_strict_priority() -> None:
    """Equal slopes are first come first served, slopes far apart are Cobham's ranks."""
    assert ageing([0.2, 0.3], 1.0, [1.0, 1.0]) == near([1.0, 1.0])
    assert ageing([0.2, 0.3], 1.0, [1e12, 1.0]) == near(cobham([0.2, 0.3], [1.0, 1.0], [2.0, 2.0]))


def test_the_chains_without_their_mechanism_are_the_formulas() -> None:
    """No redials, people alike, a day of constant rates: the chains give Erlang's and the birth and death's answers."""
    assert chains.lost_and_redialled(1.0, 4.0, 4, 0.0, 0.0, 10.0)["blocked"] == near(erlang_b(4, 4.0))
    plain = chains.impatient_and_redialling(10 / 3, 3.0, 10, 5.0, 0.0, 9.0, (90, 2))
    assert plain["lost"] == near(erlang_a(10, 10 / 3, 3.0, 5.0)["lost"])
    alike = chains.two_unlike(0.5, 3.0, 3.0, "random")
    assert alike["mean_wait"] == near(mmc_mean_wait(2, 0.5, 3.0))
    assert alike["by_first"] == near(0.5)
    day = chains.Period(5000.0, chains.staffed(0.5, 3.0, 2, 5.0).moves)
    waiting = chains.over_time((0, 0), [day], [lambda n, state: state[1]])[0][0] / 5000.0
    assert waiting == pytest.approx(erlang_a(2, 0.5, 3.0, 5.0)["waiting"], rel=3e-3)  # it begins empty


def test_busyness_has_the_moments_of_a_gamma() -> None:
    """The quadrature's factors have mean 1 and the variation they were made for."""
    nodes = chains.over_busyness(0.3, 8)
    assert sum(weight * factor for factor, weight in nodes) == near(1.0)
    assert sum(weight * (factor - 1.0) ** 2 for factor, weight in nodes) == near(0.09)


# Against somebody else's.


def test_against_the_reference(reference: ModuleType) -> None:
    """Erlang B and C, finite rooms and priorities are the reference's over a range of loads."""
    for servers in (1, 2, 5, 20):
        for load in (0.1, 0.5, 0.95, 1.3):
            offered = load * servers
            assert erlang_b(servers, offered) == near(reference.erlang_b(servers, offered))
            finite = reference.mmck(offered, 1.0, servers, servers + 6)
            ours = mmck(servers, offered, 1.0, servers + 6)
            assert ours["blocked"] == near(finite["p_block"])
            assert ours["mean_wait"] == near(finite["ew"])
            if load < 1.0:
                other = reference.mmc(offered, 1.0, servers)
                assert erlang_c(servers, offered) == near(other["p_wait"])
                assert mmc_mean_wait(servers, offered, 1.0) == near(other["ew"])
                assert mmc_within(servers, offered, 1.0, 0.7) == near(other["sl"](0.7))


def test_erlang_a_against_the_reference(reference: ModuleType) -> None:
    """Erlang A, also with few lines, is the reference's: losses, waits by fate and levels."""
    for servers, rate, patience in ((3, 1.2, 2.0), (14, 10 / 3, 5.0), (10, 4.0, 4.0)):
        other, ours = (
            reference.erlang_a(rate, 1 / 3, 1 / patience, servers),
            impatient(servers, rate, 3.0, exponential(patience)),
        )
        assert ours.lost == near(other["p_abandon"])
        assert ours.answered_mean_wait == near(other["ew_served"])
        assert ours.lost_mean_wait == near(other["ew_abandoned"])
        level = other["sl"](0.5)
        assert ours.answered_within(0.5) == near(level["served"])
        assert ours.answered_within(0.5) + ours.gone_within(0.5) == near(level["any"])
        few = reference.erlang_a(rate, 1 / 3, 1 / patience, servers, servers + 3)
        assert erlang_a(servers, rate, 3.0, patience, servers + 3)["blocked"] == near(few["p_block"])
        assert erlang_a(servers, rate, 3.0, patience, servers + 3)["lost"] == near(few["p_abandon"])


def test_priorities_against_the_reference(reference: ModuleType) -> None:
    """Pollaczek-Khinchine and Cobham are the reference's."""
    assert pollaczek_khinchine(0.2, 3.0, 1.7) == near(reference.mg1(0.2, *reference.moments(3.0, 1.7))["ew"])
    rates, means, seconds = [0.1, 0.05, 0.02], [2.0, 4.0, 7.0], [5.0, 30.0, 60.0]
    assert cobham(rates, means, seconds) == near(list(reference.mg1_priority(rates, means, seconds)))
    assert cobham_many(rates, 5.0, 2) == near(list(reference.mmc_priority(rates, 0.2, 2)))
