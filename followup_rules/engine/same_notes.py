"""Which note each note that is read was before. A note has no id of its own: people write text, and edit it.

A note is known by its file, heading, time and first tag, and equal ones by their text. What is decided of one note
hangs on its id, so an id never passes from one note to another, whatever else is finished, deleted or inserted.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from datetime import tzinfo
from difflib import SequenceMatcher
from functools import partial

from msgspec.structs import replace

from followup_rules.engine.case_keys import employer
from followup_rules.language.text import fold
from followup_rules.model import BadItem, Event

_NUMBER = re.compile(r":\d+$")
# How much of a text must be left for it to be an edit, where several may have been edited at once.
_ALIKE = 0.5


def settle(read: Iterable[Event], known: Iterable[Event], taken: Collection[str], zone: tzinfo) -> list[Event]:
    """Return the notes as they are read now, each under the id of the note that it was before, or under a new one.

    `known` are the notes as they were, those that are gone among them; `taken` are all ids that no new note may get;
    `zone` is the user's. A note without a date keeps the instant at which it was first seen. The order of what is given
    does not matter.
    """
    notes, before = sorted(read, key=_order), sorted(known, key=_order)
    was = _matched(notes, before, zone)
    used = set(taken)
    settled = []
    # By their text, so that where notes stand does not tell which of two new ones gets which number.
    for note in sorted(notes, key=lambda each: fold(each.title)):
        same = was.get(note.id)
        if same is None:
            settled.append(replace(note, id=_free(_base(note), used)))
        else:
            start = same.start if note.undated else note.start
            settled.append(replace(note, id=same.id, start=start, end=start))
        used.add(settled[-1].id)
    return settled


def keep(unread: Iterable[BadItem], read: Collection[Event], known: Iterable[Event]) -> list[BadItem]:
    """Return what could not be read, with the id of the note that stood there before: that note stays as it was.

    `read` are the notes that can be read, under their ids: of these only a part may be told of.
    """
    ids, places = {note.id for note in read}, {note.where for note in read}
    left = sorted((note for note in known if note.gone is None and note.id not in ids), key=_order)
    kept = []
    for item in unread:
        there = [note for note in left if _path(note.where) == _path(item.where)]
        alike = ((_likeness(item.source_line, note.source_line), note) for note in there)
        best = max(alike, key=lambda pair: pair[0], default=None)
        if best and best[0] >= _ALIKE and item.where not in places:
            left.remove(best[1])
            kept.append(replace(item, id=best[1].id))
        else:
            kept.append(item)
    return kept


def _matched(notes: Sequence[Event], before: Sequence[Event], zone: tzinfo) -> dict[str, Event]:
    """Return by the id of each note which it was before, the surest likeness first."""
    was: dict[str, Event] = {}
    for gone, pairs in _stages(zone):
        left = [note for note in notes if note.id not in was]
        if not left:
            break
        taken = {event.id for event in was.values()}
        free = [event for event in before if event.id not in taken and (event.gone is not None) is gone]
        was |= {note.id: event for note, event in pairs(left, free)}
    return was


def _stages(
    zone: tzinfo,
) -> Iterator[tuple[bool, Callable[[Sequence[Event], Sequence[Event]], Iterator[tuple[Event, Event]]]]]:
    """Yield the ways in which two notes may be one, the surest first: whether it was gone, and what pairs them."""
    gained, lost = partial(_gained, zone=zone), partial(_lost, zone=zone)
    yield False, partial(_pairs, key=lambda note: (_place(note), _text(note), fold(note.source_line)))
    yield False, partial(_pairs, key=lambda note: (_place(note), _text(note)))
    # Its file was renamed.
    yield False, partial(_pairs, key=lambda note: (_heading(note), _stamp(note), _text(note)))
    # Its heading gained an address.
    yield False, partial(_pairs, key=_text, fits=_same_time)
    # It gained a date or a time.
    yield False, partial(_pairs, key=_text, fits=gained)
    # Of its text more is understood than by an earlier version.
    yield False, partial(_pairs, key=_tag, fits=_read_further)
    # It was away for some ticks.
    yield True, partial(_pairs, key=_text, fits=_same_time)
    # It was edited, or the user's zone is another one.
    yield False, partial(_edited, key=_place)
    # Its date or time was taken out; sooner than that, another note says the same, and this one was edited.
    yield False, partial(_pairs, key=_text, fits=lost)
    yield False, partial(_edited, key=_base)


def _pairs(
    notes: Sequence[Event],
    before: Sequence[Event],
    *,
    key: Callable[[Event], Hashable],
    fits: Callable[[Event, Event], bool] = lambda _, __: True,
) -> Iterator[tuple[Event, Event]]:
    """Pair what has the same key and a heading of the same people, and fits."""
    free = _grouped(before, key)
    for note in notes:
        group = free.get(key(note), [])
        same = next((event for event in group if _kin(note, event) and fits(note, event)), None)
        if same:
            group.remove(same)
            yield note, same


def _edited(
    notes: Sequence[Event], before: Sequence[Event], *, key: Callable[[Event], Hashable]
) -> Iterator[tuple[Event, Event]]:
    """Pair what is new with what is missing in one place: one with one, and of several those whose texts are alike."""
    free = _grouped(before, key)
    for place, new in _grouped(notes, key).items():
        missing = free.get(place, [])
        if len(new) == len(missing) == 1:
            yield new[0], missing[0]
            continue
        alike = [(_likeness(note.title, event.title), note, event) for note in new for event in missing]
        for likeness, note, event in sorted(alike, key=lambda each: -each[0]):
            if likeness >= _ALIKE and note in new and event in missing:
                new.remove(note)
                missing.remove(event)
                yield note, event


def _grouped(events: Iterable[Event], key: Callable[[Event], Hashable]) -> dict[Hashable, list[Event]]:
    groups: dict[Hashable, list[Event]] = defaultdict(list)
    for event in events:
        groups[key(event)].append(event)
    return dict(groups)


def _likeness(one: str, other: str) -> float:
    # Else difflib takes the frequent words of a text of 200 and more for noise.
    return SequenceMatcher(None, fold(one).split(), fold(other).split(), autojunk=False).ratio()


def _free(base: str, used: Collection[str]) -> str:
    number, ident = 1, base
    while ident in used:
        number += 1
        ident = f"{base}:{number}"
    return ident


def _base(note: Event) -> str:
    """Return the id without the number of a further equal note."""
    return _NUMBER.sub("", note.id)


def _order(note: Event) -> tuple[str, int, str, str]:
    path, _, line = note.where.rpartition(":")
    return path, len(line), line, note.id  # of two numbers the longer one is the greater


def _path(where: str) -> str:
    return where.rpartition(":")[0]


# -- in which ways two notes are alike


def _heading(note: Event) -> Hashable:
    return (fold(note.case), fold(note.heading), note.domain, *(person.address for person in note.people))


def _stamp(note: Event) -> Hashable:
    return () if note.undated else (note.start, note.whole_day)


def _tag(note: Event) -> Hashable:
    return note.tags[:1]


def _place(note: Event) -> Hashable:
    return _path(note.where), _heading(note), _stamp(note), _tag(note)


def _text(note: Event) -> Hashable:
    return _tag(note), fold(note.title)


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
    domains = {note.domain, *(person.domain for person in note.people)}
    return {fold(name) for name in (note.heading, note.case, *domains, *map(employer, domains))} - {fold("")}


def _gained(note: Event, before: Event, zone: tzinfo) -> bool:
    """Tell whether a note only says more than before: a date where there was none, an hour of that day."""
    if before.undated:
        return True
    days = {each.start.astimezone(zone).date() for each in (note, before)}
    return not note.undated and before.whole_day and len(days) == 1


def _lost(note: Event, before: Event, zone: tzinfo) -> bool:
    return _gained(before, note, zone)


def _same_time(one: Event, other: Event) -> bool:
    return _stamp(one) == _stamp(other)


def _read_further(note: Event, before: Event) -> bool:
    """Tell whether words of the text of a note are its date or a value now: "3 nov." was text once."""
    now, then = fold(note.title).split(), fold(before.title).split()
    if not now:
        return False
    if _stamp(note) == _stamp(before):
        return then[: len(now)] == now
    return before.undated and then[-len(now) :] == now and any(map(str.isdecimal, then[: -len(now)]))
