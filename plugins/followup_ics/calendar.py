"""The meetings of one iCalendar file within a window of time."""

from __future__ import annotations

import re
import warnings
from collections import defaultdict
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from followup_ics.events import check_zone, event, first, identifier, span, stamp, values
from followup_ics.recurrence import FlawError, occurrences, recurs
from followup_rules import BadItem, Event, Profile, Unreadable
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
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


class CalendarReader(Struct, frozen=True):
    """Reads meetings that end after `since` and start before `until`."""

    profile: Profile
    since: datetime
    until: datetime
    mine: bool = True
    """Whether the calendar is the user's own. Of a shared one neither tags nor cases are read, whoever wrote them."""

    def read(self, name: str, raw: bytes) -> Iterator[Event | BadItem]:
        """Yield what a file holds. Raises Unreadable if it is no whole calendar, before anything is yielded."""
        groups: defaultdict[str, list[Component]] = defaultdict(list)
        for component in _components(name, raw):
            groups[identifier(component)].append(component)
        for components in groups.values():
            yield from self._group(name, components)

    def _group(self, name: str, components: Sequence[Component]) -> Iterator[Event | BadItem]:
        """Yield the meetings of one UID."""
        sound: list[Component] = []
        for component in components:
            try:
                _check(component, self.profile)
                sound.append(component)
            except Exception as error:  # noqa: BLE001 -- whatever a stranger's file does to one entry, the others work
                yield _bad(name, component, error)
        if not sound:
            return
        try:
            yield from self._events(name, _latest(sound))
        except Exception as error:  # noqa: BLE001 -- as above
            yield _bad(name, sound[0], error)

    def _events(self, name: str, components: Sequence[Component]) -> list[Event]:
        found = [
            event(component, slot, self.profile, _where(name, component))
            for component, slot in self._laid_out(components)
        ]
        within = [meeting for meeting in found if meeting.end >= self.since and meeting.start <= self.until]
        return within if self.mine else [replace(meeting, tags=(), case="") for meeting in within]

    def _laid_out(self, components: Sequence[Component]) -> Iterable[tuple[Component, date | datetime | None]]:
        """Return single meetings; what does not recur needs no help from the library."""
        single = len(components) == 1 or all("RECURRENCE-ID" in component for component in components)
        if single and not any(recurs(component) for component in components):
            return [(component, _original(component)) for component in components]
        return occurrences(components, self.since, self.until)


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
    if not isinstance(component.get("SEQUENCE", 0), int):
        del component["SEQUENCE"]


def _latest(components: Sequence[Component]) -> list[Component]:
    """Keep, of those that stand for the same slot, the last revision (RFC 5546, section 2.1.5)."""
    found: dict[object, Component] = {}
    for component in components:
        slot = _original(component)
        if slot not in found or _revision(component) >= _revision(found[slot]):
            found[slot] = component
    return list(found.values())


def _revision(component: Component) -> tuple[int, datetime]:
    return int(component.get("SEQUENCE", 0)), stamp(component) or _LONG_AGO


def _original(component: Component) -> date | datetime | None:
    found: date | datetime | None = component["RECURRENCE-ID"].dt if "RECURRENCE-ID" in component else None
    return found


def _where(name: str, component: Component) -> str:
    return f"{name}: {one_line(first(component, 'SUMMARY') or first(component, 'UID'), 80)}"


def _bad(name: str, component: Component, error: Exception) -> BadItem:
    if isinstance(error, FlawError):
        return BadItem(_where(name, component), f"this meeting is left out: {error}", first(component, "UID"))
    reason = one_line(str(error), 200) or type(error).__name__
    message = f"this meeting cannot be read ({reason}); open it and save it again"
    return BadItem(_where(name, component), message, first(component, "UID"))
