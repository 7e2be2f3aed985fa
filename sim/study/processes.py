"""Tasks fanned out over processes, so that one worker or eight give the same results.

A worker that is killed (out of memory, by hand) costs nothing but time: the tasks that were in flight are run again one
at a time, which shows whether one of them did it; a task whose worker is killed a second time, now alone, is given up
and named. Ctrl-C reaches only the parent, which kills the workers and hands back what is finished.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import wait as wait_for
from types import ModuleType
from typing import Any, Generic, TypeVar

S = TypeVar("S")
T = TypeVar("T")
R = TypeVar("R")
Told = Callable[[int, int], None]

FUTILE_SHIFTS = 5  # pools in a row that break before a single task is done, until nobody tries again


@dataclass(frozen=True, slots=True)
class FannedOut(Generic[R]):
    """What came back: results by the place of their task, and why some are not there."""

    results: dict[int, R]
    given_up: tuple[int, ...]  # places of tasks whose worker was killed twice, or that nobody tried any more
    interrupted: bool


def fan_out(
    work: Callable[[S, T], R], shared: S, tasks: Sequence[T], *, workers: int, on_done: Told | None = None
) -> FannedOut[R]:
    """``work(shared, task)`` for every task, in this process (``workers`` 1) or over so many.

    ``work`` is a function of a module; ``shared`` is sent once to each worker. ``on_done(finished, total)`` is called
    here after each task. An exception raised by ``work`` ends all and is raised here.
    """
    crew = _Alone(work, shared, tasks, on_done) if min(workers, len(tasks)) <= 1 else None
    return (crew or _Crew(work, shared, tasks, on_done, min(workers, len(tasks)))).go()


class _Alone(Generic[S, T, R]):
    """Tasks one after the other in this process."""

    def __init__(self, work: Callable[[S, T], R], shared: S, tasks: Sequence[T], on_done: Told | None) -> None:
        self.work, self.shared, self.tasks, self.on_done = work, shared, tasks, on_done
        self.results: dict[int, R] = {}
        self.given_up: list[int] = []

    def go(self) -> FannedOut[R]:
        interrupted = False
        try:
            self._all()
        except KeyboardInterrupt:
            interrupted = True
        return FannedOut(self.results, tuple(sorted(self.given_up)), interrupted)

    def _all(self) -> None:
        for place, task in enumerate(self.tasks):
            self._keep(place, self.work(self.shared, task))

    def _keep(self, place: int, result: R) -> None:
        self.results[place] = result
        if self.on_done is not None:
            self.on_done(len(self.results), len(self.tasks))


class _Crew(_Alone[S, T, R]):
    """Tasks over several processes, in shifts: a shift is the life of one pool."""

    def __init__(
        self, work: Callable[[S, T], R], shared: S, tasks: Sequence[T], on_done: Told | None, workers: int
    ) -> None:
        super().__init__(work, shared, tasks, on_done)
        self.workers = workers
        self.waiting = deque(range(len(tasks)))
        self.suspects: deque[int] = deque()

    def _all(self) -> None:
        futile = 0
        while self.waiting or self.suspects:
            before = len(self.results)
            self._shift()
            futile = 0 if len(self.results) > before else futile + 1
            if futile == FUTILE_SHIFTS:
                self.given_up += [*self.suspects, *self.waiting]
                return

    def _shift(self) -> None:
        """One pool until its queue is empty or a worker is killed; suspects are run one at a time."""
        alone = bool(self.suspects)
        queue, width = (self.suspects, 1) if alone else (self.waiting, self.workers)
        flying: dict[Future[R], int] = {}
        pool = _pool(width, self.work, self.shared)
        try:
            while queue or flying:
                self._submit(pool, queue, flying, width if alone else width + 1)
                self._collect(flying)
        except BrokenProcessPool:
            (self.given_up if alone else self.suspects).extend(sorted(flying.values()))
        except BaseException:
            _kill(pool)
            raise
        finally:
            with _sheltered():
                pool.shutdown(wait=True, cancel_futures=True)

    def _submit(self, pool: ProcessPoolExecutor, queue: deque[int], flying: dict[Future[R], int], most: int) -> None:
        """Few in flight, so that few are under suspicion when a worker is killed."""
        while queue and len(flying) < most:
            with _sheltered():
                flying[pool.submit(_do, self.tasks[queue[0]])] = queue[0]
                queue.popleft()

    def _collect(self, flying: dict[Future[R], int]) -> None:
        done, _ = wait(flying, return_when=FIRST_COMPLETED)
        for future in sorted(done, key=flying.__getitem__):
            result = future.result()
            self._keep(flying.pop(future), result)


def _pool(width: int, work: Callable[[S, T], R], shared: S) -> ProcessPoolExecutor:
    """A pool whose modules are imported once, in the server that the workers are forked from."""
    method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(method)
    if method == "forkserver":
        context.set_forkserver_preload([work.__module__])
    return ProcessPoolExecutor(width, mp_context=context, initializer=_begin, initargs=(work, shared))


@contextmanager
def _sheltered() -> Iterator[None]:
    """Start processes that never see Ctrl-C and do not run the caller's script again; ours comes afterwards.

    They inherit the blocked signal. Some other thread of ours may still take it, hence the handler that only notes it:
    an exception in the middle of a start would leave a process that nobody knows. And multiprocessing would import the
    main script in every worker, which a script without ``if __name__ == "__main__"`` does not survive.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        with _ctrl_c_held():
            yield
    finally:
        sys.modules["__main__"] = main


@contextmanager
def _ctrl_c_held() -> Iterator[None]:
    """Keep Ctrl-C for later; only the main thread is ever interrupted by it."""
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "pthread_sigmask"):
        yield
        return
    came: list[int] = []
    usual = signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        signal.signal(signal.SIGINT, usual)
        if came:
            signal.raise_signal(signal.SIGINT)


def _kill(pool: ProcessPoolExecutor) -> None:
    """End the workers now, who may be in the middle of a long run (a public method from Python 3.14 on)."""
    processes: dict[int, Any] = getattr(pool, "_processes", None) or {}
    for process in list(processes.values()):
        process.kill()


# In the worker.

_work: Callable[[Any], Any]


def _begin(work: Callable[[Any, Any], Any], shared: Any) -> None:
    global _work
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    gc.collect()
    gc.freeze()  # what is loaded by now stays: no need to look at it again
    _work = partial(work, shared)


def _do(task: Any) -> Any:
    return _work(task)


def _end_with_parent() -> None:
    """A parent that was killed cannot end its workers, and they would wait for tasks for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait_for([parent.sentinel])
        os._exit(1)
