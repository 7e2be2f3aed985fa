"""Trays: where work lies until somebody with the right hat looks. A new piece wakes at most one idle person."""

from __future__ import annotations

from collections import deque

from sim.relay import Hat, Kind, Work
from sim.world.person import Person, Team
from sim.world.shop import Shop

#: the hat a kind of work needs; side duties are dealt with by name (duties.hats), visits are each technician's own
HAT_OF = {
    Kind.PHONE: Hat.CSR, Kind.CALL_BACK: Hat.CSR,
    Kind.WAITING_TECHNICIAN: Hat.DISPATCHER, Kind.LATE_CUSTOMER: Hat.DISPATCHER, Kind.NEW_BOOKING: Hat.DISPATCHER,
    Kind.BRIEF: Hat.DISPATCHER, Kind.REPORT: Hat.DISPATCHER, Kind.CLOSE: Hat.DISPATCHER, Kind.FOLLOW_UP: Hat.DISPATCHER,
    Kind.LOOK_AHEAD: Hat.DISPATCHER, Kind.UPDATE: Hat.DISPATCHER, Kind.AUDIT: Hat.DISPATCHER,
    Kind.COMPLAINT: Hat.SERVICE_MANAGER, Kind.MEETING: Hat.SERVICE_MANAGER, Kind.VISIT: Hat.TECHNICIAN,
}  # fmt: skip

#: shortest first, for people who choose what is easy under pressure
EASY_FIRST = (
    Kind.NEW_BOOKING, Kind.LOOK_AHEAD, Kind.UPDATE, Kind.BRIEF, Kind.REPORT, Kind.CLOSE, Kind.WAITING_TECHNICIAN,
    Kind.LATE_CUSTOMER, Kind.CALL_BACK, Kind.FOLLOW_UP, Kind.SIDE, Kind.COMPLAINT, Kind.AUDIT, Kind.MEETING,
)  # fmt: skip
_DESK = frozenset(
    {Kind.WAITING_TECHNICIAN, Kind.LATE_CUSTOMER, Kind.NEW_BOOKING, Kind.BRIEF, Kind.REPORT, Kind.CLOSE, Kind.FOLLOW_UP}
)


class Trays:
    """One shared tray for each kind of work, and everybody's own."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.shared: dict[Kind, deque[Work]] = {kind: deque() for kind in Kind}
        self.teams_for: dict[Kind, list[Team]] = {kind: [] for kind in Kind}
        self.desk_waiting = 0
        self.mask = 0  # bits of the kinds of which something may lie in the shared trays

    def put(self, work: Work, first: bool = False) -> None:
        """Lay a piece of work down and wake whoever is idle for it, one person at most."""
        kind = work.kind
        holder: Person | None = work.holder
        if kind in _DESK:
            self.desk_waiting += 1
        if holder is not None:
            tray = holder.own.setdefault(kind, deque())
            tray.appendleft(work) if first else tray.append(work)
            holder.own_mask |= 1 << kind
            if holder.present and holder.work is None:
                self.shop.attention.look(holder)
            return
        self.shared[kind].append(work)
        self.mask |= 1 << kind
        person = self._idle_for(kind)
        if person is not None:
            self.shop.attention.look(person)

    def _idle_for(self, kind: Kind) -> Person | None:
        chosen: Person | None = None
        for team in self.teams_for[kind]:
            person = team.longest_idle() if team.idle else None
            if person is not None and (
                chosen is None or (person.idle_since, person.order) < (chosen.idle_since, chosen.order)
            ):
                chosen = person
        return chosen

    def oldest(self, person: Person, kind: Kind) -> Work | None:
        """The oldest work of a kind that this person may take: the shared one or their own; it stays where it is."""
        tray = self.shared[kind]
        while tray and tray[0].withdrawn:
            tray.popleft()
        own = person.next_own(kind) if person.own_mask >> kind & 1 else None
        if not tray:
            self.mask &= ~(1 << kind)
            return own
        if own is None or tray[0].order < own.order:
            return tray[0]
        return own

    def take(self, person: Person, work: Work) -> None:
        """Take out what :meth:`oldest` showed."""
        tray = person.own[work.kind] if work.holder is person else self.shared[work.kind]
        tray.remove(work)  # the first, unless somebody stays with a job
        if work.kind in _DESK:
            self.desk_waiting -= 1

    def withdraw(self, work: Work) -> None:
        """Nobody needs this any longer: it will be passed over."""
        if not work.withdrawn and work.person is None and not work.begun:
            work.withdrawn = True
            if work.kind in _DESK:
                self.desk_waiting -= 1

    def on_job(self, person: Person, job: object, kinds: tuple[Kind, ...]) -> Work | None:
        """A piece of desk work on one job that is possible now, for whoever stays with the job until done."""
        for kind in kinds:
            own = person.next_own(kind)
            for work in self.shared[kind] if own is None else (own, *self.shared[kind]):
                if not work.withdrawn and (work.job is job or self._asks_for(work, job)):
                    return work
        return None

    def _asks_for(self, work: Work, job: object) -> bool:
        """Whether a technician's next job, which this work will choose, is that job."""
        if work.job is not None or work.about is None:
            return False
        shop = self.shop
        return shop.board.would_choose(work.about, shop.desk.ahead(work.about)) is job

    def hand_back(self, person: Person) -> None:
        """What lay in a person's own desk tray goes to everybody's (they leave for the day)."""
        for kind, tray in person.own.items():
            if kind is Kind.VISIT:
                continue
            while tray:
                work = tray.popleft()
                if not work.withdrawn:
                    work.holder = None
                    if work.kind in _DESK:
                        self.desk_waiting -= 1
                    self.put(work)

    def put_first(self, work: Work) -> None:
        """Work that was begun goes back to the front: it is the oldest of its kind."""
        work.holder = None
        work.person = None
        if work.kind in _DESK:
            self.desk_waiting += 1
        self.shared[work.kind].appendleft(work)
        self.mask |= 1 << work.kind
        person = self._idle_for(work.kind)
        if person is not None:
            self.shop.attention.look(person)
