"""Which meetings the entries of one UID stand for, and in which version of each: RFC 5546, section 2.1.5."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from followup_ics.events import first, is_cancelled, stamp
from followup_rules import Event, meetings, people
from followup_rules.meetings import Revision

if TYPE_CHECKING:
    from followup_ics.recurrence import Component

ME = "me"
"""Stands for all of my addresses."""
NO_VERSIONS = frozenset({"REPLY", "COUNTER", "DECLINECOUNTER", "REFRESH"})
"""The METHODs by which guests speak: what they answer, wish and ask changes no meeting (RFC 5546, section 3.2)."""


class Entry(Struct, frozen=True):
    """A VEVENT that can be read, with what it says."""

    component: Component
    event: Event
    where: str
    revision: Revision
    organizer: str

    @property
    def slot(self) -> date | datetime | None:
        """The original start of the occurrence that the entry is about; None: the meeting, or the whole series."""
        return original(self.component)


class Meeting(Struct, frozen=True):
    """A meeting or a series under its id: the entry that counts, and of a series its overrides."""

    id: str
    entries: tuple[Entry, ...]
    organizer: str


def entry_of(component: Component, event: Event, now: datetime, me: frozenset[str]) -> Entry:
    """Return a VEVENT as an entry; a stamp later than now counts as none."""
    modified = stamp(component, "LAST-MODIFIED", "DTSTAMP")
    past = {"modified": modified} if modified and modified <= now.astimezone(UTC) else {}
    revision = Revision(event.sequence, stands=not is_cancelled(component), essence=str(event), **past)
    return Entry(component, event, event.where, revision, organizer_of(event, me))


def organizer_of(event: Event, me: frozenset[str]) -> str:
    """Return who may change a meeting, all my addresses being one; "" if the entry does not name anybody."""
    if event.organizer is None:
        return ""
    return ME if people.is_one_of(event.organizer.address, me) else event.organizer.address


def original(component: Component) -> date | datetime | None:
    """Return the RECURRENCE-ID."""
    found: date | datetime | None = component["RECURRENCE-ID"].dt if "RECURRENCE-ID" in component else None
    return found


def meetings_of(uid: str, entries: Iterable[Entry]) -> list[Meeting]:
    """Return the meetings of a UID. The order of the entries does not matter.

    Several are not what the UID is for. The one that I answered, or that starts first, keeps it.
    """
    found: list[Meeting] = []
    for organizer, group in _by_organizer(entries):
        masters = [entry for entry in group if entry.slot is None]
        overrides = _latest([entry for entry in group if entry.slot is not None])
        counted = meetings.apart(masters, _start, _title, _rank) if masters else []
        series = _series_of(counted)
        for master in counted:
            own = overrides if master is series else ()
            found.append(_named(uid, found, (master, *_after(master, own)), organizer))
        if not counted:
            found.append(_named(uid, found, overrides, organizer))
    return found


def _by_organizer(entries: Iterable[Entry]) -> list[tuple[str, list[Entry]]]:
    """Return the entries of each organizer; those that name none belong to the first."""
    groups: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        groups[entry.organizer].append(entry)
    nobody = groups.pop("", []) if len(groups) > 1 else []
    ranked = sorted(groups, key=lambda name: (_is_unanswered(groups[name]), min(map(_start, groups[name])), name))
    groups[ranked[0]] += nobody
    return [(name, groups[name]) for name in ranked]


def _is_unanswered(entries: Iterable[Entry]) -> bool:
    return not any(entry.event.answered for entry in entries)


def _latest(overrides: Sequence[Entry]) -> tuple[Entry, ...]:
    by_slot: defaultdict[object, list[Entry]] = defaultdict(list)
    for entry in overrides:
        by_slot[entry.slot].append(entry)
    return tuple(sorted((max(same, key=_rank) for same in by_slot.values()), key=_rank))


def _series_of(masters: Sequence[Entry]) -> Entry | None:
    """Return the one to which overrides belong: the first that recurs, if any does."""
    recurring = [master for master in masters if "RRULE" in master.component or "RDATE" in master.component]
    return next(iter([*recurring, *masters]), None)


def _after(master: Entry, overrides: Iterable[Entry]) -> list[Entry]:
    """Return the overrides; a series that is cancelled as a whole takes those of before with it."""
    if master.revision.stands:
        return list(overrides)
    own = (master.revision.sequence, master.revision.modified)
    return [entry for entry in overrides if (entry.revision.sequence, entry.revision.modified) >= own]


def _named(uid: str, before: Sequence[Meeting], entries: Sequence[Entry], organizer: str) -> Meeting:
    taken = {meeting.id for meeting in before}
    ident = meetings.named_apart(uid, _start(entries[0]), taken) if before else uid
    return Meeting(ident, tuple(entries), organizer)


def _start(entry: Entry) -> datetime:
    return entry.event.start


def _title(entry: Entry) -> str:
    return first(entry.component, "SUMMARY")


def _rank(entry: Entry) -> Revision:
    return entry.revision
