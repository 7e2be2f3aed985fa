"""The command ``baton``. Its help needs nothing but click: every command imports what it needs when it runs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from sim.cli.codes import INTERRUPTED

if TYPE_CHECKING:
    from sim.cli.app import baton


def main() -> None:
    """Run the command; where it starts from the shell. Ctrl-C ends its imports as quietly as all else."""
    try:
        from sim.cli.app import baton

        baton(prog_name="baton")
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def __getattr__(name: str) -> Any:
    if name == "baton":
        from sim.cli.app import baton

        return baton
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = ["baton", "main"]
