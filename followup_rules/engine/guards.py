"""Guards: the windows in which contact is held, when each begins and ends, and which duties it holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import takewhile

from msgspec import Struct

from followup_rules.engine import clock
from followup_rules.engine.anchors import CaseView, Duty
from followup_rules.engine.isolation import blaming
from followup_rules.language.recipients import people
from followup_rules.language.schema import Guard, Rule
from followup_rules.model import Event, Visit


class Window(Struct, frozen=True):
    """From `start` to just before `end`, a guard holds what concerns the people of its visit."""

    guard: Guard
    visit: Visit
    start: datetime
    end: datetime

    @property
    def evidence(self) -> tuple[Event, ...]:
        """The event that it begins from, if it is not the clock."""
        return () if self.guard.recurring else (self.visit.anchor,)

    def contains(self, instant: datetime) -> bool:
        """Tell whether the instant lies in the window."""
        return self.start <= instant < self.end


def windows(guard: Guard, view: CaseView) -> tuple[Window, ...]:
    """Return the windows of a guard in a case, in the order of time; none of one that recurs, for they have no end."""
    return view.once("windows", guard.id, lambda: _find_windows(guard, view))


def _find_windows(guard: Guard, view: CaseView) -> tuple[Window, ...]:
    # Of `per = "case"` only the latest visit counts, as for rules.
    counted = view.standing(guard)[-1:] if guard.per == "case" else view.standing(guard)
    with blaming(guard):
        return tuple(window for visit in counted if (window := window_of(guard, visit, view)) is not None)


def window_of(guard: Guard, visit: Visit, view: CaseView) -> Window | None:
    """Return the window of a visit; None if it cannot be told, or is over before it begins."""
    scope = view.scope(visit, guard)
    start, end = scope.when(guard.opens), scope.when(guard.closes)
    if start is None or end is None:
        return None
    ended = [event.start for event in view.matching(guard.ended_by, scope, visit.start)]
    end = min([end, *ended])
    return Window(guard, visit, start, end) if start < end else None


def windows_at(guard: Guard, view: CaseView, instant: datetime) -> tuple[Window, ...]:
    """Return the windows of a guard that contain an instant."""
    found = _around(guard, view, instant) if guard.recurring else windows(guard, view)
    return tuple(window for window in found if window.contains(instant))


def _around(guard: Guard, view: CaseView, instant: datetime) -> tuple[Window, ...]:
    """Return the windows of a guard that recurs which contain an instant, and the next that begins after it."""
    return view.once("recurring windows", (guard.id, instant), lambda: _find_around(guard, view, instant))


def _find_around(guard: Guard, view: CaseView, instant: datetime) -> tuple[Window, ...]:
    # One after the other in time, so that those beyond the first that is over, or yet to begin, are further off.
    with blaming(guard):
        found = [*takewhile(lambda window: window.end > instant, _recurring(guard, view, instant, back=True))]
        for window in _recurring(guard, view, instant, back=False):
            if window.end > instant:
                found.append(window)
            if window.start > instant:
                break
    return tuple(found)


def _recurring(guard: Guard, view: CaseView, instant: datetime, *, back: bool) -> Iterator[Window]:
    """Yield the windows of the occurrences of a guard from an instant on, or of those before it, the latest first."""
    assert guard.recurring is not None, "only what recurs has windows without an event"
    for at in guard.recurring.instants(instant, view.days, back=back):
        window = window_of(guard, clock.occurrence(guard, at, view), view)
        if window is not None:
            yield window


def follow_guards(rule: Rule, view: CaseView, now: datetime) -> None:
    """Find the windows of the guards that may hold what a rule asks for once it has opened.

    Raises Failed for one of them that cannot be followed.
    """
    for guard in view.rules.guarding[rule.id]:
        windows_at(guard, view, now)


def windows_that_hold(duty: Duty, now: datetime) -> tuple[Window, ...]:
    """Return the windows of guards which hold an open duty at some time after its opening.

    Of guards that recur, those that hold it from its opening on, those of now, and the next: what was due before
    one of them began is due as before once that is over.
    """
    opens, view = duty.opens, duty.view
    assert opens is not None, "nothing else is held"
    guards = view.rules.guarding[duty.rule.id]
    contacts = [do for do in duty.rule.do if do.contact]
    to = frozenset(person.address for do in contacts for person in people(do.to, duty.anchor))
    if not all(do.to for do in contacts):
        to = frozenset()  # an action that reaches anybody names nobody
    later = (window for guard in guards for window in windows(guard, view) if window.end > opens)
    holds = [window for window in later if _holds(window, to)]
    recurring = [guard for guard in guards if guard.recurring]
    return (*holds, *_by_the_clock(recurring, holds, opens, view, now)) if recurring else tuple(holds)


def _by_the_clock(
    guards: Sequence[Guard], holds: Sequence[Window], opens: datetime, view: CaseView, now: datetime
) -> list[Window]:
    """Return the windows of guards that recur: of now, the next, and those one after another from its opening on.

    The latter begin where nothing else holds it any more, and end with the first instant at which none of them does.
    """
    found = [window for guard in guards for window in _around(guard, view, now)]
    free = max([opens, *(window.end for window in holds if window.start <= now)])
    while free <= now:
        window = next((window for guard in guards for window in windows_at(guard, view, free)), None)
        if window is None:
            break
        found.append(window)
        free = window.end
    return found


def _holds(window: Window, to: frozenset[str]) -> bool:
    """Tell whether a window holds a duty: everything, or contact with its own people or with nobody by name."""
    everybody = window.guard.holds == "everything" or not to
    return everybody or any(person.address in to for person in window.visit.people)
