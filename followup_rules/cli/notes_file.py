"""Adds a list item to Markdown notes, under the heading of its case; every other byte stays as it is."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from msgspec import Struct

from followup_rules import durable
from followup_rules.engine.assign_cases import Directory, match
from followup_rules.language.text import fold
from followup_rules.model import Event, Person
from followup_rules.toml.suggestions import nearest

_PLACE = re.compile(r"<?(?P<local>[\w.+%'-]*)@(?P<domain>[\w-]+(?:\.[\w-]+)+)>?")
_DOMAIN = re.compile(r"[\w-]+(?:\.[\w-]+)+")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_LINE_END = re.compile(r"\r\n|\r|\n")
_NEVER = datetime.min.replace(tzinfo=UTC)


class Refusal(Exception):  # noqa: N818 -- no fault: nothing is written, and the sentence says why
    """A sentence for the user, and what to do about it."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


class Heading(Struct, frozen=True):
    """A heading of a case, or a case as the user names it; and the lines of its section, counted from 0."""

    text: str
    start: int = 0
    end: int = 0

    @property
    def places(self) -> frozenset[tuple[str, str]]:
        """The addresses in it, in lower case, each as what stands before the @ (nothing: a domain) and after it."""
        return frozenset((found["local"].lower(), found["domain"].lower()) for found in _PLACE.finditer(self.text))

    @property
    def people(self) -> tuple[Person, ...]:
        """Those whose addresses it holds."""
        return tuple(Person(f"{local}@{domain}") for local, domain in sorted(self.places) if local)

    @property
    def label(self) -> str:
        """What it says besides addresses."""
        return _PLACE.sub(" ", self.text).strip(" ,;<>()*")

    @property
    def domains(self) -> list[str]:
        """The domains that it names without a person."""
        return sorted(domain for local, domain in self.places if not local)


class Cases(Struct, frozen=True):
    """What is known of cases: who is who, and the keys of those that there are."""

    directory: Directory
    keys: frozenset[str]

    def heading(self, name: str) -> str:
        """Return a heading that leads to the case of that name. Raises Refusal if there is none, or more than one."""
        named = Heading(name)
        if any(person.address in self.directory.me for person in named.people):
            raise Refusal(f"{name!r} is your own address", "name the person or the employer that the note is about")
        if named.places:
            return name
        found = sorted(match(name, self.keys))
        if len(found) == 1:
            return found[0] if self._is_label(found[0]) else f"@{found[0]}"
        if found:
            raise Refusal(f"{name!r} fits several cases: {', '.join(found)}", "name one of these")
        raise Refusal(f"no case fits {name!r}", self._advice(name))

    def _is_label(self, key: str) -> bool:
        return key in self.directory.spelling.values() or not _DOMAIN.fullmatch(key)

    def _advice(self, name: str) -> str:
        if _DOMAIN.fullmatch(name):
            return f"for an employer that is not known yet, write @{name}"
        short = {key.rpartition("@")[2].partition(".")[0] for key in self.keys}
        guess = nearest(name, {*self.keys, *short})
        begin = "a new case begins with an address: name@domain or @domain"
        if not self.keys:
            return f"no case is known yet: `followup run` reads your calendar and mail; or {begin}"
        return f'did you mean "{guess}"? {begin}' if guess else begin


class _Wanted(Struct, frozen=True):
    """The case that the user named: as words, as addresses or domains, and by its key, as far as it is known."""

    words: str
    places: frozenset[tuple[str, str]]
    key: str
    cases: Cases

    @classmethod
    def of(cls, name: str, cases: Cases) -> _Wanted:
        named = Heading(f"@{name}" if _DOMAIN.fullmatch(name) else name)
        found = match(name, cases.keys)
        own = cases.directory.registrable(named.domains[0]) if named.domains else ""
        return cls(fold(named.label).strip(), named.places, next(iter(found)) if len(found) == 1 else own, cases)

    def fit(self, heading: Heading) -> int:
        """Tell how well a heading fits: 3 by its words or an address, 2 by its label, 1 by its domain, 0 not at all."""
        if self.places & heading.places or (self.words and self.words == fold(heading.label).strip()):
            return 3
        if any(local for local, _ in self.places) or not self.key:
            return 0
        directory = self.cases.directory
        note = Event(id="", kind="note", start=_NEVER, end=_NEVER, people=heading.people, heading=heading.label)
        if fold(self.key) in (fold(heading.label), fold(directory.label(note))):
            return 2
        domains = {directory.registrable(domain) for domain in heading.domains}
        return int(self.key in domains | {directory.domain(person) for person in heading.people})


def add(file: Path, case: str, item: str, cases: Cases) -> tuple[str, int]:
    """Add a list item to the file; return its heading and its line, from 1. Raises Refusal, OSError.

    It becomes the last item under the heading of the case; if there is none, under a new one at the end.
    """
    raw = _read(file)
    if b"\0" in raw:
        raise Refusal(f"{file} is not a file of text", "look at the `path` of your notes in the config")
    lines = _LINE.findall(raw.decode("utf-8", "surrogateescape"))
    heading = _best(case, _headings(lines), cases)
    title = heading.text if heading else cases.heading(case)
    new, line = _with_item(lines, heading, title, item)
    _replace(file, raw, "".join(new).encode("utf-8", "surrogateescape"))
    return title, line


def _read(file: Path) -> bytes:
    return file.read_bytes() if file.exists() else b""


def _replace(file: Path, before: bytes, after: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    mode = stat.S_IMODE(file.stat().st_mode) if file.exists() else 0o600
    with durable.beside(file, after, mode) as made:
        if _read(file) != before:
            raise Refusal(f"another program has just written {file}", "try again")
        made.replace(file)


def _tokens(lines: Iterable[str]) -> list[Any]:
    from markdown_it import MarkdownIt  # noqa: PLC0415 -- heavy

    parser = MarkdownIt("commonmark").disable(["inline", "text_join", "reference"])
    return list(parser.parse("".join(lines).removeprefix("\ufeff")))


def _headings(lines: list[str]) -> list[Heading]:
    """Return the headings from level 2 on, each with its section, which ends at the next heading of any level."""
    pairs = pairwise(_tokens(lines))
    found = [(one, text.content) for one, text in pairs if one.type == "heading_open" and one.level == 0]
    ends = [*(one.map[0] for one, _ in found[1:]), len(lines)]
    every = zip(found, ends, strict=False)
    return [Heading(text, one.map[0], end) for (one, text), end in every if one.tag != "h1"]


def _best(case: str, headings: Iterable[Heading], cases: Cases) -> Heading | None:
    wanted = _Wanted.of(case, cases)
    best = max(headings, key=lambda heading: (wanted.fit(heading), -heading.start), default=None)
    return best if best and wanted.fit(best) else None


def _with_item(lines: list[str], heading: Heading | None, title: str, item: str) -> tuple[list[str], int]:
    """Return the lines with the item, and its line. Raises Refusal if it would be read as anything else."""
    for gap in ([], [""]):
        if heading:
            at, rows = _end(lines, heading), [*gap, item]
        else:
            at, rows = len(lines), [*([""] if lines and lines[-1].strip() else []), f"## {title}", *gap, item]
        new = _inserted(lines, at, rows)
        if _is_read(new, at + len(rows), title):
            return new, at + len(rows)
    raise Refusal(f"under {title!r} the note would not be read", "is a code block or a comment above it not closed?")


def _end(lines: list[str], heading: Heading) -> int:
    """Return the number of the line after the last one of a section that is not empty."""
    return max(number for number in range(heading.start, heading.end) if lines[number].strip()) + 1


def _inserted(lines: list[str], at: int, rows: list[str]) -> list[str]:
    found = _LINE_END.search("".join(lines))
    end = found[0] if found else "\n"
    before, added = lines[:at], [f"{row}{end}" for row in rows]
    if before and not _LINE_END.search(before[-1]):
        before[-1] += end
        added[-1] = rows[-1]
    return [*before, *added, *lines[at:]]


def _is_read(lines: list[str], line: int, title: str) -> bool:
    """Tell whether the line begins a list item right under that heading."""
    above = ""
    for token, following in pairwise(_tokens(lines)):
        if token.type == "heading_open" and token.level == 0:
            above = following.content
        elif token.type == "list_item_open" and token.level == 1 and token.map[0] == line - 1:
            return above == title
    return False
