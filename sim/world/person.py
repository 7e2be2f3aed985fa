"""A person at work: gifts, hats, what is in hand. Names and gifts are the chair's, hats are the plan's."""

from __future__ import annotations

from array import array
from bisect import bisect_left, insort
from collections import deque
from statistics import NormalDist
from typing import Any

from sim.relay import HATS, Hat, Kind, Spent, Visit, Work
from sim.shop.handoffs import Handoffs, host_rapport
from sim.shop.people import Gifts, GiftSpread, Group, Shift, correlated, gift
from sim.streams import ChairDraw

#: rank of what a person is doing, lowest broken first; kinds that are not here are never broken
BREAKABLE = {
    Kind.SIDE: 0, Kind.LOOK_AHEAD: 1, Kind.UPDATE: 2, Kind.WAITING_TECHNICIAN: 3, Kind.LATE_CUSTOMER: 3,
    Kind.NEW_BOOKING: 3, Kind.BRIEF: 3, Kind.REPORT: 3, Kind.CLOSE: 3, Kind.AUDIT: 3,
}  # fmt: skip


class Team:
    """People who answer the same calls and look at the same trays, idle ones in order of how long they are."""

    __slots__ = ("after", "answers", "breakable", "idle", "looks", "mask", "ranks")

    def __init__(self, answers: dict[int, int], looks: frozenset[Kind]) -> None:
        self.answers = answers
        #: minutes that a call of a type waits before it is theirs, where it does
        self.after: dict[int, float] = {}
        self.looks = looks
        #: the same as bits, to hold against the trays that are filled
        self.mask = sum(1 << kind for kind in looks)
        self.idle: dict[Person, None] = {}
        self.breakable: list[tuple[int, int, int, Person]] = []
        by_rank: dict[int, list[int]] = {}
        for kind, rank in sorted(answers.items()):
            by_rank.setdefault(rank, []).append(kind)
        #: types by rank, the best rank first
        self.ranks = [types for _, types in sorted(by_rank.items())]

    def longest_idle(self) -> Person | None:
        """Who has been idle longest; of several since the same moment the first by name."""
        chosen: Person | None = None
        for person in self.idle:
            if chosen is None:
                chosen = person
            elif person.idle_since > chosen.idle_since:
                break
            elif person.order < chosen.order:
                chosen = person
        return chosen

    def join_idle(self, person: Person) -> None:
        """Somebody who has been idle for a while changed hats: they keep their place."""
        self.idle[person] = None
        self.idle = dict.fromkeys(sorted(self.idle, key=lambda other: (other.idle_since, other.order)))

    def may_break(self, person: Person, rank: int) -> None:
        """A ringing call may break what this person does now."""
        insort(self.breakable, (rank, person.interruptions, person.order, person))
        person.breakable = rank

    def no_break(self, person: Person) -> None:
        """It may not any longer."""
        at = bisect_left(self.breakable, (person.breakable, person.interruptions, person.order))
        del self.breakable[at]
        person.breakable = -1


class Person:
    """One chair and who sits in it."""

    __slots__ = (
        "answers_own",
        "at_x",
        "at_y",
        "break_min",
        "breakable",
        "came_at",
        "covers",
        "day_end",
        "day_start",
        "desk_accuracy",
        "desk_speed",
        "expected",
        "eye",
        "focus_interrupted",
        "group",
        "group_name",
        "hats",
        "heads",
        "id",
        "idle_since",
        "interruptions",
        "is_manager",
        "known_open",
        "lag",
        "last_hat",
        "leaving",
        "looks",
        "lost_brief",
        "lost_reports",
        "name",
        "number",
        "on_break",
        "order",
        "overtime",
        "own",
        "own_mask",
        "own_talk",
        "paid_today",
        "phone_accuracy",
        "phone_speed",
        "present",
        "priority",
        "put_down",
        "rank",
        "rapport",
        "report_lost",
        "sales",
        "shift",
        "skill",
        "skill_level",
        "spent",
        "stay_with",
        "stint_end",
        "stint_start",
        "stints",
        "switching",
        "team",
        "trades",
        "visiting",
        "waiting",
        "waiting_since",
        "wants_next",
        "work",
        "work_speed",
        "worked_off",
        "worn",
    )  # fmt: skip

    def __init__(self, id_: int, name: str, group_name: str, group: Group, order: int) -> None:
        self.id = id_
        self.name = name
        self.group_name = group_name
        self.group = group
        self.order = order  # by name, for ties
        self.hats = frozenset(HATS[h] for h in group.hats)
        self.covers = frozenset(HATS[h] for h in group.covers) - self.hats
        self.worn = self.hats
        self.trades = frozenset(group.trades)
        self.skill_level = group.skill_level
        self.shift: Shift | None = None
        self.heads: Any = None
        self.team: Team | None = None
        self.priority: tuple[Kind, ...] = ()  # the whole list
        self.looks: tuple[Kind, ...] = ()  # what of it the hats worn now have to do with
        self.focus_interrupted = True
        self.own: dict[Kind, deque[Work]] = {}
        self.own_mask = 0
        self.work: Work | None = None
        self.put_down: Work | None = None
        self.lag = self.switching = False
        self.number = self.stints = self.interruptions = 0
        self.stint_start = self.stint_end = self.idle_since = 0.0
        self.spent = Spent.DESK
        self.breakable = -1  # rank under which a ringing phone may break the stint in hand now
        self.rank = -1  # rank of the stint in hand, if it is of a kind that may be broken
        self.present = self.leaving = self.on_break = self.expected = False
        self.break_min = 0.0
        self.came_at = self.day_start = self.day_end = 0.0
        self.paid_today = 0.0
        self.last_hat: Hat | None = None
        self.stay_with: Any = None
        self.visiting: Visit | None = None
        self.waiting: Work | None = None
        self.waiting_since = -1.0
        self.wants_next: Work | None = None
        self.known_open = 0
        self.report_lost = False
        self.is_manager = Hat.SERVICE_MANAGER in self.hats
        self.lost_brief: Any = None
        self.lost_reports: list[Any] = []
        self.own_talk: dict[int, Any] = {}
        self.at_x = self.at_y = 0.0
        self.worked_off = False

    def receive_gifts(self, row: array[float], spread: GiftSpread, handoffs: Handoffs) -> None:
        """Gifts from the chair's uniforms; those that the scenario names are taken as they are."""
        z = [_SCORE(min(max(u, _TINY), 1.0 - _TINY)) for u in row]
        given: Gifts = self.group.gifts

        def phone(column: ChairDraw, named: float | None) -> float:
            return named or gift((z[ChairDraw.PHONE] + z[column]) * _HALF, spread.phone_sd)

        def desk(column: ChairDraw, named: float | None) -> float:
            common = correlated(z[ChairDraw.PHONE], z[ChairDraw.DESK], spread.correlation)
            return named or gift((common + z[column]) * _HALF, spread.desk_sd)

        self.rapport = host_rapport(phone(ChairDraw.RAPPORT, given.rapport), handoffs)
        self.phone_speed = phone(ChairDraw.PHONE_SPEED, given.phone_speed)
        self.phone_accuracy = phone(ChairDraw.PHONE_ACCURACY, given.phone_accuracy)
        self.desk_speed = desk(ChairDraw.DESK_SPEED, given.desk_speed)
        self.desk_accuracy = desk(ChairDraw.DESK_ACCURACY, given.desk_accuracy)
        self.eye = desk(ChairDraw.EYE, given.eye)
        self.skill = given.skill or gift(z[ChairDraw.TECH_SKILL], spread.technician_sd)
        self.work_speed = given.work_speed or gift(z[ChairDraw.TECH_SPEED], spread.technician_sd)
        self.sales = given.sales or gift(z[ChairDraw.SALES], spread.technician_sd)
        stays = correlated(z[ChairDraw.SALES], z[ChairDraw.OVERTIME], spread.sales_overtime)
        self.overtime = given.overtime or gift(stays, spread.technician_sd)

    def next_own(self, kind: Kind) -> Work | None:
        """The oldest work of a kind that is for this person alone."""
        tray = self.own.get(kind)
        while tray:
            if not tray[0].withdrawn:
                return tray[0]
            tray.popleft()
        self.own_mask &= ~(1 << kind)
        return None


_SCORE = NormalDist().inv_cdf
_TINY = 2.0**-53
_HALF = 0.5**0.5
