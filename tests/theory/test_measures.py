"""The KPIs that a user reads are right: counted another way, straight from the ledger, they are the same."""

import numpy as np
import pytest

from sim.kpis import measure, split
from sim.relay import Event, Outcome
from tests.theory.conftest import PLAIN, Say
from tests.theory.measuring import DETAIL, Log, one_run

CASES = {
    "patience, balking, redials and few lines": """
        phones = {lines = 9, service_threshold_s = 30}
        people.agent.count = 6
        [calls.types.call]
        arrivals = {per_hour = 110}
        wrap_up_min = {family = "fixed", mean = 0.5}
        patience_min = {family = "exponential", mean = 2}
        balk_share = 0.1
        redial_chance = 0.5
""",
    "a tree and a cap on the time in queue": """
        phones = {max_wait_min = 1, at_max_wait = "answering_service", tree = [{seconds = 20, give_up_share = 0.05}]}
        people.agent.count = 7
        calls.types.call = {arrivals = {per_hour = 110}, patience_min = {family = "exponential", mean = 5}}
""",
    "open by day, cut off at closing": """
        phones = {open = "08:00", close = "17:00", at_closing = "cut_off"}
        people.agent.count = 4
        calls.types.call = {arrivals = {per_hour = 60}, patience_min = {family = "exponential", mean = 10}}
""",
}


@pytest.mark.parametrize("case", CASES)
def test_kpis_are_counted_right(say: Say, case: str) -> None:
    """Counts, shares, waits, service levels and occupancy are what the ledger says after the warm-up."""
    log = one_run(say(f"horizon = {{days = 4, warmup_days = 1}}\n{CASES[case]}"))
    found, threshold = measure(log.run), log.run.scenario.phones.service_threshold_s / 60.0
    waited = np.where(log.is_(Outcome.ANSWERING_SERVICE), 1.0, log.wait)
    waited[log.is_(Outcome.IN_PROGRESS_AT_HORIZON) & ~log.answered] = np.nan  # nobody knows yet how long
    gone = log.is_(Outcome.ABANDONED, Outcome.BALKED)
    offered = ~log.is_(Outcome.AFTER_HOURS_MISSED)
    in_time = log.answered & (waited <= threshold + 1e-9)
    gone_in_time = gone & (waited <= threshold + 1e-9)
    served = float(in_time.sum())
    expected = {
        "calls_offered": len(log.arrived),
        "calls_answered": log.answered.sum(),
        "abandoned_share": gone.sum() / offered.sum(),
        "wait_all_mean_s": 60.0 * np.nanmean(waited),
        "wait_answered_mean_s": 60.0 * log.wait[log.answered].mean(),
        "wait_abandoned_mean_s": 60.0 * log.wait[log.is_(Outcome.ABANDONED)].mean(),
        "service_level_share": served / offered.sum(),
        "service_level_answered_share": served / log.answered.sum(),
        "service_level_net_share": served / (offered.sum() - gone_in_time.sum()),
        "service_level_any_share": (served + gone_in_time.sum()) / offered.sum(),
        "calls_blocked": log.is_(Outcome.BLOCKED).sum(),
        "redials": log.redial.sum(),
        "occupancy_csr_share": busy(log),
    }
    for key, value in expected.items():
        assert found[key] == pytest.approx(value, rel=1e-9, abs=1e-9), key
    assert found["wait_max_s"] == pytest.approx(60.0 * np.nanmax(waited))


def busy(log: Log) -> float:
    """The busy share of people who are always there, their stints cut to the counted time."""
    rows = np.concatenate([log.run.ledger.of(Event.SPENT + kind) for kind in range(20)])
    inside = np.minimum(rows[:, 0], log.run.end) - np.maximum(rows[:, 0] - rows[:, DETAIL], log.run.start)
    spent = np.maximum(inside, 0.0).sum()
    return float(spent / ((log.run.end - log.run.start) * len(log.run.people)))


def test_the_queue_of_the_kpis_obeys_little(say: Say) -> None:
    """The time average of calls waiting is the rate of arrivals times their mean wait."""
    log = one_run(
        say("""
        horizon = {days = 20, warmup_days = 1}
        people.agent.count = 5
        calls.types.call = {arrivals = {per_hour = 70}, patience_min = {family = "exponential", mean = 6}}
        """)
    )
    found = measure(log.run)
    rate = found["calls_offered"] / (log.run.end - log.run.start)
    assert found["queue_mean"] == pytest.approx(rate * found["wait_all_mean_s"] / 60.0, rel=0.005)


def test_kpis_by_type_and_group(say: Say) -> None:
    """Splits by type and by group give each its own waits, as counted from the ledger."""
    log = one_run(
        say(f"""
        horizon.days = 4
        people.agent = {{count = 3, answers = {{call = {{rank = 1}}, other = {{rank = 2}}}}}}
        people.helper = {{heads = 1, hats = ["csr"], answers.other = {{rank = 1}}}}
        [calls.types.call]
        arrivals = {{per_hour = 30}}
        [calls.types.other]
        {PLAIN}
        arrivals = {{per_hour = 20}}
        """)
    )
    by_type, by_group = split(log.run, "type"), split(log.run, "group")
    for number, name in enumerate(("call", "other")):
        of = log.answered & (log.type == number)
        assert by_type[name]["wait_answered_mean_s"] == pytest.approx(60.0 * log.wait[of].mean())
    for group in ("agent", "helper"):
        assert by_group[group]["calls_answered"] == log.by(group).sum()
        assert by_group[group]["wait_answered_mean_s"] == pytest.approx(60.0 * log.wait[log.by(group)].mean())
