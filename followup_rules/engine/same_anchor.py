"""The same anchor of two rules: the same event, what was done for it, or another event of that day. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from followup_rules.language.schema import Guard, Rule
from followup_rules.model import Event, Visit
from followup_rules.people import normal

if TYPE_CHECKING:
    from followup_rules.engine.anchors import CaseView


def same(it: Rule | Guard, visit: Visit, view: CaseView) -> Visit | None:
    """Return the visit of another rule for the same anchor: the same event, else the same day."""
    return next(iter(_same_event(it, visit, view) or _same_day(it, visit, view)), None)


def counterpart(it: Rule | Guard, visit: Visit, view: CaseView) -> Visit | None:
    """Return the visit of a rule that a phrase means: the same, else the latest before, else the first."""
    visits = view.started(it).of(visit.person)
    if not visits.standing:
        return None
    return same(it, visit, view) or visits.latest(visit.start) or next(iter(visits.standing), None)


def duties(it: Rule, visit: Visit, asking: Rule | Guard | None, view: CaseView) -> list[Visit]:
    """Return the visits of a rule whose duties are those for the same anchor, one for each person if it has such.

    Another event of that day stands for the anchor only if the rule that asks does not start from that one, too.
    """
    found = _same_event(it, visit, view)
    if not found:
        own = view.started(asking).identities if asking else frozenset()
        same_day = _same_day(it, visit, view)
        found = [other for other in same_day if own.isdisjoint(event.identity for event in other.events)]
    return [other for other in found if other.events == found[0].events]


def concerns(event: Event, visit: Visit, view: CaseView) -> bool:
    """Tell whether something was done for an anchor; where that is of one person, for that one."""
    about_them = not visit.person or is_about(event, visit.person)
    return about_them and not origins(visit.events, view).isdisjoint(origins([event], view))


def is_about(event: Event, person: str) -> bool:
    """Tell whether somebody is among an event's people, by their normalised address."""
    return any(normal(someone.address) == person for someone in event.people)


def origins(events: Iterable[Event], view: CaseView) -> frozenset[str]:
    """Return the ids of the events from which it all started: what was done leads back to its anchor."""
    return frozenset(_origin(event, _reports(view).get) for event in events)


def _reports(view: CaseView) -> Mapping[str, Event]:
    return view.once("reports", "", lambda: {event.id: event for event in view.reports.events})


def _origin(event: Event, report: Callable[[str], Event | None]) -> str:
    name = event.id
    seen: set[str] = set()
    # Ids are what others may write, so that they could lead round in a circle.
    while (told := report(name)) and told.report and told.report.anchor and name not in seen:
        seen.add(name)
        name = told.report.anchor
    return name


def _same_event(it: Rule | Guard, visit: Visit, view: CaseView) -> list[Visit]:
    """Return the visits from the very same event, else those that go back to the same one."""
    by_event = view.started(it).by_event
    exact = [other for event in visit.events for other in by_event.get(event.identity, ())]
    if exact or not _reports(view):
        return [other for other in exact if visit.person in ("", other.person) or not other.person]
    first = origins(visit.events, view)
    return [other for other in view.standing(it, visit.person) if not first.isdisjoint(origins(other.events, view))]


def _same_day(it: Rule | Guard, visit: Visit, view: CaseView) -> Sequence[Visit]:
    return view.started(it).of(visit.person).by_day.get(visit.day, ())
