"""Any call centre said in a file alone: types and groups that start plain, limits and caps of a type's own, overflow."""

import math
from pathlib import Path

import numpy as np
import pytest

from sim.kpis import measure
from sim.relay import DAY_MIN, Event, Outcome, Spent
from sim.run import simulate
from tests.theory import chains, closed_forms
from tests.theory.conftest import Say
from tests.theory.measuring import Estimate, Log, agrees, by_day, mean, one_run, ratio

TALK = Event.SPENT + Spent.TALK
LOST = (Outcome.ABANDONED, Outcome.BLOCKED, Outcome.TIMED_OUT, Outcome.ANSWERING_SERVICE)


def mean_wait(log: Log, kind: int | None = None) -> Estimate:
    """Mean wait of all who were answered, or of those of one type."""
    return log.mean(log.wait, log.answered if kind is None else log.answered & (log.type == kind))


# Types and groups that say nothing but what differs.


def test_further_types_and_groups_are_plain(say: Say) -> None:
    """A second type and a second group that say hardly anything make one M/M/c with the first ones."""
    log = one_run(
        say("""
        horizon = {days = 20, warmup_days = 1}
        calls.types.vip.arrivals.per_hour = 15
        people.agent.count = 4
        people.second.count = 2
        """)
    )
    assert log.answered[~log.is_(Outcome.IN_PROGRESS_AT_HORIZON)].all()
    for kind in (0, 1):
        agrees(mean_wait(log, kind), closed_forms.mmc_mean_wait(6, 75 / 60, 4.0))
    agrees(log.occupancy([TALK], 6), 75 / 60 * 4.0 / 6)


@pytest.mark.parametrize(("lines", "queue", "room"), [(8, 3, 7), (6, 5, 6), (6, 0, 4)])
def test_whichever_of_lines_and_queue_is_shorter(say: Say, lines: int, queue: int, room: int) -> None:
    """With limits on lines and on the queue the tighter one is the room of M/M/c/K."""
    log = one_run(
        say(f"""
        horizon = {{days = 12, warmup_days = 1}}
        phones = {{lines = {lines}, queue_limit = {queue}}}
        people.agent.count = 4
        calls.types.call.arrivals.per_hour = 70
        """)
    )
    theory = closed_forms.mmck(4, 70 / 60, 4.0, room)
    agrees(log.share(log.is_(Outcome.BLOCKED)), theory["blocked"])
    agrees(log.occupancy([TALK], 4), theory["occupancy"])


FAMILIES = {
    "gamma by sd": ('family = "gamma", mean = 3, sd = 4.5', 3.0, 1.5),
    "gamma by shape": ('family = "gamma", shape = 2, scale = 90, unit = "s"', 3.0, 0.5**0.5),
    "weibull by shape": (
        'family = "weibull", shape = 0.8, scale = 2.6',
        2.6 * math.gamma(2.25),
        math.sqrt(math.gamma(3.5) / math.gamma(2.25) ** 2 - 1.0),
    ),
    "lognormal by sigma": (
        'family = "lognormal", mu = 0.7, sigma = 0.8',
        math.exp(0.7 + 0.32),
        math.sqrt(math.expm1(0.64)),
    ),
    "uniform by cv": ('family = "uniform", mean = 3, cv = 0.3', 3.0, 0.3),
    "triangular": ('family = "triangular", low = 1, mode = 2, high = 6', 3.0, math.sqrt(21.0 / 18.0) / 3.0),
    "sample": ('family = "empirical", file = "talk.csv", column = "talk_s", unit = "s"', 3.0, math.sqrt(8.5) / 3.0),
    "zeros": ('family = "exponential", mean = 5, zero_share = 0.4', 3.0, math.sqrt(21.0) / 3.0),
}


@pytest.mark.parametrize("family", FAMILIES)
def test_one_person_and_any_talk(say: Say, tmp_path: Path, family: str) -> None:
    """M/G/1 waits as Pollaczek and Khinchine say, in whatever way the talk's distribution is said."""
    (tmp_path / "talk.csv").write_text("call,talk_s\n1,60\n2,60\n3,120\n4,480\n", encoding="utf-8")
    talk, mean_talk, cv = FAMILIES[family]
    log = one_run(
        say(f"""
        horizon = {{days = 40, warmup_days = 1}}
        people.agent.count = 1
        calls.types.call = {{arrivals = {{per_hour = 12}}, talk_min = {{{talk}}}}}
        """)
    )
    agrees(mean_wait(log), closed_forms.pollaczek_khinchine(0.2, mean_talk, cv))
    agrees(log.mean(log.talk, log.answered & ~np.isnan(log.talk)), mean_talk)


def test_wrap_up_holds_the_person_and_not_the_caller(say: Say) -> None:
    """Handle time is talk and wrap-up: M/G/1 waits with their sum, and the line is busy with the talk alone."""
    log = one_run(
        say("""
        horizon = {days = 60, warmup_days = 1}
        people.agent.count = 1
        calls.every = {talk_min = {mean = 3}, wrap_up_min = {family = "fixed", mean = 1}}
        calls.types.call.arrivals.per_hour = 10
        """)
    )
    agrees(mean_wait(log), closed_forms.pollaczek_khinchine(1 / 6, 4.0, 3.0 / 4.0))
    agrees(log.occupancy([TALK, Event.SPENT + Spent.WRAP_UP], 1), 10 / 60 * 4.0)
    agrees(log.mean(log.ended - log.arrived - log.wait, log.answered), 3.0)


# Who answers.


def test_in_the_order_of_names(say: Say) -> None:
    """Where the first by name is always asked first and nobody waits, each person carries what the ones before lose."""
    log = one_run(
        say("""
        horizon = {days = 15, warmup_days = 1}
        phones.queue_limit = 0
        people.agent.count = 5
        calls.types.call = {arrivals = {per_hour = 60}, choose = "first_by_name"}
        """)
    )
    for n in range(5):
        carried = 4.0 * (closed_forms.erlang_b(n, 4.0) - closed_forms.erlang_b(n + 1, 4.0))
        agrees(log.occupancy([TALK], 1, [n]), carried)


def three_groups(a: float, b: float, means: tuple[float, float, float], patience: float) -> dict[str, float]:
    """The W design: two people for a, two for b, one who takes both, a's first; shares lost and the helper's busy share."""

    def moves(state: tuple[int, ...]) -> list[tuple[float, tuple[int, ...]]]:
        one, mid, two, qa, qb = state
        out = []
        for rate, own, queue in ((a, 0, 3), (b, 2, 4)):  # to one's own people, else to the helper, else waiting
            if state[own] < 2:
                out.append((rate, _with(state, own, 1)))
            elif mid < 1:
                out.append((rate, _with(state, 1, 1)))
            elif state[queue] < 25:
                out.append((rate, _with(state, queue, 1)))
        out.append((one / means[0], _with(state, 3, -1) if qa else _with(state, 0, -1)))
        out.append((two / means[2], _with(state, 4, -1) if qb else _with(state, 2, -1)))
        helped = _with(state, 3, -1) if qa else _with(state, 4, -1) if qb else _with(state, 1, -1)
        out.append((mid / means[1], helped))
        out += [(state[queue] / patience, _with(state, queue, -1)) for queue in (3, 4) if state[queue]]
        return out

    shares = chains.stationary((0, 0, 0, 0, 0), moves)
    return {
        "a": chains.mean_of(shares, lambda s: s[3]) / patience / a,
        "b": chains.mean_of(shares, lambda s: s[4]) / patience / b,
        "mid": chains.mean_of(shares, lambda s: s[1]),
    }


def _with(state: tuple[int, ...], place: int, by: int) -> tuple[int, ...]:
    return (*state[:place], state[place] + by, *state[place + 1 :])


def test_a_helper_between_two_groups(say: Say) -> None:
    """The W design by the types' order of groups: losses of both types and the helper's load are the chain's."""
    log = one_run(
        say("""
        without = ["people.agent", "calls.types.call"]
        horizon = {days = 20, warmup_days = 1}
        calls.every.patience_min = {family = "exponential", mean = 3}
        calls.types.a = {arrivals = {per_hour = 45}, talk_min = {mean = 3}, groups = ["one", "mid"], base_score = 1e9}
        calls.types.b = {arrivals = {per_hour = 30}, groups = ["two", "mid"]}
        people.one = {count = 2, answers = {a = {}}}
        people.two = {count = 2, answers = {b = {}}}
        people.mid.count = 1
        people.mid.answers.a.talk_min = {family = "exponential", mean = 5}
        people.mid.answers.b.talk_min = {family = "exponential", mean = 5}
        """)
    )
    theory = three_groups(45 / 60, 0.5, (3.0, 5.0, 4.0), 3.0)
    for kind, name in enumerate("ab"):
        agrees(log.share(log.is_(Outcome.ABANDONED), of=log.type == kind), theory[name])
    agrees(log.occupancy([TALK], 1, log.people_of("mid")), theory["mid"])


def test_three_speeds_of_ageing(say: Say) -> None:
    """Three types whose scores grow at 4, 2 and 1 a second are an accumulating priority queue."""
    log = one_run(
        say("""
        without = ["calls.types.call"]
        horizon = {days = 120, warmup_days = 2}
        people.agent.count = 1
        calls.every = {arrivals = {per_hour = 5}, talk_min = {mean = 3}}
        calls.types.a.score_per_s = 4
        calls.types.b.score_per_s = 2
        calls.types.c.score_per_s = 1
        """),
        batches=40,
    )
    for kind, expected in enumerate(closed_forms.ageing([5 / 60] * 3, 3.0, [4.0, 2.0, 1.0])):
        agrees(mean_wait(log, kind), expected)


# A further group after a while.

OVERFLOW = """
        without = ["people.agent", "calls.types.call"]
        horizon = {{days = {days}, warmup_days = 1}}
        people.first.count = 3
        people.help = {{count = {help}, answers = {{own = {{rank = 1}}, call = {{rank = 2}}}}}}
        [calls.types.call]
        arrivals.per_hour = 60
        groups = ["first", "help"]
        {widen}
        [calls.types.own]
        arrivals.per_hour = {own}
        groups = ["help"]
"""


def test_overflow_after_a_while(say: Say) -> None:
    """With help enough, callers go there after exactly 90 seconds: as many as M/M/3 with that patience would lose."""
    log = one_run(say(OVERFLOW.format(days=15, help=60, own=10, widen="widen_after_s = [90]")))
    theory = closed_forms.impatient(3, 1.0, 4.0, closed_forms.at_most(1.5), (1.5,))
    helped = log.by("help") & (log.type == 0)
    agrees(log.share(helped, of=log.type == 0), theory.lost)
    assert np.allclose(log.wait[helped], 1.5, atol=1e-4)
    agrees(log.occupancy([TALK], 3, log.people_of("first")), theory.occupancy)


def test_overflow_at_once_or_never(say: Say) -> None:
    """A widening after 0 seconds is none to the letter, one that nobody lives to see leaves each group its own calls."""
    tables = [
        simulate(say(OVERFLOW.format(days=2, help=2, own=10, widen=widen))).ledger.table
        for widen in ("", "widen_after_s = [0]")
    ]
    assert np.array_equal(*tables, equal_nan=True)
    text = OVERFLOW.format(days=20, help=2, own=20, widen="widen_after_s = [1e7]\nmax_wait_min = 2")
    log = one_run(say(text))
    assert not (log.by("help") & (log.type == 0)).any()
    theory = closed_forms.impatient(3, 1.0, 4.0, closed_forms.at_most(2.0), (2.0,))
    agrees(log.share(log.is_(Outcome.TIMED_OUT), of=log.type == 0), theory.lost)
    agrees(mean_wait(log, 1), closed_forms.mmc_mean_wait(2, 20 / 60, 4.0))


def test_overflow_takes_whoever_is_free_by_then(say: Say) -> None:
    """A helper who is busy when a caller's time comes takes them once free, and never takes one whose time has not come."""
    log = one_run(say(OVERFLOW.format(days=5, help=1, own=5, widen="widen_after_s = [60]")))
    helped = log.by("help") & (log.type == 0)
    assert log.wait[helped].min() >= 1.0 - 1e-4
    assert log.wait[helped].max() > 1.1
    assert log.by("help")[log.answered & (log.type == 1)].all()


# Limits of a type's own.


def test_a_longest_wait_of_its_own(say: Say) -> None:
    """Two types with caps of one and three minutes and outcomes of their own are M/M/c with a mixture of patience."""
    log = one_run(
        say("""
        without = ["calls.types.call"]
        horizon = {days = 20, warmup_days = 1}
        people.agent.count = 3
        calls.every = {arrivals = {per_hour = 30}, max_wait_min = 3}
        calls.types.a.max_wait_min = 1
        calls.types.b.at_max_wait = "answering_service"
        """)
    )
    theory = closed_forms.impatient(3, 1.0, 4.0, lambda x: 0.5 * (x < 1.0) + 0.5 * (x < 3.0), (1.0, 3.0))
    for kind, (cap, outcome) in enumerate(((1.0, Outcome.TIMED_OUT), (3.0, Outcome.ANSWERING_SERVICE))):
        agrees(log.share(log.is_(outcome), of=log.type == kind), theory.outlast(cap))
        assert not log.is_(outcome)[log.type != kind].any()
    found = measure(log.run)
    rate = found["calls_offered"] / (log.run.end - log.run.start)
    assert found["queue_mean"] == pytest.approx(rate * found["wait_all_mean_s"] / 60.0, rel=0.01)
    agrees(log.mean(np.minimum(np.where(log.type == 0, 1.0, 3.0), log.wait), ~np.isnan(log.wait)), theory.mean_wait)


def test_a_moved_call_waits_as_long_as_its_new_type_may(say: Say) -> None:
    """A call moved to a type that nobody answers leaves the queue after that type's cap, which changes with the hour."""
    log = one_run(
        say("""
        horizon = {days = 4, drain = true}
        phones.answering_service.talk_min = {family = "fixed", mean = 30}
        people.agent = {count = 60, answers.call.rank = 1}
        people.nobody = {count = 1, heads = 0, answers.second.rank = 1}
        calls.types.call = {becomes.second = 1, max_wait_min = 50}
        calls.types.second.at_max_wait = "answering_service"
        calls.types.second.max_wait_min = [{at = "00:00", value = 2}, {at = "12:00", value = 5}]
        """)
    )
    assert log.is_(Outcome.ANSWERING_SERVICE).all()
    cap = np.where(log.arrived % DAY_MIN < 720.0, 2.0, 5.0)
    assert np.allclose(log.ended - log.arrived - log.talk, cap + 30.0, atol=1e-3)
    assert measure(log.run)["queue_mean"] == pytest.approx(cap.sum() / (4 * DAY_MIN), rel=0.01)


def test_a_queue_of_its_own(say: Say) -> None:
    """A type that may not wait is lost when all are busy, the other waits as its birth and death says."""
    log = one_run(
        say("""
        without = ["calls.types.call"]
        horizon = {days = 20, warmup_days = 1}
        people.agent.count = 3
        calls.every.arrivals.per_hour = 30
        calls.types.a.queue_limit = 0
        calls.types.b.score_per_s = 1
        """)
    )
    shares = closed_forms.birth_death(lambda n: 1.0 if n < 3 else 0.5, lambda n: min(n, 3) / 4.0, 300)
    agrees(log.share(log.is_(Outcome.BLOCKED), of=log.type == 0), float(shares[3:].sum()))
    agrees(mean_wait(log, 1), float(np.maximum(np.arange(301) - 3, 0) @ shares) / 0.5)


def test_messages_take_nobodys_time(say: Say) -> None:
    """Over phones_only a cap that ends at the voicemail loses as many as one that ends in a message and a closed line."""
    text = """
        horizon = {days = 3, warmup_days = 1}
        people.agent.count = 3
        phones = {max_wait_min = 1.5, at_max_wait = "%s"}
        """
    voicemail, timed_out = (measure(simulate(say(text % how))) for how in ("voicemail", "timed_out"))
    assert voicemail["calls_voicemail"] > 100
    for key in ("calls_answered", "occupancy_csr_share", "wait_all_mean_s"):
        assert voicemail[key] == pytest.approx(timed_out[key], rel=1e-9)


def test_overload_and_fixed_patience(say: Say) -> None:
    """M/M/c with fixed patience and a third more work than people: losses, loads and levels are Baccelli-Hebuterne's."""
    log = one_run(
        say("""
        horizon = {days = 15, warmup_days = 1}
        phones.service_threshold_s = 60
        people.agent.count = 3
        calls.types.call.patience_min = {family = "fixed", mean = 1.5}
        """)
    )
    theory = closed_forms.impatient(3, 1.0, 4.0, closed_forms.at_most(1.5), (1.5,))
    gone = log.is_(Outcome.ABANDONED)
    agrees(log.share(gone), theory.lost)
    agrees(log.occupancy([TALK], 3), theory.occupancy)
    good = log.answered & (log.wait <= 1.0 + 1e-5)
    agrees(log.share(good), theory.answered_within(1.0))
    found, counts = measure(log.run), (good.sum(), log.answered.sum(), len(good))
    assert found["service_level_all_share"] == found["service_level_net_share"] == pytest.approx(counts[0] / counts[2])
    assert found["service_level_answered_share"] == pytest.approx(counts[0] / counts[1])


# Again, and on to somebody else.


def test_redials_by_attempt_from_far_away(say: Say) -> None:
    """Redials after half a day on average are Poisson again: the blocking that all attempts make is Erlang's own."""
    log = one_run(
        say("""
        horizon = {days = 40, warmup_days = 3}
        phones.queue_limit = 0
        people.agent.count = 3
        [calls.types.call]
        arrivals.per_hour = 40
        redial_chance = [1, 0.5, 0]
        redial_delay_min = {family = "exponential", mean = 720}
        """)
    )
    blocked = 0.0
    for _ in range(200):
        blocked = closed_forms.erlang_b(3, 40 / 60 * 4.0 * (1.0 + blocked + 0.5 * blocked**2))
    agrees(log.share(log.is_(Outcome.BLOCKED)), blocked)
    attempts = 1.0 + blocked + 0.5 * blocked**2
    agrees(ratio(log.totals(log.redial), log.totals(~log.redial)), attempts - 1.0)


def test_chances_of_a_transfer_and_of_the_tree_by_the_hour(say: Say) -> None:
    """Transfers, giving up in the tree and its length follow the time of day at which the call came."""
    log = one_run(
        say("""
        horizon.days = 8
        phones.answer_delay_s = [{at = "00:00", value = 6}, {at = "12:00", value = 30}]
        people.agent.count = 40
        calls.types.call.becomes.call = [{at = "00:00", value = 0.1}, {at = "12:00", value = 0.5}]
        [[phones.tree]]
        seconds = [{at = "00:00", value = 60}, {at = "18:00", value = 0}]
        give_up_share = [{at = "06:00", value = 0.2}, {at = "18:00", value = 0.4}]
        """)
    )
    hour = log.arrived % DAY_MIN / 60.0
    day = (hour >= 6) & (hour < 18)
    left = log.is_(Outcome.TREE_ABANDONED)
    agrees(log.share(left, of=day), 0.2)
    agrees(log.share(left, of=~day), 0.4)
    for half, again, delay in ((hour < 12, 0.1, 0.1), (hour >= 12, 0.5, 0.5)):
        agrees(log.share(log.answers > 1, of=half & (log.answers > 0)), again)
        assert np.allclose(log.wait[half & log.answered], delay, atol=1e-4)
    assert np.allclose((log.ended - log.arrived)[left & (hour >= 18)], 0.0, atol=1e-4)
    assert np.allclose((log.ended - log.arrived)[left & (hour < 18)], 1.0, atol=1e-4)


# Days that differ.


def test_people_and_calls_by_weekday(say: Say) -> None:
    """Another head-count on Mondays and no calls on Sundays: each day's blocking is Erlang B with its own people."""
    log = by_day(
        say("""
        horizon.days = 56
        phones.queue_limit = 0
        people.agent.count = 1
        people.agent.heads = 0
        people.usual.heads = [{at = "08:00", value = 3}, {at = "20:00", value = 0}]
        people.usual.heads_days = [false, true, true, true, true, true, true]
        people.monday.heads = [{at = "08:00", value = 6}, {at = "20:00", value = 0}]
        people.monday.heads_days = [true, false, false, false, false, false, false]
        [calls.types.call.arrivals]
        per_hour = [{at = "00:00", value = 0}, {at = "08:00", value = 60}, {at = "20:00", value = 0}]
        days = [true, true, true, true, true, true, false]
        """)
    )
    weekday, late = log.arrived // DAY_MIN % 7, log.arrived % DAY_MIN >= 540.0  # an hour to fill up
    assert set(weekday.tolist()) == {0.0, 1.0, 2.0, 3.0, 4.0, 5.0}
    for monday, people in ((True, 6), (False, 3)):
        of = late & ((weekday == 0) == monday)
        keep = np.flatnonzero(log.totals(of) > 0)
        agrees(
            ratio(log.totals(log.is_(Outcome.BLOCKED) & of)[keep], log.totals(of)[keep]),
            closed_forms.erlang_b(people, 4.0),
        )


def test_a_fixed_number_in_a_shape_of_its_own(say: Say) -> None:
    """Exactly a hundred calls a day, three quarters of them in the hours in which the type's own rate says so."""
    log = by_day(
        say("""
        horizon.days = 30
        people.agent.count = 40
        [calls.types.call.arrivals]
        per_day_fixed = 100
        per_hour = [{at = "00:00", value = 0}, {at = "08:00", value = 1}, {at = "10:00", value = 3}, {at = "12:00", value = 0}]
        """)
    )
    assert np.array_equal(np.bincount(log.batch), np.full(30, 100))
    assert 480.0 <= (log.arrived % DAY_MIN).min() < (log.arrived % DAY_MIN).max() < 720.0
    agrees(log.share(log.arrived % DAY_MIN >= 600.0), 0.75)


def test_the_busyness_of_a_day_is_shared(say: Say) -> None:
    """With a busyness of cv 0.3 a day's calls have the variance of a mixed Poisson, and two types rise together."""
    log = by_day(
        say("""
        horizon.days = 400
        calls.busyness_cv = 0.3
        calls.every.talk_min = {family = "fixed", mean = 0.1}
        calls.types.call.arrivals.per_hour = 1.5
        calls.types.other.arrivals.per_hour = 2
        """)
    )
    first, second = (log.totals(log.type == kind) for kind in (0, 1))
    agrees(mean((first - 36.0) ** 2), 36.0 + (0.3 * 36.0) ** 2)
    agrees(mean((first - 36.0) * (second - 48.0)), 0.3**2 * 36.0 * 48.0)


def test_people_enough_and_rates_by_the_hour(say: Say) -> None:
    """Where nobody waits, the busy people of an hour follow the rates with a lag, whatever the talk (Mt/G/infinity)."""
    rates = [30.0 + 20.0 * math.sin(math.pi * hour / 12.0) for hour in range(24)]
    steps = ", ".join(f'{{at = "{hour:02d}:00", value = {rate}}}' for hour, rate in enumerate(rates))
    log = by_day(
        say(f"""
        horizon = {{days = 60, warmup_days = 1}}
        people.agent.count = 90
        [calls.types.call]
        arrivals.per_hour = [{steps}]
        talk_min = {{family = "uniform", low = 0, high = 120}}
        """)
    )
    age = np.arange(0.5, 120.0)
    still = 1.0 - age / 120.0
    for begin in (600, 1200):
        busy = mean(log.busy_between(begin, begin + 60.0)[1:-1] / 60.0)
        expected = np.mean(
            [sum(still * [rates[int((t - a) // 60) % 24] / 60 for a in age]) for t in range(begin, begin + 60)]
        )
        agrees(busy, float(expected))
