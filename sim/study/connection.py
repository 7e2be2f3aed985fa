"""The bond to a Dask cluster: made, looked after and given up, each trouble said in one line."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from time import monotonic
from typing import Any

from sim.study.batches import unlike, versions
from sim.study.engine import EngineError
from sim.study.localcluster import LocalCluster

LOCAL = "local"
PATIENCE_S = 10.0  # for a scheduler to answer and a first worker to be there
MEND_S = 60.0  # for workers to come back, once all are lost
LOOK_S = 2.0  # between two looks at who works
NO_SIM = ("ModuleNotFoundError", "ImportError", "AttributeError")  # Dask tells them in words


class Connection:
    """A client of the scheduler at an address, or of a cluster of our own (``local``) with so many workers."""

    def __init__(self, asked: str, workers: int) -> None:
        """Connect, and see that somebody is there and everybody is like us. Raises `EngineError`."""
        self.address, self.workers = asked, workers
        self.client: Any = None  # a distributed.Client, which is typed in part only
        self._local: LocalCluster | None = None
        try:
            import distributed  # noqa: F401
        except ImportError as error:
            raise EngineError(
                f"A cluster needs dask.distributed ({error}): pip install 'call-to-close[cluster]'."
            ) from None
        try:
            with quiet():
                self._connect()
                self._checked()
        except BaseException:
            self.close()
            raise

    def _connect(self) -> None:
        from distributed import Client, Security

        if self.address == LOCAL:
            self._local = LocalCluster(self.workers)
            self.address = self._local.address
        security: Any = Security  # distributed is typed in part
        try:
            tls = security().get_connection_args("client").get("ssl_context")
            if self.address.startswith("tls:") and not tls:
                raise EngineError(
                    f"For {self.address} Dask's configuration must name certificates, under distributed.comm.tls "
                    "(see docs/cluster.md)."
                )
            self.client = Client(  # type: ignore[no-untyped-call]
                self.address, timeout=PATIENCE_S, set_as_default=False, name="baton"
            )
        except (OSError, ValueError) as error:
            reason = str(error).split("\n")[0].strip().rstrip(".") or type(error).__name__
            raise EngineError(
                f"There is no scheduler to be reached at {self.address} ({reason}): "
                f"start one, or correct the address{self._about_tls()}."
            ) from None

    def _about_tls(self) -> str:
        return " or the certificates in Dask's configuration" if self.address.startswith("tls:") else ""

    def _checked(self) -> None:
        """Somebody is there, and everybody is like us."""
        with suppress(TimeoutError):
            self.client.wait_for_workers(1, timeout=PATIENCE_S)
        self._seen = self._looked = monotonic()
        self._known: set[str] = set()
        self._met(there := set(self.client.nthreads()))
        if not there:
            raise EngineError(f"The cluster at {self.address} has no workers: start some, then run the command again.")
        self.workers = len(there)

    def _met(self, there: set[str]) -> None:
        """Whoever is new must be like us."""
        if new := sorted(there - self._known):
            for worker, theirs in self.client.run(versions, workers=new, on_error="return").items():
                if isinstance(theirs, BaseException):
                    if any(kind in repr(theirs) for kind in NO_SIM):
                        raise EngineError(refused(worker, f"no such sim ({theirs})"))
                    there = there - {worker}  # gone again, or too busy: it is asked the next time
                    continue
                if wrong := unlike(theirs, versions()):
                    raise EngineError(refused(worker, wrong))
        self._known |= there

    def look(self, *, now: bool = False) -> None:
        """See from time to time who works. Raises `EngineError` where nobody does any more."""
        if not now and monotonic() - self._looked < LOOK_S:
            return
        self._looked = monotonic()
        if self.client is None or self.client.status != "running":
            raise self.lost()
        try:
            there = set(self.client.nthreads())
        except Exception:
            raise self.lost() from None
        with suppress(OSError, KeyError, ValueError):  # somebody left just now: they are asked the next time
            self._met(there)
        if there:
            self._seen, self.workers = monotonic(), len(there)
        elif monotonic() - self._seen > MEND_S:
            raise EngineError(
                f"All workers of the cluster at {self.address} are gone: start some and run the command again."
            )

    def lost(self) -> EngineError:
        """What to say when the scheduler is gone."""
        return EngineError(
            f"The scheduler at {self.address} was lost in the middle: start it anew and run the command again."
        )

    def cancel(self, futures: Iterable[Any]) -> None:
        """Take back what is in flight; what a worker has begun it ends, for nobody."""
        if self.client is not None and self.client.status == "running":
            with suppress(Exception):
                self.client.cancel(list(futures), force=True)

    def close(self) -> None:
        """Leave the cluster; one of our own ends."""
        client, self.client = self.client, None
        local, self._local = self._local, None
        with quiet(), suppress(Exception):
            if client is not None:
                client.close(timeout=2)
        if local is not None:
            local.close()


def refused(worker: str, wrong: str) -> str:
    """What to say of a worker that is not like us."""
    return f"The worker {worker} has {wrong}: install there what is installed here, and start it anew."


@contextmanager
def quiet() -> Iterator[None]:
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
