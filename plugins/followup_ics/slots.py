"""The slots of a series that unreadable overrides are about: RECURRENCE-ID, RFC 5545, section 3.8.4.4."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from followup_ics.entries import parsed
from followup_ics.events import occurrence_id
from followup_ics.flaws import FlawError
from followup_ics.people import person
from followup_ics.times import alike, set_zones
from followup_ics.versions import ME
from followup_rules import Profile, people
from followup_rules.meetings import same_organizer

if TYPE_CHECKING:
    from followup_ics.recurrence import Component
    from followup_ics.text import Entry

_SLOT = re.compile(r"^RECURRENCE-ID[ \t]*[;:].*$", re.IGNORECASE | re.MULTILINE)
_ORGANIZER = re.compile(r"^ORGANIZER[ \t]*[;:].*$", re.IGNORECASE | re.MULTILINE)


class Held(Struct, frozen=True):
    """The slot of an override that cannot be read: its occurrence is not known to be where the series puts it."""

    slot: date | datetime | None
    """Nothing, if that cannot be read either: then it could be any."""
    organizer: str
    and_future: bool = False
    """It is also about all slots after this one: RANGE=THISANDFUTURE (RFC 5545, section 3.2.13)."""

    def concerns(self, organizer: str) -> bool:
        """Tell whether it may be about a meeting of this organizer."""
        return same_organizer(self.organizer, organizer)

    def holds(self, slot: date | datetime, organizer: str, profile: Profile) -> bool:
        """Tell whether this is the slot; a time in a zone that nobody knows stands for its day."""
        if self.slot is None or not self.concerns(organizer):
            return False
        zoned = not isinstance(self.slot, datetime) or self.slot.tzinfo is not None
        own: Any = alike(self.slot, slot, profile.timezone) if zoned else _day(self.slot)
        other: Any = slot if zoned else _day(slot)
        return bool(own == other or (self.and_future and own < other))

    def override_of(self, uid: str, profile: Profile) -> str:
        """Return an id for the override, which is none of an event: what is told of it keeps no event listed.

        Nothing, if all occurrences are held: they stay as they were read before.
        """
        return f"{occurrence_id(uid, self.slot, profile)}/override" if uid and self.slot is not None else ""


def held_by(entry: Entry, profile: Profile) -> Held | None:
    """Return the slot that an unreadable entry is about; None if it is no override."""
    written = _SLOT.search(entry.text)
    if not written:
        return None
    organizer = _organizer(entry, profile)
    try:
        component = parsed(written[0])
        named = component["RECURRENCE-ID"]
    except Exception:  # noqa: BLE001 -- whatever is wrong with it
        return Held(None, organizer)
    _set_zone(component, entry, profile)
    # THISANDPRIOR was taken out of the standard (RFC 5545, section 3.2.13, has only this value).
    return Held(named.dt, organizer, named.params.get("RANGE") == "THISANDFUTURE")


def _set_zone(component: Component, entry: Entry, profile: Profile) -> None:
    """Give the slot its zone; one in a zone that nobody knows stays without."""
    try:
        set_zones(component, entry.file.zones, profile.timezone)
    except FlawError:
        return


def _organizer(entry: Entry, profile: Profile) -> str:
    written = _ORGANIZER.search(entry.text)
    try:
        named = person(parsed(written[0])["ORGANIZER"]) if written else None
    except Exception:  # noqa: BLE001 -- whatever is wrong with it
        return ""
    if named and people.is_one_of(named.address, profile.me):
        return ME
    return named.address if named else ""


def _day(slot: date | datetime) -> date:
    return slot.date() if isinstance(slot, datetime) else slot
