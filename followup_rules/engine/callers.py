"""Invitations of which nobody can tell whether they count, for a source could not be read. Pure.

That I know who called a meeting is shown by mail, notes and meetings of mine, and what is not seen may be there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from msgspec.structs import replace

from followup_rules.engine.sight import Sight
from followup_rules.model import Case, Decision, State

_SHOWING = frozenset({"sent", "note", "meeting"})


def doubted(case: Case, sight: Sight) -> frozenset[str]:
    """Return the identities of the unanswered invitations of a case that may count all the same."""
    if sight.unseen.keys().isdisjoint(_SHOWING):
        return frozenset()
    return frozenset(event.identity for event in case.home if event.kind == "meeting" and not event.answered)


def as_answered(case: Case, invitations: Collection[str]) -> Case:
    """Return a case in which these invitations count."""
    home = (replace(event, answered=True) if event.identity in invitations else event for event in case.home)
    return replace(case, home=tuple(home))


def with_doubts(
    decided: Iterable[Decision], answered: Iterable[Decision], invitations: Collection[str], sight: Sight
) -> tuple[Decision, ...]:
    """Return what is decided, and what would be if these invitations counted, as far as it rests on them: blind."""
    reason = sight.blind(_SHOWING)
    assert reason is not None, "where all is seen, no invitation is doubted"
    found = {decision.key: decision for decision in decided}
    further = {decision.key: decision for decision in answered if decision.key not in found}
    for key, decision in (*found.items(), *further.items()):
        rests = any(event.identity in invitations for event in decision.visit.events)
        is_open = decision.state not in (State.VOID, State.DONE, State.BROKEN)
        if rests and is_open:
            found[key] = replace(
                decision, state=State.BLIND, reason=reason, evidence=(), guard="", next=None, late=False
            )
    return tuple(found[key] for key in sorted(found))
