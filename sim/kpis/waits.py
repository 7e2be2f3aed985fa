"""Waiting on the phone: from queue entry, after the tree, to the first answer or the end."""
# ruff: noqa: D205 (a definition is one sentence, and some are longer than a line)

from __future__ import annotations

import numpy as np

from sim.kpis.arrays import NAN, Mask, known, mean, quantile, share
from sim.kpis.attempts import Attempts
from sim.kpis.calls import GAVE_UP, calls_offered_in_hours
from sim.kpis.register import MINUTES, OF_ANSWERS, OF_CALLS, RANG, Chapter, Measure
from sim.kpis.tables import WAIT
from sim.kpis.view import View
from sim.ledger import Floats
from sim.relay import Outcome

kpi = Chapter("waits", RANG, OF_CALLS).kpi


def in_time(x: View, attempts: Attempts) -> Mask:
    """Which attempts waited no longer than phones.service_threshold_s."""
    return np.asarray(attempts.wait_min * 60.0 <= x.scenario.phones.service_threshold_s + 1e-9)


def _answered(x: View) -> Floats:
    return np.asarray(x.attempts.wait_min[x.attempts.answered])


def _abandoned(x: View) -> Floats:
    return np.asarray(x.attempts.wait_min[(x.attempts.outcome == Outcome.ABANDONED) & ~x.attempts.answered])


@kpi("calls answered in time", "calls", "higher", splits=OF_ANSWERS)
def calls_answered_in_time(x: View) -> float:
    """Attempts in phone hours that were answered within the service threshold."""
    return float((x.offered.answered & in_time(x, x.offered)).sum())


@kpi("calls given up in time", "calls")
def calls_given_up_in_time(x: View) -> float:
    """Attempts in phone hours that abandoned or balked, unanswered, within the service threshold."""
    gave_up = np.isin(x.offered.outcome, GAVE_UP) & ~x.offered.answered
    return float((gave_up & in_time(x, x.offered)).sum())


@kpi("service level (all)", "share", "higher")
def service_level_all_share(x: View) -> float:
    """Answered within the threshold over offered, of calls in phone hours."""
    return share(calls_answered_in_time(x), calls_offered_in_hours(x))


@kpi("service level (answered)", "share", "higher", splits=OF_ANSWERS)
def service_level_answered_share(x: View) -> float:
    """Answered within the threshold over answered, of calls in phone hours."""
    return share(calls_answered_in_time(x), float(x.offered.answered.sum()))


@kpi("service level (net)", "share", "higher")
def service_level_net_share(x: View) -> float:
    """Answered within the threshold over offered less those who gave up within it, of calls in phone hours."""
    return share(calls_answered_in_time(x), calls_offered_in_hours(x) - calls_given_up_in_time(x))


@kpi("service level (any)", "share", "higher")
def service_level_any_share(x: View) -> float:
    """Answered or given up within the threshold over offered, of calls in phone hours."""
    return share(calls_answered_in_time(x) + calls_given_up_in_time(x), calls_offered_in_hours(x))


_LEVELS: dict[str, Measure] = {
    "all": service_level_all_share,
    "answered": service_level_answered_share,
    "net": service_level_net_share,
    "any": service_level_any_share,
}


@kpi("service level", "share", "higher")
def service_level_share(x: View) -> float:
    """The service level by the definition that phones.service_definition names."""
    return _LEVELS[x.scenario.phones.service_definition](x)


@kpi("mean wait, all", "s", "lower")
def wait_all_mean_s(x: View) -> float:
    """Mean wait of all who were answered or waited for a person, abandoned and balked included (no wait is
    0).
    """
    return 60.0 * mean(x.waits)


@kpi("mean wait, answered", "s", "lower", splits=OF_ANSWERS)
def wait_answered_mean_s(x: View) -> float:
    """Mean wait until the first answer, of those who were answered."""
    return 60.0 * mean(_answered(x))


@kpi("mean wait, abandoned", "s")
def wait_abandoned_mean_s(x: View) -> float:
    """Mean wait of those who abandoned before any answer (not of those who balked)."""
    return 60.0 * mean(_abandoned(x))


@kpi("median wait", "s", "lower")
def wait_p50_s(x: View) -> float:
    """Median of the waits that wait_all_mean_s is the mean of."""
    return 60.0 * quantile(x.waits, 0.5)


@kpi("90 % wait less than", "s", "lower")
def wait_p90_s(x: View) -> float:
    """90 % quantile of the waits that wait_all_mean_s is the mean of."""
    return 60.0 * quantile(x.waits, 0.9)


@kpi("median wait, answered", "s", "lower", splits=OF_ANSWERS)
def wait_answered_p50_s(x: View) -> float:
    """Median wait until the first answer, of those who were answered."""
    return 60.0 * quantile(_answered(x), 0.5)


@kpi("90 % of answered wait less than", "s", "lower", splits=OF_ANSWERS)
def wait_answered_p90_s(x: View) -> float:
    """90 % quantile of the wait until the first answer, of those who were answered."""
    return 60.0 * quantile(_answered(x), 0.9)


@kpi("median wait, abandoned", "s")
def wait_abandoned_p50_s(x: View) -> float:
    """Median of the waits that wait_abandoned_mean_s is the mean of."""
    return 60.0 * quantile(_abandoned(x), 0.5)


@kpi("90 % of abandoned waited less than", "s")
def wait_abandoned_p90_s(x: View) -> float:
    """90 % quantile of the waits that wait_abandoned_mean_s is the mean of."""
    return 60.0 * quantile(_abandoned(x), 0.9)


@kpi("longest wait", "s", "lower")
def wait_max_s(x: View) -> float:
    """Longest of the waits that wait_all_mean_s is the mean of."""
    return 60.0 * float(x.waits.max()) if len(x.waits) else NAN


@kpi("calls that reached the queue or a person", "calls")
def calls_entered(x: View) -> float:
    """Attempts that were answered or waited for a person, balked ones included: what the mean wait of all is over."""
    return float(x.attempts.entered.sum())


@kpi("calls that had to wait", "calls")
def calls_waited(x: View) -> float:
    """Attempts that entered the queue, or balked at it."""
    return float((x.attempts.queued & x.attempts.entered).sum())


@kpi("waiting in all", "h")
def wait_total_h(x: View) -> float:
    """Hours waited until the first answer or the end, over all attempts: divide it by whatever is asked for."""
    return float(np.nansum(x.waits)) / 60.0


@kpi("share who had to wait", "share", "lower")
def wait_share(x: View) -> float:
    """Those who entered the queue or balked at it, over all who were answered or waited for a person."""
    return share(float((x.attempts.queued & x.attempts.entered).sum()), float(x.attempts.entered.sum()))


@kpi("mean wait after a move", "s", "lower")
def wait_moved_mean_s(x: View) -> float:
    """Mean wait of calls turned into another type until they were answered again, which is no part of the
    other waits; split by type it counts for the new type.
    """
    return 60.0 * mean(known(x.moved[:, WAIT]))


@kpi("calls waiting on average", "calls", "lower", window=MINUTES)
def queue_mean(x: View) -> float:
    """Time-average number of calls in the queue over the phone hours of the window."""
    waited = x.phone_hours.between(x.stays.start, x.stays.end, x.window)
    return share(float(waited.sum()), x.phone_hours.length(x.window))
