"""The meetings of iCalendar files within a window of time."""

from __future__ import annotations

import re
import warnings
from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from followup_ics.events import STAMP, check_zone, event, first, identifier, occurrence_id, span, stamp, values
from followup_ics.recurrence import FlawError, occurrences, recurs
from followup_ics.slots import Held, align, held_by
from followup_ics.versions import NO_VERSIONS, Entry, Meeting, entry_of, meetings_of
from followup_rules import BadItem, Event, Profile, Unreadable
from followup_rules.meetings import are_of_export
from followup_rules.plain import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from icalendar import Calendar

    from followup_ics.recurrence import Component

_BEGIN = re.compile(rb"^BEGIN:VCALENDAR[ \t\r]*$", re.IGNORECASE | re.MULTILINE)
_END = re.compile(rb"^END:VCALENDAR[ \t\r]*$", re.IGNORECASE | re.MULTILINE)
_CONTROLS = bytes({*range(32), 127} - set(b"\t\r\n"))
_FOLD = re.compile(rb"\r?\n[ \t]")
_FLOOD = re.compile(rb"FREQ=(?:SECONDLY|MINUTELY|HOURLY)")
_EXPORT = "export or sync the calendar again"


class CalendarReader(Struct, frozen=True):
    """Reads meetings that end after `since` and start before `until`."""

    profile: Profile
    now: datetime
    since: datetime
    until: datetime
    mine: bool = True
    """Whether the calendar is the user's own. Of a shared one neither tags nor cases are read, whoever wrote them."""

    def meetings(self, found: Iterable[tuple[str, Component]]) -> Iterator[Event | BadItem]:
        """Yield what the entries of some files stand for, each given with its file: versions may lie in several."""
        groups: defaultdict[str, list[tuple[str, Component]]] = defaultdict(list)
        for name, component in found:
            groups[identifier(component)].append((name, component))
        for uid, components in groups.items():
            yield from self._group(uid, components)

    def _group(self, uid: str, components: Iterable[tuple[str, Component]]) -> Iterator[Event | BadItem]:
        """Yield the meetings of one UID."""
        entries: list[Entry] = []
        held: list[Held] = []
        for name, component in components:
            try:
                _check(component, self.profile)
                said = event(component, uid, None, self.profile, _where(name, component))
                entries.append(entry_of(component, said, self.now, self.profile.me))
            except Exception as error:  # noqa: BLE001 -- whatever a stranger's file does to one entry, the others work
                hold = held_by(component, self.profile)
                held += [hold] if hold else []
                yield _bad(name, component, error, hold.override_of(uid, self.profile) if hold else "")
        found = meetings_of(uid, entries) if entries else []
        if len(found) > 1:
            titles = ", ".join(f"“{meeting.entries[0].event.title}”" for meeting in found)
            message = f"its UID {uid!r} is also that of others ({titles}); each is read as a meeting of its own"
            yield BadItem(found[0].entries[0].where, message, uid)
        for meeting in found:
            try:
                yield from self._events(meeting, held)
            except Exception as error:  # noqa: BLE001 -- as above
                yield _bad("", meeting.entries[0].component, error, meeting.id, meeting.entries[0].where)

    def _events(self, meeting: Meeting, held: Sequence[Held]) -> list[Event]:
        within = [e for e in self._laid_out(meeting, held) if e.end >= self.since and e.start <= self.until]
        return within if self.mine else [replace(each, tags=(), case="") for each in within]

    def _laid_out(self, meeting: Meeting, held: Sequence[Held]) -> Iterator[Event]:
        """Yield each meeting or occurrence; what does not recur needs no help from the library."""
        entries = meeting.entries
        single = len(entries) == 1 or all(entry.slot is not None for entry in entries)
        if single and not any(recurs(entry.component) for entry in entries):
            for entry in entries:
                yield replace(entry.event, id=occurrence_id(meeting.id, entry.slot, self.profile))
            return
        align([entry.component for entry in entries])
        for component, slot in occurrences([entry.component for entry in entries], self.since, self.until):
            if not any(hold.holds(slot, meeting.organizer) for hold in held):
                yield event(component, meeting.id, slot, self.profile, entries[0].where)


def entries(name: str, raw: bytes) -> list[tuple[str, Component]]:
    """Return the VEVENTs of a file that may stand for a meeting, each with the file's name.

    Raises Unreadable if it is not a whole calendar.
    """
    found = [each for each in _components(name, raw) if each.get("METHOD", "") not in NO_VERSIONS]
    # With a METHOD, DTSTAMP is the time at which the file was written (RFC 5545, section 3.8.7.2).
    names = [("LAST-MODIFIED", *(["DTSTAMP"] if not each.get("METHOD", "") else [])) for each in found]
    stamps = [stamp(each, *usable) for each, usable in zip(found, names, strict=True)]
    if not are_of_export(stamps):
        for each, moment in zip(found, stamps, strict=True):
            each[STAMP] = moment
    return [(name, each) for each in found]


def _components(name: str, raw: bytes) -> list[Component]:
    """Return the VEVENTs of a file. Raises Unreadable if it is not a whole calendar."""
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    calendars = len(_BEGIN.findall(raw))
    if not raw.strip():
        raise Unreadable(f"{name} is empty; {_EXPORT}")
    if b"\0" in raw or not calendars:
        raise Unreadable(f"{name} is not an iCalendar file in UTF-8 (no BEGIN:VCALENDAR); check `path`, or {_EXPORT}")
    if len(_END.findall(raw)) != calendars:
        raise Unreadable(f"{name} is cut off (no END:VCALENDAR); wait until it is written, or {_EXPORT}")
    # RFC 5545, section 3.1, knows none of these; some exporters write them all the same.
    raw = raw.translate(None, _CONTROLS)
    # Such a rule would be laid out hour by hour, at every look at a clock.
    zones = _FOLD.sub(b"", raw).upper().split(b"BEGIN:VTIMEZONE")[1:]
    if any(_FLOOD.search(zone.partition(b"END:VTIMEZONE")[0]) for zone in zones):
        raise Unreadable(f"{name} defines a time zone that changes every hour or oftener; {_EXPORT}")
    try:
        parsed = _parse(raw)
        found = [component for calendar in parsed for component in _entries(calendar)]
    except Exception as error:
        raise Unreadable(f"{name} breaks the rules of iCalendar: {one_line(str(error), 200)}; {_EXPORT}") from error
    if len(parsed) != calendars:
        raise Unreadable(f"{name} is damaged (a BEGIN without its END); {_EXPORT}")
    return found


def _entries(calendar: Calendar) -> Iterator[Component]:
    """Yield the VEVENTs of a calendar, each with the METHOD under which they came (RFC 5546, section 1.4)."""
    method = str(calendar.get("METHOD", "")).strip().upper()
    for component in calendar.walk("VEVENT"):
        component["METHOD"] = method
        yield component


def _parse(raw: bytes) -> Sequence[Calendar]:
    from icalendar import Calendar  # noqa: PLC0415 -- heavy
    from icalendar.timezone import tzp  # noqa: PLC0415

    tzp.use_default()  # forgets the time zones that the file before has defined
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Calendar.from_ical(raw, multiple=True)


def _check(component: Component, profile: Profile) -> None:
    """Raise if the times of a VEVENT cannot be relied on."""
    span(component, profile.timezone)
    for name in ("EXDATE", "RDATE"):
        if component.get(name) == "":  # some programs write the name with nothing after it
            del component[name]
    for name in ("RECURRENCE-ID", "EXDATE", "RDATE"):
        for property_ in values(component, name):
            for entry in property_.dts:
                check_zone(property_, entry.dt)


def _where(name: str, component: Component) -> str:
    return f"{name}: {one_line(first(component, 'SUMMARY') or first(component, 'UID'), 80)}"


def _bad(name: str, component: Component, error: Exception, ident: str = "", where: str = "") -> BadItem:
    where, ident = where or _where(name, component), ident or first(component, "UID")
    if isinstance(error, FlawError):
        return BadItem(where, f"this meeting is left out: {error}", ident)
    reason = one_line(str(error), 200) or type(error).__name__
    message = f"this meeting cannot be read ({reason}); open it and save it again"
    return BadItem(where, message, ident)
