"""The technician: travels, works, asks, sells, takes payment, reports; stays longer, or goes home."""

from __future__ import annotations

import math

from sim.relay import (
    DAY_MIN,
    Event,
    Handoff,
    Hat,
    Job,
    Missing,
    Spent,
    Visit,
    Work,
)
from sim.shop.jobs import travel_minutes
from sim.streams import Draw
from sim.world.person import Person
from sim.world.shop import Shop, Steps

_EQUIPMENT_OR_NEED = 1 << Missing.EQUIPMENT | 1 << Missing.NEED


def visit(me: Person, work: Work, shop: Shop) -> Steps:
    """One trip, from the brief to the report."""
    trip = work.visit
    assert trip is not None
    job = trip.job
    shop.desk.stop_waiting(me)
    if trip.state == 5 or job.ended >= 0:
        return
    if _goes_home(me, trip, shop):
        return
    me.visiting = trip
    early = _too_early(job, shop) - _drive(me, trip, shop, 1.0)
    if early > 0.0:
        work.spent = Spent.EARLY
        yield early
        if job.ended >= 0 or trip.state == 5:
            me.visiting = None
            return
    trip.state = 2
    trip.set_off = shop.clock.now
    _write(Event.SET_OFF, me, trip, shop)
    shop.desk.prepare(me)
    work.spent = Spent.TRAVEL
    yield _drive(me, trip, shop, shop.plan.travel_noise(trip.fate[Draw.TRAVEL]))
    yield from _on_site(me, work, trip, shop)
    me.visiting = None


def _too_early(job: Job, shop: Shop) -> float:
    """Minutes from now until the job may be started; what the drive will take is only known as a mean."""
    return job.window_start - shop.scenario.dispatch.early_start_min - shop.clock.now


def _drive(me: Person, trip: Visit, shop: Shop, noise: float) -> float:
    caller = trip.job.caller
    km = math.hypot(caller.x - me.at_x, caller.y - me.at_y)
    rush = shop.plan.rush(shop.clock.now % DAY_MIN)
    return travel_minutes(km, noise, trip.eye, rush, shop.scenario.jobs)


def _goes_home(me: Person, trip: Visit, shop: Shop) -> bool:
    """If it would run past the shift's end, the technician may refuse; then the job goes back to the desk."""
    group = me.group
    past = shop.clock.now + trip.job.minutes - me.day_end
    if past <= 0.0 or me.day_end == math.inf:
        return False
    if past <= group.overtime_max_min and trip.fate[Draw.OVERTIME] < group.overtime_share * me.overtime:
        return False
    _write(Event.REFUSED_OVERTIME, me, trip, shop)
    trip.job.refused += (me,)
    me.known_open = max(0, me.known_open - 1)
    shop.desk.give_back(trip)
    return True


def _on_site(me: Person, work: Work, trip: Visit, shop: Shop) -> Steps:
    job, fate, jobs = trip.job, trip.fate, shop.scenario.jobs
    if trip.missing & 1 << Missing.ADDRESS:
        yield jobs.wrong_address_min
    early = _too_early(job, shop)
    if early > 0.0:  # the drive was short
        work.spent = Spent.EARLY
        yield early
    me.at_x, me.at_y = job.caller.x, job.caller.y
    trip.state = 3
    trip.arrived = shop.clock.now
    late = shop.clock.now - job.window_end
    job.arrived_late = max(job.arrived_late, late)
    _write(Event.ARRIVED, me, trip, shop, late)
    if _nobody_home(trip, shop):
        work.spent = Spent.FUTILE
        yield jobs.no_show_wait_min
        _leave(me, trip, shop)
        shop.customers.nobody_home(job)
        _report(me, trip, shop)
        return
    job.visits += 1
    asks = jobs.question_share + (jobs.question_if_lacking if trip.missing else 0.0)
    if fate[Draw.QUESTION] < asks:
        asked = shop.clock.now
        answer = shop.desk.ask(job, trip)
        yield answer
        waited = shop.clock.now - asked
        if waited > 0.0:
            shop.ledger.write(
                shop.clock.now, Event.SPENT + Spent.WAIT_FOR_DESK, job=job.id, person=me.id, detail=waited
            )
        if answer.alone:
            work.spent = Spent.ALONE
            yield shop.scenario.desk.alone_min
    plan = shop.plan.jobs[job.type]
    work.spent = Spent.ON_SITE
    minutes = plan.work(fate[Draw.WORK]) * (jobs.return_work_share if trip.n > 0 else 1.0) / me.work_speed
    yield minutes
    if trip.n == 0:
        _quote(me, job, shop)
    work.spent = Spent.PAPERWORK
    yield shop.plan.paperwork(fate[Draw.PAPERWORK]) / me.work_speed
    _write(Event.WORK_DONE, me, trip, shop, minutes)
    _leave(me, trip, shop)
    if _must_return(me, trip, shop):
        _write(Event.RETURN_NEEDED, me, trip, shop)
        job.missing &= 1 << Missing.PAYMENT  # what else was missing has been seen on site
        shop.desk.second_visit(job)
    else:
        job.served = True
        shop.slots.release(job)
        shop.accounts.served(job)
    _report(me, trip, shop)


def _leave(me: Person, trip: Visit, shop: Shop) -> None:
    trip.state = 4
    trip.done = shop.clock.now
    trip.job.visit = None


def _nobody_home(trip: Visit, shop: Shop) -> bool:
    jobs, job = shop.scenario.jobs, trip.job
    share = jobs.no_show_share * (jobs.confirmed_no_show_factor if job.confirmed else 1.0)
    return job.absent or (trip.n == 0 and not job.missed_once and trip.fate[Draw.NO_SHOW] < share)


def _must_return(me: Person, trip: Visit, shop: Shop) -> bool:
    jobs = shop.scenario.jobs
    if trip.n >= 2:
        return False
    chance = jobs.return_share / me.skill + (jobs.return_if_lacking if trip.missing & _EQUIPMENT_OR_NEED else 0.0)
    return trip.fate[Draw.RETURN] < chance


def _quote(me: Person, job: Job, shop: Shop) -> None:
    """A replacement is quoted on some visits."""
    caller = job.caller
    demand = shop.demand
    if not demand.quoted(caller, shop.plan.jobs[job.type].settings.quote_share):
        return
    job.quote = demand.quote(caller)
    job.quote_open = True
    shop.ledger.write(shop.clock.now, Event.QUOTED, caller.id, -1, job.id, person=me.id, detail=job.quote)
    shop.accounts.decide_on_site(job, me)


def _report(me: Person, trip: Visit, shop: Shop) -> None:
    """Tell the desk; dropped, the job stays open and the technician looks busy."""
    to_self = Hat.DISPATCHER in me.worn
    baton = shop.batons.make(Handoff.REPORT, trip.job, me, trip)
    if shop.batons.pass_on(baton, to_self, 1.0):
        shop.desk.report_in(baton)


def _write(event: Event, me: Person, trip: Visit, shop: Shop, detail: float = 0.0) -> None:
    job = trip.job
    shop.ledger.write(shop.clock.now, event, job.caller.id, -1, job.id, trip.id, person=me.id, detail=detail)
