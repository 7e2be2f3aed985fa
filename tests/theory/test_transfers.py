"""Calls that turn into another type after service and queue again."""

import numpy as np
import pytest

from sim.relay import Outcome
from tests.theory import closed_forms
from tests.theory.conftest import BARE, PLAIN, Say
from tests.theory.measuring import agrees, one_run


def test_two_queues_one_after_the_other(say: Say) -> None:
    """Six in ten calls go on to an expert with calls of his own: two queues in product form, M/M/2 and M/M/1."""
    log = one_run(
        say(f"""
        without = ["people.agent", "calls.types.call"]
        horizon = {{days = 100, warmup_days = 1}}
        people.front = {{heads = 2, hats = ["csr"], answers.general = {{rank = 1}}}}
        people.expert = {{heads = 1, hats = ["csr"], answers.special = {{rank = 1}}}}
        [calls.types.general]
        {PLAIN}
        arrivals = {{per_hour = 24}}
        talk_min = {{family = "exponential", mean = 3}}
        becomes = {{special = 0.6}}
        [calls.types.special]
        {PLAIN}
        arrivals = {{per_hour = 2}}
        talk_min = {{family = "exponential", mean = 2.4}}
        """)
    )
    assert log.is_(Outcome.RESOLVED, Outcome.IN_PROGRESS_AT_HORIZON).all()
    agrees(log.wait_before("front"), closed_forms.mmc_mean_wait(2, 0.4, 3.0))
    agrees(log.wait_before("expert"), closed_forms.mmc_mean_wait(1, 0.6 * 0.4 + 2 / 60, 2.4))
    agrees(log.share(log.answers == 2, of=log.type == 0), 0.6)
    assert (log.answers[log.type == 1] <= 1).all()


def test_the_same_call_again_and_again(say: Say) -> None:
    """A call that turns into itself with chance 0.4, with new draws each time, is Jackson's queue with feedback."""
    log = one_run(
        say("""
        horizon = {days = 60, warmup_days = 1}
        people.agent.count = 3
        [calls.types.call]
        arrivals = {per_hour = 27}
        talk_min = {family = "exponential", mean = 3}
        becomes = {call = 0.4}
        """)
    )
    agrees(log.mean(log.whole_wait, log.answered), closed_forms.mmc_mean_wait(3, 27 / 60, 3.0 / 0.6))
    for n in (1, 2, 3, 4):
        agrees(log.share(log.answers > n, of=log.answers >= n), 0.4)


def test_a_moved_call_comes_first_with_a_bonus(say: Say) -> None:
    """Where a moved call's bonus beats any wait, one person serves both talks in a row: M/G/1 with their sum."""
    log = one_run(
        say(f"""
        horizon = {{days = 150, warmup_days = 1}}
        people.agent.count = 1
        [calls.types.call]
        arrivals = {{per_hour = 12}}
        talk_min = {{family = "exponential", mean = 1}}
        becomes = {{second = 1}}
        [calls.types.second]
        {PLAIN}
        arrivals = {{per_hour = 0}}
        talk_min = {{family = "exponential", mean = 2}}
        moved_bonus = 1e9
        """)
    )
    cv = 5.0**0.5 / 3.0
    agrees(log.mean(log.wait, log.answered), closed_forms.pollaczek_khinchine(0.2, 3.0, cv))
    assert np.array_equal(log.whole_wait[log.answered], log.wait[log.answered])


def test_without_the_bonus_it_goes_to_the_end(say: Say) -> None:
    """Without a bonus a moved call queues behind those who are there, and both talks wait longer in sum."""
    text = f"""
        horizon = {{days = 20, warmup_days = 1}}
        people.agent.count = 1
        [calls.types.call]
        arrivals = {{per_hour = 12}}
        talk_min = {{family = "exponential", mean = 1}}
        becomes = {{second = 1}}
        [calls.types.second]
        {PLAIN}
        arrivals = {{per_hour = 0}}
        talk_min = {{family = "exponential", mean = 2}}
        moved_bonus = """
    without, bonus = one_run(say(text + "0")), one_run(say(text + "1e9"))
    second = without.whole_wait - np.nan_to_num(without.wait)
    assert second.mean() > 1.0
    assert without.whole_wait.sum() > bonus.whole_wait.sum()


@pytest.mark.parametrize("patience", [0.0, 2.0])
def test_patience_begins_anew_after_a_move(say: Say, patience: float) -> None:
    """A moved call waits with the patience of its new type, counted from the move: nobody there, it waits just that."""
    log = one_run(
        say(f"""
        without = ["people.agent"]
        horizon.days = 5
        people.front = {{heads = 20, hats = ["csr"], answers.call = {{rank = 1}}}}
        people.expert = {{heads = 0, count = 1, hats = ["csr"], answers.special = {{rank = 1}}}}
        [calls.types.call]
        arrivals = {{per_hour = 30}}
        patience_min = {{family = "fixed", mean = 1}}
        talk_min = {{family = "fixed", mean = 3}}
        becomes = {{special = 1}}
        [calls.types.special]
        {BARE}
        patience_min = {{family = "fixed", mean = {patience}}}
        arrivals = {{per_hour = 0}}
        """)
    )
    done = ~log.is_(Outcome.IN_PROGRESS_AT_HORIZON)
    assert log.is_(Outcome.ABANDONED)[done].all()
    assert np.allclose((log.ended - log.arrived)[done], 3.0 + patience, atol=1e-4)
