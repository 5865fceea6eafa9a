"""The text of the files of the notes, and which of them are second versions of others."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime

from msgspec import Struct

from followup_rules import BadItem, Event, Unreadable
from followup_rules.sentences import Sentence
from followup_rules.sync_names import maybe_second_version_of

LARGEST = 2_000_000
"""In bytes; a file of notes beyond that is something else."""
ENDING = ".md"


class Page(Struct, frozen=True):
    """What stands in a file."""

    text: str
    undecodable: tuple[tuple[int, str], ...] = ()
    """Lines, from 1, that are not UTF-8."""
    doubt: str = ""
    """Why it may not be whole."""

    def problems(self, name: str) -> list[BadItem]:
        """Return what is wrong with the letters of the file."""
        message = Sentence("this line is not in UTF-8; save the file as UTF-8 to get its letters right")
        return [BadItem(f"{name}:{number}", message, "", line) for number, line in self.undecodable]


def page_of(raw: bytes) -> Page:
    """Return the text of a file, its accents written as they usually are. Raises Unreadable."""
    if b"\0" in raw:
        raise Unreadable(Sentence("is not a file of text; if it holds notes, save it as UTF-8"))
    # macOS may write accents apart from their letters; ids and tags are compared as they are usually written.
    text = unicodedata.normalize("NFC", raw.decode("utf-8-sig", errors="replace"))
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        number = raw.count(b"\n", 0, error.start) + 1
        cut = error.reason == "unexpected end of data"
        doubt = Sentence("ends in the middle of a letter") if cut else ""
        return Page(text, ((number, text.split("\n")[number - 1]),), doubt)
    return Page(text)


def second_versions(items: Mapping[str, Iterable[Event | BadItem]]) -> list[str]:
    """Return the files that are second versions of others by what they hold, under names that do not tell it for sure.

    Half of their notes at least stand word for word in the other, and one of these has a date: nobody promises the
    same on the same day in two files. Notes without a date may recur in every file.
    """
    notes = {name: [item for item in found if isinstance(item, Event)] for name, found in items.items()}
    return [name for name, own in notes.items() if _repeats(own, notes.get(maybe_second_version_of(name), []))]


def _repeats(own: list[Event], others: list[Event]) -> bool:
    there = {_content(note) for note in others}
    same = [note for note in own if _content(note) in there]
    return 2 * len(same) >= len(own) > 0 and any(not note.undated for note in same)


def _content(note: Event) -> tuple[str, str, datetime | None, str]:
    return note.case, note.heading, None if note.undated else note.start, " ".join(note.source_line.split())
