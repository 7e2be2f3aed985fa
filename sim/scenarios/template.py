"""The first lines of a shop of one's own: what ``baton init`` writes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sim.scenarios.dump import dump, value_text
from sim.scenarios.files import built_in_names
from sim.scenarios.loader import merged_values

_HEAD = """\
# A shop of your own. It starts from "{name}"; what you write here replaces what stands there,
# and what you leave out stays as it is. "baton show {name}" prints all of it.
"""
_TAIL = """
# More that can be said, each line without the # at its start:
#
# [phones]
# after_hours = "answering_service"    # who answers outside phone hours
#
# [handoffs]
# shared_board = true                  # a board that all can see, instead of paper
"""


def template(from_name: str, folder: Path = Path()) -> str:
    """A short commented scenario that extends another and repeats a few of its settings, ready to be changed.

    ``folder`` is where it will stand: a file that it extends is named as seen from there. Raises `ScenarioError`
    where there is no such scenario.
    """
    values = merged_values(from_name)
    head = _HEAD.format(name=from_name)
    lines = [
        f"extends = {value_text(_from(folder, from_name))}",
        'title = "My shop"',
        *_calls(values),
        *_people(values),
    ]
    return head + "\n".join(lines) + "\n" + _TAIL


def _from(folder: Path, name: str) -> str:
    """A scenario as a file in a folder has to name it."""
    if name in built_in_names() or os.path.isabs(name):
        return name
    return Path(os.path.relpath(name, folder)).as_posix()


def _calls(values: dict[str, Any]) -> Iterator[str]:
    calls, horizon = values.get("calls", {}), values.get("horizon", {})
    if "days" in horizon:
        yield from ("", "[horizon]", _line("days", horizon["days"], "days that are counted"))
    if "per_day" in calls:
        yield from ("", "[calls]", _line("per_day", calls["per_day"], "first calls on a mean weekday"))


def _people(values: dict[str, Any]) -> Iterator[str]:
    for name, group in values.get("people", {}).items():
        if "count" in group:
            table = dump({"people": {name: {}}}).strip()
            yield from ("", table, _line("count", group["count"], _work(group)))


def _work(group: dict[str, Any]) -> str:
    return " and ".join(group.get("hats", [])).replace("_", " ") or "how many"


def _line(key: str, value: Any, comment: str) -> str:
    return f"{key} = {value_text(value)}".ljust(38) + f" # {comment}"
