"""The commands that decide, as a new user would type them: compare until decided, hire, batons, optimise."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence

import pytest
from click.testing import CliRunner, Result

from sim.cli import baton
from sim.cli.options import amount
from sim.study.engine import Left
from sim.study.processes import Alone

SHORT = ("--days", "7", "--set", "horizon.warmup_days=0", "--workers", "1")
TWICE = (*SHORT, "--replications", "2")
PLANS = ("compare", "combined", "separate")
OPTIMISE = ("optimise", "separate", *TWICE, "--plans", "4", "--no-shifts", "--zone", "5000000")
AGENTS = 'people.agent.heads=[{at="08:00", value=3}]'


def call(*args: str) -> Result:
    return CliRunner().invoke(baton, args)


def good(*args: str) -> str:
    """What a command prints that ends well and complains of nothing."""
    result = call(*args)
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    return result.stdout


def parsed(text: str) -> dict[str, object]:
    """JSON that every reader takes."""

    def refuse(name: str) -> object:
        raise AssertionError(f"{name} is not JSON")

    found = json.loads(text, parse_constant=refuse)
    assert isinstance(found, dict)
    return found


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


# Good input.


def test_a_comparison_until_precise() -> None:
    """--precision runs until it is reached and says so, in words and for machines."""
    ask = (*PLANS, *SHORT, "--precision", "2000000")
    assert "is known to ± $2,000,000, as asked: that took 20 replications." in good(*ask)
    study = parsed(good_again(*ask, "--format", "json"))["study"]
    assert isinstance(study, dict)
    assert (study["ended"], study["half_width"]) == ("precise", 2_000_000.0)
    assert {row["plan"] for row in rows_of(good_again(*ask, "--format", "csv"))} == {"combined", "separate"}


def good_again(*args: str) -> str:
    """The same with runs from the store, which is said on stderr."""
    result = call(*args)
    assert result.exit_code == 0, result.output
    assert "were in the store" in result.stderr
    return result.stdout


def test_a_comparison_until_the_best_is_chosen() -> None:
    """--choose names the plan chosen, the promise and the intervals after selection."""
    ask = (*PLANS, "cross_trained", *SHORT, "--choose", "2000000", "--first", "10")
    text = good(*ask)
    assert "is chosen as the best of 3 plans" in text
    assert "Intervals after selection" in text
    study = parsed(good_again(*ask, "--format", "json"))["study"]
    assert isinstance(study, dict)
    assert study["ended"] == "chosen"
    assert study["chosen"] in ("combined", "separate", "cross_trained")


def test_a_zone_may_be_a_share_of_the_first_plans_mean() -> None:
    """--choose 50% is half of what the first plan brings, and the amount that comes of it is said."""
    study = parsed(good(*PLANS, *SHORT, "--choose", "50%", "--first", "10", "--format", "json"))["study"]
    assert isinstance(study, dict)
    assert study["indifference_zone"] > 1_000.0
    assert study["ended"] == "chosen"


@pytest.mark.slow
def test_a_choice_prints_the_same_for_any_workers() -> None:
    """One, two and eight workers print the same answer and the same JSON, byte for byte."""
    ask = (
        *PLANS,
        "cross_trained",
        "--days",
        "7",
        "--set",
        "horizon.warmup_days=0",
        "--choose",
        "900000",
        "--first",
        "10",
    )
    for form in ("table", "json"):
        found = {good(*ask, "--no-store", "--format", form, "--workers", workers) for workers in ("1", "2", "8")}
        assert len(found) == 1


@pytest.mark.parametrize("wish", [("--precision", "1000"), ("--choose", "1000"), ("--replications", "9")])
def test_a_budget_ends_and_is_named(wish: Sequence[str]) -> None:
    """A budget that is too small for the wish ends it with code 0, and the answer says that it did."""
    text = good(*PLANS, *SHORT, *wish, "--budget", "5")
    assert "budget" in text.split("\n\n")[0]


def test_a_budget_ends_at_the_same_run_with_and_without_a_store() -> None:
    """What is found in the store counts to the budget as what is made: the same command prints the same again."""
    ask = (*PLANS, *SHORT, "--choose", "1000", "--budget", "45")
    assert good(*ask) == good_again(*ask) == good(*ask, "--no-store")


def test_the_next_hire_in_every_form() -> None:
    """Baton hire prints the answer, the table and what the numbers are; JSON and CSV have the same steps."""
    text = good("hire", "separate", *TWICE)
    assert "leave all as it is" in text
    assert "one more csr" in text
    steps = parsed(good_again("hire", "separate", *TWICE, "--format", "json"))["steps"]
    assert isinstance(steps, list)
    rows = rows_of(good_again("hire", "separate", *TWICE, "--format", "csv"))
    assert [row["step"] for row in rows] == [step["step"] for step in steps]
    assert {"stay", "more csr", "fewer dispatcher", "merge"} <= {row["step"] for row in rows}


def test_the_cost_of_batons_in_every_form() -> None:
    """Baton batons prints each hand-off with one example, and machines get the same hand-offs."""
    text = good("batons", "separate", *TWICE)
    for name in ("booking", "brief", "update", "report", "close"):
        assert f"{name}: from" in text
    found = parsed(good_again("batons", "separate", *TWICE, "--format", "json"))["handoffs"]
    assert isinstance(found, list)
    assert all(each["example"] for each in found)
    rows = rows_of(good_again("batons", "separate", *TWICE, "--format", "csv"))
    assert [row["handoff"] for row in rows] == [*(each["handoff"] for each in found), "all"]


def test_the_best_staffing_in_every_form() -> None:
    """Baton optimise says what to change and what is promised; machines get finalists and plans visited."""
    text = good(*OPTIMISE, "--keep", "abandoned_share<=90%~5%")
    assert "4 plans were looked at" in text
    assert "keeps limits" in " ".join(text.split())
    found = parsed(good_again(*OPTIMISE, "--keep", "abandoned_share<=90%~5%", "--format", "json"))
    assert (found["ended"], found["visited"], found["indifference_zone"]) == ("chosen", 4, 5_000_000.0)
    rows = rows_of(good_again(*OPTIMISE, "--keep", "abandoned_share<=90%~5%", "--format", "csv"))
    assert len(rows) == 4
    assert {row["kept"] for row in rows} <= {"True", "False"}


def test_a_search_that_its_budget_ends_says_so() -> None:
    """A budget that leaves nothing for the final ends with code 0, nothing chosen and no empty table."""
    text = good(*OPTIMISE, "--budget", "3")
    assert text.startswith("Nothing is chosen, because the budget of runs was spent")
    assert "─" not in text


# Bad input.


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ((*PLANS, "--precision", "20000", "--choose", "20000"), "not both"),
        ((*PLANS, "--precision", "5%"), "needs an amount beside the per cent"),
        ((*PLANS, "--precision", "5%,20000", "--replications", "30"), "leave out --replications"),
        ((*PLANS, "--choose", "5%", "--replications", "30"), "leave out --replications"),
        ((*PLANS, "--first", "30"), "--first goes with --precision or --choose"),
        ((*PLANS, "--precision", "500", "--first", "12"), "at least 20"),
        ((*PLANS, "--choose", "500", "--first", "2"), "'--first': '2' should be"),
        ((*PLANS, "--choose", "500", "--probability", "1.5"), "'1.5' should be a probability"),
        ((*PLANS, "--choose", "500", "--probability", "0.3"), "more than 0.5 with 2 plans"),
        ((*PLANS, "--measure", "contribution_per_yaer"), "Did you mean contribution_per_year?"),
        ((*PLANS, "--choose", "5", "--measure", "calls_offered"), "neither more nor less is better"),
        ((*PLANS, "--choose", "-5"), "should be an amount"),
        ((*PLANS, "--choose", "nan"), "should be an amount"),
        ((*PLANS, "--choose", "5,6"), "should be an amount"),
        ((*PLANS, "--precision", "much"), "should be an amount"),
        ((*PLANS, "--budget", "0"), "'--budget': '0' should be"),
        ((*PLANS, *SHORT, "--choose", "1%", "--set", "calls.per_day=0", "--measure", "jobs_completed"), "is 0 under combined"),
        ((*PLANS, *SHORT, "--precision", "1", "--set", "calls.per_day=0", "--measure", "wait_all_mean_s"), "never happened"),
        ((*PLANS, *SHORT, "--choose", "1", "--set", "calls.per_day=0", "--measure", "wait_all_mean_s"), "never happened"),
        (("hire", "separate", "--replications", "1"), "at least 2"),
        (("hire", "phones_only", *TWICE), "no jobs"),
        (("hire", "phones_only", *TWICE, "--set", AGENTS), "no jobs"),
        (("hire",), "Missing argument"),
        (("batons", "separate", "--replications", "1", "--days", "7"), "at least 2"),
        (("batons", "phones_only", *TWICE), "no jobs"),
        ((*OPTIMISE, "--keep", "abandoned_share"), "should read MEASURE<=VALUE"),
        ((*OPTIMISE, "--keep", "abandoned_share<=much"), "should read MEASURE<=VALUE"),
        ((*OPTIMISE, "--keep", "abandoned_share<=nan"), "should read MEASURE<=VALUE"),
        ((*OPTIMISE, "--keep", "abandoned_share<=8%~-1%"), "should read MEASURE<=VALUE"),
        ((*OPTIMISE, "--keep", "abandoned_share<=8"), "is a share: write 8% or 0.08"),
        ((*OPTIMISE, "--keep", "abandoned_shares<=8%"), "Did you mean abandoned_share?"),
        ((*OPTIMISE, "--zone", "0"), "'--zone': '0' should be an amount"),
        ((*OPTIMISE, "--plans", "1"), "'--plans': '1' should be"),
        ((*OPTIMISE, "--budget", "1"), "at least the 2 --replications"),
        (("optimise", "phones_only", *TWICE), "--zone needs an amount here"),
        (("optimise", "phones_only", *TWICE, "--set", AGENTS), "Nobody here is counted by heads"),
    ],
)  # fmt: skip
def test_bad_input_is_one_line_that_says_what_to_change(args: Sequence[str], said: str) -> None:
    """Bad input ends with code 2, nothing on stdout, and one line on stderr that names what is wrong."""
    result = call(*args)
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    (line,) = [line for line in result.stderr.splitlines() if not line.startswith(("note:", "warning:"))]
    assert said in line


@pytest.mark.parametrize(
    ("text", "absolute", "relative"),
    [
        ("20000", 20_000.0, 0.0), ("$20,000", 20_000.0, 0.0), ("2%", None, 0.02), ("2%,20000", 20_000.0, 0.02),
        ("5%,500", 500.0, 0.05), ("$1,250,000, 5%", 1_250_000.0, 0.05), ("5% 20,000", 20_000.0, 0.05),
        ("0.5", 0.5, 0.0), ("0.5%", None, 0.005),
    ],
)  # fmt: skip
def test_amounts_are_read_as_they_are_written(text: str, absolute: float | None, relative: float) -> None:
    """Signs of money, thousands, per cents, and both in either order are understood."""
    assert amount(text) == (absolute, pytest.approx(relative))


# Endings.


def stopping(after: int, *, lost: int | None = None) -> Callable[..., Left]:
    """An engine's way of working that is interrupted after so many runs, or loses one."""
    done = [0]

    def do(
        self: Alone, work: Callable[[object], object], tasks: Sequence[object], keep: Callable[[int, object], None]
    ) -> Left:
        given_up = []
        for place, task in enumerate(tasks):
            if done[0] == after:
                return Left(tuple(given_up), interrupted=True)
            done[0] += 1
            if done[0] == lost:
                given_up.append(place)
                continue
            keep(place, work(task))
        return Left(tuple(given_up))

    return do


COMMANDS = [
    (*PLANS, *SHORT, "--precision", "1000"),
    (*PLANS, *SHORT, "--choose", "1000"),
    (*PLANS, *SHORT, "--choose", "1%"),
    ("hire", "separate", *TWICE),
    ("batons", "separate", *TWICE),
    OPTIMISE,
]


@pytest.mark.parametrize("after", [0, 1, 11])
@pytest.mark.parametrize("args", COMMANDS)
def test_ctrl_c_ends_with_what_is_finished(monkeypatch: pytest.MonkeyPatch, args: Sequence[str], after: int) -> None:
    """Ctrl-C before, at the beginning and in the middle ends with code 130, a line that says so and no traceback."""
    monkeypatch.setattr(Alone, "do", stopping(after))
    result = call(*args)
    assert result.exit_code == 130, result.output
    assert "Interrupted" in result.stderr
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert "is chosen" not in result.stdout.replace("Nothing is chosen", "").replace("is chosen yet", "")
    if after:
        assert "the same command goes on from there" in result.stderr


def test_what_was_interrupted_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """A choice that was interrupted in the middle and asked again prints what it would have printed at once."""
    ask = (*PLANS, *SHORT, "--choose", "900000", "--first", "10")
    with monkeypatch.context() as patched:
        patched.setattr(Alone, "do", stopping(13))
        assert call(*ask).exit_code == 130
    assert good_again(*ask) == good(*ask, "--no-store")


@pytest.mark.parametrize("args", COMMANDS)
def test_a_run_that_is_lost_is_named(monkeypatch: pytest.MonkeyPatch, args: Sequence[str]) -> None:
    """A run whose process is killed again and again is named on stderr, and the code is not 0."""
    monkeypatch.setattr(Alone, "do", stopping(-1, lost=4))
    result = call(*args)
    assert result.exit_code == 1, result.output
    assert "was given up" in result.stderr


def test_a_lost_run_leaves_a_ranking_of_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """With more replications than two the ranking is made of those that all steps have, and says so."""
    monkeypatch.setattr(Alone, "do", stopping(-1, lost=4))
    result = call("hire", "separate", *SHORT, "--replications", "3")
    assert result.exit_code == 1
    assert "over 2 replications" in " ".join(result.stdout.split())
