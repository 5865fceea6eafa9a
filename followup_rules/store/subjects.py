"""By which subjects mails of mine were the drafts of a case that nobody had made: a new template re-opens nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

import msgspec

from followup_rules.keys import with_case
from followup_rules.store.database import Database


class Subjects:
    """The table `sent_as`: subjects by the names of actions (`followup_rules.engine.parts`)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of_cases(self, cases: Collection[str]) -> Mapping[str, dict[str, str]]:
        """Return the subjects that are kept of cases, by these."""
        found: dict[str, dict[str, str]] = defaultdict(dict)
        query = 'select "case", name, subject from sent_as where "case" in (select value from json_each(?))'
        for case, name, subject in self._database.of_cases(query, cases):
            found[case][name] = subject
        return found

    def keep(self, case: str, subjects: Mapping[str, str]) -> None:
        """Keep subjects; what was kept first stays."""
        rows = [(name, case, subject) for name, subject in sorted(subjects.items())]
        self._database.run_many("insert or ignore into sent_as values (?, ?, ?)", rows)

    def rename(self, anchor: str, old: str, new: str, by_event: Collection[str] = ()) -> None:
        """Let what is kept of an anchor's duties follow it to another case; `by_event`: see `Ledger.rename`.

        To be called before the decisions follow it: by these it is known whose duty a name is of.
        """
        # The name of an action is the key of its duty, or that with `#` and its part behind.
        query = """select distinct name from sent_as join decision on decision."case" = sent_as."case"
                   and substr(name || '#', 1, length(key) + 1) = key || '#'
                   where sent_as."case" = ? and anchor = ?"""
        for (name,) in self._database.rows(query, old, anchor):
            update = 'update or ignore sent_as set name = ?, "case" = ? where name = ?'
            self._database.run(update, with_case(name, old, new, by_event), new, name)

    def erase(self, case: str) -> None:
        """Erase what is kept of a case."""
        self._database.run('delete from sent_as where "case" = ?', case)

    def keep_only(self, cases: Iterable[str]) -> None:
        """Erase what is kept of cases that are no more."""
        living = msgspec.json.encode(sorted(cases)).decode()
        self._database.run('delete from sent_as where "case" not in (select value from json_each(?))', living)
