"""What every setting has: unit, range, default, source and grade; and values that change over the day."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import cache
from itertools import pairwise
from typing import Annotated, Any, Literal, NamedTuple, Protocol, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from sim.distributions import Distribution

T = TypeVar("T")
S = TypeVar("S", bound="Settings")
Grade = Literal["A", "B", "C", "assumption", "choice"]


class Settings(BaseModel):
    """A frozen group of settings; unknown names, wrong types and infinities are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, validate_default=True)


def setting(
    default: Any = ...,
    doc: str = "",
    *,
    unit: str = "",
    source: str = "",
    grade: Grade = "assumption",
    sensible: tuple[float, float] | None = None,
    **limits: Any,
) -> Any:
    """A pydantic field with its unit, sensible range, source and grade.

    Grades: A official or platform data, B named survey or trade press, C vendor blog, ``assumption`` nobody knows,
    ``choice`` a decision of the shop (its plan), not a fact about the world. ``limits`` (ge, le, gt, lt, min_length)
    are hard; ``sensible`` is the range that a sweep should cover.
    """
    extra: Any = {"unit": unit, "source": source, "grade": grade, "sensible": sensible}
    return Field(default, description=doc, json_schema_extra=extra, **limits)


def _as_tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _clock(value: Any) -> Any:
    if isinstance(value, str):
        parts = value.split(":")
        if len(parts) in (2, 3) and all(part.isdecimal() for part in parts) and {*map(len, parts[1:])} == {2}:
            hours, minutes, seconds = (*map(int, parts), 0)[:3]
            time = hours * 60 + minutes + seconds / 60
            if minutes < 60 and seconds < 60 and time <= 1440:
                return float(time)
        raise ValueError('should be a time of day between "00:00" and "24:00", such as "08:30"')
    if isinstance(value, float) and 0.0 <= value <= 1440.0:  # already read
        return value
    raise ValueError('should be a time of day in quotes, such as "08:30"')


Many = Annotated[tuple[T, ...], BeforeValidator(_as_tuple)]
#: minutes after midnight, written "HH:MM" or "HH:MM:SS"
Clock = Annotated[float, BeforeValidator(_clock)]
Chance = Annotated[float, Field(ge=0.0, le=1.0)]
Positive = Annotated[float, Field(gt=0.0)]
NonNegative = Annotated[float, Field(ge=0.0)]
Whole = Annotated[int, Field(ge=0)]


def _in_seconds(value: Any) -> Any:
    return {"unit": "s", **value} if isinstance(value, dict) else value


#: a distribution whose setting's name ends in _s: in seconds unless it names another unit
Seconds = Annotated[Distribution, BeforeValidator(_in_seconds)]


class ChanceStep(Settings):
    """A chance from a time of day on."""

    at: Clock
    value: Chance


class RateStep(Settings):
    """A rate, factor or number from a time of day on."""

    at: Clock
    value: NonNegative


class DurationStep(Settings):
    """A distribution from a time of day on."""

    at: Clock
    value: Distribution


class HeadStep(Settings):
    """A head-count from a time of day on."""

    at: Clock
    value: Whole


def _steps(value: Any) -> Any:
    """One value stands for the whole day; a list of ``{at = "08:00", value = ...}`` for its parts."""
    if isinstance(value, list | tuple):
        if not value:
            raise ValueError(
                'should be one value or a list of steps like {at = "08:00", value = ...}, not an empty list'
            )
        return tuple(value)
    return ({"at": 0.0, "value": value},)


def _in_order(steps: tuple[T, ...]) -> tuple[T, ...]:
    for earlier, later in pairwise(steps):
        if later.at <= earlier.at:  # type: ignore[attr-defined]
            raise ValueError("the steps are not in order of time, each later than the one before it")
    return steps


ChanceByTime = Annotated[tuple[ChanceStep, ...], BeforeValidator(_steps), AfterValidator(_in_order)]
RateByTime = Annotated[tuple[RateStep, ...], BeforeValidator(_steps), AfterValidator(_in_order)]
DurationByTime = Annotated[tuple[DurationStep, ...], BeforeValidator(_steps), AfterValidator(_in_order)]
HeadsByTime = Annotated[tuple[HeadStep, ...], BeforeValidator(_steps), AfterValidator(_in_order)]


class Step(Protocol):
    """Something that holds from a time of day on."""

    @property
    def at(self) -> float:
        """Minute of the day from which it holds."""

    @property
    def value(self) -> Any:
        """What then holds."""


def by_time(steps: Sequence[Step], read: Callable[[Any], T] = lambda value: value) -> Callable[[float], T]:
    """A function of the minute of the day; before the first step the last one still holds (the day is a ring)."""
    values = [read(step.value) for step in steps]
    if len(values) == 1:
        only = values[0]
        return lambda minute: only
    starts = [step.at for step in steps]
    return lambda minute: values[bisect_right(starts, minute) - 1]


class _Held(NamedTuple):
    at: float
    value: tuple[Any, ...]


def together(
    many: Sequence[Sequence[Step]], read: Callable[[tuple[Any, ...]], T] | None = None
) -> Callable[[float], T]:
    """What the values of several settings at a minute of the day come to (by default, the values themselves)."""
    each: list[Callable[[float], Any]] = [by_time(steps) for steps in many]
    starts = sorted({step.at for steps in many for step in steps}) or [0.0]
    held = [_Held(at, tuple(value_at(at) for value_at in each)) for at in starts]
    return by_time(held, read) if read is not None else by_time(held)


def fixed(value: float) -> Distribution:
    """A distribution that is always the same value."""
    return Distribution(family="fixed", mean=value)


def spread(family: Any, mean: float, cv: float | None = None) -> Distribution:
    """A distribution by family, mean and coefficient of variation."""
    return Distribution(family=family, mean=mean, cv=cv)


def plain(settings: S) -> S:
    """The same settings as slotted records: reading an attribute of a pydantic model takes five times as long.

    A record has the names of its model and, all through, nothing but records, so it can stand in for the model wherever
    settings are only read; distributions stay what they are.
    """
    record: S = _plain(settings)
    return record


def _plain(value: Any) -> Any:
    if isinstance(value, Settings):
        record = _record(type(value))
        made = record()
        for name in record.__slots__:
            setattr(made, name, _plain(getattr(value, name)))
        return made
    if isinstance(value, tuple) and value and isinstance(value[0], Settings):
        return tuple(_plain(entry) for entry in value)
    if isinstance(value, dict):
        return {key: _plain(entry) for key, entry in value.items()}
    return value


@cache
def _record(model: type[Settings]) -> Any:
    """A slotted class with what can be read of a model: its fields and its properties."""
    properties = (name for name, member in vars(model).items() if isinstance(member, property))
    return type(model.__name__, (), {"__slots__": (*model.model_fields, *properties)})
