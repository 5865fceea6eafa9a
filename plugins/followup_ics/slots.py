"""The slots of a series that overrides are about: RECURRENCE-ID, RFC 5545, section 3.8.4.4."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from followup_ics.events import occurrence_id
from followup_ics.people import person
from followup_ics.versions import ME, original
from followup_rules import Profile, people
from followup_rules.meetings import same_organizer

if TYPE_CHECKING:
    from followup_ics.recurrence import Component


class Held(Struct, frozen=True):
    """The slot of an override that cannot be read: its occurrence is not known to be where the series puts it."""

    slot: date | datetime
    organizer: str
    and_future: bool
    """It is also about all slots after this one: RANGE=THISANDFUTURE (RFC 5545, section 3.2.13)."""

    def holds(self, slot: date | datetime, organizer: str) -> bool:
        """Tell whether this is the slot; a time in no known zone, or none, stands for its day."""
        if not same_organizer(self.organizer, organizer):
            return False
        aware = _is_aware(self.slot) and _is_aware(slot)
        own, other = (self.slot, slot) if aware else (_day(self.slot), _day(slot))
        return own == other or (self.and_future and own < other)

    def override_of(self, uid: str, profile: Profile) -> str:
        """Return an id for the override, which is none of an event: what is told of it keeps no event listed."""
        return f"{occurrence_id(uid, self.slot, profile)}/override"


def held_by(component: Component, profile: Profile) -> Held | None:
    """Return the slot that an unreadable VEVENT is about; None if that cannot be read either, or it is no override."""
    try:
        slot = original(component)
        organizer = person(component["ORGANIZER"]) if "ORGANIZER" in component else None
    except Exception:  # noqa: BLE001 -- whatever is wrong with it
        return None
    if not isinstance(slot, date):
        return None
    mine = organizer and people.is_one_of(organizer.address, profile.me)
    and_future = str(component["RECURRENCE-ID"].params.get("RANGE", "")).upper() == "THISANDFUTURE"
    return Held(slot, ME if mine else organizer.address if organizer else "", and_future)


def align(components: Sequence[Component]) -> None:
    """Give each override of a series the sort of RECURRENCE-ID that the series has: a date can only mean that day's."""
    from icalendar import vDDDTypes  # noqa: PLC0415 -- heavy

    master = next((component for component in components if "RECURRENCE-ID" not in component), None)
    if master is None:
        return
    start = master["DTSTART"].dt
    for component in components:
        slot = original(component)
        if slot is None:
            continue
        if isinstance(start, datetime) and not isinstance(slot, datetime):
            component["RECURRENCE-ID"] = vDDDTypes(datetime.combine(slot, start.time(), start.tzinfo))
        elif not isinstance(start, datetime) and isinstance(slot, datetime):
            component["RECURRENCE-ID"] = vDDDTypes(slot.date())


def _is_aware(slot: date | datetime) -> bool:
    return isinstance(slot, datetime) and slot.tzinfo is not None


def _day(slot: date | datetime) -> date:
    return slot.date() if isinstance(slot, datetime) else slot
