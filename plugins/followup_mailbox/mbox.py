"""An mbox file: many mails in one, each after a line `From ADDRESS DATE` (RFC 4155)."""

from __future__ import annotations

import hashlib
import os
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

LONGEST_MESSAGE = 65_536
"""In bytes; of a longer message the rest is not looked at: attachments."""
_CHUNK = 1_048_576
_SAMPLE = 4_096
_LONGEST_LINE = 1_024

_ZONE = rb"(?: +(?:[+-]\d{4}|[A-Z]{1,5}(?:[+-]\d{1,4})?))?"
_TIME = rb"\d{1,2}:\d\d(?::\d\d)?"
# RFC 4155 has them in English; programs that asked the system for the time of day wrote "lun. nov. 09 16:02:11 2026".
_MONTH = rb"[A-Za-z\x80-\xff]{3,12}\.?"
_WEEKDAY = rb"[A-Za-z\x80-\xff]{2,12}\.?"
_DATES = (
    rb"%b +%b +\d{1,2} +%b%b +\d{4}%b" % (_WEEKDAY, _MONTH, _TIME, _ZONE, _ZONE),  # that of asctime, the usual one
    rb"(?:%b,? +)?\d{1,2} +%b +\d{4} +%b%b" % (_WEEKDAY, _MONTH, _TIME, _ZONE),  # RFC 5322
    rb"\d{4}-\d\d-\d\d[T ]%b(?:Z|[+-]\d\d:?\d\d)?" % _TIME,  # ISO 8601
)
_SENDER = rb'(?:"[^"\n]{1,200}"@[^\s@]{1,200}|\S{1,300})'
_FROM_LINE = re.compile(
    rb"^From (?:(?P<sender>%b) +| *)(?:%b)(?: remote from \S+)?[ \t]*\r?\n" % (_SENDER, b"|".join(_DATES)), re.MULTILINE
)
_COMMIT = re.compile(rb"From [0-9a-f]{40} Mon Sep 17 00:00:00 2001\r?\n")
"""How a patch begins that `git format-patch` has written: a file for a mail, and none that was sent."""
_TELLING = (b"from:", b"date:", b"received:", b"return-path:", b"message-id:", b"delivered-to:", b"status:", b"x-")
"""How some header of every mail begins, in lower case."""
_HEADER = re.compile(rb"[!-9;-~]+[ \t]*:|>From ")
_EMPTY_LINE = re.compile(rb"(?:\A|\n)\r?\r?\n|\r\r(?!\n)")
"""Lines may end in CR LF, in LF, and in what programs make of these: CR CR LF, or CR alone."""
_LENGTH = re.compile(rb"^Content-Length[ \t]*:[ \t]*(\d{1,12})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_ESCAPED = re.compile(rb"^>(>*From )", re.MULTILINE)


def beginning(start: bytes) -> int | None:
    """Return where the first mail begins in a file that starts so, after empty lines; None if it is no mbox."""
    empty = re.match(rb"(?:\xef\xbb\xbf)?\s*", start)
    place = empty.end() if empty else 0
    mails = start[place:]  # cut off: after a byte order mark no line begins
    return place if _FROM_LINE.match(mails) and not _COMMIT.match(mails) else None


def mails(file: BinaryIO, begin: int) -> Iterator[tuple[int, bytes]]:
    """Yield where each mail begins from `begin` on, and its first bytes, without its From_ line and escapes.

    No more than a chunk is held in memory. The file may be moved between two of them.
    """
    size = os.fstat(file.fileno()).st_size
    start, content = begin, _read(file, begin, LONGEST_MESSAGE)
    least = _told_end(file, start, content, size)
    for found in _from_lines(file, begin):
        if found < least:
            continue
        yield start, _mail(content[: found - start])
        start, content = found, _read(file, found, LONGEST_MESSAGE)
        least = _told_end(file, start, content, size)
    if content:
        yield start, _mail(content)


def head_end(content: bytes) -> int | None:
    """Return where the body of a mail begins, after the empty line (RFC 5322, section 2.1); None without one."""
    found = _EMPTY_LINE.search(content)
    return found.end() if found else None


def resume(file: BinaryIO, place: int, seen: str) -> bool:
    """Tell whether the file is as it was before the place that was reached: then it has only grown."""
    return before(file, place) == seen and _read(file, place, 5) in (b"", b"From ")


def before(file: BinaryIO, place: int) -> str:
    """Hash the beginning of the file, and what stands right before a place in it."""
    found = hashlib.sha256()
    # An mbox that only grew has the same beginning, and the same right before the place; compacted ones lose the
    # latter.
    for start in (0, max(place - _SAMPLE, 0)):
        found.update(_read(file, start, min(_SAMPLE, place - start)))
    return found.hexdigest()[:32]


def unescaped(content: bytes) -> bytes:
    """Take from the lines of the body the `>` that programs put before `From ` (mboxo, mboxrd).

    A line beside other quoted lines, or below one that ends in a colon, is left: it is one that the writer quotes.
    """
    if b"\n>" not in content:
        return content
    end = head_end(content)
    if end is None:
        return content
    head, body = content[:end], content[end:]
    return head + _ESCAPED.sub(lambda found: found[1] if _is_own_line(body, found) else found[0], body)


def _is_own_line(body: bytes, found: re.Match[bytes]) -> bool:
    above = body[max(found.start() - 400, 0) : found.start()].replace(b"\r", b"")
    last = above.rstrip(b"\n").rpartition(b"\n")[2].rstrip()
    ends = body.find(b"\n", found.end())
    below = body[ends + 1 : ends + 7] if ends >= 0 else b""
    is_beside = (not above.endswith(b"\n\n") and _is_quoted(last)) or _is_quoted(below)
    return not is_beside and not last.endswith(b":")


def _is_quoted(line: bytes) -> bool:
    return line.startswith(b">") and not line.startswith(b">From ")


def _read(file: BinaryIO, place: int, size: int) -> bytes:
    file.seek(place)
    return file.read(size)


def _mail(stretch: bytes) -> bytes:
    return unescaped(stretch.partition(b"\n")[2])


def _told_end(file: BinaryIO, start: int, content: bytes, size: int) -> int:
    """Return where the mail ends by its Content-Length (mboxcl), if a mail begins there or the file ends; else 0."""
    body = head_end(content)
    told = _LENGTH.search(content, 0, body) if body else None
    if not body or not told:
        return 0
    end = start + body + int(told[1])
    # Believed only if a mail follows, or nothing: after an edit or a copy of the file the number is wrong.
    rest = _read(file, end, _LONGEST_LINE) if end < size else b""
    gap = len(rest) - len(rest.lstrip(b"\r\n"))
    return end + gap if end + gap == size or (rest and _FROM_LINE.match(rest, gap)) else 0


def _from_lines(file: BinaryIO, begin: int) -> Iterator[int]:
    """Yield where the lines stand, after `begin`, that begin a mail."""
    kept, place, done = b"", begin, begin
    while chunk := _read(file, place, _CHUNK):
        window, base = kept + chunk, place - len(kept)
        for found in _FROM_LINE.finditer(window):
            at = base + found.start()
            if at > done and (found.start() > 0 or base == 0) and _begins_a_mail(file, at, found):
                done = at
                yield at
        # A line may lie across two chunks; what is found twice is told by `done`.
        kept, place = window[-_LONGEST_LINE:], place + len(chunk)


def _begins_a_mail(file: BinaryIO, at: int, line: re.Match[bytes]) -> bool:
    """Tell a From_ line from one of a letter: headers follow it, and an empty line, or an address, shows it.

    Some programs forget the empty line; there the sender must be an address, or what programs put where they have none.
    """
    sender = line["sender"] or b""
    blank = _read(file, max(at - 4, 0), min(at, 4)).replace(b"\r", b"").endswith(b"\n\n")
    if not blank and b"@" not in sender and sender not in (b"-", b"MAILER-DAEMON"):
        return False
    follows = _read(file, at + len(line[0]), _SAMPLE)
    end = head_end(follows)
    is_cut = end is None and len(follows) < _SAMPLE  # the file ends within it: it is being written
    lines = b"\n" + follows[:end].lower()
    return is_cut or bool(_HEADER.match(follows) and any(b"\n" + name in lines for name in _TELLING))
