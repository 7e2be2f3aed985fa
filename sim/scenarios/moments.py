"""When a recorded call came: the ways in which logs write dates and times."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import NamedTuple

from sim.scenarios.csvfile import BadCell, CsvFile, Row, Unreadable, number
from sim.scenarios.problems import nearest, shown
from sim.shop.callers import Trace

_IN_A_MINUTE = {"seconds": 60.0, "minutes": 1.0}
_LONGEST_DAY_MIN = 2 * 1440.0  # times after midnight are counted on by some logs
_SAYS_DATE = ("%d", "%j", "%c", "%x", "%U", "%W", "%V")
_SAYS_TIME = ("%H", "%I", "%c", "%X")


class Moment(NamedTuple):
    """A date (None where there is none), minutes after its midnight, and whether a time zone was dropped."""

    date: datetime.date | None
    minute: float
    zoned: bool = False


def moments(trace: Trace, file: CsvFile) -> Callable[[Row], Moment]:
    """A function of a row. Raises `Unreadable` for a column that is not there or a format that means nothing."""
    time = file.column("time_column", trace.time_column)
    read_time = _times(trace)
    if trace.date_column is None:
        return lambda row: read_time(row.cell(time))
    date, read_date = file.column("date_column", trace.date_column), _dates(trace.date_format)

    def moment(row: Row) -> Moment:
        day, found = read_date(row.cell(date)), read_time(row.cell(time))
        if found.minute >= _LONGEST_DAY_MIN:
            raise BadCell(f"{shown(row.cell(time))} is longer than a day")
        return Moment(day, found.minute, found.zoned)

    return moment


def _times(trace: Trace) -> Callable[[str], Moment]:
    how = trace.time_format
    if how == "iso":
        return _iso_time if trace.date_column is not None else _iso_moment
    if how in _IN_A_MINUTE:
        return lambda text: _after_midnight(text, _IN_A_MINUTE[how])
    _check_format("time_format", how, _SAYS_TIME, ("iso", "seconds", "minutes"), "%Y-%m-%d %H:%M:%S")
    has_date = trace.date_column is None and any(directive in how for directive in _SAYS_DATE)
    return lambda text: _of(_strptime(text, how), has_date)


def _dates(how: str) -> Callable[[str], datetime.date]:
    if how == "iso":
        return _iso_date
    _check_format("date_format", how, _SAYS_DATE, ("iso",), "%d.%m.%Y")
    return lambda text: _strptime(text, how).date()


def _check_format(setting: str, how: str, needs: tuple[str, ...], words: tuple[str, ...], example: str) -> None:
    """A strptime format must be one that Python can use, and say what is asked of it."""
    try:
        sample = datetime.datetime(2029, 10, 21, 14, 35, 46, tzinfo=datetime.UTC)
        datetime.datetime.strptime(sample.strftime(how), how)
        sound = any(directive in how for directive in needs)
    except (ValueError, IndexError, KeyError):
        sound = False
    if not sound:
        ways = ", ".join(f'"{word}"' for word in words)
        raise Unreadable(
            setting,
            f'is {shown(how)}; it should be {ways} or a strptime format such as "{example}".',
            nearest(how, words),
        )


def _after_midnight(text: str, in_a_minute: float) -> Moment:
    value = number(text)
    if value < 0.0:
        raise BadCell(f"the time {text} is negative")
    return Moment(None, value / in_a_minute)


def _strptime(text: str, how: str) -> datetime.datetime:
    try:
        return datetime.datetime.strptime(text, how)
    except ValueError:
        raise BadCell(f"{shown(text)} is not written like {shown(how)}") from None


def _iso_date(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise BadCell(f"{shown(text)} is not a date such as 2029-01-31") from None


def _iso_time(text: str) -> Moment:
    """The time of the day; where a date stands before it, the date column's is meant."""
    try:
        found = datetime.time.fromisoformat(text)
    except ValueError:
        return _iso_moment(text)
    return Moment(None, _minute(found), found.tzinfo is not None)


def _iso_moment(text: str) -> Moment:
    """A date and time, or the time of the only day; a date alone would leave the time to a guess."""
    try:
        if ":" not in text and "T" not in text:
            raise ValueError
        if text[:1].isdecimal() and len(text.split(":")[0]) <= 2:
            found = datetime.time.fromisoformat(text)
            return Moment(None, _minute(found), found.tzinfo is not None)
        return _of(datetime.datetime.fromisoformat(text), True)
    except ValueError:
        raise BadCell(f"{shown(text)} is not a date and time such as 2029-01-31T14:05:00") from None


def _of(found: datetime.datetime, has_date: bool) -> Moment:
    return Moment(found.date() if has_date else None, _minute(found.time()), found.tzinfo is not None)


def _minute(time: datetime.time) -> float:
    return time.hour * 60.0 + time.minute + (time.second + time.microsecond / 1e6) / 60.0
