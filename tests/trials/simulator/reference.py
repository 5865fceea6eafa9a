"""What may be made, told a second time: from the rules as people write them down, without the product's engine.

It judges only the plain cases, those whose people belong to one employer, and only what is made there. It is meant to
be read beside the rules of the article, not beside the code.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays
from msgspec import Struct
from msgspec.structs import replace

from .session import Seen, Session, Violation
from .world import EMPLOYERS, Knobs, Mail, Meeting, Note, Picture, day_of, local, plain

SIMPLE = frozenset(employer.case for employer in EMPLOYERS if employer.simple)
CLOSED = ("offer", "rejected", "withdrawn")
THOUGHTS = ("skill-gap", "no-airtime", "fix-answer", "open-question", "decision")
NEEDS = {
    "thank-you": {"sent", "notes"}, "follow-up-call": {"notes", "calendar"}, "keep-promise": {"sent", "notes"},
    "debrief": {"notes"}, "fit": {"notes"}, "prepare": {"notes"}, "nudge": {"notes"},
}  # fmt: skip
"""Sources without which a duty cannot be decided."""


FRENCH = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


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
        for outcome in seen.report.outcomes:
            action = outcome.change.action
            if action.case in SIMPLE and outcome.change.op == "create":
                _forbid(lives, action, seen)
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


def _forbid(lives: Sequence[Life], action: object, seen: Seen) -> None:
    """Raise Violation for what must not be made now, in whichever of the user's zones days are counted."""
    faults = [_faults(life, action, seen) for life in lives]
    if all(faults):
        raise Violation(f"{action.key} was made at {seen.now}, though " + "; ".join(faults[0]))


def _faults(life: Life, action: object, seen: Seen) -> list[str]:
    now, case, rule = seen.now, action.case, plain(action.rule)
    blind = NEEDS.get(rule, set()) & seen.failing
    faults = [f"{sorted(blind)} could not be read"] if blind else []
    faults += [f"the case is snoozed from {start} to {end}" for start, end in life.snoozes(case) if start <= now < end]
    faults += life.orders(action)
    day = action.duty.rpartition("@")[2]
    if rule in BY_VISIT:
        visit = next((visit for visit in life.visits(case) if str(visit.day) == day), None)
        faults += BY_VISIT[rule](life, case, visit, now) if visit else ["no interview on that day took place"]
        if rule == "thank-you":
            faults += [f"{m.id} thanked them" for m in life.mails(case) if visit and _thanks(m, visit)]
    if rule in BY_EVENT:
        faults += BY_EVENT[rule](life, case, action.anchor, now)
    if action.contact and rule not in ("thank-you", "keep-promise", "follow-up-call", "tell-reference"):
        faults += _breaks_silence(life, case, action, now)
    return faults


def _thanks(mail: Mail, visit: Visit) -> bool:
    return mail.outgoing and mail.thanks and mail.other in visit.people and mail.at >= visit.start


def _breaks_silence(life: Life, case: str, action: object, now: datetime) -> Iterator[str]:
    to = {person.address for person in action.to}
    for visit in life.visits(case):
        start, end = life.silence(case, visit)
        if start <= now < end and (not to or to & visit.people):
            yield f"silence is kept from {start} to {end}"


def _ended(life: Life, case: str, since: datetime, *tags: str) -> list[str]:
    return [f"{note.id} ended it" for note in life.notes(case, *tags, since=since)]


def _window(now: datetime, start: datetime, end: datetime) -> list[str]:
    return [] if start <= now < end else [f"its time is from {start} to {end}"]


def _later(life: Life, instant: datetime, days: int) -> datetime:
    wall = instant.astimezone(life.knobs.tz).replace(tzinfo=None) + timedelta(days=days)
    return local(life.knobs.tz, wall.date(), wall.time())


def _midnight(life: Life, visit: Visit, days: int) -> datetime:
    return local(life.knobs.tz, visit.day + timedelta(days=days))


def _thank_you(life: Life, case: str, visit: Visit, now: datetime) -> list[str]:
    closes = _midnight(life, visit, life.knobs.thank_days)
    return [*_window(now, visit.end, closes), *_ended(life, case, visit.start, "thanked", *CLOSED)]


def _debrief(life: Life, case: str, visit: Visit, now: datetime) -> list[str]:
    # Who puts it off has noted nothing yet.
    noted = [note for note in life.notes(case, since=visit.start) if note.tag != "snooze"]
    return [*_window(now, visit.end, _midnight(life, visit, 4)), *(f"{note.id} ended it" for note in noted)]


def _fit(life: Life, case: str, visit: Visit, now: datetime) -> list[str]:
    return [*_window(now, visit.end, _midnight(life, visit, 4)), *_ended(life, case, visit.start, "fit", *CLOSED)]


def _prepare(life: Life, case: str, visit: Visit, now: datetime) -> list[str]:
    opens = _later(life, visit.start, -2)
    return [*_window(now, opens, visit.start), *_ended(life, case, opens, *CLOSED)]


def _nudge(life: Life, case: str, visit: Visit, now: datetime) -> list[str]:
    opens = local(life.knobs.tz, visit.day + timedelta(days=3), time(10))
    own = (m for m in life.mails(case) if m.outgoing and m.subject == "News?" and not (m.answers or m.key))
    sent = [f"{m.id} was it" for m in own if m.other in visit.people and m.at >= opens]
    return [*_window(now, opens, _midnight(life, visit, 40)), *_ended(life, case, visit.start, *CLOSED), *sent]


def _call(life: Life, case: str, visit: Visit, now: datetime) -> list[str]:
    opens = life.call(case, visit)
    faults = _window(now, opens, _later(life, opens, 7))
    if visit != life.visits(case)[-1]:
        faults.append(f"a later interview is on {life.visits(case)[-1].day}")
    return [*faults, *_ended(life, case, visit.start, "called", *CLOSED)]


def _noted(life: Life, anchor: str) -> Note | None:
    """Return the note of an id; one that was written anew in other words, or that changed places, has a number behind."""
    name, _, number = anchor.rpartition(":")
    return life.picture.notes.get(anchor) or (life.picture.notes.get(name) if number.isdecimal() else None)


def _keep_promise(life: Life, case: str, anchor: str, now: datetime) -> Iterator[str]:
    note = _noted(life, anchor)
    if note is None:
        yield "nothing was promised (any more)"
        return
    if note.ticked:
        yield "the note is ticked"
    if now < life.start(note):
        yield f"the promise is made at {life.start(note)}"
    ends = life.notes(case, "kept", "dropped", since=life.start(note))
    yield from (f"{end.id} ended it" for end in ends if end.text == note.text)
    to = {note.address} - {""}
    sent = (mail for mail in life.mails(case) if mail.outgoing and mail.subject == note.text)
    yield from (f"{mail.id} kept it" for mail in sent if mail.other in to and mail.at >= life.start(note))


def _hold_back(life: Life, case: str, anchor: str, now: datetime) -> Iterator[str]:
    note = _noted(life, anchor)
    if note is None or note.tag not in THOUGHTS or now < life.start(note):
        yield f"there is no such thought: {note}"
    elif not any(start <= life.moment(note) < end for start, end in _silences(life, case)):
        yield "no silence was to be kept"


def _too_soon(life: Life, case: str, anchor: str, now: datetime) -> Iterator[str]:
    mail = life.picture.mails[anchor]
    answered = life.picture.mails.get(mail.answers)
    if not mail.outgoing or (answered and not answered.outgoing):
        yield "it is not for the user to be silent then"
    elif not any(start <= mail.at < end for start, end in _silences(life, case)):
        yield "no silence was to be kept"


def _silences(life: Life, case: str) -> list[tuple[datetime, datetime]]:
    return [life.silence(case, visit) for visit in life.visits(case)]


BY_VISIT = {
    "thank-you": _thank_you, "debrief": _debrief, "fit": _fit, "prepare": _prepare, "nudge": _nudge,
    "follow-up-call": _call,
}  # fmt: skip
BY_EVENT = {"keep-promise": _keep_promise, "hold-back": _hold_back, "too-soon": _too_soon}
