"""What the benchmark runs in processes of their own."""

from __future__ import annotations

import resource
import sys
from multiprocessing.connection import Connection
from pathlib import Path

from sim.kpis import measure
from sim.run import simulate
from sim.scenarios import load


def shop_year(replication: int) -> float:
    """One shop-year and its measures."""
    run = simulate(load("base").scenario, 1, replication)
    return measure(run)["contribution"]


def peak(send: Connection) -> None:
    """Send the megabytes by which a shop-year raises the peak over what the imports took."""
    load("base")
    simulate(load("base", ["horizon.days=1", "horizon.warmup_days=0"]).scenario, 1, 0)  # late imports
    before = _peak_mb()
    shop_year(0)
    send.send(_peak_mb() - before)


def _peak_mb() -> float:
    """Peak memory of this process; on Linux since its own start (getrusage also counts what it was forked from)."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return float(line.split()[1]) / 1024.0
    unit = 1024.0 * (1024.0 if sys.platform == "darwin" else 1.0)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
