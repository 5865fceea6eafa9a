"""The meetings of calendars within a window of time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from followup_ics.entries import Held, Meetings, bad_item, original, parse, where
from followup_ics.events import event, slot_id
from followup_ics.flaws import FlawError
from followup_ics.recurrence import bring_near, occurrences, steps
from followup_rules import BadItem, Event, Profile

if TYPE_CHECKING:
    from followup_ics.recurrence import Component
    from followup_ics.text import Entry

_OF_A_FLAW = 10_000
"""Steps that it takes to find out that a rule cannot be laid out."""


class Reading(Struct, frozen=True):
    """What the entries of one UID gave."""

    events: Sequence[Event] = ()
    bad: Sequence[BadItem] = ()
    settled: bool = False
    """A later window shows nothing else of them."""
    steps: int = 0
    """What laying them out took."""


class CalendarReader(Struct, frozen=True):
    """Reads meetings that end after `since` and start before `until`."""

    profile: Profile
    since: datetime
    until: datetime
    mine: bool = True
    """Whether the calendar is the user's own. Of a shared one neither tags nor cases are read, whoever wrote them."""

    def read(self, entries: Sequence[Entry], most_steps: int) -> Reading:
        """Return the meetings of the entries of one UID; nothing that is in them raises."""
        meetings = parse(entries, self.profile)
        try:
            needed = self._steps(meetings, most_steps) if meetings.recur else 0
            events = list(self._events(meetings))
        except Exception as error:  # noqa: BLE001 -- whatever a stranger's file does to one entry, the others work
            return Reading(bad=[*meetings.bad, bad_item(entries[0], error)], steps=_OF_A_FLAW)
        seen = [meeting for meeting in events if meeting.end >= self.since and meeting.start <= self.until]
        seen = seen if self.mine else [replace(meeting, tags=(), case="") for meeting in seen]
        settled = not meetings.recur and all(meeting.start <= self.until for meeting in events)
        return Reading(seen, meetings.bad, settled, needed)

    def _steps(self, meetings: Meetings, most: int) -> int:
        bring_near(meetings.components, self.since)
        needed = steps(meetings.components, self.until) if most > 0 else 1
        if needed > most:
            raise FlawError("the recurring meetings before it are so many and so long that it is not laid out")
        return needed

    def _events(self, meetings: Meetings) -> Iterator[Event]:
        for component, slot in self._laid_out(meetings):
            if slot is None or not any(_holds(held, slot, self.profile) for held in meetings.held):
                yield event(component, slot, self.profile, where(component))

    def _laid_out(self, meetings: Meetings) -> Iterator[tuple[Component, date | datetime | None]]:
        """Yield single meetings; what does not recur needs no help from the library."""
        if meetings.recur:
            yield from occurrences(meetings.components, self.since, self.until)
        else:
            yield from ((component, original(component)) for component in meetings.components)


def _holds(held: Held, slot: date | datetime, profile: Profile) -> bool:
    this, other = slot_id(slot, profile.timezone), slot_id(held.slot, profile.timezone)
    return this == other or (held.future and this > other)
