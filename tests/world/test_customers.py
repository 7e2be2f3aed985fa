"""Customers: they redial, are rung back, go to a competitor, ring about their job, call it off, and send others."""

from __future__ import annotations

import pytest

from sim.relay import Event, Handoff
from sim.streams import BATON_COLUMNS, BatonDraw, Draw
from tests.world.little import story

SHOP = """
[people.ann]
hats = ["csr"]
[people.dora]
hats = ["dispatcher"]
[people.tom]
hats = ["technician"]
trades = ["hvac"]
"""
LATE_TOM = SHOP.replace('"hvac"]', '"hvac"]\nshifts = [{start = "%s", end = "17:00"}]')
REACHED = 'call_back_reached = 1\ncall_back_min = {family = "fixed", mean = 4}\n'
VOICEMAIL = f'[phones]\nafter_hours = "voicemail"\nleaves_message = 1\n{REACHED}'


# Attempts and what comes after them.


def test_a_redial_comes_after_its_delay_and_is_answered() -> None:
    """Who finds the shop closed at two to eight tries again five minutes later and is booked."""
    text = SHOP + '[calls.types.lead]\nredial_chance = 1\nredial_delay_min = {family = "fixed", mean = 5}\n'
    told = story(text, "07:58 lead")
    assert told.of("rang", "call_ended", "redial_planned") == [
        "07:58 A rang", "07:58 A call_ended after_hours_missed", "07:58 A redial_planned 5", "08:03 A rang",
        "08:08 A call_ended booked",
    ]  # fmt: skip


def test_redials_go_by_the_number_of_the_attempt() -> None:
    """With chances 1 and then 0 there is one redial and no second one."""
    text = (
        "[people.ann]\n"
        'hats = ["csr"]\n'
        "[calls.types.question]\n"
        "redial_chance = [1, 0]\n"
        'patience_min = {family = "fixed", mean = 1}\n'
    )
    told = story(text, "09:00 billing 60, 09:10 question")
    assert told.of("call_ended", "redial_planned", root="B") == [
        "09:11 B call_ended abandoned", "09:11 B redial_planned 10", "09:22 B call_ended abandoned",
    ]  # fmt: skip


def test_a_competitor_has_half_of_the_leads_after_the_half_life() -> None:
    """At the median draw a lead that nobody answered is gone after exactly the half-life, before it would redial."""
    text = SHOP + "[calls]\ncompetitor_half_life_min = 10\n[calls.types.lead]\nredial_chance = 1\n"
    told = story(text, "07:00 lead, 07:52 lead", draws={n: {Draw.COMPETITOR: 0.5} for n in (0, 1)})
    assert told.of("lost_to_competitor", "loss") == [
        "07:10 A lost_to_competitor", "07:10 A loss after_hours 20000",
        "08:02 B lost_to_competitor", "08:02 B loss after_hours 20000",
    ]  # fmt: skip


def test_a_redial_before_the_competitor_saves_the_lead() -> None:
    """Eight minutes after the first miss the lead is still open."""
    text = (
        SHOP + "[calls]\n"
        "competitor_half_life_min = 10\n"
        "[calls.types.lead]\n"
        "redial_chance = 1\n"
        'redial_delay_min = {family = "fixed", mean = 8}\n'
    )
    told = story(text, "07:55 lead", draws={0: {Draw.COMPETITOR: 0.5}})
    assert told.of("call_ended", "lost_to_competitor")[1:] == ["08:08 A call_ended booked"]


def test_a_voicemail_is_called_back_in_the_morning() -> None:
    """Who leaves a message before hours is rung back when the first CSR comes, and the booking goes its way."""
    told = story(SHOP + VOICEMAIL, "07:00 lead")
    assert told.of("call_ended", "called_back", "booked", "job_ended") == [
        "07:00 A call_ended voicemail", "08:04 A called_back ann", "08:04 A booked ann", "09:35 A job_ended closed",
    ]  # fmt: skip
    assert told.day("ann") == ["08:00-08:04 call_back"]


def test_a_call_back_comes_too_late_where_a_competitor_was_quicker() -> None:
    """The four minutes are spent, and the customer says that somebody else has been there."""
    told = story(
        f"{SHOP}[calls]\ncompetitor_half_life_min = 10\n{VOICEMAIL}", "07:00 lead", draws={0: {Draw.COMPETITOR: 0.5}}
    )
    assert told.of("called_back", "booked", "lost_to_competitor", "loss") == [
        "08:04 A called_back ann", "08:04 A lost_to_competitor", "08:04 A loss voicemail 20000",
    ]  # fmt: skip


def test_a_call_back_that_is_not_picked_up_loses_the_lead() -> None:
    """Half a minute of ringing, and the lead is lost to what went wrong first."""
    told = story(SHOP + VOICEMAIL.replace("call_back_reached = 1", "call_back_reached = 0"), "07:00 lead")
    assert told.of("called_back", "booked", "loss") == ["08:00:30 A called_back ann", "08:00:30 A loss voicemail 20000"]


def test_missed_callers_are_rung_back_where_the_shop_has_their_number() -> None:
    """Caller id and the will to ring back turn a missed call into a booking; without either it is lost."""
    recovery = f'[phones]\nafter_hours = "missed"\n{REACHED}call_back_missed = true\ncaller_id = %s\n'
    assert story(SHOP + recovery % 1, "07:00 lead").of("booked") == ["08:04 A booked ann"]
    assert story(SHOP + recovery % 0, "07:00 lead").of("booked", "loss") == ["07:00 A loss after_hours 20000"]


def test_a_web_lead_is_called_back() -> None:
    """A lead by web makes no call of its own: it is rung, booked and served."""
    told = story(f"{SHOP}[calls.types.lead]\nweb_share = 1\n[phones]\n{REACHED}", "09:00 lead")
    assert told.of("rang", "lead_by_web", "called_back", "booked") == [
        "09:00 A lead_by_web", "09:04 A called_back ann", "09:04 A booked ann",
    ]  # fmt: skip


@pytest.mark.parametrize(("factor", "outcome"), [(1, "07:03 A booked"), (0, "07:03 A loss no_rapport 20000")])
def test_the_answering_service_books_worse_than_a_host(factor: float, outcome: str) -> None:
    """It answers before hours in three minutes, and what it does not win was not put off by a wait."""
    text = f'{SHOP}[phones]\nafter_hours = "answering_service"\n[phones.answering_service]\nbooking_factor = {factor}\n'
    told = story(text, "07:00 lead")
    assert told.of("booked", "loss")[:1] == [outcome]
    assert told.of("call_ended")[:1] == ["07:03 A call_ended answering_service"]


# Calls about a job.


def test_a_forgotten_customer_rings_and_occupies_the_phone() -> None:
    """Half an hour after the window they ask where their technician is, and another caller waits behind them."""
    told = story(LATE_TOM % "13:00", "09:00 lead, 12:31 question")
    assert told.of("forgotten", "answered", "arrived", "job_ended") == [
        "09:00 A answered ann 0", "12:30 A forgotten", "12:30 A answered ann 0", "12:33 B answered ann 2",
        "13:15 A arrived tom 75", "14:30 A job_ended closed",
    ]  # fmt: skip


def test_after_status_calls_in_vain_the_customer_calls_it_off() -> None:
    """Each answer buys two hours and their patience; after two calls they cancel."""
    told = story(LATE_TOM % "16:59", "09:00 lead", days=2)
    assert told.of("rang", "carried_over", "job_ended", "loss") == [
        "09:00 A rang", "12:30 A rang", "15:02 A rang", "17:00 A carried_over 1", "17:34 A job_ended cancelled",
        "17:34 A loss cancelled 20000",
    ]  # fmt: skip


def test_a_complaint_is_defused_by_a_good_host() -> None:
    """With certain rapport the CSR makes it good at once, without the manager and without a discount."""
    text = SHOP + "[handoffs.booking]\ndrop_between = 1\ncustomer_notices = 1\n[satisfaction]\ndefused_by_rapport = 1\n"
    told = story(text, "09:00 lead")
    assert told.of("forgotten", "rebooked", "complaint_saved", "collected") == [
        "12:30 A forgotten", "12:36 A rebooked 0", "14:02 A collected 20000",
    ]  # fmt: skip


COMPLAINS = f"""{SHOP}
[people.max]
hats = ["service_manager"]
[handoffs.booking]
drop_between = 1
customer_notices = 1
[satisfaction]
defused_by_rapport = 0
save_discount = 0.1
save_min = {{family = "fixed", mean = 15}}
"""


def test_a_complaint_is_saved_by_the_manager_at_a_discount() -> None:
    """A quarter of an hour of the manager's time and a tenth of the ticket keep the customer."""
    told = story(f"{COMPLAINS}save_chance = 1", "09:00 lead")
    assert told.day("max") == ["12:36-12:51 managing A"]
    assert told.of("complaint_saved", "rebooked", "discount", "collected", "job_ended") == [
        "12:51 A complaint_saved max", "12:51 A rebooked 0", "14:17 A discount 2000", "14:17 A collected 18000",
        "14:22 A job_ended closed",
    ]  # fmt: skip


def test_a_complaint_that_is_not_saved_is_a_lost_baton() -> None:
    """The dropped baton that nobody repaired takes the money, though it was noticed."""
    told = story(f"{COMPLAINS}save_chance = 0", "09:00 lead")
    assert told.of("found", "complaint_lost", "job_ended", "loss") == [
        "12:36 A found customer", "12:51 A complaint_lost max", "12:51 A job_ended lost_baton",
        "12:51 A loss lost_baton 20000",
    ]  # fmt: skip


# Calling it off.


CANCELS = f'{SHOP}[slots]\nwindows = [{{start = "13:00", end = "17:00"}}]\n[jobs]\ncancel_share = 1\n'
HALF_WAY = {0: {Draw.CANCEL: 0.0, Draw.CANCEL_WHEN: 0.5}}


def test_a_customer_who_cannot_make_it_rings_and_cancels() -> None:
    """Half way to the window they ring; who does not rebook is lost to the cancellation."""
    told = story(f"{CANCELS}rebook_share = 0", "09:00 lead", draws=HALF_WAY)
    assert told.of("rang", "job_ended", "loss") == [
        "09:00 A rang", "11:02:30 A rang", "11:06:30 A job_ended cancelled", "11:06:30 A loss cancelled 20000",
    ]  # fmt: skip


def test_a_customer_who_cannot_make_it_may_rebook() -> None:
    """Another day, the same job."""
    told = story(f"{CANCELS}rebook_share = 1", "09:00 lead", days=2, draws=HALF_WAY)
    assert told.of("rang", "rebooked", "arrived", "job_ended") == [
        "09:00 A rang", "11:02:30 A rang", "11:06:30 A rebooked 1", "1/12:35 A arrived tom -265",
        "1/13:50 A job_ended closed",
    ]  # fmt: skip


def test_a_cancellation_that_nobody_hears_is_a_no_show() -> None:
    """Nobody is on the phones when they ring, so the technician drives in vain."""
    text = CANCELS.replace('hats = ["csr"]\n', 'hats = ["csr"]\nshifts = [{start = "08:00", end = "10:00"}]\n')
    told = story(f"{text}rebook_share = 1", "09:00 lead", draws=HALF_WAY)
    assert told.of("arrived", "job_ended") == ["12:35 A arrived tom -265", "12:47 A job_ended no_show"]
    assert told.day("tom")[-1] == "12:35-12:47 futile A"


# What they think of it.


def test_a_satisfied_customer_sends_another() -> None:
    """A day after the close a new root rings, is told apart from its parent, and is served like anybody."""
    text = '[satisfaction]\nreferral_chance = 1\nprice_weight = 0\nreferral_delay_days = {family = "fixed", mean = 1}\n'
    told = story(SHOP + text, "09:00 lead", days=2, draws={0: {Draw.REFERRAL: 0.5}})
    assert told.of("referred", "rang") == ["09:00 A rang", "1/10:37 A referred", "1/10:37 B rang"]
    assert told.of("job_ended")[:2] == ["10:37 A job_ended closed", "1/12:50 B job_ended closed"]
    assert told.run.roots.parent.tolist() == [-1, 0]


def test_a_forgotten_customer_sends_nobody() -> None:
    """The same draw sends another from a happy customer, and none from one who was forgotten."""
    text = (
        "[satisfaction]\n"
        "referral_chance = 1\n"
        "forgotten_weight = 0.6\n"
        'referral_delay_days = {family = "fixed", mean = 1}\n'
    )
    told = story(LATE_TOM % "13:00" + text, "09:00 lead", days=2, draws={0: {Draw.REFERRAL: 0.5}})
    assert told.of("referred") == []
    assert told.run.roots.forgotten.tolist() == [True]


def test_a_complaint_that_nobody_hears_is_void_once_somebody_is_at_the_door() -> None:
    """The audit found the booking before the customer got through, so the job goes on and is paid once."""
    text = f"""{SHOP}
        [handoffs.booking]
        drop_between = 1
        customer_notices = 1
        audit_notices = 1
        [desk]
        audit = true
        audit_at = "12:31"
        [calls.types.complaint]
        patience_min = {{family = "fixed", mean = 1}}
        redial_chance = [1, 0]
        redial_delay_min = {{family = "fixed", mean = 59}}"""
    told = story(text, "09:00 lead, 12:29 question 10, 13:29 question 10")
    assert told.of("found", "arrived", "call_ended", "job_ended", "collected", "loss", root="A")[1:] == [
        "12:31 A call_ended abandoned", "12:46 A found audit", "13:02 A arrived tom 62",
        "13:31 A call_ended abandoned",
        "14:12 A collected 20000", "14:17 A job_ended closed",
    ]  # fmt: skip


SLOW = SHOP.replace('trades = ["hvac"]', 'trades = ["hvac"]\nshifts = [{start = "14:55", end = "15:00"}]')
NOON = '[slots]\nwindows = [{start = "12:00", end = "14:00"}]\n[desk]\ngives_up_after_calls = 9\n'


def test_a_customer_who_was_moved_and_told_wonders_once_on_the_new_day() -> None:
    """Told of the new day on the phone, they ring once when that window is over, not twice at the same moment."""
    told = story(SLOW + NOON + 'status_patience_min = {family = "fixed", mean = 10}\n', "08:00 lead", days=2)
    assert [line for line in told.of("rang", "carried_over") if line.startswith("1/14")] == ["1/14:10 A rang"]


def test_who_rings_before_the_window_is_over_waits_for_its_end() -> None:
    """Moved in silence, they ring in the morning; told of today's window, they do not ring again before it is over."""
    told = story(SLOW + NOON + 'status_patience_min = {family = "fixed", mean = 200}\n', "08:00 lead", days=2)
    assert told.of("rang", "carried_over")[:4] == [
        "08:00 A rang",
        "15:00 A carried_over 1",
        "1/08:00 A rang",
        "1/15:00 A carried_over 1",
    ]


def test_who_was_told_overnight_does_not_ring_in_the_morning() -> None:
    """They wondered after the phones had closed; the desk told them before the phones opened, so they do not ring."""
    text = SLOW.replace('hats = ["dispatcher"]', 'hats = ["dispatcher"]\nshifts = [{start = "07:00", end = "13:00"}]')
    text += NOON + 'keeps_tabs = true\nstatus_patience_min = {family = "fixed", mean = 200}\n'
    told = story(text, "08:00 lead", days=2)
    assert told.of("rang", "forgotten", "passed", "carried_over")[2:6] == [
        "15:00 A carried_over 1",
        "17:20 A forgotten",
        "1/07:03 A passed dora update",
        "1/15:00 A carried_over 1",
    ]


def test_a_transferred_question_about_a_job_may_end_at_the_answering_service() -> None:
    """The service knows nothing of the job, so the customer's patience starts anew and they ring again."""
    text = SLOW.replace('hats = ["csr"]', 'hats = ["csr"]\nanswers = {lead = {}, status = {}}')
    text += '[phones]\nmax_wait_min = 1\nat_max_wait = "answering_service"\n[calls.types.status]\nbecomes = {question = 1}\n'
    told = story(text + NOON + 'status_patience_min = {family = "fixed", mean = 10}\n', "08:00 lead")
    assert told.of("rang", "moved", "call_ended")[2:6] == [
        "14:10 A rang",
        "14:12 A moved",
        "14:16 A call_ended answering_service",
        "14:26 A rang",
    ]


def test_a_bill_that_was_asked_for_in_vain_is_given_up_in_the_end() -> None:
    """The customer rings about the missing bill once, nobody answers, and after 90 days it will never be written."""
    text = SHOP.replace(
        'hats = ["csr"]',
        'hats = ["csr"]\nshifts = [{start = "08:00", end = "17:00", days = [true, false, false, false, false, false, false]}]',
    )
    text += (
        "[handoffs.close]\ndrop_between = 1\ndrop_to_self = 1\ncustomer_notices = 1\n"
        "[prices]\npays_at_door_if_asked = 0\n"
        '[calls.types.billing]\npatience_min = {family = "fixed", mean = 1}\n'
    )
    column = Draw.BATON + BATON_COLUMNS * Handoff.CLOSE + BatonDraw.DELAY
    told = story(text, "08:00 lead", days=120, draws={0: {column: 0.6}})
    assert told.of("rang", "job_ended", "unbilled")[1:] == [
        "16/08:00 A rang",
        "106/08:01 A job_ended never_closed",
        "106/08:01 A unbilled 20000",
    ]


def test_only_the_recorded_call_keeps_its_recorded_talk() -> None:
    """The lead's log says 17 minutes; the status call that comes of it takes as long as status calls do."""
    told = story(SLOW + NOON + 'status_patience_min = {family = "fixed", mean = 10}\n', "08:00 lead 17")
    assert told.day("ann")[:4] == ["08:00-08:17 talk", "08:17-08:18 wrap_up", "14:10-14:12 talk", "14:12-14:13 wrap_up"]


def test_the_shop_cannot_know_who_will_redial() -> None:
    """A missed lead is noted whether or not it will redial: rung back before the redial, it does not ring again."""
    text = f'{SHOP}[phones]\nafter_hours = "missed"\n{REACHED}call_back_missed = true\ncaller_id = 1\n'
    text += '[calls.types.lead]\nredial_chance = 1\nredial_delay_min = {family = "fixed", mean = 55}\n'
    assert story(text, "07:50 lead").of("rang", "redial_planned", "called_back", "booked") == [
        "07:50 A rang", "07:50 A redial_planned 55", "08:04 A called_back ann", "08:04 A booked ann",
    ]  # fmt: skip


def test_a_missed_lead_is_rung_back_once() -> None:
    """Not reached on the number that was noted, it still redials; missed again, it is not noted a second time."""
    text = f'{SHOP}[phones]\nafter_hours = "missed"\ncall_back_reached = 0\ncall_back_missed = true\ncaller_id = 1\n'
    text += '[calls.types.lead]\nredial_chance = [1, 0]\npatience_min = {family = "fixed", mean = 1}\n'
    text += 'redial_delay_min = {family = "fixed", mean = 55}\n'
    told = story(text, "07:50 lead, 08:40 question 30")
    assert told.of("rang", "called_back", "loss", root="A") == [
        "07:50 A rang", "08:00:30 A called_back ann", "08:45 A rang", "08:46 A loss abandoned 20000",
    ]  # fmt: skip


def test_a_competitor_is_heard_of_once() -> None:
    """Gone before the redial, the lead is lost when it is rung back and says so, not twice."""
    text = f'{SHOP}[phones]\nafter_hours = "missed"\n{REACHED}call_back_missed = true\ncaller_id = 1\n'
    text += "[calls]\ncompetitor_half_life_min = 10\n"
    text += '[calls.types.lead]\nredial_chance = 1\nredial_delay_min = {family = "fixed", mean = 55}\n'
    told = story(text, "07:30 lead", draws={0: {Draw.COMPETITOR: 0.5}})
    assert told.of("called_back", "lost_to_competitor", "loss") == [
        "08:04 A called_back ann", "08:04 A lost_to_competitor", "08:04 A loss after_hours 20000",
    ]  # fmt: skip


def test_who_is_on_the_line_is_not_rung_back() -> None:
    """Their redial waits in the queue when their number comes up: they are booked once, in the call that they made."""
    text = f'{SHOP}[phones]\nafter_hours = "missed"\n{REACHED}call_back_missed = true\ncaller_id = 1\n'
    text += '[calls.types.lead]\nredial_chance = 1\nredial_delay_min = {family = "fixed", mean = 5}\n'
    text += '[attention]\npriority = ["call_back", "phone"]\n'
    told = story(text, "07:50 lead, 07:56 lead")
    assert told.of("rang", "called_back", "booked", root="B") == ["07:56 B rang", "08:01 B rang", "08:09 B booked ann"]


def test_who_is_being_rung_does_not_redial() -> None:
    """The redial falls into the minutes in which the shop speaks with them: one booking, one attempt."""
    text = f'{SHOP}[phones]\nafter_hours = "missed"\n{REACHED}call_back_missed = true\ncaller_id = 1\n'
    text += '[calls.types.lead]\nredial_chance = 1\nredial_delay_min = {family = "fixed", mean = 5}\n'
    told = story(text, "07:57 lead")
    assert told.of("rang", "called_back", "booked") == ["07:57 A rang", "08:04 A called_back ann", "08:04 A booked ann"]


def test_nobody_calls_off_in_the_same_breath() -> None:
    """Booked into a window that has begun, they call it off half way to its end, not as they hang up."""
    text = CANCELS.replace('"13:00"', '"08:00"').replace('"17:00"', '"12:00"')
    text = text.replace('trades = ["hvac"]', 'trades = ["hvac"]\nshifts = [{start = "11:30"}]')
    told = story(f"{text}rebook_share = 0", "09:00 lead", draws=HALF_WAY)
    assert told.of("rang", "job_ended") == ["09:00 A rang", "10:32:30 A rang", "10:36:30 A job_ended cancelled"]


def test_a_booking_that_was_called_off_is_not_checked() -> None:
    """The desk was away until the job was cancelled: it spends no minute on it and rings nobody about the gaps."""
    text = CANCELS.replace('hats = ["dispatcher"]', 'hats = ["dispatcher"]\nshifts = [{start = "12:00"}]')
    text += "rebook_share = 0\n[handoffs.booking]\nlacks_need = 1\n[desk]\ncheck_finds = 1\n"
    told = story(text, "09:00 lead", draws=HALF_WAY)
    assert told.of("job_ended") == ["11:06:30 A job_ended cancelled"]
    assert told.day("dora") == []
    assert told.run.ledger.rows(Event.BATON_ENDED).size == 1


def test_who_left_a_message_and_is_noted_is_lost_once() -> None:
    """Noted, then at the voicemail too: the first call back hears of the competitor, and the second is not made."""
    text = f"{SHOP}[phones]\nmax_wait_min = 1\nleaves_message = 1\n{REACHED}call_back_missed = true\ncaller_id = 1\n"
    text += "[calls]\ncompetitor_half_life_min = 30\n"
    text += '[calls.types.lead]\nredial_chance = 1\nredial_delay_min = {family = "fixed", mean = 5}\n'
    text = text.replace('hats = ["csr"]', 'hats = ["csr"]\nshifts = [{start = "08:30"}]')
    told = story(text, "07:50 lead", draws={0: {Draw.COMPETITOR: 0.5}})
    assert told.of("call_ended", "lost_to_competitor", "called_back", "loss") == [
        "07:50 A call_ended after_hours_missed", "08:06 A call_ended voicemail", "08:34 A called_back ann",
        "08:34 A lost_to_competitor", "08:34 A loss voicemail 20000",
    ]  # fmt: skip
