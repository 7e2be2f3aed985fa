"""Laws of the ledger itself: its order, its codes, and that everything begun has one end."""

from __future__ import annotations

import math
from collections import Counter

from sim.relay import DAY_MIN, Event, Loss
from tests.properties.reading import EPS, SPENT, Faults, Reading, law, name

CODES = {int(event) for event in Event} | set(SPENT) | {int(Event.LOSS) + cause for cause in Loss}


@law
def time_never_runs_back(x: Reading) -> Faults:
    """Rows are in order of time, none before the start, none after the clock stopped, all on the grid."""
    last = 0.0
    for row in x.rows:
        if not last <= row.time <= x.run.stopped_at:
            yield f"{name(row)} after {last}, stopped at {x.run.stopped_at}"
        if abs(row.time * 60_000.0 - round(row.time * 60_000.0)) > 1e-4:
            yield f"{name(row)} is off the grid"
        last = row.time


@law
def the_clock_stops_at_the_horizon(x: Reading) -> Faults:
    """Without a drain the run stops at the horizon; with one, not before it and sixty days after at the latest."""
    late = x.run.stopped_at - x.run.end
    if not (0.0 <= late <= 60 * DAY_MIN + DAY_MIN if x.scenario.horizon.drain else late == 0.0):
        yield f"stopped {late} min after the horizon"


@law
def rows_are_in_the_language(x: Reading) -> Faults:
    """Every code is known, every number is finite, every id is -1 or that of something."""
    roots, people = len(x.run.roots.id), len(x.run.people)
    for row in x.rows:
        if row.event not in CODES or not math.isfinite(row.detail):
            yield f"row {row.n}: code {row.event}, detail {row.detail}"
        elif not (-1 <= row.root < roots and -1 <= row.person < people):
            yield f"{name(row)}: nobody has this id"


@law
def causes_come_first(x: Reading) -> Faults:
    """Every cause points to an earlier row."""
    for row in x.rows:
        if not -1 <= row.cause < row.n:
            yield f"{name(row)} is caused by row {row.cause}"


@law
def every_root_begins_once(x: Reading) -> Faults:
    """A root's first row is its first attempt, its web form or its referral, at its birth; roots are born in order."""
    roots = x.run.roots
    referred = {int(row.detail) for row in x.of(Event.REFERRED)}
    for root, born in zip(roots.id.tolist(), roots.born.tolist(), strict=True):
        first = x.by_root.get(root, [None])[0]
        if first is None or first.event not in (Event.RANG, Event.LEAD_BY_WEB) or abs(first.time - born) > EPS:
            yield f"root {root}, born at {born}, begins with {first and name(first)}"
        elif (roots.parent[root] >= 0) != (root in referred):
            yield f"root {root}: parent {roots.parent[root]}, but REFERRED says otherwise"
    if (roots.born[1:] < roots.born[:-1]).any() or roots.id.tolist() != list(range(len(roots.id))):
        yield "roots are not in order of birth"
    if len(set(roots.key.tolist())) != len(roots.key):
        yield "two roots have one key"


def _one_end(x: Reading, what: str, began: Counter[int], ended: Counter[int]) -> Faults:
    for thing in sorted(began | ended):
        if began[thing] != 1 or ended[thing] != 1:
            yield f"{what} {thing} began {began[thing]} times and ended {ended[thing]} times"


@law
def every_attempt_has_one_outcome(x: Reading) -> Faults:
    """Every attempt that rang has exactly one outcome."""
    began = Counter(row.call for row in x.of(Event.RANG))
    yield from _one_end(x, "call", began, Counter(row.call for row in x.of(Event.CALL_ENDED)))


@law
def every_job_has_one_end(x: Reading) -> Faults:
    """Every job that was booked has exactly one end."""
    began = Counter(row.job for row in x.of(Event.BOOKED))
    yield from _one_end(x, "job", began, Counter(row.job for row in x.of(Event.JOB_ENDED)))


@law
def every_baton_has_one_fate(x: Reading) -> Faults:
    """Every baton that any row names has exactly one fate, is passed, dropped and found at most once, and picked up again if found."""
    began = Counter(dict.fromkeys(x.by_baton, 1))
    yield from _one_end(x, "baton", began, Counter(row.baton for row in x.of(Event.BATON_ENDED)))
    found = Counter(row.baton for row in x.of(Event.FOUND))
    for event in (Event.PASSED, Event.DROPPED, Event.FOUND, Event.PICKED_UP):
        for baton, times in Counter(row.baton for row in x.of(event)).items():
            if times > 1 + (event is Event.PICKED_UP) * found[baton]:
                yield f"baton {baton} has {times} rows {event.name}"


@law
def a_thing_belongs_to_one_root(x: Reading) -> Faults:
    """All rows of one call, job, visit or baton that name a root name the same one."""
    for what, groups in (("call", x.by_call), ("job", x.by_job), ("visit", x.by_visit), ("baton", x.by_baton)):
        for thing, rows in groups.items():
            roots = {row.root for row in rows if row.root >= 0}
            if len(roots) > 1:
                yield f"{what} {thing} belongs to the roots {sorted(roots)}"
