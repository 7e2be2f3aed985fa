"""The store's file: one SQLite database that several processes may write to, and words for what can go wrong."""

from __future__ import annotations

import sqlite3
import stat
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

APPLICATION = 0x4261746E  # "Batn": so that no other program's database is taken for a store
SCHEMA = 1
PAGE = 8192  # bytes: three runs to a page, not one
PATIENCE_S = 30.0  # until another writer is done; each takes milliseconds

_TABLES = """
CREATE TABLE models (id INTEGER PRIMARY KEY, version TEXT NOT NULL UNIQUE);
CREATE TABLE lists (id INTEGER PRIMARY KEY, keys TEXT NOT NULL UNIQUE);
CREATE TABLE plans (hash TEXT PRIMARY KEY, name TEXT NOT NULL, scenario BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE runs (
    id INTEGER PRIMARY KEY, model INTEGER NOT NULL REFERENCES models, plan TEXT NOT NULL, seed NOT NULL,
    replication INTEGER NOT NULL, list INTEGER NOT NULL REFERENCES lists, measures BLOB NOT NULL,
    UNIQUE (model, plan, seed, replication)
);
CREATE TABLE splits (
    run INTEGER NOT NULL REFERENCES runs, by TEXT NOT NULL, list INTEGER NOT NULL REFERENCES lists,
    labels TEXT NOT NULL, measures BLOB NOT NULL, PRIMARY KEY (run, by)
) WITHOUT ROWID;
CREATE TABLE studies (
    id INTEGER PRIMARY KEY AUTOINCREMENT, question TEXT NOT NULL UNIQUE, name TEXT NOT NULL, kind TEXT NOT NULL,
    options TEXT NOT NULL, by TEXT NOT NULL, seed NOT NULL, replications INTEGER, state TEXT NOT NULL,
    created TEXT NOT NULL, asked TEXT NOT NULL, finished TEXT, model INTEGER NOT NULL REFERENCES models,
    libraries TEXT NOT NULL
);
CREATE TABLE study_plans (
    study INTEGER NOT NULL REFERENCES studies, place INTEGER NOT NULL, plan TEXT NOT NULL REFERENCES plans,
    name TEXT NOT NULL, PRIMARY KEY (study, place)
) WITHOUT ROWID;
CREATE TABLE askers (
    study INTEGER NOT NULL REFERENCES studies, process TEXT NOT NULL, PRIMARY KEY (study, process)
) WITHOUT ROWID;
"""

_WORDS = {  # by the primary code of SQLite's error
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_IOERR: "the disk refuses to write or read it (is it full?)",
    sqlite3.SQLITE_READONLY: "it may not be written to",
    sqlite3.SQLITE_PERM: "it may not be opened",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened (may this folder be written to?)",
    sqlite3.SQLITE_NOTADB: "it is not a store of runs, or it is damaged",
    sqlite3.SQLITE_CORRUPT: "it is damaged",
    sqlite3.SQLITE_BUSY: f"another program has been writing to it for {PATIENCE_S:.0f} s",
    sqlite3.SQLITE_LOCKED: "another program is writing to it",
}


class StoreError(Exception):
    """A store that cannot be used, in one line that says why."""


def reason(error: Exception) -> str:
    """What went wrong, in words for somebody who has never heard of SQLite."""
    if isinstance(error, OSError):
        return (error.strerror or str(error)).lower()
    code = getattr(error, "sqlite_errorcode", 0) or 0
    return _WORDS.get(code & 0xFF, str(error))


class Database:
    """An open store. ``readonly`` neither makes nor changes it. Raises `StoreError` where it cannot be used."""

    def __init__(self, path: Path, *, readonly: bool = False) -> None:
        self.path = path
        self._lock = threading.RLock()  # one transaction at a time, whichever thread asks
        try:
            self._connection = _opened(path, readonly)
        except (sqlite3.Error, OSError) as error:
            raise StoreError(f"{path} cannot be used: {reason(error)}") from None

    def rows(self, ask: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query. Raises `StoreError`."""
        try:
            with self._lock:
                return self._connection.execute(ask, values).fetchall()
        except sqlite3.Error as error:
            raise StoreError(f"{self.path} cannot be read: {reason(error)}") from None

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction: all of it is there afterwards, or nothing. Raises `StoreError`."""
        try:
            with self._lock, _transaction(self._connection):
                yield self._connection
        except sqlite3.Error as error:
            raise StoreError(f"{self.path} cannot be written to: {reason(error)}") from None

    def sync(self) -> None:
        """Have all that is written on the disk itself, so that it survives a power cut too. Raises `StoreError`."""
        self.rows("PRAGMA wal_checkpoint(PASSIVE)")

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _opened(path: Path, readonly: bool) -> sqlite3.Connection:
    if path.exists() and not stat.S_ISREG(path.stat().st_mode):
        raise StoreError(f"{path} cannot be used: it is {'a folder' if path.is_dir() else 'not a file'}")
    if readonly:
        return _opened_to_read(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = _connected(path, "rwc")
    try:
        _check(path, connection)
        connection.execute(f"PRAGMA page_size = {PAGE}")  # of a new file
        # WAL: readers never wait, a commit is one write, and a torn one is as if it had not been. The disk itself is
        # asked at checkpoints only: a power cut may take the last runs, and never the store.
        connection.execute(f"PRAGMA synchronous = {'NORMAL' if _has_wal(connection) else 'FULL'}")
        with _transaction(connection):
            if _is_new(connection):
                _create(connection)
        _check(path, connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _opened_to_read(path: Path) -> sqlite3.Connection:
    if not path.exists():
        raise StoreError(f"{path} cannot be used: there is no such file")
    connection = _connected(path, "ro")
    try:
        _check(path, connection)
    except sqlite3.OperationalError:  # a folder that cannot be written to has no room for the reader's mark
        connection.close()
        connection = _connected(path, "ro&immutable=1")
        _check(path, connection)
    if _is_new(connection):
        raise StoreError(f"{path} cannot be used: there is nothing in it")
    return connection


def _connected(path: Path, mode: str) -> sqlite3.Connection:
    address = f"{path.absolute().as_uri()}?mode={mode}"
    return sqlite3.connect(address, uri=True, timeout=PATIENCE_S, isolation_level=None, check_same_thread=False)


def _has_wal(connection: sqlite3.Connection) -> bool:
    """Ask for the journal that we want; SQLite does not wait for others who ask at the same moment, so we do."""
    patience = time.monotonic() + PATIENCE_S
    while True:
        try:
            return str(connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]) == "wal"
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > patience:
                raise
            time.sleep(0.01)


def _is_new(connection: sqlite3.Connection) -> bool:
    return not connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchall()


def _create(connection: sqlite3.Connection) -> None:
    for statement in filter(str.strip, _TABLES.split(";")):
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION}")
    connection.execute(f"PRAGMA user_version = {SCHEMA}")


def _check(path: Path, connection: sqlite3.Connection) -> None:
    """Refuse what is no store, or one of a later program. A database without anything in it may become one."""
    if _is_new(connection):
        return
    if connection.execute("PRAGMA application_id").fetchone() != (APPLICATION,):
        raise StoreError(f"{path} cannot be used: it is another program's database, not a store of runs")
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    if found > SCHEMA:
        raise StoreError(
            f"{path} cannot be used: a newer Baton wrote it (form {found}, this one knows up to {SCHEMA}); "
            "update Baton or name another file"
        )
