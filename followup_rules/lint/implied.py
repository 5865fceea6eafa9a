"""Whether every event that one pattern matches is one that another matches, as far as their fields alone tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from followup_rules.language import text
from followup_rules.lint.book import Book
from followup_rules.toml.values import Value

_TEXTS = ("title", "text", "words")
_LISTS = ("kind", "tags", "status", "to", "from", "with", "organizer", "of")


def implies(one: Value, other: Value, book: Book) -> bool:
    """Tell whether what matches `one` certainly matches `other`."""
    a, b = _table(one, book), _table(other, book)
    if a is None or b is None:
        return False
    return bool(b.raw) and all(_field(key, a, b.child(key), book) for key in b.raw)


def same(one: Value, other: Value, book: Book) -> bool:
    """Tell whether two patterns are the same one, by name or by what they say."""
    a, b = _table(one, book), _table(other, book)
    return one.raw == other.raw or (a is not None and b is not None and _plain(a.raw) == _plain(b.raw))


def _plain(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return a table in one spelling: a list of one word is the word, and a tag has no `#`."""
    single = {key: part[0] if isinstance(part, list) and len(part) == 1 else part for key, part in raw.items()}
    if isinstance(single.get("tags"), str):
        single["tags"] = single["tags"].removeprefix("#").lower()
    return single


def _table(value: Value, book: Book) -> Value | None:
    """Return the table of a pattern that may be given by a definition's name, or a tag."""
    while isinstance(value.raw, str) or list(value.raw) == ["is"]:
        name = value.raw if isinstance(value.raw, str) else value.raw["is"]
        if name.startswith("#"):
            return Value({"tags": name[1:].lower()}, value.document, value.path, [])
        if name not in book.definitions:
            return None
        value = book.definitions[name]
    return value


def _field(key: str, one: Value, wanted: Value, book: Book) -> bool:
    if key == "any":
        return any(implies(one, item, book) for item in wanted.items())
    if key == "all":
        return all(implies(one, item, book) for item in wanted.items())
    if key == "is" and _named(one, wanted.raw):
        return True
    own = {name: one.child(name) for name in one.raw}
    if key in own and _within(key, own[key].raw, wanted.raw):
        return True
    if key == "words" and any(_within(key, own[name].raw, wanted.raw) for name in ("title", "text") if name in own):
        return True
    # What it is besides, and what each of its alternatives is.
    below = [_table(own["is"], book)] if "is" in own else []
    if any(table is not None and _field(key, table, wanted, book) for table in below):
        return True
    tables = [_table(item, book) for item in own["any"].items()] if "any" in own else []
    return bool(tables) and all(table is not None and _field(key, table, wanted, book) for table in tables)


def _named(one: Value, name: Any) -> bool:
    if one.raw.get("is") == name:
        return True
    return isinstance(name, str) and name.startswith("#") and _within("tags", one.raw.get("tags", ()), name)


def _listed(raw: Any) -> list[Any]:
    return list(raw) if isinstance(raw, list | tuple) else [raw]


def _within(key: str, raw: Any, wanted: Any) -> bool:
    if raw == wanted:
        return True
    if key == "people":
        low, high = raw.get("min", 0), raw.get("max", float("inf"))
        return bool(wanted.get("min", 0) <= low and high <= wanted.get("max", float("inf")))
    if key in _TEXTS:
        spelt = [word for word in _listed(wanted) if text.fold(word).strip()]
        find = text.finder(spelt).search if spelt else None
        # Of a run with choices only itself is known to be within: it stands for several.
        return find is not None and all(
            word in spelt or (text.is_spelt_out(word) and find(text.fold(word.replace("*", "x"))))
            for word in _listed(raw)
        )
    if key in _LISTS:
        plain = {str(word).removeprefix("#").lower() for word in _listed(wanted)}
        return bool(_listed(raw)) and all(str(word).removeprefix("#").lower() in plain for word in _listed(raw))
    return False
