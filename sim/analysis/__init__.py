"""The questions: studies that end with an answer. Typed results, no drawing."""

from sim.analysis.comparing import Comparison, Ended, compare
from sim.analysis.hiring import Choice, Hiring, hire
from sim.analysis.sensitivity import Asked, LeftOut, Needs, Sensitivity, Study, assumed, sensitivity
from sim.analysis.sweeping import Sweep, everywhere, points_of, sweep
from sim.analysis.varying import Space, Varied, space
from sim.analysis.verdict import Chart, Turn

__all__ = [
    "Asked",
    "Chart",
    "Choice",
    "Comparison",
    "Ended",
    "Hiring",
    "LeftOut",
    "Needs",
    "Sensitivity",
    "Space",
    "Study",
    "Sweep",
    "Turn",
    "Varied",
    "assumed",
    "compare",
    "everywhere",
    "hire",
    "points_of",
    "sensitivity",
    "space",
    "sweep",
]
