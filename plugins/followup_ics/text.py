"""The text of an iCalendar file, and the entries in it, before anything of them is understood (RFC 5545, section 3.1).

A file is taken apart here and not by the library, for three reasons: one entry that breaks the rules must not take the
others with it; what is not needed (alarms, tasks, journals, free and busy times) must not be able to break anything;
and of a long calendar only those entries are parsed whose text has changed.
"""

from __future__ import annotations

import hashlib
import quopri
import re
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from followup_rules import BadItem, Unreadable
from followup_rules.meetings import are_of_export
from followup_rules.plain import one_line
from followup_rules.sentences import Sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MOST_LINES = 20_000
"""Of one entry; a large company is invited."""
_EXPORT = Sentence("export or sync the calendar again")
MOST_SHOWN = 200
"""Characters of a line, where one is shown."""
_PAGE = re.compile(r"\s*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_A_PAGE = Sentence(
    "is a web page, such as one that asks for a login, and no calendar; "
    "take the address that ends in .ics, or {export}",
    export=_EXPORT,
)
_CONTROLS = bytes({*range(32), 127} - set(b"\t\r\n"))
_MARK = re.compile(r"^(?:BEGIN|END)[ \t]*:[ \t]*[A-Z][A-Z0-9-]*[ \t]*$", re.IGNORECASE | re.MULTILINE)
_INNER = re.compile(r"^BEGIN:(\S+)$.*?(?:^END:\1$|\Z)", re.MULTILINE | re.DOTALL)
_ZONE = re.compile(r"^BEGIN:VTIMEZONE$.*?^END:VTIMEZONE$", re.MULTILINE | re.DOTALL)
_METHOD, _TZID, _UID, _START, _SUMMARY = (
    re.compile(rf"^{name}(?:;[^:\n]*)?:(.*)$", re.IGNORECASE | re.MULTILINE)
    for name in ("METHOD", "TZID", "UID", "DTSTART", "SUMMARY")
)
_END_LINE = "\nEND:VCALENDAR\n"
_BROKEN_END = re.compile(r"^END[ \t]*:[ \t]*VCALENDAR.*$", re.IGNORECASE | re.MULTILINE)
_ESCAPED = re.compile(r"\\([\\,;])")
_MOMENT = re.compile(r"(\d{8}T\d{4})(\d\d)?(?:\.\d+)?Z?", re.IGNORECASE)
_QUOTED = re.compile(
    r"^([A-Z-]+)((?:;[^;:\n]*){0,9}?;ENCODING=QUOTED-PRINTABLE(?:;[^;:\n]*){0,9}):((?:.*=\n)*.*)$",
    re.IGNORECASE | re.MULTILINE,
)
_CHARSET = re.compile(r";CHARSET=\"?([\w-]+)", re.IGNORECASE)
_ENCODED = re.compile(r";(?:CHARSET|ENCODING)=[^;:]*", re.IGNORECASE)
GUESTS = frozenset({"REPLY", "COUNTER", "DECLINECOUNTER", "REFRESH"})
"""The METHODs by which guests speak: what they answer, wish and ask changes no meeting (RFC 5546, section 3.2)."""
# What an entry is made of. The rest is not looked at, so that nothing in it can make an entry unreadable.
_NEEDED = re.compile(
    r"^(?:(DTSTAMP|LAST-MODIFIED)|UID|DTSTART|DTEND|DURATION|RRULE|RDATE|EXDATE|EXRULE|RECURRENCE-ID|SEQUENCE|STATUS|SUMMARY"
    r"|DESCRIPTION|ORGANIZER|ATTENDEE|X-[A-Z-]+-ALLDAY(?:EVENT)?)[ \t]*[;:].*$",
    re.IGNORECASE | re.MULTILINE,
)


class File(Struct, frozen=True):
    """One iCalendar file."""

    name: str
    """For messages."""
    raw: bytes = b""
    """Its lines, each ended by a line feed, still folded."""
    zones: Mapping[str, str] = {}
    """The text of the time zones that it defines, by name."""
    digest: bytes = b""
    """Of the zones."""

    def line_of(self, unfolded: int, written: str) -> tuple[int, str]:
        """Return the number and text of the line of an entry in which something stands; else of its first line.

        The entry begins at the line that is `unfolded`, from 0, once lines are unfolded.
        """
        begin, lines = self.line(unfolded), self.raw.split(b"\n")
        sought, first = written.upper().encode(errors="replace"), _decoded(lines[begin - 1])
        for number, line in enumerate(lines[begin : begin + MOST_LINES] if sought else (), begin + 1):
            if line[: len(sought)].upper() == sought or (b"=" in sought and sought in line.upper()):
                return number, _decoded(line)
            if line.strip().upper() == b"END:VEVENT":
                break
        return begin, first

    def line(self, unfolded: int) -> int:
        """Return the number of the line, from 1, that is this one, from 0, once lines are unfolded."""
        begins = (number for number, line in enumerate(self.raw.split(b"\n"), 1) if line[:1] not in (b" ", b"\t"))
        return next(islice(begins, unfolded, None), 1)


class Entry(Struct, frozen=True):
    """A VEVENT as it is written, without what is not needed."""

    file: File
    text: str
    """Its content lines, unfolded, without its stamps."""
    method: str
    """Under which it came (RFC 5546, section 1.4); in capitals."""
    at: int
    """Which line of the unfolded text it begins with, from 0."""
    closed: bool
    """It has an end."""
    begun: bool
    """It has a beginning."""
    last_modified: datetime | None = None
    dtstamp: datetime | None = None
    updated: datetime | None = None
    """When it was last changed, if its stamps tell that, and not only when the calendar was exported."""

    @property
    def modified(self) -> datetime | None:
        """By which its versions are compared (RFC 5546, section 2.1.5)."""
        return self.last_modified or self.dtstamp

    @property
    def uid(self) -> str:
        """Its UID without white space, or nothing."""
        found = _UID.search(self.text)
        return "".join(_ESCAPED.sub(r"\1", found[1]).split()) if found else ""

    @property
    def title(self) -> str:
        """How messages name it."""
        found = _SUMMARY.search(self.text)
        return one_line(_ESCAPED.sub(r"\1", found[1]) if found and found[1].strip() else self.uid, 80)

    @property
    def essence(self) -> str:
        """By what the versions of an entry without a UID are known: its start and title."""
        return "\n".join(found[1] if (found := each.search(self.text)) else "" for each in (_START, _SUMMARY))

    def line(self, written: str) -> tuple[int, str]:
        """Return the number and text of the line in which something stands; else of its first one."""
        return self.file.line_of(self.at, written)

    @property
    def place(self) -> str:
        """Where a person finds it: `calendar.ics:12`."""
        return f"{self.file.name}:{self.file.line(self.at)}"

    @property
    def digest(self) -> bytes:
        """A hash of all that its meaning depends on, but for its other versions.

        Many services stamp all entries anew at each export: a stamp that does not tell of a change is none.
        """
        whole = "\n".join((self.file.name, self.method, str(self.closed), str(self.updated), self.text))
        return hashlib.blake2b(whole.encode(errors="replace") + self.file.digest, digest_size=8).digest()


class Contents(Struct, frozen=True):
    """What a file holds."""

    entries: list[Entry]
    """Its VEVENTs that may stand for a meeting."""
    flaws: tuple[BadItem, ...] = ()
    """What is wrong with it, though all of it can be read."""


class NoCalendar(Unreadable):
    """A file that is not a whole calendar; `reason` is what is said of it, behind its name."""

    def __init__(self, name: str, reason: str, number: int = 0, line: str = "") -> None:
        shown = line[:MOST_SHOWN]
        at = BadItem(f"{name}:{number}", reason, "", shown, shown) if number else None
        super().__init__(Sentence("{name} {reason}", name=name, reason=reason), at=at)
        self.reason = reason


def contents(name: str, raw: bytes) -> Contents:
    """Return what a file holds. Raises NoCalendar if it is not a whole calendar."""
    lines = _lines(name, raw)
    text = "\n" + _MARK.sub(lambda mark: "".join(mark[0].split()).upper(), _unfolded(lines)) + "\n"
    text, flaws = _with_an_end(name, lines, text)
    before, *calendars = text.split("\nBEGIN:VCALENDAR\n")
    if not calendars:
        raise NoCalendar(
            name,
            _A_PAGE
            if _PAGE.match(text)
            else Sentence("is not an iCalendar file (no BEGIN:VCALENDAR); check `path`, or {export}", export=_EXPORT),
            1,
            one_line(text.lstrip().partition("\n")[0], MOST_SHOWN),
        )
    # What is missing may move, cancel or add to any entry that is there.
    if any(_END_LINE not in f"\n{calendar}\n" for calendar in calendars):
        raise NoCalendar(
            name,
            Sentence("is cut off (no END:VCALENDAR); wait until it is written, or {export}", export=_EXPORT),
            lines.rstrip().count(b"\n") + 1,
            _decoded(lines.rstrip().rpartition(b"\n")[2]),
        )
    found, at = list[Entry](), before.count("\n")
    for calendar in calendars:
        found += _calendar(name, lines, calendar, at + 1)
        at += calendar.count("\n") + 2
    # With a METHOD, DTSTAMP is the time at which the file was written (RFC 5545, section 3.8.7.2).
    stamps = [entry.last_modified or (None if entry.method else entry.dtstamp) for entry in found]
    if not are_of_export(stamps):
        found = [replace(entry, updated=moment) for entry, moment in zip(found, stamps, strict=True)]
    return Contents(found, flaws)


def _with_an_end(name: str, lines: bytes, text: str) -> tuple[str, tuple[BadItem, ...]]:
    """Mend a last line that is END:VCALENDAR but for what stands behind it: then nothing of the calendar is missing."""
    *_, last = (None, *_BROKEN_END.finditer(text))
    if last is None or last[0] == _END_LINE.strip() or "\nBEGIN:" in text[last.end() :]:
        return text, ()
    place = File(name, lines).line(text[1 : last.start()].count("\n"))
    flaw = BadItem(
        f"{name}:{place}",
        Sentence(
            "the calendar ends in {written!r} instead of END:VCALENDAR; all before it is read",
            written=one_line(last[0], 60),
        ),
        name,
    )
    return f"{text[: last.start()]}{_END_LINE.strip()}{text[last.end() :]}", (flaw,)


def _calendar(name: str, raw: bytes, text: str, at: int) -> Iterator[Entry]:
    """Yield the entries of one VCALENDAR, which begins at this line; none that guests have written."""
    head, *parts = f"\n{text}".split("\nBEGIN:VEVENT\n")
    pieces = [f"\n{part}\n".partition("\nEND:VEVENT\n") for part in parts]
    outside = "\n".join([head, *(rest for _, _, rest in pieces)])
    methods = [found.strip().upper() for found in _METHOD.findall(outside)]
    if methods and methods[0] in GUESTS:
        return
    written = _ZONE.findall(outside)
    zones = {named[1]: zone for zone in reversed(written) if (named := _TZID.search(zone))}
    file = File(name, raw, zones, hashlib.blake2b("".join(written).encode(errors="replace"), digest_size=8).digest())
    method = methods[0] if methods else ""
    yield from _unbegun(file, head, method, at)
    at += head.count("\n")
    for part, (body, end, rest) in zip(parts, pieces, strict=True):
        # An entry without an end goes on to the end of the calendar at most.
        lines = body if end else body.partition("\nEND:VCALENDAR")[0]
        needed, stamps = _needed(lines)
        yield Entry(file, needed, method, at, bool(end), True, *stamps)
        yield from _unbegun(file, rest, method, at + body.count("\n") + 2)
        at += part.count("\n") + 2


def _unbegun(file: File, text: str, method: str, at: int) -> Iterator[Entry]:
    """Yield an entry that ends as a meeting does, and has lost its first line."""
    lost, end, _ = f"\n{text}\n".partition("\nEND:VEVENT\n")
    if end:
        needed, stamps = _needed(lost)
        yield Entry(file, needed, method, at, True, False, *stamps)


def _needed(text: str) -> tuple[str, tuple[datetime | None, datetime | None]]:
    """Return the lines of an entry that are needed, LAST-MODIFIED, and DTSTAMP; none of its alarms' lines."""
    lines: list[str] = []
    stamps: dict[str, datetime] = {}
    text = _QUOTED.sub(_unquoted, text) if "=QUOTED-PRINTABLE" in text.upper() else text
    for line in _NEEDED.finditer(_INNER.sub("", text) if "BEGIN:" in text else text):
        if not line[1]:
            lines += [line[0]] if len(lines) <= MOST_LINES else []
        elif moment := _moment(line[0]):
            stamps.setdefault(line[1].upper(), moment)
    return "\n".join(lines), (stamps.get("LAST-MODIFIED"), stamps.get("DTSTAMP"))


def _unquoted(line: re.Match[str]) -> str:
    """Return a line of vCalendar 1.0 whose value is in quoted-printable (RFC 2045, section 6.7) as one of iCalendar."""
    charset = _CHARSET.search(line[2])
    raw = quopri.decodestring(line[3].encode(errors="replace"))
    try:
        value = raw.decode(charset[1] if charset else "utf-8")
    except (LookupError, UnicodeDecodeError):
        value = _decoded(raw)
    written = "\\n".join(value.splitlines())
    return f"{line[1]}{_ENCODED.sub('', line[2])}:{written}"


def _moment(line: str) -> datetime | None:
    """Return a stamp, which is in UTC (RFC 5545, section 3.8.7), or nothing if it cannot be read."""
    found = _MOMENT.fullmatch(line.rpartition(":")[2].strip())
    try:
        return datetime.fromisoformat(f"{found[1]}{found[2] or '00'}Z") if found else None
    except ValueError:
        return None


def _lines(name: str, raw: bytes) -> bytes:
    """Return the lines in UTF-8, or in another encoding in which ASCII is as it is, without control characters."""
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if raw.startswith((mark, "BEGIN".encode(encoding))):
            raw = raw.decode(encoding, "replace").encode(errors="replace")
    if not raw.strip():
        raise NoCalendar(name, Sentence("is empty; {export}", export=_EXPORT))
    # A mark of the byte order begins each file, so that several in one have it in between. RFC 5545, section 3.1, knows
    # no control characters; some exporters write them all the same.
    raw = raw.replace(b"\xef\xbb\xbf", b"").translate(None, _CONTROLS)
    # Some programs end a line twice, others as an old Macintosh did.
    return raw.replace(b"\r\r\n", b"\n").replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _unfolded(lines: bytes) -> str:
    """Return the text; it is unfolded before it is decoded, as a fold may stand within a character (section 3.1)."""
    raw = lines.replace(b"\n ", b"").replace(b"\n\t", b"")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return "\n".join(_decoded(line) for line in raw.split(b"\n"))


def _decoded(raw: bytes) -> str:
    """Return a line that may be in UTF-8, in UTF-8 with a character that was cut through, or in Windows' Latin 1."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        damaged = not raw.decode(errors="ignore").isascii()
        return raw.decode("utf-8" if damaged else "cp1252", "replace")
