"""The phones, per need: one household's want counts once, however often it rang."""
# ruff: noqa: D205 (a definition is one sentence, and some are longer than a line)

from __future__ import annotations

import numpy as np

from sim.kpis.arrays import Mask, mean, share
from sim.kpis.causes import NOT_REACHED
from sim.kpis.register import BORN, HAPPENED, OF_ROOTS, Chapter
from sim.kpis.view import View
from sim.relay import Event

kpi = Chapter("callers", BORN, OF_ROOTS).kpi


def callers(x: View) -> Mask:
    """Which roots were born in the window by ringing (not by a web form)."""
    return np.asarray(x.cohort & x.tables.roots_with(Event.RANG) & ~x.tables.roots_with(Event.LEAD_BY_WEB))


def leads(x: View) -> Mask:
    """Which roots born in the window want a job."""
    return np.asarray(x.cohort & np.isin(x.run.roots.type, x.types_with(lambda kind: kind.purpose == "lead")))


@kpi("callers", "callers")
def callers_offered(x: View) -> float:
    """Needs that first made somebody ring in the window (referred ones included, web leads not)."""
    return float(callers(x).sum())


@kpi("callers answered", "callers", "higher")
def callers_answered(x: View) -> float:
    """Callers whom a person of the shop answered at least once, whenever that was."""
    return float((callers(x) & x.tables.roots_with(Event.ANSWERED)).sum())


@kpi("callers booked", "callers", "higher")
def callers_booked(x: View) -> float:
    """Callers for whom a job was booked, whenever that was."""
    return float((callers(x) & x.tables.roots_with(Event.BOOKED)).sum())


@kpi("callers lost", "callers", "lower")
def callers_lost(x: View) -> float:
    """Needs with a potential whose terminal loss is that they were not reached: abandoned, balked, blocked,
    after hours, voicemail or cut off (those that still try at the end are not lost).
    """
    lost = np.isin(x.tables.last_cause, NOT_REACHED)
    return float((x.cohort & lost & (x.run.roots.potential > 0)).sum())


@kpi("mean wait per caller", "s", "lower")
def callers_wait_mean_s(x: View) -> float:
    """Mean over callers of the time in the queue, added up over all their attempts."""
    return 60.0 * mean(x.run.roots.waited[callers(x)])


@kpi("attempts per caller", "calls/caller", "lower")
def callers_attempts_mean(x: View) -> float:
    """Mean number of attempts per caller, later calls about the job included."""
    return mean(x.run.roots.attempts[callers(x)].astype(np.float64))


@kpi("fresh needs", "needs")
def needs_fresh(x: View) -> float:
    """Needs born in the window that nobody referred, web leads included: the same under every plan, and their mean is
    known from the settings.
    """
    return float(x.fresh.sum())


@kpi("leads", "leads")
def leads_offered(x: View) -> float:
    """Needs of a type whose purpose is lead, those by web form included."""
    return float(leads(x).sum())


@kpi("leads booked", "leads", "higher")
def leads_booked(x: View) -> float:
    """Leads for which a job was booked, whenever that was."""
    return float((leads(x) & x.tables.roots_with(Event.BOOKED)).sum())


@kpi("booked share of leads", "share", "higher")
def booked_share_of_leads(x: View) -> float:
    """Leads for which a job was booked over leads, per need and whether they were reached or not."""
    return share(leads_booked(x), leads_offered(x))


@kpi("leads by web", "leads", window=HAPPENED)
def leads_by_web(x: View) -> float:
    """Needs that came by web form."""
    return x.count(Event.LEAD_BY_WEB)


@kpi("lost to a competitor", "callers", "lower", window=HAPPENED)
def lost_to_competitor(x: View) -> float:
    """Needs that somebody else has won."""
    return x.count(Event.LOST_TO_COMPETITOR)


@kpi("customers rung back", "calls", window=HAPPENED)
def calls_back(x: View) -> float:
    """Times that the shop rang a customer who had not been reached or had come by web form."""
    return x.count(Event.CALLED_BACK)
