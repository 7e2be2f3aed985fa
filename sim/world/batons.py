"""The batons in the air: who passed them, what they lack, whether they were dropped, and how that was noticed."""

from __future__ import annotations

from array import array

from sim.relay import Baton, Channel, Event, Fate, Handoff, Job, Visit, Work
from sim.shop.handoffs import (
    audit_night,
    drop_chance,
    field_chances,
    fumble_chance,
    handing,
    incompleteness,
    missing_field,
)
from sim.streams import BATON_COLUMNS, Address, BatonDraw, Draw, WorkDraw
from sim.world.person import Person
from sim.world.shop import Shop

_UPDATE = Handoff.UPDATE
_DROP, _INCOMPLETE = int(BatonDraw.DROP), int(BatonDraw.INCOMPLETE)
_FIRST_COLUMN = [Draw.BATON + BATON_COLUMNS * handoff for handoff in Handoff]


class Batons:
    """Every hand-off is made, passed, and has one fate."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.clock = shop.clock
        self.ledger = shop.ledger
        self.settings = shop.scenario.handoffs
        self.hands = [handing(self.settings, which) for which in Handoff]
        # chances for an accuracy of 1, read once: [hand-off][to oneself]
        self._drops = [[drop_chance(hand, self.settings, own, 1.0) for own in (False, True)] for hand in self.hands]
        self._gaps = [[incompleteness(hand, self.settings, own, 1.0) for own in (False, True)] for hand in self.hands]
        self._fields = [field_chances(hand) for hand in self.hands]
        self.open: dict[Baton, None] = {}
        self.lying: dict[Baton, int | None] = {}  # dropped and not noticed -> evening audits until one finds it
        self._made = 0

    def draws(self, baton: Baton) -> array[float]:
        """The six uniforms of a baton: of its job, its visit, or (later updates) by count."""
        job, handoff = baton.job, baton.handoff
        n = job.updates
        if n > 1 and handoff is _UPDATE:
            return self.shop.streams.row(Address.WORK, job.caller.key, 1 << 50 | n, BATON_COLUMNS)
        fate = baton.visit.fate if baton.visit is not None else job.caller.fate
        start = _FIRST_COLUMN[handoff]
        return fate[start : start + BATON_COLUMNS]

    def make(self, handoff: Handoff, job: Job, sender: Person | None, visit: Visit | None = None) -> Baton:
        """A baton is in somebody's hand now."""
        self._made += 1
        baton = Baton(self._made, handoff, job, sender, self.clock.now, visit=visit)
        self.open[baton] = None
        return baton

    def pass_on(self, baton: Baton, to_self: bool, accuracy: float) -> bool:
        """It is passed; False if it was dropped (then nobody has it, and nobody knows)."""
        which = baton.handoff
        u = self.draws(baton)
        baton.to_self = to_self
        baton.sent = self.clock.now
        row = self._write(Event.PASSED, baton, baton.sender, which)
        if u[_DROP] < self._drops[which][to_self] / accuracy:
            self._drop(baton, row)
            return False
        lacking = self._fields[which]
        if lacking:
            baton.missing = missing_field(lacking, self._gaps[which][to_self] / accuracy, u[_INCOMPLETE])
        if baton.missing:
            self._write(Event.LACKED, baton, baton.sender, baton.missing)
        return True

    def fumbled(self, work: Work, person: Person, row: int) -> bool:
        """An interruption: the uniform of (work, n) may drop the baton in hand, in silence."""
        baton = work.baton
        assert baton is not None
        chance = fumble_chance(self.hands[baton.handoff], person.desk_accuracy)
        if chance <= 0.0 or baton.dropped:
            return False
        if self.shop.attention.draw(work)[WorkDraw.DROP] >= chance:
            return False
        work.withdrawn = True
        self._drop(baton, row)
        return True

    def _drop(self, baton: Baton, cause: int) -> None:
        baton.dropped = True
        baton.cause = self._write(Event.DROPPED, baton, baton.sender, baton.handoff, cause)
        self.lying[baton] = audit_night(
            self.draws(baton)[BatonDraw.AUDIT_NIGHT], self.hands[baton.handoff].audit_notices
        )
        self.shop.desk.dropped(baton)

    def picked_up(self, baton: Baton, person: Person | None) -> None:
        """Somebody has it in hand, and may yet drop it when interrupted."""
        if baton.picked_up < 0.0:
            now = baton.picked_up = self.clock.now
            self._write(Event.PICKED_UP, baton, person, now - baton.sent)

    def taken(self, baton: Baton, person: Person | None) -> None:
        """What it asked for is done: it has reached its end."""
        self.picked_up(baton, person)
        self.end(baton, Fate.DROPPED_FOUND if baton.dropped else Fate.TAKEN)

    def found(self, baton: Baton, channel: Channel) -> bool:
        """A dropped baton was noticed; False if it had been before."""
        if baton not in self.lying:
            return False
        del self.lying[baton]
        baton.channel = channel
        self._write(Event.FOUND, baton, None, channel, baton.cause)
        self.end(baton, Fate.DROPPED_FOUND)
        return True

    def never(self, baton: Baton) -> None:
        """Nobody will notice any more."""
        if baton in self.lying:
            del self.lying[baton]
            baton.channel = Channel.NEVER
            self._write(Event.FOUND, baton, None, Channel.NEVER, baton.cause)
            self.end(baton, Fate.DROPPED_NEVER_FOUND)

    def end(self, baton: Baton, fate: Fate) -> None:
        """The one fate of a baton."""
        if baton.fate < 0:
            baton.fate = fate
            del self.open[baton]
            self._write(Event.BATON_ENDED, baton, None, fate)

    def audit(self) -> list[Baton]:
        """The evening audit: what lies about is one night older, and this is what it finds."""
        found = []
        for baton, nights in list(self.lying.items()):
            if nights is not None:
                self.lying[baton] = nights - 1
                if nights <= 1:
                    found.append(baton)
        return found

    def stop(self) -> None:
        """The horizon."""
        for baton in list(self.open):
            self.end(baton, Fate.DROPPED_NEVER_FOUND if baton.dropped else Fate.OPEN_AT_HORIZON)

    def _write(self, event: Event, baton: Baton, person: Person | None, detail: float, cause: int = -1) -> int:
        job, visit = baton.job, baton.visit
        return self.ledger.write(
            self.clock.now, event, job.caller.id, -1, job.id, visit.id if visit is not None else -1, baton.id,
            person.id if person is not None else -1, cause, detail,
        )  # fmt: skip
