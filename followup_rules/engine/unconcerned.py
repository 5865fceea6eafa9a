"""Why a rule that says nothing of a case says nothing: what it starts from is not there, or does not count. Pure."""

from __future__ import annotations

from msgspec import Struct

from followup_rules.engine.anchors import CaseView, Scope
from followup_rules.engine.breaches import concerned
from followup_rules.engine.isolation import Failed, blaming
from followup_rules.language.schema import Rule
from followup_rules.model import Event, Reason


class Unconcerned(Struct, frozen=True):
    """Why a rule has no duty in a case."""

    rule: str
    reason: Reason
    """`{starts}` in it stands for what the rule starts from, as its file says it; whoever shows it knows that."""
    anchor: str = ""
    """The id of the event that comes nearest to being an anchor; "" if none does."""


_CLOCK = "it starts from the clock, in a case of its own"
_NO_KIND = "this case has no {kinds}"
_NOTHING = "nothing in this case is {starts}"
_WHERE = "“{title}” of {day} does not fulfil its `where`"
_NO_WINDOW = "“{title}” of {day} does not lie in {guard}"
_NO_BREACH = "no mail of yours breaks {guard}"
_TOO_OLD = "“{title}” of {day} is too long ago to be listed"
_KINDS = {"sent": "mail of yours", "received": "mail to you"}


def unconcerned(rule: Rule, view: CaseView) -> Unconcerned:
    """Return why a sound rule that has no decision in a case has none."""
    if rule.recurring or rule.on is None:
        return Unconcerned(rule.id, Reason(_CLOCK))
    try:
        with blaming(rule):
            return _looked_for(rule, view)
    except Failed:
        return Unconcerned(rule.id, Reason(_NOTHING))


def _looked_for(rule: Rule, view: CaseView) -> Unconcerned:
    if visits := view.visits(rule):
        guard = rule.breaks.guard if rule.breaks else rule.during
        outside = guard and not any(concerned(rule, visit, view) for visit in visits)
        sentence = _TOO_OLD if not outside else _NO_BREACH if rule.breaks else _NO_WINDOW
        return _about(rule, sentence, visits[-1].anchor, view, guard)
    scope = Scope(view)
    assert rule.on is not None, "one without is told of before"
    fitting = view.anchors(rule.on, scope)
    if fitting and rule.where:
        return _about(rule, _WHERE, fitting[-1], view)
    kinds = rule.on.kinds
    if kinds and not any(event.kind in kinds for event in view.home):
        return Unconcerned(
            rule.id, Reason(_NO_KIND, {"kinds": " or ".join(_KINDS.get(kind, kind) for kind in sorted(kinds))})
        )
    return Unconcerned(rule.id, Reason(_NOTHING))


def _about(rule: Rule, sentence: str, event: Event, view: CaseView, guard: str = "") -> Unconcerned:
    values = {"title": event.title or event.text or event.kind, "day": view.day(event).isoformat(), "guard": guard}
    return Unconcerned(rule.id, Reason(sentence, values), event.id)
