"""Openings and definitions that wait for each other in a circle."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from followup_rules.language.phrases import Phrase
from followup_rules.language.schema import Guard, Rule, RuleSet

Node = tuple[str, str]
"""("rule", its id) or ("define", its name)."""


def find(found: RuleSet) -> dict[Node, list[str]]:
    """Return the circle that each rule and definition is part of, as the names along it; those in none are absent."""
    nodes = [("rule", name) for name in found.rules] + [("define", name) for name in found.world.definitions]
    ways = ((node, _way_back(node, lambda each: leads_to(each, found))) for node in nodes)
    return {node: [name for _, name in way] for node, way in ways if way}


def leads_to(node: Node, found: RuleSet) -> set[Node]:
    """Return the rules and definitions that must be looked at to tell when a rule opens, or what a definition finds."""
    kind, name = node
    if kind == "define":
        pattern = found.world.definitions[name]
        return set(_bases((phrase for _, phrase in pattern.phrases), found)) if pattern else set()
    rule = found.rules[name]
    if not rule.enabled:
        return set()
    where = [phrase for _, phrase in rule.where.phrases] if rule.where else []
    return set(_bases([*rule.opens, *rule.moved_by, *where], found))


def reached(it: Rule | Guard, found: RuleSet) -> set[Node]:
    """Return all rules and definitions that a rule or guard counts from, directly or not."""
    todo = list(_bases(every_phrase(it), found))
    seen: set[Node] = set()
    while todo:
        node = todo.pop()
        if node not in seen:
            seen.add(node)
            todo += leads_to(node, found)
    return seen


def every_phrase(it: Rule | Guard) -> Iterator[Phrase]:
    """Return the phrases of a rule or guard, those within its patterns included."""
    yield from (*it.opens, *it.closes)
    patterns = [it.on, it.where]
    if isinstance(it, Guard):
        patterns += it.ended_by
    else:
        yield from (*it.moved_by, *it.due, *it.late, *(it.breaks.after if it.breaks else ()))
        patterns += [it.carries, *it.done_by, *it.cancelled_by, *it.while_]
    yield from (phrase for pattern in patterns if pattern for _, phrase in pattern.phrases)


def _bases(phrases: Iterable[Phrase], found: RuleSet) -> Iterator[Node]:
    for phrase in phrases:
        if phrase.rule in found.rules:
            yield ("rule", phrase.rule)
        elif phrase.field and phrase.base in found.world.definitions:
            yield ("define", phrase.base)


def _way_back(start: Node, leads: Callable[[Node], Iterable[Node]]) -> list[Node]:
    """Return the shortest way from a node back to itself, or nothing."""
    seen: set[Node] = set()
    ways = [[start]]
    for way in ways:  # it grows while it is walked
        for other in sorted(leads(way[-1])):
            if other == start:
                return [*way, start]
            if other not in seen:
                seen.add(other)
                ways.append([*way, other])
    return []
