"""The five batons: what becomes of each when it is dropped, and who notices."""

from __future__ import annotations

import math

from sim.relay import Event, Handoff
from sim.streams import BATON_COLUMNS, BatonDraw, Draw
from tests.world.little import Story, story

SHOP = """
[people.ann]
hats = ["csr"]
[people.dora]
hats = ["dispatcher"]
[people.tom]
hats = ["technician"]
trades = ["hvac"]
"""
AUDIT = "[desk]\naudit = true\naudit_at = '15:30'\n"
BATON = ("dropped", "found")
MEAN = 1.0 - math.exp(-1.0)  # the uniform at which an exponential delay is its mean


def draw(handoff: Handoff, column: BatonDraw, u: float) -> dict[int, float]:
    """One draw of a baton of the first need."""
    return {Draw.BATON + BATON_COLUMNS * handoff + column: u}


def dropped(handoff: str, settings: str, *more: str, **told: object) -> Story:
    """One booked job of which every such baton between two people is dropped."""
    own = "drop_to_self" if handoff == "close" else "drop_between"
    text = f"{SHOP}[handoffs.{handoff}]\n{own} = 1\n{settings}\n" + "\n".join(more)
    return story(text, told.pop("calls", "09:00 lead"), **told)  # type: ignore[arg-type]


def test_without_drops_the_job_goes_from_hand_to_hand() -> None:
    """Booked, checked, briefed, reported and closed: each step when the one before it is done."""
    told = story(SHOP, "09:00 lead")
    assert told.of("passed", "dropped", "job_ended") == [
        "09:06 A passed ann booking", "09:12 A passed dora brief", "10:32 A passed tom report",
        "10:37 A passed dora close",
        "10:37 A job_ended closed",
    ]  # fmt: skip
    assert told.day("tom") == [
        "09:07-09:12 wait_for_desk", "09:12-09:22 travel A", "09:22-10:22 on_site A", "10:22-10:32 paperwork A",
    ]  # fmt: skip


def test_a_dropped_booking_is_missed_by_the_customer() -> None:
    """Half an hour after the window they ring "you forgot me", and get the first slot that is left."""
    told = dropped("booking", "customer_notices = 1")
    assert told.of(*BATON, "forgotten", "rebooked", "on_board", "arrived", "job_ended") == [
        "09:06 A dropped ann booking", "12:30 A forgotten", "12:36 A found customer", "12:36 A rebooked 0",
        "12:37 A on_board dora", "12:52 A arrived tom -188", "14:07 A job_ended closed",
    ]  # fmt: skip
    assert told.of("call_ended") == ["09:05 A call_ended booked", "12:36 A call_ended resolved"]


def test_a_dropped_booking_may_be_found_by_the_audit_before_anybody_rings() -> None:
    """An audit in the morning finds it, and nobody was forgotten."""
    told = dropped("booking", "audit_notices = 1", AUDIT.replace("15:30", "10:00"))
    assert told.of(*BATON, "forgotten", "on_board", "job_ended") == [
        "09:06 A dropped ann booking", "10:15 A found audit", "10:16 A on_board dora", "11:46 A job_ended closed",
    ]  # fmt: skip


def test_a_dropped_booking_that_nobody_notices_is_lost() -> None:
    """A customer who does not ring goes elsewhere in silence, and the baton takes the money."""
    told = dropped("booking", "customer_notices = 0\naudit_notices = 0")
    assert told.of(*BATON, "job_ended", "loss") == [
        "09:06 A dropped ann booking", "12:30 A found never", "12:30 A job_ended lost_baton",
        "12:30 A loss lost_baton 20000",
    ]  # fmt: skip


def test_a_dropped_brief_is_missed_by_the_technician() -> None:
    """The technician waits, rings after the mean delay of ten minutes, and is briefed without another choice."""
    told = dropped("brief", "notice_delay_min = 10", draws={0: draw(Handoff.BRIEF, BatonDraw.DELAY, MEAN)})
    assert told.of(*BATON, "assigned", "briefed") == [
        "09:07 A assigned tom", "09:12 A dropped dora brief", "09:22 A found technician", "09:25 A briefed tom",
    ]  # fmt: skip
    assert told.day("tom")[0] == "09:07-09:25 wait_for_desk"


def test_a_dropped_report_leaves_the_technician_busy_in_the_desks_eyes() -> None:
    """The next job lies on the board, and nobody gives it to the technician until they ring about the first."""
    told = dropped("report", "notice_delay_min = 10", calls="09:00 lead, 09:30 lead",
                   draws={n: draw(Handoff.REPORT, BatonDraw.DELAY, MEAN)
                          | draw(Handoff.REPORT, BatonDraw.CHANNEL, 0.0) for n in (0, 1)})  # fmt: skip
    assert told.of(*BATON, "reported", "briefed") == [
        "09:12 A briefed tom", "10:32 A dropped tom report", "10:42 A found technician", "10:44 A reported tom",
        "10:49 B briefed tom", "12:09 B dropped tom report", "12:19 B found technician", "12:21 B reported tom",
    ]  # fmt: skip
    assert [line for line in told.day("tom") if "wait" in line] == [
        "09:07-09:12 wait_for_desk", "10:32-10:42 wait_for_desk", "10:42-10:49 wait_for_desk",
        "12:09-12:19 wait_for_desk",
    ]  # fmt: skip


def test_a_dropped_report_may_be_found_by_the_audit() -> None:
    """A technician who does not wonder leaves it to the evening."""
    told = dropped("report", "technician_notices = 0\naudit_notices = 1", AUDIT)
    assert told.of(*BATON, "reported", "job_ended") == [
        "10:32 A dropped tom report", "15:45 A found audit", "15:47 A reported tom", "15:50 A job_ended closed",
    ]  # fmt: skip


def test_a_dropped_report_may_be_noticed_by_the_customer_who_wants_a_bill() -> None:
    """A week later they ask for the bill, on the same phones, and the job is reported and closed."""
    told = dropped("report", "technician_notices = 0\naudit_notices = 0\ncustomer_notices = 1", days=12,
                   draws={0: draw(Handoff.REPORT, BatonDraw.CHANNEL, 0.5)
                          | draw(Handoff.REPORT, BatonDraw.DELAY, 0.5)})  # fmt: skip
    assert told.of(*BATON, "answered", "job_ended") == [
        "09:00 A answered ann 0", "10:32 A dropped tom report", "7/10:32 A answered ann 0", "7/10:36 A found customer",
        "7/10:41 A job_ended closed",
    ]  # fmt: skip


def test_a_dropped_close_may_be_found_by_the_audit() -> None:
    """What was forgotten once is closed after the audit, and is not forgotten again."""
    told = dropped("close", "audit_notices = 1", AUDIT)
    assert told.of(*BATON, "job_ended") == [
        "10:37 A dropped dora close", "15:45 A found audit", "15:48 A job_ended closed",
    ]  # fmt: skip


def test_a_dropped_close_that_nobody_finds_is_never_billed() -> None:
    """After ninety days nobody writes the bill any more, and the whole ticket is unbilled."""
    told = dropped("close", "audit_notices = 0\ncustomer_notices = 0", "[prices]\npays_at_door_if_asked = 0", days=92)
    assert told.of(*BATON, "job_ended", "unbilled", "collected", "loss") == [
        "10:37 A dropped dora close", "90/10:37 A found never", "90/10:37 A job_ended never_closed",
        "90/10:37 A unbilled 20000",
    ]  # fmt: skip


def test_a_dropped_close_costs_nothing_more_where_the_customer_paid_at_the_door() -> None:
    """The money is in, so only the books stay open."""
    told = dropped("close", "audit_notices = 0\ncustomer_notices = 0", days=92)
    assert told.of("job_ended", "unbilled", "collected", "loss") == [
        "10:32 A collected 20000", "90/10:37 A job_ended never_closed",
    ]  # fmt: skip


LATE = SHOP.replace('"hvac"]', '"hvac"]\nshifts = [{start = "13:00", end = "17:00"}]') + "[desk]\nkeeps_tabs = true\n"


def test_a_kept_update_spares_the_status_call() -> None:
    """The desk sees half an hour before the window's end that nobody will come in time, and tells the customer."""
    told = story(LATE, "09:00 lead")
    assert told.of("update_kept", "forgotten", "arrived", "rang") == [
        "09:00 A rang", "11:33 A update_kept dora", "13:15 A arrived tom 75",
    ]  # fmt: skip


def test_a_dropped_update_is_a_broken_promise_and_a_status_call() -> None:
    """The word does not come: half an hour after the window the customer rings and was forgotten."""
    told = story(f"{LATE}[handoffs.update]\ndrop_between = 1\n", "09:00 lead")
    assert told.of("dropped", "update_kept", "forgotten", "arrived", "rang") == [
        "09:00 A rang", "11:33 A dropped dora update", "12:30 A forgotten", "12:30 A rang", "13:15 A arrived tom 75",
    ]  # fmt: skip
    assert told.day("ann")[-2:] == ["12:30-12:32 talk", "12:32-12:33 wrap_up"]


def test_a_technician_does_not_wait_for_a_job_that_was_cancelled_while_it_was_briefed() -> None:
    """The other job on the board is briefed as soon as the dispatcher is free, not at the next window."""
    text = (
        SHOP + "[people.bob]\n"
        'hats = ["csr"]\n'
        "[people.dirk]\n"
        'hats = ["dispatcher"]\n'
        "[jobs]\n"
        "cancel_share = 0.5\n"
        "rebook_share = 0\n"
    )
    gone = {Draw.CANCEL: 0.0, Draw.CANCEL_WHEN: 0.0}
    slow = text + '[desk]\nbrief_min = {family = "fixed", mean = 10}\n'
    told = story(slow, "09:00 lead, 09:01 lead", draws={0: gone, 1: {Draw.CANCEL: 0.9}})
    assert told.of("on_board", "assigned", "briefed", "job_ended")[:6] == [
        "09:07 A on_board dirk", "09:07 A assigned tom", "09:08 B on_board dora", "09:10 A job_ended cancelled",
        "09:19 B assigned tom", "09:31 B briefed tom",
    ]  # fmt: skip


def test_a_technician_does_not_wait_for_the_lost_brief_of_a_job_that_was_cancelled() -> None:
    """When the job is called off, the technician whose brief was lost gets the next one at once."""
    text = (
        SHOP + "[people.bob]\n"
        'hats = ["csr"]\n'
        "[people.dirk]\n"
        'hats = ["dispatcher"]\n'
        "[jobs]\n"
        "cancel_share = 0.5\n"
        "rebook_share = 0\n"
    )
    hand = (
        "[handoffs.brief]\n"
        "drop_between = 0.5\n"
        "notice_delay_min = 1000\n"
        "[desk]\n"
        'brief_min = {family = "fixed", mean = 0.5}\n'
    )
    told = story(text + hand, "09:00 lead, 09:01 lead", draws={
        0: {Draw.CANCEL: 0.0, Draw.CANCEL_WHEN: 0.0} | draw(Handoff.BRIEF, BatonDraw.DROP, 0.1),
        1: {Draw.CANCEL: 0.9} | draw(Handoff.BRIEF, BatonDraw.DROP, 0.9),
    })  # fmt: skip
    assert told.of("dropped", "assigned", "briefed") == [
        "09:07 A assigned tom", "09:09:30 A dropped dirk brief", "09:10 B assigned tom", "09:12:30 B briefed tom",
    ]  # fmt: skip


def test_to_oneself_there_is_nothing_to_drop() -> None:
    """Who wears both hats hands the booking to themselves: no drop between people, and by default nothing missing."""
    both = SHOP.replace('hats = ["csr"]\n[people.dora]\nhats = ["dispatcher"]', 'hats = ["csr", "dispatcher"]')
    hand = "[handoffs.booking]\ndrop_between = 1\nlacks_equipment = 1\n"
    assert story(both + hand, "09:00 lead").of("dropped", "lacked") == []
    assert story(SHOP + hand, "09:00 lead").of("dropped") == ["09:06 A dropped ann booking"]


def test_a_lacking_booking_is_mended_by_a_call_or_causes_a_return_visit() -> None:
    """The check finds it and rings for five minutes; unfound, the technician lacks it on site and has to come again."""
    hand = "[handoffs.booking]\nlacks_equipment = 1\n[jobs]\nreturn_if_lacking = 1\n"
    mended = story(f"{SHOP}{hand}[desk]\ncheck_finds = 1\n", "09:00 lead")
    assert mended.day("dora")[:2] == ["09:06-09:07 desk A", "09:07-09:12 outbound A"]
    assert mended.of("lacked", "return_needed") == ["09:06 A lacked ann 2"]
    missed = story(f"{SHOP}{hand}[desk]\ncheck_finds = 0\n", "09:00 lead", days=2)
    assert missed.of("lacked", "return_needed") == ["09:06 A lacked ann 2", "10:32 A return_needed tom"]


def test_a_broken_promise_costs_more_than_none() -> None:
    """Of two customers of whom nobody thought, the one to whom a word had been promised is the less satisfied."""
    satisfied = []
    for promised in (1, 0):
        text = f"{LATE}[handoffs]\nexpectations_share = {promised}\n[handoffs.update]\ndrop_between = 1\ncustomer_notices = 1\n"
        text += "[satisfaction]\nforgotten_weight = 0.5\nbroken_promise_weight = 0.2\nlate_weight_per_h = 0\nprice_weight = 0\n"
        told = story(text, "09:00 lead")
        assert told.count("forgotten") == 1
        satisfied.append(round(next(row[9] for row in told.rows if row[1] == Event.SATISFIED), 6))
    assert satisfied == [0.3, 0.5]
