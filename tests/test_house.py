"""The house rules, read from the text: who imports whom, what no decision names, what no file holds."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from importlib import import_module
from pathlib import Path
from typing import TypeGuard

import pytest

HOUSE = Path(__file__).resolve().parents[1]
FLOORS = (  # from the ground up; a room is a module or a package of sim
    ("relay", "distributions", "streams", "statistics"),
    ("shop",),
    ("scenarios", "demand", "ledger"),
    ("world", "kpis", "logs"),
    ("agents",),
    ("run",),
    ("study", "calibration"),
    ("analysis",),
    ("report",),
    ("web",),
    ("cli",),
)
FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS, start=1) for room in rooms}


# Reading imports.


def modules_of(house: Path) -> dict[str, Path]:
    """Every module of sim by its dotted name, the door ``sim`` included."""
    named = {}
    for path in sorted((house / "sim").rglob("*.py")):
        parts = path.relative_to(house).with_suffix("").parts
        named[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return named


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imports_of(name: str, modules: dict[str, Path]) -> Iterator[tuple[int, str]]:
    """Line and target of every import of sim in a module: also in functions, for types only and by name."""
    for node in ast.walk(tree_of(modules[name])):
        match node:
            case ast.Import():
                targets = [alias.name for alias in node.names]
            case ast.ImportFrom():
                source = _source(node, name, modules)
                inside = [f"{source}.{alias.name}" for alias in node.names]
                targets = [target if target in modules else source for target in inside]
            case ast.Call(args=[ast.Constant(value=str(target)), *_]) if _imports(node.func):
                targets = [target]
            case _:
                continue
        yield from ((node.lineno, target) for target in targets if target.split(".")[0] == "sim")


def _imports(function: ast.expr) -> bool:
    return ast.unparse(function).split(".")[-1] in {"import_module", "__import__"}


def _source(node: ast.ImportFrom, name: str, modules: dict[str, Path]) -> str:
    """The module after ``from``, dots resolved."""
    if not node.level:
        return node.module or ""
    up = node.level - (modules[name].name == "__init__.py")
    return ".".join([*name.split(".")[: len(name.split(".")) - up], *filter(None, [node.module])])


def room_of(name: str) -> str:
    """The room a module stands in: ``shop`` for ``sim.shop.phones``, nothing for the door ``sim`` itself."""
    return name.split(".")[1] if "." in name else ""


# The rules; each yields its faults as sentences.


def floor_faults(house: Path) -> Iterator[str]:
    """Rooms without a floor, and imports that do not go down."""
    modules = modules_of(house)
    for name in filter(room_of, modules):
        room = room_of(name)
        if room not in FLOOR_OF:
            yield f"{name}: the room {room!r} has no floor."
            continue
        for line, target in imports_of(name, modules):
            if (there := room_of(target)) != room and FLOOR_OF.get(there, 99) >= FLOOR_OF[room]:
                yield f"{name}, line {line}: floor {FLOOR_OF[room]} may not import {target}."


def circle_faults(house: Path) -> Iterator[str]:
    """Rooms whose files import each other in a circle."""
    modules = modules_of(house)
    for room in sorted({room_of(name) for name in modules} - {""}):
        files = {name: _in_room(name, modules) for name in modules if room_of(name) == room}
        try:
            TopologicalSorter(files).prepare()
        except CycleError as error:
            yield f"{room}: {' <- '.join(error.args[1])}."


def _in_room(name: str, modules: dict[str, Path]) -> set[str]:
    targets = {target for _, target in imports_of(name, modules) if room_of(target) == room_of(name)}
    return {target for target in targets if target in modules}


def peeking_faults(house: Path) -> Iterator[str]:
    """Whatever in the shop is called ``fate``: names, attributes, arguments, and the string for getattr."""
    for path in sorted((house / "sim" / "shop").rglob("*.py")):
        for node in ast.walk(tree_of(path)):
            for _, value in ast.iter_fields(node):
                if "fate" in (value if isinstance(value, list) else [value]):
                    yield f"{path.relative_to(house)}, line {getattr(node, 'lineno', '?')}: names fate."


def door_faults(house: Path) -> Iterator[str]:
    """Whatever in ``sim/__init__.py`` is not part of lending public names lazily."""
    door = house / "sim" / "__init__.py"
    for node in tree_of(door).body if door.exists() else []:
        if not _lends_names(node):
            yield f"sim/__init__.py, line {node.lineno}: {ast.unparse(node).splitlines()[0]}"


def _lends_names(node: ast.stmt) -> bool:
    match node:
        case ast.Expr(value=ast.Constant(value=str())):
            return True
        case ast.Import():
            return all(alias.name in sys.stdlib_module_names for alias in node.names)
        case ast.ImportFrom(module=str(source), level=0):
            return source.split(".")[0] in sys.stdlib_module_names
        case ast.If(test=ast.Name(id="TYPE_CHECKING"), body=body, orelse=[]):
            return all(isinstance(statement, ast.Import | ast.ImportFrom) for statement in body)
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name.startswith("_")
        case ast.FunctionDef(name="__getattr__" | "__dir__"):
            return True
    return False


def promise_faults(house: Path) -> Iterator[str]:
    """Tests whose docstring is not one sentence."""
    for path in sorted((house / "tests").rglob("test_*.py")):
        for test in filter(_is_test, ast.walk(tree_of(path))):
            if not _is_one_sentence(" ".join((ast.get_docstring(test) or "").split())):
                yield f"{path.relative_to(house)}, line {test.lineno}: {test.name} states no promise."


def _is_test(node: ast.AST) -> TypeGuard[ast.FunctionDef | ast.AsyncFunctionDef]:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test")


def _is_one_sentence(promise: str) -> bool:
    return promise.endswith((".", "!", "?")) and not re.search(r"[.!?][\"')`]* +[\"'(`]*[A-Z]", promise)


UNWANTED = {  # written so that this file does not match itself
    "a registry address": re.compile(
        r"pypi\.org|pythonhosted\.org|registry\.npmjs\.org|registry\.yarnpkg\.com|anaconda\.org|"
        r"index[-_]url|https?://[^ \"']*/(simple|packages)/",
        re.IGNORECASE,
    ),
    "a path of one machine": re.compile(r"(?<![\w.~-])/(?:work|home|root)/"),
}


def text_faults(house: Path, files: list[str]) -> Iterator[str]:
    """Registry addresses and paths of one machine in text files."""
    for name in files:
        content = (house / name).read_bytes()
        if b"\0" in content:  # a picture
            continue
        for number, line in enumerate(content.decode("utf-8", errors="replace").splitlines(), start=1):
            for what, pattern in UNWANTED.items():
                if found := pattern.search(line):
                    yield f"{name}, line {number}: {found.group()} is {what}."


def files_in_git(house: Path) -> list[str]:
    """The files that are tracked or would be at the next ``git add``; skips where this is no git checkout."""
    ask = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        answer = subprocess.run(ask, cwd=house, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout, so there is no list of its files")
    return [name for name in answer.stdout.split("\0") if (house / name).is_file()]


# This house.


def test_a_room_imports_only_from_the_floors_below() -> None:
    """A room imports only from floors below its own, wherever in the file the import stands."""
    assert not list(floor_faults(HOUSE))


def test_files_of_a_room_do_not_import_each_other_in_circles() -> None:
    """Inside every room the files can be put in an order in which each imports only earlier ones."""
    assert not list(circle_faults(HOUSE))


def test_decisions_cannot_peek() -> None:
    """Nothing under sim/shop names what nature has decided but nobody can know yet."""
    assert not list(peeking_faults(HOUSE))


def test_the_door_only_lends_names() -> None:
    """The package's front door holds lazily loaded public names and nothing else."""
    assert not list(door_faults(HOUSE))


def test_opening_the_door_loads_no_room() -> None:
    """Importing sim loads none of its rooms, so that the command's help stays quick."""
    ask = "import sys, sim; print(*[name for name in sys.modules if name.startswith('sim.')])"
    answer = subprocess.run([sys.executable, "-c", ask], cwd=HOUSE, stdout=subprocess.PIPE, check=True)
    assert answer.stdout.split() == []


def test_every_public_name_can_be_had() -> None:
    """Each name that the front door announces is really behind it."""
    door = import_module("sim")
    announced = getattr(door, "__all__", ())
    assert [name for name in announced if not hasattr(door, name)] == []


def test_every_test_states_its_promise() -> None:
    """Every test function has a docstring of one sentence."""
    assert not list(promise_faults(HOUSE))


def test_no_file_names_a_registry_or_a_machine() -> None:
    """No file of the repository holds a package registry's address or a path of one machine."""
    assert not list(text_faults(HOUSE, files_in_git(HOUSE)))


# And the checks can fail: little houses with one fault each.


def build(house: Path, files: dict[str, str]) -> Path:
    """A house in an empty folder, from its paths and texts."""
    for name, text in files.items():
        (house / name).parent.mkdir(parents=True, exist_ok=True)
        (house / name).write_text(text, encoding="utf-8")
    return house


DOOR = """
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.relay import x

__all__ = ["x"]
_ROOMS = {"x": "sim.relay"}


def __getattr__(name):
    return getattr(import_module(_ROOMS[name]), name)
"""


def test_a_sound_house_has_no_faults(tmp_path: Path) -> None:
    """A little house that keeps every rule is let through by every check."""
    files = {
        "sim/__init__.py": DOOR,
        "sim/relay.py": "import math\n",
        "sim/shop/settings.py": "from sim.relay import Fate\n",
        "sim/shop/phones.py": "from sim import relay\nfrom . import settings\nfrom .settings import x\n",
        "sim/cli/main.py": "def go():\n    import sim.shop.phones\n",
        "tests/test_it.py": 'def test_it():\n    """It holds, e.g. at 1.5 times\n    the load."""\n',
    }
    house = build(tmp_path, files)
    rules = (floor_faults, circle_faults, peeking_faults, door_faults, promise_faults)
    assert [fault for rule in rules for fault in rule(house)] == []


@pytest.mark.parametrize(
    ("module", "text"),
    [
        ("sim/relay.py", "import sim.shop.phones"),
        ("sim/relay.py", "import sim.streams"),
        ("sim/demand.py", "from sim.ledger import Run"),
        ("sim/kpis/calls.py", "from sim import logs"),
        ("sim/shop/phones.py", "def f():\n    from sim.world import clock"),
        ("sim/shop/phones.py", "if TYPE_CHECKING:\n    from sim.world import clock"),
        ("sim/shop/phones.py", "from ..world import clock"),
        ("sim/shop/__init__.py", "from ..world.clock import Clock"),
        ("sim/shop/phones.py", "from .. import world"),
        ("sim/shop/phones.py", "importlib.import_module('sim.run')"),
        ("sim/shop/phones.py", "from sim import compare"),
        ("sim/shop/phones.py", "import math, sim.cellar"),
        ("sim/cellar.py", ""),
    ],
)
def test_a_wrong_import_is_found(tmp_path: Path, module: str, text: str) -> None:
    """An import that does not go down is found however it is written, and so is a room without a floor."""
    house = build(tmp_path, {"sim/world/__init__.py": "", "sim/world/clock.py": "", module: text})
    assert len(list(floor_faults(house))) == 1


def test_a_circle_in_a_room_is_found(tmp_path: Path) -> None:
    """Files of a room that import each other in a circle are found, also if one hides it in a function."""
    files = {
        "sim/shop/jobs.py": "from sim.shop.slots import x",
        "sim/shop/slots.py": "from . import people",
        "sim/shop/people.py": "def f():\n    import sim.shop.jobs",
    }
    assert len(list(circle_faults(build(tmp_path, files)))) == 1


@pytest.mark.parametrize(
    "text",
    ["call.fate[0]", "fate = 1", "def f(fate): ...", "f(fate=1)", "f'{call.fate}'", "getattr(call, 'fate')"],
)
def test_a_peeking_decision_is_found(tmp_path: Path, text: str) -> None:
    """A rule of the shop that names fate is found, while the same text in an agent is nobody's business."""
    house = build(tmp_path, {"sim/shop/jobs.py": text, "sim/agents/csr.py": text})
    assert len(list(peeking_faults(house))) == 1


@pytest.mark.parametrize(
    "text", ["import numpy", "from sim.relay import Call", "settings = {}", "def go(): ...", "print(1)"]
)
def test_a_door_that_does_more_is_found(tmp_path: Path, text: str) -> None:
    """Anything beyond lending names is found in the front door."""
    assert len(list(door_faults(build(tmp_path, {"sim/__init__.py": text})))) == 1


@pytest.mark.parametrize("docstring", ["", '"""No stop"""', '"""One thing. Another thing."""'])
def test_a_test_without_one_sentence_is_found(tmp_path: Path, docstring: str) -> None:
    """A test without a docstring, without its full stop or with two sentences is found."""
    text = f"class TestIt:\n    def test_it(self):\n        {docstring}\n        pass\n"
    assert len(list(promise_faults(build(tmp_path, {"tests/shop/test_jobs.py": text})))) == 1


@pytest.mark.parametrize("halves", [("py", "pi.org"), ("--index", "-url x"), ("in /ho", "me/x"), ('"/wo', 'rk/x"')])
def test_a_line_of_one_machine_is_found(tmp_path: Path, halves: tuple[str, str]) -> None:
    """A registry's address and a path of one machine are found, and a relative path is let through."""
    house = build(tmp_path, {"notes.md": f"docs/work/x and ../home/x\n{''.join(halves)}\n"})
    assert len(list(text_faults(house, ["notes.md"]))) == 1
