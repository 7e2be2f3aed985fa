"""The roster: who is there, who rests, who covers whom. Nobody works outside their presence."""

from __future__ import annotations

from array import array
from statistics import NormalDist

from sim.relay import DAY_MIN, HATS, Event, Hat, Kind, Spent
from sim.shop.people import own_order
from sim.streams import Address, ChairDayDraw, ChairDraw, name_key
from sim.world.attention import focus_of
from sim.world.clock import Due, Turn
from sim.world.person import Person, Team
from sim.world.plan import own_durations
from sim.world.shop import Shop
from sim.world.trays import HAT_OF

_LONGEST_HELD_MIN = 120.0


class Heads:
    """A group that is given as head-counts by period."""

    __slots__ = ("days", "people", "steps", "surplus")

    def __init__(self, people: list[Person], steps: list[tuple[float, int]], days: tuple[bool, ...]) -> None:
        self.people = people
        self.steps = steps
        self.days = days
        self.surplus = 0


class Roster:
    """Presence, rest and cover."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.clock = shop.clock
        self.ledger = shop.ledger
        self.heads: list[Heads] = []
        self.present = dict.fromkeys(Hat, 0)
        self.teams: dict[object, Team] = {}
        self.keys: dict[int, int] = {}
        self._serial = {}  # type: dict[int, int]
        self._coverers: list[Person] = []
        self._covered: tuple[object, ...] = ()
        self._here: list[bool] = []
        self._flip_at = shop.scenario.attention.flip_at_waiting
        self._cover_below = shop.scenario.attention.cover_below
        self._scores = NormalDist().inv_cdf
        self._flipped = False
        self._ordered = False

    # ---- who works here -----------------------------------------------------------------------------------------
    def hire(self) -> None:
        """Stamp out the people of a scenario; gifts come from the chair's own draws."""
        shop = self.shop
        scenario = shop.scenario
        for name, group in scenario.people.items():
            count = max([group.count, *(h.value for h in group.heads)]) if group.heads is not None else group.count
            made = []
            index = shop.plan.call_index
            own_talk = {index[kind]: own_durations(answers) for kind, answers in (group.answers or {}).items()}
            for n in range(count):
                person = Person(len(shop.people), f"{name} {n + 1}", name, group, len(shop.people))
                self.keys[person.id] = chair = name_key(name) << 24 | n
                row = shop.streams.row(Address.CHAIR, chair, 0, 32)
                person.receive_gifts(row, scenario.gifts, scenario.handoffs)
                person.focus_interrupted = focus_of(group.focus, scenario.attention.focus)
                person.priority = self._priority(row)
                person.own_talk = own_talk
                if group.heads is None:
                    person.shift = group.shifts[n % len(group.shifts)]
                shop.people.append(person)
                made.append(person)
                self._put_on(person, person.hats)
            if group.heads is not None:
                heads = Heads(made, [(step.at, step.value) for step in group.heads], group.heads_days)
                self.heads.append(heads)
                for person in made:
                    person.heads = heads
        for order, person in enumerate(sorted(shop.people, key=lambda p: (p.group_name, p.id))):
            person.order = order
        self._coverers = [person for person in shop.people if person.covers or person.is_manager]

    def _priority(self, row: array[float]) -> tuple[Kind, ...]:
        attention = self.shop.scenario.attention
        kinds = [Kind[name.upper()] for name in attention.priority]
        kinds += [kind for kind in Kind if kind not in kinds]
        if attention.shared_priority:
            return tuple(kinds)
        scores = [self._scores(max(u, 1e-12)) for u in row[ChairDraw.ORDER : ChairDraw.ORDER + 16]]
        return own_order(kinds, scores, attention.disorder)

    # ---- hats and teams -----------------------------------------------------------------------------------------
    def _put_on(self, person: Person, worn: frozenset[Hat]) -> None:
        """Wear these hats from now on: they decide which calls and trays one looks at."""
        old = person.team
        person.worn = worn
        team = self._team(person, worn)
        looks = [kind for kind in person.priority if kind in team.looks or (kind is Kind.PHONE and team.answers)]
        person.looks = tuple(looks)
        if team is old:
            return
        if old is not None:
            if person in old.idle:
                del old.idle[person]
                team.join_idle(person)
            if person.breakable >= 0:
                old.no_break(person)
        person.team = team
        self.shop.attention.expose(person)

    def _team(self, person: Person, worn: frozenset[Hat]) -> Team:
        key = (person.group_name, worn)
        team = self.teams.get(key)
        if team is None:
            team = self.teams[key] = self._new_team(person, worn)
        return team

    def _new_team(self, person: Person, worn: frozenset[Hat]) -> Team:
        shop = self.shop
        index = shop.plan.call_index
        answers: dict[int, int] = {}
        if Hat.CSR in worn:
            given = person.group.answers
            named = (
                {index[name]: a.rank for name, a in given.items()}
                if given is not None
                else dict.fromkeys(index.values(), 1)
            )
            answers = {t: rank for t, rank in named.items() if self._allowed(t, person.group_name)}
        team = Team(answers, self._looks(worn))
        for kind in team.looks:
            shop.trays.teams_for[kind].append(team)
        for type_, rank in answers.items():
            self._list_team(type_, person.group_name, rank, team)
        return team

    def _allowed(self, type_: int, group: str) -> bool:
        groups = self.shop.plan.calls[type_].settings.groups
        return not groups or group in groups

    def _list_team(self, type_: int, group: str, rank: int, team: Team) -> None:
        """Keep, for each type, its teams by (place of the group in the type's order, rank of the type with them)."""
        groups = self.shop.plan.calls[type_].settings.groups
        place = (groups.index(group) if groups else 0) * 1000 + rank
        widens = self.shop.plan.calls[type_].widens
        if widens is not None and widens[place // 1000] > 0.0:
            team.after[type_] = widens[place // 1000]
        listed = self.shop.phones.teams_for[type_]
        for at, teams in listed:
            if at == place:
                teams.append(team)
                return
        listed.append((place, [team]))
        listed.sort(key=lambda entry: entry[0])

    def _looks(self, worn: frozenset[Hat]) -> frozenset[Kind]:
        looks = {kind for kind, hat in HAT_OF.items() if hat in worn and kind is not Kind.PHONE}
        if any(HATS[name] in worn for name in self.shop.scenario.duties.hats):
            looks.add(Kind.SIDE)
        if Hat.DISPATCHER in worn and not self._managed():
            looks.add(Kind.COMPLAINT)
        return frozenset(looks)

    def _managed(self) -> bool:
        return any("service_manager" in g.hats and g.count for g in self.shop.scenario.people.values())

    def cover(self) -> None:
        """Put cover hats on or off: few normal wearers there, the phones' threshold, or the manager's word."""
        if not self._coverers:
            return
        phones, orders = self.shop.phones, self.shop.orders
        if self._flip_at is not None:
            self._flipped = phones.waiting >= self._flip_at or (self._flipped and phones.waiting > 0)
        ordered = orders.desk_to_phones
        few = self._cover_below
        short = [count < few for count in self.present.values()]
        state = (short, self._flipped, ordered, orders.manager_answers)
        here = [person.present and not person.on_break for person in self._coverers]
        concerned = self._coverers
        if state == self._covered:  # then only those who have come or gone since
            if here == self._here:
                return
            both = zip(concerned, here, self._here, strict=True)
            concerned = [person for person, is_here, was_here in both if is_here is not was_here]
        self._covered, self._here = state, here
        changed = []
        for person in concerned:
            on = {h for h in person.covers if short[h] or (h is Hat.CSR and (self._flipped or ordered))}
            if orders.manager_answers and person.is_manager:
                on.add(Hat.CSR)
            if not person.present or person.on_break:
                on.clear()
            worn = person.hats | on
            if worn != person.worn:
                self._note_cover(person, worn)
                self._put_on(person, frozenset(worn))
                changed.append(person)
        for person in changed:
            self.shop.attention.look(person)
        if phones.waiting and changed:
            phones.offer()

    def _note_cover(self, person: Person, worn: frozenset[Hat] | set[Hat]) -> None:
        for hat in person.covers:
            if (hat in worn) != (hat in person.worn):
                event = Event.COVER_ON if hat in worn else Event.COVER_OFF
                self.ledger.write(self.clock.now, event, person=person.id, detail=hat)

    # ---- days ---------------------------------------------------------------------------------------------------
    def open_day(self, day: int) -> None:
        """Plan everybody's presence of a day."""
        midnight = day * DAY_MIN
        weekday = self.shop.plan.weekday(day)
        for person in self.shop.people:
            if person.shift is not None:
                self._plan_shift(person, day, weekday, midnight)
        for heads in self.heads:
            if not heads.days[weekday]:
                self.clock.at(midnight, Turn.PRESENCE, self._set_heads, heads, 0)
                continue
            if (day == 0 or not heads.days[weekday - 1]) and heads.steps[0][0] > 0.0:
                self.clock.at(midnight, Turn.PRESENCE, self._set_heads, heads, heads.steps[-1][1])
            for at, count in heads.steps:
                self.clock.at(midnight + at, Turn.PRESENCE, self._set_heads, heads, count)

    def _plan_shift(self, person: Person, day: int, weekday: int, midnight: float) -> None:
        shift = person.shift
        assert shift is not None
        if not shift.days[weekday]:
            return
        paid = shift.end - shift.start - (shift.lunch_min if shift.lunch is not None else 0.0)
        away = self.away(person, day)
        if away:
            self.ledger.write(self.clock.now, Event.ABSENT, person=person.id, detail=away)
            self.ledger.write(self.clock.now, Event.PAID, person=person.id, detail=paid)
            return
        at = self.clock.at
        start, end = midnight + shift.start, midnight + shift.end
        at(start, Turn.PRESENCE, self._come, person, day)
        if shift.lunch is not None and shift.lunch_min > 0.0:
            at(midnight + shift.lunch, Turn.PRESENCE, self._rest_due, (person, shift.lunch_min))
        for moment in shift.breaks if shift.break_min > 0.0 else ():
            at(midnight + moment, Turn.PRESENCE, self._rest_due, (person, shift.break_min))
        if not (shift.start == 0.0 and shift.end == DAY_MIN and self._goes_on(person, day + 1)):
            at(end, Turn.PRESENCE, self._end_due, person, day)
        person.paid_today = paid
        if person.present:
            return  # a day that runs into the next
        person.day_start, person.day_end = start, end
        person.expected = True
        if person.trades:
            self.shop.desk.technician_expected(person)

    def _goes_on(self, person: Person, day: int) -> bool:
        """Whether somebody who works round the clock is here on the next day too."""
        assert person.shift is not None
        return person.shift.days[self.shop.plan.weekday(day)] and not self.away(person, day)

    def away(self, person: Person, day: int) -> int:
        """0 here, 1 on vacation (known beforehand), 2 sick: the chair's own draws."""
        group = person.group
        if group.vacation_share == 0.0 and group.sick_share == 0.0:
            return 0
        row = self.shop.streams.row(Address.CHAIR_DAY, self.keys[person.id], day, 4)
        if row[ChairDayDraw.VACATION] < group.vacation_share:
            return 1
        return 2 if row[ChairDayDraw.SICK] < group.sick_share else 0

    def _come(self, due: Due) -> None:
        person: Person = due.arg
        if person.present:
            self._next_shift(person)
            return
        person.present = True
        person.leaving = False
        person.break_min = 0.0
        person.interruptions = 0
        person.came_at = self.clock.now
        person.last_hat = None
        self.ledger.write(self.clock.now, Event.CAME, person=person.id, detail=1)
        self._count(person, 1)
        if person.trades:
            self.shop.desk.technician_came(person)
        person.expected = False
        self.shop.attention.look(person)

    def _next_shift(self, person: Person) -> None:
        """Still here since yesterday when the next shift begins: that one is paid, and the work goes on."""
        shift, now = person.shift, self.clock.now
        assert shift is not None
        self._pay(person)
        person.leaving = False
        person.came_at = person.day_start = now
        person.day_end = now - shift.start + shift.end

    def _pay(self, person: Person) -> None:
        """The regular minutes of a shift that is over (or of what there was of it by the horizon), and overtime."""
        now = self.clock.now
        minutes = now - person.came_at
        if person.heads is None:
            minutes = person.paid_today if now >= person.day_end else min(minutes, person.paid_today)
        self.ledger.write(now, Event.PAID, person=person.id, detail=minutes)
        if now > person.day_end:
            self.ledger.write(now, Event.OVERTIME, person=person.id, detail=now - person.day_end)

    def _count(self, person: Person, change: int) -> None:
        for hat in person.hats:
            self.present[hat] += change
        self.cover()

    def _end_due(self, due: Due) -> None:
        person: Person = due.arg
        if not person.present:
            return
        person.leaving = True
        self.shop.attention.shield(person)
        self.shop.attention.look(person)

    def lets_go(self, person: Person) -> bool:
        """The shift is over (or the head-count fell): go home, unless callers still wait at closing."""
        phones = self.shop.phones
        if phones.serving_after_closing() and phones.next_for(person) is not None:
            return False
        if person.visiting is not None:
            return False
        if person.heads is not None:
            person.heads.surplus -= 1
        self._go_home(person)
        return True

    def _go_home(self, person: Person) -> None:
        shop = self.shop
        now = self.clock.now
        shop.attention.not_idle(person)
        person.present = False
        person.leaving = False
        if person.put_down is not None:
            down, person.put_down = person.put_down, None
            shop.trays.put_first(down)
        shop.trays.hand_back(person)
        if person.trades:
            shop.desk.technician_left(person)
        self._pay(person)
        self.ledger.write(now, Event.LEFT, person=person.id)
        self._count(person, -1)

    # ---- rest ---------------------------------------------------------------------------------------------------
    def _rest_due(self, due: Due) -> None:
        person, minutes = due.arg
        if not person.present:
            return
        person.break_min += minutes
        if not self.shop.orders.breaks_moved:
            self.shop.attention.shield(person)
        else:
            self.clock.after(_LONGEST_HELD_MIN, Turn.PRESENCE, self._rest_at_last, person)
        self.shop.attention.look(person)

    def _rest_at_last(self, due: Due) -> None:
        person: Person = due.arg
        if person.break_min > 0.0 and person.present:
            person.worked_off = True
            self.shop.attention.look(person)

    def may_rest(self, person: Person) -> bool:
        """Breaks are taken when due; while the ladder moves them they wait, but not longer than two hours."""
        return (not self.shop.orders.breaks_moved or person.worked_off) and person.visiting is None

    def rest(self, person: Person) -> None:
        """Lunch or a break begins; what was put down goes back to the desk, and the break keeps its length."""
        shop = self.shop
        shop.attention.not_idle(person)
        if person.trades:
            shop.desk.stop_waiting(person)
        minutes, person.break_min = person.break_min, 0.0
        person.worked_off = False
        person.on_break = True
        if person.put_down is not None:
            down, person.put_down = person.put_down, None
            shop.trays.put_first(down)
        self.ledger.write(self.clock.now, Event.WENT_ON_BREAK, person=person.id, detail=minutes)
        self.clock.after(minutes, Turn.PRESENCE, self._back, person)
        self._count(person, -1)

    def _back(self, due: Due) -> None:
        person: Person = due.arg
        person.on_break = False
        person.last_hat = None
        self.ledger.write(self.clock.now, Event.CAME, person=person.id, detail=2)
        self._count(person, 1)
        self.shop.attention.look(person)

    # ---- head-counts --------------------------------------------------------------------------------------------
    def _set_heads(self, due: Due) -> None:
        """Bring the group to a head-count: idle people leave first, then the first to become free."""
        heads: Heads = due.arg
        wanted = due.number
        here = [person for person in heads.people if person.present]
        change = wanted - (len(here) - heads.surplus)
        while change > 0 and heads.surplus > 0:
            heads.surplus -= 1
            change -= 1
        for person in heads.people:
            if change > 0 and not person.present:
                change -= 1
                self._join(person)
        if change < 0:
            heads.surplus += -change
            idle = sorted((p for p in here if p.work is None), key=lambda p: (p.idle_since, p.order))
            for person in idle[:-change]:
                self.shop.attention.look(person)

    def _join(self, person: Person) -> None:
        person.day_end = float("inf")
        self._come(Due(self._come, person, 0))

    def stop(self) -> None:
        """The horizon: whoever is here is paid until now."""
        now = self.clock.now
        for person in self.shop.people:
            if person.present:
                self.shop.attention.close(person)
                self._pay(person)
                self.ledger.write(now, Event.LEFT, person=person.id)


__all__ = ["Heads", "Roster", "Spent"]
