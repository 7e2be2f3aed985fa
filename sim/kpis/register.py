"""The register of KPIs: one small function each. Its name is the key, its docstring the definition."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from sim.kpis.view import View

Measure = Callable[[View], float]
Better = Literal["higher", "lower", "neither"]
MONEY = "money"  # the unit of amounts that add up over the window; each is also given per year

#: the ways to split, and which of them make sense for what
SPLITS = ("type", "group", "person", "hour", "tier", "job")
OF_CALLS = ("type", "hour", "tier")
OF_ANSWERS = (*OF_CALLS, "group", "person")
OF_ROOTS = ("type", "hour", "tier", "job")
OF_JOBS = ("type", "tier", "job")
OF_VISITS = (*OF_JOBS, "group", "person", "hour")
OF_PEOPLE = ("group", "person", "hour")
OF_PAY = ("group", "person")

#: what a KPI counts of the window
RANG = "calls that rang in the window"
BORN = "needs born in the window"
HAPPENED = "what happened in the window"
MINUTES = "minutes in the window"
AT_END = "as it stands at the end of the window"


@dataclass(frozen=True, slots=True)
class Kpi:
    """A measure: what it is called, what it means, and how it is worked out."""

    key: str
    label: str
    unit: str
    direction: Better  # which way is better
    definition: str  # one sentence
    group: str  # for display
    window: str  # what of the window it counts
    splits: tuple[str, ...]  # the ways to split it that make sense
    of: Measure = field(repr=False, compare=False)


ENTERED: dict[str, Kpi] = {}


@dataclass(frozen=True, slots=True)
class Chapter:
    """KPIs that are shown together, count the same things of the window and can be split the same ways."""

    group: str
    window: str
    splits: tuple[str, ...]

    def kpi(
        self,
        label: str,
        unit: str,
        direction: Better = "neither",
        *,
        key: str = "",
        definition: str = "",
        window: str = "",
        splits: tuple[str, ...] | None = None,
    ) -> Callable[[Measure], Measure]:
        """Enter the function below as a KPI; it is worked out at most once for a view."""

        def enter(measure: Measure) -> Measure:
            name = key or measure.__name__
            meaning = definition or " ".join((measure.__doc__ or "").split())
            ways = self.splits if splits is None else splits

            def of(x: View) -> float:
                value = x.known.get(name)
                if value is None:
                    value = x.known[name] = float(measure(x))
                return value

            of.__doc__ = measure.__doc__
            _enter(Kpi(name, label, unit, direction, meaning, self.group, window or self.window, ways, of))
            return of

        return enter


def _enter(kpi: Kpi) -> None:
    if kpi.key in ENTERED:
        raise ValueError(f"there are two KPIs called {kpi.key!r}")
    ENTERED[kpi.key] = kpi
    if kpi.unit == MONEY:
        _enter(_a_year_of(kpi))


def _a_year_of(kpi: Kpi) -> Kpi:
    return Kpi(
        f"{kpi.key}_per_year",
        f"{kpi.label}, a year",
        "money/year",
        kpi.direction,
        f"{kpi.definition.rstrip('.')}, times 365 over the days counted.",
        kpi.group,
        kpi.window,
        kpi.splits,
        lambda x: kpi.of(x) * x.per_year,
    )
