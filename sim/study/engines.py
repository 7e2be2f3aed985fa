"""Which engine there is for which wish."""

from __future__ import annotations

import os

from sim.study.cluster import Cluster
from sim.study.connection import LOCAL
from sim.study.engine import Engine, EngineError
from sim.study.processes import Alone, Processes


def cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def engine(workers: int | None = None, cluster: str | None = None) -> Engine:
    """Who is to work: ``workers`` processes (the cores by default; 1 is this process), or the workers of a cluster.

    ``cluster`` is ``tcp://host:port``, ``tls://host:port``, or ``local`` for one of ``workers`` on this machine. Raises
    `EngineError` where it cannot be had.
    """
    if cluster not in (None, LOCAL) and workers is not None:
        raise EngineError("A cluster at an address has workers of its own: leave the number of workers away.")
    width = workers or cores()
    if cluster is not None:
        return Cluster(cluster, width)
    return Alone() if width == 1 else Processes(width)
