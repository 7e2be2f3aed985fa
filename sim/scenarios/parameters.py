"""Every parameter of a scenario with its unit, default, range, source and grade: what the reference is made from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, NamedTuple, get_args, get_origin

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from sim.scenarios.dump import value_text
from sim.scenarios.problems import dotted
from sim.scenarios.schema import Node, leaves, plain


class Parameter(NamedTuple):
    """One setting as the schema knows it.

    ``name`` is dotted, with NAME where the owner chooses a name and N where a list item is meant. ``default`` is a
    plain value as TOML would give it (None: none; ``...``: it must be said). ``minimum`` and ``maximum`` are hard
    (None: none), ``sensible`` is the range that a sweep should cover. ``grade`` is A, B, C, assumption, or choice
    (the shop's own plan).
    """

    name: str
    unit: str
    default: Any
    minimum: float | None
    maximum: float | None
    sensible: tuple[float, float] | None
    source: str
    grade: str
    doc: str

    @property
    def default_text(self) -> str:
        """The default as a file would say it; empty where there is none."""
        if self.default is None or self.default is ...:
            return "" if self.default is None else "(required)"
        return value_text(self.default)


def parameters() -> list[Parameter]:
    """All parameters, in the order of the scenario."""
    return [_parameter(dotted(name), node) for name, node in leaves()]


def _parameter(name: str, node: Node) -> Parameter:
    field = node.field
    extra = field.json_schema_extra if field is not None and isinstance(field.json_schema_extra, dict) else {}
    limits = list(_limits(node.annotation, field.metadata if field is not None else ()))
    is_required = field is not None and field.is_required() and node.default is PydanticUndefined
    return Parameter(
        name=name,
        unit=str(extra.get("unit", "")),
        default=... if is_required else plain(node.default),
        minimum=next((low for low, _ in limits if low is not None), None),
        maximum=next((high for _, high in limits if high is not None), None),
        sensible=_pair(extra.get("sensible")),
        source=str(extra.get("source", "")),
        grade=str(extra.get("grade", "")),
        doc=(field.description or "") if field is not None else "",
    )


def _pair(sensible: Any) -> tuple[float, float] | None:
    return (float(sensible[0]), float(sensible[1])) if sensible is not None else None


def _limits(annotation: Any, metadata: Sequence[Any]) -> Iterator[tuple[float | None, float | None]]:
    """The limits of a type and of what it is made of, the outermost first."""
    for mark in metadata:
        if isinstance(mark, FieldInfo):
            yield from _limits(None, mark.metadata)
        low, high = (_either(mark, *names) for names in (("ge", "gt"), ("le", "lt")))
        if low is not None or high is not None:
            yield low, high
    fields: dict[str, FieldInfo] = getattr(annotation, "model_fields", {})
    if "at" in fields and "value" in fields:  # a step of the day
        yield from _limits(fields["value"].annotation, fields["value"].metadata)
    elif get_origin(annotation) is Annotated:
        inner, *marks = get_args(annotation)
        yield from _limits(inner, marks)
    else:
        for argument in get_args(annotation):
            yield from _limits(argument, ())


def _either(mark: Any, *names: str) -> float | None:
    found = [getattr(mark, name, None) for name in names]
    return next((float(value) for value in found if isinstance(value, int | float)), None)
