"""Which model made a run: runs of different models must never be mixed."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

#: the rooms that make a run and its measures; whatever they import of this package is among them
ROOMS = ("relay", "distributions", "streams", "shop", "demand", "ledger", "world", "kpis", "agents", "run")
#: what runs lean on besides; written into the manifest, and no part of the model's version
LIBRARIES = ("numpy", "scipy", "simpy", "pydantic")

_PACKAGE = Path(__file__).resolve().parents[1]


def sources(package: Path = _PACKAGE) -> Iterator[tuple[str, bytes]]:
    """Path and text of the files of the rooms, the same on every machine: in order, with plain line endings."""
    found = [path for room in ROOMS for path in (package / f"{room}.py", *(package / room).rglob("*.py"))]
    named = {path.relative_to(package).as_posix(): path for path in found if path.is_file()}
    for name in sorted(named):
        yield name, named[name].read_bytes().replace(b"\r\n", b"\n")


def fingerprint(package: Path = _PACKAGE) -> str:
    """12 hex digits over all that makes a run and its measures."""
    found = hashlib.sha256()
    for name, text in sources(package):
        found.update(f"{name}\0{len(text)}\0".encode() + text)
    return found.hexdigest()[:12]


def _of(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:  # sources that were never installed
        return "0"


#: this program's version and its sources' fingerprint. Read once, with the program: a file that is edited while a
#: notebook is open is not what runs there.
MODEL = f"{_of('call-to-close')}+{fingerprint()}"


def libraries() -> dict[str, str]:
    """Versions of Python and of the libraries that runs lean on."""
    return {"python": platform.python_version(), **{name: _of(name) for name in LIBRARIES}}
