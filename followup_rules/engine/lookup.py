"""Events of a case in the order of time, found by what they bear, so that nobody goes through all of them. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain

from msgspec import Struct

from followup_rules.computed import computed
from followup_rules.keys import hashed
from followup_rules.language.matching import Pattern, Scope, Signs, signs_of
from followup_rules.language.tags import Tags
from followup_rules.model import Event


class Found(Struct, frozen=True):
    """Some events, in the order of time, and the instants at which they count."""

    events: tuple[Event, ...]
    moments: tuple[datetime, ...]

    def since(self, instant: datetime) -> Sequence[Event]:
        """Return those that count from an instant on."""
        return self.events[bisect_left(self.moments, instant) :]


class Lookup:
    """Some events by their signs, and by the patterns whose fixed tests they pass, which are asked once."""

    def __init__(self, events: Sequence[Event], tags: Tags, moment: Callable[[Event], datetime]) -> None:
        self._events, self._moment = events, moment
        self._places: dict[str, list[int]] = defaultdict(list)
        self._found: dict[Hashable, Found] = {}
        for place, event in enumerate(events):
            for sign in signs_of(event, tags):
                self._places[sign].append(place)

    def bears(self, signs: Signs) -> bool:
        """Tell whether any event bears any of some signs; if there are none to look for, that is not known."""
        return signs is None or any(sign in self._places for sign in signs)

    def bearing(self, signs: Signs) -> Iterable[Event]:
        """Return the events that bear any of some signs, or all events, in the order of time."""
        if signs is None:
            return self._events
        there = [places for sign in signs if (places := self._places.get(sign))]
        each = there[0] if len(there) == 1 else sorted({place for places in there for place in places})
        return [self._events[place] for place in each]

    def passing(self, pattern: Pattern, scope: Scope) -> Found:
        """Return the events that pass the fixed tests of a pattern; the scope is of no anchor."""
        alike = pattern.fixed, pattern.signs
        found = self._found.get(alike)
        if found is None:
            events = self.bearing(pattern.signs)
            for test in pattern.fixed:  # one after the other, each over what passed those before it
                events = [event for event in events if test(event, scope)]
            found = self._found[alike] = Found(tuple(events), tuple(map(self._moment, events)))
        return found


class Reports(Struct, frozen=True, dict=True):
    """The events of a case that tell what became of actions, in the order of time."""

    events: tuple[Event, ...]

    @computed
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
