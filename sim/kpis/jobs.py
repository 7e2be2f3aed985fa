"""The jobs: from the booking to the closed file."""
# ruff: noqa: D205 (a definition is one sentence, and some are longer than a line)

from __future__ import annotations

import numpy as np

from sim.kpis.arrays import DETAIL, JOB, Mask, mean, share
from sim.kpis.people import technician_days
from sim.kpis.register import AT_END, HAPPENED, OF_JOBS, OF_PEOPLE, OF_VISITS, Better, Chapter
from sim.kpis.view import View
from sim.ledger import Floats
from sim.relay import End, Event, Spent

kpi = Chapter("jobs", HAPPENED, OF_JOBS).kpi

DAYS_PER_TECHNICIAN_WEEK = 5.0
#: key, label, and because of what such jobs ended
_ENDS = {
    End.CLOSED: ("jobs_closed", "jobs closed", "the desk closed the file"),
    End.CANCELLED: ("jobs_cancelled", "jobs cancelled", "the customer called it off"),
    End.NO_SHOW: ("no_shows", "no-shows", "nobody was at home, and it was not rebooked"),
    End.DECLINED_AT_TRIAGE: ("jobs_declined_at_triage", "jobs declined at triage", "the desk declined it"),
    End.LOST_BATON: (
        "jobs_lost_baton",
        "jobs lost by a dropped baton",
        "a dropped baton was not repaired, also if that was found out only at the end",
    ),
    End.UNFINISHED_AT_HORIZON: (
        "jobs_unfinished_at_horizon",
        "jobs unfinished",
        "the end of the run found them under way",
    ),
    End.NEVER_CLOSED: (
        "jobs_never_closed",
        "jobs never closed",
        "the file was never closed, also if that was found out only at the end",
    ),
}


def _end(end: End) -> None:
    key, label, because = _ENDS[end]
    better: Better = "higher" if end == End.CLOSED else "neither" if end == End.UNFINISHED_AT_HORIZON else "lower"

    @kpi(label, "jobs", better, key=key, definition=f"Jobs that ended because {because}.")
    def count(x: View) -> float:
        return x.ended(end)


for _each in End:
    _end(_each)


# How many


@kpi("jobs booked", "jobs", "higher", splits=OF_VISITS)
def jobs_booked(x: View) -> float:
    """Jobs that were booked; split by person by who booked them."""
    return float(len(np.unique(x.rows(Event.BOOKED)[:, JOB])))


@kpi("jobs completed", "jobs", "higher", splits=OF_VISITS)
def jobs_completed(x: View) -> float:
    """Jobs whose work was done: their first work on site after which no return visit was needed."""
    return float(len(x.pick(x.tables.completed)))


@kpi("jobs a technician-week", "jobs/week", "higher", splits=())
def jobs_per_technician_week(x: View) -> float:
    """Jobs completed over technician-weeks of five days on which a technician was there."""
    return share(jobs_completed(x) * DAYS_PER_TECHNICIAN_WEEK, technician_days(x))


@kpi("visits", "visits", "higher", splits=OF_VISITS)
def visits(x: View) -> float:
    """Arrivals of a technician at a customer's door, in vain or not."""
    return x.count(Event.ARRIVED)


@kpi("visits a technician-day", "visits/day", "higher", splits=("group", "person"))
def visits_per_technician_day(x: View) -> float:
    """Arrivals at a customer's door over technician-days."""
    return share(visits(x), technician_days(x))


@kpi("visits in vain", "visits", "lower", splits=OF_PEOPLE)
def visits_in_vain(x: View) -> float:
    """Times that a technician was on site in vain: nobody was at home."""
    return x.count(Event.SPENT + Spent.FUTILE)


@kpi("return visits", "visits", "lower", splits=OF_VISITS)
def return_visits(x: View) -> float:
    """Arrivals at jobs that an earlier visit had left unfinished."""
    return float(len(x.pick(x.tables.return_visits)))


@kpi("share of visits that needed another", "share", "lower", splits=OF_VISITS)
def return_share(x: View) -> float:
    """Visits that did not finish the job over visits."""
    return share(x.count(Event.RETURN_NEEDED), visits(x))


@kpi("jobs moved to a later day", "times", "lower")
def carried_over(x: View) -> float:
    """Times that a job was moved to a later day by the shop."""
    return x.count(Event.CARRIED_OVER)


@kpi("jobs rebooked", "times")
def jobs_rebooked(x: View) -> float:
    """Times that a customer took another day."""
    return x.count(Event.REBOOKED)


@kpi("replacements quoted", "quotes", "higher")
def quotes(x: View) -> float:
    """Replacements that were quoted."""
    return x.count(Event.QUOTED)


@kpi("replacements sold", "quotes", "higher")
def replacements_sold(x: View) -> float:
    """Quoted replacements that were sold, on site or by a follow-up."""
    return x.count(Event.SOLD)


# Promises


@kpi("arrived on time", "visits", "higher", splits=OF_VISITS)
def visits_on_time(x: View) -> float:
    """Arrivals not later than the end of the promised window."""
    return float((x.rows(Event.ARRIVED)[:, DETAIL] <= 0.0).sum())


@kpi("on-time share", "share", "higher", splits=OF_VISITS)
def on_time_share(x: View) -> float:
    """Arrivals not later than the end of the promised window over arrivals."""
    return share(visits_on_time(x), visits(x))


@kpi("customers owed a word", "jobs", "lower")
def promises_due(x: View) -> float:
    """Jobs that were late at the door or moved to a later day, or whose customer was told of such a change."""
    late = x.rows(Event.ARRIVED)
    late = late[late[:, DETAIL] > 0.0]
    owed = (late, x.rows(Event.CARRIED_OVER), x.rows(Event.UPDATE_KEPT))
    return float(len(np.unique(np.concatenate([rows[:, JOB] for rows in owed]))))


@kpi("customers told first", "jobs", "higher")
def promises_kept(x: View) -> float:
    """Jobs whose customer the promised word of a change reached first."""
    return float(len(np.unique(x.rows(Event.UPDATE_KEPT)[:, JOB])))


@kpi("promises kept", "share", "higher")
def promises_kept_share(x: View) -> float:
    """Jobs whose customer was told first over jobs that were late or moved."""
    return share(promises_kept(x), promises_due(x))


@kpi("customers forgotten", "customers", "lower")
def customers_forgotten(x: View) -> float:
    """Customers who were forgotten, once per job."""
    return x.count(Event.FORGOTTEN)


@kpi("satisfaction", "0 to 1", "higher")
def satisfaction_mean(x: View) -> float:
    """Mean satisfaction at the end of a job."""
    return mean(x.rows(Event.SATISFIED)[:, DETAIL])


@kpi("referrals", "customers", "higher")
def referrals(x: View) -> float:
    """Needs that were sent by a satisfied customer."""
    return x.count(Event.REFERRED)


# As it stands


def _before_end(x: View, times: Floats) -> Mask:
    return np.asarray(times < x.window[1])


@kpi("jobs open at the end", "jobs", window=AT_END)
def jobs_open_at_end(x: View) -> float:
    """Jobs booked before the end of the window that had not come to any end by then, those of the warm-up
    included.
    """
    return float((_before_end(x, x.journeys.booked) & ~_before_end(x, x.journeys.ended)).sum())


@kpi("done, not closed", "jobs", "lower", window=AT_END)
def unclosed(x: View) -> float:
    """Jobs whose work was done before the end of the window and whose file was not closed by then."""
    return float((_before_end(x, x.journeys.done) & ~_before_end(x, x.journeys.closed)).sum())


@kpi("done, not billed", "jobs", "lower", window=AT_END)
def unbilled_jobs(x: View) -> float:
    """Jobs whose work was done before the end of the window, neither paid at the door nor invoiced by then."""
    return float((_before_end(x, x.journeys.done) & ~_before_end(x, x.journeys.billed)).sum())
