"""``baton optimise``."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

import click

from sim.cli.options import Amount, amount, study_options, whole
from sim.cli.reading import read
from sim.cli.studies import Ask, check_weeks, end, take, working
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
        most, over = _number(value), _number(tolerance or "0")
        if not (math.isfinite(most) and 0.0 <= over < math.inf):
            raise ValueError
        return name, side, most, over
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

    A local search on the same callers, --replications of each plan, and a final of the best on fresh ones. It promises
    the best of the plans of that final, no more.
    """
    from sim import analysis
    from sim.analysis.optimising import FINALISTS
    from sim.report import machine, optimising, show
    from sim.statistics import Zone, interval

    ask = Ask(**asked)  # type: ignore[arg-type]
    (plan,) = (loaded.scenario for loaded in read([scenario], ask.settings, ask.days))
    check_weeks(plan)
    wanted = [_checked(*said) for said in limits]
    if budget is not None and budget < ask.replications:
        raise click.UsageError(f"--budget should be at least the {ask.replications} --replications of today's plan.")
    try:
        analysis.optimising.check(plan, wanted)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    if ask.dry_run:
        most = plans * ask.replications + FINALISTS * Zone(1.0).first
        return take(most if budget is None else min(most, budget), [plan], ask, "at most about ")
    with working("optimise", [plan], ask, budget=budget) as (runs, bar):
        if not runs.upto([plan], ask.replications):
            return end(runs.results([plan], ask.replications))
        mean = abs(interval(runs.series(plan, analysis.optimising.MEASURE)).mean)
        if not (zone.absolute or zone.relative * mean > 0.0):
            raise click.UsageError(
                "--zone needs an amount here, such as 5000: there is no share of a contribution of 0."
            )
        found = analysis.optimise(
            plan, wanted, zone=Zone(max(zone.absolute or 0.0, zone.relative * mean)), replications=ask.replications,
            shifts=not fixed, most=plans, runs=runs, looked=lambda _, __, seen: bar.say(f"{seen} plans"),
        )  # fmt: skip
    results = runs.results(runs.plans, ask.replications)
    if found is None:
        return end(results)
    if ask.form == "json":
        say(machine.dumps(optimising.as_data(found)))
    elif ask.form == "csv":
        say(found.frame().to_csv(index=False, lineterminator="\n").rstrip("\n"))
    else:
        say(show(found, width=width()))
    return end(results) or int(bool(runs.given_up))


def _checked(name: str, side: str, value: float, tolerance: float) -> Limit:
    from sim.analysis import Limit
    from sim.kpis import KPIS
    from sim.scenarios.problems import nearest

    if name not in KPIS:
        raise click.BadParameter(f"there is no measure {name!r}.{_meant(nearest(name, KPIS))}", param_hint="'--keep'")
    if KPIS[name].unit == "share" and not 0.0 <= value <= 1.0:
        raise click.BadParameter(f"{name} is a share: write {value:g}% or {value / 100:g}.", param_hint="'--keep'")
    return Limit(name, "<=" if side == "<=" else ">=", value, tolerance)


def _meant(name: str) -> str:
    return f" Did you mean {name}?" if name else " See docs/kpis.md."
