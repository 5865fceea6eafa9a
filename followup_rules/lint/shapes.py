"""Which events a pattern can match, as far as its fields tell: by kind, status, number of people, and the like.

A shape is a set of conditions that must hold together; a pattern is a list of shapes, of which any may hold. A pattern
without any shape can match nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from followup_rules.lint.book import Book
from followup_rules.toml.values import Value

MAIL = frozenset({"sent", "received"})
THREADED = MAIL | {"done"}
KNOWN = frozenset({"meeting", "note"}) | THREADED
"""The kinds whose fields are known. A kind that a plugin adds may have any field."""
# Alternatives multiply: beyond so many nothing is told of a pattern, rather than computed for long.
_MOST = 200
# The kinds that have something to look at in these fields; what is not here may be looked at in any event.
_OWNERS: dict[str, frozenset[str]] = {
    "status": frozenset({"meeting"}),
    "answers": MAIL,
    "forwards": MAIL,
    "same": THREADED,
    "organizer": frozenset({"meeting", "received"}),
    "from": frozenset({"meeting", "received"}),
    "to": frozenset({"sent"}),
    "of": frozenset({"done"}),
    "tags": frozenset({"note", "meeting"}),
}
_FIRST = {"thread": THREADED, "series": frozenset({"meeting"}), "with": frozenset({"meeting"})}


class Shape(Struct, frozen=True):
    """Conditions that hold together; None and the widest range say nothing."""

    kinds: frozenset[str] | None = None
    lacking: frozenset[str] = frozenset()
    """Known kinds that it cannot be of, where `kinds` says nothing."""
    statuses: frozenset[str] | None = None
    auto: frozenset[str] | None = None
    least: float = 0
    most: float = float("inf")
    """How many people."""
    flags: tuple[tuple[str, object], ...] = ()
    """Fields that must equal a value."""

    def of(self, kind: str) -> bool:
        """Tell whether it may be of a kind."""
        return kind in self.kinds if self.kinds is not None else kind not in self.lacking


def shapes(value: Value, book: Book) -> list[Shape]:
    """Return the shapes of a pattern; those of what cannot be told are one that says nothing."""
    try:
        return _pattern(value, book)
    except RecursionError:
        return [Shape()]


def together(left: Iterable[Shape], right: Iterable[Shape]) -> list[Shape]:
    """Return the shapes that hold if one of each list holds."""
    ones, others = list(left), list(right)
    if len(ones) * len(others) > _MOST:
        return [Shape()]
    both = (_both(one, other) for one in ones for other in others)
    return list(dict.fromkeys(shape for shape in both if shape is not None))


def anchors(fields: Mapping[str, Value], book: Book) -> list[Shape]:
    """Return the shapes of what a rule or guard starts from: `on`, and `where` if it has one."""
    found = shapes(fields["on"], book)
    return together(found, shapes(fields["where"], book)) if "where" in fields else found


def never(kinds: frozenset[str], alternatives: Iterable[Shape]) -> bool:
    """Tell whether no shape can be of any of these kinds, nor of one that a plugin adds."""
    return all(shape.kinds is not None and not shape.kinds - (KNOWN - kinds) for shape in alternatives)


def _both(one: Shape, other: Shape) -> Shape | None:
    kinds = _common(one.kinds, other.kinds)
    lacking = one.lacking | other.lacking
    if kinds is not None:
        kinds -= lacking
    statuses, auto = _common(one.statuses, other.statuses), _common(one.auto, other.auto)
    least, most = max(one.least, other.least), min(one.most, other.most)
    flags = dict(one.flags)
    if any(flags.setdefault(name, value) != value for name, value in other.flags):
        return None
    if frozenset() in (kinds, statuses, auto) or least > most:
        return None
    # A forward answers nothing, whatever its headers say.
    if flags.get("answers") and flags.get("forwards"):
        return None
    return Shape(kinds, lacking, statuses, auto, least, most, tuple(sorted(flags.items(), key=lambda flag: flag[0])))


def _common(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    return other if one is None else one if other is None else one & other


def _pattern(value: Value, book: Book) -> list[Shape]:
    if isinstance(value.raw, str):
        return _named(value.raw, book)
    if not isinstance(value.raw, dict):
        return [Shape()]
    found = [Shape()]
    for _, part in parts(value, book):
        found = together(found, part)
    return found


def parts(value: Value, book: Book) -> Iterator[tuple[str, list[Shape]]]:
    """Yield the shapes of each field of a pattern's table."""
    for key in value.raw:
        yield key, field_shapes(key, value.child(key), book)


def _named(name: str, book: Book) -> list[Shape]:
    if name.startswith("#"):
        return [_owned("tags")]
    return _pattern(book.definitions[name], book) if name in book.definitions else [Shape()]


def _owned(key: str) -> Shape:
    return Shape(lacking=KNOWN - _OWNERS[key])


def field_shapes(key: str, value: Value, book: Book) -> list[Shape]:
    """Return the shapes of one field of a pattern."""
    match key:
        case "is":
            return _named(value.raw, book) if isinstance(value.raw, str) else [Shape()]
        case "any":
            return list(dict.fromkeys(shape for item in value.items() for shape in _pattern(item, book)))
        case "all":
            found = [Shape()]
            for item in value.items():
                found = together(found, _pattern(item, book))
            return found
        case _:
            return [_SIMPLE[key](value.raw)] if key in _SIMPLE else [_owned(key) if key in _OWNERS else Shape()]


def _words(raw: Any) -> frozenset[Any]:
    return frozenset(raw if isinstance(raw, list) else [raw])


def _status(raw: Any) -> Shape:
    # Every event has a status, "confirmed" where nothing else is known; only meetings have another one.
    plain = "confirmed" in _words(raw)
    return Shape(statuses=_words(raw)) if plain else replace(_owned("status"), statuses=_words(raw))


def _auto(raw: Any) -> Shape:
    words = _words(raw)
    every = frozenset({"reply", "bounce", "receipt", "calendar", "bulk", "notice"})
    wanted = frozenset[str]().union(*(every if word is True else {""} if word is False else {word} for word in words))
    return Shape(auto=wanted) if "" in wanted else Shape(auto=wanted, lacking=KNOWN - MAIL)


def _people(raw: Any) -> Shape:
    return Shape(least=max(raw.get("min", 0), 0), most=raw.get("max", float("inf")))


def _data(raw: Any) -> Shape:
    # A service may give a number as text, and either matches either: see language/fields.py.
    plain = {f"data.{name}": str(wanted) for name, wanted in raw.items() if not isinstance(wanted, dict)}
    only = KNOWN - {"done"} if "rule" in raw else frozenset[str]()
    return Shape(lacking=only, flags=tuple(plain.items()))


def _flag(key: str) -> Callable[[Any], Shape]:
    # `answers = false` holds for what is no mail, too.
    return lambda raw: replace(_owned(key) if raw else Shape(), flags=((key, raw),))


def _someone(key: str) -> Callable[[Any], Shape]:
    # Of these words only "them" stands for one of an event's people: an organizer may be a machine, and is none.
    return lambda raw: replace(_owned(key) if key in _OWNERS else Shape(), least=1 if "them" in _words(raw) else 0)


_SIMPLE: dict[str, Callable[[Any], Shape]] = {
    "kind": lambda raw: Shape(kinds=_words(raw)),
    "status": _status,
    "auto": _auto,
    "people": _people,
    "data": _data,
    "answers": _flag("answers"),
    "forwards": _flag("forwards"),
    "first": lambda raw: Shape(lacking=KNOWN - _FIRST[raw]),
    "with": lambda _: Shape(least=1),
    "to": lambda _: Shape(lacking=KNOWN - _OWNERS["to"], least=1),
    "from": _someone("from"),
}
