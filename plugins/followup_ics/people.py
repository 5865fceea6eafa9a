"""Who takes part in a meeting: addresses from ATTENDEE and ORGANIZER, and which of them are humans."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from followup_rules import meetings, people
from followup_rules.note_takers import takes_notes
from followup_rules.plain import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from followup_rules import Person

# Attendees of one meeting; a list of thousands is a mailing list, not an interview.
_MOST = 500
_SCHEME = re.compile(r"^\s*(?:mailto:\s*)+", re.IGNORECASE)
_BEHIND = re.compile(r"[?;,>\\]")
"""Behind an address: the fields of a mail, or what a program has written in the wrong place."""
_THINGS = frozenset({"ROOM", "RESOURCE", "GROUP"})


def person(property_: Any) -> Person | None:
    """Return whom a calendar address (RFC 5545, section 3.3.3) names, or None if it holds no mail address.

    Apple's calendars point to a principal, or to an address of its server's alone (`2_HA2DANBQ@imip.me.com`), and give
    the one that reaches somebody in the parameter EMAIL (RFC 7986, section 6.2). Exchange's exports write
    `invalid:nomail` and leave it in the name.
    """
    name, address = parameter(property_, "CN"), parameter(property_, "EMAIL")
    written = (bare(address), bare(str(property_)), bare(name))
    return next((someone for each in written if (someone := people.person(each, name))), None)


def parameter(property_: Any, name: str) -> str:
    """Return a parameter of a calendar address; a comma in it ought to be quoted and often is not."""
    value = getattr(property_, "params", {}).get(name, "")
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def bare(address: str) -> str:
    """Return the mail address alone: of `mailto:a%40b.ca?subject=...` (RFC 6068), `Julie <a@b.ca>`, `a@b.ca;CN=A`."""
    found = _SCHEME.sub("", one_line(address))
    if "<" in found:
        found = found.rpartition("<")[2].partition(">")[0]
    bare = _BEHIND.split(found, 1)[0].strip(" \t\"'")
    return unquote(bare) if "@" not in bare else bare


def humans(properties: Iterable[Any]) -> Iterator[Person]:
    """Yield those attendees who are no rooms, resources, groups or machines."""
    for property_ in list(properties)[:_MOST]:
        someone = person(property_)
        kind = parameter(property_, "CUTYPE").upper()  # RFC 5545, section 3.2.3
        if someone and kind not in _THINGS and people.is_human(someone) and not takes_notes(someone):
            yield someone


def coming(everybody: tuple[Person, ...], properties: Iterable[Any]) -> tuple[Person, ...]:
    """Return those of them who come: who have neither declined nor sent somebody else, and were not only told of it."""
    absent = {someone.address for each in properties if _stays_away(each) and (someone := person(each))}
    return tuple(someone for someone in everybody if someone.address not in absent)


def _stays_away(property_: Any) -> bool:
    """Tell of one whose answer says so, or who is copied for information only (RFC 5545, section 3.2.16)."""
    refuses = parameter(property_, "PARTSTAT").strip().upper() in meetings.ABSENT
    return refuses or parameter(property_, "ROLE").strip().upper() == "NON-PARTICIPANT"
