"""Events of a case in the order of time, found by what they bear, so that nobody goes through all of them. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from itertools import chain

from msgspec import Struct

from followup_rules.keys import hashed
from followup_rules.language.compiled import Bound, Pattern, Signs, signs_of
from followup_rules.language.matching import Scope
from followup_rules.language.schema import RuleSet
from followup_rules.model import Event


class Found(Struct, frozen=True):
    """Some events, in the order of time, and the instants at which they count."""

    events: Sequence[Event]
    moments: Sequence[datetime]

    def since(self, instant: datetime) -> Found:
        """Return those that count from an instant on."""
        first = bisect_left(self.moments, instant)
        return Found(self.events[first:], self.moments[first:]) if first else self

    def before(self, instant: datetime) -> Found:
        """Return those that count before an instant."""
        end = bisect_left(self.moments, instant)
        return Found(self.events[:end], self.moments[:end])

    def within(self, bound: Bound, scope: Scope) -> Found:
        """Return those that count on the right side of a bound; none where nothing tells its instant."""
        instant = scope.when(bound.phrases)
        if instant is None:
            return NOTHING
        return self.since(instant) if bound.after else self.before(instant)


NOTHING = Found((), ())


class Lookup:
    """Some events by their kinds and tags, and by the patterns whose tests they pass, which are asked once."""

    def __init__(self, events: Sequence[Event], rules: RuleSet, moment: Callable[[Event], datetime]) -> None:
        self._events, self._rules = events, rules
        self._moments = [*map(moment, events)]
        self._places: dict[str, list[int]] = defaultdict(list)
        self._found: dict[Hashable, Found] = {}
        for place, event in enumerate(events):
            for sign in signs_of(event, rules.world.tags):
                self._places[sign].append(place)

    @cached_property
    def _sifted(self) -> Sequence[Sequence[int]]:
        return self._rules.sieve.sift(self._events)

    def bearing(self, signs: Signs) -> Iterable[Event]:
        """Return the events that bear any of some signs, or all events, in the order of time."""
        if signs is None:
            return self._events
        there = [places for sign in signs if (places := self._places.get(sign))]
        each = there[0] if len(there) == 1 else sorted({place for places in there for place in places})
        return [self._events[place] for place in each]

    def passing(self, pattern: Pattern, scope: Scope) -> Found:
        """Return the events that pass the tests of a pattern that no anchor can change; the scope is of no anchor."""
        found = self._found.get(pattern.alike)
        if found is None:
            places = self._may_be(pattern)
            for test in pattern.fixed:  # one after the other, each over what passed those before it
                places = [place for place in places if test(self._events[place], scope)]
            events, moments = [self._events[place] for place in places], [self._moments[place] for place in places]
            found = self._found[pattern.alike] = Found(events, moments) if events else NOTHING
        return found

    def _may_be(self, pattern: Pattern) -> Sequence[int]:
        number = self._rules.sieve.number(pattern)
        if number is not None:
            return self._sifted[number]
        return [place for place, event in enumerate(self._events) if pattern.may_be(event)]


class Reports(Struct, frozen=True, dict=True):
    """The events of a case that tell what became of actions, in the order of time."""

    events: tuple[Event, ...]

    @cached_property
    def _by_key(self) -> Mapping[str, list[int]]:
        """The places of those that carry a key, or its hash."""
        places: dict[str, list[int]] = defaultdict(list)
        for place, event in enumerate(self.events):
            if event.report:
                places[event.report.key].append(place)
        return places

    def of(self, keys: Iterable[str]) -> list[Event]:
        """Return those that stand for any of some keys."""
        if not self.events:
            return []
        carried = {carried for key in keys for carried in (key, hashed(key))}
        return [self.events[place] for place in sorted({*chain.from_iterable(map(self._places_of, carried))})]

    def _places_of(self, carried: str) -> Sequence[int]:
        return self._by_key.get(carried, ())
