"""KPIs: pure functions of a Run.

``measure`` gives every KPI of a run, ``split`` those that make sense for a part of it, ``KPIS`` says what each
means. What never happened is NaN; counts may be 0. Raw totals stand beside every share, so that any other definition
can be computed.
"""

from __future__ import annotations

from collections.abc import Iterator

from sim.kpis import batons, callers, calls, income, jobs, manager, people, times, waits, waterfall
from sim.kpis.register import ENTERED, MONEY, SPLITS, Better, Kpi
from sim.kpis.tables import Tables
from sim.kpis.view import Part, View
from sim.ledger import Run

#: the chapters, in the order in which they are shown
GROUPS = (
    "calls", "waits", "callers", "people", "jobs", "times", "batons", "manager", "waterfall", "income",
)  # fmt: skip
#: every KPI by key, chapter by chapter
KPIS: dict[str, Kpi] = {key: kpi for group in GROUPS for key, kpi in ENTERED.items() if kpi.group == group}
#: who has to love you, has to like you, and the rest, as they are recorded in the roots
TIERS = ("has to love you", "has to like you", "not so much")


def measure(run: Run | Tables) -> dict[str, float]:
    """Every KPI of a run, by key, in the order in which they are shown.

    Units are those of ``KPIS``; money is over the window, in the shop's currency, from sums in whole cents. Hand
    in a ``Tables(run)`` to let several calls share what they derive from the ledger.
    """
    whole = View(_tables(run))
    return {key: kpi.of(whole) for key, kpi in KPIS.items()}


def split(run: Run | Tables, by: str) -> dict[str, dict[str, float]]:
    """The KPIs that make sense by ``by``, one row per name: type, group, person, hour, tier or job.

    Attempts go by the type they rang with, by who answered first and by the hour of arrival. What is about a need
    (jobs, batons, money) goes by the type of its first call, its true tier, its job type and, if it is counted by
    birth, the hour of that; other events by their own person and hour. Rows are the same for every replication of
    a scenario.

    Raises:
        ValueError: ``by`` is none of these.
    """
    if by not in SPLITS:
        raise ValueError(f"cannot split by {by!r}; there are {', '.join(SPLITS)}")
    tables = _tables(run)
    wanted = {key: kpi for key, kpi in KPIS.items() if by in kpi.splits}
    views = {name: View(tables, part) for name, part in _parts(tables.run, by)}
    return {name: {key: kpi.of(view) for key, kpi in wanted.items()} for name, view in views.items()}


def first_last(run: Run | Tables) -> dict[str, dict[str, float]]:
    """Where it first went wrong against where the money was booked; see ``waterfall.first_last``."""
    return waterfall.first_last(_tables(run))


def _tables(run: Run | Tables) -> Tables:
    return run if isinstance(run, Tables) else Tables(run)


def _parts(run: Run, by: str) -> Iterator[tuple[str, Part]]:
    """The rows of a split: their names and what each is about."""
    match by:
        case "type":
            yield from ((name, Part(type=n)) for n, name in enumerate(run.scenario.calls.types))
        case "tier":
            yield from ((name, Part(tier=n)) for n, name in enumerate(TIERS))
        case "job":
            yield from ((name, Part(job=n)) for n, name in enumerate(run.scenario.jobs.types))
        case "hour":
            yield from ((f"{hour:02d}:00", Part(hour=hour)) for hour in range(24))
        case "person":
            yield from ((person.name, Part(people=(n,))) for n, person in enumerate(run.people))
        case _:
            for group in dict.fromkeys(person.group for person in run.people):
                yield group, Part(people=tuple(n for n, p in enumerate(run.people) if p.group == group))


__all__ = [
    "GROUPS", "KPIS", "MONEY", "SPLITS", "TIERS", "Better", "Kpi", "Tables", "batons", "callers", "calls", "first_last",
    "income", "jobs", "manager", "measure", "people", "split", "times", "waits", "waterfall",
]  # fmt: skip
