"""Kim and Nelson's procedure over runs: batch by batch, until the best plan is chosen or there are no more runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from sim.statistics import KimNelson
from sim.study.results import Floats

#: Runs in a batch, at least. Not the number of workers: then what is run in vain, what a budget buys and so what is
#: printed would depend on the machine.
BATCH = 8
_SHARE = 10  # later a tenth of the replications judged: many workers have something to do, and little is run in vain

Have = Callable[[Sequence[int], int], object]  # have(plans, so many first replications of each)
Observed = Callable[[int], Floats]  # a plan's observations, from the first replication on without a gap
After = Callable[[KimNelson], None]


def choose(
    selection: KimNelson, names: Sequence[str], measure: str, have: Have, observed: Observed, after: After | None = None
) -> bool:
    """Feed a selection until it is finished; False where there are no more runs before that.

    What a spent budget leaves of a batch is judged as far as all plans in play have it. Raises ``ValueError`` where a
    measure never happened in a replication: such a plan has no place among the others.
    """
    taken = 0
    while needs := selection.needs(batch(len(selection.survivors), taken)):
        upto = taken + max(needs.values())
        have([*needs], upto)
        rows = {plan: observed(plan)[taken:upto] for plan in needs}
        there = min(row.size for row in rows.values())
        for plan, row in rows.items():
            if (gaps := np.flatnonzero(~np.isfinite(row[:there]))).size:
                raise ValueError(
                    f"{measure} never happened in replication {taken + int(gaps[0])} of {names[plan]}, so plans cannot "
                    "be chosen by it: choose by another measure, or count more days."
                )
        selection.take({plan: row[:there] for plan, row in rows.items()})
        if after is not None and there:
            after(selection)
        if there < upto - taken:
            return selection.finished
        taken = upto
    return True


def batch(plans: int, taken: int) -> int:
    """How many replications of each plan in play to run at a time, where so many were judged before."""
    return max(-(-BATCH // plans), taken // _SHARE)
