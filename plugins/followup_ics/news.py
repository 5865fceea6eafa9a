"""What of a calendar's entries is new: those whose text has changed are read, the others are as they were."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from msgspec.structs import replace

from followup_ics.memory import SIZE, Memory, cursor, packed, unpacked
from followup_rules import BadItem, Event, Pull
from followup_rules.sentences import Sentence

if TYPE_CHECKING:
    from followup_ics.calendar import CalendarReader
    from followup_ics.text import Entry

MOST_MEETINGS = 20_000
"""Of one source within the window."""
MOST_STEPS = 1_000_000
"""Days that all recurring meetings of a source may be laid out over, one by one; some ten seconds."""
# A UID that is also the id of its events. The entries of others are read each time.
_PLAIN_UID = re.compile(r"[!-\[\]-~]{1,250}")
_NEVER = datetime(1, 1, 1, tzinfo=UTC)


def news(reader: CalendarReader, entries: Sequence[Entry], before: Memory, now: Memory) -> Pull | None:
    """Return what is new since a memory, with the cursor that remembers it all.

    Returns None if a bound may be passed: what lies within it, only a reading without memory can say.
    """
    settled, of_the_day = (
        unpacked(before.settled),
        unpacked(before.of_the_day) if before.days == now.days else frozenset(),
    )
    unchanged: list[str] = []
    kept: dict[bool, set[bytes]] = {True: set(), False: set()}
    read: list[Event | BadItem] = []
    taken, early = before.steps, False
    units = list(_by_uid(entries))
    for done, (uid, unit) in enumerate(units):
        digest = _digest(unit)
        if uid and (digest in settled or digest in of_the_day):
            unchanged.append(uid)
            kept[digest in settled].add(digest)
            continue
        reading = reader.read(unit, MOST_STEPS - taken)
        taken += reading.steps
        early = early or reading.early
        too_many = before.meetings + len(read) + len(reading.events) > MOST_MEETINGS
        if before != Memory() and (too_many or reading.refused):
            return None
        if too_many:
            return _too_many(read, units[done:], now)
        read += [*reading.events, *reading.bad]
        # What could not be read is tried at each pull, so that it is told as long as it is there.
        if uid and not reading.bad and not reading.early:
            kept[reading.settled].add(digest)
    meetings = before.meetings + len(read)
    memory = replace(now, settled=packed(kept[True]), of_the_day=packed(kept[False]), meetings=meetings, steps=taken)
    if early:  # the same text will mean something else once its stamp counts
        memory = replace(memory, seen="")
    whole = all(item.id for item in read)
    return Pull(events=_once_each(read), cursor=cursor(memory), complete=whole, unchanged=unchanged)


def _digest(unit: Sequence[Entry]) -> bytes:
    """Return a hash of all that the meaning of a UID's entries depends on; of several, also how they are ranked."""
    ranks = [str(entry.modified).encode() for entry in unit] if len(unit) > 1 else []
    return hashlib.blake2b(b"".join([*(entry.digest for entry in unit), *ranks]), digest_size=SIZE).digest()


def _too_many(read: Sequence[Event | BadItem], left: Sequence[tuple[str, Sequence[Entry]]], now: Memory) -> Pull:
    """Return what was read, and tell what was not; nothing of it counts as gone, and nothing is remembered."""
    rest = sum(len(unit) for _, unit in left)
    place = left[0][1][0].place
    message = Sentence(
        "it holds more than {most} meetings; {rest} entries are left out, from this "
        "one on: lower `days_ahead`, or split it",
        most=f"{MOST_MEETINGS:,}",
        rest=f"{rest:,}",
    )
    return Pull(events=[*_once_each(read), BadItem(place, message)], cursor=cursor(replace(now, setting="")))


def _by_uid(entries: Iterable[Entry]) -> Iterator[tuple[str, list[Entry]]]:
    """Yield the entries of each UID, and the UID if it is plain; those without are known by start and title."""
    groups: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries:
        uid = entry.uid
        groups.setdefault((uid, "" if uid else entry.essence), []).append(entry)
    for (uid, _), group in groups.items():
        yield uid if _PLAIN_UID.fullmatch(uid) else "", group


def _once_each(items: Iterable[Event | BadItem]) -> list[Event | BadItem]:
    """Return each event once, the latest of several."""
    events: dict[str, Event] = {}
    bad: list[BadItem] = []
    for item in items:
        if isinstance(item, BadItem):
            bad.append(item)
        elif item.id not in events or (item.updated or _NEVER) >= (events[item.id].updated or _NEVER):
            events[item.id] = item
    return [*events.values(), *bad]
