"""Values written as TOML: tables under headers, distributions and list items in one line."""

from __future__ import annotations

import datetime
import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from sim.scenarios.layers import is_distribution

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_LONGEST_LINE = 100


def dump(values: Mapping[str, Any]) -> str:
    """The TOML text of plain values; `tomllib.loads` gives them back."""
    return "\n".join(_table(values, ())).strip("\n") + "\n"


def value_text(value: Any) -> str:
    """One value as TOML writes it, in one line."""
    match value:
        case bool():
            return str(value).lower()
        case str():
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case float():
            return repr(value) if math.isfinite(value) else str(value)  # inf and nan are spelled the same
        case datetime.date() | datetime.time():
            return value.isoformat()
        case Mapping():
            inside = ", ".join(f"{_key(key)} = {value_text(item)}" for key, item in value.items())
            return f"{{{inside}}}"
        case list() | tuple():
            return f"[{', '.join(map(value_text, value))}]"
        case int() if value > 10**4000:
            return hex(value)  # Python does not spell out thousands of digits
    return str(value)


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else value_text(key)


def _is_table(value: Any) -> bool:
    return isinstance(value, Mapping) and not is_distribution(value)


def _table(values: Mapping[str, Any], name: tuple[str, ...]) -> Iterator[str]:
    """The lines of a table: its own settings first, as what follows a header belongs to it."""
    own = {key: value for key, value in values.items() if not _is_table(value)}
    if name and (own or not values):
        yield f"\n[{'.'.join(map(_key, name))}]"
    for key, value in own.items():
        yield f"{_key(key)} = {_over_lines(value)}"
    for key, value in values.items():
        if _is_table(value):
            yield from _table(value, (*name, key))


def _over_lines(value: Any) -> str:
    """A value in one line, or a long list with one item a line."""
    text = value_text(value)
    if not isinstance(value, list) or len(text) <= _LONGEST_LINE or not any(isinstance(x, Mapping) for x in value):
        return text
    return "[\n" + "".join(f"    {value_text(item)},\n" for item in value) + "]"
