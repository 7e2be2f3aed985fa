"""Numbers that are valid in themselves, but that no run could hold: slips of the pen, told before they cost an hour."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sim.distributions import Distribution
from sim.scenarios.layers import Layer
from sim.scenarios.problems import Name, Problem, dotted
from sim.shop.scenario import Scenario

_MAY_BE_ENDLESS = ("patience_min", "half_life_days")
_MOST_A_DAY = 1_000_000  # first attempts on a day: what memory holds
_DEAREST = 1_000_000_000  # a mean ticket: a million of them are still counted to the cent


def endless(values: Any, layer: Layer, name: Name = ()) -> Iterator[Problem]:
    """Talks, delays and prices without end, from which nobody in the shop would ever come back."""
    items = values.items() if isinstance(values, dict) else enumerate(values) if isinstance(values, list) else ()
    for key, value in items:
        yield from endless(value, layer, (*name, key))
    if isinstance(values, dict) and values.get("family") == "never":
        setting = next((part for part in reversed(name) if isinstance(part, str) and part != "value"), "")
        if not setting.endswith(_MAY_BE_ENDLESS):
            message = f'{dotted(name)} has the family "never", which only patience may have; give it a mean.'
            yield layer.problem((*name, "family"), message)


def beyond(scenario: Scenario, layer: Layer) -> Iterator[Problem]:
    """More calls than memory holds, and more money than is counted to the cent."""
    yield from _too_many(scenario, layer)
    yield from _too_dear(scenario, layer)


def _too_many(scenario: Scenario, layer: Layer) -> Iterator[Problem]:
    """Calls in numbers that no computer holds are a slip of the pen."""
    calls = scenario.calls
    busiest: dict[Name, float] = {("calls", "per_day"): calls.per_day * max(calls.weekday) * max(calls.month)}
    for kind, settings in calls.types.items():
        if (own := settings.arrivals) is not None:
            at = ("calls", "types", kind, "arrivals")
            busiest[*at, "per_hour"] = 24.0 * max((step.value for step in own.per_hour or ()), default=0.0)
            busiest[*at, "per_day_fixed"] = float(own.per_day_fixed or 0)
    for name, a_day in busiest.items():
        if a_day > _MOST_A_DAY:
            message = (
                f"{dotted(name)} makes {a_day:,.6g} first calls on a busy day; at most {_MOST_A_DAY:,} can be run."
            )
            yield layer.problem(name, message)


def _too_dear(scenario: Scenario, layer: Layer) -> Iterator[Problem]:
    """Money is counted in whole cents, of which no computer's number holds more than so many."""
    tickets: dict[Name, Distribution] = {
        ("jobs", "types", kind, "ticket"): settings.ticket for kind, settings in scenario.jobs.types.items()
    }
    for name, ticket in {**tickets, ("jobs", "replacement", "ticket"): scenario.jobs.replacement.ticket}.items():
        if (mean := ticket.expectation()) > _DEAREST:
            yield layer.problem(name, f"{dotted(name)} is {mean:,.6g} on average; it should be at most {_DEAREST:,}.")
