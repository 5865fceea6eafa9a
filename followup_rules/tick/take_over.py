"""What lies in the outputs already, or was sent, before this store makes it: taken over, and not made a second time.

Another store made it: that of another computer whose outputs and notes are the same by synchronization, or this one
before a copy was put back in its place, or one that was lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from msgspec import Struct
from msgspec.structs import replace

from followup_rules.codes import Code
from followup_rules.engine.plan import OVER, PRINTED, Change, EntryState, LedgerEntry
from followup_rules.host.checked_output import STATES, CheckedOutput
from followup_rules.host.failures import failure
from followup_rules.model import DRAFT, NOTICE, Decision, Event, Problem, Pull, State, Status
from followup_rules.sentences import Sentence
from followup_rules.store.errors import StoreError
from followup_rules.texts.plurals import listed
from followup_rules.tick.execute import carry_out, receipt
from followup_rules.tick.markers import markers_of
from followup_rules.tick.report import Finding, Given, Outcome, TakenOver, Unreached
from followup_rules.tick.seen_in_outputs import Look, Seen, is_sent, note_status, report_of

_OTHER_WORDS = "\0"
"""Of what lies there, whatever it says: no template makes a text of this."""


class Found(Struct, frozen=True):
    """What became of looking for what is to be made."""

    taken: tuple[TakenOver, ...] = ()
    changed: frozenset[str] = frozenset()
    """The ids of the events that tell how it ended."""
    failed: tuple[Change, ...] = ()
    """What cannot be looked for just now, and so is not made either."""
    problems: tuple[Problem, ...] = ()
    settled: bool = False
    """Whether it is known now who took away what is no longer there."""

    @property
    def findings(self) -> Iterator[Finding]:
        """What a run tells of it."""
        yield from self.taken
        yield from self.problems
        yield from map(Unreached, self.failed)


def take_over(
    due: Sequence[Change], left_behind: Iterable[Change], decisions: Iterable[Decision], seen: Seen, given: Given
) -> Found:
    """Look for actions, and note in the ledger what was found.

    What is `due` would be made else; what is `left_behind` is only looked for, to be taken back, or to be known once it
    is due.
    """
    duties = {decision.key: decision for decision in decisions}
    whole = Found()
    unclaimed = cache(lambda case: _unclaimed_mails(case, given))
    for change in (*due, *left_behind):
        output = seen.outputs.get(change.output)
        if change.op != "create" or output is None or output.hangs or change.output in (PRINTED, *seen.looked.failed):
            continue
        try:
            duty = duties[change.action.duty]
            markers = tuple(markers_of(change, duty, seen, given))
            over = duty.state in OVER or _entry(change).name in duty.ended
            one = _lying_there(change, markers, output, given, due=change in due)
            if change.action.type == DRAFT and not over and not one.failed:
                mail = _sent_as(change, markers, duty, unclaimed(change.action.case), given)
                one = _sent(change, mail, one, given) if mail else one
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 -- whatever a plugin raises: it is not made, and the rest goes on
            one = Found(failed=(change,), problems=(failure(f"outputs.{change.output}", error),))
        if one.taken:  # a mail may be a draft of it now
            unclaimed.cache_clear()
        whole = Found(
            whole.taken + one.taken,
            whole.changed | one.changed,
            whole.failed + one.failed,
            whole.problems + one.problems,
        )
    return whole


def _lying_there(change: Change, markers: Iterable[str], output: CheckedOutput, given: Given, *, due: bool) -> Found:
    """Look in the output for an action under some markers, and note what lies there. `due`: it is."""
    for marker in markers:
        ref = output.find(marker)
        status = output.status([ref])[ref] if ref else Status("gone")
        if ref and status.state != "gone":
            marked = replace(change, action=replace(change.action, key=marker))
            if status.state not in STATES:  # it may lie where nobody can look just now
                return Found(failed=(change,))
            if status.state == "open" and due:
                return _updated(marked, ref, output, given)
            return _noted(_in_other_words(marked), ref, status, given)
    return Found()


def _updated(change: Change, ref: str, output: CheckedOutput, given: Given) -> Found:
    """Bring what lies there up to date; nobody has touched it. What is refused now a later run tries again."""
    if given.dry:
        return _noted(change, ref, Status("open"), given)
    found = _noted(_in_other_words(change), ref, Status("open"), given)
    done = carry_out(replace(change, op="update", ref=ref), output, given.store, given.now)
    return replace(found, problems=(done,)) if isinstance(done, Problem) else found


def _in_other_words(change: Change) -> Change:
    """Return an action as it may lie there: not in the words that it would have now, so that it is updated once due."""
    return replace(change, action=replace(change.action, text=_OTHER_WORDS))


def _noted(change: Change, ref: str, status: Status, given: Given) -> Found:
    """Note what lies there, and leave it as it is."""
    entry = _entry(change, ref=ref, touched=status.state == "touched")
    with given.store.database.transaction():
        receipt(given.store, entry)
        event, _ = note_status(entry, status, given)
        return Found((TakenOver(change, status.state),), _keep(entry.output, event, given))


def _entry(change: Change, **known: str | bool) -> LedgerEntry:
    action = replace(change.action, key=change.key)
    return LedgerEntry(key=change.key, output=change.output, marker=change.action.key, action=action,
                       state=EntryState.DELIVERED, **known)  # type: ignore[arg-type]  # fmt: skip


def _keep(output: str, event: Event | None, given: Given) -> frozenset[str]:
    """Keep the event that tells how an action ended, if it has; return its id."""
    events = [event] if event else []
    return frozenset(given.store.events.take(f"output {output}", Pull(events=events), events, given.now, given.now))


# -- what lies there no more


def settle_gone(
    planned: Iterable[Change],
    entries: Iterable[LedgerEntry],
    decisions: Iterable[Decision],
    looked: Look,
    given: Given,
) -> Found:
    """Note who took away what a copy that was put back has as lying there: followup, if it is over, else the user.

    What cannot be judged just now is left to a later run.
    """
    taken_back = {(change.key, change.output) for change in planned if change.op == "withdraw"}
    blind = {decision.key for decision in decisions if decision.state in (State.BLIND, State.BROKEN)}
    gone = [
        each for each in entries if (each.marker, each.output) in looked.gone and each.state is EntryState.DELIVERED
    ]
    found = Found()
    with given.store.database.transaction():
        for entry in gone:
            if (entry.key, entry.output) in taken_back:
                given.store.ledger.write(replace(entry, state=EntryState.WITHDRAWN, ref=""))
                found = replace(found, settled=True)
            elif entry.action.duty not in blind:
                event, _ = note_status(entry, Status("gone"), given)
                found = replace(found, settled=True, changed=found.changed | _keep(entry.output, event, given))
    return found


# -- what was sent


def _unclaimed_mails(case: str, given: Given) -> list[Event]:
    """Return the mails of mine in a case that are not known to be a draft."""
    stored = given.store.case(case)
    events = (*stored.home, *stored.joined)
    used = {event.report.mail for event in events if event.report}
    return [event for event in events if event.kind == "sent" and not event.auto and event.id not in used]


def _sent_as(
    change: Change, markers: Iterable[str], duty: Decision, mails: Iterable[Event], given: Given
) -> Event | None:
    """Return a mail of mine that is this draft, whoever made it: sent since the duty opened, and no other draft."""
    keys = dict.fromkeys([change.action.key, *markers])
    entries = [_entry(replace(change, action=replace(change.action, key=key))) for key in keys]
    for mail in mails:
        if not duty.opens or mail.start < duty.opens:
            continue
        # A draft to nobody is known by its subject once it was made; here nobody knows whether it was.
        if (change.action.to or mail.report) and any(is_sent(entry, mail, given) for entry in entries):
            return mail
    return None


def _sent(change: Change, mail: Event, there: Found, given: Given) -> Found:
    """Note that a draft was sent, whether it lies there still or nowhere any more."""
    with given.store.database.transaction():
        entry = given.store.ledger.entry(change.key, change.output) if there.taken else None
        if entry is None:
            entry = replace(_entry(change), state=EntryState.ENDED)
            given.store.ledger.write(entry)
        event = report_of(entry, Status("done", mail.start), given, mail=mail.id)
        return Found((TakenOver(change, "done"),), there.changed | _keep(entry.output, event, given))


# -- what is told of it


def tell_of_it(findings: Iterable[Finding], seen: Seen, given: Given) -> Iterator[Finding]:
    """Pass on what a run finds, and tell at the end what was taken over, and what may have been made before.

    With that the look is over for what outputs hold that the store does not know.
    """
    passed = []
    for finding in findings:
        passed.append(finding)
        yield finding
    taken = [finding for finding in passed if isinstance(finding, TakenOver)]
    if taken:
        message = Sentence(
            "{number} action had been made or sent already, and is taken over: {keys}",
            "{number} actions had been made or sent already, and are taken over: {keys}",
            number=len(taken),
            keys=listed([found.change.key for found in taken]),
        )
        announcing = any(found.state != "open" and found.change.action.announces for found in taken)
        yield Problem("outputs", message, Code.TAKEN_OVER, hint=_ANOTHER_DAY if announcing else _ONCE, info=True)
    if given.left.restored:
        yield from _perhaps_again(passed, given)
    if given.left.restored or seen.unfamiliar:
        _end_the_look(passed, seen, given)


_ONCE = Sentence("nothing is made a second time")
_ANOTHER_DAY = Sentence(
    "{once}; if one that you edited or sent names another day for a call, note #announced on:DAY", once=_ONCE
)


def _perhaps_again(findings: Iterable[Finding], given: Given) -> Iterator[Problem]:
    """Tell what is made of duties that were open before the copy was put back."""
    restored = given.left.restored
    opened = {finding.key: finding.opens for finding in findings if isinstance(finding, Decision)}
    again = [
        finding.change
        for finding in findings
        if isinstance(finding, Outcome) and finding.change.op == "create" and finding.change.action.type != NOTICE
        and restored and (opens := opened.get(finding.change.action.duty)) and opens <= restored.at
    ]  # fmt: skip
    if again:
        message = Sentence(
            "{number} action may have been made before a copy of the store was put back: {keys}",
            "{number} actions may have been made before a copy of the store was put back: {keys}",
            number=len(again),
            keys=listed([change.key for change in again]),
        )
        hint = Sentence(
            "what you had deleted since the copy was made is there again: delete it once more, and it stays deleted"
        )
        yield Problem("outputs", message, Code.PERHAPS_AGAIN, hint=hint, info=True)


def _end_the_look(findings: Iterable[Finding], seen: Seen, given: Given) -> None:
    """Note that a run has looked through all outputs since a copy was put back, or through new ones, if it could."""
    unreached = {finding.change.output for finding in findings if isinstance(finding, Unreached)}
    state = given.store.state.read()
    whole = not (seen.sight.unseen or seen.looked.failed or unreached)
    new = unreached - given.left.outputs.keys()
    outputs = {name: table for name, table in state.outputs.items() if name not in new}
    ended = replace(state, restored=None if whole else state.restored, outputs=outputs)
    if ended != state:
        given.store.state.write(ended)
