"""What a due action may tell of the other rules: which opening it announces, and when each of them opens. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from msgspec.structs import replace

from followup_rules.engine import same_anchor
from followup_rules.engine.anchors import CaseView
from followup_rules.engine.isolation import blaming
from followup_rules.language.schema import Rule
from followup_rules.model import Announcement, Decision, State


def with_openings(
    decision: Decision, view: CaseView, decisions: Mapping[str, Decision], latest: Mapping[str, datetime]
) -> Decision:
    """Add to a due decision what it announces, and when the other rules open."""
    if decision.state is not State.DUE and not decision.unknown:
        return decision
    rules = view.rules.rules
    rule = rules[decision.rule]
    with blaming(rule):
        announced = _announcement(rule, decision, view, decisions)
        openings: dict[str, datetime] = {}
        # Only a rule with a duty that is not over opens yet: that for the same anchor, else the latest.
        for other in (other for other in rules.values() if other.id in latest):
            visit = same_anchor.counterpart(other, decision.visit, view)
            target = decisions.get(view.duty(other, visit).key) if visit else None
            opens = target.opens if target and _alive(target) else latest[other.id]
            if opens is not None:
                openings[other.id] = opens
    # Of what it may announce a text names only what it does announce.
    kept = {name: at for name, at in openings.items() if name not in rule.announces}
    return replace(decision, announces=announced, openings={**kept, **{one.rule: one.at for one in announced}})


def _announcement(
    rule: Rule, decision: Decision, view: CaseView, decisions: Mapping[str, Decision]
) -> tuple[Announcement, ...]:
    """Return the first of the rules that it may announce which opens later than itself, if any does."""
    for other in (view.rules.rules[name] for name in rule.announces if name in view.rules.rules):
        visit = same_anchor.same(other, decision.visit, view)
        target = decisions.get(view.duty(other, visit).key) if visit else None
        if target and target.opens and _alive(target) and _instant(target) > _instant(decision):
            return (Announcement(target.rule, target.key, target.opens),)
    return ()


def latest_openings(decisions: Iterable[Decision]) -> dict[str, datetime]:
    """Return by rule the latest opening of its duties that are not over."""
    alive = [(_instant(each), each.rule, each.opens) for each in decisions if each.opens and _alive(each)]
    return {rule: opens for _, rule, opens in sorted(alive)}


def _alive(decision: Decision) -> bool:
    return decision.state not in (State.VOID, State.DONE, State.EXPIRED)


def _instant(decision: Decision) -> float:
    """Return when a duty opens that does: two times of one zone are compared as its clock shows them (PEP 495)."""
    return decision.opens.timestamp() if decision.opens else 0.0
