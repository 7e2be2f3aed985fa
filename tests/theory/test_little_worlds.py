"""Little worlds of whole seconds, replayed from a file, with the exact ledger that they must leave behind.

Among simultaneous events: completions, presence, timeouts, arrivals, then the order of creation.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from sim.relay import DAY_MIN, Event, Outcome
from sim.run import simulate
from tests.theory.conftest import BARE, Say

Seen = list[tuple[int, str, str]]
World = Callable[..., Seen]
PHONE = {
    Event.RANG: "rang", Event.QUEUED: "queued", Event.ANSWERED: "answered", Event.HUNG_UP: "hung up",
    Event.WRAPPED: "wrapped", Event.MOVED: "moved", Event.REDIAL_PLANNED: "will redial",
}  # fmt: skip
TRACE = """
            [calls.trace]
            file = "calls.csv"
            time_column = "at"
            time_format = "seconds"
            type_column = "type"
            handle_column = "talk"
"""
PRESENCE = {Event.CAME: "came", Event.LEFT: "left", Event.WENT_ON_BREAK: "rests", Event.OVERTIME: "overtime"}


@pytest.fixture
def world(say: Say, tmp_path: Path) -> World:
    """Replay calls, "second type talk_s" each, and tell what happened: second, what, call (A, B, ...) or person."""

    def replayed(calls: str, text: str, people: bool = False) -> Seen:
        rows = ["at,type,talk", *(",".join(call.split()) for call in calls.strip().splitlines())]
        (tmp_path / "calls.csv").write_text("\n".join(rows), encoding="utf-8")
        run = simulate(
            say(f"""
            horizon = {{days = 1, drain = true}}
            {text}
            {TRACE}
            """)
        )
        letters: dict[int, str] = {}
        seen = []
        for row in run.ledger.table:
            event = int(row[1])
            if event in PHONE or event == Event.CALL_ENDED:
                who = letters.setdefault(int(row[3]), chr(ord("A") + len(letters)))
                what = PHONE.get(Event(event)) or Outcome(int(row[9])).name.lower()
                seen.append((round(row[0] * 60), what, who))
            elif people and event in PRESENCE and row[0] < DAY_MIN:  # at the horizon everybody is sent home
                seen.append((round(row[0] * 60), PRESENCE[Event(event)], run.people[int(row[7])].name))
        return seen

    return replayed


def of(seen: Seen, *what: str) -> Seen:
    """Some kinds of events only."""
    return [event for event in seen if event[1] in what]


ONE = "people.agent.count = 1"


def test_a_completion_comes_before_an_arrival(world: World) -> None:
    """Who rings in the second in which the only person hangs up does not queue."""
    assert world("0 call 60\n60 call 30", ONE) == [
        (0, "rang", "A"), (0, "answered", "A"), (60, "hung up", "A"), (60, "resolved", "A"), (60, "wrapped", "A"),
        (60, "rang", "B"), (60, "answered", "B"), (90, "hung up", "B"), (90, "resolved", "B"), (90, "wrapped", "B"),
    ]  # fmt: skip


def test_calls_of_one_second_come_in_the_order_of_the_file(world: World) -> None:
    """Of two calls in the same second the one that stands first in the file is answered first."""
    seen = world("5 call 10\n5 call 20\n5 call 30", ONE)
    assert of(seen, "rang", "queued", "answered") == [
        (5, "rang", "A"), (5, "answered", "A"), (5, "rang", "B"), (5, "queued", "B"), (5, "rang", "C"),
        (5, "queued", "C"), (15, "answered", "B"), (35, "answered", "C"),
    ]  # fmt: skip


def test_a_completion_comes_before_a_timeout(world: World) -> None:
    """Whose patience ends in the second in which somebody gets free is answered."""
    text = f'{ONE}\ncalls.types.call.patience_min = {{family = "fixed", mean = 1}}'
    assert of(world("0 call 60\n0 call 5", text), "answered", "abandoned") == [
        (0, "answered", "A"),
        (60, "answered", "B"),
    ]
    assert of(world("0 call 61\n0 call 5", text), "answered", "abandoned") == [
        (0, "answered", "A"),
        (60, "abandoned", "B"),
    ]


def test_a_timeout_comes_before_an_arrival(world: World) -> None:
    """The place of somebody who gives up is free for who rings in the same second."""
    text = f'{ONE}\nphones.queue_limit = 1\ncalls.types.call.patience_min = {{family = "fixed", mean = 1}}'
    assert of(world("0 call 600\n0 call 5\n60 call 5", text), "queued", "abandoned", "blocked") == [
        (0, "queued", "B"), (60, "abandoned", "B"), (60, "queued", "C"), (120, "abandoned", "C"),
    ]  # fmt: skip


MORNING = """
people.agent.shifts = [{start = "09:00", end = "12:00"}]
calls.types.call.patience_min = {family = "fixed", mean = 1}
"""


def test_presence_comes_before_a_timeout(world: World) -> None:
    """Whose patience ends in the second in which somebody comes to work is answered."""
    seen = world(f"{9 * 3600 - 60} call 5\n{9 * 3600 - 61} call 5", f"people.agent.count = 1\n{MORNING}")
    assert of(seen, "answered", "abandoned") == [(9 * 3600 - 1, "abandoned", "A"), (9 * 3600, "answered", "B")]


def test_presence_comes_before_an_arrival(world: World) -> None:
    """Who rings in the second in which the last person goes home is too late; in which they come, in time."""
    seen = world(f"{9 * 3600} call 5\n{12 * 3600} call 5", f"people.agent.count = 1\n{MORNING}", people=True)
    assert of(seen, "came", "left", "answered", "abandoned") == [
        (9 * 3600, "came", "agent 1"), (9 * 3600, "answered", "A"), (12 * 3600, "left", "agent 1"),
        (12 * 3600 + 60, "abandoned", "B"),
    ]  # fmt: skip


def test_a_completion_comes_before_presence(world: World) -> None:
    """Whose call ends in the very second of the shift's end takes the next one; a second later nobody does."""
    noon = 12 * 3600
    for late, expected in (
        (0, [(noon, "answered", "B"), (noon + 90, "left", "agent 1"), (noon + 90, "overtime", "agent 1")]),
        (1, [(noon + 1, "left", "agent 1"), (noon + 1, "overtime", "agent 1"), (noon + 30, "abandoned", "B")]),
    ):
        seen = world(
            f"{noon - 50} call {50 + late}\n{noon - 30} call 90", f"people.agent.count = 1\n{MORNING}", people=True
        )
        after = sorted(
            event for event in seen if event[0] >= noon and event[1] in ("answered", "abandoned", "left", "overtime")
        )
        assert after == sorted(expected)


def test_timeouts_come_in_the_order_of_creation(world: World) -> None:
    """Of a caller's own patience and the longest wait that end together, the patience was there first."""
    text = f"""{ONE}
        phones = {{max_wait_min = 1, at_max_wait = "timed_out"}}
        calls.types.call.patience_min = {{family = "fixed", mean = 1}}"""
    assert of(world("0 call 600\n0 call 5\n0 call 5", text), "abandoned", "timed_out") == [
        (60, "abandoned", "B"), (60, "abandoned", "C"),
    ]  # fmt: skip


def test_closing_time_by_the_second(world: World) -> None:
    """In the second of closing a call is completed and the next one taken; who waits is cut off, who rings is late."""
    five = 17 * 3600
    text = f"""{ONE}
        phones = {{open = "08:00", close = "17:00", at_closing = "cut_off"}}
        calls.types.call.patience_min = {{family = "fixed", mean = 1}}"""
    seen = world(f"{five - 60} call 60\n{five - 60} call 5\n{five - 60} call 5\n{five} call 5", text)
    assert of(seen, "answered", "cut_off_at_closing", "abandoned", "after_hours_missed") == [
        (five - 60, "answered", "A"), (five, "answered", "B"), (five, "cut_off_at_closing", "C"),
        (five, "after_hours_missed", "D"),
    ]  # fmt: skip


# Who leaves and who rests.

HEADS = """
people.agent = {count = 2, heads = [{at = "00:00", value = 2}, {at = "00:10", value = 1}]}
"""


def test_an_idle_person_leaves_when_the_head_count_falls(world: World) -> None:
    """Of two people of whom one is on the phone, the idle one goes home at once."""
    seen = world("590 call 30\n600 call 5", HEADS, people=True)
    assert of(seen, "answered", "left") == [(590, "answered", "A"), (600, "left", "agent 2"), (620, "answered", "B")]


def test_the_first_to_become_free_leaves(world: World) -> None:
    """Where both are on the phone when the head-count falls, calls are completed and who hangs up first goes home."""
    seen = world("500 call 200\n590 call 40\n610 call 5", HEADS, people=True)
    assert of(seen, "answered", "left") == [
        (500, "answered", "A"), (590, "answered", "B"), (630, "left", "agent 2"), (700, "answered", "C"),
    ]  # fmt: skip


def test_a_head_count_that_rises_again_calls_off_the_leaving(world: World) -> None:
    """Who should have left but is still on the phone when heads rise again simply stays."""
    text = HEADS.replace("value = 1}", 'value = 1}, {at = "00:11", value = 2}')
    seen = world("500 call 200\n590 call 200\n610 call 5", text, people=True)
    assert [event for event in seen if event[0] < 86_400 and event[1] in ("came", "left", "answered")] == [
        (0, "came", "agent 1"), (0, "came", "agent 2"), (500, "answered", "A"), (590, "answered", "B"),
        (700, "answered", "C"),
    ]  # fmt: skip


def test_a_break_waits_for_the_end_of_the_call_and_keeps_its_length(world: World) -> None:
    """A break that is due in the middle of a call begins after it, while others wait, and lasts as long as planned."""
    text = 'people.agent = {count = 1, shifts = [{start = "00:00", end = "12:00", breaks = ["00:10"], break_min = 15}]}'
    seen = world("590 call 70\n600 call 5", text, people=True)
    assert of(seen, "answered", "rests", "came") == [
        (0, "came", "agent 1"), (590, "answered", "A"), (660, "rests", "agent 1"), (1560, "came", "agent 1"),
        (1560, "answered", "B"),
    ]  # fmt: skip


# Whose turn it is.


def test_a_head_start_and_ageing(world: World) -> None:
    """A type with 90 points more goes before one that has waited 60 seconds longer, but not 100."""
    text = f"""without = ["calls.types.call"]
        {ONE}
        [calls.types.usual]
        {BARE}
        patience_min = {{family = "never"}}
        [calls.types.good]
        {BARE}
        patience_min = {{family = "never"}}
        base_score = 90"""
    first = world("0 usual 300\n10 usual 5\n70 good 5", text)
    assert of(first, "answered") == [(0, "answered", "A"), (300, "answered", "C"), (305, "answered", "B")]
    later = world("0 usual 300\n10 usual 5\n110 good 5", text)
    assert of(later, "answered") == [(0, "answered", "A"), (300, "answered", "B"), (305, "answered", "C")]


def test_a_rank_beats_any_score(world: World) -> None:
    """A person takes the type that comes first for them, however high the score of another."""
    text = f"""without = ["calls.types.call"]
        people.agent = {{count = 1, answers = {{usual = {{rank = 1}}, good = {{rank = 2}}}}}}
        [calls.types.usual]
        {BARE}
        patience_min = {{family = "never"}}
        [calls.types.good]
        {BARE}
        patience_min = {{family = "never"}}
        base_score = 1e6"""
    seen = world("0 usual 300\n10 good 5\n290 usual 5", text)
    assert of(seen, "answered") == [(0, "answered", "A"), (300, "answered", "C"), (305, "answered", "B")]


def test_the_longest_idle_gets_the_call(say: Say, tmp_path: Path) -> None:
    """Calls that find several idle go round by how long they have been idle, and by name where that is equal."""
    rows = "\n".join(
        f"{second},call,{talk}" for second, talk in ((0, 50), (10, 20), (20, 5), (60, 1), (70, 1), (80, 1))
    )
    (tmp_path / "calls.csv").write_text(f"at,type,talk\n{rows}", encoding="utf-8")
    run = simulate(
        say(
            """
        people.agent.count = 3
        """
            + TRACE
        )
    )
    names = [run.people[int(row[7])].name for row in run.ledger.of(Event.ANSWERED)]
    # free again at 50 (agent 1), 30 (agent 2) and 25 (agent 3); then at 61, 71
    assert names == [f"agent {n}" for n in (1, 2, 3, 3, 2, 1)]


def test_a_redial_by_the_second(world: World) -> None:
    """Who gives up after a minute and redials after five is answered then, as a second attempt of the same need."""
    text = f"""{ONE}
        [calls.types.call]
        patience_min = {{family = "fixed", mean = 1}}
        redial_chance = [1, 0]
        redial_delay_min = {{family = "fixed", mean = 5}}"""
    seen = world("0 call 200\n10 call 5", text)
    assert of(seen, "abandoned", "will redial", "rang", "answered") == [
        (0, "rang", "A"), (0, "answered", "A"), (10, "rang", "B"), (70, "abandoned", "B"), (70, "will redial", "B"),
        (370, "rang", "C"), (370, "answered", "C"),
    ]  # fmt: skip


def test_wrap_up_comes_before_the_next_call(world: World) -> None:
    """The line is free at the end of the talk, the person thirty seconds later."""
    text = f"""{ONE}
        phones.lines = 1
        calls.types.call.wrap_up_min = {{family = "fixed", mean = 30, unit = "s"}}"""
    seen = world("0 call 60\n59 call 5\n60 call 5", text)
    assert of(seen, "blocked", "queued", "answered", "wrapped") == [
        (0, "answered", "A"), (59, "blocked", "B"), (60, "queued", "C"), (90, "wrapped", "A"), (90, "answered", "C"),
        (125, "wrapped", "C"),
    ]  # fmt: skip


def test_ringing_counts_as_waiting(world: World) -> None:
    """With twelve seconds from choosing who answers to the first word, nobody gives up while it rings."""
    text = f"""{ONE}
        phones.answer_delay_s = 12
        calls.types.call.patience_min = {{family = "fixed", mean = 10, unit = "s"}}"""
    seen = world("0 call 60\n70 call 5", text)
    assert of(seen, "queued", "answered", "abandoned", "hung up") == [
        (12, "answered", "A"), (70, "queued", "B"), (72, "hung up", "A"), (84, "answered", "B"), (89, "hung up", "B"),
    ]  # fmt: skip
