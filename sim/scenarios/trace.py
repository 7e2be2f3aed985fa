"""Real calls to replay: a trace's CSV read into minutes, call types and talk times."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from sim.scenarios.csvfile import BadCell, CsvFile, Row, Unreadable, number, read_csv
from sim.scenarios.moments import Moment, moments
from sim.scenarios.problems import counted, shown
from sim.shop.callers import Trace

_DAY_MIN = 1440.0
_MINUTES: dict[str, Callable[[float], float]] = {"s": lambda x: x / 60.0, "min": lambda x: x, "h": lambda x: x * 60.0}
_LATEST_START_DAYS = 3650
_DRAWN = -1.0  # a talk time that the log does not say


class Replay(NamedTuple):
    """A trace with its calls, the date of its day 0 (None where times carry no date), and what there is to note."""

    trace: Trace
    start: datetime.date | None
    notes: list[str]


class _Recorded(NamedTuple):
    line: int
    moment: Moment
    type: str
    talk_min: float


class _Log(NamedTuple):
    """What the rows of a file turned out to be."""

    file: CsvFile
    calls: list[_Recorded]
    bad: list[tuple[int, str]]  # line and why
    left_out: int

    def first_bad(self) -> str:
        line, why = min(self.bad, default=(0, ""))
        return f" (first: line {line}: {why})" if self.bad else ""

    def useless(self, why: str) -> Unreadable:
        return Unreadable("file", f"names {self.file.name}, and {why}.")


def replay(trace: Trace, folder: Path, types: list[str], start: datetime.date | None) -> Replay:
    """Read a trace's file; ``start`` is the date of day 0 where the scenario says it.

    Without it day 0 is the day of the first call. Calls come in order of time, those of one moment in the order of the
    file; calls before day 0 are left out. A row of which the time, the type or the talk time cannot be read is counted.
    Raises `Unreadable` where the file or a column is not there, or no row can be read.
    """
    log = _of_one_kind(_read(trace, read_csv(folder, trace.file), types))
    if not log.calls:
        filtered = f"; {log.left_out:,} are left out by keep" if log.left_out else ""
        raise log.useless(f"none of its rows could be read{log.first_bad()}{filtered}")
    dates = [call.moment.date for call in log.calls if call.moment.date is not None]
    first_day = (start or min(dates)) if dates else None
    calls = sorted(_placed(log.calls, first_day), key=lambda call: call[0])
    early = sum(call[0] < 0.0 for call in calls)
    if early == len(calls):
        raise log.useless(f"all of its calls are before {first_day}, which is day 0")
    if (late := int(calls[early][0] // _DAY_MIN)) > _LATEST_START_DAYS:
        raise log.useless(f"its first call is on day {late:,}; times count from 00:00 of day 0")
    days = int(calls[-1][0] // _DAY_MIN) + 1
    filled = {"calls": tuple(calls[early:]), "unreadable": len(log.bad), "days": days}
    return Replay(trace.model_copy(update=filled), first_day, _notes(log, early, first_day))


def _read(trace: Trace, file: CsvFile, types: list[str]) -> _Log:
    kept, read = _filter(trace, file), _reader(trace, file, types)
    calls: list[_Recorded] = []
    bad: list[tuple[int, str]] = []
    left_out = 0
    for row in file.rows:
        try:
            if kept(row):
                calls.append(read(row))
            else:
                left_out += 1
        except BadCell as why:
            bad.append((row.line, str(why)))
    return _Log(file, calls, bad, left_out)


def _of_one_kind(log: _Log) -> _Log:
    """The log without calls that carry no date where others do: what day they were on would be a guess."""
    dated = [call for call in log.calls if call.moment.date is not None]
    if not dated or len(dated) == len(log.calls):
        return log
    undated = [(call.line, "the time has no date") for call in log.calls if call.moment.date is None]
    return log._replace(calls=dated, bad=log.bad + undated)


def _placed(recorded: list[_Recorded], first_day: datetime.date | None) -> list[tuple[float, str, float]]:
    """Minute, call type and talk minutes of each call."""
    calls = []
    for _, moment, kind, talk_min in recorded:
        day = (moment.date - first_day).days if moment.date is not None and first_day is not None else 0
        calls.append((day * _DAY_MIN + moment.minute, kind, talk_min))
    return calls


def _notes(log: _Log, early: int, first_day: datetime.date | None) -> list[str]:
    name = log.file.name
    parts = [f"trace {name}: {counted(len(log.calls), 'row')} read{_span(log)}"]
    if log.bad:
        parts.append(f"{len(log.bad):,} could not be read{log.first_bad()}")
    if log.left_out:
        parts.append(f"{log.left_out:,} left out by keep")
    if early:
        parts.append(f"{early:,} before {first_day} left out")
    notes = [", ".join(parts)]
    if zoned := sum(call.moment.zoned for call in log.calls):
        told = f"{counted(zoned, 'time')} with a time zone"
        notes.append(f"trace {name}: {told}; the clock time is kept as it is written")
    return notes


def _span(log: _Log) -> str:
    """From when to when the calls came, where they carry dates: a slip in a year would be a very long trace."""
    dates = [call.moment.date for call in log.calls if call.moment.date is not None]
    return f" from {min(dates)} to {max(dates)}" if dates else ""


# Rows.


def _filter(trace: Trace, file: CsvFile) -> Callable[[Row], bool]:
    """Whether a row has, in each column named, one of the values wanted."""
    wanted = [(file.column(f"keep.{column}", column), set(values)) for column, values in trace.keep.items()]
    return lambda row: all(row.cell(column) in values for column, values in wanted)


def _reader(trace: Trace, file: CsvFile, types: list[str]) -> Callable[[Row], _Recorded]:
    when, kind, talk = moments(trace, file), _kinds(trace, file, types), _talks(trace, file)
    return lambda row: _Recorded(row.line, when(row), kind(row), talk(row))


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
    column, in_minutes = file.column("handle_column", trace.handle_column), _MINUTES[trace.handle_unit]
    draws = trace.handle_if_zero == "draw"

    def talk(row: Row) -> float:
        text = row.cell(column)
        if draws and not text:
            return _DRAWN
        value = number(text)
        if value < 0.0:
            raise BadCell(f"the talk time {text} is negative")
        return _DRAWN if draws and value == 0.0 else in_minutes(value)

    return talk
