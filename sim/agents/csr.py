"""The CSR: answers, listens, books, hangs up, wraps up, passes the baton; rings back those who were missed."""

from __future__ import annotations

from sim.relay import (
    DAY_MIN,
    Call,
    Caller,
    Event,
    Fate,
    Handoff,
    Job,
    Loss,
    Missing,
    OnPhone,
    Outcome,
    Spent,
    Work,
)
from sim.shop.callers import booking_chance
from sim.shop.phones import coldness
from sim.shop.screening import triage
from sim.streams import Draw
from sim.world.person import Person
from sim.world.plan import CallPlan
from sim.world.shop import Shop, Steps


def answer(me: Person, work: Work, shop: Shop) -> Steps:
    """One call, from the first word to the end of the wrap-up."""
    call = work.call
    assert call is not None
    plan = shop.plan.calls[call.type]
    if shop.plan.rings and (ring := shop.plan.ring_min(call.arrived % DAY_MIN)) > 0.0:
        work.spent = Spent.RING
        yield OnPhone(ring)
    shop.phones.answered(call, me)
    wants_job = plan.purpose == "lead" and call.purpose_job is None and call.caller.job_type >= 0
    call.screening = shop.orders.screening and wants_job
    declined = call.screening and not _kept(call.caller, shop)
    work.spent = Spent.TALK
    talk, wrap_up = _minutes(me, call, plan, shop)
    if call.screening:
        screening = shop.scenario.screening
        talk = talk * screening.declined_talk_share if declined else talk + screening.asks_min
    if talk > 0.0:
        yield OnPhone(talk)
    moved = plan.becomes is not None and _moves(me, call, plan.becomes(call.arrived % DAY_MIN), shop)
    job = None if moved else _conclude(me, call, plan, shop, declined)
    work.spent = Spent.WRAP_UP
    if wrap_up > 0.0:
        yield OnPhone(wrap_up)
    shop.ledger.write(shop.clock.now, Event.WRAPPED, call.caller.id, call.id, person=me.id, detail=talk + wrap_up)
    if job is not None:
        pass_booking(me, job, shop)


def _minutes(me: Person, call: Call, plan: CallPlan, shop: Shop) -> tuple[float, float]:
    """Talk and wrap-up: by type, who serves, and the time of arrival; a replayed call keeps its own talk."""
    minute = call.arrived % DAY_MIN
    talk, wrap_up = plan.talk, plan.wrap_up
    if me.own_talk:
        own = me.own_talk.get(call.type)
        if own is not None:
            talk, wrap_up = own[0] or talk, own[1] or wrap_up
    fate = call.fate
    wrapped = wrap_up(minute)(fate[Draw.WRAP_UP]) / me.phone_speed
    if call.caller.handle_min >= 0.0 and call.purpose_job is None and not call.moved:
        return call.caller.handle_min, wrapped
    return talk(minute)(fate[Draw.TALK]) / me.phone_speed, wrapped


def _moves(me: Person, call: Call, becomes: list[tuple[float, int]], shop: Shop) -> bool:
    u = call.fate[Draw.BECOMES]
    for edge, type_ in becomes:
        if u < edge:
            shop.phones.move(call, me, type_)
            return True
    return False


def _kept(caller: Caller, shop: Shop) -> bool:
    """Screening: whether this lead is taken, by its recorded tier and by the room there is."""
    screening = shop.scenario.screening
    room = shop.slots.first(caller.job_type, shop.today, screening.room_days) is not None
    return triage(screening, caller.recorded_tier, room)


def _conclude(me: Person, call: Call, plan: CallPlan, shop: Shop, declined: bool) -> Job | None:
    """What the talk comes to."""
    if plan.purpose == "lead" and call.purpose_job is None:
        if not declined:
            return _lead(me, call, plan, shop)
        _turned_down(me, call, shop, Outcome.SCREENED_OUT, Loss.SCREENED_OUT)
        return None
    if call.purpose_job is not None:
        shop.phones.hung_up(call, me, Outcome.RESOLVED, call.purpose_job)
        shop.customers.spoke(me, call)
    else:
        shop.phones.hung_up(call, me, Outcome.RESOLVED)
    return None


def _turned_down(me: Person, call: Call, shop: Shop, outcome: Outcome, cause: Loss) -> None:
    if outcome is Outcome.NOT_BOOKED:
        shop.ledger.write(shop.clock.now, Event.NOT_BOOKED, call.caller.id, call.id, person=me.id, detail=cause)
    shop.books.settle(call.caller, cause)
    shop.phones.hung_up(call, me, outcome)


def _lead(me: Person, call: Call, plan: CallPlan, shop: Shop) -> Job | None:
    """Book, or not and why."""
    cold = coldness(call.answered - call.queued, me.put_down is not None, shop.scenario.phones)
    job, cause = offer(me, call.caller, plan, shop, cold)
    if job is None:
        if cause < 0:
            shop.phones.hung_up(call, me, Outcome.RESOLVED)
        else:
            _turned_down(me, call, shop, Outcome.NOT_BOOKED, Loss(cause))
        return None
    shop.ledger.write(shop.clock.now, Event.BOOKED, call.caller.id, call.id, job.id, person=me.id, detail=job.type)
    shop.phones.hung_up(call, me, Outcome.BOOKED, job)
    return job


def offer(me: Person | None, caller: Caller, plan: CallPlan, shop: Shop, cold: float) -> tuple[Job | None, int]:
    """Win the lead and find it a slot within what it would wait; or the cause why not (-1: nothing to book)."""
    if caller.job_type < 0:
        return None, -1
    kind = plan.settings
    because = Loss.SHOPPER if kind.not_booked_because == "shopper" else Loss.NO_RAPPORT
    if not caller.winnable:
        return None, because
    rapport = me.rapport if me is not None else 1.0
    u = caller.fate[Draw.BOOK]
    if u >= booking_chance(kind.booked_share, kind.best_share, rapport, cold):
        warm = booking_chance(kind.booked_share, kind.best_share, rapport, 1.0)
        return None, Loss.PUT_OFF_BY_WAIT if u < warm and me is not None else because
    tolerance = shop.plan.jobs[caller.job_type].tolerance(caller.fate[Draw.TOLERANCE])
    slot = shop.slots.first(caller.job_type, shop.today, int(tolerance))
    if slot is None:
        return None, Loss.NO_SLOT
    return _booked(me, caller, slot, shop), -1


def _booked(me: Person | None, caller: Caller, slot: tuple[int, int], shop: Shop) -> Job:
    handoffs = shop.scenario.handoffs
    fate = caller.fate
    day, window = slot
    job = Job(
        shop.count(),
        caller,
        caller.job_type,
        shop.clock.now,
        day,
        window,
        0.0,
        0.0,
        shop.plan.jobs[caller.job_type].minutes,
    )
    job.expectations_set = fate[Draw.EXPECTATIONS] < handoffs.expectations_share
    if fate[Draw.NAMED] < handoffs.names_technician_share:
        job.named_technician = shop.desk.name_technician(job, fate[Draw.NAMED] / handoffs.names_technician_share)
    caller.job = job
    shop.slots.hold(job, day, window)
    job.booking = shop.batons.make(Handoff.BOOKING, job, me)
    shop.customers.booked(job)
    return job


def pass_booking(me: Person, job: Job, shop: Shop) -> None:
    """After wrap-up the booking goes to the desk: to oneself if one wears that hat too, else to whoever does."""
    to_self = shop.desk.wears_desk(me)
    baton = job.booking
    assert baton is not None
    if job.ended >= 0:
        shop.batons.end(baton, Fate.WITHDRAWN)
        return
    if shop.batons.pass_on(baton, to_self, me.phone_accuracy):
        take_over_gaps(job, baton.missing)
        shop.desk.new_booking(job, me if to_self else None)
    if to_self and not me.focus_interrupted:
        me.stay_with = job


def take_over_gaps(job: Job, missing: int) -> None:
    """What the booking lacks is missing from the job until somebody mends it."""
    job.missing |= missing
    if missing & 1 << Missing.PAYMENT:
        job.payment_asked = False


def _no_longer_open(caller: Caller) -> bool:
    """Somebody else has dealt with it in the meantime."""
    return caller.settled or caller.job is not None


def call_back(me: Person, work: Work, shop: Shop) -> Steps:
    """Ring a customer who was missed, left a message or came by web."""
    caller = work.caller
    assert caller is not None
    if _no_longer_open(caller):
        return
    if caller.on_line:  # they are trying themselves; if in vain, their number will be noted again
        caller.pending -= 1
        caller.noted = False
        return
    phones = shop.scenario.phones
    u = caller.fate[Draw.CALL_BACK_REACHED]
    reached = u < phones.call_back_reached
    caller.on_line = reached
    work.spent = Spent.CALL_BACK
    minutes = shop.plan.call_back(caller.fate[Draw.CALL_BACK_MIN]) / me.phone_speed if reached else 0.5
    yield OnPhone(minutes)
    caller.on_line = caller.on_line and not reached
    caller.pending -= 1
    shop.ledger.write(shop.clock.now, Event.CALLED_BACK, caller.id, person=me.id, detail=minutes)
    if _no_longer_open(caller):
        return
    if not reached:
        shop.customers.lost(caller, Loss(caller.last_cause if caller.last_cause >= 0 else Loss.VOICEMAIL))
        return
    if shop.clock.now >= caller.competitor_at:
        shop.customers.to_competitor(caller)
        return
    job, cause = offer(me, caller, shop.plan.calls[caller.type], shop, 1.0)
    if job is None:
        if cause >= 0:
            shop.ledger.write(shop.clock.now, Event.NOT_BOOKED, caller.id, person=me.id, detail=cause)
            shop.books.settle(caller, Loss(cause))
        return
    shop.ledger.write(shop.clock.now, Event.BOOKED, caller.id, -1, job.id, person=me.id, detail=job.type)
    pass_booking(me, job, shop)


def side(me: Person, work: Work, shop: Shop) -> Steps:
    """A piece of office work."""
    work.spent = Spent.SIDE
    yield work.minutes
