"""What can go wrong with the store, as sentences for people with what to do about it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from followup_rules.sentences import Sentence, system_error

_BEGIN_ANEW = Sentence(
    "put a copy back (followup backup --restore FILE), or move it away: then a new one is "
    "begun, and drafts and tasks that are still there are known by their key"
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
    return StoreError(Sentence("the store is damaged, what it keeps cannot be read: {error}", error=error), _BEGIN_ANEW)


def explained(error: sqlite3.Error | OSError, path: Path) -> StoreError:
    """Return what an error of the database or of the disk means for a person, and what to do."""
    if path.is_dir():
        return StoreError(
            Sentence("the store {path} is a folder", path=path), Sentence("name a file in it: [store] path")
        )
    if isinstance(error, OSError):
        what = Sentence("the store {path} cannot be used: {error}", path=path, error=system_error(error))
        if error.filename and error.filename != str(path):
            what = Sentence("{what} ({file})", what=what, file=error.filename)
        hint = Sentence("check the permissions of {folder}, or name another file: [store] path", folder=path.parent)
        return StoreError(what, hint)
    # The low byte is the primary code; errors that the module raises itself have none.
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
    sentence, hint = _SENTENCES.get(code, _UNKNOWN)
    told = Sentence(sentence.template, path=path, error=str(error))
    return StoreError(told, Sentence(hint.template, path=path, folder=path.parent))


_PERMISSIONS = Sentence("check the permissions of {path} and of its folder, or name another file: [store] path")
_DISK = Sentence("check the disk of {folder}; then run again: the next run completes what this one could not")
_UNKNOWN = (Sentence("the store {path} cannot be used: {error}"), _PERMISSIONS)
_DAMAGED = (Sentence("the store {path} is damaged or is no store: {error}"), _BEGIN_ANEW)
_SENTENCES = {
    sqlite3.SQLITE_BUSY: (
        Sentence("the store {path} is locked: another program is writing to it"),
        Sentence("close what has it open, such as a database browser; then run again"),
    ),
    sqlite3.SQLITE_FULL: (
        Sentence("there is no room left for the store {path}"),
        Sentence("make room on the disk of {folder}; then run again: the next run completes what this one could not"),
    ),
    sqlite3.SQLITE_IOERR: (Sentence("the disk failed while the store {path} was in use: {error}"), _DISK),
    sqlite3.SQLITE_READONLY: (Sentence("the store {path} may not be written"), _PERMISSIONS),
    sqlite3.SQLITE_CANTOPEN: (
        Sentence("the store {path} cannot be opened, or a file beside it cannot be made"),
        _PERMISSIONS,
    ),
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
}
