"""What `followup simulate --json` says of a story, as records."""

from __future__ import annotations

from typing import Any

from followup_rules.simulation.compare import Change
from followup_rules.simulation.story import Line, Made


def line(told: Line) -> dict[str, Any]:
    """Return what happened in a story, or was made, at one instant."""
    return {
        "at": told.at.isoformat(),
        "what": told.what,
        "case": told.case,
        "rule": told.rule or None,
        "key": told.key or None,
        "type": told.type or None,
        "title": told.title,
        "people": [person.address for person in told.people],
        "why": str(told.why) if told.why else None,
    }


def change(told: Change) -> dict[str, Any]:
    """Return what another config would make otherwise."""
    return {
        "key": told.key,
        "rule": told.rule,
        "case": told.case,
        "what": told.what,
        "how": list(told.how),
        "now": told.now and _made(told.now),
        "then": told.then and _made(told.then),
    }


def _made(made: Made) -> dict[str, Any]:
    return {
        "at": made.at.isoformat(),
        "due": made.action.due.isoformat() if made.action.due else None,
        "title": made.action.title,
        "text": made.action.text,
        "to": [person.address for person in made.action.to],
        "withdrawn": made.withdrawn.isoformat() if made.withdrawn else None,
    }
