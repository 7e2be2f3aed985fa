"""Many runs: the same results whoever runs them, also when workers are killed or somebody presses Ctrl-C."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.shop.scenario import Scenario
from sim.study import Results, Split, replicate
from sim.study import replicate as replicate_function
from sim.study.engine import Left
from sim.study.engines import cores, engine
from sim.study.gather import names
from sim.study.replicate import faults

HOUSE = Path(__file__).resolve().parents[1]


# Work for the workers: functions of this module, as they must be found from another process.


def squared(factor: int, task: int) -> int:
    return factor * task * task


def dies_at_three(folder: str, task: int) -> int:
    if task == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return task


def dies_once(folder: str, task: int) -> int:
    mark = Path(folder) / "died"
    if task == 2 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return task


def dies_always(folder: str, task: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return task


def fails_at_two(shared: None, task: int) -> int:
    if task == 2:
        raise ZeroDivisionError("two")
    return task


def imported_before(shared: None, task: int) -> float:
    time.sleep(0.05)  # so that every worker gets one
    return os.getpid() + ("numpy" in sys.modules) / 2


def carried_out(work: Callable[[Any], Any], tasks: Sequence[int], workers: int) -> tuple[dict[int, Any], Left]:
    """What an engine kept, by place, and what it left."""
    kept: dict[int, Any] = {}
    with engine(workers) as crew:
        return kept, crew.do(work, tasks, kept.__setitem__)


# Processes.


@pytest.mark.parametrize("workers", [1, 2, 8])
def test_results_do_not_depend_on_workers(workers: int) -> None:
    """One, two or eight workers give the same results, each at the place of its task."""
    assert carried_out(partial(squared, 3), range(7), workers) == ({n: 3 * n * n for n in range(7)}, Left())


def test_no_tasks_are_done_at_once() -> None:
    """Nothing to do gives nothing back and starts nobody."""
    assert carried_out(partial(squared, 1), [], 4) == ({}, Left())


def test_a_killed_worker_costs_nothing_but_time(tmp_path: Path) -> None:
    """A worker that is killed once is replaced, and every task is done."""
    assert carried_out(partial(dies_once, str(tmp_path)), range(6), 2) == ({n: n for n in range(6)}, Left())


def test_a_task_that_kills_its_worker_twice_is_named(tmp_path: Path) -> None:
    """A task that kills its worker again when it runs alone is given up and named, and all others are done."""
    kept, left = carried_out(partial(dies_at_three, str(tmp_path)), range(6), 2)
    assert left.given_up == (3,)
    assert sorted(kept) == [0, 1, 2, 4, 5]


def test_workers_that_always_die_are_not_tried_for_ever(tmp_path: Path) -> None:
    """Where every worker is killed, all tasks are given up after a few pools."""
    assert carried_out(partial(dies_always, str(tmp_path)), range(50), 2) == ({}, Left(tuple(range(50))))


def test_workers_stay_for_the_next_tasks() -> None:
    """Processes that have done some tasks do the next ones too, until they are sent home."""
    pids: dict[int, float] = {}
    with engine(2) as crew:
        for _ in range(3):
            crew.do(partial(imported_before, None), range(4), lambda place, pid: pids.setdefault(int(pid), place))
    assert len(pids) <= 2


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_of_a_task_is_raised(workers: int) -> None:
    """An exception in a task ends all and is raised in the parent with its own type."""
    with pytest.raises(ZeroDivisionError, match="two"):
        carried_out(partial(fails_at_two, None), range(5), workers)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork server here")
def test_modules_are_imported_once_for_all_workers() -> None:
    """The workers are several processes that all start with the modules already there."""
    kept, _ = carried_out(partial(imported_before, None), range(12), 3)
    assert len(set(kept.values())) > 1
    assert all(value % 1 == 0.5 for value in kept.values())


SCRIPT = """
from functools import partial
from tests.test_study import slow
from sim.study.engines import engine

kept = {{}}

def keep(place, result):
    kept[place] = result
    print(len(kept), flush=True)

with engine({workers}) as crew:
    left = crew.do(partial(slow, {pause}), range(40), keep)
print("interrupted", left.interrupted, sorted(kept), flush=True)
"""


def slow(pause: float, task: int) -> int:
    time.sleep(pause if task > 2 else 0.0)
    return task


def scripted(workers: int, pause: float = 30.0) -> subprocess.Popen[str]:
    """A script without a main guard, in a session of its own as a shell would start it."""
    script = SCRIPT.format(workers=workers, pause=pause)
    return subprocess.Popen(
        [sys.executable, "-c", script], cwd=HOUSE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip


def children_of(group: int) -> list[int]:
    """Processes of a group that are still there."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, own = stat.read_text().rpartition(")")[2].split()[:3]
        except OSError:  # gone meanwhile
            continue
        if int(own) == group and state != "Z":
            found.append(int(stat.parent.name))
    return found


def all_gone(group: int, within: float = 10.0) -> bool:
    """Whether nobody of a group is there any more, soon."""
    patience = time.monotonic() + within
    while children_of(group) and time.monotonic() < patience:
        time.sleep(0.1)
    return not children_of(group)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs signals and /proc")
@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c_ends_at_once_with_what_is_finished(workers: int) -> None:
    """Ctrl-C to the whole process group ends within seconds, quietly, with the finished tasks and no orphans."""
    process = scripted(workers)
    assert process.stdout is not None
    while process.stdout.readline().strip() != "3":
        pass
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=20)  # the tasks take longer
    assert "interrupted True [0, 1, 2]" in out
    assert err == ""
    assert process.returncode == 0
    assert all_gone(process.pid)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs signals and /proc")
def test_a_killed_parent_leaves_no_orphans() -> None:
    """Workers end when their parent is killed and cannot tell them."""
    process = scripted(2, pause=0.3)
    assert process.stdout is not None
    process.stdout.readline()
    process.kill()
    process.wait(10)
    assert all_gone(process.pid)
    process.communicate()


# Plans that can be compared.


def plan(name: str = "a", **horizon: object) -> Scenario:
    return Scenario.model_validate({"name": name, "horizon": {"days": 3, **horizon}})


def test_names_tell_equal_plans_apart() -> None:
    """A name that comes again gets a number, and a plan without one its place."""
    assert names([plan("a"), plan("b"), plan("a"), plan("")]) == ("a", "b", "a (2)", "plan 4")


def test_plans_must_have_the_same_horizon_and_currency() -> None:
    """Each thing that makes plans incomparable is one sentence that names both values."""
    euro = plan("b").model_copy(update={"prices": plan().prices.model_copy(update={"currency": "EUR"})})
    assert faults([plan(), plan("b")]) == []
    assert "horizon.days 3 and b has 5" in faults([plan(), plan("b", days=5)])[0]
    assert "horizon.warmup_days 0 and b has 2" in faults([plan(), plan("b", warmup_days=2)])[0]
    assert "prices.currency $ and b has EUR" in faults([plan(), euro])[0]
    assert len(faults([plan(), plan("b", days=5, warmup_days=2)])) == 2


@pytest.mark.parametrize("wrong", [{"replications": 0}, {"workers": 0}, {"seed": -1}])
def test_numbers_that_make_no_sense_are_refused(wrong: dict[str, int]) -> None:
    """No replication, no worker and a negative seed are errors before anything runs."""
    with pytest.raises(ValueError, match="must"):
        replicate([plan()], **{"replications": 1, **wrong})
    with pytest.raises(ValueError, match="no plan"):
        replicate([], replications=1)


def test_there_is_a_core() -> None:
    """At least one core may be used."""
    assert cores() >= 1
    assert replicate_function is replicate


# Results.


@pytest.fixture
def results() -> Results:
    keys = ("abandoned_share", "contribution")
    values = np.full((2, 4, 2), np.nan)
    values[0, :, 0] = [0.1, 0.2, 0.3, 0.4]
    values[1, :3, 0] = [0.2, 0.3, 0.4]
    split = Split("tier", ("high", "low"), ("abandoned_share",), values[:, None, :, :1].repeat(2, axis=1))
    finished = np.array([[True] * 4, [True, True, True, False]])
    return Results(
        plans=("a", "b"), scenarios=(plan("a"), plan("b")), seed=7, days=3, keys=keys, values=values,
        finished=finished, splits={"tier": split},
    )  # fmt: skip


def test_partial_results_pair_what_both_plans_have(results: Results) -> None:
    """A plan's mean takes all its replications, a difference only those that both plans finished."""
    assert results.asked == 4
    assert results.replications("a") == 4
    assert results.replications("b") == 3
    assert results.pairs("b") == 3
    assert results.estimate("a", "abandoned_share").mean == pytest.approx(0.25)
    difference = results.difference("b", "abandoned_share")
    assert difference.n == 3
    assert difference.mean == pytest.approx(0.1)


def test_what_never_happened_is_not_there(results: Results) -> None:
    """A measure that is NaN throughout is not there, nor is one that nobody knows."""
    assert results.has("abandoned_share")
    assert not results.has("contribution")
    assert not results.has("nonsense")
    with pytest.raises(ValueError, match="'c'"):
        results.of("c", "abandoned_share")


def test_splits_are_estimated_and_paired_like_the_whole(results: Results) -> None:
    """A class of a split has a mean and a paired difference, and splits can be left out."""
    assert results.split_estimate("tier", 0, "low", "abandoned_share").mean == pytest.approx(0.25)
    assert results.split_difference("tier", 1, "low", "abandoned_share").mean == pytest.approx(0.1)
    assert results.only(("hour",)).splits == {}
    assert list(results.only(("tier",)).splits) == ["tier"]


def test_replications_to_tell_come_from_the_pairs(results: Results) -> None:
    """A difference without any spread is told by two replications, and a missing measure never."""
    assert results.to_tell(1, "abandoned_share") == 2
    assert results.to_tell(1, "contribution") is None
