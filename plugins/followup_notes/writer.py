"""Adds a note to a file, under the heading of its case; every other byte stays as it is."""

from __future__ import annotations

import re
import stat
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from followup_notes.blocks import Section, read_page, read_sections
from followup_notes.files import LARGEST
from followup_notes.grammar import LONGEST_NOTE, parse_heading, parse_note
from followup_notes.lines import split_lines
from followup_rules import NoteHeading, Refused, durable, regular_files
from followup_rules.plain import clean
from followup_rules.sentences import Sentence
from followup_rules.written_dates import NotADate

if TYPE_CHECKING:
    from pathlib import Path

    from followup_rules import NoteAdded
    from followup_rules.hookspecs import ChooseHeading

_LINE_END = re.compile(r"\r\n|\r|\n")
_HALF_DAY = re.compile(r"[ap]\.?m\b|[-–—]\s?\d", re.IGNORECASE)


class Written(Struct, frozen=True):
    """What was written: the heading, the list item under it, its line, from 1, and whether the heading is new."""

    heading: str
    item: str
    line: int
    began: bool


def add(file: Path, case: str, text: str, moment: datetime, choose: ChooseHeading) -> Written:
    """Add a note of this instant, in the user's zone, to the file; of the date that its text begins with, if it does.

    It becomes the last item under the heading that is chosen, or stands under a new one at the end of the file. Raises
    Refused and OSError: then nothing was written.
    """
    name, item = _one_line(case), _item(moment, _one_line(text))
    before = _read(file)
    if b"\0" in before:
        raise Refused(
            Sentence("{file} is not a file of text; look at the `path` of your notes in the config", file=file)
        )
    # What is not UTF-8 comes back as it was; by the grammar it is no letter, as for a pull.
    lines = split_lines(before.decode("utf-8", "surrogateescape"))
    sections = read_sections(_markdown(lines))
    headings = [_understood(section.heading) for section in sections]
    chosen = choose(_understood(name), headings)
    section = sections[headings.index(chosen)] if chosen in headings else None
    after, line = _with_item(lines, section, chosen.text, item)
    _replace(file, before, "".join(after).encode("utf-8", "surrogateescape"))
    return Written(chosen.text, item, line, section is None)


def remove(file: Path, added: NoteAdded) -> None:
    """Take a note out of the file, with its heading if that was written with it and holds nothing else.

    Raises Refused and OSError: then nothing was changed.
    """
    before = _read(file)
    lines = split_lines(before.decode("utf-8", "surrogateescape"))
    # By the whole line, not its number: what the user has edited since is theirs.
    same = [number for number, line in enumerate(lines, 1) if line.rstrip("\r\n") == added.item]
    # Other notes may have been written above it since; if it stands twice, only its own line is certain.
    at = added.line if added.line in same else same[0] if len(same) == 1 else 0
    if not at:
        gone = Sentence("{file} no longer holds the note as it was written: {item}", file=file, item=added.item)
        raise Refused(gone)
    first = _first_of(lines, at - 1) if added.began else at - 1
    _replace(file, before, "".join([*lines[:first], *lines[at:]]).encode("utf-8", "surrogateescape"))


def _first_of(lines: list[str], line: int) -> int:
    """Return where a heading begins that holds nothing but a note, with the empty line before it; else that note."""
    for section in read_sections(_markdown(lines)):
        held = [number for number in range(section.start, section.end) if lines[number].strip()]
        if held == [section.start, line]:
            return section.start - int(section.start > 0 and not lines[section.start - 1].strip())
    return line


def _understood(text: str) -> NoteHeading:
    heading = parse_heading(text)
    return NoteHeading(text, heading.label, heading.addresses, heading.domains)


def _one_line(text: str) -> str:
    """Return a text with line ends and control characters as spaces. Raises Refused if it is empty or too long."""
    line = " ".join(clean(text, " ").split())
    if not line:
        raise Refused(Sentence('a note needs a case and a text: followup note nordik "#called Left a message"'))
    if len(line) > LONGEST_NOTE:
        raise Refused(
            Sentence(
                "the text has {count} characters, and at most {most} of a note are read",
                count=f"{len(line):,}",
                most=f"{LONGEST_NOTE:,}",
            )
        )
    return line


def _item(moment: datetime, text: str) -> str:
    """Return the list item of a note: of this instant, unless the text begins with a date of its own.

    A text that begins with "PM" or "-15:00" must not become a part of the time. Raises Refused for a date that is none.
    """
    try:
        dated = parse_note(text).day is not None
    except NotADate as error:
        if not any(sign.isalpha() for sign in error.written):
            raise Refused(error.args[0]) from error
        dated = False  # "May 3 people come"
    if dated:
        return f"- {text}"
    gap = "T" if _HALF_DAY.match(text) else " "
    return f"- {moment:%Y-%m-%d}{gap}{moment:%H:%M} {text}"


def _read(file: Path) -> bytes:
    """Return what the file holds; nothing if there is none. Raises OSError."""
    try:
        return regular_files.read(file, LARGEST)
    except FileNotFoundError:
        return b""


def _markdown(lines: list[str]) -> str:
    return "".join(lines).removeprefix("\ufeff")


def _with_item(lines: list[str], section: Section | None, title: str, item: str) -> tuple[list[str], int]:
    """Return the lines with the item, and its line. Raises Refused if it would be read as anything else."""
    for gap in ([], [""]):  # after a table or HTML, an item begins only behind an empty line
        if section:
            # Empty lines at the end of a section part it from the next one, so the item goes before them.
            at = max(number for number in range(section.start, section.end) if lines[number].strip()) + 1
            rows = [*gap, item]
        else:
            at, rows = len(lines), [*([""] if lines and lines[-1].strip() else []), f"## {title}", *gap, item]
        after = _inserted(lines, at, rows)
        if _is_read(after, at + len(rows), title):
            return after, at + len(rows)
    raise Refused(
        Sentence(
            "under {title!r} the note would not be read: is a code block or a comment above it not closed?", title=title
        )
    )


def _inserted(lines: list[str], at: int, rows: list[str]) -> list[str]:
    """Return the lines with more rows, which end as the others do, also if the last line of a file has no end."""
    # Some editors show a lone line of another kind as a strange sign, or mark the whole file as changed.
    first_end = _LINE_END.search("".join(lines))
    end = first_end[0] if first_end else "\n"
    before, added = lines[:at], [f"{row}{end}" for row in rows]
    # A last line without an end stays the last one without: no diff shows more than the note.
    if before and not _LINE_END.search(before[-1]):
        before[-1] += end
        added[-1] = rows[-1]
    return [*before, *added, *lines[at:]]


def _is_read(lines: list[str], line: int, title: str) -> bool:
    """Tell whether a pull would find a list item on that line, under that heading."""
    blocks = read_page(_markdown(lines)).blocks
    return any(block.is_item and block.line == line and block.heading == title for block in blocks)


def _replace(file: Path, before: bytes, after: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    mode = stat.S_IMODE(file.stat().st_mode) if file.exists() else 0o600
    with durable.beside(file, after, mode) as finished:
        if _read(file) != before:
            raise Refused(Sentence("another program has just written {file}; try again", file=file))
        finished.replace(file)
