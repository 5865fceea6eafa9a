"""What was decided of each case, when to look at it again, and the journal of every change of state."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from msgspec import Struct

from followup_rules.engine.settled import Settled
from followup_rules.keys import with_case, with_day
from followup_rules.model import Decision, State
from followup_rules.store.database import Database
from followup_rules.store.errors import damaged
from followup_rules.store.instants import at, instant, text


class StoredDecision(Struct, frozen=True):
    """What the store keeps of a decision."""

    key: str
    state: str
    evidence: tuple[str, ...] = ()
    next: datetime | None = None
    late: bool = False


class Decisions:
    """The tables `case`, `decision`, `journal` and `settled`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # -- which cases are to be evaluated

    def make_stale(self, cases: Iterable[str]) -> None:
        """Have these cases evaluated at the next opportunity."""
        rows = [(case,) for case in sorted(set(cases))]
        query = 'insert into "case" values (?, null, 1) on conflict (key) do update set stale = 1'
        self._database.run_many(query, rows)

    def make_all_stale(self) -> None:
        """Have every case evaluated, because what they are judged by has changed."""
        self._database.run('update "case" set stale = 1')

    def stale(self, now: datetime) -> list[str]:
        """Return the cases to evaluate: those that changed, and those whose next instant has come."""
        # Two halves, each a search in an index: by `stale = 1 or next <= ?` SQLite would go through all cases.
        query = 'select key from "case" where stale = 1 union all select key from "case" where stale = 0 and next <= ?'
        return sorted(key for (key,) in self._database.rows(query, text(now)))

    def next_change(self) -> datetime | None:
        """Return the next instant at which a decision could change by time alone."""
        return instant(self._database.rows('select min(next) from "case"')[0][0])

    # -- what was decided

    def write(
        self, case: str, decisions: Sequence[Decision], now: datetime, *, until: datetime | None, stale: bool
    ) -> None:
        """Keep the decisions of a case, write what changed into the journal, and say when to look again."""
        before = self.states(case)
        changed = [decision for decision in decisions if before.get(decision.key) != decision.state]
        with self._database.transaction():
            # All of them, for duties may be gone that no rule and no anchor stands for any more.
            self._database.run('delete from decision where "case" = ?', case)
            rows = [_row(decision) for decision in decisions]
            self._database.run_many("insert or replace into decision values (?, ?, ?, ?, ?, ?, ?, ?)", rows)
            lines = [(text(now), case, decision.key, decision.state, decision.why) for decision in changed]
            query = 'insert into journal (at, "case", key, state, why) values (?, ?, ?, ?, ?)'
            self._database.run_many(query, lines)
            self._database.run('insert or replace into "case" values (?, ?, ?)', case, text(until), int(stale))

    def states(self, case: str) -> dict[str, str]:
        """Return the states of a case's decisions as they were last, by key."""
        return dict(self._database.rows('select key, state from decision where "case" = ?', case))

    def cases(self) -> list[str]:
        """Return the cases that something was decided of."""
        return [case for (case,) in self._database.rows('select distinct "case" from decision order by 1')]

    def cases_of_rules(self, rules: Iterable[str]) -> set[str]:
        """Return the cases in which any of some rules has a duty."""
        query = 'select distinct "case" from decision where rule in (select value from json_each(?))'
        return {case for (case,) in self._database.rows(query, msgspec.json.encode(sorted(rules)).decode())}

    def count(self) -> int:
        """Return how many duties there are."""
        return int(self._database.rows("select count(*) from decision")[0][0])

    def of(self, case: str) -> list[StoredDecision]:
        """Return a case's decisions as they were last."""
        query = 'select key, state, evidence, next, late from decision where "case" = ? order by key'
        return [
            StoredDecision(key, state, _evidence(seen), instant(then), bool(late))
            for key, state, seen, then, late in self._database.rows(query, case)
        ]

    # -- what an earlier version had settled

    def settled_of_cases(self, cases: Collection[str]) -> Mapping[str, dict[str, Settled]]:
        """Return by case and key what was over when the store was brought up to date, and is to stay so."""
        found: dict[str, dict[str, Settled]] = defaultdict(dict)
        query = 'select "case", key, state, why from settled where "case" in (select value from json_each(?))'
        for case, key, state, why in self._database.of_cases(query, cases):
            try:
                found[case][key] = Settled(State(state), why)
            except ValueError as error:
                raise damaged(error) from error
        return found

    def settle_done(self, rule: str | None = None) -> None:
        """Have what is done of a rule stay so; of all rules, until it is done by what is read then alone."""
        query = """insert or ignore into settled (key, "case", anchor, state, why, kept)
                     select key, "case", anchor, state, coalesce((
                       select why from journal where journal.key = decision.key order by number desc limit 1), ''), ?
                     from decision where rule = coalesce(?, rule) and state = 'done'"""
        self._database.run(query, int(rule is not None), rule)

    def unsettle(self, keys: Iterable[str]) -> None:
        """Let duties be judged by what is read now alone."""
        self._database.run_many("delete from settled where key = ? and kept = 0", [(key,) for key in keys])

    def keep_settled(self) -> list[str]:
        """Keep for good what only stays over because it was; return the keys that were not so kept before."""
        query = """select settled.key from settled join decision using (key, state)
                   join "case" on "case".key = decision."case" where kept = 0 and stale = 0 order by 1"""
        keys = [key for (key,) in self._database.rows(query)]
        self._database.run_many("update settled set kept = 1 where key = ?", [(key,) for key in keys])
        return keys

    # -- the journal

    def ever_was(self, key: str, state: str) -> bool:
        """Tell whether a decision ever was in a state."""
        query = "select 1 from journal where key = ? and state = ? limit 1"
        return bool(self._database.rows(query, key, state))

    def history(self, case: str, until: int | None = None) -> list[tuple[datetime, str, str, str]]:
        """Return the journal of a case, up to a line if one is given: (when, key, state, why)."""
        query = (
            'select at, key, state, why from journal where "case" = ? and number <= coalesce(?, number) order by number'
        )
        return [(at(when), key, state, why) for when, key, state, why in self._database.rows(query, case, until)]

    def last_line(self) -> int:
        """Return the number of the journal's last line; 0 if it has none."""
        return self._database.rows("select max(number) from journal")[0][0] or 0

    def prune(self, before: datetime) -> None:
        """Erase lines of the journal from before an instant; of each duty the last line of each state stays.

        A source that is out of reach every night has two lines written a day for whatever depends on it.
        """
        query = """delete from journal where at < ?
                   and number not in (select max(number) from journal group by key, state)"""
        self._database.run(query, text(before))

    # -- cases that change

    def rekey(self, old: str, new: str) -> None:
        """Let the history of a duty follow it to another key."""
        self._database.run("update journal set key = ? where key = ?", new, old)
        self._database.run("update or ignore settled set key = ? where key = ?", new, old)

    def rename(self, anchor: str, old: str, new: str, by_event: Collection[str] = ()) -> None:
        """Let what was decided of an anchor follow it to another case; `by_event`: see `Ledger.rename`."""
        self._rename(anchor, old, lambda key: with_case(key, old, new, by_event), new)

    def move(self, anchor: str, case: str, old: date, new: date) -> None:
        """Let what was decided of an anchor follow it to another day."""
        self._rename(anchor, case, lambda key: with_day(key, anchor, old, new), case)

    def _rename(self, anchor: str, old: str, renamed: Callable[[str], str], new: str) -> None:
        query = 'select key from decision where "case" = ? and anchor = ?'
        for (key,) in self._database.rows(query, old, anchor):
            values = (renamed(key), new, key)
            # Where something was decided under that key already, that counts.
            self._database.run('update or ignore decision set key = ?, "case" = ? where key = ?', *values)
            self._database.run('update journal set key = ?, "case" = ? where key = ?', *values)
            self._database.run('update or ignore settled set key = ?, "case" = ? where key = ?', *values)

    def erase(self, case: str) -> None:
        """Erase all that was decided of a case, and its history."""
        for table in ("decision", "journal", "settled"):
            self._database.run(f'delete from {table} where "case" = ?', case)  # noqa: S608 -- only names of ours

    def keep_only(self, cases: Iterable[str]) -> None:
        """Erase the traces of cases that are no more, such as the earlier name of one."""
        living = msgspec.json.encode(sorted(cases)).decode()
        for table, column in (("case", "key"), ("decision", "case"), ("journal", "case"), ("settled", "case")):
            query = f'delete from "{table}" where "{column}" not in (select value from json_each(?))'  # noqa: S608 -- likewise
            self._database.run(query, living)


def _row(decision: Decision) -> tuple[Any, ...]:
    evidence = msgspec.json.encode(decision.evidence).decode()
    anchor = decision.visit.anchor.id
    return (decision.key, decision.case, decision.rule, anchor, decision.state, evidence,
            text(decision.next), int(decision.late))  # fmt: skip


def _evidence(body: str) -> tuple[str, ...]:
    try:
        return msgspec.json.decode(body, type=tuple[str, ...])
    except msgspec.DecodeError as error:
        raise damaged(error) from error
