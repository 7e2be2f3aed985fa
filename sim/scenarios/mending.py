"""A faulty scenario without its faults, so that what does not fit together is told in the same breath."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from sim.shop.scenario import Finding, Scenario, findings

_ROUNDS = 5
_Path = tuple[str | int, ...]


def findings_beside(values: Mapping[str, Any], error: ValidationError) -> Iterator[Finding]:
    """What does not fit together in the sound part of a faulty scenario.

    The faulty settings are left out (their defaults hold); a finding that one of them could have caused is not told,
    nor is one about a whole section. Where a whole table had to be left out, too much hangs on it to tell any.
    """
    left, removed = copy.deepcopy(dict(values)), set[_Path]()
    for _ in range(_ROUNDS):
        for fault in error.errors():
            path, was_table = _without(left, fault["loc"])
            if was_table:
                return
            removed.add(path)
        try:
            scenario = Scenario.model_validate(left)
        except ValidationError as another:
            error = another
        else:
            yield from (found for found in findings(scenario) if _is_of_a_setting(found, removed))
            return


def _without(values: dict[str, Any], loc: tuple[str | int, ...]) -> tuple[_Path, bool]:
    """Take out the setting that a fault is about, the innermost key on the way; and whether a table went with it."""
    at: Any = values
    table, key, path = values, loc[0] if loc else "", tuple(loc[:1])
    for n, step in enumerate(loc):
        if isinstance(at, dict) and step in at:
            table, key, path = at, step, tuple(loc[: n + 1])
            at = at[step]
        elif isinstance(at, list) and isinstance(step, int) and step < len(at):
            at = at[step]
        else:
            break
    was = table.pop(str(key), None)
    whole = isinstance(was, dict) and "family" not in was
    return path, whole or was is None or len(path) == 1


def _is_of_a_setting(found: Finding, removed: set[_Path]) -> bool:
    """Whether a finding is about one setting, and lies neither above, below nor at something that was left out."""
    name = found.where.split(".")
    if len(name) < 3:
        return False
    for path in removed:
        other = [str(step) for step in path]
        shorter = min(len(name), len(other))
        if name[:shorter] == other[:shorter]:
            return False
    return True
