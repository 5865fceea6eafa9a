"""The files of the notes: which have changed since the last pull, and their text."""

from __future__ import annotations

import json
import os
import stat
import unicodedata
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from followup_notes.hashes import known_as
from followup_rules import BadItem, Context, Event, NoteAdded, Pull, Refused, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from followup_rules.hookspecs import ChooseHeading

LARGEST = 2_000_000
"""In bytes; a file of notes beyond that is something else."""
# The file of a folder in which new notes are written down.
_NEW = "notes.md"
_READING = 2
"""Another number has notes read anew that were read otherwise: a heading's domain stands apart from `domain:`."""


class Cursor(Struct, frozen=True):
    """What a pull remembers: how the files looked, and when each note without a date was first seen.

    Files and notes go by hashes: their names tell of people, and what the user has forgotten must not stay here.
    """

    reading: str = ""
    """What else the events depend on: where the notes lie, the user's zone and addresses."""
    files: Mapping[str, list[int]] = field(default_factory=dict)
    seen: Mapping[str, datetime] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """Read a cursor; one that makes no sense counts as none."""
        try:
            found = json.loads(text)
            seen = {known_as(ident): datetime.fromisoformat(instant) for ident, instant in found["seen"].items()}
            return cls(found["reading"], found["files"], seen)
        except (ValueError, KeyError, TypeError, AttributeError):
            return cls()

    def __str__(self) -> str:
        seen = {ident: instant.isoformat() for ident, instant in self.seen.items()}
        return json.dumps({"reading": self.reading, "files": self.files, "seen": seen}, sort_keys=True)


class NotesSource:
    """Notes in a Markdown file, or in all of a folder."""

    def __init__(self, path: Path, context: Context) -> None:
        self._path = path
        self._context = context

    def pull(self, since: datetime, cursor: str) -> Pull:  # noqa: ARG002 -- notes are few: the old ones stay too
        """Return all notes, or nothing at all if no file has changed. Raises Unreadable."""
        before = Cursor.parse(cursor)
        try:
            paths = _find(self._path)
            profile = self._context.profile
            reading = json.dumps([str(self._path), str(profile.timezone), sorted(profile.me), _READING])
            now = Cursor(reading, {known_as(name): _look(path) for name, path in paths.items()}, before.seen)
            if now == before:
                return Pull(cursor=cursor)
            return self._read_all(paths, now)
        except OSError as error:
            raise Unreadable(_sentence(self._path, error)) from error

    def add_note(self, case: str, text: str, moment: datetime, choose: ChooseHeading) -> NoteAdded:
        """Write a note down; in a folder of notes it goes into `notes.md`. Raises Refused if nothing was written."""
        from followup_notes.writer import add  # noqa: PLC0415 -- only `followup note` writes

        path = self._path / _NEW if self._path.is_dir() else self._path
        file = path.resolve()  # a link to a synchronized file stays a link
        try:
            written = add(file, case, text, moment.astimezone(self._context.profile.timezone), choose)
        except OSError as error:
            raise Refused(_sentence(file, error)) from error
        return NoteAdded(
            written.heading, written.item, str(file), written.line, f"{_printable(path.name)}:{written.line}"
        )

    def _read_all(self, paths: Mapping[str, Path], now: Cursor) -> Pull:
        from followup_notes.events import NoteReader  # noqa: PLC0415 -- unchanged notes need no reader

        reader = NoteReader(self._context, now.seen)
        events: list[Event | BadItem] = []
        for name, path in paths.items():
            raw = _read(path)
            # macOS may write accents apart from their letters; ids and tags are compared as they are usually written.
            text = unicodedata.normalize("NFC", raw.decode("utf-8-sig", errors="replace"))
            events += [*_undecodable(name, raw), *reader.read(name, text)]
        return Pull(events=events, cursor=str(replace(now, seen=reader.seen)), complete=True)


def _find(path: Path) -> dict[str, Path]:
    """Return the files by their name for messages, in order."""
    if not path.is_dir():
        return {_printable(path.name): path}
    return {_printable(found.relative_to(path).as_posix()): found for found in sorted(_walk(path))}


def _printable(name: str) -> str:
    """Return a file name that can be stored and shown, even if its bytes are not UTF-8."""
    return name.encode(errors="backslashreplace").decode()


def _walk(folder: Path) -> Iterator[Path]:
    """Yield the Markdown files of a folder; hidden folders hold what editors keep, and deleted notes."""
    for place, folders, files in os.walk(folder, onerror=_raise):
        # In place: os.walk then leaves them out.
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(place, name) for name in files if name.lower().endswith(".md") and not name.startswith("."))


def _raise(error: OSError) -> None:
    raise error


def _look(path: Path) -> list[int]:
    """Return the size and time of a file, by which a change shows."""
    info = path.stat()
    if not stat.S_ISREG(info.st_mode):
        raise Unreadable(f"{path} is not a file of text; set `path` to a Markdown file or a folder of them")
    if info.st_size > LARGEST:
        raise Unreadable(f"{path} is larger than {LARGEST // 1_000_000} MB; is it the right file? Else split it")
    return [info.st_size, info.st_mtime_ns]


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        raw = file.read(LARGEST)
    if b"\0" in raw:
        raise Unreadable(f"{path} is not a file of text; if it holds notes, save it as UTF-8")
    return raw


def _undecodable(name: str, raw: bytes) -> list[BadItem]:
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return [BadItem(f"{name}:{line}", "this line is not in UTF-8; save the file as UTF-8 to get its letters right")]
    return []


def _sentence(path: Path, error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return f"{error.filename or path} does not exist; create it, or run `followup init`"
    if isinstance(error, PermissionError):
        return f"{error.filename or path} may not be read by this user; change its permissions"
    return f"{error.filename or path} cannot be read: {error.strerror or error}; try again, or check the disk"
