"""Events of a case in the order of time, found by what they bear, so that nobody goes through all of them. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Container, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from operator import itemgetter

from msgspec import Struct
from msgspec.structs import replace

from followup_rules.computed import computed
from followup_rules.keys import hashed
from followup_rules.language.compiled import Bound, Pattern, sort_of
from followup_rules.language.matching import Scope, moment
from followup_rules.language.schema import RuleSet
from followup_rules.model import Event


class Found(Struct, frozen=True):
    """Some of the events of a lookup, by their places in it, in the order of time."""

    events: Sequence[Event]
    """All events of the lookup."""
    moments: Sequence[datetime]
    """The instant at which each of them counts."""
    places: Sequence[int] = ()
    """Where those lie that were found."""

    def __iter__(self) -> Iterator[Event]:
        """Yield the events."""
        events = self.events
        return iter([events[place] for place in self.places])

    def without(self, places: Container[int]) -> Found:
        """Return those at other places than some."""
        return Found(self.events, self.moments, [place for place in self.places if place not in places])

    def since(self, instant: datetime) -> Found:
        """Return those that count from an instant on."""
        # Places are numbered by time: from that of the first event of the instant on, all are as late.
        first = bisect_left(self.places, bisect_left(self.moments, instant))
        return Found(self.events, self.moments, self.places[first:]) if first else self

    def before(self, instant: datetime) -> Found:
        """Return those that count before an instant."""
        end = bisect_left(self.places, bisect_left(self.moments, instant))
        return Found(self.events, self.moments, self.places[:end])

    def within(self, bound: Bound, scope: Scope) -> Found:
        """Return those that count on the right side of a bound; none where nothing tells its instant."""
        instant = scope.when(bound.phrases)
        if instant is None:
            return replace(self, places=())
        return self.since(instant) if bound.after else self.before(instant)


class Lookup:
    """Some events in the order of time, by the patterns whose tests they pass, which are asked once."""

    def __init__(self, events: Iterable[Event], rules: RuleSet) -> None:
        self._rules, days = rules, rules.world.days
        in_order = sorted([(moment(event, days), event.identity, event) for event in events], key=itemgetter(0, 1))
        self.events = [event for _, _, event in in_order]
        self.moments = [instant for instant, _, _ in in_order]
        """The instant at which each event counts."""
        self._found: dict[Pattern, Found] = {}
        self._alike: dict[Hashable, Found] = {}

    @computed
    def sorts(self) -> Sequence[Hashable]:
        """Of which sort each event is."""
        return [*map(sort_of, self.events)]

    @computed
    def places(self) -> Mapping[str, int]:
        """The place of each event, by its identity."""
        return {event.identity: place for place, event in enumerate(self.events)}

    @computed
    def _sifted(self) -> Sequence[Sequence[int]]:
        return self._rules.sieve.sift(self.events, self.sorts)

    def passing(self, pattern: Pattern, scope: Scope) -> Found:
        """Return the events that pass the tests of a pattern that no anchor can change; the scope is of no anchor."""
        if pattern not in self._found:
            self._found[pattern] = self._find(pattern, scope)
        return self._found[pattern]

    def _find(self, pattern: Pattern, scope: Scope) -> Found:
        alike = pattern.alike
        if alike not in self._alike:
            places = self.may_be(pattern)
            for test in pattern.fixed:  # one after the other, each over what passed those before it
                places = [place for place in places if test(self.events[place], scope)]
            self._alike[alike] = Found(self.events, self.moments, places)
        return self._alike[alike]

    def may_be(self, pattern: Pattern) -> Sequence[int]:
        """Return the places of the events that pass the tests of a pattern which look at an event alone."""
        number = self._rules.sieve.numbers.get(pattern)
        if number is not None:
            return self._sifted[number]
        return [place for place, event in enumerate(self.events) if pattern.may_be(event)]


class Reports(Struct, frozen=True, dict=True):
    """The events of a case that tell what became of actions, in the order of time."""

    events: tuple[Event, ...]

    @computed
    def _by_key(self) -> Mapping[str, list[int]]:
        """The places of those that carry a key, or its hash."""
        places: dict[str, list[int]] = defaultdict(list)
        for place, event in enumerate(self.events):
            assert event.report is not None, "the others tell of no action"
            places[event.report.key].append(place)
        return places

    def of(self, keys: Iterable[str]) -> list[Event]:
        """Return those that stand for any of some keys."""
        if not self.events:
            return []
        carried = {carried for key in keys for carried in (key, hashed(key))}
        places = {place for key in carried for place in self._by_key.get(key, ())}
        return [self.events[place] for place in sorted(places)]
