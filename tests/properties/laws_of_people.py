"""Laws of people: in one place, doing one thing, while they are there, with the hats that they wear."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from itertools import pairwise

from sim.relay import DAY_MIN, HATS, SPENT_HAT, Event, Hat, Kind, Spent
from tests.properties.reading import EPS, Faults, Reading, Row, law, name

AT_WORK = (
    Event.ANSWERED, Event.HUNG_UP, Event.WRAPPED, Event.BOOKED, Event.CALLED_BACK, Event.ON_BOARD, Event.SET_OFF,
    Event.ARRIVED, Event.WORK_DONE, Event.INTERRUPTED, Event.SWITCHED, Event.PASSED, Event.QUOTED,
    Event.COMPLAINT_SAVED, Event.COMPLAINT_LOST, Event.REFUSED_OVERTIME, Event.UPDATE_KEPT, Event.OVERTIME,
)  # fmt: skip
UNBROKEN = {
    Spent.TALK, Spent.WRAP_UP, Spent.RING, Spent.OUTBOUND, Spent.MANAGING, Spent.TRAVEL, Spent.ON_SITE, Spent.PAPERWORK,
    Spent.FUTILE, Spent.EARLY,
}  # fmt: skip
BREAKABLE = {
    Kind.SIDE, Kind.LOOK_AHEAD, Kind.UPDATE, Kind.WAITING_TECHNICIAN, Kind.LATE_CUSTOMER, Kind.NEW_BOOKING, Kind.BRIEF,
    Kind.REPORT, Kind.CLOSE, Kind.AUDIT,
}  # fmt: skip


@law
def coming_and_going_take_turns(x: Reading) -> Faults:
    """A person comes, goes on breaks that last as long as planned, comes back and leaves, in this order."""
    for person in x.run.people:
        state, back = "away", 0.0
        for row in x.by_person.get(person.id, ()):
            if row.event == Event.CAME:
                right = state == ("away" if row.detail == 1 else "break")
                if state == "break" and abs(row.time - back) > EPS:
                    yield f"{name(row)}, back from a break that ends at {back}"
                state = "here"
            elif row.event == Event.WENT_ON_BREAK:
                right, state, back = state == "here", "break", row.time + row.detail
            elif row.event == Event.LEFT:
                right = state == "here" or (state == "break" and row.time == x.run.stopped_at)
                state = "away"
            else:
                continue
            if not right:
                yield f"{name(row)}, but {person.name} was {state}"
        if state != "away":
            yield f"{person.name} never left"


@law
def one_thing_at_a_time(x: Reading) -> Faults:
    """No two stints of a person overlap."""
    for stints in x.stints.values():
        for before, after in pairwise(stints):
            if after.start < before.end - EPS:
                yield f"{name(after.row)} begins before {name(before.row)} ends"


@law
def nothing_outside_presence(x: Reading) -> Faults:
    """Every stint lies within one stretch of presence, and so does everything that a person does."""
    for person, stints in x.stints.items():
        for stint in stints:
            if not x.is_present(person, stint.start, stint.end):
                yield f"{name(stint.row)} from {stint.start:.4f}: not there all the time"
    for row in x.of(*AT_WORK):
        on_break = row.event == Event.OVERTIME and row.time == x.run.stopped_at
        if row.person >= 0 and not on_break and not x.is_present(row.person, row.time, row.time):
            yield f"{name(row)}: not there"


@law
def waiting_for_the_desk_is_done_at_work(x: Reading) -> Faults:
    """A technician waits for the desk only between coming and leaving, and only technicians do."""
    for row in x.of(Event.SPENT + Spent.WAIT_FOR_DESK):
        came = x.came(row)
        hats = x.run.people[row.person].hats
        if Hat.TECHNICIAN not in hats or not came or came[-1] > row.time - row.detail + EPS:
            yield f"{name(row)}, came at {came}"


@law
def stints_take_time(x: Reading) -> Faults:
    """No stint is shorter than nothing, and none is longer than the run."""
    for person, stints in x.stints.items():
        for stint in stints:
            if person < 0 or not 0.0 < stint.row.detail <= x.run.stopped_at:
                yield name(stint.row)


@law
def presence_keeps_to_the_shift(x: Reading) -> Faults:
    """People come when their shift begins and never leave before it ends, save at the horizon."""
    for person in x.run.people:
        shift = x.shifts[person.id]
        for row in x.by_person.get(person.id, ()) if shift is not None else ():
            assert shift is not None
            day, minute = divmod(row.time, DAY_MIN)
            if row.event == Event.CAME and row.detail == 1:
                if abs(minute - shift.start) > EPS or not shift.days[x.weekday(int(day))]:
                    yield f"{name(row)}: {person.name}'s shift begins at {shift.start}"
            elif row.event == Event.LEFT and row.time < x.run.stopped_at:
                came = x.came(row)
                end = came[-1] // DAY_MIN * DAY_MIN + shift.end if came else 0.0
                if row.time < end - EPS:
                    yield f"{name(row)}: {person.name}'s shift ends at {end}"


@law
def every_shift_is_worked_or_missed(x: Reading) -> Faults:
    """On every day of a shift its person comes or is still there since yesterday; only else is it an absent day."""
    days = int(x.run.stopped_at // DAY_MIN) + 1
    for person in x.run.people:
        shift, rows = x.shifts[person.id], x.by_person.get(person.id, [])
        if shift is None:
            continue
        absent = {int(row.time // DAY_MIN) for row in rows if row.event == Event.ABSENT}
        came = {int(row.time // DAY_MIN) for row in rows if row.event == Event.CAME and row.detail == 1}
        for day in range(days):
            start = day * DAY_MIN + shift.start
            if not shift.days[x.weekday(day)] or start >= x.run.stopped_at:
                continue
            here = day in came or any(p.start <= start < p.end for p in x.presence[person.id])
            if not (here or day in absent) or (day in absent and day in came):
                yield f"{person.name} on day {day}: here {here}, absent {day in absent}"


@law
def breaks_are_had(x: Reading) -> Faults:
    """Over a day that somebody worked to its end, breaks add up to what the shift says: they slide and keep their length."""
    moved = x.scenario.ladder.enabled and "move_breaks" in x.scenario.ladder.steps
    for person in x.run.people:
        shift, rows = x.shifts[person.id], x.by_person.get(person.id, [])
        if shift is None or moved:
            continue
        planned = len(shift.breaks) * shift.break_min + (shift.lunch_min if shift.lunch is not None else 0.0)
        since = None
        had = 0.0
        for row in rows:
            if row.event == Event.CAME and row.detail == 1:
                since, had = row, 0.0
            elif row.event == Event.WENT_ON_BREAK:
                had += row.detail
            elif (
                row.event == Event.LEFT
                and since is not None
                and had > planned * ((row.time - since.time) // DAY_MIN + 1) + EPS
            ):
                yield f"{name(row)}: {had} min of breaks, {planned} planned"


@law
def pay_is_for_the_shift(x: Reading) -> Faults:
    """Regular pay is never more than the shift's minutes without lunch, and overtime is what comes after its end."""
    for row in x.of(Event.PAID):
        shift = x.shifts[row.person]
        if shift is None:
            continue
        paid = shift.end - shift.start - (shift.lunch_min if shift.lunch is not None else 0.0)
        if row.detail > paid + EPS or (row.time < x.run.stopped_at and abs(row.detail - paid) > EPS):
            yield f"{name(row)}: the shift is worth {paid}"
    for row in x.of(Event.OVERTIME):
        shift = x.shifts[row.person]
        late = (row.time - shift.end) % DAY_MIN if shift is not None else -1.0
        if abs(late - row.detail % DAY_MIN) > EPS:
            yield f"{name(row)}: {late} min after the shift"


@law
def hats_decide_who_does_what(x: Reading) -> Faults:
    """Minutes are spent only under a hat that the person wears or covers; a manager may be sent to the phones."""
    ordered = x.scenario.ladder.enabled and "manager_answers" in x.scenario.ladder.steps
    managed = any("service_manager" in g.hats and g.count for g in x.scenario.people.values())
    for person in x.run.people:
        group = x.group(person)
        may = {HATS[hat] for hat in (*group.hats, *group.covers)}
        if Hat.SERVICE_MANAGER in may and ordered:
            may.add(Hat.CSR)
        for stint in x.stints.get(person.id, ()):
            hat = SPENT_HAT.get(stint.kind)
            if stint.kind is Spent.MANAGING and Hat.DISPATCHER in may and not managed:
                continue
            if hat is not None and hat not in may:
                yield f"{name(stint.row)} by {person.name}, who wears {sorted(may)}"


@law
def covers_are_worn_in_turn(x: Reading) -> Faults:
    """A cover hat is put on and off in turn, by those trained for it, and phones are answered by who wears the hat then."""
    for person in x.run.people:
        group = x.group(person)
        covers = {HATS[hat] for hat in group.covers} - set(person.hats)
        on: set[int] = set()
        for row in x.by_person.get(person.id, ()):
            if row.event in (Event.COVER_ON, Event.COVER_OFF):
                hat = int(row.detail)
                if hat not in covers or (hat in on) != (row.event == Event.COVER_OFF):
                    yield f"{name(row)}: {person.name} covers {sorted(covers)}, now {sorted(on)}"
                on ^= {hat}


@law
def calls_go_to_who_may_answer_them(x: Reading) -> Faults:
    """A call is answered only by somebody of a group that answers its type."""
    for leg in x.all_legs():
        if leg.answered is None:
            continue
        person = x.run.people[leg.answered.person]
        type_ = x.call_types[leg.type]
        groups, answers = x.scenario.calls.types[type_].groups, x.group(person).answers
        if (groups and person.group not in groups) or (answers is not None and type_ not in answers):
            yield f"{name(leg.answered)}: {person.name} does not answer {type_}"


@law
def only_what_may_be_broken_is_broken(x: Reading) -> Faults:
    """Talk, wrap-up, outbound calls, meetings and switching are never interrupted; with one hat until done only side work."""
    for person, rows in x.by_person.items():
        focus = x.group(x.run.people[person]).focus or x.scenario.attention.focus
        stints = x.stints.get(person, [])
        numbers = [stint.row.n for stint in stints]
        for row in rows:
            if row.event != Event.INTERRUPTED:
                continue
            at = bisect_right(numbers, row.n) - 1
            stint = stints[at] if at >= 0 else None
            if int(row.detail) not in BREAKABLE or (focus != "interrupted" and row.detail != Kind.SIDE):
                yield f"{name(row)}, focus {focus}"
            elif stint and stint.end == row.time and row.job == stint.row.job >= 0 and stint.kind in UNBROKEN:
                yield f"{name(row)} broke {name(stint.row)}"


@law
def broken_work_is_broken_for_something(x: Reading) -> Faults:
    """Whoever was interrupted answers a call next, unless the manager has stopped side work."""
    stops_side = x.scenario.ladder.enabled and "stop_side_work" in x.scenario.ladder.steps
    for rows in x.by_person.values():
        doing = [
            r
            for r in rows
            if r.event in (Event.INTERRUPTED, Event.ANSWERED) or Event.SPENT <= r.event < Event.COLLECTED
        ]
        for row, then in pairwise(doing):
            lag = then.event in (Event.SPENT + Spent.SWITCH, Event.SPENT + Spent.RING)
            if (
                row.event == Event.INTERRUPTED
                and then.event != Event.ANSWERED
                and not lag
                and row.time < x.run.stopped_at
            ):
                if not (stops_side and row.detail == Kind.SIDE):
                    yield f"{name(row)}, then {name(then)}"


@law
def no_call_is_begun_after_the_shift(x: Reading) -> Faults:
    """After the shift's end nobody turns to a call, save those who stay for the callers who wait at closing."""
    for leg in x.all_legs():
        if leg.answered is None:
            continue
        at = x.picked_up[leg.answered.n]
        end = x.shift_end(leg.answered)
        if at > end + EPS and (x.is_open(at) or x.scenario.phones.at_closing != "serve"):
            yield f"{name(leg.answered)}, turned to at {at}, after the shift's end at {end}"


@law
def heads_are_counted(x: Reading) -> Faults:
    """Where staff is given as head-counts, at least so many are there as the period says, and never more than exist."""
    for group_name, group in x.scenario.people.items():
        if group.heads is None:
            continue
        changes: list[tuple[float, int]] = []
        for person in x.run.people:
            if person.group == group_name:
                for row in x.by_person.get(person.id, ()):
                    if row.event in (Event.CAME, Event.LEFT) and (row.event == Event.LEFT or row.detail == 1):
                        changes.append((row.time, 1 if row.event == Event.CAME else -1))
        for day in range(int(x.run.stopped_at // DAY_MIN)):
            for step in group.heads:
                at = day * DAY_MIN + step.at
                here = sum(change for time, change in changes if time <= at)
                planned = step.value if group.heads_days[x.weekday(day)] else 0
                if here < planned and at < x.run.stopped_at:
                    yield f"{group_name}: {here} here at {at}, {planned} planned"


@law
def the_ladder_goes_step_by_step(x: Reading) -> Faults:
    """The ladder rises and falls by one step, within its length, and only where there is one."""
    step = 0
    for row in x.of(Event.LADDER_UP, Event.LADDER_DOWN):
        step += 1 if row.event == Event.LADDER_UP else -1
        if row.detail != step or not 0 <= step <= len(x.scenario.ladder.steps) or not x.scenario.ladder.enabled:
            yield f"{name(row)}: step {step}"


@law
def screening_goes_on_and_off(x: Reading) -> Faults:
    """Screening goes on and off in turn, where it or the ladder is enabled, and lasts as long as it must or to the morning."""
    by_ladder = x.scenario.ladder.enabled and "screen" in x.scenario.ladder.steps
    last: Row | None = None
    for row in x.of(Event.SCREEN_ON, Event.SCREEN_OFF):
        if (row.event == Event.SCREEN_ON) == (last is not None and last.event == Event.SCREEN_ON):
            yield f"{name(row)} after {last and name(last)}"
        held = x.scenario.screening.hold_min if x.scenario.screening.enabled and not by_ladder else 0.0
        at_opening = abs(row.time % DAY_MIN - x.scenario.phones.open) < EPS  # yesterday's is over then
        if row.event == Event.SCREEN_OFF and last and row.time - last.time < held - EPS and not at_opening:
            yield f"{name(row)} after {name(last)}: held less than {held} min"
        if not (x.scenario.screening.enabled or by_ladder):
            yield f"{name(row)}, but nobody may order it"
        last = row


@law
def duties_are_done_or_undone(x: Reading) -> Faults:
    """Side work done and written off is never more than was laid out."""
    duties, phones = x.scenario.duties, x.scenario.phones
    days = sum(phones.days[x.weekday(day)] for day in range(int(x.run.stopped_at // DAY_MIN) + 1))
    done = sum(row.detail for row in x.of(Event.SPENT + Spent.SIDE))
    undone = sum(row.detail for row in x.of(Event.DUTY_UNDONE))
    if done + undone > days * duties.minutes_per_day + 1e-3:
        yield f"{done} min done and {undone} undone of {days} times {duties.minutes_per_day}"


@law
def technicians_sit_in_one_van(x: Reading) -> Faults:
    """Between setting off and the end of a visit, a technician sets off for no other."""
    under_way: dict[int, int] = defaultdict(lambda: -1)
    for row in x.of(Event.SET_OFF, Event.WORK_DONE, Event.REFUSED_OVERTIME):
        if row.event == Event.SET_OFF:
            before = under_way[row.person]
            if before >= 0 and not _in_vain(x, before, row.n):
                yield f"{name(row)}, while under way to visit {before}"
            under_way[row.person] = row.visit
        elif row.event == Event.WORK_DONE:
            under_way[row.person] = -1


def _in_vain(x: Reading, visit: int, before: int) -> bool:
    """Whether a visit found nobody and was over before a row: it arrived, and a report was passed without work."""
    rows = x.by_visit[visit]
    return any(row.event == Event.ARRIVED for row in rows) and any(
        row.event == Event.PASSED and row.n < before for row in rows
    )
