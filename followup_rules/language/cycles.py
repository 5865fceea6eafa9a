"""Openings and definitions that wait for each other in a cycle."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from graphlib import CycleError, TopologicalSorter
from typing import TypeAlias

from followup_rules.language.phrases import Phrase
from followup_rules.language.schema import Guard, Rule, RuleSet

Node: TypeAlias = tuple[str, str]
"""("rule", its id) for its opening, ("done", its id) for the end of its duty, ("guard", its id) or ("define", its
name)."""


LONGEST = 50
"""Of a chain of rules in which each counts from the next."""
_LINKS = {"done": 3}
"""For how many links each node of a chain stands: judging whether a duty is done takes more than its opening does."""


def find(rules: RuleSet) -> tuple[dict[Node, list[Node]], set[Node]]:
    """Return the cycle that each rule and definition is part of, as the way along it; those in none are absent.

    Return also those that begin too long a chain.
    """
    nodes = [("rule", name) for name in rules.rules] + [("define", name) for name in rules.world.definitions]
    every: list[Rule | Guard] = [*rules.rules.values(), *rules.guards.values()]
    phrases = (phrase for it in every for phrase in every_phrase(it))
    nodes += sorted({*_bases(phrases, rules)}.difference(nodes))
    leads: dict[Node, set[Node]] = {}
    known = set(nodes)
    for node in nodes:  # it grows while it is walked
        leads[node] = leads_to(node, rules)
        nodes += sorted(leads[node] - known)
        known |= leads[node]
    lengths = _lengths(leads)
    ways = ((node, _way_back(node, leads)) for node in nodes if node not in lengths)
    long = {node for node, length in lengths.items() if length > LONGEST}
    return {node: way for node, way in ways if way}, long


def shown(way: Iterable[Node]) -> str:
    """Return a way as people read it, by the words that rules use."""
    return " -> ".join(f"{name}.done" if kind == "done" else name for kind, name in way)


def _lengths(leads: Mapping[Node, set[Node]]) -> dict[Node, int]:
    """Return how long the chain is that each node begins; those that lead into a cycle are absent."""
    sorter = TopologicalSorter(leads)
    # What lies outside a cycle can still be walked after prepare() has found one (graphlib's documentation).
    with suppress(CycleError):
        sorter.prepare()
    lengths: dict[Node, int] = {}
    while ready := sorter.get_ready():
        lengths.update(
            {node: _LINKS.get(node[0], 1) + max((lengths[other] for other in leads[node]), default=0) for node in ready}
        )
        sorter.done(*ready)
    return lengths


def leads_to(node: Node, rules: RuleSet) -> set[Node]:
    """Return what must be looked at to tell when a rule opens or is done, what a definition finds, or a guard holds."""
    kind, name = node
    if kind == "define":
        pattern = rules.world.definitions[name]
        return set(_bases((phrase for _, phrase in pattern.phrases), rules)) if pattern else set()
    it: Rule | Guard = rules.guards[name] if kind == "guard" else rules.rules[name]
    if not it.enabled:
        return set()
    if isinstance(it, Guard):
        return set(_bases(every_phrase(it), rules))
    if kind == "done":
        return {("rule", name), *_bases(every_phrase(it), rules), *_asked(it, rules)}
    where = [phrase for _, phrase in it.where.phrases] if it.where else []
    # Which occurrences of a rule from the clock are looked at depends on when they close.
    closes = it.closes if it.recurring else ()
    return set(_bases([*it.opens, *it.moved_by, *it.not_before, *closes, *where], rules))


def _asked(rule: Rule, rules: RuleSet) -> Iterator[Node]:
    """Yield what tells which anchors concern a rule: its guards, and what excuses a mail that breaks one."""
    broken = rule.breaks.guard if rule.breaks else ""
    yield from (("guard", name) for name in (rule.during, broken) if name in rules.guards)
    spared = (each for each in rules.rules.values() if broken in rules.guards and rules.guards[broken].spares(each))
    for each in spared:
        yield from _bases((phrase for pattern in each.done_by for _, phrase in pattern.phrases), rules)


def reached(it: Rule | Guard, rules: RuleSet) -> set[Node]:
    """Return all rules and definitions that a rule or guard counts from, directly or not."""
    todo = list(_bases(every_phrase(it), rules))
    seen: set[Node] = set()
    while todo:
        node = todo.pop()
        if node not in seen:
            seen.add(node)
            todo += leads_to(node, rules)
    return seen


def every_phrase(it: Rule | Guard) -> Iterator[Phrase]:
    """Return the phrases of a rule or guard, those within its patterns included."""
    yield from (*it.opens, *it.closes)
    patterns = [it.where]  # none stand in `on`, which may not speak of the anchor
    if isinstance(it, Guard):
        patterns += it.ended_by
    else:
        yield from (*it.moved_by, *it.not_before, *it.due, *it.late, *(it.breaks.after if it.breaks else ()))
        patterns += [*it.carries, *it.done_by, *it.cancelled_by, *it.while_]
    yield from (phrase for pattern in patterns if pattern for _, phrase in pattern.phrases)


def within(phrase: Phrase, rules: RuleSet) -> Iterator[Phrase]:
    """Return the phrases of the definitions that a phrase counts from, directly or not."""
    todo = [phrase]
    seen: set[str] = set()
    while todo:
        for kind, name in _bases([todo.pop()], rules):
            pattern = rules.world.definitions[name] if kind == "define" and name not in seen else None
            if pattern:
                seen.add(name)
                further = [each for _, each in pattern.phrases]
                yield from further
                todo += further


def _bases(phrases: Iterable[Phrase], rules: RuleSet) -> Iterator[Node]:
    for phrase in phrases:
        if phrase.rule in rules.rules:
            yield ("done" if phrase.done else "rule", phrase.rule)
        elif phrase.field and phrase.base in rules.world.definitions:
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
