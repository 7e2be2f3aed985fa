"""A neutral mechanism schedules nothing at all: at its neutral value the ledger is the same byte for byte."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from sim.run import simulate
from sim.scenarios import load
from tests.properties.revealing import first_difference
from tests.properties.scenarios import Said, scenario_of, seeded

NOTHING = {"family": "fixed", "mean": 0.0}
SHOPS = [seed for seed in range(40) if seeded(seed)["name"] in ("whole", "one_person", "phones")][:10]


def put(section: str, **settings: Any) -> Callable[[Said], None]:
    """Say some settings of one section."""

    def said(shop: Said) -> None:
        shop.setdefault(section, {}).update(settings)

    return said


def off(section: str, *names: str) -> Callable[[Said], None]:
    """Leave some settings of one section at their defaults."""

    def said(shop: Said) -> None:
        for name in names:
            shop.setdefault(section, {}).pop(name, None)

    return said


def for_every(part: tuple[str, str] | str, **settings: Any) -> Callable[[Said], None]:
    """Say some settings of every call type, job type or group."""

    def said(shop: Said) -> None:
        things = shop.get(part, {}) if isinstance(part, str) else shop.get(part[0], {}).get(part[1], {})
        for thing in things.values():
            thing.update(copy.deepcopy(settings))

    return said


def types_without(name: str) -> Callable[[Said], None]:
    """Leave a setting of every call type at its default."""

    def said(shop: Said) -> None:
        for kind in shop["calls"]["types"].values():
            kind.pop(name, None)

    return said


def people_without(*names: str) -> Callable[[Said], None]:
    """Leave some settings of every group at their defaults."""

    def said(shop: Said) -> None:
        for group in shop["people"].values():
            for name in names:
                group.pop(name, None)

    return said


def shifts_without(name: str) -> Callable[[Said], None]:
    """Leave a setting of every shift at its default."""

    def said(shop: Said) -> None:
        for group in shop["people"].values():
            for shift in group["shifts"]:
                shift.pop(name, None)

    return said


def as_it_is(shop: Said) -> None:
    """Change nothing."""


def breaks_of_no_length(shop: Said) -> None:
    for group in shop["people"].values():
        for shift in group["shifts"]:
            shift.update(breaks=[shift["start"], shift["end"]], break_min=0.0)


def lunch_of_no_length(shop: Said) -> None:
    for group in shop["people"].values():
        for shift in group["shifts"]:
            shift.update(lunch=shift["start"], lunch_min=0.0)


def a_group_of_nobody(shop: Said) -> None:
    shop["people"]["zz_none"] = {"count": 0, "hats": ["csr"]}


def transfers_of_nobody(shop: Said) -> None:
    first = next(iter(shop["calls"]["types"]))
    for kind in shop["calls"]["types"].values():
        kind["becomes"] = {first: 0.0}


def no_covers(shop: Said) -> None:
    for group in shop["people"].values():
        group.pop("covers", None)


def covers_never_worn(shop: Said) -> None:
    for group in shop["people"].values():
        group["covers"] = [hat for hat in ("csr", "dispatcher") if hat not in group["hats"]]
    put("attention", cover_below=0)(shop)
    off("attention", "flip_at_waiting")(shop)
    put("ladder", enabled=False)(shop)


def no_orders(shop: Said) -> None:
    no_covers(shop)
    shop["ladder"] = {}
    put("attention", cover_below=0)(shop)
    off("attention", "flip_at_waiting")(shop)


def no_screening(shop: Said) -> None:
    """Nor by the ladder, which would write down the signal of either."""
    shop["ladder"] = {}
    put("screening", enabled=False)(shop)


def no_longest_wait(shop: Said) -> None:
    types_without("max_wait_min")(shop)
    off("phones", "max_wait_min")(shop)


def a_type_that_nobody_calls(shop: Said) -> None:
    shop["calls"]["types"]["zz_never"] = {"share": 0.0}


#: what it is -> (the shop without it, the same shop with it at its neutral value)
NEUTRAL: dict[str, tuple[Callable[[Said], None], Callable[[Said], None]]] = {
    "screening that is never reached": (
        put("screening", enabled=False), put("screening", enabled=True, on_at=1e9, off_at=1.0, signal="longest_wait"),
    ),
    "screening by a board that is never so full": (
        no_screening, put("screening", enabled=True, on_at=1e9, off_at=1.0, signal="board_load"),
    ),
    "a ladder that never rises": (
        put("ladder", enabled=False), put("ladder", enabled=True, up_below=0.0, down_at=0.0, longest_wait_s=1e9),
    ),
    "a ladder without steps": (put("ladder", enabled=False), put("ladder", enabled=True, steps=[])),
    "cover hats that are never put on": (no_orders, covers_never_worn),
    "a threshold to flip at that is never reached": (off("attention", "flip_at_waiting"), put("attention", flip_at_waiting=10_000)),
    "easy first at more than there ever is": (off("attention", "easy_first_at"), put("attention", easy_first_at=1_000_000)),
    "switching that takes no time, said otherwise": (
        put("attention", switch_s=NOTHING), put("attention", switch_s={"family": "exponential", "mean": 9.0, "zero_share": 1.0}),
    ),
    "resuming that takes no time, said otherwise": (
        put("attention", resume_lag_s=NOTHING), put("attention", resume_lag_s={"family": "uniform", "low": 0.0, "high": 0.0}),
    ),
    "a list that is nobody's own": (put("attention", shared_priority=True), put("attention", shared_priority=False, disorder=0.0)),
    "a shared board that does not help": (put("handoffs", shared_board=False), put("handoffs", shared_board=True, shared_board_factor=1.0)),
    "manuals that nobody reads": (
        put("handoffs", manuals=False), put("handoffs", manuals=True, manuals_factor=1.0, mastery_rapport=0.0),
    ),
    "manuals not known by heart": (
        put("handoffs", manuals=True, manuals_factor=1.0, mastery=0.0), put("handoffs", manuals=False),
    ),
    "no leads by web": (types_without("web_share"), for_every(("calls", "types"), web_share=0.0)),
    "a surge of nobody": (put("calls", surges=[]), put("calls", surges=[{"from_day": 0, "to_day": 99, "factor": 1.0}])),
    "a surge that changes no mix": (
        put("calls", surges=[]), put("calls", surges=[{"from_day": 0, "to_day": 99, "factor": 1.0, "job_weights": {}}]),
    ),
    "no growth": (off("calls", "growth_per_year"), put("calls", growth_per_year=0.0)),
    "a type that nobody calls": (as_it_is, a_type_that_nobody_calls),
    "lines without end": (off("phones", "lines"), put("phones", lines=1_000_000)),
    "a queue without end": (off("phones", "queue_limit"), put("phones", queue_limit=1_000_000)),
    "a longest wait that nobody waits": (off("phones", "max_wait_min"), put("phones", max_wait_min=1e6)),
    "a queue of its own without end": (
        types_without("queue_limit"), for_every(("calls", "types"), queue_limit=1_000_000),
    ),
    "a longest wait of its own that nobody waits": (
        no_longest_wait, for_every(("calls", "types"), max_wait_min=1e6, at_max_wait="answering_service"),
    ),
    "heads on every day": (people_without("heads_days"), for_every("people", heads_days=[True] * 7)),
    "a tree with as much time in more stages": (
        put("phones", tree=[{"seconds": 5.0, "give_up_share": 0.0}]),
        put("phones", tree=[{"seconds": 2.0, "give_up_share": 0.0}, {"seconds": 3.0, "give_up_share": 0.0}]),
    ),
    "call backs of nobody": (put("phones", call_back_missed=False), put("phones", call_back_missed=True, caller_id=0.0)),
    "nobody away": (
        people_without("sick_share", "vacation_share"), for_every("people", sick_share=0.0, vacation_share=0.0),
    ),
    "a group of nobody": (as_it_is, a_group_of_nobody),
    "breaks of no length": (shifts_without("breaks"), breaks_of_no_length),
    "lunch of no length": (shifts_without("lunch"), lunch_of_no_length),
    "duties of no minutes": (put("duties", minutes_per_day=0.0), put("duties", minutes_per_day=0.0, piece_min=5.0, hats=["csr"])),
    "no referrals": (
        put("satisfaction", referral_chance=0.0),
        put("satisfaction", referral_chance=0.0, referral_delay_days={"family": "fixed", "mean": 0.1}),
    ),
    "transfers of nobody": (types_without("becomes"), transfers_of_nobody),
}  # fmt: skip


@pytest.mark.parametrize("mechanism", NEUTRAL)
def test_a_neutral_mechanism_leaves_no_trace(mechanism: str) -> None:
    """A mechanism at its neutral value gives the ledger, byte for byte, of the shop that does not have it."""
    without, with_it = NEUTRAL[mechanism]
    for seed in SHOPS:
        plain = seeded(seed)
        without(plain)
        neutral = copy.deepcopy(plain)
        with_it(neutral)
        one, other = simulate(scenario_of(plain), seed), simulate(scenario_of(neutral), seed)
        assert one.ledger.table.tobytes() == other.ledger.table.tobytes(), (seed, first_difference(one, other))


@pytest.mark.parametrize(
    "sets",
    [
        ["handoffs.shared_board=true", "handoffs.shared_board_factor=1.0"],
        ["screening.enabled=true", "screening.on_at=100000"],
        ["ladder.enabled=true", "ladder.up_below=0.0", "ladder.longest_wait_s=1000000"],
        ["phones.lines=100000", "phones.queue_limit=100000", "phones.max_wait_min=1000000"],
    ],
    ids=lambda sets: sets[0],
)
def test_a_neutral_mechanism_leaves_no_trace_in_the_built_in_shop(sets: list[str]) -> None:
    """In the built-in combined shop, too, a neutral mechanism changes nothing."""
    days = ["horizon.days=14", "horizon.warmup_days=0"]
    plain, neutral = (simulate(load("combined", more).scenario, 1) for more in (days, [*days, *sets]))
    assert plain.digest() == neutral.digest()
