"""What the sources showed: their events, where each source stands, and which events are tied together.

Events are known by their identity (kind and id), which is what the columns `id` hold.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from followup_rules.model import KIND_END, MAIL, BadItem, Event, Pull, Report
from followup_rules.store.database import Database
from followup_rules.store.errors import damaged
from followup_rules.store.instants import at, encoded, instant, text
from followup_rules.store.tombstones import EVENT, Tombstones


class SourceState(Struct, frozen=True):
    """Where a source stands: its cursor, its last good pull, since when it fails, until when it is left alone."""

    cursor: str = ""
    pulled: datetime | None = None
    failing: datetime | None = None
    wait: datetime | None = None
    """The service behind it has asked not to be called before this instant."""


class Events:
    """The tables `source`, `event` and `token`. What was forgotten is not taken in again."""

    def __init__(self, database: Database, tombstones: Tombstones) -> None:
        self._database = database
        self._tombstones = tombstones

    # -- sources

    def source(self, name: str) -> SourceState:
        """Return where a source stands."""
        found = self._database.rows("select cursor, pulled, failing, wait from source where name = ?", name)
        if not found:
            return SourceState()
        cursor, pulled, failing, wait = found[0]
        return SourceState(cursor, instant(pulled or None), instant(failing), instant(wait))

    def failed(self, name: str, now: datetime, wait: timedelta = timedelta(0)) -> None:
        """Note down that a source could not be read, and how long it is to be left alone."""
        state = self.source(name)
        later = replace(state, failing=state.failing or now, wait=now + wait if wait else state.wait)
        self._write_source(name, later)

    def forget_cursors(self) -> None:
        """Have every source read from its beginning."""
        self._database.run("update source set cursor = ''")

    def _write_source(self, name: str, state: SourceState) -> None:
        values = (state.cursor, text(state.pulled) or "", text(state.failing), text(state.wait))
        self._database.run("insert or replace into source values (?, ?, ?, ?, ?)", name, *values)

    # -- events

    def take(self, source: str, pull: Pull, events: Iterable[Event], since: datetime, now: datetime) -> set[str]:
        """Keep what a source saw since then, and its cursor; return the identities of the events that changed."""
        with self._database.transaction():
            before = self.source(source)
            self._write_source(source, SourceState(pull.cursor, now))
            if not (pull.events or pull.removed or pull.complete):
                return set()
            seen = {event.identity: event for event in self._not_forgotten(events)}
            listed = self._listed(source, None if pull.complete or pull.removed else {*seen})
            bodies = {name: body for name, body, _ in listed}
            changed = {name for name, event in seen.items() if bodies.get(name) != _encode(event)}
            missing = _missing(pull, seen, {name: at(start) for name, _, start in listed}, since)
            rows = [(source, name, text(seen[name].start), _encode(seen[name])) for name in sorted(changed)]
            self._database.run_many("insert or replace into event values (?, ?, ?, ?, null, null)", rows)
            gone = [(text(now), text(before.pulled), source, name) for name in sorted(missing)]
            self._database.run_many("update event set gone = ?, listed = ? where source = ? and id = ?", gone)
            self._index(changed)
        return changed | missing

    def _listed(self, source: str, ids: Collection[str] | None) -> list[tuple[str, str, str]]:
        """Return id, body and start of what a source lists, as far as it is known: of some events, or of all."""
        if ids is None:
            query = "select id, body, start from event where source = ? and gone is null"
            return self._database.rows(query, source)
        query = """select id, body, start from event
                   where source = ? and gone is null and id in (select value from json_each(?))"""
        return self._database.rows(query, source, json.dumps(sorted(ids)))

    def _not_forgotten(self, events: Iterable[Event]) -> Iterable[Event]:
        """Leave out the events that were forgotten, and further occurrences of meetings that were."""
        if not self._tombstones.any():
            return events
        return [event for event in events if not any(self._tombstones.find(EVENT, name) for name in names(event))]

    def event(self, name: str) -> Event | None:
        """Return an event as its sources together saw it: there if any still lists it, with the newest stamp."""
        versions = self._versions(name)
        if not versions:
            return None
        first = datetime.min.replace(tzinfo=UTC)
        return max(versions, key=lambda event: (event.gone is None, event.updated or first, event.gone or first))

    def events(self, identities: Iterable[str]) -> list[Event]:
        """Return several events, in the order of their identities."""
        return [event for identity in sorted(set(identities)) if (event := self.event(identity)) is not None]

    def named(self, ident: str) -> Event | None:
        """Return the event with an id; of several, one whose id nobody else chose."""
        query = "select distinct id from event where substr(id, instr(id, char(31)) + 1) = ?"
        found = self.events(identity for (identity,) in self._database.rows(query, ident))
        return min(found, key=lambda event: (event.kind == "received", event.kind), default=None)

    def ids(self) -> set[str]:
        """Return the identities of all events."""
        return {name for (name,) in self._database.rows("select distinct id from event")}

    def erase(self, ids: Iterable[str]) -> None:
        """Erase events, whichever sources showed them."""
        rows = [(name,) for name in ids]
        self._database.run_many("delete from event where id = ?", rows)
        self._database.run_many("delete from token where id = ?", rows)

    def _versions(self, name: str) -> list[Event]:
        rows = self._database.rows("select source, body, gone, listed from event where id = ? order by source", name)
        return [_decode(*row) for row in rows]

    # -- ties

    def _index(self, ids: Iterable[str]) -> None:
        for name in ids:
            from followup_rules.engine.assign_cases import tokens  # noqa: PLC0415 -- only where something changed

            self._database.run("delete from token where id = ?", name)
            found = {token for event in self._versions(name) for token in tokens(event)}
            self._database.run_many("insert into token values (?, ?)", [(token, name) for token in found])

    def tied(self, ids: Iterable[str]) -> set[str]:
        """Return the ids of all events whose case could change when these do, themselves included."""
        found: set[str] = set()
        rows = self._database.rows
        fresh = set(ids) | {name for (name,) in rows("select id from token where token = 'heading'")}
        while fresh:
            found |= fresh
            ties = {tie for name in fresh for (tie,) in rows("select token from token where id = ?", name)}
            near = {name for tie in ties for (name,) in rows("select id from token where token = ?", tie)}
            hosts = [tie.removeprefix("domain ") for tie in ties if tie.startswith("domain ")]
            query = "select id from token where token like '@%' || ?"
            near |= {name for host in hosts for (name,) in rows(query, host)}
            fresh = near - found
        return found


def _missing(pull: Pull, seen: Mapping[str, Event], listed: Mapping[str, datetime], since: datetime) -> set[str]:
    """Return the identities of what a source listed before and has taken away, or left out of the whole picture."""
    removed = set(pull.removed)
    missing = {identity for identity in listed if _id_of(identity) in removed}
    if not pull.complete:
        return missing
    # Of an entry that cannot be read it is not known whether it is gone; nor of the occurrences of such a series.
    spoiled = {item.id for item in pull.events if isinstance(item, BadItem)} - {""} | set(pull.unchanged)
    window = {identity for identity, start in listed.items() if start >= since}
    return missing | {
        identity
        for identity in window - seen.keys()
        if spoiled.isdisjoint((_id_of(identity), _id_of(identity).rpartition("/")[0]))
    }


def _id_of(identity: str) -> str:
    return identity.partition(KIND_END)[2]


def names(event: Event) -> tuple[str, ...]:
    """Return the ids by which an event is known again: its own and, of an occurrence, that of the whole series."""
    series = event.id.rpartition("/")[0] if event.kind == "meeting" else ""
    return (event.id, series) if series else (event.id,)


def _encode(event: Event) -> str:
    """Return the event as it is kept: of a mail not where it lies, for it stays the same mail when it is moved."""
    data = {k: {"at": v} if isinstance(v, datetime) else v for k, v in event.data.items()}
    where = "" if event.kind in MAIL else event.where
    return encoded(replace(event, data=data, where=where, listed=None, gone=None))


def _decode(source: str, body: str, gone: str | None, listed: str | None) -> Event:
    try:
        event = msgspec.json.decode(body, type=Event)
    except (msgspec.DecodeError, ValueError) as error:
        raise damaged(error) from error
    # JSON knows no instants: they are kept as {"at": ISO}, and no plugin may give a table.
    data = {
        name: at(str(value["at"])) if isinstance(value, dict) and value.keys() == {"at"} else value
        for name, value in event.data.items()
    }
    report = event.report or _older_report(source, event)
    return replace(event, data=data, report=report, gone=instant(gone), listed=instant(listed))


def _older_report(source: str, event: Event) -> Report | None:
    """Return the report of an event that an earlier version kept, which had it in fields of `data`."""
    if "key" not in event.data or not (source.startswith("output ") or event.kind == "sent"):
        return None
    return Report(**{name: str(event.data.get(name, "")) for name in Report.__struct_fields__})
