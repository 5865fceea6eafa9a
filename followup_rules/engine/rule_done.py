"""`RULE.done`: when the duty of another rule for the same anchor was done. Pure."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from followup_rules.engine import same_anchor, verdicts
from followup_rules.engine.anchors import CaseView
from followup_rules.engine.isolation import blaming
from followup_rules.language.schema import Guard, Rule
from followup_rules.language.tags import DISMISSED, DONE
from followup_rules.model import Event, Visit


def done_at(rule: Rule, visit: Visit, asking: Rule | Guard | None, view: CaseView) -> datetime | None:
    """Return when a rule's duty for the same anchor was done; None while it is not, or if it was dismissed.

    Where the rule has a duty for each of several persons, that is when the last was done. What calls a duty off later
    does not undo that it was done.
    """
    duties = same_anchor.duties(rule, visit, asking, view)
    instants = [view.once("done", view.duty(rule, duty).key, partial(_done_at, rule, duty, view)) for duty in duties]
    known = [instant for instant in instants if instant is not None]
    return max(known) if known and len(known) == len(instants) else None


def _done_at(rule: Rule, visit: Visit, view: CaseView) -> datetime | None:
    with blaming(rule):
        duty = view.duty(rule, visit)
        verdict = verdicts.done(duty)
        evidence = [event for event in verdict.evidence if not _dismisses(event, view)] if verdict else []
        if not evidence:
            return None
        # Of several actions of one duty the last one counts; of other evidence, the first already ended it.
        instant = max(event.start for event in evidence) if evidence[0].report else evidence[0].start
        called_off = duty.matching(rule.cancelled_by)
        return None if any(event.start < instant for event in called_off) else instant


def _dismisses(event: Event, view: CaseView) -> bool:
    tags = view.rules.world.tags.of(event.tags)
    return event.kind == "dismissed" or (DISMISSED in tags and DONE not in tags)
