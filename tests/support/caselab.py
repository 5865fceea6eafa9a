"""A case, its rules and an instant, without a file, a store or a clock: what direct tests of the engine are written in.

All times are written as a person in Toronto says them: "2026-11-09 10:00".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from followup_rules.engine.anchors import CaseView
from followup_rules.engine.evaluate import EvaluationContext, evaluate
from followup_rules.engine.sight import Sight
from followup_rules.model import Case, Decision, Event, Person, State
from tests.support.rulelab import TORONTO, rules

JULIE, MARC, NADIA = Person("julie@nordik.ca", "Julie"), Person("marc@nordik.ca", "Marc"), Person("nadia@agencex.ca")
EVERYTHING = Sight(frozenset({"meeting", "sent", "received"}))
ASK = 'on = "#ask"\nopens = "start"\ndo = { type = "task", title = "Ask" }\n'
"""A rule's fields: a task from each note #ask on."""


def at(written: str) -> datetime:
    """Return the instant of a time in Toronto, in UTC."""
    return datetime.fromisoformat(written).replace(tzinfo=TORONTO).astimezone(UTC)


def shown(instant: datetime | None) -> str:
    """Return an instant as it is written in these tests, or ""."""
    return f"{instant.astimezone(TORONTO):%Y-%m-%d %H:%M}" if instant else ""


def event(kind: str, start: str, *people: Person, minutes: int = 0, **fields: object) -> Event:
    """Return an event; unless it is given an id, it is known by its time."""
    begin = at(start)
    end = begin + timedelta(minutes=minutes)
    told = {"id": f"{kind}-{start}".replace(" ", "T"), "kind": kind, "start": begin, "end": end, "people": people}
    return Event(**{**told, **fields})


def visit(start: str = "2026-11-09 10:00", *people: Person, **fields: object) -> Event:
    """Return an interview of an hour."""
    return event("meeting", start, *(people or (JULIE,)), **{"minutes": 60, "title": "Interview", **fields})


def sent(start: str, *people: Person, **fields: object) -> Event:
    """Return a mail of mine."""
    return event("sent", start, *(people or (JULIE,)), **fields)


def note(start: str, *tags: str, **fields: object) -> Event:
    """Return a note; one without a time of day stands for its whole day."""
    whole_day = len(start) == len("2026-11-09")
    return event("note", start, tags=tags, whole_day=whole_day, **fields)


def case(*events: Event, joined: Iterable[Event] = (), **fields: object) -> Case:
    """Return a case of these events."""
    return Case(**{"key": "nordik.ca", "home": events, "joined": tuple(joined), **fields})


def view(text: str, *events: Event, pins: Mapping[str, datetime] | None = None) -> CaseView:
    """Return a case as the rules see it."""
    return CaseView(case(*events), rules(text), dict(pins or {}))


def decide(
    text: str,
    *events: Event,
    now: str,
    joined: Iterable[Event] = (),
    pins: Mapping[str, str] | None = None,
    first_run: str = "2026-01-01",
    lookback: int = 30,
    sight: Sight = EVERYTHING,
    faulty: bool = False,
) -> dict[str, Decision]:
    """Return what the rules say of these events, by key."""
    moment = EvaluationContext(at(now), at(first_run), timedelta(days=lookback), sight)
    pinned = {key: at(written) for key, written in (pins or {}).items()}
    found = evaluate(case(*events, joined=joined), rules(text, faulty=faulty), pinned, moment)
    assert [decision.key for decision in found] == sorted(decision.key for decision in found)
    return {decision.key: decision for decision in found}


def the(text: str, *events: Event, rule: str = "", **more: object) -> Decision:
    """Return the one decision (of a rule)."""
    found = [decision for decision in decide(text, *events, **more).values() if rule in ("", decision.rule)]
    assert len(found) == 1, found
    return found[0]


def states(text: str, *events: Event, **more: object) -> dict[str, State]:
    """Return the state of each decision, by its key without the case."""
    return {key.replace("nordik.ca", ""): each.state for key, each in decide(text, *events, **more).items()}
