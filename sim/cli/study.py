"""``baton study``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.cli.beforehand import about
from sim.cli.codes import INTERRUPTED
from sim.cli.deciding import FIRST
from sim.cli.keeping import keeping
from sim.cli.options import LARGEST_SEED, store_option, whole
from sim.cli.reading import Problems
from sim.cli.studies import check_writable, reason
from sim.cli.terminal import note, progress, say

if TYPE_CHECKING:
    from sim.report.study_words import Answered
    from sim.scenarios import StudyFile


@click.command(short_help="Carry out study files: question, plans, verdict; results into folders.")
@click.argument("file", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--results", type=click.Path(path_type=Path), default=Path("results"), show_default=True,
              metavar="FOLDER", help="Where each study gets a folder of its own.")  # fmt: skip
@click.option("--table", type=click.Path(path_type=Path), metavar="FILE",
              help="Also write the table of verdicts of all results into a page.")  # fmt: skip
@click.option("--days", metavar="N", type=whole(1, 36_500), help="Days to count, instead of the study's.")
@click.option(
    "--replications", metavar="N", type=whole(2, 1_000_000), help="Runs of each plan, instead of the study's."
)
@click.option("--seed", metavar="N", type=whole(0, LARGEST_SEED), help="Which callers ring, instead of the study's.")
@click.option("--workers", metavar="N", type=whole(1, 1024),
              help="Processes; the results do not depend on it.  [default: the cores]")  # fmt: skip
@store_option
@click.option("--no-store", is_flag=True, help="Neither keep runs nor use kept ones.")
@click.option("--dry-run", is_flag=True, help="Only say how many runs it takes, and about how long.")
def study(file: tuple[Path, ...], results: Path, table: Path | None, dry_run: bool, **asked: Any) -> int:
    """Carry out each study FILE and write its folder: manifest, summary, figure and a page in words.

    A study that was stopped goes on where it was: its runs are kept in the store.
    """
    from sim.kpis import KPIS
    from sim.scenarios import ScenarioError, read_study

    studies: list[StudyFile] = []
    problems: list[object] = []
    for path in file:
        try:
            studies.append(read_study(path, KPIS, asked["days"]))
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise Problems(list(dict.fromkeys(map(str, problems))))
    for warning in dict.fromkeys(f"warning: {each}" for one in studies for each in one.warnings):
        note(warning)
    if dry_run:
        for one in studies:
            say(f"{one.name}: {_needs(one, asked)}.")
        return 0
    if table is not None:
        check_writable(table, "'--table'")
    for place, one in enumerate(studies):
        if place:
            say("")
        if (code := _carried_out(one, results, asked)) != 0:
            return code
    if table is not None:
        _write_table(table, results)
    return 0


def _needs(one: StudyFile, asked: dict[str, Any]) -> str:
    """How many runs a study takes and about how long; one that goes on until it is precise takes at least so many."""
    from sim.analysis import mapping, studying
    from sim.scenarios.study_settings import REPLICATIONS

    n = asked["replications"] or one.settings.replications or (FIRST if one.settings.precision else REPLICATIONS)
    varied = len(studying.variations(one))
    if one.settings.kind == "map":
        plans = [plan for at in mapping.places(one) for plan in one.cell(*at)]
        number = len(plans) * (1 + varied)
    else:
        plans = studying.plans_of(one, one.plans)
        number = len(plans) + varied * len(studying.needed(one, [plan.name for plan in plans]))
    return about(number * n, plans, _seed(one, asked), asked["workers"])


def _seed(one: StudyFile, asked: dict[str, Any]) -> int:
    return one.settings.seed if asked["seed"] is None else int(asked["seed"])


def _carried_out(one: StudyFile, results: Path, asked: dict[str, Any]) -> int:
    from sim.analysis.mapping import map_of
    from sim.analysis.studying import study as carry_out
    from sim.report.study_files import told
    from sim.study import Runs, engine

    seed, n = _seed(one, asked), asked["replications"]
    found: Answered | None
    with keeping(
        "study", one.plans, store=asked["store"], no_store=asked["no_store"], seed=seed, name=one.name,
        options=one.settings.model_dump(mode="json"),
    ) as kept:  # fmt: skip
        with progress(one.name) as bar, engine(asked["workers"]) as crew:
            runs = Runs(seed, engine=crew, store=kept, told=bar.runs)
            found = map_of(one, runs, n) if one.settings.kind == "map" else carry_out(one, runs, n)
        kept.also(runs.plans)
        kept.finish("interrupted" if runs.interrupted else "finished")
    if found is None:
        if runs.interrupted:
            note(f"Interrupted: {runs.there:,} runs are finished; {one.name} has no results yet.")
            return INTERRUPTED
        note(f"warning: {one.name} has no results: runs were given up, as their processes were killed (out of memory?)")
        return 1
    _write(found, results / one.name)
    say(told(found))
    return 0


def _write(found: Answered, folder: Path) -> None:
    from sim.analysis.mapping import Mapped
    from sim.report import map_figures, study_figures
    from sim.report.study_files import manifest, page, summary

    shown: dict[str, str] = {}
    files: dict[str, str] = {}
    if isinstance(found, Mapped):
        files["figure.svg"], shown["figure.svg"] = map_figures.figure(found), map_figures.shows(found)
        if len(found.sheets) > 1:
            files["border.svg"], shown["border.svg"] = map_figures.border(found), "How the border moves"
    else:
        files["figure.svg"], shown["figure.svg"] = study_figures.figure(found), study_figures.shows(found)
    files |= {"summary.csv": summary(found), "README.md": page(found, shown), "manifest.json": manifest(found)}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise Problems([f"{folder} could not be written: {reason(error)}"]) from None
    note(f"The results are in {folder}")


def _write_table(path: Path, results: Path) -> None:
    import os

    from sim.report import verdicts

    manifests = _manifests(results)
    there = path.read_text(encoding="utf-8") if path.exists() else ""
    up = Path(os.path.relpath(results, path.parent)).as_posix()
    path.write_text(verdicts.replaced(there, verdicts.table(manifests, up)), encoding="utf-8")
    note(f"The table of {len(manifests)} verdicts is in {path}")


def _manifests(results: Path) -> Sequence[dict[str, object]]:
    found = []
    for path in sorted(results.glob("*/manifest.json")):
        try:
            found.append(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            note(f"note: {path} cannot be read, so its study is not in the table.")
    return found
