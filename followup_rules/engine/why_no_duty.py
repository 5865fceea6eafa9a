"""Why a rule that says nothing of a case says nothing: what it starts from is not there, or does not count. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from followup_rules.engine.anchors import CaseView
from followup_rules.engine.breaches import concerned
from followup_rules.engine.isolation import Failed, blaming
from followup_rules.language.patterns import Pattern
from followup_rules.language.schema import Rule
from followup_rules.model import Event, Reason, Visit


class NoDuty(Struct, frozen=True):
    """Why a rule has no duty in a case."""

    rule: str
    reason: Reason
    """`{starts}` in it stands for what the rule starts from, as its file says it; whoever shows it knows that."""
    anchor: str = ""
    """The id of the event that comes nearest to being an anchor; "" if none does."""


def why_no_duty(rule: Rule, view: CaseView) -> NoDuty:
    """Return why a sound rule that has no decision in a case has none."""
    if rule.recurring:
        return NoDuty(rule.id, Reason("it starts from the clock, in a case of its own"))
    assert rule.on is not None, "a sound rule starts from something"
    try:
        with blaming(rule):
            if visits := view.visits(rule):
                return _left_out(rule, visits, view)
            if rule.where and (fitting := view.anchors(rule.on, view.whole)):
                sentence = Reason("“{title}” of {day} does not fulfil its `where`", _values(fitting[-1], view))
                return NoDuty(rule.id, sentence, fitting[-1].id)
    except Failed:
        pass  # of one that cannot be followed that is told elsewhere
    return NoDuty(rule.id, _not_there(rule.on, view))


def _left_out(rule: Rule, visits: Sequence[Visit], view: CaseView) -> NoDuty:
    """Return why what it starts from does not count."""
    guard = rule.breaks.guard if rule.breaks else rule.during
    values = {**_values(visits[-1].anchor, view), "guard": guard}
    if any(concerned(rule, visit, view) for visit in visits):
        reason = Reason("“{title}” of {day} is too long ago to be listed", values)
    elif rule.breaks:
        reason = Reason("no mail of yours breaks {guard}", values)
    else:
        reason = Reason("“{title}” of {day} does not lie in {guard}", values)
    return NoDuty(rule.id, reason, visits[-1].anchor.id)


def _not_there(on: Pattern, view: CaseView) -> Reason:
    kinds = on.kinds or frozenset()
    named = {
        frozenset({"note"}): Reason("this case has no note"),
        frozenset({"meeting"}): Reason("this case has no meeting"),
        frozenset({"sent"}): Reason("this case has no mail of yours"),
        frozenset({"received"}): Reason("this case has no mail to you"),
    }
    missing = named.get(kinds) if kinds.isdisjoint(event.kind for event in view.home) else None
    return missing or Reason("nothing in this case is {starts}")


def _values(event: Event, view: CaseView) -> dict[str, object]:
    return {"title": event.title or event.text or event.kind, "day": view.day(event).isoformat()}
