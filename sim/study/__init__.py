"""Many runs, kept: replications of plans on all cores or a cluster, paired by replication."""

from sim.study.database import StoreError
from sim.study.engine import Engine, EngineError
from sim.study.engines import cores, engine
from sim.study.export import load_results
from sim.study.gather import names
from sim.study.hands import working
from sim.study.listing import Kept
from sim.study.replicate import faults, replicate
from sim.study.results import Results, Split
from sim.study.runs import Runs
from sim.study.store import Store
from sim.study.studies import Study

__all__ = [
    "Engine", "EngineError", "Kept", "Results", "Runs", "Split", "Store", "StoreError", "Study", "cores", "engine",
    "faults", "load_results", "names", "replicate", "working",
]  # fmt: skip
