"""Who writes and who is written to: people from the address headers of a mail (RFC 5322, section 3.4)."""

from __future__ import annotations

from collections.abc import Iterable
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.utils import getaddresses
from itertools import islice

from followup_rules.model import Person
from followup_rules.people import once_each, person

_MOST = 500
_LONGEST_HEADER = 50_000
_LONGEST_ENCODED = 10_000
"""Decoding takes time that grows with the square of the length; a title of 500 characters takes some 6,000."""


def people(headers: Iterable[str]) -> list[Person]:
    """Return those whom address headers name, each once; garbage is passed over."""
    pairs = islice((pair for header in headers for pair in _pairs(header)), _MOST)
    return once_each(someone for name, address in pairs if (someone := _person(name, address)))


def _pairs(header: str) -> list[tuple[str, str]]:
    try:
        return getaddresses([header[:_LONGEST_HEADER]])
    except RecursionError:  # thousands of nested comments
        return []


def _person(name: str, address: str) -> Person | None:
    return person(address, decoded(name)) if person(address) else None


def decoded(text: str) -> str:
    """Return a header's text with its encoded words (RFC 2047) decoded; what cannot be decoded stays as it is."""
    if "=?" not in text:
        return text
    text = text[:_LONGEST_ENCODED]
    try:
        return str(make_header(decode_header(text)))
    except (HeaderParseError, LookupError, ValueError):
        return text
