"""What is known at one run, and what follows from it by the article: visits, the call, the silence, what was put off."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays
from msgspec import Struct

from .session import Seen
from .world import Knobs, Mail, Meeting, Note, Picture, day_of, local, plain

CLOSED = ("offer", "rejected", "withdrawn")


class Visit(Struct, frozen=True):
    """The interviews of one local day at one employer that took place or will."""

    day: date
    start: datetime
    end: datetime
    people: frozenset[str]


class Known(Struct):
    """A calendar entry as it was last seen, the last look that listed it, and the first that did not."""

    meeting: Meeting
    listed: datetime
    gone: datetime | None = None
    off: bool = False
    """It was seen as cancelled before its end, and has been so since."""
    cancelled: datetime | None = None
    """The first look that showed it as cancelled, if it has been so since: it may be moved afterwards."""


class Life(Struct, frozen=True):
    """What is known at one run, and what follows from it by the article's rules."""

    seen: Seen
    known: dict[str, Known]
    first_seen: dict[str, datetime]
    announced: dict[str, datetime]
    days: ZoneInfo
    """The zone of which the days of meetings are."""

    @property
    def knobs(self) -> Knobs:
        """The user's config."""
        return self.seen.knobs

    @property
    def picture(self) -> Picture:
        """What the sources showed."""
        return self.seen.picture

    def start(self, note: Note) -> datetime:
        """Return the instant from which a note counts for its own duties."""
        if note.day is None:
            # Where the notes cannot be read since a copy was put back, it was not seen yet.
            return self.first_seen.get(note.id, datetime.max.replace(tzinfo=UTC))
        return local(self.knobs.tz, note.day, note.clock or time())

    def moment(self, note: Note) -> datetime:
        """Return the instant at which a note counts in the order of things."""
        if note.day is not None and note.clock is None:
            return local(self.knobs.tz, note.day, time(23, 59))
        return self.start(note)

    def notes(self, case: str, *tags: str, since: datetime) -> list[Note]:
        """Return the notes of a case with one of some tags (any, if none are given), from an instant on."""
        own = (
            note for note in self.picture.notes.values() if note.employer == case and self.start(note) <= self.seen.now
        )
        # What a note orders of one duty tells nothing of a visit.
        return [
            note
            for note in own
            if (note.tag in tags if tags else "for" not in dict(note.pairs)) and self.moment(note) >= since
        ]

    def mails(self, case: str) -> list[Mail]:
        """Return the mails with the people of a case."""
        noted = {value for note in self.picture.notes.values() if note.employer == case for _, value in note.pairs}
        there = (mail for mail in self.picture.mails.values() if mail.at <= self.seen.now)
        return [mail for mail in there if mail.employer == case or mail.other in noted]

    def visits(self, case: str) -> list[Visit]:
        """Return the visits to an employer, in order."""
        found: dict[date, list[Meeting]] = {}
        for known in self.known.values():
            meeting = known.meeting
            if meeting.employer == case and meeting.interview and self._stands(known):
                found.setdefault(day_of(self.days, meeting.start), []).append(meeting)
        return [_visit(day, found[day]) for day in sorted(found)]

    def _stands(self, known: Known) -> bool:
        meeting = known.meeting
        if meeting.status == "declined":
            return False
        if known.off or (meeting.status == "cancelled" and meeting.stamp < meeting.end):
            return False
        if known.gone is None:
            return True
        if known.listed >= meeting.end:
            return True
        # One that went while it lasted may have been tidied away: what was written after its end shows it.
        mailed = any(mail.at >= meeting.end for mail in self.mails(meeting.employer))
        shown = mailed or bool(self.notes(meeting.employer, since=meeting.end))
        return known.gone >= meeting.start and shown

    def call(self, case: str, visit: Visit) -> datetime:
        """Return when the call that follows a visit is to be made."""
        key = f"follow-up-call/{case}@{visit.day}"
        return self._moved(case, visit) or self.announced.get(key) or self._computed(visit)

    def _moved(self, case: str, visit: Visit) -> datetime | None:
        after = [other.day for other in self.visits(case) if other.day > visit.day]
        until = local(self.knobs.tz, min(after)) if after else datetime.max.replace(tzinfo=visit.start.tzinfo)
        notes = self.notes(case, "announced", since=local(self.knobs.tz, visit.day))
        dated = [note for note in notes if self.moment(note) < until and dict(note.pairs).get("on")]
        if not dated:
            return None
        last = max(dated, key=lambda note: (self.moment(note), note.id))
        return local(self.knobs.tz, date.fromisoformat(dict(last.pairs)["on"]), time(9))

    def _computed(self, visit: Visit) -> datetime:
        day = visit.day + timedelta(days=self.knobs.call_days if self.knobs.call_on else 10)
        while day.weekday() > 4 or day in holidays_of(self.knobs.holidays):
            day += timedelta(days=1)
        return local(self.knobs.tz, day, time(9))

    def silence(self, case: str, visit: Visit) -> tuple[datetime, datetime]:
        """Return the quiet days after a visit: from its end to the call, or to the end of it all."""
        until = self.call(case, visit) if self.knobs.call_on else self._computed(visit)
        ends = [self.start(note) for note in self.notes(case, *CLOSED, since=visit.start)]
        return visit.end, min([until, *ends])

    def snoozes(self, case: str) -> Iterator[tuple[datetime, datetime]]:
        """Yield the times for which the user asked for silence."""
        for note in self.picture.notes.values():
            of_case = note.employer == case and "for" not in dict(note.pairs)
            if of_case and note.tag == "snooze" and self.start(note) <= self.seen.now:
                yield self._wait(note)

    def _wait(self, note: Note) -> tuple[datetime, datetime]:
        start, until = self.start(note), dict(note.pairs).get("until")
        day = date.fromisoformat(until) if until else day_of(self.knobs.tz, start) + timedelta(days=7)
        return start, local(self.knobs.tz, day, time(9) if until else time())

    def orders(self, action: object) -> Iterator[str]:
        """Yield what a note says of an action, or of its duty, by which it must not be made now."""
        names = {plain(action.key), plain(action.duty)}
        for note in self.notes(action.case, "done", "dismissed", "snooze", since=datetime.min.replace(tzinfo=UTC)):
            named = plain(dict(note.pairs).get("for", ""))
            if named in names and (note.tag != "snooze" or self.seen.now < self._wait(note)[1]):
                yield f"{note.id} orders it of {named}"


def _visit(day: date, meetings: Iterable[Meeting]) -> Visit:
    listed = list(meetings)
    people = frozenset(person for meeting in listed for person in meeting.people)
    return Visit(day, min(m.start for m in listed), max(m.end for m in listed), people)


@cache
def holidays_of(place: str) -> object:
    """Return the holidays of a place."""
    country, _, region = place.partition("-")
    return holidays.country_holidays(country, subdiv=region or None) if place else {}
