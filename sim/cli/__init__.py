"""The command ``baton``. Its help needs nothing but click: every command imports what it needs when it runs."""

from sim.cli.app import baton


def main() -> None:
    """Run the command; where it starts from the shell."""
    baton()


__all__ = ["baton", "main"]
