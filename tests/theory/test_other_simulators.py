"""What other simulators printed, by their own definitions: the examples of ContactCenters (Universite de Montreal).

Theirs are means over 1000 replications with half-widths at 95 % (CallCC: 90 %). Where they simulate weeks of five days,
a week here is five days, each of which begins with nobody there.
"""

import numpy as np
import pytest

from sim.relay import DAY_MIN, Outcome
from tests.theory.conftest import BARE, Say
from tests.theory.measuring import Estimate, Log, agrees_with_another, by_day, mean, ratio
from tests.theory.test_over_the_day import CV, DAY

TWENTY_S = 20.0 / 60.0


def in_time(log: Log, minutes: float = TWENTY_S) -> np.ndarray:
    """Which attempts were answered in less than so many minutes."""
    return np.asarray(log.answered & (log.wait < minutes - 1e-5))


def a_week(values: np.ndarray) -> Estimate:
    """The mean of five days' sum, from single days."""
    return mean(5.0 * values)


def counted(log: Log, what: np.ndarray, of_type: int | None = None) -> np.ndarray:
    """How many by day."""
    return log.totals(what if of_type is None else what & (log.type == of_type))


# Eight hours of 4.2 calls a minute on twelve people, from empty; service 2 minutes on average.

EIGHT_HOURS = """
        horizon.days = {days}
        people.agent.count = 12
        [calls.types.call]
        arrivals.per_hour = [{{at = "00:00", value = 252}}, {{at = "08:00", value = 0}}]
        talk_min = {{family = "exponential", mean = 2}}
        {more}
"""


def eight_hours(say: Say, more: str, days: int = 35) -> Log:
    """The days of one member of the family; every call is served before the next day begins."""
    return by_day(say(EIGHT_HOURS.format(days=days, more=more)))


def level_and_speed(
    log: Log, level: tuple[float, float], speed: tuple[float, float], busy: tuple[float, float]
) -> None:
    """Answered within 20 s of the served, mean wait of the served, and busy share of eight hours."""
    agrees_with_another(log.share(in_time(log), of=log.answered), *level)
    agrees_with_another(log.mean(log.wait, log.answered), *speed)
    agrees_with_another(ratio(log.busy_between(0.0, 480.0), np.full(log.batches, 12 * 480.0)), *busy)


def test_mmc(say: Say) -> None:
    """MMC: everybody waits; service level 0.902, speed of answer 0.099 minutes, occupancy 0.695."""
    log = eight_hours(say, "")
    level_and_speed(log, (0.902, 0.002), (0.099, 0.0025), (0.695, 0.0015))


def test_mmc_ab(say: Say) -> None:
    """MMCAb: with a patience of one minute 58.6 a day give up and the served wait 0.024 minutes."""
    log = eight_hours(say, 'patience_min = {family = "exponential", mean = 1}')
    agrees_with_another(mean(counted(log, log.is_(Outcome.ABANDONED))), 58.609, 0.949)
    level_and_speed(log, (0.975, 0.0005), (0.024, 0.0005), (0.675, 0.0015))


def test_mmc_blocked(say: Say) -> None:
    """MMCBlocked: with five places to wait 18.7 a day find none."""
    log = eight_hours(say, "[phones]\n        queue_limit = 5")
    agrees_with_another(mean(counted(log, log.is_(Outcome.BLOCKED))), 18.655, 0.61)
    level_and_speed(log, (0.929, 0.001), (0.060, 0.001), (0.689, 0.001))


def test_mmc_clr_q(say: Say) -> None:
    """MMCClrQ: 0.43 a day still wait after eight hours and are cut off."""
    log = eight_hours(say, '[phones]\n        close = "08:00"\n        at_closing = "cut_off"')
    agrees_with_another(mean(counted(log, log.is_(Outcome.CUT_OFF_AT_CLOSING))), 0.433, 0.105)
    level_and_speed(log, (0.902, 0.002), (0.099, 0.003), (0.695, 0.0015))


# Hourly rates and staff, a random busyness, balking.


def call_cc(say: Say, days: int) -> Log:
    """Days of CallCC."""
    return by_day(say(f"horizon.days = {days}\ncalls.busyness_cv = {CV}\n{DAY}"))


def call_cc_measures(log: Log) -> list[Estimate]:
    """Arrivals, mean wait in seconds, shares waiting less than 20 s and lost; all but the first over 1660 expected."""
    waits, lost = np.nan_to_num(log.wait), log.is_(Outcome.BALKED, Outcome.ABANDONED)
    return [
        mean(log.totals(np.ones(len(waits)))),
        mean(log.totals(waits) * 60.0 / 1660.0),
        mean(log.totals(waits < TWENTY_S - 1e-5) / 1660.0),
        mean(log.totals(lost) / 1660.0),
    ]


def test_call_cc(say: Say) -> None:
    """CallCC: 1639.5 calls a day, 11.8 s of wait, 0.853 within 20 s, 0.034 lost, within the error of both."""
    printed = ((1639.507, 26.72), (11.834, 1.774), (0.853, 0.009), (0.0342, 0.00315))
    for estimate, (value, half_width) in zip(call_cc_measures(call_cc(say, 40)), printed, strict=True):
        agrees_with_another(estimate, value, half_width, level=1.645)


@pytest.mark.slow
def test_call_cc_as_long_as_the_original(say: Say) -> None:
    """A thousand days of CallCC lie within the tolerance of the print: calls 60, wait 3 s, shares 0.02 and 0.006."""
    printed = ((1639.5, 60.0), (11.83, 3.0), (0.853, 0.02), (0.0342, 0.006))
    for estimate, (value, tolerance) in zip(call_cc_measures(call_cc(say, 1000)), printed, strict=True):
        assert abs(estimate.value - value) <= tolerance


# Telethon: volunteers, phone lines, and a message after two minutes.


def test_telethon(say: Say) -> None:
    """Telethon: served, abandoned, messages after two minutes, cut off at closing, level and occupancy of a week."""
    log = by_day(
        say("""
        horizon.days = 200
        [phones]
        open = "06:00"
        close = "10:00"
        at_closing = "cut_off"
        lines = 24
        max_wait_min = 2
        at_max_wait = "timed_out"
        [people.agent]
        count = 12
        [calls.types.call]
        arrivals.per_hour = [{at = "06:00", value = 50}, {at = "10:00", value = 0}]
        talk_min = {family = "exponential", mean = 10}
        patience_min = {family = "exponential", mean = 2}
        """)
    )
    agrees_with_another(a_week(counted(log, log.answered)), 963.109, 1.737)
    agrees_with_another(a_week(counted(log, log.is_(Outcome.ABANDONED))), 31.820, 0.648)
    agrees_with_another(a_week(counted(log, log.is_(Outcome.TIMED_OUT))), 4.960, 0.184)
    agrees_with_another(a_week(counted(log, log.is_(Outcome.CUT_OFF_AT_CLOSING))), 0.280, 0.045)
    agrees_with_another(a_week(counted(log, in_time(log, 1.0)) / 10.0), 95.026, 0.169)
    agrees_with_another(log.mean(log.wait, log.answered), 0.036, 0.0007)
    agrees_with_another(mean(log.busy_between(0.0, DAY_MIN) / (12 * 240) * 100.0), 66.772, 0.165)
    assert not log.is_(Outcome.BLOCKED).any()


# Bilingual: two languages, people who speak both, and callers who ring again after twenty minutes.


def test_bilingual(say: Say) -> None:
    """Bilingual: attempts, redials, served and given up of a week, and the occupancy of each group of people."""
    log = by_day(
        say(f"""
        without = ["people.agent", "calls.types.call"]
        horizon.days = 70
        phones = {{open = "08:00", close = "17:00", at_closing = "cut_off", lines = 40}}
        people.english = {{heads = 7, hats = ["csr"], answers.english = {{rank = 1}}}}
        people.spanish = {{heads = 7, hats = ["csr"], answers.spanish = {{rank = 1}}}}
        people.bilingual = {{heads = 4, hats = ["csr"], answers = {{english = {{rank = 1}}, spanish = {{rank = 1}}}}}}
        [calls.types.english]
        {BILINGUAL}
        talk_min = {{family = "uniform", low = 3, high = 7}}
        [calls.types.spanish]
        {BILINGUAL}
        talk_min = {{family = "uniform", low = 4, high = 6}}
        """),
        seed=2,
    )
    everybody = np.ones(len(log.arrived), dtype=bool)
    agrees_with_another(a_week(counted(log, everybody)), 5110.161, 5.152)
    agrees_with_another(a_week(counted(log, log.redial)), 107.168, 1.328)
    agrees_with_another(a_week(counted(log, log.answered)), 4967.235, 4.289)
    agrees_with_another(a_week(counted(log, log.is_(Outcome.ABANDONED))), 142.868, 1.659)
    in_target = log.answered & (log.sofar < 1.0)  # who rings again has waited before, and that counts
    agrees_with_another(a_week(counted(log, in_target)), 4896.885, 4.096)
    for group, people, printed, half_width in (
        ("english", 7, 47.624, 0.061), ("spanish", 7, 47.639, 0.06), ("bilingual", 4, 63.254, 0.057),
    ):  # fmt: skip
        busy = mean(log.busy_between(0.0, DAY_MIN, group) / (people * 540) * 100.0)
        agrees_with_another(busy, printed, half_width)


BILINGUAL = """
        arrivals.per_hour = [{at = "08:00", value = 100}, {at = "09:00", value = 50}, {at = "17:00", value = 0}]
        wrap_up_min = {family = "fixed", mean = 0}
        patience_min = {family = "exponential", mean = 2}
        balk_share = 0
        redial_chance = 0.75
        redial_delay_min = {family = "fixed", mean = 20}
        redial_draws = "same"
        choose = "random"
"""


# Bank: specialists who are quicker with their own kind, which they also take first.


def test_bank(say: Say) -> None:
    """Bank: by type the wait, the talk and those who gave up; by group of specialists the occupancy."""
    log = by_day(
        say(f"""
        without = ["people.agent", "calls.types.call"]
        horizon.days = 90
        phones = {{open = "08:00", close = "17:00", at_closing = "cut_off", lines = 15}}
        [people.savings_people]
        heads = 3
        hats = ["csr"]
        answers.savings = {{rank = 1, talk_min = {{family = "exponential", mean = 3.75}}}}
        answers.checking.rank = 2
        answers.balance.rank = 2
        [people.checking_people]
        heads = 4
        hats = ["csr"]
        answers.checking = {{rank = 1, talk_min = {{family = "exponential", mean = 3.75}}}}
        answers.savings.rank = 2
        answers.balance.rank = 2
        [calls.types.savings]
        {BARE}
        arrivals.per_hour = [{{at = "08:00", value = 4}}, {{at = "09:00", value = 2}}, {{at = "17:00", value = 0}}]
        talk_min = {{family = "exponential", mean = 5}}
        patience_min = {{family = "uniform", low = 3, high = 5}}
        [calls.types.checking]
        {BARE}
        arrivals.per_hour = [{{at = "08:00", value = 40}}, {{at = "09:00", value = 20}}, {{at = "17:00", value = 0}}]
        talk_min = {{family = "exponential", mean = 5}}
        patience_min = {{family = "uniform", low = 3, high = 5}}
        [calls.types.balance]
        {BARE}
        arrivals.per_hour = [{{at = "08:00", value = 100}}, {{at = "09:00", value = 50}}, {{at = "17:00", value = 0}}]
        talk_min = {{family = "exponential", mean = 1}}
        patience_min = {{family = "uniform", low = 2.5, high = 3.5}}
        choose = "random"
        """)
    )
    agrees_with_another(a_week(counted(log, np.ones(len(log.arrived)))), 3602.305, 3.64)
    agrees_with_another(a_week(counted(log, log.is_(Outcome.BLOCKED))), 2.651, 0.194)
    for kind, (wait, wait_half, talk, talk_half, gone, gone_half) in enumerate(
        ((0.024, 0.0015, 3.781, 0.024, 0.017, 0.008), (0.028, 0.001, 3.852, 0.008, 0.161, 0.031),
         (0.036, 0.001, 0.999, 0.0015, 5.357, 0.319))
    ):  # fmt: skip
        of = log.type == kind
        agrees_with_another(log.mean(np.where(log.answered, log.wait, 0.0), of), wait, wait_half)
        agrees_with_another(log.mean(log.talk, of & log.answered), talk, talk_half)
        if kind:  # of savings one in a year gives up
            agrees_with_another(a_week(counted(log, log.is_(Outcome.ABANDONED), kind)), gone, gone_half)
    for group, people, printed, half_width in (
        ("savings_people", 3, 25.353, 0.072),
        ("checking_people", 4, 43.093, 0.079),
    ):
        late = log.busy_between(1020.0, DAY_MIN, group)
        busy = ratio(100.0 * log.busy_between(0.0, DAY_MIN, group), people * 540.0 + late)
        agrees_with_another(busy, printed, half_width)


# SimpleMSK: three types, two groups, three periods in which talk, patience and staff change too.

PERIODS = """
        {BARE}
        talk_min = [
            {{at = "00:00", value = {{family = "exponential", mean = 2}}}},
            {{at = "10:00", value = {{family = "exponential", mean = 1.6666666666666667}}}},
            {{at = "12:00", value = {{family = "exponential", mean = 2.5}}}},
        ]
        patience_min = [
            {{at = "00:00", value = {{family = "exponential", mean = 3.3333333333333335}}}},
            {{at = "10:00", value = {{family = "exponential", mean = 2.5}}}},
            {{at = "12:00", value = {{family = "exponential", mean = 5}}}},
        ]
        groups = {groups}
        arrivals.per_hour = [
            {{at = "00:00", value = 0}}, {{at = "08:00", value = {0}}}, {{at = "10:00", value = {1}}},
            {{at = "12:00", value = {2}}}, {{at = "14:00", value = 0}},
        ]
"""


def simple_msk(say: Say, days: int) -> Log:
    """Days of SimpleMSK; the calls of every period are served with the staff of its last one."""
    return by_day(
        say(f"""
        without = ["people.agent", "calls.types.call"]
        horizon.days = {days}
        calls.busyness_cv = {28.7**-0.5}
        [people.first]
        hats = ["csr"]
        heads = [{{at = "08:00", value = 12}}, {{at = "10:00", value = 18}}, {{at = "12:00", value = 9}}]
        answers = {{one.rank = 1, two.rank = 1}}
        [people.second]
        hats = ["csr"]
        heads = [{{at = "08:00", value = 15}}, {{at = "10:00", value = 20}}, {{at = "12:00", value = 11}}]
        answers = {{two.rank = 1, three.rank = 1}}
        [calls.types.one]
        {PERIODS.format(252, 318, 192, groups='["first"]', BARE=BARE)}
        [calls.types.two]
        {PERIODS.format(306, 258, 288, groups='["first", "second"]', BARE=BARE)}
        [calls.types.three]
        {PERIODS.format(378, 312, 288, groups='["second"]', BARE=BARE)}
        """)
    )


def msk_agrees(log: Log) -> None:
    """Served, lost and level of a day, and those in target by type and period, are what SimpleMSK printed."""
    good, gone = in_time(log), log.is_(Outcome.ABANDONED)
    agrees_with_another(mean(counted(log, log.answered)), 4297.305, 27.155)
    agrees_with_another(mean(counted(log, gone)), 910.335, 34.202)
    late = gone & (log.wait >= TWENTY_S)
    agrees_with_another(ratio(counted(log, good), counted(log, log.answered | late)), 0.501, 0.0075)
    period = (log.arrived % DAY_MIN - 480.0) // 120.0
    printed = (
        ((170.154, 5.816), (599.334, 5.175), (15.490, 1.708)),
        ((262.936, 8.339), (511.648, 5.372), (34.697, 3.427)),
        ((259.806, 9.628), (613.732, 6.146), (24.888, 2.751)),
    )
    for kind, row in enumerate(printed):
        for number, (value, half_width) in enumerate(row):
            agrees_with_another(mean(counted(log, good & (period == number), kind)), value, half_width)


def test_simple_msk(say: Say) -> None:
    """SimpleMSK, fifteen days: its service level and who met it, by type and period, within the error of both."""
    msk_agrees(simple_msk(say, 15))


@pytest.mark.slow
def test_simple_msk_longer(say: Say) -> None:
    """SimpleMSK, three hundred days: the same with much less error."""
    msk_agrees(simple_msk(say, 300))
