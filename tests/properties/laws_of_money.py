"""Laws of money: every root's potential ends in exactly one place, to the cent."""

from __future__ import annotations

from collections import Counter, defaultdict

from sim.relay import End, Event, Loss
from tests.properties.laws_of_jobs import first
from tests.properties.reading import Faults, Reading, law, name

PARTS = (Event.COLLECTED, Event.DISCOUNT, Event.UNCOLLECTED, Event.UNBILLED)
LOSSES = [int(Event.LOSS) + cause for cause in Loss]


@law
def the_waterfall_balances(x: Reading) -> Faults:
    """For every root: potential = collected + discounts + uncollected + unbilled + its one loss, to the cent."""
    parts: dict[int, int] = defaultdict(int)
    for row in x.of(*PARTS, *LOSSES):
        parts[row.root] += int(row.detail)
    for root, potential in zip(x.run.roots.id.tolist(), x.run.roots.potential.tolist(), strict=True):
        if parts[root] != potential:
            rows = [name(row) for row in x.by_root[root] if row.event in PARTS or row.event >= Event.LOSS]
            yield f"root {root}: potential {potential}, parts {parts[root]}: {rows}"


@law
def a_root_is_lost_once(x: Reading) -> Faults:
    """A root has at most one row of loss, and after it no money comes in and nobody rings or works for it any more."""
    for root, times in Counter(row.root for row in x.of(*LOSSES)).items():
        if times > 1:
            yield f"root {root} is lost {times} times"
    for row in x.of(*LOSSES):
        later = [
            r
            for r in x.by_root[row.root]
            if r.n > row.n and r.event in (*PARTS, Event.RANG, Event.BOOKED, Event.ARRIVED)
        ]
        if later:
            yield f"{name(later[0])} after {name(row)}"


@law
def money_is_whole_and_never_negative(x: Reading) -> Faults:
    """Every amount is a whole number of cents above nothing, and no potential is below nothing."""
    amounts = (
        *PARTS,
        *LOSSES,
        Event.MATERIALS,
        Event.PAID_AT_DOOR,
        Event.INVOICED,
        Event.INVOICE_PAID,
        Event.QUOTED,
        Event.SOLD,
        Event.BILL_REFUSED,
    )
    for row in x.of(*amounts):
        if row.detail < 0 or row.detail != int(row.detail):
            yield name(row)
    if (x.run.roots.potential < 0).any():
        yield "a potential below 0"


@law
def the_table_says_what_the_ledger_says(x: Reading) -> Faults:
    """Collected, discount, uncollected and unbilled of every root are the same in the table of roots and in the ledger."""
    roots = x.run.roots
    for event, column in zip(PARTS, (roots.collected, roots.discount, roots.uncollected, roots.unbilled), strict=True):
        found: Counter[int] = Counter()
        for row in x.of(event):
            found[row.root] += int(row.detail)
        for root, cents in enumerate(column.tolist()):
            if found[root] != cents:
                yield f"root {root}: {event.name} {found[root]} in the ledger, {cents} in the table"


@law
def nothing_comes_of_nothing(x: Reading) -> Faults:
    """Only a root that booked has money moved, and a need that nobody could have won has none at all."""
    booked = {row.root for row in x.of(Event.BOOKED)}
    for row in x.of(*PARTS):
        if row.root not in booked or row.detail > x.run.roots.potential[row.root]:
            yield f"{name(row)}: potential {x.run.roots.potential[row.root]}"


@law
def money_comes_by_door_or_invoice(x: Reading) -> Faults:
    """What is collected was paid at the door or by invoice; invoices are paid or written off once, for what they say."""
    for job, rows in x.by_job.items():
        cash = sum(row.detail for row in rows if row.event in (Event.PAID_AT_DOOR, Event.INVOICE_PAID))
        collected = sum(row.detail for row in rows if row.event == Event.COLLECTED)
        if cash != collected:
            yield f"job {job}: {cash} paid, {collected} collected"
        invoiced = Counter(row.detail for row in rows if row.event == Event.INVOICED)
        settled = Counter(row.detail for row in rows if row.event in (Event.INVOICE_PAID, Event.UNCOLLECTED))
        if settled - invoiced:
            yield f"job {job}: {settled - invoiced} settled without an invoice"


@law
def every_bill_was_expected(x: Reading) -> Faults:
    """Beside every bill and every bad debt stands what was to be expected of it, and beside every decision about a quote."""
    for rows in x.by_job.values():
        revenue = {row.time for row in rows if row.event == Event.EXPECTED_REVENUE}
        debts = {(row.time, row.cause) for row in rows if row.event == Event.EXPECTED_BAD_DEBT}
        for row in rows:
            if row.event in (Event.PAID_AT_DOOR, Event.INVOICED, Event.SOLD, Event.QUOTED, Event.FOLLOWED_UP):
                if row.time not in revenue:
                    yield f"{name(row)}, and nothing was expected"
            if row.event in (Event.UNCOLLECTED, Event.BILL_REFUSED) and (row.time, row.cause) not in debts:
                yield f"{name(row)}, and nothing was expected"


@law
def bills_are_for_work_done(x: Reading) -> Faults:
    """Nobody pays, is invoiced or given a discount before the work is done."""
    for rows in x.by_job.values():
        done = first(rows, Event.WORK_DONE)
        for row in rows:
            if row.event in (*PARTS, Event.PAID_AT_DOOR, Event.INVOICED, Event.MATERIALS) and (
                done is None or row.n < done.n
            ):
                if not (row.event == Event.MATERIALS and first(rows, Event.SOLD) is not None):
                    yield f"{name(row)} before the work was done"


@law
def an_end_has_its_money(x: Reading) -> Faults:
    """A closed job was paid at the door or invoiced, one never closed and not paid is unbilled, and no other has money."""
    for rows in x.by_job.values():
        ended = first(rows, Event.JOB_ENDED)
        if ended is None:
            continue
        door, bill = first(rows, Event.PAID_AT_DOOR), first(rows, Event.INVOICED)
        unbilled = first(rows, Event.UNBILLED)
        if unbilled is not None and (ended.detail != End.NEVER_CLOSED or bill is not None):
            yield f"{name(unbilled)} of a job that ended as {End(int(ended.detail)).name}"
        sold = first(rows, Event.SOLD)
        if bill is not None and ended.detail not in (End.CLOSED, End.NEVER_CLOSED) and (door is None or sold is None):
            yield f"{name(bill)}, but {name(ended)}"
        if door is not None and bill is not None and sold is None:
            yield f"{name(door)} and {name(bill)}"


@law
def losses_fit_their_way(x: Reading) -> Faults:
    """The cause of a loss is something that happened to that root."""
    needs = {
        Loss.CANCELLED: {Event.JOB_ENDED}, Loss.NO_SHOW: {Event.JOB_ENDED}, Loss.DECLINED_AT_TRIAGE: {Event.JOB_ENDED},
        Loss.SALE_NOT_MADE: {Event.WORK_DONE}, Loss.OPEN_UNPAID: {Event.INVOICED}, Loss.OPEN_UNBILLED: {Event.WORK_DONE},
        Loss.OPEN_UNVISITED: {Event.BOOKED}, Loss.LOST_BATON: {Event.DROPPED},
    }  # fmt: skip
    for row in x.of(*LOSSES):
        cause = Loss(row.event - Event.LOSS)
        events = {r.event for r in x.by_root[row.root]}
        if not needs.get(cause, set()) <= events:
            yield f"{name(row)} ({cause.name}), but it never came to that"
        if cause >= Loss.OPEN_RETRYING and row.time != x.run.stopped_at:
            yield f"{name(row)} ({cause.name}) before the horizon"
