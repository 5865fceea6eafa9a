"""The source of notes: which of its files have changed since the last pull, and what they hold."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from followup_notes.files import ENDING, LARGEST, Page, page_of, second_versions
from followup_notes.hashes import known_as, line_hashes
from followup_rules import BadItem, Context, Event, NoteAdded, Pull, Refused, Unreadable, regular_files
from followup_rules.sentences import Sentence, system_error

if TYPE_CHECKING:
    from followup_rules.hookspecs import ChooseHeading
    from followup_rules.regular_files import Files

T = TypeVar("T")
# The file of a folder in which new notes are written down.
_NEW = "notes.md"
# Raised when the same text is read otherwise than before, so that it is read anew.
_GRAMMAR = 4
# How often the files are looked for anew, if one is moved away before it is read.
_TRIES = 3

_COPY = Sentence(
    "this is the copy that a synchronization made of two versions of a file, and is not read; "
    "move what is missing into the file itself, then delete the copy"
)


def _told(error: OSError, file: Path) -> Sentence:
    return Sentence("{path} {reason}", path=error.filename or file, reason=regular_files.reason(error))


def _unwritten(error: OSError, file: Path) -> Sentence:
    """Return why a note could not be written: the file cannot be read, or no other can be written in its place."""
    if isinstance(error, regular_files.NotRegular | regular_files.TooLarge) or error.filename == str(file):
        return _told(error, file)
    why = system_error(error)
    return Sentence("{path} cannot be written: {why}; check its permissions and its folder's", path=file, why=why)


class Cursor(Struct, frozen=True):
    """What a pull remembers: how the files looked, and what stood on each line. Files and lines go by hashes.

    Their names and words tell of people, and what the user has forgotten must not stay here.
    """

    reading: str = ""
    """What else the events depend on: where the notes lie, the user's zone and addresses."""
    files: Mapping[str, list[int]] = field(default_factory=dict)
    lines: Mapping[str, list[str]] = field(default_factory=dict)
    notes: Mapping[str, int] = field(default_factory=dict)
    """How many notes each file held."""

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """Read a cursor; one that makes no sense counts as none."""
        try:
            found = json.loads(text)
            kept = cls(found["reading"], found["files"], found["lines"], found["notes"])
            return kept if all(isinstance(each, Mapping) for each in (kept.files, kept.lines, kept.notes)) else cls()
        except (ValueError, KeyError, TypeError, AttributeError):
            return cls()

    def __str__(self) -> str:
        parts = {"reading": self.reading, "files": self.files, "lines": self.lines, "notes": self.notes}
        return json.dumps(parts, sort_keys=True)


class NotesSource:
    """Notes in a Markdown file, or in all of a folder."""

    def __init__(self, path: Path, context: Context) -> None:
        self._path = path
        self._context = context

    def pull(self, since: datetime, cursor: str) -> Pull:  # noqa: ARG002 -- notes are few: the old ones stay too
        """Return all notes, or nothing at all if no file has changed.

        Of a folder, files that cannot be read are named; their notes stay as they were. Raises Unreadable if none can.
        """
        # A program that saves a file may do so by moving another one in its place: for a moment there is none.
        for _ in range(_TRIES):
            with suppress(FileNotFoundError):
                return self._pulled(Cursor.parse(cursor), cursor)
        if self._path.exists():
            raise Unreadable(Sentence("{path} changes all the time; wait until its files are written", path=self._path))
        raise Unreadable(
            Sentence("{path} does not exist; correct `path`, or make it: an empty file will do", path=self._path)
        )

    def _pulled(self, before: Cursor, cursor: str) -> Pull:
        """Return what is new. Raises Unreadable, and FileNotFoundError if the files are to be looked for anew."""
        profile = self._context.profile
        reading = json.dumps([_GRAMMAR, str(self._path), str(profile.timezone), sorted(profile.me)])
        try:
            found = regular_files.find(self._path, ENDING)
            files = {**found.files, **found.copies}
            seen = {known_as(name): [file.size, file.changed] for name, file in files.items()}
            if (reading, seen) == (before.reading, before.files):
                return Pull(cursor=cursor)
            return self._read_all(found, before, replace(before, reading=reading, files=seen))
        except FileNotFoundError:
            raise
        except OSError as error:
            raise Unreadable(_told(error, self._path)) from error

    def add_note(self, case: str, text: str, moment: datetime, choose: ChooseHeading) -> NoteAdded:
        """Write a note down; in a folder of notes it goes into `notes.md`. Raises Refused if nothing was written."""
        from followup_notes.writer import add  # noqa: PLC0415 -- only `followup note` writes

        path = self._path / _NEW if self._path.is_dir() else self._path
        file = regular_files.real(path)  # a link to a synchronized file stays a link
        if why := regular_files.only_away(path):
            raise Refused(why)
        try:
            written = add(file, case, text, moment.astimezone(self._context.profile.timezone), choose)
        except OSError as error:
            raise Refused(_unwritten(error, file)) from error
        where = f"{regular_files.shown(path.name)}:{written.line}"
        return NoteAdded(written.heading, written.item, str(file), written.line, where, written.began)

    def remove_note(self, added: NoteAdded) -> None:
        """Take a note back that `add_note` wrote. Raises Refused if it does not stand there any more."""
        from followup_notes.writer import remove  # noqa: PLC0415 -- only `followup note` writes

        file = Path(added.file)
        try:
            remove(file, added)
        except OSError as error:
            raise Refused(_unwritten(error, file)) from error

    def _read_all(self, found: Files, before: Cursor, now: Cursor) -> Pull:
        from followup_notes.events import NoteReader  # noqa: PLC0415 -- unchanged notes need no reader

        reader = NoteReader(self._context)
        pages, unread = self._pages(found)
        items = {name: list(reader.read(name, page.text)) for name, page in pages.items()}
        copies = {*found.copies, *second_versions(items)}
        events: list[Event | BadItem] = [BadItem(name, _COPY) for name in sorted(copies)]
        events += [BadItem(name, Sentence("{why}; remove it", why=why)) for name, why in found.no_files.items()]
        doubts, lines, notes = [], {}, {}
        for name, page in pages.items():
            if name in copies:
                continue
            key = known_as(name)
            lines[key], notes[key] = line_hashes(page.text), sum(isinstance(item, Event) for item in items[name])
            doubt = page.doubt or _doubt(before, now, key, lines[key], notes[key])
            doubts += [f"{name} {doubt}"] if doubt else []
            events += [*page.problems(name), *items[name]]
        away = {known_as(name) for name in unread}
        later = Cursor(
            # After a part of the picture the next pull shows the whole one, even if nothing has changed by then.
            "" if unread else now.reading,
            {**now.files, **_those(away, before.files)},
            {**lines, **_those(away, before.lines)},
            {**notes, **_those(away, before.notes)},
        )
        parts = tuple(BadItem(name, why) for name, why in sorted(unread.items()))
        return Pull(events=events, cursor=str(later), complete=not parts, doubt="; ".join(doubts), unread=parts)

    def _pages(self, found: Files) -> tuple[dict[str, Page], dict[str, str]]:
        """Return the files that can be read, and why the others cannot. Raises Unreadable if none can.

        Raises FileNotFoundError if one is not there any more.
        """
        contents, unread = regular_files.read_all(found, LARGEST)
        pages: dict[str, Page] = {}
        for name, content in contents.items():
            try:
                pages[name] = page_of(content)
            except Unreadable as error:
                unread[name] = str(error)
        if unread and not pages:
            name, why = next(iter(unread.items()))
            place = self._path / name if self._path.is_dir() else self._path
            raise Unreadable(Sentence("{path} {reason}", path=place, reason=why))
        return pages, unread


def _those(keys: set[str], known: Mapping[str, T]) -> dict[str, T]:
    return {key: value for key, value in known.items() if key in keys}


def _doubt(before: Cursor, now: Cursor, key: str, lines: list[str], notes: int) -> str:
    """Return why a file may have been read while it was being synchronized, or nothing.

    Cut short is what is the beginning of what it was, down to the middle of a line or to a line without its end.
    """
    if before.notes.get(key) and not notes:
        return Sentence("held notes, and holds none now")
    known, end = before.lines.get(key, []), line_hashes("")[0]
    last, shorter = len(lines) - 1, key in before.files and now.files[key][0] < before.files[key][0]
    cut = shorter and last < len(known) - 1 and lines[:last] == known[:last] and lines[last] != end
    if cut and (lines[last] != known[last] or known[-1] == end):
        return Sentence("ends in the middle of a line, and what stood below is gone")
    return ""
