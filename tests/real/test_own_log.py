"""An owner's own log: when they rang, why and how long they were talked to, replayed in the shop under both plans."""

import csv
import datetime
import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from sim.cli import baton
from sim.kpis import measure
from sim.ledger import COLUMNS, Run
from sim.relay import Event
from sim.run import simulate
from sim.scenarios import load
from sim.shop.scenario import Scenario

FIRST_DAY = datetime.date(2024, 3, 4)  # a Monday
REASONS = {"Repair": "repeat", "New customer": "new", "Quote": "shopper", "Invoice": "billing", "Sales rep": "junk"}
ROOT, CALL, DETAIL = (COLUMNS.index(name) for name in ("root", "call", "detail"))

TRACE = """
extends = "{plan}"

[horizon]
days = "none"
warmup_days = 0

[calls.trace]
file = "calls.csv"
time_column = "Started"
type_column = "Reason"
handle_column = "Talk (s)"
handle_if_zero = "draw"
keep = {{ Direction = ["in"] }}
types = {{ {types} }}
"""


def write_log(folder: Path, days: int = 12) -> list[tuple[float, str, float]]:
    """A made-up log of two weeks without their weekends; returns minute, reason and talk of each incoming call."""
    lots = np.random.default_rng(7)
    rows, calls = [], []
    for day in (day for day in range(days) if day % 7 < 5):
        for second in sorted(lots.integers(8 * 3600, 17 * 3600, 60).tolist()):
            reason, talk = str(lots.choice(list(REASONS))), int(lots.gamma(2.0, 150.0))
            talk = 0 if lots.random() < 0.1 else talk  # nobody got to them
            started = datetime.datetime.fromordinal(FIRST_DAY.toordinal() + day) + datetime.timedelta(seconds=second)
            direction = "out" if lots.random() < 0.15 else "in"
            rows.append([started.isoformat(" "), reason, direction, talk])
            if direction == "in":
                calls.append((day * 1440 + second / 60, reason, talk / 60))
    with (folder / "calls.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["Started", "Reason", "Direction", "Talk (s)"], *rows])
    return calls


def write_plans(folder: Path) -> list[Path]:
    """The same log in the shop with separate and with combined roles."""
    types = ", ".join(f'"{reason}" = "{name}"' for reason, name in REASONS.items())
    paths = []
    for plan in ("separate", "combined"):
        paths.append(folder / f"ours_{plan}.toml")
        paths[-1].write_text(TRACE.format(plan=plan, types=types), encoding="utf-8")
    return paths


@pytest.fixture
def log(tmp_path: Path) -> list[tuple[float, str, float]]:
    return write_log(tmp_path)


@pytest.fixture
def plans(tmp_path: Path, log: list[tuple[float, str, float]]) -> list[Scenario]:
    return [load(path).scenario for path in write_plans(tmp_path)]


def first_calls(run: Run) -> np.ndarray:
    """The first attempt of each need that was not born of another: time, need, attempt and type."""
    fresh = run.roots.id[run.roots.parent < 0]
    rang = run.ledger.of(Event.RANG)
    rang = rang[np.isin(rang[:, ROOT], fresh)]
    first = np.unique(rang[:, ROOT], return_index=True)[1]
    return np.asarray(rang[np.sort(first)][:, [0, ROOT, CALL, DETAIL]])


def test_the_log_rings_as_it_was_written(log: list[tuple[float, str, float]], plans: list[Scenario]) -> None:
    """Every incoming call of the log, and no other, rings at its own moment with the type its reason stands for."""
    for plan in plans:
        names = list(plan.calls.types)
        rang = first_calls(simulate(plan))
        assert plan.horizon.start == FIRST_DAY
        assert plan.days == 12
        assert rang[:, 0] == pytest.approx([minute for minute, _, _ in log], abs=1e-4)
        assert [names[int(kind)] for kind in rang[:, 3]] == [REASONS[reason] for _, reason, _ in log]


def test_who_was_talked_to_is_talked_to_as_long(log: list[tuple[float, str, float]], plans: list[Scenario]) -> None:
    """Who was talked to is talked to as long again, whoever answers; who was missed gets a talk that is drawn."""
    for plan in plans:
        run = simulate(plan)
        talked = {int(row[CALL]): float(row[DETAIL]) for row in run.ledger.of(Event.HUNG_UP)}
        calls = zip(first_calls(run)[:, 2], log, strict=True)
        pairs = [(talked[int(call)], talk) for call, (_, _, talk) in calls if int(call) in talked]
        known = [(was, talk) for was, talk in pairs if talk > 0]
        drawn = [was for was, talk in pairs if talk == 0]
        assert len(known) > 0.5 * len(log)
        assert [was for was, _ in known] == pytest.approx([talk for _, talk in known], abs=1e-4)
        assert drawn
        assert min(drawn) > 0.0


def test_both_plans_meet_the_same_calls(plans: list[Scenario]) -> None:
    """Under separate and combined roles the same needs ring at the same moments and are worth the same money."""
    one, other = (simulate(plan, seed=3) for plan in plans)
    assert (first_calls(one)[:, [0, 3]] == first_calls(other)[:, [0, 3]]).all()
    for name in ("key", "born", "type", "potential", "job_type", "tier"):
        mine, theirs = (getattr(run.roots, name)[run.roots.parent < 0] for run in (one, other))
        assert (mine == theirs).all(), f"{name} differs between the plans"
    assert one.digest() != other.digest(), "the plans are the same"


def test_plans_are_compared_on_the_log(log: list[tuple[float, str, float]], tmp_path: Path) -> None:
    """The command compares both plans on the log, says how much of it was read, and pairs the replications."""
    paths = [str(path) for path in write_plans(tmp_path)]
    done = CliRunner().invoke(baton, ["compare", *paths, "--replications", "3", "--workers", "1", "--format", "json"])
    assert done.exit_code == 0, done.output
    assert f"trace calls.csv: {len(log):,} rows read" in done.stderr
    told = json.loads(done.stdout)
    assert [plan["scenario"] for plan in told["plans"]] == ["ours_separate", "ours_combined"]
    assert {plan["days"] for plan in told["plans"]} == {12}, "a trace has its own number of days"
    (difference,) = told["differences"]
    assert (difference["plan"], difference["against"]) == ("ours_combined", "ours_separate")
    assert difference["kpis"]["potential"]["low"] is not None


def test_a_log_can_be_named_on_the_command_line(log: list[tuple[float, str, float]], tmp_path: Path) -> None:
    """A built-in plan replays a log that is named by --set alone, with the same result as from a file."""
    path = write_plans(tmp_path)[0]
    types = ", ".join(f'"{reason}" = "{name}"' for reason, name in REASONS.items())
    file = (tmp_path / "calls.csv").as_posix()
    trace = (
        f'{{file = "{file}", time_column = "Started", type_column = "Reason", handle_column = "Talk (s)", '
        f'handle_if_zero = "draw", keep = {{Direction = ["in"]}}, types = {{{types}}}}}'
    )
    said = load("separate", [f"calls.trace={trace}", "horizon.days=none", "horizon.warmup_days=0"]).scenario
    written = load(path).scenario
    assert measure(simulate(said)) == pytest.approx(measure(simulate(written)), nan_ok=True)
    assert simulate(said).digest() == simulate(written).digest()
