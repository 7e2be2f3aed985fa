"""What a scenario says, compiled once into slotted records and plain functions."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from itertools import accumulate

from sim.distributions import Distribution
from sim.relay import DAY_MIN
from sim.shop.callers import CallType
from sim.shop.jobs import JobType, planned_minutes
from sim.shop.people import Answers
from sim.shop.phones import Phones, longest_wait
from sim.shop.scenario import Scenario
from sim.shop.settings import DurationStep, by_time, together

Quantile = Callable[[float], float]
ByMinute = Callable[[float], Quantile]


def durations(steps: tuple[DurationStep, ...]) -> ByMinute:
    """Minute of the day -> quantile function."""
    return by_time(steps, lambda distribution: distribution.quantile())


class CallPlan:
    """One call type, ready to run."""

    __slots__ = (
        "at_max_wait", "balk", "base_score", "becomes", "bonus", "choose", "index", "max_wait", "name", "patience",
        "purpose", "queue_limit", "redial_delay", "redial_factor", "score_per_min", "settings", "talk", "widens",
        "wrap_up",
    )  # fmt: skip

    def __init__(self, index: int, name: str, kind: CallType, names: list[str], phones: Phones) -> None:
        self.index = index
        self.name = name
        self.settings = kind
        self.purpose = kind.purpose
        self.talk = durations(kind.talk_min)
        self.wrap_up = durations(kind.wrap_up_min)
        self.patience = durations(kind.patience_min)
        self.balk: Callable[[float], float] = by_time(kind.balk_share)
        self.redial_delay = durations(kind.redial_delay_min)
        self.redial_factor: Callable[[float], float] = by_time(kind.redial_by_time)
        self.choose = kind.choose
        self.base_score = kind.base_score
        self.score_per_min = kind.score_per_s * 60.0
        self.bonus = kind.moved_bonus
        self.becomes = self._becomes(kind, names) if kind.becomes else None
        self.queue_limit = kind.queue_limit
        self.max_wait = longest_wait(phones, kind.max_wait_min)
        self.at_max_wait = kind.at_max_wait or phones.at_max_wait
        #: minutes of waiting from which each of its groups may answer; None: all may at once
        self.widens = (0.0, *(after / 60.0 for after in kind.widen_after_s)) if any(kind.widen_after_s) else None

    @staticmethod
    def _becomes(kind: CallType, names: list[str]) -> Callable[[float], list[tuple[float, int]]]:
        """Minute of the day -> below which uniform the call turns into which type."""
        targets = [names.index(target) for target in kind.becomes]
        return together(
            list(kind.becomes.values()), lambda chances: list(zip(accumulate(chances), targets, strict=True))
        )


class JobPlan:
    """One job type, ready to run."""

    __slots__ = ("index", "minutes", "name", "settings", "skill_level", "tolerance", "trade", "value", "work")

    def __init__(self, index: int, name: str, kind: JobType, scenario: Scenario) -> None:
        self.index = index
        self.name = name
        self.settings = kind
        self.trade = kind.trade
        self.skill_level = kind.skill_level
        self.work = kind.work_min.quantile()
        self.tolerance = kind.tolerance_days.quantile()
        self.minutes = planned_minutes(kind, scenario.jobs)
        self.value = kind.ticket.expectation() + (
            kind.quote_share * scenario.jobs.replacement.sold_share * scenario.jobs.replacement.ticket.expectation()
        )


class Plan:
    """A whole scenario, ready to run."""

    def __init__(self, scenario: Scenario) -> None:
        names = list(scenario.calls.types)
        kinds = scenario.calls.types.items()
        self.calls = [CallPlan(i, n, t, names, scenario.phones) for i, (n, t) in enumerate(kinds)]
        self.call_index = {plan.name: plan.index for plan in self.calls}
        self.jobs = [JobPlan(i, n, j, scenario) for i, (n, j) in enumerate(scenario.jobs.types.items())]
        desk = scenario.desk
        self.check, self.assign, self.look_ahead = _q(desk.check_min), _q(desk.assign_min), _q(desk.look_ahead_min)
        self.brief, self.tabs, self.update = _q(desk.brief_min), _q(desk.tabs_min), _q(desk.update_min)
        self.report, self.close, self.question = _q(desk.report_min), _q(desk.close_min), _q(desk.question_min)
        self.repair, self.hole, self.follow_up = _q(desk.repair_min), _q(desk.hole_min), _q(desk.follow_up_min)
        self.audit, self.status_patience = _q(desk.audit_min), _q(desk.status_patience_min)
        self.paperwork = _q(scenario.jobs.paperwork_min)
        self.travel_noise = _q(
            Distribution(family="lognormal", mean=1.0, cv=scenario.jobs.travel_noise_cv)
            if scenario.jobs.travel_noise_cv > 0
            else Distribution(family="fixed", mean=1.0)
        )
        self.rush: Callable[[float], float] = by_time(scenario.jobs.rush)
        self.half_life = _q(scenario.jobs.replacement.half_life_days)
        self.invoice_days = _q(scenario.prices.invoice_days)
        self.referral_days = _q(scenario.satisfaction.referral_delay_days)
        self.save = _q(scenario.satisfaction.save_min)
        self.call_back = _q(scenario.phones.call_back_min)
        self.service_talk = _q(scenario.phones.answering_service.talk_min)
        attention = scenario.attention
        self.switch, self.leave_side, self.resume = (
            _q(attention.switch_s),
            _q(attention.leave_side_s),
            _q(attention.resume_lag_s),
        )
        phones = scenario.phones
        #: minute of the day -> minutes of each stage of the phone tree and the share who give up in it
        self.tree = together(
            [*(stage.seconds for stage in phones.tree), *(stage.give_up_share for stage in phones.tree)], _stages
        )
        self.leaves_message: Callable[[float], float] = by_time(phones.leaves_message)
        self._ring_s: Callable[[float], float] = by_time(phones.answer_delay_s)
        self.rings = any(step.value > 0.0 for step in phones.answer_delay_s)
        self._start_weekday = scenario.horizon.start.weekday()
        self._start: datetime.date = scenario.horizon.start
        self._open_days = scenario.phones.days
        self._open, self._close = scenario.phones.open, scenario.phones.close

    def ring_min(self, minute: float) -> float:
        """Minutes from choosing who answers to the first word."""
        return self._ring_s(minute) / 60.0

    def weekday(self, day: int) -> int:
        """0 is Monday."""
        return (self._start_weekday + day) % 7

    def phones_open(self, now: float) -> bool:
        """Whether the phones are open at a moment."""
        day, minute = divmod(now, DAY_MIN)
        return self._open_days[(self._start_weekday + int(day)) % 7] and self._open <= minute < self._close

    def next_open(self, now: float) -> float:
        """The next moment at which the phones are open (this one, if they are)."""
        if self.phones_open(now):
            return now
        day = int(now // DAY_MIN)
        for later in range(day, day + 8):
            start = later * DAY_MIN + self._open
            if self._open_days[self.weekday(later)] and start >= now:
                return start
        return now


def _stages(values: tuple[float, ...]) -> list[tuple[float, float]]:
    """Seconds of all stages, then the shares who give up in them -> minutes and share of each."""
    half = len(values) // 2
    return [(s / 60.0, share) for s, share in zip(values[:half], values[half:], strict=True)]


def own_durations(answers: Answers | None) -> tuple[ByMinute | None, ByMinute | None]:
    """A group's own talk and wrap-up for a type, where it has them."""
    if answers is None:
        return None, None
    talk = durations(answers.talk_min) if answers.talk_min is not None else None
    wrap = durations(answers.wrap_up_min) if answers.wrap_up_min is not None else None
    return talk, wrap


def _q(distribution: Distribution) -> Quantile:
    return distribution.quantile()
