"""One run at a time: the lock of a store is an SQLite transaction, so it ends with the process that holds it.

A locking library would do as well, but importing one takes longer than a whole run that finds nothing to do.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Busy(Exception):  # noqa: N818 -- what the store is
    """Another run is at work."""


@contextmanager
def only_run(store: Path) -> Iterator[None]:
    """Hold the lock beside a store. Raises Busy, or sqlite3.Error and OSError if there can be none."""
    store.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = store.with_name(f"{store.name}.lock")
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    lock = sqlite3.connect(path, isolation_level=None, timeout=0)
    try:
        try:
            lock.execute("begin exclusive")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                raise Busy from error
            raise
        yield
    finally:
        lock.close()
