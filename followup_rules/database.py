"""The database under the store: one SQLite file, its tables by version, and transactions.

All instants are kept in UTC, as ISO 8601 text. The file is 0600 in a folder 0700.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from followup_rules import durable

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
PATIENCE = 10
"""Seconds to wait for another program that is writing."""
_RESUMED = "; then run again: the next run completes what this one could not"
_ELSEWHERE = "or name another file: [store] path"
_BEGIN_ANEW = (
    "put a copy of yours in its place, or move it away: then a new one is begun, and drafts and tasks that are still "
    "there are known by their key"
)


class StoreError(Exception):
    """The store cannot be used; the sentence says why, and the hint what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class Unreceipted(StoreError):  # noqa: N818 -- what the output did
    """The store failed after an output had done what it was asked for; the next run finds out."""


def text(instant: datetime | None) -> str | None:
    """Return an instant as the store keeps it: in UTC, and sortable."""
    return None if instant is None else instant.astimezone(UTC).isoformat(timespec="microseconds")


def instant(kept: str | None) -> datetime | None:
    """Return an instant that the store kept."""
    return None if kept is None else at(kept)


def at(kept: str) -> datetime:
    """Return an instant that is always there. Raises StoreError."""
    try:
        return datetime.fromisoformat(kept)
    except (ValueError, TypeError) as error:
        raise damaged(error) from error


def damaged(error: Exception) -> StoreError:
    """Return what to say of something in the store that followup did not write like that."""
    return StoreError(f"the store is damaged, what it keeps cannot be read: {error}", _BEGIN_ANEW)


def connect(path: Path) -> sqlite3.Connection:
    """Open the file for writing, and make it if it is not there. Raises StoreError."""
    try:
        _make_private(path)
        connection = sqlite3.connect(path, isolation_level=None, timeout=PATIENCE)
        try:
            version = _version(connection, path)
            if 0 < version < VERSION:
                _back_up(connection, backup_of(path, version))
            connection.execute("pragma journal_mode = wal")
            connection.execute("pragma synchronous = full")
            connection.execute("pragma secure_delete = on")
            _migrate(connection, path, version)
        except BaseException:
            connection.close()
            raise
    except (sqlite3.Error, OSError) as error:
        raise explained(error, path) from error
    return connection


def copied(path: Path) -> sqlite3.Connection:
    """Return a copy of the file in memory; nothing is written anywhere. Raises StoreError."""
    copy = sqlite3.connect(":memory:", isolation_level=None)
    try:
        if path.exists():
            _copy(path, copy)
        _migrate(copy, path, _version(copy, path))
    except (sqlite3.Error, OSError) as error:
        raise explained(error, path) from error
    return copy


def _copy(path: Path, copy: sqlite3.Connection) -> None:
    log = path.with_name(f"{path.name}-wal")
    before = None
    while before != (before := (log.exists(), path.stat().st_mtime_ns, path.stat().st_size)):
        # SQLite leaves files beside a store that it reads together with its log; without a log it need not. But then
        # it does not see either that a run begins to write meanwhile: so the copy counts only if all stayed the same.
        how = "mode=ro" if before[0] else "immutable=1"
        original = sqlite3.connect(f"{path.resolve().as_uri()}?{how}", uri=True, timeout=PATIENCE)
        try:
            original.backup(copy)
        finally:
            original.close()


def _make_private(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))


def _version(connection: sqlite3.Connection, path: Path) -> int:
    """Return the version of the tables, 0 if there are none. Raises StoreError for what is not ours, or too new."""
    (version,) = connection.execute("pragma user_version").fetchone()
    tables = {name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")}
    if "ledger" not in tables if tables else version:
        message = f"{path} is a database of another program, not a store of followup's; it was left as it is"
        raise StoreError(message, "name a file of its own for the store: [store] path")
    if version > VERSION:
        message = f"the store {path} was written by a newer version of followup-rules ({version}, this one: {VERSION})"
        raise StoreError(message, "upgrade followup-rules; nothing in the store was changed")
    return int(version)


def _migrate(connection: sqlite3.Connection, path: Path, version: int) -> None:
    try:
        for number in range(version, VERSION):
            connection.executescript(f"begin; {MIGRATIONS[number]} pragma user_version = {number + 1}; commit;")
    except sqlite3.Error as error:
        if not version:
            raise
        found = explained(error, path)
        kept = f"the store is as it was; a copy of it is {backup_of(path, version)}"
        raise StoreError(f"{found}; it could not be brought to version {VERSION}", f"{kept}; {found.hint}") from error


# -- backups


def backup_of(path: Path, version: int) -> Path:
    """Return where the copy of a store lies that was made before it was brought to a newer version."""
    return path.with_name(f"{path.name}.v{version}-backup")


def backups(path: Path) -> list[Path]:
    """Return all such copies of a store, whole or not."""
    begin = f"{path.name}.v"
    return sorted(each for each in path.parent.glob("*-backup*") if each.name.startswith(begin))


def _back_up(connection: sqlite3.Connection, place: Path) -> None:
    """Write a complete copy that only its owner may read, safe on disk before it gets its name."""
    unfinished = place.with_name(f"{place.name}.part")
    unfinished.unlink(missing_ok=True)
    os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    copy = sqlite3.connect(unfinished, isolation_level=None)
    try:
        connection.backup(copy)
        copy.execute("pragma journal_mode = delete")
    finally:
        copy.close()
    durable.sync(unfinished)
    unfinished.replace(place)
    durable.sync(place.parent)


# -- errors as sentences


def explained(error: sqlite3.Error | OSError, path: Path) -> StoreError:
    """Return what an error of the database or of the disk means for a person, and what to do."""
    if isinstance(error, OSError):
        place = f" ({error.filename})" if error.filename and error.filename != str(path) else ""
        what = f"the store {path} cannot be used: {error.strerror or error}{place}"
        return StoreError(what, f"check the permissions of {path.parent}, {_ELSEWHERE}")
    if path.is_dir():
        return StoreError(f"the store {path} is a folder", "name a file in it: [store] path")
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
    sentence, hint = _SENTENCES.get(code, _UNKNOWN)
    return StoreError(sentence.format(path=path, error=error), hint.format(path=path, folder=path.parent))


_PERMISSIONS = f"check the permissions of {{path}} and of its folder, {_ELSEWHERE}"
_DISK = "check the disk of {folder}" + _RESUMED
_UNKNOWN = ("the store {path} cannot be used: {error}", _PERMISSIONS)
_DAMAGED = ("the store {path} is damaged or is no store: {error}", _BEGIN_ANEW)
_SENTENCES = {
    sqlite3.SQLITE_BUSY: (
        "the store {path} is locked: another program is writing to it",
        "close what has it open, such as a database browser; then run again",
    ),
    sqlite3.SQLITE_FULL: ("there is no room left for the store {path}", "make room on the disk of {folder}" + _RESUMED),
    sqlite3.SQLITE_IOERR: ("the disk failed while the store {path} was in use: {error}", _DISK),
    sqlite3.SQLITE_READONLY: ("the store {path} may not be written", _PERMISSIONS),
    sqlite3.SQLITE_CANTOPEN: ("the store {path} cannot be opened, or a file beside it cannot be made", _PERMISSIONS),
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
}


class Database:
    """A connection, transactions on it, and the settings that it keeps. Its methods raise StoreError."""

    def __init__(self, connection: sqlite3.Connection, path: Path = Path()) -> None:
        self._db = connection
        self._path = path

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make all that is written inside one step, within another one too: it is kept as a whole or not at all."""
        begin, keep, *undo = _PART if self._db.in_transaction else _STEP
        self._run(begin)
        try:
            yield
            self._run(keep)
        except BaseException:
            self._undo(undo)
            raise

    def _undo(self, statements: Iterable[str]) -> None:
        # After an error of the disk, SQLite has undone everything by itself.
        for statement in statements:
            if self._db.in_transaction:
                with suppress(sqlite3.Error):
                    self._db.execute(statement)

    def _run(self, query: str, values: Sequence[Any] = ()) -> None:
        try:
            self._db.execute(query, values)
        except sqlite3.Error as error:
            raise explained(error, self._path) from error

    def _all(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        try:
            return self._db.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise explained(error, self._path) from error

    def _many(self, query: str, rows: Iterable[tuple[Any, ...]]) -> None:
        try:
            self._db.executemany(query, rows)
        except sqlite3.Error as error:
            raise explained(error, self._path) from error

    def damage(self, *, deep: bool) -> list[str]:
        """Return what is wrong with the file as such; `deep` compares tables and indexes, too."""
        check = "integrity_check" if deep else "quick_check"
        found = [str(line) for (line,) in self._all(f"pragma {check}(5)")]
        return [] if found == ["ok"] else found

    def get(self, name: str) -> str:
        """Return a value that was set, or ""."""
        found = self._all("select value from meta where name = ?", name)
        return str(found[0][0]) if found else ""

    def put(self, name: str, value: str | None) -> None:
        """Set a value."""
        self._run("insert or replace into meta values (?, ?)", (name, value))
