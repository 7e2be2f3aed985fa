"""CSV files as they come: with or without BOM, commas, semicolons, tabs or bars, quoted or not."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from sim.scenarios.problems import counted, listed, nearest, shown

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_QUOTED = re.compile(r'"[^"]*"')
_DELIMITERS = ",;\t|"


class Unreadable(Exception):
    """A file or a column that cannot be read: the setting that names it, what is wrong, what was probably meant."""

    def __init__(self, setting: str, message: str, suggestion: str = "") -> None:
        super().__init__(message)
        self.setting, self.message, self.suggestion = setting, message, suggestion


class BadCell(ValueError):
    """A cell that does not say what it should; its row is counted, never guessed."""


class Row(NamedTuple):
    """A row and the line of the file on which it begins."""

    line: int
    cells: list[str]

    def cell(self, column: int) -> str:
        """A cell without surrounding blanks. Raises `BadCell` if the row ends before it."""
        if column >= len(self.cells):
            raise BadCell(f"the row has only {counted(len(self.cells), 'cell')}")
        return self.cells[column].strip()


class CsvFile(NamedTuple):
    """A CSV file read."""

    name: str
    header: list[str]
    rows: list[Row]

    def column(self, setting: str, wanted: str) -> int:
        """The number of a column. Raises `Unreadable` where there is none, or more than one, of that name."""
        if self.header.count(wanted) == 1:
            return self.header.index(wanted)
        has = f"{self.name} has {'several of them' if wanted in self.header else f'the columns {listed(self.header)}'}"
        meant = "" if wanted in self.header else nearest(wanted, self.header)
        names_it = setting.startswith("keep.")  # there the setting's own name is the column
        said = "names no column" if names_it else f"is {shown(wanted)}"
        raise Unreadable(setting, f"{said}; {has}.", meant)


def read_csv(folder: Path, name: str) -> CsvFile:
    """Read a whole CSV file with a header row. Raises `Unreadable` where it cannot be read or is empty."""
    rows = _rows(name, _text(folder, name))
    try:
        first = next(rows, None)
        if first is None:
            raise Unreadable("file", f"names {name}, which is empty.")
        return CsvFile(name, [cell.strip() for cell in first.cells], list(rows))
    except csv.Error as error:
        raise Unreadable("file", f"names {name}, which is no CSV: {error}.") from None


def number(text: str) -> float:
    """A cell as a number (a decimal point, no thousands separators). Raises `BadCell` for anything else."""
    if not _NUMBER.fullmatch(text):
        raise BadCell(f"{shown(text)} is not a number")
    value = float(text)
    if value == float("inf"):
        raise BadCell(f"{shown(text)} is too large a number")
    return value


def _text(folder: Path, name: str) -> str:
    path = folder / name
    try:
        if not path.exists():
            meant = nearest(path.name, [other.name for other in path.parent.glob("*.[ct]*")])
            raise Unreadable("file", f'names "{name}", and there is no such file beside the scenario.', meant)
        if not path.is_file():
            raise Unreadable("file", f'names "{name}", which is not a file.')
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        said = f"names {name}, of which line {line} is not UTF-8 text; save the file as UTF-8."
        raise Unreadable("file", said) from None
    except (OSError, ValueError) as error:
        raise Unreadable("file", f'names "{name}", which cannot be read ({error}).') from None


def _rows(name: str, text: str) -> Iterator[Row]:
    """The rows that hold anything, the header first."""
    head = next((line for line in text.splitlines() if line.strip()), "")
    bare = _QUOTED.sub("", head)
    delimiter = max(_DELIMITERS, key=bare.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    line = last = 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield Row(line, cells)
        last, line = line, reader.line_num + 1
    if _is_open(text, delimiter, last):
        raise Unreadable("file", f"names {name}, of which line {last} opens a quote that never closes.")


def _is_open(text: str, delimiter: str, line: int) -> bool:
    """Whether the row that begins on a line, the last, ends inside quotes: it has swallowed all rows after it."""
    rest = itertools.islice(io.StringIO(text, newline=""), line - 1, None)
    try:
        list(csv.reader(rest, delimiter=delimiter, strict=True))
    except csv.Error as error:
        return str(error) == "unexpected end of data"
    return False
