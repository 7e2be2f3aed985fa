"""Real calls to replay: a trace's CSV read into minutes, call types and talk times."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from sim.scenarios.csvfile import BadCell, CsvFile, Row, Unreadable, number, read_csv
from sim.scenarios.moments import Moment, moments
from sim.scenarios.problems import shown
from sim.shop.callers import Trace

_DAY_MIN = 1440.0
_MINUTES = {"s": 1.0 / 60.0, "min": 1.0, "h": 60.0}
_DRAWN = -1.0  # a talk time that the log does not say


class Replay(NamedTuple):
    """A trace with its calls, the date of its day 0 (None where times carry no date), and what there is to note."""

    trace: Trace
    start: datetime.date | None
    notes: list[str]


class _Recorded(NamedTuple):
    moment: Moment
    type: str
    talk_min: float


def replay(trace: Trace, folder: Path, types: list[str], start: datetime.date | None) -> Replay:
    """Read a trace's file; ``start`` is the date of day 0 where the scenario says it.

    Without it day 0 is the day of the first call. Calls come in order of time, those of one moment in the order of the
    file; calls before day 0 are left out. A row of which the time, the type or the talk time cannot be read is counted.
    Raises `Unreadable` where the file or a column is not there, or no row can be read.
    """
    file = read_csv(folder, trace.file)
    read, kept = _reader(trace, file, types), _filter(trace, file)
    recorded: list[_Recorded] = []
    bad: list[str] = []
    left_out = 0
    for row in file.rows:
        try:
            if kept(row):
                recorded.append(read(row))
            else:
                left_out += 1
        except BadCell as why:
            bad.append(f"line {row.line}: {why}")
    recorded = _of_one_kind(recorded, bad)
    if not recorded:
        first = f" (first: {bad[0]})" if bad else ""
        filtered = f"; {left_out:,} are left out by keep" if left_out else ""
        raise Unreadable("file", f"names {file.name}, and none of its rows could be read{first}{filtered}.")
    dated = recorded[0].moment.date is not None
    first_day = (start or min(_date(call) for call in recorded)) if dated else None
    calls = sorted(_calls(recorded, first_day), key=lambda call: call[0])
    early = sum(call[0] < 0.0 for call in calls)
    if early == len(calls):
        raise Unreadable("file", f"names {file.name}, and all of its calls are before {first_day}, which is day 0.")
    calls = calls[early:]
    days = int(calls[-1][0] // _DAY_MIN) + 1
    filled = trace.model_copy(update={"calls": tuple(calls), "unreadable": len(bad), "days": days})
    return Replay(filled, first_day, _notes(file, recorded, bad, left_out, early, first_day))


def _date(call: _Recorded) -> datetime.date:
    assert call.moment.date is not None, "only asked where every call has one"
    return call.moment.date


def _of_one_kind(recorded: list[_Recorded], bad: list[str]) -> list[_Recorded]:
    """The calls, without those that carry no date where others do: what day they were on would be a guess."""
    dated = [call for call in recorded if call.moment.date is not None]
    if dated and len(dated) < len(recorded):
        bad += ["a time without a date"] * (len(recorded) - len(dated))
    return dated or recorded


def _calls(recorded: list[_Recorded], first_day: datetime.date | None) -> list[tuple[float, str, float]]:
    calls = []
    for call in recorded:
        day = (_date(call) - first_day).days if first_day is not None else 0
        calls.append((day * _DAY_MIN + call.moment.minute, call.type, call.talk_min))
    return calls


def _notes(
    file: CsvFile, recorded: list[_Recorded], bad: list[str], left_out: int, early: int, first_day: datetime.date | None
) -> list[str]:
    parts = [f"trace {file.name}: {len(recorded):,} rows read"]
    if bad:
        parts.append(f"{len(bad):,} could not be read (first: {bad[0]})")
    if left_out:
        parts.append(f"{left_out:,} left out by keep")
    if early:
        parts.append(f"{early:,} before {first_day} left out")
    notes = [", ".join(parts)]
    if zoned := sum(call.moment.zoned for call in recorded):
        notes.append(f"trace {file.name}: {zoned:,} times carry a time zone; the clock time is kept as it is written")
    return notes


# Rows.


def _filter(trace: Trace, file: CsvFile) -> Callable[[Row], bool]:
    """Whether a row has, in each column named, one of the values wanted."""
    wanted = [(file.column(f"keep.{column}", column), set(values)) for column, values in trace.keep.items()]
    return lambda row: all(row.cell(column) in values for column, values in wanted)


def _reader(trace: Trace, file: CsvFile, types: list[str]) -> Callable[[Row], _Recorded]:
    when, kind, talk = moments(trace, file), _kinds(trace, file, types), _talks(trace, file)
    return lambda row: _Recorded(when(row), kind(row), talk(row))


def _kinds(trace: Trace, file: CsvFile, types: list[str]) -> Callable[[Row], str]:
    """The call type of a row: as the reasons are mapped, else the type named for the rest, else the reason itself."""
    if trace.type_column is None:
        only = trace.type or (types[0] if len(types) == 1 else None)
        if only is None:
            raise Unreadable("type", "is missing: there is no type_column, so say which call type all of them are.")
        return lambda row: only
    column = file.column("type_column", trace.type_column)

    def kind(row: Row) -> str:
        reason = row.cell(column)
        found = trace.types.get(reason) or trace.type or (reason if reason in types else None)
        if found is None:
            raise BadCell(f"the reason {shown(reason)} is none of calls.trace.types")
        return found

    return kind


def _talks(trace: Trace, file: CsvFile) -> Callable[[Row], float]:
    if trace.handle_column is None:
        return lambda row: _DRAWN
    column, factor = file.column("handle_column", trace.handle_column), _MINUTES[trace.handle_unit]
    draws = trace.handle_if_zero == "draw"

    def talk(row: Row) -> float:
        text = row.cell(column)
        if draws and not text:
            return _DRAWN
        value = number(text)
        if value < 0.0:
            raise BadCell(f"the talk time {text} is negative")
        return _DRAWN if draws and value == 0.0 else value * factor

    return talk
