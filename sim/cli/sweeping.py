"""``baton sweep``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from sim.cli.beforehand import about
from sim.cli.options import whole
from sim.cli.reading import Problems, read
from sim.cli.studies import Ask, check_weeks, check_writable, end, reason, working
from sim.cli.terminal import note, say, width
from sim.cli.varying import one_line, varying_options

if TYPE_CHECKING:
    from sim.analysis import Sweep

PARQUET = ".parquet"


@click.command(short_help="Run plans at many values of some settings.")
@click.argument("scenario", nargs=-1, required=True)
@click.option(
    "--design",
    type=click.Choice(("grid", "lhs", "sobol")),
    default="grid",
    show_default=True,
    help="Every combination, a Latin hypercube, or Sobol points.",
)
@click.option(
    "--points",
    metavar="N",
    type=whole(1, 1_000_000),
    help="Points in all; on a grid, values of each range that does not say how many.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write every run as a row of a .csv or .parquet file.",
)
@varying_options
def sweep(
    scenario: tuple[str, ...],
    design: Literal["grid", "lhs", "sobol"],
    points: int | None,
    output: Path | None,
    vary: tuple[str, ...],
    measure: str,
    **asked: object,
) -> int:
    """Run SCENARIOs at many points of some settings, every plan on the same callers at every point.

    CSV and FILE have one row for each plan, point and replication, with every measure.
    """  # fmt: skip
    from sim import analysis

    ask = Ask(**asked)  # type: ignore[arg-type]
    if output is not None:
        _check_output(output)
    plans = [loaded.scenario for loaded in read(scenario, ask.settings, ask.days)]
    with one_line():
        space = analysis.space(plans, vary)
        chosen = analysis.points_of(space, design, points, ask.seed)
        analysis.everywhere(space, chosen, ask.replications)
    check_weeks(plans[0])
    if ask.dry_run:
        runs_ = len(chosen) * len(plans) * ask.replications
        named = f"{len(chosen):,} points, {len(plans)} plan{'s' if len(plans) > 1 else ''}"
        say(f"{named}, {ask.replications:,} replications: {about(runs_, plans, ask.seed, ask.workers)}.")
        return 0
    with working("sweep", plans, ask) as (runs, _), one_line():
        found = analysis.sweep(plans, space, design=design, points=points, replications=ask.replications, runs=runs)
    if found.results.finished.any():
        if output is not None:
            _write(found, output)
        say(_told(found, measure, ask.form))
    return end(found.results)


def _told(found: Sweep, measure: str, form: str) -> str:
    from sim.report import machine, show, sweeping

    if form == "json":
        return machine.dumps(sweeping.as_data(found, measure))
    if form == "csv":
        return found.frame().to_csv(index=False, lineterminator="\n").rstrip("\n")
    return show(found, width=width(), measure=measure)


def _check_output(path: Path) -> None:
    if path.suffix not in (".csv", PARQUET):
        raise click.BadParameter(f"{str(path)!r} should end in .csv or {PARQUET}.", param_hint="'--output'")
    if path.suffix == PARQUET:
        from importlib.util import find_spec

        if find_spec("pyarrow") is None:
            raise click.BadParameter(
                f"{PARQUET} files need pyarrow, which is not installed: pip install pyarrow, or name a .csv file.",
                param_hint="'--output'",
            )
    check_writable(path, "'--output'")


def _write(found: Sweep, path: Path) -> None:
    frame = found.frame()
    try:
        if path.suffix == PARQUET:
            frame.to_parquet(path, index=False)
        else:
            frame.to_csv(path, index=False, lineterminator="\n")
    except OSError as error:
        raise Problems([f"{path} could not be written: {reason(error)}"]) from None
    note(f"{len(frame):,} rows are in {path}")
