"""Statistics of replications: arrays in, numbers out.

``intervals`` has means, pairs and censored durations; ``sequential`` adds replications until a mean is precise;
``selection`` chooses the best of several plans; ``two_stage`` does so as textbooks do; ``chances`` says how sure it
is; ``variance`` has control variates; ``designs`` spreads points over parameters; ``sensitivity`` says which of
them matter; ``breakeven`` finds where a sign turns.
"""

from sim.statistics.breakeven import BreakEven, break_even
from sim.statistics.chances import probability_best, probability_wrong
from sim.statistics.designs import grid, latin_hypercube, morris_points, scaled, sobol_points, sobol_triplets
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
from sim.statistics.selection import (
    Elimination,
    KimNelson,
    Zone,
    kim_nelson_constant,
    paired_variances,
)
from sim.statistics.sensitivity import Morris, Sobol, morris, sobol
from sim.statistics.sequential import Doubt, Precision, Progress, Reason, bonferroni, doubtful, progress
from sim.statistics.two_stage import rinott_constant, rinott_replications
from sim.statistics.variance import Controlled, controlled

__all__ = [
    "MOST_REPLICATIONS",
    "BreakEven",
    "Controlled",
    "Doubt",
    "Elimination",
    "Estimate",
    "KimNelson",
    "Morris",
    "Precision",
    "Progress",
    "Reason",
    "Sobol",
    "Zone",
    "bonferroni",
    "break_even",
    "controlled",
    "doubtful",
    "exponential_mle_censored",
    "grid",
    "interval",
    "kaplan_meier",
    "kim_nelson_constant",
    "latin_hypercube",
    "morris",
    "morris_points",
    "paired",
    "paired_variances",
    "probability_best",
    "probability_wrong",
    "progress",
    "replications_to_tell",
    "rinott_constant",
    "rinott_replications",
    "scaled",
    "sobol",
    "sobol_points",
    "sobol_triplets",
    "time_average",
]
