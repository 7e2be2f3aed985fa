"""The phones: lines, tree, queue, who gets a ringing call, and what becomes of an attempt that nobody answers."""

from __future__ import annotations

from array import array
from collections import deque

from sim.relay import DAY_MIN, Baton, Call, Caller, Event, Job, Loss, Outcome
from sim.streams import Address, Draw
from sim.world.clock import Due, Turn
from sim.world.person import Person, Team
from sim.world.shop import Shop

_HALF_A_TICK = 1e-5  # minutes: times are rounded to the clock's grid
ON_ITS_WAY, WAITING, SERVED, ENDED = 0, 1, 2, 3

#: what a root's money is put down to when an attempt ends like this
CAUSE = {
    Outcome.ABANDONED: Loss.ABANDONED, Outcome.TREE_ABANDONED: Loss.ABANDONED, Outcome.BALKED: Loss.BALKED,
    Outcome.BLOCKED: Loss.BLOCKED, Outcome.VOICEMAIL: Loss.VOICEMAIL, Outcome.TIMED_OUT: Loss.VOICEMAIL,
    Outcome.AFTER_HOURS_MISSED: Loss.AFTER_HOURS, Outcome.CUT_OFF_AT_CLOSING: Loss.CUT_OFF,
}  # fmt: skip


class Phones:
    """The switchboard."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.clock = shop.clock
        self.ledger = shop.ledger
        self.settings = shop.scenario.phones
        self.plan = shop.plan
        n = len(shop.plan.calls)
        self.queues: list[tuple[deque[Call], deque[Call]]] = [(deque(), deque()) for _ in range(n)]
        self.waiting = 0
        self.waiting_of = [0] * n
        self.held = False  # those who wait at closing wait for the morning, whoever is still here
        self.in_system = 0
        self.under_way: dict[Call, None] = {}
        self.teams_for: list[list[tuple[int, list[Team]]]] = [[] for _ in range(n)]
        self.watched = shop.scenario.ladder.enabled or shop.scenario.screening.enabled
        self.flips = shop.scenario.attention.flip_at_waiting
        self.recent: deque[bool] = deque(maxlen=shop.scenario.ladder.last_calls)
        self._within = shop.scenario.ladder.threshold_s / 60.0

    # ---- an attempt ---------------------------------------------------------------------------------------------
    def dial(
        self, caller: Caller, type_: int, fate: array[float], attempt: int, job: Job | None = None, cause: int = -1,
        baton: Baton | None = None,
    ) -> Call:  # fmt: skip
        """A customer rings: the attempt begins now."""
        shop = self.shop
        call = Call(shop.count(), caller, type_, self.clock.now, fate, attempt, job, baton)
        caller.attempts += 1
        caller.on_line = True
        self.under_way[call] = None
        self.ledger.write(
            self.clock.now, Event.RANG, caller.id, call.id, job.id if job is not None else -1, cause=cause, detail=type_
        )
        if not self.plan.phones_open(self.clock.now):
            self._after_hours(call)
            return call
        if self.settings.lines is not None and self.in_system >= self.settings.lines:
            self._blocked(call)
            return call
        self.in_system += 1
        if self.settings.tree:
            self._tree(call)
        else:
            self._enter(call)
        return call

    def _tree(self, call: Call) -> None:
        """The stages of the phone tree: one uniform says in which of them the caller gives up, if in any."""
        spent, stays, u = 0.0, 1.0, call.fate[Draw.TREE]
        for minutes, gives_up in self.plan.tree(call.arrived % DAY_MIN):
            spent += minutes
            stays *= 1.0 - gives_up
            if u >= stays:
                self.clock.after(spent, Turn.TIMEOUT, self._gave_up_in_tree, call)
                return
        self.clock.after(spent, Turn.ARRIVAL, self._through_tree, call)

    def _gave_up_in_tree(self, due: Due) -> None:
        self.end(due.arg, Outcome.TREE_ABANDONED)

    def _through_tree(self, due: Due) -> None:
        call: Call = due.arg
        self.ledger.write(self.clock.now, Event.TREE_PASSED, call.caller.id, call.id)
        if self.plan.phones_open(self.clock.now):
            self._enter(call)
        else:
            self.in_system -= 1
            self._after_hours(call)

    def _enter(self, call: Call) -> None:
        """Towards a person: whoever is free, whoever may be interrupted, or the queue."""
        call.queued = self.clock.now
        person = self.find(call)
        if person is not None:
            call.state = SERVED
            self.shop.attention.ring(person, call)
        else:
            self._queue(call)
        if self.watched:
            self.shop.manager.watch()

    def _queue(self, call: Call) -> None:
        limit = self.settings.queue_limit
        plan = self.plan.calls[call.type]
        own = plan.queue_limit
        if (limit is not None and self.waiting >= limit) or (own is not None and self.waiting_of[call.type] >= own):
            self.in_system -= 1
            self._blocked(call)
            return
        minute = call.arrived % DAY_MIN
        if not call.moved and call.fate[Draw.BALK] < plan.balk(minute):
            self.end(call, Outcome.BALKED)
            return
        call.state = WAITING
        self.queues[call.type][call.moved].append(call)
        self.waiting += 1
        self.waiting_of[call.type] += 1
        self.ledger.write(self.clock.now, Event.QUEUED, call.caller.id, call.id, detail=self.waiting)
        patience = plan.patience(minute)(call.fate[Draw.PATIENCE])
        if patience < 1e9:
            self.clock.after(patience, Turn.TIMEOUT, self._lost_patience, call, call.legs)
        if plan.max_wait is not None:
            self.clock.after(plan.max_wait(minute), Turn.TIMEOUT, self._waited_too_long, call, call.legs)
        for after in plan.widens or ():
            if after > 0.0:
                self.clock.after(after, Turn.TIMEOUT, self._widens, call, call.legs)
        if self.flips is not None:
            self.shop.roster.cover()

    def _lost_patience(self, due: Due) -> None:
        call: Call = due.arg
        if call.state == WAITING and call.legs == due.number:
            self._leave_queue(call)
            self.end(call, Outcome.ABANDONED)

    def _waited_too_long(self, due: Due) -> None:
        call: Call = due.arg
        if call.state == WAITING and call.legs == due.number:
            self._leave_queue(call)
            self._turn_away(call, self.plan.calls[call.type].at_max_wait)

    def _widens(self, due: Due) -> None:
        """It has waited long enough for a further group."""
        call: Call = due.arg
        if call.state == WAITING and call.legs == due.number and not self.held:
            self._offer(self.queues[call.type][call.moved])

    def _leave_queue(self, call: Call) -> None:
        """Out of the queue; the entry in the line is passed over when it comes up."""
        call.state = ENDED
        self.waiting -= 1
        self.waiting_of[call.type] -= 1
        waited = self.clock.now - call.queued
        call.caller.waited += waited

    # ---- who answers --------------------------------------------------------------------------------------------
    def find(self, call: Call) -> Person | None:
        """The idle eligible person by rank, longest idle, name; else whoever's present work may be broken."""
        plan = self.plan.calls[call.type]
        choose = plan.choose
        listed = self.teams_for[call.type] if plan.widens is None else self._reached(call, plan.widens)
        for _, teams in listed:
            person = _longest_idle(teams) if choose == "longest_idle" else self._among(teams, choose, call)
            if person is not None:
                return person
        lowest = None
        for _, teams in listed:
            for team in teams:
                if team.breakable and (lowest is None or team.breakable[0] < lowest):
                    lowest = team.breakable[0]
        return lowest[3] if lowest is not None else None

    def _reached(self, call: Call, widens: tuple[float, ...]) -> list[tuple[int, list[Team]]]:
        """The teams of those groups for which the call has waited long enough."""
        waited = self.clock.now - call.queued + _HALF_A_TICK
        return [entry for entry in self.teams_for[call.type] if waited >= widens[entry[0] // 1000]]

    @staticmethod
    def _among(teams: list[Team], choose: str, call: Call) -> Person | None:
        idle = sorted((person for team in teams for person in team.idle), key=lambda person: person.order)
        if not idle:
            return None
        return idle[int(call.fate[Draw.ROUTE] * len(idle))] if choose == "random" else idle[0]

    def next_for(self, person: Person) -> Call | None:
        """The waiting call that this person should take now: best rank first, then the highest score."""
        if not self.waiting or self.held or person.team is None:
            return None
        now = self.clock.now
        after = person.team.after
        for types in person.team.ranks:
            best: Call | None = None
            best_score = 0.0
            for type_ in types:
                plan = self.plan.calls[type_]
                for queue in self.queues[type_]:
                    while queue and queue[0].state != WAITING:
                        queue.popleft()
                    if queue:
                        call = queue[0]
                        if after and now - call.queued + _HALF_A_TICK < after.get(type_, 0.0):
                            continue
                        score = (
                            plan.base_score
                            + plan.score_per_min * (now - call.queued)
                            + (plan.bonus if call.moved else 0.0)
                        )
                        if best is None or score > best_score or (score == best_score and call.id < best.id):
                            best, best_score = call, score
            if best is not None:
                return best
        return None

    def off_queue(self, call: Call) -> None:
        """Somebody takes a waiting call."""
        self.waiting -= 1
        self.waiting_of[call.type] -= 1
        call.state = SERVED
        self.queues[call.type][call.moved].popleft()
        call.caller.waited += self.clock.now - call.queued
        if self.watched:
            self.shop.manager.watch()
        if self.flips is not None and not self.waiting:
            self.shop.roster.cover()

    def offer(self) -> None:
        """Somebody's hats changed: give them what waits, oldest first, while anybody can take it."""
        if self.held:
            return
        for pair in self.queues:
            for queue in pair:
                self._offer(queue)

    def _offer(self, queue: deque[Call]) -> None:
        while (call := _head(queue)) is not None and (person := self.find(call)) is not None:
            if person.work is not None:
                self.shop.attention.ring(person, call)
                continue
            self.shop.attention.look(person)  # may take a call that is dearer to them
            if person.work is None:
                break

    def longest_wait(self) -> float:
        """Minutes that the longest waiting call has waited."""
        oldest = self.clock.now
        for pair in self.queues:
            for queue in pair:
                call = _head(queue)
                if call is not None and call.queued < oldest:
                    oldest = call.queued
        return self.clock.now - oldest

    # ---- what the person on the phone reports -------------------------------------------------------------------
    def answered(self, call: Call, person: Person) -> None:
        """The first word is said."""
        now = call.answered = self.clock.now
        wait = now - call.queued
        self.recent.append(wait <= self._within)
        self.ledger.write(now, Event.ANSWERED, call.caller.id, call.id, person=person.id, detail=wait)

    def hung_up(self, call: Call, person: Person, outcome: Outcome, job: Job | None = None) -> None:
        """The talk is over and the line is free."""
        now = self.clock.now
        self.ledger.write(
            now, Event.HUNG_UP, call.caller.id, call.id, job.id if job is not None else -1, person=person.id,
            detail=now - call.answered,
        )  # fmt: skip
        self.end(call, outcome)

    def move(self, call: Call, person: Person, type_: int) -> None:
        """After service the call turns into another type and queues again, with draws of its own."""
        now = self.clock.now
        self.ledger.write(now, Event.HUNG_UP, call.caller.id, call.id, person=person.id, detail=now - call.answered)
        call.type = type_
        call.legs += 1
        call.fate = self.shop.streams.row(Address.ATTEMPT, call.caller.key, 1 << 40 | call.attempt << 8 | call.legs)
        call.moved = True
        self.ledger.write(now, Event.MOVED, call.caller.id, call.id, detail=type_)
        self._enter(call)

    # ---- how attempts end ---------------------------------------------------------------------------------------
    def end(self, call: Call, outcome: Outcome) -> None:
        """The one outcome of an attempt; what the customer does next is theirs."""
        call.state = ENDED
        call.outcome = outcome
        self.in_system -= 1
        self._ended(call, outcome)

    def _ended(self, call: Call, outcome: Outcome) -> None:
        call.state = ENDED
        del self.under_way[call]
        call.outcome = outcome
        call.caller.on_line = False
        row = self.ledger.write(
            self.clock.now, Event.CALL_ENDED, call.caller.id, call.id,
            call.purpose_job.id if call.purpose_job is not None else -1, detail=outcome,
        )  # fmt: skip
        if outcome in CAUSE and self.plan.phones_open(call.arrived):
            self.recent.append(False)
        if self.watched:
            self.shop.manager.watch()
        self.shop.customers.hung_up(call, outcome, row)

    def _blocked(self, call: Call) -> None:
        if self.settings.on_blocked == "answering_service":
            self._served_outside(call)
        else:
            self._ended(call, Outcome.BLOCKED)

    def _after_hours(self, call: Call) -> None:
        how = self.settings.after_hours
        if how == "answering_service":
            self._served_outside(call)
        elif how == "voicemail" and call.fate[Draw.MESSAGE] < self.plan.leaves_message(call.arrived % DAY_MIN):
            self._ended(call, Outcome.VOICEMAIL)
        else:
            self._ended(call, Outcome.AFTER_HOURS_MISSED)

    def _turn_away(self, call: Call, how: str) -> None:
        if how == "answering_service":
            self.in_system -= 1
            self._served_outside(call)
        elif how == "voicemail" and call.fate[Draw.MESSAGE] < self.plan.leaves_message(call.arrived % DAY_MIN):
            self.end(call, Outcome.VOICEMAIL)
        else:
            self.end(call, Outcome.TIMED_OUT)

    def _served_outside(self, call: Call) -> None:
        """The answering service takes it: it has as many people as it needs, and none of them is ours."""
        call.state = SERVED
        minutes = self.plan.service_talk(call.fate[Draw.SERVICE])
        self.clock.after(minutes, Turn.COMPLETION, self._outside_done, call)

    def _outside_done(self, due: Due) -> None:
        call: Call = due.arg
        self.shop.customers.served_outside(call)
        self._ended(call, Outcome.ANSWERING_SERVICE)

    def close(self, due: Due) -> None:
        """Closing time: those who wait are served, cut off, or wait for the morning."""
        self.held = self.settings.at_closing == "wait"
        if self.settings.at_closing == "cut_off":
            for pair in self.queues:
                for queue in pair:
                    for call in [c for c in queue if c.state == WAITING]:
                        self._leave_queue(call)
                        self.end(call, Outcome.CUT_OFF_AT_CLOSING)
                    queue.clear()

    def opens(self, due: Due) -> None:
        """The phones open: those who waited for the morning are offered to whoever is here."""
        if self.plan.phones_open(self.clock.now):
            self.held = False
        if self.waiting and not self.held:
            self.offer()

    def serving_after_closing(self) -> bool:
        """Whether those who are still here stay for those who still wait."""
        return self.waiting > 0 and self.settings.at_closing == "serve" and not self.plan.phones_open(self.clock.now)

    def stop(self) -> None:
        """The horizon: whoever is still in the system is in progress."""
        for call in list(self.under_way):
            if call.state == WAITING:
                self._leave_queue(call)
            self.ledger.write(
                self.clock.now, Event.CALL_ENDED, call.caller.id, call.id,
                call.purpose_job.id if call.purpose_job is not None else -1, detail=Outcome.IN_PROGRESS_AT_HORIZON,
            )  # fmt: skip


def _head(queue: deque[Call]) -> Call | None:
    """The first call that still waits; those that have left the queue are passed over."""
    while queue and queue[0].state != WAITING:
        queue.popleft()
    return queue[0] if queue else None


def _longest_idle(teams: list[Team]) -> Person | None:
    chosen: Person | None = None
    for team in teams:
        person = team.longest_idle()
        if person is not None and (
            chosen is None or (person.idle_since, person.order) < (chosen.idle_since, chosen.order)
        ):
            chosen = person
    return chosen
