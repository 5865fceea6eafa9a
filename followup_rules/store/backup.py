"""Copies of a store: whole ones only, under a name that they get once they are safe on disk."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from followup_rules import durable, regular_files

PATIENCE = 10
"""Seconds to wait for another program that is writing."""
_LOGS = ("-wal", "-shm")


def backup_of(path: Path, version: int) -> Path:
    """Return where the copy of a store lies that was made before it was brought to a newer version."""
    return path.with_name(f"{path.name}.v{version}-backup")


def backups(path: Path) -> list[Path]:
    """Return all such copies of a store, whole or not."""
    return [copy for copy in copies(path) if copy.name.startswith(f"{path.name}.v")]


def copies(path: Path) -> list[Path]:
    """Return all copies of a store that lie beside it under a name of ours, whole or not."""
    found = {*path.parent.glob("*-backup*"), *path.parent.glob("*-replaced*")}
    return sorted(each for each in found if each.name.startswith(f"{path.name}."))


def usual_place(path: Path, now: datetime) -> Path:
    """Return where a copy is made if nobody says where: beside the store, with the local date."""
    return path.with_name(f"{path.name}.{now:%Y-%m-%d}-backup")


@contextmanager
def whole(place: Path) -> Iterator[Path]:
    """Lend an empty file, for its owner alone, that gets its name once it is safe on disk; else nothing is left of it.

    Raises OSError.
    """
    unfinished = place.with_name(f"{place.name}.part")
    unfinished.unlink(missing_ok=True)
    # Exclusively: SQLite would write through a link that lies there by that name, and keep another's mode.
    os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        yield unfinished
        durable.sync(unfinished)
        # Only now has it the name by which it is found: half a copy never looks like one.
        unfinished.replace(place)
    except BaseException:
        with suppress(OSError):
            # On a full disk, or on one that is gone, it may stay: its name is that of no copy.
            unfinished.unlink()
        raise
    durable.sync(place.parent)


def fill(file: Path, connection: sqlite3.Connection) -> None:
    """Write all that a connection shows into an empty file, without a log beside it. Raises sqlite3.Error."""
    with closing(sqlite3.connect(file, isolation_level=None)) as copy:
        # The copy has the mode of the original, by which it would leave a log beside it wherever it is opened.
        connection.backup(copy)
        copy.execute("pragma journal_mode = delete")


def back_up(connection: sqlite3.Connection, place: Path) -> None:
    """Write a complete copy that only its owner may read. Raises sqlite3.Error, OSError."""
    with whole(place) as unfinished:
        fill(unfinished, connection)


def read_into(copy: sqlite3.Connection, path: Path) -> None:
    """Copy what was committed to a store, also while a run writes to it. Raises sqlite3.Error, OSError."""
    regular_files.check(path)  # SQLite would open a pipe or a device
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


def aside_of(path: Path, now: datetime) -> Path:
    """Return where a store is kept that a copy takes the place of: beside it, with the local time."""
    name = f"{path.name}.{now:%Y-%m-%dT%H%M}"
    number = next(n for n in range(1, 10_000) if not path.with_name(_aside(name, n)).exists())
    return path.with_name(_aside(name, number))


def _aside(name: str, number: int) -> str:
    return f"{name}-{number}-replaced" if number > 1 else f"{name}-replaced"


def keep_aside(path: Path, place: Path) -> None:
    """Keep a store as it is in another place, even a damaged one. Raises sqlite3.Error, OSError."""
    try:
        with whole(place) as unfinished, closing(sqlite3.connect(unfinished, isolation_level=None)) as copy:
            read_into(copy, path)
            copy.execute("pragma journal_mode = delete")
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
            raise
        _keep_files(path, place)


def _keep_files(path: Path, place: Path) -> None:
    """Copy the files of a store that SQLite cannot read, its log included."""
    # The log first: as soon as the file has its name, it is there with all that was committed.
    for end in ("-wal", ""):
        file = path.with_name(path.name + end)
        if file.exists():
            copied = place.with_name(place.name + end)
            with whole(copied) as unfinished, regular_files.opened(file) as original, unfinished.open("wb") as copy:
                shutil.copyfileobj(original, copy)


def put_in_place(connection: sqlite3.Connection, path: Path) -> None:
    """Write what a connection shows in place of a store: at any moment the one or the other is there, and whole.

    Raises sqlite3.Error, OSError.
    """
    with whole(path) as unfinished:
        fill(unfinished, connection)
        _retire_log(path)


def _retire_log(path: Path) -> None:
    """Bring what the log of a store holds into its file, and remove the log: SQLite would apply it to another file."""
    with suppress(sqlite3.Error), closing(sqlite3.connect(path, isolation_level=None, timeout=PATIENCE)) as store:
        store.execute("pragma wal_checkpoint(truncate)")
    for end in _LOGS:
        path.with_name(path.name + end).unlink(missing_ok=True)
