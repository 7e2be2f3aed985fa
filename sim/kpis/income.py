"""The income statement, by time: what was billed and what it cost to run the shop in the window."""
# ruff: noqa: D205 (a definition is one sentence, and some are longer than a line)

from __future__ import annotations

import numpy as np

from sim.kpis.arrays import CENTS, DETAIL, NAN, Mask, quantile, share, total_by, whole_cents
from sim.kpis.clock import DAYS_PER_YEAR
from sim.kpis.people import csr_shifts
from sim.kpis.register import BORN, HAPPENED, MINUTES, MONEY, OF_JOBS, OF_PAY, OF_ROOTS, RANG, Chapter
from sim.kpis.view import View
from sim.kpis.waterfall import lost_not_booked, lost_not_reached
from sim.kpis.weeks import Weeks, billed_at
from sim.ledger import Floats
from sim.relay import Event, Hat, Outcome, Spent

kpi = Chapter("income", HAPPENED, ()).kpi

_ON_SITE = (Spent.ON_SITE, Spent.PAPERWORK, Spent.FUTILE, Spent.ALONE, Spent.EARLY)
_ON_THE_ROAD = (Spent.TRAVEL, *_ON_SITE, Spent.WAIT_FOR_DESK)


# What came in


@kpi("revenue", MONEY, "higher", splits=OF_JOBS)
def revenue(x: View) -> float:
    """Billed in the window: paid at the door or invoiced, replacements included, after discounts."""
    return x.money(Event.PAID_AT_DOOR) + x.money(Event.INVOICED)


@kpi("revenue of replacements", MONEY, "higher", splits=OF_JOBS)
def revenue_replacement(x: View) -> float:
    """Replacements sold in the window, at the price sold."""
    return x.money(Event.SOLD)


@kpi("revenue of service", MONEY, "higher", splits=OF_JOBS)
def revenue_service(x: View) -> float:
    """Revenue less replacements sold in the window."""
    return revenue(x) - revenue_replacement(x)


@kpi("cash", MONEY, "higher", splits=OF_JOBS)
def cash(x: View) -> float:
    """Paid in the window: at the door or on an invoice, whenever it was billed."""
    return x.money(Event.PAID_AT_DOOR) + x.money(Event.INVOICE_PAID)


@kpi("bad debt", MONEY, "lower", splits=OF_JOBS)
def bad_debt(x: View) -> float:
    """Of invoices written in the window, what is written off as never paid or refused by a forgotten
    customer, whenever that is found.
    """
    lost = (_of_bills(x, event)[:, DETAIL] for event in (Event.UNCOLLECTED, Event.BILL_REFUSED))
    return sum(whole_cents(cents) for cents in lost) / CENTS


def _of_bills(x: View, event: int) -> Floats:
    """The rows of an event, whenever written, whose invoice was written in the window."""
    rows = x.tables.of(event)
    billed = billed_at(x, rows)
    return x.mine(rows[(billed >= x.window[0]) & (billed < x.window[1])])


# What it cost


@kpi("materials", MONEY, "lower", splits=OF_JOBS)
def materials(x: View) -> float:
    """Materials of the work done, and equipment and installers of replacements sold."""
    return x.money(Event.MATERIALS)


def _pay(x: View, minutes: Floats) -> float:
    """Wages with burden for minutes by person of the run, in whole cents by person of the part."""
    wage = np.array([person.wage_per_hour for person in x.run.people], dtype=np.float64)
    return whole_cents((minutes * wage)[x.people] / 60.0 * CENTS * x.scenario.prices.burden) / CENTS


@kpi("overtime pay", MONEY, "lower", splits=OF_PAY)
def overtime_cost(x: View) -> float:
    """The part of payroll that paid for overtime: hours times wage, prices.overtime_factor and burden."""
    return _pay(x, x.worked.overtime * x.scenario.prices.overtime_factor)


@kpi("payroll", MONEY, "lower", splits=OF_PAY)
def payroll(x: View) -> float:
    """Regular paid hours (days away included) times wage, and overtime at its factor, with burden, of
    everybody.
    """
    return _pay(x, x.worked.paid) + overtime_cost(x)


@kpi("trucks and seats", MONEY, "lower", splits=OF_PAY)
def trucks_and_seats(x: View) -> float:
    """A year's cost of each truck and each seat in the office for the share of a year that was counted."""
    prices, people = x.scenario.prices, x.run.people
    yearly = np.array([p.truck * prices.truck_per_year + p.seat * prices.seat_per_year for p in people])
    return whole_cents(yearly[x.people] * CENTS * x.scenario.days / DAYS_PER_YEAR) / CENTS


def _paid_leads(x: View) -> Mask:
    """Which roots born in the window were paid for: of a type that pays marketing, and not referred."""
    return np.asarray(x.fresh & np.isin(x.run.roots.type, x.types_with(lambda kind: kind.pays_marketing)))


def _marketing(x: View, leads: Mask) -> float:
    return whole_cents(np.full(int(leads.sum()), x.scenario.prices.marketing_per_lead * CENTS)) / CENTS


@kpi("marketing", MONEY, "lower", window=BORN, splits=OF_ROOTS)
def marketing(x: View) -> float:
    """Fresh leads of the types that pay marketing, times its cost a lead."""
    return _marketing(x, _paid_leads(x))


@kpi("marketing burnt on missed leads", MONEY, "lower", window=BORN, splits=OF_ROOTS)
def marketing_missed(x: View) -> float:
    """Of marketing, what was paid for leads that nobody ever spoke to."""
    return _marketing(x, _paid_leads(x) & ~_spoken_to(x))


@kpi("marketing burnt on unbooked leads", MONEY, "lower", window=BORN, splits=OF_ROOTS)
def marketing_unbooked(x: View) -> float:
    """Of marketing, what was paid for leads that somebody spoke to and that never booked."""
    return _marketing(x, _paid_leads(x) & _spoken_to(x) & ~x.tables.roots_with(Event.BOOKED))


def _spoken_to(x: View) -> Mask:
    return x.tables.roots_with(Event.ANSWERED, Event.CALLED_BACK, Event.NOT_BOOKED, Event.BOOKED)


@kpi("answering service", MONEY, "lower", window=RANG, splits=("type", "hour", "tier"))
def answering_service_cost(x: View) -> float:
    """Calls that the answering service took, times its charge a call."""
    charge = x.scenario.phones.answering_service.cost_per_call * CENTS
    return whole_cents(np.full(x.outcomes[Outcome.ANSWERING_SERVICE], charge)) / CENTS


@kpi("cost of return visits", MONEY, "lower", window=MINUTES)
def return_visit_cost(x: View) -> float:
    """Technicians' time on jobs after a visit had left them unfinished, at wage with burden and part of
    payroll.
    """
    stints, n = x.tables.stints, x.tables.people.n
    again = x.tables.on_return & np.isin(stints.kind, _ON_THE_ROAD)
    return _pay(x, total_by(stints.person[again], x.worked.stints[again], n))


# What is left

_RUNNING = (payroll, trucks_and_seats, marketing, answering_service_cost)


@kpi("contribution", MONEY, "higher")
def contribution(x: View) -> float:
    """Revenue less bad debt, materials, payroll, trucks and seats, marketing and answering service; before
    rent, insurance, software, hiring, the owner's pay, interest and taxes, and with nothing for work done and
    not yet billed.
    """
    costs = (bad_debt, materials, *_RUNNING)
    return revenue(x) - sum(cost(x) for cost in costs)


# What was to be expected: the same means over replications, with less luck in them


@kpi("revenue to be expected", MONEY, "higher", splits=OF_JOBS)
def revenue_expected(x: View) -> float:
    """Revenue with each ticket, price and sale scored by its mean given all that was known before it, so that
    its mean over replications is that of revenue.
    """
    return x.total(Event.EXPECTED_REVENUE) / CENTS


@kpi("materials to be expected", MONEY, "lower", splits=OF_JOBS)
def materials_expected(x: View) -> float:
    """Materials, scored as revenue_expected is."""
    return x.total(Event.EXPECTED_MATERIALS) / CENTS


@kpi("bad debt to be expected", MONEY, "lower", splits=OF_JOBS)
def bad_debt_expected(x: View) -> float:
    """Of invoices written in the window, the mean of what is not paid, counted where bad debt would be found by
    the end of the run.
    """
    return float(_of_bills(x, Event.EXPECTED_BAD_DEBT)[:, DETAIL].sum()) / CENTS


@kpi("contribution to be expected", MONEY, "higher")
def contribution_expected(x: View) -> float:
    """Contribution with revenue, materials and bad debt as they were to be expected, which has the same mean over
    replications and varies less from one to another.
    """
    costs = (bad_debt_expected, materials_expected, *_RUNNING)
    return revenue_expected(x) - sum(cost(x) for cost in costs)


# The bad week

_FEWEST_WEEKS = 4


@kpi("contribution in the bad week", "money/week", "higher")
def contribution_week_p5(x: View) -> float:
    """5 % quantile of the contribution of the window's whole weeks (seven days from its start on, bad debts by the
    week of their bill), of at least four.
    """
    weeks = Weeks(x)
    if weeks.n < _FEWEST_WEEKS:
        return NAN
    return quantile(weeks.contribution(x.run.roots.born[_paid_leads(x)]), 0.05) / CENTS


# Money through the phones, beside money through the technicians


def _heads(x: View, hat: Hat) -> float:
    return float(x.wearers(hat).sum())


def _missed_money(x: View) -> float:
    return lost_not_reached(x) + lost_not_booked(x)


@kpi("revenue a csr shift", "money/shift", "higher")
def revenue_per_csr_shift(x: View) -> float:
    """Revenue over the days on which somebody who wears the csr hat was there, each person counted."""
    return share(revenue(x), csr_shifts(x))


@kpi("lost on the phones a csr shift", "money/shift", "lower")
def lost_per_csr_shift(x: View) -> float:
    """Potential of needs born in the window that were not reached or not booked, over csr shifts."""
    return share(_missed_money(x), csr_shifts(x))


@kpi("revenue a csr-year", "money/year", "higher")
def revenue_per_csr_year(x: View) -> float:
    """Revenue a year over the people who wear the csr hat."""
    return share(revenue(x) * x.per_year, _heads(x, Hat.CSR))


@kpi("lost on the phones a csr-year", "money/year", "lower")
def lost_per_csr_year(x: View) -> float:
    """Potential not reached or not booked (as lost_per_csr_shift) a year, over the people who wear the csr hat."""
    return share(_missed_money(x) * x.per_year, _heads(x, Hat.CSR))


@kpi("revenue a technician-year", "money/year", "higher")
def revenue_per_technician_year(x: View) -> float:
    """Revenue a year over the people who wear the technician hat."""
    return share(revenue(x) * x.per_year, _heads(x, Hat.TECHNICIAN))
