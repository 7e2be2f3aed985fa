"""Tables of measures: what is in them, and how they are laid out as text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from sim.kpis import KPIS
from sim.report.measures import chosen, currency, groups, label, verdict
from sim.report.numbers import MINUS, NONE, Scale, plain, scale
from sim.statistics import Estimate
from sim.study.results import Results, Split

GAP = "  "
HEADER_WIDTH = 14  # headers longer than this and than their column are broken into lines
SPLIT_MEASURES = 6
VERDICTS = {1: "better", 0: "", -1: "worse"}


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under headers. The first ``fixed`` columns name the row and are aligned to the left."""

    title: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    fixed: int = 2


def tables(results: Results, *, every: bool = False) -> list[Table]:
    """What ``run`` and ``compare`` print: :func:`measures` and then the splits."""
    return measures(results, every=every) + splits(results, every=every)


def measures(results: Results, *, every: bool = False) -> list[Table]:
    """The chosen dozen, or every measure by group; from three plans on with the differences in tables of their own."""
    parts = groups(results) if every else {"": chosen(results)}
    wide = len(results.plans) > 2
    found = []
    for group, keys in parts.items():
        found.append(_table(results, group, keys, plans=True, differences=not wide, every=every))
        if wide:
            title = f"{group}, less {results.plans[0]}" if group else f"less {results.plans[0]}"
            found.append(_table(results, title, keys, plans=False, differences=True, every=every))
    return found


def _table(results: Results, title: str, keys: Sequence[str], *, plans: bool, differences: bool, every: bool) -> Table:
    headers = ["measure", "unit", *(results.plans if plans else ())]
    for plan in results.plans[1:] if differences else ():
        headers += [f"{plan} less {results.plans[0]}" if plans else plan, ""]
    rows = []
    for key in keys:
        how = scale(KPIS[key], currency(results))
        cells = _means(results, key, how) if plans else []
        cells += _differences(results, key, how) if differences else []
        name = KPIS[key].label if every else label(key, results)  # short names are clear only among a dozen
        rows.append((name, how.unit, *cells))
    return Table(title, tuple(headers), tuple(rows))


def _means(results: Results, key: str, how: Scale) -> list[str]:
    return [plain(results.estimate(plan, key), how) for plan in range(len(results.plans))]


def _differences(results: Results, key: str, how: Scale) -> list[str]:
    cells = []
    for plan in range(1, len(results.plans)):
        difference = results.difference(plan, key)
        cells += [signed(difference, how), VERDICTS[verdict(key, difference)]]
    return cells


def splits(results: Results, *, every: bool = False) -> list[Table]:
    """One table for each dimension."""
    return [_split(results, split, every=every) for split in results.splits.values()]


def signed(difference: Estimate, how: Scale) -> str:
    """A difference with its sign, plus or minus."""
    text = plain(difference, how)
    signless = text.startswith((MINUS, NONE)) or not text.partition(" ")[0].strip("0.,")
    return text if signless else f"+{text}"


def split_keys(results: Results, split: Split, *, every: bool = False) -> list[str]:
    """The measures of a split table: those of the chosen dozen that can be split so, or all of them."""
    if every:
        return list(split.keys)
    counted = [key for key in ("calls_offered",) if key in split.keys]
    return (counted + [key for key in chosen(results) if key in split.keys and key not in counted])[:SPLIT_MEASURES]


def _split(results: Results, split: Split, *, every: bool) -> Table:
    """One row for each class and plan, one column for each measure."""
    keys = split_keys(results, split, every=every)
    ways = [scale(KPIS[key], currency(results)) for key in keys]
    several = len(results.plans) > 1
    rows: list[tuple[str, ...]] = []
    for name in _with_something(split, keys):
        for place, plan in enumerate(results.plans):
            found = (results.split_estimate(split.by, plan, name, key) for key in keys)
            cells = [plain(estimate, how) for estimate, how in zip(found, ways, strict=True)]
            rows.append((name if place == 0 else "", *([plan] if several else []), *cells))
    named = [f"{label(key, results)}, {how.unit}" for key, how in zip(keys, ways, strict=True)]
    headers = (split.by, *(["plan"] if several else []), *named)
    return Table(f"by {split.by}", headers, tuple(rows), fixed=2 if several else 1)


def _with_something(split: Split, keys: Sequence[str]) -> list[str]:
    """The classes in which anything shown was seen: the night's hours, for one, are left out where nobody rang."""
    values = np.nan_to_num(split.values[..., [split.keys.index(key) for key in keys]])
    return [name for place, name in enumerate(split.labels) if values[:, place].any()]


# As text


def text(table: Table, width: int | None = None) -> str:
    """The table as aligned lines; broken into blocks of columns where ``width`` is not enough for all."""
    columns = [_column(table, place) for place in range(len(table.headers))]
    blocks = ["\n".join(_lines(block, table.fixed)) for block in _blocks(columns, table.fixed, width)]
    title = [f"{table.title[0].upper()}{table.title[1:]}"] if table.title else []
    return "\n\n".join(title + blocks)


@dataclass(frozen=True, slots=True)
class _Column:
    header: tuple[str, ...]
    cells: tuple[str, ...]
    width: int


def _column(table: Table, place: int) -> _Column:
    cells = _aligned([row[place] for row in table.rows])
    widest = max(map(len, cells), default=0)
    header = tuple(textwrap.wrap(table.headers[place], max(widest, HEADER_WIDTH)))
    return _Column(header, tuple(cells), max(widest, *map(len, header), 0))


def _aligned(cells: Sequence[str]) -> list[str]:
    """Means end and half-widths begin at the same place, so that the signs between them are one below another."""
    parts = [cell.partition(" ± ") for cell in cells]
    if not any(middle for _, middle, _ in parts):
        return list(cells)
    mean, half = max(len(first) for first, _, _ in parts), max(len(last) for _, _, last in parts)
    return [f"{first:>{mean}}{middle or '   '}{last:<{half}}" for first, middle, last in parts]


def _blocks(columns: list[_Column], fixed: int, width: int | None) -> Iterator[list[_Column]]:
    """As many columns as fit, each block with the columns that name the rows."""
    names, rest = columns[:fixed], _together(columns[fixed:])
    used = sum(column.width + len(GAP) for column in names)
    while rest:
        taken, room = 0, used
        while taken < len(rest) and (taken == 0 or width is None or room + _wide(rest[taken]) <= width):
            room += _wide(rest[taken]) + len(GAP)
            taken += 1
        yield [*names, *(column for one in rest[:taken] for column in one)]
        rest = rest[taken:]


def _together(columns: list[_Column]) -> list[list[_Column]]:
    """Columns that are never parted: one without a header belongs to the one before."""
    found: list[list[_Column]] = []
    for column in columns:
        if column.header or not found:
            found.append([])
        found[-1].append(column)
    return found


def _wide(columns: list[_Column]) -> int:
    return sum(column.width for column in columns) + len(GAP) * (len(columns) - 1)


def _lines(columns: list[_Column], fixed: int) -> Iterator[str]:
    height = max(len(column.header) for column in columns)
    for line in range(height):
        words = [("",) * (height - len(column.header)) + column.header for column in columns]
        yield _line([each[line] for each in words], columns, fixed)
    yield GAP.join("─" * column.width for column in columns)
    for cells in zip(*(column.cells for column in columns), strict=True):
        yield _line(cells, columns, fixed)


def _line(cells: Sequence[str], columns: list[_Column], fixed: int) -> str:
    placed = [
        f"{cell:<{column.width}}" if place < fixed or cell in VERDICTS.values() else f"{cell:>{column.width}}"
        for place, (cell, column) in enumerate(zip(cells, columns, strict=True))
    ]
    return GAP.join(placed).rstrip()
