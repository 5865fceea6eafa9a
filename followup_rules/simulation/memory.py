"""Sources and outputs in memory, in the place of those of a config: nothing is read and nothing leaves the machine."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from followup_rules.config.configured import ConfiguredOutput, ConfiguredSource
from followup_rules.config.read import Config
from followup_rules.hookspecs import OutputType, SourceType
from followup_rules.host.checked_output import CheckedOutput
from followup_rules.host.checked_source import CheckedSource
from followup_rules.host.time_limit import Worker
from followup_rules.keys import hashed
from followup_rules.model import DRAFT, Action, Context, Event, Person, Pull, Report, Status
from followup_rules.simulation.history import DELETES, EDITS, SENDS, TICKS, Act, Appearance, History

T = TypeVar("T")
NOTE = "note"
# A draft that is sent leaves the drafts, and its mail appears among those sent.
_BECOMES = {SENDS: "gone", TICKS: "done", EDITS: "touched", DELETES: "gone"}
_LONGEST_MAIL = 200
"""So much of my own words is read of a mail of mine."""


@dataclass(frozen=True)
class Nothing:
    """No options."""


class Item(Struct):
    """A draft or a task as the user finds it: `open`, `touched`, `done` or `gone`."""

    action: Action
    state: str = "open"
    at: datetime | None = None


class World:
    """What sources show at each instant, and what lies in the outputs."""

    def __init__(self, history: History) -> None:
        self._shown = sorted(history.appearances, key=lambda each: each.seen)
        self._seen = [each.seen for each in self._shown]
        self._gone = sorted((each.gone, each.event.id) for each in history.appearances if each.gone)
        self.kinds = history.kinds
        self.items: dict[str, Item] = {}
        """By reference."""

    def show(self, event: Event, seen: datetime) -> None:
        """Show an event from an instant on."""
        at = bisect_right(self._seen, seen)
        self._seen.insert(at, seen)
        self._shown.insert(at, Appearance(event, seen))

    def shown(self, since: int, now: datetime, *, notes: bool) -> list[Event]:
        """Return the notes, or all else, that are there now, of the appearances from the one of a number on."""
        # Later appearances of the same event go over earlier ones, as in a source that is read again.
        latest = {
            each.event.identity: each
            for each in self._shown[since : bisect_right(self._seen, now)]
            if (each.event.kind == NOTE) is notes
        }
        return [each.event for each in latest.values() if each.gone is None or each.gone > now]

    def passed(self, now: datetime) -> tuple[int, int]:
        """Return how many appearances there have been, and how many ends of them."""
        return bisect_right(self._seen, now), bisect_right(self._gone, now, key=lambda each: each[0])

    def left(self, since: int, now: datetime) -> list[str]:
        """Return the ids of what vanished, from the end of a number on."""
        return [ident for _, ident in self._gone[since : self.passed(now)[1]]]

    # -- the user's hand

    def act(self, act: Act, me: Person) -> bool:
        """Do what the user does with all that a rule, or a key, has in the outputs; tell whether there was anything."""
        mine = [
            item
            for item in self.items.values()
            if item.state in ("open", "touched") and act.whose in (item.action.rule, item.action.key, item.action.duty)
        ]
        if act.what == SENDS:
            mine = [item for item in mine if item.action.type == DRAFT]
        for item in mine:
            item.state = _BECOMES[act.what]
            item.at = act.at
            if act.what == SENDS:
                self.show(_sent(item.action, act.at, me), act.at)
        return bool(mine)


def _sent(draft: Action, now: datetime, me: Person) -> Event:
    """Return the mail that a draft of ours becomes, as a source of mail shows it."""
    ident = f"{hashed(draft.key)}.{now.astimezone(UTC):%Y%m%dT%H%M%S}@sent.example"
    return Event(
        id=ident,
        kind="sent",
        start=now,
        end=now,
        title=draft.title,
        text=draft.text[:_LONGEST_MAIL],
        people=draft.to,
        organizer=me,
        thread=draft.reply.thread if draft.reply else ident,
        answers=draft.reply.message_id if draft.reply else "",
        report=Report(key=hashed(draft.key)),
    )


class _Shown:
    """A source that shows the world: notes as a whole, as files of notes do; of all else what is new."""

    def __init__(self, world: World, now: datetime, *, notes: bool) -> None:
        self._world, self._now, self._notes = world, now.astimezone(UTC), notes
        kinds = world.kinds & {NOTE} if notes else world.kinds - {NOTE}
        self.emits = tuple(sorted(kinds))

    def pull(self, since: datetime, cursor: str) -> Pull:  # noqa: ARG002 -- what is old in a simulation happens in it
        """Return what has changed since the last pull: the cursor tells how much there had been by then."""
        seen, gone = map(int, cursor.split()) if cursor else (0, 0)
        now = " ".join(map(str, self._world.passed(self._now)))
        events = self._world.shown(seen, self._now, notes=self._notes)
        left = self._world.left(gone, self._now)
        if not events and not left:
            return Pull(cursor=now)
        if self._notes:
            # A file of notes shows all that it holds, so that what is no longer there is gone.
            return Pull(events=self._world.shown(0, self._now, notes=True), cursor=now, complete=True)
        return Pull(events=events, removed=left, cursor=now)


class _Desk:
    """An output that lays everything on the user's desk."""

    def __init__(self, name: str, world: World) -> None:
        self._name, self._items = name, world.items

    def create(self, action: Action) -> str:
        """Lay it there."""
        ref = f"{self._name} {len(self._items) + 1}"
        self._items[ref] = Item(action)
        return ref

    def find(self, key: str) -> str | None:
        """Return what carries the key."""
        return next((ref for ref, it in self._items.items() if it.action.key == key and it.state != "gone"), None)

    def update(self, ref: str, action: Action) -> str:
        """Write it anew."""
        self._items[ref].action = action
        return ref

    def withdraw(self, ref: str) -> None:
        """Take it away."""
        self._items[ref].state = "gone"

    def status(self, refs: Sequence[str]) -> Mapping[str, Status]:
        """Tell what the user did with it."""
        return {ref: Status(self._items[ref].state, self._items[ref].at) for ref in refs}


class _Here(Worker):
    """Does each job at once: what is ours needs no thread and no limit of time."""

    def __init__(self) -> None:
        self.hangs = False

    def call(self, job: Callable[[], T]) -> T:
        """Do it."""
        return job()

    def close(self) -> None:
        """There is nothing to close."""


class _SourceHere(ConfiguredSource, frozen=True, kw_only=True):
    def open(self, context: Context) -> CheckedSource:
        """Open it, checked like any other."""
        assert self.type is not None, "those in memory have a type"
        shown = self.type.open(self.options, context)
        return CheckedSource(shown, self.emits, _Here(), "", writes_notes=False)


class _OutputHere(ConfiguredOutput, frozen=True, kw_only=True):
    def open(self, context: Context) -> CheckedOutput:
        """Open it, checked like any other."""
        assert self.type is not None, "those in memory have a type"
        return CheckedOutput(self.type.open(self.options, context), _Here())


def in_memory(config: Config, world: World, takes: Mapping[str, Iterable[str]]) -> Config:
    """Return a config whose sources show a world, and whose outputs are its desks, each with the types it takes."""

    def show(_: Nothing, context: Context) -> _Shown:
        return _Shown(world, context.now, notes=False)

    def show_notes(_: Nothing, context: Context) -> _Shown:
        return _Shown(world, context.now, notes=True)

    events = SourceType("events", "", tuple(sorted(world.kinds - {NOTE})), Nothing, show)
    notes = SourceType("notes", "", tuple(sorted(world.kinds & {NOTE})), Nothing, show_notes)
    return replace(
        with_desks(config, world, takes),
        sources=tuple(_SourceHere(name=kind.name, type=kind, options=Nothing()) for kind in (events, notes)),
    )


def with_desks(config: Config, world: World, takes: Mapping[str, Iterable[str]]) -> Config:
    """Return a config with its own sources, whose outputs are the desks of a world: nothing is made anywhere."""

    def lay(name: str) -> OutputType:
        return OutputType(name, "", tuple(takes[name]), Nothing, lambda *_: _Desk(name, world))

    return replace(config, outputs=tuple(_OutputHere(name=name, type=lay(name), options=Nothing()) for name in takes))
