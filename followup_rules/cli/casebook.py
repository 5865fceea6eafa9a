"""All that is known of each case at one instant, for the commands that tell about cases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from followup_rules.cli import shared
from followup_rules.cli.case_names import named, people_of, titles, unclear
from followup_rules.computed import computed
from followup_rules.config.read import Config
from followup_rules.engine.anchors import CaseView
from followup_rules.engine.answers import with_answers
from followup_rules.engine.as_of import as_of
from followup_rules.engine.clock import Span
from followup_rules.engine.completed import Misfit
from followup_rules.engine.guards import Window, windows_at
from followup_rules.engine.isolation import Failed
from followup_rules.engine.moving_notes import without_day
from followup_rules.engine.orders import misfits
from followup_rules.engine.persons import about_nobody
from followup_rules.engine.plan import EntryState, LedgerEntry
from followup_rules.engine.why_no_duty import NoDuty, why_no_duty
from followup_rules.language.schema import Guard, RuleSet
from followup_rules.model import NOTICE, Case, Decision, Event, Person, Problem, State
from followup_rules.store.store import Store
from followup_rules.tick.run import Report, every_case, preview

JournalLine = tuple[datetime, str, str, str]
"""A line of the journal: when, key, state, why."""


class CaseFile(Struct, frozen=True, kw_only=True, dict=True):
    """A case: who, when, what every rule says of it, and what was made and noted down before."""

    key: str
    people: tuple[Person, ...]
    events: tuple[Event, ...]
    """In the order of time; what was cancelled or taken away included."""
    cancelled: frozenset[str]
    """The ids of the events that count as not having taken place."""
    decisions: tuple[Decision, ...] = ()
    windows: tuple[Window, ...]
    """The guards' windows that are open now."""
    entries: tuple[LedgerEntry, ...]
    history: tuple[JournalLine, ...] = ()
    name: str = ""
    """What people call it: the title of its entry if an id is all that it has, else its key."""
    misfits: tuple[Misfit, ...] = ()
    """Its notes whose `re:` or `for:` names nothing."""
    subjects: Mapping[str, frozenset[str]] = {}
    """By the identity of a note: those of the meetings that it is about."""
    view: CaseView
    """The case as the rules see it."""
    nobody: tuple[tuple[str, Event], ...] = ()
    """The rules with a duty for each person, and the events from which they would start if anybody took part."""

    unconcerned: tuple[NoDuty, ...] = ()
    """Why the rules without a decision have none; only of a case that was asked for alone."""

    @computed
    def named(self) -> Mapping[str, Event]:
        """Its events, by their identities."""
        return {event.identity: event for event in self.events}

    @computed
    def starting(self) -> Mapping[str, list[Decision]]:
        """The duties that each event starts, by its identity."""
        return _by((each, {event.identity for event in each.visit.events}) for each in self.decisions)

    @computed
    def deciding(self) -> Mapping[str, list[Decision]]:
        """The duties of which each event decides, by its id."""
        return _by((each, {*each.evidence}) for each in self.decisions)

    @computed
    def problems(self) -> Mapping[str, str]:
        """What is wrong with a note, by its identity."""
        return {each.note.identity: each.message for each in reversed(self.misfits)}

    def delivered(self, decision: Decision) -> list[LedgerEntry]:
        """Return what stands in the outputs for a decision."""
        return [
            each for each in self.entries if each.action.duty == decision.key and each.state is EntryState.DELIVERED
        ]

    def said(self, decision: Decision) -> bool:
        """Tell whether all that it asks for are notices that were given: there is nothing left to do."""
        entries = self.delivered(decision)
        return decision.state is State.DUE and bool(entries) and all(entry.action.type == NOTICE for entry in entries)


def _by(named: Iterable[tuple[Decision, Iterable[str]]]) -> Mapping[str, list[Decision]]:
    found: dict[str, list[Decision]] = defaultdict(list)
    for decision, names in named:
        for name in names:
            found[name].append(decision)
    return found


def read(config: Config, now: datetime, *, as_json: bool) -> tuple[Report, tuple[CaseFile, ...]]:
    """Return what a run would find now, computed on a copy of the store, and all cases by key."""
    with shared.copy_of(config, as_json=as_json) as copy:
        written = copy.decisions.last_line()
        report = preview(config, copy, now)
        return report, files_of(copy.cases(), config, copy, report, written)


def find(name: str, config: Config, now: datetime, *, as_json: bool) -> tuple[Report, CaseFile | Problem]:
    """Return what a run would find now of the one case that a person means; or why it is not clear which that is.

    No other case is judged.
    """
    zone = config.profile.timezone
    with shared.copy_of(config, as_json=as_json) as copy:
        written = copy.decisions.last_line()
        report = preview(config, copy, now, lambda store, at: named(name, every_case(store, at), store, zone))
        keys = copy.cases()
        fitting = named(name, keys, copy, zone)
        if len(fitting) == 1:
            (file,) = files_of(fitting, config, copy, report, written)
            return report, replace(file, unconcerned=_unconcerned(file, config, copy, report.now))
        return report, unclear(name, fitting, keys, copy, report.now)


def files_of(keys: Collection[str], config: Config, copy: Store, report: Report, written: int) -> tuple[CaseFile, ...]:
    """Return cases, with what a report says of them.

    `written` is the last line of the journal before the preview, which writes decisions of its own.
    """
    # Asked once for all: each question goes through the entries.
    names = titles(keys, copy, config.profile.timezone)
    decisions: dict[str, list[Decision]] = {key: [] for key in keys}
    for decision in report.decisions:
        if decision.case in decisions:
            decisions[decision.case].append(decision)
    return tuple(
        replace(
            _file(key, config, copy, report.now),
            name=names[key],
            decisions=tuple(decisions[key]),
            history=tuple(copy.decisions.history(key, until=written)),
        )
        for key in keys
    )


def _unconcerned(file: CaseFile, config: Config, store: Store, now: datetime) -> tuple[NoDuty, ...]:
    """Return why the rules say nothing of a case that say nothing; those that are faulty are told of elsewhere.

    In the case of a rule from the clock no other rule is looked for.
    """
    if file.key in config.rulebook.rules.recurring:
        return ()
    concerned = {decision.rule for decision in file.decisions}
    view = _view(as_of(store.case(file.key), now), config, store, now)
    rules = config.rulebook.rules.rules.values()
    return tuple(why_no_duty(rule, view) for rule in rules if not rule.fault and rule.id not in concerned)


def _view(case: Case, config: Config, store: Store, now: datetime) -> CaseView:
    state = store.state.read()
    span = Span(state.since.get(case.key, state.first_run or now), now, config.profile.lookback)
    return CaseView(case, config.rulebook.rules, store.ledger.pins(case.key), span)


def _file(key: str, config: Config, store: Store, now: datetime) -> CaseFile:
    case = with_answers(as_of(store.case(key), now), config.rulebook.rules.world.subjects)
    view = _view(case, config, store, now)
    guards = [guard for guard in config.rulebook.rules.guards.values() if not guard.fault]
    return CaseFile(
        key=key,
        view=view,
        people=people_of(view.case.home),
        events=tuple(sorted((*case.home, *case.joined), key=view.order)),
        cancelled=frozenset(view.fates),
        windows=tuple(window for guard in guards for window in _windows(guard, view, now)),
        entries=tuple(store.ledger.of(key)),
        misfits=(*misfits(view), *without_day(view)),
        subjects=view.notes.subjects,
        nobody=tuple(_about_nobody(config.rulebook.rules, view)),
    )


def _about_nobody(rules: RuleSet, view: CaseView) -> Iterator[tuple[str, Event]]:
    for rule in rules.rules.values():
        with suppress(Failed):  # of one that cannot be followed that is told
            yield from [(rule.id, event) for event in about_nobody(rule, view.whole)]


def _windows(guard: Guard, view: CaseView, now: datetime) -> tuple[Window, ...]:
    try:
        return windows_at(guard, view, now)
    except Failed:  # of one that cannot be followed that is told
        return ()
