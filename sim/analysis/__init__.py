"""The questions: studies that end with an answer. Typed results, no drawing."""

from sim.analysis.batons import BatonCosts, Cost, batons
from sim.analysis.comparing import Comparison, Ended, compare
from sim.analysis.hiring import Choice, Hiring, hire
from sim.analysis.optimising import Limit, Optimum, optimise

__all__ = [
    "BatonCosts", "Choice", "Comparison", "Cost", "Ended", "Hiring", "Limit", "Optimum", "batons", "compare", "hire",
    "optimise",
]  # fmt: skip
