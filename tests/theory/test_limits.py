"""What ends a wait or an evening: a cap on queue time, closing time, the phone tree, the horizon."""

from dataclasses import replace

import numpy as np
import pytest

from sim.relay import DAY_MIN, Event, Outcome, Spent
from tests.theory import chains, closed_forms
from tests.theory.conftest import Say
from tests.theory.measuring import Log, agrees, by_day, mean, one_run

TALK = Event.SPENT + Spent.TALK


@pytest.mark.parametrize(
    ("at_max_wait", "outcome"),
    [("timed_out", Outcome.TIMED_OUT), ("answering_service", Outcome.ANSWERING_SERVICE)],
)
def test_a_cap_on_the_time_in_queue(say: Say, at_max_wait: str, outcome: Outcome) -> None:
    """Who has waited two minutes is taken out: shares out, given up and in time, wait and occupancy of M/M/c+G."""
    log = one_run(
        say(f"""
        horizon = {{days = 20, warmup_days = 1}}
        phones = {{lines = 60, max_wait_min = 2, at_max_wait = "{at_max_wait}"}}
        people.agent.count = 12
        [calls.types.call]
        arrivals = {{per_hour = 70}}
        talk_min = {{family = "exponential", mean = 10}}
        patience_min = {{family = "exponential", mean = 4}}
        """)
    )
    theory = closed_forms.impatient(12, 70 / 60, 10.0, closed_forms.at_most(2.0, closed_forms.exponential(4.0)), [2.0])
    out, gone = log.is_(outcome), log.is_(Outcome.ABANDONED)
    agrees(log.share(out | gone), theory.lost)
    agrees(log.share(out), theory.outlast(2.0) * np.exp(-2.0 / 4.0))
    agrees(log.share(log.answered & (log.wait <= 1.0)), theory.answered_within(1.0))
    agrees(log.occupancy([TALK], 12), theory.occupancy)
    queue = np.where(out, 2.0, log.wait)  # the answering service's talk comes after the queue
    agrees(log.mean(queue, ~np.isnan(queue)), theory.mean_wait)
    if at_max_wait == "timed_out":
        assert np.allclose(log.wait[out], 2.0, atol=1e-4)


def test_a_cap_alone(say: Say) -> None:
    """Callers who wait exactly two minutes and no longer are the queue of fixed patience, M/M/c+D."""
    log = one_run(
        say("""
        horizon = {days = 20, warmup_days = 1}
        phones = {max_wait_min = 2, at_max_wait = "timed_out"}
        people.agent.count = 4
        [calls.types.call]
        arrivals = {per_hour = 65}
        talk_min = {family = "exponential", mean = 4}
        """)
    )
    theory = closed_forms.impatient(4, 65 / 60, 4.0, closed_forms.at_most(2.0), [2.0])
    agrees(log.share(log.is_(Outcome.TIMED_OUT)), theory.lost)
    agrees(log.mean(log.wait, log.queued | log.answered), theory.mean_wait)


def test_a_message_at_the_cap(say: Say) -> None:
    """Of those taken out after their longest wait the said share leaves a message, the rest hangs up."""
    log = one_run(
        say("""
        horizon.days = 10
        phones = {max_wait_min = 1, at_max_wait = "voicemail", leaves_message = 0.4, call_back_reached = 0}
        people.agent.count = 2
        calls.types.call.arrivals = {per_hour = 60}
        """)
    )
    out = log.is_(Outcome.VOICEMAIL, Outcome.TIMED_OUT)
    agrees(log.share(log.is_(Outcome.VOICEMAIL), of=out), 0.4)
    assert np.allclose(log.wait[out], 1.0, atol=1e-4)
    assert len(log.run.ledger.of(Event.CALLED_BACK)) > 0.9 * log.is_(Outcome.VOICEMAIL).sum()


# Closing time. Eight hours from an empty start; then nobody rings any more.

EVENING = """
        horizon.days = 80
        [phones]
        open = "08:00"
        close = "16:00"
        at_closing = "{at_closing}"
        [people.agent]
        count = 5
        [calls.types.call]
        arrivals.per_hour = [{{at = "08:00", value = 70}}, {{at = "16:00", value = 0}}]
        talk_min = {{family = "exponential", mean = 4}}
        patience_min = {{family = "exponential", mean = 10}}
"""


def at_closing_time() -> tuple[float, float, float]:
    """Expected minutes waited until closing, callers who wait at that moment, and minutes waited if they are served."""
    day = replace(chains.staffed(70 / 60, 4.0, 5, 10.0, longest=80), length=480.0)
    moment = replace(chains.staffed(70 / 60, 4.0, 5, 10.0, longest=80), length=1e-6)
    evening = replace(chains.staffed(0.0, 4.0, 5, 10.0, longest=80), length=200.0)
    until = chains.over_time((0, 0), [day, moment], [lambda n, state: state[1]])
    served = chains.over_time((0, 0), [day, evening], [lambda n, state: state[1]])
    return float(until[0][0]), float(until[1][0]) / 1e-6, float(served[0][0] + served[1][0])


def test_those_who_wait_at_closing_are_served(say: Say) -> None:
    """Served after closing, they add the waits that the empty evening's chain expects, and nobody is cut off."""
    log = by_day(say(EVENING.format(at_closing="serve")))
    agrees(mean(log.totals(np.nan_to_num(log.wait))), at_closing_time()[2])
    assert log.is_(Outcome.RESOLVED, Outcome.ABANDONED).all()
    assert (log.answered & (log.arrived + log.wait > log.arrived // DAY_MIN * DAY_MIN + 960.0)).any()


def test_those_who_wait_at_closing_are_cut_off(say: Say) -> None:
    """Cut off at closing are exactly as many as the chain expects to wait then, at that very minute."""
    log = by_day(say(EVENING.format(at_closing="cut_off")))
    cut = log.is_(Outcome.CUT_OFF_AT_CLOSING)
    waited, waiting, _ = at_closing_time()
    agrees(mean(log.totals(cut)), waiting)
    agrees(mean(log.totals(np.nan_to_num(log.wait))), waited)
    assert (log.ended[cut] % DAY_MIN == 960.0).all()


def test_those_who_wait_at_closing_wait_for_the_morning(say: Say) -> None:
    """Who waits at closing is answered from the minute of opening on, longest waiting first, and by nobody before."""
    log = by_day(
        say("""
        horizon = {days = 10, drain = true}
        [phones]
        open = "08:00"
        close = "16:00"
        at_closing = "wait"
        [people.agent]
        count = 2
        [calls.types.call]
        arrivals.per_hour = [{at = "08:00", value = 0}, {at = "15:30", value = 200}, {at = "16:00", value = 0}]
        talk_min = {family = "fixed", mean = 4}
        """)
    )
    answered = log.arrived + log.wait
    minute = answered % DAY_MIN
    overnight = answered // DAY_MIN > log.arrived // DAY_MIN
    assert log.answered.all()
    assert overnight.sum() > 500
    assert ((minute >= 480.0 - 1e-6) & (minute <= 960.0 + 1e-6)).all()
    assert (np.diff(answered) >= -1e-6).all()
    assert np.isclose(minute[overnight], 480.0).sum() == 2 * 10  # both of them, every morning


def test_the_phone_tree(say: Say) -> None:
    """A fifth gives up in the first stage and a tenth of the others in the second; who is left waits as in Erlang C."""
    log = one_run(
        say("""
        horizon = {days = 20, warmup_days = 1}
        phones.tree = [{seconds = 30, give_up_share = 0.2}, {seconds = 15, give_up_share = 0.1}]
        people.agent.count = 6
        [calls.types.call]
        arrivals = {per_hour = 100}
        talk_min = {family = "exponential", mean = 4}
        """)
    )
    gave_up = log.is_(Outcome.TREE_ABANDONED)
    took = log.ended - log.arrived
    agrees(log.share(gave_up), 0.28)
    agrees(log.share(gave_up & np.isclose(took, 0.5, atol=1e-4)), 0.2)
    agrees(log.share(gave_up & np.isclose(took, 0.75, atol=1e-4)), 0.08)
    agrees(log.mean(log.wait, log.answered), closed_forms.mmc_mean_wait(6, 72 / 60, 4.0))
    agrees(log.share(log.queued, of=~gave_up), closed_forms.erlang_c(6, 4.8))


def last_days(say: Say, drain: str) -> Log:
    """Two days of a line that is always long, stopped at midnight or served to the end."""
    return one_run(
        say(f"""
        horizon = {{days = 2, drain = {drain}}}
        people.agent.count = 2
        [calls.types.call]
        arrivals = {{per_hour = 60}}
        talk_min = {{family = "exponential", mean = 4}}
        """)
    )


def test_a_drained_horizon(say: Say) -> None:
    """With drain who is in the system at the horizon is served, nobody rings after it, all before it is as without."""
    drained, stopped = last_days(say, "true"), last_days(say, "false")
    open_at_end = stopped.is_(Outcome.IN_PROGRESS_AT_HORIZON)
    assert open_at_end.sum() > 100
    assert drained.is_(Outcome.RESOLVED).all()
    assert len(drained.run.ledger.of(Event.RANG)) == len(stopped.run.ledger.of(Event.RANG))
    assert np.array_equal(drained.ended[~open_at_end], stopped.ended[~open_at_end])
    assert drained.ended.max() == pytest.approx(drained.run.stopped_at)
    assert stopped.run.stopped_at == 2 * DAY_MIN


def test_after_hours(say: Say) -> None:
    """Calls outside phone hours are missed, whatever the staff, or leave a message with the said share."""
    for how, share in (("missed", 0.0), ("voicemail", 0.3)):
        log = one_run(
            say(f"""
            horizon.days = 8
            [phones]
            open = "08:00"
            close = "20:00"
            after_hours = "{how}"
            leaves_message = 0.3
            call_back_reached = 0
            [people.agent]
            count = 30
            """)
        )
        hour = log.arrived % DAY_MIN
        outside = (hour < 480.0) | (hour >= 1200.0)
        assert log.is_(Outcome.VOICEMAIL, Outcome.AFTER_HOURS_MISSED)[outside].all()
        assert log.answered[~outside].all()
        if share:
            agrees(log.share(log.is_(Outcome.VOICEMAIL), of=outside), share)


def test_answers_by_the_service_cost_nobody_time(say: Say) -> None:
    """Calls that find all lines taken go to the answering service and hold neither a line nor a person of ours."""
    log = one_run(
        say("""
        horizon = {days = 12, warmup_days = 1}
        people.agent.count = 5
        calls.types.call.arrivals = {per_hour = 75}
        [phones]
        lines = 5
        on_blocked = "answering_service"
        answering_service.talk_min = {family = "fixed", mean = 7}
        """)
    )
    outside = log.is_(Outcome.ANSWERING_SERVICE)
    agrees(log.share(outside), closed_forms.erlang_b(5, 5.0))
    assert np.allclose((log.ended - log.arrived)[outside], 7.0, atol=1e-4)
    assert not log.answered[outside].any()
