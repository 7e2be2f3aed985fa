"""Empirical distributions: the sample that ``file`` and ``column`` name is read into ``values``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sim.scenarios.csvfile import BadCell, CsvFile, Row, Unreadable, number, read_csv
from sim.scenarios.layers import Layer
from sim.scenarios.problems import Name, Problem, counted, dotted


def fill_samples(layer: Layer, problems: list[Problem], notes: list[str]) -> None:
    """Read the sample of every empirical distribution that names a file; what is wrong goes to ``problems``."""
    files: dict[Path, CsvFile] = {}
    for name, table in list(_empirical(layer.values, ())):
        try:
            if table.get("values") is not None:
                raise Unreadable("values", "and a file are there; keep one of them.")
            folder = layer.origin((*name, "file")).folder
            path = folder / table["file"]
            if path not in files:
                files[path] = read_csv(folder, table["file"])
            table["values"] = _sample(files[path], table.get("column"), notes)
        except Unreadable as why:
            table["values"] = [1.0]  # one problem is enough
            place = (*name, why.setting)
            problems.append(layer.problem(place, f"{dotted(place)} {why.message}", suggestion=why.suggestion))


def _empirical(values: Any, name: Name) -> Iterator[tuple[Name, dict[str, Any]]]:
    items = values.items() if isinstance(values, dict) else enumerate(values) if isinstance(values, list) else ()
    for key, value in items:
        yield from _empirical(value, (*name, key))
    if isinstance(values, dict) and values.get("family") == "empirical" and isinstance(values.get("file"), str):
        yield name, values


def _sample(file: CsvFile, column: object, notes: list[str]) -> list[float]:
    rows, place = file.rows, 0
    if isinstance(column, str):
        place = file.column("column", column)
    elif len(file.header) > 1:
        raise Unreadable("file", f'names {file.name}, which has several columns; say which with column = "...".')
    else:
        rows = _with_first(file)
    values: list[float] = []
    bad: list[str] = []
    for row in rows:
        try:
            values.append(_not_negative(row.cell(place)))
        except BadCell as why:
            bad.append(f"line {row.line}: {why}")
    if not values:
        raise Unreadable("file", f"names {file.name}, and none of its rows could be read{_first(bad)}.")
    notes.append(
        f"sample {file.name}{f' {column}' if column else ''}: {counted(len(values), 'value')} read{_count(bad)}"
    )
    return values


def _with_first(file: CsvFile) -> list[Row]:
    """A file of one column may do without a header: then its first row is a number."""
    try:
        number(file.header[0])
    except BadCell:
        return file.rows
    return [Row(1, file.header), *file.rows]


def _not_negative(text: str) -> float:
    value = number(text)
    if value < 0.0:
        raise BadCell(f"{text} is negative")
    return value


def _count(bad: list[str]) -> str:
    return f", {len(bad):,} could not be read{_first(bad)}" if bad else ""


def _first(bad: list[str]) -> str:
    return f" (first: {bad[0]})" if bad else ""
