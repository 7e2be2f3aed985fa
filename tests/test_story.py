"""A dropped baton told: every sentence is a row of the ledger, in an owner's words."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings

from sim.kpis import Tables, measure
from sim.ledger import Run
from sim.relay import Event, Handoff, Loss, Spent
from sim.report.numbers import money
from sim.report.story import Chain, chain, how_long
from sim.run import simulate
from sim.streams import BATON_COLUMNS, BatonDraw, Draw
from tests.properties.scenarios import Said, scenario_of, seeded, shops
from tests.world.little import story

SHOP = """
[horizon]
start = 2025-03-03
[people.ann]
hats = ["csr"]
[people.dora]
hats = ["dispatcher"]
[people.tom]
hats = ["technician"]
trades = ["hvac"]
"""
MEAN = 0.6321205588285577  # the uniform at which an exponential delay is its mean
INSIDE = re.compile(r"_|\bNone\b|\bnan\b|-1\b|[A-Z]{3,}|somebody (answers|books)")
AMOUNT = re.compile(r"\$[\d,]+(?:\.\d\d)?")
#: rows that say an amount themselves
SAYS_CENTS = {
    Event.PAID_AT_DOOR, Event.INVOICED, Event.INVOICE_PAID, Event.DISCOUNT, Event.UNCOLLECTED, Event.UNBILLED,
    Event.QUOTED, Event.SOLD, *(Event.LOSS + loss for loss in Loss),
}  # fmt: skip


def told(
    which: Handoff, text: str, calls: str = "09:00 lead", days: int = 1, u: Sequence[tuple[BatonDraw, float]] = ()
) -> list[str]:
    """The lines of the one dropped baton of a little world."""
    draws = {0: {Draw.BATON + BATON_COLUMNS * which + column: value for column, value in u}}
    return chain(story(SHOP + text, calls, days, draws).run, which).lines()


def test_a_lost_booking_is_told_to_its_loss() -> None:
    """Rung, booked, dropped, forgotten in silence, and the whole ticket lost."""
    assert told(Handoff.BOOKING, "[handoffs.booking]\ndrop_between = 1\ncustomer_notices = 0\naudit_notices = 0\n") == [
        "Monday 3 March, 09:00: A customer rings (lead); ann 1 answers at once.",
        "09:05: Ann 1 books a job (repair), worth up to $200.",
        "09:06: The booking never reaches the desk: ann 1 let it fall.",
        "12:30: Nobody has come and nobody has said a word: the customer was forgotten.",
        "12:30: Nobody will ever notice any more that the booking was lost.",
        "12:30: The customer goes to somebody else.",
        "12:30: Lost: $200 (lost baton).",
        "12:30: In the end $0 of $200 came in.",
    ]


def test_a_booking_that_the_customer_saves_is_told_to_its_money() -> None:
    """They ring "you forgot me", get a new time, and pay."""
    lines = told(Handoff.BOOKING, "[handoffs.booking]\ndrop_between = 1\ncustomer_notices = 1\n")
    assert lines[4:8] == [
        '12:30: The customer rings: "you forgot me"; ann 1 answers at once.',
        "12:36: Ann 1 has spoken with the customer for 6 min.",
        "12:36: The customer's call shows that the booking was lost, 3 h 30 min ago.",
        "12:36: A new time is agreed on the same day.",
    ]
    assert lines[-4:] == [
        "14:02: The customer pays $200 at the door.", "14:04: The desk knows that the visit is over.",
        "14:07: The job is closed.", "14:07: In the end $200 of $200 came in.",
    ]  # fmt: skip


def test_a_lost_brief_is_told_with_the_wait_it_cost() -> None:
    """The technician rings the desk after the mean of ten minutes, and the paid wait is told."""
    lines = told(
        Handoff.BRIEF, "[handoffs.brief]\ndrop_between = 1\nnotice_delay_min = 10\n", u=[(BatonDraw.DELAY, MEAN)]
    )
    assert lines[3:7] == [
        "09:12: The brief never reaches tom 1: dora 1 let it fall.",
        "09:22: The technician rings the desk, which shows that the brief was lost, 10 min ago.",
        "09:25: Tom 1 has the brief.",
        "09:25: Tom 1 has waited 18 min for the desk, paid.",
    ]


def test_a_lost_update_is_told_with_the_call_it_causes() -> None:
    """The word does not come, and half an hour after the window the customer rings."""
    late = 'shifts = [{start = "13:00", end = "17:00"}]\n[desk]\nkeeps_tabs = true\n'
    assert told(Handoff.UPDATE, f"{late}[handoffs.update]\ndrop_between = 1\n")[3:8] == [
        "11:33: The word about the change never reaches the customer: dora 1 let it fall.",
        "12:30: Nobody has come and nobody has said a word: the customer was forgotten.",
        '12:30: The customer rings: "where is my technician?"; ann 1 answers at once.',
        "12:32: Ann 1 has spoken with the customer for 2 min.",
        "12:32: The customer's call shows that the word about the change was lost, 59 min ago.",
    ]


def test_a_lost_report_and_a_lost_close_are_told_until_they_are_given_up() -> None:
    """After ninety days nobody asks any more, and the bill is never written."""
    for which in (Handoff.REPORT, Handoff.CLOSE):
        name = which.name.lower()
        silent = "customer_notices = 0\naudit_notices = 0\ntechnician_notices = 0\n"
        chances = f"[handoffs.{name}]\ndrop_between = 1\ndrop_to_self = 1\n{silent}"
        lines = told(which, f"{chances}[prices]\npays_at_door_if_asked = 0\n", days=92)
        lost = "report" if which is Handoff.REPORT else "closing of the job"
        assert lines[-4].endswith(f"Nobody will ever notice any more that the {lost} was lost.")
        assert lines[-3:] == [
            f"{lines[-3][:5]}: The job is given up: nobody will ever close it.",
            f"{lines[-2][:5]}: Work for $200 is never billed.",
            f"{lines[-1][:5]}: In the end $0 of $200 came in.",
        ]


def test_a_run_without_such_a_drop_says_so() -> None:
    """Where no such baton was dropped, one sentence says that."""
    assert told(Handoff.CLOSE, "") == [
        "In the days counted it never happened that the closing of the job never reaches the books."
    ]


def test_an_interruption_is_named_as_the_cause() -> None:
    """Who was called to the phone with the file in hand is told, and the closing that was lost by it."""
    text = SHOP.replace('["csr"]\n[people.dora]\nhats = ["dispatcher"]', '["csr", "dispatcher"]')
    text += "[handoffs.close]\ndrop_per_interruption = 1\naudit_notices = 0\ncustomer_notices = 0\n"
    assert chain(story(text, "09:00 lead, 10:36 question").run, Handoff.CLOSE).lines()[-4:] == [
        "10:36: The closing of the job never reaches the books: the phone rang while ann 1 had it in hand.",
        "Tuesday 4 March, 00:00: Until the days watched end, nobody has noticed that the closing of the job was lost.",
        "00:00: Here the days watched end, and the job is still open.",
        "00:00: In the end $200 of $200 came in.",
    ]


def test_the_dearest_is_told() -> None:
    """Of two lost bookings the one with more money is told, whichever came first."""
    text = "[handoffs.booking]\ndrop_between = 1\ncustomer_notices = 0\naudit_notices = 0\n"
    text += '[jobs.types.repair]\nticket = {family = "uniform", low = 100, high = 300}\n'
    for first, second, root in ((0.9, 0.1, 0), (0.1, 0.9, 1)):
        run = story(
            SHOP + text, "09:00 lead, 09:30 lead", draws={0: {Draw.TICKET: first}, 1: {Draw.TICKET: second}}
        ).run
        assert chain(run, Handoff.BOOKING).root == root


def test_durations_are_said_as_one_says_them() -> None:
    """Seconds, minutes, hours and days, each where one would use it."""
    assert [how_long(minutes) for minutes in (0.5, 1.2, 12.4, 89.9, 120, 200, 2880, 14400)] == [
        "30 s", "72 s", "12 min", "1 h 30 min", "2 h", "3 h 20 min", "2 days", "10 days",
    ]  # fmt: skip


# Over random shops.


def disagreements(run: Run, one: Chain) -> list[str]:
    """Whatever a chain says that its ledger does not."""
    table, names = run.ledger.table, {person.id: person.name.replace("_", " ") for person in run.people}
    wrong = []
    for time, n, text in one.sentences:
        row = table[n]
        if row[0] != time:
            wrong.append(f"time: {text}")
        if row[2] != one.root and not Event.SPENT <= row[1] < Event.COLLECTED:
            wrong.append(f"about another need: {text}")
        said = set(AMOUNT.findall(text))
        may = {
            money(int(run.roots.potential[one.root]) / 100, "$"),
            money(int(run.roots.collected[one.root]) / 100, "$"),
        }
        if row[1] in SAYS_CENTS and not text.startswith("In the end"):
            may = {money(row[9] / 100, "$")}
            if said != may:
                wrong.append(f"amount: {text}")
        if not said <= may:
            wrong.append(f"amounts: {text}")
        near = {int(row[7]), *(int(other[7]) for other in table[n : n + 400] if other[3] == row[3] >= 0)}
        near |= {int(table[int(row[8]), 7])} if row[8] >= 0 else set()
        near |= {int(other[7]) for other in table[:n] if other[1] == Event.ASSIGNED and other[4] == row[4]}
        spoken = {id_ for id_, name in names.items() if re.search(rf"\b{re.escape(name)}\b", text, re.IGNORECASE)}
        if not spoken <= near:
            wrong.append(f"people {spoken - near}: {text}")
        if INSIDE.search(text) or not text.endswith("."):
            wrong.append(f"words: {text}")
    return wrong


def check(run: Run) -> None:
    """All five chains of a run agree with it."""
    tables = Tables(run)
    found = measure(tables)
    for each in Handoff:
        one = chain(tables, each)
        assert one.lines()
        assert disagreements(run, one) == []
        drops = run.ledger.of(Event.DROPPED)
        born = run.roots.born[drops[:, 2].astype(int)]
        any_ = ((drops[:, 9] == each) & (born >= run.start) & (born < run.end)).any()
        assert (one.root >= 0) == any_
        if one.root >= 0:
            times = [sentence.time for sentence in one.sentences]
            assert times == sorted(times)
            assert any(table_row == Event.DROPPED for table_row in run.ledger.table[[s.row for s in one.sentences], 1])
        if found[f"lost_to_{each.name.lower()}_baton"] > 0.0:
            assert one.root >= 0
    together = sum(found[f"lost_to_{each.name.lower()}_baton"] for each in Handoff)
    assert together == pytest.approx(found["loss_lost_baton"] + found["loss_unbilled"])


@pytest.mark.parametrize("start", range(0, 40, 10))
def test_what_is_told_agrees_with_the_ledger(start: int) -> None:
    """In random shops every time, amount and person of every chain is in the ledger, and no inside word is said."""
    for seed in range(start, start + 10):
        check(simulate(scenario_of(seeded(seed)), seed))


@given(shops())
@settings(max_examples=8, suppress_health_check=list(HealthCheck))
def test_what_is_told_agrees_in_shops_that_hypothesis_makes_up(said: Said) -> None:
    """The chains agree with the ledger in the shops that hypothesis makes up, too."""
    check(simulate(scenario_of(said), 1))


def test_waits_for_the_desk_are_told_with_a_lost_brief() -> None:
    """The technician's paid minutes stand in the chain of the lost brief, as the ledger has them."""
    text = "[handoffs.brief]\ndrop_between = 1\nnotice_delay_min = 10\n"
    run = story(SHOP + text, "09:00 lead").run
    codes = run.ledger.table[[sentence.row for sentence in chain(run, Handoff.BRIEF).sentences], 1]
    assert Event.SPENT + Spent.WAIT_FOR_DESK in codes
