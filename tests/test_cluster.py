"""A cluster: the same results as one process, also when workers are killed, and clear words when it is gone."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from sim.cli import baton
from sim.scenarios import load
from sim.study import EngineError, engine, replicate
from sim.study.batches import LEAST_S, Pace, Versions, unlike, versions
from sim.study.cluster import Cluster
from sim.study.engine import Left

distributed = pytest.importorskip("distributed", reason="the extra cluster (dask.distributed) is not installed")
psutil = pytest.importorskip("psutil", reason="psutil comes with dask.distributed")

HOUSE = Path(__file__).resolve().parents[1]
SMALL = {  # what Dask waits for, where it is not the point
    "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1",
    "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "30s",
}


# Work for the workers: functions of this module, as they must be found from another process.


def squared(factor: int, task: int) -> int:
    return factor * task * task


def dies_once(folder: str, task: int) -> int:
    mark = Path(folder) / "died"
    if task == 2 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return task


def dies_at_three(task: int) -> int:
    if task == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return task


def dies_always(task: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return task


class Odd(Exception):
    """A kind of its own."""


def fails_at_five(task: int) -> int:
    if task == 5:
        raise Odd("five")
    return task


def slow(pause: float, task: int) -> int:
    time.sleep(pause if task > 2 else 0.0)
    return task


# A scheduler and workers, as somebody would start them.


@contextmanager
def started(*words: str, path: Path = HOUSE) -> Iterator[subprocess.Popen[bytes]]:
    """A process of Dask, ended by its own pid."""
    environment = {**os.environ, **SMALL, "PYTHONPATH": str(path)}
    command = [sys.executable, "-P", "-m", "dask", *words]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def a_scheduler(folder: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A scheduler on a free port of the loopback: its address and its process."""
    file = folder / "scheduler.json"
    words = ("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file))
    with started(*words, "--dashboard-address", "127.0.0.1:0") as process:
        patience = time.monotonic() + 60
        while not (file.exists() and file.read_text()) and time.monotonic() < patience:
            time.sleep(0.05)
        yield json.loads(file.read_text())["address"], process


def a_worker(address: str, folder: Path, path: Path = HOUSE, *more: str) -> Any:
    """One worker process with one thread and a nanny that replaces it."""
    words = ("worker", address, "--host", "127.0.0.1", "--nworkers", "1", "--nthreads", "1", "--memory-limit", "0")
    return started(
        *words,
        "--no-dashboard",
        "--dashboard-address",
        "127.0.0.1:0",
        "--local-directory",
        str(folder),
        *more,
        path=path,
    )


def there(address: str, workers: int, within: float = 60.0) -> None:
    """Wait for workers."""
    with distributed.Client(address, timeout="30s", set_as_default=False) as client:
        client.wait_for_workers(workers, timeout=within)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a scheduler with two workers."""
    folder = tmp_path_factory.mktemp("cluster")
    with ExitStack() as stack:
        address, _ = stack.enter_context(a_scheduler(folder))
        for _ in range(2):
            stack.enter_context(a_worker(address, folder))
        there(address, 2)
        yield address


def carried_out(work: Callable[[Any], Any], tasks: Sequence[int], address: str) -> tuple[dict[int, Any], Left]:
    """What an engine kept, by place, and what it left."""
    kept: dict[int, Any] = {}
    with engine(cluster=address) as crew:
        return kept, crew.do(work, tasks, kept.__setitem__)


# The same as one process.


def test_every_task_is_done_once_and_then_forgotten(cluster: str) -> None:
    """Thousands of tasks are each kept once at their place, and the cluster holds nothing of them afterwards."""
    kept: list[tuple[int, int]] = []
    with engine(cluster=cluster) as crew:
        assert crew.width == 2
        assert crew.do(partial(squared, 3), range(5000), lambda place, result: kept.append((place, result))) == Left()
        assert sorted(kept) == [(n, 3 * n * n) for n in range(5000)]
        assert crew.do(partial(squared, 3), [], lambda place, result: kept.append((place, result))) == Left()
        with distributed.Client(cluster, set_as_default=False) as client:
            assert eventually(lambda: client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks)) == 0)


def eventually(holds: Callable[[], bool], within: float = 20.0) -> bool:
    patience = time.monotonic() + within
    while not (held := holds()) and time.monotonic() < patience:
        time.sleep(0.1)
    return held


def test_a_study_is_the_same_bit_for_bit_with_a_worker_killed_in_the_middle(cluster: str) -> None:
    """Plans over a cluster give exactly the measures and splits of one process, also when a worker is killed meanwhile."""
    plans = [load(name, ["horizon.days=3"]).scenario for name in ("separate", "combined")]
    with distributed.Client(cluster, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=60)
        victim = sorted(client.run(os.getpid).values())[0]

    def kill(finished: int, total: int) -> None:
        if finished == 3:
            os.kill(victim, signal.SIGKILL)

    alone = replicate(plans, replications=6, workers=1, by="tier")
    spread = replicate(plans, replications=6, cluster=cluster, by="tier", on_done=kill)
    assert not psutil.pid_exists(victim)
    assert spread.finished.all()
    assert np.array_equal(alone.values, spread.values, equal_nan=True)
    assert np.array_equal(alone.splits["tier"].values, spread.splits["tier"].values, equal_nan=True)


def test_the_command_prints_the_same_on_a_cluster_of_this_machine() -> None:
    """``--cluster local`` prints the JSON of ``--workers 1`` to the letter."""
    words = ["compare", "combined", "separate", "--days", "3", "--replications", "2", "--format", "json"]
    alone = CliRunner().invoke(baton, [*words, "--workers", "1"])
    local = CliRunner().invoke(baton, [*words, "--cluster", "local", "--workers", "2"])
    assert (alone.exit_code, local.exit_code) == (0, 0), local.output
    assert local.stdout == alone.stdout


# Workers that are killed, tasks that fail.


def test_a_killed_worker_costs_nothing_but_time(cluster: str, tmp_path: Path) -> None:
    """A worker that is killed in the middle of a task is replaced, and every task is done."""
    assert carried_out(partial(dies_once, str(tmp_path)), range(8), cluster) == ({n: n for n in range(8)}, Left())


def test_a_task_that_always_kills_its_worker_is_named(cluster: str) -> None:
    """A task that kills whoever takes it is given up and named, and all others are done."""
    kept, left = carried_out(dies_at_three, range(8), cluster)
    assert left == Left(given_up=(3,))
    assert kept == {n: n for n in range(8) if n != 3}


@pytest.mark.slow
def test_workers_that_always_die_are_not_tried_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where every worker is killed, all tasks are given up after a few."""
    monkeypatch.syspath_prepend(str(HOUSE))  # some library installs a package called tests, too
    kept: dict[int, Any] = {}
    with engine(2, "local") as crew:
        assert crew.do(dies_always, range(60), kept.__setitem__) == Left(tuple(range(60)))
    assert kept == {}


def test_an_error_of_a_task_is_raised(cluster: str) -> None:
    """An exception in a task is raised here with its own type, and the cluster takes the next tasks."""
    kept: dict[int, int] = {}
    with engine(cluster=cluster) as crew:
        crew.do(partial(squared, 1), range(100), kept.__setitem__)  # it is fast, so that letters are long
        kept.clear()
        with pytest.raises(Odd, match="five"):
            crew.do(fails_at_five, range(8), kept.__setitem__)
        assert kept.items() <= {n: n for n in range(8) if n != 5}.items()
        crew.do(partial(squared, 1), range(3), kept.__setitem__)


SCRIPT = """
from functools import partial
from tests.test_cluster import slow
from sim.study.engines import engine

kept = {{}}

def keep(place, result):
    kept[place] = result
    print(len(kept), flush=True)

with engine({workers}, {address!r}) as crew:
    left = crew.do(partial(slow, {pause}), range(20), keep)
print("interrupted", left.interrupted, sorted(kept), flush=True)
"""


def scripted(address: str, workers: int | None, pause: float) -> subprocess.Popen[str]:
    """A script without a main guard, in a session of its own as a shell would start it, after its third task."""
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT.format(address=address, workers=workers, pause=pause)], cwd=HOUSE,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    while (line := process.stdout.readline()) and line.strip() != "3":
        pass
    return process


@pytest.mark.parametrize("local", [False, True])
def test_ctrl_c_ends_at_once_with_what_is_finished(cluster: str, local: bool) -> None:
    """Ctrl-C to the whole process group ends quietly, long before the tasks do, with what is finished."""
    process = scripted("local" if local else cluster, 2 if local else None, pause=15.0 if not local else 300.0)
    children = psutil.Process(process.pid).children(recursive=True)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert "interrupted True [0, 1, 2]" in out
    assert err == ""
    assert process.returncode == 0
    assert psutil.wait_procs(children, timeout=20)[1] == []


def test_a_killed_parent_leaves_no_orphans() -> None:
    """A cluster of our own listens to this machine only, and ends when its parent is killed."""
    process = scripted("local", 2, pause=300.0)
    children = psutil.Process(process.pid).children(recursive=True)
    listening = {
        connection.laddr.ip
        for child in children
        for connection in child.net_connections(kind="inet")
        if connection.status == psutil.CONN_LISTEN
    }
    process.kill()
    process.communicate(timeout=20)
    assert listening == {"127.0.0.1"}
    assert len(children) >= 3
    assert psutil.wait_procs(children, timeout=20)[1] == []


# Nobody there.


def test_a_scheduler_lost_in_the_middle_keeps_what_is_finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A scheduler without workers is told as such; one that is killed ends the round with what is finished kept."""
    with a_scheduler(tmp_path) as (address, process):
        monkeypatch.setattr("sim.study.connection.PATIENCE_S", 2.0)
        with pytest.raises(EngineError, match="has no workers"):
            engine(cluster=address)
        monkeypatch.undo()
        with a_worker(address, tmp_path):
            there(address, 1)
            kept: dict[int, int] = {}

            def keep(place: int, result: int) -> None:
                kept[place] = result
                if len(kept) == 3:
                    process.kill()

            with engine(cluster=address) as crew, pytest.raises(EngineError, match=f"{address} was lost"):
                crew.do(partial(slow, 1.0), range(20), keep)
    assert kept.items() >= {0: 0, 1: 1, 2: 2}.items()
    assert len(kept) < 20


def test_workers_that_do_not_come_back_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the last worker is gone for good, that is said after a while."""
    with a_scheduler(tmp_path) as (address, _), a_worker(address, tmp_path, HOUSE, "--no-nanny") as worker:
        there(address, 1)
        monkeypatch.setattr("sim.study.connection.MEND_S", 1.0)
        with engine(cluster=address) as crew, pytest.raises(EngineError, match="are gone"):
            crew.do(partial(slow, 1.0), range(20), lambda place, _: worker.kill() if place == 2 else None)


@pytest.mark.parametrize("other", ["changed", "empty"])
@pytest.mark.slow
def test_workers_with_another_sim_are_refused(tmp_path: Path, other: str) -> None:
    """A worker whose sim differs from ours by a line, or has nothing in it, is named before anything runs."""
    theirs = tmp_path / "theirs"
    if other == "changed":
        shutil.copytree(HOUSE / "sim", theirs / "sim")
        with (theirs / "sim" / "run.py").open("a") as file:
            file.write("# another line\n")
    else:
        (theirs / "sim").mkdir(parents=True)
        (theirs / "sim" / "__init__.py").touch()
    with a_scheduler(tmp_path) as (address, _), a_worker(address, tmp_path, theirs):
        there(address, 1)
        with pytest.raises(EngineError, match=r"tcp://127.* has (other sources of sim|no such sim).* install there"):
            engine(cluster=address)


def test_what_is_unlike_is_named() -> None:
    """Versions that are the same are fine, and of others the first that differs is named with both."""
    ours = versions()
    assert unlike(ours, Versions(*ours)) == ""
    assert unlike(ours._replace(python="3.9"), ours) == f"python (3.9 there, {ours.python} here)"
    assert unlike(ours._replace(sim="0"), ours) == f"other sources of sim (0 there, {ours.sim} here)"


@pytest.mark.parametrize(
    ("address", "wrong"),
    [("tcp://127.0.0.1:1", "no scheduler to be reached at tcp://127.0.0.1:1"), ("tls://127.0.0.1:1", "certificates")],
)
def test_an_address_without_a_scheduler_is_one_line(address: str, wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody listens, or TLS has no certificates, the command ends with code 2 and one line that says so."""
    monkeypatch.setattr("sim.study.connection.PATIENCE_S", 1.0)
    result = CliRunner().invoke(baton, ["run", "phones_only", "--days", "7", "--cluster", address])
    assert result.exit_code == 2
    assert result.output.count("\n") == 1
    assert wrong in result.output


@pytest.mark.parametrize(
    "address", ["nonsense", "http://a:1", "tcp://a", "tcp://:8786", "tcp://a:b", "127.0.0.1:8786", ""]
)
def test_what_is_no_address_is_one_line(address: str) -> None:
    """An address that cannot be one is refused with code 2, one line, and what to say instead."""
    result = CliRunner().invoke(baton, ["run", "phones_only", "--days", "7", "--cluster", address])
    assert result.exit_code == 2
    assert result.output.count("\n") == 1
    assert f"{address!r} is no address of a cluster: say tcp://host:port" in result.output


def test_a_cluster_at_an_address_has_its_own_workers() -> None:
    """A number of workers together with an address is refused, as it would do nothing."""
    with pytest.raises(EngineError, match="workers of its own"):
        engine(2, "tcp://127.0.0.1:1")


def test_without_dask_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where dask.distributed is not installed, the extra to install is named."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(EngineError, match=r"call-to-close\[cluster\]"):
        Cluster("local")


# Letters.


def test_letters_of_short_tasks_last_long_enough() -> None:
    """A letter holds one task until their length is known, then as many as last 0.2 s, and no more than a fair share."""
    pace = Pace()
    assert pace.size(1000, 2) == 1
    pace.seen(1, 0.01)
    assert 0.2 <= pace.size(1000, 2) * 0.01 <= 2 * LEAST_S
    assert pace.size(10, 5) == 2
    pace.seen(1, 100.0)
    assert pace.size(1000, 2) == 1
