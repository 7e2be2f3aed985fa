"""Many runs, kept: replications of plans on all cores, paired by replication."""

from sim.study.replicate import replicate
from sim.study.results import Results, Split

__all__ = ["Results", "Split", "replicate"]
