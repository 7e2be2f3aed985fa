"""Callers who were missed and ring again: how often, after how long, with which draws."""

import numpy as np

from sim.relay import Event, Outcome, Spent
from tests.theory import chains
from tests.theory.conftest import Say
from tests.theory.measuring import CALL, Estimate, Log, agrees, mean, one_run, ratio

TALK = Event.SPENT + Spent.TALK


def attempts_per_need(log: Log) -> Estimate:
    """How often a need rings, from the attempts and the births of each batch."""
    edges = np.linspace(log.run.start, log.run.end, log.batches + 1)
    births = np.diff(np.searchsorted(log.run.roots.born, edges))
    return ratio(log.totals(np.ones(len(log.arrived))), births.astype(float))


def test_blocked_callers_ring_again(say: Say) -> None:
    """Four people, no room to wait, two chances that differ: attempts per need, share blocked, occupancy."""
    log = one_run(
        say("""
        horizon = {days = 20, warmup_days = 1}
        phones.queue_limit = 0
        people.agent.count = 4
        [calls.types.call]
        arrivals = {per_hour = 60}
        talk_min = {family = "exponential", mean = 4}
        redial_chance = [0.8, 0.5]
        redial_delay_min = {family = "exponential", mean = 10}
        """)
    )
    theory = chains.lost_and_redialled(1.0, 4.0, 4, 0.8, 0.5, 10.0)
    agrees(attempts_per_need(log), theory["attempts"])
    agrees(log.share(log.is_(Outcome.BLOCKED)), theory["blocked"])
    agrees(log.occupancy([TALK], 4), theory["occupancy"])


def test_callers_who_gave_up_ring_again(say: Say) -> None:
    """Impatient callers of whom most ring again, with new draws: attempts per need, share lost and wait."""
    log = one_run(
        say("""
        horizon = {days = 20, warmup_days = 1}
        people.agent.count = 5
        [calls.types.call]
        arrivals = {per_hour = 70}
        talk_min = {family = "exponential", mean = 4}
        patience_min = {family = "exponential", mean = 3}
        redial_chance = 0.7
        redial_delay_min = {family = "exponential", mean = 15}
        """)
    )
    theory = chains.impatient_and_redialling(70 / 60, 4.0, 5, 3.0, 0.7, 15.0, (60, 60))
    agrees(attempts_per_need(log), theory["attempts"])
    agrees(log.share(log.is_(Outcome.ABANDONED)), theory["lost"])
    agrees(log.mean(log.wait, ~np.isnan(log.wait)), theory["mean_wait"])


def test_chances_go_by_the_attempt(say: Say) -> None:
    """Where nobody ever answers, needs ring as often as a list of chances says, its last for all further attempts."""
    run = one_run(
        say("""
        horizon.days = 6
        phones.queue_limit = 0
        people.agent = {count = 1, heads = 0}
        [calls.types.call]
        arrivals = {per_hour = 100}
        redial_chance = [0.9, 0.5, 0.2]
        redial_delay_min = {family = "fixed", mean = 20}
        """)
    ).run
    early = run.roots.attempts[run.roots.born < 5 * 1440.0]
    for n, chance in ((1, 0.9), (2, 0.5), (3, 0.2), (4, 0.2)):
        agrees(mean((early[early >= n] > n).astype(float)), chance)


def test_the_delay_is_the_one_that_was_said(say: Say) -> None:
    """A fixed delay of twenty minutes puts exactly twenty minutes between the end of an attempt and the next."""
    run = one_run(
        say("""
        horizon.days = 1
        phones.queue_limit = 0
        people.agent = {count = 1, heads = 0}
        [calls.types.call]
        arrivals = {per_hour = 20}
        redial_chance = 0.5
        redial_delay_min = {family = "fixed", mean = 20}
        """)
    ).run
    times = times_by_need(run.ledger.of(Event.RANG))
    gaps = np.concatenate([np.diff(t) for t in times.values()])
    assert len(gaps) > 100
    assert np.allclose(gaps, 20.0, atol=1e-4)


def times_by_need(rows: np.ndarray) -> dict[int, list[float]]:
    """Times of a kind of event by root."""
    found: dict[int, list[float]] = {}
    for row in rows:
        found.setdefault(int(row[2]), []).append(float(row[0]))
    return found


def patience_by_need(say: Say, draws: str) -> list[np.ndarray]:
    """The patience of every attempt of needs that nobody ever answers."""
    run = one_run(
        say(f"""
        horizon.days = 4
        people.agent = {{count = 1, heads = 0}}
        [calls.types.call]
        arrivals = {{per_hour = 20}}
        patience_min = {{family = "exponential", mean = 3}}
        redial_chance = [1, 1, 0]
        redial_draws = "{draws}"
        """)
    ).run
    rang, ended = (run.ledger.of(event) for event in (Event.RANG, Event.CALL_ENDED))
    waited = dict(zip(ended[:, CALL], ended[:, 0], strict=True))
    calls: dict[int, list[float]] = {}
    for row in rang[rang[:, 0] < 3 * 1440.0]:
        calls.setdefault(int(row[2]), []).append(waited[row[CALL]] - row[0])
    return [np.array(waits) for waits in calls.values() if len(waits) == 3]


def test_the_same_draws_again(say: Say) -> None:
    """Who redials with the same draws is exactly as patient each time."""
    patience = patience_by_need(say, "same")
    assert len(patience) > 500
    assert all(np.ptp(waits) < 1e-4 for waits in patience)


def test_fresh_draws(say: Say) -> None:
    """Who redials with fresh draws has a patience of the same distribution that does not depend on the last one's."""
    patience = np.array(patience_by_need(say, "fresh"))
    for attempt in range(3):
        agrees(mean(patience[:, attempt]), 3.0)
    agrees(mean(patience[:, 0] * patience[:, 1]), 9.0)
