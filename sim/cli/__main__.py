"""``python -m sim.cli`` is ``baton``."""

from sim.cli import main

if __name__ == "__main__":
    main()
