"""Carries out a change in three steps: commit the intent, call the output, commit the receipt.

After a call whose end is not known, `settle` finds out what became of it before anything else is planned.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from msgspec.structs import replace

from followup_rules.codes import Code
from followup_rules.engine.plan import PRINTED, Change, EntryState, LedgerEntry
from followup_rules.hookspecs import Output, Refused, Unreadable
from followup_rules.host.time_limit import TimedOut, sentence
from followup_rules.model import NOTICE, Action, Problem
from followup_rules.sentences import Sentence
from followup_rules.store.errors import StoreError, Unreceipted
from followup_rules.store.store import Store
from followup_rules.tick.backoff import next_retry
from followup_rules.tick.report import Given, Outcome, Say
from followup_rules.tick.seen_in_outputs import Look, Outputs


class Printed:
    """What takes the notices that every run prints: delivered when said, and never changed or taken back."""

    def __init__(self, say: Callable[[], None]) -> None:
        self._say = say

    def create(self, action: Action) -> str:  # noqa: ARG002 -- who says it knows what
        """Say it."""
        return self._say() or "printed"


def carry_out_all(
    changes: Iterable[Change], outputs: Outputs, looked: Look, given: Given, say: Say
) -> Iterator[Outcome | Problem]:
    """Carry out changes one after the other; yield the outcome of each that worked, and what went wrong."""
    for change in changes:
        output = _output_for(change, outputs, say)
        if output is None or change.output in looked.failed or (change.action.key, change.output) in looked.unsure:
            continue
        if given.dry:
            yield Outcome(change)
            continue
        if change.op == "create" and _is_there(change, given.store):
            continue  # what it replaces could not be taken back
        done = carry_out(change, output, given.store, given.now)
        if isinstance(done, Problem):
            yield done
        elif done is not None:
            yield Outcome(change, done)
            if change.output != PRINTED:
                say(Outcome(change, done))


def _is_there(change: Change, store: Store) -> bool:
    entry = store.ledger.entry(change.key, change.output)
    if entry is None or entry.action.type == NOTICE:
        return False
    return entry.state in (EntryState.INTENDED, EntryState.DELIVERED)


def _output_for(change: Change, outputs: Outputs, say: Say) -> Output | Printed | None:
    if change.output == PRINTED:
        return Printed(lambda: say(Outcome(change)))
    output = outputs.get(change.output)
    return None if output is None or output.hangs else output


def carry_out(change: Change, output: Output | Printed, store: Store, now: datetime) -> str | Problem | None:
    """Do one thing in one output; return its reference there, or what went wrong; None: nobody was listening.

    Raises StoreError, Unreceipted.
    """
    entry = _intend(change, store)
    try:
        ref = _call(change.op, entry, change.action, output)
    except Refused as refusal:
        receipt(store, _refused(entry, now, refusal))
        return _problem(
            change,
            Sentence("refused: {refusal}", refusal=sentence(refusal, typed=False)),
            Sentence("it is tried again later"),
        )
    except Exception as error:  # noqa: BLE001 -- whatever a plugin raises, its end is uncertain and the rest goes on
        if isinstance(output, Printed) and isinstance(error, BrokenPipeError):
            return None  # as in `followup run | head`; the next run says it again
        return _uncertain(
            change, Sentence("no telling whether it worked"), error, Sentence("the next run looks first whether it did")
        )
    try:
        receipt(store, _completed(entry, change.action, ref))
    except StoreError as error:
        raise Unreceipted(
            Sentence(
                "{op} {key} was done, but could not be noted down: {error}", op=change.op, key=change.key, error=error
            ),
            error.hint,
        ) from error
    return ref


def _intend(change: Change, store: Store) -> LedgerEntry:
    known = store.ledger.entry(change.key, change.output)
    if known is None or change.op == "create":
        attempts = known.attempts if known else 0
        action = replace(change.action, key=change.key)
        entry = LedgerEntry(key=change.key, output=change.output, marker=change.action.key, action=action,
                            state=EntryState.INTENDED, attempts=attempts)  # fmt: skip
    else:
        entry = replace(known, state=EntryState.INTENDED, op=change.op, pending=change.action)
    receipt(store, entry)
    return entry


def _call(op: str, entry: LedgerEntry, action: Action, output: Output | Printed) -> str:
    if op == "create":
        return output.create(action)
    assert not isinstance(output, Printed), "the plan leaves notices as they are"
    if op == "update":
        return output.update(entry.ref, action)
    output.withdraw(entry.ref)
    return ""


def _completed(entry: LedgerEntry, action: Action, ref: str) -> LedgerEntry:
    if entry.op == "withdraw":
        return replace(entry, state=EntryState.WITHDRAWN, pending=None, ref="", attempts=0, retry=None)
    shown = replace(action, key=entry.key)
    return replace(entry, state=EntryState.DELIVERED, action=shown, pending=None, ref=ref, attempts=0, retry=None)


def _refused(entry: LedgerEntry, now: datetime, refusal: Refused) -> LedgerEntry:
    # What refuses to be changed or taken back stands there as it did.
    state = EntryState.REFUSED if entry.op == "create" else EntryState.DELIVERED
    retry = next_retry(entry, refusal, now)
    return replace(entry, state=state, pending=None, attempts=entry.attempts + 1, retry=retry)


def receipt(store: Store, entry: LedgerEntry) -> None:
    """Keep the entry; what is delivered has announced its dates."""
    with store.database.transaction():
        store.ledger.write(entry)
        for announced in entry.action.announces if entry.state is EntryState.DELIVERED else ():
            store.ledger.pin(entry.action.case, announced.key, announced.at)


def _problem(change: Change, message: str, hint: str) -> Problem:
    return Problem(f"outputs.{change.output}", f"{change.op} {change.key}: {message}", Code.NOT_WRITTEN, hint=hint)


def _uncertain(change: Change, what: str, error: Exception, hint: str) -> Problem:
    said = sentence(error, typed=not isinstance(error, Unreadable | OSError))
    problem = _problem(change, Sentence("{message}: {reason}", message=what, reason=said), hint)
    return replace(problem, code=Code.TIMED_OUT) if isinstance(error, TimedOut) else problem


def settle(entry: LedgerEntry, output: Output, store: Store, now: datetime, *, look_only: bool) -> Iterator[Problem]:
    """Find out how a call ended that was cut short, and complete it; with `look_only`, only the ledger is told so."""
    action = entry.pending or entry.action
    try:
        settled = _ended(entry, action, output, now, look_only=look_only)
    except Exception as error:  # noqa: BLE001 -- the output is out of reach: still uncertain
        change = Change(op=entry.op, output=entry.output, action=action, key=entry.key, ref=entry.ref)
        yield _uncertain(change, Sentence("still no telling"), error, Sentence("the next run looks again"))
        return
    receipt(store, settled)


def _ended(entry: LedgerEntry, action: Action, output: Output, now: datetime, *, look_only: bool) -> LedgerEntry:
    if entry.op == "create":
        ref = output.find(entry.marker)
        # What is not there was never made: as if it were taken back, so that the plan makes it anew.
        return _completed(entry, entry.action, ref) if ref else replace(entry, state=EntryState.WITHDRAWN)
    if look_only:
        return _completed(entry, action, entry.ref)
    try:
        ref = _call(entry.op, entry, replace(action, key=entry.marker), output)
    except Refused as refusal:
        # The call that was cut short may have taken it back: it is not the user who deleted it.
        if entry.op == "withdraw" and output.status([entry.ref])[entry.ref].state == "gone":
            return _completed(entry, action, "")
        return _refused(entry, now, refusal)
    return _completed(entry, action, ref)
