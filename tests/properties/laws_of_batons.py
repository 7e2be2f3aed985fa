"""Laws of batons: what is passed, dropped, found and taken."""

from __future__ import annotations

from sim.relay import Channel, Event, Fate, Handoff
from sim.shop.handoffs import handing
from tests.properties.reading import Faults, Reading, law, name

LACKING = ("lacks_address", "lacks_equipment", "lacks_need", "lacks_payment")


def kinds(x: Reading) -> dict[int, Handoff]:
    """Which hand-off each baton is, of those that were passed or dropped."""
    return {row.baton: Handoff(int(row.detail)) for row in x.of(Event.PASSED, Event.DROPPED)}


@law
def batons_are_numbered(x: Reading) -> Faults:
    """Batons are numbered from 1 on without a gap: each one that was made has met its end in the ledger."""
    ended = sorted(row.baton for row in x.of(Event.BATON_ENDED))
    if ended != list(range(1, len(ended) + 1)):
        yield f"{len(ended)} batons ended, the last is number {ended[-1]}"


@law
def fates_fit_their_way(x: Reading) -> Faults:
    """Taken batons were picked up and not dropped; found ones were dropped and noticed; the others as their fate says."""
    for baton, rows in x.by_baton.items():
        events = {row.event for row in rows}
        dropped, found = Event.DROPPED in events, Event.FOUND in events
        fate = Fate(int(next(row.detail for row in rows if row.event == Event.BATON_ENDED)))
        wrong = {
            Fate.TAKEN: dropped or Event.PICKED_UP not in events,
            Fate.DROPPED_FOUND: not (dropped and found),
            Fate.DROPPED_NEVER_FOUND: not dropped,
            Fate.WITHDRAWN: dropped,
            Fate.OPEN_AT_HORIZON: dropped or rows[-1].time != x.run.stopped_at,
        }[fate]
        if wrong:
            yield f"baton {baton} {fate.name}: " + ", ".join(name(row) for row in rows)


@law
def batons_go_in_order(x: Reading) -> Faults:
    """A baton is passed before it is picked up, dropped before it is found, and a drop has its reason."""
    for rows in x.by_baton.values():
        at = {row.event: row for row in reversed(rows)}
        for before, after in ((Event.PASSED, Event.PICKED_UP), (Event.DROPPED, Event.FOUND)):
            if after in at and (before not in at or at[before].n > at[after].n):
                yield f"{name(at[after])}: not {before.name} before"
        if Event.DROPPED in at and at[Event.DROPPED].cause < 0:
            yield f"{name(at[Event.DROPPED])} has no cause"
        if Event.DROPPED in at:
            cause = x.rows[at[Event.DROPPED].cause]
            if cause.baton != at[Event.DROPPED].baton or cause.event not in (Event.PASSED, Event.INTERRUPTED):
                yield f"{name(at[Event.DROPPED])} is caused by {name(cause)}"
        if Event.FOUND in at and at[Event.FOUND].cause != at[Event.DROPPED].n:
            yield f"{name(at[Event.FOUND])} is not caused by its drop"


@law
def chances_of_nothing_are_kept(x: Reading) -> Faults:
    """What has the chance 0 never happens: no drop, no gap, no discovery by that channel, no interruption's drop."""
    of = kinds(x)
    for row in x.of(Event.DROPPED):
        hand = handing(x.scenario.handoffs, Handoff(int(row.detail)))
        by_interruption = x.rows[row.cause].event == Event.INTERRUPTED
        chance = hand.drop_per_interruption if by_interruption else max(hand.drop_between, hand.drop_to_self)
        if chance == 0.0 or hand.perfect:
            yield f"{name(row)}, but its chance is 0"
    for row in x.of(Event.LACKED):
        hand = handing(x.scenario.handoffs, of[row.baton])
        fields = [bit for bit, field in enumerate(LACKING) if int(row.detail) >> bit & 1]
        if len(fields) != 1 or getattr(hand, LACKING[fields[0]]) == 0.0 or hand.perfect:
            yield f"{name(row)}, but that never lacks"
    for row in x.of(Event.FOUND):
        hand = handing(x.scenario.handoffs, of[row.baton])
        if row.detail == Channel.AUDIT and (hand.audit_notices == 0.0 or not x.scenario.desk.audit):
            yield f"{name(row)}, but there is no audit that finds it"


@law
def certain_drops_are_dropped(x: Reading) -> Faults:
    """What has the chance 1 for everybody always happens: each such baton that is passed is dropped."""
    gifts = x.scenario.gifts
    named = any(group.gifts.model_fields_set for group in x.scenario.people.values())
    if gifts.phone_sd or gifts.desk_sd or named or x.scenario.handoffs.shared_board:
        return
    dropped = {row.baton for row in x.of(Event.DROPPED)}
    again = {row.visit for row in x.of(Event.FOUND)} | {row.job for row in x.of(Event.FOUND)}
    for row in x.of(Event.PASSED):
        hand = handing(x.scenario.handoffs, Handoff(int(row.detail)))
        if hand.drop_between == hand.drop_to_self == 1.0 and not hand.perfect and row.baton not in dropped:
            if row.visit not in again and row.job not in again:  # what was forgotten once is not forgotten again
                yield f"{name(row)} was not dropped"


@law
def promises_are_kept_or_broken(x: Reading) -> Faults:
    """The promised word counts as kept only for a customer who had not been forgotten before."""
    forgotten = {row.job: row.n for row in x.of(Event.FORGOTTEN)}
    for row in x.of(Event.UPDATE_KEPT):
        if forgotten.get(row.job, row.n) < row.n:
            yield f"{name(row)}, after the customer was forgotten"
