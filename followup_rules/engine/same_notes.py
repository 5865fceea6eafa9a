"""Which note each note that is read was before. A note has no id of its own: people write text, and edit it.

A note is known by its file, heading, time and first tag, and equal ones by their text. What is decided of one note
hangs on its id, so an id never passes from one note to another, whatever else is finished, deleted or inserted.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from datetime import timedelta
from difflib import SequenceMatcher

from msgspec.structs import replace

from followup_rules.engine.assign_cases import employer
from followup_rules.language.text import fold
from followup_rules.model import BadItem, Event

_NUMBER = re.compile(r":\d+$")
# How much of a text must be left for it to be an edit, where several may have been edited at once.
_ALIKE = 0.5
_Key = Callable[[Event], Hashable]
_Fits = Callable[[Event, Event], bool]


def settle(read: Iterable[Event], known: Iterable[Event], taken: Collection[str]) -> list[Event]:
    """Return the notes as they are read now, each under the id of the note that it was before, or under a new one.

    `known` are the notes as they were, those that are gone among them; `taken` are all ids that no new note may get. A
    note without a date keeps the instant at which it was first seen. The order of what is given does not matter.
    """
    notes, before = sorted(read, key=_order), sorted(known, key=_order)
    was = _matched(notes, before)
    used = {*taken, *(event.id for event in before)}
    settled = []
    for note in sorted(notes, key=lambda each: (_base(each), fold(each.title), *_order(each))):
        same = was.get(note.id)
        ident = same.id if same else _free(_base(note), used)
        used.add(ident)
        settled.append(_as_before(note, same) if same else replace(note, id=ident))
    return settled


def keep(unread: Iterable[BadItem], read: Iterable[Event], known: Iterable[Event]) -> list[BadItem]:
    """Return what could not be read, with the id of the note that stood there before: that note stays as it was.

    `read` are the notes that can be read, under their ids: of these only a part may be told of.
    """
    there = {ident for note in read for ident in (note.id, note.where)}
    missing = [note for note in known if note.gone is None and note.id not in there]
    left = sorted(missing, key=_order)
    kept = []
    for item in unread:
        alike = [
            (_likeness(item.source_line, note.source_line), note)
            for note in left
            if _path(note.where) == _path(item.where)
        ]
        likeness, note = max(alike, key=lambda pair: pair[0], default=(0.0, None))
        if note and item.where not in there and likeness >= _ALIKE:
            left.remove(note)
            kept.append(BadItem(item.where, item.message, note.id, item.source_line, item.marked))
        else:
            kept.append(item)
    return kept


def _matched(notes: Sequence[Event], before: Sequence[Event]) -> dict[str, Event]:
    """Return by the id of each note which it was before, the surest likeness first."""
    was: dict[str, Event] = {}
    for gone, key, fits in _STAGES:
        left = [note for note in notes if note.id not in was]
        taken = {event.id for event in was.values()}
        free = [event for event in before if event.id not in taken and (event.gone is not None) is gone]
        was |= {note.id: event for note, event in _pairs(left, free, key, fits)}
    for key in (_place, _base):
        left = [note for note in notes if note.id not in was]
        taken = {event.id for event in was.values()}
        free = [event for event in before if event.id not in taken and event.gone is None]
        was |= {note.id: event for note, event in _edited(left, free, key)}
    return was


def _pairs(notes: Sequence[Event], before: Sequence[Event], key: _Key, fits: _Fits) -> Iterator[tuple[Event, Event]]:
    free = _grouped(before, key)
    for note in notes:
        group = free.get(key(note), [])
        same = next((event for event in group if fits(note, event)), None)
        if same:
            group.remove(same)
            yield note, same


def _edited(notes: Sequence[Event], before: Sequence[Event], key: _Key) -> Iterator[tuple[Event, Event]]:
    """Pair what is new with what is missing in one place: one with one, and of several those whose texts are alike."""
    free = _grouped(before, key)
    for place, new in _grouped(notes, key).items():
        missing = free.get(place, [])
        if len(new) == len(missing) == 1:
            yield new[0], missing[0]
            continue
        alike = [(_likeness(note.title, event.title), note, event) for note in new for event in missing]
        paired: set[str] = set()
        for likeness, note, event in sorted(alike, key=lambda each: -each[0]):
            if likeness >= _ALIKE and paired.isdisjoint({f"new {note.id}", f"was {event.id}"}):
                paired |= {f"new {note.id}", f"was {event.id}"}
                yield note, event


def _grouped(events: Iterable[Event], key: _Key) -> dict[Hashable, list[Event]]:
    groups: dict[Hashable, list[Event]] = defaultdict(list)
    for event in events:
        groups[key(event)].append(event)
    return dict(groups)


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, fold(one).split(), fold(other).split(), autojunk=False).ratio()


def _as_before(note: Event, same: Event) -> Event:
    start = same.start if note.undated else note.start
    return replace(note, id=same.id, start=start, end=start)


def _free(base: str, used: Collection[str]) -> str:
    number, ident = 1, base
    while ident in used:
        number += 1
        ident = f"{base}:{number}"
    return ident


def _base(note: Event) -> str:
    """Return the id without the number of a further equal note."""
    return _NUMBER.sub("", note.id)


def _order(note: Event) -> tuple[str, int, str]:
    line = note.where.rpartition(":")[2]
    return _path(note.where), int(line) if line.isdecimal() else 0, note.id


def _path(where: str) -> str:
    return where.rpartition(":")[0]


# -- in which ways two notes are alike


def _heading(note: Event) -> Hashable:
    return (fold(note.case), fold(note.heading), note.domain, *(person.address for person in note.people))


def _stamp(note: Event) -> Hashable:
    return () if note.undated else (note.start, note.whole_day)


def _tag(note: Event) -> str:
    return note.tags[0] if note.tags else ""


def _place(note: Event) -> Hashable:
    return _path(note.where), _heading(note), _stamp(note), _tag(note)


def _text(note: Event) -> Hashable:
    return _tag(note), fold(note.title)


def _any(_: Event, __: Event) -> bool:
    return True


def _kin(one: Event, other: Event) -> bool:
    """Tell whether two headings speak of the same people: one may lack what the other has."""
    if _heading(one) == _heading(other):
        return True
    addresses, others = ({person.address for person in note.people} for note in (one, other))
    if addresses and others:
        return not addresses.isdisjoint(others)
    return not _names(one).isdisjoint(_names(other))


def _names(note: Event) -> set[str]:
    """Return what the heading may be called by: its label, its domains, and the employer's name in these."""
    domains = {note.domain, *(person.domain for person in note.people)} - {""}
    return {fold(name) for name in (note.heading, note.case, *domains, *map(employer, domains))} - {fold("")}


def _refines(one: Event, other: Event) -> bool:
    """Tell whether one time only says more than the other: a date where there was none, an hour of that day."""
    if _stamp(one) == _stamp(other) or one.undated or other.undated:
        return True
    day, moment = (one, other) if one.whole_day else (other, one)
    return day.whole_day and timedelta(0) <= moment.start - day.start < timedelta(days=1)


def _gained(one: Event, other: Event) -> bool:
    return _kin(one, other) and _refines(one, other)


def _same_time(one: Event, other: Event) -> bool:
    return _kin(one, other) and _stamp(one) == _stamp(other)


_STAGES: tuple[tuple[bool, _Key, _Fits], ...] = (
    (False, lambda note: (_place(note), _text(note), fold(note.source_line)), _any),
    (False, lambda note: (_place(note), _text(note)), _any),
    (False, lambda note: (_heading(note), _stamp(note), _text(note)), _any),  # its file was renamed
    (False, lambda note: (_base(note), _text(note)), _any),  # the user's zone is another one
    (False, _text, _same_time),  # its heading gained an address
    (False, _text, _gained),  # it gained a date or a time
    (True, _text, _same_time),  # it was away for some ticks
)
"""Whether the note was gone, what must be equal, and what else must fit, the surest likeness first."""
