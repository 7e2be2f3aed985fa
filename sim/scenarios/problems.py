"""What is wrong with a scenario, said so that an owner can mend it."""

from __future__ import annotations

import datetime
import difflib
from collections.abc import Iterable
from typing import NamedTuple

#: a setting's place: table names, setting names, and the numbers of list items
Name = tuple[str | int, ...]

_LONGEST_SHOWN = 60


class Problem(NamedTuple):
    """One thing that is wrong (or, as a ``warning``, doubtful) and where; its text is one line.

    ``file`` is the scenario file as it was named (or ``--set name=value``), ``line`` counts from 1 and is None where
    there is none, ``name`` is the dotted name, ``message`` whole sentences, ``allowed`` what would be right in a few
    words (or nothing), ``suggestion`` what was probably meant (or nothing).
    """

    file: str
    line: int | None
    name: str
    message: str
    allowed: str = ""
    suggestion: str = ""
    warning: bool = False

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file} line {self.line}"
        meant = f' Did you mean "{self.suggestion}"?' if self.suggestion else ""
        return one_line(f"{where}: {self.message}{meant}")


class ScenarioError(Exception):
    """A scenario cannot be used; ``problems`` says all that is wrong with it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


def one_line(text: str) -> str:
    """The text with line breaks and other unprintable characters spelled out."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def clipped(text: str) -> str:
    """The text, cut if it is long."""
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 3] + "..."


def shown(value: object) -> str:
    """A value as its owner wrote it, in a few words."""
    match value:
        case bool():
            return str(value).lower()
        case str():
            return f'"{clipped(value)}"'
        case datetime.date() | datetime.time():
            return value.isoformat()
        case dict():
            return "a table"
        case list() | tuple():
            return f"a list of {len(value)}" if value else "an empty list"
        case int() if abs(value) >= 10**15:
            return "a very large number"
    return f"{value}"


def dotted(name: Name) -> str:
    """A place as it is written in a file: keys that need quotes have them."""
    return ".".join(_part(part) for part in name)


def _part(part: str | int) -> str:
    if isinstance(part, int) or (part and part.isascii() and part.replace("-", "").replace("_", "").isalnum()):
        return str(part)
    return part if part in {"-", "_", "*"} else f'"{clipped(part)}"'


def nearest(word: object, known: Iterable[str]) -> str:
    """The known word that was probably meant, or nothing."""
    by_lower = {name.lower(): name for name in known}
    close = difflib.get_close_matches(str(word)[:100].lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[close[0]] if close else ""


def counted(n: int, what: str) -> str:
    """So many of something: ``1 row``, ``2,000 rows``."""
    return f"{n:,} {what}" if n == 1 else f"{n:,} {what}s"


def listed(names: Iterable[str], last: str = "and") -> str:
    """Names in a row: ``a, b and c``; at most twelve of them."""
    all_names = list(names)
    if len(all_names) > 12:
        return ", ".join(map(clipped, all_names[:12])) + ", ..."
    if len(all_names) < 2:
        return "".join(map(clipped, all_names)) or "none"
    return ", ".join(map(clipped, all_names[:-1])) + f" {last} {clipped(all_names[-1])}"
