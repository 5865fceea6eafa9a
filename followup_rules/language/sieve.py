"""Which patterns an event may be: told of many events for a whole set of patterns in one pass."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, TypeAlias

from followup_rules.language.compiled import Look, Part, passes_alone, sort_of
from followup_rules.model import Event

_MOST_SORTS = 4096
"""Tags make sorts as well; more than so many at once are not worth their memory."""


_Test: TypeAlias = tuple[int, Callable[[Any], bool], tuple[Look, ...]]
"""Of which pattern, by number; whether it holds of what is looked at; the tests after it."""
_Asked: TypeAlias = tuple[tuple[int, ...], tuple[tuple[Callable[[Event], Any], tuple[_Test, ...]], ...]]
"""Which patterns all events of a sort may be; and what to look at in an event, with all that is asked of it."""


class Sieve:
    """Patterns, of which each event is asked at once: those that its sort excludes cost nothing.

    It tells what no case can change (`Part.may_be`), and remembers no event.
    """

    def __init__(self, patterns: Iterable[Part]) -> None:
        self._patterns = {(pattern.sort, pattern.alone): pattern for pattern in patterns}
        self._numbers = {tests: number for number, tests in enumerate(self._patterns)}
        self._asked: dict[Hashable, _Asked] = {}

    def sift(self, events: Iterable[Event]) -> Sequence[Sequence[int]]:
        """Return, by the numbers of the patterns, the places of the events that may be each of them."""
        found: list[list[int]] = [[] for _ in self._patterns]
        for place, event in enumerate(events):
            certain, looks = self._asked.get(sort_of(event)) or self._ask(event)
            for number in certain:
                found[number].append(place)
            for look_at, tests in looks:
                seen = look_at(event)
                for number, holds, more in tests:
                    if holds(seen) and passes_alone(more, event):
                        found[number].append(place)
        return found

    def number(self, pattern: Part) -> int | None:
        """Return the number of a pattern, or None if it is none of these."""
        return self._numbers.get((pattern.sort, pattern.alone))

    def _ask(self, event: Event) -> _Asked:
        """Find out what is to be asked of all events of the same sort as one."""
        certain: list[int] = []
        looks: dict[Callable[[Event], Any], list[_Test]] = defaultdict(list)
        for number, pattern in enumerate(self._patterns.values()):
            if not passes_alone(pattern.sort, event):
                continue
            if pattern.alone:
                first, *more = pattern.alone
                looks[first.at].append((number, first.holds, tuple(more)))
            else:
                certain.append(number)
        if len(self._asked) >= _MOST_SORTS:
            self._asked.clear()
        asked = tuple(certain), tuple((look_at, tuple(tests)) for look_at, tests in looks.items())
        self._asked[sort_of(event)] = asked
        return asked
