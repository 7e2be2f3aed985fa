"""The dispatcher: checks bookings, assigns, briefs, keeps tabs, tells customers, takes reports, closes, looks ahead."""

from __future__ import annotations

from sim.relay import (
    DAY_MIN,
    Baton,
    Channel,
    Event,
    Fate,
    Handoff,
    Job,
    Kind,
    Missing,
    OnPhone,
    Spent,
    Visit,
    Work,
)
from sim.shop.dispatch import accepts_hole
from sim.shop.jobs import follow_up_sale_chance
from sim.streams import Draw
from sim.world.person import Person
from sim.world.shop import Shop, Steps

_TOLD_MIN = 120.0


def check(me: Person, work: Work, shop: Shop) -> Steps:
    """A new booking: read it, ring the customer about what it lacks, put it on the board."""
    job = work.job
    assert job is not None
    baton = job.booking
    if job.ended >= 0:  # called off before anybody looked
        if baton is not None:
            shop.batons.end(baton, Fate.WITHDRAWN)
        return
    if baton is not None:
        shop.batons.picked_up(baton, me)
    fate = job.caller.fate
    work.spent = Spent.DESK
    me = yield shop.plan.check(fate[Draw.CHECK_MIN]) / me.desk_speed
    if job.ended < 0 and job.missing and fate[Draw.CHECK_FINDS] < shop.scenario.desk.check_finds:
        yield from _repair(me, work, job, shop)
    if baton is not None:
        shop.batons.taken(baton, me)
    if job.ended < 0 and not job.seen:
        shop.desk.seen(job, me)


def _repair(me: Person, work: Work, job: Job, shop: Shop) -> Steps:
    """Ring the customer about what is missing."""
    work.spent = Spent.OUTBOUND
    me = yield OnPhone(shop.plan.repair(job.caller.fate[Draw.REPAIR_MIN]) / me.desk_speed)
    if job.missing & 1 << Missing.PAYMENT:
        job.payment_asked = True
    job.missing = 0


def prepare(me: Person, work: Work, shop: Shop) -> Steps:
    """A technician needs something: an answer on site, the brief that was lost, or the next job."""
    if work.answer is not None:
        yield from _answer(me, work, shop)
        return
    visit = work.visit
    work.spent = Spent.DESK
    at_once = shop.batons.hands[Handoff.BRIEF].perfect
    again = visit is not None and not at_once
    if visit is None:
        visit = _choose(me, work, me.eye, shop)
        if visit is None:
            return
        if at_once:
            _hand_brief(me, work, visit, shop)
    elif again:
        work.baton = shop.batons.make(Handoff.BRIEF, visit.job, me, visit)
    choosing = 0.0 if again else shop.plan.assign(visit.fate[Draw.ASSIGN_MIN])
    me = yield (choosing + shop.plan.brief(visit.fate[Draw.BRIEF_MIN])) / me.desk_speed
    if not at_once:
        _hand_brief(me, work, visit, shop)


def _choose(me: Person | None, work: Work, eye: float, shop: Shop) -> Visit | None:
    """The technician's next job, with its brief in hand; or there is none any more, and nobody waits for one."""
    person: Person = work.about
    job = shop.board.choose(person, shop.desk.ahead(person)) if person.present or person.expected else None
    if job is None:
        person.wants_next = None
        shop.desk.stop_waiting(person)
        return None
    visit: Visit = shop.desk.new_visit(job, person)
    visit.eye = eye
    work.job, work.visit = job, visit
    work.baton = shop.batons.make(Handoff.BRIEF, job, me, visit)
    return visit


def decide(work: Work, eye: float, shop: Shop) -> bool:
    """A perfect brief: chosen and handed over this moment; whether its minutes at the desk are still to be spent."""
    visit = _choose(None, work, eye, shop)
    if visit is not None:
        _hand_brief(None, work, visit, shop)
    return visit is not None


def _hand_brief(me: Person | None, work: Work, visit: Visit, shop: Shop) -> None:
    person: Person = visit.technician
    job = visit.job
    baton = work.baton
    assert baton is not None
    work.baton = None
    if job.ended >= 0 or job.visit is not visit or not (person.present or person.expected):
        shop.batons.end(baton, Fate.WITHDRAWN)
        person.wants_next = None
        if job.visit is visit and visit.state < 2:
            shop.desk.give_back(visit)
        shop.desk.look_again(person)
        return
    baton.sender = me
    again = work.kind is Kind.WAITING_TECHNICIAN and visit.briefed
    accuracy = 1e9 if again or me is None else me.desk_accuracy
    person.wants_next = None
    if not shop.batons.pass_on(baton, me is person, accuracy):
        visit.briefed = True  # so the desk believes
        return
    shop.batons.taken(baton, person)
    visit.briefed = True
    visit.state = 1
    visit.missing = job.missing | baton.missing
    shop.ledger.write(shop.clock.now, Event.BRIEFED, job.caller.id, -1, job.id, visit.id, baton.id, person.id)
    trip = Work(Kind.VISIT, shop.clock.now, shop.count(), job=job, visit=visit, holder=person)
    shop.trays.put(trip)
    shop.desk.prepare(person)


def _answer(me: Person, work: Work, shop: Shop) -> Steps:
    """The technician on site asks; nobody else can let them go on."""
    visit = work.visit
    assert visit is not None
    work.spent = Spent.DESK
    me = yield shop.plan.question(visit.fate[Draw.QUESTION_MIN]) / me.desk_speed
    shop.attention.give(work.answer)


def update(me: Person, work: Work, shop: Shop) -> Steps:
    """Tell a customer of a change before they ask."""
    job = work.job
    assert job is not None
    fate = job.caller.fate
    work.spent = Spent.UPDATE
    if shop.batons.hands[Handoff.UPDATE].perfect:  # the word has come already, and this is what it takes
        me = yield shop.plan.tabs(fate[Draw.TABS_MIN]) / me.desk_speed
        yield OnPhone(shop.plan.update(fate[Draw.UPDATE_MIN]) / me.desk_speed)
        return
    if _settled_itself(job, shop):
        return
    baton = work.baton = shop.batons.make(Handoff.UPDATE, job, me)
    me = yield shop.plan.tabs(fate[Draw.TABS_MIN]) / me.desk_speed
    if _settled_itself(job, shop):
        work.baton = None
        shop.batons.end(baton, Fate.WITHDRAWN)
        return
    me = yield OnPhone(shop.plan.update(fate[Draw.UPDATE_MIN]) / me.desk_speed)
    work.baton = None
    baton.sender = me
    tell(baton, me, shop)


def tell(baton: Baton, me: Person | None, shop: Shop) -> None:
    """The word is passed, and the customer waits on; or it is dropped."""
    job = baton.job
    if shop.batons.pass_on(baton, False, me.desk_accuracy if me is not None else 1.0):
        shop.batons.taken(baton, None)
        if job.ended < 0 and not job.promise_broken:
            by = me.id if me is not None else -1
            shop.ledger.write(shop.clock.now, Event.UPDATE_KEPT, job.caller.id, -1, job.id, person=by)
        if job.ended < 0:
            later = job.day > shop.today
            shop.customers.told(job, job.window_end if later else max(shop.clock.now, job.window_end) + _TOLD_MIN)


def _settled_itself(job: Job, shop: Shop) -> bool:
    return job.ended >= 0 or job.served or (job.visit is not None and job.visit.state >= 2)


def take_report(me: Person, work: Work, shop: Shop) -> Steps:
    """The technician's report: the job is done, the technician is known to be free, quotes are noted."""
    baton, visit, job = work.baton, work.visit, work.job
    assert baton is not None
    assert visit is not None
    assert job is not None
    shop.batons.picked_up(baton, me)
    work.spent = Spent.DESK
    me = yield shop.plan.report(visit.fate[Draw.REPORT_MIN]) / me.desk_speed
    if baton.missing:
        work.spent = Spent.OUTBOUND
        me = yield OnPhone(shop.plan.repair(visit.fate[Draw.REPAIR_MIN]) / me.desk_speed)
    work.baton = None
    shop.batons.taken(baton, me)
    visit.reported_to = me
    known = shop.batons.hands[Handoff.REPORT].perfect  # since it was passed
    if not known:
        shop.desk.reported(baton)
    if job.served:
        shop.desk.to_close(job, visit)
        if job.quote_open and not known:
            shop.desk.follow_up_later(job, visit)
    shop.desk.prepare(visit.technician)


def close(me: Person, work: Work, shop: Shop) -> Steps:
    """Into the books: closed if it was paid at the door, else the invoice goes out."""
    job, visit = work.job, work.visit
    assert job is not None
    assert visit is not None
    work.spent = Spent.DESK
    if shop.batons.hands[Handoff.CLOSE].perfect:  # closed already, and this is what it takes
        yield shop.plan.close(visit.fate[Draw.CLOSE_MIN]) / me.desk_speed
        return
    if job.ended >= 0:
        return
    baton = work.baton = shop.batons.make(Handoff.CLOSE, job, me, visit)
    me = yield shop.plan.close(visit.fate[Draw.CLOSE_MIN]) / me.desk_speed
    work.baton = None
    if job.ended >= 0:  # a second report of the same job has been closed first
        shop.batons.end(baton, Fate.WITHDRAWN)
        return
    again = work.n > 0
    baton.sender = me
    own = visit.reported_to is me  # else the job came from a colleague who took the report
    if not shop.batons.pass_on(baton, own, 1e9 if again else me.desk_accuracy):
        return
    shop.batons.taken(baton, me)
    shop.accounts.close(job)


def follow_up(me: Person, work: Work, shop: Shop) -> Steps:
    """Ring about a quote: the longer ago, the smaller the chance."""
    job, visit = work.job, work.visit
    assert job is not None
    assert visit is not None
    if not job.quote_open:
        return
    fate = job.caller.fate
    work.spent = Spent.OUTBOUND
    me = yield OnPhone(shop.plan.follow_up(fate[Draw.FOLLOW_UP_MIN]) / me.desk_speed)
    if not job.quote_open:
        return
    replacement = shop.scenario.jobs.replacement
    days = (shop.clock.now - visit.done) / DAY_MIN
    chance = follow_up_sale_chance(days, shop.plan.half_life(fate[Draw.SALE_HALF_LIFE]), replacement)
    shop.accounts.decide_quote(job, visit.technician, chance)


def look_ahead(me: Person, work: Work, shop: Shop) -> Steps:
    """Go through a later visit, or offer a later customer the gap of a technician who has nothing left today."""
    if work.about is not None:
        yield from _fill_hole(me, work, shop)
        return
    job = work.job
    assert job is not None
    if job.ended >= 0:
        return
    work.spent = Spent.LOOK_AHEAD
    fate = job.caller.fate
    me = yield shop.plan.look_ahead(fate[Draw.LOOK_AHEAD_MIN]) / me.desk_speed
    if job.ended >= 0:
        return
    if job.missing and fate[Draw.LOOK_AHEAD_FINDS] < shop.scenario.desk.look_ahead_finds:
        yield from _repair(me, work, job, shop)
    job.confirmed = True


def _fill_hole(me: Person, work: Work, shop: Shop) -> Steps:
    person: Person = work.about
    job = _hole_job(person, shop)
    if job is None or not _has_nothing(person):
        return
    work.job = job
    work.spent = Spent.OUTBOUND
    me = yield OnPhone(shop.plan.hole(job.caller.fate[Draw.HOLE_MIN]) / me.desk_speed)
    if job.ended < 0 and job.absent:  # now the desk hears that they cannot make it
        shop.customers.called_off(job)
    elif job.ended < 0 and job.visit is None and job.day > shop.today and _has_nothing(person):
        accepted = accepts_hole(job.caller.fate[Draw.HOLE], shop.scenario.dispatch, job.day - shop.today)
        if accepted:
            shop.desk.pull_forward(job)
    if _has_nothing(person):
        shop.desk.technician_idle(person)


def _has_nothing(person: Person) -> bool:
    return person.present and person.work is None and person.wants_next is None


def _hole_job(person: Person, shop: Shop) -> Job | None:
    """The first job of the coming days that this technician could do with what is left of today."""
    for day in range(shop.today + 1, shop.today + 6):
        waiting: dict[Job, None] = shop.slots.jobs_on.get(day, {})
        for job in waiting:
            plan = shop.plan.jobs[job.type]
            if (
                job.seen
                and not job.moves
                and job.visit is None
                and plan.trade in person.trades
                and plan.skill_level <= person.skill_level
                and shop.clock.now + job.minutes <= person.day_end
            ):
                return job
    return None


def audit(me: Person, work: Work, shop: Shop) -> Steps:
    """The evening audit: go through everything that is open, and find some of what lies about."""
    work.spent = Spent.DESK
    row = shop.attention.draw(work)
    me = yield shop.plan.audit(row[3]) / me.desk_speed
    for baton in shop.batons.audit():
        shop.desk.noticed(baton, Channel.AUDIT)
