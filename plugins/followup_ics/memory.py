"""What a source remembers of its last reading, as a cursor: hashes only, no titles, names or addresses.

The cursor lies in the store beside the events, and is as old as they are. So what it says has been read need not be
read again; that it is still there is said by `Pull.unchanged`.
"""

from __future__ import annotations

from base64 import b85decode, b85encode
from collections.abc import Collection

import msgspec
from msgspec import Struct

SIZE = 8
"""Bytes of a hash."""


class Memory(Struct, frozen=True, array_like=True):
    """What was read, and under which circumstances."""

    seen: str = ""
    """A hash of everything that the events depend on: while it is the same, nothing is opened."""
    setting: str = ""
    """A hash of what all entries depend on: the options, and who I am."""
    days: tuple[str, str] = ("", "")
    """The first and last day of the window."""
    settled: str = ""
    """The entries that mean the same in every later window."""
    of_the_day: str = ""
    """The others: those that recur, and those beyond the window."""
    meetings: int = 0
    """How many there were."""
    steps: int = 0
    """What laying them out took."""
    etag: str = ""
    """Of a calendar on the web: by what its server tells whether it has changed."""
    modified: str = ""
    """Likewise, in the server's own words."""

    def holds_for(self, setting: str, days: tuple[str, str]) -> bool:
        """Tell whether what was read is right in this setting and for this window or an earlier one."""
        return setting == self.setting and self.days[0] <= days[0] and self.days[1] <= days[1]


def recalled(cursor: str) -> Memory:
    """Return what a cursor remembers; nothing, if it is none of ours."""
    try:
        return msgspec.json.decode(cursor, type=Memory)
    except msgspec.DecodeError:
        return Memory()


def cursor(memory: Memory) -> str:
    """Return the memory as text."""
    return msgspec.json.encode(memory).decode()


def packed(hashes: Collection[bytes]) -> str:
    """Return hashes as text, in an order of their own."""
    # Base 85 needs a quarter more than the bytes, hexadecimal twice as much; a calendar may have 20,000 entries.
    return b85encode(b"".join(sorted(hashes))).decode()


def unpacked(text: str) -> frozenset[bytes]:
    """Return the hashes of a text."""
    whole = b85decode(text)
    return frozenset(whole[at : at + SIZE] for at in range(0, len(whole), SIZE))
