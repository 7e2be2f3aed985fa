"""Baton: a home-service company's relay, simulated from the ringing phone to the closed, paid job.

>>> import sim
>>> shop = sim.load("separate").scenario
>>> found = sim.hire(shop, replications=10)
>>> print(sim.report.show(found))
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim import analysis, report, statistics, study
    from sim.analysis import (
        Asked,
        BatonCosts,
        Comparison,
        Ended,
        Hiring,
        Limit,
        Optimum,
        Sensitivity,
        Sweep,
        batons,
        compare,
        hire,
        optimise,
        sensitivity,
        sweep,
    )  # fmt: skip
    from sim.kpis import KPIS, Kpi, measure, split
    from sim.ledger import Run
    from sim.relay import Handoff
    from sim.report.story import chain
    from sim.run import simulate
    from sim.scenarios import Loaded, ScenarioError, load
    from sim.shop.scenario import Scenario
    from sim.statistics import Estimate, Precision, Zone
    from sim.study import Results, Runs, Store, StoreError, load_results, replicate, working

__version__: str
__all__ = [
    "KPIS", "Asked", "BatonCosts", "Comparison", "Ended", "Estimate", "Handoff", "Hiring", "Kpi", "Limit", "Loaded",
    "Optimum", "Precision", "Results", "Run", "Runs", "Scenario", "ScenarioError", "Sensitivity", "Store", "StoreError",
    "Sweep", "Zone", "__version__", "analysis", "batons", "chain", "compare", "hire", "load", "load_results", "measure",
    "optimise", "replicate", "report", "sensitivity", "simulate", "split", "statistics", "study", "sweep", "working",
]  # fmt: skip
_ROOMS = {
    "KPIS": "kpis", "Kpi": "kpis", "measure": "kpis", "split": "kpis", "Run": "ledger", "Handoff": "relay",
    "simulate": "run", "Loaded": "scenarios", "ScenarioError": "scenarios", "load": "scenarios",
    "Scenario": "shop.scenario", "Estimate": "statistics", "Precision": "statistics", "Zone": "statistics",
    "Results": "study", "Runs": "study", "Store": "study", "StoreError": "study", "load_results": "study",
    "replicate": "study", "working": "study", "Asked": "analysis", "BatonCosts": "analysis", "Comparison": "analysis",
    "Ended": "analysis", "Hiring": "analysis", "Limit": "analysis", "Optimum": "analysis", "Sensitivity": "analysis",
    "Sweep": "analysis", "batons": "analysis", "compare": "analysis", "hire": "analysis", "optimise": "analysis",
    "sensitivity": "analysis", "sweep": "analysis", "chain": "report.story",
}  # fmt: skip
_OPEN = ("analysis", "report", "statistics", "study")


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return import_module("sim.cli.version").version()
    if name in _OPEN:
        return import_module(f"sim.{name}")
    if name not in _ROOMS:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    return getattr(import_module(f"sim.{_ROOMS[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
