"""Markdown text -> events as they are written: which note each was before, and its dates, are told by the core."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime, time
from itertools import zip_longest
from pathlib import PurePath
from typing import TYPE_CHECKING

from msgspec.structs import replace

from followup_notes.blocks import Block, read_page
from followup_notes.grammar import (
    LONGEST_NOTE,
    Heading,
    Note,
    begins_a_note,
    has_tag,
    looks_like_note,
    names_another,
    parse_heading,
    parse_note,
)
from followup_notes.lines import split_lines
from followup_rules import BadItem, Context, Event, Person, WrittenLine
from followup_rules.plain import one_line
from followup_rules.sentences import Sentence
from followup_rules.written_dates import NotADate, local

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLES = frozenset(
    {
        "- 2026-11-10 14:30 #promise Send the address of the shop due:friday",
        "- 2026-11-10 14:30 #promise Envoyer l'adresse de la boutique due:vendredi",
        "- 2026-11-10 14:30 #promesse Envoyer l'adresse de la boutique due:vendredi",
    }
)
"""The lines that `followup init` writes into a code block, as examples: there they are nothing to tell of."""

# Of a heading's line what a message can show: each of its notes carries it, of which a file may have 100,000.
_LONGEST_HEADING = 500

_MARK = re.compile(r"^\s*(?:[-*+•–—]|\d+[.)])\s*")
_INDENTED_MARK = re.compile(r"\s+(?:[-*+•–—]|\d+[.)])\s")

_NO_HEADING = Sentence(
    "this note stands under no case; put a heading above it, such as ## Nordik <julie.roy@nordik.ca>"
)
_NO_DASH = Sentence('this line looks like a note but is not read; begin it with "- "')
_IN_CODE = Sentence("this note stands in a code block or HTML, and is not read; put it below the block")
_TOO_FAR = Sentence(
    "this note is indented so far that it counts as code or as the text above; take the white space before it away"
)
_IN_HEADING = Sentence('the tag in this heading belongs to no note; begin the line with "- "')
_NO_TITLE = Sentence(
    'a line that begins with "# " is the title of the whole page, and ends the case above it; begin a note with "- "'
)
_TOO_LONG = Sentence("this note is too long; only its first {most} characters are read", most=f"{LONGEST_NOTE:,}")
_NO_HASHES = Sentence(
    'this line is no heading, so the notes below it count as those of {heading}; begin it with "## " if they are not'
)
_NEARLY_ADDRESS = Sentence("the address in this heading is not complete; write it as julie.roy@nordik.ca")


class NoteReader:
    """Reads the files of one pull, in order."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._zone = context.profile.timezone
        self._count: Counter[str] = Counter()

    def read(self, file: str, text: str) -> Iterator[Event | BadItem]:
        """Yield the notes of a file, and in place of what cannot be read, what is wrong with it."""
        lines = [line.rstrip("\r\n") for line in split_lines(text)]
        page = read_page(text)
        yield from (BadItem(f"{file}:{line}", sentence, "", lines[line - 1]) for line, sentence in page.unclosed)
        for block, following in zip_longest(page.blocks, page.blocks[1:]):
            if block.is_item:
                yield from self._read_item(file, block, lines)
            yield from _unread(file, block, lines)
            if following and following.is_item:
                yield from _odd_paragraph(file, block, lines)

    def _read_item(self, file: str, block: Block, lines: list[str]) -> Iterator[Event | BadItem]:
        where, line = f"{file}:{block.line}", lines[block.line - 1]
        heading = parse_heading(block.heading)
        try:
            # Lines that were meant as items of their own are told as such, and are no part of this one.
            strays = {number for number, _ in _strays(block, lines)}
            note = parse_note("\n".join(text for number, text in block.rows if number not in strays))
            if note == parse_note(""):
                return
            if heading.id:
                above = WrittenLine(f"{file}:{block.heading_line}", lines[block.heading_line - 1][:_LONGEST_HEADING])
                event = self._event(PurePath(file).stem, heading, note)
                yield replace(event, where=where, source_line=line[:LONGEST_NOTE], heading_line=above)
                yield from (BadItem(where, problem, "", line, marked) for marked, problem in note.problems)
            else:
                yield BadItem(where, _NO_HEADING, "", line)
        except NotADate as error:
            yield BadItem(where, str(error), "", line, error.written, error.hint)
        if len(block.text) > LONGEST_NOTE:
            yield BadItem(where, _TOO_LONG, "", line)

    def _event(self, stem: str, heading: Heading, note: Note) -> Event:
        start = self._context.now
        if note.day is not None:
            start = local(datetime.combine(note.day, note.clock or time.min), self._zone)
        return Event(
            id=self._identify(stem, heading, note),
            kind="note",
            start=start,
            end=start,
            title=note.text,
            people=tuple(Person(address) for address in heading.addresses if address not in self._context.profile.me),
            tags=note.tags,
            case=note.case,
            heading=heading.label or (f"@{heading.domain}" if heading.domain else ""),
            domain=heading.domain,
            ticked=note.ticked,
            whole_day=note.day is not None and note.clock is None,
            undated=note.day is None,
            data=dict(note.pairs),
        )

    def _identify(self, stem: str, heading: Heading, note: Note) -> str:
        tag = self._context.canonical_tag(note.tags[0]) if note.tags else "note"
        ident = re.sub(r"\s", "-", one_line(f"{stem}:{heading.id}:{note.stamp}:{tag}", LONGEST_NOTE))
        # Two equal notes of one day are two promises: the second has an id of its own.
        self._count[ident] += 1
        return ident if self._count[ident] == 1 else f"{ident}:{self._count[ident]}"


def _unread(file: str, block: Block, lines: list[str]) -> Iterator[BadItem]:
    """Report the lines of a block that are no notes and that the user surely took for some."""
    if block.kind == "heading":
        yield from _odd_heading(file, block, lines[block.line - 1])
        return
    if block.is_item:
        told = _strays(block, lines)
    elif block.kind in {"code", "indented"}:
        told = [(number, line) for number, line in block.rows if _is_marked_item(line)]
        told = [] if {line.strip() for _, line in told} <= EXAMPLES else told
    else:
        told = [(number, line) for number, line in block.rows if looks_like_note(line)]
    for number, line in told:
        too_far = block.kind == "indented" or (block.kind == "paragraph" and _INDENTED_MARK.match(line))
        sentence = _TOO_FAR if too_far else _IN_CODE if block.kind == "code" else _NO_DASH
        yield BadItem(f"{file}:{number}", sentence, "", lines[number - 1])


def _strays(item: Block, lines: list[str]) -> list[tuple[int, str]]:
    """Return the further lines of an item that were meant as items of their own."""
    return [(number, text) for number, text in item.rows[1:] if begins_a_note(lines[number - 1])]


def _is_marked_item(line: str) -> bool:
    """Whether a line of code is a list item that holds more than prose, or a line with a day or tag."""
    return looks_like_note(_MARK.sub("", line))


def _odd_paragraph(file: str, block: Block, lines: list[str]) -> Iterator[BadItem]:
    """Report the last line above an item if it was meant as the heading of another case."""
    number = block.rows[-1][0] if block.rows else 0
    # In an item a line of its own is the paragraph that follows, which Markdown takes for its continuation.
    is_paragraph = block.kind == "paragraph" or (block.is_item and number > block.line)
    if is_paragraph and names_another(lines[number - 1], block.heading):
        yield BadItem(f"{file}:{number}", Sentence(_NO_HASHES.template, heading=block.heading), "", lines[number - 1])


def _odd_heading(file: str, block: Block, line: str) -> Iterator[BadItem]:
    where = f"{file}:{block.line}"
    text = line.lstrip("# \t")
    if has_tag(text):
        yield BadItem(where, _IN_HEADING, "", line)
    elif line.startswith("# ") and text[:1].islower() and block.heading:
        yield BadItem(where, _NO_TITLE, "", line)
    elif "@" in parse_heading(text).label:
        yield BadItem(where, _NEARLY_ADDRESS, "", line, parse_heading(text).label)
