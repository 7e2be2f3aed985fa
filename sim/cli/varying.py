"""What ``sweep`` and ``sensitivity`` share: their options, and errors of one line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import click

from sim.cli.deciding import MEASURE, checked_measure
from sim.cli.options import study_options
from sim.cli.reading import Problems

F = TypeVar("F", bound=Callable[..., Any])


def varying_options(command: F) -> F:
    """Those about what is varied, and the options that all studies share."""
    own = (
        click.option("--vary", metavar="NAME=VALUES", multiple=True,
                     help="A list a.b=1,2,3, a range a.b=1:3 or a.b=1:3:5, or a name alone: its sensible range."),
        click.option("--measure", metavar="KEY", default=MEASURE, show_default=True, callback=checked_measure,
                     help="What it is about; see docs/kpis.md."),
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
