"""Studies as the store knows them: what was asked, of which plans and model, and how far it got."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from sim.study.database import Database, StoreError
from sim.study.living import lives


@dataclass(frozen=True, slots=True)
class Kept:
    """A study as the store knows it. ``state`` is "stopped" where its process is gone without having ended it."""

    number: int
    name: str
    kind: str
    options: dict[str, Any]
    by: tuple[str, ...]
    seed: int
    replications: int | None  # asked for; None where it goes on until decided
    plans: tuple[tuple[str, str], ...]  # fingerprint and name, in order
    runs: int  # that are there
    asked: int | None  # runs that were asked for
    state: str
    created: str  # times are UTC
    asked_at: str
    finished_at: str | None
    model: str
    current: bool  # whether the model is today's, so that its runs are used again
    libraries: dict[str, str]

    def as_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        plans = [{"hash": fingerprint, "name": name} for fingerprint, name in self.plans]
        return {**asdict(self), "by": list(self.by), "plans": plans}


_COLUMNS = (
    "SELECT s.id, s.name, s.kind, s.options, s.by, s.seed, s.replications, s.state, s.created, s.asked, s.finished, "
    "m.version, s.libraries, s.model FROM studies s JOIN models m ON m.id = s.model"
)
_RUNS = (
    "SELECT COUNT(*) FROM runs WHERE model = ? AND seed = ? AND replication < ? "
    "AND plan IN (SELECT plan FROM study_plans WHERE study = ?)"
)


def studies(database: Database, model: str) -> list[Kept]:
    """All studies, in the order in which they were first asked."""
    return [_kept(database, model, row) for row in database.rows(f"{_COLUMNS} ORDER BY s.id")]


def find_study(database: Database, model: str, which: str | int | None) -> Kept:
    """A study by number or name, or the one that was asked last. Raises `StoreError` where there is none."""
    for ask, values in _ways(which):
        if found := database.rows(f"{_COLUMNS} {ask} ORDER BY s.asked DESC, s.id DESC LIMIT 1", values):
            return _kept(database, model, found[0])
    if which is None:
        raise StoreError(f"{database.path}: there is no study yet")
    known = [name for (name,) in database.rows("SELECT DISTINCT name FROM studies ORDER BY asked DESC LIMIT 5")]
    there = f"the latest are {', '.join(known)}; baton studies lists all" if known else "there is none yet"
    raise StoreError(f"{database.path}: there is no study {str(which)!r}; {there}")


def _ways(which: str | int | None) -> list[tuple[str, tuple[Any, ...]]]:
    if which is None:
        return [("", ())]
    numbered = [("WHERE s.id = ?", (int(which),))] if str(which).isdecimal() and len(str(which)) < 19 else []
    return [("WHERE s.name = ?", (str(which),)), *numbered]


def _kept(database: Database, model: str, row: tuple[Any, ...]) -> Kept:
    number, name, kind, options, by, seed, replications, state, created, asked_at, finished_at, made_by, libs, m = row
    plans = database.rows("SELECT plan, name FROM study_plans WHERE study = ? ORDER BY place", (number,))
    ((runs,),) = database.rows(_RUNS, (m, seed, 2**62 if replications is None else replications, number))
    if state == "running" and not any(
        lives(asker) for (asker,) in database.rows("SELECT process FROM askers WHERE study = ?", (number,))
    ):
        state = "stopped"
    different = len({fingerprint for fingerprint, _ in plans})
    asked = None if replications is None else replications * different
    return Kept(
        number, name, kind, json.loads(options), tuple(json.loads(by)), int(seed), replications, tuple(plans), runs,
        asked, state, created, asked_at, finished_at, made_by, made_by == model, json.loads(libs),
    )  # fmt: skip
