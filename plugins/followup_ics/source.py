"""The files of a calendar: whether anything has changed since the last pull, and what they hold."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from followup_rules import BadItem, Context, Pull, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from followup_ics import IcsOptions

LARGEST = 20_000_000
"""In bytes; an export of many years is a quarter of it."""
MOST_MEETINGS = 20_000
"""Within the window."""
_TOO_MANY = f"it holds more than {MOST_MEETINGS:,} meetings; the rest is left out: lower `days_ahead`, or split it"
# Raised whenever the same files come to give other events, so that they are read again.
_FORMAT = 2


class IcsSource:
    """Meetings from an .ics file, or from all of a folder."""

    def __init__(self, options: IcsOptions, context: Context) -> None:
        self._path = options.path
        self._days_ahead = options.days_ahead
        self._mine = options.mine
        self._context = context

    def pull(self, since: datetime, cursor: str) -> Pull:
        """Return all meetings of the window, or nothing at all if no file and no day has changed.

        Raises Unreadable if even one file cannot be read to its end: a meeting not seen is not a meeting deleted.
        """
        try:
            files = _find(self._path)
            seen = self._fingerprint(since, {name: _look(path) for name, path in files.items()})
            return Pull(cursor=cursor) if seen == cursor else self._read_all(files, since, seen)
        except OSError as error:
            raise Unreadable(_sentence(self._path, error)) from error

    def _fingerprint(self, since: datetime, looks: Mapping[str, tuple[int, int]]) -> str:
        """Return a hash of everything that the meetings depend on: files, window, options, and who I am."""
        profile = self._context.profile
        days = [str(moment.astimezone(profile.timezone).date()) for moment in (since, self._context.now)]
        whole = [_FORMAT, str(self._path), self._days_ahead, days, str(profile.timezone), sorted(profile.me)]
        return hashlib.sha256(json.dumps([*whole, self._mine, looks]).encode()).hexdigest()

    def _read_all(self, files: Mapping[str, Path], since: datetime, cursor: str) -> Pull:
        from followup_ics.calendar import CalendarReader, entries  # noqa: PLC0415 -- an unchanged one needs no reader

        until = self._context.now + timedelta(days=self._days_ahead)
        reader = CalendarReader(self._context.profile, self._context.now, since, until, mine=self._mine)
        found = [entry for name, path in files.items() for entry in entries(name, _bytes(path))]
        items = list(islice(reader.meetings(found), MOST_MEETINGS + 1))
        if len(items) <= MOST_MEETINGS:
            return Pull(events=items, cursor=cursor, complete=True)
        return Pull(events=[*items[:MOST_MEETINGS], BadItem(self._path.name, _TOO_MANY)], cursor=cursor)


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(LARGEST)


def _find(path: Path) -> dict[str, Path]:
    """Return the files by their name for messages, in order. Raises Unreadable if a folder holds none."""
    if not path.is_dir():
        return {path.name: path}
    found = {file.relative_to(path).as_posix(): file for file in sorted(_walk(path))}
    if not found:
        raise Unreadable(f"{path} holds no .ics file; is it mounted and synced? Else correct `path`")
    return found


def _walk(folder: Path) -> Iterator[Path]:
    """Yield the .ics files of a folder; hidden ones are what a sync program is still writing."""
    for place, folders, files in os.walk(folder, onerror=_raise):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(place, name) for name in files if name.lower().endswith(".ics") and not name.startswith("."))


def _raise(error: OSError) -> None:
    raise error


def _look(path: Path) -> tuple[int, int]:
    """Return the size and time of a file, by which a change shows."""
    info = path.stat()
    if not stat.S_ISREG(info.st_mode):
        raise Unreadable(f"{path} is neither a file nor a folder; set `path` to an .ics file or a folder of them")
    if info.st_size > LARGEST:
        raise Unreadable(f"{path} is larger than {LARGEST // 1_000_000} MB; export fewer years, or split it")
    return info.st_size, info.st_mtime_ns


def _sentence(path: Path, error: OSError) -> str:
    place = error.filename or path
    if isinstance(error, FileNotFoundError):
        return f"{place} does not exist; export your calendar there, or correct `path`"
    if isinstance(error, PermissionError):
        return f"{place} may not be read by this user; change its permissions"
    return f"{place} cannot be read: {error.strerror or error}; try again, or check the disk"
