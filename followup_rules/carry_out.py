"""Carries out a change in three steps: commit the intent, call the output, commit the receipt.

After a call whose end is not known, `settle` finds out what became of it before anything else is planned.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from msgspec.structs import replace

from followup_rules.engine.plan import Change, Made, Row
from followup_rules.hookspecs import Output, Refused, Unreadable, asked_to_wait
from followup_rules.limit import TimedOut, sentence
from followup_rules.model import Action, Problem
from followup_rules.store import Store, StoreError, Unreceipted

_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=5), timedelta(hours=1)


class Printed:
    """What takes the notices that every run prints: delivered when said, and never changed or taken back."""

    def __init__(self, say: Callable[[], None]) -> None:
        self._say = say

    def create(self, action: Action) -> str:  # noqa: ARG002 -- who says it knows what
        """Say it."""
        return self._say() or "printed"


def carry_out(change: Change, output: Output | Printed, store: Store, now: datetime) -> tuple[str, Problem | None]:
    """Do one thing in one output; return its reference there, and what went wrong, if anything."""
    row = _intend(change, store)
    try:
        ref = _call(change.op, row, change.action, output)
    except Refused as refusal:
        _receipt(store, _refused(row, now, refusal))
        return "", _problem(change, f"refused: {sentence(refusal, typed=False)}", "it is tried again later")
    except Exception as error:  # noqa: BLE001 -- whatever a plugin raises, its end is uncertain and the rest goes on
        return "", _uncertain(change, "no telling whether it worked", error, "the next run looks first whether it did")
    try:
        _receipt(store, _completed(row, change.action, ref))
    except StoreError as error:
        raise Unreceipted(
            f"{change.op} {change.key} was done, but could not be noted down: {error}", error.hint
        ) from error
    return ref, None


def _intend(change: Change, store: Store) -> Row:
    known = store.row(change.key, change.output)
    if known is None or change.op == "create":
        attempts = known.attempts if known else 0
        action = replace(change.action, key=change.key)
        row = Row(key=change.key, output=change.output, marker=change.action.key, action=action,
                  state=Made.INTENDED, attempts=attempts)  # fmt: skip
    else:
        row = replace(known, state=Made.INTENDED, op=change.op, pending=change.action)
    _receipt(store, row)
    return row


def _call(op: str, row: Row, action: Action, output: Output | Printed) -> str:
    if op == "create":
        return output.create(action)
    assert not isinstance(output, Printed), "the plan leaves notices as they are"
    if op == "update":
        return output.update(row.ref, action)
    output.withdraw(row.ref)
    return ""


def _completed(row: Row, action: Action, ref: str) -> Row:
    if row.op == "withdraw":
        return replace(row, state=Made.WITHDRAWN, pending=None, ref="", attempts=0, retry=None)
    shown = replace(action, key=row.key)
    return replace(row, state=Made.DELIVERED, action=shown, pending=None, ref=ref, attempts=0, retry=None)


def _refused(row: Row, now: datetime, refusal: Refused) -> Row:
    """Return the row with the time before which it is not tried again: at least as long as the service asked for."""
    wait = max(min(_FIRST_WAIT * 2**row.attempts, _LONGEST_WAIT), asked_to_wait(refusal))
    state = Made.REFUSED if row.op == "create" else Made.DELIVERED
    return replace(row, state=state, pending=None, attempts=row.attempts + 1, retry=now + wait)


def _receipt(store: Store, row: Row) -> None:
    """Keep the row; what is delivered has announced its dates."""
    with store.transaction():
        store.write(row)
        for announced in row.action.announces if row.state is Made.DELIVERED else ():
            store.pin(row.action.case, announced.key, announced.at)


def _problem(change: Change, message: str, hint: str) -> Problem:
    return Problem(f"outputs.{change.output}", f"{change.op} {change.key}: {message}", "F041", hint=hint)


def _uncertain(change: Change, what: str, error: Exception, hint: str) -> Problem:
    said = sentence(error, typed=not isinstance(error, Unreadable | OSError))
    problem = _problem(change, f"{what}: {said}", hint)
    return replace(problem, code="F049") if isinstance(error, TimedOut) else problem


def settle(row: Row, output: Output, store: Store, now: datetime, *, look_only: bool) -> Problem | None:
    """Find out how a call ended that was cut short, and complete it; with `look_only`, only the ledger is told so."""
    change = Change(op=row.op, output=row.output, action=row.pending or row.action, key=row.key, ref=row.ref)
    try:
        if row.op == "create":
            ref = output.find(row.marker)
            settled = _completed(row, row.action, ref) if ref else replace(row, state=Made.WITHDRAWN)
        elif look_only:
            settled = _completed(row, change.action, row.ref)
        else:
            settled = _completed(row, change.action, _call(row.op, row, replace(change.action, key=row.marker), output))
    except Refused as refusal:
        settled = _refused(row, now, refusal)
    except Exception as error:  # noqa: BLE001 -- the output is out of reach: still uncertain
        return _uncertain(change, "still no telling", error, "the next run looks again")
    _receipt(store, settled)
    return None


def waits(change: Change, rows: Mapping[tuple[str, str], Row], now: datetime) -> bool:
    """Tell whether a change that was refused is not to be tried again yet."""
    row = rows.get((change.key, change.output))
    return row is not None and row.retry is not None and row.retry > now
