"""The source of notes: which of its files have changed since the last pull, and what they hold."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from followup_notes.files import Files, find, look, printable, read, sentence
from followup_notes.hashes import known_as, line_hashes
from followup_rules import BadItem, Context, Event, NoteAdded, Pull, Refused, Unreadable

if TYPE_CHECKING:
    from followup_rules.hookspecs import ChooseHeading

# The file of a folder in which new notes are written down.
_NEW = "notes.md"
# Raised when the same text is read otherwise than before, so that it is read anew.
_GRAMMAR = 2

_COPY = (
    "this is the copy that a synchronization made of two versions of a file, and is not read; "
    "move what is missing into the file itself, then delete the copy"
)


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
        """Return all notes, or nothing at all if no file has changed. Raises Unreadable."""
        before = Cursor.parse(cursor)
        try:
            files = find(self._path)
            profile = self._context.profile
            reading = json.dumps([_GRAMMAR, str(self._path), str(profile.timezone), sorted(profile.me)])
            seen = {known_as(name): look(path) for name, path in {**files.notes, **files.copies}.items()}
            if (reading, seen) == (before.reading, before.files):
                return Pull(cursor=cursor)
            return self._read_all(files, before, replace(before, reading=reading, files=seen))
        except OSError as error:
            raise Unreadable(sentence(self._path, error)) from error

    def add_note(self, case: str, text: str, moment: datetime, choose: ChooseHeading) -> NoteAdded:
        """Write a note down; in a folder of notes it goes into `notes.md`. Raises Refused if nothing was written."""
        from followup_notes.writer import add  # noqa: PLC0415 -- only `followup note` writes

        path = self._path / _NEW if self._path.is_dir() else self._path
        file = path.resolve()  # a link to a synchronized file stays a link
        try:
            written = add(file, case, text, moment.astimezone(self._context.profile.timezone), choose)
        except OSError as error:
            raise Refused(sentence(file, error)) from error
        return NoteAdded(
            written.heading, written.item, str(file), written.line, f"{printable(path.name)}:{written.line}"
        )

    def _read_all(self, files: Files, before: Cursor, now: Cursor) -> Pull:
        from followup_notes.events import NoteReader  # noqa: PLC0415 -- unchanged notes need no reader

        reader = NoteReader(self._context)
        events: list[Event | BadItem] = [BadItem(name, _COPY) for name in files.copies]
        doubts, lines, notes = [], {}, {}
        for name, path in files.notes.items():
            page, key = read(path), known_as(name)
            items = list(reader.read(name, page.text))
            lines[key], notes[key] = line_hashes(page.text), sum(isinstance(item, Event) for item in items)
            doubt = page.doubt or _doubt(before, now, key, lines[key], notes[key])
            doubts += [f"{name} {doubt}"] if doubt else []
            events += [*page.problems(name), *items]
        later = replace(now, lines=lines, notes=notes)
        return Pull(events=events, cursor=str(later), complete=True, doubt="; ".join(doubts))


def _doubt(before: Cursor, now: Cursor, key: str, lines: list[str], notes: int) -> str:
    """Return why a file may have been read while it was being synchronized, or nothing.

    Cut short is what is the beginning of what it was, down to the middle of a line or to a line without its end.
    """
    if before.notes.get(key) and not notes:
        return "held notes, and holds none now"
    known, end = before.lines.get(key, []), line_hashes("")[0]
    last, shorter = len(lines) - 1, key in before.files and now.files[key][0] < before.files[key][0]
    cut = shorter and last < len(known) - 1 and lines[:last] == known[:last] and lines[last] != end
    if cut and (lines[last] != known[last] or known[-1] == end):
        return "ends in the middle of a line, and what stood below is gone"
    return ""
