"""The service manager: what was ordered, saved and left undone."""

from __future__ import annotations

import numpy as np

from sim.kpis.arrays import EVENT, TIME
from sim.kpis.register import HAPPENED, MINUTES, Chapter
from sim.kpis.view import View
from sim.relay import Event

kpi = Chapter("manager", HAPPENED, ()).kpi


@kpi("minutes screened", "min", window=MINUTES)
def screened_min(x: View) -> float:
    """Minutes of phone hours in which screening was in force."""
    _, rows = x.tables.of_any((Event.SCREEN_ON, Event.SCREEN_OFF))
    ends = np.append(rows[1:, TIME], x.run.stopped_at)[: len(rows)]
    on = rows[:, EVENT] == Event.SCREEN_ON
    return float(x.phone_hours.between(rows[on, TIME], ends[on], x.window).sum())


@kpi("steps up the ladder", "times")
def ladder_ups(x: View) -> float:
    """Times that the ladder went a step up."""
    return x.count(Event.LADDER_UP)


@kpi("side duties left undone", "h", "lower")
def duties_undone_h(x: View) -> float:
    """Hours of side duties that nobody got round to."""
    return x.total(Event.DUTY_UNDONE) / 60.0


@kpi("complaints saved", "complaints", "higher", splits=("type", "tier", "job"))
def complaints_saved(x: View) -> float:
    """Complaints that were saved."""
    return x.count(Event.COMPLAINT_SAVED)


@kpi("complaints lost", "complaints", "lower", splits=("type", "tier", "job"))
def complaints_lost(x: View) -> float:
    """Complaints that were lost."""
    return x.count(Event.COMPLAINT_LOST)
