"""Whether the process that asked for a study is still there; a killed one cannot write that it ended."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path


def mark(pid: int | None = None) -> str:
    """What tells this process from all others, also from a later one with the same number: machine, number, birth."""
    pid = os.getpid() if pid is None else pid
    return f"{platform.node()} {pid} {_born(pid)}"


def lives(marked: str) -> bool:
    """Whether the process with this mark is there. A store is one machine's, so another's process is taken as gone."""
    pid = int(marked.split()[-2])
    return _exists(pid) and mark(pid) == marked


def _born(pid: int) -> str:
    """When the process started, in ticks after the machine did; - where the system does not say."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return "-"
    state, *rest = stat.rpartition(")")[2].split()
    return "-" if state in "ZX" else f"{boot[:8]}:{rest[18]}"


def _exists(pid: int) -> bool:
    if sys.platform == "win32":
        return _exists_on_windows(pid)
    try:
        os.kill(pid, 0)  # asks, and sends nothing
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's
        return True
    return True


def _exists_on_windows(pid: int) -> bool:
    """There os.kill ends a process, whatever the signal."""
    import ctypes

    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined,unused-ignore]
    handle = kernel.OpenProcess(0x1000, False, pid)  # may ask for little
    if not handle:
        return False
    code = ctypes.c_ulong()
    kernel.GetExitCodeProcess(handle, ctypes.byref(code))
    kernel.CloseHandle(handle)
    return code.value == 259  # still active
