"""`first`: whether an event is the first of its thread or series, or the first with its people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from followup_rules.language.compiled import Among, Part
from followup_rules.language.matching import DOUBTFUL, Scope, World
from followup_rules.model import Event, series
from followup_rules.toml import values
from followup_rules.toml.values import Value


def first(value: Value, _: World) -> Part | None:
    """`first`: no event of its thread is earlier, or no meeting of its series, or with any of its people."""
    shared = {"thread": _threads_of, "series": _series_of, "with": _people_met}
    chosen = values.choice(*shared)(value)
    if chosen is None:
        return None

    def is_first(event: Event, scope: Scope) -> bool:
        if _was_over(event, event, scope):
            return False
        alike = scope.once("alike", chosen, lambda: _by_what_they_share(shared[chosen], scope))
        others = (other for name in shared[chosen](event, scope) for other in alike.get(name, ()))
        # What was over before the first run still shows that these people have met, where that is the question.
        counted = (
            other for other in others
            if not _was_over(event, other, scope) or (chosen == "with" and other.status not in DOUBTFUL)
        )  # fmt: skip
        return all((event.start, event.identity) <= (other.start, other.identity) for other in counted)

    return Part(fixed=(Among(is_first),))


def _by_what_they_share(names: Callable[[Event, Scope], Iterable[str]], scope: Scope) -> Mapping[str, list[Event]]:
    """Return the events of the case by what those that are alike have in common."""
    found: dict[str, list[Event]] = {}
    for event in scope.events:
        for name in names(event, scope):
            found.setdefault(name, []).append(event)
    return found


def _was_over(event: Event, other: Event, scope: Scope) -> bool:
    """Tell of an occurrence of an event's series that was over before the first run: nobody could be asked about it."""
    if scope.first_run is None or other.end >= scope.first_run:
        return False
    own = series(event)
    return bool(own) and series(other) == own


def _threads_of(event: Event, scope: Scope) -> Iterable[str]:
    return filter(None, (scope.thread(event),))


def _series_of(event: Event, _: Scope) -> Iterable[str]:
    return filter(None, (series(event),))


def _people_met(event: Event, scope: Scope) -> Iterable[str]:
    """Return whom a meeting is with, and the series that it belongs to."""
    if event.kind != "meeting":
        return ()
    with_them = (f"with {person.address}" for person in event.people)
    return (*with_them, *(f"series {name}" for name in _series_of(event, scope)))
