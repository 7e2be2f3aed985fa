"""Small ledgers written by hand give the KPIs that one works out with a pencil."""

import math
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.kpis import GROUPS, KPIS, SPLITS, Tables, measure, split
from sim.kpis.clock import Hours
from sim.ledger import Ledger, PersonRecord, Roots, Run
from sim.relay import Channel, End, Event, Fate, Handoff, Hat, Kind, Missing, Outcome, Spent
from sim.shop.callers import Calls, CallType, Horizon
from sim.shop.jobs import Jobs, JobType
from sim.shop.phones import Phones
from sim.shop.scenario import Scenario

DAY = 1440.0
TYPES = {
    "new": CallType(purpose="lead", pays_marketing=True),
    "status": CallType(purpose="status"),
    "question": CallType(purpose="question"),
}
ANN = PersonRecord(0, "Ann", "csrs", (Hat.CSR,), 20.0, False, True)
BEN = PersonRecord(1, "Ben", "desk", (Hat.DISPATCHER,), 22.0, False, True)
TOM = PersonRecord(2, "Tom", "technicians", (Hat.TECHNICIAN,), 30.0, True, False)


@dataclass
class Story:
    """A run told event by event; the phones are open from 8 to 17 every day unless said otherwise."""

    days: int = 1
    warmup_days: int = 0
    phones: dict[str, Any] = field(default_factory=dict)
    people: tuple[PersonRecord, ...] = (ANN, BEN, TOM)
    ledger: Ledger = field(default_factory=Ledger)
    roots: list[dict[str, Any]] = field(default_factory=list)
    ids: int = 100  # calls share a counter with other things, so their ids have gaps

    def root(self, born: float = 0.0, **known: Any) -> int:
        self.roots.append({"born": born, **known})
        return len(self.roots) - 1

    def rings(self, at: float, type_: int = 0, root: int | None = None) -> tuple[int, int]:
        """An attempt; returns its root and its call."""
        self.ids += 3
        root = self.root(at, type=type_) if root is None else root
        self.ledger.write(at, Event.RANG, root, self.ids, detail=type_)
        return root, self.ids

    def served(
        self, at: float, wait: float, talk: float, *, person: int = 0, outcome: int = Outcome.RESOLVED, **ring: Any
    ) -> tuple[int, int]:
        """An attempt that is answered after a wait, with half a minute of wrap-up."""
        root, call = self.rings(at, **ring)
        if wait > 0:
            self.ledger.write(at, Event.QUEUED, root, call, detail=1)
        self.answered(at + wait, root, call, wait, talk, person)
        self.ledger.write(at + wait + talk, Event.CALL_ENDED, root, call, detail=outcome)
        return root, call

    def answered(self, at: float, root: int, call: int, wait: float, talk: float, person: int = 0) -> None:
        write = self.ledger.write
        write(at, Event.ANSWERED, root, call, person=person, detail=wait)
        write(at + talk, Event.HUNG_UP, root, call, person=person, detail=talk)
        write(at + talk + 0.5, Event.WRAPPED, root, call, person=person, detail=talk + 0.5)

    def ends(self, at: float, outcome: int, after: float = 0.0, queued: bool = True, **ring: Any) -> tuple[int, int]:
        """An attempt that nobody answers."""
        root, call = self.rings(at, **ring)
        if queued:
            self.ledger.write(at, Event.QUEUED, root, call, detail=1)
        self.ledger.write(at + after, Event.CALL_ENDED, root, call, detail=outcome)
        return root, call

    def spent(self, person: int, kind: Spent, start: float, end: float, job: int = -1) -> None:
        self.ledger.write(end, Event.SPENT + kind, job=job, person=person, detail=end - start)

    def scenario(self) -> Scenario:
        return Scenario(
            horizon=Horizon(days=self.days, warmup_days=self.warmup_days),
            calls=Calls(types=TYPES),
            jobs=Jobs(
                types={"repair": JobType(share=1.0, trade="hvac"), "drain": JobType(share=1.0, trade="plumbing")}
            ),
            phones=Phones(**{"open": "08:00", "close": "17:00", "days": (True,) * 7, **self.phones}),
        )

    def run(self) -> Run:
        scenario = self.scenario()
        table = self.ledger.columns().table
        again = Ledger()
        for row in table[np.argsort(table[:, 0], kind="stable")].tolist():  # events may be told out of order
            again.write(row[0], *map(int, row[1:-1]), row[-1])
        stop = (self.warmup_days + self.days) * DAY
        return Run(scenario, 1, 0, again.columns(), roots_of(self.roots), self.people, stop)


def roots_of(told: list[dict[str, Any]]) -> Roots:
    """The table of roots; what is not said is nothing."""

    def column(name: str, kind: Any, default: Any) -> Any:
        return np.array([root.get(name, default) for root in told], dtype=kind)

    whole = {name: column(name, np.int64, 0) for name in ("type", "potential", "tier", "recorded_tier", "attempts")}
    money = {name: column(name, np.int64, 0) for name in ("collected", "discount", "uncollected", "unbilled")}
    none = {name: column(name, np.int64, -1) for name in ("job_type", "parent", "first_cause")}
    return Roots(
        id=np.arange(len(told)),
        key=np.arange(len(told), dtype=np.uint64),
        born=column("born", np.float64, 0.0),
        waited=column("waited", np.float64, 0.0),
        forgotten=column("forgotten", np.bool_, False),
        **whole,
        **money,
        **none,
    )


# The register


CONTRACT = """
calls_offered calls_answered abandoned_share service_level_share wait_all_mean_s wait_answered_mean_s handle_mean_s
booked_share_of_calls jobs_completed jobs_closed billable_h_per_technician_day technician_wait_for_desk_h batons_dropped
customers_forgotten callers_lost potential collected waterfall_gap revenue payroll contribution occupancy_csr_share
occupancy_dispatcher_share occupancy_technician_share occupancy_service_manager_share loss_abandoned
loss_open_unvisited loss_discounts loss_uncollected loss_unbilled potential_per_year contribution_per_year
calls_offered_in_hours service_level_all_share service_level_answered_share service_level_net_share
service_level_any_share wait_abandoned_mean_s wait_p50_s wait_p90_s wait_share wait_answered_p50_s wait_answered_p90_s
wait_abandoned_p50_s wait_abandoned_p90_s queue_mean talk_mean_s redials
calls_status calls_complaint booked_share_of_leads callers_offered callers_wait_mean_s hours_csr hours_side
interruptions switches jobs_booked jobs_cancelled no_shows return_visits visits visits_per_technician_day
jobs_per_technician_week billable_share travel_h overtime_h on_time_share promises_kept_share
time_hangup_to_board_min time_hangup_to_assignment_min time_hangup_to_door_h time_hangup_to_payment_d
time_hangup_to_close_h jobs_open_at_end unclosed unbilled_jobs batons_passed batons_dropped_booking
batons_lacking_address batons_found_by_customer batons_found_by_never satisfaction_mean referrals ladder_ups
duties_undone_h complaints_saved complaints_lost materials trucks_and_seats marketing answering_service_cost bad_debt
revenue_per_csr_shift revenue_per_technician_year revenue_expected materials_expected bad_debt_expected
contribution_expected contribution_expected_per_year contribution_week_p5 needs_fresh
"""


@pytest.mark.parametrize("key", CONTRACT.split())
def test_the_keys_that_others_build_on_exist(key: str) -> None:
    """Every KPI key of the contract is in the register."""
    assert key in KPIS


def test_every_kpi_says_what_it_is() -> None:
    """Each KPI has a label, a unit, a known chapter, a window, and a definition of one sentence."""
    for kpi in KPIS.values():
        assert kpi.label
        assert kpi.unit
        assert kpi.window
        assert kpi.group in GROUPS
        assert kpi.direction in ("higher", "lower", "neither")
        assert set(kpi.splits) <= set(SPLITS)
        assert kpi.definition[0].isupper() or kpi.definition[0].isdigit()
        assert kpi.definition.endswith(".")
        assert ". " not in kpi.definition


def test_every_amount_of_money_is_also_given_per_year() -> None:
    """A KPI in money has a twin per year, times 365 over the days counted."""
    assert {f"{k.key}_per_year" for k in KPIS.values() if k.unit == "money"} <= set(KPIS)
    story = Story(days=73)
    story.root(potential=12_345)
    found = measure(story.run())
    assert found["potential"] == 123.45
    assert found["potential_per_year"] == pytest.approx(617.25)


COUNTS = {"calls", "callers", "leads", "jobs", "visits", "quotes", "customers", "batons", "complaints", "times"}
COUNTS |= {"days", "shifts", "money"}


def test_what_never_happened_is_not_zero() -> None:
    """In a run without any event or person means, shares and rates are NaN, and counts and sums are 0."""
    found = measure(Story(people=()).run())
    assert list(found) == list(KPIS)
    for kpi in KPIS.values():
        if kpi.unit in COUNTS:
            assert found[kpi.key] == 0.0, kpi.key
        elif kpi.unit in ("share", "s", "d", "0 to 1") or ("/" in kpi.unit and kpi.unit != "money/year"):
            assert math.isnan(found[kpi.key]), kpi.key
        else:
            assert found[kpi.key] == 0.0 or math.isnan(found[kpi.key]), kpi.key


def test_measuring_twice_gives_the_same() -> None:
    """KPIs are functions of a run: measured again, or from shared tables, they are the same."""
    story = Story()
    story.served(500.0, 1.0, 3.0)
    run = story.run()
    tables = Tables(run)
    assert measure(run) == pytest.approx(measure(tables), nan_ok=True)
    assert measure(tables) == pytest.approx(measure(tables), nan_ok=True)


# The phones


def phone_day(**phones: Any) -> Story:
    """Eight attempts in phone hours (T is 20 s), one after hours."""
    story = Story(phones=phones)
    story.served(500.0, 0.0, 4.0, outcome=Outcome.BOOKED)  # at once
    story.served(510.0, 0.25, 2.0)  # 15 s
    story.served(520.0, 3.0, 6.0, type_=1)
    story.ends(530.0, Outcome.ABANDONED, 0.2)  # within 12 s
    story.ends(540.0, Outcome.ABANDONED, 5.0)
    story.ends(550.0, Outcome.BALKED, queued=False)
    story.ends(560.0, Outcome.BLOCKED, queued=False)
    story.ends(570.0, Outcome.TREE_ABANDONED, 0.3, queued=False)
    story.ends(1100.0, Outcome.AFTER_HOURS_MISSED, queued=False)
    return story


def test_attempts_are_counted_by_how_they_ended() -> None:
    """Every attempt is offered once, whatever the hour, and counted under its one outcome."""
    found = measure(phone_day().run())
    assert found["calls_offered"] == 9
    assert found["calls_offered_in_hours"] == 8
    assert found["calls_answered"] == 3
    assert sum(found[f"calls_{outcome.name.lower()}"] for outcome in Outcome) == 9
    assert (found["calls_booked"], found["calls_resolved"], found["calls_abandoned"]) == (1, 2, 2)
    assert (found["calls_balked"], found["calls_blocked"], found["calls_tree_abandoned"]) == (1, 1, 1)
    assert found["calls_missed"] == 6
    assert found["abandoned_share"] == 3 / 8
    assert found["missed_share"] == 6 / 9
    assert (found["calls_lead"], found["calls_status"], found["calls_question"]) == (8, 1, 0)


def test_the_four_service_levels() -> None:
    """Of 8 offered in phone hours 2 were answered in 20 s, 1 late, and 2 of 3 who gave up did so in 20 s."""
    found = measure(phone_day().run())
    assert found["service_level_all_share"] == 2 / 8
    assert found["service_level_answered_share"] == 2 / 3
    assert found["service_level_net_share"] == 2 / 6
    assert found["service_level_any_share"] == 4 / 8


@pytest.mark.parametrize("which", ["all", "answered", "net", "any"])
def test_the_service_level_is_the_one_that_the_shop_names(which: str) -> None:
    """`service_level_share` follows phones.service_definition."""
    found = measure(phone_day(service_definition=which).run())
    assert found["service_level_share"] == found[f"service_level_{which}_share"]


def test_an_answer_at_the_very_threshold_is_in_time() -> None:
    """A call answered after exactly the threshold counts as in time, whatever minutes make of seconds."""
    story = Story(phones={"service_threshold_s": 20.0})
    story.served(500.1, 20.0 / 60.0, 1.0)
    story.served(600.0, 20.001 / 60.0, 1.0)
    assert measure(story.run())["service_level_all_share"] == 0.5


def test_waits_run_from_the_queue_to_the_answer_or_the_end() -> None:
    """Waits are of those answered or waiting for a person; who balked waited 0, who never got there is left out."""
    found = measure(phone_day().run())
    assert found["wait_answered_mean_s"] == pytest.approx(60 * (0 + 0.25 + 3) / 3)
    assert found["wait_abandoned_mean_s"] == pytest.approx(60 * (0.2 + 5) / 2)
    assert found["wait_abandoned_p50_s"] == pytest.approx(60 * (0.2 + 5) / 2)
    assert found["wait_abandoned_p90_s"] == pytest.approx(60 * (0.2 + 0.9 * 4.8))
    assert found["wait_answered_p50_s"] == pytest.approx(60 * 0.25)
    assert found["wait_answered_p90_s"] == pytest.approx(60 * (0.25 + 0.8 * 2.75))
    assert found["wait_all_mean_s"] == pytest.approx(60 * (0 + 0.25 + 3 + 0.2 + 5 + 0) / 6)
    assert found["wait_p50_s"] == pytest.approx(60 * (0.2 + 0.25) / 2)
    assert found["wait_max_s"] == pytest.approx(300)
    assert found["wait_share"] == pytest.approx(5 / 6)  # all but the one answered at once


def test_the_answer_delay_is_waiting_but_not_queueing() -> None:
    """A call answered at once after 6 s of ringing waited 6 s, after the phone tree, and did not have to queue."""
    story = Story()
    root, call = story.rings(500.0)
    story.ledger.write(500.5, Event.TREE_PASSED, root, call)
    story.answered(500.6, root, call, 0.1, 2.0)
    found = measure(story.run())
    assert found["wait_all_mean_s"] == pytest.approx(6.0)
    assert found["wait_share"] == 0.0
    assert found["queue_mean"] == 0.0


def test_who_hangs_up_while_it_rings_has_waited() -> None:
    """An abandoned attempt without a queue entry waited from the end of the tree."""
    story = Story()
    root, call = story.rings(500.0)
    story.ledger.write(500.5, Event.TREE_PASSED, root, call)
    story.ledger.write(501.5, Event.CALL_ENDED, root, call, detail=Outcome.ABANDONED)
    assert measure(story.run())["wait_abandoned_mean_s"] == pytest.approx(60.0)


def test_the_longest_wait_ends_the_wait() -> None:
    """A call that the answering service takes from the queue waited until then, not until the service hung up."""
    story = Story(phones={"max_wait_min": 5.0, "at_max_wait": "answering_service"})
    story.ends(500.0, Outcome.ANSWERING_SERVICE, 8.0)
    found = measure(story.run())
    assert found["wait_all_mean_s"] == pytest.approx(300.0)
    assert found["queue_mean"] == pytest.approx(5.0 / 540.0)
    assert found["calls_missed"] == 0


def test_a_wait_still_going_on_is_not_measured() -> None:
    """Who still waits at the horizon is offered and in progress, and their wait is in the queue but in no mean."""
    story = Story(phones={"close": "24:00"})
    story.ends(1430.0, Outcome.IN_PROGRESS_AT_HORIZON, 10.0)
    found = measure(story.run())
    assert found["calls_in_progress_at_horizon"] == 1
    assert math.isnan(found["wait_all_mean_s"])
    assert found["queue_mean"] == pytest.approx(10.0 / 960.0)


def test_a_moved_call_waits_once_and_talks_twice() -> None:
    """Of a call turned into another type the first answer's wait counts, its talk adds up, the later wait is apart."""
    story = Story()
    root, call = story.rings(500.0)
    story.ledger.write(500.0, Event.QUEUED, root, call)
    story.answered(501.0, root, call, 1.0, 4.0)
    story.ledger.write(505.0, Event.MOVED, root, call, detail=2)
    story.ledger.write(505.0, Event.QUEUED, root, call)
    story.answered(508.0, root, call, 3.0, 6.0, person=1)
    story.ledger.write(514.0, Event.CALL_ENDED, root, call, detail=Outcome.RESOLVED)
    run = story.run()
    found = measure(run)
    assert (found["calls_offered"], found["calls_answered"], found["calls_moved"]) == (1, 1, 1)
    assert found["wait_answered_mean_s"] == pytest.approx(60.0)
    assert found["wait_moved_mean_s"] == pytest.approx(180.0)
    assert found["talk_mean_s"] == pytest.approx(600.0)
    assert found["handle_mean_s"] == pytest.approx(660.0)
    assert found["queue_mean"] == pytest.approx(4.0 / 540.0)
    rows = split(run, "type")
    assert (rows["new"]["calls_moved"], rows["question"]["calls_moved"]) == (0, 1)
    assert rows["question"]["wait_moved_mean_s"] == pytest.approx(180.0)
    assert split(run, "person")["Ann"]["handle_mean_s"] == pytest.approx(660.0)


def test_who_queues_only_after_a_move_was_answered_at_once() -> None:
    """A call answered at once and then moved into a queue did not have to wait for its answer."""
    story = Story()
    root, call = story.rings(500.0)
    story.answered(500.0, root, call, 0.0, 4.0)
    story.ledger.write(504.0, Event.MOVED, root, call, detail=2)
    story.ledger.write(504.0, Event.QUEUED, root, call)
    story.ledger.write(509.0, Event.CALL_ENDED, root, call, detail=Outcome.ABANDONED)
    found = measure(story.run())
    assert (found["wait_share"], found["wait_all_mean_s"]) == (0.0, 0.0)
    assert (found["calls_answered"], found["calls_abandoned"]) == (1, 1)
    assert math.isnan(found["wait_abandoned_mean_s"])
    assert math.isnan(found["wait_moved_mean_s"])


def test_a_redial_is_not_a_status_call() -> None:
    """An attempt is a redial if a planned redial is the last thing its root's phone did before."""
    story = Story()
    root, call = story.ends(500.0, Outcome.ABANDONED, 2.0)
    story.ledger.write(502.0, Event.REDIAL_PLANNED, root, call, detail=10.0)
    story.served(505.0, 0.0, 1.0)  # somebody else
    story.served(512.0, 0.0, 3.0, root=root, outcome=Outcome.BOOKED)
    story.served(700.0, 0.0, 1.0, root=root, type_=1)
    found = measure(story.run())
    assert found["redials"] == 1
    assert found["calls_status"] == 1


def test_the_window_is_by_when_it_rang() -> None:
    """A call that rang in the warm-up is not counted, one that rang in the window and ended after it is."""
    story = Story(warmup_days=1, days=1)
    story.served(1439.0, 5.0, 3.0)
    story.served(1440.0 + 500.0, 0.0, 3.0)
    story.served(2879.0, 5.0, 3.0)
    found = measure(story.run())
    assert found["calls_offered"] == found["calls_answered"] == 2
    assert found["wait_answered_mean_s"] == pytest.approx(150.0)


def test_bookings_count_by_call_and_by_need() -> None:
    """Two of four calls booked, one of them by the answering service; one of three leads never did."""
    story = Story()
    root, call = story.served(500.0, 0.0, 4.0, outcome=Outcome.BOOKED)
    story.ledger.write(504.0, Event.BOOKED, root, call, 7, person=0)
    root, call = story.ends(1100.0, Outcome.ANSWERING_SERVICE, 3.0, queued=False)
    story.ledger.write(1103.0, Event.BOOKED, root, call, 8)
    story.served(600.0, 0.0, 4.0, outcome=Outcome.NOT_BOOKED)
    story.served(610.0, 0.0, 4.0, type_=2)
    found = measure(story.run())
    assert found["booked_share_of_calls"] == 0.5
    assert found["booked_share_of_leads"] == pytest.approx(2 / 3)
    assert found["booked_share_of_answered_leads"] == 0.5
    assert found["answering_service_cost"] == 1.5
    assert split(story.run(), "person")["Ann"]["jobs_booked"] == 1


def test_callers_are_needs_and_not_attempts() -> None:
    """A caller is a need born in the window by ringing, whose waits add up over its attempts."""
    story = Story()
    root, _ = story.ends(500.0, Outcome.ABANDONED, 2.0)
    story.served(520.0, 1.0, 3.0, root=root)
    story.roots[root] |= {"waited": 3.0, "attempts": 2}
    story.served(600.0, 1.0, 3.0)
    story.roots[-1] |= {"waited": 1.0, "attempts": 1}
    story.ledger.write(700.0, Event.LEAD_BY_WEB, story.root(700.0))
    found = measure(story.run())
    assert (found["callers_offered"], found["callers_answered"], found["leads_offered"]) == (2, 2, 3)
    assert found["callers_wait_mean_s"] == 120.0
    assert found["callers_attempts_mean"] == 1.5
    assert found["leads_by_web"] == 1


stays = st.lists(st.tuples(st.integers(0, 2 * 1440), st.integers(0, 400), st.booleans()), max_size=25)


@given(stays, st.integers(0, 1), st.sampled_from([("00:00", "24:00"), ("08:00", "17:00"), ("09:30", "09:45")]))
def test_the_mean_queue_is_that_of_a_minute_by_minute_count(
    told: list[tuple[int, int, bool]], warmup: int, hours: tuple[str, str]
) -> None:
    """The time-average queue is what one gets by looking every minute of the phone hours in the window."""
    week = (True, False, True, True, True, True, True)  # day 0 is a Monday
    story = Story(days=2 - warmup, warmup_days=warmup, phones={"open": hours[0], "close": hours[1], "days": week})
    waiting: defaultdict[int, int] = defaultdict(int)
    for start, wait, answered in told:
        root, call = story.rings(float(start))
        story.ledger.write(float(start), Event.QUEUED, root, call)
        if answered:
            story.answered(float(start + wait), root, call, float(wait), 1.0)
        else:
            story.ledger.write(float(start + wait), Event.CALL_ENDED, root, call, detail=Outcome.ABANDONED)
        for minute in range(start, start + wait):
            waiting[minute] += 1
    first, last = (60 * int(clock[:2]) + int(clock[3:]) for clock in hours)
    seen = [
        waiting[minute]
        for minute in range(warmup * 1440, 2 * 1440)
        if week[minute // 1440] and first <= minute % 1440 < last
    ]
    found = measure(story.run())["queue_mean"]
    assert found == pytest.approx(float(np.mean(seen)) if seen else math.nan, nan_ok=True)


def test_a_queue_without_an_exit_lasts_until_the_run_stops() -> None:
    """A stay that nothing ended counts until the run stops, also beside calls that did leave."""
    story = Story(phones={"open": "00:00", "close": "24:00"})
    root, call = story.rings(1000.0)
    story.ledger.write(1000.0, Event.QUEUED, root, call)
    story.served(1010.0, 10.0, 1.0)
    assert measure(story.run())["queue_mean"] == pytest.approx((440 + 10) / 1440)


# Counted time


@given(
    st.integers(0, 1440), st.integers(0, 1440), st.tuples(*[st.booleans()] * 7),
    st.integers(0, 15_000), st.integers(0, 15_000), st.integers(0, 15_000), st.integers(0, 15_000),
)  # fmt: skip
def test_counted_minutes_are_those_that_one_counts(
    opens: int, closes: int, days: tuple[bool, ...], start: int, end: int, low: int, high: int
) -> None:
    """Minutes of an interval in some hours of some weekdays and in a window are what a count gives."""
    low, high = min(low, high), max(low, high)
    counted = [
        minute
        for minute in range(max(start, low), min(end, high))
        if days[minute // 1440 % 7] and opens <= minute % 1440 < closes
    ]
    hours = Hours(float(opens), float(closes), days)
    found = hours.between(np.array([float(start)]), np.array([float(end)]), (float(low), float(high)))
    assert found == pytest.approx([len(counted)])
    assert hours.holds(np.array([start + 0.5]))[0] == (days[start // 1440 % 7] and opens <= start % 1440 < closes)


# The people


def test_occupancy_is_of_those_who_wear_the_hat() -> None:
    """Occupancy is a wearer's minutes under the hat over minutes present without breaks, covering apart."""
    story = Story()
    for person in (0, 1):
        story.ledger.write(480.0, Event.CAME, person=person, detail=1)
        story.ledger.write(720.0, Event.WENT_ON_BREAK, person=person, detail=60)
        story.ledger.write(780.0, Event.CAME, person=person, detail=2)
        story.ledger.write(980.0, Event.LEFT, person=person)
    story.spent(0, Spent.TALK, 500.0, 590.0)
    story.spent(0, Spent.WRAP_UP, 590.0, 600.0)
    story.spent(0, Spent.RING, 600.0, 610.0)
    story.spent(0, Spent.SIDE, 620.0, 680.0)
    story.spent(1, Spent.TALK, 500.0, 544.0)  # Ben covers
    story.spent(1, Spent.DESK, 600.0, 710.0)
    run = story.run()
    found = measure(run)
    assert found["occupancy_csr_share"] == pytest.approx(110 / 440)
    assert found["occupancy_dispatcher_share"] == pytest.approx(110 / 440)
    assert found["hours_csr"] == pytest.approx(154 / 60)
    assert found["hours_csr_covered"] == pytest.approx(44 / 60)
    assert found["hours_side"] == pytest.approx(1.0)
    assert found["hours_present_csr"] == pytest.approx(440 / 60)
    assert found["office_busy_share"] == pytest.approx((154 + 110) / 880)
    assert math.isnan(found["occupancy_technician_share"])
    rows = split(run, "person")
    assert rows["Ben"]["hours_csr"] == pytest.approx(44 / 60)
    assert math.isnan(rows["Ben"]["occupancy_csr_share"])
    by_hour = split(run, "hour")
    assert by_hour["08:00"]["occupancy_csr_share"] == pytest.approx(40 / 60)
    assert by_hour["12:00"]["hours_present_csr"] == 0.0
    assert sum(row["hours_csr"] for row in by_hour.values()) == pytest.approx(154 / 60)


def test_changing_hats_counts_for_the_hat_that_follows() -> None:
    """Switching and resuming are minutes under the hat of the same person's next real work."""
    story = Story()
    story.spent(1, Spent.DESK, 500.0, 510.0)
    story.spent(1, Spent.SWITCH, 510.0, 511.0)
    story.spent(0, Spent.SIDE, 511.0, 511.5)  # somebody else in between
    story.spent(1, Spent.TALK, 511.0, 515.0)
    story.spent(1, Spent.SWITCH, 515.0, 517.0)
    story.spent(1, Spent.RESUME, 517.0, 518.0)
    story.spent(1, Spent.DESK, 518.0, 520.0)
    story.spent(0, Spent.SWITCH, 530.0, 540.0)  # and then nothing
    found = measure(story.run())
    assert found["hours_csr"] == pytest.approx(5 / 60)
    assert found["hours_dispatcher"] == pytest.approx(15 / 60)
    assert found["hours_side"] == pytest.approx(0.5 / 60)
    assert found["hours_switch"] == pytest.approx(13 / 60)


def test_stints_and_presence_are_cut_at_the_window() -> None:
    """Work and presence that reach over the window's edges count for what lies inside."""
    story = Story(warmup_days=1, days=1)
    story.ledger.write(1430.0, Event.CAME, person=0, detail=1)
    story.ledger.write(2160.0, Event.CAME, person=1, detail=1)
    story.spent(0, Spent.TALK, 1430.0, 1450.0)
    story.spent(0, Spent.TALK, 2870.0, 2890.0)
    found = measure(story.run())
    assert found["hours_present_dispatcher"] == pytest.approx(12.0)
    assert found["hours_csr"] == pytest.approx(20 / 60)
    assert found["hours_present_csr"] == pytest.approx(24.0)  # nobody ever left
    assert found["occupancy_csr_share"] == pytest.approx(20 / 1440)


def test_pay_is_for_the_window() -> None:
    """Days worked, days away and overtime are paid, and a stretch paid at its end counts for its part in the window."""
    story = Story(warmup_days=1, days=2)
    write = story.ledger.write
    write(1440.0, Event.ABSENT, person=0, detail=2)
    write(1440.0, Event.PAID, person=0, detail=480.0)  # sick on the first counted day
    write(2880.0 + 1050.0, Event.PAID, person=0, detail=480.0)
    write(2880.0 + 1050.0, Event.OVERTIME, person=0, detail=30.0)
    write(1000.0, Event.PAID, person=1, detail=480.0)  # in the warm-up
    write(4320.0, Event.PAID, person=2, detail=4320.0)  # round the clock, warm-up included
    run = story.run()
    found = measure(run)
    assert found["paid_h"] == pytest.approx((480 + 480 + 30 + 2880) / 60)
    assert found["overtime_h"] == 0.5
    assert found["days_absent"] == 1
    assert split(run, "group")["csrs"]["paid_h"] == pytest.approx(16.5)


def test_interruptions_and_switches_are_counted_by_person() -> None:
    """Interruptions, changes of hat and covering are events of a person and an hour."""
    story = Story()
    story.ledger.write(500.0, Event.INTERRUPTED, person=1, detail=Kind.BRIEF)
    story.ledger.write(500.0, Event.SWITCHED, person=1, detail=0.5)
    story.ledger.write(720.0, Event.COVER_ON, person=1, detail=Hat.CSR)
    run = story.run()
    found = measure(run)
    assert (found["interruptions"], found["switches"], found["covers"]) == (1, 1, 1)
    assert split(run, "person")["Ben"]["interruptions"] == 1
    assert split(run, "hour")["12:00"]["interruptions"] == 0


# Jobs


def job_day() -> Story:
    """Job 5 needs two visits, on two days; job 6 is done late and never closed; job 7 is called off."""
    story = Story(days=2)
    write = story.ledger.write
    story.ledger.write(480.0, Event.CAME, person=2, detail=1)
    story.ledger.write(480.0 + DAY, Event.CAME, person=2, detail=1)
    root, call = story.served(500.0, 0.0, 4.0, outcome=Outcome.BOOKED)
    write(503.0, Event.BOOKED, root, call, 5, person=0)
    write(510.0, Event.ON_BOARD, root, job=5, person=1)
    write(514.0, Event.ASSIGNED, root, job=5, visit=50, person=2, detail=1)
    write(564.0, Event.ARRIVED, root, job=5, visit=50, person=2, detail=-60.0)
    write(600.0, Event.WORK_DONE, root, job=5, visit=50, person=2, detail=30.0)
    write(600.0, Event.RETURN_NEEDED, root, job=5, visit=50, person=2)
    write(610.0, Event.CARRIED_OVER, root, job=5, detail=1)
    write(611.0, Event.UPDATE_KEPT, root, job=5, person=1)
    write(DAY + 600.0, Event.ARRIVED, root, job=5, visit=51, person=2, detail=-30.0)
    story.spent(2, Spent.ON_SITE, DAY + 600.0, DAY + 660.0, job=5)
    write(DAY + 660.0, Event.WORK_DONE, root, job=5, visit=51, person=2, detail=60.0)
    write(DAY + 660.0, Event.PAID_AT_DOOR, root, job=5, detail=40_000)
    write(DAY + 700.0, Event.JOB_ENDED, root, job=5, detail=End.CLOSED)
    write(DAY + 700.0, Event.SATISFIED, root, job=5, detail=0.8)
    other, _ = story.served(520.0, 0.0, 4.0)
    write(540.0, Event.BOOKED, other, job=6)
    write(DAY + 700.0, Event.ARRIVED, other, job=6, visit=60, person=2, detail=20.0)
    write(DAY + 760.0, Event.WORK_DONE, other, job=6, visit=60, person=2, detail=60.0)
    write(2 * DAY, Event.JOB_ENDED, other, job=6, detail=End.NEVER_CLOSED)
    third, _ = story.served(530.0, 0.0, 4.0)
    write(550.0, Event.BOOKED, third, job=7)
    write(560.0, Event.JOB_ENDED, third, job=7, detail=End.CANCELLED)
    write(570.0, Event.BOOKED, third, job=8)
    write(2 * DAY, Event.JOB_ENDED, third, job=8, detail=End.UNFINISHED_AT_HORIZON)
    return story


def test_a_job_is_completed_by_the_visit_that_needs_no_other() -> None:
    """Completed, closed, cancelled and open jobs, visits and return visits are counted once each."""
    found = measure(job_day().run())
    assert (found["jobs_booked"], found["jobs_completed"], found["jobs_closed"]) == (4, 2, 1)
    assert (found["jobs_cancelled"], found["jobs_never_closed"], found["jobs_unfinished_at_horizon"]) == (1, 1, 1)
    assert (found["visits"], found["return_visits"]) == (3, 1)
    assert found["return_share"] == pytest.approx(1 / 3)
    assert (found["unclosed"], found["unbilled_jobs"], found["jobs_open_at_end"]) == (1, 1, 2)
    assert found["visits_per_technician_day"] == 1.5
    assert found["jobs_per_technician_week"] == 5.0
    assert found["billable_h_per_technician_day"] == pytest.approx(150 / 60 / 2)
    assert found["satisfaction_mean"] == 0.8


def test_promises_are_kept_where_the_word_came_first() -> None:
    """Two of three visits were on time; one of two jobs that were late or moved was told first."""
    found = measure(job_day().run())
    assert found["on_time_share"] == pytest.approx(2 / 3)
    assert (found["promises_due"], found["promises_kept"]) == (2, 1)
    assert found["promises_kept_share"] == 0.5


def test_the_relay_is_timed_from_the_hang_up() -> None:
    """Times run from the end of the booking talk (or the booking where there was none) to each station."""
    found = measure(job_day().run())
    assert found["time_hangup_to_board_min"] == pytest.approx(6.0)
    assert found["time_hangup_to_assignment_min"] == pytest.approx(10.0)
    assert found["time_hangup_to_door_h"] == pytest.approx((60 + DAY + 160) / 2 / 60)
    assert found["time_hangup_to_payment_d"] == pytest.approx((DAY + 156) / DAY)
    assert found["time_hangup_to_close_h"] == pytest.approx((DAY + 196) / 60)


def test_jobs_count_when_they_happen() -> None:
    """Of a job booked in the warm-up its completion in the window counts, and its time from the hang-up on."""
    story = job_day()
    story.warmup_days, story.days = 1, 1
    found = measure(story.run())
    assert (found["jobs_booked"], found["jobs_completed"], found["jobs_closed"]) == (0, 2, 1)
    assert math.isnan(found["time_hangup_to_board_min"])
    assert found["time_hangup_to_close_h"] == pytest.approx((DAY + 196) / 60)
    assert found["jobs_open_at_end"] == 2


def test_the_hours_of_technicians() -> None:
    """Travel, waiting for the desk, time in vain and the billable share come from stints and pay."""
    story = Story()
    story.ledger.write(480.0, Event.CAME, person=2, detail=1)
    story.spent(2, Spent.TRAVEL, 480.0, 510.0)
    story.spent(2, Spent.WAIT_FOR_DESK, 510.0, 525.0)
    story.spent(2, Spent.FUTILE, 530.0, 542.0)
    story.ledger.write(700.0, Event.WORK_DONE, 0, job=1, visit=1, person=2, detail=90.0)
    story.ledger.write(960.0, Event.PAID, person=2, detail=450.0)
    story.ledger.write(960.0, Event.PAID, person=0, detail=450.0)  # no technician
    found = measure(story.run())
    assert found["travel_h"] == 0.5
    assert found["technician_wait_for_desk_h"] == 0.25
    assert found["technician_wait_for_desk_h_per_technician_day"] == 0.25
    assert found["hours_technician"] == pytest.approx(42 / 60)
    assert found["visits_in_vain"] == 1
    assert found["billable_share"] == pytest.approx(90 / 450)


def test_what_a_drained_run_closes_later_is_not_of_the_window() -> None:
    """A job closed after the end of the window is open at the end, and not among those closed."""
    story = job_day()
    story.days = 1
    found = measure(story.run())
    assert (found["jobs_closed"], found["jobs_completed"], found["jobs_cancelled"]) == (0, 0, 1)
    assert found["jobs_open_at_end"] == 3


# Batons and the manager


def test_batons_are_counted_by_hand_off_field_and_channel() -> None:
    """Passed, dropped, lacking and found batons are told apart by hand-off, missing field and channel."""
    story = Story()
    root = story.root(type=0)
    write = story.ledger.write
    for baton, handoff in enumerate([Handoff.BOOKING, Handoff.BOOKING, Handoff.BRIEF, Handoff.CLOSE]):
        write(500.0 + baton, Event.PASSED, root, job=1, baton=baton, person=0, detail=handoff)
    write(505.0, Event.PICKED_UP, root, job=1, baton=0, person=1, detail=5.0)
    write(505.0, Event.LACKED, root, job=1, baton=0, detail=1 << Missing.ADDRESS | 1 << Missing.PAYMENT)
    write(506.0, Event.DROPPED, root, job=1, baton=1, person=0, detail=Handoff.BOOKING)
    write(507.0, Event.DROPPED, root, job=1, baton=2, person=1, detail=Handoff.BRIEF)
    write(508.0, Event.DROPPED, root, job=1, baton=9, person=1, detail=Handoff.REPORT)  # never passed at all
    write(566.0, Event.FOUND, root, job=1, baton=1, detail=Channel.CUSTOMER)
    write(1440.0, Event.FOUND, root, job=1, baton=2, detail=Channel.NEVER)
    for baton, fate in enumerate([Fate.TAKEN, Fate.DROPPED_FOUND, Fate.DROPPED_NEVER_FOUND, Fate.OPEN_AT_HORIZON]):
        write(1440.0, Event.BATON_ENDED, root, job=1, baton=baton, detail=fate)
    write(1440.0, Event.BATON_ENDED, root, job=1, baton=9, detail=Fate.DROPPED_NEVER_FOUND)
    run = story.run()
    found = measure(run)
    assert (found["batons_passed"], found["batons_dropped"]) == (4, 3)
    assert (found["batons_passed_booking"], found["batons_dropped_booking"], found["batons_dropped_report"]) == (
        2,
        1,
        1,
    )
    assert found["batons_dropped_share"] == pytest.approx(3 / 5)
    assert (found["batons_lacking_address"], found["batons_lacking_need"], found["batons_lacking_payment"]) == (1, 0, 1)
    assert (found["batons_found_by_customer"], found["batons_found_by_audit"]) == (1, 0)
    assert found["batons_found_by_never"] == 2
    assert found["batons_noticed_after_h"] == 1.0
    assert found["batons_in_the_air_min"] == 5.0
    assert (found["batons_fate_taken"], found["batons_fate_dropped_never_found"]) == (1, 2)
    assert sum(found[f"batons_fate_{fate.name.lower()}"] for fate in Fate) == 5
    assert split(run, "person")["Ben"]["batons_dropped"] == 2


def test_what_the_manager_did() -> None:
    """Minutes screened are those of phone hours in the window, also if screening never ends; the rest is counted."""
    story = Story(warmup_days=1)
    write = story.ledger.write
    write(1400.0, Event.SCREEN_ON)
    write(1960.0, Event.SCREEN_OFF)
    write(2000.0, Event.LADDER_UP, detail=1)
    write(2000.0, Event.DUTY_UNDONE, detail=90.0)
    write(2000.0, Event.COMPLAINT_SAVED, 0)
    write(2360.0, Event.SCREEN_ON)
    found = measure(story.run())
    assert found["screened_min"] == 140.0
    assert (found["ladder_ups"], found["duties_undone_h"], found["complaints_saved"]) == (1, 1.5, 1)


# Splits


attempt = st.tuples(st.integers(0, 1439), st.integers(0, 2), st.integers(0, 2), st.booleans())


@given(st.lists(attempt, max_size=30))
def test_the_rows_of_a_split_add_up(told: list[tuple[int, int, int, bool]]) -> None:
    """Attempts by type, by hour and by tier add up to all, and answered ones by person and by group to all answered."""
    story = Story()
    for minute, type_, tier, answered in told:
        if answered:
            root, _ = story.served(float(minute), 1.0, 2.0, type_=type_, person=type_)
        else:
            root, _ = story.ends(float(minute), Outcome.ABANDONED, 1.0, type_=type_)
        story.roots[root]["tier"] = tier
    tables = Tables(story.run())
    whole = measure(tables)
    by_hour = split(tables, "hour")
    for hour in (0, 9, 23):
        rang = [minute for minute, *_ in told if minute // 60 == hour]
        assert by_hour[f"{hour:02d}:00"]["calls_offered"] == len(rang)
    for by in ("type", "hour", "tier"):
        rows = split(tables, by).values()
        for key in ("calls_offered", "calls_abandoned", "calls_answered", "callers_offered", "calls_lead"):
            assert sum(row[key] for row in rows) == whole[key]
    for by in ("person", "group"):
        assert sum(row["calls_answered"] for row in split(tables, by).values()) == whole["calls_answered"]
    rows = split(tables, "type")
    assert sum(row["queue_mean"] for row in rows.values()) == pytest.approx(whole["queue_mean"])


def test_rows_are_labelled_by_name() -> None:
    """Rows bear the names of types, groups, people, hours, tiers and jobs, and hold what makes sense for them."""
    tables = Tables(job_day().run())
    assert list(split(tables, "type")) == list(TYPES)
    assert list(split(tables, "group")) == ["csrs", "desk", "technicians"]
    assert list(split(tables, "person")) == ["Ann", "Ben", "Tom"]
    assert list(split(tables, "hour"))[8:10] == ["08:00", "09:00"]
    assert list(split(tables, "tier")) == ["has to love you", "has to like you", "not so much"]
    assert list(split(tables, "job")) == ["repair", "drain"]
    assert "calls_offered" not in split(tables, "person")["Ann"]
    assert "payroll" not in split(tables, "type")["new"]
    assert split(tables, "person")["Tom"]["jobs_completed"] == 2


def test_jobs_split_by_the_type_of_job() -> None:
    """What is about a need goes to the row of the need's job type."""
    story = job_day()
    for root, job_type in enumerate((0, 1, 1)):
        story.roots[root]["job_type"] = job_type
    rows = split(story.run(), "job")
    assert (rows["repair"]["jobs_booked"], rows["drain"]["jobs_booked"]) == (1, 3)
    assert (rows["repair"]["revenue"], rows["drain"]["revenue"]) == (400.0, 0.0)
    assert (rows["repair"]["jobs_open_at_end"], rows["drain"]["jobs_open_at_end"]) == (0, 2)


def test_an_unknown_split_is_refused_by_name() -> None:
    """Splitting by what does not exist says what does."""
    with pytest.raises(ValueError, match=r"'weather'.*type, group, person, hour, tier, job"):
        split(Story().run(), "weather")
