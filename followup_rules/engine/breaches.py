"""Which anchors concern a rule with `during` or `breaks`: those in a guard's window, and the mails that break it."""

from __future__ import annotations

from collections.abc import Iterator

from followup_rules.engine.anchors import CaseView
from followup_rules.engine.guards import Window, windows_at
from followup_rules.language.patterns import answers_others
from followup_rules.language.schema import Rule
from followup_rules.model import Event, Visit


def concerned(rule: Rule, visit: Visit, view: CaseView) -> bool:
    """Tell whether the anchor lies in the guard that `during` or `breaks` names."""
    if rule.fault or not view.stands(visit):
        return True
    within = not rule.during or any(_windows(rule.during, visit, view))
    return within and (rule.breaks is None or _breach(rule, visit, view) is not None)


def _windows(name: str, visit: Visit, view: CaseView) -> Iterator[Window]:
    """Yield the windows of a guard in which an anchor falls: by its time, and by its people."""
    guard = view.rules.guards.get(name)
    for window in windows_at(guard, view, view.moment(visit.anchor)) if guard else ():
        if window.guard.recurring or _same_people(visit, window.visit):
            yield window


def _same_people(one: Visit, other: Visit) -> bool:
    """Tell whether they share somebody; what concerns nobody by name concerns all of the case."""
    addresses = {person.address for person in other.people}
    return not one.people or any(person.address in addresses for person in one.people)


def _breach(rule: Rule, visit: Visit, view: CaseView) -> Window | None:
    """Return the window that a mail of mine broke, if it did."""
    assert rule.breaks is not None
    mail = visit.anchor
    for window in _windows(rule.breaks.guard, visit, view):
        after = view.scope(window.visit, window.guard).when(rule.breaks.after) or window.start
        if view.moment(mail) >= after:
            free = answers_others(mail, view.whole, view.rules.world) or _excused(mail, window, view)
            return None if free else window
    return None


def _excused(mail: Event, window: Window, view: CaseView) -> bool:
    rules = (rule for rule in view.rules.rules.values() if window.guard.spares(rule))
    return any(_fulfils(mail, rule, visit, view) for rule in rules for visit in view.standing(rule))


def _fulfils(mail: Event, rule: Rule, visit: Visit, view: CaseView) -> bool:
    duty = view.duty(rule, visit)
    told = (event for part in duty.parts for event in part.reports(view.reports)) if view.reports.events else ()
    if any(event.report and mail.id in (event.id, event.report.mail) for event in told):
        return True
    theirs = {person.address for person in visit.people}
    to_them = any(person.address in theirs for person in mail.people)
    return to_them and view.matches(mail, rule.done_by, duty, visit.start)
