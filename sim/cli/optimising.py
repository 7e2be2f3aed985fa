"""``baton optimise``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from sim.cli.options import Amount, amount, study_options, whole
from sim.cli.reading import read
from sim.cli.studies import Ask, check_weeks, end, working
from sim.cli.terminal import say, width

if TYPE_CHECKING:
    from sim.analysis import Limit

_LIMIT = re.compile(r"\s*([a-z_0-9]+)\s*(<=|>=)\s*([^\s~]+)\s*(?:~\s*(\S+))?\s*")


def limit(text: str) -> tuple[str, str, float, float]:
    """``abandoned_share<=8%~1%``: a measure, a side, a value, a tolerance. Raises `BadParameter`."""
    found = _LIMIT.fullmatch(text)
    try:
        if found is None:
            raise ValueError
        name, side, value, tolerance = found.groups()
        return name, side, _number(value), _number(tolerance or "0")
    except ValueError:
        raise click.BadParameter(
            f"{text!r} should read MEASURE<=VALUE or MEASURE>=VALUE, with ~TOLERANCE if you like, such as "
            "abandoned_share<=8%~1%."
        ) from None


def _number(text: str) -> float:
    return float(text.removesuffix("%")) / (100.0 if text.endswith("%") else 1.0)


@click.command(short_help="The staffing with the highest contribution that keeps to your limits.")
@click.argument("scenario")
@study_options
@click.option(
    "--keep",
    "limits",
    metavar="LIMIT",
    type=limit,
    multiple=True,
    help="A limit such as abandoned_share<=8%, service_level_share>=70%~2%, overtime_h<=200. May be repeated.",
)
@click.option(
    "--zone",
    metavar="AMOUNT",
    type=amount,
    default="1%",
    show_default=True,
    help="Differences in contribution a year below this do not matter.",
)
@click.option(
    "--plans",
    metavar="N",
    type=whole(2, 10_000),
    default=40,
    show_default=True,
    help="Look at no more than so many plans.",
)
@click.option("--no-shifts", "fixed", is_flag=True, help="Leave the shifts where they are.")
@click.option("--budget", metavar="RUNS", type=whole(1, 100_000_000), help="End after so many runs in any case.")
def optimise(
    scenario: str,
    limits: tuple[tuple[str, str, float, float], ...],
    zone: Amount,
    plans: int,
    fixed: bool,
    budget: int | None,
    **asked: object,
) -> int:
    """Search from SCENARIO for the people per group, cross-training and shift starts that bring most.

    A local search on the same callers, --replications of each plan, and a final on fresh ones. It promises the best of
    the plans that it has looked at, no more.
    """
    from sim import analysis
    from sim.report import machine, optimising, tables
    from sim.statistics import Zone

    ask = Ask(**asked)  # type: ignore[arg-type]
    (plan,) = (loaded.scenario for loaded in read([scenario], ask.settings, ask.days))
    check_weeks(plan)
    wanted = [_checked(*said) for said in limits]
    with working("optimise", [plan], ask, budget=budget) as (runs, bar):
        runs.upto([plan], ask.replications)
        base = runs.results([plan], ask.replications)
        if not base.finished.any():
            return end(base)
        mean = abs(base.estimate(0, analysis.optimising.MEASURE).mean)
        delta = max(zone.absolute or 0.0, zone.relative * mean, 1.0)
        try:
            found = analysis.optimise(
                plan, wanted, zone=Zone(delta), replications=ask.replications, shifts=not fixed, most=plans, runs=runs,
                looked=lambda _, __, seen: bar.say(f"{seen} plans"),
            )  # fmt: skip
        except ValueError as error:
            raise click.UsageError(str(error)) from None
    if ask.form == "json":
        say(machine.dumps(optimising.as_data(found)))
    elif ask.form == "csv":
        say(found.frame().to_csv(index=False, lineterminator="\n").rstrip("\n"))
    else:
        parts = ["\n".join(optimising.sentences(found)), tables.text(optimising.table(found), width())]
        say("\n\n".join([*parts, optimising.remarks(found)]))
    return end(runs.results([plan], ask.replications))


def _checked(name: str, side: str, value: float, tolerance: float) -> Limit:
    from sim.analysis import Limit
    from sim.kpis import KPIS
    from sim.scenarios.problems import nearest

    if name not in KPIS:
        raise click.BadParameter(f"there is no measure {name!r}.{_meant(nearest(name, KPIS))}", param_hint="'--keep'")
    return Limit(name, "<=" if side == "<=" else ">=", value, tolerance)


def _meant(name: str) -> str:
    return f" Did you mean {name}?" if name else " See docs/kpis.md."
