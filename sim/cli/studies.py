"""``baton run`` and ``baton compare``."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from sim.cli.keeping import keeping
from sim.cli.options import study_options
from sim.cli.reading import Problems, read
from sim.cli.terminal import note, progress, say, width

if TYPE_CHECKING:
    from sim.shop.scenario import Scenario
    from sim.study import Results

INTERRUPTED = 130


class Ask(NamedTuple):
    """What was asked for on the command line."""

    settings: tuple[str, ...]
    days: int | None
    replications: int
    seed: int
    workers: int | None
    form: str
    by: tuple[str, ...]
    every: bool
    store: Path | None
    no_store: bool


@click.command(short_help="Run one scenario and print its measures.")
@click.argument("scenario")
@study_options
def run(scenario: str, **asked: object) -> int:
    """Run one scenario, a built-in name or a file, and print its measures."""
    ask = Ask(**asked)  # type: ignore[arg-type]
    plans = [loaded.scenario for loaded in read([scenario], ask.settings, ask.days)]
    return _tell(_study("run", plans, ask, ask.by), ask)


@click.command(short_help="Compare plans, on the same callers.")
@click.argument("scenario", nargs=-1, required=True)
@study_options
@click.option("--html", type=click.Path(path_type=Path), metavar="FILE", help="Also write one page with figures.")
def compare(scenario: tuple[str, ...], html: Path | None, **asked: object) -> int:
    """Compare scenarios, each against the first, on the same callers."""
    ask = Ask(**asked)  # type: ignore[arg-type]
    if len(scenario) < 2:
        raise click.UsageError("name at least two scenarios, such as: baton compare combined separate.")
    if html is not None:
        _check_writable(html)
    plans = [loaded.scenario for loaded in read(scenario, ask.settings, ask.days)]
    _check_comparable(plans)
    by = tuple(dict.fromkeys((*ask.by, *(("hour",) if html is not None else ()))))  # the page draws the hours
    results = _study("compare", plans, ask, by)
    code = _tell(results, ask)
    if html is not None and results.finished.any():
        _write_page(results, html, ask.by)
    return code


def _study(kind: str, plans: list[Scenario], ask: Ask, by: tuple[str, ...]) -> Results:
    from sim.study import replicate

    _check_weeks(plans)
    with keeping(
        kind, plans, store=ask.store, no_store=ask.no_store, seed=ask.seed, replications=ask.replications, by=by,
        options={"set": ask.settings, "days": ask.days},
    ) as kept:  # fmt: skip
        with progress(len(plans) * ask.replications, "simulating") as on_done:
            results = replicate(
                plans, replications=ask.replications, seed=ask.seed, workers=ask.workers, by=by, store=kept,
                on_done=on_done,
            )  # fmt: skip
        kept.finish("interrupted" if results.interrupted else "finished")
    return results


def _tell(results: Results, ask: Ask) -> int:
    """Print what is finished, and say what is not."""
    for plan, replication in results.given_up:
        note(f"warning: {plan}, replication {replication}, was given up: its process was killed (out of memory?)")
    if results.interrupted:
        note(f"Interrupted: {results.finished.sum()} of {results.finished.size} runs are finished.")
    if results.finished.any():
        say(_written(results, ask))
    return INTERRUPTED if results.interrupted else 0 if results.finished.all() else 1


def _written(results: Results, ask: Ask) -> str:
    from sim.report import machine, tables, words

    several = len(results.plans) > 1
    shown = results.only(ask.by)
    if ask.form == "json":
        return machine.compare_json(shown) if several else machine.run_json(shown)
    if ask.form == "csv":
        return machine.compare_csv(shown) if several else machine.run_csv(shown)
    texts = [tables.text(table, width()) for table in tables.tables(shown, every=ask.every)]
    return "\n\n".join(["\n".join(words.answer(shown)), *texts, words.footnote(shown)])


def _check_comparable(plans: list[Scenario]) -> None:
    """Plans that cannot be compared are an error; those that may surprise are a note."""
    from sim.study import faults, names

    if wrong := faults(plans):
        raise Problems(wrong)
    called = names(plans)
    for place, plan in enumerate(plans[1:], start=1):
        if plan == plans[0]:
            note(f"note: {called[place]} is the same plan as {called[0]}, so every difference is exactly 0.")
        elif plan.calls != plans[0].calls:
            note(
                f"note: {called[place]} and {called[0]} differ in their calls, so not the same callers ring under both."
            )


def _check_weeks(plans: list[Scenario]) -> None:
    """Figures a year are 365 times those of a mean day that was run: a part of a week is not a mean one."""
    days = plans[0].days
    if days % 7 and days < 365:
        note(
            f"note: {days} days are not whole weeks, so figures a year count some weekdays more than others; "
            f"--days {max(7, days // 7 * 7)} would not."
        )


def _check_writable(path: Path) -> None:
    """Whether the page can be written, before anybody waits for the runs."""
    try:
        if path.exists() and not stat.S_ISREG(path.stat().st_mode):
            if path.is_dir():
                raise IsADirectoryError(21, "it is a folder")
            return
        new = not path.exists()
        with path.open("ab"):
            pass
        if new:
            path.unlink()
    except OSError as error:
        raise click.BadParameter(f"{str(path)!r} cannot be written: {_reason(error)}.", param_hint="'--html'") from None


def _reason(error: OSError) -> str:
    return (error.strerror or os.strerror(error.errno or 0)).lower()


def _write_page(results: Results, path: Path, by: tuple[str, ...]) -> None:
    from sim.cli.version import version
    from sim.report.page import page

    try:
        path.write_text(page(results, version(), by), encoding="utf-8")
    except OSError as error:
        raise Problems([f"{path} could not be written: {_reason(error)}"]) from None
    note(f"The page with the figures is {path}")
