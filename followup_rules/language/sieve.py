"""Which patterns an event may be: told of many events for a whole set of patterns in one pass."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias, TypeVar

from followup_rules.language.compiled import Look, Part, passes_alone, sort_of
from followup_rules.model import Event

_MOST_SORTS = 4096
"""Tags make sorts as well; more than so many at once are not worth their memory."""


T = TypeVar("T")
_Of: TypeAlias = tuple[T, int, tuple[Look, ...]]
"""A question, the number of the pattern that asks it, and the tests that it asks after it."""
_Looks: TypeAlias = tuple[Callable[[Event], Any], tuple[_Of[str], ...], tuple[_Of[Callable[[Any], bool]], ...]]
"""What to look at, which words a text may contain, and what else may hold of it."""
_Asked: TypeAlias = tuple[tuple[int, ...], tuple[_Looks, ...]]
"""Which patterns all events of a sort may be; and what is to be asked of each, and for which others."""


class Sieve:
    """Patterns, of which each event is asked at once: those that its sort excludes cost nothing.

    It tells what no case can change (`Part.may_be`), and remembers no event.
    """

    def __init__(self, patterns: Iterable[Part]) -> None:
        asked = [*patterns]
        self._patterns = {_tests(pattern): pattern for pattern in asked}
        numbers = {tests: number for number, tests in enumerate(self._patterns)}
        self.numbers: Mapping[Part, int] = {pattern: numbers[_tests(pattern)] for pattern in asked}
        """The number of each pattern; those with the same tests have the same."""
        self._asked: dict[Hashable, _Asked] = {}

    def sift(self, events: Sequence[Event], sorts: Sequence[Hashable]) -> Sequence[Sequence[int]]:
        """Return, by the numbers of the patterns, the places of the events that may be each of them.

        `sorts` are those of the events (`sort_of`).
        """
        found: list[list[int]] = [[] for _ in self._patterns]
        known = self._asked
        for place, sort in enumerate(sorts):
            certain, looks = known[sort] if sort in known else self._ask(events[place])
            for number in certain:
                found[number].append(place)
            for look_at, words, others in looks:
                seen = look_at(events[place])
                for word, number, more in words:  # asked here, since a call takes longer than to find a word
                    if word in seen and (not more or passes_alone(more, events[place])):
                        found[number].append(place)
                for holds, number, more in others:
                    if holds(seen) and (not more or passes_alone(more, events[place])):
                        found[number].append(place)
        return found

    def _ask(self, event: Event) -> _Asked:
        """Find out what is to be asked of all events of the same sort as one."""
        certain: list[int] = []
        words: dict[Callable[[Event], Any], list[_Of[str]]] = defaultdict(list)
        others: dict[Callable[[Event], Any], list[_Of[Callable[[Any], bool]]]] = defaultdict(list)
        for number, pattern in enumerate(self._patterns.values()):
            if not pattern.is_of_sort(event):
                continue
            if not pattern.alone:
                certain.append(number)
                continue
            first, *more = pattern.alone
            if first.word:
                words[first.at].append((first.word, number, tuple(more)))
            else:
                others[first.at].append((first.holds, number, tuple(more)))
        if len(self._asked) >= _MOST_SORTS:
            self._asked.clear()
        looks = tuple((look_at, tuple(words[look_at]), tuple(others[look_at])) for look_at in {**words, **others})
        asked = self._asked[sort_of(event)] = tuple(certain), looks
        return asked


def _tests(pattern: Part) -> Hashable:
    return pattern.sort, pattern.implied, pattern.alone
