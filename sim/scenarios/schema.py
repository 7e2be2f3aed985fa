"""What may be written where: the settings of a Scenario, walked by their dotted names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from sim.distributions import Distribution
from sim.scenarios.layers import is_distribution, merged
from sim.scenarios.problems import Name
from sim.shop.scenario import Scenario
from sim.shop.settings import ChanceStep, DurationStep, HeadStep, RateStep

_STEPS = (ChanceStep, DurationStep, HeadStep, RateStep)
#: filled by the loader from a trace's file; nobody writes them
FILLED = frozenset({"calls", "unreadable", "days"})
#: hold the settings of call types and of groups, which are told there
_TOLD_ELSEWHERE = frozenset({"every", "everybody"})


class Shape(NamedTuple):
    """What a type boils down to.

    ``settings`` have named fields (``inner`` is the class), a ``table`` has names of the owner's choice, a ``list``
    items, ``steps`` are one value or a list of steps over the day, and a ``value`` is all else, distributions too.
    """

    kind: Literal["settings", "table", "list", "steps", "value"]
    inner: Any
    optional: bool


def shape_of(annotation: Any) -> Shape:
    """The shape of a field's type, with its validators and limits taken off."""
    optional = False
    while True:
        origin, args = get_origin(annotation), get_args(annotation)
        if origin is Annotated:
            annotation = args[0]
        elif origin in (Union, UnionType) and NoneType in args:
            optional, annotation = True, next(arg for arg in args if arg is not NoneType)
        else:
            break
    if origin is dict:
        return Shape("table", args[1], optional)
    if origin is tuple and args[-1] is Ellipsis:
        return Shape("steps" if args[0] in _STEPS else "list", args[0], optional)
    is_settings = isinstance(annotation, type) and issubclass(annotation, BaseModel)
    return Shape("settings" if is_settings and annotation is not Distribution else "value", annotation, optional)


class Node(NamedTuple):
    """One place: its type, its default (PydanticUndefined if it has none) and the field that describes it."""

    annotation: Any
    default: Any = PydanticUndefined
    field: FieldInfo | None = None

    @property
    def shape(self) -> Shape:
        """The shape of what stands here."""
        return shape_of(self.annotation)

    def child(self, key: str | int) -> Node | None:
        """The place below with that key; None if there can be none."""
        kind, inner, _ = self.shape
        if kind == "settings" and isinstance(key, str):
            return _field(inner, key, self.default)
        if kind == "value" and inner is Distribution and isinstance(key, str):
            return _field(Distribution, key, PydanticUndefined)
        if (kind == "table") == isinstance(key, str) and kind in ("table", "list"):
            return Node(inner, field=self.field)
        if kind == "steps":
            return Node(inner) if isinstance(key, int) else _value_of(inner).child(key)
        return None

    def names(self) -> list[str]:
        """The settings that may be written here; none where the names are the owner's."""
        kind, inner, _ = self.shape
        if kind == "steps" and issubclass(inner, DurationStep):
            inner = Distribution
        if kind in ("table", "list") or not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            return []
        return [name for name in inner.model_fields if not is_filled(inner, name)]


def is_filled(model: type[BaseModel], name: str) -> bool:
    """Whether the loader fills a field, so that nobody may write it."""
    return model.__name__ == "Trace" and name in FILLED


ROOT = Node(Scenario)


def _field(model: type[BaseModel], key: str, instance: Any) -> Node | None:
    field = model.model_fields.get(key)
    if field is None or is_filled(model, key):
        return None
    default = getattr(instance, key) if isinstance(instance, model) else field.get_default(call_default_factory=True)
    return Node(field.annotation, default, field)


def _value_of(step: type[BaseModel]) -> Node:
    found = _field(step, "value", PydanticUndefined)
    assert found is not None, "every step has a value"
    return found


def at(name: Sequence[str | int], root: Node = ROOT) -> Node | None:
    """The place with a dotted name; None where nothing of that name may be written."""
    node: Node | None = root
    for key in name:
        node = node.child(key) if node is not None else None
    return node


def plain(default: Any) -> Any:
    """A default as TOML would say it: tables, lists and values; None where there is none."""
    if isinstance(default, BaseModel):
        written = default.model_dump(exclude_unset=True, exclude_none=True)
        return {key: plain(value) for key, value in written.items()}
    if isinstance(default, dict):
        return {key: plain(value) for key, value in default.items()}
    if isinstance(default, tuple):
        if len(default) == 1 and isinstance(default[0], _STEPS):
            return plain(default[0].value)
        return [plain(item) for item in default]
    return None if default is PydanticUndefined else default


def completed(raw: Any, node: Node | None = ROOT) -> Any:
    """Values as written, with what a table leaves out taken from the default that it changes.

    ``[handoffs.booking]`` with one setting keeps the booking baton's other defaults, and ``talk_min = {mean = 6}`` the
    default's family and spread. ``"none"`` stands for no value where there may be none, as TOML has no such word.
    """
    if node is None:
        return raw
    kind, inner, optional = node.shape
    if raw == "none" and optional and inner is not str:
        return None
    if isinstance(raw, dict):
        default = plain(node.default) if kind != "table" else None
        whole = merged(default, raw) if isinstance(default, dict) and not is_distribution(raw) else raw
        return {key: completed(value, node.child(key)) for key, value in whole.items()}
    if isinstance(raw, list):
        return [completed(value, node.child(number)) for number, value in enumerate(raw)]
    return raw


def leaves(node: Node = ROOT, name: Name = ()) -> Iterator[tuple[Name, Node]]:
    """Every setting that can be written, tables of the owner's names as NAME and list items as N."""
    kind, inner, _ = node.shape
    below = shape_of(inner).kind if kind in ("table", "list") else ""
    if kind == "settings" and not _TOLD_ELSEWHERE.intersection(name[-1:]):
        for key in inner.model_fields:
            if (found := _field(inner, key, node.default)) is not None:
                yield from leaves(found, (*name, key))
    elif kind == "table":
        yield from leaves(Node(inner, field=node.field), (*name, "NAME"))
    elif kind == "list" and below == "settings":
        yield from leaves(Node(inner, field=node.field), (*name, "N"))
    else:
        yield name, node
