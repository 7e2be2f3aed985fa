"""The contribution of each whole week: seven days from the window's start on, and so forth."""

from __future__ import annotations

import numpy as np

from sim.kpis.arrays import CAUSE, CENTS, DETAIL, PERSON, TIME
from sim.kpis.clock import DAYS_PER_YEAR
from sim.kpis.view import View
from sim.ledger import Floats, Ints
from sim.relay import DAY_MIN, Event, Outcome

WEEK_DAYS = 7
_WEEK_MIN = WEEK_DAYS * DAY_MIN
_IN = (Event.PAID_AT_DOOR, Event.INVOICED)
_LOST = (Event.UNCOLLECTED, Event.BILL_REFUSED)


class Weeks:
    """Sums over the whole weeks of a window; what lies before or after them is left out."""

    def __init__(self, x: View) -> None:
        self.x = x
        self.start = x.window[0]
        self.n = x.scenario.days // WEEK_DAYS

    def contribution(self, leads: Floats) -> Floats:
        """Contribution of each whole week, in cents and parts of them.

        ``leads`` are the times at which leads were born that marketing was paid for. A bad debt belongs to the week of
        its bill, pay to the minutes it is for, the yearly costs are spread evenly.
        """
        x, prices = self.x, self.x.scenario.prices
        of = x.tables.of
        sums = np.zeros(self.n)
        for event in _IN:
            sums += self._by_time(of(event)[:, TIME], of(event)[:, DETAIL])
        for event in _LOST:
            sums -= self._by_time(billed_at(x, of(event)), of(event)[:, DETAIL])
        sums -= self._by_time(of(Event.MATERIALS)[:, TIME], of(Event.MATERIALS)[:, DETAIL])
        sums -= self._pay()
        sums -= CENTS * prices.marketing_per_lead * self._by_time(leads, np.ones(len(leads)))
        outside = x.attempts.arrived[x.attempts.outcome == Outcome.ANSWERING_SERVICE]
        charge = x.scenario.phones.answering_service.cost_per_call
        sums -= CENTS * charge * self._by_time(outside, np.ones(len(outside)))
        yearly = sum(p.truck * prices.truck_per_year + p.seat * prices.seat_per_year for p in x.run.people)
        return np.asarray(sums - CENTS * yearly * WEEK_DAYS / DAYS_PER_YEAR)

    def _week(self, times: Floats) -> Ints:
        """The whole week of each time, 0 before the first and n + 1 after the last, else counted from 1."""
        whole = np.clip(np.floor((times - self.start) / _WEEK_MIN), -1, self.n).astype(np.int64)
        return np.asarray(whole + 1)

    def _by_time(self, times: Floats, amounts: Floats) -> Floats:
        sums = np.bincount(self._week(times), weights=amounts, minlength=self.n + 2)
        return sums[1:-1].astype(np.float64, copy=False)

    def _pay(self) -> Floats:
        """Wages with burden by week, overtime at its factor; a day away counts whole where it is written."""
        x, prices = self.x, self.x.scenario.prices
        paid, over = x.tables.of(Event.PAID), x.tables.of(Event.OVERTIME)
        away = x.worked.away
        sums = self._by_stretch(paid[~away]) + prices.overtime_factor * self._by_stretch(over)
        sums += self._by_time(paid[away, TIME], paid[away, DETAIL] * self._wages(paid[away]))
        return np.asarray(sums / 60.0 * CENTS * prices.burden)

    def _wages(self, rows: Floats) -> Floats:
        wages = np.array([person.wage_per_hour for person in self.x.run.people] + [0.0])
        return np.asarray(wages[self.x.tables.people.of(rows[:, PERSON])])

    def _by_stretch(self, rows: Floats) -> Floats:
        """Minutes times wage by week of the stretch that each row ends (shorter than a week): of one week or two."""
        end, minutes, wages = rows[:, TIME], rows[:, DETAIL], self._wages(rows)
        monday = self.start + np.floor((end - self.start) / _WEEK_MIN) * _WEEK_MIN
        late = np.minimum(end - monday, minutes)
        return self._by_time(end, late * wages) + self._by_time(end - minutes, (minutes - late) * wages)


def billed_at(x: View, rows: Floats) -> Floats:
    """When the bill was written that each of these rows points to as its cause; infinite if it points nowhere."""
    causes = rows[:, CAUSE].astype(np.int64)
    times = x.run.ledger.table[:, TIME]
    return np.where(causes >= 0, times[np.maximum(causes, 0)], np.inf) if len(times) else np.full(len(rows), np.inf)
