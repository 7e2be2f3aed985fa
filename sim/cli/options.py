"""The options that commands share, and numbers whose errors say what they may be."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

DIMENSIONS = ("type", "group", "person", "hour", "tier", "job")
FORMATS = ("table", "json", "csv")
REPLICATIONS = 10
LARGEST_SEED = 2**63 - 1


def whole(least: int, most: int) -> Callable[[Any], int]:
    """A reader of whole numbers with limits, whose error names them."""

    def number(text: Any) -> int:
        try:
            found = int(text)
        except ValueError:
            found = least - 1
        if not least <= found <= most:
            raise click.BadParameter(f"{str(text)!r} should be a whole number from {least} to {most}.")
        return found

    return number


_STORE = click.option("--store", type=click.Path(path_type=Path), metavar="FILE",
                      help="The store of runs.  [default: $BATON_STORE, else in your data folder]")  # fmt: skip
_TABLES = (
    click.option("--by", type=click.Choice(DIMENSIONS), multiple=True, help="Split tables as well. May be repeated."),
    click.option("--all", "every", is_flag=True, help="Every measure, by group, instead of a dozen."),
)
_SHARED = (
    click.option("--set", "settings", metavar="NAME=VALUE", multiple=True,
                 help="Change a setting by its dotted name, such as calls.per_day=80. May be repeated."),
    click.option("--days", metavar="N", type=whole(1, 36_500),
                 help="Days to count.  [default: the scenario's, else a year]"),
    click.option("--replications", metavar="N", type=whole(1, 1_000_000), default=REPLICATIONS, show_default=True,
                 help="How often each plan is run; every plan meets the same callers."),
    click.option("--seed", metavar="N", type=whole(0, LARGEST_SEED), default=1, show_default=True,
                 help="Which callers ring."),
    click.option("--workers", metavar="N", type=whole(1, 1024),
                 help="Processes; the results do not depend on it.  [default: the cores]"),
    click.option("--cluster", metavar="ADDRESS|local",
                 help="A Dask cluster to run on, such as tls://host:8786; local starts one of --workers processes."),
    click.option("--dry-run", is_flag=True, help="Only say how many runs it takes, and about how long."),
    click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True,
                 help="How results are written."),
    _STORE,
    click.option("--no-store", is_flag=True, help="Neither keep runs nor use kept ones."),
)  # fmt: skip


def study_options(command: F) -> F:
    """Put on a command the options that all studies share, in their order."""
    for option in reversed(_SHARED):
        command = option(command)
    return command


def table_options(command: F) -> F:
    """Put on a command those about tables of all measures."""
    for option in reversed(_TABLES):
        command = option(command)
    return command


def store_option(command: F) -> F:
    """Put on a command which store it looks into."""
    return _STORE(command)


class Amount(NamedTuple):
    """An amount in the unit of a measure, a share of it, or both: whichever is more."""

    absolute: float | None
    relative: float


def amount(text: str) -> Amount:
    """``20000``, ``$20,000``, ``2%``, or ``2%,20000``. Raises `BadParameter`."""
    absolute, relative = None, 0.0
    for part in re.split(r"(?<!\d),\s*|,(?!\d{3}(?!\d))\s*|\s+", text.strip()):
        number = part.strip(" $").replace(",", "").removesuffix("%")
        try:
            found = float(number)
        except ValueError:
            found = -1.0
        again = relative if part.endswith("%") else absolute
        if again or not 0.0 < found < math.inf or (part.endswith("%") and found >= 100.0):
            raise click.BadParameter(
                f"{text!r} should be an amount, a per cent, or both, such as 20000, 2% or 2%,20000."
            )
        if part.endswith("%"):
            relative = found / 100.0
        else:
            absolute = found
    return Amount(absolute, relative)
