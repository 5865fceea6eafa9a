"""What a source lists now, beside what it listed before: which event is which, and what is gone.

A source may show an event by another identity than that by which it is kept: some calendars give every entry another
UID each time they are exported, and two calendars may use one UID for two meetings.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime

from msgspec import Struct
from msgspec.structs import replace

from followup_rules.meetings import named_apart, topic
from followup_rules.model import KIND_END, BadItem, Event, Pull
from followup_rules.store.bodies import decode, says_the_same
from followup_rules.store.instants import text
from followup_rules.store.tombstones import EVENT, MEETING


class Row(Struct, frozen=True):
    """An event that a source listed before."""

    identity: str
    shown: str
    """The identity by which the source showed it last."""
    body: str
    start: str

    def is_among(self, ids: frozenset[str]) -> bool:
        """Tell whether the source may mean it by one of these ids, which may be those of series."""
        ident = _id_of(self.shown)
        return ident in ids or ident.rpartition("/")[0] in ids


class Shown(Struct, frozen=True):
    """An event that a source shows, under the id by which it is kept."""

    event: Event
    identity: str
    """By which the source shows it."""


class Listing:
    """What a source listed before, and what its pull says of it."""

    def __init__(self, rows: Iterable[Row], pull: Pull, since: datetime) -> None:
        self._rows = {row.identity: row for row in rows}
        self.bodies = {row.identity: row.body for row in self._rows.values()}
        unchanged = frozenset(pull.unchanged if pull.complete else ())
        self._still = {row.identity for row in self._rows.values() if unchanged and row.is_among(unchanged)}
        # Of an entry that cannot be read it is not known whether it is gone; nor of the occurrences of such a series.
        bad = frozenset(item.id for item in pull.events if isinstance(item, BadItem)) - {""}
        self._doubtful = {row.identity for row in self._rows.values() if bad and row.is_among(bad)}
        self._pull, self._since = pull, since

    def named(
        self, fresh: Iterable[Event], renamed: Mapping[str, str], apart: Callable[[Event], Event]
    ) -> dict[str, Shown]:
        """Return what a source shows, by the identity under which each event is kept.

        `renamed` are the identities of the events that it showed by others; `apart` renames what another source knows
        by that id as something else.
        """
        events = [*fresh]
        others = [row for row in self._rows.values() if row.shown != row.identity]
        if self._pull.complete:  # half a picture does not show which of them are gone
            shown = {event.identity for event in events} | {self._rows[name].shown for name in self._still}
            others = [row for row in others if row.shown in shown]
        taken = {row.identity for row in others}
        found: dict[str, Shown] = {}
        for event in events:
            known = renamed.get(event.identity)
            own = replace(event, id=_id_of(known)) if known else apart(event)
            # By this id another event is kept, which the calendar shows by a new one now.
            if not known and own.identity in taken:
                own = replace(own, id=named_apart(own.id, own.start, ()))
            found[own.identity] = Shown(own, event.identity)
        # Half a picture does not show which events are gone, so none of them can have come back by a new id.
        return self._by_what_they_say(found) if self._pull.complete else found

    def _by_what_they_say(self, found: Mapping[str, Shown]) -> dict[str, Shown]:
        """Let meetings whose ids are new be those that are gone, if they say the same."""
        there = found.keys() | self._still | self._doubtful
        rows = [row for name, row in self._rows.items() if name not in there]
        lost = [row for row in rows if row.identity.startswith(f"meeting{KIND_END}")]
        if not lost:
            return dict(found)
        before: defaultdict[object, list[Event]] = defaultdict(list)
        # From the last one: `pop` below gives out the first of several that say the same.
        for event in (decode("", row.body) for row in sorted(lost, key=lambda row: row.identity, reverse=True)):
            before[_essence(event)].append(event)
        known: dict[str, Shown] = {}
        for name in sorted(found):
            each = found[name]
            same = before[_essence(each.event)] if name not in self._rows and each.event.kind == "meeting" else []
            named = replace(each, event=replace(each.event, id=same.pop().id)) if same else each
            known[named.event.identity] = named
        return known

    def shows_again(self, event: Event) -> bool:
        """Tell whether an event, under the identity by which it is kept, was listed before just as it is now."""
        known = self.bodies.get(event.identity)
        return known is not None and says_the_same(known, event)

    def renamed(self, seen: Mapping[str, Shown]) -> set[str]:
        """Return the identities of what a source shows by another identity than before."""
        return {name for name, row in self._rows.items() if name in seen and seen[name].identity != row.shown}

    def missing(self, seen: Mapping[str, Shown]) -> set[str]:
        """Return the identities of what a source has taken away, or left out of the whole picture."""
        removed = set(self._pull.removed)
        missing = {row.identity for row in self._rows.values() if _id_of(row.shown) in removed}
        if not self._pull.complete:
            return missing
        since = text(self._since) or ""
        there = seen.keys() | self._still | self._doubtful
        # Asked for what is since then, a source need show nothing of what lies before.
        return missing | {name for name, row in self._rows.items() if name not in there and row.start >= since}

    def shows_what_is_over(self, seen: Mapping[str, Shown], now: datetime) -> bool:
        """Tell whether a source lists any meeting that is over."""
        begun = (self._rows[name] for name in self._still if self._rows[name].start <= (text(now) or ""))
        still = (event for row in begun if (event := decode("", row.body)).end >= self._since)
        return any(
            event.kind == "meeting" and event.end <= now for event in (*(each.event for each in seen.values()), *still)
        )


def _essence(event: Event) -> tuple[datetime, datetime, str, str, tuple[str, ...]]:
    organizer = event.organizer.address if event.organizer else ""
    addresses = tuple(sorted(person.address for person in event.people))
    return event.start.astimezone(UTC), event.end.astimezone(UTC), topic(event.title), organizer, addresses


def sayings(meeting: Event) -> tuple[str, ...]:
    """Return what a meeting says, by which it is known under any id; of an occurrence, what its series says, too."""
    start, end, *rest = _essence(meeting)
    own = repr((start.isoformat(), end.isoformat(), *rest))
    return (own, repr((str(end - start), *rest))) if "/" in meeting.id else (own,)


def names(event: Event) -> tuple[str, ...]:
    """Return the ids by which an event is known again: its own and, of an occurrence, that of the whole series."""
    series = event.id.rpartition("/")[0] if event.kind == "meeting" else ""
    return (event.id, series) if series else (event.id,)


def known_by(event: Event) -> list[tuple[str, str]]:
    """Return by what an event is known again that was forgotten, for `Tombstones`."""
    said = sayings(event) if event.kind == "meeting" else ()
    return [*((EVENT, name) for name in names(event)), *((MEETING, saying) for saying in said)]


def _id_of(identity: str) -> str:
    return identity.partition(KIND_END)[2]
