"""A fire department's dispatching: durations of a chain from call to close, as samples that a scenario file names."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.kpis import measure
from sim.run import simulate
from sim.scenarios import load

pytestmark = pytest.mark.real

STAGES = {"call_s": ("received", "entry"), "travel_s": ("enroute", "on_scene"), "scene_s": ("on_scene", "available")}
KNOWN_S = {"call_s": (80.9, 74), "travel_s": (343, 227), "scene_s": (884, 584)}  # mean and median

SCENARIO = """
extends = "separate"

[horizon]
days = 5
warmup_days = 0

[jobs]
travel_fixed_min = 0
area_radius_km = 0

[calls.types.new]
talk_min = { family = "empirical", file = "stages.csv", column = "call_s", unit = "s" }

[jobs.types.drain]
work_min = { family = "empirical", file = "stages.csv", column = "scene_s", unit = "s" }

[jobs.types.emergency]
work_min = { family = "empirical", file = "stages.csv", column = "there_s", unit = "s" }
"""


def stages(file: Path) -> pd.DataFrame:
    """Seconds of each stage, empty where it did not happen; call-taking once a call, on scene without transport."""
    rows = pd.read_csv(file, parse_dates=["received", "entry", "enroute", "on_scene", "transport", "available"])
    found = pd.DataFrame({name: (rows[b] - rows[a]).dt.total_seconds() for name, (a, b) in STAGES.items()})
    found["call_s"] = found.call_s.where(~rows.duplicated("call"))
    found["scene_s"] = found.scene_s.where(rows.transport.isna())
    found["there_s"] = found.travel_s + found.scene_s
    return found.where(found >= 0)


def test_stages_of_dispatching_are_read_as_samples(fire_log: Path, tmp_path: Path) -> None:
    """Call-taking, travel and time on scene become durations of the log's mean and median, and a shop runs on them."""
    found = stages(fire_log)
    found.to_csv(tmp_path / "stages.csv", index=False)
    (tmp_path / "fire.toml").write_text(SCENARIO, encoding="utf-8")
    loaded = load(tmp_path / "fire.toml")
    types, jobs = loaded.scenario.calls.types, loaded.scenario.jobs.types
    read = {"call_s": types["new"].talk_min[0].value, "scene_s": jobs["drain"].work_min}
    for name, sample in read.items():
        assert 60.0 * sample.expectation() == pytest.approx(found[name].mean())
        assert 60.0 * sample.quantile()(0.5) == pytest.approx(found[name].median(), abs=1.0)
    for name, (mean, median) in KNOWN_S.items():
        assert found[name].mean() == pytest.approx(mean, rel=0.01)
        assert found[name].median() == pytest.approx(median, rel=0.01)
    there = jobs["emergency"].work_min.expectation()
    assert there == pytest.approx(found.there_s.mean() / 60.0)
    assert sum("could not be read" in note for note in loaded.notes) == 3  # rows in which a stage did not happen
    run = measure(simulate(loaded.scenario))
    assert run["jobs_completed"] > 0
    print({name: f"{found[name].mean():.1f} / {np.nanmedian(found[name]):.0f} s" for name in found})
