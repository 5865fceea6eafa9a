"""Which case a person means by a word: its key, its title, or the name or address of somebody in it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, tzinfo

from followup_rules.cli.page import absolute, relative
from followup_rules.engine.assign_cases import names_of
from followup_rules.engine.case_keys import match
from followup_rules.language.text import fold
from followup_rules.model import Event, Person, Problem
from followup_rules.people import once_each
from followup_rules.sentences import Sentence
from followup_rules.store.store import Store
from followup_rules.texts.plurals import listed
from followup_rules.toml.suggestions import nearest
from followup_rules.upkeep.forget import when_forgotten

_LISTED = 8


def known(store: Store) -> list[str]:
    """Return the keys of all cases, those of which only the ledger knows included."""
    return sorted({*store.cases(), *store.ledger.cases()})


def titles(keys: Iterable[str], store: Store, zone: tzinfo) -> dict[str, str]:
    """Return what people call each of these cases: the title of its entry if an id is all that it has, else its key."""
    found = called(store.entries(), zone)
    return {key: found.get(key, key) for key in keys}


def called(entries: Mapping[str, Event], zone: tzinfo) -> dict[str, str]:
    """Return what people call the cases that have only an id, given an entry of each: never by that id."""
    return {
        key: f"untitled {entries[key].start.astimezone(zone):%Y-%m-%d %H:%M}" if name == key else name
        for key, name in names_of(entries, zone).items()
    }


def named(name: str, keys: Collection[str], store: Store, zone: tzinfo) -> list[str]:
    """Return the keys of the cases that a person may mean, of those given.

    Events are read only if no key and no title fits: the name of one case must not cost as much as all of them.
    """
    called = titles(keys, store, zone)
    titled = {key for key in keys if called[key] != key}
    by_title = [key for key in keys if key in titled and (name == key or fold(name) == fold(called[key]))]
    # A title, when there is one, goes in place of the key: an id that a calendar made up is nobody's word.
    by_key = match(name, {key for key in keys if key not in titled})
    if by_key or by_title:
        return [key for key in keys if key in by_key] or by_title
    words = set(fold(name).split())
    # All of the words must tell of one person: else a first name and another's family name would name a case.
    return [key for key in keys if words and any(words <= _words(key, person) for person in _people(key, store))]


def unclear(name: str, fitting: Sequence[str], keys: Sequence[str], store: Store, now: datetime) -> Problem:
    """Return what to tell somebody whose word fits none of these cases, or several. `now` is in the user's zone."""
    assert now.tzinfo is not None, "the zone in which days are told"
    called = titles(keys, store, now.tzinfo)
    if fitting:
        several = listed([called[key] for key in fitting], _LISTED)
        return Problem(
            "CASE",
            Sentence("{name!r} fits several cases", name=name),
            hint=Sentence("write one of: {several}", several=several),
            fatal=True,
        )
    if forgotten := when_forgotten(name, store):
        day = absolute(forgotten.astimezone(now.tzinfo))
        message = Sentence(
            "{name!r} was forgotten on {day} ({relative}), as you wished",
            name=name,
            day=day,
            relative=relative(forgotten, now),
        )
        hint = Sentence("only hashes are kept of it; what happened later and is shown by your sources begins it anew")
        return Problem("CASE", message, hint=hint, fatal=True)
    near = _nearest(name, called, store)
    decided = set(store.decisions.cases())
    busiest = sorted(keys, key=lambda key: (key not in decided, key))
    names = listed([called[key] for key in busiest], _LISTED)
    hint = Sentence("the cases: {names}", names=names) if keys else Sentence("there are no cases yet")
    if near:
        hint = Sentence('did you mean "{name}"? {hint}', name=near, hint=hint)
    return Problem("CASE", Sentence("{name!r} fits no case", name=name), hint=hint, fatal=True)


def people_of(events: Iterable[Event]) -> tuple[Person, ...]:
    """Return the people of some events, each once, in the order in which they appear."""
    in_order = sorted(events, key=lambda event: (event.start, event.id))
    return tuple(once_each(person for event in in_order for person in event.people))


def _people(key: str, store: Store) -> tuple[Person, ...]:
    return people_of(store.case(key).home)


def _words(key: str, person: Person) -> set[str]:
    return set(fold(f"{key} {person.name} {person.address}").split())


def _nearest(name: str, called: Mapping[str, str], store: Store) -> str:
    """Return what the case with the word that is nearest to a name is called; "" if none is near."""
    keys: dict[str, str] = {}
    for key, title in called.items():
        words = {word for person in _people(key, store) for word in _words(title, person)} | set(fold(title).split())
        keys.update(dict.fromkeys([title, *sorted(word for word in words if len(word) > 2)], title))
    return keys.get(nearest(name, keys) or "", "")
