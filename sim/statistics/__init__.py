"""Statistics of replications: arrays in, numbers out.

``intervals`` has means, pairs and censored durations.
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

__all__ = [
    "MOST_REPLICATIONS",
    "Estimate",
    "exponential_mle_censored",
    "interval",
    "kaplan_meier",
    "paired",
    "replications_to_tell",
    "time_average",
]
