"""A Dask cluster of this machine only.

``python -m sim.study.localcluster N`` says the address of one with N workers and serves until its stdin ends. It is a
process in a session of its own: Ctrl-C does not reach it, a parent that is killed takes it along (its stdin ends), and
workers that are called anew do not run the caller's script again.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
from typing import Any

from sim.study.engine import EngineError

HOST = "127.0.0.1"  # nobody else's machine
START_S = 60.0  # until nobody waits for it any more
END_S = 10.0


class LocalCluster:
    """The parent's side: an address, and an end."""

    def __init__(self, workers: int) -> None:
        """Start it and wait for its address. Raises `EngineError`."""
        command = [sys.executable, "-P", "-m", "sim.study.localcluster", str(workers)]
        paths = [path or os.getcwd() for path in sys.path]  # workers must find the modules that we found
        self._says = tempfile.TemporaryFile()  # noqa: SIM115  # closed with the rest
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._says,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            start_new_session=True,
        )
        try:
            self.address = self._address()
        except BaseException:
            self.close()
            raise

    def _address(self) -> str:
        watch = threading.Timer(START_S, self._process.kill)
        watch.start()
        assert self._process.stdout is not None
        try:
            address = self._process.stdout.readline().decode().strip()
        finally:
            watch.cancel()
        if not address:
            self._says.seek(0)
            lines = self._says.read().decode(errors="replace").split("\n")
            last = next((line.strip() for line in reversed(lines) if line.strip()), "it did not say why")
            raise EngineError(f"No cluster could be started on this machine ({last}): use --workers instead.")
        return address

    def close(self) -> None:
        """End it, and with it its workers."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        self._says.close()


# In the child.


def _serve(workers: int) -> None:
    """A scheduler, and workers in processes of one thread each that are replaced when they end, until stdin ends."""
    import dask
    import distributed

    folder = tempfile.mkdtemp(prefix="baton-")
    # a task that killed a worker comes back at once, to be tried alone; and no pages for browsers
    with dask.config.set({"distributed.scheduler.allowed-failures": 0, "distributed.scheduler.http.routes": []}):
        new: Any = distributed.LocalCluster  # distributed is typed in part
        cluster = new(n_workers=0, host=HOST, protocol="tcp://", dashboard_address=None)
    command = [
        *(sys.executable, "-P", "-m", "dask", "worker", cluster.scheduler_address, "--host", HOST, "--nthreads", "1"),
        *("--memory-limit", "0", "--no-nanny", "--no-dashboard", "--dashboard-address", f"{HOST}:0"),
        *("--local-directory", folder),
    ]
    ended = threading.Event()
    threading.Thread(target=_until_stdin_ends, args=(ended,), daemon=True).start()
    staff: list[subprocess.Popen[bytes]] = []
    said = False
    while not ended.wait(0.1):
        # not Dask's nannies: one whose worker is killed as soon as it is there does not call another
        staff = [worker for worker in staff if worker.poll() is None]
        staff += [_called(command) for _ in range(workers - len(staff))]
        if not said and len(cluster.scheduler.workers) == workers:
            print(cluster.scheduler_address, flush=True)
            said = True
    for worker in staff:
        worker.kill()
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


def _until_stdin_ends(ended: threading.Event) -> None:
    sys.stdin.buffer.read()
    ended.set()


def _called(command: list[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
