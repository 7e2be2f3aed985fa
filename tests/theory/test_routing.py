"""Who answers what: people of unlike speed, groups in order, ranks, anybody at random."""

import numpy as np
import pytest

from sim.relay import Event, Outcome, Spent
from tests.theory import chains
from tests.theory.conftest import BARE, Say
from tests.theory.measuring import Log, agrees, one_run

TALK = Event.SPENT + Spent.TALK


@pytest.mark.parametrize("choose", ["longest_idle", "random", "first_by_name"])
def test_who_gets_a_call_that_finds_two_idle(say: Say, choose: str) -> None:
    """A quick and a slow person share the calls, and callers wait, as the chain of each rule of choice says."""
    log = one_run(
        say(f"""
        without = ["people.agent"]
        horizon = {{days = 40, warmup_days = 1}}
        [people.a_quick]
        hats = ["csr"]
        heads = 1
        answers.call.talk_min = {{family = "exponential", mean = 2}}
        [people.b_slow]
        hats = ["csr"]
        heads = 1
        answers.call.talk_min = {{family = "exponential", mean = 6}}
        [calls.types.call]
        arrivals = {{per_hour = 25}}
        choose = "{choose}"
        """)
    )
    theory = chains.two_unlike(25 / 60, 2.0, 6.0, choose)
    agrees(log.share(log.by("a_quick"), of=log.answered), theory["by_first"])
    agrees(log.mean(log.wait, log.answered), theory["mean_wait"])


TWO_TYPES = """
        without = ["people.agent", "calls.types.call"]
        horizon = {{days = 20, warmup_days = 1}}
        [people.one]
        count = 2
        hats = ["csr"]
        heads = 2
        answers.a = {{rank = {ranks[0]}, talk_min = {{family = "exponential", mean = 3}}}}
        {one}
        [people.two]
        count = 3
        hats = ["csr"]
        heads = 3
        answers.a = {{rank = {ranks[1]}, talk_min = {{family = "exponential", mean = 5}}}}
        answers.b = {{rank = {ranks[2]}, talk_min = {{family = "exponential", mean = 5}}}}
        [calls.types.a]
        {BARE}
        arrivals = {{per_hour = 50}}
        patience_min = {{family = "exponential", mean = 4}}
        {how}
        [calls.types.b]
        {BARE}
        arrivals = {{per_hour = 30}}
        patience_min = {{family = "exponential", mean = 4}}
        {how_b}
"""
FOR_BOTH = 'answers.b = {rank = 2, talk_min = {family = "exponential", mean = 3}}'


def holds(log: Log, theory: dict[str, tuple[float, float]]) -> None:
    """Shares lost, mean waits and busy shares by type and group are the chain's."""
    for kind in range(2):
        of = log.type == kind
        agrees(log.share(log.is_(Outcome.ABANDONED), of=of), theory["lost"][kind])
        agrees(log.mean(log.wait, of & ~np.isnan(log.wait)), theory["wait"][kind])
    for group, (name, count) in enumerate((("one", 2), ("two", 3))):
        agrees(log.occupancy([TALK], count, log.people_of(name)), theory["busy"][group])


def test_one_group_helps_the_other_out(say: Say) -> None:
    """The N design: a's go to their own people first, else to those of b, who take b's first when they get free."""
    log = one_run(say(TWO_TYPES.format(BARE=BARE, ranks=(1, 2, 1), one="", how='groups = ["one", "two"]', how_b="")))
    theory = chains.TwoByTwo((50 / 60, 0.5), (3.0, 5.0), (2, 3), 4.0, ((0, 1), (1,)), ((0,), (1, 0)))
    holds(log, theory.solve())


def test_groups_in_the_order_of_the_type(say: Say) -> None:
    """A type may prefer the people for whom it comes second: its order of groups decides, not their ranks."""
    log = one_run(say(TWO_TYPES.format(BARE=BARE, ranks=(1, 2, 1), one="", how='groups = ["two", "one"]', how_b="")))
    theory = chains.TwoByTwo((50 / 60, 0.5), (3.0, 5.0), (2, 3), 4.0, ((1, 0), (1,)), ((0,), (1, 0)))
    holds(log, theory.solve())


def test_everybody_has_a_first_and_a_second_type(say: Say) -> None:
    """The X design by ranks alone: each type rings first with those who rank it first, and they take it first."""
    log = one_run(say(TWO_TYPES.format(BARE=BARE, ranks=(1, 2, 1), one=FOR_BOTH, how="", how_b="")))
    theory = chains.TwoByTwo((50 / 60, 0.5), (3.0, 5.0), (2, 3), 4.0, ((0, 1), (1, 0)), ((0, 1), (1, 0)))
    holds(log, theory.solve())


def test_anybody_idle_at_random(say: Say) -> None:
    """With equal ranks and a random choice each idle person of any group is as likely to get the call."""
    how = 'choose = "random"'
    log = one_run(say(TWO_TYPES.format(BARE=BARE, ranks=(1, 1, 1), one="", how=how, how_b="base_score = 1e9")))
    theory = chains.TwoByTwo((50 / 60, 0.5), (3.0, 5.0), (2, 3), 4.0, ((0, 1), (1,)), ((0,), (1, 0)), at_random=True)
    holds(log, theory.solve())
