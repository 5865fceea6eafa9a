"""`each = "person"`: a duty for each person of an anchor, who is then asked about alone. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from followup_rules.engine.isolation import blaming
from followup_rules.language.schema import Guard, Rule
from followup_rules.model import Event, Person
from followup_rules.people import normal

if TYPE_CHECKING:
    from followup_rules.engine.anchors import Scope


def concerned(it: Rule | Guard, anchor: Event, scope: Scope) -> list[str]:
    """Return whom an anchor of a rule has a duty for, by normalised address; [""] where it is one for all of them."""
    if isinstance(it, Guard) or not it.each:
        return [""]
    assert it.on is not None, "a rule without an anchor has none to ask of"
    found = dict.fromkeys(normal(person.address) for person in scope.view.people(anchor))
    return [person for person in found if it.on(anchor, replace(scope, alone=person))]


def alone(people: Iterable[Person], person: str) -> tuple[Person, ...]:
    """Return one person among several, by the spelling of the address that comes first."""
    return tuple(someone for someone in people if normal(someone.address) == person)[:1]


def about_nobody(rule: Rule, scope: Scope) -> tuple[Event, ...]:
    """Return the anchors of a rule with a duty for each person that have nobody for whom there could be one."""
    if rule.fault:
        return ()
    assert rule.on is not None, "a rule without an anchor is faulty"
    with blaming(rule):
        return tuple(event for event in scope.view.anchors(rule.on, scope) if not concerned(rule, event, scope))
