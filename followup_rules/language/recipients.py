"""To whom something goes: the anchor's people, an address, or one that a field of the anchor gives."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from followup_rules.model import Event, Person, Visit
from followup_rules.people import once_each, person

_NOTED = re.compile(r"it\.([^\W\d_][\w-]*)")
_BETWEEN = re.compile(r"[\s,;<>]+")
# Words of one value; more are no list of addresses that somebody typed.
_MOST = 100


def noted_field(word: str) -> str:
    """Return the field that "it.FIELD" names, or "" for any other word."""
    found = _NOTED.fullmatch(word)
    return found[1] if found else ""


def people(to: Iterable[str], visit: Visit) -> list[Person]:
    """Return the people whom `to` means for a visit, each once."""
    return once_each(someone for word in to for someone in _people(word, visit))


def _people(word: str, visit: Visit) -> Iterator[Person]:
    if word == "them":
        yield from visit.people
    elif field := noted_field(word):
        yield from noted(field, visit.events)
    else:
        yield Person(word.lower())


def noted(field: str, events: Iterable[Event]) -> Iterator[Person]:
    """Return the people whose addresses a field of events gives: `ref:claude@oldjob.example`, or several."""
    for event in events:
        yield from written(event.data.get(field))


def written(value: object) -> Iterator[Person]:
    """Return the people whose addresses stand in a value that somebody wrote; nobody if it is no text."""
    words = _BETWEEN.split(value)[:_MOST] if isinstance(value, str) and "@" in value else ()
    yield from (found for word in words if (found := person(word.strip("."))) is not None)
