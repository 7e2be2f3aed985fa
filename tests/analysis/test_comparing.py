"""Plans compared: what each way to end promises, on made-up runs whose answer is known."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest

from sim.analysis import Comparison, Ended, compare
from sim.shop.scenario import Scenario
from sim.statistics import Estimate, Precision, Zone
from tests.analysis.invented import Invented, Law, Quick, normal, place_of, plan

MONEY = "contribution_per_year"


def plans(n: int) -> list[Scenario]:
    return [plan(place) for place in range(n)]


def compared(
    law: Law, n: int, wish: int | Precision | Zone, *, seed: int = 1, width: int = 1, **more: object
) -> Comparison:
    asked = {name: more.pop(name) for name in ("measure", "together", "seen") if name in more}
    engine = Invented(law, width=width, **{k: more.pop(k) for k in ("interrupted_after", "lost") if k in more})  # type: ignore[arg-type]
    return compare(plans(n), wish, runs=Quick(seed, engine=engine, **more), **asked)  # type: ignore[arg-type]


# So many replications.


def test_so_many_replications_are_run_of_each_plan() -> None:
    """A number of replications runs each plan so often, and ends because that was asked."""
    found = compared(normal([0.0, 1.0, 2.0]), 3, 7)
    assert found.results.finished.shape == (3, 7)
    assert found.results.finished.all()
    assert (found.ended, found.best, found.comparisons) == (Ended.RUN, None, 2)


def test_intervals_hold_alone_or_together() -> None:
    """Together means Bonferroni over the comparisons to the first plan, and nothing where there is only one."""
    assert compared(normal([0.0] * 4), 4, 5).results.level == 0.95
    assert compared(normal([0.0] * 4), 4, 5, together=True).results.level == pytest.approx(1.0 - 0.05 / 3)
    assert compared(normal([0.0] * 2), 2, 5, together=True).results.level == pytest.approx(0.95)


@pytest.mark.parametrize(
    ("n", "wish", "measure", "said"),
    [
        (2, 0, MONEY, "at least 1 replication"),
        (0, 3, MONEY, "no plan"),
        (1, Precision(1.0), MONEY, "at least two plans"),
        (1, Zone(1.0), MONEY, "at least two plans"),
        (2, 3, "nonsense", "no measure 'nonsense'"),
        (2, Zone(1.0), "calls_offered", "neither more nor less"),
        (2, Zone(1.0, 0.4), MONEY, "blind choice"),
    ],
)
def test_what_cannot_be_compared_is_refused(n: int, wish: int | Precision | Zone, measure: str, said: str) -> None:
    """Wishes that make no sense are errors before anything runs."""
    engine = Invented(normal([0.0] * 2))
    with pytest.raises(ValueError, match=said):
        compare(plans(n), wish, measure=measure, runs=Quick(1, engine=engine))
    assert engine.did == []


@pytest.mark.parametrize("wish", [5, Precision(0.1), Zone(0.1)])
def test_a_budget_ends_a_comparison(wish: int | Precision | Zone) -> None:
    """A budget smaller than what any wish needs ends it, with what it bought and nothing chosen."""
    found = compared(normal([0.0, 0.0]), 2, wish, budget=7)
    assert found.ended is Ended.BUDGET
    assert int(found.results.finished.sum()) == 7
    assert found.best is None


@pytest.mark.parametrize("wish", [50, Precision(0.1), Zone(0.1)])
@pytest.mark.parametrize("after", [0, 1, 33, 60])
def test_an_interruption_ends_a_comparison(wish: int | Precision | Zone, after: int) -> None:
    """Ctrl-C at any time leaves what is finished, says so, and chooses nothing."""
    found = compared(normal([0.0, 0.0]), 2, wish, interrupted_after=after)
    assert found.ended is Ended.INTERRUPTED
    assert found.results.interrupted
    assert int(found.results.finished.sum()) == after
    assert found.best is None


@pytest.mark.parametrize("wish", [30, Precision(0.5), Zone(0.5)])
def test_a_run_that_is_not_to_be_had_is_named(wish: int | Precision | Zone) -> None:
    """A run that was given up ends the comparison and stands in its results."""
    found = compared(normal([0.0, 0.0]), 2, wish, lost=[("plan 1", 4)])
    assert found.ended is Ended.GIVEN_UP
    assert found.results.given_up == (("plan 1", 4),)


# Until precise.


@pytest.mark.parametrize("mean", [0.0, 3.0])
@pytest.mark.slow
def test_precise_intervals_hold_as_often_as_they_say(mean: float) -> None:
    """Over 2,000 studies the interval of a difference holds the truth in 93 to 97 % and is as narrow as wished."""
    held, widths = [], []
    for study in range(2_000):
        found = compared(normal([1.0, 1.0 + mean], shared=5.0), 2, Precision(0.4), seed=study)
        assert found.ended is Ended.PRECISE
        difference = found.results.difference(1, MONEY)
        held.append(difference.low <= mean <= difference.high)
        widths.append(difference.half_width)
    assert 0.93 <= np.mean(held) <= 0.97
    assert max(widths) <= 0.4 + 1e-9


@pytest.mark.slow
def test_several_precise_intervals_hold_at_once() -> None:
    """Over 1,000 studies all of three intervals that share their level hold at once in at least 93 %."""
    held = []
    for study in range(1_000):
        found = compared(normal([0.0, 0.0, 1.0, 2.0], shared=5.0), 4, Precision(0.5, comparisons=3), seed=study)
        each = [found.results.difference(at, MONEY) for at in (1, 2, 3)]
        held.append(all(x.low <= mean <= x.high for x, mean in zip(each, (0.0, 1.0, 2.0), strict=True)))
    assert np.mean(held) >= 0.93


def test_every_difference_becomes_precise() -> None:
    """The noisiest difference decides how many replications there are, and all plans get them."""
    found = compared(normal([0.0, 0.0, 0.0], [0.1, 0.1, 3.0]), 3, Precision(0.5))
    assert found.ended is Ended.PRECISE
    assert found.results.finished.all()
    assert found.results.difference(2, MONEY).half_width <= 0.5 + 1e-9
    assert found.results.asked > 100


def test_a_share_of_a_difference_of_nothing_ends_by_the_amount() -> None:
    """Where the difference is zero the absolute half-width counts, and the study ends."""
    found = compared(normal([2.0, 2.0]), 2, Precision(0.3, relative=0.05))
    assert found.ended is Ended.PRECISE
    assert found.results.difference(1, MONEY).half_width <= 0.3 + 1e-9


def test_the_same_plan_twice_is_precise_at_once() -> None:
    """Equal plans under two names share their runs, differ by exactly nothing, and take the first sample only."""
    engine = Invented(normal([0.0]))
    found = compare([plan(0, "base"), plan(0, "separate")], Precision(0.1), runs=Quick(1, engine=engine))
    assert (found.ended, found.results.asked, len(engine.did)) == (Ended.PRECISE, 20, 20)
    assert found.results.difference(1, MONEY)[:3] == (0.0, 0.0, 0.0)


def sometimes(share: float) -> Law:
    """A measure that happens in a share of replications, the same under all plans."""

    def law(scenario: Scenario, common: np.random.Generator, own: np.random.Generator) -> dict[str, float]:
        return {MONEY: own.standard_normal() if common.random() < share else math.nan}

    return law


def test_what_happens_sometimes_becomes_precise_all_the_same() -> None:
    """Replications in which the measure never happened are made up for by more of them."""
    found = compared(sometimes(0.5), 2, Precision(0.5))
    difference = found.results.difference(1, MONEY)
    assert found.ended is Ended.PRECISE
    assert difference.n >= 20
    assert found.results.asked > difference.n


def test_what_never_happens_is_told_and_not_waited_for() -> None:
    """A measure that no pair of replications has is an error after the first sample, not a study without end."""
    engine = Invented(sometimes(0.0))
    with pytest.raises(ValueError, match="never happened under both plan 0 and plan 1 in any of 20"):
        compare(plans(2), Precision(1.0), runs=Quick(1, engine=engine))
    assert len(engine.did) == 40


def test_what_is_seen_on_the_way_is_the_widest_difference() -> None:
    """The bar is shown the difference that is farthest from what is wished, narrower from look to look."""
    seen: list[tuple[int, Estimate, float]] = []
    compared(normal([0.0, 0.0, 0.0], [0.1, 0.1, 3.0]), 3, Precision(0.5), seen=lambda *now: seen.append(now))
    assert {at for at, _, _ in seen[:-1]} == {2}  # at the end all are as wide as wished
    assert seen[-1][1].half_width < seen[0][1].half_width


# Until the best is chosen.

ZONE = Zone(1.0, 0.95, 10)


def share_of_best(
    law: Law, n: int, good: Sequence[int], zone: Zone = ZONE, studies: int = 1_000, **more: object
) -> float:
    """How often one of these plans is chosen."""
    hits = [compared(law, n, zone, seed=study, **more).best in good for study in range(studies)]
    return float(np.mean(hits))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("means", "good"),
    [
        ([1.0, 0.0, 0.0, 0.0], [0]),
        ([0.0, 0.0, 0.0, 1.0], [3]),
        ([0.0, 1.0, 1.0, 0.0], [1, 2]),
        ([-101.0, -100.0, -101.0], [1]),
        ([0.0, 0.4, 0.9, 0.6], [1, 2, 3]),  # whoever is within the zone of the best
    ],
)
def test_the_best_is_chosen_as_often_as_promised(means: list[float], good: list[int]) -> None:
    """Over 1,000 studies with shared luck the best, listed first, last or tied, is chosen in at least 95 %."""
    assert share_of_best(normal(means, 2.0, shared=4.0), len(means), good) >= 0.94


@pytest.mark.slow
def test_least_is_best_where_less_is_better() -> None:
    """For a measure of which less is better the plan with the least is chosen in at least 95 %."""
    law = normal([6.0, 5.0, 6.0], 2.0, measure="abandoned_share")
    assert share_of_best(law, 3, [1], studies=500, measure="abandoned_share") >= 0.93


def test_without_variance_the_first_sample_decides() -> None:
    """Plans without any spread are told apart after the first replications, however close they are."""
    found = compared(normal([-3.0, -2.999, -3.0], 0.0), 3, Zone(0.5, 0.95, 10))
    assert (found.ended, found.best, found.results.asked) == (Ended.CHOSEN, 1, 10)


def test_of_plans_that_are_the_same_the_first_is_chosen() -> None:
    """Two names of one plan tie in every replication, and the first of them is chosen over the others."""
    same = [plan(0), plan(1, "base"), plan(1, "separate")]
    found = compare(same, ZONE, runs=Quick(3, engine=Invented(normal([0.0, 3.0], 2.0))))
    assert (found.ended, found.best) == (Ended.CHOSEN, 1)
    assert [at for at, _ in found.eliminated] == [0]
    both = compare([plan(0, "base"), plan(0, "separate")], ZONE, runs=Quick(3, engine=Invented(normal([0.0]))))
    assert (both.ended, both.best, both.eliminated) == (Ended.CHOSEN, 0, ())


@pytest.mark.parametrize("budget", [None, 47, 95, 120])
def test_a_choice_does_not_depend_on_the_workers(budget: int | None) -> None:
    """What is chosen, run and reported is the same for one worker, two and eight, also where a budget ends it."""
    for seed in range(10):
        found = [
            compared(normal([0.0, 0.2, 0.6, 0.9], 2.0), 4, ZONE, seed=seed, width=width, budget=budget)
            for width in (1, 2, 8)
        ]
        assert len({(one.ended, one.best, one.eliminated, one.results.values.tobytes()) for one in found}) == 1


def test_a_budget_buys_a_choice_where_it_is_just_enough() -> None:
    """What a budget leaves of a batch is judged: a choice that needed no more runs than it had is made."""
    whole = compared(normal([0.0, 3.0], 2.0), 2, ZONE, seed=5)
    needed = 2 * whole.eliminated[-1][1]
    assert compared(normal([0.0, 3.0], 2.0), 2, ZONE, seed=5, budget=needed).best == 1
    assert compared(normal([0.0, 3.0], 2.0), 2, ZONE, seed=5, budget=needed - 1).ended is Ended.BUDGET


def test_little_is_run_in_vain() -> None:
    """No plan has many more runs than were judged of it."""
    found = compared(normal([0.0, 0.5, 1.0], 2.0), 3, ZONE, seed=2)
    gone = dict(found.eliminated)
    for at in range(3):
        judged = gone.get(at, found.eliminated[-1][1])
        assert judged <= found.results.replications(at) <= 1.1 * judged + 4


def test_nobody_is_chosen_by_what_did_not_happen() -> None:
    """A measure that is missing in one replication of one plan is an error that names both."""

    def law(scenario: Scenario, common: np.random.Generator, own: np.random.Generator) -> dict[str, float]:
        missing = place_of(scenario) == 1 and common.random() < 0.2
        return {MONEY: math.nan if missing else own.standard_normal()}

    with pytest.raises(ValueError, match=r"never happened in replication \d+ of plan 1"):
        compared(law, 2, ZONE)


def test_what_is_seen_of_a_choice_are_plans_in_play() -> None:
    """The bar is shown differences of plans still in play to the first plan, and the zone."""
    seen: list[tuple[int, Estimate, float]] = []
    found = compared(normal([0.0, 0.0, 1.0], 2.0), 3, ZONE, seen=lambda *now: seen.append(now))
    assert found.best == 2
    assert {width for _, _, width in seen} == {1.0}
    assert {at for at, _, _ in seen} <= {1, 2}


# What is handed back.


def test_a_comparison_is_a_frame() -> None:
    """The frame has a row for each plan and measure, with the difference to the first plan."""
    frame = compared(normal([0.0, 1.0]), 2, 5).frame()
    money = frame[frame["measure"] == MONEY]
    assert list(money["plan"]) == ["plan 0", "plan 1"]
    assert list(money["n"]) == [5, 5]
    assert money["less_first"].iloc[0] == 0.0


def test_doubt_is_about_the_difference() -> None:
    """A difference that hangs on a few replications is doubted, and a normal one is not."""

    def rare(scenario: Scenario, common: np.random.Generator, own: np.random.Generator) -> dict[str, float]:
        return {MONEY: 100.0 * (place_of(scenario) == 1 and common.random() < 0.04)}

    assert compared(rare, 2, 50).doubt(1).reasons
    assert not compared(normal([0.0, 1.0]), 2, 50).doubt(1).reasons
