"""What notes add to the events of their case: tags and people of meetings that the user cannot edit. Pure.

A note with `re:DAY` is about the case's meetings of that day, and stays with them when they move.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, tzinfo

from msgspec import Struct
from msgspec.structs import replace

from followup_rules.engine.assign_cases import own_id, title_of
from followup_rules.language.patterns import World, moment
from followup_rules.language.tags import DISMISSED, DONE, SNOOZE, Tags
from followup_rules.language.text import fold
from followup_rules.model import Case, Event

_NOT = "not-"
_NEAREST = 3


class Misfit(Struct, frozen=True):
    """A note whose `re:` or `for:` names nothing, and what to tell of it."""

    note: Event
    message: str
    hint: str = ""


class Completed(Struct, frozen=True):
    """A case as its notes complete it."""

    case: Case
    """Without the notes that only mark meetings or end duties, or with what is left of them."""
    subjects: Mapping[str, frozenset[str]]
    """By the identity of each note with `re:DAY`: the identities of the meetings that it is about."""
    orders: tuple[Event, ...]
    """The notes with `#done`, `#dismissed`, or `#snooze` with `for:`, whole."""
    misfits: tuple[Misfit, ...]


def day_of(note: Event, world: World) -> date | None:
    """Return the day that `re:` names in a note; before anything else it is text."""
    named = note.data.get("re") if note.kind == "note" else None
    return world.days.day(named) if isinstance(named, datetime) else None


def completed(case: Case, world: World) -> Completed:
    """Return a case with what its notes say of its meetings."""
    home = tuple(_peopled(event, case.home, world.days.zone) for event in case.home)
    about = {note.identity: day for note in home if (day := day_of(note, world))}
    subjects = {name: _meetings(name, day, home, case, world) for name, day in about.items()}
    notes = sorted((e for e in home if e.kind == "note"), key=lambda note: (moment(note, world.days), note.identity))
    marks = [
        (note, own) for note in notes if note.identity in about and (own := world.tags.of(note.tags) & world.tags.marks)
    ]
    marked = [_marked(event, marks, subjects, world.tags) for event in home]
    left = (_left(event, about, world.tags) for event in marked)
    orders = tuple(note for note in notes if _orders(note, world.tags))
    misfits = tuple(misfit for note in notes if note.identity in about
                    for misfit in _misfit(note, about[note.identity], subjects, home, world))  # fmt: skip
    return Completed(replace(case, home=tuple(e for e in left if e is not None)), subjects, orders, misfits)


def bindings(case: Case, world: World) -> dict[tuple[str, str], frozenset[str]]:
    """Return the meetings that each note with `re:DAY` is about, by the note's identity and that day."""
    notes = {note.identity: day for note in case.home if (day := day_of(note, world))}
    return {(name, str(day)): _meetings(name, day, case.home, case, world) for name, day in notes.items()}


def _meetings(note: str, day: date, home: Iterable[Event], case: Case, world: World) -> frozenset[str]:
    there = {event.identity for event in home if event.kind == "meeting" and world.days.day(event.start) == day}
    return frozenset(there) | case.followed.get((note, str(day)), frozenset())


def _marked(
    event: Event, marks: Iterable[tuple[Event, frozenset[str]]], subjects: Mapping[str, frozenset[str]], tags: Tags
) -> Event:
    """Return a meeting with the tags that notes give it; of a tag and its opposite, the later note's counts."""
    if event.kind != "meeting":
        return event
    for note, given in marks:
        if event.identity in subjects[note.identity]:
            against = {tag.removeprefix(_NOT) if tag.startswith(_NOT) else f"{_NOT}{tag}" for tag in given}
            kept = [tag for tag in event.tags if tags.canonical(tag) not in against | given]
            event = replace(event, tags=(*kept, *sorted(given)))
    return event


def _orders(note: Event, tags: Tags) -> frozenset[str]:
    """Return the tags with which a note ends, dismisses or holds one duty."""
    given = tags.of(note.tags)
    return given & ({DONE, DISMISSED, SNOOZE} if "for" in note.data else {DONE, DISMISSED})


def _left(event: Event, about: Mapping[str, date], tags: Tags) -> Event | None:
    """Return what of a note stands for itself: nothing of one that only marks meetings, or ends or holds a duty."""
    if event.kind != "note":
        return event
    used = _orders(event, tags) | (tags.marks if event.identity in about else frozenset())
    left = tuple(tag for tag in event.tags if tags.canonical(tag) not in used)
    if left == event.tags:
        return event
    return replace(event, tags=left) if left else None


def _peopled(event: Event, home: Iterable[Event], zone: tzinfo) -> Event:
    """Return an event with its people: a heading that names an entry names nobody by that, but may add who is met."""
    if event.kind == "note" and event.people:
        entries = {
            name for other in home if other.kind == "meeting" for name in (own_id(other).lower(), other.id.lower())
        }
        people = tuple(person for person in event.people if person.address not in entries)
        return event if people == event.people else replace(event, people=people)
    if event.kind != "meeting" or event.people:
        return event
    names = title_of(event, zone)
    headed = (note for note in home if note.kind == "note" and note.people and fold(note.heading) in names)
    first = min(headed, key=lambda note: (note.start, note.identity), default=None)
    return replace(event, people=first.people) if first else event


def _misfit(
    note: Event, day: date, subjects: Mapping[str, frozenset[str]], home: Iterable[Event], world: World
) -> Iterable[Misfit]:
    days = [world.days.day(event.start) for event in home if event.kind == "meeting"]
    marks = bool(world.tags.of(note.tags) & world.tags.marks)
    if subjects[note.identity] or not (days or marks):
        return
    near = sorted(set(days), key=lambda other: (abs(other - day), other))[:_NEAREST]
    hint = f"its meetings are on {', '.join(f'{other:%Y-%m-%d}' for other in near)}" if near else ""
    yield Misfit(
        note, f"re:{day:%Y-%m-%d}: the case has no meeting on that day", hint or "the case has no meetings yet"
    )
