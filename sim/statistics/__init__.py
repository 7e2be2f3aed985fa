"""Statistics of replications: arrays in, numbers out.

``intervals`` has means, pairs and censored durations; ``sequential`` adds replications until a mean is precise.
"""

from sim.statistics.intervals import (
    MOST_REPLICATIONS,
    Estimate,
    exponential_mle_censored,
    interval,
    kaplan_meier,
    paired,
    replications_to_tell,
    time_average,
)
from sim.statistics.sequential import Doubt, Precision, Progress, Reason, bonferroni, doubtful, progress

__all__ = [
    "MOST_REPLICATIONS",
    "Doubt",
    "Estimate",
    "Precision",
    "Progress",
    "Reason",
    "bonferroni",
    "doubtful",
    "exponential_mle_censored",
    "interval",
    "kaplan_meier",
    "paired",
    "progress",
    "replications_to_tell",
    "time_average",
]
