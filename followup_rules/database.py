"""The database under the store: one SQLite file, its tables by version, and transactions.

All instants are kept in UTC, as ISO 8601 text. The file is 0600 in a folder 0700.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

VERSION = 1

_SCHEMA = """
create table meta (name text primary key, value text not null) without rowid;
create table source (name text primary key, cursor text not null, pulled text not null, failing text) without rowid;
create table event (
  source text not null, id text not null, start text not null, body text not null, gone text, listed text,
  primary key (source, id)) without rowid;
create index event_id on event (id);
create table token (token text not null, id text not null, primary key (token, id)) without rowid;
create index token_id on token (id);
create table place (id text primary key, home text not null, problem text not null) without rowid;
create index place_home on place (home);
create table joined (id text not null, "case" text not null, primary key (id, "case")) without rowid;
create index joined_case on joined ("case");
create table "case" (key text primary key, next text, stale integer not null) without rowid;
create index case_next on "case" (stale, next);
create table decision (
  key text primary key, "case" text not null, rule text not null, anchor text not null, state text not null,
  evidence text not null, next text, late integer not null) without rowid;
create index decision_case on decision ("case");
create table ledger (
  key text not null, output text not null, duty text not null, "case" text not null, state text not null,
  body text not null, primary key (key, output)) without rowid;
create index ledger_case on ledger ("case");
create index ledger_state on ledger (state);
create table pin (key text primary key, "case" text not null, at text not null) without rowid;
create table journal (
  number integer primary key, at text not null, "case" text not null, key text not null, state text not null,
  why text not null);
create index journal_case on journal ("case");
"""
_STEP = ("begin immediate", "commit", "rollback")
_PART = ("savepoint part", "release part", "rollback to part", "release part")
MIGRATIONS: tuple[str, ...] = (_SCHEMA,)
"""The n-th script leads from version n to version n + 1."""


class StoreError(Exception):
    """The store cannot be used; the sentence says why and what to do."""


def text(instant: datetime | None) -> str | None:
    """Return an instant as the store keeps it: in UTC, and sortable."""
    return None if instant is None else instant.astimezone(UTC).isoformat(timespec="microseconds")


def instant(kept: str | None) -> datetime | None:
    """Return an instant that the store kept."""
    return None if kept is None else datetime.fromisoformat(kept)


def at(kept: str) -> datetime:
    """Return an instant that is always there."""
    return datetime.fromisoformat(kept)


def connect(path: Path) -> sqlite3.Connection:
    """Open the file for writing, and make it if it is not there. Raises StoreError."""
    try:
        _make_private(path)
        connection = sqlite3.connect(path, isolation_level=None, timeout=10)
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = full")
        _migrate(connection, path)
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"the store {path} cannot be used: {error}") from error
    return connection


def copied(path: Path) -> sqlite3.Connection:
    """Return a copy of the file in memory; nothing is written anywhere. Raises StoreError."""
    copy = sqlite3.connect(":memory:", isolation_level=None)
    try:
        if path.exists():
            # SQLite leaves files beside a store that it reads together with its log; without a log it need not.
            how = "mode=ro" if path.with_name(f"{path.name}-wal").exists() else "immutable=1"
            original = sqlite3.connect(f"{path.resolve().as_uri()}?{how}", uri=True, timeout=10)
            original.backup(copy)
            original.close()
        _migrate(copy, path)
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"the store {path} cannot be read: {error}") from error
    return copy


def _make_private(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    (version,) = connection.execute("pragma user_version").fetchone()
    if version > VERSION:
        raise StoreError(f"the store {path} was written by a newer version of followup-rules; upgrade this one")
    for number in range(version, VERSION):
        connection.executescript(f"begin; {MIGRATIONS[number]} pragma user_version = {number + 1}; commit;")


class Database:
    """A connection, transactions on it, and the settings that it keeps."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make all that is written inside one step, within another one too: it is kept as a whole or not at all."""
        begin, keep, *undo = _PART if self._db.in_transaction else _STEP
        self._db.execute(begin)
        try:
            yield
        except BaseException:
            for statement in undo:
                self._db.execute(statement)
            raise
        self._db.execute(keep)

    def _all(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        return self._db.execute(query, values).fetchall()

    def _many(self, query: str, rows: Iterable[tuple[Any, ...]]) -> None:
        self._db.executemany(query, rows)

    def get(self, name: str) -> str:
        """Return a value that was set, or ""."""
        found = self._all("select value from meta where name = ?", name)
        return str(found[0][0]) if found else ""

    def put(self, name: str, value: str | None) -> None:
        """Set a value."""
        self._db.execute("insert or replace into meta values (?, ?)", (name, value))
