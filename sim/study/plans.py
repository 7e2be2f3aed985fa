"""Plans as the store keeps them: the scenario as resolved, with the calls of a trace and the values of samples."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from sim.scenarios.digest import digest
from sim.shop.scenario import Scenario
from sim.study.database import Database, StoreError


def write_plans(connection: sqlite3.Connection, hashes: Sequence[str], plans: Sequence[Scenario]) -> None:
    """Keep those of the plans (and their fingerprints) that are not there yet."""
    for name, plan in zip(hashes, plans, strict=True):
        if connection.execute("SELECT 1 FROM plans WHERE hash = ?", (name,)).fetchone() is None:
            text = zlib.compress(plan.model_dump_json().encode())
            connection.execute("INSERT INTO plans VALUES (?, ?, ?)", (name, plan.name, text))


def plan_as_json(database: Database, name: str) -> dict[str, Any]:
    """All settings of a kept plan, by its fingerprint. Raises `StoreError` for one that is not there."""
    return json.loads(_text(database, name))  # type: ignore[no-any-return]


def read_plan(database: Database, name: str) -> Scenario:
    """A kept plan, by its fingerprint.

    Raises `StoreError` for one that is not there, that this program does not understand, or that is not what it was.
    """
    try:
        plan = Scenario.model_validate_json(_text(database, name))
    except ValidationError as error:
        raise StoreError(
            f"{database.path}: this version of Baton does not understand the plan {name} ({error.error_count()} "
            "settings are others now); the version that kept it does"
        ) from None
    if digest(plan) != name:
        raise StoreError(f"{database.path}: the plan {name} is not what it was when it was kept")
    return plan


def _text(database: Database, name: str) -> bytes:
    found = database.rows("SELECT scenario FROM plans WHERE hash = ?", (name,))
    if not found:
        raise StoreError(f"{database.path}: there is no plan {name}")
    try:
        return zlib.decompress(found[0][0])
    except zlib.error:
        raise StoreError(f"{database.path}: the plan {name} is damaged") from None
