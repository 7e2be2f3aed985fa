"""``--set dotted.name=value``: one setting changed without a file."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from sim.scenarios import schema
from sim.scenarios.dump import value_text
from sim.scenarios.every import is_of_all, spread
from sim.scenarios.layers import Layer, Origin, is_distribution, merged
from sim.scenarios.places import split
from sim.scenarios.problems import Name, Problem, ScenarioError, dotted, listed, nearest, shown

_LEADING_POINT = re.compile(r"(?P<sign>[+-]?)(?=\.\d)")


class _Refused(Exception):
    """An override that leads nowhere."""

    def __init__(self, name: Name, message: str, suggestion: str = "") -> None:
        super().__init__(message)
        self.name, self.message, self.suggestion = name, message, suggestion


def override(layer: Layer, overrides: Sequence[str] | Mapping[str, Any], problems: list[Problem]) -> None:
    """Change a layer by overrides in turn; what leads nowhere is added to ``problems``.

    What is said of every call type or of everybody goes first, so that a type's or a group's own setting can be changed
    in part whether it is the type's own or not.
    """
    pairs = list(_pairs(overrides))
    _change(layer, [pair for pair in pairs if is_of_all(pair[1])], problems)
    spread(layer)
    _change(layer, [pair for pair in pairs if not is_of_all(pair[1])], problems)
    spread(layer)  # under types and groups that are new


def _change(layer: Layer, pairs: Sequence[tuple[str, str | None, Any]], problems: list[Problem]) -> None:
    for said, name, value in pairs:
        origin = Origin(f"--set {said}", None, Path(), layer.home.rank + 1)
        try:
            if not name:
                raise _Refused((), "this should read name=value, such as people.csr.count=3.")
            for place in list(_places(layer.values, _parts(name))):
                _put(layer, place, value, origin)
        except _Refused as refused:
            suggestion = refused.suggestion
            problems.append(Problem(origin.file, None, dotted(refused.name), refused.message, suggestion=suggestion))


def _parts(name: str) -> list[str]:
    """The parts of a dotted name; what only a file can say is refused."""
    parts = split(name)
    if parts[0] in ("extends", "without"):
        raise _Refused((parts[0],), f"{parts[0]} can only be said in a scenario file.")
    if "" in parts:
        raise _Refused((), "a name stands before, between and after the dots, as in people.csr.count=3.")
    return parts


def spots(values: dict[str, Any], name: str) -> list[Name]:
    """The places in plain values that a dotted name stands for. Raises `ScenarioError` where it leads nowhere."""
    try:
        return list(_places(values, split(name)))
    except _Refused as refused:
        problem = Problem(name, None, dotted(refused.name), refused.message, suggestion=refused.suggestion)
        raise ScenarioError([problem]) from None


def _pairs(overrides: Sequence[str] | Mapping[str, Any]) -> Iterator[tuple[str, str | None, Any]]:
    """Each override as it was said, its name (None if it has none) and its value."""
    if isinstance(overrides, Mapping):
        for name, value in overrides.items():
            written = _written(value)
            yield f"{name}={value_text(written)}", name, written
        return
    for said in [overrides] if isinstance(overrides, str) else overrides:
        name, equals, text = said.partition("=")
        yield said, name.strip() if equals else None, _value(text.strip())


def _written(value: Any) -> Any:
    """A Python value as TOML would have given it."""
    if isinstance(value, BaseModel):
        return schema.plain(value)
    if isinstance(value, Mapping):
        return {str(key): _written(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_written(item) for item in value]
    return "none" if value is None else value


def _value(text: str) -> Any:
    """TOML if it is TOML, else the bare text; ``.3`` passes for 0.3."""
    try:
        found = tomllib.loads(f"x = {_LEADING_POINT.sub(_with_zero, text, count=1)}")
    except (ValueError, RecursionError):
        return text
    return found["x"] if len(found) == 1 else text


def _with_zero(sign: re.Match[str]) -> str:
    return f"{sign['sign']}0" if sign.start() == 0 else ""


def _places(values: dict[str, Any], parts: list[str]) -> Iterator[Name]:
    """The places an override means: stars stand for all that is there, other names may be new."""
    stars = [number for number, part in enumerate(parts) if part == "*"]
    if not stars:
        yield _numbered(values, parts)
        return
    head = _numbered(values, parts[: stars[0]], is_whole=False)
    inside: Any = values
    for number, key in enumerate(head, start=1):
        inside = _inside(inside, key, head[:number])
    keys = [*inside] if isinstance(inside, dict) else [*range(len(inside))] if isinstance(inside, list) else []
    if stars[0] < len(parts) - 1:  # of handoffs.*.drop_between only those hand-offs, not the numbers beside them
        keys = [key for key in keys if isinstance(inside[key], dict | list)]
    if not keys:
        raise _Refused(tuple(parts), f"{dotted(tuple(parts))} means nothing here: there is nothing where the * stands.")
    for key in keys:
        yield from _places(values, [*map(str, head), str(key), *parts[stars[0] + 1 :]])


def _numbered(values: Any, parts: list[str], is_whole: bool = True) -> Name:
    """Parts as a place, numbers of list items as such; makes what is there by default, so that it can be changed."""
    name: Name = ()
    for number, part in enumerate(parts):
        is_last = is_whole and number == len(parts) - 1
        key = _key(values, part, name, is_last)
        name = (*name, key)
        if not is_last:
            values = _inside(values, key, name)
    return name


def _key(values: Any, part: str, name: Name, is_last: bool) -> str | int:
    """The key that a part of a name means in the values at a place."""
    if isinstance(values, list):
        if part.isascii() and part.isdecimal() and int(part) < len(values):
            return int(part)
        there = f"items 0 to {len(values) - 1}" if values else "no items"
        raise _Refused(name, f"{dotted(name)} has {there}, and no {shown(part)}.")
    if not isinstance(values, dict):
        raise _Refused(name, f"{dotted(name)} is {shown(values)}; there is no {shown(part)} in it.")
    node = schema.at(name)
    is_new = part not in values and values and node is not None and node.shape.kind == "table"
    if is_new and not is_last:
        message = f"there is no {shown(part)} in {dotted(name)}; there are {listed(values)}."
        raise _Refused((*name, part), message, nearest(part, values))
    return part


def _inside(values: Any, key: str | int, name: Name) -> Any:
    """What stands at a key, made from the default (or as an empty table) where nothing was written."""
    if isinstance(values, dict) and key not in values:
        node = schema.at(name)
        default = schema.plain(node.default) if node is not None else None
        values[key] = {} if default is None else default
    return values[key]


def _put(layer: Layer, name: Name, value: Any, origin: Origin) -> None:
    table: Any = layer.values
    for depth, key in enumerate(name[:-1], start=1):
        table = table[key]
        if not any(at[:depth] == name[:depth] for at in layer.origins):  # nobody wrote it: it is made for this
            layer.origins[name[:depth]] = origin
    last = name[-1]
    old = table.get(last) if isinstance(table, dict) else table[last]
    if isinstance(old, dict) and isinstance(value, dict) and not is_distribution(value):
        table[last] = merged(old, value)
        for key in value:
            layer.origins[(*name, key)] = origin
        return
    table[last] = value
    layer.forget(name)
    layer.origins[name] = origin
