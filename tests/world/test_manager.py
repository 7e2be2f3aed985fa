"""The manager's watch: screening by two thresholds, the ladder step by step, duties and meetings."""

from __future__ import annotations

from tests.world.little import story

SHOP = """
[people.ann]
hats = ["csr"]
[people.dora]
hats = ["dispatcher"]
[people.tom]
hats = ["technician"]
trades = ["hvac"]
[people.max]
hats = ["service_manager"]
"""
SCREENS = f"{SHOP}[screening]\nenabled = true\non_at = 5\noff_at = 1\nhold_min = 0\n"
BUSY = '[duties]\nmeetings_min_per_day = 200\nmeeting_min = 200\nstart = "07:00"\n[ladder]\nwatch_delay_min = 2\n'
CALLS = "09:00 question 10, 09:01 question, 09:07 question, 09:12 lead, 09:40 lead"
REST = "[calls]\ntiers = [0, 0, 1]\n"


def test_a_free_manager_reads_the_signal_when_a_queue_changes() -> None:
    """It starts when one queues behind a wait of more than five minutes and ends with the queue."""
    assert story(SCREENS + REST, CALLS).of("screen_on", "screen_off") == ["09:07 screen_on", "09:19 screen_off"]


def test_a_busy_manager_reads_it_after_the_watch_delay() -> None:
    """In a meeting it takes two minutes more, and so much longer the screening lasts."""
    told = story(SCREENS + REST + BUSY, CALLS)
    assert told.of("screen_on", "screen_off") == ["09:09 screen_on", "09:20 screen_off"]
    assert told.day("max")[0] == "08:00-11:20 managing"


def test_a_phone_in_the_pocket_shortens_the_delay() -> None:
    """With half of the delay the same meeting hides the queue for one minute only."""
    pocket = f"{BUSY}phone_in_pocket = true\nphone_in_pocket_factor = 0.5\n"
    assert story(SCREENS + REST + pocket, CALLS).of("screen_on") == ["09:08 screen_on"]


def test_screening_declines_by_the_recorded_tier_in_half_the_talk() -> None:
    """Who is not so much is declined kindly in half the talk; when screening is off, the same lead is booked."""
    told = story(SCREENS + REST + BUSY, CALLS)
    assert told.of("call_ended", "loss")[3:] == [
        "09:21:30 D loss screened_out 20000", "09:21:30 D call_ended screened_out", "09:45 E call_ended booked",
    ]  # fmt: skip


def test_screening_asks_more_of_those_who_are_kept() -> None:
    """Who has to love us is booked, with a minute of questions on top of the five."""
    told = story(SCREENS + BUSY, CALLS)
    assert told.of("answered", "call_ended", root="D") == ["09:19 D answered ann 7", "09:25 D call_ended booked"]


def test_screening_holds_at_least_so_long() -> None:
    """With a hold of half an hour it is still on after the queue has emptied, until the next reading after it."""
    told = story((SCREENS + REST).replace("hold_min = 0", "hold_min = 30"), CALLS)
    assert told.of("screen_on", "screen_off") == ["09:07 screen_on", "09:40 screen_off"]


LADDER = """
[people.ann]
hats = ["csr"]
[people.max]
hats = ["service_manager"]
[ladder]
enabled = true
steps = ["stop_side_work", "manager_answers"]
longest_wait_s = 60
hold_min = 5
last_calls = 2
[duties]
minutes_per_day = 480
piece_min = 240
hats = ["csr"]
start = "08:30"
"""
RUSH = (
    "09:00 question, 09:00:30 question, 09:02 question, 09:10 question, 09:20 question, 09:30 question, 10:00 question"
)


def test_the_ladder_goes_up_and_down_step_by_step() -> None:
    """Each step is held for five minutes; up by the longest wait, down when the last calls were answered in time."""
    told = story(LADDER, RUSH)
    assert told.of("ladder_up", "ladder_down") == [
        "09:02 ladder_up 1", "09:07 ladder_up 2", "09:30 ladder_down 1", "10:00 ladder_down 0",
    ]  # fmt: skip


def test_the_manager_answers_while_that_step_is_in_force() -> None:
    """On the second step the third caller goes to the manager, and after it nobody does."""
    told = story(LADDER, RUSH)
    assert {line.split()[1] for line in told.of("answered", who="max")} == {"C", "E"}


def test_side_work_stops_while_that_step_is_in_force() -> None:
    """Neither new side work nor what a call had broken is gone on with until the ladder is down again."""
    told = story(LADDER, RUSH)
    assert [line for line in told.day("ann") if line.endswith("side")][:2] == ["08:30-09:00 side", "10:04-13:34 side"]


def test_the_step_takes_people_off_side_work_at_once() -> None:
    """Somebody on side work when the step is ordered puts it down and is free."""
    bob = '[people.bob]\nhats = ["service_manager", "dispatcher"]\n[people.max]'
    second = LADDER.replace("[people.max]", bob).replace('hats = ["csr"]\nstart', 'hats = ["dispatcher"]\nstart')
    told = story(second, "09:00 question, 09:00:30 question, 09:02 question")
    assert told.of("ladder_up", "interrupted")[:2] == ["09:02 ladder_up 1", "09:02 interrupted bob side"]


def test_moved_breaks_wait_but_not_longer_than_two_hours() -> None:
    """Lunch at noon waits while the ladder moves the breaks, and is taken at two whatever the phones say."""
    text = LADDER.replace('"stop_side_work", "manager_answers"', '"move_breaks"').replace(
        "minutes_per_day = 480", "minutes_per_day = 0"
    )
    text = text.replace(
        'hats = ["csr"]\n[people.max]',
        'hats = ["csr"]\nshifts = [{start = "08:00", end = "17:00", lunch = "12:00"}]\n[people.max]',
    )
    told = story(text, "11:50 question, 11:50:30 question, 11:52 question")
    assert told.of("ladder_up", "went_on_break") == ["11:52 ladder_up 1", "14:00 went_on_break ann 30"]


def test_duties_that_nobody_got_to_are_undone_at_night() -> None:
    """Eight hours of side work in pieces of four, for somebody who has only five: one piece lies undone."""
    text = (
        "[people.ann]\n"
        'hats = ["csr"]\n'
        'shifts = [{start = "08:00", end = "11:30"}]\n'
        "[duties]\n"
        "minutes_per_day = 480\n"
        "piece_min = 240\n"
        'hats = ["csr"]\n'
    )
    told = story(text, "09:00 question", days=2)
    assert told.of("duty_undone") == ["1/00:00 duty_undone 240"]


def test_nothing_breaks_a_meeting() -> None:
    """A complaint that comes in the middle of a meeting waits for its end."""
    text = f"""{SHOP}
        [handoffs.booking]
        drop_between = 1
        customer_notices = 1
        [satisfaction]
        defused_by_rapport = 0
        save_chance = 1
        save_min = {{family = "fixed", mean = 15}}
        [duties]
        meetings_min_per_day = 60
        meeting_min = 60
        start = "11:30" """
    told = story(text, "09:00 lead")
    assert told.day("max") == ["12:30-13:30 managing", "13:30-13:45 managing A"]


def test_missed_meetings_are_not_made_up_for() -> None:
    """Back after two days away, the manager has the meetings of the day and no others."""
    text = SHOP + "shifts = [{days = [true, false, false, true, true, false, false]}]\n"
    text += "[duties]\nmeetings_min_per_day = 90\n"
    told = story(text, "09:00 question", days=4)
    assert told.day("max", day=0) == ["09:00-09:45 managing", "12:30-13:15 managing"]
    assert told.day("max", day=3) == ["09:00-09:45 managing", "12:30-13:15 managing"]


def test_one_audit_makes_up_for_all_that_were_missed() -> None:
    """After a weekend and a day off the desk goes through everything once, not once for every missed evening."""
    text = SHOP.replace(
        'hats = ["dispatcher"]',
        'hats = ["dispatcher"]\nshifts = [{end = "15:00", days = [true, true, false, false, true, false, false]}]',
    )
    told = story(text + "[desk]\naudit = true\n", "09:00 question", days=5)
    assert [told.day("dora", day=day) for day in (1, 4)] == [["08:00-08:15 desk"], ["08:00-08:15 desk"]]


def test_yesterdays_orders_are_over_when_the_phones_open() -> None:
    """Screening was on at closing time; with the manager away the next day, who rings then is booked all the same."""
    text = SCREENS.replace("hold_min = 0", "hold_min = 60").replace(
        '["service_manager"]', '["service_manager"]\nshifts = [{days = [true, false, true, true, true, false, false]}]'
    )
    told = story(text + REST, "16:40 question 15, 16:44 lead, 16:50 lead, 1/09:00 lead", days=2)
    assert told.of("screen_on", "screen_off", "call_ended")[-3:] == [
        "17:02 C call_ended screened_out", "1/08:00 screen_off", "1/09:05 D call_ended booked",
    ]  # fmt: skip
