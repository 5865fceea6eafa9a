"""One run at a time: the lock of a store is an SQLite transaction, so it ends with the process that holds it.

A locking library would do as well, but importing one takes longer than a whole run that finds nothing to do.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from followup_rules import durable, regular_files
from followup_rules.plain import one_line
from followup_rules.sentences import Sentence
from followup_rules.store.errors import StoreError, explained

_LARGEST = 1_000
"""In bytes, of what is left beside the lock."""
_HIGHEST = 2**31 - 1
"""Of the numbers of processes."""


class Holder(NamedTuple):
    """Who holds the lock, and since when."""

    process: int
    since: datetime
    host: str = ""
    """The name of the computer; a store may lie on a disk that several share."""

    @property
    def is_here(self) -> bool:
        """Tell whether it is a process of this computer, as far as is known."""
        return self.host in ("", _this_host())


class Busy(Exception):  # noqa: N818 -- what the store is
    """Another run is at work. As text: which one, as far as it is known."""

    def __init__(self, holder: Holder | None) -> None:
        super().__init__(_described(holder) if holder else "")


def _described(holder: Holder) -> Sentence:
    since = holder.since.astimezone()
    if holder.is_here:
        return Sentence(" (process {process}, since {since})", process=holder.process, since=since)
    return Sentence(
        " (process {process} on {host}, since {since})", process=holder.process, host=holder.host, since=since
    )


@contextmanager
def only_run(store: Path, patience: float = 0) -> Iterator[None]:
    """Hold the lock beside a store; wait so many seconds for it. Raises Busy, or StoreError if there can be none."""
    path = store.with_name(f"{store.name}.lock")
    try:
        durable.make_folder(store.parent, 0o700)
        regular_files.make(path)
        lock = sqlite3.connect(path, isolation_level=None, timeout=patience)
    except (sqlite3.Error, OSError) as error:
        raise explained(error, store) from error
    try:
        _take(lock, store)
        _sign(store)
        yield
    finally:
        lock.close()


def _take(lock: sqlite3.Connection, store: Path) -> None:
    try:
        # The operating system ends it with the process: a lock file would stay after a crash.
        lock.execute("begin exclusive")
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_BUSY:
            raise Busy(_signed(_signature(store))) from error
        if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
            raise StoreError(
                Sentence("the lock {store}.lock is damaged", store=store),
                Sentence("delete it: the next run makes it anew"),
            ) from error
        raise explained(error, store) from error


def _sign(store: Path) -> None:
    """Leave beside the lock who holds it; the lock itself cannot be read meanwhile, and none of this is needed."""
    signature = _signature(store)
    with suppress(OSError):
        signature.unlink(missing_ok=True)  # one of another user may not be written, nor a pipe in its place be opened
        handle = os.open(signature, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(f"{os.getpid()} {datetime.now(UTC).isoformat(timespec='seconds')} {_this_host()}\n")


def _signature(store: Path) -> Path:
    return store.with_name(f"{store.name}.holder")


def _signed(signature: Path) -> Holder | None:
    with suppress(OSError, ValueError):
        # Whoever crashed may have left half of it; who holds the lock is then unknown, and not that it is held.
        process, since, *host = regular_files.read(signature, _LARGEST).decode().split()
        found = Holder(int(process), datetime.fromisoformat(since), one_line(" ".join(host)))
        return found if 0 < found.process <= _HIGHEST and found.since.tzinfo else None
    return None


def holder(store: Path) -> Holder | None:
    """Return who holds the lock now, without ever being in anybody's way for longer than a look."""
    found = _signed(_signature(store))
    if found is None or (found.is_here and not _lives(found.process)):
        return None
    if not store.with_name(f"{store.name}.lock").is_file():  # a pipe in its place would keep us waiting
        return None
    lock = sqlite3.connect(f"{store.resolve().as_uri()}.lock?mode=ro", uri=True, timeout=0)
    try:
        # A reader is refused while the lock is held, and takes it from nobody.
        lock.execute("select 1 from sqlite_master")
    except sqlite3.OperationalError as error:
        # The low byte is the kind of an error; extended codes such as BUSY_RECOVERY stand above it.
        return found if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY else None
    finally:
        lock.close()
    return None


def _this_host() -> str:
    return "-".join(os.uname().nodename.split())


def _lives(process: int) -> bool:
    try:
        # Signal 0 only asks whether there is such a process (POSIX, kill); of another user's it tells by refusing.
        os.kill(process, 0)
    except OSError as error:
        return isinstance(error, PermissionError)
    return True
