"""What the user wanted forgotten: of it the store keeps salted hashes, by which it is known when it comes again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime

from followup_rules.database import Database, instant, text

EVENT, CASE, NAME, KEY = "event", "case", "name", "key"
"""What can be forgotten: an event by its id, a case by its key or by what people call it, an action by its key."""


class Forgotten(Database):
    """The part of the store that remembers what it must not know again."""

    def forgotten(self, what: str, name: str) -> datetime | None:
        """Return when something was forgotten; None if it was not."""
        salt = self.get("salt")
        return instant(self.get(_hashed(salt, what, name)) or None) if salt else None

    def anything_forgotten(self) -> bool:
        """Tell whether there is anything to look for."""
        return self.get("salt") != ""

    def bury(self, what: str, names: Iterable[str], when: datetime) -> None:
        """Remember nothing but hashes of what was forgotten."""
        if not self.anything_forgotten():
            import secrets  # noqa: PLC0415 -- once in the life of a store

            self.put("salt", secrets.token_hex(16))
        salt = self.get("salt")
        rows = [(_hashed(salt, what, name), text(when)) for name in names]
        self._many("insert or replace into meta values (?, ?)", rows)


def _hashed(salt: str, what: str, name: str) -> str:
    return "forgotten " + hashlib.sha256(f"{salt}\0{what}\0{name}".encode(errors="surrogatepass")).hexdigest()
