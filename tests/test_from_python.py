"""Questions from Python: what a notebook sees of an answer, and who makes its runs."""

from pathlib import Path

import pytest

import sim

FEW = ["horizon.days=2", "horizon.warmup_days=0", "calls.per_day=20"]


def shop(name: str = "separate") -> sim.Scenario:
    return sim.load(name, FEW).scenario


def breaks_off(store: sim.Store) -> None:
    with sim.working(workers=1, store=store, name="broken") as runs:
        runs.upto([shop()], 1)
        raise RuntimeError


def test_an_answer_shows_itself_in_a_line() -> None:
    """Every result says in one short line what was run, so that a notebook's cell may end with it."""
    plans = [shop(), shop("combined")]
    runs = sim.Runs()
    runs.upto(plans, 2)
    asked = sim.Asked(replications=2, trajectories=2, turn=())
    found = [
        runs.results(plans, 2),
        sim.compare(plans, 2, runs=runs),
        sim.hire(plans[0], replications=2, runs=runs),
        sim.batons(plans[0], replications=2, runs=runs),
        sim.sweep(plans, ["calls.per_day=20,21"], replications=2, runs=runs),
        sim.sensitivity(plans, ["attention.switch_s"], asked, runs=runs),
        sim.optimise(plans[0], zone=sim.Zone(1e6, first=2), replications=2, most=2, runs=runs),
    ]
    for each in found:
        line = repr(each)
        assert line.startswith(f"{type(each).__name__}(")
        assert "separate" in line
        assert "\n" not in line
        assert len(line) < 300
        assert sim.report.show(each).count("\n\n") >= 2


def test_an_answer_is_shown_as_the_command_prints_it() -> None:
    """The text of a result has its sentences, its table and its remarks, each once."""
    found = sim.compare([shop(), shop("combined")], 2)
    answer, table, remarks = sim.report.show(found).split("\n\n")
    assert answer.splitlines() == sim.report.deciding.sentences(found)
    assert table == sim.report.tables.text(sim.report.tables.measures(found.results)[0])
    assert remarks == sim.report.deciding.remarks(found)


def test_what_is_no_result_cannot_be_shown() -> None:
    """A study that was stopped before it could say anything gives None, and to show that is an error in words."""
    with pytest.raises(TypeError, match="NoneType is no result"):
        sim.report.show(None)  # type: ignore[arg-type]


def test_runs_are_kept_under_a_name(tmp_path: Path) -> None:
    """Runs made for a question are in the store that was named, listed as a study, and not made a second time."""
    place, plan = tmp_path / "mine.sqlite", shop()
    for made in (2, 0):
        with sim.working(workers=1, store=place, name="mine") as runs:
            runs.upto([plan], 2)
        assert runs.made == made
    assert len(sim.load_results("mine", place)) == 2
    with sim.Store(place, readonly=True) as store:
        (study,) = store.studies()
    assert (study.name, study.kind, study.state) == ("mine", "python", "finished")


def test_plans_come_to_on_the_way_are_in_the_study(tmp_path: Path) -> None:
    """A study that asks for further plans later lists and exports all of them."""
    with sim.Store(tmp_path / "mine.sqlite") as store:
        with sim.working(workers=1, store=store) as runs:
            runs.upto([shop()], 1)
            runs.upto([shop(), shop("combined")], 1)
        assert set(sim.load_results(store=store)["plan"]) == {"separate", "combined"}


def test_a_budget_and_an_error_are_written_down(tmp_path: Path) -> None:
    """How a study ended is in the store: by its budget, or interrupted where the question broke off."""
    with sim.Store(tmp_path / "mine.sqlite") as store:
        with sim.working(workers=1, store=store, budget=1, name="short") as runs:
            runs.upto([shop()], 2)
        with pytest.raises(RuntimeError):
            breaks_off(store)
        assert {study.name: study.state for study in store.studies()} == {
            "short": "stopped by budget",
            "broken": "interrupted",
        }


def test_workers_are_at_least_one() -> None:
    """Nobody can make runs with no worker, and that is said."""
    with pytest.raises(ValueError, match="at least 1 worker"), sim.working(workers=0):
        pass


def test_a_picture_is_drawn_in_notebooks() -> None:
    """A figure gives a notebook its image with the numbers for those who cannot see it, and a line elsewhere."""
    found = sim.compare([shop(), shop("combined")], 2)
    picture = sim.report.figures.figures(found.results)[0]
    assert picture.uri in picture._repr_html_()
    assert "alt=" in picture._repr_html_()
    assert repr(picture) == f"Picture({picture.title!r})"
