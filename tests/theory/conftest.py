"""What the tests of this room may ask for."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from sim.scenarios import load
from sim.shop.scenario import Scenario

Say = Callable[[str], Scenario]
#: what makes a call type plain, but for its patience, said in full; and with it (a type starts from it anyway)
BARE = """wrap_up_min = {family = "fixed", mean = 0}
        balk_share = 0
        redial_chance = 0"""
PLAIN = f"""{BARE}
        patience_min = {{family = "never"}}"""
_REFERENCE = Path(__file__).resolve().parents[3] / "shared" / "reference"


@pytest.fixture
def say(tmp_path: Path) -> Say:
    """Write a scenario file that changes phones_only, and load it as a user would."""

    def said(text: str) -> Scenario:
        path = tmp_path / "case.toml"
        path.write_text(f'extends = "phones_only"\n{text}', encoding="utf-8")
        return load(path).scenario

    return said


@pytest.fixture(scope="session")
def reference() -> ModuleType:
    """Somebody else's closed forms, which lie beside the checkout and not in it."""
    path = _REFERENCE / "queueing.py"
    if not path.is_file():
        pytest.skip("the reference formulas are not here: ../shared/reference does not exist")
    spec = importlib.util.spec_from_file_location("reference_queueing", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def open_cases() -> dict[str, dict[str, Any]]:
    """Printed results with their assumptions, which lie beside the checkout and not in it."""
    path = _REFERENCE / "open_cases.json"
    if not path.is_file():
        pytest.skip("the printed results are not here: ../shared/reference does not exist")
    return {case["id"]: case["expected"] for case in json.loads(path.read_text(encoding="utf-8"))}
