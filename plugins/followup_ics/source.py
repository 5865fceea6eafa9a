"""The files of a calendar: what has changed in them since the last pull, and what they hold."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from followup_ics.memory import Memory, recalled
from followup_ics.window import digest, window
from followup_rules import Context, Pull, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from followup_ics import IcsOptions
    from followup_ics.text import Entry

LARGEST = 20_000_000
"""In bytes; an export of many years is a quarter of it."""


class IcsSource:
    """Meetings from an .ics file, or from all of a folder."""

    def __init__(self, path: Path, options: IcsOptions, context: Context) -> None:
        self._path, self._options, self._context = path, options, context

    def pull(self, since: datetime, cursor: str) -> Pull:
        """Return the meetings of the window that were not read before, or nothing at all if no file and no day changed.

        Raises Unreadable if even one file cannot be read to its end: a meeting not seen is not a meeting deleted.
        """
        before = recalled(cursor)
        of_pull = window(str(self._path), self._options, self._context, since)
        try:
            files = _find(self._path)
            seen = digest([of_pull.setting, of_pull.days, {name: _look(path) for name, path in files.items()}])
            if seen == before.seen:
                return Pull(cursor=cursor)
            return self._read(files, since, of_pull.until, before, Memory(seen, of_pull.setting, of_pull.days))
        except OSError as error:
            raise Unreadable(_sentence(self._path, error)) from error

    def _read(self, files: Mapping[str, Path], since: datetime, until: datetime, before: Memory, now: Memory) -> Pull:
        from followup_ics.calendar import CalendarReader  # noqa: PLC0415 -- an unchanged calendar needs no reader
        from followup_ics.news import news  # noqa: PLC0415 -- likewise

        reader = CalendarReader(self._context.profile, self._context.now, since, until, mine=self._options.mine)
        found = _entries(files)
        pull = news(reader, found, before if before.holds_for(now.setting, now.days) else Memory(), now)
        return pull or news(reader, found, Memory(), now) or Pull()


def _entries(files: Mapping[str, Path]) -> list[Entry]:
    from followup_ics.text import entries  # noqa: PLC0415 -- an unchanged calendar needs none

    return [entry for name, path in files.items() for entry in entries(name, _bytes(path))]


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
