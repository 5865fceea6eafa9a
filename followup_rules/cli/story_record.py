"""What `followup simulate --json` says of a story, as records."""

from __future__ import annotations

from typing import Any

from followup_rules.simulation.compare import Change
from followup_rules.simulation.story import Line, Made


def line(happened: Line) -> dict[str, Any]:
    """Return what happened in a story, or was made, at one instant."""
    return {
        "at": happened.at.isoformat(),
        "what": happened.what,
        "case": happened.case,
        "rule": happened.rule or None,
        "key": happened.key or None,
        "type": happened.type or None,
        "title": happened.title,
        "people": [person.address for person in happened.people],
        "why": str(happened.why) if happened.why else None,
    }


def change(difference: Change) -> dict[str, Any]:
    """Return what another config would make otherwise."""
    return {
        "key": difference.key,
        "rule": difference.rule,
        "case": difference.case,
        "what": difference.what,
        "how": list(difference.how),
        "now": difference.now and _action(difference.now),
        "then": difference.then and _action(difference.then),
    }


def _action(it: Made) -> dict[str, Any]:
    return {
        "at": it.at.isoformat(),
        "due": it.action.due.isoformat() if it.action.due else None,
        "title": it.action.title,
        "text": it.action.text,
        "to": [person.address for person in it.action.to],
        "withdrawn": it.withdrawn.isoformat() if it.withdrawn else None,
    }
