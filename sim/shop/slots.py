"""The slot board: what the CSR may promise.

A day's technician minutes are shared by trades through technicians who have several. A job fits if for every set of
trades that contains its own, what is booked for that set does not exceed the minutes of the technicians who have any of
them (Hall's condition, 1935: then an assignment of minutes to technicians exists).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations

from sim.shop.settings import Chance, Clock, Many, NonNegative, Positive, Settings, setting

_MOST_TRADES = 8


class Window(Settings):
    """A promised arrival window."""

    start: Clock = setting(..., "start of the window", unit="time", grade="choice")
    end: Clock = setting(..., "end of the window", unit="time", grade="choice")


class Slots(Settings):
    """How the shop sells its technicians' days."""

    windows: Many[Window] = setting(
        (Window(start=480.0, end=720.0), Window(start=720.0, end=960.0)),
        "arrival windows",
        min_length=1,
        grade="choice",
    )
    overbooking: Positive = setting(1.0, "minutes sold over minutes there", sensible=(0.8, 1.3), grade="choice")
    emergency_reserve: Chance = setting(
        0.08, "share of the day kept for emergencies", sensible=(0, 0.25), grade="choice"
    )
    horizon_days: int = setting(30, "how far ahead the board is open", unit="days", ge=1, le=365, grade="choice")
    last_booking_before_end_min: NonNegative = setting(
        90.0, "a window is not offered for today later than so long before its end", unit="min", grade="choice"
    )


def trade_sets(trades: Iterable[str], people: Iterable[frozenset[str]] = ()) -> dict[str, tuple[frozenset[str], ...]]:
    """For each trade the sets of trades it belongs to, the largest last.

    Only trades that some technician joins (``people``: each one's trades) share minutes, so each such cluster is looked
    at by itself. Of a cluster of more than eight trades only the single ones and the whole are looked at.
    """
    sets = [s for cluster in _clusters(sorted(set(trades)), people) for s in _subsets(cluster)]
    return {name: tuple(s for s in sets if name in s) for name in sorted(set(trades))}


def _clusters(names: list[str], people: Iterable[frozenset[str]]) -> list[list[str]]:
    """Trades that are joined, directly or through others, by technicians who have several."""
    clusters = [{name} for name in names]
    for joined in people:
        touched = [c for c in clusters if c & joined]
        clusters = [c for c in clusters if not c & joined] + ([set().union(*touched)] if touched else [])
    return sorted(sorted(cluster) for cluster in clusters)


def _subsets(names: list[str]) -> list[frozenset[str]]:
    sizes = range(1, len(names) + 1) if len(names) <= _MOST_TRADES else (1, len(names))
    return [frozenset(c) for n in sizes for c in combinations(names, n)]


def capacities(
    people: Iterable[tuple[frozenset[str], float]], sets: Iterable[frozenset[str]]
) -> dict[frozenset[str], float]:
    """Minutes of technicians who have any trade of each set; ``people`` are (trades, minutes) of a day."""
    listed = list(people)
    return {s: sum(minutes for trades, minutes in listed if trades & s) for s in sets}


def fits(
    minutes: float,
    sets: tuple[frozenset[str], ...],
    capacity: Mapping[frozenset[str], float],
    booked: Mapping[frozenset[str], float],
    share: float,
) -> bool:
    """Whether ``minutes`` more fit within ``share`` of the capacity of every set."""
    return all(booked.get(s, 0.0) + minutes <= capacity.get(s, 0.0) * share for s in sets)


def sellable(settings: Slots, emergency: bool) -> float:
    """Share of a day's minutes that may be sold to a call."""
    return settings.overbooking * (1.0 if emergency else 1.0 - settings.emergency_reserve)
