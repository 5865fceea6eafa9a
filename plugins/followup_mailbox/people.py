"""Who writes and who is written to: addresses from mail headers, and which of them are humans."""

from __future__ import annotations

import re
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.utils import getaddresses
from itertools import islice
from typing import TYPE_CHECKING

from followup_mailbox.text import one_line
from followup_rules import Person

if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST = 500
_LONGEST_HEADER = 50_000
_LONGEST_ENCODED = 10_000
"""Decoding takes time that grows with the square of the length; a title of 500 characters takes some 6,000."""

_ADDRESS = re.compile(r"""[^\s@<>"(),:;\\\[\]]{1,64}@[^\s@<>"(),:;\\\[\]]{1,190}\.[^\s@<>"(),:;\\\[\].]{2,63}""")
_NO_REPLY = re.compile(
    r"(?:^|[._+-])(?:(?:no|do[._-]?not)[._-]?reply|ne[._-]?pas[._-]?r[eé]pondre)(?:$|[._+-]|\d)", re.IGNORECASE
)


def people(headers: Iterable[str]) -> list[Person]:
    """Return those whom address headers name (RFC 5322, section 3.4), each once; garbage is passed over."""
    pairs = islice((pair for header in headers for pair in _pairs(header)), _MOST)
    found = [someone for name, address in pairs if (someone := _person(name, address))]
    named = {someone.address: someone for someone in sorted(found, key=lambda someone: someone.name != "")}
    return [named[address] for address in dict.fromkeys(someone.address for someone in found)]


def _pairs(header: str) -> list[tuple[str, str]]:
    try:
        return getaddresses([header[:_LONGEST_HEADER]])
    except RecursionError:  # thousands of nested comments
        return []


def _person(name: str, address: str) -> Person | None:
    address = one_line(address).lower()
    if not _ADDRESS.fullmatch(address):
        return None
    name = one_line(decoded(name), 200).strip("'\" ")
    return Person(address, "" if name.lower() == address else name)


def is_human(someone: Person) -> bool:
    """Tell whether a human reads this address: no `no-reply@`, none of Google's rooms and group calendars."""
    local = someone.address.rpartition("@")[0]
    return not _NO_REPLY.search(local) and not f".{someone.domain}".endswith(".calendar.google.com")


def decoded(text: str) -> str:
    """Return a header's text with its encoded words (RFC 2047) decoded; what cannot be decoded stays as it is."""
    if "=?" not in text:
        return text
    text = text[:_LONGEST_ENCODED]
    try:
        return str(make_header(decode_header(text)))
    except (HeaderParseError, LookupError, ValueError):
        return text
