"""Every cent of a potential is somewhere once, and the income statement is what a bookkeeper would write."""

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.kpis import KPIS, Tables, first_last, measure, split
from sim.kpis.view import View
from sim.kpis.weeks import Weeks
from sim.ledger import Ledger, PersonRecord, Roots, Run
from sim.relay import Channel, Event, Handoff, Hat, Loss, Outcome, Spent
from sim.run import simulate
from sim.scenarios import load
from sim.shop.callers import Calls, CallType, Horizon
from sim.shop.jobs import Jobs, JobType
from sim.shop.prices import Prices
from sim.shop.scenario import Scenario

DAY = 1440.0
PARTS = {"collected": Event.COLLECTED, "loss_discounts": Event.DISCOUNT, "loss_uncollected": Event.UNCOLLECTED}
PARTS |= {"loss_unbilled": Event.UNBILLED}
CAUSES = {f"loss_{loss.name.lower()}": Event.LOSS + loss for loss in Loss}
ANN = PersonRecord(0, "Ann", "csrs", (Hat.CSR,), 20.0, False, True)
TOM = PersonRecord(1, "Tom", "technicians", (Hat.TECHNICIAN,), 30.0, True, False)


@dataclass
class Books:
    """Needs and what became of their money, in cents; 73 days are a fifth of a year."""

    days: int = 73
    warmup_days: int = 0
    prices: dict[str, float] = field(default_factory=dict)
    rows: list[tuple[float, ...]] = field(default_factory=list)
    roots: list[dict[str, Any]] = field(default_factory=list)

    def need(self, born: float = 0.0, **known: Any) -> int:
        """A need whose potential is what its parts add up to, unless it is said."""
        self.roots.append({"born": born, **known})
        return len(self.roots) - 1

    def ends(self, parts: dict[int, int], born: float = 0.0, settled: float = 1e5, **known: Any) -> int:
        """A need with its parts, by event code."""
        root = self.need(born, **{"potential": sum(parts.values()), **known})
        for event, cents in parts.items():
            self.write(settled, event, root, detail=cents)
        return root

    def write(self, time: float, event: int, root: int = -1, **more: float) -> int:
        """Tell an event, in any order; what is returned can be told as the ``cause`` of another."""
        columns = {"call": -1, "job": -1, "visit": -1, "baton": -1, "person": -1, "cause": -1, "detail": 0.0} | more
        self.rows.append((time, event, root, *columns.values()))
        return len(self.rows) - 1

    def run(self) -> Run:
        ledger = Ledger()
        order = sorted(range(len(self.rows)), key=lambda n: self.rows[n][0])
        place = {told: n for n, told in enumerate(order)} | {-1: -1}
        for told in order:
            *row, cause, detail = self.rows[told]
            ledger.write(*row, cause=place[int(cause)], detail=detail)  # type: ignore[arg-type]
        types = {"new": CallType(purpose="lead", pays_marketing=True), "repeat": CallType(purpose="lead")}
        scenario = Scenario(
            horizon=Horizon(days=self.days, warmup_days=self.warmup_days),
            calls=Calls(types=types),
            jobs=Jobs(types={"repair": JobType(share=1.0, trade="hvac")}),
            prices=Prices(**self.prices),
        )
        stop = (self.warmup_days + self.days) * DAY
        return Run(scenario, 1, 0, ledger.columns(), self._table(), (ANN, TOM), stop)

    def _table(self) -> Roots:
        def whole(name: str, default: int = 0) -> Any:
            return np.array([root.get(name, default) for root in self.roots], dtype=np.int64)

        n = len(self.roots)
        return Roots(
            id=np.arange(n),
            key=np.arange(n, dtype=np.uint64),
            type=whole("type"),
            born=np.array([root["born"] for root in self.roots], dtype=np.float64),
            potential=whole("potential"),
            job_type=whole("job_type"),
            tier=whole("tier"),
            recorded_tier=whole("tier"),
            parent=whole("parent", -1),
            attempts=whole("attempts", 1),
            waited=np.zeros(n),
            first_cause=whole("first_cause", -1),
            forgotten=np.zeros(n, dtype=np.bool_),
            collected=whole("collected"),
            discount=whole("discount"),
            uncollected=whole("uncollected"),
            unbilled=whole("unbilled"),
        )


# The balance


amounts = st.dictionaries(st.sampled_from(sorted((PARTS | CAUSES).values())), st.integers(0, 10**9), max_size=6)
need = st.tuples(amounts, st.integers(0, 1), st.integers(0, 2), st.sampled_from([-1, 0]))


@given(st.lists(need, max_size=20))
def test_the_waterfall_balances_to_the_cent(told: list[tuple[dict[int, int], int, int, int]]) -> None:
    """Whatever becomes of the needs, each part is the sum of its cents and potential less all parts is exactly 0."""
    books = Books()
    for parts, type_, tier, parent in told:
        books.ends(parts, type=type_, tier=tier, parent=parent)
    tables = Tables(books.run())
    found = measure(tables)
    assert found["waterfall_gap"] == found["waterfall_gap_referred"] == 0.0
    for key, event in (PARTS | CAUSES).items():
        assert found[key] == sum(parts.get(event, 0) for parts, _, _, parent in told if parent < 0) / 100
    assert found["potential"] == sum(sum(parts.values()) for parts, _, _, parent in told if parent < 0) / 100
    for by in ("type", "tier", "job", "hour"):
        rows = split(tables, by).values()
        assert all(row["waterfall_gap"] == 0.0 for row in rows)
        for key in ("potential", "collected", "lost_referred"):
            assert sum(round(row[key] * 100) for row in rows) == round(found[key] * 100)


def test_a_cent_that_is_nowhere_shows() -> None:
    """If a cent of a potential went nowhere, the gap is that cent, and it is negative if a cent is there twice."""
    books = Books()
    books.ends({Event.COLLECTED: 500, Event.LOSS + Loss.SALE_NOT_MADE: 499}, potential=1000)
    assert measure(books.run())["waterfall_gap"] == 0.01
    books.ends({Event.COLLECTED: 502}, potential=500, parent=0)
    found = measure(books.run())
    assert (found["waterfall_gap"], found["waterfall_gap_referred"]) == (0.01, -0.02)


def test_every_cause_has_its_part() -> None:
    """There is one loss for each cause that a root's money can be put down to, and no other key begins like them."""
    base = {key for key in KPIS if key.startswith("loss_") and not key.endswith("_per_year")}
    assert base == {*CAUSES, "loss_discounts", "loss_uncollected", "loss_unbilled"}


def test_many_small_amounts_add_up_exactly() -> None:
    """Ten thousand times 10 cents are exactly 1,000, where sums of floats would drift."""
    books = Books()
    for _ in range(10_000):
        books.ends({Event.COLLECTED: 10})
    assert measure(books.run())["collected"] == 1000.0


def test_the_waterfall_goes_by_birth() -> None:
    """A root born in the window keeps all its money, whenever that moved, and one of the warm-up brings none."""
    books = Books(warmup_days=10, days=5)
    books.ends({Event.COLLECTED: 100}, born=9 * DAY, settled=11 * DAY)
    books.ends({Event.COLLECTED: 200}, born=10 * DAY, settled=99 * DAY)
    books.ends({Event.COLLECTED: 400}, born=15 * DAY, settled=99 * DAY)
    found = measure(books.run())
    assert (found["potential"], found["collected"]) == (2.0, 2.0)


def test_referred_needs_are_shown_apart() -> None:
    """What a referral brought is no part of the fresh potential and has a balance of its own."""
    books = Books()
    books.ends({Event.COLLECTED: 1000, Event.LOSS + Loss.NO_SLOT: 50})
    books.ends({Event.COLLECTED: 300, Event.DISCOUNT: 20, Event.LOSS + Loss.ABANDONED: 7}, parent=0)
    found = measure(books.run())
    assert (found["potential"], found["collected"], found["loss_abandoned"]) == (10.5, 10.0, 0.0)
    assert (found["potential_referred"], found["collected_referred"], found["lost_referred"]) == (3.27, 3.0, 0.27)


def test_the_causes_taken_together_are_all_that_was_not_collected() -> None:
    """Not reached, not booked, lost after booking and still open share out every part but the collected."""
    books = Books()
    for n, event in enumerate((PARTS | CAUSES).values()):
        books.ends({event: 100 + n})
    found = measure(books.run())
    together = ("lost_not_reached", "lost_not_booked", "lost_after_booking", "lost_still_open")
    assert sum(found[key] for key in together) == pytest.approx(found["potential"] - found["collected"])
    assert found["collected_share"] == pytest.approx(found["collected"] / found["potential"])


def test_a_lost_baton_takes_its_money_by_hand_off() -> None:
    """A booking takes what was lost to a baton unless a report or close was given up; together it is what was lost."""
    books = Books()
    books.ends({Event.LOSS + Loss.LOST_BATON: 100})
    saved = books.ends({Event.COLLECTED: 5000})
    for n, (handoff, cents) in enumerate([(Handoff.REPORT, 20), (Handoff.CLOSE, 300), (Handoff.BOOKING, 4000)]):
        root = books.ends({Event.UNBILLED: cents, Event.LOSS + Loss.LOST_BATON: 1})
        books.write(10.0, Event.DROPPED, root, baton=n, detail=handoff)
        books.write(20.0, Event.FOUND, root, baton=n, detail=Channel.NEVER)
    books.write(10.0, Event.DROPPED, saved, baton=9, detail=Handoff.CLOSE)
    books.write(20.0, Event.FOUND, saved, baton=9, detail=Channel.AUDIT)
    found = measure(books.run())
    lost = {handoff: found[f"lost_to_{handoff.name.lower()}_baton"] for handoff in Handoff}
    assert lost == {
        Handoff.BOOKING: 41.01, Handoff.BRIEF: 0.0, Handoff.UPDATE: 0.0, Handoff.REPORT: 0.21, Handoff.CLOSE: 3.01,
    }  # fmt: skip
    assert sum(lost.values()) == pytest.approx(found["loss_lost_baton"] + found["loss_unbilled"])


def test_callers_are_lost_when_they_were_not_reached() -> None:
    """Lost callers have a potential and were last not reached; who still tries or could not be won is not lost."""
    books = Books()
    for cause, potential in [(Loss.ABANDONED, 5), (Loss.AFTER_HOURS, 5), (Loss.OPEN_RETRYING, 5), (Loss.NO_SLOT, 5)]:
        books.ends({Event.LOSS + cause: potential})
    books.ends({Event.LOSS + Loss.BALKED: 0})
    assert measure(books.run())["callers_lost"] == 2


def test_first_causes_cross_with_where_the_money_went() -> None:
    """The table puts each root's parts into the row of its first failure, and its columns add up to the KPIs."""
    books = Books()
    books.ends({Event.COLLECTED: 900, Event.DISCOUNT: 100}, first_cause=Loss.ABANDONED)
    books.ends({Event.LOSS + Loss.CANCELLED: 400}, first_cause=Loss.ABANDONED)
    books.ends({Event.LOSS + Loss.CANCELLED: 300}, first_cause=Loss.CANCELLED)
    books.ends({Event.COLLECTED: 250})
    books.ends({Event.COLLECTED: 1}, parent=0)
    run = books.run()
    table = first_last(run)
    assert list(table) == ["none", "abandoned", "cancelled"]
    assert table["abandoned"] | {"collected": 9.0, "discounts": 1.0, "cancelled": 4.0} == table["abandoned"]
    found = measure(run)
    for column in table["none"]:
        key = column if column == "collected" else f"loss_{column}"
        assert sum(row[column] for row in table.values()) == pytest.approx(found[key])


# The income statement


def billed() -> Books:
    """One need pays 400 at the door; one is invoiced 600 and pays; of 500 invoiced another never pays 500."""
    books = Books(prices={"burden": 1.25, "truck_per_year": 10_000.0, "seat_per_year": 1_000.0})
    for _ in range(3):
        books.need(type=0)
    books.write(1000.0, Event.PAID_AT_DOOR, 0, detail=40_000)
    books.write(1000.0, Event.INVOICED, 1, detail=60_000)
    books.write(1000.0, Event.SOLD, 1, detail=45_000)
    books.write(9000.0, Event.INVOICE_PAID, 1, detail=60_000)
    bill = books.write(2000.0, Event.INVOICED, 2, detail=50_000)
    books.write(73 * DAY + 5.0, Event.UNCOLLECTED, 2, cause=bill, detail=50_000)  # found out after the window
    books.write(1000.0, Event.MATERIALS, 0, detail=8_000)
    books.write(960.0, Event.PAID, person=0, detail=480.0)
    books.write(960.0, Event.PAID, person=1, detail=450.0)
    books.write(980.0, Event.OVERTIME, person=1, detail=20.0)
    books.write(480.0, Event.CAME, person=0, detail=1)
    return books


def test_the_income_statement() -> None:
    """Revenue is what was billed, cash what was paid, and contribution is revenue less each cost named."""
    found = measure(billed().run())
    assert (found["revenue"], found["cash"]) == (1500.0, 1000.0)
    assert (found["revenue_replacement"], found["revenue_service"]) == (450.0, 1050.0)
    assert (found["bad_debt"], found["materials"]) == (500.0, 80.0)
    assert found["overtime_cost"] == 18.75  # 20 min of 30 an hour, times 1.5 and 1.25
    assert found["payroll"] == (8 * 20 + 7.5 * 30) * 1.25 + 18.75
    assert found["trucks_and_seats"] == (10_000 + 1_000) / 5
    assert found["marketing"] == 3 * 55.0
    costs = ("bad_debt", "materials", "payroll", "trucks_and_seats", "marketing", "answering_service_cost")
    assert found["contribution"] == pytest.approx(1500 - sum(found[cost] for cost in costs))
    assert found["contribution_per_year"] == pytest.approx(found["contribution"] * 5)


def test_money_a_head() -> None:
    """Revenue stands beside the shifts of those who wear the csr hat and beside the technicians."""
    found = measure(billed().run())
    assert found["revenue_per_csr_shift"] == 1500.0
    assert found["revenue_per_csr_year"] == pytest.approx(7500.0)
    assert found["revenue_per_technician_year"] == pytest.approx(7500.0)
    books = billed()
    books.ends({Event.LOSS + Loss.BALKED: 1000, Event.LOSS + Loss.NO_SHOW: 500})
    assert measure(books.run())["lost_per_csr_shift"] == 10.0


def test_income_goes_by_time() -> None:
    """What was billed or paid in the warm-up or after the end is no income of the window, whoever's need it was."""
    books = billed()
    books.warmup_days, books.days = 1, 72
    found = measure(books.run())
    assert (found["revenue"], found["cash"], found["payroll"]) == (500.0, 600.0, 0.0)


def test_bad_debt_goes_by_the_invoice() -> None:
    """What is written off or refused counts for the window in which its invoice was written, whenever it is found."""
    books = Books(warmup_days=1)
    before, within = (books.write(day * DAY + 5.0, Event.INVOICED, books.need(), detail=300) for day in (0, 1))
    other = books.write(2 * DAY, Event.INVOICED, books.need(), detail=250)
    books.write(3 * DAY, Event.BILL_REFUSED, 0, cause=before, detail=300)
    books.write(4 * DAY, Event.BILL_REFUSED, 1, cause=within, detail=300)
    books.write(99 * DAY, Event.UNCOLLECTED, 2, cause=other, detail=250)
    books.write(99 * DAY, Event.LOSS + Loss.DISPUTE, 1, detail=900)  # the rest of a potential is no bill
    assert measure(books.run())["bad_debt"] == 5.5


def test_the_expected_goes_by_its_own_rows() -> None:
    """Expected amounts count where they were written, bad debts for the window of their bill; other costs are the same."""
    books = billed()
    job = books.need(type=1)
    books.write(1500.0, Event.EXPECTED_REVENUE, job, detail=40_000.5)
    books.write(1500.0, Event.EXPECTED_REVENUE, job, detail=-1_000.25)
    books.write(1500.0, Event.EXPECTED_MATERIALS, job, detail=10_000.0)
    bill = books.write(1501.0, Event.INVOICED, job, detail=1)
    books.write(90 * DAY, Event.EXPECTED_BAD_DEBT, job, cause=bill, detail=2_000.0)
    books.write(90 * DAY, Event.EXPECTED_REVENUE, job, detail=77.0)  # after the window
    found = measure(books.run())
    assert found["revenue_expected"] == pytest.approx(390.0025)
    assert (found["materials_expected"], found["bad_debt_expected"]) == (100.0, 20.0)
    costs = ("payroll", "trucks_and_seats", "marketing", "answering_service_cost")
    assert found["contribution_expected"] == pytest.approx(270.0025 - sum(found[cost] for cost in costs))
    assert found["contribution_expected_per_year"] == pytest.approx(found["contribution_expected"] * 5)


# The bad week


def weekly(books: Books) -> list[float]:
    """The contribution of each whole week, in money."""
    x = View(Tables(books.run()))
    born = np.array([root["born"] for root in books.roots if root.get("type") == 0], dtype=np.float64)
    return [round(cents / 100.0, 6) for cents in Weeks(x).contribution(born).tolist()]


FREE = {"burden": 1.0, "truck_per_year": 0.0, "seat_per_year": 0.0, "marketing_per_lead": 10.0}


def test_a_week_has_what_was_billed_and_spent_in_it() -> None:
    """Bills, materials, leads and answered calls go by their time, a bad debt by its bill; odd days are left out."""
    books = Books(days=16, warmup_days=1, prices=FREE)
    first, second, rest = (DAY + 60.0, 8 * DAY, 15 * DAY)
    books.need(born=first, type=0)
    books.need(born=second, type=0)
    bill = books.write(first, Event.INVOICED, 0, detail=50_000)
    books.write(second, Event.PAID_AT_DOOR, 1, detail=30_000)
    books.write(second, Event.MATERIALS, 1, detail=4_000)
    books.write(second, Event.UNCOLLECTED, 0, cause=bill, detail=50_000)
    books.write(rest, Event.PAID_AT_DOOR, 1, detail=7_777)
    books.write(second + 5.0, Event.RANG, 1, call=4)
    books.write(second + 6.0, Event.CALL_ENDED, 1, call=4, detail=Outcome.ANSWERING_SERVICE)
    assert weekly(books) == [-10.0, 300.0 - 40.0 - 10.0 - 1.5]


def test_pay_goes_to_the_week_of_its_minutes() -> None:
    """A night shift at the turn of the week is paid for in both, its overtime too; a day away where it is written."""
    books = Books(days=14, prices=FREE)
    books.write(7 * DAY + 120.0, Event.PAID, person=0, detail=480.0)  # 20 an hour: 6 hours before, 2 after
    books.write(7 * DAY + 180.0, Event.OVERTIME, person=0, detail=60.0)
    books.write(7 * DAY, Event.PAID, person=1, detail=60.0)  # 30 an hour: all of it before
    books.write(10 * DAY, Event.ABSENT, person=1, detail=1)
    books.write(10 * DAY, Event.PAID, person=1, detail=480.0)
    assert weekly(books) == [-6 * 20.0 - 30.0, -2 * 20.0 - 30.0 - 8 * 30.0]


def test_the_bad_week_is_a_twentieth_from_below() -> None:
    """The 5 % quantile between the weeks' contributions; with fewer than four whole weeks there is none."""
    books = Books(days=35, prices=FREE)
    root = books.need(type=1)
    for week, cents in enumerate((5_000, 1_000, 4_000, 2_000, 3_000)):
        books.write(week * 7 * DAY, Event.PAID_AT_DOOR, root, detail=cents)
    assert measure(books.run())["contribution_week_p5"] == pytest.approx(12.0)
    assert weekly(books) == [50.0, 10.0, 40.0, 20.0, 30.0]
    books.days = 27
    assert math.isnan(measure(books.run())["contribution_week_p5"])


@pytest.mark.parametrize("plan", ["one_person_office", "screening"])
def test_weeks_add_up_to_the_window(plan: str) -> None:
    """In a run of whole weeks the weeks' contributions make up the contribution, but for cents rounded by person."""
    run = simulate(
        load(plan, ["horizon.days=28", "horizon.warmup_days=3", "phones.after_hours='answering_service'"]).scenario
    )
    x = View(Tables(run))
    leads = x.fresh & np.isin(run.roots.type, x.types_with(lambda kind: kind.pays_marketing))
    weeks = Weeks(x).contribution(run.roots.born[leads]) / 100.0
    found = measure(run)
    assert len(weeks) == 4
    assert found["answering_service_cost"] > 0.0
    assert weeks.sum() == pytest.approx(found["contribution"], abs=0.5)
    assert found["contribution_week_p5"] == pytest.approx(np.quantile(weeks, 0.05))


def test_marketing_is_burnt_on_leads_that_did_not_book() -> None:
    """Paid leads are fresh ones of types that pay marketing, told apart by whether anybody ever spoke to them."""
    books = Books(prices={"marketing_per_lead": 10.05})
    missed, spoken, booked, _, _ = (books.need(), books.need(), books.need(), books.need(type=1), books.need(parent=0))
    books.write(1.0, Event.RANG, missed, call=1)
    books.write(1.0, Event.RANG, spoken, call=2)
    books.write(1.0, Event.ANSWERED, spoken, call=2, person=0)
    books.write(1.0, Event.RANG, booked, call=3)
    books.write(1.0, Event.ANSWERED, booked, call=3, person=0)
    books.write(2.0, Event.BOOKED, booked, call=3, job=1)
    found = measure(books.run())
    assert found["marketing"] == 30.15
    assert (found["marketing_missed"], found["marketing_unbooked"]) == (10.05, 10.05)


def test_a_booking_by_the_answering_service_is_no_lead_missed() -> None:
    """A lead that only the answering service spoke to and booked is neither missed nor unbooked, and has its price."""
    books = Books()
    root = books.need()
    books.write(1.0, Event.RANG, root, call=1)
    books.write(3.0, Event.BOOKED, root, call=1, job=1)
    books.write(4.0, Event.CALL_ENDED, root, call=1, detail=Outcome.ANSWERING_SERVICE)
    found = measure(books.run())
    assert (found["marketing_missed"], found["marketing_unbooked"]) == (0.0, 0.0)
    assert found["answering_service_cost"] == 1.5


def test_a_return_visit_costs_the_technician_s_time() -> None:
    """Time on a job after a visit had left it unfinished is priced at wage and burden, inside payroll."""
    books = Books(prices={"burden": 1.0})
    books.need()
    books.write(600.0, Event.SPENT + Spent.ON_SITE, job=4, person=1, detail=60.0)
    books.write(600.0, Event.RETURN_NEEDED, 0, job=4, visit=1, person=1)
    books.write(2000.0, Event.SPENT + Spent.TRAVEL, job=4, person=1, detail=20.0)
    books.write(2060.0, Event.SPENT + Spent.ON_SITE, job=4, person=1, detail=40.0)
    books.write(2100.0, Event.SPENT + Spent.ON_SITE, job=5, person=1, detail=40.0)
    found = measure(books.run())
    assert found["return_visit_cost"] == 30.0
    assert found["payroll"] == 0.0


def test_nothing_to_divide_by_is_not_zero() -> None:
    """Without shifts or potential, money a shift and the share collected are NaN, while sums are 0."""
    found = measure(Books().run())
    assert math.isnan(found["revenue_per_csr_shift"])
    assert math.isnan(found["collected_share"])
    assert found["potential"] == found["revenue"] == found["payroll"] == 0.0
