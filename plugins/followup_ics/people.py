"""Who takes part in a meeting: addresses from ATTENDEE and ORGANIZER, and which of them are humans."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from followup_rules import people
from followup_rules.note_takers import takes_notes
from followup_rules.plain import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from followup_rules import Person

# Attendees of one meeting; a list of thousands is a mailing list, not an interview.
_MOST = 500
_THINGS = frozenset({"ROOM", "RESOURCE", "GROUP"})


def person(property_: Any) -> Person | None:
    """Return whom a calendar address (RFC 5545, section 3.3.3) names, or None if it holds no mail address.

    Apple's calendars point to a principal and give the mail address in the parameter EMAIL.
    """
    params = getattr(property_, "params", {})
    name = str(params.get("CN", ""))
    return people.person(_bare(str(property_)), name) or people.person(_bare(str(params.get("EMAIL", ""))), name)


def _bare(address: str) -> str:
    return one_line(address).lower().removeprefix("mailto:").strip()


def humans(properties: Iterable[Any]) -> Iterator[Person]:
    """Yield those attendees who are no rooms, resources, groups or machines."""
    for property_ in list(properties)[:_MOST]:
        someone = person(property_)
        kind = str(getattr(property_, "params", {}).get("CUTYPE", "")).upper()  # RFC 5545, section 3.2.3
        if someone and kind not in _THINGS and people.is_human(someone) and not takes_notes(someone):
            yield someone


def coming(everybody: tuple[Person, ...], properties: Iterable[Any]) -> tuple[Person, ...]:
    """Return those of them who have not declined (PARTSTAT: RFC 5545, section 3.2.12)."""
    refused = [property_ for property_ in properties if _answer(property_) == "DECLINED"]
    declined = {someone.address for property_ in refused if (someone := person(property_))}
    return tuple(someone for someone in everybody if someone.address not in declined)


def _answer(property_: Any) -> str:
    return str(getattr(property_, "params", {}).get("PARTSTAT", "")).upper()
