"""``baton compare`` until something is decided: the options, and the wish that they make."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from sim.cli.options import Amount, amount, whole

if TYPE_CHECKING:
    from sim.shop.scenario import Scenario
    from sim.statistics import Precision, Zone
    from sim.study import Runs

F = TypeVar("F", bound=Callable[..., Any])
MEASURE = "contribution_per_year"
FIRST = 20


class Wish(NamedTuple):
    """When the comparison shall end, as it was said."""

    precision: Amount | None
    choose: Amount | None
    probability: float
    first: int | None
    budget: int | None
    measure: str
    together: bool


def _share(text: Any) -> float:
    try:
        found = float(text)
    except ValueError:
        found = 0.0
    if not 0.0 < found < 1.0:
        raise click.BadParameter(f"{str(text)!r} should be a probability between 0 and 1, such as 0.95.")
    return found


def checked_measure(context: click.Context, parameter: click.Parameter, name: str) -> str:
    """The measure, if there is one of that name. Raises `BadParameter`."""
    if name != MEASURE:
        from sim.kpis import KPIS
        from sim.scenarios.problems import nearest

        if name not in KPIS:
            raise click.BadParameter(f"there is no measure {name!r}.{_meant(nearest(name, KPIS))}")
    return name


_OPTIONS = (
    click.option("--precision", metavar="AMOUNT", type=amount,
                 help="Go on until every difference is known to ± this: 20000, or 5%,20000 (whichever is more)."),
    click.option("--choose", metavar="AMOUNT", type=amount,
                 help="Go on until the best plan is chosen; differences below this (20000, or 1%) do not matter."),
    click.option("--probability", metavar="P", type=_share, default=0.95, show_default=True,
                 help="With --choose: how sure the choice is to be."),
    click.option("--first", metavar="N", type=whole(10, 1_000_000),
                 help=f"Replications before anything is judged.  [default: {FIRST}]"),
    click.option("--budget", metavar="RUNS", type=whole(1, 100_000_000),
                 help="End after so many runs (replications of all plans together) in any case."),
    click.option("--measure", metavar="KEY", default=MEASURE, show_default=True, callback=checked_measure,
                 help="What --precision and --choose are about; see docs/kpis.md."),
    click.option("--together", is_flag=True, help="Intervals of several plans that hold all at once."),
)  # fmt: skip


def deciding_options(command: F) -> F:
    """Put these options on a command, in their order."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def check_wish(wish: Wish, context: click.Context, plans: int) -> None:
    """What does not go together. Raises `UsageError`."""
    said = context.get_parameter_source("replications") is not click.core.ParameterSource.DEFAULT
    sequential = wish.precision is not None or wish.choose is not None
    if wish.precision is not None and wish.choose is not None:
        raise click.UsageError(
            "say --precision or --choose, not both: stopping at whichever comes first makes false claims."
        )
    if sequential and said:
        raise click.UsageError(
            "--precision and --choose take as many replications as they need: leave out --replications, or say --first."
        )
    if not sequential and wish.first is not None:
        raise click.UsageError("--first goes with --precision or --choose; else say --replications.")
    if wish.precision is not None and wish.precision.absolute is None:
        raise click.UsageError(
            "--precision needs an amount beside the per cent, such as 5%,20000: "
            "a difference of 0 is never known to 5 % of it."
        )
    if wish.precision is not None and first_of(wish) < FIRST:
        raise click.UsageError(
            f"--first should be at least {FIRST} with --precision: fewer tell too little of the spread."
        )
    if wish.choose is not None and wish.probability * plans <= 1.0:
        raise click.UsageError(
            f"--probability should be more than {1.0 / plans:.2g} with {plans} plans: a blind choice is that sure."
        )
    if wish.choose is not None and wish.measure != MEASURE:
        from sim.kpis import KPIS

        if KPIS[wish.measure].direction == "neither":
            raise click.UsageError(
                f"of {wish.measure} neither more nor less is better: --choose needs another measure."
            )


def first_of(wish: Wish) -> int:
    """Replications before anything is judged."""
    return wish.first or FIRST


def wished(wish: Wish, replications: int, plans: Sequence[Scenario], runs: Runs) -> int | Precision | Zone | None:
    """The wish as the study takes it; a share is one of the first plan's mean over its first replications.

    None where it was interrupted before the first of these.
    """
    from sim.statistics import Precision, Zone

    first = first_of(wish)
    if wish.precision is not None and wish.precision.absolute is not None:
        return Precision(
            wish.precision.absolute, wish.precision.relative, comparisons=max(1, len(plans) - 1), first=first
        )
    if wish.choose is not None:
        delta = wish.choose.absolute or 0.0
        if wish.choose.relative:
            runs.upto(plans[:1], first)
            if runs.interrupted and not runs.there:
                return None
            mean = abs(runs.results(plans[:1]).estimate(0, wish.measure).mean)
            if not mean > 0.0 and not delta:
                raise click.UsageError(
                    f"--choose needs an amount here, such as 20000: there is no share of {wish.measure}, which is "
                    f"{'0' if mean == 0.0 else 'never seen'} under {plans[0].name or 'the first plan'}."
                )
            delta = max(delta, wish.choose.relative * mean if mean > 0.0 else 0.0)
        return Zone(delta, wish.probability, first)
    return replications


def _meant(name: str) -> str:
    return f" Did you mean {name}?" if name else " See docs/kpis.md."
