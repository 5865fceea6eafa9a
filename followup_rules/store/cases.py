"""Cases with all that is kept of them, many at a time: a few queries for each hundred, and none for a case or event.

What the others own is read here across their tables; nothing is written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from followup_rules.keys import hashed, with_rule
from followup_rules.model import KIND_END, Case, Event, Report
from followup_rules.store.bodies import decode
from followup_rules.store.events import together

if TYPE_CHECKING:
    from datetime import datetime

    from followup_rules.engine.plan import LedgerEntry
    from followup_rules.engine.settled import Settled
    from followup_rules.store.store import Store

# So many in one query, and no more: what judging one moves in the store has the others read anew.
_AT_ONCE = 100
_VERSION = "event.id, source, body, gone, listed, planned, called_off, past_unlisted"
_AT_HOME = f"""select home, {_VERSION} from place join event on event.id = place.id
  where home in (select value from json_each(?)) order by home, event.id, source"""  # noqa: S608 -- words of ours
_JOINING = f"""select "case", {_VERSION} from joined join event on event.id = joined.id
  where "case" in (select value from json_each(?)) order by "case", event.id, source"""  # noqa: S608 -- likewise


class StoredCase(Struct, frozen=True):
    """A case, and what earlier runs have left of it."""

    case: Case
    entries: Sequence[LedgerEntry]
    pins: Mapping[str, datetime]
    """The announced openings, by key."""
    settled: Mapping[str, Settled]
    subjects: Mapping[str, str]
    """By which subjects mails of mine were drafts that nobody had made, by the names of these."""

    @property
    def key(self) -> str:
        """The case's key."""
        return self.case.key


def read(keys: Sequence[str], store: Store) -> Iterator[StoredCase]:
    """Yield cases in the order in which they are asked for; one that has no event, too.

    What the judging of one case moves in the store is seen in all that come after it.
    """
    place = 0
    while place < len(keys):
        moves = store.moves
        for stored in _read(keys[place : place + _AT_ONCE], store):
            yield stored
            place += 1
            if store.moves != moves:
                break


def _read(keys: Sequence[str], store: Store) -> Iterator[StoredCase]:
    shown, joining = _events(_AT_HOME, keys, store), _events(_JOINING, keys, store)
    # An invitation that counts is as good as answered.
    home = {key: store.acquaintances.answered(events) for key, events in shown.items()}
    everywhere = [event for events in home.values() for event in events]
    days = store.places.days(everywhere)
    # A note with a tag may be about the meetings of its own day.
    notes = [event.identity for event in everywhere if event.kind == "note" and ("re" in event.data or event.tags)]
    followed = store.places.followed(notes) if notes else {}
    entries, pins = store.ledger.of_cases(keys), store.ledger.pins_of_cases(keys)
    renamed = store.state.read().renamed
    settled, subjects = store.decisions.settled_of_cases(keys), store.subjects.of_cases(keys)
    for key in keys:
        own = home.get(key, [])
        names = {event.identity for event in own}
        # Those that the output knows by another name than the ledger: by that, and by its hash.
        parted = [entry for entry in entries[key] if entry.marker != entry.name]
        made = {name: entry for entry in parted for name in (entry.marker, hashed(entry.marker))}
        case = Case(
            key=key,
            home=_ordering(_by_name(own, made), renamed),
            joined=_by_name(_joined(own, names, joining.get(key, []), store), made),
            followed={note: about for note, about in followed.items() if note[0] in names} if followed else {},
            days={event.id: days[event.id] for event in own if event.id in days} if days else {},
        )
        yield StoredCase(case, entries[key], pins[key], settled[key], subjects[key])


def _events(query: str, keys: Sequence[str], store: Store) -> Mapping[str, list[Event]]:
    """Return the events of cases, in the order of their identities."""
    found: dict[str, list[Event]] = defaultdict(list)
    rows = store.database.of_cases(query, keys)
    for (case, _), versions in groupby(rows, key=itemgetter(0, 1)):
        found[case].append(together([decode(*version[2:]) for version in versions]))
    return found


def _joined(home: Iterable[Event], names: set[str], joining: list[Event], store: Store) -> list[Event]:
    """Return the events that join a case; a mail that was a draft of the case does, to whomever it went."""
    mails = {f"sent{KIND_END}{event.report.mail}" for event in home if event.report and event.report.mail}
    absent = mails - names - {event.identity for event in joining} if mails else mails
    beside = [event for event in joining if event.identity not in names]
    return sorted([*beside, *store.events.events(absent)], key=attrgetter("identity")) if absent else beside


def _ordering(events: tuple[Event, ...], renamed: Mapping[str, str]) -> tuple[Event, ...]:
    """Return the events; a note that orders something of a rule by an earlier name of it gets that of today."""
    if not renamed:
        return events
    return tuple(
        replace(event, data={**event.data, "for": with_rule(named, renamed)})
        if event.kind == "note" and isinstance(named := event.data.get("for"), str)
        else event
        for event in events
    )


def _by_name(events: Sequence[Event], entries: Mapping[str, LedgerEntry]) -> tuple[Event, ...]:
    """Return the events; one that carries the marker of an action, or its hash, gets the name and rule of that one."""
    if not entries:
        return tuple(events)
    return tuple(
        _reporting(event, event.report, entries[event.report.key])
        if event.report and event.report.key in entries
        else event
        for event in events
    )


def _reporting(event: Event, report: Report, entry: LedgerEntry) -> Event:
    rule = entry.action.rule
    data = {**event.data, "rule": rule} if "rule" in event.data else event.data
    told = replace(report, key=entry.name, rule=rule if report.rule else "", type=entry.action.type)
    return replace(event, data=data, report=told)
