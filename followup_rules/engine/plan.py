"""What ought to exist against what was made: the changes that bring the outputs in line."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from followup_rules.model import NOTICE, Action, Decision, State
from followup_rules.sentences import Sentence

PRINTED = "run"
"""The output of notices that every run has: they are printed."""
OVER = (State.VOID, State.DONE, State.EXPIRED)


class EntryState(StrEnum):
    """How far an action got in one output."""

    INTENDED = "intended"
    """A call was begun, and its end is not known."""
    DELIVERED = "delivered"
    REFUSED = "refused"
    """The output said for certain that nothing was made."""
    WITHDRAWN = "withdrawn"
    """Taken back by us."""
    ENDING = "ending"
    """The user ticked or deleted it not long ago; it may come back: a slip, or a disk that was not mounted."""
    ENDED = "ended"
    """The user has it: ticked, deleted, or theirs to keep."""


class LedgerEntry(Struct, frozen=True, kw_only=True):
    """An entry of the ledger: one action in one output."""

    key: str
    output: str
    marker: str
    """The key that the output carries; it stays when the case, and with it the key, is renamed."""
    action: Action
    """As the output shows it, or as it was to be made."""
    state: EntryState
    op: str = "create"
    """What was attempted last."""
    pending: Action | None = None
    """What an update whose end is not known was to show."""
    ref: str = ""
    touched: bool = False
    """The user edited it."""
    attempts: int = 0
    retry: datetime | None = None
    """Not before this instant is a refused change tried again."""
    report: str = ""
    """The id of the event that tells how it ended."""
    ended: datetime | None = None
    """When that was first seen."""

    @property
    def name(self) -> str:
        """What its action is known by, whatever its place in a list and its key; see `followup_rules.engine.parts`."""
        return f"{self.action.duty}#{self.action.part}" if self.action.part else self.key


class Change(Struct, frozen=True, kw_only=True):
    """One thing to do in one output: create, update or withdraw."""

    op: str
    output: str
    action: Action
    """With the key that the output carries."""
    key: str
    """The key in the ledger."""
    ref: str = ""
    reason: str = ""


def digest(action: Action) -> str:
    """Return what changes when an output should show something else."""
    to = [(person.address, person.name) for person in action.to]
    due = action.due.isoformat() if action.due else ""
    # What a person sees, and no more: a key, a case or an anchor may have another name by now.
    shown = (action.type, action.title, action.text, to, due, action.reply)
    return hashlib.sha256(repr(shown).encode()).hexdigest()


def plan(
    decisions: Iterable[Decision],
    actions: Mapping[str, Sequence[Action]],
    ledger: Iterable[LedgerEntry],
    standing: frozenset[str] = frozenset(),
) -> tuple[Change, ...]:
    """Compare what is due with the entries of the same cases.

    `actions` holds, by the key of a due decision, what it makes, one for each output. Entries of the rules in
    `standing` are left alone: a faulty rule neither fires nor takes back. The result is sorted.
    """
    entries = {(entry.key, entry.output): entry for entry in ledger}
    wanted = {(action.key, action.output): action for made in actions.values() for action in made}
    states = {decision.key: decision for decision in decisions}
    left = {key: {(action.key, action.type) for action in made} for key, made in actions.items()}
    changes = [
        *(change for slot, action in wanted.items() for change in _bring_about(action, entries.get(slot))),
        *(
            change
            for slot, entry in entries.items()
            if slot not in wanted
            for change in _take_back(entry, states, left.get(entry.action.duty, set()), standing)
        ),
    ]
    # Always in the same order: so does `plan` tell what `run` does.
    return tuple(sorted(changes, key=lambda change: (change.key, change.output)))


def _bring_about(action: Action, entry: LedgerEntry | None) -> Iterator[Change]:
    create = Change(op="create", output=action.output, action=action, key=action.key)
    # Not what is ended or ending: what the user ticked or deleted is never made a second time.
    if entry is None or entry.state in (EntryState.WITHDRAWN, EntryState.REFUSED):
        yield create
    elif entry.action.type != action.type:
        yield from _replace(entry, create)
    elif _is_ours(entry) and digest(action) != digest(entry.action):
        marked = replace(action, key=entry.marker)
        yield Change(op="update", output=entry.output, action=marked, key=entry.key, ref=entry.ref)


def _replace(entry: LedgerEntry, create: Change) -> Iterator[Change]:
    """Take back what has another type under the same key, and make the new one; what the user has begun is left."""
    if entry.state is EntryState.INTENDED or entry.touched:
        return
    if _is_ours(entry):
        yield _withdrawal(entry, Sentence("its rule makes something else of it now"))
    yield create


def _take_back(
    entry: LedgerEntry, decisions: Mapping[str, Decision], wanted: Collection[tuple[str, str]], standing: frozenset[str]
) -> Iterator[Change]:
    """Take back what nothing asks for any more; `wanted` holds the keys and types of what its duty makes."""
    if not _is_ours(entry):
        return
    decision = decisions.get(entry.action.duty)
    if decision is None and entry.action.rule in standing:
        return
    if decision is None or decision.state in OVER:
        yield _withdrawal(entry, decision.why if decision else Sentence("its rule or its anchor is gone"))
    elif decision.state is State.DUE and entry.name in decision.ended:
        yield _withdrawal(entry, Sentence("you have done it elsewhere"))
    elif decision.holds(entry.name):
        return
    elif decision.state is State.DUE and wanted and (entry.key, entry.action.type) not in wanted:
        yield _withdrawal(entry, Sentence("its rule does not make it any more"))


def _is_ours(entry: LedgerEntry) -> bool:
    """Tell whether an action lies in an output as we made it; notices are said, and that is that."""
    return entry.state is EntryState.DELIVERED and not entry.touched and entry.action.type != NOTICE


def _withdrawal(entry: LedgerEntry, reason: str) -> Change:
    marked = replace(entry.action, key=entry.marker)
    return Change(op="withdraw", output=entry.output, action=marked, key=entry.key, ref=entry.ref, reason=reason)
