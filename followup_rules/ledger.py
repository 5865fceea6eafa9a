"""The ledger: what was attempted and delivered, one row for each action in each output, and what was announced."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime

import msgspec
from msgspec.structs import replace

from followup_rules.database import at, damaged, text
from followup_rules.engine.plan import Made, Row
from followup_rules.forgotten import Forgotten
from followup_rules.model import Action


class Ledger(Forgotten):
    """The part of the store that is never forgotten."""

    def rows(self, case: str) -> list[Row]:
        """Return the ledger rows of a case."""
        return [
            _row(body) for (body,) in self._all('select body from ledger where "case" = ? order by key, output', case)
        ]

    def ledger_cases(self) -> list[str]:
        """Return the cases for which something was attempted."""
        return [case for (case,) in self._all('select distinct "case" from ledger order by 1')]

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
        self._run("insert or replace into ledger values (?, ?, ?, ?, ?, ?)", values)

    def rename(self, moved: Mapping[str, tuple[str, str]]) -> None:
        """Let ledger rows and pins follow their anchors to another case; what the outputs carry stays as it is."""
        for anchor, (old, new) in sorted(moved.items()):
            if old == new:
                continue
            for row in self.rows(old):
                if row.action.anchor == anchor:
                    self._rename(row, old, new)
            for (key,) in self._all('select key from decision where "case" = ? and anchor = ?', old, anchor):
                renamed = (_moved(key, old, new), new, key)
                self._run('update or ignore decision set key = ?, "case" = ? where key = ?', renamed)
                self._run('update journal set key = ?, "case" = ? where key = ?', renamed)

    def _rename(self, row: Row, old: str, new: str) -> None:
        action = _renamed(row.action, old, new)
        if self.row(action.key, row.output) is None or action.key == row.key:
            self._run("delete from ledger where key = ? and output = ?", (row.key, row.output))
            self.write(replace(row, key=action.key, action=action))
            self.put(parted(row.marker, row.output), "yes" if row.marker != action.key else "")
        for before, after in zip(row.action.announces, action.announces, strict=True):
            query = 'update or ignore pin set key = ?, "case" = ? where key = ?'
            self._run(query, (after.key, new, before.key))

    def free(self, key: str, output: str) -> str:
        """Return a key for the output: not one that it still holds something under whose case has changed since."""
        number, marker = 1, key
        while self.get(parted(marker, output)):
            number += 1
            marker = f"{key}~{number}"
        return marker

    def pins(self, case: str) -> dict[str, datetime]:
        """Return the announced openings of a case, by key."""
        return {key: at(when) for key, when in self._all('select key, at from pin where "case" = ?', case)}

    def pin(self, case: str, key: str, when: datetime) -> None:
        """Keep an announced opening; what was announced first stays."""
        self._run("insert or ignore into pin values (?, ?, ?)", (key, case, text(when)))


def parted(marker: str, output: str) -> str:
    """Return the name under which it is noted that what carries this marker has another key by now."""
    return "parted " + hashlib.sha256(f"{output}\0{marker}".encode(errors="surrogatepass")).hexdigest()


def _renamed(action: Action, old: str, new: str) -> Action:
    """Return the action under the keys that it has in another case."""
    announces = tuple(replace(each, key=_moved(each.key, old, new)) for each in action.announces)
    key, duty = _moved(action.key, old, new), _moved(action.duty, old, new)
    return replace(action, key=key, duty=duty, case=new, announces=announces)


def _moved(key: str, old: str, new: str) -> str:
    return key.replace(f"/{old}@", f"/{new}@")


def _row(body: bytes) -> Row:
    try:
        return msgspec.json.decode(body, type=Row)
    except (msgspec.DecodeError, ValueError) as error:
        raise damaged(error) from error
