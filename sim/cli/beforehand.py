"""What a study would take, said before anything is run."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.shop.scenario import Scenario


def about(runs: int, plans: Sequence[Scenario], seed: int, workers: int | None) -> str:
    """``1,320 runs, about 20 minutes``, by a short run of each plan."""
    from sim.study import cores
    from sim.study.timing import seconds_a_run

    seconds = runs * seconds_a_run(plans, seed) / min(workers or cores(), max(runs, 1))
    return f"{runs:,} runs, about {_duration(seconds)}"


def _duration(seconds: float) -> str:
    for size, unit in ((86_400.0, "day"), (3600.0, "hour"), (60.0, "minute")):
        if seconds >= 1.5 * size:
            number = seconds / size
            return f"{number:.0f} {unit}s" if number >= 9.5 else f"{number:.2g} {unit}s"
    n = max(1, math.ceil(seconds))
    return f"{n} second{'s' if n > 1 else ''}"
