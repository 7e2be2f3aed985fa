"""``python -m sim.cli`` is ``baton``."""

from sim.cli import baton

if __name__ == "__main__":
    baton(prog_name="baton")
