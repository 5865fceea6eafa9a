"""What `--json` prints: one object, the same bytes for the same input."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from followup_rules.model import Decision, Problem
from followup_rules.tick.run import Outcome, Report


def dump(record: dict[str, Any]) -> str:
    """Return a record as JSON text."""
    return json.dumps(record, ensure_ascii=False, indent=1)


def report(tick: Report) -> dict[str, Any]:
    """Return what a tick did as a record."""
    return {
        "now": _instant(tick.now),
        "changes": [_change(outcome) for outcome in tick.outcomes],
        "decisions": [decision(each) for each in tick.decisions],
        "problems": problems(tick.problems),
        "next": _instant(tick.next),
    }


def _change(outcome: Outcome) -> dict[str, Any]:
    change, action = outcome.change, outcome.change.action
    return {
        "op": change.op,
        "key": action.key,
        "rule": action.rule,
        "case": action.case,
        "type": action.type,
        "output": change.output,
        "due": _instant(action.due),
        "late": action.late,
        "contact": action.contact,
        "to": [person.address for person in action.to],
        "title": action.title,
        "text": action.text,
        "announces": {each.rule: each.at.date().isoformat() for each in action.announces},
        "carries": list(action.carries),
        "ref": outcome.ref,
    }


def decision(it: Decision) -> dict[str, Any]:
    """Return a decision as a record."""
    return {
        "key": it.key,
        "rule": it.rule,
        "case": it.case,
        "anchor": it.visit.anchor.id,
        "state": str(it.state),
        "why": it.why,
        "evidence": list(it.evidence),
        "guard": it.guard or None,
        "next": _instant(it.next),
        "late": it.late,
    }


def problems(listed: Iterable[Problem]) -> list[dict[str, Any]]:
    """Return problems as records: what people read in `message`, and the place by itself; null where there is none."""
    return [
        {
            "where": each.where,
            "message": each.message,
            "fatal": each.fatal,
            "severity": each.severity,
            "file": each.file or None,
            "line": each.line or None,
            "code": each.code,
            "column": each.column or None,
            "hint": each.hint,
        }
        for each in listed
    ]


def _instant(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
