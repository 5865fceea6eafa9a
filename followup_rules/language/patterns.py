"""Patterns say what: a table of fields becomes a predicate that can also tell which field failed.

A pattern is compiled once, to closures; no text of the user is ever run as code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from typing import Protocol, TypeAlias

from followup_rules.language import reader, text
from followup_rules.language.nearest import expected
from followup_rules.language.phrases import Days, Phrase
from followup_rules.language.reader import Value
from followup_rules.model import Event, Person, Visit

Test: TypeAlias = Callable[[Event, "Scope"], bool]

TAGGED = frozenset({"note"})
STATUSES = ("confirmed", "tentative", "cancelled", "declined", "mine")


class Scope(Protocol):
    """What a pattern may ask about besides the event: the case, and the anchor if there is one."""

    @property
    def events(self) -> Sequence[Event]:
        """All events of the case."""

    @property
    def visit(self) -> Visit:
        """The anchor."""

    @property
    def them(self) -> frozenset[str]:
        """The addresses of the anchor's people."""

    @property
    def names(self) -> frozenset[str]:
        """The folded words in names and addresses of the case."""

    def when(self, phrases: Sequence[Phrase]) -> datetime | None:
        """Return the instant of the first phrase that resolves for the anchor."""


@dataclass(frozen=True, slots=True)
class World:
    """What patterns know of the user and of the plugins, and the definitions by name."""

    me: frozenset[str]
    my_domains: frozenset[str]
    services: frozenset[str]
    stop_words: frozenset[str]
    days: Days
    checks: Mapping[str, Callable[[Event], bool]] = field(default_factory=dict)
    definitions: Mapping[str, Pattern | None] = field(default_factory=dict)
    """By name; None: it is there, but faulty."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern: all its tests must hold."""

    tests: tuple[tuple[str, Test], ...]
    kinds: frozenset[str] | None = None
    """The kinds of events that can match; None: any kind."""
    relative: bool = False
    """It speaks of an anchor (`them`, `it`, `after`, ...), so no rule can start from it."""
    dated: bool = False
    """It says for itself from when on events count."""

    def __call__(self, event: Event, scope: Scope) -> bool:
        """Tell whether the event matches."""
        return all(test(event, scope) for _, test in self.tests)

    def failed(self, event: Event, scope: Scope) -> str:
        """Name the first field that does not hold, or return "" if all do."""
        return next((name for name, test in self.tests if not test(event, scope)), "")


def moment(event: Event, days: Days) -> datetime:
    """Return the instant at which an event counts where order matters: a note without a time at 23:59 of its day."""
    if not event.whole_day:
        return event.start
    return days.on(datetime.combine(days.day(event.start), time(23, 59))).astimezone(UTC)


def answers_others(event: Event, scope: Scope) -> bool:
    """Tell whether a mail replies to one that the user did not write."""
    own = {other.id for other in scope.events if other.kind == "sent"}
    return bool(event.answers) and event.answers not in own


def in_domain(address: str, domains: frozenset[str]) -> bool:
    """Tell whether an address belongs to one of the domains or to a subdomain of one."""
    host = address.rpartition("@")[2]
    parts = host.split(".")
    return any(".".join(parts[index:]) in domains for index in range(len(parts)))


@dataclass(frozen=True, slots=True)
class _Built:
    """One field of a pattern, compiled."""

    test: Test
    kinds: frozenset[str] | None = None
    relative: bool = False


_Builder: TypeAlias = Callable[[Value, "World"], "_Built | None"]


def read(value: Value, world: World) -> Pattern | None:
    """Compile a pattern: the name of a definition, a "#tag", or a table of fields. Reports what is wrong with it."""
    if not value.is_a(str, dict):
        return None
    if isinstance(value.raw, str):
        built = _tag(value) if value.raw.startswith("#") else _definition(value, world)
        return Pattern(((value.raw, built.test),), built.kinds, built.relative) if built else None
    found = {key: _FIELDS[key](value.child(key), world) for key in value.known_keys(_FIELDS)}
    if not found and not value.raw:
        value.report("an empty pattern would match everything", code="F013", hint="say at least which kind")
    parts = [(key, built) for key, built in found.items() if built is not None]
    if len(parts) < len(value.raw) or not parts:
        return None
    kinds = [built.kinds for _, built in parts if built.kinds is not None]
    return Pattern(
        tuple((key, built.test) for key, built in parts),
        frozenset.intersection(*kinds) if kinds else None,
        relative=any(built.relative for _, built in parts),
        dated="after" in value.raw,
    )


def read_all(value: Value, world: World) -> tuple[Pattern, ...] | None:
    """Compile a list of patterns (or a single one)."""
    return reader.every(value, lambda item: read(item, world))


def _tag(value: Value) -> _Built:
    tag = value.raw[1:].lower()
    return _Built(lambda event, _: tag in event.tags, TAGGED)


def _definition(value: Value, world: World) -> _Built | None:
    pattern = world.definitions.get(value.raw)
    if pattern is None:
        if value.raw not in world.definitions:
            reader.unknown(value, "definition", [*world.definitions])
        return None
    return _Built(pattern, pattern.kinds, pattern.relative)


def _is(value: Value, world: World) -> _Built | None:
    if not value.is_a(str):
        return None
    return _tag(value) if value.raw.startswith("#") else _definition(value, world)


def _kind(value: Value, _: World) -> _Built | None:
    kinds = frozenset(reader.strings(value) or ())
    return _Built(lambda event, _: event.kind in kinds, kinds) if kinds else None


def _tags(value: Value, _: World) -> _Built | None:
    tags = frozenset(tag.removeprefix("#").lower() for tag in reader.strings(value) or ())
    if not tags:
        return None
    return _Built(lambda event, _: not tags.isdisjoint(event.tags), TAGGED)


def _words_in(*fields: str) -> _Builder:
    def build(value: Value, _: World) -> _Built | None:
        words = reader.strings(value)
        if not words:
            return None
        if any(not text.fold(word.replace("*", "x")).strip() for word in words):
            value.report("an empty word would match nothing", code="F013")
            return None
        find = text.finder(words).search
        return _Built(lambda event, _: any(find(text.fold(getattr(event, name))) for name in fields))

    return build


def _people_in(people: Callable[[Event], Sequence[Person]], *special: str) -> _Builder:
    def build(value: Value, world: World) -> _Built | None:
        tests, relative = [], False
        for item in value.items():
            word = reader.string(item)
            if word is None or not _is_people(item, word, special):
                return None
            tests.append(_person_test(word, world))
            relative = relative or word == "them"
        return _Built(lambda event, scope: any(t(p, scope) for p in people(event) for t in tests), None, relative)

    return build


def _is_people(item: Value, word: str, special: tuple[str, ...]) -> bool:
    if word in special or "@" in word:
        return True
    item.report(
        f"{word!r} is neither an address nor a domain",
        code="F015",
        hint=expected(word, special) or 'write "name@domain" or "@domain"',
    )
    return False


def _person_test(word: str, world: World) -> Callable[[Person, Scope], bool]:
    if word == "them":
        return lambda person, scope: person.address in scope.them
    if word == "outside":
        return lambda person, _: person.address not in world.me and not in_domain(person.address, world.my_domains)
    if word == "services":
        return lambda person, _: in_domain(person.address, world.services)
    if word.startswith("@"):
        domain = frozenset({word[1:].lower()})
        return lambda person, _: in_domain(person.address, domain)
    address = word.lower()
    return lambda person, _: person.address == address


def _recipients(event: Event) -> Sequence[Person]:
    return event.people if event.kind == "sent" else ()


def _organizer(event: Event) -> Sequence[Person]:
    return (event.organizer,) if event.organizer else ()


def _status(value: Value, _: World) -> _Built | None:
    statuses = [reader.choice(*STATUSES)(item) for item in value.items()]
    return _Built(lambda event, _: event.status in statuses) if all(statuses) else None


def _answers(value: Value, _: World) -> _Built | None:
    wanted = reader.boolean(value)
    return None if wanted is None else _Built(lambda event, scope: answers_others(event, scope) is wanted)


def _first(value: Value, world: World) -> _Built | None:
    def is_first(event: Event, scope: Scope) -> bool:
        thread = [(other.start, other.id) for other in scope.events if event.thread and other.thread == event.thread]
        return not thread or min(thread) == (event.start, event.id)

    del world
    return _Built(is_first) if reader.choice("thread")(value) else None


def _same(value: Value, _: World) -> _Built | None:
    def is_same(event: Event, scope: Scope) -> bool:
        return bool(event.thread) and any(event.thread == anchor.thread for anchor in scope.visit.events)

    return _Built(is_same, None, relative=True) if reader.choice("thread")(value) else None


def _about(value: Value, world: World) -> _Built | None:
    if not value.is_a(str):
        return None
    if value.raw == "it":
        return _Built(lambda event, scope: _shares_word(event, scope.visit.events, scope, world), None, relative=True)
    named = _is(value, world)
    if named is None:
        return None
    return _Built(
        lambda event, scope: _shares_word(
            event, [other for other in scope.events if other is not event and named.test(other, scope)], scope, world
        )
    )


def _shares_word(event: Event, others: Sequence[Event], scope: Scope, world: World) -> bool:
    common = world.stop_words | scope.names
    words = text.significant((event.title, event.text), common)
    return not words.isdisjoint(text.significant((said for other in others for said in _said(other)), common))


def _said(event: Event) -> list[str]:
    noted = [value for name, value in event.data.items() if isinstance(value, str) and name not in ("key", "rule")]
    return [event.title, event.text, *noted]


def _people(value: Value, _: World) -> _Built | None:
    within = _range(value)
    return within and _Built(lambda event, _: within(len(event.people)))


def _range(value: Value) -> Callable[[object], bool] | None:
    if not value.is_a(dict):
        return None
    for key in value.known_keys(("min", "max")):
        if not isinstance(value.raw[key], int | float) or isinstance(value.raw[key], bool):
            value.child(key).report(f"{key!r} must be a number", code="F011")
            return None
    low, high = value.raw.get("min", float("-inf")), value.raw.get("max", float("inf"))

    def within(number: object) -> bool:
        try:
            return float(low) <= float(str(number)) <= float(high)
        except ValueError:
            return False

    return within


def _data(value: Value, _: World) -> _Built | None:
    if not value.is_a(dict):
        return None
    tests = {key: _field_test(value.child(key)) for key in value.raw}
    if not all(tests.values()):
        return None
    return _Built(lambda event, _: all(key in event.data and test(event.data[key]) for key, test in tests.items() if test))


def _field_test(value: Value) -> Callable[[object], bool] | None:
    if isinstance(value.raw, dict):
        return _range(value)
    wanted = value.raw
    return lambda actual: actual == wanted or str(actual) == str(wanted)


def _check(value: Value, world: World) -> _Built | None:
    if not value.is_a(str):
        return None
    if value.raw not in world.checks:
        reader.unknown(value, "check", [*world.checks])
        return None
    holds = world.checks[value.raw]
    return _Built(lambda event, _: bool(holds(event)))


def _relative_to_anchor(*, after: bool) -> _Builder:
    def build(value: Value, world: World) -> _Built | None:
        phrases = reader.phrases(value)
        if phrases is None:
            return None

        def test(event: Event, scope: Scope) -> bool:
            bound = scope.when(phrases)
            return bound is not None and (moment(event, world.days) >= bound) is after

        return _Built(test, None, relative=True)

    return build


def _combined(how: Callable[[list[bool]], bool]) -> _Builder:
    def build(value: Value, world: World) -> _Built | None:
        if not value.is_a(list):
            return None
        parts = read_all(value, world)
        if not parts:
            return None
        kinds = [part.kinds for part in parts]
        if how is all:
            known = [kind for kind in kinds if kind is not None]
            together = frozenset.intersection(*known) if known else None
        else:
            together = None if None in kinds else frozenset[str]().union(*(kind for kind in kinds if kind))
        relative = any(part.relative for part in parts)
        return _Built(lambda event, scope: how([part(event, scope) for part in parts]), together, relative)

    return build


def _not(value: Value, world: World) -> _Built | None:
    pattern = read(value, world)
    return _Built(lambda event, scope: not pattern(event, scope), None, pattern.relative) if pattern else None


_FIELDS: dict[str, _Builder] = {
    "is": _is,
    "kind": _kind,
    "tags": _tags,
    "words": _words_in("title", "text"),
    "title": _words_in("title"),
    "text": _words_in("text"),
    "to": _people_in(_recipients, "them", "outside"),
    "from": _people_in(_organizer, "them", "outside", "services"),
    "with": _people_in(lambda event: event.people, "them", "outside"),
    "organizer": _people_in(_organizer, "them", "outside", "services"),
    "status": _status,
    "answers": _answers,
    "first": _first,
    "same": _same,
    "about": _about,
    "people": _people,
    "after": _relative_to_anchor(after=True),
    "before": _relative_to_anchor(after=False),
    "data": _data,
    "check": _check,
    "any": _combined(any),
    "all": _combined(all),
    "not": _not,
}
FIELDS = tuple(_FIELDS)
