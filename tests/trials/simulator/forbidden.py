"""What the article forbids to be made, rule by rule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta

from .known import CLOSED, Life, Visit
from .session import Seen, Violation
from .world import Mail, Note, local, plain

THOUGHTS = ("skill-gap", "no-airtime", "fix-answer", "open-question", "decision")
NEEDS = {
    "thank-you": {"sent", "notes"}, "follow-up-call": {"notes", "calendar"}, "keep-promise": {"sent", "notes"},
    "debrief": {"notes"}, "fit": {"notes"}, "prepare": {"notes"}, "nudge": {"notes"},
}  # fmt: skip
"""Sources without which a duty cannot be decided."""


def forbid(lives: Sequence[Life], action: object, seen: Seen) -> None:
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
