"""The grammar of a heading and of a list item. Pure: text in, records out."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from msgspec import Struct

from followup_rules.plain import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

DATE_KEYS = frozenset({"due", "on", "until", "at"})
"""The keys whose values are dates."""
LONGEST_HEADING = 500
LONGEST_NOTE = 10_000
"""In characters; what stands beyond is not read."""

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_PLACE = re.compile(r"<?(?:mailto:)?(?P<local>[\w.+%'-]*)@(?P<domain>[\w-]+(?:\.[\w-]+)+)>?")
_CHECKBOX = re.compile(r"\[\s*([xX]?)\s*\](?=\s|$|:)[\s:]*")
_DATE_LIKE = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}")
_CLOCK = re.compile(r"(\d{1,2})\s?[hH:]\s?(\d{2})(?::\d{2})?(?!\w)(?:\s*[ap]\.?m\b)?", re.IGNORECASE)
_PIECE = re.compile(
    r"""
      (?<![\w+.-]) (?P<url> [A-Za-z][\w+.-]*://\S+ )
    | (?<![^\s(\[*]) (?P<key> \#case | [^\W\d_](?:[^\W\d]|-)* ) :
      (?: ["“”„](?P<quoted>[^"“”„]*)["“”] | «(?P<french>[^»]*)» | (?P<bare>\S+) )
    | (?<![\w#&\\]) \# (?P<tag> [^\W\d_][\w-]* )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_EMPTY_DATE = re.compile(rf"(?<!\S)({'|'.join(sorted(DATE_KEYS))}):(?=\s|$)", re.IGNORECASE)
_MISTYPED_ITEM = re.compile(r"\s*(?P<dash>[-*+]?)(?:\[[ xX]\]\s*)?(?:\d{4}-\d\d-\d\d|#[^\W\d_])")


class Heading(Struct, frozen=True):
    """A case heading: a label, addresses, domains, or several of these."""

    label: str
    domains: tuple[str, ...]
    addresses: tuple[str, ...]

    @property
    def domain(self) -> str:
        """The first domain without a person, to which the notes belong; or nothing."""
        return self.domains[0] if self.domains else ""

    @property
    def id(self) -> str:
        """What stands for the heading in the ids of its notes; empty if the heading names nothing."""
        domain = f"@{self.domain}" if self.domain else ""
        return self.addresses[0] if self.addresses else domain or re.sub(r"\s+", "-", self.label.lower())


class Note(Struct, frozen=True, kw_only=True):
    """A list item. `clock` is never without `day`."""

    ticked: bool
    day: date | None
    clock: time | None
    tags: tuple[str, ...]
    case: str
    pairs: Mapping[str, str]
    text: str
    problems: tuple[str, ...]
    """Sentences on parts that could not be read; the rest of the note holds."""

    @property
    def stamp(self) -> str:
        """The time as it stands in the note's id."""
        if self.day is None:
            return ""
        return f"{self.day}T{self.clock:%H:%M}" if self.clock else str(self.day)


def parse_heading(text: str) -> Heading:
    """Read a heading such as `Nordik <julie.roy@nordik.ca>`, `@nordik.ca` or `Nordik`."""
    text = one_line(text, LONGEST_HEADING)
    places = list(_PLACE.finditer(text))
    addresses = dict.fromkeys(f"{at['local']}@{at['domain']}".lower() for at in places if at["local"])
    domains = dict.fromkeys(at["domain"].lower() for at in places if not at["local"])
    label = one_line(_PLACE.sub(" ", text)).strip(" ,;<>()*")
    return Heading(label, tuple(domains), tuple(addresses))


def parse_note(text: str) -> Note:
    """Read a list item. Raises ValueError, with a sentence for the user, if its date or time does not exist."""
    text = one_line(_COMMENT.sub(" ", text[:LONGEST_NOTE]), LONGEST_NOTE)
    box = _CHECKBOX.match(text)
    day, clock, rest = _split_stamp(text[box.end() :] if box else text)
    pieces = list(_PIECE.finditer(rest))
    pairs = {
        piece["key"].lower(): one_line(piece["quoted"] or piece["french"] or piece["bare"] or "", LONGEST_NOTE)
        for piece in pieces
        if piece["key"]
    }
    empty = [
        f"{key}: has no value; write it without a space, as in {key}:2026-11-11" for key in _EMPTY_DATE.findall(rest)
    ]
    return Note(
        ticked=bool(box and box[1] in {"x", "X"}),
        day=day,
        clock=clock,
        tags=tuple(dict.fromkeys(piece["tag"].lower() for piece in pieces if piece["tag"])),
        case=pairs.pop("#case", ""),
        pairs=pairs,
        text=one_line(_PIECE.sub(lambda piece: piece["url"] or "", rest), LONGEST_NOTE),
        problems=(*_unclosed(pieces), *empty),
    )


def looks_like_note(line: str, *, inside_item: bool) -> bool:
    """Whether a line of plain text was meant as a list item; within an item only a dash tells."""
    found = _MISTYPED_ITEM.match(line)
    return bool(found and (found["dash"] or not inside_item))


def _unclosed(pieces: list[re.Match[str]]) -> list[str]:
    return [
        f"the value of {piece['key']}: has no closing quote; only {piece['bare']} was read"
        for piece in pieces
        if piece["bare"] and piece["bare"][0] in '"“”„«'
    ]


def _split_stamp(text: str) -> tuple[date | None, time | None, str]:
    """Split off a leading date and time of day; a time without a date is just text."""
    if not _DATE_LIKE.match(text):
        return None, None, text
    word, _, rest = text.partition(" ")
    moment = _parse_stamp(word.rstrip(",;:."))
    if isinstance(moment, datetime):
        return moment.date(), moment.time().replace(second=0, microsecond=0), rest
    clock = _CLOCK.match(rest)
    return (moment, _parse_clock(clock), rest[clock.end() :]) if clock else (moment, None, rest)


def _parse_stamp(word: str) -> date | datetime:
    try:
        moment = datetime.fromisoformat(word)
    except ValueError:
        moment = None
    # A year beyond these is a slip of the pen, and would be remembered as such.
    if moment is None or moment.tzinfo or not 1900 <= moment.year < 3000:
        raise ValueError(f'"{word}" is not a date; write it as 2026-11-10, or 2026-11-10 14:30 in local time')
    return moment if "T" in word else moment.date()


def _parse_clock(found: re.Match[str]) -> time:
    hour, minute = int(found[1]), int(found[2])
    if hour > 23 or minute > 59 or found[0].lower().endswith("m"):
        raise ValueError(f'"{found[0]}" is not a time of day; write it as 14:30, from 00:00 to 23:59')
    return time(hour, minute)
