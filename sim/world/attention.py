"""Attention: the only place where a trade's minutes become time.

A person does one thing at a time. A trade is a generator that yields minutes to spend or an answer to wait for; putting
work down is keeping the suspended generator and what was left of its stint. A stint carries a number, and the timeout
of an outdated stint is ignored: nothing is cancelled, nothing is interrupted from outside.
"""

from __future__ import annotations

from array import array

from sim.relay import Answer, Call, Event, Kind, OnPhone, Spent, Work
from sim.shop.people import Focus
from sim.streams import Address, Draw, WorkDraw
from sim.world.clock import GRID, Due, Turn
from sim.world.person import BREAKABLE, Person
from sim.world.phones import WAITING
from sim.world.shop import Shop
from sim.world.trays import EASY_FIRST, HAT_OF

_AFTER_A_CALL = (Kind.NEW_BOOKING, Kind.BRIEF, Kind.WAITING_TECHNICIAN)
# read at every stint, and looking a member up in its enumeration costs more than the work that is done with it
_PHONE, _SIDE, _VISIT = Kind.PHONE, Kind.SIDE, Kind.VISIT
_SPENT_CODE = int(Event.SPENT)
_COMPLETION = int(Turn.COMPLETION)
_PHONE_BIT = 1 << Kind.PHONE
_EASY_FIRST = (Kind.PHONE, *EASY_FIRST, Kind.VISIT)


def focus_of(person_focus: Focus | None, shop_focus: Focus) -> bool:
    """Whether a ringing phone breaks this person's lesser work."""
    return (person_focus or shop_focus) == "interrupted"


def _may_be_broken(person: Person, rank: int, breaks_moved: bool) -> bool:
    """Side work wears no hat, so a ringing phone breaks it under either focus rule."""
    resting = person.break_min > 0.0 and not breaks_moved
    return (rank == 0 or person.focus_interrupted) and not person.leaving and not resting


class Attention:
    """Gives everybody something to do, by one ordered list."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.clock = shop.clock
        self.ledger = shop.ledger
        self.orders, self.trays, self.phones = shop.orders, shop.trays, shop.phones
        self.trades = shop.trades
        self._easy_at = shop.scenario.attention.easy_first_at

    # ---- a call rings -------------------------------------------------------------------------------------------
    def ring(self, person: Person, call: Call) -> None:
        """A call goes to a person: idle, or in work that it may break. One that waits leaves the queue."""
        left: Work | None = None
        if person.work is not None:
            left = self.put_down(person)
        else:
            self.not_idle(person)
        work = person.work = Work(Kind.PHONE, self.clock.now, 0, call=call)  # in hand before anybody is told
        if call.state == WAITING:
            self.phones.off_queue(call)
        self._take(person, work, left)

    def put_down(self, person: Person) -> Work:
        """Break the stint in hand; the interruption may drop the baton, which then leaves the mind in silence."""
        work = person.work
        assert work is not None
        now = self.clock.now
        self._spend(person, work, now)
        self._unbreakable(person)
        person.rank = -1
        person.number += 1
        work.left = person.stint_end - now
        work.interruptions += 1
        work.person = None
        person.interruptions += 1
        person.work = None
        job = work.job
        row = self.ledger.write(
            now, Event.INTERRUPTED, person=person.id, job=job.id if job else -1, detail=work.kind,
            baton=work.baton.id if work.baton else -1,
        )  # fmt: skip
        if work.baton is not None and self.shop.batons.fumbled(work, person, row):
            if work.steps is not None:
                work.steps.close()
            person.put_down = None
        else:
            person.put_down = work
        return work

    # ---- what next ----------------------------------------------------------------------------------------------
    def look(self, person: Person) -> None:
        """An idle person looks again (something came in, a hat was put on, an order lifted)."""
        if person.present and person.work is None and not person.on_break:
            self._free(person)

    def _free(self, person: Person) -> None:
        """A person has nothing in hand: leave, rest, or take the next thing."""
        if person.leaving or (person.heads is not None and person.heads.surplus > 0):
            if self.shop.roster.lets_go(person):
                return
        elif person.break_min > 0.0 and self.shop.roster.may_rest(person):
            self.shop.roster.rest(person)
            return
        plain = person.put_down is None and person.stay_with is None and not person.leaving
        if not (self._by_list(person) if plain else self._next(person)):
            self._idle(person)

    def _next(self, person: Person) -> bool:
        """Take the next call, the work put down, or the first of the list; False if there is nothing."""
        shop = self.shop
        phones = shop.phones
        if person.stay_with is not None:  # before the next call and what this one broke
            work = None if person.leaving else shop.trays.on_job(person, person.stay_with, _AFTER_A_CALL)
            if work is not None:
                self._pick(person, work)
                return True
            person.stay_with = None
        down = person.put_down
        if down is not None:
            person.put_down = None
            call = phones.next_for(person) if phones.waiting else None
            if call is not None:
                person.put_down = down
                self.ring(person, call)
            elif down.withdrawn:
                return self._next(person)
            elif down.kind is Kind.SIDE and shop.orders.side_stopped:
                shop.trays.put_first(down)
                return self._next(person)
            else:
                self._resume(person, down)
            return True
        if person.leaving:  # stays on for a visit under way and for those who wait at closing, for nothing else
            trip = person.next_own(Kind.VISIT) if person.visiting is not None else None
            if trip is not None and trip.visit is person.visiting:
                self._pick(person, trip)
                return True
            call = phones.next_for(person) if phones.serving_after_closing() else None
            if call is None:
                return False
            self.ring(person, call)
            return True
        return self._by_list(person)

    def _by_list(self, person: Person) -> bool:
        trays, team = self.trays, person.team
        assert team is not None
        filled = team.mask & (trays.mask | person.own_mask)
        if self.phones.waiting and team.ranks:
            filled |= _PHONE_BIT
        if not filled:
            return False
        order = person.looks
        if self._easy_at is not None and trays.desk_waiting >= self._easy_at:
            order = _EASY_FIRST
        for kind in order:
            if not filled >> kind & 1:
                continue
            if self._takes(person, kind):
                return True
        return False

    def _takes(self, person: Person, kind: Kind) -> bool:
        """Take the oldest work of a kind, if there is any that this person may do now."""
        if kind is _PHONE:
            call = self.phones.next_for(person)
            if call is not None:
                self.ring(person, call)
            return call is not None
        if kind is _SIDE and self.orders.side_stopped:
            return False
        if kind is _VISIT and person.visiting is not None:
            trip = person.next_own(kind)
            if trip is None or trip.visit is not person.visiting:
                return False
        work = self.trays.oldest(person, kind)
        if work is None:
            return False
        self._pick(person, work)
        return True

    def _pick(self, person: Person, work: Work) -> None:
        team = person.team
        if team is not None:
            team.idle.pop(person, None)
        self.trays.take(person, work)
        if work.left > 0.0:
            self._resume(person, work)
        else:
            self._take(person, work, None)

    def _idle(self, person: Person) -> None:
        team = person.team
        assert team is not None
        if person.leaving:  # who only waits for an answer on site takes nothing new
            team.idle.pop(person, None)
        elif person not in team.idle:
            person.idle_since = self.clock.now
            team.idle[person] = None
        if person.trades:
            self.shop.desk.technician_idle(person)
        if person.is_manager:
            self.shop.manager.watch()

    def not_idle(self, person: Person) -> None:
        """Out of the list of idle people."""
        team = person.team
        if team is not None:
            team.idle.pop(person, None)

    # ---- stints -------------------------------------------------------------------------------------------------
    def _take(self, person: Person, work: Work, left: Work | None) -> None:
        """Begin a piece of work, after the time it takes to change hats or to leave side work."""
        person.work = work
        person.stints = 0
        work.person = person
        work.begun = True
        if left is None and HAT_OF.get(work.kind) == person.last_hat:
            self._step(person, work)
            return
        lag = self._lag(person, work, left)
        if lag > 0.0:
            person.lag = True
            self._stint(person, lag, Spent.SWITCH, -1)
        else:
            self._step(person, work)

    def _resume(self, person: Person, work: Work) -> None:
        """Go on with what was put down: what was left, and the time to find back into it."""
        person.work = work
        work.person = person
        person.stints = 1
        person.last_hat = HAT_OF.get(work.kind, person.last_hat)
        lag = self.shop.plan.resume(self.draw(work)[WorkDraw.RESUME])
        if lag > 0.0:
            person.lag = True
            self._stint(person, lag, Spent.RESUME, -1)
        else:
            self._go_on(person, work)

    def _go_on(self, person: Person, work: Work) -> None:
        minutes, work.left = work.left, 0.0
        if minutes > 0.0:
            self._stint(person, minutes, work.spent, BREAKABLE.get(work.kind, -1))
        else:
            self._step(person, work)

    def _lag(self, person: Person, work: Work, left: Work | None) -> float:
        plan = self.shop.plan
        hat = HAT_OF.get(work.kind)
        if left is not None and left.kind is Kind.SIDE:
            person.last_hat = hat
            return plan.leave_side(work.call.fate[Draw.LEAVE_SIDE]) if work.call else 0.0
        if hat is None or hat == person.last_hat:
            return 0.0
        first = person.last_hat is None
        person.last_hat = hat
        if first:
            return 0.0
        u = work.call.fate[Draw.SWITCH] if work.call is not None else self.draw(work)[WorkDraw.SWITCH]
        lag = plan.switch(u)
        person.switching = lag > 0.0
        return lag

    def draw(self, work: Work) -> array[float]:
        """The uniforms of (work, number of interruptions): never by who does it or when."""
        visit = work.visit.n if work.visit is not None else 0
        n = work.kind << 32 | visit << 24 | (work.n & 0xFFF) << 12 | work.interruptions & 0xFFF
        caller = work.caller if work.caller is not None else work.job.caller if work.job is not None else None
        if caller is not None:
            return self.shop.streams.row(Address.WORK, caller.key, n, 4)
        return self.shop.streams.row(Address.DUTY, int(work.created // 1440.0), n, 4)

    def _step(self, person: Person, work: Work) -> None:
        """Let the trade go on until it wants time, waits for somebody, or is done."""
        steps = work.steps
        hands: Person | None = person  # a stint is answered with who did it: work put down may change hands
        if steps is None:
            steps = work.steps = self.trades[work.kind](person, work, self.shop)
            hands = None
        while True:
            try:
                wanted = steps.send(hands)
            except StopIteration:
                self._done(person, work)
                return
            hands = person
            if wanted.__class__ is Answer:
                if wanted.given:
                    continue
                self._park(person, work, wanted)
                return
            if wanted > 0.0:
                rank = -1 if wanted.__class__ is OnPhone else BREAKABLE.get(work.kind, -1)
                self._stint(person, wanted, work.spent, rank)
                return

    def _stint(self, person: Person, minutes: float, spent: Spent, rank: int) -> None:
        clock = self.clock
        now = clock.now
        end = round((now + minutes) * GRID) / GRID
        number = person.number = person.number + 1
        person.stints += 1
        person.stint_start = now
        person.stint_end = end
        person.spent = spent
        clock.push(end, _COMPLETION, self._finish, person, number)
        person.rank = rank
        if rank >= 0:
            self.expose(person)

    def expose(self, person: Person) -> None:
        """From now on a ringing phone may break what is in hand, if it is of that sort and the hats are right."""
        team = person.team
        if person.work is None or person.rank < 0 or person.breakable >= 0 or team is None or not team.answers:
            return
        if _may_be_broken(person, person.rank, self.orders.breaks_moved):
            team.may_break(person, person.rank)

    def _finish(self, due: Due) -> None:
        person: Person = due.arg
        if due.number != person.number:
            return
        work = person.work
        assert work is not None
        self._spend(person, work, self.clock.now)
        person.rank = -1  # between two stints nothing can be broken
        if person.breakable >= 0:
            self._unbreakable(person)
        if person.lag:
            self._lag_is_over(person, work)
        else:
            self._step(person, work)

    def _lag_is_over(self, person: Person, work: Work) -> None:
        """Now to the work itself, unless the phone has rung meanwhile."""
        person.lag = False
        if person.switching:
            person.switching = False
            now = self.clock.now
            self.ledger.write(now, Event.SWITCHED, person=person.id, detail=now - person.stint_start)
        if not (self.phones.waiting and self._breaks_at_once(person, work)):
            self._go_on(person, work)

    def _breaks_at_once(self, person: Person, work: Work) -> bool:
        """A call that came during a lag, which nothing breaks, breaks what would now go on."""
        team = person.team
        assert team is not None
        rank = BREAKABLE.get(work.kind, -1)
        if rank < 0 or not team.answers or not _may_be_broken(person, rank, self.shop.orders.breaks_moved):
            return False
        call = self.shop.phones.next_for(person)
        if call is None:
            return False
        person.stint_start, person.stint_end = self.clock.now, self.clock.now + work.left
        self.ring(person, call)
        return True

    def _spend(self, person: Person, work: Work, now: float) -> None:
        minutes = now - person.stint_start
        if minutes > 0.0:
            job = work.job
            job_id = job.id if job is not None else -1
            self.ledger.write(now, _SPENT_CODE + person.spent, -1, -1, job_id, -1, -1, person.id, -1, minutes)

    def _unbreakable(self, person: Person) -> None:
        if person.breakable >= 0:
            assert person.team is not None
            person.team.no_break(person)

    def shield(self, person: Person) -> None:
        """A break or the shift's end is due: no call breaks into what is in hand."""
        self._unbreakable(person)

    def _done(self, person: Person, work: Work) -> None:
        work.person = None
        person.work = None
        if person.stints == 0:  # took no time: let the clock breathe, or a thousand such would pile up
            self.clock.after(0.0, Turn.COMPLETION, self._freed, person)
        else:
            self._free(person)

    def _freed(self, due: Due) -> None:
        self.look(due.arg)

    # ---- waiting for somebody -----------------------------------------------------------------------------------
    def _park(self, person: Person, work: Work, answer: Answer) -> None:
        """The work waits for somebody else's answer; its person is free for other things."""
        answer.work = work
        work.person = None
        work.holder = person
        person.work = None
        self._free(person)

    def give(self, answer: Answer) -> None:
        """The answer has come: the parked work goes on as soon as its person is free."""
        answer.given = True
        work = answer.work
        if work is not None and not work.withdrawn:
            answer.work = None
            self.shop.trays.put(work, first=True)

    def close(self, person: Person) -> None:
        """The horizon: write what the stint in hand has taken so far."""
        if person.work is not None:
            self._spend(person, person.work, self.clock.now)
            person.stint_start = self.clock.now
