"""Which meetings the entries of one UID stand for, and in which version of each: RFC 5546, section 2.1.5."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from followup_ics.events import first, is_cancelled
from followup_ics.recurrence import recurs
from followup_ics.times import alike
from followup_rules import Event, Profile, meetings, people
from followup_rules.meetings import Revision

if TYPE_CHECKING:
    from followup_ics.recurrence import Component
    from followup_ics.text import Entry

ME = "me"
"""Stands for all of my addresses."""


class Version(Struct, frozen=True):
    """An entry that can be read, with what it says."""

    written: Entry
    component: Component
    event: Event
    revision: Revision
    organizer: str

    @property
    def slot(self) -> date | datetime | None:
        """The original start of the occurrence that it is about; None: the meeting, or the whole series."""
        named = self.component.get("RECURRENCE-ID")
        found: date | datetime | None = named.dt if named is not None else None
        return found


class Meeting(Struct, frozen=True):
    """A meeting or a series under its id: the version that counts, and of a series its overrides."""

    id: str
    versions: tuple[Version, ...]
    organizer: str


def version_of(entry: Entry, component: Component, event: Event, now: datetime, me: frozenset[str]) -> Version:
    """Return an entry as a version; a stamp later than now counts as none."""
    # A stamp from a clock that is ahead would outdo every later version.
    past = {"modified": entry.modified} if entry.modified and entry.modified <= now.astimezone(UTC) else {}
    revision = Revision(event.sequence, stands=not is_cancelled(component), essence=str(event), **past)
    return Version(entry, component, event, revision, organizer_of(event, me))


def organizer_of(event: Event, me: frozenset[str]) -> str:
    """Return who may change a meeting, all my addresses being one; "" if the entry does not name anybody."""
    if event.organizer is None:
        return ""
    return ME if people.is_one_of(event.organizer.address, me) else event.organizer.address


def meetings_of(uid: str, versions: Iterable[Version], profile: Profile) -> list[Meeting]:
    """Return the meetings of a UID. The order of the versions does not matter.

    Several are not what the UID is for. The one that I answered, or that starts first, keeps it.
    """
    found: list[Meeting] = []
    for organizer, group in _by_organizer(versions):
        masters = [version for version in group if version.slot is None]
        about = [version for version in group if version.slot is not None]
        counted = meetings.apart(masters, _start, _title, _rank) if masters else []
        # Overrides belong to the first that recurs, if any does.
        recurring = (master for master in counted if recurs(master.component))
        series = next(recurring, counted[0] if counted else None)
        overrides = _latest(about, series, profile)
        for master in counted:
            own = overrides if master is series else ()
            found.append(_named(uid, found, (master, *_after(master, own)), organizer))
        if not counted:
            found.append(_named(uid, found, overrides, organizer))
    return found


def _by_organizer(versions: Iterable[Version]) -> list[tuple[str, list[Version]]]:
    """Return the versions of each organizer; those that name none belong to the first."""
    groups: defaultdict[str, list[Version]] = defaultdict(list)
    for version in versions:
        groups[version.organizer].append(version)
    # Cancellations and overrides of many programs leave the organizer out.
    nobody = groups.pop("", []) if len(groups) > 1 else []
    answered = {name for name, versions in groups.items() if any(version.event.answered for version in versions)}
    ranked = sorted(groups, key=lambda name: (name not in answered, min(map(_start, groups[name])), name))
    groups[ranked[0]] += nobody
    return [(name, groups[name]) for name in ranked]


def _latest(overrides: Sequence[Version], series: Version | None, profile: Profile) -> tuple[Version, ...]:
    """Return of each occurrence the version that counts; they may name it by its day, or in several zones."""
    by_slot: defaultdict[object, list[Version]] = defaultdict(list)
    for version in overrides:
        slot = alike(version.slot, series.component["DTSTART"].dt, profile.timezone) if series else version.slot
        by_slot[slot].append(version)
    return tuple(sorted((max(same, key=_rank) for same in by_slot.values()), key=_rank))


def _after(master: Version, overrides: Iterable[Version]) -> list[Version]:
    """Return the overrides; a series that is cancelled as a whole takes those of before with it."""
    if master.revision.stands:
        return list(overrides)
    own = (master.revision.sequence, master.revision.modified)
    return [version for version in overrides if (version.revision.sequence, version.revision.modified) >= own]


def _named(uid: str, before: Sequence[Meeting], versions: Sequence[Version], organizer: str) -> Meeting:
    taken = {meeting.id for meeting in before}
    ident = meetings.named_apart(uid, _start(versions[0]), taken) if before else uid
    return Meeting(ident, tuple(versions), organizer)


def _start(version: Version) -> datetime:
    return version.event.start


def _title(version: Version) -> str:
    return first(version.component, "SUMMARY")


def _rank(version: Version) -> Revision:
    return version.revision
