"""What was to be expected has the mean of what came of it, part by part, and hangs on no luck of its own."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.distributions import Distribution
from sim.kpis import measure
from sim.ledger import Run
from sim.relay import Event, Loss
from sim.run import simulate
from sim.scenarios import load
from sim.shop.expected import expected_cents, in_all, on_site_chance, sale_chance
from sim.shop.jobs import Replacement
from sim.shop.scenario import Scenario
from sim.streams import Address, Draw

Floats = NDArray[np.float64]
_TIME, _EVENT, _JOB, _CAUSE, _DETAIL = 0, 1, 4, 8, 9
EXPECTED = (Event.EXPECTED_REVENUE, Event.EXPECTED_MATERIALS, Event.EXPECTED_BAD_DEBT)
#: a shop in which everything that can happen to a bill or a quote happens often
LITTLE = [
    "horizon.days=75", "horizon.warmup_days=3", "calls.per_day=6", "duties.minutes_per_day=0",
    "jobs.types.hvac_repair.quote_share=0.5", "jobs.types.estimate.share=0.5", "jobs.return_share=0.3",
    "jobs.replacement.sold_share=0.25", "jobs.replacement.best_share=0.6", "jobs.replacement.follow_up_chance=0.5",
    "prices.bad_debt_share=0.3", "prices.pays_at_door_if_asked=0.5", "prices.pays_at_door=0.3",
    "prices.invoice_days.mean=4", "handoffs.baited_share=0.3", "handoffs.booking.drop_between=0.3",
    "handoffs.booking.drop_to_self=0.3", "handoffs.booking.customer_notices=0.9", "handoffs.close.drop_to_self=0.1",
    "satisfaction.dispute_chance=0.5", "satisfaction.defused_by_rapport=0.2", "satisfaction.referral_chance=0.2",
]  # fmt: skip
PARTS = ("contribution", "service", "on site", "follow-up", "materials", "bad debt")


def little(*more: str) -> Scenario:
    """One person in the office and two technicians with unlike gifts, six calls a day."""
    return load("one_person_office", [*LITTLE, *more]).scenario


def parts(run: Run) -> list[float]:
    """Realised less expected, in money: in all, and part by part."""
    found = measure(run)
    return [
        found["contribution"] - found["contribution_expected"],
        _service(run),
        _sales(run, Event.QUOTED),
        _sales(run, Event.FOLLOWED_UP),
        found["materials"] - found["materials_expected"],
        found["bad_debt"] - found["bad_debt_expected"],
    ]


def _expected(run: Run) -> dict[tuple[float, float], list[float]]:
    """Details of the rows of expected revenue, by job and time, in the order in which they were written."""
    found: dict[tuple[float, float], list[float]] = {}
    for row in run.ledger.of(Event.EXPECTED_REVENUE).tolist():
        found.setdefault((row[_JOB], row[_TIME]), []).append(row[_DETAIL])
    return found


def _service(run: Run) -> float:
    """Tickets less their expectation, of the jobs that sold no replacement."""
    sold = set(run.ledger.of(Event.SOLD)[:, _JOB].tolist())
    expected = _expected(run)
    bills = [row for event in (Event.PAID_AT_DOOR, Event.INVOICED) for row in run.ledger.of(event).tolist()]
    cents = [row[_DETAIL] - expected[row[_JOB], row[_TIME]][-1] for row in bills if row[_JOB] not in sold]
    return sum(cents) / 100.0


def _sales(run: Run, decided: Event) -> float:
    """Prices of the replacements that were sold at one kind of moment, less the chance times the expected price."""
    price = expected_cents(run.scenario.jobs.replacement.ticket)
    sold = {(row[_JOB], row[_TIME]): row[_DETAIL] for row in run.ledger.of(Event.SOLD).tolist()}
    expected = _expected(run)
    cents = 0.0
    for row in run.ledger.of(decided).tolist():
        moment = row[_JOB], row[_TIME]
        cents -= expected[moment][0]  # the chance less what it came to, times the price
        cents += sold[moment] - price if moment in sold else 0.0
    return cents / 100.0


@cache
def differences() -> Floats:
    """Realised less expected of 200 replications, one column a part."""
    scenario = little()
    return np.array([parts(simulate(scenario, 3, n)) for n in range(200)])


def in_standard_errors(values: Floats) -> float:
    """How many standard errors the mean of values is away from 0."""
    return float(values.mean() / (values.std(ddof=1) / np.sqrt(len(values))))


@pytest.mark.slow
@pytest.mark.parametrize("part", PARTS)
def test_the_expected_is_unbiased(part: str) -> None:
    """Over 200 little shops the mean of realised less expected is within 3.5 standard errors of 0, in all and by part."""
    column = differences()[:, PARTS.index(part)]
    assert column.std() > 0.0
    assert abs(in_standard_errors(column)) < 3.5


def test_the_expected_is_unbiased_over_some_shops() -> None:
    """Over 40 little shops no part of realised less expected is 3.5 standard errors away from 0."""
    scenario = little()
    found = np.array([parts(simulate(scenario, 5, n)) for n in range(40)])
    assert {part: z for part, z in zip(PARTS, map(in_standard_errors, found.T), strict=True) if abs(z) > 3.5} == {}


def test_the_little_shop_has_everything() -> None:
    """In the little shop quotes are sold on site and later, bills go unpaid and are refused, saves and baits cost."""
    scenario = little()
    runs = [simulate(scenario, 5, n) for n in range(6)]
    for event in (
        Event.SOLD, Event.FOLLOWED_UP, Event.UNCOLLECTED, Event.BILL_REFUSED, Event.DISCOUNT, Event.COMPLAINT_SAVED,
        Event.RETURN_NEEDED, Event.LOSS + Loss.SALE_NOT_MADE, *EXPECTED,
    ):  # fmt: skip
        assert any(len(run.ledger.rows(event)) for run in runs), event


# It hangs on no luck of its own, and neither does anything else.

_MONEY = {
    Event.COLLECTED, Event.DISCOUNT, Event.UNCOLLECTED, Event.UNBILLED, Event.MATERIALS, Event.PAID_AT_DOOR,
    Event.INVOICED, Event.INVOICE_PAID, Event.BILL_REFUSED, Event.QUOTED, Event.SOLD,
    *(Event.LOSS + loss for loss in Loss),
}  # fmt: skip


def course(run: Run, *without: Event) -> list[list[float]]:
    """The ledger without the rows of realised money; what caused a row is left out, as rows are counted."""
    table = run.ledger.table
    kept = ~np.isin(table[:, _EVENT], sorted({*map(int, _MONEY), *map(int, without)}))
    return [row.tolist() for row in np.delete(table[kept], _CAUSE, axis=1)]


@pytest.mark.parametrize(
    ("draw", "without"),
    [
        (Draw.TICKET, ()), (Draw.REPLACEMENT, ()), (Draw.BAD_DEBT, ()),
        (Draw.DISPUTE, (Event.EXPECTED_BAD_DEBT,)), (Draw.PAY_DELAY, (Event.EXPECTED_BAD_DEBT,)),
    ],
    ids=lambda value: value.name.lower() if isinstance(value, Draw) else "",
)  # fmt: skip
@pytest.mark.parametrize("u", [0.0, 0.999])
def test_no_event_reads_the_luck_of_a_bill(draw: Draw, without: tuple[Event, ...], u: float) -> None:
    """With other tickets, prices, bad debts, refusals and delays, all that happens and is expected stays as it was."""
    scenario = little()
    run = simulate(scenario, 5)
    overrides = {}
    for key in run.roots.key[run.roots.parent < 0].tolist():
        overrides[int(Address.ROOT), key >> 40 << 32 | key >> 20 & 0xFFFFF, key & 0xFFFFF, int(draw)] = u
    other = simulate(scenario, 5, overrides=overrides)
    assert other.digest() != run.digest()
    assert course(other, *without) == course(run, *without)


# By hand.


def _replacement(**said: Any) -> Replacement:
    return Replacement(ticket=Distribution(family="fixed", mean=10_000.0), **said)


def test_a_sale_s_chances_add_up() -> None:
    """The chances on site and of a follow-up, given that it was not sold on site, make up the share of the best."""
    replacement = _replacement(sold_share=0.2, best_share=0.5)
    on_site = on_site_chance(1.0, replacement)
    assert on_site == 0.4
    first = sale_chance(on_site, 0.0, replacement)
    later = sale_chance(in_all(on_site, 0.25), on_site, replacement)
    assert first == pytest.approx(0.2)
    assert first + (1 - first) * later == pytest.approx(0.5 * (0.4 + 0.6 * 0.25))
    assert later == pytest.approx(0.5 * 0.15 / 0.8)


def test_a_poorer_seller_s_visit_cannot_undo_or_add_a_sale() -> None:
    """Where the follow-up goes by a technician who sells less than the one who quoted, its chance may be none."""
    replacement = _replacement(sold_share=0.2, best_share=0.5)
    assert sale_chance(in_all(0.2, 0.1), 0.4, replacement) == 0.0
    assert sale_chance(1.0, 1.0, _replacement(best_share=1.0)) == 0.0
    assert on_site_chance(1.0, _replacement(best_share=0.0)) == 0.0


@pytest.mark.slow
def test_the_expected_varies_less(capsys: pytest.CaptureFixture[str]) -> None:
    """Over 60 quarters of the base shop the expected varies less than the realised (printed, for pairs of plans too)."""
    plans = {plan: load(plan, ["horizon.days=91"]).scenario for plan in ("combined", "separate")}
    keys = ("contribution", "contribution_expected")
    columns: dict[str, list[list[float]]] = {plan: [] for plan in plans}
    for replication in range(60):
        for plan, scenario in plans.items():
            found = measure(simulate(scenario, 7, replication))
            columns[plan].append([found[key] for key in keys])
    told = {plan: np.array(column) for plan, column in columns.items()}
    told["combined - separate"] = told["combined"] - told["separate"]
    ratios = {}
    with capsys.disabled():
        print("\ncontribution of a quarter, 60 replications: sd realised, sd expected, ratio of variances")
        for name, values in told.items():
            realised, expected = values.std(axis=0, ddof=1)
            ratios[name] = (realised / expected) ** 2
            print(f"  {name}: {realised:.0f}, {expected:.0f}, {ratios[name]:.2f}")
    assert ratios["combined"] > 1.0
    assert ratios["separate"] > 1.0
