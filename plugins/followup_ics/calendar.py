"""What the entries of a calendar stand for: its meetings within a window of time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from followup_ics.cancellations import complete, without_start
from followup_ics.entries import bad_item, component, where
from followup_ics.events import event, identifier, occurrence_id
from followup_ics.flaws import FlawError
from followup_ics.recurrence import bring_near, occurrences, recurs, steps
from followup_ics.slots import Held, held_by
from followup_ics.times import make_alike
from followup_ics.versions import Meeting, Version, meetings_of, version_of
from followup_rules import BadItem, Event, Profile
from followup_rules.sentences import Sentence, commas

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
    early: bool = False
    """A stamp is later than now: the same entries will mean something else once it counts."""
    steps: int = 0
    """What laying them out took."""
    refused: bool = False
    """Something is left out only because what was read before it took so much."""


class _Laid(Struct):
    """What the meetings of a UID gave so far, one after the other."""

    events: list[Event]
    bad: list[BadItem]
    steps: int = 0
    settled: bool = True
    refused: bool = False


class _ExhaustedError(FlawError):
    """What was read before has taken all the steps that there are."""


class CalendarReader(Struct, frozen=True):
    """Reads meetings that end after `since` and start before `until`."""

    profile: Profile
    now: datetime
    since: datetime
    until: datetime
    mine: bool = True
    """Whether the calendar is the user's own. Of a shared one neither tags nor cases are read, whoever wrote them."""

    def read(self, entries: Sequence[Entry], most_steps: int) -> Reading:
        """Return the meetings of the entries of one UID, whose versions may lie in several files.

        Nothing that is in them raises.
        """
        versions, held, bad = self._understood(entries)
        found = meetings_of(versions[0].event.id, versions, self.profile) if versions else []
        laid = _Laid([], [*bad, *_doubled(found)])
        for meeting in found:
            try:
                self._lay_out(meeting, held, most_steps, laid)
            except Exception as error:  # noqa: BLE001 -- whatever a stranger's file does to one, the others work
                laid.bad.append(bad_item(meeting.versions[0].written, error, meeting.id))
                # Counted although nothing came of it: a file of thousands of impossible rules must not take its time
                # unseen.
                laid.steps += _OF_A_FLAW
                laid.refused = laid.refused or isinstance(error, _ExhaustedError)
        events = laid.events if self.mine else [replace(each, tags=(), case="") for each in laid.events]
        early = any(entry.modified and entry.modified > self.now for entry in entries)
        return Reading(events, laid.bad, laid.settled, early, laid.steps, laid.refused)

    def _understood(self, entries: Sequence[Entry]) -> tuple[list[Version], list[Held], list[BadItem]]:
        """Return what can be read of entries, which occurrences the rest is about, and what is told of it."""
        components: list[tuple[Entry, Component]] = []
        held, bad = list[Held](), list[BadItem]()
        for entry in entries:
            try:
                components.append((entry, component(entry, self.profile)))
            except Exception as error:  # noqa: BLE001 -- whatever a stranger's file does to one, the others work
                self._leave_out(entry, error, held, bad)
        known = [each for _, each in components]
        versions, uid = list[Version](), next((identifier(each) for each in known), "")
        for entry, found in components:
            # What is not known, or not any more, needs no cancellation.
            if without_start(found) and not complete(found, known):
                continue
            try:
                said = event(found, uid, None, self.profile, where(entry))
                versions.append(version_of(entry, found, said, self.now, self.profile.me))
            except Exception as error:  # noqa: BLE001 -- whatever a stranger's file does to one, the others work
                self._leave_out(entry, error, held, bad)
        return versions, held, bad

    def _leave_out(self, entry: Entry, error: Exception, held: list[Held], bad: list[BadItem]) -> None:
        hold = held_by(entry, self.profile)
        held += [hold] if hold else []
        bad.append(bad_item(entry, error, hold.override_of(entry.uid, self.profile) if hold else ""))

    def _lay_out(self, meeting: Meeting, held: Sequence[Held], most_steps: int, laid: _Laid) -> None:
        """Add a meeting, or the occurrences of a series; what does not recur needs no help from the library."""
        versions = [*meeting.versions]
        if any(hold.slot is None and hold.concerns(meeting.organizer) for hold in held):
            # Which occurrence was changed is not known: it could be any.
            versions = [version for version in versions if version.slot is not None]
        components = [version.component for version in versions]
        alone = len(versions) == 1 or all(version.slot is not None for version in versions)
        if alone and not any(recurs(each) for each in components):
            found = [
                (replace(version.event, id=occurrence_id(meeting.id, version.slot, self.profile)), version.slot)
                for version in versions
            ]
            # What begins beyond the window is shown once the window has moved on.
            laid.settled = laid.settled and all(each.start <= self.until for each, _ in found)
        else:
            laid.settled = False
            if versions[0].slot is None:
                make_alike(components[0], components[1:], self.profile.timezone)
            laid.steps += self._steps(components, most_steps - laid.steps)
            place = meeting.versions[0].event.where
            found = [
                (event(each, meeting.id, slot, self.profile, place), slot)
                for each, slot in occurrences(components, self.since, self.until)
            ]
        laid.events += [
            each
            for each, slot in found
            if each.end >= self.since
            and each.start <= self.until
            and not any(slot is not None and hold.holds(slot, meeting.organizer, self.profile) for hold in held)
        ]

    def _steps(self, components: Sequence[Component], most: int) -> int:
        bring_near(components, self.since)
        needed = steps(components, self.until) if most > 0 else 1
        if needed > most:
            raise _ExhaustedError(
                Sentence("the recurring meetings before it are so many and so long that it is not laid out")
            )
        return needed


def _doubled(found: Sequence[Meeting]) -> Iterator[BadItem]:
    """Tell that one UID stands for several meetings."""
    if len(found) > 1:
        first = found[0].versions[0]
        titles = commas(*(Sentence("“{word}”", word=meeting.versions[0].event.title) for meeting in found))
        message = Sentence(
            "its UID {id!r} is also that of others ({titles}); each is read as a meeting of its own",
            id=found[0].id,
            titles=titles,
        )
        yield BadItem(f"{first.written.place}: {first.written.title}", message, found[0].id)
