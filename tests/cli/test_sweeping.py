"""``baton sweep`` and ``baton sensitivity`` as somebody types them."""

import csv
import io
import json
from importlib import util
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sim.cli import baton

SMALL = (
    "--days", "1", "--replications", "2", "--workers", "1", "--set", "calls.types.call.arrivals.per_hour=4",
    "--set", "people.agent.wage_per_hour=20",
)  # fmt: skip
WAGE = ("--vary", "people.agent.wage_per_hour=10:30")


def call(*args: str) -> Result:
    return CliRunner().invoke(baton, args)


def test_a_sweep_is_a_table_csv_or_a_file(tmp_path: Path) -> None:
    """The table has a line a point, CSV and the file a row a run with every measure."""
    asked = ("sweep", "phones_only", "--vary", "people.agent.count=1,2", *SMALL)
    assert "less" not in call(*asked).stdout
    rows = list(csv.DictReader(io.StringIO(call(*asked, "--format", "csv").stdout)))
    assert len(rows) == 4
    assert {row["people.agent.count"] for row in rows} == {"1.0", "2.0"}
    written = call(*asked, "-o", str(tmp_path / "all.csv"), "--format", "json")
    assert "4 rows" in written.stderr
    assert (tmp_path / "all.csv").read_text(encoding="utf-8").splitlines()[0] == ",".join(rows[0])
    assert len(json.loads(written.stdout)["points"]) == 2


def test_parquet_where_pyarrow_is(tmp_path: Path) -> None:
    """A .parquet file has the same rows."""
    pytest.importorskip("pyarrow")
    import pandas as pd

    path = tmp_path / "all.parquet"
    result = call("sweep", "phones_only", "--vary", "people.agent.count=1,2", *SMALL, "-o", str(path))
    assert result.exit_code == 0
    assert len(pd.read_parquet(path)) == 4


def test_without_pyarrow_one_line_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where pyarrow is missing, one line says what to do, before anything is run."""
    monkeypatch.setattr(util, "find_spec", lambda name: None)
    result = call("sweep", "phones_only", *WAGE, "--points", "2", *SMALL, "-o", str(tmp_path / "all.parquet"))
    assert result.exit_code == 2
    assert "need pyarrow" in result.stderr


def test_the_seed_and_the_workers_are_those_asked_for() -> None:
    """Rows carry the seed that was asked for."""
    out = call("sweep", "phones_only", *WAGE, "--points", "2", *SMALL, "--seed", "9", "--format", "json").stdout
    assert json.loads(out)["seed"] == 9


@pytest.mark.parametrize("command", ["sweep", "sensitivity"])
def test_a_dry_run_says_how_many_and_about_how_long(command: str) -> None:
    """A dry run runs no study and says how many runs there would be, and about how long."""
    points = ("--points", "3") if command == "sweep" else ()
    result = call(command, "phones_only", *WAGE, *points, *SMALL, "--dry-run")
    assert result.exit_code == 0
    assert ("6 runs, about" if command == "sweep" else "26 runs, about") in result.stdout


def test_sensitivity_of_one_plan(tmp_path: Path) -> None:
    """One plan's measure is asked about, and the page is written."""
    html = tmp_path / "page.html"
    asked = (
        "sensitivity",
        "phones_only",
        *WAGE,
        "--vary",
        "prices.truck_per_year=0:9000",
        *SMALL,
        "--trajectories",
        "2",
    )
    result = call(*asked, "--html", str(html))
    assert result.exit_code == 0
    assert "What matters most for contribution a year under phones_only: 1. wage an hour" in result.stdout
    assert "<img" in html.read_text(encoding="utf-8")


def test_sensitivity_of_a_verdict(tmp_path: Path) -> None:
    """Two plans' difference is asked about, with a map, as JSON and CSV."""
    other = tmp_path / "other.toml"
    other.write_text('extends = "phones_only"\npeople.agent.count = 6\n', encoding="utf-8")
    asked = ("sensitivity", "phones_only", str(other), *WAGE, *SMALL, "--trajectories", "2", "--no-turn")
    mapped = call(*asked, "--map", "people.agent.wage_per_hour,prices.burden=1:2", "--cells", "2", "--format", "json")
    assert len(json.loads(mapped.stdout)["map"]["cells"]) == 4
    (row,) = csv.DictReader(io.StringIO(call(*asked, "--format", "csv").stdout))
    assert row["setting"] == "people.agent.wage_per_hour"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("sweep", "phones_only", "--vary", "calls.per_dya=1,2"), 'Did you mean "per_day"?'),
        (("sweep", "phones_only", "--vary", "calls.per_day=9:1", "--points", "3"), "calls.per_day=1:9"),
        (("sweep", "phones_only", "--vary", "phones.at_closing=1:2", "--points", "3"), "is not a number"),
        (("sweep", "phones_only", "--vary", "calls.tier_misread=0:2:3"), "it should be at most 1"),
        (("sweep", "phones_only", "--vary", "calls.per_day=1:9"), "--points 5"),
        (("sweep", "phones_only", "--vary", "calls.per_day=1:9", "--design", "lhs"), "--points 64"),
        (("sweep", "phones_only"), "name at least one setting"),
        (("sweep", "phones_only", *WAGE, "--points", "2", "-o", "x.xlsx"), "should end in .csv or .parquet"),
        (("sensitivity", "phones_only", *WAGE, "--replications", "1"), "at least 2 replications"),
        (("sensitivity", "phones_only", *WAGE, "--turn", "prices.burden"), "name a second plan"),
        (("sensitivity", "phones_only", *WAGE, "--days", "7", "--budget", "5"), "a budget of 5 runs is too small"),
        (("sensitivity", "phones_only", *WAGE, "--turn", "a", "--no-turn"), "not both"),
    ],
)
def test_bad_input_is_one_line(words: tuple[str, ...], told: str) -> None:
    """What cannot be done is said in one line on stderr, with the exit code of bad input."""
    result = call(*words)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1
    assert told in result.stderr
