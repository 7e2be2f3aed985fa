"""Dotted names as people write them: split into their parts, and found among values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sim.scenarios.problems import Name

_PART = re.compile(r'\s*(?:"(?P<double>[^"]*)"|\'(?P<single>[^\']*)\'|(?P<bare>[^."\']*?))\s*(?P<end>\.|$)')


def split(text: str) -> list[str]:
    """``calls.types."new lead".share`` -> its four parts; a part is empty where nothing stands between dots."""
    parts: list[str] = []
    at = 0
    while True:
        found = _PART.match(text, at)
        if found is None:  # a quote that never ends, or text after one: no name has it
            return [*parts, text[at:]]
        parts.append(next(part for part in found.group("double", "single", "bare") if part is not None))
        if not found["end"]:
            return parts
        at = found.end()


def expand(values: Any, parts: list[str], name: Name = ()) -> Iterator[Name]:
    """The places that a name with stars stands for: ``people.*.count`` is every group's."""
    if not parts:
        yield name
        return
    for key, value in _matching(values, parts[0]):
        yield from expand(value, parts[1:], (*name, key))


def _matching(values: Any, part: str) -> list[tuple[str | int, Any]]:
    if isinstance(values, dict):
        return [(key, value) for key, value in values.items() if part in ("*", key)]
    if isinstance(values, list):
        return [(number, value) for number, value in enumerate(values) if part in ("*", str(number))]
    return []


def find(text: str, values: Any) -> Name:
    """The place that a rule's dotted name means, where keys themselves may hold dots: the longest key that fits."""
    if not text:
        return ()
    for key in sorted(values, key=len, reverse=True) if isinstance(values, dict) else ():
        if text == key or text.startswith(f"{key}."):
            return (key, *find(text[len(key) + 1 :], values[key]))
    head, _, rest = text.partition(".")
    if isinstance(values, list) and head.isdecimal() and int(head) < len(values):
        return (int(head), *find(rest, values[int(head)]))
    return tuple(text.split("."))
