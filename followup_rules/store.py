"""The store: what the sources showed, the case of each event, what was decided, and the journal."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from followup_rules.database import StoreError, Unreceipted, at, connect, copied, damaged, instant, text
from followup_rules.forgotten import CASE, EVENT, KEY
from followup_rules.ledger import Ledger, parted
from followup_rules.model import BadItem, Case, Decision, Event, Pull

if TYPE_CHECKING:
    from followup_rules.engine.cases import Directory, Place

__all__ = ["Kept", "SourceState", "Store", "StoreError", "Unreceipted", "open_copy", "open_store"]


class SourceState(Struct, frozen=True):
    """Where a source stands: its cursor, its last good pull, and since when it fails."""

    cursor: str = ""
    pulled: datetime | None = None
    failing: datetime | None = None


class Kept(Struct, frozen=True):
    """What the store keeps of a decision."""

    key: str
    state: str
    evidence: tuple[str, ...] = ()
    next: datetime | None = None
    late: bool = False


def open_store(path: Path) -> Store:
    """Open the store for writing, and make it if it is not there. Raises StoreError."""
    return Store(connect(path), path)


def open_copy(path: Path) -> Store:
    """Return a copy in memory, to try things out on; nothing is written anywhere. Raises StoreError."""
    return Store(copied(path), path)


class Store(Ledger):
    """Reads and writes records; every method that writes several does so in one transaction."""

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
        self._run("update source set cursor = ''")

    def failed(self, name: str, now: datetime) -> None:
        """Note down that a source could not be read."""
        state = self.source(name)
        row = (name, state.cursor, text(state.pulled) or "", text(state.failing or now))
        self._run("insert or replace into source values (?, ?, ?, ?)", row)

    def take(self, source: str, pull: Pull, events: Iterable[Event], since: datetime, now: datetime) -> set[str]:
        """Keep what a source saw since then, and its cursor; return the ids of the events that changed."""
        if not (pull.events or pull.removed or pull.complete):
            self._pulled(source, pull.cursor, now)
            return set()
        with self.transaction():
            seen = {event.id: event for event in self._known_again(events)}
            kept = self._listed(source, None if pull.complete else {*seen, *pull.removed})
            before = {name: body for name, body, _ in kept}
            window = {name for name, _, start in kept if at(start) >= since}
            changed = {name for name, event in seen.items() if before.get(name) != _encode(event)}
            spoiled = {item.id for item in pull.events if isinstance(item, BadItem)} - {""}
            window -= {name for name in window if name in spoiled or name.rpartition("/")[0] in spoiled}
            missing = (set(pull.removed) & before.keys()) | ((window - seen.keys()) if pull.complete else set())
            listed = text(self.source(source).pulled)
            rows = [(source, name, text(seen[name].start), _encode(seen[name])) for name in changed]
            self._many("insert or replace into event values (?, ?, ?, ?, null, null)", rows)
            self._many(
                "update event set gone = ?, listed = ? where source = ? and id = ?",
                [(text(now), listed, source, name) for name in missing],
            )
            self._pulled(source, pull.cursor, now)
            if changed:
                self._index(changed)
        return changed | missing

    def _listed(self, source: str, ids: Collection[str] | None) -> list[tuple[str, str, str]]:
        """Return id, body and start of what a source lists, as far as it is known: of some events, or of all."""
        if ids is None:
            return self._all("select id, body, start from event where source = ? and gone is null", source)
        query = """select id, body, start from event
                   where source = ? and gone is null and id in (select value from json_each(?))"""
        return self._all(query, source, json.dumps(sorted(ids)))

    def _known_again(self, events: Iterable[Event]) -> Iterable[Event]:
        """Leave out the events that were forgotten, and further occurrences of meetings that were."""
        if not self.anything_forgotten():
            return events
        return [event for event in events if not any(self.forgotten(EVENT, name) for name in _names(event))]

    def _pulled(self, source: str, cursor: str, now: datetime) -> None:
        self._run("insert or replace into source values (?, ?, ?, null)", (source, cursor, text(now)))

    def _index(self, ids: Iterable[str]) -> None:
        from followup_rules.engine.cases import tokens  # noqa: PLC0415 -- only where something changed

        for name in ids:
            self._run("delete from token where id = ?", (name,))
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

    def event_ids(self) -> set[str]:
        """Return the ids of all events."""
        return {name for (name,) in self._all("select distinct id from event")}

    def tied(self, ids: Iterable[str]) -> set[str]:
        """Return the ids of all events whose case could change when these do, themselves included."""
        found: set[str] = set()
        fresh = set(ids) | {name for (name,) in self._all("select id from token where token = 'heading'")}
        while fresh:
            found |= fresh
            ties = {t for name in fresh for (t,) in self._all("select token from token where id = ?", name)}
            near = {name for tie in ties for (name,) in self._all("select id from token where token = ?", tie)}
            hosts = [tie.removeprefix("domain ") for tie in ties if tie.startswith("domain ")]
            query = "select id from token where token like '@%' || ?"
            near |= {name for host in hosts for (name,) in self._all(query, host)}
            fresh = near - found
        return found

    def arrange(self, ids: set[str], directory: Directory) -> dict[str, tuple[str, str]]:
        """Place the events tied to those that changed, mark their cases as stale, and return who moved: old, new."""
        from followup_rules.engine.cases import assign  # noqa: PLC0415 -- only where something changed

        with self.transaction():
            tied = self.tied(ids)
            before = {name: self.cases_of(name) for name in tied}
            elsewhere = "select distinct home from place where id not in (select value from json_each(?))"
            others = {home for (home,) in self._all(elsewhere, json.dumps(sorted(tied)))}
            places = assign(self.events(tied), directory, others)
            for name, place in places.items():
                self._place(name, place)
            touched = {case for name in ids for case in (*before[name], *self.cases_of(name))}
            moved = {name for name in tied if before[name] != self.cases_of(name)}
            touched |= {case for name in moved for case in (*before[name], *self.cases_of(name))}
            self.make_stale(touched)
            self._drop_belated(places)
        return {name: (before[name][0], places[name].home) for name in moved if before[name] and name in places}

    def _place(self, name: str, place: Place) -> None:
        self._run("insert or replace into place values (?, ?, ?)", (name, place.home, place.problem))
        self._run("delete from joined where id = ?", (name,))
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

    # -- what is forgotten

    def erase(self, case: str, now: datetime) -> int:
        """Erase a case, but for hashes of its keys; return how many of its mails stay, as another case has them, too.

        What a source shows of it later is not taken in again, but for events that take place after `now`.
        """
        with self.transaction():
            shared = self._hand_over(case)
            ids = [name for (name,) in self._all("select id from place where home = ?", case)]
            rows = self.rows(case)
            self.bury(EVENT, {name for event in self.events(ids) for name in _names(event)}, now)
            self.bury(KEY, {key for row in rows for key in (row.key, row.marker, row.action.duty)}, now)
            self._many("delete from meta where name = ?", [(parted(row.marker, row.output),) for row in rows])
            self.bury(CASE, [case], now)
            self._erase_events(ids)
            for table in ("joined", "decision", "ledger", "pin", "journal"):
                self._run(f'delete from {table} where "case" = ?', (case,))  # noqa: S608 -- only names of ours
            self._sweep()
        return shared

    def scrub(self) -> None:
        """Write the file anew without what was erased from it, and empty its log."""
        self._run("pragma temp_store = memory")
        self._run("vacuum")
        self._all("pragma wal_checkpoint(truncate)")

    def _hand_over(self, case: str) -> int:
        """Put mails that have part in another case, too, at home there."""
        query = """select place.id, min(joined."case") from place join joined on joined.id = place.id
                   where place.home = ? and joined."case" != ? group by place.id"""
        shared = self._all(query, case, case)
        self._many("update place set home = ? where id = ?", [(other, name) for name, other in shared])
        self._many('delete from joined where id = ? and "case" = ?', shared)
        return len(shared)

    def _erase_events(self, ids: Iterable[str]) -> None:
        rows = [(name,) for name in ids]
        for table in ("event", "token", "place", "joined"):
            self._many(f"delete from {table} where id = ?", rows)  # noqa: S608 -- only names of ours

    def _sweep(self) -> None:
        """Erase the traces of cases that are no more, such as the earlier name of one."""
        living = 'select home from place union select "case" from joined union select "case" from ledger'
        self._run(f'delete from "case" where key not in ({living})')  # noqa: S608 -- only names of ours
        for table in ("decision", "pin", "journal"):
            self._run(f'delete from {table} where "case" not in ({living})')  # noqa: S608 -- only names of ours

    def _drop_belated(self, places: Mapping[str, Place]) -> None:
        """Erase what belongs to a forgotten case and took place before it was forgotten, but is seen only now."""
        if not self.anything_forgotten():
            return
        when = {home: self.forgotten(CASE, home) for home in {place.home for place in places.values()}}
        homes = {name: at for name, place in places.items() if (at := when[place.home])}
        late = [name for name, at in homes.items() if (event := self.event(name)) and _is_over(event, at)]
        if late:
            self._erase_events(late)
            self._sweep()

    # -- cases and decisions

    def make_stale(self, cases: Iterable[str]) -> None:
        """Have these cases evaluated at the next opportunity."""
        rows = [(case,) for case in sorted(set(cases))]
        self._many('insert into "case" values (?, null, 1) on conflict (key) do update set stale = 1', rows)

    def make_all_stale(self) -> None:
        """Have every case evaluated, because what they are judged by has changed."""
        self._run('update "case" set stale = 1')

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
            self._run('delete from decision where "case" = ?', (case,))
            rows = [_decision_row(decision) for decision in decisions]
            self._many("insert or replace into decision values (?, ?, ?, ?, ?, ?, ?, ?)", rows)
            self.record(now, [(case, decision.key, decision.state, decision.why) for decision in changed])
            self._run('insert or replace into "case" values (?, ?, ?)', (case, text(until), int(stale)))

    def states(self, case: str) -> dict[str, str]:
        """Return the states of a case's decisions as they were last, by key."""
        return dict(self._all('select key, state from decision where "case" = ?', case))

    def decided_cases(self) -> list[str]:
        """Return the cases that something was decided of."""
        return [case for (case,) in self._all('select distinct "case" from decision order by 1')]

    def kept(self, case: str) -> list[Kept]:
        """Return a case's decisions as they were last."""
        query = 'select key, state, evidence, next, late from decision where "case" = ? order by key'
        rows = self._all(query, case)
        return [Kept(key, state, _listed(seen), instant(then), bool(late)) for key, state, seen, then, late in rows]

    def was(self, key: str, state: str) -> bool:
        """Tell whether a decision ever was in a state."""
        return bool(self._all("select 1 from journal where key = ? and state = ? limit 1", key, state))

    def record(self, now: datetime, entries: Iterable[tuple[str, str, str, str]]) -> None:
        """Write (case, key, state, why) into the journal."""
        rows = [(text(now), *entry) for entry in entries]
        self._many('insert into journal (at, "case", key, state, why) values (?, ?, ?, ?, ?)', rows)

    def history(self, case: str) -> list[tuple[datetime, str, str, str]]:
        """Return the journal of a case: (when, key, state, why)."""
        rows = self._all('select at, key, state, why from journal where "case" = ? order by number', case)
        return [(at(when), key, state, why) for when, key, state, why in rows]


def _names(event: Event) -> tuple[str, ...]:
    """Return the ids by which an event is known again: its own and, of an occurrence, that of the whole series."""
    series = event.id.rpartition("/")[0] if event.kind == "meeting" else ""
    return (event.id, series) if series else (event.id,)


def _is_over(event: Event, when: datetime) -> bool:
    """Tell whether an event took place before an instant; what an output reports is always news."""
    last = event.start + timedelta(days=1) if event.whole_day else event.start
    return last <= when and "anchor" not in event.data


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
    try:
        event = msgspec.json.decode(body, type=Event)
    except (msgspec.DecodeError, ValueError) as error:
        raise damaged(error) from error
    return replace(event, data=_instants(event.data), gone=instant(gone), listed=instant(listed))


def _listed(evidence: str) -> tuple[str, ...]:
    try:
        return msgspec.json.decode(evidence, type=tuple[str, ...])
    except msgspec.DecodeError as error:
        raise damaged(error) from error


def _instants(data: Mapping[str, object]) -> dict[str, object]:
    return {name: _revived(value) for name, value in data.items()}


def _revived(value: object) -> object:
    return at(str(value["at"])) if isinstance(value, dict) and value.keys() == {"at"} else value


def _decision_row(decision: Decision) -> tuple[Any, ...]:
    evidence = msgspec.json.encode(decision.evidence).decode()
    anchor = decision.visit.anchor.id
    return (decision.key, decision.case, decision.rule, anchor, decision.state, evidence,
            text(decision.next), int(decision.late))  # fmt: skip
