"""The store: events, decisions, ledger and journal in one SQLite file. One transaction for each step of a tick.

All instants are kept in UTC, as ISO 8601 text. The file is 0600 in a folder 0700.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from followup_rules.engine.plan import Made, Row
from followup_rules.model import BadItem, Case, Decision, Event, Pull

if TYPE_CHECKING:
    from followup_rules.engine.cases import Directory, Place

VERSION = 1

_SCHEMA = """
create table meta (name text primary key, value text not null) without rowid;
create table source (name text primary key, cursor text not null, pulled text not null, failing text) without rowid;
create table event (
  source text not null, id text not null, start text not null, body text not null, gone text, listed text,
  primary key (source, id)) without rowid;
create index event_id on event (id);
create table token (token text not null, id text not null, primary key (token, id)) without rowid;
create index token_id on token (id);
create table place (id text primary key, home text not null, problem text not null) without rowid;
create index place_home on place (home);
create table joined (id text not null, "case" text not null, primary key (id, "case")) without rowid;
create index joined_case on joined ("case");
create table "case" (key text primary key, next text, stale integer not null) without rowid;
create index case_next on "case" (stale, next);
create table decision (
  key text primary key, "case" text not null, rule text not null, anchor text not null, state text not null,
  evidence text not null, next text, late integer not null) without rowid;
create index decision_case on decision ("case");
create table ledger (
  key text not null, output text not null, duty text not null, "case" text not null, state text not null,
  body text not null, primary key (key, output)) without rowid;
create index ledger_case on ledger ("case");
create index ledger_state on ledger (state);
create table pin (key text primary key, "case" text not null, at text not null) without rowid;
create table journal (
  number integer primary key, at text not null, "case" text not null, key text not null, state text not null,
  why text not null);
create index journal_case on journal ("case");
"""
_STEP = ("begin immediate", "commit", "rollback")
_PART = ("savepoint part", "release part", "rollback to part", "release part")
MIGRATIONS: tuple[str, ...] = (_SCHEMA,)
"""The n-th script leads from version n to version n + 1."""


class StoreError(Exception):
    """The store cannot be used; the sentence says why and what to do."""


class SourceState(Struct, frozen=True):
    """Where a source stands: its cursor, its last good pull, and since when it fails."""

    cursor: str = ""
    pulled: datetime | None = None
    failing: datetime | None = None


def text(instant: datetime | None) -> str | None:
    """Return an instant as the store keeps it: in UTC, and sortable."""
    return None if instant is None else instant.astimezone(UTC).isoformat(timespec="microseconds")


def instant(kept: str | None) -> datetime | None:
    """Return an instant that the store kept."""
    return None if kept is None else datetime.fromisoformat(kept)


def at(kept: str) -> datetime:
    """Return an instant that is always there."""
    return datetime.fromisoformat(kept)


def open_store(path: Path) -> Store:
    """Open the store for writing, and make it if it is not there. Raises StoreError."""
    try:
        _make_private(path)
        connection = sqlite3.connect(path, isolation_level=None, timeout=10)
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = full")
        _migrate(connection, path)
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"the store {path} cannot be used: {error}") from error
    return Store(connection)


def open_copy(path: Path) -> Store:
    """Return a copy in memory, to try things out on; nothing is written anywhere. Raises StoreError."""
    copy = sqlite3.connect(":memory:", isolation_level=None)
    try:
        if path.exists():
            # SQLite leaves files beside a store that it reads together with its log; without a log it need not.
            how = "mode=ro" if path.with_name(f"{path.name}-wal").exists() else "immutable=1"
            original = sqlite3.connect(f"{path.resolve().as_uri()}?{how}", uri=True, timeout=10)
            original.backup(copy)
            original.close()
        _migrate(copy, path)
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"the store {path} cannot be read: {error}") from error
    return Store(copy)


def _make_private(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    (version,) = connection.execute("pragma user_version").fetchone()
    if version > VERSION:
        raise StoreError(f"the store {path} was written by a newer version of followup-rules; upgrade this one")
    for number in range(version, VERSION):
        connection.executescript(f"begin; {MIGRATIONS[number]} pragma user_version = {number + 1}; commit;")


class Store:
    """Reads and writes records; every method that writes does so in one transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make all that is written inside one step, within another one too: it is kept as a whole or not at all."""
        begin, keep, *undo = _PART if self._db.in_transaction else _STEP
        self._db.execute(begin)
        try:
            yield
        except BaseException:
            for statement in undo:
                self._db.execute(statement)
            raise
        self._db.execute(keep)

    def _all(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        return self._db.execute(query, values).fetchall()

    def _many(self, query: str, rows: Iterable[tuple[Any, ...]]) -> None:
        self._db.executemany(query, rows)

    # -- settings of the store itself

    def get(self, name: str) -> str:
        """Return a value that was set, or ""."""
        found = self._all("select value from meta where name = ?", name)
        return str(found[0][0]) if found else ""

    def put(self, name: str, value: str | None) -> None:
        """Set a value."""
        self._db.execute("insert or replace into meta values (?, ?)", (name, value))

    # -- sources and events

    def source(self, name: str) -> SourceState:
        """Return where a source stands."""
        found = self._all("select cursor, pulled, failing from source where name = ?", name)
        if not found:
            return SourceState()
        cursor, pulled, failing = found[0]
        return SourceState(cursor, instant(pulled or None), instant(failing))

    def forget_cursors(self) -> None:
        """Have every source read from its beginning."""
        self._db.execute("update source set cursor = ''")

    def failed(self, name: str, now: datetime) -> None:
        """Note down that a source could not be read."""
        state = self.source(name)
        row = (name, state.cursor, text(state.pulled) or "", text(state.failing or now))
        self._db.execute("insert or replace into source values (?, ?, ?, ?)", row)

    def take(self, source: str, pull: Pull, events: Iterable[Event], since: datetime, now: datetime) -> set[str]:
        """Keep what a source saw since then, and its cursor; return the ids of the events that changed."""
        with self.transaction():
            kept = self._all("select id, body, start from event where source = ? and gone is null", source)
            before = {name: body for name, body, _ in kept}
            window = {name for name, _, start in kept if at(start) >= since}
            seen = {event.id: event for event in events}
            changed = {name for name, event in seen.items() if before.get(name) != _encode(event)}
            spoiled = {item.id for item in pull.events if isinstance(item, BadItem)}
            window -= {name for name in window if name in spoiled or name.rpartition("/")[0] in spoiled}
            missing = (set(pull.removed) & before.keys()) | ((window - seen.keys()) if pull.complete else set())
            listed = text(self.source(source).pulled)
            rows = [(source, name, text(seen[name].start), _encode(seen[name])) for name in changed]
            self._many("insert or replace into event values (?, ?, ?, ?, null, null)", rows)
            self._many(
                "update event set gone = ?, listed = ? where source = ? and id = ?",
                [(text(now), listed, source, name) for name in missing],
            )
            self._db.execute("insert or replace into source values (?, ?, ?, null)", (source, pull.cursor, text(now)))
            if changed:
                self._index(changed)
        return changed | missing

    def _index(self, ids: Iterable[str]) -> None:
        from followup_rules.engine.cases import tokens  # noqa: PLC0415 -- only where something changed

        for name in ids:
            self._db.execute("delete from token where id = ?", (name,))
            found = {token for event in self._versions(name) for token in tokens(event)}
            self._many("insert into token values (?, ?)", [(token, name) for token in found])

    def _versions(self, name: str) -> list[Event]:
        rows = self._all("select body, gone, listed from event where id = ? order by source", name)
        return [_decode(*row) for row in rows]

    def event(self, name: str) -> Event | None:
        """Return an event as its sources together saw it: there if any still lists it, with the newest stamp."""
        versions = self._versions(name)
        if not versions:
            return None
        first = datetime.min.replace(tzinfo=UTC)
        return max(versions, key=lambda event: (event.gone is None, event.updated or first, event.gone or first))

    def events(self, ids: Iterable[str]) -> list[Event]:
        """Return several events, in the order of their ids."""
        return [event for name in sorted(set(ids)) if (event := self.event(name)) is not None]

    def tied(self, ids: Iterable[str]) -> set[str]:
        """Return the ids of all events whose case could change when these do, themselves included."""
        found: set[str] = set()
        fresh = set(ids) | {name for (name,) in self._all("select id from token where token = 'heading'")}
        while fresh:
            found |= fresh
            ties = {t for name in fresh for (t,) in self._all("select token from token where id = ?", name)}
            near = {name for tie in ties for (name,) in self._all("select id from token where token = ?", tie)}
            fresh = near - found
        return found

    def arrange(self, ids: set[str], directory: Directory) -> dict[str, tuple[str, str]]:
        """Place the events tied to those that changed, mark their cases as stale, and return who moved: old, new."""
        from followup_rules.engine.cases import assign  # noqa: PLC0415 -- only where something changed

        with self.transaction():
            tied = self.tied(ids)
            before = {name: self.cases_of(name) for name in tied}
            others = {home for name, home in self._all("select id, home from place") if name not in tied}
            places = assign(self.events(tied), directory, others)
            for name, place in places.items():
                self._place(name, place)
            touched = {case for name in ids for case in (*before[name], *self.cases_of(name))}
            moved = {name for name in tied if before[name] != self.cases_of(name)}
            touched |= {case for name in moved for case in (*before[name], *self.cases_of(name))}
            self.make_stale(touched)
        return {name: (before[name][0], places[name].home) for name in moved if before[name] and name in places}

    def _place(self, name: str, place: Place) -> None:
        self._db.execute("insert or replace into place values (?, ?, ?)", (name, place.home, place.problem))
        self._db.execute("delete from joined where id = ?", (name,))
        self._many("insert into joined values (?, ?)", [(name, case) for case in sorted(place.joins)])

    def cases_of(self, name: str) -> list[str]:
        """Return the cases of an event, its home first."""
        home = self._all("select home from place where id = ?", name)
        return [case for (case,) in home + self._all('select "case" from joined where id = ? order by 1', name)]

    def misplaced(self) -> list[tuple[Event, str]]:
        """Return the notes whose heading could not be followed, each with the reason."""
        rows = self._all("select id, problem from place where problem != '' order by id")
        found = ((self.event(name), problem) for name, problem in rows)
        return [(event, problem) for event, problem in found if event is not None and event.gone is None]

    # -- cases and decisions

    def make_stale(self, cases: Iterable[str]) -> None:
        """Have these cases evaluated at the next opportunity."""
        rows = [(case,) for case in sorted(set(cases))]
        self._many('insert into "case" values (?, null, 1) on conflict (key) do update set stale = 1', rows)

    def make_all_stale(self) -> None:
        """Have every case evaluated, because what they are judged by has changed."""
        self._db.execute('update "case" set stale = 1')

    def stale(self, now: datetime) -> list[str]:
        """Return the cases to evaluate: those that changed, and those whose next instant has come."""
        rows = self._all(
            'select key from "case" where stale = 1 union select key from "case" where next <= ?', text(now)
        )
        return sorted(key for (key,) in rows)

    def cases(self) -> list[str]:
        """Return the keys of all cases with an event at home."""
        return sorted(key for (key,) in self._all("select distinct home from place"))

    def next_change(self) -> datetime | None:
        """Return the next instant at which a decision could change by time alone."""
        return instant(self._all('select min(next) from "case"')[0][0])

    def case(self, key: str) -> Case:
        """Return a case with its events; what carries the marker of an action is known by the duty of that action."""
        duties = {row.marker: row.action.duty for row in self.rows(key) if row.marker != row.action.duty}
        home = self.events(name for (name,) in self._all("select id from place where home = ?", key))
        joined = self.events(name for (name,) in self._all('select id from joined where "case" = ?', key))
        return Case(key=key, home=_by_duty(home, duties), joined=_by_duty(joined, duties))

    def decided(
        self, case: str, decisions: Sequence[Decision], now: datetime, *, until: datetime | None, stale: bool
    ) -> None:
        """Keep the decisions of a case, write what changed into the journal, and say when to look again."""
        before = self.states(case)
        changed = [decision for decision in decisions if before.get(decision.key) != decision.state]
        with self.transaction():
            self._db.execute('delete from decision where "case" = ?', (case,))
            rows = [_decision_row(decision) for decision in decisions]
            self._many("insert or replace into decision values (?, ?, ?, ?, ?, ?, ?, ?)", rows)
            self.record(now, [(case, decision.key, decision.state, decision.why) for decision in changed])
            self._db.execute('insert or replace into "case" values (?, ?, ?)', (case, text(until), int(stale)))

    def states(self, case: str) -> dict[str, str]:
        """Return the states of a case's decisions as they were last, by key."""
        return dict(self._all('select key, state from decision where "case" = ?', case))

    def record(self, now: datetime, entries: Iterable[tuple[str, str, str, str]]) -> None:
        """Write (case, key, state, why) into the journal."""
        rows = [(text(now), *entry) for entry in entries]
        self._many('insert into journal (at, "case", key, state, why) values (?, ?, ?, ?, ?)', rows)

    def history(self, case: str) -> list[tuple[datetime, str, str, str]]:
        """Return the journal of a case: (when, key, state, why)."""
        rows = self._all('select at, key, state, why from journal where "case" = ? order by number', case)
        return [(at(when), key, state, why) for when, key, state, why in rows]

    # -- ledger

    def rows(self, case: str) -> list[Row]:
        """Return the ledger rows of a case."""
        return [
            _row(body) for (body,) in self._all('select body from ledger where "case" = ? order by key, output', case)
        ]

    def rows_in(self, *states: Made) -> list[Row]:
        """Return the ledger rows that got so far."""
        marks = ", ".join("?" for _ in states)
        query = f"select body from ledger where state in ({marks}) order by key, output"  # noqa: S608 -- only marks
        return [_row(body) for (body,) in self._all(query, *states)]

    def row(self, key: str, output: str) -> Row | None:
        """Return one row of the ledger."""
        found = self._all("select body from ledger where key = ? and output = ?", key, output)
        return _row(found[0][0]) if found else None

    def write(self, row: Row) -> None:
        """Keep a row of the ledger."""
        body = msgspec.json.encode(row)
        values = (row.key, row.output, row.action.duty, row.action.case, row.state, body)
        self._db.execute("insert or replace into ledger values (?, ?, ?, ?, ?, ?)", values)

    def rename(self, moved: Mapping[str, tuple[str, str]]) -> None:
        """Let ledger rows and pins follow their anchors to another case; what the outputs carry stays as it is."""
        for anchor, (old, new) in sorted(moved.items()):
            for row in self.rows(old):
                if old != new and row.action.anchor == anchor:
                    self._rename(row, old, new)

    def _rename(self, row: Row, old: str, new: str) -> None:
        duty = row.action.duty.replace(f"/{old}@", f"/{new}@")
        key = row.key.replace(f"/{old}@", f"/{new}@")
        if self.row(key, row.output) is None or key == row.key:
            self._db.execute("delete from ledger where key = ? and output = ?", (row.key, row.output))
            self.write(replace(row, key=key, action=replace(row.action, key=key, duty=duty, case=new)))
        for announced in row.action.announces:
            renamed = announced.key.replace(f"/{old}@", f"/{new}@")
            self._db.execute(
                'update or ignore pin set key = ?, "case" = ? where key = ?', (renamed, new, announced.key)
            )

    def pins(self, case: str) -> dict[str, datetime]:
        """Return the announced openings of a case, by key."""
        return {key: at(when) for key, when in self._all('select key, at from pin where "case" = ?', case)}

    def pin(self, case: str, key: str, when: datetime) -> None:
        """Keep an announced opening; what was announced first stays."""
        self._db.execute("insert or ignore into pin values (?, ?, ?)", (key, case, text(when)))


def _by_duty(events: Iterable[Event], duties: Mapping[str, str]) -> tuple[Event, ...]:
    """Return the events; one with the key that an output carries gets the key that its duty has now."""
    return tuple(
        replace(event, data={**event.data, "key": duties[str(event.data["key"])]})
        if event.data.get("key") in duties
        else event
        for event in events
    )


def _encode(event: Event) -> str:
    data = {k: {"at": v} if isinstance(v, datetime) else v for k, v in event.data.items()}
    return msgspec.json.encode(replace(event, data=data, listed=None, gone=None), order="sorted").decode()


def _decode(body: str, gone: str | None, listed: str | None) -> Event:
    event = msgspec.json.decode(body, type=Event)
    return replace(event, data=_instants(event.data), gone=instant(gone), listed=instant(listed))


def _instants(data: Mapping[str, object]) -> dict[str, object]:
    return {name: _revived(value) for name, value in data.items()}


def _revived(value: object) -> object:
    return at(str(value["at"])) if isinstance(value, dict) and value.keys() == {"at"} else value


def _decision_row(decision: Decision) -> tuple[Any, ...]:
    evidence = msgspec.json.encode(decision.evidence).decode()
    anchor = decision.visit.anchor.id
    return (decision.key, decision.case, decision.rule, anchor, decision.state, evidence,
            text(decision.next), int(decision.late))  # fmt: skip


def _row(body: bytes) -> Row:
    return msgspec.json.decode(body, type=Row)
