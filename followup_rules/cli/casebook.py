"""All that is known of each case at one instant, for the commands that tell about cases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from followup_rules.cli import shared
from followup_rules.cli.page import absolute, relative
from followup_rules.config.read import Config
from followup_rules.engine.anchors import CaseView
from followup_rules.engine.assign_cases import match, names_of
from followup_rules.engine.completed import Misfit
from followup_rules.engine.guards import Window, windows_at
from followup_rules.engine.isolation import Failed
from followup_rules.engine.orders import misfits
from followup_rules.engine.plan import EntryState, LedgerEntry
from followup_rules.language.schema import Guard
from followup_rules.language.text import fold
from followup_rules.model import NOTICE, Decision, Event, Person, Problem, State
from followup_rules.people import once_each
from followup_rules.store.store import Store
from followup_rules.tick.run import Report, preview
from followup_rules.toml.suggestions import nearest

_LISTED = 8

JournalLine = tuple[datetime, str, str, str]
"""A line of the journal: when, key, state, why."""


class CaseFile(Struct, frozen=True, kw_only=True):
    """A case: who, when, what every rule says of it, and what was made and noted down before."""

    key: str
    people: tuple[Person, ...]
    events: tuple[Event, ...]
    """In the order of time; what was cancelled or taken away included."""
    cancelled: frozenset[str]
    """The ids of the events that count as not having taken place."""
    decisions: tuple[Decision, ...]
    windows: tuple[Window, ...]
    """The guards' windows that are open now."""
    entries: tuple[LedgerEntry, ...]
    history: tuple[JournalLine, ...]
    name: str = ""
    """What people call it: the title of its entry if an id is all that it has, else its key."""
    misfits: tuple[Misfit, ...] = ()
    """Its notes whose `re:` or `for:` names nothing."""
    subjects: Mapping[str, frozenset[str]] = {}
    """By the identity of a note: those of the meetings that it is about."""

    def made(self, decision: Decision) -> list[LedgerEntry]:
        """Return what stands in the outputs for a decision."""
        return [
            each for each in self.entries if each.action.duty == decision.key and each.state is EntryState.DELIVERED
        ]

    def said(self, decision: Decision) -> bool:
        """Tell whether all that it asks for are notices that were given: there is nothing left to do."""
        entries = self.made(decision)
        return decision.state is State.DUE and bool(entries) and all(entry.action.type == NOTICE for entry in entries)


def read(config: Config, now: datetime, *, as_json: bool) -> tuple[Report, tuple[CaseFile, ...]]:
    """Return what a run would find now, computed on a copy of the store, and all cases by key."""
    with shared.copy_of(config, as_json=as_json) as copy:
        # The preview writes its own decisions into the copy's journal.
        history = {key: tuple(copy.decisions.history(key)) for key in copy.places.cases()}
        report = preview(config, copy, now)
        names = names_of(copy.entries(), config.profile.timezone)
        files = [_file(key, config, copy, report, history.get(key, ())) for key in copy.places.cases()]
        files = [replace(file, name=names.get(file.key, file.key)) for file in files]
    return report, tuple(files)


def _file(key: str, config: Config, store: Store, report: Report, history: tuple[JournalLine, ...]) -> CaseFile:
    case = store.case(key)
    view = CaseView(case, config.rulebook.rules, store.ledger.pins(key))
    guards = [guard for guard in config.rulebook.rules.guards.values() if not guard.fault]
    return CaseFile(
        key=key,
        people=_people(view.case.home),
        events=tuple(sorted((*case.home, *case.joined), key=view.order)),
        cancelled=frozenset(view.fates),
        decisions=tuple(each for each in report.decisions if each.case == key),
        windows=tuple(window for guard in guards for window in _windows(guard, view, report.now)),
        entries=tuple(store.ledger.of(key)),
        history=history,
        misfits=misfits(view),
        subjects=view.notes.subjects,
    )


def remembered(store: Store) -> tuple[CaseFile, ...]:
    """Return all cases as the last run left them, with nothing but their people."""
    keys = {*store.places.cases(), *store.ledger.cases()}
    return tuple(_bare(key, _people(store.case(key).home)) for key in sorted(keys))


def _bare(key: str, people: tuple[Person, ...]) -> CaseFile:
    empty = frozenset[str]()
    return CaseFile(
        key=key, people=people, events=(), cancelled=empty, decisions=(), windows=(), entries=(), history=()
    )


def _windows(guard: Guard, view: CaseView, now: datetime) -> tuple[Window, ...]:
    try:
        return windows_at(guard, view, now)
    except Failed:
        return ()


def _people(events: Iterable[Event]) -> tuple[Person, ...]:
    in_order = sorted(events, key=lambda event: (event.start, event.id))
    return tuple(once_each(person for event in in_order for person in event.people))


def named(name: str, files: Sequence[CaseFile]) -> list[CaseFile]:
    """Return the cases that a person may mean: by key, else by the name or address of somebody in it."""
    titled = [file for file in files if file.name != file.key]
    by_title = [file for file in titled if fold(name) == fold(file.name) or name == file.key]
    keys = match(name, {file.key for file in files} - {file.key for file in titled})
    if by_title and not keys:
        return by_title
    if keys:
        return [file for file in files if file.key in keys]
    words = set(fold(name).split())
    # All of the words must tell of one person: else a first name and another's family name would name a case.
    return [
        file
        for file in files
        for names in [[f"{file.key} {person.name} {person.address}" for person in file.people]]
        if words and any(words <= set(fold(name).split()) for name in names)
    ]


def unclear(
    name: str, fitting: Sequence[CaseFile], files: Sequence[CaseFile], forgotten: datetime | None, now: datetime
) -> Problem:
    """Return what to tell somebody whose word fits no case, or several; `forgotten`: when such a case was forgotten."""
    if fitting:
        several = ", ".join(file.name or file.key for file in fitting[:_LISTED])
        return Problem("CASE", f"{name!r} fits several cases", hint=f"write one of: {several}", fatal=True)
    if forgotten:
        day = absolute(forgotten.astimezone(now.tzinfo))
        message = f"{name!r} was forgotten on {day} ({relative(forgotten, now)}), as you wished"
        hint = "only hashes are kept of it; what happened later and is shown by your sources begins it anew"
        return Problem("CASE", message, hint=hint, fatal=True)
    near = _nearest(name, files)
    guess = f'did you mean "{near}"? ' if near else ""
    busiest = sorted(files, key=lambda file: (not file.decisions, file.key))
    listed = ", ".join(file.name or file.key for file in busiest[:_LISTED])
    hint = f"{guess}the cases: {listed}{', ...' if len(files) > _LISTED else ''}" if files else "there are no cases yet"
    return Problem("CASE", f"{name!r} fits no case", hint=hint, fatal=True)


def _nearest(name: str, files: Iterable[CaseFile]) -> str:
    """Return the key of the case with the word that is nearest to a name; "" if none is near."""
    keys: dict[str, str] = {}
    for file in files:
        people = " ".join(f"{person.name} {person.address}" for person in file.people)
        shown = file.name or file.key
        words = (word for word in fold(f"{shown} {people}").split() if len(word) > 2)
        keys.update(dict.fromkeys([shown, *words], shown))
    return keys.get(nearest(name, keys) or "", "")
