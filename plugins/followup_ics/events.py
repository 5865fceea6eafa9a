"""One VEVENT (RFC 5545, section 3.6.1) as an event."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from followup_ics.flaws import FlawError
from followup_ics.lines import DAYS
from followup_ics.people import coming, humans, parameter, person
from followup_rules import Event, Person, Profile, meetings, people, plain
from followup_rules.sentences import Sentence

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from followup_ics.recurrence import Component

# When a meeting that is set for the whole day counts as over.
_END_OF_DAY = time(18)
_LONGEST_UID = 250
_HIGHEST = 2**31
STAMP = "X-FOLLOWUP-STAMP"
"""Under this name a component keeps when its entry was last changed, if its stamps tell."""


def event(component: Component, uid: str, slot: date | datetime | None, profile: Profile, where: str) -> Event:
    """Build the event of a UID. `slot` is the original start of an occurrence. Raises FlawError."""
    start, end = span(component, profile.timezone)
    title, description = plain.one_line(first(component, "SUMMARY")), plain.description(first(component, "DESCRIPTION"))
    organizer = person(component["ORGANIZER"]) if "ORGANIZER" in component else None
    attendees = values(component, "ATTENDEE")
    # An organizer may be a room or a list, too: some servers copy CUTYPE from the attendee's line.
    others = people.others([*humans(attendees), *humans(values(component, "ORGANIZER")[:1])], profile.me)
    own = _is_own(component, organizer, profile)
    return Event(
        id=occurrence_id(uid, slot, profile),
        kind="meeting",
        start=start,
        end=end,
        title=title,
        text=description[: plain.LONGEST_TEXT],
        people=coming(others, attendees),
        organizer=organizer,
        status=_status(component, organizer, others, profile),
        answered=_is_answered(component, organizer, profile),
        sequence=sequence(component),
        tags=plain.tags(title, description) if own else (),
        case=plain.case(title, description) if own else "",
        updated=component.get(STAMP) or None,
        where=where,
    )


def _is_own(component: Component, organizer: Person | None, profile: Profile) -> bool:
    """Tell whether the user wrote an entry: they organize it, or nobody does and no program sent it (RFC 5546).

    A calendar that is exported as a whole may say that it is published, which needs an organizer if it is sent.
    """
    if organizer:
        return people.is_one_of(organizer.address, profile.me)
    return "ORGANIZER" not in component and component.get("METHOD", "") in ("", "PUBLISH")


def first(component: Component, name: str) -> str:
    """Return a property's text; of a doubled one, the first."""
    return str(values(component, name)[0]) if name in component else ""


def span(component: Component, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return start and end in the user's zone; a meeting of whole days ends at 18:00 of the last. Raises FlawError."""
    if "DTSTART" not in component:
        raise FlawError(Sentence("it has no start (DTSTART); set one"))
    start = _moment(component["DTSTART"], zone)
    end = _whole_days_end(component, zone) if _is_date(component["DTSTART"].dt) else _end(component, start, zone)
    if end < start:
        raise FlawError(Sentence("it ends before it starts; set its end anew"))
    return start, end


def _whole_days_end(component: Component, zone: ZoneInfo) -> datetime:
    """Return 18:00 of the last day. DTEND is exclusive (RFC 5545, section 3.6.1).

    It ought to be a date, too (3.8.2.2). Where it is a time, midnight stands for its date, and another is the end.
    """
    first_day: date = component["DTSTART"].dt
    after = first_day + timedelta(days=1)
    if "DTEND" in component:
        ends: date = component["DTEND"].dt
        if isinstance(ends, datetime) and ends.time() != time():
            return ends.astimezone(zone)
        after = ends.date() if isinstance(ends, datetime) else ends
    elif "DURATION" in component:
        after = first_day + component["DURATION"].dt
    if after < first_day:
        raise FlawError(Sentence("it ends before it starts; set its end anew"))
    # Some programs write the same date twice, for one day.
    last = max(after - timedelta(days=1), first_day)
    return datetime.combine(last, _END_OF_DAY, zone)


def _end(component: Component, start: datetime, zone: ZoneInfo) -> datetime:
    if "DTEND" in component:
        return _moment(component["DTEND"], zone)
    if "DURATION" in component:
        # Days are of the calendar, hours are elapsed time: over a change of the clocks they differ (section 3.3.6).
        elapsed: timedelta = component["DURATION"].dt
        days = timedelta(int(parameter(component["DURATION"], DAYS) or 0))
        day: datetime = component["DTSTART"].dt + days
        return (day.astimezone(UTC) + elapsed - days).astimezone(zone)
    return start


def _is_date(moment: Any) -> bool:
    return isinstance(moment, date) and not isinstance(moment, datetime)


def _moment(property_: Any, zone: ZoneInfo) -> datetime:
    """Return the instant of a DTSTART or the like in the user's zone."""
    moment = property_.dt
    if _is_date(moment):
        return datetime.combine(moment, time(), zone)
    found: datetime = moment
    return found.astimezone(zone)


def identifier(component: Component) -> str:
    """Return the UID, or a substitute made from start and title for the calendars that leave it out."""
    uid = "".join(plain.one_line(first(component, "UID"), _LONGEST_UID + 1).split())
    if uid and len(uid) <= _LONGEST_UID:
        return uid
    try:
        start = component["DTSTART"].dt if "DTSTART" in component else ""
    except (ValueError, AttributeError):  # a start that cannot be read, or two of them
        start = ""
    essence = first(component, "UID") or f"{start}\n{first(component, 'SUMMARY')}"
    return "sha256:" + hashlib.sha256(essence.encode(errors="replace")).hexdigest()[:32]


def occurrence_id(uid: str, slot: date | datetime | None, profile: Profile) -> str:
    """Return the id of a meeting, or of the occurrence of a series that was meant for a slot."""
    return uid if slot is None else f"{uid}/{slot_name(slot, profile.timezone)}"


def slot_name(slot: date | datetime, zone: ZoneInfo) -> str:
    """Return the original start as `20261109T150000Z`, or `20261109` for a whole day."""
    if not isinstance(slot, datetime):
        return f"{slot:%Y%m%d}"
    aware = slot.replace(tzinfo=zone) if slot.tzinfo is None else slot
    return f"{aware.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _status(component: Component, organizer: Person | None, others: tuple[Person, ...], profile: Profile) -> str:
    status, answer = _word(component, "STATUS"), meetings.answer(_my_answers(component, profile))
    if is_cancelled(component):
        return "cancelled"
    if answer in meetings.ABSENT:
        return "declined"
    # An own entry with nobody in it is a note to oneself, not a meeting that I hold for others.
    if organizer and people.is_one_of(organizer.address, profile.me) and others:
        return "mine"
    return "tentative" if "TENTATIVE" in (status, answer) else "confirmed"


def is_cancelled(component: Component) -> bool:
    """Tell whether an entry is called off: by STATUS in either spelling, METHOD (RFC 5546, 3.2.5), or its title."""
    by_word = _word(component, "STATUS") in ("CANCELLED", "CANCELED") or component.get("METHOD", "") == "CANCEL"
    return by_word or meetings.is_called_off(first(component, "SUMMARY"))


def _is_answered(component: Component, organizer: Person | None, profile: Profile) -> bool:
    """Tell whether I called a meeting or have answered; nobody answers an entry to which nobody is invited."""
    if organizer and people.is_one_of(organizer.address, profile.me):
        return True
    if answers := _my_answers(component, profile):
        return meetings.answer(answers) != "NEEDS-ACTION"
    return organizer is None and (_is_own(component, organizer, profile) or "ATTENDEE" not in component)


def _my_answers(component: Component, profile: Profile) -> list[str]:
    """Return the PARTSTAT of each of my addresses that is invited (RFC 5545, section 3.2.12)."""
    invited = ((attendee, person(attendee)) for attendee in values(component, "ATTENDEE"))
    mine = (attendee for attendee, who in invited if who and people.is_one_of(who.address, profile.me))
    return [parameter(attendee, "PARTSTAT") for attendee in mine]


def sequence(component: Component) -> int:
    """Return the number of the revision; 0 if it is none that can be compared."""
    number = component.get("SEQUENCE", 0)
    return int(number) if isinstance(number, int) and 0 <= number < _HIGHEST else 0


def _word(component: Component, name: str) -> str:
    return first(component, name).strip().upper()


def values(component: Component, name: str) -> list[Any]:
    """Return all properties of that name."""
    found = component.get(name, [])
    return found if isinstance(found, list) else [found]
