"""Laws of jobs: from the booking to the close."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict

from sim.relay import DAY_MIN, End, Event, Hat, Spent
from sim.shop.jobs import planned_minutes
from tests.properties.reading import EPS, Faults, Reading, Row, law, name

ON_THE_WAY = (Event.ASSIGNED, Event.BRIEFED, Event.SET_OFF, Event.ARRIVED, Event.WORK_DONE, Event.RETURN_NEEDED)


def first(rows: list[Row], *events: int) -> Row | None:
    """The first of these events."""
    return next((row for row in rows if row.event in events), None)


def count(rows: list[Row], *events: int) -> int:
    """How many of these events there are."""
    return sum(row.event in events for row in rows)


def type_of(x: Reading, job: int) -> str:
    """The type of a job."""
    return x.job_types[int(x.run.roots.job_type[x.by_job[job][0].root])]


@law
def a_root_books_once(x: Reading) -> Faults:
    """A root books at most one job, of the type it needs, and only a root that could be won."""
    for root, times in Counter(row.root for row in x.of(Event.BOOKED)).items():
        if times > 1:
            yield f"root {root} booked {times} times"
    for row in x.of(Event.BOOKED):
        if row.detail != x.run.roots.job_type[row.root]:
            yield f"{name(row)}: the root needs job type {x.run.roots.job_type[row.root]}"


@law
def jobs_begin_with_their_booking(x: Reading) -> Faults:
    """No row names a job before it is booked."""
    for job, rows in x.by_job.items():
        if rows[0].event != Event.BOOKED:
            yield f"job {job} begins with {name(rows[0])}"


@law
def jobs_go_in_order(x: Reading) -> Faults:
    """A job is seen by the desk before it is assigned, and assigned before anybody sets off."""
    for job, rows in x.by_job.items():
        seen, assigned = first(rows, Event.ON_BOARD), first(rows, Event.ASSIGNED)
        if count(rows, Event.ON_BOARD) > 1:
            yield f"job {job} came on the board {count(rows, Event.ON_BOARD)} times"
        if assigned is not None and (seen is None or seen.n > assigned.n):
            yield f"{name(assigned)}, but the desk had not seen it"
        off = first(rows, Event.SET_OFF)
        if off is not None and (assigned is None or assigned.n > off.n):
            yield f"{name(off)}, but nobody assigned it"


@law
def visits_go_in_order(x: Reading) -> Faults:
    """A visit is briefed, set off for, arrived at and done, each once, in this order, by the technician it was given to."""
    steps = (Event.BRIEFED, Event.SET_OFF, Event.ARRIVED, Event.WORK_DONE)
    for visit, rows in x.by_visit.items():
        made = [row for row in rows if row.event in steps]
        given = [row for row in x.by_job[rows[0].job] if row.event == Event.ASSIGNED and row.n < rows[0].n]
        made_by = {row.person for row in made}
        if made and (not given or {given[-1].person} != made_by):
            yield f"visit {visit} of {made_by}, but {given and name(given[-1])}"
        order = [steps.index(row.event) for row in made]  # type: ignore[arg-type]
        if (
            order != list(range(len(made)))
            or len({row.person for row in made}) > 1
            or len({row.job for row in made}) > 1
        ):
            yield f"visit {visit}: " + ", ".join(name(row) for row in made)


@law
def nobody_comes_after_the_end(x: Reading) -> Faults:
    """A job that was cancelled, declined or lost is assigned to nobody and visited by nobody any more."""
    for rows in x.by_job.values():
        ended = first(rows, Event.JOB_ENDED)
        for row in rows:
            if ended is not None and row.n > ended.n and row.event in ON_THE_WAY:
                yield f"{name(row)} after {name(ended)}"


@law
def ends_fit_their_way(x: Reading) -> Faults:
    """Closed jobs were served and reported; cancelled, no-show and lost ones were not served; unfinished means the horizon."""
    for rows in x.by_job.values():
        ended = first(rows, Event.JOB_ENDED)
        if ended is None:
            continue
        before = [row for row in rows if row.n < ended.n]
        served = count(before, Event.WORK_DONE) > count(before, Event.RETURN_NEEDED)
        end = End(int(ended.detail))
        if end in (End.CLOSED, End.NEVER_CLOSED) and not served:
            yield f"{name(ended)}, but it was not served"
        if end is End.CLOSED and not count(before, Event.REPORTED):
            yield f"{name(ended)}, but it was not reported"
        if end in (End.CANCELLED, End.NO_SHOW, End.LOST_BATON) and served:
            yield f"{name(ended)}, but it was served"
        if (end is End.UNFINISHED_AT_HORIZON) != (ended.time == x.run.stopped_at) and end is End.UNFINISHED_AT_HORIZON:
            yield f"{name(ended)}, before the horizon"
        if end is End.NO_SHOW and not (count(before, Event.ARRIVED) or count(rows, Event.RANG) or _late(x, ended)):
            yield f"{name(ended)}, but nobody came"


def _late(x: Reading, ended: Row) -> bool:
    """Whether the customer had called it off without telling anybody: it may end when its window is over."""
    return not any(type_.purpose == "change" for type_ in x.scenario.calls.types.values()) or ended.time > 0


@law
def a_drained_shop_is_empty(x: Reading) -> Faults:
    """A run that was drained to the end leaves no call in progress and no job unfinished."""
    if not x.scenario.horizon.drain or x.run.stopped_at >= x.run.end + 60 * DAY_MIN:
        return
    for row in x.of(Event.JOB_ENDED):
        if row.detail == End.UNFINISHED_AT_HORIZON:
            yield name(row)


@law
def trade_and_skill_are_hard_rules(x: Reading) -> Faults:
    """Jobs are assigned only to technicians of their trade and skill, and visited by them."""
    for row in x.of(Event.ASSIGNED, Event.BRIEFED, Event.SET_OFF):
        kind = x.scenario.jobs.types[type_of(x, row.job)]
        person = x.run.people[row.person]
        group = x.group(person)
        if kind.trade not in group.trades or kind.skill_level > group.skill_level or Hat.TECHNICIAN not in person.hats:
            yield f"{name(row)}: {person.name} cannot do {kind.trade} of level {kind.skill_level}"


@law
def hours_left_are_a_hard_rule(x: Reading) -> Faults:
    """No job is assigned that by its estimate would end later than the planned overtime allows."""
    longest = x.scenario.dispatch.planned_overtime_min
    for row in x.of(Event.ASSIGNED):
        end = x.shift_end(row)
        minutes = planned_minutes(x.scenario.jobs.types[type_of(x, row.job)], x.scenario.jobs)
        if row.time + minutes > end + longest + EPS:
            yield f"{name(row)}: {minutes} min planned, the shift ends at {end}"


@law
def the_policy_is_followed(x: Reading) -> Faults:
    """Of the jobs before the desk an emergency goes first, then what the policy ranks best (where the ledger can tell)."""
    considered: dict[int, list[Row]] = defaultdict(list)
    for row in x.of(Event.CANDIDATE):
        considered[row.cause].append(row)
    roots, policy = x.run.roots, x.scenario.dispatch.policy
    for row in x.of(Event.ASSIGNED):
        others = considered[row.n]
        if len(others) + 1 != row.detail or any(other.person != row.person for other in others):
            yield f"{name(row)} has {len(others)} rows CANDIDATE"
        jobs = x.scenario.jobs.types
        urgent = jobs[type_of(x, row.job)].emergency
        for other in others:
            theirs = jobs[type_of(x, other.job)].emergency
            if theirs != urgent:
                if theirs:
                    yield f"{name(row)} went before the emergency {name(other)}"
                continue
            booked = [x.by_job[job][0].n for job in (row.job, other.job)]
            tiers = [roots.recorded_tier[r.root] for r in (row, other)]
            if policy == "first_come" and booked[0] > booked[1]:
                yield f"{name(row)} went before {name(other)}, booked earlier"
            if policy == "tier_first" and (tiers[0], booked[0]) > (tiers[1], booked[1]):
                yield f"{name(row)} went before {name(other)}, of a better tier or booked earlier"


@law
def work_takes_what_it_says(x: Reading) -> Faults:
    """WORK_DONE says the minutes on site, and they are the technician's stints on that job since the arrival."""
    on_site: dict[int, list[Row]] = defaultdict(list)
    for row in x.of(Event.SPENT + Spent.ON_SITE):
        on_site[row.job].append(row)
    for row in x.of(Event.WORK_DONE):
        arrived = first(x.by_visit[row.visit], Event.ARRIVED)
        since = arrived.n if arrived is not None else row.n
        minutes = sum(r.detail for r in on_site[row.job] if since < r.n < row.n and r.person == row.person)
        if abs(minutes - row.detail) > 1e-3:
            yield f"{name(row)}: stints of {minutes} min"
        last = [s for s in x.stints.get(row.person, ()) if s.row.job == row.job and since < s.row.n < row.n][-2:]
        if last and abs(last[-1].end - row.time) > EPS:
            yield f"{name(row)} after {name(last[-1].row)}"
        if [s.kind for s in last] == [Spent.ON_SITE, Spent.PAPERWORK] and abs(last[0].end - last[1].start) > EPS:
            yield f"{name(last[0].row)}, then {name(last[1].row)}"


@law
def travel_leads_to_the_door(x: Reading) -> Faults:
    """From setting off to the arrival a technician does nothing but travel (and wait outside)."""
    for rows in x.by_visit.values():
        off, arrived = first(rows, Event.SET_OFF), first(rows, Event.ARRIVED)
        if off is None or arrived is None:
            continue
        stints = x.stints.get(off.person, [])
        ends = [stint.row.n for stint in stints]
        between = stints[bisect_right(ends, off.n) : bisect_right(ends, arrived.n)]
        if any(stint.kind not in (Spent.TRAVEL, Spent.EARLY) for stint in between):
            yield f"{name(off)}, {name(arrived)}: {[name(stint.row) for stint in between]}"
        steps = [off.time, *(time for stint in between for time in stint[:2]), arrived.time]
        if any(abs(end - start) > EPS for end, start in zip(steps[::2], steps[1::2], strict=True)):
            yield f"{name(off)}, {name(arrived)}: not on the way all the time"


@law
def returns_are_limited(x: Reading) -> Faults:
    """A job has at most three visits that worked on it, and a return visit follows only where one was needed."""
    for job, rows in x.by_job.items():
        done, again = count(rows, Event.WORK_DONE), count(rows, Event.RETURN_NEEDED)
        if done > 3 or again > 2 or done > again + 1:
            yield f"job {job}: {done} visits done, {again} returns needed"


@law
def once_a_job(x: Reading) -> Faults:
    """A customer is forgotten, satisfied, quoted, sold and reported closed at most once a job."""
    for job, rows in x.by_job.items():
        for event in (Event.FORGOTTEN, Event.SATISFIED, Event.QUOTED, Event.SOLD, Event.PAID_AT_DOOR, Event.REFERRED):
            if count(rows, event) > 1:
                yield f"job {job} has {count(rows, event)} rows {event.name}"
        sold, quoted = first(rows, Event.SOLD), first(rows, Event.QUOTED)
        if sold is not None and (quoted is None or quoted.detail != sold.detail):
            yield f"{name(sold)} after {quoted and name(quoted)}"


@law
def thinking_of_it_comes_last(x: Reading) -> Faults:
    """Whoever was served says how satisfied they are, from 0 to 1, when the job ends; nobody else does."""
    for rows in x.by_job.values():
        said, ended = first(rows, Event.SATISFIED), first(rows, Event.JOB_ENDED)
        served = ended is not None and ended.detail in (End.CLOSED, End.NEVER_CLOSED)
        if served != (said is not None) or (said is not None and not 0.0 <= said.detail <= 1.0):
            yield f"{ended and name(ended)}, {said and name(said)}"


@law
def moves_are_to_later_days(x: Reading) -> Faults:
    """Carrying over moves a job to a later day."""
    for row in x.of(Event.CARRIED_OVER):
        if row.detail < 1 or row.detail != int(row.detail):
            yield name(row)


@law
def the_forgotten_are_marked(x: Reading) -> Faults:
    """The table of roots marks as forgotten exactly those whom the ledger does."""
    marked = {root for root, yes in enumerate(x.run.roots.forgotten.tolist()) if yes}
    if marked != {row.root for row in x.of(Event.FORGOTTEN)}:
        yield f"marked {sorted(marked)}"


@law
def one_technician_a_job(x: Reading) -> Faults:
    """While a technician is under way to a job or on site, nobody else sets off for it."""
    for rows in x.by_job.values():
        busy: Row | None = None
        for row in rows:
            if row.event == Event.SET_OFF:
                if busy is not None:
                    yield f"{name(row)}, while another is there since {name(busy)}"
                busy = row
            elif busy is not None and row.visit == busy.visit and row.event in (Event.WORK_DONE, Event.PASSED):
                busy = None
