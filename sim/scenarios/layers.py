"""Values from several files laid over one another, each remembering the file and the line it came from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from sim.scenarios.problems import Name, Problem, dotted


class Origin(NamedTuple):
    """Where a value was written: the file as it is shown, the line, the folder its file names are relative to.

    ``rank`` counts up from the file that nothing is inherited by: what is laid on top has the higher one.
    """

    file: str
    line: int | None
    folder: Path
    rank: int


@dataclass
class Layer:
    """Plain values (as TOML gives them) and their origins; ``home`` stands in for what was written nowhere."""

    values: dict[str, Any]
    home: Origin
    origins: dict[Name, Origin] = field(default_factory=dict)

    def origin(self, name: Name) -> Origin:
        """Where a value was written, or the newest part of it if that was laid over it later."""
        own = next((self.origins[name[:n]] for n in range(len(name), 0, -1) if name[:n] in self.origins), None)
        inside = [o for at, o in self.origins.items() if len(at) > len(name) and at[: len(name)] == name]
        newest = max(inside, key=lambda o: (o.rank, -(o.line or 0)), default=None)
        if newest is not None and (own is None or newest.rank > own.rank):
            return newest
        return own or self.home

    def problem(self, name: Name, message: str, **more: Any) -> Problem:
        """A problem at a place, attributed to where that was written."""
        origin = self.origin(name)
        return Problem(origin.file, origin.line, dotted(name), message, **more)

    def forget(self, name: Name) -> None:
        """Drop the origins of a value that is replaced or removed."""
        self.origins = {at: o for at, o in self.origins.items() if at[: len(name)] != name}


def is_distribution(value: object) -> bool:
    """Whether a table is a whole distribution, which replaces an inherited one: it says its ``family``.

    A table without it (``{mean = 6}``) changes only what it names, and so keeps the inherited family and spread.
    """
    return isinstance(value, dict) and isinstance(value.get("family"), str)


def _merges(below: object, above: object) -> bool:
    return isinstance(below, dict) and isinstance(above, dict) and not is_distribution(above)


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Tables merge deeply; everything else is replaced by what lies above."""
    result = deepcopy(dict(below))
    for key, value in above.items():
        old = result.get(key)
        result[key] = merged(old, value) if old is not None and _merges(old, value) else deepcopy(value)
    return result


def lay_over(below: Layer, above: Layer) -> Layer:
    """One layer over another, with the origins of what is still there."""
    result = Layer(merged(below.values, above.values), above.home, dict(below.origins))
    for name in _replaced(below.values, above.values, ()):
        result.forget(name)
    result.origins |= above.origins
    return result


def _replaced(below: Mapping[str, Any], above: Mapping[str, Any], name: Name) -> Iterator[Name]:
    for key, value in above.items():
        if key not in below:
            continue
        if _merges(below[key], value):
            yield from _replaced(below[key], value, (*name, key))
        else:
            yield (*name, key)
