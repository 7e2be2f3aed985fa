"""What ``sweep`` and ``sensitivity`` share: their options, what a study would take, and errors of one line."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

from sim.cli.deciding import MEASURE, checked_measure
from sim.cli.options import study_options
from sim.cli.reading import Problems

if TYPE_CHECKING:
    from sim.shop.scenario import Scenario

F = TypeVar("F", bound=Callable[..., Any])


def varying_options(command: F) -> F:
    """Those about what is varied, and the options that all studies share."""
    own = (
        click.option("--vary", metavar="NAME=VALUES", multiple=True,
                     help="A list a.b=1,2,3, a range a.b=1:3 or a.b=1:3:5, or a name alone: its sensible range."),
        click.option("--measure", metavar="KEY", default=MEASURE, show_default=True, callback=checked_measure,
                     help="What it is about; see docs/kpis.md."),
        click.option("--dry-run", is_flag=True, help="Only say how many runs it takes, and about how long."),
    )  # fmt: skip
    command = study_options(command)
    for option in reversed(own):
        command = option(command)
    return command


@contextmanager
def one_line() -> Iterator[None]:
    """What cannot be varied or asked, as the input error that it is."""
    from sim.scenarios import ScenarioError

    try:
        yield
    except ScenarioError as error:
        raise Problems(list(dict.fromkeys(map(str, error.problems)))) from None
    except ValueError as error:
        raise click.UsageError(str(error)) from None


def about(runs: int, plans: Sequence[Scenario], seed: int, workers: int | None) -> str:
    """``1,320 runs, about 20 minutes``, by a short run of each plan."""
    from sim.study import cores
    from sim.study.timing import seconds_a_run

    seconds = runs * seconds_a_run(plans, seed) / min(workers or cores(), max(runs, 1))
    return f"{runs:,} runs, about {_duration(seconds)}"


def _duration(seconds: float) -> str:
    for size, unit in ((86_400.0, "day"), (3600.0, "hour"), (60.0, "minute")):
        if seconds >= 1.5 * size:
            number = seconds / size
            return f"{number:.0f} {unit}s" if number >= 9.5 else f"{number:.2g} {unit}s"
    n = max(1, math.ceil(seconds))
    return f"{n} second{'s' if n > 1 else ''}"
