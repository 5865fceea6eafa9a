"""The ledger: what was attempted and delivered, one entry for each action in each output, and what was announced."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from operator import attrgetter

import msgspec
from msgspec.structs import replace

from followup_rules.engine.plan import EntryState, LedgerEntry
from followup_rules.keys import with_anchor, with_case, with_day
from followup_rules.model import Action, Announcement
from followup_rules.sealing import digest
from followup_rules.store.database import Database
from followup_rules.store.errors import damaged
from followup_rules.store.instants import at, encoded, text


class Ledger:
    """The tables `ledger`, `pin` and `parted`: never forgotten, unless the user wants a case forgotten."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # -- entries

    def of(self, case: str) -> list[LedgerEntry]:
        """Return the entries of a case."""
        return self.of_cases([case])[case]

    def of_cases(self, cases: Collection[str]) -> Mapping[str, list[LedgerEntry]]:
        """Return the entries of cases, by these."""
        found: dict[str, list[LedgerEntry]] = defaultdict(list)
        query = """select "case", body from ledger where "case" in (select value from json_each(?))
                   order by key, output"""
        for case, body in self._database.of_cases(query, cases):
            found[case].append(_entry(body))
        return found

    def cases(self) -> list[str]:
        """Return the cases for which something was attempted."""
        return [case for (case,) in self._database.rows('select distinct "case" from ledger order by 1')]

    def count(self) -> int:
        """Return how many actions there are, each once, whichever outputs have it."""
        return int(self._database.rows("select count(distinct key) from ledger")[0][0])

    def in_state(self, *states: EntryState) -> list[LedgerEntry]:
        """Return the entries that got so far."""
        query = "select body from ledger where state in (select value from json_each(?))"
        found = (_entry(body) for (body,) in self._database.rows(query, json.dumps(states)))
        return sorted(found, key=_BY_KEY)  # SQLite would copy all bodies to sort them

    def entry(self, key: str, output: str) -> LedgerEntry | None:
        """Return the entry of an action in an output."""
        found = self._database.rows("select body from ledger where key = ? and output = ?", key, output)
        return _entry(found[0][0]) if found else None

    def write(self, entry: LedgerEntry) -> None:
        """Keep an entry."""
        values = (entry.key, entry.output, entry.action.duty, entry.action.case, entry.state)
        query = "insert or replace into ledger values (?, ?, ?, ?, ?, ?)"
        self._database.run(query, *values, encoded(entry))

    def of_output(self, output: str) -> list[LedgerEntry]:
        """Return the entries of an output."""
        return [
            _entry(body)
            for (body,) in self._database.rows("select body from ledger where output = ? order by key", output)
        ]

    def of_rule(self, rule: str) -> list[LedgerEntry]:
        """Return the entries of a rule, in all cases."""
        query = "select body from ledger where substr(duty, 1, instr(duty, '/') - 1) = ? order by key, output"
        return [_entry(body) for (body,) in self._database.rows(query, rule)]

    def anchors(self) -> list[str]:
        """Return the ids of the events for which something was made."""
        query = "select distinct json_extract(body, '$.action.anchor') from ledger"
        return [name for (name,) in self._database.rows(query)]

    def rekey(self, entry: LedgerEntry, rule: str, duty: str, *, recurs: bool = False) -> bool:
        """Let an entry follow its duty to another rule or key, unless that key is taken; what outputs carry stays.

        `recurs`: it is of a rule from the clock, whose case is named by the rule.
        """
        # The key of a further action of a duty is the duty's with a number or an id behind it.
        key = entry.key.replace(entry.action.duty, duty, 1)
        if key != entry.key and self.entry(key, entry.output) is not None:
            return False
        action = replace(entry.action, key=key, duty=duty, rule=rule)
        action = replace(action, case=rule, anchor=duty) if recurs else action
        self._database.run("delete from ledger where key = ? and output = ?", entry.key, entry.output)
        self.write(replace(entry, key=key, action=action))
        if entry.marker != key:
            note = "insert or ignore into parted values (?)"
            self._database.run(note, _hashed(entry.marker, entry.output))
        return True

    def give_ids(self, rule: str, ids: Sequence[str]) -> None:
        """Have the actions of a rule known by the ids that stand now in the places where they were made."""
        # They were known by their places until now: the ids that stand in these places are theirs.
        entries = [entry for entry in self.of_rule(rule) if not entry.action.part]
        for entry in entries:
            place = entry.key.removeprefix(entry.action.duty).removeprefix("#") or "1"
            if place.isdecimal() and 0 < int(place) <= len(ids) and ids[int(place) - 1]:
                self.write(replace(entry, action=replace(entry.action, part=ids[int(place) - 1])))

    def follow_announced(self, old: str, new: str, per: str) -> None:
        """Let what was announced of a rule follow it to another name or another `per`."""
        # Not by `like`, which takes an underscore in a name for any letter.
        query = """update or ignore pin set key = ? || substr(key, instr(key, '/'))
                   where substr(key, 1, instr(key, '/') - 1) = ?"""
        self._database.run(query, new, old)
        for entry in self.in_state(*EntryState):
            if any(each.rule == old for each in entry.action.announces):
                announces = tuple(
                    self._announced_under(each, entry.action, new, per) if each.rule == old else each
                    for each in entry.action.announces
                )
                self.write(replace(entry, action=replace(entry.action, announces=announces)))

    def _announced_under(self, announced: Announcement, action: Action, rule: str, per: str) -> Announcement:
        """Return what an action announces under another name or `per` of its rule, and let its pin follow."""
        before = announced.key.replace(f"{announced.rule}/", f"{rule}/", 1)
        event = "".join(action.anchor.split())
        named = (one for one in (event, action.case) if before.startswith((f"{rule}/{one}@", f"{rule}/{one}~")))
        anchor = event if per == "event" else action.case
        key = next((before.replace(f"/{one}", f"/{anchor}", 1) for one in named), before)
        self._database.run("update or ignore pin set key = ? where key = ?", key, before)
        return replace(announced, rule=rule, key=key)

    def unset_later(self, now: datetime) -> None:
        """Let nothing wait for a retry at an instant that a wrong clock has shown."""
        for entry in self.in_state(EntryState.REFUSED, EntryState.DELIVERED):
            if entry.retry and entry.retry > now:
                self.write(replace(entry, retry=None))

    def rename_output(self, old: str, new: str) -> None:
        """Let entries follow their output to another name; what was known of another output by that name is over."""
        for entry in self.of_output(old):
            self._database.run("delete from ledger where key = ? and output = ?", entry.key, old)
            self.write(replace(entry, output=new, action=replace(entry.action, output=new)))
            note = "update or ignore parted set hash = ? where hash = ?"
            self._database.run(note, _hashed(entry.marker, new), _hashed(entry.marker, old))

    # -- announced openings

    def pins(self, case: str) -> dict[str, datetime]:
        """Return the announced openings of a case, by key."""
        return self.pins_of_cases([case])[case]

    def pins_of_cases(self, cases: Collection[str]) -> Mapping[str, dict[str, datetime]]:
        """Return the announced openings of cases, by these."""
        found: dict[str, dict[str, datetime]] = defaultdict(dict)
        query = 'select "case", key, at from pin where "case" in (select value from json_each(?))'
        for case, key, when in self._database.of_cases(query, cases):
            found[case][key] = at(when)
        return found

    def pin(self, case: str, key: str, when: datetime) -> None:
        """Keep an announced opening; what was announced first stays."""
        self._database.run("insert or ignore into pin values (?, ?, ?)", key, case, text(when))

    def move_pins(self, after: datetime, moved: Callable[[datetime], datetime]) -> None:
        """Let each announced opening that is later than an instant be at another one."""
        ahead = self._database.rows("select key, at from pin where at > ?", text(after))
        self._database.run_many(
            "update pin set at = ? where key = ?", [(text(moved(at(when))), key) for key, when in ahead]
        )

    # -- cases that change

    def rename(self, anchor: str, old: str, new: str, by_event: Collection[str] = ()) -> None:
        """Let entries and pins follow their anchor to another case; what the outputs carry stays as it is.

        `by_event` are the rules whose keys have the anchor's id, if that was the name of the case.
        """
        for entry in self.of(old):
            if entry.action.anchor == anchor:
                self._rename(entry, lambda key: with_case(key, old, new, by_event), new)

    def follow_anchor(self, old: str, new: str) -> list[tuple[str, str]]:
        """Let entries and pins follow an event to another id; return the keys of their duties before and after."""
        entries = [entry for entry in self.in_state(*EntryState) if entry.action.anchor == old]
        # A key holds no white space, whatever the id does.
        plain, now = "".join(old.split()), "".join(new.split())
        for entry in entries:
            known = replace(entry, action=replace(entry.action, anchor=new))
            self._rename(known, lambda key: with_anchor(key, plain, now), entry.action.case)
        duties = dict.fromkeys(entry.action.duty for entry in entries)
        return [(duty, with_anchor(duty, plain, now)) for duty in duties]

    def move(self, anchor: str, case: str, old: date, new: date) -> None:
        """Let entries and pins follow their anchor to another day."""
        for entry in self.of(case):
            if entry.action.anchor == anchor:
                self._rename(entry, lambda key: with_day(key, anchor, old, new), case)

    def _rename(self, entry: LedgerEntry, renamed: Callable[[str], str], new: str) -> None:
        announces = tuple(replace(each, key=renamed(each.key)) for each in entry.action.announces)
        key, duty = renamed(entry.action.key), renamed(entry.action.duty)
        action = replace(entry.action, key=key, duty=duty, case=new, announces=announces)
        if self.entry(action.key, entry.output) is None or action.key == entry.key:
            self._database.run("delete from ledger where key = ? and output = ?", entry.key, entry.output)
            self.write(replace(entry, key=action.key, action=action))
            # What the output still carries under the marker has another key now, or has its own again.
            parted = entry.marker != action.key
            note = "insert or ignore into parted values (?)" if parted else "delete from parted where hash = ?"
            self._database.run(note, _hashed(entry.marker, entry.output))
        for announced, followed in zip(entry.action.announces, action.announces, strict=True):
            query = 'update or ignore pin set key = ?, "case" = ? where key = ?'
            self._database.run(query, followed.key, new, announced.key)

    def free_marker(self, key: str, output: str) -> str:
        """Return a marker for a new action: not one under which the output still holds what has another key by now."""
        number, marker = 1, key
        while self._database.rows("select 1 from parted where hash = ?", _hashed(marker, output)):
            number += 1
            marker = f"{key}~{number}"
        return marker

    def erase(self, case: str) -> None:
        """Erase all entries and pins of a case."""
        parted = [(_hashed(entry.marker, entry.output),) for entry in self.of(case)]
        self._database.run_many("delete from parted where hash = ?", parted)
        for table in ("ledger", "pin"):
            self._database.run(f'delete from {table} where "case" = ?', case)  # noqa: S608 -- only names of ours

    def keep_only_pins(self, cases: Iterable[str]) -> None:
        """Erase the pins of cases that are no more."""
        query = 'delete from pin where "case" not in (select value from json_each(?))'
        self._database.run(query, json.dumps(sorted(cases)))


_BY_KEY = attrgetter("key", "output")


def _hashed(marker: str, output: str) -> str:
    return digest(f"{output}\0{marker}", 64)


@lru_cache(maxsize=4096)  # a run asks for the same entries several times, a simulation at each of thousands of ticks
def _entry(body: bytes) -> LedgerEntry:
    try:
        return msgspec.json.decode(body, type=LedgerEntry)
    except (msgspec.DecodeError, ValueError) as error:
        raise damaged(error) from error
