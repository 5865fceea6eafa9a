"""What may be made, told a second time: from the rules as people write them down, without the product's engine.

It judges only the plain cases, those whose people belong to one employer, and only what is made there. It is meant to
be read beside the rules of the article, not beside the code.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from .forbidden import forbid
from .known import Known, Life
from .session import Seen, Session, Violation
from .world import EMPLOYERS, Knobs

SIMPLE = frozenset(employer.case for employer in EMPLOYERS if employer.simple)
FRENCH = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


class Reference:
    """Remembers what a person who looks on would remember, and judges each run by it."""

    def __init__(self) -> None:
        self._known: dict[str, Known] = {}
        self._first_seen: dict[str, datetime] = {}
        self._announced: dict[str, datetime] = {}
        self._zones: dict[str, ZoneInfo] = {}
        """In which the user has lived: a day for which something was made stays that of the zone of then."""
        self._zone: ZoneInfo | None = None
        """In which the announced instants are counted."""
        self._unsure: frozenset[str] = frozenset()
        """Calls whose announced day nobody can tell any more."""

    def copied(self) -> Reference:
        """Return a copy, which is what a person remembers who has slept since."""
        copy = Reference()
        copy._known = {
            uid: Known(known.meeting, known.listed, known.gone, known.off, known.cancelled)
            for uid, known in self._known.items()
        }
        copy._first_seen, copy._announced, copy._unsure = dict(self._first_seen), dict(self._announced), self._unsure
        copy._zone = self._zone
        return copy

    def put_back(self, copy: Reference) -> Reference:
        """Return what is remembered once an old copy of the store was put back, as docs/reliability.md tells.

        A date that was announced since is counted anew, unless the draft is taken over that announces it.
        """
        found = copy.copied()
        found._zones = self._zones
        found._unsure = self._unsure | (self._announced.keys() - copy._announced.keys())
        return found

    def judge(self, session: Session, seen: Seen) -> None:
        """Raise Violation if something was made that must not be, or an announced date was not kept."""
        self._look(seen)
        self._zones[seen.knobs.zone] = seen.knobs.tz
        self._move(seen)
        latest = Life(seen, self._known, self._first_seen, self._announced, seen.knobs.tz)
        lives = [latest, *(replace(latest, days=zone) for zone in self._zones.values() if zone != latest.days)]
        if "notes" in seen.failing:  # what they said counts as it was read, in the zone of then
            lives += [
                replace(life, seen=replace(seen, knobs=replace(seen.knobs, zone=life.days.key))) for life in lives
            ]
        for outcome in seen.report.outcomes:
            action = outcome.change.action
            if action.case in SIMPLE and outcome.change.op == "create":
                forbid(lives, action, seen)
            if outcome.change.op != "withdraw":
                for each in action.announces:
                    self._announced.setdefault(each.key, each.at)
                    _said(action, each.at.astimezone(seen.knobs.tz), seen.knobs)
        for decision in seen.plan.decisions:
            sure = decision.state != "void" and decision.key not in self._unsure
            if decision.rule == "follow-up-call" and decision.case in SIMPLE and sure:
                _kept(lives, decision)

    def _move(self, seen: Seen) -> None:
        """Let what was announced and lies ahead be at the same day and time of the clock in another zone."""
        before, self._zone = self._zone, seen.knobs.tz
        for key, at in self._announced.items() if before and before != self._zone else ():
            if at > seen.now:
                self._announced[key] = at.astimezone(before).replace(tzinfo=self._zone).astimezone(UTC)

    def _look(self, seen: Seen) -> None:
        if "notes" not in seen.failing:
            undated = [note.id for note in seen.picture.notes.values() if note.day is None]
            self._first_seen = {name: self._first_seen.get(name, seen.now) for name in undated}
        if "calendar" in seen.failing:
            return
        for known in self._known.values():
            if known.meeting.uid not in seen.picture.meetings and known.gone is None:
                known.gone = seen.now
        for uid, meeting in seen.picture.meetings.items():
            before = self._known.get(uid, Known(meeting, seen.now))
            cancelled = (before.cancelled or seen.now) if meeting.status == "cancelled" else None
            # A later change of an entry that was called off in time, such as of its title, has another stamp.
            off = cancelled is not None and (before.off or min(cancelled, meeting.stamp) < meeting.end)
            self._known[uid] = Known(meeting, seen.now, off=off, cancelled=cancelled)


def _said(action: object, day: datetime, knobs: Knobs) -> None:
    # The label client-b has texts in French, while it is in the config.
    french = action.case == "client-b" and knobs.labels
    said = f"{FRENCH[day.weekday()]} {day.day}" if french else f"{day:%A}, {day:%B} {day.day}"
    if action.rule == "thank-you" and said not in action.text:
        raise Violation(f"{action.key} announces {day}, and says: {action.text}")


def _kept(lives: Sequence[Life], decision: object) -> None:
    expected = {
        life.call(decision.case, visit)
        for life in lives
        for visit in life.visits(decision.case)
        if decision.key.endswith(f"@{visit.day}")
    }
    if not expected:
        raise Violation(f"{decision.key} is {decision.state}, and there was no interview on that day")
    if decision.opens not in expected:
        days = ", ".join(map(str, sorted(expected)))
        raise Violation(f"{decision.key} opens at {decision.opens}; it was announced for, or counts to, {days}")
