"""The phones, per attempt: what came in, how it ended, and how long it took."""
# ruff: noqa: D205 (a definition is one sentence, and some are longer than a line)

from __future__ import annotations

from typing import get_args

import numpy as np

from sim.kpis.arrays import Mask, known, mean, share
from sim.kpis.attempts import Attempts
from sim.kpis.register import OF_ANSWERS, OF_CALLS, RANG, Better, Chapter
from sim.kpis.view import View
from sim.relay import Outcome
from sim.shop.callers import Purpose

kpi = Chapter("calls", RANG, OF_CALLS).kpi

MISSED = (
    Outcome.ABANDONED, Outcome.BALKED, Outcome.BLOCKED, Outcome.VOICEMAIL, Outcome.AFTER_HOURS_MISSED,
    Outcome.CUT_OFF_AT_CLOSING, Outcome.TREE_ABANDONED, Outcome.TIMED_OUT,
)  # fmt: skip
GAVE_UP = (Outcome.ABANDONED, Outcome.BALKED)
BY_A_PERSON = (Outcome.BOOKED, Outcome.RESOLVED, Outcome.NOT_BOOKED, Outcome.SCREENED_OUT)


@kpi("calls offered", "calls")
def calls_offered(x: View) -> float:
    """Attempts to reach the shop, at any hour."""
    return float(len(x.attempts.id))


@kpi("calls offered in phone hours", "calls")
def calls_offered_in_hours(x: View) -> float:
    """Attempts that rang while the phones were open, those that found no line or gave up in the tree
    included.
    """
    return float(len(x.offered.id))


@kpi("calls answered", "calls", "higher", splits=OF_ANSWERS)
def calls_answered(x: View) -> float:
    """Attempts that a person of the shop picked up."""
    return float(x.attempts.answered.sum())


def _outcome(outcome: Outcome) -> None:
    name, words = outcome.name.lower(), outcome.name.lower().replace("_", " ")
    better: Better = "lower" if outcome in (*MISSED, Outcome.NOT_BOOKED) else "neither"
    meaning = f"Attempts whose one outcome was: {words}."
    splits = OF_ANSWERS if outcome in BY_A_PERSON else OF_CALLS

    @kpi(f"calls {words}", "calls", better, key=f"calls_{name}", definition=meaning, splits=splits)
    def count(x: View) -> float:
        return float(x.outcomes[outcome])


for _each in Outcome:
    _outcome(_each)


def _purpose(purpose: str) -> None:
    better: Better = "lower" if purpose in ("status", "complaint") else "neither"
    meaning = f"Attempts that rang with a call type whose purpose is {purpose}."

    @kpi(f"{purpose} calls", "calls", better, key=f"calls_{purpose}", definition=meaning)
    def count(x: View) -> float:
        return float(of_purpose(x, x.attempts, purpose).sum())


def of_purpose(x: View, attempts: Attempts, purpose: str) -> Mask:
    """Which attempts rang with a type of this purpose."""
    return np.isin(attempts.type, x.types_with(lambda kind: kind.purpose == purpose))


for _name in get_args(Purpose):
    _purpose(_name)


@kpi("calls missed", "calls", "lower")
def calls_missed(x: View) -> float:
    """Attempts at any hour that reached neither a person nor the answering service: abandoned (in the tree
    too), balked, blocked, voicemail, after hours, cut off or timed out.
    """
    return float(x.outcomes[list(MISSED)].sum())


@kpi("missed share of calls", "share", "lower")
def missed_share(x: View) -> float:
    """Calls missed over calls offered, at any hour."""
    return share(calls_missed(x), calls_offered(x))


@kpi("calls moved to another type", "calls")
def calls_moved(x: View) -> float:
    """Times that a call was turned into another type and queued again; split by type it counts for the new
    type.
    """
    return float(len(x.moved))


@kpi("redials", "calls", "lower")
def redials(x: View) -> float:
    """Attempts that follow a planned redial of the same need."""
    return float(x.attempts.redial.sum())


@kpi("abandoned share", "share", "lower")
def abandoned_share(x: View) -> float:
    """Abandoned or balked over offered, both of calls that rang in phone hours; who gives up in the phone
    tree is offered but not counted as abandoned (see calls_tree_abandoned).
    """
    return share(float(np.isin(x.offered.outcome, GAVE_UP).sum()), calls_offered_in_hours(x))


# Service: talk and wrap-up of all answers of an attempt, put down to whoever answered first


@kpi("mean handle time", "s", splits=OF_ANSWERS)
def handle_mean_s(x: View) -> float:
    """Mean talk and wrap-up of the attempts that were wrapped up, all answers of one attempt added up."""
    return 60.0 * mean(known(x.attempts.handle_min))


@kpi("mean talk time", "s", splits=OF_ANSWERS)
def talk_mean_s(x: View) -> float:
    """Mean talk of the attempts whose talk is over, all answers of one attempt added up."""
    return 60.0 * mean(known(x.attempts.talk_min))


# Bookings


@kpi("calls that booked", "calls", "higher", splits=OF_ANSWERS)
def calls_that_booked(x: View) -> float:
    """Attempts in which a job was booked, by the shop or by its answering service."""
    return float(x.attempts.booked.sum())


@kpi("booked share of calls", "share", "higher")
def booked_share_of_calls(x: View) -> float:
    """Attempts in which a job was booked over calls offered, at any hour and of any kind."""
    return share(calls_that_booked(x), calls_offered(x))


@kpi("lead calls answered", "calls", "higher", splits=OF_ANSWERS)
def calls_lead_answered(x: View) -> float:
    """Answered attempts of a type whose purpose is lead."""
    return float((of_purpose(x, x.attempts, "lead") & x.attempts.answered).sum())


@kpi("booked share of answered leads", "share", "higher", splits=OF_ANSWERS)
def booked_share_of_answered_leads(x: View) -> float:
    """Answered lead calls in which a job was booked over answered lead calls."""
    booked = of_purpose(x, x.attempts, "lead") & x.attempts.answered & x.attempts.booked
    return share(float(booked.sum()), calls_lead_answered(x))
