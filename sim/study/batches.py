"""A few tasks in one letter to a worker of a cluster, and what it needs to be like ours."""

from __future__ import annotations

import hashlib
import pickle
import platform
from collections.abc import Callable, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

LEAST_S = 0.3  # what a letter of short tasks should last: the way there and back costs some milliseconds
MOST_S = 1.5  # after this a worker sends home what it has, however many tasks it was thought to do
NUMBERS = ("numpy", "scipy", "simpy")  # another version of these may give other results


class Unlike(Exception):
    """A worker that would not give the same results, in one sentence."""


class Versions(NamedTuple):
    """What must be the same wherever a task runs, if results are to be the same bit for bit."""

    python: str
    sim: str
    numpy: str
    scipy: str
    simpy: str


@cache
def versions() -> Versions:
    """Those of this process; ``sim`` is a fingerprint of its sources, as a version number may lie."""
    python = ".".join(platform.python_version_tuple()[:2])
    return Versions(python, _sources(), *(version(name) for name in NUMBERS))


def _sources() -> str:
    digest = hashlib.sha256()
    folder = Path(__file__).resolve().parents[1]
    for path in sorted(folder.rglob("*.py"), key=lambda path: path.relative_to(folder).as_posix()):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def unlike(theirs: Sequence[str], ours: Versions) -> str:
    """What a worker has otherwise than we, in a few words; nothing where all is the same."""
    for name, there, here in zip(Versions._fields, theirs, ours, strict=True):
        if there != here:
            return f"{'other sources of sim' if name == 'sim' else name} ({there} there, {here} here)"
    return ""


def sealed(work: Callable[[Any], Any], tasks: Sequence[Any]) -> bytes:
    """The letter. Pickled here and not by Dask, which would look into every tuple for what it knows."""
    return pickle.dumps((work, tasks), pickle.HIGHEST_PROTOCOL)


def carried_out(letter: bytes, ours: Versions, most_s: float = MOST_S) -> tuple[bytes, float]:
    """In the worker: the results of the first tasks of a letter (all, if there is time), and the seconds they took.

    A task that fails behind others is left for a letter of its own, where it fails again and its exception goes home.
    """
    if wrong := unlike(versions(), ours):
        raise Unlike(wrong)
    work, tasks = pickle.loads(letter)
    began, results = perf_counter(), []
    for task in tasks:
        try:
            results.append(work(task))
        except Exception:
            if not results:
                raise
            break
        if perf_counter() - began > most_s:
            break
    return pickle.dumps(results, pickle.HIGHEST_PROTOCOL), perf_counter() - began


class Pace:
    """How many tasks make a letter, from how long the last ones took."""

    def __init__(self) -> None:
        self._task_s: float | None = None

    def seen(self, tasks: int, seconds: float) -> None:
        """So many tasks took so long."""
        each = seconds / tasks
        self._task_s = each if self._task_s is None else (self._task_s + each) / 2.0

    def size(self, waiting: int, workers: int) -> int:
        """Tasks for the next letter: enough to be worth the way, one until that is known, a worker's share at most."""
        share = -(-waiting // max(workers, 1))
        if self._task_s is None:
            return 1
        return max(1, min(share, int(LEAST_S / max(self._task_s, 1e-9)) + 1))
