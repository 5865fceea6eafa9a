"""Patterns say what: a table of fields becomes a predicate that can also tell which field failed.

A pattern is compiled once, to closures; no text of the user is ever run as code.
"""

from __future__ import annotations

from msgspec.structs import replace

from followup_rules.codes import Code
from followup_rules.language import fields
from followup_rules.language.fields import DOUBTFUL, STATUSES, Builder
from followup_rules.language.matching import (
    DEEPEST,
    MOST,
    CheckFailed,
    Part,
    Pattern,
    Scope,
    World,
    answers_others,
    in_domain,
    moment,
    where_all_hold,
    where_any_holds,
    where_it_fails,
)
from followup_rules.model import Event
from followup_rules.sentences import Sentence
from followup_rules.toml import values
from followup_rules.toml.values import Value

__all__ = [
    "DOUBTFUL",
    "FIELDS",
    "STATUSES",
    "CheckFailed",
    "Pattern",
    "Scope",
    "World",
    "answers_others",
    "in_domain",
    "moment",
    "read",
    "read_all",
]


def read(value: Value, world: World) -> Pattern | None:
    """Compile a pattern: the name of a definition, a "#tag", or a table of fields. Reports what is wrong with it."""
    if not value.is_a(str, dict):
        return None
    if isinstance(value.raw, str):
        part = _named(value, world)
        return _bounded(value, Pattern(((value.raw, part.test),), **where_all_hold([part]))) if part else None
    if not value.raw:
        value.report(
            Sentence("an empty pattern would match everything"),
            code=Code.MISSING,
            hint=Sentence("say at least which kind"),
        )
    found = {key: _field(key, value.child(key), world) for key in value.known_keys(_FIELDS)}
    parts = {key: part for key, part in found.items() if part is not None}
    if len(parts) < len(value.raw) or not parts:
        return None
    tests = tuple((key, part.test) for key, part in parts.items())
    return _bounded(value, Pattern(tests, **where_all_hold([*parts.values()])))


def read_all(value: Value, world: World) -> tuple[Pattern, ...] | None:
    """Compile a list of patterns (or a single one)."""
    found = values.every(value, lambda item: read(item, world))
    return found if found is None or _bounded(value, Pattern((), **where_any_holds(found))) else None


def read_whole(value: Value, world: World) -> Pattern | None:
    """Compile a pattern that a rule or guard asks by itself; see `personal`."""
    pattern = read(value, world)
    return personal(pattern) if pattern else None


def read_every_whole(value: Value, world: World) -> tuple[Pattern, ...] | None:
    """Compile a list of patterns, likewise."""
    found = read_all(value, world)
    return None if found is None else tuple(personal(pattern) for pattern in found)


def personal(pattern: Pattern) -> Pattern:
    """Return a pattern that matches no mail that no person wrote, and no doubtful meeting, unless it names such."""
    return _meaning(pattern, persons=not pattern.names_auto, certain=DOUBTFUL - pattern.doubtful)


def _meaning(pattern: Pattern, *, persons: bool, certain: frozenset[str]) -> Pattern:
    """Return a pattern that means mail of persons only, if asked for, and no meeting of these statuses."""
    tests = list(pattern.tests)
    if certain:
        tests.insert(0, ("status", lambda event, _: event.status not in certain))
    if persons:
        tests.insert(0, ("auto", lambda event, _: not event.auto))
    return replace(pattern, tests=tuple(tests)) if len(tests) > len(pattern.tests) else pattern


def _bounded(value: Value, pattern: Pattern) -> Pattern | None:
    """Report a pattern that would take too long: definitions that name each other twice grow with powers of two."""
    if pattern.size <= MOST and pattern.depth <= DEEPEST:
        return pattern
    what = (
        Sentence("more than {most} words and conditions", most=MOST)
        if pattern.size > MOST
        else Sentence("too many levels")
    )
    hint = Sentence("definitions that it names count, too; look for less, or take out a definition between")
    value.report(Sentence("{name!r} has {what}", name=value.name, what=what), code=Code.WRONG_SORT, hint=hint)
    return None


def _field(key: str, value: Value, world: World) -> Part | None:
    if value.raw in ([], {}):
        value.report(
            Sentence("{key!r} is empty", key=key),
            code=Code.MISSING,
            hint=Sentence("say what to look for, or delete the line"),
            at="key",
        )
        return None
    return _FIELDS[key](value, world)


def _named(value: Value, world: World) -> Part | None:
    """Read a "#tag" or the name of a definition. One that is faulty itself has been reported where it stands."""
    if value.raw.startswith("#"):
        return fields.tag(value, world)
    if value.raw not in world.definitions:
        values.unknown(value, Sentence("definition"), [*world.definitions])
        return None
    pattern = world.definitions[value.raw]
    return Part(pattern, **where_all_hold([pattern])) if pattern else None


def _is(value: Value, world: World) -> Part | None:
    if isinstance(value.raw, list):
        hint = Sentence("write 'any' in place of 'is': it holds if one of them does")
        value.report(Sentence("'is' must be one definition or #tag, not a list"), code=Code.WRONG_SORT, hint=hint)
        return None
    return _named(value, world) if value.is_a(str) else None


def _about(value: Value, world: World) -> Part | None:
    if not value.is_a(str):
        return None
    if value.raw == "it":
        return Part(lambda event, scope: scope.is_about_it(event), relative=True)
    named = _named(value, world)
    if named is None:
        return None

    def test(event: Event, scope: Scope) -> bool:
        others = (other for other in scope.events if other.identity != event.identity and named.test(other, scope))
        return any(not scope.words(event).isdisjoint(scope.words(other)) for other in others)

    return Part(test, **where_it_fails(named))


def _all(value: Value, world: World) -> Part | None:
    parts = read_all(value, world) if value.is_a(list) else None
    return (
        Part(lambda event, scope: all(part(event, scope) for part in parts), **where_all_hold(parts)) if parts else None
    )


def _any(value: Value, world: World) -> Part | None:
    parts = read_all(value, world) if value.is_a(list) else None
    if not parts:
        return None
    # Where some alternatives name mail that no person wrote, or doubtful meetings, the others do not mean them.
    auto, doubtful = any(part.names_auto for part in parts), where_any_holds(parts)["doubtful"]
    each = [_meaning(part, persons=auto and not part.names_auto, certain=doubtful - part.doubtful) for part in parts]
    return Part(lambda event, scope: any(part(event, scope) for part in each), **where_any_holds(parts))


def _not(value: Value, world: World) -> Part | None:
    pattern = read(value, world)
    return Part(lambda event, scope: not pattern(event, scope), **where_it_fails(pattern)) if pattern else None


_FIELDS: dict[str, Builder] = {"is": _is, **fields.FIELDS, "about": _about, "any": _any, "all": _all, "not": _not}
FIELDS = tuple(_FIELDS)
