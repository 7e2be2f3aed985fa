"""A scenario: everything that is assumed about one shop, in one frozen object, with the checks across subjects."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

from sim.relay import HATS, Handoff, Hat
from sim.shop.callers import Calls, Horizon
from sim.shop.desk import Desk
from sim.shop.dispatch import Dispatch
from sim.shop.duties import Duties
from sim.shop.handoffs import NO_EFFECT, Handoffs, perfect
from sim.shop.jobs import Jobs
from sim.shop.ladder import Ladder
from sim.shop.people import Attention, GiftSpread, Group
from sim.shop.phones import Phones
from sim.shop.prices import Prices
from sim.shop.satisfaction import Satisfaction
from sim.shop.screening import Screening
from sim.shop.settings import ChanceStep, Settings, setting, together
from sim.shop.slots import Slots


class Scenario(Settings):
    """One shop under one plan."""

    name: str = setting("", "name of the scenario", grade="choice")
    title: str = setting("", "what it shows, in a line", grade="choice")
    horizon: Horizon = setting(Horizon(), "how long it is watched", grade="choice")
    calls: Calls = setting(Calls(), "demand", grade="choice")
    phones: Phones = setting(Phones(), "the phones", grade="choice")
    people: dict[str, Group] = setting({}, "groups of people", grade="choice")
    everybody: Group | None = setting(
        None, "what every group starts from: any setting of `people.NAME` that is not said there", grade="choice"
    )
    gifts: GiftSpread = setting(GiftSpread(), "how different people are", grade="choice")
    attention: Attention = setting(Attention(), "how people move between kinds of work", grade="choice")
    jobs: Jobs = setting(Jobs(), "jobs", grade="choice")
    slots: Slots = setting(Slots(), "the slot board", grade="choice")
    dispatch: Dispatch = setting(Dispatch(), "assignment", grade="choice")
    desk: Desk = setting(Desk(), "the desk's work", grade="choice")
    handoffs: Handoffs = setting(Handoffs(), "the batons", grade="choice")
    screening: Screening = setting(Screening(), "overload screening", grade="choice")
    ladder: Ladder = setting(Ladder(), "the manager's watch on the phones", grade="choice")
    duties: Duties = setting(Duties(), "side duties and meetings", grade="choice")
    satisfaction: Satisfaction = setting(Satisfaction(), "what customers think of it", grade="choice")
    prices: Prices = setting(Prices(), "money", grade="choice")

    @property
    def days(self) -> int:
        """Counted days: as said, or the trace's after the warm-up, or a year."""
        if self.horizon.days is not None:
            return self.horizon.days
        trace = self.calls.trace
        return max(1, trace.days - self.horizon.warmup_days) if trace is not None else 365


def perfected(scenario: Scenario, handoffs: Iterable[Handoff]) -> Scenario:
    """The counterfactual: the same plan with these hand-offs perfect, all else as it is."""
    return scenario.model_copy(update={"handoffs": perfect(scenario.handoffs, handoffs)})


class Finding(NamedTuple):
    """Something wrong across settings: where (dotted name), what, and whether it only warns."""

    where: str
    what: str
    warning: bool = False


def findings(s: Scenario) -> Iterator[Finding]:
    """All that does not fit together in a scenario that is valid in itself."""
    yield from _call_findings(s)
    yield from _people_findings(s)
    yield from _job_findings(s)
    yield from _other_findings(s)


def _call_findings(s: Scenario) -> Iterator[Finding]:
    types = s.calls.types
    if not types:
        yield Finding("calls.types", "there is no call type; write at least one [calls.types.NAME]")
    for name, kind in types.items():
        at = f"calls.types.{name}"
        for target in kind.becomes:
            if target not in types:
                yield Finding(f"{at}.becomes.{target}", f"there is no call type {target!r}; there are {_list(types)}")
        if (most := _most_at_once(kind.becomes)) > 1.0 + 1e-9:
            yield Finding(f"{at}.becomes", f"the chances add up to {most:g}, more than 1")
        for group in kind.groups:
            if group not in s.people:
                yield Finding(f"{at}.groups", f"there is no group {group!r}; there are {_list(s.people)}")
        if kind.widen_after_s and len(kind.widen_after_s) != len(kind.groups) - 1:
            yield Finding(
                f"{at}.widen_after_s",
                f"should have one number for each of its groups after the first, so {max(0, len(kind.groups) - 1)}",
            )
        if any(later < earlier for earlier, later in pairwise(kind.widen_after_s)):
            yield Finding(f"{at}.widen_after_s", "should not fall: the groups are asked in their order")
        if kind.booked_share > kind.best_share:
            yield Finding(f"{at}.booked_share", f"{kind.booked_share:g} is more than best_share {kind.best_share:g}")
        if kind.share is not None and kind.arrivals is not None:
            yield Finding(f"{at}.share", "has both a share of calls.per_day and its own arrivals; keep one")
        for job in kind.job_types:
            if job not in s.jobs.types:
                yield Finding(f"{at}.job_types.{job}", f"there is no job type {job!r}; there are {_list(s.jobs.types)}")
        if kind.purpose == "lead" and kind.best_share > 0 and not s.jobs.types:
            yield Finding(f"{at}.purpose", "is a lead, but there are no job types to book; write [jobs.types.NAME]")
    yield from _silent_types(s)
    shares = sum(kind.share or 0.0 for kind in types.values())
    if s.calls.trace is None and shares > 1.0 + 1e-6:
        yield Finding("calls.types", f"the shares of the types add up to {shares:g}, more than 1")
    if (trace := s.calls.trace) is not None:
        named = {f"calls.trace.types.{reason}": target for reason, target in trace.types.items()}
        for where, target in (named | ({"calls.trace.type": trace.type} if trace.type else {})).items():
            if target not in types:
                yield Finding(where, f"there is no call type {target!r}; there are {_list(types)}")
    for which in ("status", "complaint", "change", "billing") if s.jobs.types else ():
        if (wanted := getattr(s.calls, which)) not in types:
            yield Finding(
                f"calls.{which}", f"there is no call type {wanted!r}, so these customers never ring", warning=True
            )
    for n, surge in enumerate(s.calls.surges):
        for kind_name in surge.types:
            if kind_name not in types:
                yield Finding(
                    f"calls.surges.{n}.types", f"there is no call type {kind_name!r}; there are {_list(types)}"
                )
        for job in surge.job_weights:
            if job not in s.jobs.types:
                yield Finding(
                    f"calls.surges.{n}.job_weights.{job}",
                    f"there is no job type {job!r}; there are {_list(s.jobs.types)}",
                )
        if surge.to_day <= surge.from_day:
            yield Finding(
                f"calls.surges.{n}.to_day",
                f"the surge ends (day {surge.to_day}) before it starts (day {surge.from_day})",
            )


def _silent_types(s: Scenario) -> Iterator[Finding]:
    """Types that nobody rings with: forgotten arrivals."""
    calls = s.calls
    rung = {target for kind in calls.types.values() for target in kind.becomes}
    for name, kind in calls.types.items():
        own = kind.arrivals
        about_jobs = kind.purpose in ("status", "complaint", "change", "billing")
        if calls.trace is not None or name in rung or kind.share is not None or about_jobs:
            continue
        if own is None:
            yield Finding(
                f"calls.types.{name}", "has neither a share nor arrivals, so nobody rings with it", warning=True
            )
        elif own.per_hour is None and own.per_day_fixed is None:
            yield Finding(
                f"calls.types.{name}.arrivals", "has neither per_hour nor per_day_fixed, so nobody rings", warning=True
            )


def _most_at_once(becomes: Mapping[str, tuple[ChanceStep, ...]]) -> float:
    at_once = together(list(becomes.values()), sum)
    return max(at_once(step.at) for steps in becomes.values() for step in steps) if becomes else 0.0


def _people_findings(s: Scenario) -> Iterator[Finding]:
    if not any(group.count for group in s.people.values()):
        yield Finding("people", "nobody works here; write at least one [people.NAME]")
        return
    worn = {HATS[h] for g in s.people.values() if g.count or g.heads for h in g.hats}
    if Hat.CSR not in worn:
        yield Finding("people", 'nobody wears the csr hat, so nobody answers the phone; add hats = ["csr"] to a group')
    if s.jobs.types:
        for hat in (Hat.DISPATCHER, Hat.TECHNICIAN):
            if hat not in worn:
                name = hat.name.lower()
                yield Finding(
                    "people", f'nobody wears the {name} hat, but there are jobs; add hats = ["{name}"] to a group'
                )
    for name, group in s.people.items():
        for n, shift in enumerate(group.shifts):
            at = f"people.{name}.shifts.{n}"
            if shift.end <= shift.start:
                yield Finding(f"{at}.end", "the shift ends before it starts (a night shift is two shifts)")
            if shift.lunch is not None and not shift.start <= shift.lunch < shift.end:
                yield Finding(f"{at}.lunch", "lunch lies outside the shift")
        for kind in group.answers or {}:
            if kind not in s.calls.types:
                yield Finding(
                    f"people.{name}.answers.{kind}", f"there is no call type {kind!r}; there are {_list(s.calls.types)}"
                )
        if group.heads is not None and "technician" in group.hats and s.jobs.types:
            yield Finding(
                f"people.{name}.heads",
                "technicians need shifts: the slot board sells the hours of shifts, and of a head-count it sells none",
            )
        if group.count and not group.hats:
            yield Finding(f"people.{name}.hats", "these people wear no hat, so they would do nothing")
    answered = {
        t
        for g in s.people.values()
        if g.count and "csr" in (*g.hats, *g.covers)
        for t in (g.answers if g.answers is not None else s.calls.types)
    }
    yield from _at_odds(s)
    for name in s.calls.types:
        if Hat.CSR in worn and name not in answered:
            yield Finding(f"calls.types.{name}", "nobody answers this type of call", warning=True)
    yield from _phone_hours(s)


def _at_odds(s: Scenario) -> Iterator[Finding]:
    """Groups that a type names and that do not answer it, or that answer a type which names others only."""
    for name, kind in s.calls.types.items():
        for group_name in kind.groups:
            group = s.people.get(group_name)
            if group is None:
                continue
            if "csr" not in (*group.hats, *group.covers):
                what = f"{group_name!r} is named, but these people neither wear nor cover the csr hat"
                yield Finding(f"calls.types.{name}.groups", what, warning=True)
            elif group.answers is not None and name not in group.answers:
                what = f"{group_name!r} is named, but people.{group_name}.answers leaves this type out"
                yield Finding(f"calls.types.{name}.groups", what, warning=True)
        for group_name, group in s.people.items():
            if kind.groups and group_name not in kind.groups and name in (group.answers or {}):
                what = f"these people are not among the groups of {name!r}, so they will not answer it"
                yield Finding(f"people.{group_name}.answers.{name}", what, warning=True)


def _phone_hours(s: Scenario) -> Iterator[Finding]:
    """Phone hours with nobody on them, by the half hour, on the days that the phones are open."""
    for day in range(7):
        if not s.phones.days[day]:
            continue
        empty = [m for m in range(int(s.phones.open), int(s.phones.close), 30) if not _somebody(s, day, m)]
        if empty:
            when = " and ".join(f"{_clock(start)} to {_clock(end)}" for start, end in _spans(empty, s.phones.close))
            yield Finding(
                "phones.open",
                f"the phones are open but nobody is on them {when} on {_DAYS[day]}",
                warning=True,
            )
            return


def _spans(empty: list[int], close: float) -> list[tuple[float, float]]:
    """Half hours in a row, from when to when."""
    found: list[tuple[float, float]] = []
    for start in empty:
        first = found.pop()[0] if found and found[-1][1] == start else start
        found.append((first, min(start + 30.0, close)))
    return found


def _somebody(s: Scenario, day: int, minute: int) -> bool:
    for group in s.people.values():
        if "csr" not in group.hats or not group.count:
            continue
        if group.heads is not None:
            if not group.heads_days[day]:
                continue
            current = [h.value for h in group.heads if h.at <= minute] or [group.heads[-1].value]
            if current[-1] > 0:
                return True
        elif any(x.days[day] and x.start <= minute < x.end for x in group.shifts[: group.count]):
            return True
    return False


def _job_findings(s: Scenario) -> Iterator[Finding]:
    trades = {t for g in s.people.values() if "technician" in g.hats and g.count for t in g.trades}
    for name, group in s.people.items():
        if "technician" in group.hats and group.count and s.jobs.types and not group.trades:
            yield Finding(f"people.{name}.trades", "these technicians have no trade, so no job could be theirs")
    for name, job in s.jobs.types.items():
        if job.share > 0 and job.trade not in trades:
            has = f"the trades they have are {_list(trades)}" if trades else "they have none"
            yield Finding(f"jobs.types.{name}.trade", f"no technician has the trade {job.trade!r}; {has}")
        elif job.share > 0 and not any(
            job.trade in g.trades and g.skill_level >= job.skill_level for g in s.people.values() if g.count
        ):
            yield Finding(
                f"jobs.types.{name}.skill_level", f"no technician of {job.trade!r} has skill level {job.skill_level}"
            )
    if s.jobs.types and sum(j.share for j in s.jobs.types.values()) <= 0:
        yield Finding("jobs.types", "all shares are 0, so no job could be chosen")
    if s.jobs.replacement.sold_share > s.jobs.replacement.best_share:
        yield Finding("jobs.replacement.sold_share", "is more than best_share")


def _other_findings(s: Scenario) -> Iterator[Finding]:
    last = s.horizon.start.toordinal() + s.horizon.warmup_days + s.days
    if last > datetime.date.max.toordinal():
        yield Finding("horizon.start", "the days run beyond the year 9999")
    if s.phones.close <= s.phones.open:
        yield Finding("phones.close", "the phones close before they open")
    if s.screening.enabled and s.screening.off_at >= s.screening.on_at:
        yield Finding("screening.off_at", f"should be below on_at ({s.screening.on_at:g}), or screening flaps")
    if s.ladder.up_below > s.ladder.down_at:
        yield Finding("ladder.up_below", f"should not be above down_at ({s.ladder.down_at:g}), or the ladder flaps")
    for n, window in enumerate(s.slots.windows):
        if window.end <= window.start:
            yield Finding(f"slots.windows.{n}.end", "the window ends before it starts")
    if s.dispatch.hole_accept_low > s.dispatch.hole_accept_high:
        yield Finding("dispatch.hole_accept_low", "is more than hole_accept_high")
    usual = Handoffs()
    for which, settings in NO_EFFECT.items():
        for name in settings:
            if getattr(getattr(s.handoffs, which), name) != getattr(getattr(usual, which), name):
                yield Finding(f"handoffs.{which}.{name}", "has no effect on this hand-off", warning=True)
    watches = any("service_manager" in g.hats and g.count for g in s.people.values())
    if (s.screening.enabled or s.ladder.enabled) and not watches:
        yield Finding(
            "people",
            "screening or the ladder is enabled, but nobody wears the service_manager hat to order it",
            warning=True,
        )


_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _clock(minute: float) -> str:
    return f"{int(minute) // 60:02d}:{int(minute) % 60:02d}"


def _list(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"
