"""The customers: they ring, wait, ring again, are forgotten and say so, call it off, pay, and send others."""

from __future__ import annotations

from array import array

from sim.agents import csr
from sim.relay import (
    DAY_MIN,
    Baton,
    Call,
    Caller,
    Channel,
    End,
    Event,
    Handoff,
    Job,
    Kind,
    Loss,
    Outcome,
    Work,
)
from sim.shop.callers import redial_chance
from sim.shop.jobs import cancel_chance
from sim.shop.satisfaction import satisfaction, sends_another
from sim.streams import BATON_COLUMNS, Address, BatonDraw, Draw
from sim.world.clock import Due, Turn
from sim.world.person import Person
from sim.world.phones import CAUSE
from sim.world.shop import Shop

_STATUS, _COMPLAINT, _CHANGE, _BILLING = range(4)
_MORNING_MIN = 180.0  # who decided while the phones were closed rings within the first hours of the day
_KEPT_WAITING_MIN = 120.0  # a customer who has been told waits so much longer before ringing again
_OUTBOUND_PATIENCE_DAYS = 90.0  # after so long nobody writes a bill any more


class Customers:
    """Everybody who rings, and what they do next."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.calls = shop.scenario.calls
        self._today: list[Caller] = []
        self._next = 0
        index = shop.plan.call_index
        names = (self.calls.status, self.calls.complaint, self.calls.change, self.calls.billing)
        self._types = [index.get(name, -1) for name in names]

    # ---- needs are born -----------------------------------------------------------------------------------------
    def open_day(self, day: int) -> None:
        """The needs of a day; one of them at a time waits in the clock."""
        self._today = self.shop.demand.day(day)
        self._next = 0
        self._wait_for_next()

    def _wait_for_next(self) -> None:
        if self._next < len(self._today):
            caller = self._today[self._next]
            self._next += 1
            self.shop.clock.push(caller.born, Turn.ARRIVAL, self._born, caller)

    def _born(self, due: Due) -> None:
        caller: Caller = due.arg
        self._wait_for_next()
        self.shop.books.enter(caller)
        kind = self.shop.plan.calls[caller.type].settings
        if kind.web_share > 0.0 and caller.fate[Draw.WEB] < kind.web_share:
            self.shop.ledger.write(self.shop.clock.now, Event.LEAD_BY_WEB, caller.id, detail=caller.type)
            self._missed_for_the_first_time(caller)
            self.to_call_back(caller)
        else:
            self.shop.phones.dial(caller, caller.type, caller.fate, 0)

    def _missed_for_the_first_time(self, caller: Caller) -> None:
        if caller.missed_at < 0.0:
            caller.missed_at = self.shop.clock.now
            if caller.job_type >= 0:
                caller.competitor_at = self.shop.demand.competitor_at(caller, self.shop.clock.now)

    # ---- an attempt has ended -----------------------------------------------------------------------------------
    def hung_up(self, call: Call, outcome: Outcome, row: int) -> None:
        """What the customer does after an attempt."""
        caller = call.caller
        if outcome in CAUSE:
            if call.purpose_job is not None:
                self._not_heard(call, row)
            else:
                self._missed(call, outcome, row)
        elif outcome is Outcome.ANSWERING_SERVICE and call.purpose_job is not None:
            self._not_heard_about(call.purpose_job, self._about(call), call.baton)
        elif outcome is Outcome.RESOLVED and call.purpose_job is None:
            self.shop.books.settle(caller, Loss.NO_RAPPORT)

    def _missed(self, call: Call, outcome: Outcome, row: int) -> None:
        """Nobody spoke with them: they redial, are rung back, or are gone."""
        caller = call.caller
        cause = CAUSE[outcome]
        if caller.settled:
            return
        self.shop.books.failed(caller, cause)
        self._missed_for_the_first_time(caller)
        if outcome is Outcome.VOICEMAIL:
            self.to_call_back(caller)
            return
        redials = self._redials(call, row)  # which the shop cannot know: it notes every number that it has
        if self._noted(call):
            self.to_call_back(caller)
        elif not redials:
            self.lost(caller, cause)

    def _noted(self, call: Call) -> bool:
        """Whether the shop will ring back a lead that it has missed: once, if it has the number."""
        caller, phones = call.caller, self.shop.scenario.phones
        if caller.noted or caller.job_type < 0 or not phones.call_back_missed:
            return False
        return call.fate[Draw.MESSAGE] < phones.caller_id

    def _redials(self, call: Call, row: int) -> bool:
        """Whether they try again; a competitor may have them before that."""
        shop, caller = self.shop, call.caller
        plan = shop.plan.calls[call.type]
        minute = call.arrived % DAY_MIN
        chance = redial_chance(plan.settings.redial_chance, call.attempt, plan.redial_factor(minute))
        if chance <= 0.0 or call.fate[Draw.REDIAL] >= chance:
            return False
        delay = plan.redial_delay(minute)(call.fate[Draw.REDIAL_DELAY])
        at = shop.clock.now + delay
        opens = shop.plan.next_open(at)
        if at < opens:
            at = opens + delay  # who meets closed phones tries so long after they open
        shop.ledger.write(
            shop.clock.now, Event.REDIAL_PLANNED, caller.id, call.id, cause=row, detail=at - shop.clock.now
        )
        caller.pending += 1
        if at >= caller.competitor_at and call.purpose_job is None:
            shop.clock.at(caller.competitor_at, Turn.TIMEOUT, self._gone, caller)
        else:
            shop.clock.at(at, Turn.ARRIVAL, self._redial, (call, row))
        return True

    def _redial(self, due: Due) -> None:
        call, row = due.arg
        caller: Caller = call.caller
        caller.pending -= 1
        job: Job | None = call.purpose_job
        if self._no_need(caller) if job is None else self._settled(job, call):
            return
        if self.shop.closing_down:
            return
        attempt = call.attempt + 1
        if job is None:
            fate = self.shop.streams.row(Address.ATTEMPT, caller.key, attempt)
        else:
            fate = self._fate_about(job, call.type, job.status_calls, attempt)
        if self.shop.plan.calls[call.type].settings.redial_draws == "same":  # but not whether they try once more
            fate = call.fate[: Draw.REDIAL] + fate[Draw.REDIAL : Draw.ROUTE] + call.fate[Draw.ROUTE :]
        self.shop.phones.dial(caller, call.type, fate, attempt, job, row, call.baton)

    @staticmethod
    def _no_need(caller: Caller) -> bool:
        """Whether the matter is over, or the shop has just rung them."""
        return caller.settled or caller.job is not None or caller.on_line

    def _gone(self, due: Due) -> None:
        caller: Caller = due.arg
        caller.pending -= 1
        if caller.pending <= 0:  # else whoever rings them back will hear of it
            self.to_competitor(caller)

    def to_competitor(self, caller: Caller) -> None:
        """Somebody else has the customer: lost to whatever went wrong last."""
        if caller.settled or caller.job is not None:
            return
        self.shop.ledger.write(self.shop.clock.now, Event.LOST_TO_COMPETITOR, caller.id)
        self.shop.books.settle(caller, Loss(caller.last_cause if caller.last_cause >= 0 else Loss.VOICEMAIL))

    def lost(self, caller: Caller, cause: Loss) -> None:
        """Nobody will reach them any more, unless something is still pending."""
        if caller.pending <= 0 and caller.job is None and not caller.on_line:
            self.shop.books.settle(caller, cause)

    def to_call_back(self, caller: Caller) -> None:
        """A note to ring them back."""
        shop = self.shop
        caller.pending += 1
        caller.noted = True
        shop.trays.put(Work(Kind.CALL_BACK, shop.clock.now, shop.count(), caller=caller))

    def served_outside(self, call: Call) -> None:
        """The answering service spoke with them: it books some leads, worse than we would."""
        shop, caller = self.shop, call.caller
        if call.purpose_job is not None or caller.settled or caller.job is not None:
            return
        plan = shop.plan.calls[call.type]
        factor = shop.scenario.phones.answering_service.booking_factor
        job, cause = csr.offer(None, caller, plan, shop, factor)
        if job is not None:
            shop.ledger.write(shop.clock.now, Event.BOOKED, caller.id, call.id, job.id, detail=job.type)
            baton = job.booking
            assert baton is not None
            if shop.batons.pass_on(baton, False, 1.0):
                csr.take_over_gaps(job, baton.missing)
                shop.desk.new_booking(job, None)
        else:
            shop.books.settle(caller, Loss(cause) if cause >= 0 else Loss.NO_RAPPORT)

    # ---- a booked customer --------------------------------------------------------------------------------------
    def booked(self, job: Job) -> None:
        """They wait for the day; some call it off before."""
        shop = self.shop
        fate = job.caller.fate
        ahead = max(0.0, job.window_start - shop.clock.now)
        if fate[Draw.CANCEL] < cancel_chance(ahead / DAY_MIN, shop.scenario.jobs):
            span = ahead or max(
                0.0, job.window_end - shop.clock.now
            )  # nobody calls off what they booked in the same breath
            decides = shop.clock.now + span * fate[Draw.CANCEL_WHEN]
            at = shop.plan.next_open(decides)
            if at > decides:
                at += _MORNING_MIN * fate[Draw.CANCEL_WHEN]
            shop.clock.at(at, Turn.ARRIVAL, self._calls_off, job)
        if job.day == shop.today:
            self.expect(job)

    def _calls_off(self, due: Due) -> None:
        job: Job = due.arg
        if job.ended < 0 and not job.served and (job.visit is None or job.visit.state < 2):
            job.absent = True
            self._ring_about(job, _CHANGE)

    def expect(self, job: Job) -> None:
        """From the window's end on they wonder; after their patience they ring."""
        shop = self.shop
        patience = shop.plan.status_patience(job.caller.fate[Draw.STATUS_PATIENCE])
        shop.clock.at(job.window_end + patience, Turn.TIMEOUT, self._wonders, job, job.version)

    def told(self, job: Job, until: float) -> None:
        """They have the word: they wait until then, and their patience on top."""
        job.told = True
        job.version += 1
        if until >= job.window_end and job.day > self.shop.today:
            return  # they wait for that day, whose morning has them expect it
        patience = self.shop.plan.status_patience(job.caller.fate[Draw.STATUS_PATIENCE])
        self.shop.clock.at(until + patience, Turn.TIMEOUT, self._wonders, job, job.version)

    def _wonders(self, due: Due) -> None:
        """The window is over and nobody came: ring, or give up."""
        job: Job = due.arg
        if job.ended >= 0 or job.version != due.number or job.served or self.shop.closing_down:
            return
        visit = job.visit
        if visit is not None and visit.state in (2, 3):
            return  # on the way or there
        if job.absent:
            self.nobody_home(job)
            return
        self._forgotten(job)
        booking = job.booking
        if booking is not None and booking in self.shop.batons.lying:
            self._left_out(job, booking)
        elif job.status_calls >= self.shop.scenario.desk.gives_up_after_calls:
            self.end(job, End.CANCELLED, Loss.CANCELLED)
        elif not self._rings_about_update(job):
            self._wait_again(job)
        else:
            job.status_calls += 1
            job.caller.status_calls += 1
            self._ring_about(job, _STATUS)

    def _rings_about_update(self, job: Job) -> bool:
        """Who was told to expect a word rings for certain; of the others most do (the channel's chance)."""
        if job.status_calls > 0 or job.expectations_set:
            return True
        notices: float = self.shop.batons.hands[Handoff.UPDATE].customer_notices
        return job.caller.fate[Draw.BATON + BATON_COLUMNS * Handoff.UPDATE + BatonDraw.CHANNEL] < notices

    def _wait_again(self, job: Job) -> None:
        job.status_calls += 1
        self.told(job, self.shop.clock.now + _KEPT_WAITING_MIN)
        job.told = False

    def _forgotten(self, job: Job) -> None:
        """Nobody told them anything: the promise is broken."""
        if not job.told and not job.promise_broken:
            job.promise_broken = True
            job.caller.forgotten = True
            self.shop.ledger.write(self.shop.clock.now, Event.FORGOTTEN, job.caller.id, -1, job.id)
        job.told = False

    def _left_out(self, job: Job, booking: Baton) -> None:
        """The booking never reached the desk: they ring "you forgot me", or go to somebody else in silence."""
        u = self.shop.batons.draws(booking)[BatonDraw.CHANNEL]
        if u < self.shop.batons.hands[Handoff.BOOKING].customer_notices:
            self._ring_about(job, _COMPLAINT, booking)
        else:
            self.shop.batons.never(booking)
            job.lost_by = Handoff.BOOKING
            self.end(job, End.LOST_BATON, Loss.LOST_BATON)

    # ---- calls about a job --------------------------------------------------------------------------------------
    def _fate_about(self, job: Job, type_: int, n: int, attempt: int) -> array[float]:
        serial = 1 << 32 | type_ << 20 | (n & 0xFF) << 8 | attempt & 0xFF
        return self.shop.streams.row(Address.ATTEMPT, job.caller.key, serial)

    def _ring_about(self, job: Job, what: int, baton: Baton | None = None) -> None:
        type_ = self._types[what]
        if type_ < 0:  # the scenario has no such calls: the matter settles itself
            self._not_heard_about(job, what, baton)
            return
        at = self.shop.plan.next_open(self.shop.clock.now)
        if at > self.shop.clock.now:
            self.shop.clock.at(at, Turn.ARRIVAL, self._rings_in_the_morning, (job, what, baton), job.version)
            return
        fate = self._fate_about(job, type_, job.status_calls, 0)
        self.shop.phones.dial(job.caller, type_, fate, 0, job, baton=baton)

    def _rings_in_the_morning(self, due: Due) -> None:
        job, what, baton = due.arg
        if what == _STATUS and job.version != due.number:  # somebody has told them since
            job.status_calls -= 1
            return
        if job.ended < 0 and not self.shop.closing_down and (not job.served or what == _BILLING):
            self._ring_about(job, what, baton)

    def _not_heard(self, call: Call, row: int) -> None:
        """A call about a job was not answered."""
        job = call.purpose_job
        assert job is not None
        if not self._settled(job, call) and not self._redials(call, row):
            self._not_heard_about(job, self._about(call), call.baton)

    def _about(self, call: Call) -> int:
        """What a call about a job wants; one that was transferred to another type wants to know how it stands."""
        return self._types.index(call.type) if call.type in self._types else _STATUS

    def _settled(self, job: Job, call: Call) -> bool:
        """Whether the matter is over: the job has ended, or it was served and there is no bill to ask for."""
        return job.ended >= 0 or (job.served and self._about(call) != _BILLING)

    def _not_heard_about(self, job: Job, what: int, baton: Baton | None = None) -> None:
        if what == _STATUS:
            self.told(job, self.shop.clock.now)  # their patience starts anew
            job.told = False
        elif what == _COMPLAINT and not self.helped(job):
            if baton is not None:
                self.shop.batons.never(baton)
                job.lost_by = baton.handoff
            self.end(job, End.LOST_BATON, Loss.LOST_BATON)
        elif what == _BILLING and baton is not None:
            self.never_asks(baton)  # they do not try again

    def spoke(self, person: Person, call: Call) -> None:
        """Somebody spoke with them about their job."""
        job = call.purpose_job
        assert job is not None
        if self._settled(job, call):
            return
        what = self._about(call)
        if what == _STATUS:
            self._heard_status(job)
        elif what == _COMPLAINT:
            self._heard_complaint(person, call, job)
        elif what == _CHANGE:
            self.called_off(job)
        elif what == _BILLING and call.baton is not None:
            self.shop.desk.noticed(call.baton, Channel.CUSTOMER)

    def _heard_status(self, job: Job) -> None:
        """Where is my technician? Now they know."""
        if job.lost_update is not None:
            self.shop.batons.found(job.lost_update, Channel.CUSTOMER)
        to_come = job.window_end > self.shop.clock.now
        self.told(job, job.window_end if to_come else self.shop.clock.now + _KEPT_WAITING_MIN)

    def _heard_complaint(self, person: Person, call: Call, job: Job) -> None:
        """You forgot me! A good host defuses it; else it goes to the manager."""
        if call.baton is not None:
            self.shop.batons.found(call.baton, Channel.CUSTOMER)
        defused = self.shop.scenario.satisfaction.defused_by_rapport * person.rapport
        if call.fate[Draw.COMPLAINT] < defused:
            self.make_good(job, person)
        else:
            shop = self.shop
            shop.trays.put(Work(Kind.COMPLAINT, shop.clock.now, shop.count(), call=call, job=job))

    @staticmethod
    def helped(job: Job) -> bool:
        """Whether a complaint has been overtaken: the job is over, or somebody is on the way or there."""
        return job.ended >= 0 or job.served or (job.visit is not None and job.visit.state in (2, 3))

    def make_good(self, job: Job, person: Person) -> None:
        """A forgotten customer stays: the first slot there is, and this time it is on the board."""
        if self.helped(job):
            return
        job.version += 1
        if self.shop.desk.rebook(job, self.shop.today):
            self.shop.desk.new_booking(job, None)
        else:
            self.end(job, End.CANCELLED, Loss.NO_SLOT)

    def called_off(self, job: Job) -> None:
        """They cannot make it: another day, or not at all."""
        if job.served or (job.visit is not None and job.visit.state >= 2):
            return
        if job.caller.fate[Draw.REBOOK] < self.shop.scenario.jobs.rebook_share and self.shop.desk.rebook(
            job, self.shop.today + 1
        ):
            job.absent = False
            if not job.seen and job.booking is not None and self.shop.batons.found(job.booking, Channel.CUSTOMER):
                self.shop.desk.new_booking(job, None)
        else:
            self.end(job, End.CANCELLED, Loss.CANCELLED)

    def nobody_home(self, job: Job) -> None:
        """Nobody was there: some ring for another day, the others are gone."""
        shop = self.shop
        fate = job.caller.fate
        if job.absent or fate[Draw.REBOOK] >= shop.scenario.jobs.rebook_share or job.moves > 2:
            self.end(job, End.NO_SHOW, Loss.NO_SHOW)
        elif shop.desk.rebook(job, shop.today + 1):
            job.missed_once = True
        else:
            self.end(job, End.NO_SHOW, Loss.NO_SHOW)

    def asks_about_the_bill(self, baton: Baton, delay_days: float) -> None:
        """A customer who is owed a bill asks for it one day."""
        self.shop.clock.after(delay_days * DAY_MIN, Turn.TIMEOUT, self._asks, baton)

    def _asks(self, due: Due) -> None:
        baton: Baton = due.arg
        if baton in self.shop.batons.lying and baton.job.ended < 0 and not self.shop.closing_down:
            self._ring_about(baton.job, _BILLING, baton)

    def never_asks(self, baton: Baton) -> None:
        """Nobody asks: after a quarter of a year nobody will."""
        self.shop.clock.after(_OUTBOUND_PATIENCE_DAYS * DAY_MIN, Turn.TIMEOUT, self._written_off, baton)

    def _written_off(self, due: Due) -> None:
        baton: Baton = due.arg
        if baton in self.shop.batons.lying and baton.job.ended < 0:
            self.shop.batons.never(baton)
            self.shop.desk.never_billed(baton.job, baton.handoff)

    # ---- the end ------------------------------------------------------------------------------------------------
    def end(self, job: Job, end: End, cause: Loss) -> None:
        """A job ends without being served; the first irreversible event names it."""
        shop = self.shop
        if job.ended >= 0:
            return
        shop.desk.off(job)
        if job.booking is not None and job.booking in shop.batons.lying:
            cause = Loss.LOST_BATON  # a dropped baton that nobody repaired takes the money
        job.ended = end
        shop.ledger.write(shop.clock.now, Event.JOB_ENDED, job.caller.id, -1, job.id, detail=end)
        shop.books.settle(job.caller, cause)
        if job.booking is not None and job.booking in shop.batons.lying:
            shop.batons.never(job.booking)

    def think_of_it(self, job: Job) -> None:
        """What they think in the end, and whether they send another."""
        shop, caller = self.shop, job.caller
        weights = shop.scenario.satisfaction
        happy = satisfaction(
            forgotten=caller.forgotten, broken_promise=job.promise_broken and job.expectations_set,
            late_h=job.arrived_late / 60.0, waited_min=caller.waited, visits=job.visits, weights=weights,
        )  # fmt: skip
        shop.ledger.write(shop.clock.now, Event.SATISFIED, caller.id, -1, job.id, detail=happy)
        if sends_another(caller.fate[Draw.REFERRAL], happy, weights):
            delay = shop.plan.referral_days(caller.fate[Draw.REFERRAL_DELAY]) * DAY_MIN
            at = shop.plan.next_open(shop.clock.now + delay) + delay % _MORNING_MIN
            if at < shop.horizon:
                child = shop.demand.child(caller, 1, caller.type, shop.clock.snapped(at))
                shop.clock.at(at, Turn.ARRIVAL, self._referred, child)

    def _referred(self, due: Due) -> None:
        child: Caller = due.arg
        if self.shop.closing_down:
            return
        child.born = self.shop.clock.now
        self.shop.books.enter(child)
        self.shop.ledger.write(self.shop.clock.now, Event.REFERRED, child.parent, detail=child.id)
        self.shop.phones.dial(child, child.type, child.fate, 0)
