"""Beside Ciw, another discrete-event simulator, where no formula helps; skipped where it is not installed."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from sim.relay import Outcome
from tests.theory.conftest import PLAIN, Say
from tests.theory.measuring import Estimate, agrees, one_run, ratio

ciw: Any = pytest.importorskip("ciw", reason="Ciw is not installed")
DAY = 1440.0


def theirs(records: Sequence[Any], value: str, days: int, kind: str | None = None) -> Estimate:
    """A mean over the customers who came after the first day, by batches of a day."""
    seen = [r for r in records if r.arrival_date >= DAY and (kind is None or r.customer_class == kind)]
    batch = np.minimum(np.array([int(r.arrival_date // DAY) - 1 for r in seen]), days - 1)
    values = np.array([getattr(r, value) if value != "lost" else r.record_type == "renege" for r in seen], dtype=float)
    return ratio(np.bincount(batch, values, days), np.bincount(batch, minlength=days).astype(float))


def agree(ours: Estimate, other: Estimate) -> None:
    """Whether two estimates lie within three standard errors of their difference."""
    agrees(Estimate(ours.value - other.value, float(np.hypot(ours.se, other.se))), 0.0)


def test_general_talk_and_general_patience(say: Say) -> None:
    """M/G/3+G with gamma talk and uniform patience: share lost and mean wait are those of Ciw."""
    days = 15
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(0.8)],
        service_distributions=[ciw.dists.Gamma(shape=0.5, scale=8.0)],
        reneging_time_distributions=[ciw.dists.Uniform(1.0, 6.0)],
        number_of_servers=[3],
    )
    ciw.seed(5)
    other = ciw.Simulation(network)
    other.simulate_until_max_time(DAY * (days + 1))
    records = other.get_all_records(only=["service", "renege"])
    log = one_run(
        say(f"""
        horizon = {{days = {days}, warmup_days = 1}}
        people.agent.count = 3
        [calls.types.call]
        arrivals = {{per_hour = 48}}
        talk_min = {{family = "gamma", mean = 4, cv = 1.4142135623730951}}
        patience_min = {{family = "uniform", low = 1, high = 6}}
        """)
    )
    agree(log.share(log.is_(Outcome.ABANDONED)), theirs(records, "lost", days))
    agree(log.mean(log.wait, ~np.isnan(log.wait)), theirs(records, "waiting_time", days))


def test_priorities_with_talks_of_their_own(say: Say) -> None:
    """M/G/2 with two ranks whose talk differs: mean waits by type are those of Ciw's priority classes."""
    days = 25
    network = ciw.create_network(
        arrival_distributions={"a": [ciw.dists.Exponential(0.15)], "b": [ciw.dists.Exponential(0.25)]},
        service_distributions={"a": [ciw.dists.Deterministic(2.0)], "b": [ciw.dists.Exponential(1 / 5.0)]},
        number_of_servers=[2],
        priority_classes={"a": 0, "b": 1},
    )
    ciw.seed(7)
    other = ciw.Simulation(network)
    other.simulate_until_max_time(DAY * (days + 1))
    records = other.get_all_records(only=["service"])
    log = one_run(
        say(f"""
        without = ["calls.types.call"]
        horizon = {{days = {days}, warmup_days = 1}}
        people.agent = {{count = 2, answers = {{a = {{rank = 1}}, b = {{rank = 2}}}}}}
        [calls.types.a]
        {PLAIN}
        arrivals = {{per_hour = 9}}
        talk_min = {{family = "fixed", mean = 2}}
        [calls.types.b]
        {PLAIN}
        arrivals = {{per_hour = 15}}
        talk_min = {{family = "exponential", mean = 5}}
        """),
    )
    for number, kind in enumerate(("a", "b")):
        agree(log.mean(log.wait, log.answered & (log.type == number)), theirs(records, "waiting_time", days, kind))
