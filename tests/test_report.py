"""What is said and drawn of results: honest numbers, sentences that answer, and files for machines."""

import csv
import io
import json
import math
import re
import warnings
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import numpy as np
import pytest

from sim.analysis import Comparison, Ended
from sim.kpis import KPIS, Kpi
from sim.report import assumptions, figures, machine, tables, words
from sim.report.drawing import called, short
from sim.report.measures import chosen, costs_of
from sim.report.numbers import about, amount, limits, plain, rounded, scale, step, with_unit
from sim.report.page import page
from sim.report.settings import differences, in_words, leaves
from sim.report.waterfall import rows_of
from sim.shop.people import Group
from sim.shop.scenario import Scenario
from sim.statistics import Estimate
from sim.study import Results, Split

PER_CENT, DOLLARS = scale(KPIS["abandoned_share"], "$"), scale(KPIS["contribution_per_year"], "$")


def plan(name: str, hats: tuple[str, ...] = ("csr",), **more: object) -> Scenario:
    people = {"office": Group(count=3, hats=hats)}  # type: ignore[arg-type]
    return Scenario.model_validate({"name": name, "title": f"the {name} office", "people": people, **more})


def made(means: dict[str, tuple[float, ...]], *, spread: float = 0.02, n: int = 8, apart: float = 0.2) -> Results:
    """Results with these means by measure, one a plan, and noise, of which the part ``apart`` is not paired."""
    noise = np.random.default_rng(11)
    plans = len(next(iter(means.values())))
    keys = tuple(KPIS)
    values = np.full((plans, n, len(keys)), np.nan)
    for key, by_plan in means.items():
        common = noise.standard_normal(n)
        for place, mean in enumerate(by_plan):
            own = noise.standard_normal(n)
            own -= own.mean()
            values[place, :, keys.index(key)] = mean * (1.0 + spread * (common - common.mean() + apart * own))
    names = ("combined", "separate", "cross_trained")[:plans]
    hats = (("csr", "dispatcher"), ("csr",), ("dispatcher",))
    scenarios = tuple(plan(name, worn) for name, worn in zip(names, hats, strict=False))
    return Results(
        plans=names, scenarios=scenarios, seed=3, days=365, keys=keys, values=values,
        finished=np.ones((plans, n), dtype=np.bool_),
    )  # fmt: skip


MONEY = {
    "contribution_per_year": (500_000.0, 584_000.0),
    "potential": (3_000_000.0, 3_000_000.0),
    "collected": (1_800_000.0, 1_900_000.0),
    "loss_abandoned": (400_000.0, 500_000.0),
    "loss_no_slot": (700_000.0, 550_000.0),
    "loss_cancelled": (90_000.0, 40_000.0),
    "loss_dispute": (10_000.0, 10_000.0),
    "abandoned_share": (0.07, 0.10),
    "service_level_share": (0.8, 0.7),
    "billable_h_per_technician_day": (4.1, 4.3),
    "calls_offered": (19_000.0, 19_000.0),
    "payroll_per_year": (1_050_000.0, 1_050_000.0),
}


@pytest.fixture
def results() -> Results:
    return made(MONEY)


def compared(results: Results) -> Comparison:
    return Comparison(results, "contribution_per_year", Ended.RUN, results.asked)


def with_hours(results: Results) -> Results:
    """The same results with calls abandoned by the hour, nobody ringing at night."""
    labels = tuple(f"{hour:02d}:00" for hour in range(24))
    values = np.full((len(results.plans), 24, results.asked, 1), np.nan)
    for place in range(len(results.plans)):
        values[place, 8:17, :, 0] = np.linspace(0.05, 0.2, 9)[:, None] * (1 + np.linspace(0, 0.1, results.asked))
    split = Split("hour", labels, ("abandoned_share",), values)
    return Results(**{name: getattr(results, name) for name in results.__slots__} | {"splits": {"hour": split}})


# Numbers.


@pytest.mark.parametrize(
    ("half_width", "unit"),
    [(23_456, 1_000), (56_000, 10_000), (354, 10), (355, 100), (949, 100), (950, 100), (0.0123, 0.001), (0.4, 0.1)],
)
def test_numbers_are_rounded_to_what_is_known(half_width: float, unit: float) -> None:
    """The unit of rounding follows the half-width by the rule of the Particle Data Group."""
    assert step(half_width) == pytest.approx(unit)


def test_no_spread_is_no_precision() -> None:
    """A half-width of nothing, of noise or that is none leaves the number's own digits."""
    assert step(0.0) == step(math.nan) == step(math.inf) == step(1e-13, 71.7) == 0.0
    assert rounded(1_050_000.0, 0.0) == "1,050,000"
    assert rounded(0.041237, 0.0) == "0.04124"


@pytest.mark.parametrize(
    ("x", "to", "text"),
    [(-1234.5, 1.0, "\N{MINUS SIGN}1,234"), (-0.2, 1.0, "0"), (math.nan, 1.0, "\N{EN DASH}"), (math.inf, 1, "∞"),
     (84_312, 1_000, "84,000"), (0.0724, 0.001, "0.072"), (-math.inf, 0.0, "\N{MINUS SIGN}∞")],
)  # fmt: skip
def test_numbers_have_separators_and_real_minus_signs(x: float, to: float, text: str) -> None:
    """Thousands are separated, a minus is a minus sign, and zero has none."""
    assert rounded(x, to) == text


def test_amounts_carry_their_unit() -> None:
    """Shares are in per cent, and the minus of money stands before its sign or word."""
    assert amount(0.0724, 0.004, PER_CENT) == "7.2\N{NARROW NO-BREAK SPACE}%"
    assert amount(-84_312.0, 23_456.0, DOLLARS) == "\N{MINUS SIGN}$84,000"
    assert with_unit("\N{MINUS SIGN}5", scale(KPIS["revenue"], "EUR")) == "\N{MINUS SIGN}5\N{NARROW NO-BREAK SPACE}EUR"
    assert amount(71.71151, 0.0001, scale(KPIS["wait_all_mean_s"], "$"), 3) == "71.7\N{NARROW NO-BREAK SPACE}s"
    assert amount(4.28, 0.04, scale(KPIS["billable_h_per_technician_day"], "$")) == "4.28\N{NARROW NO-BREAK SPACE}h"
    assert plain(Estimate(0.0724, 0.0684, 0.0764, 9), PER_CENT) == "7.2 ± 0.4"
    assert plain(Estimate(math.nan, math.nan, math.nan, 0), PER_CENT) == "\N{EN DASH}"


def test_a_limit_that_excludes_zero_does_so_when_rounded() -> None:
    """Rounding never turns a limit beyond zero into zero."""
    low, high = limits(Estimate(60_000.0, 4_000.0, 116_000.0, 9), DOLLARS)
    assert (low, high) == ("$4,000", "$116,000")
    assert limits(Estimate(60_000.0, -4_000.0, 124_000.0, 9), DOLLARS)[0] == "$0"


def test_counts_are_said_roughly() -> None:
    """A number of replications is said to two digits, rounded up."""
    assert [about(n) for n in (3, 47, 123, 4_567)] == ["3", "47", "130", "4,600"]


# The answer.


def test_the_answer_says_who_brings_more_and_how_sure_that_is(results: Results) -> None:
    """The better plan is the subject, with the difference, its limits, what it costs and what it leans on."""
    (sentence,) = words.answer(results)
    assert re.match(
        r"separate brings \$8[34],\d00 more a year than combined, 95 % between \$\d\d,\d00 and \$\d\d,\d00; it costs "
        r"calls abandoned \(10\.\d*.% instead of 7\.\d*.%\) and calls answered within 20 s \(70\.\d*.% instead of .*; "
        r"it leans on these assumptions: how much people differ, .* and how patient callers are\.$",
        sentence,
    )


def test_the_first_plan_can_be_the_better_one() -> None:
    """Where the first plan brings more, it is the subject and its costs are told."""
    swapped = made({key: (second, first) for key, (first, second) in MONEY.items()})
    assert words.answer(swapped)[0].startswith("combined brings $84,000 more a year than separate, 95 % between")
    assert "billable" not in words.answer(swapped)[0]
    assert (
        "no other measure shown gets significantly worse"
        in words.answer(made({"contribution_per_year": (1.0, 2.0), "potential": (9.0, 9.0)}))[0]
    )


def test_an_interval_with_zero_in_it_cannot_tell() -> None:
    """Where the interval includes zero, the answer says so, and how many more replications would tell."""
    (sentence,) = words.answer(made(MONEY, spread=0.4, apart=1.0))
    assert sentence.startswith("8 replications cannot tell whether separate or combined brings more: ")
    assert re.search(
        r"but 95 % between \N{MINUS SIGN}\$[\d,]+ and \$[\d,]+; about [\d,]+ more replications would", sentence
    )


def test_one_replication_cannot_tell() -> None:
    """A single replication has no interval, and the answer asks for more."""
    assert words.answer(made(MONEY, n=1))[0].startswith(
        "One replication cannot tell separate from combined: run at least 2"
    )
    assert (
        "in one replication, so nobody knows"
        in words.answer(made({key: (first,) for key, (first, _) in MONEY.items()}, n=1))[0]
    )


def test_a_difference_that_rounds_to_nothing_is_not_said_to_be_none() -> None:
    """Where the mean is nothing beside its doubt, the limits are told instead of a $0 that one plan brings."""
    doubtful = {"contribution_per_year": (500_000.0, 500_900.0), "potential": (9e6, 9e6)}
    told = words.answer(made(doubtful, spread=0.3, apart=0.5))[0]
    assert re.search(
        r": separate brings between \N{MINUS SIGN}\$[\d,]+ and \$[\d,]+ more a year than combined, with 95 %;", told
    )
    alone = words.answer(made({"contribution_per_year": (900.0,), "potential": (9e6,)}, spread=300.0))[0]
    assert re.match(
        r"combined brings between \N{MINUS SIGN}\$[\d,]+ and \$[\d,]+ a year, with 95 %, so 8 replications cannot",
        alone,
    )
    fixed = words.answer(made({"contribution_per_year": (-900.0,), "potential": (9e6,)}, spread=0.0))[0]
    assert fixed.startswith("combined loses $900 a year, the same in every replication;")


def test_one_more_replication_is_one() -> None:
    """The number of replications that would tell is counted as people count."""
    results = made({"contribution_per_year": (500_000.0, 584_000.0)})
    difference = Estimate(1.0, -1.0, 3.0, 8)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Results, "to_tell", lambda *_: 9)
        assert words._more_runs(results, 1, words.MONEY, difference).startswith("about 1 more replication would,")


def test_equal_plans_are_equal() -> None:
    """Plans that give the same everywhere are said to be the same."""
    assert words.answer(made({"contribution_per_year": (5.0, 5.0), "potential": (9.0, 9.0)}, apart=0.0)) == [
        "separate and combined give exactly the same in every replication."
    ]


def test_plans_so_alike_that_nobody_could_tell() -> None:
    """A difference that needs more replications than anybody runs is said to be none."""
    alike = made({"contribution_per_year": (500_000.0, 500_001.0), "potential": (9.0, 9.0)}, spread=0.1)
    assert "no practical number of replications would tell" in words.answer(alike)[0]


def test_several_plans_come_best_first() -> None:
    """The best plan leads against the first, the others follow, and the best two are told apart if they can be."""
    three = made({"contribution_per_year": (500_000.0, 560_000.0, 620_000.0), "potential": (9e6, 9e6, 9e6)})
    best, second, between = words.answer(three)
    assert best.startswith("cross_trained brings $120,000 more a year than combined")
    assert second.startswith("separate brings $60,000 more a year than combined")
    assert between.startswith("cross_trained brings $60,000 more a year than separate")
    worst = made({"contribution_per_year": (500_000.0, 400_000.0, 300_000.0), "potential": (9e6, 9e6, 9e6)})
    leading, other = words.answer(worst)
    assert leading.startswith("combined brings $100,000 more a year than separate")
    assert other.startswith("cross_trained brings $200,000 less a year than combined")


def test_one_plan_is_told_by_itself() -> None:
    """A single plan's answer is what it brings or loses a year."""
    alone = words.answer(made({key: (first,) for key, (first, _) in MONEY.items()}))[0]
    assert alone.startswith("combined brings $500,000 a year, 95 % between $")
    losing = words.answer(made({"contribution_per_year": (-5_000.0,), "potential": (9.0,)}))[0]
    assert losing.startswith("combined loses $5,000 a year, 95 % between $")


def test_without_money_the_phones_decide() -> None:
    """Where there is nothing to win, the answer is about the callers."""
    phones = made(
        {
            "abandoned_share": (0.07, 0.10),
            "calls_offered": (9.0, 9.0),
            "contribution_per_year": (-5.0, -5.0),
            "potential": (0.0, 0.0),
        }
    )
    assert re.match(
        r"combined loses 3\.\d* percentage points fewer of all calls than separate", words.answer(phones)[0]
    )


def test_where_nobody_gives_up_the_waits_decide() -> None:
    """Endless patience makes no two plans the same: then the answer is about the waits, or says where they differ."""
    waits = {"abandoned_share": (0.0, 0.0), "calls_offered": (9.0, 9.0), "wait_all_mean_s": (140.0, 700.0)}
    assert words.answer(made(waits))[0].startswith("combined lets callers wait 560\N{NARROW NO-BREAK SPACE}s shorter")
    money = {"contribution_per_year": (5.0, 5.0), "potential": (9.0, 9.0), "wait_all_mean_s": (140.0, 700.0)}
    assert words.answer(made(money, spread=0.0)) == [
        "separate and combined have the same contribution a year in every replication, and differ in other measures."
    ]


def test_a_small_number_is_not_rounded_away_beside_a_large_one() -> None:
    """A wait of 140 s beside one of 76,000 s is as precise as it is known by itself."""
    waits = made({"calls_offered": (9.0, 9.0), "wait_all_mean_s": (140.0, 76_000.0)})
    assert words.side_by_side(waits, "wait_all_mean_s", 0, 1) == [
        "140\N{NARROW NO-BREAK SPACE}s",
        "76,000\N{NARROW NO-BREAK SPACE}s",
    ]


def test_costs_are_what_gets_worse_beyond_doubt(results: Results) -> None:
    """The costs of a plan are its significant losses outside the money, largest relative change first."""
    assert costs_of(results, 1, 0) == ["abandoned_share", "service_level_share"]
    assert costs_of(results, 0, 1) == ["billable_h_per_technician_day"]


# What it leans on.


def test_it_leans_on_assumptions_that_plans_set_differently() -> None:
    """An assumed setting on which plans differ comes first, with both values, and at most four are named."""
    other = plan("b").model_copy(update={"gifts": plan("b").gifts.model_copy(update={"phone_sd": 0.2})})
    found = assumptions.leaning([plan("a"), other])
    assert found[0].settings == ("gifts.phone_sd",)
    assert found[0].detail == "0.1 in a, 0.2 in b"
    assert len(found) <= assumptions.MOST


def test_it_leans_on_the_mechanisms_that_set_plans_apart() -> None:
    """Different hats bring in the gifts and the switch; equal plans only what both exercise."""
    told = [each.words for each in assumptions.leaning([plan("a"), plan("b", ("csr", "dispatcher"))])]
    assert told == ["how much people differ", "what changing hats takes"] or "how patient callers are" in told
    assert "how much people differ" not in [each.words for each in assumptions.leaning([plan("a"), plan("b")])]


def test_settings_are_walked_by_dotted_name() -> None:
    """Every setting is found by its dotted name with its grade, and groups that only one plan has are one entry."""
    assert leaves(plan("a"))["handoffs.booking.drop_between"].about["grade"] == "assumption"
    other = Scenario.model_validate(
        {"name": "b", "people": {"desk": Group(count=1, hats=("dispatcher",), covers=("csr",))}}
    )
    found = {each.name: each.values for each in differences([plan("a"), other])}
    assert found["people.office"] == ("3, wearing csr", "not there")
    assert found["people.desk"] == ("not there", "1, wearing dispatcher, covering csr")


def test_values_are_said_in_words() -> None:
    """Times, distributions, switches and lists are said as an owner would."""
    table = leaves(plan("a"))
    assert in_words(table["phones.open"].value, "time") == "08:00"
    assert in_words(table["attention.switch_s"].value) == "10 to 50\N{NARROW NO-BREAK SPACE}s"
    assert [in_words(x) for x in (True, None, (), ("a", "b"), {"a": 1}, "a_b")] == [
        "yes",
        "none",
        "none",
        "a, b",
        "a 1",
        "a b",
    ]


# Tables.


def test_the_table_is_at_most_a_dozen_aligned_measures(results: Results) -> None:
    """The table holds at most a dozen measures that say something, with units and aligned signs."""
    (table,) = tables.tables(results)
    assert 4 < len(table.rows) <= 12
    lines = tables.text(table).splitlines()
    assert lines[0].split() == ["separate", "less"]
    assert "jobs completed" not in tables.text(table)
    body = [line for line in lines if "±" in line]
    assert len({line.index("±") for line in body}) == 1
    money = next(line for line in lines if line.startswith("contribution a year"))
    assert re.search(r"\$/year +500,000 ± [\d,]+ +584,000 ± [\d,]+ +\+8[34],[\d]00 ± [\d,]+ +better$", money)


def test_all_measures_are_there_when_asked_for(results: Results) -> None:
    """With every measure there is a table a group, and each measure is in one."""
    found = tables.tables(results, every=True)
    assert sum(len(table.rows) for table in found) == len(KPIS)
    assert len({table.title for table in found}) == len(found) > 3


def test_differences_carry_their_sign() -> None:
    """A difference has a plus or a minus unless it is none or rounds to nothing."""
    calls = scale(KPIS["calls_offered"], "$")
    found = [tables.signed(Estimate(mean, mean - 60, mean + 60, 9), calls) for mean in (150.0, -150.0, 2.0, math.nan)]
    assert found == ["+150 ± 60", "\N{MINUS SIGN}150 ± 60", "0 ± 60", "\N{EN DASH}"]


def test_three_plans_have_their_differences_in_a_table_of_their_own() -> None:
    """From three plans on the means and the differences are two tables."""
    means, differing = tables.tables(made({"contribution_per_year": (1.0, 2.0, 3.0), "potential": (9.0, 9.0, 9.0)}))
    assert means.headers[2:] == ("combined", "separate", "cross_trained")
    assert differing.title == "less combined"
    assert differing.headers[2:] == ("separate", "", "cross_trained", "")


def test_a_narrow_terminal_gets_blocks(results: Results) -> None:
    """Where the columns do not fit side by side, they follow one another and no line is wider."""
    (table,) = tables.tables(results)
    text = tables.text(table, 80)
    assert max(map(len, text.splitlines())) <= 80
    assert text.count("contribution a year") > 1
    assert sorted(set(text.split())) == sorted(set(tables.text(table).split()))


def test_a_verdict_stays_beside_its_difference(results: Results) -> None:
    """However narrow the terminal, no block holds a verdict without the number it judges."""
    (table,) = tables.tables(results)
    for block in tables.text(table, 40).split("\n\n"):
        assert ("better" in block) == ("less" in block)


def test_splits_leave_out_empty_classes(results: Results) -> None:
    """A split table has a row for each class and plan in which something was seen."""
    split = tables.tables(with_hours(results))[-1]
    assert split.headers == ("hour", "plan", "calls abandoned, %")
    assert [row[0] for row in split.rows if row[0]] == [f"{hour:02d}:00" for hour in range(8, 17)]


def test_splits_leave_out_what_only_hidden_measures_saw(results: Results) -> None:
    """An hour in which nothing of what the table shows was seen has no row."""
    hours = with_hours(results)
    values = np.concatenate([hours.splits["hour"].values] * 2, axis=3)
    values[..., 1] = 3.0  # a measure that is not among the dozen, at night as well
    split = Split("hour", hours.splits["hour"].labels, ("abandoned_share", "wait_moved_mean_s"), values)
    (*_, table) = tables.tables(replace(hours, splits={"hour": split}))
    assert [row[0] for row in table.rows if row[0]] == [f"{hour:02d}:00" for hour in range(8, 17)]


# For machines.


def test_json_of_a_comparison_keeps_the_contract(results: Results) -> None:
    """Plans and differences have every measure with mean and limits, and what never happened is null."""
    found = json.loads(machine.compare_json(with_hours(results)))
    assert [entry["scenario"] for entry in found["plans"]] == ["combined", "separate"]
    assert {name: found["plans"][0][name] for name in ("seed", "days", "replications")} == {
        "seed": 3,
        "days": 365,
        "replications": 8,
    }
    assert set(found["plans"][0]["kpis"]) == set(found["differences"][0]["kpis"]) == set(KPIS)
    assert set(found["plans"][0]["kpis"]["abandoned_share"]) == {"mean", "low", "high", "unit", "label"}
    assert found["plans"][0]["kpis"]["abandoned_share"]["unit"] == "share"
    assert found["plans"][0]["kpis"]["queue_mean"]["mean"] is None
    difference = found["differences"][0]
    assert (difference["plan"], difference["against"]) == ("separate", "combined")
    assert difference["kpis"]["contribution_per_year"]["mean"] == pytest.approx(84_000, rel=1e-6)
    assert set(difference["by"]["hour"]["08:00"]["abandoned_share"]) == {"mean", "low", "high"}
    assert found["plans"][1]["by"]["hour"]["03:00"]["abandoned_share"]["mean"] is None


def test_json_of_a_run_is_one_object() -> None:
    """A run's JSON is one object, and says so where it was interrupted."""
    alone = made({"abandoned_share": (0.07,)})
    assert set(json.loads(machine.run_json(alone))) == {"scenario", "seed", "days", "replications", "kpis"}
    broken = Results(**{name: getattr(alone, name) for name in alone.__slots__} | {"interrupted": True})
    assert json.loads(machine.run_json(broken))["interrupted"] is True


def test_csv_has_a_row_a_measure(results: Results) -> None:
    """CSV holds the plans, then the differences, then nothing that is not a number."""
    rows = list(csv.DictReader(io.StringIO(machine.compare_csv(with_hours(results)))))
    assert len([row for row in rows if not row["by"]]) == 3 * len(KPIS)
    assert len([row for row in rows if row["by"] == "hour"]) == 3 * 24
    assert {row["against"] for row in rows} == {"", "combined"}
    assert next(row for row in rows if row["key"] == "queue_mean")["mean"] == ""
    assert "nan" not in machine.run_csv(results)


# Pictures and the page.


def test_figures_say_what_is_seen(results: Results) -> None:
    """There are four pictures, each an SVG with a title, a remark and its numbers in words."""
    found = figures.figures(with_hours(results))
    assert [picture.title for picture in found] == [
        "63 % of the potential is collected under separate, 60 % under combined",
        words.title(results),
        "Fewest calls abandoned under combined",
        "Callers give up most often between 16:00 and 17:00",
    ]
    assert all(picture.uri.startswith("data:image/svg+xml;base64,") and picture.alt for picture in found)


def test_small_losses_are_folded_together(results: Results) -> None:
    """The waterfall begins with the potential, has the largest loss first, folds the small ones and ends collected."""
    rows = rows_of(results)
    assert [name for name, _ in rows] == [
        "potential", "no visit soon enough", "hung up while waiting", "cancelled", "other losses", "collected",
    ]  # fmt: skip
    assert rows[4][1] == pytest.approx([10_000, 10_000])


def test_long_names_leave_room_for_the_picture(results: Results, recwarn: pytest.WarningsRecorder) -> None:
    """Names of any length are drawn in two short lines at most, and no picture collapses beside them."""
    long = "our shop in the north-western valley with everybody trained for both roles"
    assert called(long) == "our shop in the\nnorth-western\N{HORIZONTAL ELLIPSIS}"
    assert called("cross_trained") == "cross_trained"
    assert called("a_plan_with_a_very_long_word") == "a_plan_with_a_very\n_long_word"
    assert called("x" * 99, lines=1) == "x" * 17 + "\N{HORIZONTAL ELLIPSIS}"
    assert len(figures.figures(with_hours(replace(results, plans=(long, "y" * 200))))) == 4
    assert not recwarn.list


def test_bands_end_where_shares_end(results: Results, monkeypatch: pytest.MonkeyPatch) -> None:
    """The interval of a share is drawn from 0 to 100 %, and not at all where too many would lie over one another."""
    drawn: list[np.ndarray] = []
    monkeypatch.setattr("matplotlib.axes.Axes.fill_between", lambda _, x, low, high, **how: drawn.extend((low, high)))
    hours = with_hours(results)
    hours.splits["hour"].values[0, 8, :, 0] = np.linspace(0.0, 1.0, 8) ** 0.1
    hours.splits["hour"].values[1, 8, :, 0] = np.linspace(0.0, 1.0, 8) ** 9
    picture = figures.by_hour(hours)
    assert picture is not None
    assert "the band is" in picture.remark
    assert min(np.nanmin(edge) for edge in drawn) == 0.0
    assert max(np.nanmax(edge) for edge in drawn) == 100.0
    drawn.clear()
    twice = {name: np.concatenate([getattr(hours, name)] * 2) for name in ("values", "finished")}
    split = replace(hours.splits["hour"], values=np.concatenate([hours.splits["hour"].values] * 2))
    four = replace(hours, plans=("a", "b", "c", "d"), scenarios=hours.scenarios * 2, splits={"hour": split}, **twice)
    picture = figures.by_hour(four)
    assert picture is not None
    assert "the band is" not in picture.remark
    assert drawn == []


def test_a_plan_of_which_nothing_is_finished_draws_no_waterfall(results: Results) -> None:
    """After Ctrl-C a plan without a single run leaves out the pictures that would divide by it, without a complaint."""
    values, finished = results.values.copy(), results.finished.copy()
    values[1], finished[1] = np.nan, False
    broken = replace(results, values=values, finished=finished, interrupted=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        text = page(compared(broken), "9.9")
    assert "of the potential is collected" not in text
    assert "8 of 16 runs were finished when it was interrupted" in text


def test_large_money_has_its_letter() -> None:
    """Amounts beyond millions are billions and trillions, and what has no letter is written with its power."""
    assert [short(x, DOLLARS) for x in (1.5e6, -2.5e9, 3e12, 4e18)] == [
        "$1.50M",
        "\N{MINUS SIGN}$2.50B",
        "$3T",
        "$4e+18",
    ]


def test_pictures_need_numbers() -> None:
    """Without money, jobs and hours there is neither a waterfall nor a picture of hours."""
    phones = made({"abandoned_share": (0.07, 0.10), "calls_offered": (9.0, 9.0)})
    assert len(figures.figures(phones)) == 2
    assert figures.figures(made({"jobs_closed": (1.0,)})) == []
    nobody = with_hours(phones)
    nobody.splits["hour"].values[:] = 0.0
    assert figures.by_hour(nobody) is None  # nobody gives up, so there is no worst hour


class Loads(HTMLParser):
    """Whatever a page would load or run."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in ("script", "iframe", "object", "embed") or any(name.startswith("on") for name in given):
            self.found.append(tag)
        self.found += [
            url for name in ("src", "href") if (url := given.get(name)) and not url.startswith(("data:", "#"))
        ]


def test_the_page_loads_nothing(results: Results) -> None:
    """The page is one file without scripts that loads nothing from anywhere."""
    text = page(compared(with_hours(results)), "9.9")
    loads = Loads()
    loads.feed(text)
    assert loads.found == []
    assert not re.search(r"url\((?!data:)|@import", text)


def test_the_page_answers_first_and_is_reproducible(results: Results) -> None:
    """The page leads with the answer, says how it was computed, and is the same byte for byte."""
    text = page(compared(with_hours(results)), "9.9")
    assert text == page(compared(with_hours(results)), "9.9")
    assert text.index(words.title(results)) < text.index("The measures") < text.index("How it was computed")
    for told in ("Baton 9.9", "the separate office", "seed 3", "8 of each plan", KPIS["abandoned_share"].definition):
        assert told in text
    assert "By hour" not in text
    assert "By hour" in page(compared(with_hours(results)), "9.9", by=("hour",))


def test_the_page_says_from_when_it_counted(results: Results) -> None:
    """The days that are counted begin after those that only fill the shop."""
    horizon = results.scenarios[0].horizon.model_copy(update={"start": date(2029, 1, 1), "warmup_days": 14})
    later = tuple(scenario.model_copy(update={"horizon": horizon}) for scenario in results.scenarios)
    assert "365 days from 2029-01-15, after 14 days that do not count" in page(
        compared(replace(results, scenarios=later)), "9.9"
    )


def test_the_page_takes_strange_names() -> None:
    """Names from a file cannot break the page."""
    odd = made({"contribution_per_year": (1.0, 2.0), "potential": (9.0, 9.0)})
    odd = Results(**{name: getattr(odd, name) for name in odd.__slots__} | {"plans": ("<b>a</b>", "$x$ & y_z")})
    text = page(compared(odd), "9.9")
    assert "<b>a</b>" not in text
    assert "&lt;b&gt;a&lt;/b&gt;" in text


def test_every_measure_has_what_the_reports_need() -> None:
    """Each measure names its unit, direction, group and definition."""
    for key, kpi in KPIS.items():
        assert isinstance(kpi, Kpi)
        assert kpi.key == key
        assert kpi.label
        assert kpi.definition
        assert kpi.direction in ("higher", "lower", "neither")
    assert chosen(made({"abandoned_share": (0.1,)})) == ["abandoned_share"]
