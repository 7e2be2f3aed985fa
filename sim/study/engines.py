"""Which engine there is for which wish."""

from __future__ import annotations

import os

from sim.study.engine import Engine
from sim.study.processes import Alone, Processes


def cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def engine(workers: int | None = None) -> Engine:
    """Who is to work: ``workers`` processes (the cores by default; 1 is this process)."""
    width = workers or cores()
    return Alone() if width == 1 else Processes(width)
