"""What is said of studies: how they ended, what was chosen and promised, and tables and JSON that hold in all cases."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from sim.analysis import BatonCosts, Choice, Comparison, Cost, Ended, Hiring, Limit, Optimum
from sim.analysis.optimising import Finalist, Visited
from sim.kpis import KPIS
from sim.relay import Handoff
from sim.report import batons, deciding, hiring, machine, optimising, tables
from sim.run import simulate
from sim.scenarios import load
from sim.shop.staffing import Staffing, Step, staffing, steps
from sim.statistics import Estimate, Precision, Zone
from sim.study import Results

MONEY = "contribution_per_year"
SHOP = load("separate", ["horizon.days=7"]).scenario
NOTHING = Estimate(math.nan, math.nan, math.nan, 0)


def about(mean: float, half: float = 0.0, n: int = 10) -> Estimate:
    return Estimate(mean, mean - half, mean + half, n)


def made(means: Sequence[float], *, n: int = 20, noise: float = 1_000.0, level: float = 0.95) -> Results:
    """Results of so many plans, in which only the money is known."""
    luck = np.random.default_rng(5)
    values = np.full((len(means), n, len(KPIS)), np.nan)
    values[:, :, [*KPIS].index(MONEY)] = np.array(means)[:, None] + noise * luck.standard_normal((len(means), n))
    values[:, :, [*KPIS].index("potential")] = 1e6
    names = ("base", "separate", "merged", "trained")[: len(means)]
    return Results(
        plans=names, scenarios=tuple(SHOP.model_copy(update={"name": name}) for name in names), seed=1, days=7,
        keys=tuple(KPIS), values=values, finished=np.ones((len(means), n), dtype=np.bool_), level=level,
    )  # fmt: skip


def strict(found: object) -> None:
    """Whatever is told to machines is JSON that every reader takes."""

    def refuse(name: str) -> object:
        raise AssertionError(f"{name} is not JSON")

    json.loads(machine.dumps(found), parse_constant=refuse)


# Comparisons.


def said(comparison: Comparison) -> str:
    strict(deciding.as_data(comparison))
    strict(json.loads(machine.compare_json(comparison.results, deciding.as_data(comparison))))
    assert deciding.title(comparison)
    assert deciding.remarks(comparison).endswith((".", ")"))
    return " ".join(deciding.sentences(comparison))


def test_a_choice_says_what_it_promises() -> None:
    """The plan chosen, the probability, the zone and what happens inside it are all said, and who was dropped when."""
    chosen = Comparison(made([0.0, 9_000.0, 4_000.0]), MONEY, Ended.CHOSEN, Zone(2_000.0, 0.9), 1, ((0, 20), (2, 31)))
    text = said(chosen)
    assert "separate is chosen as the best of 3 plans" in text
    assert "at least 90 %" in text
    assert "$2,000 or more ahead" in text
    assert "within $2,000 of the best" in text
    assert "60 runs" in text
    assert "Dropped on the way: base after 20 replications and merged after 31 replications." in text
    assert deciding.title(chosen) == "separate is chosen as the best of 3 plans"
    assert "Intervals after selection" in deciding.remarks(chosen)
    data = deciding.as_data(chosen)
    assert (data["chosen"], data["intervals"], data["probability"]) == ("separate", "after selection", 0.9)


@pytest.mark.parametrize(
    ("ended", "why"),
    [(Ended.BUDGET, "budget"), (Ended.INTERRUPTED, "interrupted"), (Ended.GIVEN_UP, "killed again and again")],
)
def test_what_ended_too_early_says_why(ended: Ended, why: str) -> None:
    """A study that ended before it was decided says so, why, and who is still in play."""
    open_ = Comparison(made([0.0, 1.0, 2.0]), MONEY, ended, Zone(1.0), None, ((1, 20),))
    assert f"Nothing is chosen yet, because {'the ' if why == 'budget' else ''}" in said(open_)
    assert why in said(open_)
    assert "still in play: base and merged" in said(open_)
    assert deciding.title(open_) == "None of 3 plans is chosen yet"
    assert deciding.as_data(open_)["chosen"] is None
    wide = Comparison(made([0.0, 1.0]), MONEY, ended, Precision(1.0))
    assert "was to be known to ± $1, but" in said(wide)
    assert why in said(wide)


def test_precision_says_what_was_wished_and_that_it_is_reached() -> None:
    """A precise study names its half-width, absolute or relative, and how many replications it took."""
    one = Comparison(made([0.0, 5_000.0]), MONEY, Ended.PRECISE, Precision(900.0))
    assert "The difference in contribution a year is known to ± $900, as asked: that took 20 replications." in said(one)
    several = Comparison(
        made([0.0, 1.0, 2.0], level=0.975), MONEY, Ended.PRECISE, Precision(900.0, 0.05, comparisons=2)
    )
    assert "Every difference" in said(several)
    assert "± 0.05 of it, or ± $900" in said(several)
    assert "hold all at once" in deciding.remarks(several)
    assert deciding.as_data(several)["intervals"] == "hold all at once (Bonferroni)"


def test_several_comparisons_are_marked_as_each_alone_or_together() -> None:
    """With more than one difference the note says whether they hold at once; with one it says neither."""
    alone = Comparison(made([0.0, 1.0, 2.0]), MONEY, Ended.RUN, 20)
    assert "Each difference is at 95 % alone" in deciding.remarks(alone)
    assert "alone" not in deciding.remarks(Comparison(made([0.0, 1.0]), MONEY, Ended.RUN, 20))


def test_a_fixed_number_that_a_budget_cut_short_says_so() -> None:
    """Where the budget ended a comparison before its replications were there, that is said."""
    cut = Comparison(made([0.0, 9_000.0]), MONEY, Ended.BUDGET, 50)
    assert "The budget of runs was spent before all 50 replications were there." in said(cut)
    assert "budget" not in said(replace(cut, ended=Ended.RUN))


def test_comparisons_hold_where_nothing_is_known() -> None:
    """One plan, plans without a single number, and equal plans are said without failing."""
    empty = made([0.0, 0.0])
    none = replace(empty, values=np.full_like(empty.values, np.nan), finished=np.zeros_like(empty.finished))
    for ended, wish in ((Ended.BUDGET, Zone(1.0)), (Ended.INTERRUPTED, Precision(1.0)), (Ended.INTERRUPTED, 5)):
        assert said(Comparison(none, MONEY, ended, wish))  # type: ignore[arg-type]
    assert said(Comparison(made([0.0, 0.0], noise=0.0), MONEY, Ended.CHOSEN, Zone(1.0), 0))
    assert said(Comparison(made([3.0]), MONEY, Ended.RUN, 20))


def test_doubtful_differences_are_warned_of() -> None:
    """A difference that hangs on a handful of replications has its warning, and a normal one has not."""
    results = made([0.0, 0.0])
    results.values[1, :, [*KPIS].index(MONEY)] = results.values[0, :, [*KPIS].index(MONEY)]
    results.values[1, 3, [*KPIS].index(MONEY)] += 50_000.0
    assert "Do not trust the interval of separate too far" in said(Comparison(results, MONEY, Ended.RUN, 20))
    assert "Do not trust" not in said(Comparison(made([0.0, 1.0]), MONEY, Ended.RUN, 20))


def test_the_bar_says_where_a_study_stands() -> None:
    """The line of the bar has the plan, the interval and the wish, and holds before there is any."""
    assert deciding.interim("separate", MONEY, about(84_000.0, 30_000.0), 20_000.0, "$") == (
        "separate $84,000 ± 30,000, wished ± 20,000"
    )
    assert deciding.interim("separate", MONEY, NOTHING, math.nan, "$").startswith("separate ")


# Hiring.

STEPS = {step.key: step for step in steps(SHOP)}


def choice(
    key: str, gain: Estimate, best: float = 0.0, worse: float = 0.5, once: float = 0.0, week: Estimate = NOTHING
) -> Choice:
    return Choice(STEPS[key], gain, best, worse, once, about(0.001, 0.002), about(0.1, 0.2), week, week)


def ranking(*choices: Choice) -> Hiring:
    return Hiring(made([0.0] * 2), choices, False)


STAY = choice("stay", about(0.0), worse=math.nan)


def told(found: Hiring) -> str:
    strict(hiring.as_data(found))
    assert tables.text(hiring.table(found), 80)
    assert len(hiring.table(found).rows) == len(found.choices)
    assert "nan" not in tables.text(hiring.table(found)) + hiring.remarks(found)
    sentences = hiring.sentences(found)
    assert all(sentence[0].isupper() and sentence.endswith(".") for sentence in sentences)
    assert "nan" not in " ".join(sentences)
    return " ".join(sentences)


def test_the_best_step_comes_with_its_interval_and_payback() -> None:
    """The step, what it brings, between which limits, its cost once and the weeks until it is paid back are said."""
    text = told(
        ranking(
            choice("more csr", about(52_000.0, 9_000.0), 0.9, 0.001, 5_000.0),
            STAY,
            choice("fewer csr", about(-9e4, 9e3), 0.1, 1.0),
        )
    )
    assert "The best next step is: one more csr." in text
    assert "$52,000 a year, 95 % between $43,000 and $61,000" in text
    assert "costs $5,000 once, paid back in about 5 weeks" in text
    assert "With 10 % another of these steps is better, most likely: one csr fewer (10 %)." in text
    assert "Overstaffed? No" in text


def test_a_step_that_cannot_be_told_from_nothing_says_so() -> None:
    """A gain whose interval holds zero is called that."""
    assert "cannot be told from nothing" in told(ranking(choice("more csr", about(5_000.0, 9_000.0), 0.5), STAY))


def test_staying_may_be_the_best_step() -> None:
    """Where nothing brings more, staying is the answer, and what is sure is called certain."""
    text = told(ranking(replace(STAY, best=0.999), choice("more csr", about(-5_000.0, 900.0), 0.001, 1.0, 4_700.0)))
    assert "No single step brings more than to leave all as it is" in text
    assert "as good as certain" in text
    assert "Overstaffed" not in text


def test_too_many_people_are_told() -> None:
    """Letting somebody go that brings money for sure is overstaffing; what is open is named as open."""
    many = ranking(choice("fewer csr", about(40_000.0, 9_000.0), 1.0, 0.01), STAY)
    assert "Overstaffed? It looks so: one csr fewer brings $40,000 a year." in told(many)
    open_ = ranking(
        STAY,
        choice("fewer csr", about(-10.0, 9_000.0), 0.3, 0.5),
        choice("fewer dispatcher", about(-9e4, 9e3), 0.0, 1.0),
    )
    assert "Not that these runs could tell; open is: one csr fewer." in told(open_)


def test_a_bad_week_is_told_where_there_is_one() -> None:
    """The bad week stands beside today's, and nothing is said of it over a few days."""
    bad = choice("more csr", about(5_000.0, 900.0), 0.9, 0.01, week=about(-2_000.0, 100.0))
    assert "in a bad week (one in twenty) the shop then makes −$2,000 instead of" in told(ranking(bad, STAY))  # noqa: RUF001
    assert "bad week" not in told(ranking(choice("more csr", about(5_000.0, 900.0), 0.9), STAY))


def test_every_step_has_words() -> None:
    """Whatever step there is can be said, without underscores."""
    for scenario in (
        SHOP,
        load("combined").scenario,
        load("cross_trained").scenario,
        load("one_person_office").scenario,
    ):
        for step in steps(scenario):
            assert hiring.words(step)
            assert "_" not in hiring.words(step)
    assert hiring.words(Step("train", SHOP)) == "cross-train the whole office"


# Batons.


def costs(size: float, together: Estimate, interaction: Estimate, half: float = 10.0) -> BatonCosts:
    each = tuple(
        Cost(handoff, about(size / place, half), about(700.0, 9.0), about(40.0, 2.0), about(1.0, 0.5))
        for place, handoff in enumerate(Handoff, start=1)
    )
    return BatonCosts(made([0.0] * 7 if size is None else [0.0, 1.0]), each, together, interaction)


def test_the_dearest_hand_off_is_named_and_the_rest_added_up() -> None:
    """The dearest hand-off, all of them together, and what their sum is off by are said with their limits."""
    found = costs(9_000.0, about(15_000.0, 1_000.0), about(-5_000.0, 600.0))
    text = " ".join(batons.sentences(found))
    assert "The dearest hand-off of base is the booking: perfect, it would bring $9,000 a year" in text
    assert "All five perfect would bring $15,000" in text
    assert "less than the sum of each alone" in text
    assert "Each of the five costs money beyond doubt." in text
    assert len(batons.table(found).rows) == 6
    assert tables.text(batons.table(found), 80)
    assert "10 replications" in batons.remarks(found)


def test_what_cannot_be_told_of_batons_is_not_claimed() -> None:
    """Without a cost that is told from nothing no hand-off is dearest, and those open are named."""
    text = " ".join(batons.sentences(costs(9.0, about(15.0, 100.0), about(5.0, 600.0))))
    assert "no hand-off can be told to cost anything" in text
    assert "cannot be told from nothing" in text
    assert "Of booking, brief, update, report and close these runs cannot tell" in text
    about_sum = " ".join(batons.sentences(costs(9_000.0, about(15_000.0, 100.0), about(5.0, 600.0))))
    assert "about the sum of each alone" in about_sum


def test_batons_hold_where_nothing_is_known() -> None:
    """Numbers that are missing make no sentence fail and are null for machines."""
    nothing = costs(math.nan, NOTHING, NOTHING)
    assert all(sentence[0].isupper() for sentence in batons.sentences(nothing))
    assert "nan" not in tables.text(batons.table(nothing))
    strict(batons.as_data(nothing, simulate(SHOP, 1, 0)))


def test_examples_are_real_or_said_to_be_missing() -> None:
    """A hand-off that was dropped has its chain under a heading, and one that was not has no heading of a drop."""
    told = batons.chains(simulate(SHOP, 1, 0)).split("\n\n")
    assert len(told) == len(Handoff)
    quiet = batons.chains(simulate(load("separate", ["horizon.days=1", "calls.per_day=0"]).scenario, 1, 0))
    assert "that was dropped:" not in quiet
    assert quiet.count("it never happened") == len(Handoff)


# Optimising.

TODAY = staffing(SHOP)


def visited(
    plan: Staffing = TODAY, mean: float = 100.0, limits: tuple[float, ...] = (), broken: float = 0.0
) -> Visited:
    return Visited(plan, SHOP, mean, limits, broken)


def optimum(
    *finalists: Finalist,
    limits: tuple[Limit, ...] = (),
    best: int | None = 0,
    ended: Ended = Ended.CHOSEN,
    local: bool = True,
) -> Optimum:
    return Optimum(visited(), (visited(),), finalists, best, ended, limits, Zone(2_000.0), local)


def finalist(
    plan: Staffing = TODAY, gain: Estimate = NOTHING, limits: tuple[Estimate, ...] = (), kept: bool = True
) -> Finalist:
    return Finalist(visited(plan), about(1e6, 1e3), gain, limits, kept)


BETTER = TODAY._replace(counts=(3, 1, 4, 4), shifts=(0, -30, 0, 0), trained=True)


def answered(found: Optimum) -> str:
    strict(optimising.as_data(found))
    assert len(optimising.table(found).rows) == len(found.finalists)
    assert "nan" not in tables.text(optimising.table(found), 80) + optimising.remarks(found)
    return " ".join(optimising.sentences(found))


def test_the_best_staffing_says_what_changes_and_what_is_promised() -> None:
    """The changes in words, the gain with its limits and the promise of the final are said, and no more."""
    text = answered(optimum(finalist(BETTER, about(40_000.0, 3_000.0)), finalist()))
    assert "3 csr instead of 2; dispatcher 30 min earlier; the office cross-trained" in text
    assert "$40,000 a year more than today's, 95 % between $37,000 and $43,000" in text
    assert "with at least 95 % no plan of the final that keeps to the limits is $2,000 or more better" in text
    assert "Other plans, further away, may be better still." in text
    assert "no plan one step away from the best was better" in text


def test_staying_may_be_the_best_staffing() -> None:
    """Where today's plan is chosen that is the answer, and a search cut short is called so."""
    text = answered(optimum(finalist(), local=False))
    assert "Leave the staff as it is" in text
    assert "it stopped before it had seen every plan near the best" in text
    assert optimising.changes(TODAY, TODAY) == "as today"


def test_limits_are_said_in_their_units() -> None:
    """Limits that nobody keeps are named, shares in per cent and money with its sign; the table says who keeps them."""
    limits = (Limit("abandoned_share", "<=", 0.07), Limit("payroll_per_year", "<=", 900_000.0))
    none = optimum(finalist(kept=False, limits=(about(0.1), NOTHING)), limits=limits, best=None)
    text = answered(none)
    assert "at most 7\N{NARROW NO-BREAK SPACE}%" in text
    assert "at most $900,000" in text
    assert optimising.table(none).headers[-1] == "keeps limits"
    assert optimising.table(none).rows[0][-1] == "no"
    assert "keeps limits" not in optimising.table(optimum(finalist())).headers


@pytest.mark.parametrize("ended", [Ended.BUDGET, Ended.INTERRUPTED, Ended.GIVEN_UP])
def test_a_search_that_ended_too_early_chooses_nothing(ended: Ended) -> None:
    """Why nothing is chosen is said, with or without finalists."""
    for finalists in ((), (finalist(), finalist(BETTER))):
        assert "Nothing is chosen, because" in answered(optimum(*finalists, best=None, ended=ended))
