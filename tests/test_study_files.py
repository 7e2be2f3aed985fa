"""Study files: their errors, the verdict by rule, and studies carried out end to end with the same bytes."""

from __future__ import annotations

import csv
import json
import math
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sim.analysis.mapping import map_of, won
from sim.analysis.ruling import Ruling, Tried, rule, rule_cells, turning
from sim.analysis.studying import claimed, study, value_now, variations
from sim.cli import baton
from sim.kpis import KPIS
from sim.report import map_figures, study_figures, verdicts
from sim.report.study_files import manifest, page, summary
from sim.report.study_words import verdict
from sim.scenarios import ScenarioError, load, read_study
from sim.statistics import Estimate
from sim.study import Runs, Store
from sim.study.runs import Key
from sim.study.tasks import Measured

HOUSE = Path(__file__).resolve().parents[1]

SHOP = """
extends = "one_person_office"

[horizon]
warmup_days = 0
"""

COMPARE = """
question = "Does a second person in the office bring more?"
claim = "A second person brings more."
expects = "more"
measures = ["contribution_expected_per_year", "abandoned_share"]
days = 7
replications = 2
plans = ["shop.toml", { name = "two", extends = "shop.toml", set = { people.office.count = 2 } }]

[vary]
attention.switch_s = [0, 60]
"""

MAP = """
question = "How many people, for how many calls?"
claim = "Two bring more than one."
expects = "more"
kind = "map"
measures = ["contribution_expected_per_year", "abandoned_share", "billable_h_per_technician_day"]
days = 7
replications = 2
plans = ["shop.toml", { name = "cold", extends = "shop.toml", set = { attention.focus = "interrupted" } }]

[vary]
gifts.correlation = [0.5]

[set]
horizon.start = 2029-01-08

[across]
label = "calls a day"
values = [10, 20]
set = { calls.per_day = [10, 20] }

[up]
label = "people in the office"
values = [1, 2]
set = { people.office.count = [1, 2] }
"""


def written(folder: Path, text: str, name: str = "mine.toml") -> Path:
    """A study file beside the little shop that it may name."""
    (folder / "shop.toml").write_text(SHOP, encoding="utf-8")
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def faults(folder: Path, text: str) -> list[str]:
    """What is wrong with a study, each line without its folder."""
    with pytest.raises(ScenarioError) as told:
        read_study(written(folder, text), KPIS)
    return [str(problem).removeprefix(f"{folder}/") for problem in told.value.problems]


def call(*args: object) -> Result:
    return CliRunner().invoke(baton, [str(arg) for arg in args])


# The file.


def test_every_error_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    """Faults of the study, of its plans and of its measures come together, each with file, line and what was meant."""
    text = """\
question = "Q?"
kind = "compair"
plan = ["combined"]
plans = ["combined", { extends = "seprate", set = { handoffs.manals = true } }]
measures = ["contribution_expectd"]
replications = 1
"""
    text = text.replace('"seprate"', '"separate"') + 'expects = "more"\nclaim = 3\n[vary]\n"gifts.correlation" = 3\n'
    assert faults(tmp_path, text) == [
        'mine.toml line 2: kind is "compair"; it should be "compare", "map", "batons" or "hire". '
        'Did you mean "compare"?',
        'mine.toml line 3: "plan" is not a setting. Did you mean "plans"?',
        'mine.toml line 4: "handoffs.manals" is not a setting. Did you mean "manuals"?',
        'mine.toml line 5: there is no measure "contribution_expectd". Did you mean "contribution_expected"?',
        "mine.toml line 6: replications is 1; it should be at least 2.",
        "mine.toml line 8: claim is 3; it should be text in quotes.",
        'mine.toml line 10: vary."gifts.correlation" is 3; it should be a list in brackets, such as [3].',
    ]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (('"shop.toml", {', '"shp.toml", {'), 'line 8: "shp.toml" is neither a built-in scenario nor a file beside'),
        (("people.office.count = 2", "people.office.count = -2"), "line 8: people.office.count is -2; it should be at"),
        (('expects = "more"', ""), 'expects is missing: say whether the claim expects "more" or "less".'),
        (('expects = "more"', 'expects = "more"\nabout = "tow"'), 'it should be one of shop, two. Did you mean "two"?'),
        (("replications = 2", "replications = 2\nprecision = 100"), "precision goes on until the difference is known"),
        (("attention.switch_s", "attention.swich_s"), 'line 11: "attention.swich_s" is not a setting. Did you mean'),
        (("attention.switch_s", "attention.focus"), "line 11: attention.focus is not a number, so it has no range"),
        (("[0, 60]", "[0, -60]"), "line 11: attention.switch_s cannot have the mean -60."),
        (("[vary]", "[up]\nlabel = 'x'\nvalues = [1, 2]\nset = {days = [1, 2]}\n[vary]"), "up belongs to kind"),
        (("days = 7", "days = 7\nkind = 'batons'"), 'plans should be one plan for kind = "batons", not 2.'),
    ],
)
def test_what_does_not_fit_is_told_where_it_stands(tmp_path: Path, change: tuple[str, str], told: str) -> None:
    """A plan, a variation, an axis or a wish that cannot be is told in one line that names the place."""
    assert any(told in line for line in faults(tmp_path, COMPARE.replace(*change)))


def test_levels_of_an_axis_are_tried_before_anything_runs(tmp_path: Path) -> None:
    """An axis with too few values, or with one that a plan cannot have, is refused with its line."""
    few = faults(tmp_path, MAP.replace("calls.per_day = [10, 20]", "calls.per_day = [10]"))
    assert any("line 20: across.set" in line and "should have 2 values" in line for line in few)
    bad = faults(tmp_path, MAP.replace("people.office.count = [1, 2]", "people.office.count = [1, -2]"))
    assert any("line 25: people.office.count is -2; it should be at least 0." in line for line in bad)


def test_names_may_be_dotted_with_or_without_quotes(tmp_path: Path) -> None:
    """Dotted names of settings mean the same whether they are one quoted key or nested tables."""
    quoted = COMPARE.replace("people.office.count", '"people.office.count"').replace(
        "attention.switch_s", '"attention.switch_s"'
    )
    bare = read_study(written(tmp_path, COMPARE), KPIS)
    assert read_study(written(tmp_path, quoted), KPIS).settings == bare.settings
    assert bare.plans[1].people["office"].count == 2
    assert [plan.days for plan in bare.plans] == [7, 7]


def test_a_value_that_the_plans_have_already_is_no_variation(tmp_path: Path) -> None:
    """An assumption is not run again at the value that it has in all plans."""
    file = read_study(written(tmp_path, COMPARE.replace("[0, 60]", "[30, 60]")), KPIS)
    assert value_now(file.plans, "attention.switch_s") == 30.0
    assert variations(file) == [("attention.switch_s", 60.0)]


# The verdict.


def tried(low: float, high: float, name: str = "x", wider: float = 0.0) -> Tried:
    """A case with this interval, and with a wider one where all hold at once."""
    mean = (low + high) / 2.0
    return Tried(Estimate(mean, low, high, 9), Estimate(mean, low - wider, high + wider, 9), name, 1.0)


@pytest.mark.parametrize(
    ("base", "varied", "ruling"),
    [
        ((1, 3), [(1, 2), (0.5, 9)], Ruling.HOLDS),
        ((1, 3), [], Ruling.HOLDS),
        ((1, 3), [(1, 2), (-1, 2)], Ruling.HOLDS_WHEN),
        ((1, 3), [(-2, -1)], Ruling.HOLDS_WHEN),
        ((-1, 3), [(1, 2), (-1, 2)], Ruling.HOLDS_WHEN),
        ((-1, 3), [(-2, -1), (-1, 2)], Ruling.CANNOT_TELL),
        ((-3, -1), [(1, 2)], Ruling.DOES_NOT_HOLD),
        ((-3, -1), [(-2, -1)], Ruling.DOES_NOT_HOLD),
        ((0, 0), [], Ruling.CANNOT_TELL),
    ],
)
def test_the_verdict_goes_by_the_rule(
    base: tuple[float, float], varied: list[tuple[float, float]], ruling: Ruling
) -> None:
    """The verdict on hand-made intervals is that of the rule, and its mirror image where less is claimed."""
    assert rule(tried(*base), [tried(*each) for each in varied], 1).ruling is ruling
    mirrored = [tried(-high, -low) for low, high in [base, *varied]]
    assert rule(mirrored[0], mirrored[1:], -1).ruling is ruling


def test_a_claim_found_only_under_variations_needs_the_stricter_interval() -> None:
    """A variation alone makes a claim hold only where its interval excludes zero at the level of all at once."""
    assert rule(tried(-1, 3), [tried(1, 2, wider=0.5)], 1).ruling is Ruling.HOLDS_WHEN
    assert rule(tried(-1, 3), [tried(1, 2, wider=1.5)], 1).ruling is Ruling.CANNOT_TELL
    assert rule(tried(1, 3), [tried(1, 2, wider=1.5)], 1).ruling is Ruling.HOLDS


def test_what_is_put_in_is_assumed_and_no_claim_has_no_verdict() -> None:
    """A study that says it returns what was put in is never more than assumed, and a mere question gets no verdict."""
    assert rule(tried(1, 3), [], 1, assumed=True).ruling is Ruling.ASSUMED
    assert rule(tried(1, 3), [], 0).ruling is Ruling.NO_CLAIM


@pytest.mark.parametrize(
    ("signs", "ruling"),
    [
        ([1, 1], Ruling.HOLDS),
        ([1, 0, -1], Ruling.HOLDS_WHEN),
        ([0, -1], Ruling.DOES_NOT_HOLD),
        ([0, 0], Ruling.CANNOT_TELL),
    ],
)
def test_the_verdict_over_a_map_goes_by_its_cells(signs: list[int], ruling: Ruling) -> None:
    """A claim about a map holds in every cell, in some, in none against some, or nowhere can it be told."""
    assert rule_cells(signs, 1) is ruling
    assert rule_cells([-sign for sign in signs], -1) is ruling


def test_where_a_sign_turns_is_found_on_a_straight_line() -> None:
    """The turn lies where the line between both means is zero, and nowhere where the sign stays."""
    base, there = Estimate(30.0, 10.0, 50.0, 9), Estimate(-10.0, -20.0, 0.0, 9)
    assert turning(2.0, base, 10.0, there) == pytest.approx(8.0)
    assert math.isnan(turning(2.0, base, 10.0, base))


# Carried out.


def test_a_study_leaves_the_same_bytes_for_one_worker_and_two(tmp_path: Path) -> None:
    """Manifest, summary, figure and page are identical byte for byte whatever the number of workers."""
    path = written(tmp_path, COMPARE)
    for workers in (1, 2):
        result = call("study", path, "--no-store", "--workers", workers, "--results", tmp_path / f"r{workers}")
        assert result.exit_code == 0, result.output
        assert "Verdict: " in result.stdout
    one, two = (sorted((tmp_path / f"r{workers}" / "mine").iterdir()) for workers in (1, 2))
    assert [path.name for path in one] == ["README.md", "figure.svg", "manifest.json", "summary.csv"]
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]


class _Killed(Exception):
    """What stands for a process that was killed."""


class _Dying:
    """A store whose process dies after so many runs were kept."""

    def __init__(self, store: Store, runs: int) -> None:
        self.store, self.left = store, runs

    def find(self, keys: list[Key], by: tuple[str, ...]) -> dict[Key, Measured]:
        return self.store.find(keys, by)

    def keep(self, key: Key, run: Measured) -> None:
        if not self.left:
            raise _Killed
        self.left -= 1
        self.store.keep(key, run)


def test_a_study_that_was_killed_goes_on_and_ends_the_same(tmp_path: Path) -> None:
    """A study killed in the middle and asked again makes only what is missing, and its summary is that of one run."""
    file = read_study(written(tmp_path, COMPARE), KPIS)
    whole = study(file, Runs(1))
    with Store(tmp_path / "runs.sqlite") as store, pytest.raises(_Killed):
        study(file, Runs(1, store=_Dying(store, 5)))  # type: ignore[arg-type]
    with Store(tmp_path / "runs.sqlite") as store:
        runs = Runs(1, store=store)
        again = study(file, runs)
    assert whole is not None
    assert again is not None
    assert runs.made == whole.runs - 5
    assert summary(again) == summary(whole)
    assert manifest(again) == manifest(whole)


def test_the_summary_has_what_was_measured(tmp_path: Path) -> None:
    """Every case, plan and measure has a row with its mean, limits and paired difference to the first plan."""
    found = study(read_study(written(tmp_path, COMPARE), KPIS), Runs(1))
    assert found is not None
    rows = list(csv.DictReader(summary(found).splitlines()))
    assert [row["case"] for row in rows] == [
        case for case in ("base", "attention.switch_s=0", "attention.switch_s=60") for _ in range(4)
    ]
    last = rows[3]
    assert (last["plan"], last["measure"], last["n"]) == ("two", "abandoned_share", "2")
    values = found.results.of("two", "abandoned_share") - found.results.of("shop", "abandoned_share")
    assert float(last["less_first"]) == pytest.approx(values.mean(), rel=1e-5)
    assert "less_first_low" in last


def test_a_map_is_carried_out_end_to_end(tmp_path: Path) -> None:
    """A map of two by two cells has every cell in its table, a figure of its winners and one of how they move."""
    path = written(tmp_path, MAP)
    result = call(
        "study", path, "--no-store", "--workers", 1, "--results", tmp_path / "r", "--table", tmp_path / "T.md"
    )
    assert result.exit_code == 0, result.output
    folder = tmp_path / "r" / "mine"
    rows = list(csv.DictReader((folder / "summary.csv").open(encoding="utf-8")))
    assert {(row["case"], row["across"], row["up"]) for row in rows} == {
        (case, x, y) for case in ("base", "gifts.correlation=0.5") for x in ("10", "20") for y in ("1", "2")
    }
    assert (folder / "figure.svg").read_text(encoding="utf-8").startswith("<?xml")
    assert (folder / "border.svg").exists()
    content = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert content["runs"] == 2 * 4 * 2 * 2
    assert "`horizon.start` = 2029-01-08" in (folder / "README.md").read_text(encoding="utf-8")
    assert "| 2 | " in (folder / "README.md").read_text(encoding="utf-8")
    assert f"| {content['answer']['verdict']} |" in (tmp_path / "T.md").read_text(encoding="utf-8")


def test_the_winner_of_a_cell_is_the_best_in_the_direction_of_the_measure(tmp_path: Path) -> None:
    """A cell goes to the plan with most money, and to that with fewest abandoned calls; a lead of nothing is not told."""
    found = map_of(read_study(written(tmp_path, MAP.replace("[vary]\ngifts.correlation = [0.5]", "")), KPIS), Runs(1))
    assert found is not None
    for results in found.sheets[0].cells.values():
        for key, best in (("contribution_expected_per_year", max), ("abandoned_share", min)):
            means = [results.estimate(plan, key).mean for plan in range(2)]
            assert means[won(results, key).plan] == best(means)
    assert map_figures.letters(["combined", "combined_focused", "separate", "cross_trained"]) == ["C", "F", "S", "T"]


@pytest.mark.parametrize(
    ("kind", "about", "plans"), [("hire", "more office", "stay"), ("batons", "report", "one_person_office")]
)
def test_other_kinds_of_study_are_carried_out(tmp_path: Path, kind: str, about: str, plans: str) -> None:
    """A study of the next step and one of the batons give a verdict, a page and a picture."""
    text = f"""
question = "Q?"
claim = "C."
expects = "more"
kind = "{kind}"
about = "{about}"
plans = ["one_person_office"]
days = 7
replications = 2
vary = {{ gifts.correlation = [0.5] }}
"""
    found = study(read_study(written(tmp_path, text), KPIS), Runs(1))
    assert found is not None
    assert found.results.plans[0] == plans
    assert len(claimed(found.file, found.cases[1].results)) == 2
    assert verdict(found).startswith(("holds", "does not", "cannot"))
    assert "## What it leans on" in page(found, {})
    assert study_figures.figure(found).startswith("<?xml")


def test_a_dry_run_only_counts(tmp_path: Path) -> None:
    """A dry run says how many runs a study takes and about how long, and writes nothing."""
    result = call("study", written(tmp_path, COMPARE), "--dry-run", "--results", tmp_path / "r", "--workers", 1)
    assert re.fullmatch(r"mine: 12 runs, about .+\.\n", result.stdout), result.output
    assert not (tmp_path / "r").exists()


def test_errors_of_the_command_are_lines(tmp_path: Path) -> None:
    """A study that is not there is one line that names the one that was meant, with the exit code of bad input."""
    written(tmp_path, COMPARE)
    result = call("study", tmp_path / "mein.toml")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.splitlines() == [
        f'{tmp_path}/mein.toml: there is no such study file. Did you mean "{tmp_path}/mine.toml"?'
    ]


def test_the_table_keeps_what_stands_around_it() -> None:
    """Only what is between the marks of a page is replaced, and a page without marks gets the table at its end."""
    page_ = verdicts.replaced("# Studies\n\nWords.\n", "| a |\n")
    assert page_.startswith("# Studies\n\nWords.\n\n")
    assert verdicts.replaced(page_ + "After.\n", "| b |\n") == page_.replace("| a |", "| b |") + "After.\n"


# Those that come with the house.


@pytest.mark.parametrize("path", sorted((HOUSE / "experiments").glob("*.toml")), ids=lambda path: path.stem)
def test_the_first_studies_can_be_read(path: Path) -> None:
    """Every study of the house is sound: its plans load, its variations can be had, its measures are there."""
    file = read_study(path, KPIS)
    assert file.settings.claim or file.settings.question
    assert load("base").scenario.people.keys() >= {"csr"}


def test_kept_results_fit_the_studies() -> None:
    """Whatever results are kept belong to a study of the house, and the table of verdicts has a row for each."""
    table = (HOUSE / "experiments" / "README.md").read_text(encoding="utf-8")
    for folder in sorted((HOUSE / "results").glob("*/manifest.json")):
        name = folder.parent.name
        assert (HOUSE / "experiments" / f"{name}.toml").exists()
        assert f"[{name}](../results/{name}/README.md)" in table
