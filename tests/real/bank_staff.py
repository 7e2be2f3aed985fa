"""Who was there, which no log says: head-counts inferred from what agents are seen to do.

An agent who serves is there. One who does not may be idle, on a break, at other work or gone; each function here
answers that differently, from none of the pauses to all of them.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from itertools import pairwise

import numpy as np

from tests.real.bank_log import LONGEST_WRAP_UP_S, Day, Floats, Spells, joined

Heads = Callable[[Day], Floats]  # mean head-count in each period of the day

DAY_S = 86_400
PERIOD_S = 300
NOTICED_S = 20.0  # who is free takes the call within this time
LONGEST_IDLE_S = 1800.0


def by_half_hour(day: Day) -> Floats:
    """Everybody who served at all in a half hour, for the whole of it: too many, as some come, go or rest within it."""
    half_hours = np.zeros(DAY_S // 1800)
    for spells in day.services.values():
        active = {n for start, end in spells for n in range(int(start // 1800), int(end // 1800) + 1)}
        half_hours[[n for n in active if n < half_hours.size]] += 1.0
    return np.repeat(half_hours, 1800 // PERIOD_S)


def pauses_up_to(minutes: float) -> Heads:
    """From the first service of the day to the last, without pauses that are longer; asks nothing of the queue."""

    def heads(day: Day) -> Floats:
        return _mean_heads([spell for spells in day.services.values() for spell in joined(spells, 60.0 * minutes)])

    return heads


def away_while_it_rang(day: Day) -> Floats:
    """Nobody who is there lets it ring: who does not serve is away from the first to the last moment anybody waited."""
    return _mean_heads(_without(day, all_of_the_pause=False))


def away_if_it_rang(day: Day) -> Floats:
    """The same, but a pause in which anybody waited was all of it spent elsewhere: the fewest there can have been."""
    return _mean_heads(_without(day, all_of_the_pause=True))


def as_on_other_days(days: list[Day]) -> Heads:
    """What a schedule would say: the mean of the same weekday's other dates, so nothing of the day itself is used."""
    known = {day.date: away_while_it_rang(day) for day in days}

    def heads(day: Day) -> Floats:
        weekday = datetime.date.fromisoformat(day.date).weekday()
        alike = [date for date in known if datetime.date.fromisoformat(date).weekday() == weekday and date != day.date]
        return np.mean([known[date] for date in alike], axis=0)

    return heads


def times(factor: float, heads: Heads) -> Heads:
    """So many times the people."""
    return lambda day: factor * heads(day)


def whole(heads: Floats) -> list[int]:
    """Whole people; what rounding takes away is carried to the next period, so that the hours stay right."""
    found, carried = [], 0.0
    for wanted in heads.tolist():
        number = max(0, round(wanted + carried)) if wanted > 0.0 else 0
        carried = max(-1.0, min(1.0, carried + wanted - number)) if wanted > 0.0 else 0.0
        found.append(number)
    return found


def _without(day: Day, all_of_the_pause: bool) -> Spells:
    present: Spells = []
    for spells in day.services.values():
        since = spells[0][0]
        for (_, end), (start, _) in pairwise(spells):
            away = _away(end, start, day.waiting, all_of_the_pause)
            if away is not None:
                present.append((since, away[0]))
                since = away[1]
        present.append((since, spells[-1][1]))
    return present


def _away(end: float, start: float, waiting: Spells, all_of_the_pause: bool) -> tuple[float, float] | None:
    """From when to when an agent was away between the end of a service and the start of the next."""
    if start - end <= LONGEST_WRAP_UP_S:
        return None
    noticed = end + NOTICED_S
    rang = [(max(a, noticed), min(b, start)) for a, b in waiting if b > noticed and a < start]
    rang = [(a, b) for a, b in rang if b - a > NOTICED_S]
    if start - end > LONGEST_IDLE_S or (rang and all_of_the_pause):
        return end, start
    return (rang[0][0], rang[-1][1]) if rang else None


def _mean_heads(present: Spells) -> Floats:
    """Time-average of how many are present, by period."""
    edges = np.arange(DAY_S // PERIOD_S + 1) * float(PERIOD_S)
    minutes = np.zeros(DAY_S // PERIOD_S)
    for start, end in present:
        minutes += np.diff(np.clip(edges, start, end))
    return minutes / PERIOD_S
