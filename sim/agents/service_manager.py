"""The service manager: watches the phones with a delay, orders the ladder's steps and screening, saves complaints."""

from __future__ import annotations

from sim.relay import End, Event, Loss, OnPhone, Spent, Work
from sim.shop.ladder import next_step, watch_delay
from sim.shop.screening import next_mode
from sim.streams import Draw
from sim.world.clock import Due, Turn
from sim.world.person import Person
from sim.world.shop import Shop, Steps


class Manager:
    """Reads the signal when a queue changes while free, after the watch delay otherwise."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.screening = shop.scenario.screening
        self.ladder = shop.scenario.ladder
        self.watches = self.screening.enabled or self.ladder.enabled
        self._people = [person for person in shop.people if person.is_manager]
        self.exists = bool(self._people)
        self._looking = False
        self._screen_since = self._step_since = -1e9
        self._screening = False
        self._step = 0
        self._delay = watch_delay(self.ladder)

    def watch(self) -> None:
        """A queue has changed (or the manager got free): look now, or after the delay."""
        if not self.watches:
            return
        if self.ladder.staff_see_board:  # they act unasked, whether the manager is there or not
            self._read()
            return
        if self._looking or not any(p.present for p in self._people):
            return
        if any(p.present and p.work is None and not p.on_break for p in self._people):
            self._read()
        else:
            self._looking = True
            self.shop.clock.after(self._delay, Turn.TIMEOUT, self._reads)

    def _reads(self, due: Due) -> None:
        self._looking = False
        self._read()

    def new_day(self, due: Due) -> None:
        """The phones open: what was ordered yesterday is over, also when nobody is here today to say so."""
        now = self.shop.clock.now
        if self._step > 0:
            for step in reversed(range(self._step)):
                self.shop.ledger.write(now, Event.LADDER_DOWN, detail=step)
            self._step, self._step_since = 0, now
            self.shop.orders.set(())
        if self._screening:
            self.shop.ledger.write(now, Event.SCREEN_OFF)
            self._screening, self._screen_since = False, now
            self.shop.orders.screening = False

    def _read(self) -> None:
        now = self.shop.clock.now
        longest = self.shop.phones.longest_wait()
        if self.ladder.enabled:
            self._climb(now, longest)
        self._screen(now, longest)

    def _climb(self, now: float, longest: float) -> None:
        recent = self.shop.phones.recent
        level = sum(recent) / len(recent) if recent else 1.0
        step = next_step(self._step, level, longest * 60.0, now - self._step_since, self.ladder)
        step = self.shop.decide("ladder", {"step": self._step, "level": level, "longest_wait_min": longest}, step)
        if step != self._step:
            self.shop.ledger.write(now, Event.LADDER_UP if step > self._step else Event.LADDER_DOWN, detail=step)
            self._step, self._step_since = step, now
            self.shop.orders.set(self.ladder.steps[:step])

    def _screen(self, now: float, longest: float) -> None:
        by_ladder = self.ladder.enabled and "screen" in self.ladder.steps[: self._step]
        on = by_ladder
        signal = longest
        if self.screening.enabled:
            signal = longest if self.screening.signal == "longest_wait" else self.shop.slots.load()
            on = next_mode(self._screening, signal, now - self._screen_since, self.screening) or by_ladder
        on = bool(self.shop.decide("screening", {"on": self._screening, "signal": signal}, on))
        if on != self._screening:
            self.shop.ledger.write(now, Event.SCREEN_ON if on else Event.SCREEN_OFF, detail=signal)
            self._screening, self._screen_since = on, now
            self.shop.orders.screening = on


def save(me: Person, work: Work, shop: Shop) -> Steps:
    """A complaint that the host could not defuse: 10 to 20 minutes, and most customers stay."""
    call, job = work.call, work.job
    assert call is not None
    assert job is not None
    if shop.customers.helped(job):
        return
    work.spent = Spent.MANAGING
    yield OnPhone(shop.plan.save(call.fate[Draw.SAVE_MIN]))
    if shop.customers.helped(job):
        return
    if call.fate[Draw.SAVE] < shop.scenario.satisfaction.save_chance:
        shop.ledger.write(shop.clock.now, Event.COMPLAINT_SAVED, job.caller.id, -1, job.id, person=me.id)
        job.saved = True
        shop.customers.make_good(job, me)
    else:
        shop.ledger.write(shop.clock.now, Event.COMPLAINT_LOST, job.caller.id, -1, job.id, person=me.id)
        shop.customers.end(job, End.LOST_BATON, Loss.LOST_BATON)


def meeting(me: Person, work: Work, shop: Shop) -> Steps:
    """A meeting: nothing breaks it."""
    work.spent = Spent.MANAGING
    yield OnPhone(work.minutes)
