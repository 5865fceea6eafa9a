"""The simulated world as the product sees it: sources and outputs like any plugin's, only in memory."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time

from followup_rules import Action, Context, Event, OutputType, Person, Pull, Refused, SourceType, Status, Unreadable
from followup_rules.model import Report

from .world import ME, Mail, Meeting, Note, Picture, local


@dataclass
class View:
    """What the sources show: a picture, which of them fail, and in which order they happen to list things."""

    picture: Picture
    failing: frozenset[str] = frozenset()
    shuffle: random.Random | None = None

    def listed(self, events: Iterable[Event]) -> list[Event]:
        """Return events in the order in which this view lists them."""
        found = list(events)
        if self.shuffle:
            self.shuffle.shuffle(found)
        return found


@dataclass
class NoOptions:
    """Nothing to set."""


class Source:
    """The calendar, the mail or the notes of a view."""

    def __init__(self, name: str, view: View, context: Context) -> None:
        self._name, self._view, self._context = name, view, context

    def pull(self, since: datetime, cursor: str) -> Pull:
        """Return what the plugin of files would return for the same picture."""
        if self._name in self._view.failing:
            raise Unreadable(f"the {self._name} cannot be read today")
        found: Pull = getattr(self, f"_{self._name}")(since, cursor)
        return found

    def _calendar(self, since: datetime, cursor: str) -> Pull:
        entries = self._view.picture.meetings.values()
        seen = str(hash(tuple(entries)))
        if seen == cursor:
            return Pull(cursor=cursor)
        return Pull(events=self._view.listed(_meeting(m) for m in entries if m.end > since), cursor=seen, complete=True)

    def _sent(self, since: datetime, cursor: str) -> Pull:
        mails = list(self._view.picture.mails.values())
        fresh = [mail for mail in mails[int(cursor or 0) :] if mail.at >= since]
        return Pull(events=self._view.listed(_mail(mail) for mail in fresh), cursor=str(len(mails)))

    def _notes(self, since: datetime, cursor: str) -> Pull:
        zone = self._context.profile.timezone
        before = json.loads(cursor) if cursor else {"reading": "", "seen": {}}
        notes = self._view.picture.notes.values()
        reading = str(hash((tuple(notes), str(zone))))
        if reading == before["reading"]:
            return Pull(cursor=cursor)
        now = self._context.now.astimezone(UTC).isoformat()
        seen = {note.id: before["seen"].get(note.id, now) for note in notes if note.day is None}
        events = self._view.listed(_note(note, zone, seen) for note in notes)
        return Pull(events=events, cursor=json.dumps({"reading": reading, "seen": seen}), complete=True)


def _meeting(entry: Meeting) -> Event:
    return Event(id=entry.uid, kind="meeting", start=entry.start, end=entry.end, title=entry.title, case=entry.label,
                 people=tuple(Person(address) for address in entry.people), status=entry.status,
                 updated=entry.stamp, where=f"calendar.ics {entry.uid}")  # fmt: skip


def _mail(mail: Mail) -> Event:
    writer = Person(ME if mail.outgoing else mail.other)
    return Event(id=mail.id, kind="sent" if mail.outgoing else "received", start=mail.at, end=mail.at,
                 title=mail.subject, text=mail.text, people=(Person(mail.other),), organizer=writer,
                 thread=mail.thread, answers=mail.answers, report=Report(key=mail.key) if mail.key else None)  # fmt: skip


def _note(note: Note, zone: object, seen: Mapping[str, str]) -> Event:
    first = datetime.fromisoformat(seen.get(note.id, "9999-01-01"))
    start = local(zone, note.day, note.clock or time()) if note.day else first
    values = {name: _value(name, value, zone) for name, value in note.pairs}
    people = (Person(note.address),) if note.address else ()
    return Event(id=note.id, kind="note", start=start, end=start, title=note.text, people=people, tags=(note.tag,),
                 heading=note.heading, case=note.label, ticked=note.ticked, data=values,
                 whole_day=note.day is not None and note.clock is None, undated=note.day is None,
                 where=f"notes.md {note.id}")  # fmt: skip


def _value(name: str, value: str, zone: object) -> object:
    return local(zone, datetime.fromisoformat(value).date(), time(9)) if name in ("due", "on", "until") else value


@dataclass
class Item:
    """A draft or a task, as it lies in an output."""

    action: Action
    state: str = "open"
    at: datetime | None = None
    uncertain: bool = False
    """A call for it was cut short: if the user deletes it now, nobody can tell whether it was ever there."""


@dataclass
class Desk:
    """What an output keeps; `made` and `taken` count, by marker, what was ever made and taken back."""

    place: str
    mode: str = "ok"
    items: dict[str, Item] = field(default_factory=dict)
    made: dict[str, int] = field(default_factory=dict)
    taken: dict[str, int] = field(default_factory=dict)

    def open(self) -> dict[str, Item]:
        """Return what a user finds there, by reference."""
        return {ref: item for ref, item in self.items.items() if item.state in ("open", "touched")}


class Out:
    """An output that keeps things on a desk, and that may be stubborn."""

    def __init__(self, desk: Desk) -> None:
        if desk.mode == "down":
            raise OSError(f"{desk.place} cannot be reached")
        self._desk = desk

    def _call(self, work: object) -> str:
        mode = self._desk.mode
        if mode == "refuses":
            raise Refused("no room")
        if mode == "dies before":
            raise TimeoutError("no answer")
        ref = work()
        if mode == "dies after":
            raise TimeoutError("no answer")
        return ref

    def create(self, action: Action) -> str:
        """Make it."""
        return self._call(lambda: self._put(action))

    def _put(self, action: Action) -> str:
        desk = self._desk
        if ref := next((ref for ref, item in desk.open().items() if item.action.key == action.key), None):
            # As outputs are to do: what lies there is the same action, brought up to date if nobody has touched it.
            if desk.items[ref].state == "open":
                desk.items[ref].action = action
            return ref
        desk.made[action.key] = desk.made.get(action.key, 0) + 1
        ref = f"{desk.place}-{len(desk.items) + 1}"
        desk.items[ref] = Item(action)
        return ref

    def find(self, key: str) -> str | None:
        """Return the reference of what carries the key."""
        if self._desk.mode == "dies before":
            raise TimeoutError("no answer")
        # What was ticked lies there still, in done.txt or as a task that is completed.
        there = {ref: item for ref, item in self._desk.items.items() if item.state == "done"}
        listed = (self._desk.open() | there).items()
        return next((ref for ref, item in listed if item.action.key == key), None)

    def update(self, ref: str, action: Action) -> str:
        """Write it anew."""

        def work() -> str:
            self._desk.items[ref].action = action
            return ref

        return self._call(work)

    def withdraw(self, ref: str) -> None:
        """Take it back."""

        def work() -> str:
            item = self._desk.items[ref]
            if item.state in ("open", "touched"):
                item.state = "withdrawn"
                self._desk.taken[item.action.key] = self._desk.taken.get(item.action.key, 0) + 1
            return ""

        self._call(work)

    def status(self, refs: Sequence[str]) -> Mapping[str, Status]:
        """Tell what the user did."""
        return {ref: Status(self._shown(ref), self._desk.items[ref].at) for ref in refs if ref in self._desk.items}

    def _shown(self, ref: str) -> str:
        state = self._desk.items[ref].state
        return "gone" if state == "withdrawn" else state


SOURCES = {"calendar": ("meeting",), "notes": ("note",), "sent": ("sent", "received")}
TAKES = {"drafts": ("draft",), "tasks": ("task",)}


def source_type(name: str, view: View) -> SourceType:
    """Return a source as a plugin registers it."""
    return SourceType(name, "simulated", SOURCES[name], NoOptions, lambda _, context: Source(name, view, context))


def output_type(name: str, desk: Desk) -> OutputType:
    """Return an output as a plugin registers it."""
    return OutputType(name, "simulated", TAKES[name], NoOptions, lambda _, __: Out(desk))
