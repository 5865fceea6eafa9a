"""What the user has been told of entries that cannot be read, so that a run tells it once. Kept as hashes."""

from __future__ import annotations

from collections.abc import Collection

from followup_rules.sealing import digest
from followup_rules.store.database import Database

HEADINGS, ADDRESSES, STORE, DATES = OWN = ("heading", "address", "store", "date")
"""What is kept beside the faults of sources: of headings, of addresses in them, of the store itself, and odd dates."""


def of_source(name: str) -> str:
    """Return under which name the faults of a source are kept; the user may call one as we call what is ours."""
    return f"sources.{name}" if name in OWN else name


class Told:
    """The table `told`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def news(self, source: str, faults: Collection[str], *, whole: bool) -> set[str]:
        """Return which faults of a source have not been told, and keep that they are.

        `whole`: these are all that there are, so what is not among them may be told again one day.
        """
        hashes = {digest(f"{source}\0{fault}", 24): fault for fault in faults}
        before = {each for (each,) in self._database.rows("select hash from told where source = ?", source)}
        new, over = hashes.keys() - before, before - hashes.keys() if whole else set()
        if new or over:
            with self._database.transaction():
                rows = [(source, each) for each in sorted(over)]
                self._database.run_many("delete from told where source = ? and hash = ?", rows)
                rows = [(source, each) for each in sorted(new)]
                self._database.run_many("insert into told values (?, ?)", rows)
        return {hashes[each] for each in new}

    def forget(self) -> None:
        """Have everything told anew."""
        self._database.run("delete from told")
