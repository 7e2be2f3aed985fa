"""Results to stdout, everything else to stderr; in letters that the terminal has."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

import click

if TYPE_CHECKING:
    from rich.progress import Progress

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


class Bar:
    """What a study shows while it runs; nothing where nobody watches."""

    def runs(self, finished: int, total: int) -> None:
        """So many of so many runs are there."""

    def say(self, text: str) -> None:
        """How the answer stands."""


class _Shown(Bar):
    def __init__(self, bar: Progress, what: str) -> None:
        self._bar, self._what = bar, what
        self._task = bar.add_task(what, total=None)

    def runs(self, finished: int, total: int) -> None:
        """So many of so many runs are there."""
        self._bar.update(self._task, completed=finished, total=total)

    def say(self, text: str) -> None:
        """How the answer stands."""
        self._bar.update(self._task, description=f"{self._what}: {_legible(text, sys.stderr.encoding)}")


@contextmanager
def progress(what: str) -> Iterator[Bar]:
    """A bar on stderr while it is a terminal: runs, time left, and how the answer stands."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield Bar()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    text = TextColumn("{task.description}", markup=False)
    columns = (text, BarColumn(), MofNCompleteColumn(), TextColumn("runs"), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        yield _Shown(bar, what)
