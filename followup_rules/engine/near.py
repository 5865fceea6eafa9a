"""Which events of a case came near to starting a rule, or to ending its duties, and what each of them lacks. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from followup_rules.engine.anchors import CaseView
from followup_rules.engine.breaches import concerned
from followup_rules.engine.isolation import blaming
from followup_rules.engine.persons import about_nobody
from followup_rules.language.nearness import Answer, Failure, question
from followup_rules.language.patterns import Pattern
from followup_rules.language.schema import ATTRIBUTE, Rule
from followup_rules.model import Decision, Event
from followup_rules.toml.values import Value

ENDS = ("done_by", "cancelled_by")


class Written(Struct, frozen=True):
    """A rule as it is compiled, and as it is written: its fields, and all definitions, by name."""

    rule: Rule
    fields: Mapping[str, Value]
    definitions: Mapping[str, Value]


class Near(Struct, frozen=True):
    """An event that came near."""

    event: Event
    key: str
    """Of the rule: `on`, `where`, `each`, `during`, `breaks`, `done_by`, `cancelled_by`."""
    held: int
    """How much of the pattern holds."""
    failures: tuple[Failure, ...] = ()
    """What it lacks; none: the key itself does not hold."""
    duty: str = ""
    """The key of the duty that it came near to ending; "" where it came near to starting one."""
    elsewhere: bool = False
    """It fits, but is at home in another case."""
    early: bool = False
    """It fits, but comes before the anchor."""
    other: bool = False
    """It fits, but says itself that it is about another visit."""


def near_starts(written: Written, view: CaseView) -> list[Near]:
    """Return the events that came near to starting a rule, the nearest first. Raises Failed as the rule does."""
    rule = written.rule
    if rule.on is None:
        return []
    with blaming(rule):
        found = [*_near_on(rule.on, written, view), *_near_behind(written, view)]
    return _nearest_first(found)


def nearest_start(written: Written, view: CaseView) -> Near | None:
    """Return the event that comes nearest to starting a rule, however far that is; None if there is none at all."""
    rule = written.rule
    if rule.on is None or rule.recurring:
        return None
    if near := near_starts(written, view):
        return near[0]
    with blaming(rule):
        ask, scope = question(rule.on, written.fields["on"], view.rules.world, written.definitions), view.whole
        answers = ((event, ask(event, scope)) for event in view.home)
        far = [Near(event, "on", answer.held, answer.failures) for event, answer in answers if not answer.holds]
    return next(iter(_nearest_first(far)), None)


def near_ends(written: Written, decisions: Iterable[Decision], view: CaseView) -> list[Near]:
    """Return the events that came near to ending an open duty of a rule, likewise."""
    rule, found = written.rule, list[Near]()
    with blaming(rule):
        for decision in decisions:
            for key in ENDS:
                found += _near_end(key, written, decision, view)
    return _nearest_first(found)


def _nearest_first(found: Iterable[Near]) -> list[Near]:
    return sorted(found, key=lambda near: (-near.held, -near.event.start.timestamp(), near.event.identity, near.key))


def _near_on(on: Pattern, written: Written, view: CaseView) -> Iterator[Near]:
    ask, scope = question(on, written.fields["on"], view.rules.world, written.definitions), view.whole
    at_home = {event.identity for event in view.home}
    starts = {event.identity for event in view.anchors(on, scope)}
    for event in (*view.home, *view.case.joined):
        answer = ask(event, scope)
        elsewhere = event.identity not in at_home
        if answer.holds:
            if elsewhere:
                yield Near(event, "on", answer.held, elsewhere=True)
        elif not (elsewhere or event.identity in starts) and _is_near(event, answer, on, view):
            yield Near(event, "on", answer.held, answer.failures)


def _is_near(event: Event, answer: Answer, pattern: Pattern, view: CaseView) -> bool:
    """Tell whether an event is of the right kind, and something of a pattern holds of it.

    Of the tags that a pattern asks for one may be forgotten or misspelt; a note with another known one means that.
    """
    if pattern.kinds is not None and event.kind not in pattern.kinds:
        return False
    lacks = {failure.way[-1] for failure in answer.failures}
    if "kind" in lacks:
        return False
    if any(name.startswith("#") or name == "tags" for name in lacks):
        return event.kind == "note" and not any(map(view.rules.world.tags.known, event.tags))
    return answer.held > 0


def _near_behind(written: Written, view: CaseView) -> Iterator[Near]:
    """Yield the events that `on` finds, and that a further key excludes."""
    rule = written.rule
    # Under an id of its own, since a view remembers what it finds by id.
    anywhere = replace(rule, id=f"{rule.id} anywhere", where=None)
    if rule.where:
        ask = question(rule.where, written.fields["where"], view.rules.world, written.definitions)
        fitting = {event.identity for visit in view.visits(rule) for event in visit.events}
        for visit in view.visits(anywhere):
            for event in visit.events:
                if event.identity not in fitting:
                    answer = ask(event, view.scope(visit, rule))
                    yield Near(event, "where", answer.held + 1, answer.failures)
    yield from (Near(event, "each", held=1) for event in about_nobody(rule, view.whole))
    for visit in view.visits(rule):
        if not concerned(rule, visit, view):
            yield Near(visit.anchor, "during" if rule.during else "breaks", held=1)


def _near_end(key: str, written: Written, decision: Decision, view: CaseView) -> Iterator[Near]:
    rule, visit = written.rule, decision.visit
    scope, own = view.scope(visit, rule), {event.identity for event in visit.events}
    listed = getattr(rule, ATTRIBUTE.get(key, key))
    values = written.fields[key].items() if key in written.fields else []
    asked = [
        (question(pattern, value, view.rules.world, written.definitions), pattern)
        for pattern, value in zip(listed, values, strict=True)
    ]
    for event in (event for event in view.events if event.identity not in own):
        answers = [(ask(event, scope), pattern) for ask, pattern in asked]
        near = [
            (answer, pattern) for answer, pattern in answers if answer.holds or _is_near(event, answer, pattern, view)
        ]
        if not near:
            continue
        answer, pattern = max(near, key=lambda pair: (pair[0].holds, pair[0].held))
        other = view.is_about(event, scope) is False
        early = not pattern.dated and view.moment(event) < visit.start
        if answer.holds and (other or early):
            yield Near(event, key, held=answer.held, duty=decision.key, early=early, other=other)
        elif not answer.holds and not early:
            yield Near(event, key, answer.held, answer.failures, decision.key)
