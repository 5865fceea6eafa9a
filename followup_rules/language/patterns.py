"""Patterns say what: a table of fields becomes a predicate that can also tell which field failed.

A pattern is compiled once, to closures; no text of the user is ever run as code.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from functools import cache

from msgspec.structs import replace

from followup_rules.codes import Code
from followup_rules.language import fields
from followup_rules.language.compiled import (
    DEEPEST,
    MOST,
    Among,
    Part,
    Pattern,
    all_of,
    any_of,
    not_of,
    where_all_hold,
    where_any_holds,
    where_it_fails,
)
from followup_rules.language.fields import STATUSES, Builder
from followup_rules.language.matching import DOUBTFUL, CheckFailed, Scope, World, answers_others, in_domain, moment
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

_NOBODY: AbstractSet[str] = frozenset()
# Besides the event that asks there is then one more.
_ANOTHER = 2


def read(value: Value, world: World) -> Pattern | None:
    """Compile a pattern: the name of a definition, a "#tag", or a table of fields. Reports what is wrong with it."""
    if not value.is_a(str, dict):
        return None
    if isinstance(value.raw, str):
        part = _named(value, world)
        return all_of({value.raw: part}) if part and _is_bounded(value, part) else None
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
    pattern = all_of(parts)
    return pattern if _is_bounded(value, pattern) else None


def read_all(value: Value, world: World) -> tuple[Pattern, ...] | None:
    """Compile a list of patterns (or a single one)."""
    found = values.every(value, lambda item: read(item, world))
    return found if found is None or _is_bounded(value, Part(**where_any_holds(found))) else None


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
    meant: dict[str, Part] = {"auto": _BY_A_PERSON} if persons else {}
    meant |= {"status": _in_no(certain)} if certain else {}
    sort = tuple(test for part in meant.values() for test in part.sort)
    return replace(pattern, parts=(*meant.items(), *pattern.parts), sort=(*sort, *pattern.sort)) if meant else pattern


_BY_A_PERSON = Part(sort=(lambda event: not event.auto,))


@cache
def _in_no(statuses: frozenset[str]) -> Part:
    """Return the part that an event is in none of these: the same for all patterns, which so are alike."""
    return Part(sort=(lambda event: event.status not in statuses,))


def _is_bounded(value: Value, part: Part) -> bool:
    """Report what would take too long: definitions that name each other twice grow with powers of two."""
    if part.size <= MOST and part.depth <= DEEPEST:
        return True
    what = (
        Sentence("more than {most} words and conditions", most=MOST)
        if part.size > MOST
        else Sentence("too many levels")
    )
    hint = Sentence("definitions that it names count, too; look for less, or take out a definition between")
    value.report(Sentence("{name!r} has {what}", name=value.name, what=what), code=Code.WRONG_SORT, hint=hint)
    return False


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
        tag = "" if " " in value.raw else f"#{value.raw}"  # what is like no definition may be a tag without its sign
        values.unknown(value, Sentence("definition"), [*world.definitions], otherwise=tag)
        return None
    pattern = world.definitions[value.raw]
    return Part(**where_all_hold([pattern])) if pattern else None


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
        return Part(further=(lambda event, scope: scope.is_about_it(event),), relative=True)
    named = _named(value, world)
    if named is None:
        return None

    others = all_of({value.raw: named})

    def test(event: Event, scope: Scope) -> bool:
        words = scope.words(event)
        if not others.is_fixed:
            apart = (other for other in scope.found(others) if other.identity != event.identity)
            fitting = (other for other in apart if others.rest(other, scope))
            return any(not words.isdisjoint(scope.words(other)) for other in fitting)
        told = scope.once("words of", others.alike, lambda: _by_word(scope.found(others), scope))
        return any(told.get(word, _NOBODY) - {event.identity} for word in words)

    fixed, further = ((Among(test),), ()) if named.is_fixed else ((), (test,))
    return Part(fixed=fixed, further=further, **where_it_fails(named))


def _by_word(events: Iterable[Event], scope: Scope) -> Mapping[str, AbstractSet[str]]:
    """Return the identities of some events by the words that tell what they are about.

    Of each word two at most: whoever asks for another event than a certain one needs no third.
    """
    found: dict[str, set[str]] = {}
    for event in events:
        for word in scope.words(event):
            told = found.setdefault(word, set())
            if len(told) < _ANOTHER:
                told.add(event.identity)
    return found


def _all(value: Value, world: World) -> Part | None:
    parts = read_all(value, world) if value.is_a(list) else None
    return Part(**where_all_hold(parts)) if parts else None


def _any(value: Value, world: World) -> Part | None:
    parts = read_all(value, world) if value.is_a(list) else None
    if not parts:
        return None
    # Where some alternatives name mail that no person wrote, or doubtful meetings, the others do not mean them.
    known = where_any_holds(parts)
    each = [
        _meaning(part, persons=known["names_auto"] and not part.names_auto, certain=known["doubtful"] - part.doubtful)
        for part in parts
    ]
    return Part(**any_of(each), **known)


def _not(value: Value, world: World) -> Part | None:
    pattern = read(value, world)
    return Part(**not_of(pattern), **where_it_fails(pattern)) if pattern else None


_FIELDS: dict[str, Builder] = {"is": _is, **fields.FIELDS, "about": _about, "any": _any, "all": _all, "not": _not}
FIELDS = tuple(_FIELDS)
