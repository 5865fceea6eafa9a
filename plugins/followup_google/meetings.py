"""Calendar entries as Google hands them out, as events."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from followup_rules import BadItem, Event, Person, Profile, meetings, people, plain
from followup_rules.note_takers import takes_notes
from followup_rules.sentences import Sentence

_NO_MEETINGS = frozenset({"workingLocation", "birthday", "outOfOffice", "focusTime"})
# When a meeting that is set for the whole day counts as over.
_END_OF_DAY = time(18)
_MOST_PEOPLE = 500


def event(entry: Any, profile: Profile, calendar: str = "") -> Event | BadItem | None:
    """Return an entry of a calendar as an event, or what is wrong with it, or None if it is no meeting.

    Of what was deleted, Google may tell no more than the id; then it is not listed any more, and so it is gone.
    """
    named = (entry.get("summary") or entry.get("id")) if isinstance(entry, dict) else None
    where = f"Google Calendar: {plain.one_line(str(named or 'an entry without id'), 80)}"
    try:
        deleted = entry.get("status") == "cancelled" and "start" not in entry
        is_meeting = not deleted and entry.get("eventType") not in _NO_MEETINGS
        return _event(entry, profile, calendar, where) if is_meeting else None
    except Exception as error:  # noqa: BLE001 -- whatever is odd about one entry, the others work
        reason = Sentence("this entry cannot be read ({name}: {error})", name=type(error).__name__, error=error)
        return BadItem(where, reason, _id_or_nothing(entry, profile.timezone))


def seen_by_another(entry: Any) -> Any:
    """Return an entry of somebody else's calendar without the marks by which Google says there who `self` is."""
    if isinstance(entry, dict):
        return {name: seen_by_another(value) for name, value in entry.items() if name != "self"}
    return [seen_by_another(value) for value in entry] if isinstance(entry, list) else entry


def made_in(entry: Any, calendar: str) -> bool:
    """Tell whether an entry was made in this very calendar, which is not a person's first one, or moved to it."""
    called_by = entry.get("organizer") if isinstance(entry, dict) else None
    return called_by is not None and _is_calendar(called_by) and called_by["email"].lower() == calendar.lower()


def _is_calendar(called_by: Any) -> bool:
    """Tell whether a calendar stands in the place of who called a meeting, as in all but a person's first one."""
    email = called_by.get("email") if isinstance(called_by, dict) else None
    return str(email).lower().endswith(".calendar.google.com")


def _event(entry: Mapping[str, Any], profile: Profile, calendar: str, where: str) -> Event:
    start, end = _span(entry, profile.timezone)
    title = plain.one_line(str(entry.get("summary", "")))
    description = plain.description(str(entry.get("description", "")))
    organizer = _organizer(entry)
    mine = _mine(entry, profile, calendar)
    others = people.others([*_invited(entry), *([organizer] if organizer else [])], mine)
    own = _is_own(entry, organizer, mine, calendar)
    sequence = entry.get("sequence", 0)
    return Event(
        id=_id(entry, profile.timezone),
        kind="meeting",
        start=start,
        end=end,
        title=title,
        text=description[: plain.LONGEST_TEXT],
        people=_coming(entry, others),
        organizer=organizer,
        status=_status(entry, organizer, others, mine),
        answered=own or _answer(entry, mine) != "NEEDS-ACTION",
        sequence=sequence if isinstance(sequence, int) and 0 <= sequence < _HIGHEST else 0,
        tags=plain.tags(title, description) if own else (),
        case=plain.case(title, description) if own else "",
        updated=datetime.fromisoformat(entry["updated"]) if "updated" in entry else None,
        where=where,
    )


def _id(entry: Mapping[str, Any], zone: ZoneInfo) -> str:
    """Return the iCalendar UID, for an occurrence with its original start: the id that an .ics file would give it."""
    master = entry.get("recurringEventId", entry["id"])
    # As Google makes it itself for its own entries.
    uid = str(entry.get("iCalUID") or f"{master}@google.com")
    slot = entry.get("originalStartTime", {}) if "recurringEventId" in entry else {}
    if "dateTime" in slot:
        return f"{uid}/{_moment(slot, zone).astimezone(UTC):%Y%m%dT%H%M%SZ}"
    return f"{uid}/{slot['date'].replace('-', '')}" if "date" in slot else uid


def _id_or_nothing(entry: Mapping[str, Any], zone: ZoneInfo) -> str:
    try:
        return _id(entry, zone)
    except (KeyError, ValueError, TypeError, AttributeError, OverflowError):
        return ""


def _span(entry: Mapping[str, Any], zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return start and end in the user's zone; a meeting of whole days ends at 18:00 of the last."""
    start = entry["start"]
    if "date" not in start:
        return _moment(start, zone), _moment(entry["end"], zone)
    first = date.fromisoformat(start["date"])
    last = date.fromisoformat(entry["end"]["date"]) - timedelta(days=1)  # the end is exclusive
    return datetime.combine(first, time(), zone), datetime.combine(max(first, last), _END_OF_DAY, zone)


def _moment(given: Mapping[str, Any], zone: ZoneInfo) -> datetime:
    """Return an instant in the user's zone; one without an offset is meant in the zone that stands beside it."""
    found = datetime.fromisoformat(given["dateTime"])
    if found.tzinfo is None:
        found = found.replace(tzinfo=ZoneInfo(given["timeZone"]) if given.get("timeZone") else zone)
    return found.astimezone(zone)


def _attendees(entry: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return list(entry.get("attendees", ()))[:_MOST_PEOPLE]


def _person(given: Mapping[str, Any]) -> Person | None:
    return people.person(str(given.get("email", "")), str(given.get("displayName", "")))


def _invited(entry: Mapping[str, Any]) -> Iterator[Person]:
    for attendee in _attendees(entry):
        someone = _person(attendee)
        if someone and not attendee.get("resource") and people.is_human(someone) and not takes_notes(someone):
            yield someone


def _coming(entry: Mapping[str, Any], everybody: tuple[Person, ...]) -> tuple[Person, ...]:
    """Return those who have not declined."""
    refused = (each for each in _attendees(entry) if each.get("responseStatus") == "declined")
    declined = {someone.address for attendee in refused if (someone := _person(attendee))}
    return tuple(someone for someone in everybody if someone.address not in declined)


def _organizer(entry: Mapping[str, Any]) -> Person | None:
    """Return who called the meeting: where a calendar stands in their place, who made the entry."""
    called_by = entry.get("organizer") or {}
    # A secondary calendar is its own organizer there, with an address that no human reads.
    made_by = _person(entry.get("creator") or {}) if _is_calendar(called_by) else None
    marked = next((attendee for attendee in _attendees(entry) if attendee.get("organizer")), {})
    return made_by or _person(called_by) or _person(marked)


def _is_own(entry: Mapping[str, Any], organizer: Person | None, mine: Collection[str], calendar: str) -> bool:
    """Tell whether the user wrote title and description.

    Of what came by mail Google may say that the user made it; that of a calendar counts only in this very calendar.
    """
    called_by = entry.get("organizer") or {}
    here = bool(called_by.get("self")) or made_in(entry, calendar)
    if organizer is None:
        return not called_by or here
    return people.is_one_of(organizer.address, mine) and (here or not _is_calendar(called_by))


def _mine(entry: Mapping[str, Any], profile: Profile, calendar: str) -> set[str]:
    """Return my addresses: those of the config, that by which Google knows me here, and the calendar that holds it."""
    selves = [each for each in [*_attendees(entry), entry.get("organizer") or {}] if each.get("self")]
    here = {calendar} if made_in(entry, calendar) else set()
    given = {*profile.me, *here, *(str(each.get("email", "")) for each in selves)}
    return {address.lower() for address in given if address}


_PARTSTAT = {"needsAction": "NEEDS-ACTION", "declined": "DECLINED", "tentative": "TENTATIVE", "accepted": "ACCEPTED"}
# RFC 5545 gives INTEGER 32 bits with a sign (3.3.8); a larger SEQUENCE is none.
_HIGHEST = 2**31


def _answer(entry: Mapping[str, Any], mine: Collection[str]) -> str:
    """Return what I answered, in the words of iCalendar; an entry that nobody is invited to needs no answer."""
    invited = [
        one for one in _attendees(entry) if one.get("self") or people.is_one_of(str(one.get("email", "")).lower(), mine)
    ]
    if not invited and not entry.get("organizer"):
        return ""
    return meetings.answer([_PARTSTAT.get(str(one.get("responseStatus", "")), "") for one in invited])


def _status(
    entry: Mapping[str, Any], organizer: Person | None, others: tuple[Person, ...], mine: Collection[str]
) -> str:
    answer = _answer(entry, mine)
    if entry.get("status") == "cancelled" or meetings.is_called_off(str(entry.get("summary", ""))):
        return "cancelled"
    if answer == "DECLINED":
        return "declined"
    if organizer and people.is_one_of(organizer.address, mine) and others:
        return "mine"
    return "tentative" if entry.get("status") == "tentative" or answer == "TENTATIVE" else "confirmed"
