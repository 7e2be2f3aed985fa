"""Many runs, kept: replications of plans on all cores or a cluster, paired by replication."""

from sim.study.engine import Engine, EngineError
from sim.study.engines import cores, engine
from sim.study.gather import names
from sim.study.replicate import faults, replicate
from sim.study.results import Results, Split
from sim.study.runs import Runs

__all__ = ["Engine", "EngineError", "Results", "Runs", "Split", "cores", "engine", "faults", "names", "replicate"]
