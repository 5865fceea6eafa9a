"""What happens in the simulated life: each function makes one thing happen, with details left to chance."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta

from msgspec.structs import replace

from .choice import Chance
from .memory import Desk, Item
from .world import EMPLOYERS, REFERENCE, Employer, Mail, Meeting, Note, World, day_of, employer_of, local

TITLES = ("Interview with the team", "Entrevue", "Final round interview", "Phone screen")
CALM_TAGS = ("issue", "fit", "thanked", "debriefed")
THOUGHTS = ("skill-gap", "no-airtime", "fix-answer", "open-question", "decision")
ENDS = ("called", "kept", "dropped", "offer", "rejected", "withdrawn")
TAGS = ("promise", *THOUGHTS, "promise", "announced", "snooze", *CALM_TAGS[:3], *ENDS, "called")
THINGS = ("the frisbee shop", "names of donors", "a violin maker", "the printer")
ZONES = ("America/Toronto", "Europe/Paris", "Australia/Sydney", "UTC", "Pacific/Apia", "Asia/Kathmandu")
HOLIDAYS = ("CA-QC", "FR", "AU-NSW", "", "WS", "")
ROLLS = ("tue-thu", "workday, 08:00-19:00", "mon/fri", "22:00-06:00", "workday", "sat-tue, 13:00-15:30")
MODES = ("ok", "ok", "ok", "refuses", "dies before", "dies after", "down")


def _employer(world: World, chance: Chance) -> Employer:
    return chance.one(world.employers)


def _label(employer: Employer, chance: Chance) -> str:
    return "" if employer.simple or chance.number(0, 2) else employer.case


def add_meeting(world: World, chance: Chance) -> None:
    """Book an interview, sometimes another kind of meeting."""
    employer = _employer(world, chance)
    start = _some_time(world, chance, chance.number(-2, 16))
    interview = chance.number(0, 7) < 7
    uid = f"M{world.fresh()}"
    world.keep("meetings", uid, Meeting(
        uid=uid, employer=employer.case, title=chance.one(TITLES) if interview else "Lunch", interview=interview,
        start=start, end=start + timedelta(minutes=chance.one((60, 30, 120))),
        people=employer.people[: chance.number(1, len(employer.people))], stamp=world.now,
        label=_label(employer, chance)))  # fmt: skip


def _some_time(world: World, chance: Chance, days: int) -> datetime:
    day = day_of(world.knobs.tz, world.now) + timedelta(days=days)
    return local(world.knobs.tz, day, time(chance.number(8, 19), chance.one((0, 30))))


def _a_meeting(world: World, chance: Chance) -> Meeting | None:
    recent = [m for m in world.picture.meetings.values() if m.end > world.now - timedelta(days=12)]
    return chance.one(recent) if recent else None


def _change_meeting(world: World, meeting: Meeting, **fields: object) -> None:
    stamped = {"stamp": world.now, **fields}
    world.keep("meetings", meeting.uid, replace(meeting, **stamped))


def add_visit_of_the_day(world: World, chance: Chance) -> None:
    """Book a second interview on the day of another."""
    meeting = _a_meeting(world, chance)
    if meeting:
        start = meeting.end + timedelta(minutes=chance.one((0, 60)))
        uid = f"M{world.fresh()}"
        people = next(each.people for each in EMPLOYERS if each.case == meeting.employer)
        second = replace(meeting, uid=uid, start=start, end=start + timedelta(minutes=45), people=people[-1:])
        _change_meeting(world, second, status="confirmed", title="Interview", interview=True)


def move_within_the_day(world: World, chance: Chance) -> None:
    """Move a meeting by some hours; now and then that leads over midnight."""
    meeting = _a_meeting(world, chance)
    if meeting:
        by = timedelta(hours=chance.one((1, -1, 3, -4)))
        _change_meeting(world, meeting, start=meeting.start + by, end=meeting.end + by)


def move_to_another_day(world: World, chance: Chance) -> None:
    """Move a meeting by some days."""
    meeting = _a_meeting(world, chance)
    if meeting:
        by = timedelta(days=chance.one((1, -1, 7, 2)))
        _change_meeting(world, meeting, start=meeting.start + by, end=meeting.end + by)


def cancel(world: World, chance: Chance) -> None:
    """Cancel or decline a meeting, or confirm one that was cancelled."""
    meeting = _a_meeting(world, chance)
    if meeting:
        status = "confirmed" if meeting.status != "confirmed" else chance.one(("cancelled", "cancelled", "declined"))
        _change_meeting(world, meeting, status=status)


def retitle(world: World, chance: Chance) -> None:
    """Make an interview of a meeting, or the other way round, or invite others."""
    meeting = _a_meeting(world, chance)
    if meeting:
        interview = chance.number(0, 1) == 0
        people = next(each.people for each in EMPLOYERS if each.case == meeting.employer)
        title = chance.one(TITLES) if interview else "Lunch"
        people = people[: chance.number(1, len(people))]
        _change_meeting(world, meeting, title=title, interview=interview, people=people)


def delete_meeting(world: World, chance: Chance) -> None:
    """Delete a meeting without a trace."""
    _delete(world, _a_meeting(world, chance))


def delete_long_before(world: World, chance: Chance) -> None:
    """Delete a meeting that is still some days off."""
    far = [m for m in world.picture.meetings.values() if m.start > world.now + timedelta(days=6)]
    _delete(world, chance.one(far) if far else None)


def _delete(world: World, meeting: Meeting | None) -> None:
    if meeting:
        world.keep("meetings", meeting.uid, None)
        world.deleted = [*world.deleted, meeting][-3:]


def undelete_meeting(world: World, chance: Chance) -> None:
    """Bring back a meeting that was deleted."""
    gone = [m for m in world.deleted if m.uid not in world.picture.meetings]
    if gone:
        meeting = chance.one(gone)
        world.keep("meetings", meeting.uid, meeting)


def add_note(world: World, chance: Chance, *, undated: bool = True) -> None:
    """Write a note: with a time, with a day, or without either."""
    employer, tag = _employer(world, chance), chance.one(TAGS)
    day = day_of(world.knobs.tz, world.now) + timedelta(days=chance.one((0, 0, 0, -1, -3, 1)))
    clock = time(chance.number(7, 22), chance.one((0, 15))) if chance.number(0, 2) else None
    if undated and chance.number(0, 7) == 7:
        day = clock = None
    address = chance.one(employer.people) if chance.number(0, 3) or "@" in employer.case else ""
    named = address or employer.case
    stamp = "" if day is None else f"{day}T{clock:%H:%M}" if clock else str(day)
    ident = f"notes:{named}:{stamp}:{tag}"
    world.keep("notes", ident, Note(
        id=ident, employer=employer.case, heading="" if address else named, address=address, day=day, clock=clock,
        tag=tag, text=chance.one(THINGS), pairs=_pairs(world, chance, tag),
        label="" if employer.simple else employer.case))  # fmt: skip


def _pairs(world: World, chance: Chance, tag: str) -> tuple[tuple[str, str], ...]:
    key = {"promise": "due", "announced": "on", "snooze": "until", "fit": "ref"}.get(tag)
    if key is None or chance.number(0, 3) == 3:
        return ()
    if key == "ref":
        return ((key, chance.one((*REFERENCE.people, "nobody-at-all"))),)
    day = day_of(world.knobs.tz, world.now) + timedelta(days=chance.number(1, 15))
    return ((key, str(day)),)


def _a_note(world: World, chance: Chance) -> Note | None:
    recent = list(world.picture.notes.values())[-8:]
    return chance.one(recent) if recent else None


def edit_note(world: World, chance: Chance) -> None:
    """Write a note's text or date anew."""
    note = _a_note(world, chance)
    if note:
        text, pairs = chance.one(THINGS), _pairs(world, chance, note.tag)
        world.keep("notes", note.id, replace(note, text=text, pairs=pairs))


def tick_note(world: World, chance: Chance) -> None:
    """Tick a note's box, or take the tick away."""
    note = _a_note(world, chance)
    if note:
        world.keep("notes", note.id, replace(note, ticked=not note.ticked))


def delete_note(world: World, chance: Chance) -> None:
    """Delete a note."""
    note = _a_note(world, chance)
    if note:
        world.keep("notes", note.id, None)


def send_thanks(world: World, chance: Chance) -> None:
    """Thank somebody from the phone."""
    employer = _employer(world, chance)
    _send(world, employer, chance.one(employer.people), chance, subject="Thank you", thanks=True)


def send_mail(world: World, chance: Chance) -> None:
    """Write about something that may have been promised, or about anything."""
    employer = _employer(world, chance)
    _send(
        world, employer, chance.one(employer.people), chance, subject=chance.one((*THINGS, "Parking", "News?", "News?"))
    )


def _send(world: World, employer: Employer, other: str, chance: Chance, **fields: object) -> None:
    ident = f"m{world.fresh()}@exemple.ca"
    at = world.now - timedelta(minutes=chance.one((1, 0, 90)))
    values = {"subject": "", "answers": "", "thread": ident, **fields}
    values["text"] = f"About {employer.case.replace('-', ' ')}" if chance.number(0, 3) == 0 else ""
    mail = Mail(id=ident, employer=employer.case, at=at, outgoing=True, other=other, **values)
    world.keep("mails", ident, mail)


def answer_mail(world: World, chance: Chance) -> None:
    """Answer one of the latest mails, one's own included."""
    recent = list(world.picture.mails.values())[-5:]
    if recent:
        mail = chance.one(recent)
        employer = employer_of(mail.employer)
        _send(world, employer, mail.other, chance, subject=f"Re: {mail.subject}", answers=mail.id, thread=mail.thread,
              thanks=mail.subject.startswith("Thank"))  # fmt: skip


def receive_mail(world: World, chance: Chance) -> None:
    """Get a mail, in a thread of one's own or in a new one."""
    employer = _employer(world, chance)
    ident = f"r{world.fresh()}@elsewhere.org"
    own = [m for m in list(world.picture.mails.values())[-6:] if m.employer == employer.case and m.outgoing]
    before = chance.one(own) if own and chance.number(0, 1) else None
    world.keep("mails", ident, Mail(
        id=ident, employer=employer.case, at=world.now - timedelta(minutes=2), outgoing=False,
        other=before.other if before else chance.one(employer.people), subject="Hello",
        answers=before.id if before else "", thread=before.thread if before else ident))  # fmt: skip


def fail_source(world: World, chance: Chance) -> None:
    """Let a source fail, or return."""
    name = chance.one(("sent", "notes", "calendar"))
    world.failing = world.failing ^ {name}
    world.tell(f"sources that fail: {', '.join(sorted(world.failing)) or 'none'}")


def stubborn_output(world: World, chance: Chance) -> None:
    """Let an output refuse, time out or be away; mostly let it work again."""
    name = chance.one(("drafts", "tasks"))
    world.modes = {**world.modes, name: chance.one(MODES)}
    world.tell(f"outputs: {world.modes}")


def turn_a_knob(world: World, chance: Chance) -> None:
    """Change the config."""
    knobs = world.knobs
    turned = [
        replace(knobs, call_days=chance.one((10, 7, 5, 14))),
        replace(knobs, call_on=not knobs.call_on),
        replace(knobs, thank_days=chance.one((6, 3))),
        replace(knobs, debrief_on=not knobs.debrief_on),
        replace(knobs, lookback=chance.one((30, 10, 60))),
        replace(knobs, labels=not knobs.labels),
        replace(knobs, roll=chance.one(ROLLS)),
        replace(knobs, zone=chance.one(ZONES)),
        replace(knobs, holidays=chance.one(HOLIDAYS)),
    ]
    world.knobs = chance.one(turned)
    world.tell(f"config: {world.knobs}")


def turn_the_clock(world: World, chance: Chance) -> None:
    """Let the machine's clock be wrong, or right again."""
    world.skew = timedelta(minutes=chance.one((0, 0, -60, 60, 3 * 24 * 60)))
    world.tell(f"the clock is off by {world.skew}")


THINGS_THAT_HAPPEN: Mapping[str, tuple[int, Callable[[World, Chance], None]]] = {
    "add_meeting": (6, add_meeting),
    "add_visit_of_the_day": (2, add_visit_of_the_day),
    "move_within_the_day": (2, move_within_the_day),
    "move_to_another_day": (2, move_to_another_day),
    "cancel": (2, cancel),
    "retitle": (1, retitle),
    "delete_meeting": (1, delete_meeting),
    "undelete_meeting": (1, undelete_meeting),
    "add_note": (14, add_note),
    "edit_note": (2, edit_note),
    "tick_note": (2, tick_note),
    "delete_note": (1, delete_note),
    "send_thanks": (3, send_thanks),
    "send_mail": (5, send_mail),
    "answer_mail": (2, answer_mail),
    "receive_mail": (3, receive_mail),
}
TROUBLES: Mapping[str, tuple[int, Callable[[World, Chance], None]]] = {
    "fail_source": (2, fail_source),
    "stubborn_output": (2, stubborn_output),
    "turn_a_knob": (2, turn_a_knob),
    "turn_the_clock": (1, turn_the_clock),
}


def use_a_hand(world: World, desks: Mapping[str, Desk], chance: Chance) -> None:
    """Tick, delete, edit or send something that lies on a desk, or write a note about it."""
    found = [(desk, ref) for desk in desks.values() for ref, item in desk.open().items() if not item.uncertain]
    if found:
        desk, ref = chance.one(found)
        how = chance.one(("tick", "delete", "touch", "send", "send it as a mail", "order"))
        if how == "order":
            order(world, desk.items[ref], chance)
        else:
            handle(world, desk.items[ref], how)


def order(world: World, item: Item, chance: Chance) -> None:
    """Write that a draft or a task, or the whole duty, is done, dismissed, or to wait."""
    action = item.action
    employer = next((each for each in world.employers if each.case == action.case), None)
    if employer is None:
        return
    day, tag = day_of(world.knobs.tz, world.now), chance.one(("done", "dismissed", "snooze"))
    clock = world.now.astimezone(world.knobs.tz).time().replace(second=0, microsecond=0)
    until = (("until", str(day + timedelta(days=chance.number(1, 9)))),) if tag == "snooze" else ()
    ident = f"notes:{employer.people[0]}:{day}T{clock:%H:%M}:{tag}"
    world.keep("notes", ident, Note(
        id=ident, employer=employer.case, heading="", address=employer.people[0], day=day, clock=clock, tag=tag,
        text=chance.one(THINGS), pairs=(("for", chance.one((action.key, action.duty))), *until),
        label="" if employer.simple else employer.case))  # fmt: skip


def handle(world: World, item: Item, how: str) -> None:
    """Do one thing to a draft or a task."""
    world.tell(f"hand: {how} {item.action.key}")
    if how == "touch":
        item.state = "touched"
    elif how == "delete":
        item.state = "gone"
    elif how == "send it as a mail" and item.action.type == "draft" and item.action.to:
        item.state = "gone"
        _send_draft(world, item)
    else:
        item.state, item.at = "done", world.now


def _send_draft(world: World, item: Item) -> None:
    action = item.action
    other = action.to[0].address
    employer = employer_of(other)
    ident = f"m{world.fresh()}@exemple.ca"
    world.keep("mails", ident, Mail(
        id=ident, employer=employer.case, at=world.now, outgoing=True, other=other, subject=action.title,
        text=action.text[:200], thread=ident, key=action.key, thanks=action.rule == "thank-you"))  # fmt: skip
