"""The copies of a store that are made before its tables change."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from followup_rules import durable


def backup_of(path: Path, version: int) -> Path:
    """Return where the copy of a store lies that was made before it was brought to a newer version."""
    return path.with_name(f"{path.name}.v{version}-backup")


def backups(path: Path) -> list[Path]:
    """Return all such copies of a store, whole or not."""
    begin = f"{path.name}.v"
    return sorted(each for each in path.parent.glob("*-backup*") if each.name.startswith(begin))


def back_up(connection: sqlite3.Connection, place: Path) -> None:
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
