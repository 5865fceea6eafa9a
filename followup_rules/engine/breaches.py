"""Which anchors concern a rule with `during` or `breaks`: those in a guard's window, and the mails that break it."""

from __future__ import annotations

from followup_rules.engine.anchors import CaseView
from followup_rules.engine.guards import Window, windows_at
from followup_rules.language.patterns import answers_others
from followup_rules.language.schema import Rule
from followup_rules.model import Event, Visit


def concerned(rule: Rule, visit: Visit, view: CaseView) -> bool:
    """Tell whether the anchor lies in the guard that `during` or `breaks` names."""
    if not (rule.during or rule.breaks) or rule.fault or not view.stands(visit):
        return True
    within = not rule.during or any(_falls_in(visit, window, view) for window in _windows(rule.during, visit, view))
    return within and (rule.breaks is None or _breach(rule, visit, view) is not None)


def _windows(name: str, visit: Visit, view: CaseView) -> tuple[Window, ...]:
    guard = view.rules.guards.get(name)
    return windows_at(guard, view, view.moment(visit.anchor)) if guard else ()


def _falls_in(visit: Visit, window: Window, view: CaseView) -> bool:
    if not window.contains(view.moment(visit.anchor)):
        return False
    # What recurs by the clock holds for everybody; what concerns nobody by name concerns all of the case.
    if window.guard.recurring is not None or not visit.people:
        return True
    theirs = {person.address for person in window.visit.people}
    return any(person.address in theirs for person in visit.people)


def _breach(rule: Rule, visit: Visit, view: CaseView) -> Window | None:
    """Return the window that a mail of mine broke, if it did."""
    assert rule.breaks is not None
    mail = visit.anchor
    for window in _windows(rule.breaks.guard, visit, view):
        after = view.scope(window.visit, window.guard).when(rule.breaks.after) or window.start
        if _falls_in(visit, window, view) and view.moment(mail) >= after:
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
