"""How much one plan makes, sharpened by what is known for sure about its callers.

How many needs there are and what they are worth is luck, but its mean follows from the settings. What of a level hangs
on that luck can be taken out (control variates). For differences on the same callers it hardly helps: it cancels there.
"""

from __future__ import annotations

import numpy as np

from sim.demand import known_means
from sim.statistics import Controlled, controlled
from sim.study import Results

LEAST = 10  # replications, below which estimating the coefficients costs more than it can bring


def controlled_level(results: Results, key: str = "contribution_per_year", plan: int | str = 0) -> Controlled | None:
    """A measure's mean, adjusted for the number of fresh needs and their potential, whose means are known.

    None where they are not known (a trace), do not vary, or fewer than ten replications are there.
    """
    place = results.place(plan)
    known = known_means(results.scenarios[place])
    there = results.finished[place]
    if known is None or there.sum() < LEAST:
        return None
    inputs = np.column_stack([results.of(place, name)[there] for name in ("needs_fresh", "potential")])
    try:
        return controlled(results.of(place, key)[there], inputs, [known.roots, known.potential])
    except ValueError:  # nothing varies, or the measure never happened
        return None
