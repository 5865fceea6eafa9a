"""The head of a mail as it is written (RFC 5322, section 2.2), also where a program wrote it badly."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

Headers = Mapping[str, list[str]]
"""By name in lower case, in the order of the mail, each on one line; a name that is not there has an empty list."""

_LONGEST_HEAD = 65_536
_LINE_END = re.compile(rb"\r+\n|\r|\n")
_BLANK = re.compile(rb"\r*\n\r*\n|\r\r(?!\n)")
_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:(.*)", re.DOTALL)
"""Mail of before 2001 may have white space before the colon (section 4.5)."""
_BOM = b"\xef\xbb\xbf"


class Parts(NamedTuple):
    """A mail in two: the lines of its head, without their ends, and what follows the first blank line."""

    head: list[bytes]
    body: bytes


def raw(content: bytes) -> bytes:
    """Return the head as it is written, at little cost: what stands before the first blank line."""
    return _BLANK.split(content.removeprefix(_BOM).lstrip(), maxsplit=1)[0]


def divided(content: bytes) -> Parts:
    """Return head and body as mail programs see them.

    Blank lines and a byte order mark on top are passed over, NULs too; a bare carriage return ends a line.
    """
    # Editors put the mark there, and damaged disks the NULs; the mail between them is whole.
    content = content.removeprefix(_BOM).replace(b"\0", b"").lstrip(b"\r\n")
    lines: list[bytes] = []
    start = 0
    for end in _LINE_END.finditer(content, 0, _LONGEST_HEAD):
        line, start = content[start : end.start()], end.end()
        if not line:
            return Parts(lines, content[start:])
        lines.append(line)
    return Parts([*lines, content[start:_LONGEST_HEAD]], b"")


def headers(content: bytes) -> Headers:
    """Return the headers by lower-case name, unfolded (section 2.2.3); bytes beyond ASCII are UTF-8 or windows-1252."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for name, value in _fields(divided(content).head):
        found[name.decode().lower()].append(" ".join(_decoded(value).split()))
    return found


def first(headers: Headers, name: str) -> str:
    """Return the first header of that name, or nothing."""
    return next(iter(headers[name]), "")


def mended(content: bytes) -> bytes:
    """Return the mail with a head that every parser reads as `headers` does: without lines that are no header."""
    head, body = divided(content)
    return b"".join(b"%b:%b\n" % field for field in _fields(head)) + b"\n" + body


def _fields(lines: list[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Yield names and values, each with its folded lines.

    A line that is neither is left out: that of a scanner, or of an mbox (`>From me@example.org Mon Nov 9 ...`).
    """
    name, value = b"", b""
    for line in lines:
        field = _FIELD.match(line)
        # Before the pattern of a field: a folded line may hold a colon.
        if line[:1] in (b" ", b"\t") and name:
            value += b"\n" + line
        elif field:
            if name:
                yield name, value
            name, value = field[1], field[2]
    if name:
        yield name, value


def _decoded(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        # Bare bytes are not allowed before RFC 6532; who writes them nevertheless mostly writes these.
        return value.decode("windows-1252", "replace")
