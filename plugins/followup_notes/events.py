"""Markdown text -> events: ids, people, times and dates. Pure, but for what it remembers of one pull."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime, time
from itertools import islice
from pathlib import PurePath
from typing import TYPE_CHECKING

from followup_notes.blocks import Block, read_blocks
from followup_notes.dates import ACCEPTED, local, parse_date, parse_iso
from followup_notes.grammar import (
    DATE_KEYS,
    LONGEST_NOTE,
    Heading,
    Note,
    looks_like_note,
    parse_heading,
    parse_note,
)
from followup_notes.hashes import known_as
from followup_rules import BadItem, Context, Event, Person
from followup_rules.plain import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_NO_HEADING = "this note stands under no case; put a heading above it, such as ## Nordik <julie.roy@nordik.ca>"
_NO_DASH = 'this line looks like a note but is not read; begin it with "- "'
_TOO_LONG = f"this note is too long; only its first {LONGEST_NOTE:,} characters are read"


class NoteReader:
    """Reads the files of one pull, in order; equal notes are told apart by the order in which they come."""

    def __init__(self, context: Context, seen: Mapping[str, datetime]) -> None:
        self._context = context
        self._zone = context.profile.timezone
        self._before = seen
        self._count: Counter[str] = Counter()
        self.seen: dict[str, datetime] = {}
        """When each note without a date was first seen, by the hash of its id."""

    def read(self, file: str, text: str) -> Iterator[Event | BadItem]:
        """Yield the notes of a file, and in place of what cannot be read, what is wrong with it."""
        for block in read_blocks(text):
            if block.is_item:
                yield from self._read_item(file, block)
            yield from _mistyped_items(file, block)

    def _read_item(self, file: str, block: Block) -> Iterator[Event | BadItem]:
        where = f"{file}:{block.line}"
        heading = parse_heading(block.heading)
        try:
            # Lines that were meant as items of their own are told as such, and are no part of this one.
            first, *more = block.text.split("\n")
            own = [line for line in more if not looks_like_note(line, inside_item=True)]
            note = parse_note("\n".join([first, *own]))
            if note == parse_note(""):
                return
            if not heading.id:
                yield BadItem(where, _NO_HEADING)
                return
            yield from self._event(PurePath(file).stem, where, heading, note)
        except ValueError as error:
            yield BadItem(where, str(error))
        if len(block.text) > LONGEST_NOTE:
            yield BadItem(where, _TOO_LONG)

    def _event(self, stem: str, where: str, heading: Heading, note: Note) -> Iterator[Event | BadItem]:
        ident = self._identify(stem, heading, note)
        start = self._start(ident, note)
        data, problems = self._values(note, start)
        yield Event(
            id=ident,
            kind="note",
            start=start,
            end=start,
            title=note.text,
            people=tuple(Person(address) for address in heading.addresses if address not in self._context.profile.me),
            tags=note.tags,
            case=note.case,
            heading=heading.label or (f"@{heading.domain}" if heading.domain else ""),
            ticked=note.ticked,
            whole_day=note.day is not None and note.clock is None,
            data=data | ({"@domain": heading.domain} if heading.label and heading.domain else {}),
            where=where,
        )
        yield from (BadItem(where, problem) for problem in (*note.problems, *problems))

    def _identify(self, stem: str, heading: Heading, note: Note) -> str:
        tag = self._context.canonical_tag(note.tags[0]) if note.tags else "note"
        ident = re.sub(r"\s", "-", one_line(f"{stem}:{heading.id}:{note.stamp}:{tag}", LONGEST_NOTE))
        self._count[ident] += 1
        return ident if self._count[ident] == 1 else f"{ident}:{self._count[ident]}"

    def _start(self, ident: str, note: Note) -> datetime:
        if note.day is not None:
            return local(datetime.combine(note.day, note.clock or time.min), self._zone)
        key = known_as(ident)
        self.seen[key] = local(self._before.get(key, self._context.now), self._zone)
        return self.seen[key]

    def _values(self, note: Note, start: datetime) -> tuple[dict[str, object], list[str]]:
        data: dict[str, object] = {}
        problems = []
        for key, value in note.pairs.items():
            try:
                is_date = key in DATE_KEYS
                data[key] = parse_date(value, start.date(), self._zone) if is_date else self._plain(value)
            except (ValueError, OverflowError):
                problems.append(f'"{value}" in {key}: is not a date; write {ACCEPTED}')
        return data, problems

    def _plain(self, value: str) -> object:
        try:
            return parse_iso(value, self._zone) or value
        except (ValueError, OverflowError):
            return value


def _mistyped_items(file: str, block: Block) -> Iterator[BadItem]:
    """Report the lines that Markdown takes for plain text and the user surely took for a list item."""
    lines = enumerate(block.texts[0].split("\n") if block.texts and block.heading else [], block.line)
    for number, line in islice(lines, 1, None) if block.is_item else lines:
        if looks_like_note(line, inside_item=block.is_item):
            yield BadItem(f"{file}:{number}", _NO_DASH)
