"""Who writes and who is written to: people from the address headers of a mail (RFC 5322, section 3.4).

The email library reads these headers in another way from one Python to the next, and a newer one loses a whole header
at one odd address. Here each address is read by itself, as mail programs do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from email.errors import HeaderParseError
from email.header import decode_header
from functools import lru_cache
from itertools import islice

from msgspec import Struct

from followup_rules.mail import charsets
from followup_rules.model import Person
from followup_rules.people import once_each, person

_MOST = 500
_LONGEST_HEADER = 50_000
_LONGEST_NAME = 20
"""In pieces; nobody has so many commas in a name."""
_LONGEST_ENCODED = 10_000
"""Decoding takes time that grows with the square of the length; a title of 500 characters takes some 6,000."""

_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"|<[^<>]*>|\\.|[^"<>\\(),;:]+|.', re.DOTALL)
_SPACED_AT = re.compile(r"\s*@\s*")
_QUOTING = re.compile(r'\\(.)|"')
_ROUTE = re.compile(r"@[^:]*:|mailto:", re.IGNORECASE)
_COMMENT = re.compile(r"\([^()]*\)")
_SIMPLE_QUOTED = re.compile(r'"([^\s"\\@]+)"@')


class Mailbox(Struct, frozen=True):
    """What stands in a header for one person: a name, and an address as it is written."""

    name: str
    address: str


def people(headers: Iterable[str]) -> list[Person]:
    """Return those whom address headers name, each once; garbage is passed over."""
    return once_each(someone for found in mailboxes(headers) if (someone := person(found.address, found.name)))


def mailboxes(headers: Iterable[str]) -> list[Mailbox]:
    """Return all that looks like an address in address headers, in their order."""
    return list(islice((found for header in headers for found in _split(header[:_LONGEST_HEADER])), _MOST))


@lru_cache(maxsize=2048)  # the same few people write and are written to
def _split(header: str) -> tuple[Mailbox, ...]:
    # Some programs encode a whole header, which RFC 2047 (section 5) forbids, and others read it all the same.
    return tuple(islice(_found(header if "@" in header else decoded(header)), _MOST))


def _found(header: str) -> Iterator[Mailbox]:
    """Yield each mailbox of a header: between commas or, as Outlook shows them, semicolons.

    A part without an address is the beginning of a name with a comma that nobody has put in quotes.
    """
    pieces = _without_loose_ends(_PIECE.findall(header))
    part: list[str] = []
    depth = 0
    for piece in [*pieces, ","]:
        # Commas within comments part nothing (section 3.2.2).
        depth += (piece == "(") - (piece == ")")
        if depth == 0 and piece in (",", ";"):
            found = list(_mailboxes(part))
            yield from found
            is_name = piece == "," and not found and 0 < len(part) < _LONGEST_NAME
            part = [*part, ","] if is_name else []
        elif depth == 0 and piece == ":":  # what stands before it names a group
            part = []
        else:
            part.append(piece)


def _without_loose_ends(pieces: list[str]) -> list[str]:
    """Return the pieces without parentheses that are never closed or opened; the others enclose comments."""
    opened: list[int] = []
    loose: set[int] = set()
    for index, piece in enumerate(pieces):
        if piece == "(":
            opened.append(index)
        elif piece == ")" and opened:
            opened.pop()
        elif piece == ")":
            loose.add(index)
    # "Julie (Nordik" is a name with a slip, not a comment that swallows all the addresses after it.
    loose.update(opened)
    return [piece for index, piece in enumerate(pieces) if index not in loose]


def _mailboxes(part: list[str]) -> Iterator[Mailbox]:
    """Yield the address of one part with its name; several if it is not clear which one is meant."""
    if not any("@" in piece for piece in part):
        return
    # Of "julie@nordik.ca" <jroy@nordik.ca> the name only looks like an address.
    angles = [piece for piece in part if piece[0] == "<" and "@" in piece]
    if angles:
        name = _name("".join(piece for piece in part if piece not in angles))
        yield from (Mailbox(name, _address(angle.strip("<>"))) for angle in angles)
        return
    named, said, comment = _sorted(part)
    words = _SPACED_AT.sub("@", said).split()
    name = _name(" ".join([named, *(word for word in words if "@" not in word)])) or _name(comment)
    yield from (Mailbox(name, _address(word)) for word in words if "@" in word)


def _sorted(part: list[str]) -> tuple[str, str, str]:
    """Return what stands in quotes and is no address, the words, and the comments of a part without angle brackets."""
    named, said, comment = "", "", ""
    depth = 0
    for piece, following in zip(part, [*part[1:], ""], strict=True):
        if piece in ("(", ")"):
            depth += 1 if piece == "(" else -1
        elif depth:
            comment += piece
        elif piece[0] == '"' and following[:1] != "@":
            named += piece
        else:
            said += piece
    return named, said, comment


def _name(written: str) -> str:
    """Return a name without the quotes and backslashes that mail needs (section 3.2.4), its encoded words decoded."""
    return " ".join(decoded(_QUOTING.sub(r"\1", written)).split()).strip(" ,")


def _address(written: str) -> str:
    """Return an address without a route and comments (section 4.4), white space, and signs and quotes without need."""
    plain = _ROUTE.sub("", "".join(_COMMENT.sub("", written).split()).strip("[]<>'").rstrip("."), count=1)
    return _SIMPLE_QUOTED.sub(r"\1@", plain)


def decoded(text: str) -> str:
    """Return a header's text with its encoded words (RFC 2047) decoded; what cannot be decoded stays as it is."""
    if "=?" not in text:
        return text
    text = text[:_LONGEST_ENCODED]
    try:
        return "".join(_of_charset(piece, charset) for piece, charset in decode_header(text))
    # Base64 that is cut off, a charset that Python does not know, a NUL in its name: each raises something else.
    except (HeaderParseError, LookupError, ValueError):
        return text


def _of_charset(piece: bytes | str, charset: str | None) -> str:
    """Return a piece of a header in clear."""
    if isinstance(piece, str):
        return piece
    # decode_header gives bytes for the words between encoded ones, too, encoded as raw-unicode-escape.
    return charsets.read(piece, charset) if charset else piece.decode("raw-unicode-escape", "replace")
