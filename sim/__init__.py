"""Baton: a home-service company's relay, simulated from the ringing phone to the closed, paid job.

>>> import sim
>>> plans = [sim.load(name).scenario for name in ("combined", "separate")]
>>> results = sim.replicate(plans, replications=10)
>>> results.difference("separate", "contribution_per_year")
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.analysis import sensitivity, sweep
    from sim.kpis import KPIS, Kpi, measure, split
    from sim.ledger import Run
    from sim.run import simulate
    from sim.scenarios import Loaded, ScenarioError, load
    from sim.shop.scenario import Scenario
    from sim.statistics import Estimate
    from sim.study import Results, Store, StoreError, load_results, replicate

__version__: str
__all__ = [
    "KPIS", "Estimate", "Kpi", "Loaded", "Results", "Run", "Scenario", "ScenarioError", "Store", "StoreError",
    "__version__", "load", "load_results", "measure", "replicate", "sensitivity", "simulate", "split", "sweep",
]  # fmt: skip
_ROOMS = {
    "sensitivity": "analysis", "sweep": "analysis",
    "KPIS": "kpis", "Kpi": "kpis", "measure": "kpis", "split": "kpis", "Run": "ledger", "simulate": "run",
    "Loaded": "scenarios", "ScenarioError": "scenarios", "load": "scenarios", "Scenario": "shop.scenario",
    "Estimate": "statistics", "Results": "study", "Store": "study", "StoreError": "study", "load_results": "study",
    "replicate": "study",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return import_module("sim.cli.version").version()
    if name not in _ROOMS:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    return getattr(import_module(f"sim.{_ROOMS[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
