"""The settings of a scenario by dotted name: what they are and what they are graded, and where plans differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from pydantic.fields import FieldInfo

from sim.shop.scenario import Scenario
from sim.shop.settings import Settings

_NOT_THE_PLAN = ("name", "title", "calls.trace.calls")


class Leaf(NamedTuple):
    """One setting of one plan."""

    value: Any
    about: dict[str, Any]  # unit, source, grade, sensible
    doc: str

    @property
    def assumed(self) -> bool:
        """Whether nobody has measured it."""
        return self.about.get("grade") == "assumption"


def leaves(scenario: Scenario) -> dict[str, Leaf]:
    """All settings of a scenario by dotted name."""
    return dict(_walk(scenario, ""))


def unlike(plans: Sequence[Scenario]) -> dict[str, list[Leaf | None]]:
    """The settings that plans do not share, each as every plan has it (None: not there)."""
    tables = [leaves(plan) for plan in plans]
    found: dict[str, list[Leaf | None]] = {}
    for name in dict.fromkeys(name for table in tables for name in table):
        there = [table.get(name) for table in tables]
        values = [None if leaf is None else leaf.value for leaf in there]
        if None in there or any(value != values[0] for value in values):
            found[name] = there
    return found


def fits(name: str, pattern: str) -> bool:
    """Whether a dotted name is one that a pattern with stars stands for."""
    parts, wanted = name.split("."), pattern.split(".")
    return len(parts) == len(wanted) and all(b in ("*", a) for a, b in zip(parts, wanted, strict=True))


def _walk(settings: Settings, prefix: str) -> Iterator[tuple[str, Leaf]]:
    for name, field in type(settings).model_fields.items():
        yield from _below(getattr(settings, name), f"{prefix}{name}", field)


def _below(value: Any, name: str, field: FieldInfo) -> Iterator[tuple[str, Leaf]]:
    if isinstance(value, Settings):
        yield from _walk(value, f"{name}.")
    elif isinstance(value, dict) and value and all(isinstance(v, Settings) for v in value.values()):
        for key, inner in value.items():
            yield from _walk(inner, f"{name}.{key}.")
    elif name not in _NOT_THE_PLAN:
        extra = field.json_schema_extra
        yield name, Leaf(value, extra if isinstance(extra, dict) else {}, field.description or "")
