"""What the sources showed: their events, where each source stands, and which events are tied together.

Events are known by their identity (kind and id), which is what the columns `id` hold.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import itemgetter

from msgspec import Struct
from msgspec.structs import replace

from followup_rules.meetings import named_apart
from followup_rules.model import BadItem, Event, Pull
from followup_rules.store.bodies import decode, encode
from followup_rules.store.database import Database
from followup_rules.store.instants import instant, text
from followup_rules.store.listing import Listing, Row, Shown, known_by, names
from followup_rules.store.tombstones import Tombstones

_VERSIONS = "select id, source, body, gone, listed, planned, called_off, past_unlisted from event"
# An identity is a kind, char(31) and an id: all of a kind lie between char(31) and char(32), one stretch of the index.
_OF_NO_NOTE = "not (id > 'note' || char(31) and id < 'note' || char(32))"
# Domains that are looked for one by one.
_FEW = 8


class SourceState(Struct, frozen=True):
    """Where a source stands: its cursor, its last good pull, since when it fails, until when it is left alone."""

    cursor: str = ""
    pulled: datetime | None = None
    failing: datetime | None = None
    wait: datetime | None = None
    """The service behind it has asked not to be called before this instant."""
    doubt: str = ""
    """Why its last pull may have shown half of the picture, and so was not believed."""
    doubted: datetime | None = None
    """Since when it has this doubt."""


class Events:
    """The tables `source`, `event` and `token`. What was forgotten is not taken in again."""

    def __init__(self, database: Database, tombstones: Tombstones) -> None:
        self._database = database
        self._tombstones = tombstones

    # -- sources

    def source(self, name: str) -> SourceState:
        """Return where a source stands."""
        query = "select cursor, pulled, failing, wait, doubt, doubted from source where name = ?"
        found = self._database.rows(query, name)
        if not found:
            return SourceState()
        cursor, pulled, failing, wait, doubt, doubted = found[0]
        return SourceState(cursor, instant(pulled or None), instant(failing), instant(wait), doubt, instant(doubted))

    def failed(self, name: str, now: datetime, wait: timedelta = timedelta(0)) -> None:
        """Note down that a source could not be read, and how long it is to be left alone."""
        state = self.source(name)
        later = replace(state, failing=state.failing or now, wait=now + wait if wait else state.wait)
        self._write_source(name, later)

    def forget_cursor(self, name: str) -> None:
        """Have a source read from its beginning."""
        self._database.run("update source set cursor = '' where name = ?", name)

    def doubted(self, name: str, doubt: str, now: datetime) -> datetime:
        """Note down what a source doubts; return since when it does."""
        state = self.source(name)
        # A clock that was ahead may have noted a later instant.
        since = min(state.doubted, now) if state.doubted and state.doubt == doubt else now
        self._write_source(name, replace(state, doubt=doubt, doubted=since))
        return since

    def forget_cursors(self) -> None:
        """Have every source read from its beginning."""
        self._database.run("update source set cursor = ''")

    def rename_source(self, old: str, new: str) -> None:
        """Let what a source showed follow it to another name."""
        self._database.run("update or replace source set name = ? where name = ?", new, old)
        self._database.run("update or replace event set source = ? where source = ?", new, old)

    def leave(self, name: str, now: datetime) -> set[str]:
        """Take away what a source lists that has not begun; return the identities. What took place stays."""
        query = "select id from event where source = ? and gone is null and start > ?"
        gone = {identity for (identity,) in self._database.rows(query, name, text(now))}
        rows = [(text(now), name, identity) for identity in sorted(gone)]
        self._database.run_many("update event set gone = ? where source = ? and id = ?", rows)
        self._database.run("delete from source where name = ?", name)
        return gone

    def shows(self, name: str) -> bool:
        """Tell whether a source ever showed an event."""
        return bool(self._database.rows("select 1 from event where source = ? limit 1", name))

    def unset_later(self, now: datetime) -> None:
        """Let no source be left alone, or count as failing, from an instant on that a wrong clock has shown."""
        self._database.run("update source set wait = null where wait > ?", text(now))
        self._database.run("update source set failing = ? where failing > ?", text(now), text(now))

    def _write_source(self, name: str, state: SourceState) -> None:
        values = (state.cursor, text(state.pulled) or "", text(state.failing), text(state.wait), state.doubt)
        query = "insert or replace into source values (?, ?, ?, ?, ?, ?, ?)"
        self._database.run(query, name, *values, text(state.doubted))

    # -- events

    def take(self, source: str, pull: Pull, events: Iterable[Event], since: datetime, now: datetime) -> set[str]:
        """Keep what a source saw since then, and its cursor; return the identities of the events that changed."""
        before = self.source(source)
        later = SourceState(pull.cursor, now)
        if pull.unread:  # not a good pull: what lies in the rest is to be read as far back once that is possible
            later = SourceState(pull.cursor, before.pulled, before.failing or now)
        if not (pull.events or pull.removed or pull.complete):
            self._write_source(source, later)
            return set()
        with self._database.transaction():
            # The cursor with what lies before it: a crash in between would leave that out for good.
            self._write_source(source, later)
            from followup_rules.store import known_again  # noqa: PLC0415 -- only where something changed

            known = known_again.mails(list(events), lambda mail: self._mails_of_instant(source, mail))
            unseen = self._lying_in(source, pull.unread)
            fresh = [event for event in self._not_forgotten(known) if unseen.isdisjoint(names(event))]
            # A stamp of later than now could never be outdone.
            fresh = [replace(e, updated=None) if e.updated and e.updated > now else e for e in fresh]
            renamed = self._renamed(source)
            wanted = {renamed.get(event.identity, event.identity) for event in fresh}
            rows = self._listed(source, None if pull.complete or pull.removed else wanted)
            listed = Listing(rows, pull, since)
            seen = listed.named(fresh, renamed, lambda event: self._apart(source, event))
            otherwise = {name for name, shown in seen.items() if listed.bodies.get(name) != encode(shown.event)}
            changed = {name for name in otherwise if not listed.shows_again(seen[name].event)}
            missing = listed.missing(seen)
            self._write(source, [seen[name] for name in sorted(otherwise)], before, now)
            others = [(_other(seen[name]), source, name) for name in sorted(listed.renamed(seen) - otherwise)]
            self._database.run_many("update event set shown = ? where source = ? and id = ?", others)
            gone = [(text(now), text(before.pulled), source, name) for name in sorted(missing)]
            self._database.run_many("update event set gone = ?, listed = ? where source = ? and id = ?", gone)
            if missing and pull.complete and not listed.shows_what_is_over(seen, now):
                self._note_unlisted_past(source, missing)
            self._index(changed)
        return changed | missing

    def _lying_in(self, source: str, parts: Collection[BadItem]) -> set[str]:
        """Return the ids of the events, and of their series, that were last read in some parts of a source.

        What another part says of them may be older: it is the moved occurrence that counts, and not the series.
        """
        if not parts:
            return set()
        rows = self._database.rows("select body from event where source = ?", source)
        events = (decode(source, body) for (body,) in rows)
        return {name for event in events if lies_in(event, parts) for name in names(event)}

    def _mails_of_instant(self, source: str, mail: Event) -> list[Event]:
        """Return the mails of its kind and instant that a source has shown."""
        query = "select body from event where source = ? and start = ? and id > ? || char(31) and id < ? || char(32)"
        rows = self._database.rows(query, source, text(mail.start), mail.kind, mail.kind)
        return [decode("", body) for (body,) in rows]

    def _write(self, source: str, seen: Iterable[Shown], before: SourceState, now: datetime) -> None:
        """Write events as a source shows them now."""
        query = """insert or replace into event
                     (source, id, start, body, organizer, answered, planned, called_off, shown)
                   values (?, ?, ?, ?, ?, ?, ?, ?, ?)"""
        rows = []
        for each in seen:
            event = each.event
            organizer = event.organizer.address if event.organizer else None
            cancelled = self._cancelled(source, event, before, now) if event.status == "cancelled" else (None, None)
            shown = (source, event.identity, text(event.start), encode(event), organizer, int(event.answered))
            rows.append((*shown, *cancelled, _other(each)))
        self._database.run_many(query, rows)

    def _cancelled(
        self, source: str, event: Event, before: SourceState, now: datetime
    ) -> tuple[str | None, str | None]:
        """Return the last pull that listed a cancelled event as planned, and the first that showed it cancelled."""
        from followup_rules.engine.fates import called_off_in_time  # noqa: PLC0415 -- few pulls show what is cancelled

        query = "select body, gone, listed, planned, called_off from event where source = ? and id = ?"
        for body, gone, listed, planned, called_off in self._database.rows(query, source, event.identity):
            known = decode(source, body, gone, listed, planned, called_off)
            if known.status == "cancelled":
                first = known.called_off or now
                # What was off in time has not taken place, wherever it is moved afterwards.
                return planned, text(event.start if first >= event.end and called_off_in_time(known) else first)
            return listed if gone else text(before.pulled), text(now)
        return None, text(now)

    def _note_unlisted_past(self, source: str, missing: Collection[str]) -> None:
        """Note of what is gone that its calendar lists nothing that is over, if others went once begun, too."""
        query = """update event set past_unlisted = 1 where source = ? and id in (select value from json_each(?))
                   and exists (select 1 from event as other where other.source = event.source and other.id != event.id
                     and other.id > 'meeting' || char(31) and other.id < 'meeting' || char(32)
                     and other.gone >= other.start)"""
        self._database.run(query, source, json.dumps(sorted(missing)))

    def _apart(self, source: str, event: Event) -> Event:
        """Return an event; a meeting with an id by which another source knows one of another organizer is another."""
        if event.kind != "meeting" or event.organizer is None:
            return event
        query = "select source, organizer from event where id = ? and organizer is not null"
        known = self._database.rows(query, event.identity)
        own = any(where == source and whose == event.organizer.address for where, whose in known)
        others = any(where != source and whose != event.organizer.address for where, whose in known)
        return replace(event, id=named_apart(event.id, event.start, ())) if others and not own else event

    def _listed(self, source: str, ids: Collection[str] | None) -> list[Row]:
        """Return what a source lists, as far as it is known: of some events, or of all."""
        query = "select id, coalesce(shown, id), body, start from event where source = ? and gone is null"
        if ids is None:
            return [Row(*row) for row in self._database.rows(query, source)]
        query += " and id in (select value from json_each(?))"
        return [Row(*row) for row in self._database.rows(query, source, json.dumps(sorted(ids)))]

    def _renamed(self, source: str) -> dict[str, str]:
        """Return the identities of the events that a source shows by others, by these; only meetings are."""
        # By that index, or not at all: few events have another name, and SQLite would look at all of the source.
        query = """select shown, id from event indexed by event_shown where source = ? and shown is not null
                   and id > 'meeting' || char(31) and id < 'meeting' || char(32)"""
        return dict(self._database.rows(query, source))

    def _not_forgotten(self, events: Iterable[Event]) -> Iterable[Event]:
        """Leave out the events that were forgotten, and further occurrences of meetings that were."""
        if not self._tombstones.any():
            return events
        find = self._tombstones.find
        return [event for event in events if not any(find(what, name) for what, name in known_by(event))]

    def event(self, name: str) -> Event | None:
        """Return an event as its sources together saw it: there if any still lists it, in the newest version.

        A version that names no organizer gives way (RFC 5546: the meeting is the organizer's). My answer is that under
        any of my addresses.
        """
        return next(iter(self.events([name])), None)

    def events(self, identities: Iterable[str]) -> list[Event]:
        """Return several events, in the order of their identities."""
        if not (wanted := {*identities}):
            return []
        query = f"{_VERSIONS} where id in (select value from json_each(?)) order by id, source"  # noqa: S608 -- words of ours
        found = self._database.rows(query, json.dumps([*wanted]))
        return [together([decode(*row[1:]) for row in rows]) for _, rows in groupby(found, key=itemgetter(0))]

    def named(self, ident: str) -> Event | None:
        """Return the event with an id; of several, one whose id nobody else chose."""
        query = "select distinct id from event where substr(id, instr(id, char(31)) + 1) = ?"
        found = self.events(identity for (identity,) in self._database.rows(query, ident))
        return min(found, key=lambda event: (event.kind == "received", event.kind), default=None)

    def notes(self, source: str, others: Collection[str]) -> tuple[list[Event], set[str]]:
        """Return the notes of a source, gone ones too, and the ids of all notes.

        A note of a source that is none of the `others` may be this one's: its table was renamed.
        """
        query = """select source, body, gone, listed, substr(id, 6) from event
                   where id > 'note' || char(31) and id < 'note' || char(32)"""
        rows = self._database.rows(query)
        own = [decode(*row) for *row, _ in rows if row[0] == source or row[0] not in others]
        return own, {ident for *_, ident in rows}

    def sources_of(self, identity: str) -> list[str]:
        """Return the names of the sources that list an event."""
        query = "select source from event where id = ? and gone is null order by source"
        return [source for (source,) in self._database.rows(query, identity)]

    def addresses(self) -> set[str]:
        """Return the addresses of all people in mail and meetings."""
        query = f"select distinct substr(token, 2) from token where token glob '@*' and {_OF_NO_NOTE}"  # noqa: S608 -- words of ours
        return {address for (address,) in self._database.rows(query)}

    def known(self, addresses: Iterable[str]) -> set[str]:
        """Return which of some addresses are those of people in mail and meetings."""
        query = f"""select distinct substr(token, 2) from token
                    where token in (select '@' || value from json_each(?)) and {_OF_NO_NOTE}"""  # noqa: S608 -- words of ours
        return {address for (address,) in self._database.rows(query, json.dumps(sorted(addresses)))}

    def unanswered(self) -> list[Event]:
        """Return the meetings that somebody else called, and that I have not answered."""
        names = [name for (name,) in self._database.rows("select distinct id from event where answered = 0")]
        return [event for event in self.events(names) if not event.answered]

    def of_kind(self, kind: str) -> list[Event]:
        """Return all events of a kind."""
        # An identity is a kind, char(31) and an id: up to char(32) lie all of the kind, in the order of the index.
        query = "select distinct id from event where id > ? || char(31) and id < ? || char(32)"
        return self.events(name for (name,) in self._database.rows(query, kind, kind))

    def ids(self) -> set[str]:
        """Return the identities of all events."""
        return {name for (name,) in self._database.rows("select distinct id from event")}

    def erase(self, ids: Iterable[str]) -> None:
        """Erase events, whichever sources showed them."""
        rows = [(name,) for name in ids]
        self._database.run_many("delete from event where id = ?", rows)
        self._database.run_many("delete from token where id = ?", rows)

    # -- ties

    def _index(self, ids: Iterable[str]) -> None:
        for name in ids:
            from followup_rules.engine.assign_cases import tokens  # noqa: PLC0415 -- only where something changed

            self._database.run("delete from token where id = ?", name)
            rows = self._database.rows(f"{_VERSIONS} where id = ? order by source", name)
            found = {token for _, *row in rows for token in tokens(decode(*row))}
            self._database.run_many("insert into token values (?, ?)", [(token, name) for token in found])

    def mail_of(self, addresses: Collection[str]) -> set[str]:
        """Return the identities of all mail in which an address takes part."""
        query = """select id from token where token = '@' || ?
                     and (id glob 'sent' || char(31) || '*' or id glob 'received' || char(31) || '*')"""
        return {name for address in addresses for (name,) in self._database.rows(query, address)}

    def tied(self, ids: Iterable[str]) -> set[str]:
        """Return the ids of all events whose case could change when these do, themselves included."""
        found: set[str] = set()
        rows = self._database.rows
        if not rows("select 1 from token limit 1"):  # a store that was just brought up to date
            self._index(self.ids())
        # A heading without an address may name any case.
        fresh = set(ids) | {name for (name,) in rows("select id from token where token = 'heading'")}
        ties_of = "select distinct token from token where id in (select value from json_each(?))"
        tied_by = "select distinct id from token where token in (select value from json_each(?))"
        asked: set[str] = set()
        while fresh:
            found |= fresh
            ties = {tie for (tie,) in rows(ties_of, json.dumps([*fresh]))} - asked
            asked |= ties
            near = {name for (name,) in rows(tied_by, json.dumps([*map(_counterpart, ties)]))}
            hosts = [tie.removeprefix("domain ") for tie in ties if tie.startswith("domain ")]
            fresh = (near | self._at(hosts)) - found
        return found

    def _at(self, hosts: Collection[str]) -> set[str]:
        """Return the ids of all events in which an address of one of these domains takes part."""
        rows = self._database.rows
        if len(hosts) <= _FEW:
            query = "select id from token where token like '@%' || ?"
            return {name for host in hosts for (name,) in rows(query, host)}
        # Each of these questions would go through all tokens: of many, all addresses are looked at once.
        ends = tuple(hosts)
        return {
            name for token, name in rows("select token, id from token where token glob '@*'") if token.endswith(ends)
        }


def lies_in(event: Event, parts: Iterable[BadItem]) -> bool:
    """Tell whether an event was last read in one of some parts of its source: files, or folders of them."""
    return f"{event.where}:".startswith(tuple(f"{part.where}{sign}" for part in parts for sign in ":/"))


def together(versions: Sequence[Event]) -> Event:
    """Return an event from its versions; see `Events.event`."""
    newest = max(versions, key=_version) if len(versions) > 1 else versions[0]
    # Who declined is asked again by a new revision (RFC 5546, section 3.2.2.1), at another time perhaps.
    answers = {
        event.status
        for event in versions
        if event.answered and event.gone is None and (event.status != "declined" or event.sequence == newest.sequence)
    }
    if newest.answered or not answers:
        return newest
    # Of several answers any acceptance counts, as in `answer` of followup_rules/meetings.py.
    refused = answers == {"declined"} and newest.status != "cancelled"
    return replace(newest, answered=True, status="declined" if refused else newest.status)


def _version(event: Event) -> tuple[object, ...]:
    """Return by what the versions of an event are compared that several sources show; the greatest counts."""
    first = datetime.min.replace(tzinfo=UTC)
    meeting = (event.organizer is not None, event.sequence) if event.kind == "meeting" else ()
    return (event.gone is None, *meeting, event.updated or first, event.status != "cancelled", event.gone or first)


def _other(shown: Shown) -> str | None:
    """Return the identity by which a source shows an event, where it is another than that by which it is kept."""
    return shown.identity if shown.identity != shown.event.identity else None


def _counterpart(tie: str) -> str:
    """Return what is tied by a token: by itself; a title's word by the mails that name it, and back."""
    kind, _, word = tie.partition(" ")
    return {"word": f"names {word}", "names": f"word {word}"}.get(kind, tie)
