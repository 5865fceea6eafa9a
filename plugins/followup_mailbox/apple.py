"""Apple Mail's .emlx files: a line with the length of the mail, the mail, and a property list with its flags."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from followup_mailbox.mbox import LONGEST_MESSAGE

if TYPE_CHECKING:
    from typing import BinaryIO

_LENGTH = re.compile(rb"\s{0,20}(\d{1,10})[ \t]*\r?\n")
_LIST = b"<?xml"
_DELETED, _DRAFT, _JUNK = 1 << 1, 1 << 6, 1 << 24
"""Bits of the number `flags`."""


def mail(file: BinaryIO) -> bytes | None:
    """Return the first bytes of the mail in an .emlx file, or None if Apple Mail marks it as draft, junk or deleted."""
    begin = file.read(LONGEST_MESSAGE)
    length = _LENGTH.match(begin)
    if length is None:
        return begin
    start, end = length.end(), length.end() + int(length[1])
    # Of a long mail the end lies beyond what was read; its flags stand behind it.
    file.seek(end)
    rest = file.read(LONGEST_MESSAGE)
    content = begin[start:end]
    if not rest.lstrip().startswith(_LIST):  # the length is not right: the list is what stands last
        found = begin.rfind(_LIST)
        content, rest = (begin[start:found], begin[found:]) if found >= 0 else (begin[start:], b"")
    return None if _flags(rest) & (_DELETED | _DRAFT | _JUNK) else content


def _flags(properties: bytes) -> int:
    import plistlib  # noqa: PLC0415 -- only where there is mail of Apple Mail's

    try:
        found = plistlib.loads(properties.strip())
    except Exception:  # noqa: BLE001 -- whatever is wrong with it, the mail itself can be read
        return 0
    flags = found.get("flags") if isinstance(found, dict) else None
    return flags if isinstance(flags, int) else 0
