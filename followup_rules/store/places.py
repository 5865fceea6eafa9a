"""In which case each event is at home, and which others it joins."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING

from followup_rules.store.database import Database
from followup_rules.store.instants import at, calendar_day, text

if TYPE_CHECKING:
    from followup_rules.engine.assign_cases import Place
    from followup_rules.model import Event


_ID = f"substr(id, {len('meeting') + 2})"
_OWN = f"""id > 'meeting' || char(31) and id < 'meeting' || char(32)
  and ({_ID} = home or substr({_ID}, 1, length(home) + 1) = home || '/')"""
"""A row of `place` of a meeting whose home is its own id, or that of its series."""


class Places:
    """The tables `place`, `joined`, `subject`, `kept_day` and `earlier_name`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def write(self, places: Mapping[str, Place]) -> None:
        """Keep where events belong, by their ids."""
        homes = [(name, place.home, place.problem) for name, place in places.items()]
        self._database.run_many("insert or replace into place values (?, ?, ?)", homes)
        self._database.run_many("delete from joined where id = ?", [(name,) for name in places])
        joined = [(name, case) for name, place in places.items() for case in sorted(place.joins)]
        self._database.run_many("insert into joined values (?, ?)", joined)

    def join(self, case: str, names: Iterable[str]) -> bool:
        """Have events that are at home elsewhere join a case; tell whether any of them is new there."""
        known = {*self.joining(case), *self.at_home(case)}
        fresh = [(name, case) for name in sorted(set(names) - known)]
        self._database.run_many("insert into joined values (?, ?)", fresh)
        return bool(fresh)

    def cases_of(self, name: str) -> list[str]:
        """Return the cases of an event, its home first."""
        home = self._database.rows("select home from place where id = ?", name)
        joined = self._database.rows('select "case" from joined where id = ? order by 1', name)
        return [case for (case,) in home + joined]

    def cases_of_each(self, names: Iterable[str]) -> dict[str, list[str]]:
        """Return the cases of several events, the home of each first."""
        # As one JSON: of single variables SQLite takes 999 at most before its version 3.32.
        asked = json.dumps(found := [*names])
        cases: dict[str, list[str]] = {name: [] for name in found}
        homes = "select id, home from place where id in (select value from json_each(?))"
        joined = 'select id, "case" from joined where id in (select value from json_each(?)) order by 2'
        for query in (homes, joined):
            for name, case in self._database.rows(query, asked):
                cases[name].append(case)
        return cases

    def own(self) -> list[tuple[str, str]]:
        """Return the keys of the cases that are known by the id of a meeting only, each with that event's identity."""
        return self._database.rows(f"select home, min(id) from place where {_OWN} group by home order by home")  # noqa: S608 -- words of ours

    def follow(self, bindings: Mapping[tuple[str, str], Collection[str]]) -> None:
        """Keep which meetings notes are about, by the notes' identities and the days that they name."""
        rows = [(note, day, event) for (note, day), events in bindings.items() for event in sorted(events)]
        self._database.run_many("insert or ignore into subject values (?, ?, ?)", rows)

    def followed(self, notes: Iterable[str]) -> dict[tuple[str, str], frozenset[str]]:
        """Return the meetings that notes were seen to be about."""
        query = "select note, day, event from subject where note in (select value from json_each(?))"
        kept: dict[tuple[str, str], set[str]] = {}
        for note, day, event in self._database.rows(query, json.dumps(sorted(notes))):
            kept.setdefault((note, day), set()).add(event)
        return {key: frozenset(events) for key, events in kept.items()}

    def cases(self) -> list[str]:
        """Return the keys of all cases with an event at home."""
        return sorted(key for (key,) in self._database.rows("select distinct home from place"))

    def joined_cases(self) -> list[str]:
        """Return the keys of all cases that an event joins."""
        return [case for (case,) in self._database.rows('select distinct "case" from joined')]

    def cases_beside(self, ids: Iterable[str]) -> set[str]:
        """Return the keys of the cases that have an event at home which is none of these, and whose id is not the key.

        Whoever names an entry that is a case of its own is tied to it.
        """
        query = f"""select distinct home from place where id not in (select value from json_each(?))
                    and not ({_OWN})"""  # noqa: S608 -- words of ours
        return {home for (home,) in self._database.rows(query, json.dumps(sorted(ids)))}

    def at_home(self, case: str) -> list[str]:
        """Return the ids of the events at home in a case."""
        return [name for (name,) in self._database.rows("select id from place where home = ?", case)]

    def joining(self, case: str) -> list[str]:
        """Return the ids of the events that are at home elsewhere and join a case."""
        return [name for (name,) in self._database.rows('select id from joined where "case" = ?', case)]

    def keep_day(self, event: Event, day: date) -> None:
        """Have a meeting count on a day as long as it begins when it does now; what was kept first stays."""
        start = text(event.start)
        self._database.run("delete from kept_day where event = ? and start != ?", event.id, start)
        self._database.run("insert or ignore into kept_day values (?, ?, ?)", event.id, start, day.isoformat())

    def days(self, events: Iterable[Event]) -> dict[str, date]:
        """Return the days that are kept of some events, by their ids."""
        shown = [*events]
        query = "select event, start, day from kept_day where event in (select value from json_each(?))"
        kept = self._database.rows(query, json.dumps([event.id for event in shown])) if shown else []
        there = {(event.id, text(event.start)) for event in shown} if kept else set()
        return {ident: calendar_day(stored) for ident, start, stored in kept if (ident, start) in there}

    def keep_names(self, moves: Iterable[tuple[str, str]], now: datetime) -> None:
        """Keep that events had another home until now: `moves` are the old and the new home of each."""
        inherit = """insert or replace into earlier_name
                     select ?, name, until from earlier_name where "case" = ? and name != ?"""
        for old, new in sorted(set(moves)):
            self._database.run(inherit, new, old, new)
            self._database.run("insert or replace into earlier_name values (?, ?, ?)", new, old, text(now))

    def earlier_names(self, case: str) -> dict[str, datetime]:
        """Return by which names a case was known before, each with the run that found another one."""
        found = self._database.rows('select name, until from earlier_name where "case" = ? order by name', case)
        return {name: at(until) for name, until in found}

    def misplaced(self) -> list[tuple[str, str]]:
        """Return the ids of the notes whose heading could not be followed, each with the reason."""
        return self._database.rows("select id, problem from place where problem != '' order by id")

    def hand_over(self, case: str) -> int:
        """Put events that have part in another case, too, at home there; return how many."""
        query = """select place.id, min(joined."case") from place join joined on joined.id = place.id
                   where place.home = ? and joined."case" != ? group by place.id"""
        shared = self._database.rows(query, case, case)
        self._database.run_many("update place set home = ? where id = ?", [(other, name) for name, other in shared])
        self._database.run_many('delete from joined where id = ? and "case" = ?', shared)
        return len(shared)

    def erase(self, ids: Collection[str], case: str = "") -> None:
        """Erase where events belong, and who joins a case."""
        self._database.run_many("delete from place where id = ?", [(name,) for name in ids])
        self._database.run_many("delete from joined where id = ?", [(name,) for name in ids])
        self._database.run_many("delete from subject where ? in (note, event)", [(name,) for name in ids])
        self._database.run('delete from joined where "case" = ?', case)
        self._database.run('delete from earlier_name where ? in ("case", name)', case)
