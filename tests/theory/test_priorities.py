"""Who is answered next: by score, by rank, by ageing, first come first served over several types."""

import pytest

from tests.theory import closed_forms
from tests.theory.conftest import PLAIN, Say
from tests.theory.measuring import Estimate, Log, agrees, one_run


def waits(log: Log, types: int) -> list[Estimate]:
    """Mean wait of each call type."""
    return [log.mean(log.wait, log.answered & (log.type == n)) for n in range(types)]


SCORES = {"urgent": "base_score = 2e9", "usual": "base_score = 1e9", "low": "base_score = 0"}
RANKS = "answers = {urgent = {rank = 1}, usual = {rank = 2}, low = {rank = 5}}"


@pytest.mark.parametrize("by", ["score", "rank"])
def test_cobham_one_person(say: Say, by: str) -> None:
    """Three types told apart by score or by rank, each with its own talk, wait as M/G/1 with priorities says."""
    score = SCORES if by == "score" else dict.fromkeys(SCORES, "")
    log = one_run(
        say(f"""
        without = ["calls.types.call"]
        horizon = {{days = 120, warmup_days = 2}}
        [people.agent]
        count = 1
        {RANKS if by == "rank" else ""}
        [calls.types.urgent]
        {PLAIN}
        arrivals = {{per_hour = 6}}
        talk_min = {{family = "fixed", mean = 2}}
        {score["urgent"]}
        [calls.types.low]
        {PLAIN}
        arrivals = {{per_hour = 3}}
        talk_min = {{family = "exponential", mean = 4}}
        {score["low"]}
        [calls.types.usual]
        {PLAIN}
        arrivals = {{per_hour = 4}}
        talk_min = {{family = "gamma", mean = 4, cv = 1.5}}
        {score["usual"]}
        """),
        batches=40,
    )
    seconds = [closed_forms.second_moment(m, cv) for m, cv in ((2.0, 0.0), (4.0, 1.5), (4.0, 1.0))]
    theory = closed_forms.cobham([0.1, 4 / 60, 0.05], [2.0, 4.0, 4.0], seconds)
    urgent, low, usual = waits(log, 3)
    for got, expected in zip((urgent, usual, low), theory, strict=True):
        agrees(got, expected)


def test_cobham_several_people(say: Say) -> None:
    """Three types by rank on two people wait as printed for M/M/2 with rates 5, 10 and 9 and 25 services an hour."""
    log = one_run(
        say(f"""
        without = ["calls.types.call"]
        horizon = {{days = 120, warmup_days = 1}}
        people.agent = {{count = 2, answers = {{a = {{rank = 1}}, b = {{rank = 2}}, c = {{rank = 3}}}}}}
        [calls.types.a]
        {PLAIN}
        arrivals = {{per_hour = 5}}
        talk_min = {{family = "exponential", mean = 2.4}}
        [calls.types.b]
        {PLAIN}
        arrivals = {{per_hour = 10}}
        talk_min = {{family = "exponential", mean = 2.4}}
        [calls.types.c]
        {PLAIN}
        arrivals = {{per_hour = 9}}
        talk_min = {{family = "exponential", mean = 2.4}}
        """),
        batches=40,
    )
    printed = (0.00691891891891892, 0.00988416988416989, 0.0171072171072171)  # hours
    for got, expected in zip(waits(log, 3), printed, strict=True):
        agrees(got, 60.0 * expected)


def test_ageing(say: Say) -> None:
    """Two types whose scores grow with the wait, one four times as fast, wait as Kleinrock's ageing says."""
    log = one_run(
        say(f"""
        without = ["calls.types.call"]
        horizon = {{days = 180, warmup_days = 2}}
        people.agent.count = 1
        [calls.types.fast]
        {PLAIN}
        arrivals = {{per_hour = 6}}
        talk_min = {{family = "exponential", mean = 4}}
        score_per_s = 2
        [calls.types.slow]
        {PLAIN}
        arrivals = {{per_hour = 6}}
        talk_min = {{family = "exponential", mean = 4}}
        score_per_s = 0.5
        """),
        batches=50,
    )
    theory = closed_forms.ageing([0.1, 0.1], 4.0, [2.0, 0.5])
    for got, expected in zip(waits(log, 2), theory, strict=True):
        agrees(got, expected)


def test_first_come_first_served_over_types(say: Say) -> None:
    """Types with equal scores are one queue: each waits as in M/G/1 with the mixture of their talks."""
    log = one_run(
        say(f"""
        without = ["calls.types.call"]
        horizon = {{days = 120, warmup_days = 2}}
        people.agent.count = 1
        [calls.types.short]
        {PLAIN}
        arrivals = {{per_hour = 9}}
        talk_min = {{family = "fixed", mean = 2}}
        [calls.types.long]
        {PLAIN}
        arrivals = {{per_hour = 3}}
        talk_min = {{family = "exponential", mean = 6}}
        """),
        batches=40,
    )
    second = (9 * 4.0 + 3 * 72.0) / 12
    expected = 0.2 * second / (2.0 * (1.0 - 0.6))
    for got in waits(log, 2):
        agrees(got, expected)
