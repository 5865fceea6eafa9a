"""What notes add to the events of their case: tags and people of meetings that the user cannot edit. Pure.

A note with `re:DAY` is about the case's meetings of that day, and stays with them when they move.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import date, datetime, tzinfo

from msgspec import Struct
from msgspec.structs import replace

from followup_rules.codes import Code
from followup_rules.engine.assign_cases import own_id, title_of
from followup_rules.language.patterns import World, moment
from followup_rules.language.tags import DISMISSED, DONE, SNOOZE, Tags
from followup_rules.language.text import fold
from followup_rules.model import Case, Event
from followup_rules.sentences import Sentence

_NOT = "not-"
_NEAREST = 3
_PUNCTUATION = ".,;:!?)"


class Misfit(Struct, frozen=True):
    """A note that does nothing, such as one whose `re:` or `for:` names nothing, and what to tell of it."""

    note: Event
    message: str
    hint: str
    code: str = Code.NO_DUTY


class Completed(Struct, frozen=True):
    """A case as its notes complete it."""

    case: Case
    """Without the notes that only mark meetings or end duties, or with what is left of them."""
    subjects: Mapping[str, frozenset[str]]
    """By the identity of each note with `re:DAY`: the identities of the meetings that it is about."""
    orders: tuple[Event, ...]
    """The notes with `#done`, `#dismissed`, or `#snooze` with `for:`, whole, in the order of time."""
    misfits: tuple[Misfit, ...]
    marked: Mapping[str, datetime]
    """By the identity of each meeting that notes mark: the instant of the last that does."""


def completed(case: Case, world: World) -> Completed:
    """Return a case with what its notes say of its meetings; one that was taken away says nothing any more."""
    if "note" not in {event.kind for event in case.home}:
        return Completed(case, {}, (), (), {})
    home = _peopled(case.home, world.days.zone)
    about = _about(case, world)
    subjects = _meetings(about, case, world) if about else {}
    notes = [event for event in home if event.kind == "note"]
    there = sorted(
        (note for note in notes if note.gone is None), key=lambda note: (moment(note, world.days), note.identity)
    )
    marks = [(note, world.tags.of(note.tags) & world.tags.marks) for note in there if note.identity in about]
    given = _given(home, marks, subjects, about, world) if marks else {}
    marked = [_marked(event, given[event.identity], world.tags) if event.identity in given else event for event in home]
    orders = {note.identity: _orders(note, world.tags) for note in notes}
    left = [_left(event, orders[event.identity], about, world.tags) if event.identity in orders else event
            for event in marked]  # fmt: skip
    astray = [(note, about[note.identity], tags) for note, tags in marks if not subjects[note.identity]]
    return Completed(
        replace(case, home=tuple([event for event in left if event is not None])),
        subjects,
        tuple([note for note in there if orders[note.identity]]),
        tuple(_misfits(astray, home, world)) if astray else (),
        {name: moment(found[-1][0], world.days) for name, found in given.items()},
    )


def named_in(note: Event) -> str:
    """Return what stands behind a note's `for:`, or ""."""
    written = note.data.get("for")
    # A sentence may end behind it: "#done for:thanks."
    return written.rstrip(_PUNCTUATION) if isinstance(written, str) else ""


def bindings(case: Case, world: World) -> dict[tuple[str, str], frozenset[str]]:
    """Return the meetings that each note with `re:DAY` is about, by the note's identity and that day."""
    about, there = _about(case, world), {event.identity for event in case.home if event.kind == "meeting"}
    return {(name, str(about[name])): found & there for name, found in _meetings(about, case, world).items()}


def _about(case: Case, world: World) -> dict[str, date]:
    """Return the days that notes are about, by the note's identity."""
    named = {event.identity: _day(event, world) for event in case.home if event.kind == "note"}
    return {name: world.days.day(at) for name, at in named.items() if at is not None}


def _day(note: Event, world: World) -> datetime | None:
    """Return when the day is that a note names with `re:`, else its own if it tells of a missed meeting."""
    named = note.data.get("re")
    # Before anything but a date `re:` is text.
    if isinstance(named, datetime):
        return named
    return note.start if world.tags.missed & world.tags.of(note.tags) else None


def _meetings(about: Mapping[str, date], case: Case, world: World) -> dict[str, frozenset[str]]:
    """Return the identities of the meetings that each note is about: those of the day, and those that it followed."""
    there: dict[date, set[str]] = defaultdict(set)
    for event in case.home:
        if event.kind == "meeting" or (event.identity not in about and tells_of_meeting(event, world.tags)):
            there[world.days.day(event.start)].add(event.identity)
    return {
        note: frozenset(there.get(day, ())) | case.followed.get((note, str(day)), frozenset())
        for note, day in about.items()
    }


def tells_of_meeting(event: Event, tags: Tags) -> bool:
    """Tell of a note, such as `#interview` alone, whether it stands for a meeting that is in no calendar."""
    own = tags.of(event.tags) & tags.marks - tags.missed if event.kind == "note" else ()
    return any(not tag.startswith(_NOT) for tag in own)


def _given(
    home: Iterable[Event],
    marks: Iterable[tuple[Event, frozenset[str]]],
    subjects: Mapping[str, frozenset[str]],
    about: Mapping[str, date],
    world: World,
) -> dict[str, list[tuple[Event, frozenset[str]]]]:
    """Return the notes that mark events, by these in the order of time, and the tags that each gives them.

    What was missed on a day may still take place on the day to which it has moved.
    """
    known = {event.identity: event for event in home}
    found: dict[str, list[tuple[Event, frozenset[str]]]] = defaultdict(list)
    for note, tags in marks:
        for name in subjects[note.identity] & known.keys():
            has_moved = world.days.day(known[name].start) != about[note.identity]
            left = tags - world.tags.missed if has_moved else tags
            if left:
                found[name].append((note, left))
    return found


def _marked(event: Event, given: Iterable[tuple[Event, frozenset[str]]], tags: Tags) -> Event:
    """Return a meeting with the tags that notes give it; of a tag and its opposite, the later note's counts."""
    for _, own in given:
        against = {tag.removeprefix(_NOT) if tag.startswith(_NOT) else f"{_NOT}{tag}" for tag in own}
        kept = [tag for tag in event.tags if tags.canonical(tag) not in against | own]
        event = replace(event, tags=(*kept, *sorted(own)))
    return event


def _orders(note: Event, tags: Tags) -> frozenset[str]:
    """Return the tags with which a note ends, dismisses or holds one duty."""
    given = tags.of(note.tags)
    return given & ({DONE, DISMISSED, SNOOZE} if "for" in note.data else {DONE, DISMISSED})


def _left(note: Event, orders: frozenset[str], about: Mapping[str, date], tags: Tags) -> Event | None:
    """Return what of a note stands for itself: nothing of one that only marks meetings, or ends or holds a duty."""
    used = orders | tags.marks if note.identity in about else orders
    left = tuple([tag for tag in note.tags if tags.canonical(tag) not in used]) if used else note.tags
    if left == note.tags:
        return note
    return replace(note, tags=left) if left else None


def _peopled(home: Iterable[Event], zone: tzinfo) -> list[Event]:
    """Return events with their people: a heading that names an entry names nobody by that, but may add who is met."""
    listed = list(home)
    entries = {own_id(event).lower() for event in listed if event.kind == "meeting"}
    named = [_named(event, entries) if event.kind == "note" else event for event in listed]
    headed: dict[str, Event] = {}
    for note in named:
        if note.kind == "note" and note.people and note.gone is None:
            heading = fold(note.heading)
            headed[heading] = min(note, headed.get(heading, note), key=_written)
    return [_met(event, headed, zone) if event.kind == "meeting" and not event.people else event for event in named]


def _written(note: Event) -> tuple[datetime, str]:
    return note.start, note.identity


def _named(note: Event, entries: AbstractSet[str]) -> Event:
    """Return a note with those of its people whose address is not the id of an entry."""
    people = tuple([person for person in note.people if person.address not in entries])
    return note if people == note.people else replace(note, people=people)


def _met(meeting: Event, headed: Mapping[str, Event], zone: tzinfo) -> Event:
    """Return a meeting without people with those of the first note whose heading is its title."""
    notes = (headed[name] for name in title_of(meeting, zone) if name in headed)
    first = min(notes, key=_written, default=None)
    return replace(meeting, people=first.people) if first else meeting


def _misfits(
    astray: Iterable[tuple[Event, date, frozenset[str]]], home: Iterable[Event], world: World
) -> Iterator[Misfit]:
    """Tell of each note that names a day without a meeting; of one that marks nothing, only if there are meetings."""
    days = {world.days.day(event.start) for event in home if event.kind == "meeting"}
    for note, day, marks in astray:
        near = sorted(days, key=lambda other: (abs(other - day), other))[:_NEAREST]
        hint = (
            Sentence("its meetings are on {days}", days=", ".join(map(str, near)))
            if near
            else Sentence("the case has no meetings yet")
        )
        if days or marks:
            yield Misfit(note, Sentence("re:{day}: the case has no meeting on that day", day=day), hint)
