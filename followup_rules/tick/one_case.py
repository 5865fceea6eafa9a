"""One case of a tick: evaluate, plan, carry out, and note when to look again."""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial

from msgspec.structs import replace

from followup_rules.codes import Code
from followup_rules.config.read import Config
from followup_rules.engine.anchors import CaseView
from followup_rules.engine.as_of import as_of, next_arrival
from followup_rules.engine.completed import bindings
from followup_rules.engine.evaluate import EvaluationContext, Remembered, evaluate
from followup_rules.engine.isolation import Failed
from followup_rules.engine.moving_notes import moving, without_day
from followup_rules.engine.orders import misfits
from followup_rules.engine.own_mail import same_subject
from followup_rules.engine.plan import OVER, PRINTED, Change, EntryState, LedgerEntry, plan
from followup_rules.engine.settled import reopened
from followup_rules.language.tags import ORDERS
from followup_rules.model import DRAFT, NOTICE, Action, Case, Decision, Problem, Reason, State
from followup_rules.sentences import Sentence
from followup_rules.store.cases import StoredCase
from followup_rules.store.told import DATES
from followup_rules.store.tombstones import KEY
from followup_rules.tick.actions import Making, actions, beginning, spelt, subjects
from followup_rules.tick.backoff import must_wait
from followup_rules.tick.execute import carry_out_all
from followup_rules.tick.report import Finding, Given, Missed, Outcome, Say
from followup_rules.tick.seen_in_outputs import Look, Seen
from followup_rules.tick.take_over import settle_gone, take_over


def work_on(known: StoredCase, seen: Seen, given: Given, say: Say) -> Iterator[Finding]:
    """Bring one case up to date; yield its decisions, outcomes and problems, and what was missed."""
    store, book, case = given.store, given.config.rulebook, known.key
    context = EvaluationContext(given.now, given.first_run, given.config.profile.lookback, seen.sight, seen.since)
    stored = _with_mail_of_rules(known, context, given)
    yield from _notes(stored, context, seen.news, given)
    judged, known_by = judge(stored, given.config, context)
    store.subjects.keep(case, known_by)
    if not seen.sight.unseen:  # what shows how a duty ended may be in a source that cannot be read just now
        store.decisions.unsettle(each.key for each in judged if each.state in OVER and not reopened(each))
    yield from _failing(judged, given.config)
    entries = stored.entries
    of_duty = defaultdict(list)
    for entry in entries:
        of_duty[entry.action.duty].append(entry)
    certain = [_as_far_as_seen(decision, of_duty.get(decision.key, ()), seen.looked) for decision in judged]
    worded = [_worded(decision, given.config, of_duty.get(decision.key, ())) for decision in certain]
    yield from (problem for _, _, problems in worded for problem in problems)
    decisions = [decision for decision, _, _ in worded]
    before = store.decisions.states(case)

    broken = {decision.rule for decision in decisions if decision.state is State.BROKEN}
    faulty = {rule.id for rule in book.rules.rules.values() if rule.fault}
    unread = set() if book.whole else {entry.action.rule for entry in entries} - book.rules.rules.keys()
    standing = frozenset(faulty | broken | unread)
    planned = plan(decisions, {decision.key: made for decision, made, _ in worded}, entries, standing)
    changes = list(_ready(planned, entries, given))
    there = settle_gone(planned, entries, decisions, seen.looked, given)
    if not there.settled:
        there = take_over(changes, _left_behind(worded, entries, seen, given), decisions, seen, given)
    yield from there.findings
    if there.taken or there.settled:  # judged anew, by what lies there and by how it ended
        store.arrange(set(there.changed), book.directory)
        yield from work_on(next(store.read([case])), seen, given, say)
        return
    carried_out = 0
    possible = [change for change in changes if change not in there.failed]
    for finding in carry_out_all(possible, seen.outputs, seen.looked, given, say):
        carried_out += isinstance(finding, Outcome)
        yield finding

    entries = store.ledger.of(case) if possible else entries
    yield from _news(decisions, entries, before, seen, given)
    yield from decisions
    # What failed, or was not seen for certain, is looked at again by the next run, whatever the time.
    seen_well = not there.failed and all(map(operator.is_, certain, judged))
    settled = carried_out == len(changes) and broken <= faulty and seen_well
    until = _next_instant(decisions, entries, stored.case, given.now)
    # Last of all: until then a run that is cut short leaves the case among those to be judged.
    store.decisions.write(case, decisions, given.now, until=until, stale=not settled)


def _with_mail_of_rules(stored: StoredCase, context: EvaluationContext, given: Given) -> StoredCase:
    """Return a case with the mail of those to whom a rule writes that has a duty there, whoever else is concerned.

    Later mail joins as it comes: see `Store.arrange`.
    """
    rules, store = given.config.rulebook.rules, given.store
    fixed = [rule for rule in rules.rules.values() if rule.fixed_recipients and not (rule.recurring or rule.fault)]
    if not fixed:
        return stored
    view = CaseView(as_of(stored.case, given.now), rules, stored.pins, context.span(stored.key))
    addresses: set[str] = set()
    for rule in fixed:
        with suppress(Failed):  # told where it is judged
            addresses |= rule.fixed_recipients if view.visits(rule) else set()
    came = store.places.join(stored.key, store.events.mail_of(addresses))
    return next(store.read([stored.key])) if came else stored


def _notes(known: StoredCase, context: EvaluationContext, news: frozenset[str], given: Given) -> Iterator[Problem]:
    """Keep which meetings the notes of a case are about; report what is new and names nothing."""
    rules, stored = given.config.rulebook.rules, known.case
    telling = ORDERS | rules.world.tags.missed
    may_move = moving(rules) and any(event.kind == "note" and event.identity in news for event in stored.home)
    if not may_move and not any(
        "re" in event.data or rules.world.tags.of(event.tags) & telling for event in stored.home
    ):
        return
    given.store.places.follow(bindings(stored, rules.world))
    view = CaseView(as_of(stored, given.now), rules, known.pins, context.span(stored.key))
    for misfit in (*misfits(view), *without_day(view)):
        if misfit.note.identity in news:
            # One that only forgets its day counts for all else.
            warning = misfit.code == Code.NO_DAY
            where = f"{misfit.note.where}: {misfit.message}"
            yield Problem("notes", where, misfit.code, hint=misfit.hint, warning=warning)


def judge(
    stored: StoredCase, config: Config, context: EvaluationContext
) -> tuple[tuple[Decision, ...], dict[str, str]]:
    """Return what all that is stored of a case means at an instant, whatever was decided before.

    Also the subjects by which mails of mine are the drafts that they would have been, by the drafts' names.

    The subject that a draft was made with counts, or that by which it was known before; else the one that it would
    have now, which is asked for only where a mail may be that draft.
    """
    rules = config.rulebook.rules
    made = {entry.name: entry.action.title for entry in stored.entries if entry.action.type == DRAFT}
    begins = partial(beginning, _making(stored.key, config))
    remembered = Remembered(stored.settled, {**stored.subjects, **made}, begins)
    found: dict[str, str] = {}
    while True:
        decisions = evaluate(stored.case, rules, stored.pins, context, remembered)
        fresh = {name: subject for each in decisions if each.unknown for name, subject in _known(each, config).items()}
        if not fresh.keys() - found.keys():
            return tuple(_plain(decision) for decision in decisions), found
        found |= fresh
        remembered = replace(remembered, subjects={**remembered.subjects, **found})


def _known(decision: Decision, config: Config) -> dict[str, str]:
    """Return the subjects of drafts that one of the mails in question has."""
    rules = config.rulebook.rules
    would = subjects(spelt(decision, rules.world.tags), rules.rules[decision.rule], _making(decision.case, config))
    return {name: it for name, it in would.items() if any(same_subject(it, mail) for mail in decision.unknown[name])}


def _plain(decision: Decision) -> Decision:
    """Return a decision without what was asked for only to compare subjects."""
    if not decision.unknown or decision.state is State.DUE:
        return replace(decision, unknown={}) if decision.unknown else decision
    return replace(decision, unknown={}, openings={}, announces=())


def _making(case: str, config: Config, entries: Sequence[LedgerEntry] = ()) -> Making:
    takes = {output.name: output.takes for output in config.outputs}
    book = config.rulebook
    return Making(book.texts, book.languages.get(case, ""), takes, entries)


def _failing(decisions: Iterable[Decision], config: Config) -> Iterator[Problem]:
    """Report the rules that are well written and cannot be followed in this case."""
    rules = config.rulebook.rules.rules
    for decision in decisions:
        if decision.state is State.BROKEN and not rules[decision.rule].fault:
            hint = Sentence("the next run tries again; if a plugin is to blame, update it")
            yield Problem(f"rule.{decision.rule}", decision.why, Code.FAILING_CHECK, hint=hint)


def _as_far_as_seen(decision: Decision, entries: Iterable[LedgerEntry], looked: Look) -> Decision:
    """Return the decision, given the entries of its duty.

    What the user may have done in an output that cannot tell is not known to be missed.
    """
    if decision.state is not State.EXPIRED:
        return decision
    for entry in entries:
        if (entry.marker, entry.output) in looked.unsure:
            reason = Reason("the output {output!r} cannot tell what became of it", {"output": entry.output})
            return replace(decision, state=State.BLIND, reason=reason)
    return decision


def _worded(
    decision: Decision, config: Config, entries: Sequence[LedgerEntry]
) -> tuple[Decision, Sequence[Action], Sequence[Problem]]:
    """Return a decision, as broken if a text of its rule is faulty; what it makes; and what is wrong with its texts.

    `entries` are those of its duty.
    """
    if decision.state is not State.DUE:
        return decision, (), ()
    rules = config.rulebook.rules
    making = _making(decision.case, config, entries)
    made, problems = actions(spelt(decision, rules.world.tags), rules.rules[decision.rule], making)
    if not problems:
        return decision, made, ()
    reason = Reason("a text of the rule is faulty: {fault}", {"fault": problems[0].message})
    return replace(decision, state=State.BROKEN, reason=reason, next=None, late=False), (), problems


def _left_behind(
    worded: Iterable[tuple[Decision, Sequence[Action], object]],
    entries: Sequence[LedgerEntry],
    seen: Seen,
    given: Given,
) -> Iterator[Change]:
    """Yield, as if they were to be made, actions that are not due, which a place may hold unknown to us.

    Their duty is over, held, blind or waits again, or they are ended or held by themselves. A duty that is over and of
    long ago has none: what lay there was taken back, or is the user's.
    """
    if not seen.unfamiliar:
        return
    known, rules = {(entry.key, entry.output) for entry in entries}, given.config.rulebook.rules
    since = given.now - given.config.profile.lookback
    for decision, made, _ in worded:
        by_themselves = decision.ended or decision.paused
        if decision.state is State.BROKEN or (decision.state is State.DUE and not by_themselves):
            continue
        if decision.opens and (decision.state not in OVER or since <= decision.opens):
            whole = spelt(replace(decision, ended=(), paused={}), rules.world.tags)
            every, _ = actions(whole, rules.rules[decision.rule], _making(decision.case, given.config, entries))
            due = {(each.key, each.output) for each in made}
            left = (each for each in every if (each.key, each.output) not in known | due)
            yield from (Change(op="create", output=each.output, action=each, key=each.key) for each in left)


def _ready(planned: Iterable[Change], entries: Iterable[LedgerEntry], given: Given) -> Iterator[Change]:
    """Leave out what must wait or is to be forgotten; let an output know a new action by a marker of its own.

    Another action may have left its case with the key that the new one has, and still be known by it there.
    """
    slots = {(entry.key, entry.output): entry for entry in entries}
    outputs = {PRINTED, *(output.name for output in given.config.outputs)}
    for change in planned:
        if change.output not in outputs:
            continue  # what lies in an output that left the config stays there
        if must_wait(slots.get((change.key, change.output)), given.now):
            continue
        if change.op != "create":
            yield change
        elif not given.store.tombstones.find(KEY, change.key):
            marker = given.store.ledger.free_marker(change.action.key, change.output)
            yield replace(change, action=replace(change.action, key=marker))


def _news(
    decisions: Iterable[Decision], entries: Iterable[LedgerEntry], before: dict[str, str], seen: Seen, given: Given
) -> Iterator[Missed | Problem]:
    """Yield what is missed since the last run, and what the user should know; nothing of what they were told of."""
    told = {entry.action.duty for entry in entries
            if entry.action.type == NOTICE and entry.state is EntryState.DELIVERED}  # fmt: skip
    for decision in decisions:
        if decision.key in told:
            continue
        closed = decision.closes is not None and decision.closes > seen.since.get(decision.rule, given.first_run)
        expired = decision.state is State.EXPIRED and before.get(decision.key) != State.EXPIRED
        if expired and closed and not given.store.decisions.ever_was(decision.key, State.EXPIRED):
            yield Missed(decision)
        # Each judging finds it again; what was said of a date need not be said twice.
        said = f"{decision.key} {decision.warning}"
        if decision.warning and given.store.told.news(DATES, [said], whole=False):
            yield Problem(f"rule.{decision.rule}", decision.warning, decision.warning_code, warning=True)


def _next_instant(
    decisions: Iterable[Decision], entries: Iterable[LedgerEntry], stored: Case, now: datetime
) -> datetime | None:
    """Return when time alone could change something: a decision, a retry, or what the case holds."""
    retries = [entry.retry for entry in entries if entry.retry and entry.retry > now]
    nexts = [decision.next for decision in decisions if decision.next]
    arrival = next_arrival(stored, now)
    # By the instant: of two times of one zone Python compares what the clocks show, also where these go back (PEP 495).
    return min([*nexts, *retries, *([arrival] if arrival else [])], default=None, key=datetime.timestamp)
