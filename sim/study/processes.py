"""Tasks over processes of this machine, so that one worker or eight give the same results.

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
from multiprocessing.connection import wait as wait_for
from types import ModuleType
from typing import Any, TypeVar

from sim.study.engine import Engine, Keep, Left

T = TypeVar("T")
R = TypeVar("R")

FUTILE_SHIFTS = 5  # pools in a row that break before a single task is done, until nobody tries again


class Alone(Engine):
    """Tasks one after the other in this process."""

    width = 1

    def do(self, work: Callable[[T], R], tasks: Sequence[T], keep: Keep[R]) -> Left:
        """See :class:`Engine`."""
        try:
            for place, task in enumerate(tasks):
                keep(place, work(task))
        except KeyboardInterrupt:
            return Left(interrupted=True)
        return Left()

    def close(self) -> None:
        """Nobody has to go home."""


class Processes(Engine):
    """Tasks over ``workers`` processes, which stay for the next tasks until :meth:`close`."""

    def __init__(self, workers: int) -> None:
        self.width = workers
        self._pool: ProcessPoolExecutor | None = None

    def do(self, work: Callable[[T], R], tasks: Sequence[T], keep: Keep[R]) -> Left:
        """See :class:`Engine`. A single task is not worth a process of its own."""
        if min(self.width, len(tasks)) <= 1:
            return Alone().do(work, tasks, keep)
        round_ = _Round(self, work, tasks, keep)
        try:
            round_.go()
        except KeyboardInterrupt:
            return Left(tuple(sorted(round_.given_up)), interrupted=True)
        return Left(tuple(sorted(round_.given_up)))

    def pool(self, work: Callable[[Any], Any]) -> ProcessPoolExecutor:
        """The processes, started where there are none."""
        if self._pool is None:
            self._pool = _pool(self.width, work)
        return self._pool

    def broken(self) -> None:
        """A worker was killed, and the pool with it: the next tasks get another."""
        pool, self._pool = self._pool, None
        if pool is not None:
            with _sheltered():
                pool.shutdown(wait=True, cancel_futures=True)

    def kill(self) -> None:
        """End the workers now, who may be in the middle of a long run."""
        if self._pool is not None:
            # a public method from Python 3.14 on
            for process in list((getattr(self._pool, "_processes", None) or {}).values()):
                process.kill()
        self.broken()

    def close(self) -> None:
        """Send the workers home."""
        self.broken()


class _Round:
    """The tasks of one call, in shifts: a shift is the life of one pool."""

    def __init__(self, crew: Processes, work: Callable[[Any], Any], tasks: Sequence[Any], keep: Keep[Any]) -> None:
        self.crew, self.work, self.tasks, self.keep = crew, work, tasks, keep
        self.waiting = deque(range(len(tasks)))
        self.suspects: deque[int] = deque()
        self.given_up: list[int] = []
        self.done = 0

    def go(self) -> None:
        futile = 0
        while self.waiting or self.suspects:
            before = self.done
            self._shift()
            futile = 0 if self.done > before else futile + 1
            if futile == FUTILE_SHIFTS:
                self.given_up += [*self.suspects, *self.waiting]
                return

    def _shift(self) -> None:
        """Until the queue is empty or a worker is killed; suspects are run one at a time."""
        alone = bool(self.suspects)
        queue, most = (self.suspects, 1) if alone else (self.waiting, self.crew.width + 1)
        flying: dict[Future[Any], int] = {}
        try:
            while queue or flying:
                self._submit(queue, flying, most)
                self._collect(flying)
        except BrokenProcessPool:
            (self.given_up if alone else self.suspects).extend(sorted(flying.values()))
            self.crew.broken()
        except BaseException:
            self.crew.kill()
            raise

    def _submit(self, queue: deque[int], flying: dict[Future[Any], int], most: int) -> None:
        """Few in flight, so that few are under suspicion when a worker is killed."""
        while queue and len(flying) < most:
            with _sheltered():
                flying[self.crew.pool(self.work).submit(self.work, self.tasks[queue[0]])] = queue[0]
                queue.popleft()

    def _collect(self, flying: dict[Future[Any], int]) -> None:
        done, _ = wait(flying, return_when=FIRST_COMPLETED)
        for future in sorted(done, key=flying.__getitem__):
            result = future.result()
            self.done += 1
            self.keep(flying.pop(future), result)


def _pool(width: int, work: Callable[[Any], Any]) -> ProcessPoolExecutor:
    """A pool whose modules are imported once, in the server that the workers are forked from."""
    method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(method)
    if method == "forkserver":
        context.set_forkserver_preload([getattr(work, "func", work).__module__])
    return ProcessPoolExecutor(width, mp_context=context, initializer=_begin)


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


# In the worker.


def _begin() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    gc.collect()
    gc.freeze()  # what is loaded by now stays: no need to look at it again


def _end_with_parent() -> None:
    """A parent that was killed cannot end its workers, and they would wait for tasks for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait_for([parent.sentinel])
        os._exit(1)
