"""What pydantic finds wrong, in plain words and at the place that the owner wrote."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from sim.distributions import Distribution, Family
from sim.scenarios import schema
from sim.scenarios.layers import Layer
from sim.scenarios.problems import Name, Problem, dotted, listed, nearest, shown

_A_DISTRIBUTION = 'a distribution such as {family = "lognormal", mean = 5, cv = 0.7}'
_DOC = {  # of what pydantic has no description of
    "family": f"one of {listed(get_args(Family))}",
    "at": 'from what time of day on, such as "08:00"',
    "value": "what holds from that time on",
}
_A_STEP = 'a step such as {at = "08:00", value = 4}'


def problems_of(error: ValidationError, layer: Layer, root: schema.Node = schema.ROOT) -> Iterator[Problem]:
    """One problem for each of pydantic's errors, attributed to the file and line; ``root`` is what the file says."""
    for details in error.errors(include_url=False):
        name = _written(details["loc"], layer.values)
        if not _is_echo(details):
            yield _PROBLEM.get(details["type"], _wrong)(details, name, layer, root)


def _is_echo(details: ErrorDetails) -> bool:
    """A list is also called too short when its items are wrong; those are reported themselves."""
    return details["type"] == "too_short" and len(details["input"]) >= details["ctx"]["min_length"]


def _written(loc: tuple[str | int, ...], values: Any) -> Name:
    """The place as the owner wrote it: without the step (0, value) that a single value is wrapped into."""
    name: Name = ()
    parts = list(loc)
    while parts:
        part = parts.pop(0)
        if isinstance(part, int) and not isinstance(values, list):
            if parts[:1] == ["value"]:
                parts.pop(0)
            continue
        name = (*name, part)
        values = _inside(values, part)
    return name


def _inside(values: Any, part: str | int) -> Any:
    try:
        return values[part]
    except (KeyError, IndexError, TypeError):
        return None


def _unknown(details: ErrorDetails, name: Name, layer: Layer, root: schema.Node) -> Problem:
    """A name that is no setting: the like of it here, else the setting of that name elsewhere, else what there is."""
    node = schema.at(name[:-1], root)
    here = node.names() if node is not None else []
    if len(name) == 1 and root is schema.ROOT:
        here = ["extends", "without", *here]
    meant = nearest(name[-1], here) or _elsewhere(str(name[-1]), root)
    known = "" if meant or not here else f" Settings here: {listed(here)}."
    message = f'"{dotted(name)}" is not a setting.{known}'
    return layer.problem(name, message, allowed=", ".join(here), suggestion=meant)


def _elsewhere(word: str, root: schema.Node) -> str:
    """The only setting of that very name in the whole file."""
    found = [dotted(name) for name, _ in schema.leaves(root) if name[-1] == word]
    return found[0] if len(found) == 1 else ""


def _missing(details: ErrorDetails, name: Name, layer: Layer, root: schema.Node) -> Problem:
    node = schema.at(name, root)
    doc = node.field.description if node is not None and node.field is not None else None
    doc = doc or _DOC.get(str(name[-1]))
    return layer.problem(name, f"{dotted(name)} is missing{f' ({doc})' if doc else ''}.", allowed=doc or "")


def _unlisted(details: ErrorDetails, name: Name, layer: Layer, root: schema.Node) -> Problem:
    """A word that is not among those allowed."""
    node = schema.at(name, root)
    words = [str(word) for word in get_args(node.shape.inner)] if node is not None else []
    if not words:
        return _wrong(details, name, layer, root)
    allowed = listed([f'"{word}"' for word in words], "or")
    found = details["input"]
    message = f"{dotted(name)} is {shown(found)}; it should be {allowed}."
    return layer.problem(name, message, allowed=allowed, suggestion=nearest(found, words))


def _of_validator(details: ErrorDetails, name: Name, layer: Layer, root: schema.Node) -> Problem:
    """What a validator of the shop says, as it is; one that says what should be is told what was found."""
    said = str(details["ctx"]["error"]).strip().rstrip(".")
    if said.startswith("should "):
        message = f"{dotted(name)} is {shown(details['input'])}; it {said}."
    else:
        message = f"{dotted(name)}: {said}."
    return layer.problem(name, message)


def _wrong(details: ErrorDetails, name: Name, layer: Layer, root: schema.Node) -> Problem:
    """A value of the wrong type or size."""
    found = details["input"]
    said = _EXPECTED.get(details["type"])
    allowed = said(details) if said is not None else f"right: {details['msg'][:1].lower()}{details['msg'][1:]}"
    what = f"{shown(found)}{_in_quotes(found, layer, name)}"
    return layer.problem(name, f"{dotted(name)} is {what}; it should be {allowed}.", allowed=allowed)


def _wrong_length(details: ErrorDetails, name: Name, layer: Layer, root: schema.Node) -> Problem:
    limits = {key: value for key, value in details["ctx"].items() if key in ("min_length", "max_length")}
    node = schema.at(name, root)
    for mark in node.field.metadata if node is not None and node.field is not None else ():
        limits |= {key: getattr(mark, key) for key in ("min_length", "max_length") if hasattr(mark, key)}
    words = {"min_length": "at least", "max_length": "at most"}
    allowed = " and ".join(f"{words[key]} {limit}" for key, limit in sorted(limits.items(), reverse=True))
    if len(limits) == 2 and len(set(limits.values())) == 1:
        allowed = f"{next(iter(limits.values()))}"
    message = f"{dotted(name)} has {len(details['input'])} items; it should have {allowed}."
    return layer.problem(name, message, allowed=f"{allowed} items")


def _in_quotes(found: object, layer: Layer, name: Name) -> str:
    """A number in quotes looks right to its owner; on a command line the quotes are ours."""
    if not isinstance(found, str) or layer.origin(name).file.startswith("--set "):
        return ""
    try:
        float(found)
    except ValueError:
        return " in quotes" if found in ("true", "false") else ""
    return " in quotes"


def _limit(words: str, key: str) -> Callable[[ErrorDetails], str]:
    return lambda details: f"{words} {details['ctx'][key]:g}"


def _always(words: str) -> Callable[[ErrorDetails], str]:
    return lambda details: words


def _list(details: ErrorDetails) -> str:
    found = details["input"]
    example = "1, 2" if isinstance(found, dict) else shown(found)
    return f"a list in brackets, such as [{example}]"


def _table(details: ErrorDetails) -> str:
    """What stands where settings or a distribution should: pydantic names the class."""
    name = details.get("ctx", {}).get("class_name", "")
    if name == Distribution.__name__:
        return _A_DISTRIBUTION
    return _A_STEP if name.endswith("Step") else "a table of settings"


_PROBLEM: dict[str, Callable[[ErrorDetails, Name, Layer, schema.Node], Problem]] = {
    "extra_forbidden": _unknown,
    "missing": _missing,
    "literal_error": _unlisted,
    "value_error": _of_validator,
    "too_short": _wrong_length,
    "too_long": _wrong_length,
}
_EXPECTED: dict[str, Callable[[ErrorDetails], str]] = {
    "greater_than_equal": _limit("at least", "ge"),
    "greater_than": _limit("more than", "gt"),
    "less_than_equal": _limit("at most", "le"),
    "less_than": _limit("less than", "lt"),
    "float_type": _always("a number"),
    "float_parsing": _always("a number"),
    "int_type": _always("a whole number"),
    "int_from_float": _always("a whole number"),
    "int_parsing_size": _always("a smaller number"),
    "finite_number": _always("a finite number"),
    "bool_type": _always("true or false"),
    "string_type": _always("text in quotes"),
    "string_unicode": _always("text in quotes"),
    "tuple_type": _list,
    "dict_type": _always("a table of names and settings"),
    "model_type": _table,
    "model_attributes_type": _table,
    "date_type": _always("a date without quotes, such as 2029-01-01"),
    "date_from_datetime_inexact": _always("a date without a time, such as 2029-01-01"),
}
