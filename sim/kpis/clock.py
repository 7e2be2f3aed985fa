"""Counted time: how many minutes of an interval lie in certain hours of certain days, for whole arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.ledger import Floats
from sim.relay import DAY_MIN
from sim.shop.scenario import Scenario

HOUR_MIN = 60.0
DAYS_PER_YEAR = 365.0


@dataclass(frozen=True, slots=True)
class Hours:
    """The same minutes of the day on some days of the week; day 0 of the run is ``days[0]``."""

    start: float = 0.0
    end: float = DAY_MIN
    days: tuple[bool, ...] = (True,) * 7

    def before(self, times: Floats) -> Floats:
        """Counted minutes from minute 0 to each of ``times`` (>= 0), any shape."""
        length = max(self.end - self.start, 0.0)
        open_days = np.concatenate(([0.0], np.cumsum(self.days, dtype=np.float64)))
        day = np.floor(times / DAY_MIN)
        week, weekday = np.divmod(day.astype(np.int64), 7)
        whole = (week * open_days[7] + open_days[weekday]) * length
        today = np.clip(times - day * DAY_MIN - self.start, 0.0, length)
        return np.asarray(whole + np.asarray(self.days, dtype=np.float64)[weekday] * today)

    def between(self, starts: Floats, ends: Floats, window: tuple[float, float]) -> Floats:
        """Counted minutes of each interval that lie in the window; nothing where it ends before it starts."""
        low, high = np.clip(starts, *window), np.clip(ends, *window)
        return np.maximum(self.before(high) - self.before(low), 0.0)

    def length(self, window: tuple[float, float]) -> float:
        """Counted minutes of the window itself."""
        low, high = self.before(np.array(window, dtype=np.float64))
        return float(high - low)

    def holds(self, times: Floats) -> NDArray[np.bool_]:
        """Whether each of ``times`` is a counted minute."""
        day = np.floor(times / DAY_MIN)
        minute = times - day * DAY_MIN
        on = np.asarray(self.days)[day.astype(np.int64) % 7]
        return np.asarray(on & (minute >= self.start) & (minute < self.end))

    def only(self, hour: int | None) -> Hours:
        """The part of these hours that lies in one hour of the day (0..23); all of them for None."""
        if hour is None:
            return self
        start, end = max(self.start, hour * HOUR_MIN), min(self.end, (hour + 1) * HOUR_MIN)
        return Hours(start, max(start, end), self.days)


ALL_HOURS = Hours()


def phone_hours(scenario: Scenario) -> Hours:
    """The hours in which the phones are open, with the week turned so that it begins on day 0."""
    first = scenario.horizon.start.weekday()
    days = tuple(scenario.phones.days[(first + day) % 7] for day in range(7))
    return Hours(scenario.phones.open, scenario.phones.close, days)


def hour_of_day(times: Floats) -> NDArray[np.int64]:
    """The hour of the day, 0..23, of each of ``times``."""
    return np.asarray(np.floor(times % DAY_MIN / HOUR_MIN), dtype=np.int64)
