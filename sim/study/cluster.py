"""Tasks over the workers of a Dask cluster: on this machine, on many, through a queue.

Tasks travel in letters of several (:mod:`sim.study.batches`), few of them at a time, each under a key of its own; what
comes home is kept result by result and then forgotten by the cluster. A worker that is lost costs nothing but time:
Dask gives its letters to others. A letter that it gives up, because workers kept dying with it, is opened: its tasks
run one at a time with nothing beside them, once all others are done, and the one that did it is given up and named.

One task a process is assumed: start workers with ``--nthreads 1``. Whoever can reach a scheduler or a worker can run
programs on it; see docs/cluster.md for loopback and TLS.
"""

from __future__ import annotations

import pickle
import re
import uuid
from collections import deque
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from sim.study.batches import Pace, Unlike, carried_out, sealed, versions
from sim.study.connection import LOCAL, LOOK_S, Connection, quiet, refused
from sim.study.engine import Engine, EngineError, Keep, Left

T = TypeVar("T")
R = TypeVar("R")

ADDRESS = re.compile(r"(tcp|tls)://(\[[0-9A-Fa-f:.]+\]|[^\s:/\[\]]+):\d{1,5}")
FUTILE = 5  # tasks in a row that kill their worker alone, until nobody tries the others under suspicion


class Cluster(Engine):
    """Tasks over a cluster: ``tcp://host:port``, ``tls://host:port``, or ``local`` for one of its own.

    ``workers`` is for ``local`` only. Certificates for TLS are those of Dask's configuration. It connects at once.
    Raises `EngineError` where that fails.
    """

    def __init__(self, address: str, workers: int = 1) -> None:
        if address != LOCAL and not ADDRESS.fullmatch(address):
            raise EngineError(
                f"{address!r} is no address of a cluster: say tcp://host:port, tls://host:port or {LOCAL}."
            )
        self._asked, self._workers = address, workers
        self.pace = Pace()
        self._connection: Connection | None = None
        self.width = self.connection().workers

    def do(self, work: Callable[[T], R], tasks: Sequence[T], keep: Keep[R]) -> Left:
        """See :class:`Engine`."""
        round_ = _Round(self, work, tasks, keep)
        try:
            with quiet():
                round_.go()
        except KeyboardInterrupt:
            return Left(tuple(sorted(round_.given_up)), interrupted=True)
        return Left(tuple(sorted(round_.given_up)))

    def connection(self) -> Connection:
        """The bond to the cluster, made where there is none."""
        if self._connection is None:
            self._connection = Connection(self._asked, self._workers)
        return self._connection

    def close(self) -> None:
        """Leave the cluster; one of our own ends."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


class _Round:
    """The tasks of one call."""

    def __init__(self, crew: Cluster, work: Callable[[Any], Any], tasks: Sequence[Any], keep: Keep[Any]) -> None:
        self.crew, self.work, self.tasks, self.keep = crew, work, tasks, keep
        self.bond = crew.connection()
        self.waiting = deque(range(len(tasks)))
        self.suspects: deque[int] = deque()
        self.given_up: list[int] = []
        self.flying: dict[str, tuple[Any, list[int]]] = {}
        self.landed: SimpleQueue[Any] = SimpleQueue()
        self.alone = False  # only those under suspicion are left
        self.futile = 0  # letters in a row that were lost

    def go(self) -> None:
        try:
            while self.waiting or self.flying or self.suspects:
                self._send()
                self._collect()
            self.crew.width = self.bond.workers
        except BaseException as error:
            self.bond.cancel(future for future, _ in self.flying.values())
            if isinstance(error, EngineError):
                self.crew.close()
            raise

    def _send(self) -> None:
        """Few letters at a time; those under suspicion alone and last, so that they disturb nobody."""
        most = 2 * max(self.bond.workers, 1)
        while self.waiting and len(self.flying) < most:
            size = self.crew.pace.size(len(self.waiting), self.bond.workers)
            self._submit([self.waiting.popleft() for _ in range(size)])
        if not self.flying and self.suspects:
            if not self.alone:
                self.alone, self.futile = True, 0
            self._submit([self.suspects.popleft()])

    def _submit(self, places: list[int]) -> None:
        key = f"baton-{uuid.uuid4().hex}"
        letter = sealed(self.work, [self.tasks[place] for place in places])
        try:
            future = self.bond.client.submit(carried_out, letter, versions(), key=key)
        except Exception:
            self.bond.look(now=True)
            raise
        self.flying[key] = future, places
        future.add_done_callback(self.landed.put)

    def _collect(self) -> None:
        self.bond.look()
        try:
            future = self.landed.get(timeout=LOOK_S / 4)
        except Empty:
            return
        if future.key not in self.flying:
            return
        if future.status == "error":
            self._failed(self.flying.pop(future.key)[1], future.exception())
        elif future.status == "cancelled":
            raise self.bond.lost()
        else:
            self._home(future)

    def _home(self, future: Any) -> None:
        try:
            sent, seconds = future.result(timeout=max(LOOK_S, 5.0))
        except Exception:  # its worker was lost with it: it will land again
            self.bond.look(now=True)
            future.add_done_callback(self.landed.put)
            return
        _, places = self.flying.pop(future.key)
        future.release()
        results = pickle.loads(sent)
        self.waiting.extendleft(reversed(places[len(results) :]))
        self.crew.pace.seen(len(results), seconds)
        self.futile = 0
        for place, result in zip(places, results, strict=False):
            self.keep(place, result)

    def _failed(self, places: list[int], error: BaseException) -> None:
        from distributed import KilledWorker

        if isinstance(error, Unlike):
            raise EngineError(refused("that joined later", str(error)))
        if not isinstance(error, KilledWorker):
            raise error
        self._lost(places)

    def _lost(self, places: list[int]) -> None:
        """Workers kept dying with this letter."""
        self.futile += 1
        if not self.alone:
            self.suspects.extend(places)
            if self.futile > 2 * self.bond.workers + FUTILE:
                self.suspects.extend(self.waiting)
                self.waiting.clear()
            return
        self.given_up += places
        if self.futile == FUTILE:
            self.given_up += self.suspects
            self.suspects.clear()
