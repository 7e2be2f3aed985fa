"""On which line of a TOML file each setting stands: tomllib knows and does not tell.

Only text that tomllib has accepted is scanned, so that the scanner need not know what is wrong, only where things are.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right

from sim.scenarios.problems import Name

_BLANK = re.compile(r"(?:[ \t\n]+|#[^\n]*)*")
_BLANK_OR_COMMA = re.compile(r"(?:[ \t\n,]+|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"""(?:"{0,2})' r"|'''.*?'''(?:'{0,2})" r'|"(?:\\.|[^"\\])*"' r"|'[^']*'", re.DOTALL
)
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_PLAIN = re.compile(r"\d{4}-\d\d-\d\d \d\d[^\s,\]}#]*|[^\s,\]}#]+")


class CannotFind(Exception):
    """The text is no TOML that this scanner understands."""


def lines_of(text: str) -> dict[Name, int]:
    """The line (from 1) of every table, list, list item and setting in a TOML text, by its place.

    A table stands where its header is or, having none, where it is first named; items of ``[[arrays]]`` where their
    header is. Raises `CannotFind` where the text is not valid TOML.
    """
    return _Scanner(text.replace("\r\n", "\n")).lines()


class _Scanner:
    """Walks through the text once; ``at`` is where it stands."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self._ends = [found.start() for found in re.finditer("\n", text)]
        self._lines: dict[Name, int] = {}
        self._last_item: dict[Name, int] = {}  # of each [[array]], the number of its last table

    def lines(self) -> dict[Name, int]:
        table: Name = ()
        self._skip(_BLANK)
        while self.at < len(self.text):
            table = self._header() if self._sees("[") else self._setting(table)
            self._skip(_BLANK)
        return self._lines

    def _sees(self, text: str) -> bool:
        return self.text.startswith(text, self.at)

    def _skip(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self.text, self.at)
        if found is None:
            raise CannotFind
        self.at = found.end()
        return found.group()

    def _expect(self, text: str) -> None:
        self._skip(_SPACE)
        if not self._sees(text):
            raise CannotFind
        self.at += len(text)

    def _note(self, name: Name, first: bool = False) -> None:
        line = bisect_right(self._ends, self.at - 1) + 1
        if first:
            self._lines.setdefault(name, line)
        else:
            self._lines[name] = line

    def _header(self) -> Name:
        """``[a.b]`` or ``[[a.b]]``: the table that what follows belongs to."""
        is_item = self._sees("[[")
        self._expect("[[" if is_item else "[")
        keys = self._keys()
        name: Name = ()
        for key in keys[:-1]:
            name = self._inside((*name, key))
            self._note(name, first=True)
        name = (*name, keys[-1])
        if is_item:
            self._note(name, first=True)
            self._last_item[name] = self._last_item.get(name, -1) + 1
            name = self._inside(name)
        self._note(name)
        self._expect("]]" if is_item else "]")
        return name

    def _inside(self, name: Name) -> Name:
        """A name that stands for an [[array]] means the last table of it."""
        return (*name, self._last_item[name]) if name in self._last_item else name

    def _setting(self, table: Name) -> Name:
        """``key = value``; returns the table that it stands in."""
        keys = self._keys()
        for end in range(1, len(keys)):
            self._note((*table, *keys[:end]), first=True)
        self._expect("=")
        self._skip(_SPACE)
        self._value((*table, *keys))
        return table

    def _keys(self) -> list[str]:
        """A dotted key, part by part."""
        keys = [self._key()]
        self._skip(_SPACE)
        while self._sees("."):
            self.at += 1
            keys.append(self._key())
            self._skip(_SPACE)
        return keys

    def _key(self) -> str:
        self._skip(_SPACE)
        if not (self._sees('"') or self._sees("'")):
            return self._skip(_BARE_KEY)
        key: str = tomllib.loads(f"x = {self._skip(_STRING)}")["x"]
        return key

    def _value(self, name: Name) -> None:
        self._note(name)
        if self._sees("["):
            self._list(name)
        elif self._sees("{"):
            self._inline_table(name)
        else:
            self._skip(_STRING if self._sees('"') or self._sees("'") else _PLAIN)

    def _list(self, name: Name) -> None:
        self.at += 1
        self._skip(_BLANK_OR_COMMA)
        number = 0
        while not self._sees("]"):
            self._value((*name, number))
            self._skip(_BLANK_OR_COMMA)
            number += 1
        self.at += 1

    def _inline_table(self, name: Name) -> None:
        self.at += 1
        self._skip(_BLANK_OR_COMMA)
        while not self._sees("}"):
            self._setting(name)
            self._skip(_BLANK_OR_COMMA)
        self.at += 1
