"""A bank's call log read: who wanted a person and when, and the samples that a replay draws from."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.statistics import exponential_mle_censored, kaplan_meier

Floats = NDArray[np.float64]
Spells = list[tuple[float, float]]

CLASSES = ("new", "regular", "priority")  # the bank's priorities 0, 1 and 2
HEAD_START_S = 90.0  # what each priority is ahead of the one below it in the queue
LONGEST_WRAP_UP_S = 120.0  # a longer pause between two calls is no wrap-up
_SAMPLE = 1000
_FEW = 30  # with fewer callers left the estimate of survival says little


class Day(NamedTuple):
    """The calls of a day and what its agents are seen to do, in seconds after midnight."""

    date: str
    calls: pd.DataFrame
    services: dict[str, Spells]  # by agent, in order, those that overlap in the log joined
    waiting: Spells  # when anybody waited
    crowded: Spells  # when two or more did


class Log(NamedTuple):
    """The calls of those who wanted a person."""

    calls: pd.DataFrame
    days: list[Day]

    @property
    def gave_up(self) -> Floats:
        """1 who hung up in the queue, 0 who was answered."""
        return (self.calls.outcome == "HANG").to_numpy(dtype=np.float64)


def read(file: Path) -> Log:
    """Read the log: whoever got an agent, or hung up after any time in the queue.

    Left out are those who hung up in the menu, who never wanted a person, and the 278 "phantoms", calls of the exchange
    itself to which no agent belongs. A call enters where its queue or, without one, its service begins. Some stamps of
    services are missing or of another call, so answer and end are counted on from the entry by the durations.
    """
    rows = pd.read_csv(file, dtype={"caller": str, "agent": str, "date": str})
    queued = rows.q_time_s > 0
    calls = rows[(rows.outcome == "AGENT") | ((rows.outcome == "HANG") & queued)].copy()
    queued = calls.q_time_s > 0
    at_once = calls.ser_start_s.where(calls.ser_start_s > 0, calls.vru_exit_s)
    calls["entered"] = calls.q_start_s.where(queued, at_once)
    calls["answered"] = calls.entered + calls.q_time_s
    calls["ended"] = calls.answered + calls.ser_time_s
    calls["reason"] = [CLASSES[n] for n in _priorities(calls)]
    calls = calls.sort_values(["date", "entered"], kind="stable").reset_index(drop=True)
    return Log(calls, [_day(str(date), of_day) for date, of_day in calls.groupby("date")])


def _priorities(calls: pd.DataFrame) -> NDArray[np.int64]:
    """The recorded priority; who was answered at once was not identified, and is given one as those who waited have.

    By drawing lots among the waiting of the same kind of call, the same lots every time.
    """
    lots = np.random.default_rng(0)
    found = calls.priority.to_numpy().copy()
    waited = (calls.q_time_s > 0).to_numpy()
    unknown = ~waited & (found == 0)
    for kind in sorted(calls.type.unique()):
        mine = (calls.type == kind).to_numpy()
        found[mine & unknown] = lots.choice(found[mine & waited], int((mine & unknown).sum()))
    return np.asarray(found, dtype=np.int64)


def _day(date: str, calls: pd.DataFrame) -> Day:
    served = calls[calls.agent.notna()].sort_values("answered")
    services = {
        str(agent): joined(list(zip(mine.answered, mine.ended, strict=True))) for agent, mine in served.groupby("agent")
    }
    return Day(date, calls, services, _at_least(1, calls), _at_least(2, calls))


def joined(spells: Spells, pause: float = 0.0) -> Spells:
    """Spells in order of time, those joined that are no more than a pause apart."""
    found: Spells = []
    for start, end in spells:
        if found and start - found[-1][1] <= pause:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _at_least(least: int, calls: pd.DataFrame) -> Spells:
    """When so many waited."""
    waited = calls[calls.q_time_s > 0]
    changes = sorted([(t, 1) for t in waited.entered] + [(t, -1) for t in waited.answered])
    spells: Spells = []
    n, since = 0, 0.0
    for moment, change in changes:
        if n < least <= n + change:
            since = moment
        elif n + change < least <= n and moment > since:
            spells.append((since, moment))
        n += change
    return spells


# What a replay draws from.


def talk_s(calls: pd.DataFrame) -> Floats:
    """Recorded handle times; a recorded 0 is half a second at most."""
    return _thinned(np.maximum(calls.ser_time_s[calls.outcome == "AGENT"].to_numpy(dtype=np.float64), 0.5))


def _thinned(sample: Floats) -> Floats:
    """Means of equal parts: a shorter sample of the same mean."""
    return np.array([part.mean() for part in np.array_split(np.sort(sample), _SAMPLE)])


def wrap_up_s(days: list[Day]) -> Floats:
    """Pauses of an agent after a call while two or more waited: whoever is there takes the next as soon as they can."""
    pauses = []
    for day in days:
        starts = [start for start, _ in day.crowded]
        for spells in day.services.values():
            for (_, end), (start, _) in pairwise(spells):
                before = int(np.searchsorted(starts, end, side="right")) - 1
                if before >= 0 and end < day.crowded[before][1] and start - end <= LONGEST_WRAP_UP_S:
                    pauses.append(start - end)
    return _thinned(np.array(pauses))


def patience_s(calls: pd.DataFrame) -> Floats:
    """Patience as a sample: the product-limit estimate turned round, an exponential tail where it has few left.

    Being answered cuts a patience off, so the waits of those who hung up would be far too short. The tail's mean is
    that of whoever waited longer than half the time at which it begins, censored as well.
    """
    waits = calls.q_time_s.to_numpy(dtype=np.float64)
    gone = (calls.outcome == "HANG").to_numpy()
    moments, survive = kaplan_meier(waits, gone)
    left = waits.size - np.searchsorted(np.sort(waits), moments)
    moments, survive = moments[left >= _FEW], survive[left >= _FEW]
    late = waits > moments[-1] / 2.0
    tail = exponential_mle_censored(waits[late] - moments[-1] / 2.0, gone[late])
    above = 1.0 - (np.arange(_SAMPLE) + 0.5) / _SAMPLE
    place = np.searchsorted(-survive, -above)  # the first moment that fewer survive
    inside = place < moments.size
    beyond = [moments[-1] - tail * math.log(u / survive[-1]) for u in above[~inside]]
    return np.concatenate([moments[place[inside]], beyond])
