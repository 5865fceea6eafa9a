"""Openings and definitions that wait for each other in a cycle."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from graphlib import CycleError, TopologicalSorter

from followup_rules.language.phrases import Phrase
from followup_rules.language.schema import Guard, Rule, RuleSet

Node = tuple[str, str]
"""("rule", its id) or ("define", its name)."""


LONGEST = 50
"""Of a chain of rules in which each counts from the next."""


def find(found: RuleSet) -> tuple[dict[Node, list[str]], set[Node]]:
    """Return the cycle that each rule and definition is part of, as the names along it; those in none are absent.

    Return also those that begin too long a chain.
    """
    nodes = [("rule", name) for name in found.rules] + [("define", name) for name in found.world.definitions]
    leads = {node: leads_to(node, found) for node in nodes}
    lengths = _lengths(leads)
    ways = ((node, _way_back(node, leads)) for node in nodes if node not in lengths)
    long = {node for node, length in lengths.items() if length > LONGEST}
    return {node: [name for _, name in way] for node, way in ways if way}, long


def _lengths(leads: Mapping[Node, set[Node]]) -> dict[Node, int]:
    """Return how long the chain is that each node begins; those that lead into a cycle are absent."""
    sorter = TopologicalSorter(leads)
    # What lies outside a cycle can still be walked after prepare() has found one (graphlib's documentation).
    with suppress(CycleError):
        sorter.prepare()
    lengths: dict[Node, int] = {}
    while ready := sorter.get_ready():
        lengths.update({node: 1 + max((lengths[other] for other in leads[node]), default=0) for node in ready})
        sorter.done(*ready)
    return lengths


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
        patterns += [*it.carries, *it.done_by, *it.cancelled_by, *it.while_]
    yield from (phrase for pattern in patterns if pattern for _, phrase in pattern.phrases)


def within(phrase: Phrase, found: RuleSet) -> Iterator[Phrase]:
    """Return the phrases of the definitions that a phrase counts from, directly or not."""
    todo = [phrase]
    seen: set[str] = set()
    while todo:
        for kind, name in _bases([todo.pop()], found):
            pattern = found.world.definitions[name] if kind == "define" and name not in seen else None
            if pattern:
                seen.add(name)
                further = [each for _, each in pattern.phrases]
                yield from further
                todo += further


def _bases(phrases: Iterable[Phrase], found: RuleSet) -> Iterator[Node]:
    for phrase in phrases:
        if phrase.rule in found.rules:
            yield ("rule", phrase.rule)
        elif phrase.field and phrase.base in found.world.definitions:
            yield ("define", phrase.base)


def _way_back(start: Node, leads: Mapping[Node, set[Node]]) -> list[Node]:
    """Return the shortest way from a node back to itself, or nothing."""
    before: dict[Node, Node] = {}
    # Breadth first, so that the shortest cycle is told: a longer one would name rules that have no part in it.
    queue = [start]
    for node in queue:  # it grows while it is walked
        for other in sorted(leads[node]):
            if other not in before:
                before[other] = node
                queue.append(other)
        if start in before:
            return [start, *_back(node, start, before), start]
    return []


def _back(node: Node, start: Node, before: Mapping[Node, Node]) -> list[Node]:
    """Return the way by which a node was reached, without the start."""
    way = []
    while node != start:
        way.append(node)
        node = before[node]
    return way[::-1]
