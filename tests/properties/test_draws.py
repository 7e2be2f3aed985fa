"""Draws by address: the same callers under every plan, nothing known before its time, nobody's luck moved by others."""

from __future__ import annotations

import copy
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.demand import Demand
from sim.ledger import Roots, Run
from sim.relay import Event, Handoff, Spent
from sim.run import populate, simulate
from sim.scenarios import load
from sim.shop.handoffs import Handing, Handoffs, audit_night, drop_chance, field_chances, incompleteness, missing_field
from sim.shop.scenario import Scenario
from sim.streams import (
    ATTEMPT_WIDTH,
    REVEALED,
    ROOT_WIDTH,
    VISIT_START,
    VISIT_WIDTH,
    Address,
    ChairDayDraw,
    DayDraw,
    Draw,
    Streams,
    name_key,
)
from tests.properties.revealing import NEVER, first_difference, moment, names
from tests.properties.scenarios import Said, scenario_of, seeded

HOUSE = Path(__file__).resolve().parents[2]
WHOLE = [seed for seed in range(90) if seeded(seed)["name"] in ("whole", "one_person")][:48]
#: columns that have a meaning, those of batons included
COLUMNS = sorted({*map(int, Draw), *REVEALED})


# ---- the same seed, the same ledger ------------------------------------------------------------------------------------
@pytest.mark.parametrize("seed", range(0, 60, 6))
def test_the_same_seed_gives_the_same_ledger(seed: int) -> None:
    """A run is a function of scenario, seed and replication: its ledger is the same byte for byte."""
    scenario = scenario_of(seeded(seed))
    one, other = simulate(scenario, seed, 3), simulate(scenario, seed, 3)
    assert one.ledger.table.tobytes() == other.ledger.table.tobytes()
    assert one.digest() == other.digest()


def digests(hash_seed: str) -> str:
    """The digests of some runs, from a process with hash randomisation of its own."""
    ask = (
        "from sim.run import simulate\nfrom tests.properties.scenarios import scenario_of, seeded\n"
        "print(*[simulate(scenario_of(seeded(n)), n).digest() for n in range(12)])"
    )
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(HOUSE)}
    return subprocess.run(
        [sys.executable, "-c", ask], cwd=HOUSE, env=environment, capture_output=True, text=True, check=True
    ).stdout


def test_another_process_gives_the_same_ledger() -> None:
    """Ledgers are the same in other processes, whatever the seed of Python's hashes."""
    here = " ".join(simulate(scenario_of(seeded(n)), n).digest() for n in range(12)) + "\n"
    assert digests("1") == digests("4242") == here


def test_another_replication_or_seed_differs() -> None:
    """Another replication and another seed give other callers."""
    scenario = scenario_of(seeded(WHOLE[0]))
    runs = [simulate(scenario, 1, 0), simulate(scenario, 1, 1), simulate(scenario, 2, 0)]
    assert len({run.digest() for run in runs}) == 3


# ---- no peeking --------------------------------------------------------------------------------------------------------
def other_side(u: float, r: Random) -> float:
    """Another value of a uniform, mostly at the other end."""
    return r.choice((1e-9, 1e-9, r.random())) if u > 0.5 else r.choice((1.0 - 1e-9, 1.0 - 1e-9, r.random()))


def address_of(key: int) -> tuple[int, int]:
    """Entity and row of a fresh root's own draws."""
    return key >> 40 << 32 | key >> 20 & (1 << 20) - 1, key & (1 << 20) - 1


def peeked(seed: int, times: int) -> Iterator[tuple[str, bool]]:
    """Single draws of a shop's roots are changed: what went wrong (if anything), and whether the ledger changed at all."""
    scenario, r = scenario_of(seeded(seed)), Random(seed)
    run = simulate(scenario, seed)
    fresh = np.flatnonzero(run.roots.parent < 0).tolist()
    for _ in range(times if fresh else 0):
        column = r.choice(COLUMNS)
        pool = r.sample(fresh, min(25, len(fresh)))
        likely = [root for root in pool if moment(run, int(run.roots.key[root]), column) < run.stopped_at]
        key = int(run.roots.key[r.choice(likely or pool)])
        entity, row = address_of(key)
        u = float(Streams(seed).block(Address.ROOT, entity, row + 1, ROOT_WIDTH)[row, column])
        other = simulate(scenario, seed, overrides={(Address.ROOT, entity, row, column): other_side(u, r)})
        differs = first_difference(run, other)
        known = min(moment(run, key, column), moment(other, key, column))
        fault = f"shop {seed}, root {key}, column {column}: differs at {differs}, known from {known}"
        yield fault if differs < known - 1e-9 else "", differs < NEVER


@pytest.mark.parametrize("seed", WHOLE[:24])
def test_no_draw_shows_before_it_is_revealed(seed: int) -> None:
    """Changing one draw of a need leaves the ledger identical before the earlier of the two moments of its revelation."""
    assert [fault for fault, _ in peeked(seed, 8) if fault] == []


@pytest.mark.slow
@pytest.mark.parametrize("start", range(0, 600, 20))
def test_no_draw_of_many_shows_before_it_is_revealed(start: int) -> None:
    """The same holds for thousands of draws, many of which change what happens."""
    found = [entry for seed in range(start, start + 20) for entry in peeked(seed, 15)]
    assert [fault for fault, _ in found if fault] == []
    assert sum(changed for _, changed in found) > len(found) / 20


def further(run: Run, r: Random) -> Iterator[tuple[tuple[int, int, int], int, int, str]]:
    """Addresses of second attempts and second visits, with their width, first column, root's key and what came before."""
    redialled = sorted({int(row[2]) for row in run.ledger.of(Event.RANG) if row[8] >= 0 and row[4] < 0})
    returned = sorted({int(row[2]) for row in run.ledger.of(Event.RETURN_NEEDED)})
    for roots, address, width, begins, before in (
        (redialled, Address.ATTEMPT, ATTEMPT_WIDTH, 0, "REDIAL_PLANNED"),
        (returned, Address.VISIT, VISIT_WIDTH, VISIT_START, "RETURN_NEEDED"),
    ):
        for root in r.sample(roots, min(3, len(roots))):
            key = int(run.roots.key[root])
            yield (int(address), key, 1), width, begins, before


@pytest.mark.parametrize("start", range(0, 48, 12))
def test_no_later_attempt_or_visit_shows_before_it_is_revealed(start: int) -> None:
    """What a redial or a return visit will be like shows neither before it is planned nor before its own revelation."""
    changed = 0
    for seed in WHOLE[start : start + 12]:
        scenario, r = scenario_of(seeded(seed)), Random(seed)
        run = simulate(scenario, seed)
        for (address, key, n), width, begins, before in further(run, r):
            column = r.choice([c for c in COLUMNS if begins <= c < begins + width and c < 100])
            u = Streams(seed).row(address, key, n, width)[column - begins]
            over = {(address, key, n, column - begins): other_side(u, r)}
            other = simulate(scenario, seed, overrides=over)
            known = min(moment(run, key, column, before), moment(other, key, column, before))
            assert first_difference(run, other) >= known - 1e-9, (seed, key, column)
            changed += first_difference(run, other) < NEVER
    assert changed


@pytest.mark.parametrize("seed", WHOLE[:12])
def test_no_day_shows_before_it_begins(seed: int) -> None:
    """How busy a day is, who rings and who is sick leave the ledger before that day's midnight as it was."""
    said = seeded(seed)
    said["calls"]["busyness_cv"] = 0.5
    said["calls"]["growth_per_year"] = 0.0
    for group in said["people"].values():
        group["sick_share"] = 0.1
    scenario = scenario_of(said)
    run, day = simulate(scenario, seed), 1
    type_key = name_key(next(iter(said["calls"]["types"])))
    chair = name_key(run.people[0].group) << 24
    draws = {
        (int(Address.DAY), day, 0, int(DayDraw.BUSYNESS)): 0.999,
        (int(Address.ARRIVALS), type_key << 32 | day, 0, 0): 1e-9,
        (int(Address.CHAIR_DAY), chair, day, int(ChairDayDraw.SICK)): 1e-9,
    }
    for address, u in draws.items():
        assert first_difference(run, simulate(scenario, seed, overrides={address: u})) >= day * 1440.0, address


def test_the_registry_names_what_there_is() -> None:
    """Every column of the registry exists, and every name in it is an event, a way to spend minutes or a hand-off."""
    columns = {int(draw) for draw in Draw} | {int(Draw.BATON) + n for n in range(30)}
    assert set(REVEALED) <= columns
    for column, said in names():
        name, _, handoff = said.partition(" ")
        assert name in Event.__members__ or name in Spent.__members__, (column, said)
        assert not handoff or handoff in Handoff.__members__, (column, said)


# ---- one more person, another plan -------------------------------------------------------------------------------------
def fresh(roots: Roots) -> list[tuple[float, ...]]:
    """What nature has decided about the needs that no other need has brought."""
    of = roots.parent < 0
    columns = (roots.key, roots.born, roots.type, roots.potential, roots.job_type, roots.tier, roots.recorded_tier)
    return sorted(zip(*(column[of].tolist() for column in columns), strict=True))


def gifts(scenario: Scenario, seed: int) -> dict[str, tuple[object, ...]]:
    """Everybody's gifts and own order of work, by name."""
    names = (
        "rapport", "phone_speed", "phone_accuracy", "desk_speed", "desk_accuracy", "eye", "skill", "work_speed", "sales",
        "overtime", "priority",
    )  # fmt: skip
    return {p.name: tuple(getattr(p, name) for name in names) for p in populate(scenario, Streams(seed)).people}


def absences(run: Run) -> dict[str, list[float]]:
    """On which days each person is away, and why."""
    rows = run.ledger.of(Event.ABSENT)
    return {p.name: rows[rows[:, 7] == p.id][:, (0, 9)].ravel().tolist() for p in run.people}


def one_more(said: Said) -> Said:
    group = next(name for name, group in said["people"].items() if "heads" not in group)
    said["people"][group]["count"] = said["people"][group].get("count", 1) + 1
    return said


def a_new_group(said: Said) -> Said:
    said["people"] = {"aa_new": {"count": 2, "hats": ["csr", "dispatcher"]}, **said["people"]}
    return said


@pytest.mark.parametrize("change", [one_more, a_new_group])
@pytest.mark.parametrize("seed", [n for n in WHOLE if all("heads" not in g for g in seeded(n)["people"].values())][:8])
def test_one_more_person_leaves_all_others_alone(seed: int, change: Callable[[Said], Said]) -> None:
    """With another colleague everybody keeps their gifts, their order of work and their sick days, and every need is the same."""
    said = seeded(seed)
    said["horizon"]["drain"] = False
    before, after = scenario_of(said), scenario_of(change(copy.deepcopy(said)))
    assert gifts(before, seed).items() <= gifts(after, seed).items()
    assert len(gifts(after, seed)) > len(gifts(before, seed))
    one, other = simulate(before, seed), simulate(after, seed)
    assert absences(one).items() <= absences(other).items()
    assert fresh(one.roots) == fresh(other.roots)


def _other_policy(said: Said) -> None:
    said["dispatch"]["policy"] = "nearest" if said["dispatch"]["policy"] != "nearest" else "tier_first"


def _all_can_do_all(said: Said) -> None:
    for group in said["people"].values():
        group["hats"] = sorted({*group["hats"], "csr", "dispatcher"})
        group.pop("covers", None)
        group.pop("answers", None)


def _screened(said: Said) -> None:
    said["screening"] = {"enabled": True, "on_at": 0.001, "off_at": 0.0, "like": "decline"}
    said["people"]["watcher"] = {"hats": ["service_manager"]}


def _everybody_covers(said: Said) -> None:
    for group in said["people"].values():
        group["covers"] = [hat for hat in ("csr", "dispatcher") if hat not in group["hats"]]
    said["attention"]["flip_at_waiting"] = 1


def _more_staff(said: Said) -> None:
    for group in said["people"].values():
        group["count"] = group.get("count", 1) * 2


def _careless(said: Said) -> None:
    said["handoffs"] = {
        name: {"drop_between": 0.5, "drop_to_self": 0.5} for name in ("booking", "brief", "report", "close")
    }


def _other_phones(said: Said) -> None:
    said["phones"] = {"lines": 1, "after_hours": "answering_service", "call_back_missed": True}


BUILT_IN = ("combined", "separate", "combined_focused", "cross_trained", "screening")


def test_the_needs_are_the_same_under_every_built_in_plan() -> None:
    """The same households want the same things at the same times, to the cent, under every built-in plan."""
    told = [fresh(simulate(load(plan, ["horizon.days=21"]).scenario, 1).roots) for plan in BUILT_IN]
    assert all(other == told[0] for other in told[1:])


PLANS = (_other_policy, _all_can_do_all, _screened, _everybody_covers, _more_staff, _careless, _other_phones)


@pytest.mark.parametrize("plan", PLANS)
@pytest.mark.parametrize("seed", WHOLE[:6])
def test_the_needs_are_the_same_under_every_plan(seed: int, plan: Callable[[Said], None]) -> None:
    """Fresh needs have the same birth, kind and potential, to the cent, whatever the shop does about them."""
    said = seeded(seed)
    said["horizon"]["drain"] = False
    planned = copy.deepcopy(said)
    plan(planned)
    one, other = simulate(scenario_of(said), seed), simulate(scenario_of(planned), seed)
    assert fresh(one.roots) == fresh(other.roots)
    assert sum(need[3] for need in fresh(one.roots)) == sum(need[3] for need in fresh(other.roots))


# ---- couplings ---------------------------------------------------------------------------------------------------------
CHANCE = st.floats(0.0, 1.0)


@given(CHANCE, CHANCE, CHANCE, st.booleans(), st.floats(0.2, 3.0))
def test_a_lower_chance_never_drops_what_was_kept(
    u: float, one: float, two: float, to_self: bool, accuracy: float
) -> None:
    """In the same circumstances, a baton kept at a higher chance of a drop is kept at a lower one."""
    low, high = sorted((one, two))
    shop = Handoffs()
    kept = [
        u >= drop_chance(Handing(drop_between=chance, drop_to_self=chance), shop, to_self, accuracy)
        for chance in (low, high)
    ]
    assert kept[0] >= kept[1]


@given(CHANCE, st.lists(st.floats(0.0, 0.3), min_size=4, max_size=4), CHANCE, st.booleans())
def test_a_lower_factor_never_loses_what_was_there(u: float, lacks: list[float], less: float, manuals: bool) -> None:
    """What a booking lacks with manuals or a shorter way, it also lacked without: nothing new goes missing."""
    names = ("lacks_address", "lacks_equipment", "lacks_need", "lacks_payment")
    hand = Handing(**dict(zip(names, lacks, strict=True)))
    shop = Handoffs(manuals=manuals, self_handoff_factor=less)
    with_them, without = (
        missing_field(field_chances(hand), incompleteness(hand, handoffs, to_self, 1.0), u)
        for handoffs, to_self in ((shop, True), (Handoffs(), False))
    )
    assert without or not with_them


@given(CHANCE.filter(lambda u: u < 1.0), CHANCE, CHANCE)
def test_a_better_audit_never_finds_later(u: float, one: float, two: float) -> None:
    """An evening audit that finds more finds the same baton at least as early."""
    low, high = sorted((one, two))
    nights = [audit_night(u, chance) for chance in (low, high)]
    assert nights[0] is None or (nights[1] is not None and nights[1] <= nights[0])


def born(said: Said, seed: int) -> list[set[tuple[int, float]]]:
    """The needs of each of ten days: key and time of birth."""
    demand = Demand(scenario_of(said), Streams(seed))
    return [{(caller.key, caller.born) for caller in demand.day(day)} for day in range(10)]


@pytest.mark.parametrize("seed", WHOLE[:10])
def test_a_higher_rate_keeps_all_earlier_callers(seed: int) -> None:
    """More marketing, a surge or growth only add callers; those who would have rung anyway ring at the same moment."""
    said = seeded(seed)
    said["calls"].pop("trace", None)
    said["calls"] |= {"surges": [], "growth_per_year": 0.0}
    before = born(said, seed)
    for change in (
        {"per_day": said["calls"]["per_day"] * 1.7 + 5.0},
        {"surges": [{"from_day": 0, "to_day": 9, "factor": 1.5}]},
        {"growth_per_year": 5.0},
    ):
        more = copy.deepcopy(said)
        more["calls"] |= change
        after = born(more, seed)
        assert all(few <= many for few, many in zip(before, after, strict=True))
        assert before != after or not any(before)
