"""One type of call, one group of people: Erlang B, C and A, Pollaczek-Khinchine, finite lines, any impatience."""

import math

import numpy as np
import pytest

from sim.relay import Event, Outcome, Spent
from tests.theory import chains, closed_forms
from tests.theory.conftest import Say
from tests.theory.measuring import Log, agrees, one_run

TALK = Event.SPENT + Spent.TALK
WRAP_UP = Event.SPENT + Spent.WRAP_UP
TWENTY_S = 20.0 / 60.0


def in_time(log: Log, minutes: float = TWENTY_S) -> np.ndarray:
    """Which attempts were answered within so many minutes; the milliseconds of the clock are given."""
    return np.asarray(log.answered & (log.wait <= minutes + 1e-5))


# Nobody waits, or everybody may.


@pytest.mark.parametrize(
    "talk",
    [
        '{family = "exponential", mean = 3}',
        '{family = "lognormal", mean = 3, cv = 1.5}',
        '{family = "fixed", mean = 3}',
        '{family = "triangular", low = 1, mode = 2, high = 6}',
    ],
)
def test_erlang_b_whatever_the_talk_is_like(say: Say, talk: str) -> None:
    """With as many lines as people the share blocked is Erlang's first formula for any talk of the same mean."""
    log = one_run(
        say(f"""
        horizon = {{days = 10, warmup_days = 1}}
        phones.lines = 6
        people.agent.count = 6
        [calls.types.call]
        arrivals = {{per_hour = 100}}
        talk_min = {talk}
        """)
    )
    blocked = closed_forms.erlang_b(6, 5.0)
    agrees(log.share(log.is_(Outcome.BLOCKED)), blocked)
    agrees(log.occupancy([TALK], 6), 5.0 * (1.0 - blocked) / 6)
    assert not log.queued.any()


def test_no_room_to_wait_is_erlang_b_too(say: Say) -> None:
    """A queue limit of 0 blocks as many as having no line to spare does."""
    log = one_run(
        say("""
        horizon = {days = 10, warmup_days = 1}
        phones.queue_limit = 0
        people.agent.count = 6
        calls.types.call = {arrivals = {per_hour = 100}, talk_min = {mean = 3}}
        """)
    )
    agrees(log.share(log.is_(Outcome.BLOCKED)), closed_forms.erlang_b(6, 5.0))


def test_erlang_c(say: Say) -> None:
    """Ten erlangs on fourteen people, callers who stay: printed share waiting, mean wait and service level."""
    log = one_run(
        say("""
        horizon = {days = 16, warmup_days = 1}
        people.agent.count = 14
        [calls.types.call]
        arrivals = {per_hour = 200}
        talk_min = {mean = 3}
        """),
        batches=16,
    )
    assert log.is_(Outcome.RESOLVED, Outcome.IN_PROGRESS_AT_HORIZON).all()
    agrees(log.share(log.queued), 0.1741319)
    agrees(log.mean(log.wait * 60.0, log.answered), 7.83593701)
    agrees(log.share(in_time(log)), 0.88835)
    agrees(log.occupancy([TALK], 14), 10 / 14)


def test_erlang_a(say: Say) -> None:
    """The same with a patience of five minutes: printed shares waiting and lost, occupancy, wait and level."""
    log = one_run(
        say("""
        horizon = {days = 16, warmup_days = 1}
        people.agent.count = 14
        [calls.types.call]
        arrivals = {per_hour = 200}
        talk_min = {mean = 3}
        patience_min = {family = "exponential", mean = 5}
        """),
        batches=16,
    )
    agrees(log.share(log.queued), 0.14526)
    agrees(log.share(log.is_(Outcome.ABANDONED)), 0.013984)
    agrees(log.occupancy([TALK], 14), 0.704297)
    agrees(log.mean(log.wait, ~np.isnan(log.wait)), 0.069919)
    agrees(log.share(in_time(log)), 0.916792)


def test_erlang_a_under_overload(say: Say) -> None:
    """Twelve erlangs on ten people: shares lost and answered in time, and the waits of the answered and of the lost."""
    log = one_run(
        say("""
        horizon = {days = 10, warmup_days = 1}
        people.agent.count = 10
        [calls.types.call]
        arrivals = {per_hour = 240}
        talk_min = {mean = 3}
        patience_min = {family = "exponential", mean = 4}
        """)
    )
    theory = closed_forms.impatient(10, 4.0, 3.0, closed_forms.exponential(4.0))
    gone = log.is_(Outcome.ABANDONED)
    agrees(log.share(gone), theory.lost)
    agrees(log.share(in_time(log)), theory.answered_within(TWENTY_S))
    agrees(log.share(gone & (log.wait <= TWENTY_S)), theory.gone_within(TWENTY_S))
    agrees(log.mean(log.wait, ~np.isnan(log.wait)), theory.mean_wait)
    agrees(log.mean(log.wait, log.answered), theory.answered_mean_wait)
    agrees(log.mean(log.wait, gone), theory.lost_mean_wait)


# Finite rooms.


def test_a_limit_on_the_queue(say: Say) -> None:
    """Twelve people and five places to wait: share blocked, mean wait of the others and occupancy of M/M/12/17."""
    log = one_run(
        say("""
        horizon = {days = 11, warmup_days = 1}
        phones.queue_limit = 5
        people.agent.count = 12
        [calls.types.call]
        arrivals = {per_hour = 252}
        talk_min = {family = "exponential", mean = 2}
        """)
    )
    theory = closed_forms.mmck(12, 4.2, 2.0, 17)
    agrees(log.share(log.is_(Outcome.BLOCKED)), theory["blocked"])
    agrees(log.mean(log.wait, log.answered), theory["mean_wait"])
    agrees(log.occupancy([TALK], 12), theory["occupancy"])


def test_lines_bound_those_who_talk_and_wait_together(say: Say) -> None:
    """Five people and eight lines for impatient callers: shares blocked and lost, and mean wait of M/M/5/8+M."""
    log = one_run(
        say("""
        horizon = {days = 11, warmup_days = 1}
        phones.lines = 8
        people.agent.count = 5
        [calls.types.call]
        arrivals = {per_hour = 110}
        talk_min = {mean = 3}
        patience_min = {family = "exponential", mean = 2}
        """)
    )
    theory = closed_forms.erlang_a(5, 110 / 60, 3.0, 2.0, capacity=8)
    agrees(log.share(log.is_(Outcome.BLOCKED)), theory["blocked"])
    agrees(log.share(log.is_(Outcome.ABANDONED)), theory["lost"])
    agrees(log.mean(log.wait, ~np.isnan(log.wait)), theory["mean_wait"])


def test_wrap_up_keeps_the_person_but_not_the_line(say: Say) -> None:
    """The line is free when the caller hangs up, the person only after wrap-up: both shares follow the Markov chain."""
    log = one_run(
        say("""
        horizon = {days = 11, warmup_days = 1}
        phones.lines = 5
        people.agent.count = 4
        [calls.types.call]
        arrivals = {per_hour = 90}
        talk_min = {family = "exponential", mean = 2}
        wrap_up_min = {family = "exponential", mean = 1}
        """)
    )
    shares = chains.stationary((0, 0), lambda state: _with_wrap_up(state, 4, 5, 1.5, 2.0, 1.0))
    agrees(log.share(log.is_(Outcome.BLOCKED)), sum(p for (t, w), p in shares.items() if t == 5))
    agrees(log.occupancy([WRAP_UP], 4), chains.mean_of(shares, lambda s: s[1]) / 4)
    waiting = chains.mean_of(shares, lambda s: max(0, s[0] - (4 - s[1])))
    agrees(log.mean(log.wait, log.answered), waiting / (1.5 * sum(p for (t, w), p in shares.items() if t < 5)))


def _with_wrap_up(
    state: tuple[int, int], people: int, lines: int, rate: float, talk: float, wrap: float
) -> list[tuple[float, tuple[int, int]]]:
    """Moves of (lines taken, people in wrap-up)."""
    taken, wrapping = state
    talking = min(taken, people - wrapping)
    moves = [(talking / talk, (taken - 1, wrapping + 1)), (wrapping / wrap, (taken, wrapping - 1))]
    return [*moves, (rate, (taken + 1, wrapping))] if taken < lines else moves


# One person.


@pytest.mark.parametrize(
    ("talk", "cv"),
    [
        ('{family = "fixed", mean = 3}', 0.0),
        ('{family = "exponential", mean = 3}', 1.0),
        ('{family = "gamma", mean = 180, cv = 2, unit = "s"}', 2.0),
        ('{family = "uniform", low = 1, high = 5}', 2.0 / math.sqrt(3.0) / 3.0),
    ],
)
def test_pollaczek_khinchine(say: Say, talk: str, cv: float) -> None:
    """One person who talks 60 % of the time: the mean wait depends on the talk's variation as the formula says."""
    log = one_run(
        say(f"""
        horizon = {{days = 120, warmup_days = 2}}
        people.agent.count = 1
        [calls.types.call]
        arrivals = {{per_hour = 12}}
        talk_min = {talk}
        patience_min = {{family = "never"}}
        """),
        batches=50,
    )
    agrees(log.mean(log.wait, log.answered), closed_forms.pollaczek_khinchine(0.2, 3.0, cv))
    agrees(log.share(log.queued), 0.6)


def test_wrap_up_and_ringing_are_service_too(say: Say) -> None:
    """Who comes next waits for the last caller's ringing, talk and wrap-up; one's own ringing is part of the wait."""
    log = one_run(
        say("""
        horizon = {days = 120, warmup_days = 2}
        phones.answer_delay_s = 30
        people.agent.count = 1
        [calls.types.call]
        arrivals = {per_hour = 12}
        talk_min = {family = "exponential", mean = 2}
        wrap_up_min = {family = "fixed", mean = 0.5}
        """),
        batches=50,
    )
    service = closed_forms.pollaczek_khinchine(0.2, 3.0, 2.0 / 3.0)  # only the talk varies: sd 2, mean 0.5 + 2 + 0.5
    agrees(log.mean(log.wait, log.answered), service + 0.5)


def test_talk_repeats_a_sample_from_a_file(say: Say, tmp_path) -> None:  # type: ignore[no-untyped-def]
    """Talk from the column of a CSV file gives the wait that the sample's two moments give."""
    sample = [0.5, 1.0, 1.0, 2.0, 2.5, 3.0, 4.0, 10.0]
    (tmp_path / "log.csv").write_text("talk_s\n" + "\n".join(str(60.0 * x) for x in sample), encoding="utf-8")
    log = one_run(
        say("""
        horizon = {days = 120, warmup_days = 2}
        people.agent.count = 1
        [calls.types.call]
        arrivals = {per_hour = 10}
        talk_min = {family = "empirical", file = "log.csv", column = "talk_s", unit = "s"}
        """),
        batches=50,
    )
    cv = float(np.std(sample) / np.mean(sample))
    agrees(log.mean(log.wait, log.answered), closed_forms.pollaczek_khinchine(1 / 6, 3.0, cv))


# Who does not wait for ever.


def test_a_share_balks_and_only_if_it_must_wait(say: Say) -> None:
    """A quarter of those who would have to wait hang up at once, nobody else; the rest wait as in Erlang A."""
    log = one_run(
        say("""
        horizon = {days = 14, warmup_days = 1}
        people.agent.count = 8
        [calls.types.call]
        arrivals = {per_hour = 150}
        talk_min = {mean = 3}
        balk_share = 0.25
        patience_min = {family = "exponential", mean = 5}
        """)
    )
    theory = closed_forms.impatient(8, 2.5, 3.0, closed_forms.exponential(5.0, zero_share=0.25))
    agrees(log.share(log.is_(Outcome.BALKED)), 0.25 * theory.must_wait)
    agrees(log.share(log.is_(Outcome.BALKED, Outcome.ABANDONED)), theory.lost)
    agrees(log.share(log.is_(Outcome.BALKED), of=log.queued | log.is_(Outcome.BALKED)), 0.25)
    agrees(log.mean(log.wait, ~np.isnan(log.wait)), theory.mean_wait)


def test_a_patience_of_zero_is_a_balk(say: Say) -> None:
    """A point mass at 0 in the patience loses the same callers as balking does, only under another name."""
    log = one_run(
        say("""
        horizon = {days = 14, warmup_days = 1}
        people.agent.count = 8
        [calls.types.call]
        arrivals = {per_hour = 150}
        talk_min = {mean = 3}
        patience_min = {family = "exponential", mean = 5, zero_share = 0.25}
        """)
    )
    theory = closed_forms.impatient(8, 2.5, 3.0, closed_forms.exponential(5.0, zero_share=0.25))
    at_once = log.is_(Outcome.ABANDONED) & (log.wait == 0.0)
    agrees(log.share(at_once), 0.25 * theory.must_wait)
    agrees(log.share(log.is_(Outcome.ABANDONED)), theory.lost)


def test_patience_that_is_not_exponential(say: Say) -> None:
    """Patience between three and five minutes: shares waiting and lost and the mean wait of M/M/c+G."""
    log = one_run(
        say("""
        horizon = {days = 10, warmup_days = 1}
        people.agent.count = 8
        [calls.types.call]
        arrivals = {per_hour = 170}
        talk_min = {mean = 3}
        patience_min = {family = "uniform", low = 3, high = 5}
        """)
    )
    theory = closed_forms.impatient(8, 170 / 60, 3.0, closed_forms.uniform(3.0, 5.0), [3.0, 5.0])
    agrees(log.share(log.queued), theory.must_wait)
    agrees(log.share(log.is_(Outcome.ABANDONED)), theory.lost)
    agrees(log.mean(log.wait, ~np.isnan(log.wait)), theory.mean_wait)
    agrees(log.share(in_time(log)), theory.answered_within(TWENTY_S))
