"""What the user wanted forgotten: of it the store keeps salted hashes, by which it is known when it comes again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from followup_rules.sealing import digest
from followup_rules.store.database import Database
from followup_rules.store.instants import at, text

EVENT, MEETING, CASE, NAME, KEY = "event", "meeting", "case", "name", "key"
"""What can be forgotten: an event by its id, a meeting by what it says too, since some calendars give it another id at
each export, a case by its key or by what people call it, an action by its key.
"""


class Tombstones:
    """The tables `tombstone` and `salt`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def any(self) -> bool:
        """Tell whether there is anything to look for."""
        return self._salt() != ""

    def find(self, what: str, name: str) -> datetime | None:
        """Return when something was forgotten; None if it was not."""
        salt = self._salt()
        hashed = _hashed(salt, what, name)
        found = self._database.rows("select at from tombstone where hash = ?", hashed) if salt else []
        return at(found[0][0]) if found else None

    def add(self, what: str, names: Iterable[str], when: datetime) -> None:
        """Remember nothing but hashes of what was forgotten."""
        if not self._salt():
            import secrets  # noqa: PLC0415 -- once in the life of a store

            # With a salt of each store nobody can try known ids and addresses against its hashes from elsewhere.
            self._database.run("insert into salt values (?)", secrets.token_hex(16))
        salt = self._salt()
        rows = [(_hashed(salt, what, name), text(when)) for name in names]
        self._database.run_many("insert or replace into tombstone values (?, ?)", rows)

    def _salt(self) -> str:
        found = self._database.rows("select value from salt")
        return str(found[0][0]) if found else ""


def _hashed(salt: str, what: str, name: str) -> str:
    return digest(f"{salt}\0{what}\0{name}", 64)
