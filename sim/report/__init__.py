"""Everything that is drawn or said of results: words, tables, figures, the page, and files for machines.

``show`` gives any result as text. The rooms are loaded when they are asked for: figures cost more time than many an
answer.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.report import (
        batons,
        deciding,
        figures,
        hiring,
        levels,
        machine,
        optimising,
        page,
        sensitivity,
        sensitivity_figures,
        sensitivity_page,
        story,
        sweeping,
        tables,
        words,
    )  # fmt: skip
    from sim.report.showing import show

__all__ = [
    "batons", "deciding", "figures", "hiring", "levels", "machine", "optimising", "page", "sensitivity",
    "sensitivity_figures", "sensitivity_page", "show", "story", "sweeping", "tables", "words",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name == "show":
        return import_module("sim.report.showing").show
    if name in __all__:
        return import_module(f"sim.report.{name}")
    raise AttributeError(f"module 'sim.report' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
