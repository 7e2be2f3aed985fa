"""A run: scenario, seed and replication in; a ledger and its roots out. The same on every machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.agents import csr, dispatcher, service_manager, technician
from sim.agents.accounts import Accounts
from sim.agents.customers import Customers
from sim.agents.desk import Desk
from sim.ledger import PersonRecord, Roots, Run
from sim.relay import DAY_MIN, End, Event, Kind, Outcome
from sim.shop.prices import hourly_wage
from sim.shop.scenario import Scenario
from sim.streams import Streams
from sim.world.building import build
from sim.world.clock import Due, Turn
from sim.world.shop import Shop

Decide = Callable[[str, Mapping[str, Any], Any], Any]

#: which trade does which kind of work
TRADES = {
    Kind.PHONE: csr.answer, Kind.CALL_BACK: csr.call_back, Kind.SIDE: csr.side,
    Kind.NEW_BOOKING: dispatcher.check, Kind.BRIEF: dispatcher.prepare, Kind.WAITING_TECHNICIAN: dispatcher.prepare,
    Kind.UPDATE: dispatcher.update, Kind.LATE_CUSTOMER: dispatcher.update, Kind.REPORT: dispatcher.take_report,
    Kind.CLOSE: dispatcher.close, Kind.FOLLOW_UP: dispatcher.follow_up, Kind.LOOK_AHEAD: dispatcher.look_ahead,
    Kind.AUDIT: dispatcher.audit, Kind.COMPLAINT: service_manager.save, Kind.MEETING: service_manager.meeting,
    Kind.VISIT: technician.visit,
}  # fmt: skip

_LONGEST_DRAIN_DAYS = 60


def simulate(
    scenario: Scenario,
    seed: int = 1,
    replication: int = 0,
    *,
    decide: Decide | None = None,
    overrides: Mapping[tuple[int, int, int, int], float] | None = None,
) -> Run:
    """Run one replication of a scenario.

    Parameters
    ----------
    scenario : a valid scenario (see :func:`sim.scenarios.load`).
    seed, replication : the address of all draws; whole numbers >= 0.
    decide : takes the manager's choices, ``decide(question, what_is_known, what_the_rule_would_do) -> choice``; asked
        about ``"ladder"`` (a step) and ``"screening"`` (on or off).
    overrides : single draws to replace, by address (see :mod:`sim.streams`).
    """
    shop = populate(scenario, Streams(seed, replication, dict(overrides or {})), decide)
    shop.clock.push(0.0, Turn.PRESENCE, _morning, shop)
    shop.clock.run(until=shop.horizon)
    if scenario.horizon.drain:
        _drain(shop)
    _stop(shop)
    return Run(scenario, seed, replication, shop.ledger.columns(), _roots(shop), _people(shop), shop.clock.now)


def populate(scenario: Scenario, streams: Streams, decide: Decide | None = None) -> Shop:
    """A shop with its agents, before the first morning."""
    shop = build(scenario, streams)
    shop.decide = decide or (lambda question, known, rule: rule)
    shop.trades.update(TRADES)
    shop.customers = Customers(shop)
    shop.desk = Desk(shop)
    shop.accounts = Accounts(shop)
    shop.manager = service_manager.Manager(shop)
    return shop


def _morning(due: Due) -> None:
    """Midnight: plan the day."""
    shop: Shop = due.arg
    day = shop.today
    phones = shop.scenario.phones
    shuts = phones.close < DAY_MIN or phones.open > 0.0
    if shuts and shop.manager.watches and phones.days[shop.plan.weekday(day)]:  # before anybody comes at that minute
        shop.clock.at(day * DAY_MIN + phones.open, Turn.PRESENCE, shop.manager.new_day)
    shop.roster.open_day(day)
    shop.desk.open_day(day)
    if not shop.closing_down:
        shop.customers.open_day(day)
    if shuts:
        shop.clock.at(day * DAY_MIN + phones.close, Turn.PRESENCE, shop.phones.close)
        shop.clock.at(day * DAY_MIN + phones.open, Turn.PRESENCE, shop.phones.opens)
    shop.clock.push((day + 1) * DAY_MIN, Turn.PRESENCE, _morning, shop)


def _drain(shop: Shop) -> None:
    """Serve what is in the system; nobody rings for the first time any more."""
    shop.closing_down = True
    last = shop.horizon + _LONGEST_DRAIN_DAYS * DAY_MIN
    while shop.clock.now < last and (shop.phones.under_way or any(r.job and r.job.ended < 0 for r in shop.books.roots)):
        shop.clock.step()


def _stop(shop: Shop) -> None:
    """The horizon: everything still under way is written down as such."""
    shop.closing_down = True
    shop.phones.stop()
    shop.roster.stop()
    shop.batons.stop()
    for caller in shop.books.roots:
        job = caller.job
        if job is not None and job.ended < 0:
            shop.ledger.write(shop.clock.now, Event.JOB_ENDED, caller.id, -1, job.id, detail=End.UNFINISHED_AT_HORIZON)
    shop.books.stop()


def _people(shop: Shop) -> tuple[PersonRecord, ...]:
    prices = shop.scenario.prices
    return tuple(
        PersonRecord(
            p.id, p.name, p.group_name, tuple(sorted(p.hats)),
            hourly_wage(p.group.wage_per_year, p.group.wage_per_hour, prices), p.group.truck, p.group.seat,
        )
        for p in shop.people
    )  # fmt: skip


def _roots(shop: Shop) -> Roots:
    roots = shop.books.roots

    def whole(name: str) -> NDArray[np.int64]:
        return np.fromiter(map(attrgetter(name), roots), np.int64, len(roots))

    return Roots(
        id=whole("id"),
        key=np.array([root.key for root in roots], dtype=np.uint64),
        type=whole("type"),
        born=np.array([root.born for root in roots], dtype=np.float64),
        potential=whole("potential"),
        job_type=whole("job_type"),
        tier=whole("tier"),
        recorded_tier=whole("recorded_tier"),
        parent=whole("parent"),
        attempts=whole("attempts"),
        waited=np.array([root.waited for root in roots], dtype=np.float64),
        first_cause=whole("first_cause"),
        forgotten=np.array([root.forgotten for root in roots], dtype=np.bool_),
        collected=whole("collected"),
        discount=whole("discount"),
        uncollected=whole("uncollected"),
        unbilled=whole("unbilled"),
    )


__all__ = ["Outcome", "populate", "simulate"]
