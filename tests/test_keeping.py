"""The store under the command: kept runs are used, a killed study goes on, trouble is told, studies listed and exported."""

import csv
import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner, Result

import sim
from sim.cli import baton
from sim.study import Store

HOUSE = Path(__file__).resolve().parents[1]
BATON = (sys.executable, "-m", "sim.cli")
QUICK = ("--days", "2", "--replications", "2", "--workers", "1")
PLANS = ("compare", "combined", "separate")


def call(*args: object) -> Result:
    return CliRunner().invoke(baton, [str(arg) for arg in args])


def listed(*args: object) -> list[dict[str, Any]]:
    """What ``baton studies`` says, as JSON."""
    found: list[dict[str, Any]] = json.loads(call("studies", "--format", "json", *args).stdout)
    return found


def one_line(result: Result) -> str:
    assert result.exit_code == 2
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    return line


# Keeping.


def test_the_same_question_again_makes_no_run() -> None:
    """Asked again a command prints the same and says how many runs were there, more are added, and splits are made."""
    alone = call(*PLANS, *QUICK, "--no-store")
    first, second = call(*PLANS, *QUICK), call(*PLANS, *QUICK)
    assert alone.stdout == first.stdout == second.stdout
    assert "in the store" not in first.stderr
    assert "4 of 4 runs were in the store." in second.stderr
    more = call("compare", "combined", "separate", "--days", "2", "--replications", "3", "--workers", "1")
    assert "4 of 6 runs were in the store." in more.stderr
    assert "in the store" not in call(*PLANS, *QUICK, "--by", "type").stderr
    assert "2 of 2 runs were in the store." in call("run", "combined", *QUICK, "--by", "type").stderr


def test_without_a_store_nothing_is_written(own_store: Path) -> None:
    """With --no-store neither a file nor a folder is made."""
    assert call("run", "separate", *QUICK, "--no-store").exit_code == 0
    assert not own_store.exists()
    assert call("run", "separate", *QUICK).exit_code == 0
    assert own_store.exists()


def test_a_store_can_be_named(tmp_path: Path, own_store: Path) -> None:
    """With --store the runs are in that file, whose folder is made, and in no other."""
    place = tmp_path / "new" / "mine.sqlite"
    assert call("run", "separate", *QUICK, "--store", place).exit_code == 0
    assert [study["kind"] for study in listed("--store", place)] == ["run"]
    assert not own_store.exists()
    assert "leave one of them away" in one_line(call("run", "separate", "--days", "7", "--store", place, "--no-store"))


def spoilt(path: Path, how: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    match how:
        case "a folder":
            path.mkdir()
        case "not a store of runs":
            path.write_text("Dear diary, " * 1000)
        case "a newer Baton":
            Store(path).close()
            connection = sqlite3.connect(path)
            connection.execute("PRAGMA user_version = 2")
            connection.close()


@pytest.mark.parametrize("how", ["a folder", "not a store of runs", "a newer Baton"])
def test_a_store_that_cannot_be_used_stops_only_those_who_named_it(tmp_path: Path, own_store: Path, how: str) -> None:
    """In the usual place it costs a note and nothing else; named it is an error of one line."""
    spoilt(own_store, how)
    spoilt(tmp_path / "mine", how)
    result = call("run", "separate", *QUICK)
    assert result.exit_code == 0
    assert result.stdout == call("run", "separate", *QUICK, "--no-store").stdout
    (line,) = [line for line in result.stderr.splitlines() if "cannot be used" in line]
    assert how in line
    assert "going on without keeping runs" in line
    named = call("run", "separate", "--days", "7", "--replications", "2", "--store", tmp_path / "mine")
    assert how in one_line(named)
    for command in (("studies",), ("export", "1")):
        assert how in one_line(call(*command, "--store", tmp_path / "mine"))


def test_a_store_that_breaks_meanwhile_is_told(tmp_path: Path, own_store: Path) -> None:
    """A file whose runs cannot be read is a note and a study without it in the usual place, and an error if named."""
    ask = ("run", "separate", "--days", "7", "--replications", "2", "--workers", "1", "--by", "hour")
    for place in (own_store, tmp_path / "mine"):
        call(*ask, "--store", place)
        connection = sqlite3.connect(place)
        connection.execute("UPDATE splits SET measures = x'00'")
        connection.commit()
        connection.close()
    result = call(*ask)
    assert result.exit_code == 0
    assert result.stdout == call(*ask, "--no-store").stdout
    assert "it is damaged; going on without" in result.stderr
    assert "it is damaged" in one_line(call(*ask, "--store", tmp_path / "mine"))


LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop(1)), resource.RLIM_INFINITY))
from sim.cli import main
main()
"""


def test_a_disk_that_gets_full_costs_nothing_but_the_keeping(own_store: Path) -> None:
    """Where files may not grow any more, results are printed all the same, and what was kept before is used later."""
    pytest.importorskip("resource")
    call(*PLANS, *QUICK)
    ask = [*PLANS, "--days", "2", "--replications", "15", "--workers", "1", "--format", "json"]
    limited = subprocess.run([sys.executable, "-c", LIMITED, "120000", *ask], cwd=HOUSE, capture_output=True, text=True)
    alone = call(*ask, "--no-store")
    assert limited.returncode == 0
    assert limited.stdout == alone.stdout
    assert "cannot be written to: the disk" in limited.stderr
    assert "could not be kept" in limited.stderr
    assert "Traceback" not in limited.stderr
    again = call(*ask)
    assert again.stdout == alone.stdout
    kept = int(again.stderr.split(" of 30 runs were in the store")[0].split()[-1])
    assert 4 < kept < 30
    assert "30 of 30" in call(*ask).stderr


# Killed, and two at once.


def started(*args: str) -> subprocess.Popen[str]:
    """A command in a process group of its own."""
    return subprocess.Popen(
        [*BATON, *args], cwd=HOUSE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def runs_in(path: Path) -> int:
    """Runs in a store that somebody else is writing to."""
    if not path.exists():
        return 0
    connection = sqlite3.connect(path)
    try:
        return int(connection.execute("SELECT COUNT(*) FROM runs").fetchone()[0])
    except sqlite3.OperationalError:  # not made yet
        return 0
    finally:
        connection.close()


def killed_at(least: int, path: Path, args: Sequence[str]) -> int:
    """Kill a command and its workers as soon as so many runs are kept; how many there are then."""
    process = started(*args)
    while runs_in(path) < least and process.poll() is None:
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    return runs_in(path)


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="no process groups here")
@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_killed_study_goes_on_where_it_was(own_store: Path, workers: str) -> None:
    """Killed twice by SIGKILL and asked again, a study makes only what is missing and prints what one left alone does."""
    ask = [*PLANS, "--days", "2", "--replications", "12", "--by", "type", "--format", "json", "--workers", workers]
    first = killed_at(3, own_store, ask)
    assert 3 <= first < 24
    assert [(study["state"], study["asked"]) for study in listed()] == [("stopped", 24)]
    second = killed_at(first + 3, own_store, ask)
    assert first < second < 24
    last = call(*ask)
    assert f"{second} of 24 runs were in the store." in last.stderr
    assert last.stdout == call(*ask, "--no-store").stdout
    assert [(study["state"], study["runs"]) for study in listed()] == [("finished", 24)]
    assert runs_in(own_store) == 24


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="no process groups here")
def test_a_study_is_listed_as_running_and_interrupted(own_store: Path) -> None:
    """A study shows as running while its process lives, and as interrupted after Ctrl-C, which says that it is kept."""
    process = started(*PLANS, "--days", "2", "--replications", "5000", "--workers", "1")
    while runs_in(own_store) < 2:
        time.sleep(0.01)
    assert [study["state"] for study in listed()] == ["running"]
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "contribution" in out
    assert "the same command goes on from there" in err
    (study,) = listed()
    assert study["state"] == "interrupted"
    assert study["runs"] == runs_in(own_store)


def test_two_studies_at_once_share_a_store(own_store: Path) -> None:
    """Two commands on one store at the same time print what each prints alone, and no run is there twice or missing."""
    asks = [
        [*PLANS, "--days", "2", "--replications", "12", "--workers", "1", "--format", "csv"],
        ["compare", "separate", "cross_trained", "--days", "2", "--replications", "9", "--workers", "1"],
        [*PLANS, "--days", "2", "--replications", "12", "--workers", "1", "--format", "csv"],
    ]
    processes = [started(*ask) for ask in asks]
    printed = [process.communicate()[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert printed == [call(*ask, "--no-store").stdout for ask in asks]
    assert runs_in(own_store) == 2 * 12 + 9
    assert sorted((study["runs"], study["asked"], study["state"]) for study in listed()) == [
        (18, 18, "finished"),
        (24, 24, "finished"),
    ]


# Listing and exporting.


def test_studies_are_listed_with_how_far_they_got() -> None:
    """Each study is a line with name, kind, plans, runs, when, state and model; without any there is a note."""
    empty = call("studies")
    assert (empty.exit_code, empty.stdout) == (0, "")
    assert "No study is kept yet" in empty.stderr
    assert listed() == []
    call(*PLANS, *QUICK)
    call("run", "separate", *QUICK)
    header, first, second = call("studies").stdout.splitlines()
    assert header.split()[:4] == ["no.", "study", "kind", "plans"]
    assert first.startswith("1    compare-combined-separate  compare  combined, separate  4 of 4")
    assert first.endswith("finished  current")
    assert second.startswith("2    run-separate ")
    (one, _) = listed()
    assert {"options", "seed", "plans", "created", "finished_at", "model", "libraries"} <= set(one)
    assert one["options"] == {"days": 2, "set": []}


def test_studies_of_an_older_model_are_listed_as_old(own_store: Path) -> None:
    """A study that another model made is marked, and is exported with that model's runs."""
    with Store(own_store, model="0.0.1+before") as store:
        sim.replicate([sim.load("separate", ["horizon.days=2"]).scenario], replications=2, workers=1, store=store)
    assert call("studies").stdout.splitlines()[1].endswith("finished  old")
    assert len(call("export", "1").stdout.splitlines()) == 3
    assert "in the store" not in call("run", "separate", *QUICK).stderr


def test_a_study_is_exported_with_every_measure(tmp_path: Path) -> None:
    """The CSV on stdout, the CSV in a file, the Parquet file and the table in Python say the same to the last digit."""
    call(*PLANS, *QUICK, "--seed", "7")
    text = call("export", "compare-combined-separate").stdout
    rows = list(csv.DictReader(io.StringIO(text)))
    assert list(rows[0]) == ["plan", "replication", "seed", *sim.KPIS]
    assert [(row["plan"], row["replication"], row["seed"]) for row in rows] == [
        ("combined", "0", "7"), ("combined", "1", "7"), ("separate", "0", "7"), ("separate", "1", "7"),
    ]  # fmt: skip
    table = sim.load_results()
    read = pd.DataFrame([{key: row[key] or "nan" for key in row} for row in rows]).astype(table.dtypes)
    assert read.equals(table)
    result = call("export", "1", "-o", tmp_path / "runs.csv")
    assert (result.stdout, (tmp_path / "runs.csv").read_text()) == ("", text)
    assert "4 rows are in" in result.stderr


def test_parquet_holds_the_same_table(tmp_path: Path) -> None:
    """A Parquet file, asked for by its ending or by name, reads back as the table."""
    pytest.importorskip("pyarrow")
    call("run", "separate", *QUICK)
    assert call("export", "1", "-o", tmp_path / "a.parquet").exit_code == 0
    assert call("export", "1", "--format", "parquet", "-o", tmp_path / "b").exit_code == 0
    for name in ("a.parquet", "b"):
        assert pd.read_parquet(tmp_path / name).equals(sim.load_results())


def test_what_cannot_be_exported_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A study, store or folder that is not there, Parquet to the terminal and a missing library are errors of one line."""
    call("run", "separate", *QUICK)
    assert "there is no study 'mine'; the latest are run-separate" in one_line(call("export", "mine"))
    assert "no such file" in one_line(call("export", "1", "--store", tmp_path / "no.sqlite"))
    assert "no such file" in one_line(call("studies", "--store", tmp_path / "no.sqlite"))
    assert "could not be written" in one_line(call("export", "1", "-o", tmp_path / "no" / "x.csv"))
    assert "-o FILE" in one_line(call("export", "1", "--format", "parquet"))
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert "needs pyarrow, which is not installed" in one_line(call("export", "1", "-o", tmp_path / "x.parquet"))
    assert list(tmp_path.iterdir()) == []
