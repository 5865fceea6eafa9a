"""Who takes part in a meeting: addresses from ATTENDEE and ORGANIZER, and which of them are humans."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from followup_ics.text import one_line
from followup_rules import Person

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MOST = 500
"""Attendees of one meeting; a list of thousands is a mailing list, not an interview."""

_ADDRESS = re.compile(r"""[^\s@<>"(),:;\\\[\]]{1,64}@[^\s@<>"(),:;\\\[\]]{1,190}\.[^\s@<>"(),:;\\\[\].]{2,63}""")
_NO_REPLY = re.compile(
    r"(?:^|[._+-])(?:(?:no|do[._-]?not)[._-]?reply|ne[._-]?pas[._-]?r[eé]pondre)(?:$|[._+-]|\d)", re.IGNORECASE
)
_THINGS = frozenset({"ROOM", "RESOURCE", "GROUP"})


def person(property_: Any) -> Person | None:
    """Return whom a calendar address (RFC 5545, section 3.3.3) names, or None if it holds no mail address.

    Apple's calendars point to a principal and give the mail address in the parameter EMAIL.
    """
    params = getattr(property_, "params", {})
    address = _address(str(property_)) or _address(str(params.get("EMAIL", "")))
    if not address:
        return None
    name = one_line(str(params.get("CN", "")), 200).strip("'\" ")
    return Person(address, "" if name.lower() == address else name)


def _address(text: str) -> str:
    address = one_line(text).lower().removeprefix("mailto:").strip()
    return address if _ADDRESS.fullmatch(address) else ""


def humans(properties: Iterable[Any]) -> Iterator[Person]:
    """Yield those attendees who are no rooms, resources, groups or machines."""
    for property_ in list(properties)[:_MOST]:
        found = person(property_)
        if found and _kind(property_) not in _THINGS and is_human(found):
            yield found


def _kind(property_: Any) -> str:
    """Return the CUTYPE (RFC 5545, section 3.2.3)."""
    return str(getattr(property_, "params", {}).get("CUTYPE", "")).upper()


def is_human(someone: Person) -> bool:
    """Tell whether a human reads this address: no `no-reply@`, none of Google's rooms and group calendars."""
    local = someone.address.rpartition("@")[0]
    return not _NO_REPLY.search(local) and not f".{someone.domain}".endswith(".calendar.google.com")
