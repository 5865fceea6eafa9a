"""Guards: the windows in which contact is held, when each begins and ends, and which duties it holds."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from followup_rules.engine.anchors import CaseView, Scope
from followup_rules.engine.isolation import blaming
from followup_rules.language.recipients import people
from followup_rules.language.schema import Guard, Rule
from followup_rules.model import Visit


class Window(Struct, frozen=True):
    """From `start` to just before `end`, a guard holds what concerns the people of its visit."""

    guard: Guard
    visit: Visit
    start: datetime
    end: datetime

    def contains(self, instant: datetime) -> bool:
        """Tell whether the instant lies in the window."""
        return self.start <= instant < self.end


def windows(guard: Guard, view: CaseView) -> tuple[Window, ...]:
    """Return the windows of a guard in a case, in the order of time."""
    return view.once("windows", guard.id, lambda: _find_windows(guard, view))


def _find_windows(guard: Guard, view: CaseView) -> tuple[Window, ...]:
    counted = view.standing(guard)[-1:] if guard.per == "case" else view.standing(guard)
    with blaming(guard):
        return tuple(window for visit in counted if (window := _window(guard, visit, view)) is not None)


def _window(guard: Guard, visit: Visit, view: CaseView) -> Window | None:
    """Return the window of a visit; None if it cannot be told, or is over before it begins."""
    scope = Scope(view, visit, guard)
    start, end = scope.when(guard.opens), scope.when(guard.closes)
    if start is None or end is None:
        return None
    ended = [event.start for event in view.matching(guard.ended_by, scope, visit.start)]
    end = min([end, *ended])
    return Window(guard, visit, start, end) if start < end else None


def windows_that_hold(rule: Rule, visit: Visit, opens: datetime | None, view: CaseView) -> tuple[Window, ...]:
    """Return the windows that hold a duty at some time after its opening."""
    if opens is None:
        return ()
    guards = (guard for guard in view.rules.guards.values() if not guard.spares(rule))
    guards = (guard for guard in guards if rule.contact or guard.holds == "everything")
    found = (window for guard in guards for window in windows(guard, view) if _holds(window, rule, visit))
    return tuple(window for window in found if window.end > opens)


def _holds(window: Window, rule: Rule, visit: Visit) -> bool:
    """Tell whether a window holds a duty: everything, or contact with its own people or with nobody by name."""
    if window.guard.holds == "everything":
        return True
    contacts = [do for do in rule.do if do.contact]
    recipients = {person.address for do in contacts for person in people(do.to, visit)}
    theirs = {person.address for person in window.visit.people}
    return not all(do.to for do in contacts) or not recipients or not recipients.isdisjoint(theirs)
