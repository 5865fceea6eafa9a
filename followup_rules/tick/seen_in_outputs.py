"""What became of what we made: what the user did to drafts and tasks."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from followup_rules.codes import Code
from followup_rules.engine.plan import EntryState, LedgerEntry
from followup_rules.engine.sight import Sight
from followup_rules.host.checked_output import STATES, UNKNOWN, CheckedOutput
from followup_rules.host.failures import failure
from followup_rules.keys import means
from followup_rules.model import DRAFT, KIND_END, NOTICE, Event, Problem, Pull, Report, Status
from followup_rules.sentences import Sentence
from followup_rules.tick.report import Given

RETURN_PERIOD = timedelta(days=7)
"""So long after the user ticked or deleted something it is looked whether it has come back."""
_LIES_THERE = (EntryState.DELIVERED, EntryState.ENDING)
_SENT_BY_KEY = (EntryState.INTENDED, EntryState.WITHDRAWN)
"""Of a call that was cut short, the receipt may be lost and the draft be sent: only its key is proof."""

Outputs = Mapping[str, CheckedOutput]
"""Those that could be opened, by name. Of one that hangs nothing more is asked."""


class Look(Struct, frozen=True):
    """What a look at the outputs showed."""

    changed: frozenset[str] = frozenset()
    """The ids of the events that tell what the user did, or no longer do."""
    failed: frozenset[str] = frozenset()
    """The outputs that could not tell."""
    unsure: frozenset[tuple[str, str]] = frozenset()
    """Marker and output of what was made and nobody knows whether the user has touched it since."""
    gone: frozenset[tuple[str, str]] = frozenset()
    """Marker and output of what a copy that was put back has as lying there: who took it away tells its duty."""
    problems: tuple[Problem, ...] = ()


class Seen(Struct, frozen=True):
    """What the first steps of a tick have seen: through the sources, and in the outputs."""

    sight: Sight
    outputs: Outputs
    looked: Look
    news: frozenset[str]
    """The identities of the events that are new, other than before, or gone."""
    since: Mapping[str, datetime]
    """The first run that knew each rule, by its id."""
    unfamiliar: frozenset[str] = frozenset()
    """The outputs that may hold what this store does not know: new ones, or all since a copy was put back."""


def open_outputs(given: Given) -> tuple[dict[str, CheckedOutput], list[Problem]]:
    """Open every output of the config that can be opened."""
    opened: dict[str, CheckedOutput] = {}
    problems = []
    for output in given.config.outputs:
        try:
            opened[output.name] = output.open(given.context)
        except Exception as error:  # noqa: BLE001 -- one output that fails stops no other
            problems.append(failure(f"outputs.{output.name}", error))
    return opened, problems


def look(outputs: Outputs, given: Given) -> Look:
    """Ask every output what the user did since the last run. Within a transaction: what is noted is one step."""
    delivered = given.store.ledger.in_state(*_LIES_THERE)
    made = [entry for entry in delivered if entry.action.type != NOTICE]
    whole = Look()
    for configured in given.config.outputs:
        entries = [entry for entry in made if entry.output == configured.name]
        output = outputs.get(configured.name)
        if output is None or output.hangs:
            whole = _joined(whole, Look(failed=frozenset({configured.name}), unsure=_marks(entries)))
        elif entries:
            whole = _joined(whole, _look_at(configured.name, output, entries, given))
    return whole


def _joined(one: Look, other: Look) -> Look:
    return Look(
        one.changed | other.changed,
        one.failed | other.failed,
        one.unsure | other.unsure,
        one.gone | other.gone,
        one.problems + other.problems,
    )


def _marks(entries: Sequence[LedgerEntry]) -> frozenset[tuple[str, str]]:
    return frozenset((entry.marker, entry.output) for entry in entries)


def _look_at(name: str, output: CheckedOutput, entries: Sequence[LedgerEntry], given: Given) -> Look:
    try:
        became = output.status([entry.ref for entry in entries])
        entries, became = _found_again(entries, became, output, given)
    except Exception as error:  # noqa: BLE001 -- one output that fails stops no other
        if not output.hangs and all(entry.state is not EntryState.DELIVERED for entry in entries):
            return Look()
        problem = failure(f"outputs.{name}", error)
        # Nothing is made there either: a list begun anew would make all of the old one look as if it had been deleted.
        return Look(failed=frozenset({name}), unsure=_marks(entries), problems=(problem,))
    unclear = [entry for entry in entries if became[entry.ref].state not in STATES]
    problems = tuple(_unclear(name, entry, became[entry.ref]) for entry in unclear)
    gone = [entry for entry in entries if became[entry.ref].state == "gone" and _may_be_taken_back(entry, given)]
    given.store.decisions.make_stale(entry.action.case for entry in gone)
    certain = (entry for entry in entries if entry not in (*unclear, *gone))
    followed = [note_status(entry, became[entry.ref], given) for entry in certain]
    reports = [event for event, _ in followed if event]
    pull = Pull(events=reports, removed=[report for _, report in followed if report])
    moved = pull.events or pull.removed
    ids = given.store.events.take(f"output {name}", pull, reports, given.now, given.now) if moved else set()
    return Look(changed=frozenset(ids), unsure=_marks(unclear), gone=_marks(gone), problems=problems)


def _may_be_taken_back(entry: LedgerEntry, given: Given) -> bool:
    """Tell whether a run since may have taken back what a copy of the store, which was put back, has as lying there."""
    return given.left.restored is not None and entry.state is EntryState.DELIVERED and not entry.touched


def _found_again(
    entries: Sequence[LedgerEntry], became: Mapping[str, Status], output: CheckedOutput, given: Given
) -> tuple[list[LedgerEntry], Mapping[str, Status]]:
    """Return the entries and what became of each, with what is there under another reference than the ledger has.

    A run of another computer has changed it. Or this store's own has, before a copy was put back: that may also have
    taken it back and made it anew.
    """
    current, states = [], dict(became)
    restored = given.left.restored
    for entry in entries:
        status, ref = became[entry.ref], became[entry.ref].ref
        if status.state == "gone" and restored and (ref := output.find(entry.marker) or ""):
            status = output.status([ref])[ref]
        if ref and ref != entry.ref:
            current.append(replace(entry, ref=ref))
            given.store.ledger.write(current[-1])
            states[ref] = status
        else:
            current.append(entry)
    return current, states


def _unclear(name: str, entry: LedgerEntry, status: Status) -> Problem:
    if status.state == UNKNOWN and status.why:
        message, hint = (
            Sentence("what became of {key} cannot be told: {why}", key=entry.key, why=status.why),
            Sentence("until then it is left as it is"),
        )
        return Problem(f"outputs.{name}", message, Code.PLACE_UNSEEN, hint=hint)
    message = Sentence(
        "what became of {key} cannot be told: its plugin says {state}", key=entry.key, state=status.state
    )
    return Problem(
        f"outputs.{name}", message, Code.UNUSABLE, hint=Sentence("it is left as it is; tell the plugin's author")
    )


def note_status(entry: LedgerEntry, status: Status, given: Given) -> tuple[Event | None, str]:
    """Note in the ledger what the user has done; return the event that tells it, and the id of one that is not true."""
    ledger = given.store.ledger
    if status.state in ("open", "touched"):
        touched = status.state == "touched"
        if entry.state is EntryState.ENDING or touched != entry.touched:
            ledger.write(replace(entry, state=EntryState.DELIVERED, touched=touched, report="", ended=None))
            given.store.decisions.make_stale([entry.action.case])
        return None, entry.report
    # What had gone, and then shows up ticked in an archive, was done and not dismissed.
    if entry.ended and not (status.state == "done" and entry.report.startswith("dismissed:")):
        # A task that was ticked by mistake is unticked soon; nobody looks for it for ever.
        if given.now >= entry.ended + RETURN_PERIOD:
            ledger.write(replace(entry, state=EntryState.ENDED))
        return None, ""
    event = report_of(entry, status, given)
    ledger.write(replace(entry, state=EntryState.ENDING, report=event.id, ended=entry.ended or given.now))
    return event, entry.report


# -- drafts that were sent


def sent(news: Collection[str], given: Given) -> set[str]:
    """Tell which drafts the user has sent, by the mails that came; return the ids of the events that tell it."""
    # Most news are no mail of mine: the whole ledger is looked through only where one is.
    mails = given.store.events.events(name for name in news if name.startswith(f"sent{KIND_END}"))
    by_key = any(mail.report for mail in mails)
    entries = given.store.ledger.in_state(*(_SENT_BY_KEY if by_key else ()), *_LIES_THERE) if mails else []
    drafts = [entry for entry in entries if entry.action.type == DRAFT]
    changed: set[str] = set()
    for entry in drafts:
        for mail in [mail for mail in mails if is_sent(entry, mail, given)][:1]:
            event = report_of(entry, Status("done", mail.start), given, mail=mail.id)
            source = f"output {entry.output}"
            changed |= given.store.events.take(source, Pull(events=[event]), [event], given.now, given.now)
    return changed


def is_sent(entry: LedgerEntry, mail: Event, given: Given) -> bool:
    """Tell whether a mail is that draft: by its key or, as many mail programs drop it, by its people and subject."""
    if mail.report:
        return means(mail.report.key, entry.marker)
    if entry.state not in _LIES_THERE:
        return False  # of what nobody knows to be there, only the key is proof
    action = entry.action
    if action.reply.message_id != mail.answers if action.reply else action.title.split() != mail.title.split():
        return False
    # A draft to nobody gets its address from the user, so its subject alone tells.
    if action.to and {person.address for person in mail.people}.isdisjoint(person.address for person in action.to):
        return False
    # A mail in the case of a draft to somebody is judged there, whether the draft was made or not.
    if action.to and action.case in given.store.places.cases_of(mail.identity):
        return False
    anchor = given.store.events.named(action.anchor)
    return anchor is not None and mail.start >= anchor.start


def report_of(entry: LedgerEntry, status: Status, given: Given, mail: str = "") -> Event:
    """Return the event that tells how an action ended; it has its anchor's title, people and thread.

    Of the people, only the one whom it was about if the rule has a duty for each.
    """
    from followup_rules.engine.persons import alone  # noqa: PLC0415 -- most runs see nothing ended

    anchor = given.store.events.named(entry.action.anchor)
    people = anchor.people if anchor else entry.action.to
    kind = "done" if status.state == "done" else "dismissed"
    when = (status.at or given.now).astimezone(UTC)
    return Event(
        id=f"{kind}:{entry.key}",
        kind=kind,
        start=when,
        end=when,
        title=anchor.title if anchor else entry.action.title,
        people=alone(people, entry.action.person) if entry.action.person else people,
        thread=anchor.thread if anchor else "",
        case=entry.action.case,
        data={"rule": entry.action.rule},
        report=Report(
            key=entry.marker, rule=entry.action.rule, anchor=entry.action.anchor, mail=mail, type=entry.action.type
        ),
    )
