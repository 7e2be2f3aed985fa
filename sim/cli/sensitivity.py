"""``baton sensitivity``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli.beforehand import about
from sim.cli.codes import INTERRUPTED
from sim.cli.options import whole
from sim.cli.reading import Problems, read
from sim.cli.studies import Ask, check_page, check_weeks, reason, working
from sim.cli.terminal import note, say, width
from sim.cli.varying import one_line, varying_options

if TYPE_CHECKING:
    from sim.analysis import Needs, Sensitivity


@click.command(short_help="Which settings matter most, and what would turn the verdict.")
@click.argument("scenario")
@click.argument("other", required=False)
@varying_options
@click.option(
    "--trajectories",
    metavar="N",
    type=whole(2, 10_000),
    default=6,
    show_default=True,
    help="Ways through the ranges, one setting changed at a time.",
)
@click.option("--indices", is_flag=True, help="Also the share of the spread that each of the few has (Sobol).")
@click.option(
    "--keep",
    metavar="N",
    type=whole(1, 100),
    default=4,
    show_default=True,
    help="With --indices: how many of those that matter most.",
)
@click.option(
    "--base",
    metavar="N",
    type=whole(2, 1_048_576),
    default=32,
    show_default=True,
    help="With --indices: base points, a power of 2.",
)
@click.option(
    "--turn",
    metavar="NAME",
    multiple=True,
    help="Where along it the verdict turns.  [default: the one or two that matter most]",
)
@click.option("--no-turn", is_flag=True, help="Do not search where the verdict turns.")
@click.option("--map", "pair", metavar="NAME,NAME", help="The verdict over two settings.")
@click.option(
    "--cells", metavar="N", type=whole(2, 100), default=6, show_default=True, help="With --map: values of each setting."
)
@click.option(
    "--budget", metavar="RUNS", type=whole(1, 100_000_000), help="At most so many runs; says what it left out."
)
@click.option("--html", type=click.Path(path_type=Path), metavar="FILE", help="Also write one page with figures.")
def sensitivity(
    scenario: str,
    other: str | None,
    vary: tuple[str, ...],
    measure: str,
    turn: tuple[str, ...],
    no_turn: bool,
    pair: str | None,
    budget: int | None,
    html: Path | None,
    trajectories: int,
    indices: bool,
    keep: int,
    base: int,
    cells: int,
    **asked: object,
) -> int:
    """Which settings move SCENARIO's measure most, or the difference that OTHER makes to it.

    Without --vary: the assumptions that the comparison leans on, over their sensible ranges. With two plans it also
    searches where the verdict turns.
    """  # fmt: skip
    from sim import analysis

    ask = Ask(**asked)  # type: ignore[arg-type]
    if turn and no_turn:
        raise click.UsageError("say --turn or --no-turn, not both.")
    if html is not None:
        check_page(html)
    plans = [each.scenario for each in read([scenario, *([other] if other else [])], ask.settings, ask.days)]
    searched = turn or (() if no_turn else None)
    mapped = tuple(pair.split(",")) if pair is not None else ()
    wish = analysis.Asked(
        measure=measure, replications=ask.replications, trajectories=trajectories, indices=indices, keep=keep,
        base=base, turn=searched, chart=mapped, cells=cells,
    )  # fmt: skip
    with one_line():
        study = analysis.Study(plans, vary or None, wish)
    check_weeks(plans[0])
    if ask.dry_run:
        needs = study.needs(len(plans))
        say(f"{_steps(needs)}.\nIn all {about(sum(step.runs for step in needs), plans, ask.seed, ask.workers)}.")
        return 0
    with working("sensitivity", plans, ask, budget=budget) as (runs, _), one_line():
        found = study.answer(runs)
    say(_told(found, ask.form))
    if html is not None and found.screening is not None:
        _write_page(found, html)
    return _end(found)


def _steps(needs: list[Needs]) -> str:
    return "; ".join(f"{step.step}: {'at most ' if step.at_most else ''}{step.runs:,} runs" for step in needs)


def _told(found: Sensitivity, form: str) -> str:
    from sim.report import machine, sensitivity, show

    if form == "json":
        return machine.dumps(sensitivity.as_data(found))
    if form == "csv":
        return found.frame().to_csv(index=False, lineterminator="\n").rstrip("\n")
    return show(found, width=width())


def _end(found: Sensitivity) -> int:
    """Say what is not finished; the exit code."""
    if found.interrupted:
        note(f"Interrupted: {found.runs:,} runs are finished.")
        return INTERRUPTED
    return 1 if any(left.why == "given up" for left in found.left_out) else 0


def _write_page(found: Sensitivity, path: Path) -> None:
    from sim.cli.version import version
    from sim.report.sensitivity_page import page

    try:
        path.write_text(page(found, version()), encoding="utf-8")
    except OSError as error:
        raise Problems([f"{path} could not be written: {reason(error)}"]) from None
    note(f"The page with the figures is {path}")
