"""Where the store is when nobody says where."""

from __future__ import annotations

import os
import sys
from pathlib import Path

VARIABLE = "BATON_STORE"


def default_place() -> Path:
    """``$BATON_STORE``, or ``baton/studies.sqlite`` in the folder where this system keeps programs' data.

    Raises ``RuntimeError`` where there is no home folder to be found.
    """
    if named := os.environ.get(VARIABLE):
        return Path(named).expanduser()
    return _data_folder() / "baton" / "studies.sqlite"


def _data_folder() -> Path:
    if sys.platform == "win32":
        return _named("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support"
    return _named("XDG_DATA_HOME") or Path.home() / ".local" / "share"


def _named(variable: str) -> Path | None:
    """A folder from the environment; one that is not absolute does not count, as the XDG specification says."""
    path = Path(os.environ.get(variable, ""))
    return path if path.is_absolute() else None
