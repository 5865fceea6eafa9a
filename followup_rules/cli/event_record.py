"""An event as `--json` shows it: every field that a pattern can see, by the names of the rule language."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from followup_rules.engine.anchors import CaseView
from followup_rules.language.matching import own_title
from followup_rules.language.patterns import answers_others
from followup_rules.model import Event, Person, series


def event_record(event: Event, view: CaseView, now: datetime) -> dict[str, Any]:
    """Return an event of a case; instants in the zone of `now`.

    `own_title` is the title as `title`, `words` and `about` see it: a subject of mine that somebody else chose is no
    word of mine. `words` are the significant ones, by which `about` compares.
    """
    scope, world = view.whole, view.rules.world
    return {
        "id": event.id,
        "kind": event.kind,
        "start": _instant(event.start, now),
        "end": _instant(event.end, now),
        "title": event.title,
        "status": event.status,
        "own_title": own_title(event, scope, world),
        "text": event.text,
        "people": [_person(person) for person in event.people],
        "organizer": _person(event.organizer) if event.organizer else None,
        "tags": sorted(world.tags.of(event.tags)),
        "answers": answers_others(event, scope, world),
        "forwards": event.forwards,
        "auto": event.auto or None,
        "thread": scope.thread(event) or None,
        "series": series(event) or None,
        "words": sorted(scope.words(event)),
        "data": {
            key: _instant(value, now) if isinstance(value, datetime) else value for key, value in event.data.items()
        },
        "of": event.report.rule or None if event.kind == "done" and event.report else None,
        "ticked": event.ticked,
        "whole_day": event.whole_day,
        "at_home": event.identity in view.at_home,
        "where": event.where or None,
    }


def _person(person: Person) -> dict[str, str]:
    return {"address": person.address, "name": person.name}


def _instant(moment: datetime, now: datetime) -> str:
    return moment.astimezone(now.tzinfo).isoformat()
