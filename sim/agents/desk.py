"""The desk: what it knows, what it is asked, and what then lies in its trays. Who does it is decided by hats alone."""

from __future__ import annotations

import math
from array import array
from statistics import fmean

from sim.agents import dispatcher
from sim.relay import (
    DAY_MIN,
    Answer,
    Baton,
    Channel,
    End,
    Event,
    Handoff,
    Hat,
    Job,
    Kind,
    Loss,
    Visit,
    Work,
)
from sim.shop.duties import pieces
from sim.shop.jobs import mean_travel_min
from sim.streams import VISIT_START, VISIT_WIDTH, Address, BatonDraw
from sim.world.clock import Due, Turn
from sim.world.person import Person
from sim.world.shop import Shop

_AHEAD_MIN = 120.0  # a technician under way is thought to be free again within so long
_HOLES_TRIED = 3
_OF_THE_ROOT: array[float] = array("d", [0.0] * VISIT_START)  # columns that a later visit's row does not have


class Desk:
    """Bookings come in, technicians get jobs, customers get words, jobs get closed."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.clock = shop.clock
        self.settings = shop.scenario.desk
        self.dispatch = shop.scenario.dispatch
        self.technicians = [p for p in shop.people if Hat.TECHNICIAN in p.hats]
        self._holes: dict[int, int] = {}
        self._briefed: dict[Person, float] = {}  # when each was last briefed at once
        self._visits = 0
        self._early = self.dispatch.early_start_min + mean_travel_min(shop.scenario.jobs)
        self._look_ahead: list[Work] = []
        self._side: list[Work] = []
        self._meetings: list[Work] = []
        self._audit: Work | None = None

    # ---- the day ------------------------------------------------------------------------------------------------
    def open_day(self, day: int) -> None:
        """What the morning finds: the day's jobs, duties, meetings, and the moments at which the desk must look."""
        shop = self.shop
        midnight = day * DAY_MIN
        shop.slots.refresh(day)
        shop.slots.forget(day - 2)
        self._lay_out_duties(day, midnight)
        if not shop.plan.jobs:
            return
        for job in list(shop.slots.jobs_on.get(day, ())):
            self._today(job)
            shop.customers.expect(job)
        at = shop.clock.at
        for start, _ in shop.slots.windows:
            moment = midnight + start - self._early
            if moment > midnight:
                at(moment, Turn.PRESENCE, self._window_opens)
        working = [p.shift.end for p in self.technicians if p.shift is not None]
        if working:
            at(midnight + max(working), Turn.ARRIVAL, self._evening, day)
        if self.settings.audit and self._worked(day):
            at(midnight + self.settings.audit_at, Turn.PRESENCE, self._audit_due)
        if self.settings.look_ahead and self._worked(day):
            at(midnight + self.settings.look_ahead_at, Turn.PRESENCE, self._look_ahead_due, day)

    def _worked(self, day: int) -> bool:
        return self.shop.scenario.phones.days[self.shop.plan.weekday(day)]

    def _lay_out_duties(self, day: int, midnight: float) -> None:
        duties = self.shop.scenario.duties
        for work in self._side:
            if not work.begun and not work.withdrawn:
                self.shop.ledger.write(self.clock.now, Event.DUTY_UNDONE, detail=work.minutes)
                self.shop.trays.withdraw(work)
        for work in self._meetings:  # a meeting that was missed is not made up for
            self.shop.trays.withdraw(work)
        self._side, self._meetings = [], []
        if not self._worked(day):
            return
        if duties.minutes_per_day > 0.0:
            self.clock.at(midnight + duties.start, Turn.PRESENCE, self._duties_due)
        meetings = pieces(duties.meetings_min_per_day, duties.meeting_min) if self.shop.manager.exists else []
        for n, minutes in enumerate(meetings):
            moment = midnight + duties.start + 60.0 + n * (420.0 / len(meetings))
            self.clock.at(moment, Turn.PRESENCE, self._meeting_due, (minutes, n))

    def _duties_due(self, due: Due) -> None:
        duties = self.shop.scenario.duties
        for n, minutes in enumerate(pieces(duties.minutes_per_day, duties.piece_min)):
            work = self._work(Kind.SIDE)
            work.minutes, work.n = minutes, n
            self._side.append(work)
            self.shop.trays.put(work)

    def _meeting_due(self, due: Due) -> None:
        work = self._work(Kind.MEETING)
        work.minutes, work.n = due.arg
        self._meetings.append(work)
        self.shop.trays.put(work)

    def _audit_due(self, due: Due) -> None:
        if self._audit is not None:  # one audit goes through everything, however many evenings were missed
            self.shop.trays.withdraw(self._audit)
        self._audit = self._work(Kind.AUDIT)
        self.shop.trays.put(self._audit)

    def _work(self, kind: Kind, job: Job | None = None, baton: Baton | None = None) -> Work:
        return Work(kind, self.clock.now, self.shop.count(), job=job, baton=baton)

    def _perfect(self, handoff: Handoff) -> bool:
        perfect: bool = self.shop.batons.hands[handoff].perfect
        return perfect

    # ---- bookings -----------------------------------------------------------------------------------------------
    def wears_desk(self, person: Person) -> bool:
        """Whether the person would be handing the booking to themselves."""
        return Hat.DISPATCHER in person.worn

    def new_booking(self, job: Job, holder: Person | None) -> None:
        """A booking lies in the tray; a perfect one is on the board at once, and checked later."""
        if self._perfect(Handoff.BOOKING) and not job.seen:
            self.shop.batons.taken(job.booking, None)
            self.seen(job, None)
        work = self._work(Kind.NEW_BOOKING, job, job.booking)
        work.n = job.moves
        work.holder = holder
        self.shop.trays.put(work)

    def seen(self, job: Job, person: Person | None) -> None:
        """The booking has been checked (or needs no check for it): the job is on the board."""
        shop = self.shop
        job.seen = True
        by = person.id if person is not None else -1
        shop.ledger.write(shop.clock.now, Event.ON_BOARD, job.caller.id, -1, job.id, person=by)
        if job.day <= shop.today:
            self._today(job)

    def _today(self, job: Job) -> None:
        """A job of today, seen: on the board, watched, and offered to whoever has nothing to do."""
        shop = self.shop
        if not job.seen or job.ended >= 0 or job.visit is not None:
            return
        shop.board.add(job)
        if self.settings.keeps_tabs and job.watched != job.moves:
            job.watched = job.moves  # once a promise, however often the job comes back to the board
            moment = max(job.window_end - self.settings.warn_before_min, shop.clock.now)
            shop.clock.at(moment, Turn.TIMEOUT, self._check_late, job, job.moves)
        self._offer(job)

    def _offer(self, job: Job) -> None:
        """Wake one technician who has nothing to do and could take it; the longest idle one."""
        chosen: Person | None = None
        trade = self.shop.plan.jobs[job.type].trade
        if not self.shop.board.startable(job):
            return
        for team in self.shop.trays.teams_for[Kind.VISIT]:
            for person in team.idle:
                if trade not in person.trades:
                    break  # a team has one group's trades
                if person.wants_next is None and self.shop.board.eligible(person, job):
                    if chosen is None or person.idle_since < chosen.idle_since:
                        chosen = person
                    break
        if chosen is not None:
            self.technician_idle(chosen)

    def name_technician(self, job: Job, u: float) -> Person | None:
        """A CSR promises somebody by name: any who has the trade."""
        trade = self.shop.plan.jobs[job.type]
        able = [p for p in self.technicians if trade.trade in p.trades and p.skill_level >= trade.skill_level]
        return able[int(u * len(able)) % len(able)] if able else None

    # ---- technicians --------------------------------------------------------------------------------------------
    def technician_expected(self, person: Person) -> None:
        """A technician will work today: the desk plans their first job before they come."""
        self._clean_slate(person)
        moment = person.day_start - self.dispatch.morning_plan_min
        self.clock.at(moment, Turn.PRESENCE, self._plan_morning, person)

    def _plan_morning(self, due: Due) -> None:
        person: Person = due.arg
        planned = not person.expected or person.wants_next is not None or person.known_open > 0
        if not planned and self.shop.board.any_for(person, self.ahead(person)):
            self._ask_for(person, Kind.BRIEF)

    def technician_came(self, person: Person) -> None:
        """A technician is here; whoever was not planned for begins with nothing."""
        if not person.expected:
            self._clean_slate(person)

    def _clean_slate(self, person: Person) -> None:
        person.known_open = 0
        for baton in person.lost_reports:  # not thought of until the next day: it is left to others
            self._someone_may_ask(baton, 7.0)
        person.lost_reports = []
        person.lost_brief = None
        person.at_x = person.at_y = 0.0
        self._holes[person.id] = 0

    def technician_idle(self, person: Person) -> None:
        """A technician has nothing in hand. If there is something for them, they wait for the desk from now on."""
        if person.visiting is not None or not person.present or person.next_own(Kind.VISIT) is not None:
            return
        if person.lost_brief is not None:
            self._wait_for_desk(person)
            self._technician_notices(person.lost_brief, person)
            return
        if person.lost_reports:
            self._wait_for_desk(person)
            self._technician_notices(person.lost_reports[0], person)
            return
        pending = person.wants_next
        if pending is not None:
            self._wait_for_desk(person)
            if pending.kind is Kind.BRIEF and not pending.begun:
                self.shop.trays.withdraw(pending)
                self._ask_for(person, Kind.WAITING_TECHNICIAN)
            return
        if self.shop.board.any_for(person):
            self._wait_for_desk(person)
            self._ask_for(person, Kind.WAITING_TECHNICIAN)
        elif self.dispatch.fill_holes and self._hole_possible(person):
            self._holes[person.id] += 1
            work = self._work(Kind.LOOK_AHEAD)
            work.about = person
            self.shop.trays.put(work)

    def _hole_possible(self, person: Person) -> bool:
        return person.day_end - self.clock.now > 120.0 and self._holes.get(person.id, 0) < _HOLES_TRIED

    def _wait_for_desk(self, person: Person) -> None:
        if person.waiting_since < 0.0:
            person.waiting_since = self.clock.now

    def _ask_for(self, person: Person, kind: Kind, visit: Visit | None = None) -> None:
        """Work for the desk: the next job for this technician (or the brief of one that was lost)."""
        work = self._work(kind)
        work.about = person
        work.visit = visit
        work.job = visit.job if visit is not None else None
        person.wants_next = work
        if not self._perfect(Handoff.BRIEF) or self._briefed_at_once(work):
            self.shop.trays.put(work)

    def _briefed_at_once(self, work: Work) -> bool:
        """Perfect briefs: those at the desk decide now and one of them does the work later; False: there is none.

        Nobody knows yet who that will be, so the eye for the route is the mean of theirs. With nobody there, the wish
        waits for the first to come.
        """
        there = [p for p in self.shop.people if p.present and not p.on_break and Hat.DISPATCHER in p.worn]
        asks: Person = work.about
        if not there or self._briefed.get(asks) == self.shop.clock.now:  # who refuses a job waits for the desk as ever
            return True
        self._briefed[asks] = self.shop.clock.now
        return dispatcher.decide(work, fmean(p.eye for p in there), self.shop)

    def prepare(self, person: Person) -> None:
        """Get the next job ready while the technician is still at the last one."""
        if person.wants_next is not None or not person.present or person.leaving:
            return
        if not self.dispatch.prepare_ahead or person.known_open >= 2 or person.visiting is None:
            return
        if self.shop.board.any_for(person, _AHEAD_MIN):
            self._ask_for(person, Kind.BRIEF)

    def ahead(self, person: Person) -> float:
        """How long from now the technician is thought to begin the job that is chosen now."""
        if not person.present:
            return max(0.0, person.day_start - self.clock.now)
        return _AHEAD_MIN if person.visiting is not None else 0.0

    def technician_left(self, person: Person) -> None:
        """The day is over: what was prepared and not begun goes back to the board."""
        shop = self.shop
        if person.wants_next is not None:
            shop.trays.withdraw(person.wants_next)
            person.wants_next = None
        self.stop_waiting(person)
        tray = person.own.get(Kind.VISIT)
        while tray:
            work = tray.popleft()
            if work.visit is not None and not work.withdrawn:
                self.give_back(work.visit)
        lost = person.lost_brief
        if lost is not None and lost.visit is not None:
            person.lost_brief = None
            self.give_back(lost.visit)

    def look_again(self, person: Person) -> None:
        """What a technician waited for has come to nothing or is done: they wait for the next thing, or no longer."""
        self.stop_waiting(person)
        if person.present and person.work is None and not person.on_break:
            self.technician_idle(person)

    def stop_waiting(self, person: Person) -> None:
        """Write down how long a technician waited for the desk."""
        if person.waiting_since >= 0.0:
            minutes = self.clock.now - person.waiting_since
            person.waiting_since = -1.0
            if minutes > 0.0:
                from_desk = Event.SPENT + 12
                self.shop.ledger.write(self.clock.now, from_desk, person=person.id, detail=minutes)

    def give_back(self, visit: Visit) -> None:
        """A visit will not be made by this technician today."""
        job = visit.job
        visit.state = 5
        if job.visit is visit:
            job.visit = None
            job.technician = None
            if job.ended < 0 and not job.served:
                if self.clock.now < job.day * DAY_MIN + self._last_end():
                    self._today(job)
                else:
                    self.carry_over(job)

    def _last_end(self) -> float:
        return max((p.shift.end for p in self.technicians if p.shift is not None), default=0.0)

    def new_visit(self, job: Job, person: Person) -> Visit:
        """A trip is planned."""
        self._visits += 1
        n = job.visits
        fate = job.caller.fate
        if n > 0:
            fate = _OF_THE_ROOT + self.shop.streams.row(Address.VISIT, job.caller.key, n, VISIT_WIDTH)
        visit = Visit(self._visits, job, n, fate, person)
        job.visit = visit
        job.technician = person
        person.known_open += 1
        return visit

    def _window_opens(self, due: Due) -> None:
        """The jobs of a window can be started from now on: whoever has nothing to do gets one."""
        for person in self.technicians:
            if person.present and person.work is None and person.wants_next is None:
                self.technician_idle(person)

    # ---- promises -----------------------------------------------------------------------------------------------
    def _check_late(self, due: Due) -> None:
        """Keeping tabs: a visit will be late, so the customer should hear of it before they ask."""
        job: Job = due.arg
        if job.ended >= 0 or job.served or job.moves != due.number or job.day != self.shop.today:
            return
        if job.visit is not None and job.visit.state >= 2:
            return
        self._update(job, Kind.UPDATE)

    def _update(self, job: Job, kind: Kind) -> None:
        job.updates += 1
        if self._perfect(Handoff.UPDATE):
            dispatcher.tell(self.shop.batons.make(Handoff.UPDATE, job, None), None, self.shop)
        work = self._work(kind, job)
        work.n = job.updates
        job.word = work
        self.shop.trays.put(work)

    def _word_is_stale(self, job: Job) -> None:
        """The promise has changed: what the customer was to be told of the old one need not be said."""
        if job.word is not None:
            self.shop.trays.withdraw(job.word)
            job.word = None

    def _evening(self, due: Due) -> None:
        """What did not fit today is moved to the first day that has room; without a word it slips in silence."""
        for job in self.shop.board.all():
            self.shop.board.remove(job)
            self.carry_over(job)

    def carry_over(self, job: Job) -> None:
        """To a later day; the customer should be told."""
        shop = self.shop
        before = job.day
        if not self._move(job, shop.today + 1):
            shop.customers.end(job, End.DECLINED_AT_TRIAGE, Loss.DECLINED_AT_TRIAGE)
            return
        shop.ledger.write(shop.clock.now, Event.CARRIED_OVER, job.caller.id, -1, job.id, detail=job.day - before)
        if self.settings.keeps_tabs:
            self._update(job, Kind.LATE_CUSTOMER)

    def _move(self, job: Job, from_day: int) -> bool:
        slot = self.shop.slots.first(job.type, from_day)
        if slot is None:
            return False
        self.shop.board.remove(job)
        self.shop.slots.hold(job, *slot)
        self._word_is_stale(job)
        job.moves += 1
        job.refused = ()
        return True

    def rebook(self, job: Job, from_day: int) -> bool:
        """The customer agrees to another slot."""
        shop = self.shop
        before = job.day
        visit = job.visit
        if visit is not None and visit.state < 2:
            self._recall(visit)
        if not self._move(job, from_day):
            return False
        shop.ledger.write(shop.clock.now, Event.REBOOKED, job.caller.id, -1, job.id, detail=job.day - before)
        job.version += 1
        if job.day == shop.today:
            shop.customers.expect(job)
            self._today(job)
        return True

    def pull_forward(self, job: Job) -> None:
        """A later customer takes today's gap: the first window that has not ended."""
        shop = self.shop
        before = job.day
        minute = shop.clock.now % DAY_MIN
        window = next((w for w, (_, end) in enumerate(shop.slots.windows) if end > minute), len(shop.slots.windows) - 1)
        shop.slots.hold(job, shop.today, window)
        job.moves += 1
        job.version += 1
        shop.ledger.write(shop.clock.now, Event.REBOOKED, job.caller.id, -1, job.id, detail=job.day - before)
        shop.customers.expect(job)
        self._today(job)

    def second_visit(self, job: Job) -> None:
        """The work needs another visit: the first slot there is, and a word about it has been given on site."""
        shop = self.shop
        if self._move(job, shop.today + 1):
            job.version += 1
            job.told = True
        else:
            shop.customers.end(job, End.DECLINED_AT_TRIAGE, Loss.DECLINED_AT_TRIAGE)

    def _recall(self, visit: Visit) -> None:
        """A visit that was planned will not be made."""
        visit.state = 5
        person: Person = visit.technician
        if visit.job.visit is visit:
            visit.job.visit = None
        person.known_open = max(0, person.known_open - 1)
        for work in person.own.get(Kind.VISIT, ()):
            if work.visit is visit:
                work.withdrawn = True
        if person.lost_brief is not None and person.lost_brief.visit is visit:
            person.lost_brief = None
        self.look_again(person)

    def off(self, job: Job) -> None:
        """The job is over before it was served: free its slot, take it off every list."""
        self.shop.slots.release(job)
        self.shop.board.remove(job)
        if job.visit is not None and job.visit.state < 2:
            self._recall(job.visit)

    def _look_ahead_due(self, due: Due) -> None:
        """The next working day's jobs are gone through, if somebody has time."""
        shop = self.shop
        for work in self._look_ahead:
            shop.trays.withdraw(work)
        self._look_ahead = []
        day = due.number or int(due.arg)
        for later in range(day + 1, day + 5):
            jobs = shop.slots.jobs_on.get(later)
            if jobs:
                for job in list(jobs):
                    if job.seen and not job.confirmed:
                        work = self._work(Kind.LOOK_AHEAD, job)
                        self._look_ahead.append(work)
                        shop.trays.put(work)
                return

    # ---- dropped batons -----------------------------------------------------------------------------------------
    def dropped(self, baton: Baton) -> None:
        """A baton lies on the floor. Nobody knows; but whoever misses it will, sooner or later."""
        if baton.handoff is Handoff.BRIEF:
            assert baton.visit is not None
            person: Person = baton.visit.technician
            person.lost_brief = baton
            person.wants_next = None
            if person.present and person.work is None:
                self.technician_idle(person)
        elif baton.handoff is Handoff.UPDATE:
            baton.job.lost_update = baton
        elif baton.handoff is Handoff.REPORT:
            self._report_lost(baton)
        elif baton.handoff is Handoff.CLOSE:
            self._someone_may_ask(baton, 14.0)

    def _report_lost(self, baton: Baton) -> None:
        person: Person = baton.sender
        u = self.shop.batons.draws(baton)[BatonDraw.CHANNEL]
        hand = self.shop.batons.hands[Handoff.REPORT]
        if u < hand.technician_notices:
            person.lost_reports.append(baton)
        else:
            self._someone_may_ask(baton, 7.0)

    def _someone_may_ask(self, baton: Baton, days: float) -> None:
        hand = self.shop.batons.hands[baton.handoff]
        u = self.shop.batons.draws(baton)
        if 1.0 - u[BatonDraw.CHANNEL] < hand.customer_notices:
            self.shop.customers.asks_about_the_bill(baton, days * (0.5 + u[BatonDraw.DELAY]))
        else:
            self.shop.customers.never_asks(baton)

    def _technician_notices(self, baton: Baton, person: Person) -> None:
        """The technician wonders, and rings the desk after a while."""
        if baton.picked_up == -2.0:
            return  # already wondering
        baton.picked_up = -2.0
        hand = self.shop.batons.hands[baton.handoff]
        u = self.shop.batons.draws(baton)
        if u[BatonDraw.CHANNEL] >= hand.technician_notices:
            return
        delay = -hand.notice_delay_min * math.log1p(-u[BatonDraw.DELAY])
        self.clock.after(delay, Turn.TIMEOUT, self._technician_rings, (baton, person))

    def _technician_rings(self, due: Due) -> None:
        baton, person = due.arg
        if person.present:
            self.noticed(baton, Channel.TECHNICIAN)

    def noticed(self, baton: Baton, channel: Channel) -> None:
        """A dropped baton has been noticed: it is picked up where it lies."""
        if not self.shop.batons.found(baton, channel):
            return
        job = baton.job
        if baton.handoff is Handoff.BOOKING:
            if job.ended < 0 and not job.seen:
                self.new_booking(job, None)
        elif baton.handoff is Handoff.BRIEF:
            self._brief_again(baton)
        elif baton.handoff is Handoff.REPORT:
            reporter: Person = baton.sender
            if baton in reporter.lost_reports:
                reporter.lost_reports.remove(baton)
            self.report_in(baton)
            self.look_again(reporter)
        elif baton.handoff is Handoff.CLOSE:
            self.to_close(job, baton.visit, again=True)

    def _brief_again(self, baton: Baton) -> None:
        visit = baton.visit
        assert visit is not None
        person: Person = visit.technician
        if person.lost_brief is baton:
            person.lost_brief = None
        if visit.state < 2 and visit.job.visit is visit and person.present:
            self._ask_for(person, Kind.WAITING_TECHNICIAN, visit)

    # ---- after the visit ----------------------------------------------------------------------------------------
    def report_in(self, baton: Baton) -> None:
        """A report lies in the tray; a perfect one is known at once, and read later."""
        if self._perfect(Handoff.REPORT):
            self.shop.batons.taken(baton, None)
            self.reported(baton)
            if baton.job.served and baton.job.quote_open:
                self.follow_up_later(baton.job, baton.visit)
        work = self._work(Kind.REPORT, baton.job, baton)
        work.visit = baton.visit
        self.shop.trays.put(work)

    def reported(self, baton: Baton) -> None:
        """The desk knows that the visit is over and the technician is free."""
        shop, job, visit = self.shop, baton.job, baton.visit
        assert visit is not None
        person: Person = visit.technician
        person.known_open = max(0, person.known_open - 1)
        shop.ledger.write(shop.clock.now, Event.REPORTED, job.caller.id, -1, job.id, visit.id, baton.id, person.id)

    def to_close(self, job: Job, visit: Visit | None, again: bool = False) -> None:
        """The job can be closed; what was forgotten once is not forgotten a second time. Perfect, it is closed."""
        if self._perfect(Handoff.CLOSE):
            if job.ended >= 0:
                return
            me = visit.reported_to if visit is not None else None
            baton = self.shop.batons.make(Handoff.CLOSE, job, me, visit)
            self.shop.batons.pass_on(baton, True, 1.0)
            self.shop.batons.taken(baton, me)
            self.shop.accounts.close(job)
        work = self._work(Kind.CLOSE, job)
        work.n = int(again)
        work.visit = visit
        self.shop.trays.put(work)

    def follow_up_later(self, job: Job, visit: Visit | None) -> None:
        """A quote is open: a call to the customer is due."""
        hours = self.shop.scenario.jobs.replacement.follow_up_after_h
        self.clock.after(hours * 60.0, Turn.TIMEOUT, self._follow_up_due, (job, visit))

    def _follow_up_due(self, due: Due) -> None:
        job, visit = due.arg
        work = self._work(Kind.FOLLOW_UP, job)
        work.visit = visit
        self.shop.trays.put(work)

    def ask(self, job: Job, visit: Visit) -> Answer:
        """A technician on site has a question: somebody with the desk hat has to answer it."""
        answer = Answer()
        work = self._work(Kind.WAITING_TECHNICIAN, job)
        work.visit = visit
        work.answer = answer
        self.clock.after(self.settings.question_patience_min, Turn.TIMEOUT, self._goes_on_alone, work)
        self.shop.trays.put(work)
        return answer

    def _goes_on_alone(self, due: Due) -> None:
        """Nobody at the desk has taken the question up: the technician decides alone, which takes longer."""
        work: Work = due.arg
        if not work.answer.given and not work.begun:
            self.shop.trays.withdraw(work)
            work.answer.alone = True
            self.shop.attention.give(work.answer)

    def never_billed(self, job: Job, handoff: Handoff) -> None:
        """Nobody will write this bill any more."""
        shop = self.shop
        job.ended = End.NEVER_CLOSED
        shop.ledger.write(shop.clock.now, Event.JOB_ENDED, job.caller.id, -1, job.id, detail=End.NEVER_CLOSED)
        if not job.paid_at_door and job.ticket:
            shop.books.unbilled(job, job.ticket)
        job.lost_by = handoff
        shop.customers.think_of_it(job)
        job.quote_open = False
        shop.books.done(job.caller)
