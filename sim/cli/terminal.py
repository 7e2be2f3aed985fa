"""Results to stdout, everything else to stderr; in letters that the terminal has."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

import click

#: for terminals without these letters
_PLAIN = str.maketrans(
    {
        "\u2212": "-",
        "\u00b1": "+/-",
        "\u2500": "-",
        "\u202f": " ",
        "\u2013": "-",
        "\u2026": "...",
        "\u201c": '"',
        "\u201d": '"',
    }
)


def say(text: str) -> None:
    """A result, to stdout."""
    click.echo(_legible(text, _encoding(sys.stdout)))


def note(text: str) -> None:
    """A note, warning or error, to stderr."""
    click.echo(_legible(text, _encoding(sys.stderr)), err=True)


def _encoding(stream: TextIO | None) -> str | None:
    """Of a stream; a stream that was closed before we started is None, and takes anything."""
    return "utf-8" if stream is None else stream.encoding


def _legible(text: str, encoding: str | None) -> str:
    """The text, with plainer signs where the encoding lacks ours, and question marks for what is still left."""
    encoding = encoding or "ascii"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(_PLAIN).encode(encoding, "replace").decode(encoding)
    return text


def width() -> int | None:
    """Columns of the terminal, None where the output goes elsewhere."""
    return shutil.get_terminal_size().columns if sys.stdout is not None and sys.stdout.isatty() else None


@contextmanager
def progress(total: int, what: str) -> Iterator[Callable[[int, int], None] | None]:
    """A bar on stderr while it is a terminal; yields what is to be called after each step."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TextColumn("runs"), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda finished, _: bar.update(task, completed=finished)
