"""Scenarios read from the command line: every problem is told, one line each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from sim.cli.terminal import note

if TYPE_CHECKING:
    from sim.scenarios import Loaded


class Problems(click.ClickException):
    """What is wrong with the input, one line each."""

    exit_code = 2

    def __init__(self, lines: Sequence[object]) -> None:
        super().__init__("\n".join(str(line) for line in lines))


def read(names: Sequence[str], settings: Sequence[str] = (), days: int | None = None) -> list[Loaded]:
    """The named scenarios with the settings changed; warnings and notes go to stderr. Raises `Problems`."""
    from sim.scenarios import ScenarioError, load

    changed = [*settings, *([f"horizon.days={days}"] if days is not None else [])]
    found: list[Loaded] = []
    problems: list[object] = []
    for name in names:
        try:
            found.append(load(name, changed))
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise Problems(list(dict.fromkeys(map(str, problems))))
    for line in dict.fromkeys(_remarks(found)):
        note(line)
    return found


def _remarks(found: Sequence[Loaded]) -> list[str]:
    warnings = [f"warning: {warning}" for loaded in found for warning in loaded.warnings]
    return warnings + [f"note: {remark}" for loaded in found for remark in loaded.notes]
