"""What can go wrong with the store, as sentences for people with what to do about it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

_RESUMED = "; then run again: the next run completes what this one could not"
_ELSEWHERE = "or name another file: [store] path"
_BEGIN_ANEW = (
    "put a copy back (followup backup --restore FILE), or move it away: then a new one is begun, and drafts and tasks "
    "that are still there are known by their key"
)


class StoreError(Exception):
    """The store cannot be used; the sentence says why, and the hint what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class TooNew(StoreError):  # noqa: N818 -- what the store is
    """The store was written by a newer version of followup."""


class Unreceipted(StoreError):  # noqa: N818 -- what the output did
    """The store failed after an output had done what it was asked for; the next run finds out."""


def damaged(error: Exception) -> StoreError:
    """Return what to say of something in the store that followup did not write like that."""
    return StoreError(f"the store is damaged, what it keeps cannot be read: {error}", _BEGIN_ANEW)


def explained(error: sqlite3.Error | OSError, path: Path) -> StoreError:
    """Return what an error of the database or of the disk means for a person, and what to do."""
    if path.is_dir():
        return StoreError(f"the store {path} is a folder", "name a file in it: [store] path")
    if isinstance(error, OSError):
        place = f" ({error.filename})" if error.filename and error.filename != str(path) else ""
        what = f"the store {path} cannot be used: {error.strerror or error}{place}"
        return StoreError(what, f"check the permissions of {path.parent}, {_ELSEWHERE}")
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
