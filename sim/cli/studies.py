"""``baton run`` and ``baton compare``."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from sim.cli.beforehand import about
from sim.cli.codes import INTERRUPTED
from sim.cli.deciding import Wish, check_wish, deciding_options, first_of, wished
from sim.cli.keeping import keeping
from sim.cli.options import study_options, table_options
from sim.cli.reading import Problems, read
from sim.cli.terminal import Bar, note, progress, say, width

if TYPE_CHECKING:
    from sim.analysis import Comparison
    from sim.shop.scenario import Scenario
    from sim.statistics import Estimate, Precision, Zone
    from sim.study import Results, Runs


class Ask(NamedTuple):
    """What was asked for on the command line."""

    settings: tuple[str, ...]
    days: int | None
    replications: int
    seed: int
    workers: int | None
    cluster: str | None
    dry_run: bool
    form: str
    store: Path | None
    no_store: bool
    by: tuple[str, ...] = ()
    every: bool = False


@click.command(short_help="Run one scenario and print its measures.")
@click.argument("scenario")
@study_options
@table_options
def run(scenario: str, **asked: object) -> int:
    """Run one scenario, a built-in name or a file, and print its measures."""
    ask = Ask(**asked)  # type: ignore[arg-type]
    (plan,) = (loaded.scenario for loaded in read([scenario], ask.settings, ask.days))
    check_weeks(plan)
    if ask.dry_run:
        return take(ask.replications, [plan], ask)
    with working("run", [plan], ask, ask.by) as (runs, _):
        runs.upto([plan], ask.replications)
    results = runs.results([plan], ask.replications)
    if results.finished.any():
        say(_one(results, ask))
    return end(results)


@click.command(short_help="Compare plans, on the same callers.")
@click.argument("scenario", nargs=-1, required=True)
@study_options
@table_options
@deciding_options
@click.option("--html", type=click.Path(path_type=Path), metavar="FILE", help="Also write one page with figures.")
@click.pass_context
def compare(context: click.Context, /, scenario: tuple[str, ...], html: Path | None, **asked: object) -> int:
    """Compare scenarios, each against the first, on the same callers: so many replications, or until it is decided."""
    wish = Wish(**{name: asked.pop(name) for name in Wish._fields})  # type: ignore[arg-type]
    ask = Ask(**asked)  # type: ignore[arg-type]
    if len(scenario) < 2:
        raise click.UsageError("name at least two scenarios, such as: baton compare combined separate.")
    check_wish(wish, context, len(scenario))
    if html is not None:
        check_page(html)
    plans = [loaded.scenario for loaded in read(scenario, ask.settings, ask.days)]
    _check_comparable(plans)
    by = tuple(dict.fromkeys((*ask.by, *(("hour",) if html is not None else ()))))  # the page draws the hours
    check_weeks(plans[0])
    decided = wish.precision is not None or wish.choose is not None
    if ask.dry_run:
        each = first_of(wish) if decided else ask.replications
        return take(each * len(plans), plans, ask, "at least " if decided else "")
    with working("compare", plans, ask, by, wish.budget, decided=decided) as (runs, bar):
        if (goal := wished(wish, ask.replications, plans, runs)) is None:
            return end(runs.results(plans))
        try:
            found = analysed(plans, goal, wish, runs, bar)
        except ValueError as error:
            raise click.UsageError(str(error)) from None
    if found.results.finished.any():
        say(_several(found, ask))
        if html is not None:
            _write_page(found, html, ask.by)
    return end(found.results)


def take(runs: int, plans: Sequence[Scenario], ask: Ask, how: str = "") -> int:
    """Only say how many runs a study takes; the exit code."""
    say(f"{how}{about(runs, plans, ask.seed, ask.workers)}.")
    return 0


def analysed(plans: Sequence[Scenario], goal: int | Precision | Zone, wish: Wish, runs: Runs, bar: Bar) -> Comparison:
    """The comparison, with the interval that shrinks shown on the bar."""
    from sim import analysis
    from sim.report.deciding import interim
    from sim.study import names

    called, money = names(plans), plans[0].prices.currency

    def seen(plan: int, so_far: Estimate, width: float) -> None:
        bar.say(interim(called[plan], wish.measure, so_far, width, money))

    return analysis.compare(plans, goal, measure=wish.measure, together=wish.together, runs=runs, seen=seen)


@contextmanager
def working(
    kind: str,
    plans: Sequence[Scenario],
    ask: Ask,
    by: tuple[str, ...] = (),
    budget: int | None = None,
    *,
    decided: bool = False,
) -> Iterator[tuple[Runs, Bar]]:
    """Who does the runs and where they are kept, and the bar that shows it.

    ``decided``: how many replications there will be is not known before.
    """
    from sim.study import EngineError, Runs, engine

    with keeping(
        kind, plans, store=ask.store, no_store=ask.no_store, seed=ask.seed, by=by,
        replications=None if decided else ask.replications, options={"set": ask.settings, "days": ask.days},
    ) as kept:  # fmt: skip
        try:
            with progress("simulating") as bar, engine(ask.workers, ask.cluster) as crew:
                runs = Runs(ask.seed, engine=crew, store=kept, by=by, budget=budget, told=bar.runs)
                yield runs, bar
        except EngineError as error:
            raise Problems([error]) from None
        kept.also(runs.plans)
        kept.finish("interrupted" if runs.interrupted else "stopped by budget" if runs.exhausted else "finished")


def end(results: Results) -> int:
    """Say what is not finished; the exit code."""
    for plan, replication in results.given_up:
        note(f"warning: {plan}, replication {replication}, was given up: its process was killed (out of memory?)")
    if results.interrupted:
        note(f"Interrupted: {results.finished.sum()} of {results.finished.size} runs are finished.")
        return INTERRUPTED
    return 1 if results.given_up else 0


def _one(results: Results, ask: Ask) -> str:
    from sim.report import machine, show

    if ask.form == "json":
        return machine.run_json(results)
    if ask.form == "csv":
        return machine.run_csv(results)
    return show(results, width=width(), every=ask.every)


def _several(found: Comparison, ask: Ask) -> str:
    from dataclasses import replace

    from sim.report import deciding, machine, show

    shown = found.results.only(ask.by)
    if ask.form == "json":
        return machine.compare_json(shown, deciding.as_data(found))
    if ask.form == "csv":
        return machine.compare_csv(shown)
    return show(replace(found, results=shown), width=width(), every=ask.every)


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


def check_weeks(plan: Scenario) -> None:
    """Figures a year are 365 times those of a mean day that was run: a part of a week is not a mean one."""
    days = plan.days
    if days % 7 and days < 365:
        run = "1 day is" if days == 1 else f"{days} days are"
        note(
            f"note: {run} not whole weeks, so figures a year count some weekdays more than others; "
            f"--days {max(7, days // 7 * 7)} would not."
        )


def check_page(path: Path) -> None:
    """Whether a page can be written there, and replaces nothing but a page."""
    if _is_something_else(path):
        raise click.BadParameter(
            f"{str(path)!r} cannot be written: it exists and is no page, so it is left as it is.", param_hint="'--html'"
        )
    check_writable(path, "'--html'")


def check_writable(path: Path, option: str) -> None:
    """Whether a file can be written, before anybody waits for the runs."""
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
        raise click.BadParameter(f"{str(path)!r} cannot be written: {reason(error)}.", param_hint=option) from None


def _is_something_else(path: Path) -> bool:
    """Whether a file is there that no page should replace: a scenario, for one, after a name was forgotten."""
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            head = file.read(64).lstrip().lower()
    except OSError:  # it cannot be read: whether it can be written is asked next
        return False
    return bool(head) and not head.startswith((b"<!doctype html", b"<html"))


def reason(error: OSError) -> str:
    """Why a file cannot be written, in the system's words."""
    return (error.strerror or os.strerror(error.errno or 0)).lower()


def _write_page(found: Comparison, path: Path, by: tuple[str, ...]) -> None:
    from sim.cli.version import version
    from sim.report.page import page

    try:
        path.write_text(page(found, version(), by), encoding="utf-8")
    except OSError as error:
        raise Problems([f"{path} could not be written: {reason(error)}"]) from None
    note(f"The page with the figures is {path}")
