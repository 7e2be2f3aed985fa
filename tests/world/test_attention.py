"""One thing at a time, by one ordered list: who gets a ringing call, what it breaks, and what comes after it."""

from __future__ import annotations

import pytest

from sim.streams import BATON_COLUMNS, BatonDraw, Draw
from tests.world.little import story

ANN = '[people.ann]\nhats = ["csr"]\n'
TOM = '[people.tom]\nhats = ["technician"]\ntrades = ["hvac"]\n'
DORA = '[people.dora]\nhats = ["dispatcher"]\n'
BOTH = '[people.ann]\nhats = ["csr", "dispatcher"]\n'
ONE = '[people.max]\nhats = ["csr", "dispatcher", "technician"]\ntrades = ["hvac"]\n'
LATE_DORA = f'{DORA}shifts = [{{start = "10:00", end = "17:00"}}]\n'


def side_work(pieces: int, hats: str = '"csr"') -> str:
    """Enough side work for a day, in so many pieces."""
    return f"[duties]\nminutes_per_day = 480\npiece_min = {480 / pieces}\nhats = [{hats}]\n"


# The ordered list.


def test_work_is_taken_by_the_ordered_list_and_oldest_first() -> None:
    """Who comes at ten checks the older booking first; then the waiting technician goes before the other one."""
    told = story(ANN + LATE_DORA + TOM, "08:00 lead, 08:10 lead")
    assert told.day("dora")[:3] == ["10:00-10:01 desk A", "10:01-10:06 desk A", "10:06-10:07 desk B"]
    assert told.of("on_board", "briefed") == ["10:01 A on_board dora", "10:06 A briefed tom", "10:07 B on_board dora",
                                              "11:33 B briefed tom"]  # fmt: skip


def test_another_list_is_another_order() -> None:
    """With new bookings before waiting technicians on the list, both bookings are checked before anybody is briefed."""
    order = """[attention]
        priority = ["phone", "new_booking", "waiting_technician", "complaint", "late_customer", "call_back", "brief",
        "report",
                    "close", "follow_up", "look_ahead", "update", "audit", "meeting", "side"]"""
    told = story(ANN + LATE_DORA + TOM + order, "08:00 lead, 08:10 lead")
    assert told.of("on_board", "briefed")[:3] == [
        "10:01 A on_board dora",
        "10:02 B on_board dora",
        "10:07 A briefed tom",
    ]


def test_under_pressure_people_take_what_is_easy_first() -> None:
    """With enough desk work waiting, both bookings are checked first, though the list says otherwise."""
    told = story(ANN + LATE_DORA + TOM + "[attention]\neasy_first_at = 1", "08:00 lead, 08:10 lead")
    assert told.of("on_board", "briefed")[:3] == [
        "10:01 A on_board dora",
        "10:02 B on_board dora",
        "10:07 A briefed tom",
    ]


# Who gets a ringing call.


def test_a_call_goes_to_who_has_been_idle_longest_and_among_equals_by_name() -> None:
    """Three people are idle since eight, so the calls go round by name, and then to who hung up first."""
    told = story(
        '[people.csr]\ncount = 3\nhats = ["csr"]', "09:00 question, 09:01 question, 09:30 question, 10:00 question"
    )
    assert told.of("answered") == [
        "09:00 A answered csr 1 0", "09:01 B answered csr 2 0", "09:30 C answered csr 3 0", "10:00 D answered csr 1 0",
    ]  # fmt: skip


def test_an_idle_person_goes_before_one_who_would_be_interrupted() -> None:
    """As long as somebody is idle, nobody's side work is broken."""
    told = story('[people.csr]\ncount = 2\nhats = ["csr"]\n' + side_work(1), "09:00 question, 09:01 question")
    assert told.of("answered", "interrupted") == [
        "09:00 A answered csr 2 0", "09:01 interrupted csr 1 side", "09:01 B answered csr 1 0",
    ]  # fmt: skip


def test_a_call_breaks_the_lowest_activity() -> None:
    """Side work is broken before looking ahead, looking ahead before desk work, and the fourth caller waits."""
    text = f"""
        [people.dora]
        hats = ["csr", "dispatcher"]
        count = 2
        [people.sid]
        hats = ["csr", "service_manager"]
        {TOM}
        [slots]
        windows = [{{start = "08:00", end = "09:00"}}]
        [desk]
        look_ahead = true
        look_ahead_at = "09:10"
        look_ahead_min = {{family = "fixed", mean = 60}}
        check_min = {{family = "fixed", mean = 60}}
        """
    calls = "08:00 lead, 09:20 lead, 09:30 question, 09:31 question, 09:32 question, 09:33 question"
    told = story(text + side_work(1, '"service_manager"'), calls)
    assert told.of("interrupted", "answered")[2:] == [
        "09:30 interrupted sid side", "09:30 C answered sid 0",
        "09:31 A interrupted dora 2 look_ahead", "09:31 D answered dora 2 0",
        "09:32 B interrupted dora 1 new_booking", "09:32 E answered dora 1 0",
        "09:34 F answered sid 1",
    ]  # fmt: skip


def test_ties_go_to_the_fewest_interruptions_today_and_then_by_name() -> None:
    """Two people on side work are interrupted in turns, the first by name first."""
    told = story('[people.csr]\ncount = 2\nhats = ["csr"]\n' + side_work(2),
                 "09:00 question, 09:30 question, 10:00 question, 10:30 question")  # fmt: skip
    assert told.of("interrupted") == [
        "09:00 interrupted csr 1 side", "09:30 interrupted csr 2 side", "10:00 interrupted csr 1 side",
        "10:30 interrupted csr 2 side",
    ]  # fmt: skip


# What an interruption costs, and what comes after it.


def test_depth_is_one_and_the_rest_is_resumed_after_the_last_call() -> None:
    """The next call waits for the wrap-up and goes before the broken work, of which no minute is lost."""
    told = story(ANN + side_work(1), "09:00 question, 09:02 question")
    assert told.of("interrupted", "answered") == [
        "09:00 interrupted ann side", "09:00 A answered ann 0", "09:04 B answered ann 2",
    ]  # fmt: skip
    assert told.day("ann") == [
        "08:00-09:00 side", "09:00-09:03 talk", "09:03-09:04 wrap_up", "09:04-09:07 talk", "09:07-09:08 wrap_up",
        "09:08-16:08 side",
    ]  # fmt: skip


def test_leaving_side_work_and_finding_back_cost_their_time() -> None:
    """The caller waits while side work is put away, and once after the last call comes the resumption lag."""
    text = """[attention]
        leave_side_s = {family = "fixed", mean = 60, unit = "s"}
        resume_lag_s = {family = "fixed", mean = 120, unit = "s"}"""
    told = story(ANN + side_work(1) + text, "09:00 question, 09:02 question")
    assert told.day("ann") == [
        "08:00-09:00 side", "09:00-09:01 switch", "09:01-09:04 talk", "09:04-09:05 wrap_up", "09:05-09:08 talk",
        "09:08-09:09 wrap_up", "09:09-09:11 resume", "09:11-16:11 side",
    ]  # fmt: skip
    assert told.of("answered") == ["09:01 A answered ann 1", "09:05 B answered ann 3"]


def test_changing_hats_costs_the_switch() -> None:
    """After the call the combined host needs a minute for the other hat, once, and the day's first hat is free."""
    told = story(BOTH + TOM + '[attention]\nswitch_s = {family = "fixed", mean = 60, unit = "s"}', "09:00 lead")
    assert told.of("switched") == ["09:07 switched ann 1"]
    assert told.day("ann")[:4] == [
        "09:00-09:05 talk", "09:05-09:06 wrap_up", "09:06-09:07 switch A", "09:07-09:08 desk A",
    ]  # fmt: skip


def test_a_call_that_comes_during_a_lag_waits_for_its_end() -> None:
    """Switching is never interrupted: who rings during it is answered when it is over, before the new hat's work."""
    told = story(BOTH + TOM + '[attention]\nswitch_s = {family = "fixed", mean = 60, unit = "s"}',
                 "09:00 lead, 09:06:30 question")  # fmt: skip
    assert told.of("answered") == ["09:00 A answered ann 0", "09:08 B answered ann 1.5"]


def test_talk_and_wrap_up_are_never_interrupted() -> None:
    """Who rings during talk or wrap-up waits for its end."""
    told = story(ANN, "09:00 question, 09:03:30 question")
    assert told.of("answered", "interrupted") == ["09:00 A answered ann 0", "09:04 B answered ann 0.5"]


# The baton in hand.


FUMBLED = f"{BOTH}{TOM}[handoffs.brief]\ndrop_per_interruption = 1\nnotice_delay_min = 10\n"


def of_baton(handoff: int, column: BatonDraw) -> int:
    """Column of a baton's draw in its root's row."""
    return Draw.BATON + BATON_COLUMNS * handoff + column


def test_an_interruption_may_drop_the_baton_in_hand_for_good() -> None:
    """With a chance of 1 the broken brief leaves the mind in silence; only the technician's call brings it up again."""
    told = story(
        FUMBLED, "09:00 lead, 09:09 question", draws={0: {of_baton(1, BatonDraw.DELAY): 1 - 2.718281828459045**-1}}
    )
    assert told.of("interrupted", "dropped", "found", "briefed") == [
        "09:09 A interrupted ann waiting_technician", "09:09 A dropped ann brief", "09:19 A found technician",
        "09:22 A briefed tom",
    ]  # fmt: skip
    assert told.day("ann")[:6] == [
        "09:00-09:05 talk", "09:05-09:06 wrap_up", "09:06-09:07 desk A", "09:07-09:09 desk A", "09:09-09:12 talk",
        "09:12-09:13 wrap_up",
    ]  # fmt: skip
    assert told.day("tom")[0] == "09:07-09:22 wait_for_desk"


def test_without_that_chance_the_broken_brief_is_finished() -> None:
    """The same interruption with a chance of 0 only delays the brief."""
    told = story(BOTH + TOM, "09:00 lead, 09:09 question")
    assert told.of("interrupted", "dropped", "briefed") == [
        "09:09 A interrupted ann waiting_technician",
        "09:16 A briefed tom",
    ]


# One hat until done.


FOCUSED = f'{BOTH}{TOM}[attention]\nfocus = "one_hat_until_done"\n'


def test_one_hat_until_done_does_the_desk_steps_of_that_job_first() -> None:
    """After the wrap-up come the check and the brief of that very job, and only then the callers who wait."""
    told = story(FOCUSED, "09:00 lead, 09:03 question, 09:10 question")
    assert told.of("answered", "on_board", "briefed") == [
        "09:00 A answered ann 0", "09:07 A on_board ann", "09:12 A briefed tom", "09:12 B answered ann 9",
        "09:16 C answered ann 6",
    ]  # fmt: skip
    assert told.count("interrupted") == 0


def test_one_hat_until_done_leaves_what_is_not_possible_now() -> None:
    """With the technician away, the job is checked and then the next caller is answered."""
    away = 'shifts = [{start = "13:00", end = "17:00"}]'
    told = story(FOCUSED.replace("[attention]", f"{away}\n[attention]"), "09:00 lead, 09:03 question")
    assert told.of("on_board", "answered")[:3] == [
        "09:00 A answered ann 0", "09:07 A on_board ann", "09:07 B answered ann 4",
    ]  # fmt: skip


def test_one_hat_until_done_breaks_no_desk_work() -> None:
    """A call that comes in the middle of a report waits for its end, where the default focus would break it."""
    calls = "09:00 lead, 10:33 question"
    assert story(FOCUSED, calls).of("interrupted", "answered")[1:] == ["10:34 B answered ann 1"]
    assert story(BOTH + TOM, calls).of("interrupted", "answered")[1:] == [
        "10:33 A interrupted ann report", "10:33 B answered ann 0",
    ]  # fmt: skip


def test_one_hat_until_done_still_leaves_side_work() -> None:
    """Side work wears no hat, so a ringing phone breaks it under either focus rule."""
    told = story(FOCUSED + side_work(1), "09:00 question")
    assert told.of("interrupted", "answered") == ["09:00 interrupted ann side", "09:00 A answered ann 0"]


def test_one_hat_until_done_comes_before_the_side_work_that_the_call_broke() -> None:
    """Its job's desk steps come first, then the next call, then the side work."""
    told = story(FOCUSED + side_work(1), "09:00 lead, 09:03 question")
    assert told.of("interrupted", "on_board", "briefed", "answered")[1:] == [
        "09:00 A answered ann 0", "09:07 A on_board ann", "09:12 A briefed tom", "09:12 B answered ann 9",
    ]  # fmt: skip
    assert "09:16-16:16 side" in told.day("ann")


# Waiting for somebody.


def test_a_one_person_shop_never_waits_for_itself() -> None:
    """The question on site is parked, so that the same person can answer it and go on."""
    told = story(ONE + "[jobs]\nquestion_share = 1", "09:00 lead")
    assert [line for line in told.day("max") if "wait" not in line] == [
        "09:00-09:05 talk", "09:05-09:06 wrap_up", "09:06-09:07 desk A", "09:07-09:12 desk A", "09:12-09:22 travel A",
        "09:22-09:26 desk A", "09:26-10:26 on_site A", "10:26-10:36 paperwork A", "10:36-10:38 desk A",
        "10:38-10:41 desk A",
    ]  # fmt: skip
    assert told.of("job_ended") == ["10:41 A job_ended closed"]


def test_a_question_that_nobody_takes_up_is_decided_alone() -> None:
    """The desk is at lunch, so after twenty minutes the technician goes on alone, which takes ten minutes more."""
    lunch = 'shifts = [{start = "08:00", end = "17:00", lunch = "09:15", lunch_min = 60}]\n'
    text = ANN + DORA + lunch + TOM + "[jobs]\nquestion_share = 1\n[desk]\nquestion_patience_min = 20\nalone_min = 10"
    told = story(text, "09:00 lead")
    assert told.day("tom") == [
        "09:07-09:12 wait_for_desk", "09:12-09:22 travel A", "09:22-09:42 wait_for_desk A", "09:42-09:52 alone A",
        "09:52-10:52 on_site A", "10:52-11:02 paperwork A",
    ]  # fmt: skip


def test_a_question_in_time_is_answered() -> None:
    """An answer within the patience takes the desk's four minutes and nothing is decided alone."""
    told = story(ANN + DORA + TOM + "[jobs]\nquestion_share = 1", "09:00 lead")
    assert told.day("tom")[1:4] == ["09:12-09:22 travel A", "09:22-09:26 wait_for_desk A", "09:26-10:26 on_site A"]
    assert "09:22-09:26 desk A" in told.day("dora")


# The queue's order.


@pytest.mark.parametrize(
    ("settings", "second"),
    [
        ("", "B"),
        ("calls.types.billing.base_score = 1e6", "C"),
        ("calls.types.billing.score_per_s = 100", "C"),
        ("[people.ann.answers]\nquestion = {rank = 2}\nbilling = {rank = 1}", "C"),
    ],
)  # fmt: skip
def test_the_next_call_is_the_one_with_the_best_rank_and_then_the_highest_score(settings: str, second: str) -> None:
    """First come is the default; a base score, a steeper score or a better rank bring the later caller forward."""
    told = story(f"{settings}\n{ANN}", "09:00 question, 09:01 question, 09:02 billing")
    assert told.of("answered")[1].split()[1] == second
