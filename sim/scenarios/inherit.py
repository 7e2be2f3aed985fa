"""``extends`` and ``without``: a scenario file and all that it inherits, merged."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sim.scenarios.files import Document, candidates, fault, locate, read
from sim.scenarios.layers import Layer, Origin, lay_over
from sim.scenarios.places import expand, split
from sim.scenarios.problems import Name, Problem, dotted, nearest


def chain(wanted: str | os.PathLike[str]) -> list[Document]:
    """A scenario and what it extends, the file itself first. Raises `ScenarioError` where the chain breaks."""
    found = locate(wanted, Path())
    if found is None:
        meant = candidates(wanted, Path())
        message = "there is no such file, nor a built-in scenario of that name."
        raise fault(os.fspath(wanted) or '""', message, suggestion=meant)
    documents = [read(*found)]
    while (extends := documents[-1].extends) is not None:
        documents.append(_parent(documents, extends))
    return documents


def _parent(documents: list[Document], extends: str) -> Document:
    child = documents[-1]
    line = child.lines.get(("extends",))
    found = locate(extends, child.path.parent)
    if found is None:
        message = f'extends names "{extends}", and there is no such built-in scenario or file.'
        raise fault(child.shown, message, line, "extends", candidates(extends, child.path.parent))
    path, name = found
    if path.is_dir():
        raise fault(child.shown, f'extends names "{extends}", which is a folder, not a file.', line, "extends")
    seen = [os.path.realpath(document.path) for document in documents]
    if os.path.realpath(path) in seen:
        circle = documents[seen.index(os.path.realpath(path)) :]
        way = " -> ".join([document.shown for document in [*circle, circle[0]]])
        raise fault(child.shown, f"extends goes in a circle: {way}.", line, "extends")
    is_file = not name.startswith("built-in ") and not child.shown.startswith("built-in ")
    return read(path, os.path.join(os.path.dirname(child.shown), name) if is_file else name)


def inherited(documents: list[Document], problems: list[Problem]) -> Layer:
    """The chain of files laid over one another; unknown names in ``without`` are added to ``problems``."""
    layer = _layer(documents[-1], 0)
    for rank, document in enumerate(reversed(documents[:-1]), start=1):
        for own in ("name", "title"):  # of the file they stand in, not of its heirs
            layer.values.pop(own, None)
            layer.forget((own,))
        above = _layer(document, rank)
        for number, text in enumerate(document.without):
            line = document.lines.get(("without", number), above.home.line)
            _remove(layer, text, above.home._replace(line=line), problems)
        layer = lay_over(layer, above)
    return layer


def _layer(document: Document, rank: int) -> Layer:
    home = Origin(document.shown, None, document.path.parent, rank)
    origins = {
        name: home._replace(line=line) for name, line in document.lines.items() if name[0] not in ("extends", "without")
    }
    return Layer(document.values, home, origins)


def _remove(layer: Layer, text: str, origin: Origin, problems: list[Problem]) -> None:
    """Take an inherited table or setting away."""
    names = [name for name in expand(layer.values, split(text)) if all(isinstance(part, str) for part in name)]
    if not names:
        message = f'without names "{text}", which is not in what is inherited.'
        meant = nearest(text, [dotted(name) for name in _places(layer.values, ())])
        problems.append(Problem(origin.file, origin.line, "without", message, suggestion=meant))
    for name in names:
        table: Any = layer.values
        for part in name[:-1]:
            table = table[part]
        del table[name[-1]]
        layer.forget(name)
        layer.origins[name] = origin  # should it turn out to be missed


def _places(values: dict[str, Any], name: Name) -> Iterator[Name]:
    for key, value in values.items():
        yield (*name, key)
        if isinstance(value, dict):
            yield from _places(value, (*name, key))
