"""Whose invitations count although I have not answered them: of people whom something of mine shows that I know."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from msgspec.structs import replace

from followup_rules.model import KIND_END, Event, Person
from followup_rules.store.database import Database
from followup_rules.store.events import Events
from followup_rules.store.instants import at

if TYPE_CHECKING:
    from followup_rules.engine.assign_cases import Directory

_SHOWING = ("sent", "note", "meeting")
# A note without a time counts at the end of its day, as `moment` has it in language/matching.py.
_WHOLE_DAY = timedelta(hours=23, minutes=59)
# A host belongs to a domain if it ends in it; a domain that is null is that of nobody.
_WRITTEN_TO = """
select min(event.start) from token join event on event.id = token.id
where event.id > 'sent' || char(31) and event.id < 'sent' || char(32)
  and (token.token = '@' || ?
    or token.token like '@%' and substr('.' || substr(token.token, instr(substr(token.token, 2), '@') + 2),
                                        -length(?) - 1) = '.' || ?)
  and coalesce(json_extract(event.body, '$.auto'), '') = ''
"""
_MET = """
select min(start) from event
where id > 'meeting' || char(31) and id < 'meeting' || char(32) and answered = 1
  and (organizer = ?
    or substr('.' || substr(organizer, instr(organizer, '@') + 1), -length(?) - 1) = '.' || ?)
  and (gone is null or gone >= start) and json_extract(body, '$.status') != 'declined'
"""


class Acquaintances:
    """The table `acquainted`: the identities of the unanswered invitations that count.

    Those with which an earlier version has `helped` the user count for good.
    """

    def __init__(self, database: Database, events: Events) -> None:
        self._database = database
        self._events = events

    def update(self, news: Collection[str], directory: Directory) -> set[str]:
        """Ask again, where one of these events may show something; return the invitations that came to count or ceased.

        An invitation counts if something of mine from before its start shows that I know who called it.
        """
        if not any(name.startswith(tuple(f"{kind}{KIND_END}" for kind in _SHOWING)) for name in news):
            return set()
        unanswered = self._events.unanswered()
        before = {name for (name,) in self._database.rows("select id from acquainted where helped = 0")}
        if not unanswered and not before:
            return set()
        callers = {event.organizer.address: event.organizer for event in unanswered if event.organizer}
        since = {address: self._known_since(caller, directory) for address, caller in callers.items()}
        after = {
            event.identity
            for event in unanswered
            if event.organizer and (first := since[event.organizer.address]) is not None and first < event.start
        }
        self._database.run_many("delete from acquainted where id = ?", [(name,) for name in before - after])
        come = [(name,) for name in sorted(after - before)]
        self._database.run_many("insert or ignore into acquainted (id) values (?)", come)
        return before ^ after

    def answered(self, events: Iterable[Event]) -> list[Event]:
        """Return the events; an invitation that counts is as good as answered."""
        shown = list(events)
        if False not in {event.answered for event in shown}:
            return shown
        known = {name for (name,) in self._database.rows("select id from acquainted")}
        return [
            replace(event, answered=True) if not event.answered and event.identity in known else event
            for event in shown
        ]

    def erase(self, ids: Iterable[str]) -> None:
        """Erase what is noted of some events."""
        self._database.run_many("delete from acquainted where id = ?", [(name,) for name in ids])

    def _known_since(self, caller: Person, directory: Directory) -> datetime | None:
        """Return since when something of mine shows that I know somebody, or their organization."""
        domain = directory.domain(caller)
        notes = (note for note in self._events.of_kind("note") if note.gone is None)
        instants = [
            *self._first(_WRITTEN_TO, caller, domain),
            *self._first(_MET, caller, domain),
            *(
                note.start + _WHOLE_DAY if note.whole_day else note.start
                for note in notes
                if _names(note, caller, domain)
            ),
        ]
        return min(instants, default=None)

    def _first(self, query: str, caller: Person, domain: str) -> list[datetime]:
        found = self._database.rows(query, caller.address, domain or None, domain or None)
        return [at(start) for (start,) in found if start is not None]


def _names(note: Event, caller: Person, domain: str) -> bool:
    """Tell whether a note names an address or, if that tells who somebody is, their domain."""
    addresses = {person.address for person in note.people}
    said = " ".join([note.heading, note.title, note.text, *map(str, note.data.values()), *addresses]).lower()
    named = [re.escape(caller.address), *([rf"(?:[\w.+-]+@)?(?:[\w-]+\.)*{re.escape(domain)}"] if domain else [])]
    return re.search(rf"(?<![\w.+-])(?:{'|'.join(named)})(?![\w-]|\.\w)", said) is not None
