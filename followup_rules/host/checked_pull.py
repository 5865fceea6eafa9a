"""What a source gives, checked: every event that can be stored and judged, and a bad item in place of every other.

A plugin is written by somebody else and reads what others wrote, so nothing that it returns is taken on trust.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any

import msgspec
from msgspec.structs import replace

from followup_rules.hookspecs import Unreadable
from followup_rules.host.time_limit import sentence
from followup_rules.language.fields import STATUSES
from followup_rules.model import BadItem, Event, Pull
from followup_rules.plain import clean, has_control, instant
from followup_rules.sentences import Sentence
from followup_rules.toml.suggestions import expected

MOST_ITEMS = 250_000
"""Of one pull; it looks back some months."""
LARGEST = 1_000_000
"""Of one event, in bytes."""
# In characters: a Message-ID fits into a line of 998 (RFC 5322, section 2.1.1); to a UID RFC 5545 sets no limit.
LONGEST_ID = 1_000
EARLIEST, LATEST = datetime(1000, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)
"""Far enough from both ends of the calendar for every phrase and zone."""

_KEPT = (bytes, bytearray, memoryview, datetime, date, time, timedelta)
"""Types that stay as they are, so that they are refused where a text belongs."""


class _Unusable(Exception):  # noqa: N818 -- what an item is
    """A sentence that says why an item cannot be used."""


def checked(pull: Any, kinds: Collection[str]) -> Pull:
    """Return a pull of plain values only, each id once. Raises Unreadable if it cannot be used as a whole.

    `kinds` are those that the source declares. An item that is no event, and could be any, leaves open what is gone.
    """
    if not isinstance(pull, Pull):
        raise Unreadable(
            Sentence("its plugin returned {given} where a Pull belongs; tell the plugin's author", given=_a(pull))
        )
    removed, unchanged = _listed(pull.removed, "removed"), _listed(pull.unchanged, "unchanged")
    sound = (
        _is_text(pull.cursor)
        and _is_text(pull.doubt)
        and pull.complete in (0, 1)
        and isinstance(pull.left, int)
        and pull.left >= 0
    )
    if not sound or not all(isinstance(name, str) for name in (*removed, *unchanged)):
        raise Unreadable(Sentence("its plugin returned a Pull whose fields make no sense; tell the plugin's author"))
    items = [_item(item, kinds) for item in _listed(pull.events, "events")]
    events, bad = _once_each(item for item in items if isinstance(item, Event))
    bad += [item for item in items if isinstance(item, BadItem)]
    unread = tuple(_part(item) for item in _listed(pull.unread, "unread"))
    whole = bool(pull.complete) and not unread and not any(item.where == _NOWHERE for item in bad)
    return Pull(
        events=[*events, *bad],
        removed=removed,
        cursor=str(pull.cursor),
        complete=whole,
        unchanged=unchanged,
        left=int(pull.left),
        doubt=_shown(pull.doubt),
        unread=unread,
    )


def _part(item: Any) -> BadItem:
    """Return a part that could not be read; whatever else stands in its place leaves something unread, too."""
    if isinstance(item, BadItem):
        return BadItem(_shown(item.where), _shown(item.message))
    return BadItem(
        Sentence("a part of it"),
        Sentence("could not be read, and is named by {given}; tell the plugin's author", given=_a(item)),
    )


def _listed(given: Any, what: str) -> list[Any]:
    """Return the items; a list that is computed while it is read may raise anything."""
    # These are iterable, too: a text would be a list of letters.
    if isinstance(given, str | bytes | Mapping) or not isinstance(given, Iterable):
        raise Unreadable(
            Sentence(
                "its plugin returned {given} where a list of {what} belongs; tell the plugin's author",
                given=_a(given),
                what=what,
            )
        )
    # One more than allowed, so that too many can be told from just enough, and an endless generator ends.
    items = list(islice(given, MOST_ITEMS + 1))
    if len(items) > MOST_ITEMS:
        raise Unreadable(
            Sentence("it gives more than {most} {what}; let it read less", most=f"{MOST_ITEMS:,}", what=what)
        )
    return items


_NOWHERE = Sentence("an entry without an id")


def bad_item(item: BadItem) -> BadItem:
    """Return what a plugin tells of an entry with plain texts of bounded length, whatever its fields hold."""
    return BadItem(
        _shown(item.where),
        _shown(item.message),
        item.id if _is_text(item.id) else "",
        _shown(item.source_line),
        _shown(item.marked),
        _shown(item.hint),
    )


def _item(item: Any, kinds: Collection[str]) -> Event | BadItem:
    if isinstance(item, BadItem):
        return bad_item(item)
    if not isinstance(item, Event):
        return BadItem(_NOWHERE, Sentence("it is {given}, and no event; tell the plugin's author", given=_a(item)))
    try:
        return _sound(item, kinds)
    except Exception as error:  # noqa: BLE001 -- the fields of the item may be of any type, with any fault
        known = item.id if _is_text(item.id) and item.id else ""
        where = _shown(item.where) if _is_text(item.where) and item.where else known[:_SHOWN]
        unusable = Sentence("it is no event as it should be: {error}", error=sentence(error))
        said = str(error) if isinstance(error, _Unusable) else _shown(unusable)
        return BadItem(where if known else _NOWHERE, said, known)


def _sound(item: Event, kinds: Collection[str]) -> Event:
    """Return the event with plain values, and its times in UTC. Raises anything if that cannot be."""
    data = {_key(name): _value(name, value) for name, value in dict(item.data).items()}
    # There and back again: subclasses of str or datetime, and mutable lists in place of tuples, become what is
    # declared.
    plain = msgspec.to_builtins(replace(item, data=data), builtin_types=_KEPT, enc_hook=_simple)
    event = msgspec.convert(plain, Event)
    for fault in _faults(event, kinds):
        raise _Unusable(fault)
    if len(msgspec.json.encode(event)) > LARGEST:
        raise _Unusable(Sentence("it is larger than {largest} bytes", largest=f"{LARGEST:,}"))
    return replace(
        event,
        people=tuple(replace(each, address="".join(clean(each.address).split())) for each in event.people),
        # In UTC, so that the same instant in another zone is the same event, and texts of instants sort as they do.
        start=event.start.astimezone(UTC),
        end=event.end.astimezone(UTC),
        report=event.report if event.kind == "sent" else None,  # only the user's own mail tells of an action
        listed=None,
        gone=None,
        past_unlisted=False,
        planned=None,
        called_off=None,
    )


def _faults(event: Event, kinds: Collection[str]) -> Iterator[str]:
    if not event.id or len(event.id) > LONGEST_ID or has_control(event.id):
        yield Sentence(
            "its id must be a text of at most {longest} characters, none of them a control character",
            longest=f"{LONGEST_ID:,}",
        )
    if event.kind not in kinds:
        yield Sentence(
            "its kind {kind!r} is none of those that its plugin declares: {kinds}",
            kind=event.kind,
            kinds=", ".join(sorted(kinds)),
        )
    if event.status not in STATUSES:
        yield Sentence(
            "unknown status {status!r}: {expected}", status=event.status, expected=expected(event.status, STATUSES)
        )
    stamps = {"start": event.start, "end": event.end, **({"updated": event.updated} if event.updated else {})}
    for name, stamp in stamps.items():
        if stamp.utcoffset() is None:
            yield Sentence("its {name} has no time zone", name=name)
        elif not EARLIEST <= stamp <= LATEST:
            yield Sentence("its {name} lies in the year {year}", name=name, year=stamp.year)
    if event.end < event.start:
        yield Sentence("it ends before it starts")


def _key(name: Any) -> str:
    if not _is_text(name):
        raise _Unusable(Sentence("its data has {given} as the name of a field", given=_a(name)))
    return str.__str__(name)


def _value(name: str, value: Any) -> object:
    """Return a field as it can be stored and compared."""
    match value:
        case bool():
            return value
        case datetime() if value.utcoffset() is not None and value.astimezone(UTC):
            return instant(value)
        case str():
            return str.__str__(value)
        case int() if -(2**63) <= value < 2**63:
            return int(value)
        case float() if math.isfinite(value):
            return float(value)
    raise _Unusable(Sentence("its field {name!r} holds {given} that cannot be kept", name=name, given=_a(value)))


def _simple(value: Any) -> str | datetime:
    """Return the text or the time that an object is which some library made out of one."""
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, datetime):
        return instant(value)
    raise _Unusable(Sentence("it holds {given}", given=_a(value)))


def _once_each(events: Iterable[Event]) -> tuple[list[Event], list[BadItem]]:
    """Return each kind and id once, the newest of several; which one that is does not depend on their order.

    The same event in two places is one event.
    """
    versions: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        versions[event.identity].append(event)
    newest = [max(same, key=_age) if len(same) > 1 else same[0] for same in versions.values()]
    bad = [
        BadItem(event.where or event.id, Sentence("the id {id!r} stands for several events", id=event.id), event.id)
        for event, same in zip(newest, versions.values(), strict=True)
        if any(replace(other, where=event.where) != event for other in same)
    ]
    return newest, bad


def _age(event: Event) -> tuple[int, datetime, bool, bytes]:
    return event.sequence, event.updated or EARLIEST, event.status != "cancelled", msgspec.json.encode(event)


_SHOWN = 200


def _shown(value: Any) -> str:
    text = value if _is_text(value) else _a(value)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _is_text(value: Any) -> bool:
    """Tell whether it is a text that can be stored."""
    if not isinstance(value, str):
        return False
    try:
        # Half of a pair of surrogates, as JSON may hold one, is no text that UTF-8 can carry, nor SQLite.
        str.encode(value)
    except UnicodeEncodeError:
        return False
    return True


def _a(value: Any) -> str:
    name = type(value).__name__
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"
