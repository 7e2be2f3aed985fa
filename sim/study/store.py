"""The store: every run of every study in one file, so that nothing is run twice and nothing finished is lost."""

from __future__ import annotations

import json
import time
import warnings
import zlib
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sim.shop.scenario import Scenario
from sim.study.database import Database, StoreError
from sim.study.listing import Kept, find_study, studies
from sim.study.model import MODEL
from sim.study.place import default_place
from sim.study.plans import plan_as_json, read_plan
from sim.study.rows import Ids, as_seed, read_runs, write_run
from sim.study.runs import Key
from sim.study.studies import Study, begin
from sim.study.tasks import Measured

TRY_AGAIN_S = 5.0  # after a write that failed, so that a locked store does not hold up every run


def _warn(line: str) -> None:
    warnings.warn(line, RuntimeWarning, stacklevel=2)


class Store:
    """Runs kept from one day to the next, by model, plan, seed and replication. Used in a ``with`` block.

    ``path`` is the file, made where it is not there (by default see :func:`sim.study.place.default_place`). Several
    processes may use one store at once; only workers never touch it. ``model`` is whose runs count; those of other
    models stay and are left alone. ``readonly`` looks only, and finds no file where there is none.

    A run that cannot be written (a full disk) never ends a study: ``tell`` is told once, the run waits and is tried
    again with later ones. Raises `StoreError` where the file cannot be used at all.
    """

    def __init__(
        self,
        path: Path | str | None = None,
        *,
        tell: Callable[[str], None] = _warn,
        model: str = MODEL,
        readonly: bool = False,
    ) -> None:
        try:
            self.path = default_place() if path is None else Path(path)
        except RuntimeError as error:
            raise StoreError(f"there is no place for the store of runs: {error}") from None
        self.model, self.found, self.trouble = model, 0, ""
        self._tell, self._tried = tell, 0.0
        self._waiting: dict[tuple[Key, tuple[str, ...]], Measured] = {}
        self._database = Database(self.path, readonly=readonly)
        self._ids = Ids()  # that are in the file

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Try once more to keep what waits, and let go of the file."""
        try:
            self._write()
        finally:
            self._database.close()

    @property
    def waiting(self) -> int:
        """Runs that could not be written yet."""
        return len(self._waiting)

    def find(self, keys: Sequence[Key], by: tuple[str, ...] = ()) -> dict[Key, Measured]:
        """Those of the runs that are there with all these splits, by key. Raises `StoreError` for a damaged file."""
        wanted, found = set(keys), {}
        for (plan, seed), some in groupby(sorted(wanted), key=lambda key: key[:2]):
            numbers = [replication for _, _, replication in some]
            try:
                for n, run in read_runs(self._database, self.model, plan, seed, numbers[0], numbers[-1], by):
                    if (plan, seed, n) in wanted:
                        found[plan, seed, n] = run
            except (zlib.error, ValueError, KeyError):
                raise StoreError(f"{self.path} cannot be read: it is damaged") from None
        self.found += len(found)
        return found

    def keep(self, key: Key, run: Measured) -> None:
        """Keep a run, at once and for good; one that cannot be written now waits until it can."""
        self._waiting[key, tuple(run.splits)] = run
        if not self.trouble or time.monotonic() - self._tried > TRY_AGAIN_S:
            self._write()

    def _write(self) -> None:
        if not self._waiting:
            return
        try:
            with self._database.writing() as connection:
                ids, waiting = Ids(self._ids), list(self._waiting.items())
                for (key, _), run in waiting:
                    write_run(connection, ids, self.model, key, run)
        except StoreError as error:
            self._tried = time.monotonic()
            if not self.trouble:
                self.trouble = str(error)
                self._tell(f"{error}; runs that are kept already are safe, those made from now on are not kept")
            return
        self._ids = ids
        for which, _ in waiting:
            self._waiting.pop(which, None)
        if self.trouble:
            self.trouble = ""
            self._tell(f"{self.path} can be written to again: all runs are kept")

    def begin(
        self,
        kind: str,
        plans: Sequence[Scenario],
        *,
        seed: int = 1,
        replications: int | None = None,
        by: tuple[str, ...] = (),
        options: Mapping[str, Any] | None = None,
        name: str = "",
    ) -> Study:
        """Write down that a study begins, or goes on; see :class:`sim.study.studies.Study`. Raises `StoreError`.

        The same kind, name, plans (in this order), seed, ``options`` (the question's own, as JSON) and model are the
        same study, whatever ``replications`` (None: until decided) and ``by`` it is asked with.
        """
        return begin(
            self._database, self, self.model, kind, plans, seed, replications, by, options or {}, name, self._tell
        )

    def studies(self) -> list[Kept]:
        """All studies, in the order in which they were first asked. Raises `StoreError`."""
        return studies(self._database, self.model)

    def study(self, which: str | int | None = None) -> Kept:
        """One study, by its number or its name (of several the one asked last); by default the one asked last.

        Raises `StoreError` where there is none.
        """
        return find_study(self._database, self.model, which)

    def plan(self, fingerprint: str) -> Scenario:
        """A kept plan, as it was resolved; its name is that under which it was kept first. Raises `StoreError`."""
        return read_plan(self._database, fingerprint)

    def manifest(self, which: str | int | None = None) -> dict[str, Any]:
        """All that is needed to make a study again, as plain JSON values: its question, versions and plans."""
        study = self.study(which)
        hashes = dict.fromkeys(fingerprint for fingerprint, _ in study.plans)
        return {**study.as_json(), "scenarios": {each: plan_as_json(self._database, each) for each in hashes}}

    def rows(self, study: Kept) -> list[tuple[str, int, list[str], bytes]]:
        """The kept runs of a study: plan's fingerprint, replication, keys of the measures, and these packed."""
        most = "" if study.replications is None else " AND r.replication < ?"
        limit = () if study.replications is None else (study.replications,)
        found: list[tuple[str, int, list[str], bytes]] = []
        for fingerprint in dict.fromkeys(fingerprint for fingerprint, _ in study.plans):
            ask = (
                "SELECT r.replication, l.keys, r.measures FROM runs r JOIN models m ON m.id = r.model "
                f"JOIN lists l ON l.id = r.list WHERE m.version = ? AND r.plan = ? AND r.seed = ?{most} "
                "ORDER BY r.replication"
            )
            values = (study.model, fingerprint, as_seed(study.seed), *limit)
            found += [(fingerprint, n, json.loads(keys), blob) for n, keys, blob in self._database.rows(ask, values)]
        return found
