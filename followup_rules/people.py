"""Whom an address names, and whether a human reads it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from functools import lru_cache

from followup_rules.model import Person
from followup_rules.plain import one_line

_ADDRESS = re.compile(r"""[^\s@<>"(),:;\\\[\]]{1,64}@[^\s@<>"(),:;\\\[\]]{1,190}\.[^\s@<>"(),:;\\\[\].]{2,63}""")
_NO_REPLY = re.compile(
    r"(?:^|[._+-])(?:(?:no|do[._-]?not)[._-]?reply|ne[._-]?pas[._-]?r[eé]pondre)(?:$|[._+-]|\d)", re.IGNORECASE
)
_LONGEST_NAME = 200
_GMAIL = frozenset({"gmail.com", "googlemail.com"})


@lru_cache(maxsize=8192)  # the same people write and are written to again and again
def person(address: str, name: str = "") -> Person | None:
    """Return the person with this address, in lower case, and name; None if it is no mail address.

    One domain has one spelling, with its accents: `xn--htel-vqa.ca`, as mail carries it, is `hôtel.ca`.
    """
    address = one_line(address).lower()
    if not _ADDRESS.fullmatch(address):
        return None
    address = spelt_out(address)
    # Outlook puts an address in quotes where it knows no name.
    shown = one_line(name, _LONGEST_NAME).strip("'\" ")
    return Person(address, "" if shown.lower() == address else shown)


def spelt_out(written: str) -> str:
    """Return an address, or a domain alone, with the domain as people write it; what is no domain stays as it is."""
    name, at, domain = written.rpartition("@")
    try:
        spelt = domain.encode().decode("idna") if "xn--" in domain else unicodedata.normalize("NFC", domain)
    except UnicodeError:  # these rules (RFC 3490) do not know it
        return written
    return f"{name}{at}{spelt}" if _ADDRESS.fullmatch(f"somebody@{spelt}") else written


def as_carried(domain: str) -> str:
    """Return a domain in the letters in which mail carries it (RFC 3490): `hôtel.ca` is `xn--htel-vqa.ca`.

    Raises UnicodeError if it cannot be written so, or only as another: these rules take `ß` for `ss`.
    """
    carried = domain.encode("idna").decode()
    if not domain.isascii() and carried.encode().decode("idna") != unicodedata.normalize("NFC", domain).lower():
        raise UnicodeError(f"{domain} would be taken for another domain")
    return carried


def once_each(people: Iterable[Person]) -> list[Person]:
    """Return each address once, in the order in which they first appear, by the first name that is given."""
    by_address: dict[str, Person] = {}
    for someone in people:
        known = by_address.setdefault(someone.address, someone)
        if someone.name and not known.name:
            by_address[someone.address] = someone
    return list(by_address.values())


def others(people: Iterable[Person], me: Collection[str]) -> tuple[Person, ...]:
    """Return the humans among them other than the user, who has these addresses; each once."""
    return tuple(someone for someone in once_each(people) if is_human(someone) and not is_one_of(someone.address, me))


def is_one_of(address: str, mine: Collection[str]) -> bool:
    """Tell whether mail to an address comes to one of mine: itself, with a `+detail` (RFC 5233), or as Gmail spells it.

    Gmail sees no dots in its own addresses (support.google.com/mail/answer/7436150), and googlemail.com is gmail.com.
    """
    if address in mine:
        return True
    # Mine may itself have a detail: julie+jobs@..., which then is known only as it is written.
    known, written = _spellings(frozenset(mine)), _spelling(address)
    name, at, domain = written.rpartition("@")
    return written in known or f"{name.partition('+')[0]}{at}{domain}" in known


@lru_cache(maxsize=16)
def _spellings(addresses: frozenset[str]) -> frozenset[str]:
    return frozenset(map(_spelling, addresses))


def _spelling(address: str) -> str:
    name, _, domain = address.lower().rpartition("@")
    return f"{name.replace('.', '')}@gmail.com" if domain in _GMAIL else f"{name}@{domain}"


@lru_cache(maxsize=4096)  # the same few are asked about again and again
def normal(address: str) -> str:
    """Return an address by which one person is one: in lower case, and googlemail.com is gmail.com."""
    name, at, domain = address.lower().rpartition("@")
    return f"{name}{at}gmail.com" if domain in _GMAIL else f"{name}{at}{domain}"


def is_human(someone: Person) -> bool:
    """Tell whether a human reads this address: no `no-reply@`, none of Google's rooms and group calendars."""
    local = someone.address.rpartition("@")[0]
    # Rooms are ...@resource.calendar.google.com, calendars of a group ...@group.calendar.google.com.
    return not _NO_REPLY.search(local) and not f".{someone.domain}".endswith(".calendar.google.com")
