"""The command: results to stdout, all else to stderr, errors of one line, and an end whenever one is wanted."""

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import sim
from sim.cli import baton
from sim.cli.terminal import _legible
from sim.kpis import KPIS

pty = pytest.importorskip("pty")  # a terminal of our own, to see the progress and press Ctrl-C
HOUSE = Path(__file__).resolve().parents[1]
QUICK = ("--days", "2", "--replications", "2", "--workers", "1")
BATON = (sys.executable, "-m", "sim.cli")


def call(*args: str) -> Result:
    """The command run in this process."""
    return CliRunner().invoke(baton, args)


def one_line(result: Result) -> str:
    """The only line of an error, with nothing on stdout and the exit code of bad input."""
    assert result.exit_code == 2
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    return line


# Help and bad input.


def test_help_lists_every_command() -> None:
    """The command without anything is its help, and each subcommand explains its options."""
    assert call().stdout == call("--help").stdout
    for name in ("run", "compare", "studies", "export", "scenarios", "show", "init", "check", "parameters"):
        assert name in call("--help").stdout
        assert "--help" in call(name, "--help").stdout
    assert call("--version").stdout == f"baton {sim.__version__}\n"


def test_help_needs_neither_numpy_nor_pydantic() -> None:
    """The help is there before any of the heavy libraries is."""
    ask = "import sys, sim.cli; print(*{'numpy', 'pydantic', 'rich', 'scipy', 'matplotlib'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", ask], cwd=HOUSE, capture_output=True, text=True).stdout == "\n"


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("run", "separate", "--days", "-3"), "'--days': '-3' should be a whole number from 1"),
        (("run", "separate", "--days", "1.5"), "'--days': '1.5' should be a whole number"),
        (("run", "separate", "--replications", "0"), "'--replications': '0' should be"),
        (("run", "separate", "--workers", "0"), "'--workers': '0' should be"),
        (("run", "separate", "--seed", "-1"), "'--seed': '-1' should be"),
        (("run", "separate", "--format", "xml"), "'xml' is not one of 'table', 'json', 'csv'"),
        (("run", "separate", "--by", "week"), "'week' is not one of"),
        (("run", "separate", "--dais", "3"), "--days"),
        (("run",), "Missing argument 'SCENARIO'"),
        (("rum", "separate"), "Did you mean 'run'?"),
        (("compare", "separate"), "name at least two scenarios"),
        (("compare", "separate", "combined", "--html", "/nowhere/x.html"), "'/nowhere/x.html' cannot be written"),
        (("run", "seperate"), "separate"),
        (("run", "separate", "--set", "calls.per_dey=3"), "per_day"),
        (("run", "separate", "--set", "nothing"), "name=value"),
        (("show", "seperate"), "separate"),
        (("init", "x.toml", "--from", "seperate"), "separate"),
        (("check", "nowhere.toml"), "nowhere.toml"),
    ],
)  # fmt: skip
def test_bad_input_is_one_line_that_says_what_to_change(args: Sequence[str], said: str) -> None:
    """Bad input ends with code 2 and one line on stderr that names what is wrong."""
    assert said in one_line(call(*args))


def test_every_problem_has_its_line() -> None:
    """Two scenarios that are not there are two lines."""
    result = call("compare", "no_such_a", "no_such_b")
    assert result.exit_code == 2
    assert [
        name in line for name, line in zip(("no_such_a", "no_such_b"), result.stderr.splitlines(), strict=True)
    ] == [True, True]


def test_a_folder_is_no_page(tmp_path: Path) -> None:
    """A page that cannot be written is refused before anything runs, and nothing is left behind."""
    assert "it is a folder" in one_line(call("compare", "separate", "combined", "--html", str(tmp_path)))
    assert list(tmp_path.iterdir()) == []


def test_a_page_replaces_nothing_but_a_page(tmp_path: Path) -> None:
    """A scenario that is named where the page should be is left as it is; an older page is replaced."""
    plan, older = tmp_path / "plan.toml", tmp_path / "older.html"
    plan.write_text('extends = "separate"\n')
    assert "is no page, so it is left as it is" in one_line(
        call("compare", "separate", "combined", "--html", str(plan))
    )
    assert plan.read_text() == 'extends = "separate"\n'
    older.write_text("<!DOCTYPE html>\n<p>older</p>")
    assert call("compare", "separate", "combined", *QUICK, "--html", str(older)).exit_code == 0
    assert "<p>older</p>" not in older.read_text(encoding="utf-8")


# Scenarios and parameters.


def test_scenarios_are_listed_with_their_titles() -> None:
    """Each built-in scenario is a line with its name and what it shows."""
    lines = call("scenarios").stdout.splitlines()
    names = [line.split()[0] for line in lines]
    assert {"separate", "combined", "cross_trained"} <= set(names)
    assert all(len(line.split()) > 2 for line in lines)


def test_a_new_scenario_can_be_checked_and_is_never_overwritten(tmp_path: Path) -> None:
    """A file that init writes passes the check, and a second init leaves it alone."""
    file = tmp_path / "shop.toml"
    assert call("init", str(file)).exit_code == 0
    written = file.read_text()
    assert call("check", str(file)).stdout.startswith(f"{file}: no errors")
    assert "exists already" in one_line(call("init", str(file), "--from", "combined"))
    assert file.read_text() == written
    assert "cannot be written" in one_line(call("init", str(tmp_path / "no" / "shop.toml")))


def test_a_new_scenario_finds_what_it_starts_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that starts from another file names it as seen from its own folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plans").mkdir()
    assert call("init", "shop.toml").exit_code == 0
    assert call("init", "plans/board.toml", "--from", "shop.toml").exit_code == 0
    assert 'extends = "../shop.toml"' in (tmp_path / "plans" / "board.toml").read_text()
    assert call("check", "plans/board.toml").exit_code == 0


def test_a_new_scenario_is_not_hidden_by_a_built_in_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that could only be read as a folder or as a built-in scenario is refused."""
    monkeypatch.chdir(tmp_path)
    assert "name the file combined.toml" in one_line(call("init", "combined"))
    assert "is a folder: name a file" in one_line(call("init", str(tmp_path)))
    assert list(tmp_path.iterdir()) == []


def test_a_scenario_is_shown_as_toml() -> None:
    """A built-in scenario is shown as it is written, and whole when asked for."""
    short, whole = call("show", "combined").stdout, call("show", "combined", "--resolved").stdout
    assert "extends" in short
    assert len(whole) >= len(short)


def test_parameters_are_listed_with_their_sources() -> None:
    """Every parameter has its unit, default, range, source and grade, as a table and as JSON."""
    listed = json.loads(call("parameters", "--json").stdout)
    assert set(listed[0]) == {
        "name",
        "unit",
        "default",
        "minimum",
        "maximum",
        "sensible",
        "source",
        "grade",
        "doc",
        "required",
    }
    text = call("parameters").stdout
    assert all(parameter["name"] in text for parameter in listed)


# Runs and comparisons.


def test_a_run_prints_its_answer_and_measures() -> None:
    """A run leads with a sentence, then at most a dozen measures, and notes how they were made."""
    result = call("run", "separate", *QUICK)
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0].startswith("separate ")
    assert lines[-1] == "Mean ± half of the 95 % interval over 2 replications of 2 days, seed 1."
    assert "\x1b" not in result.output


def test_a_run_as_json_keeps_the_contract() -> None:
    """A run's JSON names scenario, seed, days, replications and every KPI with its limits, unit and label."""
    found = json.loads(call("run", "separate", *QUICK, "--seed", "5", "--format", "json").stdout)
    assert [found[name] for name in ("scenario", "seed", "days", "replications")] == ["separate", 5, 2, 2]
    assert set(found["kpis"]) == set(KPIS)
    assert set(found["kpis"]["calls_offered"]) == {"mean", "low", "high", "unit", "label"}


def test_a_comparison_as_csv_has_plans_and_differences() -> None:
    """A comparison's CSV has the plans, the differences, and the classes of a split."""
    text = call("compare", "combined", "separate", *QUICK, "--format", "csv", "--by", "type").stdout
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {(row["plan"], row["against"]) for row in rows} == {
        ("combined", ""),
        ("separate", ""),
        ("separate", "combined"),
    }
    assert {row["by"] for row in rows} == {"", "type"}


def test_settings_change_every_plan() -> None:
    """What is set on the command line is set in every plan."""
    found = json.loads(
        call("compare", "combined", "separate", *QUICK, "--set", "horizon.days=1", "--format", "json").stdout
    )
    assert [entry["days"] for entry in found["plans"]] == [2, 2]  # --days comes last
    assert found["differences"][0]["against"] == "combined"


def test_the_same_plan_twice_is_said_to_be_the_same() -> None:
    """Comparing a scenario with itself says so, and finds no difference."""
    result = call("compare", "separate", "separate", *QUICK)
    assert result.exit_code == 0
    assert "separate (2) is the same plan as separate" in result.stderr
    assert result.stdout.startswith("separate (2) and separate give exactly the same in every replication.")


def test_plans_that_cannot_be_compared_are_refused(tmp_path: Path) -> None:
    """Plans of different horizons or currencies are refused with a line for each reason."""
    file = tmp_path / "other.toml"
    file.write_text('extends = "separate"\nname = "other"\nhorizon.days = 3\nprices.currency = "EUR"\n')
    result = call("compare", "separate", str(file))
    assert result.exit_code == 2
    assert [
        word in line for word, line in zip(("horizon.days", "currency"), result.stderr.splitlines(), strict=True)
    ] == [True, True]
    assert "prices.currency" in one_line(call("compare", "separate", str(file), *QUICK))


def test_the_page_is_written_and_named(tmp_path: Path) -> None:
    """A comparison with a page writes it, names it on stderr, and prints no split that was not asked for."""
    file = tmp_path / "page.html"
    result = call("compare", "combined", "separate", *QUICK, "--html", str(file))
    assert result.exit_code == 0
    assert str(file) in result.stderr
    assert "hour" not in result.stdout
    assert file.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_all_measures_are_printed_when_asked_for() -> None:
    """With --all every KPI has a line."""
    lines = call("run", "separate", *QUICK, "--all").stdout.splitlines()
    assert len(lines) > len(KPIS)
    assert any(line.startswith("gap in the balance ") for line in lines)


# As a process.


def test_workers_change_nothing_but_the_time() -> None:
    """One, two and eight workers print the same, byte for byte."""
    ask = [
        *BATON,
        "compare",
        "combined",
        "separate",
        "--days",
        "2",
        "--replications",
        "4",
        "--format",
        "json",
        "--no-store",
        "--workers",
    ]
    found = {subprocess.run([*ask, n], cwd=HOUSE, capture_output=True, check=True).stdout for n in ("1", "2", "8")}
    assert len(found) == 1


def test_a_broken_pipe_is_silent() -> None:
    """Whoever stops reading hears no complaint."""
    ask = f"{sys.executable} -m sim.cli parameters --json | head -n 1"
    result = subprocess.run(["sh", "-c", ask], cwd=HOUSE, capture_output=True, text=True)
    assert result.stdout == "[\n"
    assert result.stderr == ""


def test_output_that_cannot_be_written_is_one_line() -> None:
    """A full disk under the output is told in a line, and an output that was closed before is no fault."""
    for ask in (["parameters"], ["--help"], ["run", "separate", *QUICK]):
        full = subprocess.run(["sh", "-c", '"$@" > /dev/full', "sh", *BATON, *ask], cwd=HOUSE, capture_output=True)
        assert full.returncode == 1
        assert full.stderr.endswith(b"baton: the output cannot be used: no space left on device\n")
        closed = subprocess.run(["sh", "-c", '"$@" >&-', "sh", *BATON, *ask], cwd=HOUSE, capture_output=True)
        assert (closed.returncode, b"Traceback" in closed.stderr) == (0, False)


def test_too_little_memory_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where memory runs out, a line says what needs less of it."""

    def hungry(*args: object, **named: object) -> None:
        raise MemoryError

    monkeypatch.setattr("sim.study.Runs.upto", hungry)
    result = call("run", "separate", "--days", "7")
    assert result.exit_code == 1
    assert result.stderr.startswith("baton: out of memory: fewer calls a day")
    assert len(result.stderr.splitlines()) == 1


def test_ctrl_c_ends_the_imports_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while the command itself is still being imported ends with code 130 and no traceback."""
    import sim.cli

    def pressed(**named: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("sim.cli.app.baton", pressed)
    with pytest.raises(SystemExit) as ended:
        sim.cli.main()
    assert ended.value.code == 130


def test_a_terminal_without_our_letters_gets_plainer_ones() -> None:
    """Where the output cannot hold a minus sign, it is a hyphen, and nothing fails."""
    assert _legible("\N{MINUS SIGN}$84,000 ± 3 €", "ascii") == "-$84,000 +/- 3 ?"
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    ask = [*BATON, "run", "separate", *QUICK]
    result = subprocess.run(ask, cwd=HOUSE, capture_output=True, text=True, env=environment)
    assert result.returncode == 0
    assert "+/-" in result.stdout


def interrupted(ask: Sequence[str], *, once: str | None) -> tuple[int, str, str]:
    """A process whose group gets Ctrl-C once its terminal shows a pattern (or after half a second)."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(ask, cwd=HOUSE, stdout=subprocess.PIPE, stderr=theirs, start_new_session=True, text=True)
    os.close(theirs)
    seen = ""
    if once is None:
        time.sleep(0.5)
    while once is not None and not re.search(once, seen):
        seen += os.read(ours, 4096).decode(errors="replace")
    os.killpg(process.pid, signal.SIGINT)
    out, _ = process.communicate(timeout=20)
    while chunk := _read(ours):
        seen += chunk
    os.close(ours)
    return process.returncode, out, seen


def _read(terminal: int) -> str:
    try:
        return os.read(terminal, 4096).decode(errors="replace")
    except OSError:  # nobody holds the other end any more
        return ""


@pytest.mark.parametrize("workers", ["1", "2"])
def test_ctrl_c_prints_what_is_finished(workers: str) -> None:
    """Ctrl-C ends with code 130, the finished replications on stdout and no traceback from anybody."""
    ask = [*BATON, "compare", "combined", "separate", "--days", "2", "--replications", "100000", "--workers", workers]
    code, out, err = interrupted(ask, once=r"\b([4-9]|\d\d+)/200000")
    assert code == 130
    assert "contribution" in out or "calls" in out
    assert "Interrupted: " in err
    assert "Traceback" not in err + out


def test_ctrl_c_before_anything_is_finished() -> None:
    """Ctrl-C while it is starting ends with code 130, nothing on stdout and no traceback."""
    ask = [*BATON, "compare", "combined", "separate", "--days", "36500", "--replications", "9", "--workers", "2"]
    code, out, err = interrupted(ask, once=None)
    assert code == 130
    assert out == ""
    assert "Interrupted" in err
    assert "Traceback" not in err


def test_a_run_that_was_given_up_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a worker was killed twice, a warning names the plan and replication, and the code is not 0."""
    from sim.study.engine import Left
    from sim.study.processes import Alone

    def losing(
        self: Alone, work: Callable[[object], object], tasks: Sequence[object], keep: Callable[[int, object], None]
    ) -> Left:
        for place, task in enumerate(tasks):
            if place != 1:
                keep(place, work(task))
        return Left(given_up=(1,))

    monkeypatch.setattr(Alone, "do", losing)
    result = call("run", "separate", *QUICK, "--workers", "1")
    assert result.exit_code == 1
    assert "separate, replication 1, was given up" in result.stderr
    assert result.stdout.startswith("separate ")


def test_three_plans_are_told_best_first(tmp_path: Path) -> None:
    """Three plans print a sentence each, and their differences to the first in a table of their own."""
    text = call("compare", "combined", "separate", "cross_trained", *QUICK).stdout
    assert "\nLess combined\n" in text
    assert len(text.split("\n\n")[0].splitlines()) >= 2
