"""What a pattern is compiled to: tests in the order of what they cost, and what is known of it without any event."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from msgspec import Struct

from followup_rules.language.every import Every
from followup_rules.language.matching import Scope, moment
from followup_rules.language.phrases import Days, Phrase
from followup_rules.model import Event
from followup_rules.toml.values import Value

Test: TypeAlias = Callable[[Event, Scope], bool]
EventTest: TypeAlias = Callable[[Event], bool]
Kinds: TypeAlias = frozenset[str] | None

MOST, DEEPEST = 10_000, 100
"""Words and conditions of one pattern, those of the definitions that it names included, and their nesting."""
TAGGED = frozenset({"note"})
"""What a tag is mostly looked for in; an entry of a calendar may carry one too, so a `kind` beside it decides."""


def sort_of(event: Event) -> Hashable:
    """Return the sort of an event: its fields that have few values."""
    # Most events are ordinary, and one word is found faster than five.
    ordinary = event.status == "confirmed" and not (event.tags or event.auto or event.forwards)
    return event.kind if ordinary else (event.kind, event.status, event.auto, event.forwards, *event.tags)


class Look(Struct, frozen=True, eq=False):
    """A test that looks at one thing of an event, such as its folded text, so that many can be asked of it at once."""

    at: Callable[[Event], Any]
    holds: Callable[[Any], bool]
    word: str = ""
    """What it looks for in a folded text, if that is all that it does, with a space before it and at its end."""

    def __call__(self, event: Event) -> bool:
        """Tell whether it holds of an event."""
        return self.holds(self.at(event))


class Among(Struct, frozen=True, eq=False):
    """A test that looks at other events of the case, too: dearer than most, and asked after them."""

    test: Test

    def __call__(self, event: Event, scope: Scope) -> bool:
        """Tell whether it holds of an event."""
        return self.test(event, scope)


class Bound(Struct, frozen=True, eq=False):
    """The test that an event counts from an instant on, or before it: the first of some phrases that resolves."""

    phrases: Sequence[Phrase]
    after: bool
    days: Days

    def __call__(self, event: Event, scope: Scope) -> bool:
        """Tell whether it holds of an event; of nothing, where no phrase resolves."""
        instant = scope.when(self.phrases)
        return instant is not None and (moment(event, self.days) >= instant) is self.after


class Part(Struct, frozen=True, eq=False):
    """One field of a pattern, compiled: tests that must all hold, and what is known of it without any event.

    The tests stand in the order in which they are asked, those first that cost little and exclude much.
    """

    sort: tuple[EventTest, ...] = ()
    """Those that look at nothing but what makes up an event's sort (`sort_of`): answered once for all of a sort."""
    implied: tuple[EventTest, ...] = ()
    """Likewise, but what they exclude the tests below exclude as well: worth asking only once for all of a sort."""
    alone: tuple[Look, ...] = ()
    """Those that look at the event alone, and some that only exclude what later ones would not let pass."""
    fixed: tuple[Test, ...] = ()
    """Those that look at its case, too: for all anchors of a case they are asked once."""
    window: tuple[Bound, ...] = ()
    """The instants between which it counts, for an anchor; of many events in the order of time, each is asked once."""
    further: tuple[Test, ...] = ()
    """The rest, from the first on that asks about an anchor in another way, or a plugin."""
    kinds: Kinds = None
    """The kinds of events that can match; None: any kind."""
    relative: bool = False
    """It speaks of an anchor (`them`, `it`, `after`, ...), so no rule can start from it."""
    dated: bool = False
    """It says for itself from when on events count."""
    names_auto: bool = False
    """It says for itself whether mail that no person wrote matches; else none does."""
    doubtful: frozenset[str] = frozenset()
    """The statuses of doubtful meetings that it names; none of any other matches."""
    phrases: tuple[tuple[Value, Phrase], ...] = ()
    """What it counts from an anchor, and where that is written; those of the definitions that it names included."""
    rules: tuple[tuple[Value, str], ...] = ()
    """The rules that it names, and where; those of the definitions that it names included."""
    few: bool = False
    """It says how many people there may be at most."""
    size: int = 1
    """How many words and conditions it holds, those of the definitions that it names included."""
    depth: int = 1

    def __call__(self, event: Event, scope: Scope) -> bool:
        """Tell whether the event matches."""
        return as_test(self)(event, scope)

    def is_of_sort(self, event: Event) -> bool:
        """Tell whether the event's sort excludes nothing."""
        return passes_alone(self.sort, event) and passes_alone(self.implied, event)

    def may_be(self, event: Event) -> bool:
        """Tell whether the event passes the tests that look at it alone."""
        return passes_alone(self.sort, event) and passes_alone(self.alone, event)

    def rest(self, event: Event, scope: Scope) -> bool:
        """Tell whether an event that passes all tests which no anchor can change passes the others, too."""
        return passes(self.window, event, scope) and passes(self.further, event, scope)

    @property
    def is_fixed(self) -> bool:
        """Whether an event matches lies in itself and its case alone."""
        return not (self.window or self.further)

    @property
    def alike(self) -> Hashable:
        """What is equal where the same events of a case pass the tests that no anchor can change."""
        return self.sort, self.implied, self.alone, self.fixed


class Pattern(Part, frozen=True, eq=False, kw_only=True):
    """A compiled pattern: a part whose tests are those of all its fields."""

    parts: tuple[tuple[str, Part], ...]
    """By the names of the fields that the table has, as it has them."""
    every: Every | None = None
    """What recurs by the calendar: then it matches no event."""

    def failed(self, event: Event, scope: Scope) -> str:
        """Name the first field that does not hold, or return "" if all do."""
        return next((name for name, part in self.parts if not part(event, scope)), "")


def as_test(part: Part) -> Test:
    """Return a part as one test: a function costs less to call than a record."""
    sort, looks = part.sort, [(look.at, look.holds) for look in part.alone]
    tests: tuple[Test, ...] = (*part.fixed, *part.window, *part.further)

    def matches(event: Event, scope: Scope) -> bool:
        # Plain loops, since every rule asks it of many events: all() makes the whole evaluation a fifth slower.
        for is_of_sort in sort:
            if not is_of_sort(event):
                return False
        for look_at, holds in looks:
            if not holds(look_at(event)):
                return False
        for test in tests:  # noqa: SIM110 -- as said
            if not test(event, scope):
                return False
        return True

    return matches


def passes(tests: Iterable[Test], event: Event, scope: Scope) -> bool:
    """Tell whether an event passes all of some tests."""
    for test in tests:  # noqa: SIM110 -- a plain loop, as in `as_test`
        if not test(event, scope):
            return False
    return True


def passes_alone(tests: Iterable[EventTest], event: Event) -> bool:
    """Tell whether an event passes all of some tests that look at it alone."""
    for test in tests:  # noqa: SIM110 -- likewise
        if not test(event):
            return False
    return True


def all_of(parts: Mapping[str, Part]) -> Pattern:
    """Return the pattern that asks for all of some parts, by the names of their fields."""
    return Pattern(parts=tuple(parts.items()), **where_all_hold([*parts.values()]))


def any_of(parts: Sequence[Part]) -> dict[str, Any]:
    """Return the tests that hold if all those of any of some parts do."""
    tests = [as_test(part) for part in parts]

    def holds(event: Event, scope: Scope) -> bool:
        for test in tests:  # noqa: SIM110 -- a plain loop, as in `as_test`
            if test(event, scope):
                return True
        return False

    def is_of_sort(event: Event) -> bool:
        for part in parts:  # noqa: SIM110 -- likewise
            if part.is_of_sort(event):
                return True
        return False

    if not all(part.is_fixed for part in parts):
        return {"implied": (is_of_sort,), "further": (holds,)}
    if any(part.fixed for part in parts):
        return {"implied": (is_of_sort,), "fixed": (holds,)}
    if any(part.alone for part in parts):
        either = Look(itself, lambda event: any(part.may_be(event) for part in parts))
        return {"implied": (is_of_sort,), "alone": (either,)}
    return {"sort": (is_of_sort,)}


def not_of(part: Part) -> dict[str, Any]:
    """Return the tests that hold if not all of those of a part do."""
    matches = as_test(part)
    if not part.is_fixed:
        return {"further": (lambda event, scope: not matches(event, scope),)}
    if part.fixed:
        return {"fixed": (lambda event, scope: not matches(event, scope),)}
    if part.alone:
        return {"alone": (Look(itself, lambda event: not part.may_be(event)),)}
    return {"sort": (lambda event: not part.may_be(event),)}


def of_kind(kinds: frozenset[str]) -> EventTest:
    """Return the test that an event is of any of some kinds."""
    return lambda event: event.kind in kinds


def itself(event: Event) -> Event:
    """Return the event, for what looks at several things of it."""
    return event


def where_all_hold(parts: Sequence[Part]) -> dict[str, Any]:
    """Return the fields of a part or pattern that asks for all of some parts."""
    known = [part.kinds for part in parts if part.kinds is not None]
    certain = [kinds for kinds in known if kinds != TAGGED] or known
    kinds = frozenset.intersection(*certain) if certain else None
    said = {"dated": any(part.dated for part in parts), "few": any(part.few for part in parts)}
    return {**_tests_of_all(parts), "kinds": kinds, **said, **_names(parts), **_anchored(parts)}


def _tests_of_all(parts: Iterable[Part]) -> dict[str, Any]:
    sort: tuple[EventTest, ...] = ()
    implied: tuple[EventTest, ...] = ()
    alone: tuple[Look, ...] = ()
    fixed: tuple[Test, ...] = ()
    window: tuple[Bound, ...] = ()
    further: tuple[Test, ...] = ()
    for part in parts:
        sort += part.sort
        implied += part.implied
        alone += part.alone
        fixed += part.fixed
        if further:  # a window behind a test that may fail, as a plugin's may, is asked for behind it
            further += (*part.window, *part.further)
        else:
            window += part.window
            further = part.further
    in_order = tuple(sorted(fixed, key=lambda test: isinstance(test, Among)))
    told = {"sort": sort, "implied": implied, "alone": alone}
    return {**told, "fixed": in_order, "window": window, "further": further}


def where_any_holds(parts: Sequence[Part]) -> dict[str, Any]:
    """Return the fields besides the tests of a part that asks for any of some parts."""
    known = [part.kinds for part in parts if part.kinds is not None]
    kinds = frozenset[str]().union(*known) if len(known) == len(parts) else None
    said = {"dated": all(part.dated for part in parts), "few": all(part.few for part in parts)}
    return {"kinds": kinds, **said, **_names(parts), **_anchored(parts)}


def where_it_fails(part: Part) -> dict[str, Any]:
    """Return the fields besides the tests of a part that asks for the opposite of another."""
    return {**_names([part]), **_anchored([part])}


def _names(parts: Sequence[Part]) -> dict[str, Any]:
    doubtful = frozenset[str]().union(*(part.doubtful for part in parts))
    return {"names_auto": any(part.names_auto for part in parts), "doubtful": doubtful}


def _anchored(parts: Iterable[Part]) -> dict[str, Any]:
    parts = tuple(parts)
    size, depth = 1 + sum(part.size for part in parts), 1 + max((part.depth for part in parts), default=0)
    bounded = parts if size <= MOST else ()
    phrases = tuple(phrase for part in bounded for phrase in part.phrases)
    rules = tuple(rule for part in bounded for rule in part.rules)
    relative = any(part.relative for part in parts)
    return {"relative": relative, "phrases": phrases, "rules": rules, "size": size, "depth": depth}
