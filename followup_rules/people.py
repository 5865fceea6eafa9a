"""Whom an address names, and whether a human reads it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from followup_rules.model import Person
from followup_rules.plain import one_line

_ADDRESS = re.compile(r"""[^\s@<>"(),:;\\\[\]]{1,64}@[^\s@<>"(),:;\\\[\]]{1,190}\.[^\s@<>"(),:;\\\[\].]{2,63}""")
_NO_REPLY = re.compile(
    r"(?:^|[._+-])(?:(?:no|do[._-]?not)[._-]?reply|ne[._-]?pas[._-]?r[eé]pondre)(?:$|[._+-]|\d)", re.IGNORECASE
)
_LONGEST_NAME = 200


def person(address: str, name: str = "") -> Person | None:
    """Return the person with this address, in lower case, and name; None if it is no mail address."""
    address = one_line(address).lower()
    if not _ADDRESS.fullmatch(address):
        return None
    shown = one_line(name, _LONGEST_NAME).strip("'\" ")
    return Person(address, "" if shown.lower() == address else shown)


def once_each(found: Iterable[Person]) -> list[Person]:
    """Return each address once, in their order, named if any of them is."""
    given = list(found)
    named = {someone.address: someone for someone in sorted(given, key=lambda someone: someone.name != "")}
    return [named[address] for address in dict.fromkeys(someone.address for someone in given)]


def is_human(someone: Person) -> bool:
    """Tell whether a human reads this address: no `no-reply@`, none of Google's rooms and group calendars."""
    local = someone.address.rpartition("@")[0]
    return not _NO_REPLY.search(local) and not f".{someone.domain}".endswith(".calendar.google.com")
