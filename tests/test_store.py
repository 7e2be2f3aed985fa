"""The store of runs: what is kept comes back to the bit, is never mixed, doubled or lost, and trouble is told in words."""

import json
import math
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import sim
from sim.scenarios.digest import digest
from sim.shop.scenario import Scenario
from sim.study import Store, StoreError, replicate
from sim.study import place as places
from sim.study.living import lives, mark
from sim.study.model import MODEL, ROOMS, fingerprint, libraries, sources
from sim.study.runs import Key, Runs
from sim.study.tasks import Measured, Task, measured

HOUSE = Path(__file__).resolve().parents[1]


def shop(name: str = "separate", **more: object) -> Scenario:
    return sim.load(name, {"horizon.days": 2, **more}).scenario


@pytest.fixture(scope="module")
def run() -> Measured:
    """A real run, with splits."""
    return measured(Task(shop(), 1, 0, ("type", "hour")))


def numbered(n: int, run: Measured) -> tuple[Key, Measured]:
    """A made-up run that can be told from others."""
    return ("f" * 16, 1, n), Measured(run.values + n, {})


def same(one: Measured, other: Measured) -> bool:
    """Whether two runs are the same to the bit, NaN included, with labels and keys in the same order."""
    return one.values.tobytes() == other.values.tobytes() and json.dumps(one.splits) == json.dumps(other.splits)


def counted(path: Path) -> int:
    """Runs in a store, asked without its program."""
    connection = sqlite3.connect(path)
    try:
        return int(connection.execute("SELECT COUNT(*) FROM runs").fetchone()[0])
    finally:
        connection.close()


# Runs.


def test_a_kept_run_comes_back_to_the_bit(tmp_path: Path, run: Measured) -> None:
    """What another opening of the file finds is what was kept, with NaN, order and every digit."""
    odd = replace_values(run, [math.nan, 0.1 + 0.2, -0.0, math.inf, 5e-324])
    keys: list[Key] = [("a" * 16, 0, 0), ("a" * 16, 2**63 - 1, 7), ("b" * 16, 2**100, 3)]
    with Store(tmp_path / "s.sqlite") as store:
        for key in keys:
            store.keep(key, odd)
    with Store(tmp_path / "s.sqlite") as store:
        found = store.find([*keys, ("a" * 16, 0, 1)], ("hour", "type"))
    assert list(found) == keys
    assert all(found[key].values.tobytes() == odd.values.tobytes() for key in keys)
    for by in ("hour", "type"):
        assert json.dumps(found[keys[0]].splits[by]) == json.dumps(run.splits[by])


def replace_values(run: Measured, first: list[float]) -> Measured:
    return Measured(np.concatenate([first, run.values[len(first) :]]), run.splits)


def test_a_run_is_found_only_with_all_wanted_splits_and_completed_without_loss(tmp_path: Path, run: Measured) -> None:
    """A run that lacks a split counts as not there; kept again with that split alone it has the old ones too."""
    key: Key = ("a" * 16, 1, 0)
    with Store(tmp_path / "s.sqlite") as store:
        store.keep(key, Measured(run.values, {"type": run.splits["type"]}))
        assert store.find([key], ("type", "hour")) == {}
        store.keep(key, Measured(run.values, {"hour": run.splits["hour"]}))
        store.keep(key, Measured(run.values, {}))
        assert same(store.find([key], ("type", "hour"))[key], run)
        assert store.find([key])[key].splits == {}
    assert counted(tmp_path / "s.sqlite") == 1


def test_a_run_that_came_out_differently_is_replaced_as_a_whole(tmp_path: Path, run: Measured) -> None:
    """Measures and splits are always of the same run, also where the machine no longer gives what it gave."""
    key: Key = ("a" * 16, 1, 0)
    with Store(tmp_path / "s.sqlite") as store:
        store.keep(key, run)
        store.keep(key, Measured(run.values + 1.0, {"hour": run.splits["hour"]}))
        assert store.find([key], ("type",)) == {}
        assert store.find([key], ("hour",))[key].values.tobytes() == (run.values + 1.0).tobytes()
    assert counted(tmp_path / "s.sqlite") == 1


def test_models_do_not_mix(tmp_path: Path, run: Measured) -> None:
    """Runs of another model are not found and not lost."""
    key: Key = ("a" * 16, 1, 0)
    with Store(tmp_path / "s.sqlite", model="old") as store:
        store.keep(key, run)
    with Store(tmp_path / "s.sqlite") as store:
        assert store.find([key]) == {}
        store.keep(key, Measured(run.values * 2, {}))
    with Store(tmp_path / "s.sqlite", model="old") as store:
        assert same(store.find([key], ("type", "hour"))[key], run)


def test_another_list_of_measures_neither_mixes_nor_breaks(
    tmp_path: Path, run: Measured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run with other measures than today's is not found, and is still exported under its own keys."""
    plan = shop()
    with Store(tmp_path / "s.sqlite") as store:
        with monkeypatch.context() as patch, store.begin("x", [plan], replications=2):
            patch.setattr("sim.study.rows.KPIS", {"one": None, "two": None})
            store.keep((digest(plan), 1, 0), Measured(np.array([1.0, 2.0]), {}))
        store.keep((digest(plan), 1, 1), run)
        assert list(store.find([(digest(plan), 1, n) for n in range(2)])) == [(digest(plan), 1, 1)]
        table = sim.load_results(store=store)
    assert table.loc[0, ["one", "two"]].tolist() == [1.0, 2.0]
    assert math.isnan(table.loc[0, "calls_offered"])


def test_replications_are_made_once(own_store: Path) -> None:
    """An enlarged study makes only what is missing and gives the same numbers as one without a store."""
    plans = [shop(), shop("combined")]
    with Store() as store:
        first = replicate(plans, replications=2, workers=1, store=store)
        runs = Runs(store=store)
        runs.upto(plans, 4)
    assert (runs.made, store.found) == (4, 4)
    assert store.path == own_store
    alone = replicate(plans, replications=4, workers=1)
    assert runs.results(plans, 4).values.tobytes() == alone.values.tobytes()
    assert first.values.tobytes() == alone.values[:, :2].tobytes()


# The model.


def test_the_model_covers_all_that_makes_a_run() -> None:
    """Whatever a run and its measures import of this package is among the files of the fingerprint."""
    ask = "import sys, sim.run, sim.kpis; print(*[name for name in sys.modules if name.startswith('sim.')])"
    loaded = subprocess.run([sys.executable, "-c", ask], cwd=HOUSE, capture_output=True, text=True, check=True).stdout
    assert {name.split(".")[1] for name in loaded.split()} <= set(ROOMS)
    assert {name.split("/")[0].removesuffix(".py") for name, _ in sources()} == set(ROOMS)
    assert MODEL.endswith(fingerprint())
    assert {"python", "numpy", "scipy"} <= set(libraries())


def test_the_model_is_the_same_on_every_machine(tmp_path: Path) -> None:
    """Line endings change nothing and any other change of a file, its name or its room does."""
    for folder in ("a", "b"):
        for name, text in sources():
            (tmp_path / folder / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / folder / name).write_bytes(text.replace(b"\n", b"\r\n") if folder == "b" else text)
    (tmp_path / "b" / "report").mkdir()
    (tmp_path / "b" / "report" / "words.py").write_text("no part of a run")
    assert fingerprint(tmp_path / "a") == fingerprint(tmp_path / "b") == fingerprint()
    (tmp_path / "b" / "run.py").write_text("pass")
    (tmp_path / "a" / "kpis" / "calls.py").rename(tmp_path / "a" / "kpis" / "rings.py")
    assert len({fingerprint(tmp_path / "a"), fingerprint(tmp_path / "b"), fingerprint()}) == 3


# Plans and studies.


def with_files(folder: Path) -> Scenario:
    """A plan with a trace and a sample, both from files."""
    (folder / "calls.csv").write_text("at;why;talk\n2029-03-05 08:02:11;repair;312\n2029-03-05 09:00:00;junk;0.1\n")
    (folder / "talk.csv").write_text("talk\n1.1\n2.3\n")
    (folder / "shop.toml").write_text(
        'extends = "separate"\nname = "files"\nhorizon.days = "none"\n'
        'calls.types.junk.talk_min = { family = "empirical", file = "talk.csv" }\n'
        '[calls.trace]\nfile = "calls.csv"\ntime_column = "at"\ntype_column = "why"\nhandle_column = "talk"\n'
        'keep = { why = ["repair", "junk"] }\ntypes = { repair = "new" }\ntype = "junk"\n'
    )
    return sim.load(folder / "shop.toml").scenario


def test_plans_come_back_whole(tmp_path: Path) -> None:
    """Every built-in plan and one with a trace and a sample are rebuilt from the store equal to what they were."""
    from sim.scenarios import names

    plans = [*(sim.load(name).scenario for name, _ in names()), with_files(tmp_path)]
    with Store(tmp_path / "s.sqlite") as store, store.begin("x", plans):
        for plan in plans:
            again = store.plan(digest(plan))
            assert again.model_copy(update={"name": plan.name, "title": plan.title}) == plan
        assert set(store.manifest()["scenarios"]) == set(map(digest, plans))


def test_a_plan_that_is_not_what_it_was_is_refused(tmp_path: Path) -> None:
    """A plan that is missing, damaged, changed or not understood is an error that says so."""
    import zlib

    plan = shop()
    with Store(tmp_path / "s.sqlite") as store, store.begin("x", [plan]):
        with pytest.raises(StoreError, match="no plan 0000"):
            store.plan("0000")
        other = shop(**{"calls.per_day": 3.0}).model_dump_json().encode()
        for text, said in (
            (b"junk", "damaged"),
            (zlib.compress(other), "is not what it was"),
            (zlib.compress(b'{"colour": 3}'), "does not understand"),
        ):
            with store._database.writing() as connection:
                connection.execute("UPDATE plans SET scenario = ?", (text,))
            with pytest.raises(StoreError, match=said):
                store.plan(digest(plan))


def test_a_study_asked_again_is_the_same_study(tmp_path: Path) -> None:
    """Replications and splits make no other study, while a name, seed, order, option, plan or model does."""
    plans = [shop(), shop("combined")]
    with Store(tmp_path / "s.sqlite") as store, Store(tmp_path / "s.sqlite", model="old") as old:
        numbers = [
            store.begin("compare", plans, replications=2).number,
            store.begin("compare", plans, replications=9, by=("hour",)).number,
            store.begin("compare", plans, name="roles").number,
            store.begin("compare", plans, seed=2).number,
            store.begin("compare", plans[::-1]).number,
            store.begin("compare", plans, options={"zone": 1}).number,
            store.begin("hire", plans).number,
            store.begin("compare", [*plans, shop(**{"calls.per_day": 9.0})]).number,
            old.begin("compare", plans).number,
        ]
        listed = store.studies()
    assert numbers[0] == numbers[1]
    assert len(set(numbers)) == 8
    assert [study.name for study in listed[:2]] == ["compare-separate-combined", "roles"]
    assert (listed[0].replications, listed[0].by, listed[0].asked) == (9, ("hour",), 18)
    assert [study.current for study in listed] == [True] * 7 + [False]


def test_a_study_is_found_by_name_or_number(tmp_path: Path) -> None:
    """A name means the study with it that was asked last, nothing the last of all, and others are told what is there."""
    with Store(tmp_path / "s.sqlite") as store:
        with pytest.raises(StoreError, match="no study yet"):
            store.study()
        for seed in (1, 2, 1):
            store.begin("x", [shop()], seed=seed, name="mine").finish()
            time.sleep(0.002)  # times are kept in milliseconds
        store.begin("x", [shop()], name="other").finish()
        assert store.study("mine").seed == 1
        assert store.study(2).seed == store.study("2").seed == 2
        assert store.study().name == "other"
        with pytest.raises(StoreError, match="no study 'yours'; the latest are other, mine"):
            store.study("yours")


def test_how_a_study_ended_is_written_down(tmp_path: Path) -> None:
    """A study is running until it is finished, interrupted by an error, or ended by its own word."""
    with Store(tmp_path / "s.sqlite") as store:
        with store.begin("x", [shop()], name="good"):
            assert store.study("good").state == "running"
        with pytest.raises(ZeroDivisionError), store.begin("x", [shop()], name="bad"):
            raise ZeroDivisionError
        with store.begin("x", [shop()], name="long") as study:
            study.also([shop("combined"), shop(), shop("combined")])
            study.finish("stopped by budget", replications=7)
        assert [study.state for study in store.studies()] == ["finished", "interrupted", "stopped by budget"]
        assert [name for _, name in store.study("long").plans] == ["separate", "combined"]
        assert store.study("long").asked == 14
        assert store.study("good").asked is None


def test_only_living_processes_run_studies() -> None:
    """This process lives, one that ended does not, nor does one that has got its number since."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert lives(mark())
    assert not lives(mark(ended.pid))
    assert not lives(f"elsewhere {os.getpid()} -")


# Tables.


def test_results_are_a_table_of_runs(own_store: Path) -> None:
    """A study's table has a row for each plan and replication with all measures, also for equal plans."""
    plans = [shop(), shop("combined"), shop()]
    with Store() as store:
        results = replicate(plans, replications=2, seed=5, workers=1, store=store)
    table = sim.load_results()
    assert list(table.columns) == ["plan", "replication", "seed", *sim.KPIS]
    assert table["plan"].tolist() == ["separate"] * 2 + ["combined"] * 2 + ["separate (2)"] * 2
    assert table["replication"].tolist() == [0, 1] * 3
    assert set(table["seed"]) == {5}
    assert table[list(sim.KPIS)].to_numpy().tobytes() == results.values.reshape(6, -1).tobytes()
    assert sim.load_results("replicate-separate-combined-separate-(2)", own_store).equals(table)


def test_a_study_without_runs_is_an_empty_table(tmp_path: Path) -> None:
    """A study that was killed before its first run gives no rows and no error."""
    with Store(tmp_path / "s.sqlite") as store:
        store.begin("x", [shop()], seed=2**70)
        assert len(sim.load_results(store=store)) == 0
        assert list(sim.load_results(store=store).columns) == ["plan", "replication", "seed"]


# The file.


def damaged(path: Path) -> None:
    with Store(path) as store:
        store.begin("x", [shop()]).finish()
    content = bytearray(path.read_bytes())
    content[100:4000] = os.urandom(3900)
    path.write_bytes(content)


def newer(path: Path) -> None:
    Store(path).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()


def of_others(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE recipes (cake)")
    connection.close()


def in_no_folder(path: Path) -> None:
    path.parent.rmdir()
    path.parent.write_text("in the way")


TROUBLES = [
    (damaged, "damaged"),
    (newer, "a newer Baton wrote it"),
    (of_others, "another program's database"),
    (Path.mkdir, "it is a folder"),
    (in_no_folder, "cannot be used"),
    (lambda path: path.write_text("hello"), "not a store of runs"),
    (lambda path: path.write_bytes(os.urandom(20_000)), "not a store of runs"),
    (lambda path: path.symlink_to("/dev/null"), "not a file"),
]


@pytest.mark.parametrize(("spoil", "said"), TROUBLES)
@pytest.mark.parametrize("readonly", [False, True])
def test_a_file_that_is_no_store_is_refused_in_words(tmp_path: Path, spoil, said: str, readonly: bool) -> None:  # type: ignore[no-untyped-def]
    """Whatever stands where the store should be is named in one line and left as it is."""
    path = tmp_path / "folder" / "s.sqlite"
    path.parent.mkdir()
    spoil(path)
    before = path.read_bytes() if path.is_file() else b""
    with pytest.raises(StoreError, match=said) as error, Store(path, readonly=readonly) as store:
        store.studies()
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)
    assert (path.read_bytes() if path.is_file() else b"") == before


def test_a_reader_makes_nothing(tmp_path: Path) -> None:
    """Looking into a store that is not there is an error and leaves no file behind, and an empty file is no store yet."""
    with pytest.raises(StoreError, match="no such file"):
        Store(tmp_path / "s.sqlite", readonly=True)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "s.sqlite").touch()
    with pytest.raises(StoreError, match="nothing in it"):
        Store(tmp_path / "s.sqlite", readonly=True)
    Store(tmp_path / "s.sqlite").close()
    with Store(tmp_path / "s.sqlite", readonly=True) as store:
        assert store.studies() == []


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is read-only for root")
def test_a_folder_that_may_not_be_written_to_can_be_read(tmp_path: Path) -> None:
    """A store in a read-only folder is refused for writing and can be looked into."""
    with Store(tmp_path / "s.sqlite") as store:
        store.begin("x", [shop()]).finish()
    tmp_path.chmod(0o500)
    try:
        with Store(tmp_path / "s.sqlite", readonly=True) as store:
            assert len(store.studies()) == 1
        with pytest.raises(StoreError, match="cannot be"):
            Store(tmp_path / "new.sqlite")
    finally:
        tmp_path.chmod(0o700)


def test_a_full_disk_loses_nothing_and_is_told_once(
    tmp_path: Path, run: Measured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no more fits, what is kept stays, what comes waits and one line says so, until there is room again."""
    told: list[str] = []
    store = Store(tmp_path / "s.sqlite", tell=told.append)
    monkeypatch.setattr("sim.study.store.TRY_AGAIN_S", 0.0)
    for n in range(5):
        store.keep(*numbered(n, run))
    ask = store._database._connection.execute
    (pages,) = ask("PRAGMA page_count").fetchone()
    ask(f"PRAGMA max_page_count = {pages + 1}")
    for n in range(5, 25):
        store.keep(*numbered(n, run))
    assert len(told) == 1
    assert "cannot be written to: the disk is full" in told[0]
    kept = len(store.find([numbered(n, run)[0] for n in range(25)]))
    assert 5 <= kept < 25
    assert store.waiting == 25 - kept
    ask("PRAGMA max_page_count = 1000000")
    store.close()
    assert store.waiting == 0
    assert "can be written to again" in told[1]
    assert counted(tmp_path / "s.sqlite") == 25


def test_results_are_had_though_nothing_can_be_written(tmp_path: Path) -> None:
    """From Python a disk that gets full costs warnings, and the results are handed back."""
    store = Store(tmp_path / "s.sqlite")
    store.begin("x", [shop()])
    ask = store._database._connection.execute
    (pages,) = ask("PRAGMA page_count").fetchone()
    ask(f"PRAGMA max_page_count = {pages}")
    with pytest.warns(RuntimeWarning, match="the disk is full") as told:
        results = replicate([shop()], replications=9, workers=1, store=store)
    ask("PRAGMA max_page_count = 1000000")
    with pytest.warns(RuntimeWarning, match="can be written to again"):
        store.close()
    assert results.finished.all()
    assert 1 <= len(told) <= 2


def test_a_store_that_is_held_by_another_does_not_stop_a_study(
    tmp_path: Path, run: Measured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While another program holds the file for too long runs wait, and are kept at the end."""
    monkeypatch.setattr("sim.study.database.PATIENCE_S", 0.05)
    told: list[str] = []
    other = sqlite3.connect(tmp_path / "s.sqlite", isolation_level=None)
    with Store(tmp_path / "s.sqlite", tell=told.append) as store:
        other.execute("BEGIN IMMEDIATE")
        for n in range(3):
            store.keep(*numbered(n, run))
        assert "another program" in told[0]
        other.execute("ROLLBACK")
    other.close()
    assert counted(tmp_path / "s.sqlite") == 3


# Processes that are killed, together, and power that is cut.

WRITER = """
import sys
import numpy as np
from sim.kpis import KPIS
from sim.study import Store
from sim.study.tasks import Measured
first, last = int(sys.argv[2]), int(sys.argv[3])
with Store(sys.argv[1]) as store:
    for n in range(first, last):
        store.keep(("f" * 16, 1, n), Measured(np.full(len(KPIS), float(n)), {}))
        print(n, flush=True)
"""


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that keeps runs, numbered, for ever."""
    process = written_by(tmp_path / "s.sqlite", 0, 10_000_000)
    yield process
    process.kill()
    process.communicate()


def written_by(path: Path, first: int, last: int) -> subprocess.Popen[str]:
    ask = [sys.executable, "-c", WRITER, str(path), str(first), str(last)]
    return subprocess.Popen(ask, cwd=HOUSE, stdout=subprocess.PIPE, text=True)


def whole(path: Path) -> int:
    """How many numbered runs are in a sound store: they must be the first ones, without a gap."""
    with Store(path) as store:
        assert store._database.rows("PRAGMA integrity_check") == [("ok",)]
        found = store.find([("f" * 16, 1, n) for n in range(100_000)])
    assert sorted(key[2] for key in found) == list(range(len(found)))
    assert all((run.values == key[2]).all() for key, run in found.items())
    return len(found)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL here")
@pytest.mark.parametrize("after", [0, 7, 300])
def test_what_was_kept_survives_sigkill(tmp_path: Path, writer: subprocess.Popen[str], after: int) -> None:
    """A process killed in the middle of writing loses no run that it had reported as kept."""
    assert writer.stdout is not None
    for _ in range(after):
        writer.stdout.readline()
    writer.kill()
    reported = after + len(writer.stdout.read().splitlines())
    assert reported <= whole(tmp_path / "s.sqlite") <= reported + 1


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="no SIGSTOP here")
def test_a_power_cut_leaves_a_sound_store(tmp_path: Path, writer: subprocess.Popen[str]) -> None:
    """The files as they were at any moment, also with the unwritten end of the journal cut off or spoilt, are a store."""
    assert writer.stdout is not None
    reported = 0
    for moment in range(6):
        for _ in range(1 + 40 * moment):
            writer.stdout.readline()
            reported += 1
        writer.send_signal(signal.SIGSTOP)
        copy = tmp_path / f"copy{moment}"
        copy.mkdir()
        for name in ("s.sqlite", "s.sqlite-wal"):
            shutil.copy(tmp_path / name, copy / name)
        writer.send_signal(signal.SIGCONT)
        cut = shutil.copytree(copy, tmp_path / f"cut{moment}")
        assert whole(copy / "s.sqlite") >= reported
        journal = cut / "s.sqlite-wal"
        content = journal.read_bytes()
        content = content[: len(content) * (moment + 1) // 7]
        journal.write_bytes(content if moment % 2 else content + os.urandom(5000))
        try:
            whole(cut / "s.sqlite")
        except StoreError:  # cut before it was even made
            assert moment == 0


def test_several_processes_make_and_fill_one_store(tmp_path: Path) -> None:
    """Processes that begin at the same moment on a file that is not there yet keep all their runs, each once."""
    crowd = [written_by(tmp_path / "s.sqlite", first, first + 60) for first in (0, 30, 60, 60)]
    assert [process.wait() for process in crowd] == [0] * 4
    for process in crowd:
        process.communicate()
    assert whole(tmp_path / "s.sqlite") == counted(tmp_path / "s.sqlite") == 120


# Where it is.


@pytest.mark.parametrize(
    ("system", "environment", "expected"),
    [
        ("linux", {}, "~/.local/share/baton/studies.sqlite"),
        ("linux", {"XDG_DATA_HOME": "/data"}, "/data/baton/studies.sqlite"),
        ("linux", {"XDG_DATA_HOME": "not/absolute"}, "~/.local/share/baton/studies.sqlite"),
        ("darwin", {"XDG_DATA_HOME": "/data"}, "~/Library/Application Support/baton/studies.sqlite"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/baton/studies.sqlite"),
        ("win32", {}, "~/AppData/Local/baton/studies.sqlite"),
        ("linux", {"BATON_STORE": "/x/y.db", "XDG_DATA_HOME": "/data"}, "/x/y.db"),
        ("linux", {"BATON_STORE": ""}, "~/.local/share/baton/studies.sqlite"),
    ],
)
def test_the_usual_place_is_where_the_system_keeps_data(
    system: str, environment: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store is where the environment says, else in the folder that the system has for programs' data."""
    for name in ("BATON_STORE", "XDG_DATA_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(places.sys, "platform", system)
    assert places.default_place() == Path(expected).expanduser()
