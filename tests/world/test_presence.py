"""Who is there: lunch, the shift's end, overtime, sickness, cover, and the work that is left behind."""

from __future__ import annotations

import pytest

from tests.world.little import story

LUNCHES = """
[people.ann]
hats = ["csr"]
shifts = [{start = "08:00", end = "16:00", lunch = "12:00", lunch_min = 30}]
"""
TOM = '[people.tom]\nhats = ["technician"]\ntrades = ["hvac"]\n'
BOTH = '[people.ann]\nhats = ["csr", "dispatcher"]\n'
ALL_DAY = '[slots]\nwindows = [{start = "08:00", end = "17:00"}]\nlast_booking_before_end_min = 30\n'
PRESENCE = ("came", "left", "went_on_break", "paid", "overtime")


def test_lunch_slides_and_keeps_its_length() -> None:
    """A call that lasts into lunch is finished, then come thirty whole minutes, in which nobody answers."""
    told = story(LUNCHES, "11:59 question, 12:01 question")
    assert told.of(*PRESENCE) == [
        "08:00 came ann", "12:03 went_on_break ann 30", "12:33 came ann", "16:00 paid ann 450", "16:00 left ann",
    ]  # fmt: skip
    assert told.of("answered") == ["11:59 A answered ann 0", "12:33 B answered ann 32"]


def test_work_in_hand_is_finished_before_lunch_and_no_call_breaks_it_then() -> None:
    """From noon on nothing breaks the side work in hand, lunch comes after it, and so does the caller of 12:10."""
    duties = '[duties]\nminutes_per_day = 270\npiece_min = 270\nhats = ["csr"]\n'
    told = story(LUNCHES + duties, "11:00 question, 12:10 question")
    assert told.of("interrupted", "answered", "went_on_break") == [
        "11:00 interrupted ann side", "11:00 A answered ann 0", "12:34 went_on_break ann 30", "13:04 B answered ann 54",
    ]  # fmt: skip


def test_no_new_work_at_the_end_of_a_shift() -> None:
    """A call that lasts past the shift's end is finished and is overtime; who waits behind it is not answered."""
    told = story(LUNCHES, "15:59 question, 15:59:30 question")
    assert told.of("answered", "paid", "overtime", "left") == [
        "15:59 A answered ann 0", "16:03 paid ann 450", "16:03 overtime ann 3", "16:03 left ann",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("at_closing", "expected"),
    [
        ("serve", ["17:04 B call_ended resolved", "17:05 left ann", "1/17:00 left ann"]),
        ("cut_off", ["17:00 B call_ended cut_off_at_closing", "17:01 left ann", "1/17:00 left ann"]),
        ("wait", ["17:01 left ann", "1/08:03 B call_ended resolved", "1/17:00 left ann"]),
    ],
)
def test_those_who_wait_at_closing(at_closing: str, expected: list[str]) -> None:
    """They are served, though the shift is over; or cut off; or they wait for the morning."""
    text = f'[people.ann]\nhats = ["csr"]\n[phones]\nat_closing = "{at_closing}"'
    told = story(text, "16:57 question, 16:58 question", days=2)
    assert [line for line in told.of("call_ended", "left") if "A" not in line] == expected


def test_interrupted_work_goes_back_to_the_desk_with_what_is_left() -> None:
    """A check that was broken by a call and then by lunch is finished by the next dispatcher, minute for minute."""
    text = f"""
        [people.ann]
        hats = ["csr", "dispatcher"]
        shifts = [{{start = "08:00", end = "17:00", lunch = "09:10", lunch_min = 30}}]
        [people.dora]
        hats = ["dispatcher"]
        shifts = [{{start = "09:15", end = "17:00"}}]
        {TOM}
        [desk]
        check_min = {{family = "fixed", mean = 10}}"""
    told = story(text, "09:00 lead, 09:08 question")
    assert told.day("ann")[:5] == [
        "09:00-09:05 talk", "09:05-09:06 wrap_up", "09:06-09:08 desk A", "09:08-09:11 talk", "09:11-09:12 wrap_up",
    ]  # fmt: skip
    assert told.day("dora")[0] == "09:15-09:23 desk A"
    assert told.of("on_board") == ["09:23 A on_board dora"]


def test_what_is_left_at_night_is_finished_in_the_morning() -> None:
    """A booking that came too late to be checked lies on the desk until the next day."""
    text = BOTH + TOM + '[slots]\nwindows = [{start = "15:00", end = "17:00"}]'
    told = story(text, "16:54:30 lead", days=2)
    assert told.day("ann") == ["16:54:30-16:59:30 talk", "16:59:30-17:00:30 wrap_up"]
    assert told.of("on_board") == ["1/08:01 A on_board ann"]


# Overtime.


STAYS = BOTH + TOM + "overtime_share = 1\ngifts = {overtime = 1}\novertime_max_min = %d\n" + ALL_DAY


def test_overtime_accepted() -> None:
    """Who is ready to stay takes the job that ends after hours and is paid for the minutes after the shift."""
    told = story(STAYS % 60, "16:00 lead")
    assert told.of("arrived", "overtime", "refused_overtime") == ["16:22 A arrived tom -38", "17:32 overtime tom 32"]


def test_overtime_refused() -> None:
    """Who would stay ten minutes at most sends the job back, goes home in time, and the job is carried over."""
    told = story(STAYS % 10, "16:00 lead", days=2)
    assert told.of("refused_overtime", "overtime", "carried_over", "arrived") == [
        "16:12 A refused_overtime tom", "17:00 A carried_over 1", "1/08:18 A arrived tom -522",
    ]  # fmt: skip
    assert told.of("left", who="tom") == ["17:00 left tom", "1/17:00 left tom"]


# Cover.


COVERED = """
[people.ann]
hats = ["csr"]
shifts = [{start = "08:00", end = "17:00", lunch = "12:00", lunch_min = 30}]
[people.dora]
hats = ["dispatcher"]
covers = ["csr"]
"""


def test_a_cover_hat_is_worn_at_lunch() -> None:
    """While the only CSR is at lunch the dispatcher answers, and not a minute longer."""
    told = story(COVERED, "12:01 question, 12:29 question, 12:31 question")
    assert told.of("cover_on", "cover_off", "answered")[:5] == [
        "12:00 cover_on dora csr", "12:01 A answered dora 0", "12:29 B answered dora 0", "12:30 cover_off dora csr",
        "12:31 C answered ann 0",
    ]  # fmt: skip


def test_a_cover_hat_is_worn_when_its_owner_is_sick() -> None:
    """A sick day is written down and paid, and the dispatcher covers from the morning on."""
    told = story(COVERED.replace('hats = ["csr"]\n', 'hats = ["csr"]\nsick_share = 1\n', 1), "12:01 question")
    assert told.of("absent", "paid", "cover_on", "answered") == [
        "00:00 absent ann 2", "00:00 paid ann 510", "08:00 cover_on dora csr", "12:01 A answered dora 0",
        "17:00 paid dora 540",
    ]  # fmt: skip


def test_a_vacation_is_known_before() -> None:
    """A day on vacation is absent too, and told apart from sickness."""
    told = story(COVERED.replace('hats = ["csr"]\n', 'hats = ["csr"]\nvacation_share = 1\n', 1), "12:01 question")
    assert told.of("absent") == ["00:00 absent ann 1"]


def test_a_dispatcher_flips_to_the_phones_by_the_threshold() -> None:
    """At two waiting calls the dispatcher flips unasked, and flips back when the queue is empty."""
    told = story(COVERED + "[attention]\nflip_at_waiting = 2", "09:00 question, 09:00:30 question, 09:01 question")
    assert told.of("cover_on", "cover_off", "answered")[:5] == [
        "09:00 A answered ann 0", "09:01 cover_on dora csr", "09:01 B answered dora 0.5", "09:04 cover_off dora csr",
        "09:04 C answered ann 3",
    ]  # fmt: skip


def test_a_desk_that_is_not_asked_does_not_flip() -> None:
    """Without a threshold and an order the dispatcher stays at the desk, however many wait."""
    told = story(COVERED, "09:00 question, 09:00:30 question, 09:01 question")
    assert {line.split()[3] for line in told.of("answered")} == {"ann"}


def test_a_dispatcher_goes_to_the_phones_on_the_managers_word() -> None:
    """The ladder's step puts the cover hat on the dispatcher as soon as the manager sees the queue."""
    text = """[people.max]
        hats = ["service_manager"]
        [ladder]
        enabled = true
        steps = ["desk_to_phones"]
        longest_wait_s = 60"""
    told = story(COVERED + text, "09:00 question, 09:00:30 question, 09:01 question, 09:01:45 question")
    assert told.of("ladder_up", "cover_on", "answered")[:4] == [
        "09:00 A answered ann 0", "09:01:45 ladder_up 1", "09:01:45 cover_on dora csr", "09:01:45 B answered dora 1.25",
    ]  # fmt: skip


def test_heads_by_period_leave_idle_first() -> None:
    """When the head-count falls the idle one leaves at once and the busy one stays."""
    heads = (
        "[people.csr]\n"
        'hats = ["csr"]\n'
        'heads = [{at = "08:00", value = 2}, {at = "10:00", value = 1}, {at = "17:00", value = 0}]'
    )
    told = story(heads, "09:58 question, 10:00:30 question")
    assert told.of("answered", "came", "left") == [
        "08:00 came csr 1", "08:00 came csr 2", "09:58 A answered csr 1 0", "10:00 left csr 2",
        "10:02 B answered csr 1 1.5",
        "17:00 left csr 1",
    ]  # fmt: skip


def test_of_busy_heads_the_first_to_become_free_leaves() -> None:
    """If everybody is talking when the head-count falls, whoever hangs up first goes home."""
    heads = (
        "[people.csr]\n"
        'hats = ["csr"]\n'
        'heads = [{at = "08:00", value = 2}, {at = "10:00", value = 1}, {at = "17:00", value = 0}]'
    )
    told = story(heads, "09:58 question 9, 09:59 question 2")
    assert told.of("left") == ["10:02 left csr 2", "17:00 left csr 1"]
