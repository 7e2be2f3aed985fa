"""The questions: studies that end with an answer. Typed results, no drawing."""

from sim.analysis.batons import BatonCosts, Cost, batons, counterfactuals
from sim.analysis.comparing import Comparison, Ended, compare
from sim.analysis.hiring import Choice, Hiring, hire
from sim.analysis.levels import controlled_level
from sim.analysis.optimising import Limit, Optimum, optimise
from sim.analysis.sensitivity import Asked, LeftOut, Needs, Sensitivity, Study, assumed, sensitivity
from sim.analysis.sweeping import Sweep, everywhere, points_of, sweep
from sim.analysis.varying import Space, Varied, space
from sim.analysis.verdict import Chart, Turn, tolerance

__all__ = [
    "Asked", "BatonCosts", "Chart", "Choice", "Comparison", "Cost", "Ended", "Hiring", "LeftOut", "Limit", "Needs",
    "Optimum", "Sensitivity", "Space", "Study", "Sweep", "Turn", "Varied", "assumed", "batons", "compare",
    "controlled_level", "counterfactuals", "everywhere", "hire", "optimise", "points_of", "sensitivity", "space",
    "sweep", "tolerance",
]  # fmt: skip
