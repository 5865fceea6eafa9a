"""The database under the store: one SQLite file, 0600 in a folder 0700, and transactions on it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from followup_rules import regular_files
from followup_rules.sentences import Sentence, together
from followup_rules.store.backup import PATIENCE, back_up, backup_of, put_in_place, read_into
from followup_rules.store.errors import StoreError, TooNew, explained
from followup_rules.store.schema import MIGRATIONS, VERSION

LEAST_GAPS = 250
"""In pages of 4 kB: for less, no file is written anew."""
_STEP = ("begin immediate", "commit", "rollback")
# To roll back to a savepoint leaves it open, so that it is released, too.
_PART = ("savepoint part", "release part", "rollback to part", "release part")
_UPGRADED = "update state set body = json_set(body, '$.upgraded_from', {});"


def connect(path: Path) -> sqlite3.Connection:
    """Open the file for writing, and make it if it is not there. Raises StoreError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        regular_files.make(path)  # SQLite would let others read it, and give its -wal and -shm the same mode
        # Without a level sqlite3 begins no transaction by itself: all of them are begun in `transaction`.
        connection = sqlite3.connect(path, isolation_level=None, timeout=PATIENCE)
        try:
            version = _version(connection, path)
            if 0 < version < VERSION:
                # Before anything is written into it, the mode of its log included.
                back_up(connection, backup_of(path, version))
            # So that `explain` and `doctor` can read while a run writes.
            connection.execute("pragma journal_mode = wal")
            # With `normal`, a log may lose its last commits when the power fails: receipts of what lies in the outputs.
            connection.execute("pragma synchronous = full")
            # What is forgotten is overwritten with zeros, and does not wait in the file for its place to be used again.
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
    try:
        copy = sqlite3.connect(":memory:", isolation_level=None)
        try:
            if path.exists():
                read_into(copy, path)
            _migrate(copy, path, _version(copy, path))
        except BaseException:
            copy.close()
            raise
    except (sqlite3.Error, OSError) as error:
        raise explained(error, path) from error
    return copy


def version_of(path: Path) -> int:
    """Return the version of the tables in a file, 0 if there are none. Raises StoreError for what cannot be read."""
    try:
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as copy:
            read_into(copy, path)
            return _version(copy, path)
    except (sqlite3.Error, OSError) as error:
        raise explained(error, path) from error


def _version(connection: sqlite3.Connection, path: Path) -> int:
    """Return the version of the tables, 0 if there are none. Raises StoreError for what is not ours, or too new."""
    (version,) = connection.execute("pragma user_version").fetchone()
    tables = {name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")}
    # Ours has a ledger, or is a new file: that has neither tables nor a version.
    if "ledger" not in tables if tables else version:
        message = Sentence(
            "{path} is a database of another program, not a store of followup's; it was left as it is", path=path
        )
        raise StoreError(message, Sentence("name a file of its own for the store: [store] path"))
    if version > VERSION:
        message = Sentence(
            "the store {path} was written by a newer version of followup-rules ({version}, this one: {own})",
            path=path,
            version=version,
            own=VERSION,
        )
        raise TooNew(message, Sentence("upgrade followup-rules; nothing in the store was changed"))
    return int(version)


def _migrate(connection: sqlite3.Connection, path: Path, version: int) -> None:
    """Bring the tables from a version to that of today, in one step: a crash leaves the store as it was."""
    if version == VERSION:
        return
    scripts = [*MIGRATIONS[version:VERSION], _UPGRADED.format(version) if version else ""]
    try:
        connection.executescript(f"begin; {' '.join(scripts)} pragma user_version = {VERSION}; commit;")
    except sqlite3.Error as error:
        if not version:
            raise
        found = explained(error, path)
        kept = Sentence("the store is as it was; a copy of it is {copy}", copy=backup_of(path, version))
        raise StoreError(
            Sentence("{found}; it could not be brought to version {version}", found=found, version=VERSION),
            together(kept, found.hint),
        ) from error


class Database:
    """A connection, with transactions and errors as sentences; every part of the store holds it. Raises StoreError."""

    def __init__(self, connection: sqlite3.Connection, path: Path = Path()) -> None:
        self._connection = connection
        self._path = path

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make all that is written inside one step, within another one too: it is kept as a whole or not at all."""
        begin, keep, *undo = _PART if self._connection.in_transaction else _STEP
        self.run(begin)
        try:
            yield
            self.run(keep)
        except BaseException:
            # After an error of the disk, SQLite has undone everything by itself.
            for statement in undo:
                if self._connection.in_transaction:
                    with suppress(sqlite3.Error):
                        self._connection.execute(statement)
            raise

    def run(self, query: str, *values: Any) -> None:
        """Run one statement."""
        # Its places are plain question marks: Python 3.12 takes `?1` for a name, and warns.
        try:
            self._connection.execute(query, values)
        except sqlite3.Error as error:
            raise explained(error, self._path) from error

    def run_many(self, query: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run one statement for each row of values."""
        try:
            self._connection.executemany(query, rows)
        except sqlite3.Error as error:
            raise explained(error, self._path) from error

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Return the rows that a query finds."""
        try:
            return self._connection.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise explained(error, self._path) from error

    def of_cases(self, query: str, cases: Iterable[str]) -> list[tuple[Any, ...]]:
        """Return the rows that a query finds of several cases, whose keys are its one value: as JSON."""
        return self.rows(query, json.dumps([*cases]))

    def damage(self, *, deep: bool) -> list[str]:
        """Return what is wrong with the file as such; `deep` compares tables and indexes, too."""
        check = "integrity_check" if deep else "quick_check"
        # Five lines show that it is damaged; SQLite would give a hundred.
        found = [str(line) for (line,) in self.rows(f"pragma {check}(5)")]
        return [] if found == ["ok"] else found

    def put_in_place(self, path: Path) -> None:
        """Write all that is here in place of the store in that file, which no run may be using.

        Raises sqlite3.Error and OSError as they are.
        """
        put_in_place(self._connection, path)

    def shrink(self) -> None:
        """Write the file anew without its gaps, if these are a quarter of it and worth it."""
        ((pages,),), ((gaps,),) = self.rows("pragma page_count"), self.rows("pragma freelist_count")
        if gaps > LEAST_GAPS and gaps * 4 > pages:
            self.scrub()

    def scrub(self) -> None:
        """Write the file anew without what was erased from it, and empty its log."""
        # VACUUM writes all of the store into a temporary file, which may lie in a folder that others can read.
        self.run("pragma temp_store = memory")
        self.run("vacuum")
        # What was erased stands in the log until then.
        self.rows("pragma wal_checkpoint(truncate)")
