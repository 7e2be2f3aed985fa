"""Tasks over the workers of a Dask cluster: on this machine, on many, through a queue.

Tasks travel in letters of several (:mod:`sim.study.batches`), few of them at a time, each under a key of its own; what
comes home is kept result by result and then forgotten by the cluster. A worker that is lost costs nothing but time:
Dask gives its letters to others. A letter that it gives up, because workers kept dying with it, is opened: its tasks
run one at a time with nothing beside them, once all others are done, and the one that did it is given up and named.

One task a process is assumed: start workers with ``--nthreads 1``. Whoever can reach a scheduler or a worker can run
programs on it; see docs/cluster.md for loopback and TLS.
"""

from __future__ import annotations

import logging
import pickle
import re
import uuid
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Any, TypeVar

from sim.study.batches import Pace, Unlike, carried_out, sealed, unlike, versions
from sim.study.engine import Engine, EngineError, Keep, Left
from sim.study.localcluster import LocalCluster

T = TypeVar("T")
R = TypeVar("R")

LOCAL = "local"
ADDRESS = re.compile(r"(tcp|tls)://(\[[0-9A-Fa-f:.]+\]|[^\s:/\[\]]+):\d{1,5}")
PATIENCE_S = 10.0  # for a scheduler to answer and a first worker to be there
MEND_S = 60.0  # for workers to come back, once all are lost
LOOK_S = 2.0  # between two looks at who works
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
        self.width = workers
        self.pace = Pace()
        self._asked, self._workers, self._address = address, workers, address
        self._client: Any = None  # a distributed.Client, which is typed in part only
        self._local: LocalCluster | None = None
        self._called()

    def do(self, work: Callable[[T], R], tasks: Sequence[T], keep: Keep[R]) -> Left:
        """See :class:`Engine`."""
        round_ = _Round(self, work, tasks, keep)
        try:
            with _quiet():
                round_.go()
        except KeyboardInterrupt:
            return Left(tuple(sorted(round_.given_up)), interrupted=True)
        return Left(tuple(sorted(round_.given_up)))

    def client(self) -> Any:
        """The connection, made where there is none."""
        return self._client or self._called()

    def _called(self) -> Any:
        try:
            import distributed  # noqa: F401
        except ImportError as error:
            raise EngineError(
                f"A cluster needs dask.distributed ({error}): pip install 'call-to-close[cluster]'."
            ) from None
        try:
            with _quiet():
                self._client = self._connected()
                self._checked()
        except BaseException:
            self.close()
            raise
        return self._client

    def _connected(self) -> Any:
        from distributed import Client, Security

        if self._asked == LOCAL:
            self._local = LocalCluster(self._workers)
        self._address = self._local.address if self._local is not None else self._asked
        security: Any = Security  # distributed is typed in part
        if self._address.startswith("tls:") and not security().get_connection_args("client").get("ssl_context"):
            raise EngineError(
                f"For {self._address} Dask's configuration must name certificates, such as those under "
                "distributed.comm.tls (see docs/cluster.md)."
            )
        try:
            return Client(  # type: ignore[no-untyped-call]
                self._address, timeout=PATIENCE_S, set_as_default=False, name="baton"
            )
        except (OSError, ValueError) as error:
            reason = str(error).split("\n")[0].strip().rstrip(".") or type(error).__name__
            raise EngineError(
                f"There is no scheduler to be reached at {self._address} ({reason}): "
                f"start one, or correct the address{self._about_tls()}."
            ) from None

    def _about_tls(self) -> str:
        return " or the certificates in Dask's configuration" if self._address.startswith("tls:") else ""

    def _checked(self) -> None:
        """Somebody is there, and everybody is like us."""
        with suppress(TimeoutError):
            self._client.wait_for_workers(1, timeout=PATIENCE_S)
        self._seen = self._looked = monotonic()
        self._known: set[str] = set()
        self._met(there := set(self._client.nthreads()))
        if not there:
            raise EngineError(f"The cluster at {self._address} has no workers: start some, then run the command again.")
        self.width = len(there)

    def _met(self, there: set[str]) -> None:
        """Whoever is new must be like us."""
        if new := sorted(there - self._known):
            for worker, theirs in self._client.run(versions, workers=new, on_error="return").items():
                if isinstance(theirs, OSError):  # gone again
                    continue
                if isinstance(theirs, BaseException):
                    raise EngineError(_install(worker, f"no such sim ({theirs})"))
                if wrong := unlike(theirs, versions()):
                    raise EngineError(_install(worker, wrong))
        self._known |= there

    def look(self, *, now: bool = False) -> None:
        """See from time to time who works. Raises `EngineError` where nobody does any more."""
        if not now and monotonic() - self._looked < LOOK_S:
            return
        self._looked = monotonic()
        if self._client is None or self._client.status != "running":
            raise self.lost()
        try:
            there = set(self._client.nthreads())
            self._met(there)
        except EngineError:
            raise
        except Exception:
            raise self.lost() from None
        if there:
            self._seen, self.width = monotonic(), len(there)
        elif monotonic() - self._seen > MEND_S:
            raise EngineError(
                f"All workers of the cluster at {self._address} are gone: start some and run the command again."
            )

    def lost(self) -> EngineError:
        """What to say when the scheduler is gone."""
        return EngineError(
            f"The scheduler at {self._address} was lost in the middle: start it anew and run the command again."
        )

    def cancel(self, futures: Iterable[Any]) -> None:
        """Take back what is in flight; what a worker has begun it ends, for nobody."""
        if self._client is not None and self._client.status == "running":
            with suppress(Exception):
                self._client.cancel(list(futures), force=True)

    def close(self) -> None:
        """Leave the cluster; one of our own ends."""
        client, self._client = self._client, None
        local, self._local = self._local, None
        with _quiet(), suppress(Exception):
            if client is not None:
                client.close(timeout=2)
        if local is not None:
            local.close()


class _Round:
    """The tasks of one call."""

    def __init__(self, crew: Cluster, work: Callable[[Any], Any], tasks: Sequence[Any], keep: Keep[Any]) -> None:
        self.crew, self.work, self.tasks, self.keep = crew, work, tasks, keep
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
        except BaseException as error:
            self.crew.cancel(future for future, _ in self.flying.values())
            if isinstance(error, EngineError):
                self.crew.close()
            raise

    def _send(self) -> None:
        """Few letters at a time; those under suspicion alone and last, so that they disturb nobody."""
        most = 2 * max(self.crew.width, 1)
        while self.waiting and len(self.flying) < most:
            size = self.crew.pace.size(len(self.waiting), self.crew.width)
            self._submit([self.waiting.popleft() for _ in range(size)])
        if not self.flying and self.suspects:
            if not self.alone:
                self.alone, self.futile = True, 0
            self._submit([self.suspects.popleft()])

    def _submit(self, places: list[int]) -> None:
        key = f"baton-{uuid.uuid4().hex}"
        letter = sealed(self.work, [self.tasks[place] for place in places])
        future = self.crew.client().submit(carried_out, letter, versions(), key=key)
        self.flying[key] = future, places
        future.add_done_callback(self.landed.put)

    def _collect(self) -> None:
        self.crew.look()
        try:
            future = self.landed.get(timeout=LOOK_S / 4)
        except Empty:
            return
        if future.key not in self.flying:
            return
        if future.status == "error":
            self._failed(self.flying.pop(future.key)[1], future.exception())
        elif future.status == "cancelled":
            raise self.crew.lost()
        else:
            self._home(future)

    def _home(self, future: Any) -> None:
        try:
            sent, seconds = future.result(timeout=max(LOOK_S, 5.0))
        except Exception:  # its worker was lost with it: it will land again
            self.crew.look(now=True)
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
            raise EngineError(_install("that joined later", str(error)))
        if not isinstance(error, KilledWorker):
            raise error
        self._lost(places)

    def _lost(self, places: list[int]) -> None:
        """Workers kept dying with this letter."""
        self.futile += 1
        if not self.alone:
            self.suspects.extend(places)
            if self.futile > 2 * self.crew.width + FUTILE:
                self.suspects.extend(self.waiting)
                self.waiting.clear()
            return
        self.given_up += places
        if self.futile == FUTILE:
            self.given_up += self.suspects
            self.suspects.clear()


def _install(worker: str, wrong: str) -> str:
    return f"The worker {worker} has {wrong}: install there what is installed here, and start it anew."


@contextmanager
def _quiet() -> Iterator[None]:
    """Dask's notes of lost workers and connections are not for the terminal: we say what matters in a line."""
    was = {name: logging.getLogger(name).level for name in _loggers()}
    for name in was:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for name, level in was.items():
            logging.getLogger(name).setLevel(level)


def _loggers() -> list[str]:
    return [name for name in logging.root.manager.loggerDict if name.partition(".")[0] in ("distributed", "tornado")]
