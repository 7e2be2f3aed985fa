"""Laws of the phones."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict

from sim.relay import DAY_MIN, Event, Outcome
from sim.shop.phones import longest_wait
from sim.shop.settings import by_time
from sim.streams import Address, Draw, Streams
from tests.properties.reading import EPS, Faults, Leg, Reading, law, name

SPOKEN = {Outcome.BOOKED, Outcome.RESOLVED, Outcome.NOT_BOOKED, Outcome.SCREENED_OUT}
AFTER_THE_END = {Event.WRAPPED, Event.REDIAL_PLANNED}


def left_queue(x: Reading, leg: Leg) -> float:
    """When a call left the queue."""
    if leg.answered is not None:
        return x.picked_up[leg.answered.n]
    phones, end = x.scenario.phones, leg.left.time if leg.left is not None else x.run.stopped_at
    kind, cap = list(x.scenario.calls.types.values())[leg.type], longest(x, leg)
    if leg.queued is None or cap is None or (kind.at_max_wait or phones.at_max_wait) != "answering_service":
        return end
    return min(end, leg.queued.time + cap)


def longest(x: Reading, leg: Leg) -> float | None:
    """The longest time that a call may queue."""
    kind = list(x.scenario.calls.types.values())[leg.type]
    cap = longest_wait(x.scenario.phones, kind.max_wait_min)
    return cap(x.by_call[leg.call][0].time % DAY_MIN) if cap is not None else None


def _outcome(x: Reading, call: int) -> int:
    return next((int(row.detail) for row in x.by_call[call] if row.event == Event.CALL_ENDED), -1)


@law
def calls_go_in_order(x: Reading) -> Faults:
    """A call rings, passes the tree, queues, is answered, hung up and wrapped up in this order, each at most once a leg."""
    for leg in x.all_legs():
        steps = [row for row in (leg.entered, leg.queued, leg.answered, leg.left) if row is not None]
        if steps != sorted(steps):
            yield f"call {leg.call}: " + ", ".join(name(row) for row in steps)
    for call, rows in x.by_call.items():
        seen: set[int] = set()
        for row in rows:
            if row.event == Event.MOVED:
                seen.clear()
            elif row.event in (Event.QUEUED, Event.ANSWERED, Event.HUNG_UP) and row.event in seen:
                yield f"{name(row)} for the second time"
            seen.add(row.event)
        counts = Counter(row.event for row in rows)
        if not counts[Event.WRAPPED] <= counts[Event.HUNG_UP] <= counts[Event.ANSWERED]:
            yield f"call {call}: wrapped up without hanging up, or hung up without an answer"


@law
def nothing_follows_the_outcome(x: Reading) -> Faults:
    """After an attempt's outcome come only its wrap-up and the customer's own plans."""
    for rows in x.by_call.values():
        ended = False
        for row in rows:
            if ended and row.event not in AFTER_THE_END and row.event < Event.LOSS:
                yield f"{name(row)} after the call's outcome"
            ended = ended or row.event == Event.CALL_ENDED


@law
def waits_are_what_they_say(x: Reading) -> Faults:
    """ANSWERED says the time since the queue was entered, HUNG_UP the time since the answer, and queueing takes none."""
    for leg in x.all_legs():
        if leg.answered is not None and abs(leg.answered.time - leg.entered.time - leg.answered.detail) > EPS:
            yield f"{name(leg.answered)} entered at {leg.entered.time}"
        if leg.queued is not None and leg.queued.time != leg.entered.time:
            yield f"{name(leg.queued)} entered at {leg.entered.time}"
        if leg.left is not None and leg.left.event == Event.HUNG_UP:
            talk = leg.left.time - leg.answered.time if leg.answered is not None else -1.0
            if abs(talk - leg.left.detail) > EPS or leg.answered.person != leg.left.person:  # type: ignore[union-attr]
                yield f"{name(leg.left)} after {leg.answered and name(leg.answered)}"


@law
def whoever_waits_was_queued(x: Reading) -> Faults:
    """Without a row QUEUED, a call was turned to in the very moment in which it came."""
    for leg in x.all_legs():
        if leg.answered is not None and leg.queued is None and left_queue(x, leg) > leg.entered.time + EPS:
            yield f"{name(leg.answered)}: entered at {leg.entered.time}, turned to at {left_queue(x, leg)}"


@law
def outcomes_fit_their_way(x: Reading) -> Faults:
    """Only who was spoken with is booked, resolved, turned down or screened out; abandoning takes a queue; and so on."""
    phones = x.scenario.phones
    for call, rows in x.by_call.items():
        events = {row.event for row in rows}
        outcome, last = Outcome(_outcome(x, call)), x.legs[call][-1]
        kind = list(x.scenario.calls.types.values())[last.type]
        spoke = last.left is not None and last.left.event == Event.HUNG_UP
        waits = last.queued is not None and last.answered is None
        wrong = {
            Outcome.ABANDONED: not waits,
            Outcome.CUT_OFF_AT_CLOSING: not waits or phones.at_closing != "cut_off",
            Outcome.TIMED_OUT: not waits or longest(x, last) is None,
            Outcome.BALKED: last.queued is not None or last.answered is not None,
            Outcome.BLOCKED: last.queued is not None
            or (phones.lines is None and phones.queue_limit is None and kind.queue_limit is None),
            Outcome.TREE_ABANDONED: not phones.tree or Event.TREE_PASSED in events,
            Outcome.AFTER_HOURS_MISSED: last.queued is not None or last.answered is not None,
            Outcome.ANSWERING_SERVICE: last.answered is not None,
            Outcome.VOICEMAIL: last.answered is not None,
        }.get(outcome, False)
        if wrong or (outcome in SPOKEN) != spoke:
            yield f"call {call} ended as {outcome.name}: {', '.join(name(row) for row in rows)}"
        if (outcome is Outcome.BOOKED) and Event.BOOKED not in events:
            yield f"call {call} ended as booked, but there is no booking"


@law
def phone_hours_are_kept(x: Reading) -> Faults:
    """Nobody rings through, queues or is turned to while the phones are closed, but those who were left at closing."""
    serves = x.scenario.phones.at_closing == "serve"
    for leg in x.all_legs():
        entered_open = leg.moved or x.is_open(leg.entered.time)
        if not entered_open and (leg.queued is not None or leg.answered is not None):
            yield f"call {leg.call} came through at {leg.entered.time} while the phones were closed"
        if leg.answered is None:
            continue
        at = left_queue(x, leg)
        if (
            not (x.is_open(at) or x.is_open(at - EPS))
            and not serves
            and not (leg.moved and not x.is_open(leg.entered.time))
        ):
            yield f"{name(leg.answered)}, turned to at {at} while the phones were closed"
    for row in x.of(Event.CALL_ENDED):
        if row.detail == Outcome.AFTER_HOURS_MISSED and x.is_open(row.time):
            yield f"{name(row)} while the phones were open"
        if row.detail == Outcome.CUT_OFF_AT_CLOSING and row.time % DAY_MIN != x.scenario.phones.close % DAY_MIN:
            yield f"{name(row)}, but closing is at {x.scenario.phones.close}"


@law
def nobody_waits_too_long(x: Reading) -> Faults:
    """No wait goes on beyond the longest time in the queue."""
    for leg in x.all_legs():
        cap = longest(x, leg)
        if cap is not None and leg.queued is not None and left_queue(x, leg) > leg.queued.time + cap + 1e-4:
            yield f"{name(leg.queued)} left the queue at {left_queue(x, leg)}"


@law
def patience_is_kept(x: Reading) -> Faults:
    """In its first attempt a caller hangs up exactly when its own patience ends, and nobody is answered after it."""
    streams = Streams(x.run.seed, x.run.replication)
    types = x.scenario.calls.types
    for leg in x.all_legs():
        row = leg.queued
        if row is None or leg.moved or x.scenario.calls.trace or x.by_root[row.root][0].call != leg.call:
            continue
        if x.run.roots.parent[row.root] >= 0:
            continue
        key = int(x.run.roots.key[row.root])
        n = key & (1 << 20) - 1
        u = streams.block(Address.ROOT, (key >> 40) << 32 | key >> 20 & (1 << 20) - 1, n + 1, 112)[n, Draw.PATIENCE]
        step = by_time(types[x.call_types[leg.type]].patience_min, lambda d: d.quantile())
        patience = step(x.by_call[leg.call][0].time % DAY_MIN)(float(u))
        waited = left_queue(x, leg) - row.time
        gone = leg.left is not None and leg.left.event == Event.CALL_ENDED and leg.left.detail == Outcome.ABANDONED
        if waited > patience + 1e-4 or (gone and abs(waited - patience) > 1e-4):
            yield f"{name(row)}: waited {waited}, patience {patience}, {'gone' if gone else 'not gone'}"


def _most_at_once(spans: list[tuple[float, float]]) -> tuple[int, float]:
    """How many spans overlap at most, and when; one that ends as another begins does not overlap it."""
    moments = sorted(
        [(end, -1) for start, end in spans if end > start + EPS]
        + [(start, 1) for start, end in spans if end > start + EPS]
    )
    most = now = 0
    when = 0.0
    for time, change in moments:
        now += change
        if now > most:
            most, when = now, time
    return most, when


@law
def lines_are_never_exceeded(x: Reading) -> Faults:
    """Never are more calls in the system than there are lines."""
    lines = x.scenario.phones.lines
    if lines is None:
        return
    spans = []
    for call, rows in x.by_call.items():
        outcome = _outcome(x, call)
        if not x.is_open(rows[0].time) or outcome == Outcome.BLOCKED:
            continue
        last = x.legs[call][-1]
        end = rows[0].time
        if outcome == Outcome.ANSWERING_SERVICE:
            end = left_queue(x, last) if last.queued is not None else last.entered.time
        else:
            end = next(row.time for row in rows if row.event == Event.CALL_ENDED)
        spans.append((rows[0].time, end))
    most, when = _most_at_once(spans)
    if most > lines:
        yield f"{most} calls in the system at {when}, on {lines} lines"


@law
def the_queue_is_what_it_says(x: Reading) -> Faults:
    """QUEUED says how many now wait, this one included, and never more than the limit."""
    waiting = [leg for leg in x.all_legs() if leg.queued is not None]
    starts = sorted(leg.queued.n for leg in waiting)  # type: ignore[union-attr]
    ends = sorted(left_queue(x, leg) for leg in waiting)
    limit = x.scenario.phones.queue_limit
    for leg in waiting:
        row = leg.queued
        assert row is not None
        begun = bisect_right(starts, row.n)
        surely = begun - bisect_right(ends, row.time + EPS)
        perhaps = begun - bisect_left(ends, row.time - EPS)
        if not surely <= row.detail <= perhaps or (limit is not None and row.detail > limit):
            yield f"{name(row)}: between {surely} and {perhaps} wait, the limit is {limit}"


@law
def a_type_keeps_to_its_own_queue(x: Reading) -> Faults:
    """No more calls of a type wait than the type's own limit."""
    for number, (kind, settings) in enumerate(x.scenario.calls.types.items()):
        if settings.queue_limit is None:
            continue
        waiting = [leg for leg in x.all_legs() if leg.queued is not None and leg.type == number]
        most, when = _most_at_once([(leg.queued.time + EPS, left_queue(x, leg)) for leg in waiting])  # type: ignore[union-attr]
        if most > settings.queue_limit:
            yield f"{most} calls of {kind} wait at {when}, the limit is {settings.queue_limit}"


@law
def first_come_first_served(x: Reading) -> Faults:
    """Among the waiting calls of one type, whoever queued first is turned to first, if the phone leads everybody's list."""
    attention = x.scenario.attention
    if not attention.shared_priority or attention.priority[0] != "phone":
        return  # who goes on with desk work while a call waits can be broken by the next one
    lines: dict[tuple[int, bool], list[tuple[int, float, Leg]]] = defaultdict(list)
    for leg in x.all_legs():
        if leg.answered is not None:
            entered = leg.queued or leg.entered
            lines[leg.type, leg.moved].append((entered.n, x.picked_up[leg.answered.n], leg))
    for line in lines.values():
        line.sort(key=lambda entry: entry[0])
        latest = -1.0
        for _, at, leg in line:
            if at < latest - EPS:
                yield f"call {leg.call} was turned to at {at}, after a later one at {latest}"
            latest = max(latest, at)


@law
def redials_happen_as_planned(x: Reading) -> Faults:
    """A redial has its plan as its reason and rings when it was planned; nobody rings twice for one plan."""
    plans = {row.cause: row for row in x.of(Event.REDIAL_PLANNED)}
    seen: set[int] = set()
    for row in x.of(Event.RANG):
        if row.cause < 0:
            continue
        plan = plans.get(row.cause)
        if plan is None or plan.root != row.root or abs(plan.time + plan.detail - row.time) > 1e-4 or row.cause in seen:
            yield f"{name(row)} with the plan {plan and name(plan)}"
        seen.add(row.cause)


@law
def a_root_rings_as_often_as_it_says(x: Reading) -> Faults:
    """The table of roots counts the attempts that the ledger has."""
    counts = Counter(row.root for row in x.of(Event.RANG))
    for root, attempts in zip(x.run.roots.id.tolist(), x.run.roots.attempts.tolist(), strict=True):
        if counts[root] != attempts:
            yield f"root {root} has {attempts} attempts, the ledger {counts[root]}"


@law
def a_root_waits_as_long_as_it_says(x: Reading) -> Faults:
    """The table of roots has the minutes in queue over all its attempts."""
    waited: dict[int, float] = defaultdict(float)
    for leg in x.all_legs():
        if leg.queued is not None:
            waited[leg.queued.root] += left_queue(x, leg) - leg.queued.time
    under_way = {row.root for row in x.of(Event.CALL_ENDED) if row.detail == Outcome.IN_PROGRESS_AT_HORIZON}
    for root, minutes in zip(x.run.roots.id.tolist(), x.run.roots.waited.tolist(), strict=True):
        if root not in under_way and abs(waited[root] - minutes) > 1e-3:
            yield f"root {root} waited {minutes}, the ledger says {waited[root]}"


@law
def who_is_gone_rings_no_more(x: Reading) -> Faults:
    """After a competitor has a root it neither rings nor books, and that happens once."""
    for row in x.of(Event.LOST_TO_COMPETITOR):
        later = [
            r
            for r in x.by_root[row.root]
            if r.n > row.n and r.event in (Event.RANG, Event.BOOKED, Event.LOST_TO_COMPETITOR)
        ]
        if later:
            yield f"{name(later[0])} after {name(row)}"


@law
def screening_screens_by_tier(x: Reading) -> Faults:
    """Only leads are screened out, only while screening is on, and never a tier whose rule is to book."""
    rules = (x.scenario.screening.love, x.scenario.screening.like, x.scenario.screening.rest)
    switches = x.of(Event.SCREEN_ON, Event.SCREEN_OFF)
    times = [row.n for row in switches]
    for row in x.of(Event.CALL_ENDED):
        if row.detail != Outcome.SCREENED_OUT:
            continue
        answered = next(r for r in reversed(x.by_call[row.call]) if r.event == Event.ANSWERED)
        at = bisect_left(times, answered.n)
        if not at or switches[at - 1].event != Event.SCREEN_ON:
            yield f"{name(row)}, but screening was off at {name(answered)}"
        if rules[x.run.roots.recorded_tier[row.root]] == "book":
            yield f"{name(row)}, but this tier is booked"
