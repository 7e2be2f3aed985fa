"""Scenario files: found, read and parsed; each way in which that can fail is one line."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

from sim.scenarios.lines import CannotFind, lines_of
from sim.scenarios.problems import Name, Problem, ScenarioError, nearest, shown

BUILT_IN = Path(__file__).parent
_WHERE = re.compile(r"(?P<what>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)", re.DOTALL)
_HINTS = (  # what owners write, and what TOML wants instead
    (re.compile(r"=\s*[+-]?\.\d"), "A number starts with a digit: 0.3, not .3."),
    (re.compile(r"=\s*[\d.]+\s*%"), "A share is written 0.3, not 30%."),
    (re.compile(r"=\s*\d+,\d"), "Decimals take a point: 0.3, not 0,3."),
    (re.compile(r"=\s*(True|False|TRUE|FALSE|yes|no|Yes|No|on|off)\b"), "Write true or false."),
    (re.compile(r"=\s*\d\d?:\d\d"), 'A time of day is in quotes: "08:30".'),
    (re.compile(r"=\s*(?!inf|nan|true|false)[A-Za-z]"), "Text is in quotes."),
    (re.compile(r"^\s*[\w.-]+\s*:"), "A setting is written name = value."),
)
_DECLARED = re.compile(r"\('(?P<keys>[^)]*)',?\)")  # how tomllib names a table


class Document(NamedTuple):
    """One file: its values without ``extends`` and ``without``, which stand beside them."""

    values: dict[str, Any]
    lines: dict[Name, int]
    shown: str
    path: Path
    extends: str | None
    without: list[str]


def built_in_names() -> list[str]:
    """The scenarios that come with the package: ``base`` first."""
    return sorted((path.stem for path in BUILT_IN.glob("*.toml")), key=lambda name: (name != "base", name))


def fault(file: str, message: str, line: int | None = None, name: str = "", suggestion: str = "") -> ScenarioError:
    """The error that ends reading, as there is nothing to go on with."""
    return ScenarioError([Problem(file, line, name, message, suggestion=suggestion)])


def locate(wanted: str | os.PathLike[str], folder: Path) -> tuple[Path, str] | None:
    """The path of a built-in scenario or of a file, and how it is shown; None if there is neither."""
    if not os.fspath(wanted):
        return None
    if isinstance(wanted, str) and wanted in built_in_names():
        return BUILT_IN / f"{wanted}.toml", f"built-in {wanted}.toml"
    for name in (os.fspath(wanted), f"{os.fspath(wanted)}.toml"):
        try:
            if (path := folder / name).exists():
                return path, name
        except (OSError, ValueError):  # longer than a name may be, or with a null in it
            return None
    return None


def candidates(wanted: str | os.PathLike[str], folder: Path) -> str:
    """The scenario that was probably meant by a name that leads nowhere."""
    name = Path(os.fspath(wanted))
    try:
        inside = [str(name.parent / p.name) for p in (folder / name.parent).glob("*.toml")]
    except (OSError, ValueError):
        inside = []
    known = {
        other.removesuffix(".toml"): other for other in [*inside, *built_in_names()]
    }  # what all have tells nothing
    return known.get(nearest(os.fspath(wanted).removesuffix(".toml"), known), "") or nearest(
        name.stem, built_in_names()
    )


def read_text(path: Path, as_shown: str) -> str:
    """The text of a file. Raises `ScenarioError` where it cannot be read."""
    if path.is_dir():
        raise fault(as_shown, "this is a folder, not a scenario file.")
    if not path.is_file():
        raise fault(as_shown, "this is not a file.")
    try:
        text = path.read_bytes().decode("utf-8-sig")
        if "\0" in text:  # no text has it, but UTF-16 read as UTF-8 does
            line = text[: text.index("\0")].count("\n") + 1
            raise fault(as_shown, "this is not UTF-8 text; save the file as UTF-8.", line)
        return text
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise fault(as_shown, "this is not UTF-8 text; save the file as UTF-8.", line) from None
    except OSError as error:
        raise fault(as_shown, f"this cannot be read ({error.strerror}).") from None


def read(path: Path, as_shown: str) -> Document:
    """A file parsed. Raises `ScenarioError` where it cannot be read or is no TOML."""
    text = read_text(path, as_shown)
    values = parsed(text, as_shown)
    if not values:
        raise fault(as_shown, 'this file is empty; a scenario starts with a line such as extends = "base".')
    lines = lines_in(text)
    extends = values.pop("extends", None)
    if extends is not None and not isinstance(extends, str):
        should = "it should be the name of a built-in scenario or of a file, in quotes."
        raise fault(as_shown, f"extends is {shown(extends)}; {should}", lines.get(("extends",)), "extends")
    without = values.pop("without", [])
    if not isinstance(without, list) or not all(isinstance(name, str) for name in without):
        should = 'it should be a list of names in quotes, such as ["calls.types.junk"].'
        raise fault(as_shown, f"without is {shown(without)}; {should}", lines.get(("without",)), "without")
    if without and extends is None:
        message = "without takes away what is inherited, and nothing is: extends is missing."
        raise fault(as_shown, message, lines.get(("without",)), "without")
    return Document(values, lines, as_shown, path, extends, without)


def lines_in(text: str) -> dict[Name, int]:
    """The line of each setting in a TOML text; none where they cannot be told."""
    try:
        return lines_of(text)
    except (CannotFind, RecursionError):
        return {}


def parsed(text: str, as_shown: str) -> dict[str, Any]:
    """A TOML text as plain values. Raises `ScenarioError` where it is none."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _syntax_fault(str(error), text, as_shown) from None
    except RecursionError:
        raise fault(as_shown, "lists or tables are nested too deeply.") from None
    except ValueError as error:  # a whole number of more than 4,300 digits, a date that does not exist
        raise fault(as_shown, f"not valid TOML: {error}.") from None


def _syntax_fault(said: str, text: str, as_shown: str) -> ScenarioError:
    found = _WHERE.fullmatch(said)
    what = found["what"] if found else said
    lines = text.split("\n")
    line = int(found["line"]) if found and found["line"] else len(text.rstrip().split("\n"))
    column = f" (column {found['column']})" if found and found["column"] else ""
    what = _DECLARED.sub(lambda keys: f"[{keys['keys'].replace(chr(39) + ', ' + chr(39), '.')}]", what)
    return fault(as_shown, f"not valid TOML: {what[:1].lower()}{what[1:]}{column}.{_hint(what, lines, line)}", line)


def _hint(what: str, lines: list[str], line: int) -> str:
    """What an owner would have to change, where that can be told."""
    if "\r" in lines[0].rstrip("\r"):
        return " Lines end in CR alone: save the file with the line ends of Windows or Unix."
    if what.startswith(("Cannot overwrite", "Cannot declare", "Cannot mutate", "Duplicate")):
        return " This is written above already: keep one of the two."
    return next((f" {advice}" for pattern, advice in _HINTS if pattern.search(_code(lines[line - 1]))), "")


def _code(line: str) -> str:
    return line.split("#")[0]
