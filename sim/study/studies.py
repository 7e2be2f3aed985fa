"""Studies under way: what was asked, of which plans and model, and how it ended."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Literal, Self

from sim.scenarios.digest import digest
from sim.shop.scenario import Scenario
from sim.study.database import Database, StoreError
from sim.study.gather import names
from sim.study.living import lives, mark
from sim.study.model import libraries
from sim.study.plans import write_plans
from sim.study.rows import Ids, as_seed
from sim.study.runs import Keeper, Key
from sim.study.tasks import Measured

State = Literal["running", "finished", "interrupted", "stopped by budget"]
MOST_NAMES = 3  # plans in a study's made-up name


class Study:
    """A study that is under way; also what keeps its runs. Used in a ``with`` block.

    A study that is asked again goes on: its runs are found. ``number`` is what it is called for good.
    """

    def __init__(self, database: Database, keeper: Keeper, number: int, tell: Callable[[str], None]) -> None:
        self.number = number
        self._database, self._keeper, self._tell = database, keeper, tell
        self._ended = False

    def find(self, keys: Sequence[Key], by: tuple[str, ...] = ()) -> dict[Key, Measured]:
        """See :class:`sim.study.runs.Keeper`."""
        return self._keeper.find(keys, by)

    def keep(self, key: Key, run: Measured) -> None:
        """See :class:`sim.study.runs.Keeper`."""
        self._keeper.keep(key, run)

    def also(self, plans: Sequence[Scenario]) -> None:
        """Plans that the study has come to on its way; those that it knows are passed over. Raises `StoreError`."""
        hashes = [digest(plan) for plan in plans]
        with self._database.writing() as connection:
            write_plans(connection, hashes, plans)
            ask = "SELECT plan, place FROM study_plans WHERE study = ?"
            known = dict(connection.execute(ask, (self.number,)).fetchall())
            for fingerprint, name in zip(hashes, names(plans), strict=True):
                if fingerprint not in known:
                    known[fingerprint] = max(known.values(), default=-1) + 1
                    row = (self.number, known[fingerprint], fingerprint, name)
                    connection.execute("INSERT INTO study_plans VALUES (?, ?, ?, ?)", row)

    def finish(self, state: State = "finished", replications: int | None = None) -> bool:
        """Write down how it ended, and have what was kept on the disk itself; whether that was possible.

        ``replications`` is how many it came to, where that was not known before. It raises nothing: the results are
        there, and whoever waited for them gets them.
        """
        self._ended = True
        try:
            with self._database.writing() as connection:
                connection.execute(
                    "UPDATE studies SET state = ?, finished = ?, replications = COALESCE(?, replications) WHERE id = ?",
                    (state, _now(), replications, self.number),
                )
                connection.execute("DELETE FROM askers WHERE study = ? AND process = ?", (self.number, mark()))
            self._database.sync()
        except StoreError as error:
            self._tell(f"how the study ended is not written down: {error}")
            return False
        return True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if not self._ended:
            self.finish("finished" if kind is None else "interrupted")


def begin(
    database: Database,
    keeper: Keeper,
    model: str,
    kind: str,
    plans: Sequence[Scenario],
    seed: int,
    replications: int | None,
    by: tuple[str, ...],
    options: Mapping[str, Any],
    name: str,
    tell: Callable[[str], None],
) -> Study:
    """A new study, or one that is asked again. Its plans are kept before any of its runs."""
    called, hashes = names(plans), [digest(plan) for plan in plans]
    asked = json.dumps(options, sort_keys=True, default=str)
    same = json.dumps([kind, name, hashes, called, seed, asked, model])
    question = hashlib.sha256(same.encode()).hexdigest()
    now = _now()
    with database.writing() as connection:
        write_plans(connection, hashes, plans)
        model_id = Ids().model(connection, model)
        connection.execute(
            "INSERT INTO studies (question, name, kind, options, by, seed, replications, state, created, asked, model, "
            "libraries) VALUES (?, ?, ?, ?, ?, ?, ?, 'running', ?, ?, ?, ?) ON CONFLICT (question) DO UPDATE SET "
            "state = 'running', finished = NULL, replications = excluded.replications, by = excluded.by, "
            "asked = excluded.asked, libraries = excluded.libraries",
            (
                question, name or _name(kind, called), kind, asked, json.dumps(by), as_seed(seed), replications, now,
                now, model_id, json.dumps(libraries()),
            ),
        )  # fmt: skip
        (number,) = connection.execute("SELECT id FROM studies WHERE question = ?", (question,)).fetchone()
        rows = [(number, place, *plan) for place, plan in enumerate(zip(hashes, called, strict=True))]
        connection.executemany("INSERT OR IGNORE INTO study_plans VALUES (?, ?, ?, ?)", rows)
        before = connection.execute("SELECT process FROM askers WHERE study = ?", (number,)).fetchall()
        gone = [(number, asker) for (asker,) in before if not lives(asker)]
        connection.executemany("DELETE FROM askers WHERE study = ? AND process = ?", gone)
        connection.execute("INSERT OR IGNORE INTO askers VALUES (?, ?)", (number, mark()))
    return Study(database, keeper, number, tell)


def _name(kind: str, plans: Sequence[str]) -> str:
    """A name to type: compare-combined-separate."""
    more = [f"and {len(plans) - MOST_NAMES} more"] if len(plans) > MOST_NAMES else []
    return "-".join("-".join([kind, *plans[:MOST_NAMES], *more]).split())


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
