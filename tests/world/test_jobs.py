"""From the board to the books: slots, visits, returns, quotes, invoices."""

from __future__ import annotations

import pytest

from sim.relay import Event
from sim.streams import Draw
from tests.world.little import story

SHOP = """
[people.ann]
hats = ["csr"]
[people.dora]
hats = ["dispatcher"]
[people.tom]
hats = ["technician"]
trades = ["hvac"]
"""
MORNING = '[slots]\nwindows = [{start = "08:00", end = "10:00"}]\n'
QUOTES = """
[jobs.types.repair]
quote_share = 1
[jobs.replacement]
ticket = {family = "fixed", mean = 10000}
half_life_days = {family = "fixed", mean = 2}
follow_up_after_h = 20
"""
MONEY = ("collected", "discount", "uncollected", "unbilled", "loss")


def test_a_job_that_nobody_can_do_today_is_booked_for_the_next_day() -> None:
    """Too late for the only window, the customer takes the next day's, and the board gives it then."""
    told = story(SHOP + MORNING, "09:00 lead", days=2)
    assert told.of("booked", "on_board", "arrived") == [
        "09:05 A booked ann",
        "09:07 A on_board dora",
        "1/08:15 A arrived tom -105",
    ]


def test_a_customer_who_would_not_wait_so_long_is_not_booked() -> None:
    """With a tolerance of no day the same lead is lost for want of a slot."""
    told = story(SHOP + MORNING + '[jobs.types.repair]\ntolerance_days = {family = "fixed", mean = 0}', "09:00 lead")
    assert told.of("not_booked", "loss", "booked") == ["09:05 A not_booked ann no_slot", "09:05 A loss no_slot 20000"]


def test_a_full_day_pushes_the_next_booking_to_the_next() -> None:
    """A day of 540 minutes holds one job of 420: the second is for tomorrow and the third for the day after."""
    text = (
        "[slots]\n"
        'windows = [{start = "08:00", end = "17:00"}]\n'
        "[jobs.types.repair]\n"
        'work_min = {family = "fixed", mean = 400}'
    )
    told = story(SHOP + text, "08:00 lead, 08:10 lead, 08:20 lead", days=3)
    assert told.of("arrived") == [
        "08:22 A arrived tom -518",
        "1/08:15 B arrived tom -525",
        "2/08:15 C arrived tom -525",
    ]


def test_a_job_that_does_not_fit_slips_to_the_next_day_with_a_word() -> None:
    """Nobody comes before the evening, so it is carried over, the desk tells the customer, and nobody was forgotten."""
    late = SHOP.replace('"hvac"]', '"hvac"]\nshifts = [{start = "16:30", end = "17:00"}]')
    text = late + '[slots]\nwindows = [{start = "15:30", end = "16:45"}]\n[desk]\nkeeps_tabs = true\n'
    text = text.replace('hats = ["dispatcher"]', 'hats = ["dispatcher"]\nshifts = [{start = "08:00", end = "17:30"}]')
    told = story(text, "09:00 lead")
    assert told.of("carried_over", "update_kept", "forgotten")[-2:] == [
        "17:00 A carried_over 1", "17:03 A update_kept dora",
    ]  # fmt: skip
    assert told.count("forgotten") == 0


def test_a_named_technician_is_kept_for_the_job() -> None:
    """Whoever was promised by name comes, though a colleague has been idle all the time."""
    text = SHOP.replace("[people.tom]", "[people.tom]\ncount = 2") + "[handoffs]\nnames_technician_share = 1\n"
    told = story(text, "09:00 lead, 09:20 lead", draws={n: {Draw.NAMED: 0.9} for n in (0, 1)})
    assert told.of("arrived") == ["09:22 A arrived tom 2 -158", "10:49 B arrived tom 2 -71"]


def test_skill_and_trade_are_hard_rules() -> None:
    """The job goes past an idle technician of another trade and one who is not skilled enough."""
    text = f"""{SHOP}
        [people.amy]
        hats = ["technician"]
        trades = ["plumbing"]
        [people.bea]
        hats = ["technician"]
        trades = ["hvac"]
        skill_level = 1
        [jobs.types.repair]
        skill_level = 2"""
    assert story(text, "09:00 lead").of("arrived") == ["09:22 A arrived tom -158"]


def test_a_job_that_needs_another_visit_comes_again() -> None:
    """The return visit is on the next day, takes its share of the work, and only then the job is paid and closed."""
    told = story(f"{SHOP}[jobs]\nreturn_share = 0.5\nreturn_work_share = 0.5\n", "09:00 lead", days=2,
                 draws={0: {Draw.RETURN: 0.4}}, seed=2)  # fmt: skip
    assert told.of("return_needed", "job_ended", "collected") == [
        "10:32 A return_needed tom", "1/08:55 A collected 20000", "1/09:00 A job_ended closed",
    ]  # fmt: skip
    assert told.day("tom", day=1) == [
        "08:00-08:05 wait_for_desk", "08:05-08:15 travel A", "08:15-08:45 on_site A", "08:45-08:55 paperwork A",
    ]  # fmt: skip


def test_nobody_at_home_costs_the_trip_and_some_rebook() -> None:
    """The technician waits twelve minutes in vain; the customer rings off for good, or takes another day."""
    gone = story(f"{SHOP}[jobs]\nno_show_share = 1\nrebook_share = 0\n", "09:00 lead")
    assert gone.day("tom")[-2:] == ["09:12-09:22 travel A", "09:22-09:34 futile A"]
    assert gone.of("job_ended", "loss") == ["09:34 A job_ended no_show", "09:34 A loss no_show 20000"]
    back = story(f"{SHOP}[jobs]\nno_show_share = 1\nrebook_share = 1\n", "09:00 lead", days=2)
    assert back.of("rebooked", "job_ended") == ["09:34 A rebooked 1", "1/09:30 A job_ended closed"]


def test_who_is_early_waits_for_the_window() -> None:
    """A job may be started half an hour before its window; the minutes until then are paid and idle."""
    early = (
        SHOP
        + '[slots]\nwindows = [{start = "13:00", end = "17:00"}]\n[desk]\nassign_min = {family = "fixed", mean = 0}\n'
    )
    told = story(early + 'brief_min = {family = "fixed", mean = 0}\n[jobs]\narea_radius_km = 0\n', "09:00 lead")
    assert told.day("tom")[0] == "12:20-12:30 travel A"


def test_a_gap_is_filled_by_a_later_customer() -> None:
    """When the technician has nothing left today, tomorrow's customer is offered the gap and takes it."""
    text = SHOP + MORNING + "[dispatch]\nfill_holes = true\nhole_accept_low = %s\nhole_accept_high = %s\n"
    told = story(text % (1, 1), "08:10 lead, 08:40 lead")
    assert told.of("rebooked", "arrived", "job_ended", root="B")[:2] == ["09:50 B rebooked -1", "10:05 B arrived tom 5"]
    assert "09:47-09:50 outbound B" in told.day("dora")
    assert story(text % (0, 0), "08:10 lead, 08:40 lead").of("rebooked") == []


def test_the_next_job_is_prepared_while_the_technician_is_at_the_last_one() -> None:
    """With preparing ahead, no minute is lost between two jobs; without, the desk's work is waited for."""
    shop = SHOP.replace('"hvac"]', '"hvac"]\nshifts = [{start = "10:00", end = "17:00"}]')
    waits = story(shop, "09:00 lead, 09:10 lead")
    ahead = story(f"{shop}[dispatch]\nprepare_ahead = true\n", "09:00 lead, 09:10 lead")
    assert [line for line in waits.day("tom") if "wait" in line] == [
        "10:00-10:05 wait_for_desk",
        "11:25-11:32 wait_for_desk",
    ]
    assert [line for line in ahead.day("tom") if "wait" in line] == ["10:00-10:05 wait_for_desk"]
    assert (waits.of("arrived")[1], ahead.of("arrived")[1]) == ("11:42 B arrived tom -18", "11:35 B arrived tom -25")


def test_the_first_job_is_planned_before_the_technician_comes() -> None:
    """A dispatcher who is there half an hour earlier has the brief ready at eight."""
    early = SHOP.replace('hats = ["dispatcher"]', 'hats = ["dispatcher"]\nshifts = [{start = "07:30", end = "17:00"}]')
    told = story(f"{early}{MORNING}[dispatch]\nmorning_plan_min = 30\n", "09:00 lead", days=2)
    assert told.day("tom", day=1)[0] == "08:00-08:10 travel A"


# Money.


def test_a_replacement_is_sold_on_site() -> None:
    """It is quoted and sold at once, paid with the ticket, and nothing is lost."""
    told = story(f"{SHOP}{QUOTES}sold_share = 1\nbest_share = 1\n", "09:00 lead")
    assert told.of("quoted", "sold", "collected", "loss") == [
        "10:22 A quoted tom 1e+06", "10:22 A sold tom 1e+06", "10:32 A collected 1.02e+06",
    ]  # fmt: skip


def test_a_replacement_is_sold_by_the_follow_up() -> None:
    """At nearly one day after the visit, with a half-life of two, the follow-up's chance is about 0.7."""
    text = f"{SHOP}{QUOTES}sold_share = 0\nbest_share = 1\nfollow_up_chance = 1\n"
    sold = story(text, "09:00 lead", days=13, draws={0: {Draw.SALE: 0.7}})
    assert sold.of("sold", "invoiced", "invoice_paid", "loss") == [
        "1/08:05 A sold tom 1e+06", "1/08:05 A invoiced 1e+06", "11/08:05 A invoice_paid 1e+06",
    ]  # fmt: skip
    unsold = story(text, "09:00 lead", days=13, draws={0: {Draw.SALE: 0.75}})
    assert unsold.of("sold", "loss") == ["1/08:05 A loss sale_not_made 1e+06"]


def test_a_quote_whose_report_was_dropped_is_not_followed_up() -> None:
    """Nobody at the desk knows of it, so the sale is lost to the baton: the dearest one of all."""
    hand = "[handoffs.report]\ndrop_between = 1\ntechnician_notices = 0\naudit_notices = 0\ncustomer_notices = 0\n"
    told = story(f"{SHOP}{QUOTES}sold_share = 0\nbest_share = 1\nfollow_up_chance = 1\n{hand}", "09:00 lead", days=92)
    assert told.of("sold", *MONEY) == ["10:32 A collected 20000", "90/10:32 A loss lost_baton 1e+06"]


INVOICES = "[prices]\npays_at_door_if_asked = 0\npays_at_door = 0\n"


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("", ["10:32 A collected 20000"]),
        (INVOICES, ["10/10:37 A collected 20000"]),
        (f"{INVOICES}bad_debt_share = 1", ["70/10:37 A uncollected 20000"]),
        ("[prices]\npays_at_door = 0\n[handoffs.booking]\nlacks_payment = 1\n[desk]\ncheck_finds = 0",
        ["10/10:42 A collected 20000"]),
        ("[handoffs]\nbaited_share = 1\nbaited_discount = 0.1", ["10:32 A discount 2000", "10:32 A collected 18000"]),
    ],
    ids=["at the door", "by invoice", "never", "form of payment not asked", "baited into a price"],
)  # fmt: skip
def test_how_the_money_comes_in(settings: str, expected: list[str]) -> None:
    """At the door, ten days after the invoice, or never; whoever was not asked how they pay gets an invoice."""
    told = story(f"{SHOP}{settings}\n", "09:00 lead", days=72)
    assert [line.replace("10:42", "10:37") for line in told.of(*MONEY)] == [
        e.replace("10:42", "10:37") for e in expected
    ]


@pytest.mark.parametrize(
    ("settings", "calls", "days", "stage"),
    [
        ("", "1/16:57 lead", 2, "open_unvisited"),
        ("", "15:00 lead", 1, "open_unvisited"),
        (INVOICES, "09:00 lead", 3, "open_unpaid"),
        (f"{INVOICES}[handoffs.close]\ndrop_to_self = 1", "09:00 lead", 1, "open_unbilled"),
    ],
)
def test_at_the_horizon_a_root_is_open_by_stage(settings: str, calls: str, days: int, stage: str) -> None:
    """Whatever is under way at the horizon is open where it stands, for the whole rest of its potential."""
    told = story(f"{SHOP}{settings}\n", calls, days=days)
    assert [line.split(" ", 1)[1] for line in told.of("loss")] == [f"A loss {stage} 20000"]


def test_the_warm_up_is_a_window_and_not_a_reset() -> None:
    """A run with a warm-up has the same ledger as a longer one, and only counts from later on."""
    text = f"{SHOP}[horizon]\n"
    whole = story(f"{text}days = 3\n", "09:00 lead, 1/09:00 lead", days=3).run
    window = story(f"{text}days = 2\nwarmup_days = 1\n", "09:00 lead, 1/09:00 lead", days=3).run
    assert window.digest() == whole.digest()
    assert (window.start, window.end, whole.start, whole.end) == (1440.0, 4320.0, 0.0, 4320.0)


def test_who_refused_a_job_is_not_asked_again_that_day() -> None:
    """Two technicians refuse to stay longer for the same job: each is asked once, and it is moved in the evening."""
    text = SHOP.replace(
        'trades = ["hvac"]',
        'count = 2\ntrades = ["hvac"]\novertime_share = 0\nshifts = [{start = "08:00", end = "14:00"}]',
    )
    text += (
        '[slots]\nwindows = [{start = "08:00", end = "16:00"}]\n'
        "[dispatch]\nplanned_overtime_min = 100\n"
        '[jobs.types.repair]\nwork_min = {family = "fixed", mean = 120}\n'
    )
    told = story(text, "12:30 lead")
    assert told.of("refused_overtime", "carried_over") == [
        "12:42 A refused_overtime tom 1",
        "12:47 A refused_overtime tom 2",
        "14:00 A carried_over 1",
    ]


def test_a_customer_is_told_once_that_the_visit_will_be_late() -> None:
    """A job that comes back to the board is not watched anew: one word for the late visit, one for the new day."""
    text = SHOP.replace(
        'trades = ["hvac"]',
        'count = 3\ntrades = ["hvac"]\novertime_share = 0\nshifts = [{start = "08:00", end = "14:00"}]',
    )
    text += (
        '[slots]\nwindows = [{start = "08:00", end = "15:00"}]\n'
        "[desk]\nkeeps_tabs = true\nwarn_before_min = 120\n"
        "[dispatch]\nplanned_overtime_min = 100\n"
        '[jobs.types.repair]\nwork_min = {family = "fixed", mean = 120}\n'
    )
    told = story(text, "12:30 lead")
    assert told.count("refused_overtime") == 3
    assert told.of("update_kept") == ["13:03 A update_kept dora", "14:03 A update_kept dora"]


def test_an_old_word_is_not_said_once_the_job_was_moved() -> None:
    """Nobody had told the customer that today gets late when the job was moved: only the new day is told."""
    text = SHOP.replace('"hvac"]', '"hvac"]\nshifts = [{start = "16:30", end = "17:00"}]')
    text = text.replace(
        'hats = ["dispatcher"]',
        'hats = ["dispatcher"]\nshifts = [{start = "08:00", end = "12:00"}, {start = "17:30", end = "18:30"}]\ncount = 2',
    )
    text += '[slots]\nwindows = [{start = "13:00", end = "15:00"}]\n[desk]\nkeeps_tabs = true\n'
    text += 'status_patience_min = {family = "fixed", mean = 300}\n'
    told = story(text, "09:00 lead")
    assert told.of("carried_over", "update_kept") == ["17:00 A carried_over 1", "17:33 A update_kept dora 2"]


def test_a_discount_does_not_make_the_materials_cheaper() -> None:
    """A tenth off a ticket of 200 is the shop's loss: materials of a quarter cost 50 as they would without it."""
    text = SHOP + "[jobs.types.repair]\nmaterials_share = 0.25\n[handoffs]\nbaited_share = 1\nbaited_discount = 0.1\n"
    told = story(text, "09:00 lead")
    assert told.of("discount", "collected") == ["10:32 A discount 2000", "10:32 A collected 18000"]
    assert [row[9] for row in told.rows if row[1] == Event.MATERIALS] == [5000]
