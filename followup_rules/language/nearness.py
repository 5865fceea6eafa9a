"""Which fields of a pattern an event fails: the pattern is asked field by field, as it is written.

Only for explanations: `patterns` tells whether an event matches, and stops at the first field that does not hold.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from followup_rules.language import patterns
from followup_rules.language.patterns import Pattern, Scope, World
from followup_rules.model import Event
from followup_rules.toml.values import Value


class Failure(Struct, frozen=True):
    """A field that does not hold."""

    way: tuple[str, ...]
    """The definitions and fields that lead to it, and last the field itself, such as `title` or `#tag`."""
    at: Value
    """Where it is written."""


class Answer(Struct, frozen=True):
    """Whether a pattern holds of an event, how many of its fields do, and which do not."""

    holds: bool
    held: int = 0
    """Of the fields that say what an event is, and not what it is not."""
    failures: tuple[Failure, ...] = ()


Question: TypeAlias = Callable[[Event, Scope], Answer]


def question(pattern: Pattern, value: Value, world: World, definitions: Mapping[str, Value]) -> Question:
    """Return what tells how near an event comes to a pattern that is written at `value`, and was read from there."""
    written = _one(value, world, definitions)

    def ask(event: Event, scope: Scope) -> Answer:
        answer = written(event, scope)
        if pattern(event, scope):
            return replace(answer, holds=True, failures=())
        if answer.failures:
            return answer
        # What is not written fails: mail that no person wrote and doubtful meetings match only what names them.
        return Answer(holds=False, held=answer.held, failures=(Failure(("auto" if event.auto else "status",), value),))

    return ask


def _one(value: Value, world: World, definitions: Mapping[str, Value]) -> Question:
    if isinstance(value.raw, dict):
        fields = [_field(key, value, world, definitions) for key in value.raw]
        return lambda event, scope: _together([ask(event, scope) for ask in fields])
    name = str(value.raw)
    if name in definitions:
        return _under(name, _one(definitions[name], world, definitions))
    return _leaf(name, value, world)


def _field(key: str, table: Value, world: World, definitions: Mapping[str, Value]) -> Question:
    value = table.child(key)
    if key == "is":
        return _one(value, world, definitions)
    if key == "not":
        inner = _one(value, world, definitions)
        fails = Answer(holds=False, failures=(Failure(("not",), value),))
        return lambda event, scope: fails if inner(event, scope).holds else Answer(holds=True)
    if key in ("any", "all"):
        parts = [_one(item, world, definitions) for item in value.items()]
        join = _nearest if key == "any" else _together
        return lambda event, scope: join([ask(event, scope) for ask in parts])
    return _leaf(key, replace(table, raw={key: value.raw}, parts={key: value}), world)


def _leaf(name: str, value: Value, world: World) -> Question:
    # Compiled before, so nothing new can be wrong with it.
    pattern = patterns.read(replace(value, problems=[]), world)
    at = value.child(name) if isinstance(value.raw, dict) else value

    def ask(event: Event, scope: Scope) -> Answer:
        if pattern is not None and pattern(event, scope):
            return Answer(holds=True, held=1)
        return Answer(holds=False, failures=(Failure((name,), at),))

    return ask


def _under(name: str, ask: Question) -> Question:
    def named(event: Event, scope: Scope) -> Answer:
        answer = ask(event, scope)
        return replace(answer, failures=tuple(Failure((name, *each.way), each.at) for each in answer.failures))

    return named


def _together(answers: list[Answer]) -> Answer:
    failures = tuple(failure for answer in answers for failure in answer.failures)
    return Answer(all(answer.holds for answer in answers), sum(answer.held for answer in answers), failures)


def _nearest(answers: list[Answer]) -> Answer:
    """Return the answer of the alternative that comes nearest, the first of several: one of another kind is far."""

    def nearness(answer: Answer) -> tuple[bool, bool, int]:
        return answer.holds, all(failure.way[-1] != "kind" for failure in answer.failures), answer.held

    return max(answers, key=nearness)
