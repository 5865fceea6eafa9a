"""Reads values of a TOML document, and reports every one that is not as it should be, with its place."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal, TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from followup_rules.codes import Code
from followup_rules.model import Problem
from followup_rules.sentences import Sentence, either
from followup_rules.toml.document import Document
from followup_rules.toml.suggestions import expected, nearest

T = TypeVar("T")

_TYPES: dict[type, str] = {
    str: Sentence("a text in quotes"),
    bool: Sentence("true or false"),
    int: Sentence("a whole number"),
    float: Sentence("a decimal number"),
    dict: Sentence("a table { ... }"),
    list: Sentence("a list [ ... ]"),
}


# What stands in the file itself; below a header TOML takes it for a key of that table.
_OF_THE_FILE = frozenset({"packs", "rules", "requires"})


class Value(Struct, frozen=True):
    """A value in a document, and the list that takes the problems found in it."""

    raw: Any
    document: Document
    path: tuple[str | int, ...]
    problems: list[Problem]
    parts: Mapping[str | int, Value] = field(default_factory=dict)
    """Values of this table or list, by key or index, that stand elsewhere: in another document, or further off."""

    def report(
        self, message: str, *, code: str, hint: str = "", at: Literal["key", "value"] = "value", within: str = ""
    ) -> None:
        """Add a problem at this value (or at its key)."""
        problem = self.document.problem(self.path, message, code=code, hint=hint, at=at, within=within)
        self.problems.append(problem)

    def inform(self, message: str, *, code: str, hint: str) -> None:
        """Add what is no fault of this value, and may be a mishap."""
        problem = self.document.problem(self.path, message, code=code, hint=hint, at="key")
        self.problems.append(replace(problem, info=True))

    def child(self, key: str | int) -> Value:
        """Return the value under a key of this table, or at an index of this list."""
        return self.parts.get(key) or Value(self.raw[key], self.document, (*self.path, key), self.problems)

    def children(self) -> list[Value]:
        """Return the values of this table."""
        return [self.child(key) for key in self.raw]

    def is_a(self, *types: type, hint: str = "") -> bool:
        """Tell whether the value is of one of the types, and report it if not."""
        # Exactly: true is an int to Python, and no number to people.
        if any(type(self.raw) is kind for kind in types):
            return True
        wanted = either([_TYPES[kind] for kind in types])
        self.report(
            Sentence("{name!r} must be {wanted}, not {raw}", name=self.name, wanted=wanted, raw=shown(self.raw)),
            code=Code.WRONG_SORT,
            hint=hint or _as_wanted(self.raw, types),
        )
        return False

    @property
    def name(self) -> str:
        """The last key on the way to this value."""
        return next((part for part in reversed(self.path) if isinstance(part, str)), "")

    def items(self) -> list[Value]:
        """Return the values of a list; a single value counts as a list of one."""
        if not isinstance(self.raw, list):
            return [self]
        return [self.child(index) for index in range(len(self.raw))]

    def known_keys(self, valid: Iterable[str], homes: Mapping[str, str] = MappingProxyType({})) -> list[str]:
        """Return the keys of this table that are valid, and report the others; `homes`: the tables they belong in."""
        names = list(valid)
        for key in self.raw:
            if key not in names:
                table = ".".join(str(part) for part in self.path if isinstance(part, str))
                what = Sentence("key") if table or not isinstance(self.raw[key], dict) else Sentence("table")
                said = Sentence("unknown {what} {key!r}", what=what, key=key)
                within = Sentence("unknown {what} {key!r} in [{table}]", what=what, key=key, table=table)
                hint = expected(key, names)
                if key in homes:
                    hint = Sentence("it belongs in [{table}]", table=homes[key])
                elif table and key in _OF_THE_FILE:
                    hint = Sentence("it belongs above the first [table] of the file")
                self.child(key).report(within if table else said, code=Code.UNKNOWN_KEY, hint=hint, at="key")
        return [key for key in self.raw if key in names]


def _as_wanted(raw: object, types: Collection[type]) -> str:
    """Return the hint for a value that only has its quotes too many or too few; "" for another."""
    bare = raw.strip().lower() if isinstance(raw, str) else ""
    if str in types and isinstance(raw, bool | int | float):
        return Sentence('did you mean "{word}"?', word=shown(raw))
    if (bool in types and bare in {"true", "false"}) or (int in types and bare.isdecimal()):
        return Sentence("write {word} without quotes", word=bare)
    return ""


def shown(raw: object) -> str:
    """Return a value as TOML would write it, for messages."""
    if isinstance(raw, bool):
        return str(raw).lower()
    if isinstance(raw, dict | list):
        return Sentence("a table") if isinstance(raw, dict) else Sentence("a list")
    return f'"{raw}"' if isinstance(raw, str) else str(raw)


def string(value: Value) -> str | None:
    """Read a text."""
    return str(value.raw) if value.is_a(str) else None


def boolean(value: Value) -> bool | None:
    """Read true or false."""
    return bool(value.raw) if value.is_a(bool) else None


def every(value: Value, read: Callable[[Value], T | None]) -> tuple[T, ...] | None:
    """Read a list (or a single value): all of it, or None if any part is faulty."""
    parts = [read(item) for item in value.items()]
    return None if any(part is None for part in parts) else tuple(part for part in parts if part is not None)


def strings(value: Value) -> tuple[str, ...] | None:
    """Read a text or a list of them."""
    return every(value, string)


def choice(*valid: str) -> Callable[[Value], str | None]:
    """Return a reader of one of some words."""

    def read(value: Value) -> str | None:
        if isinstance(value.raw, bool | int | float):
            wanted = either([f'"{word}"' for word in valid])
            message = Sentence(
                "{name!r} must be {wanted}, not {raw}", name=value.name, wanted=wanted, raw=shown(value.raw)
            )
            value.report(message, code=Code.WRONG_SORT)
            return None
        if not value.is_a(str):
            return None
        if value.raw in valid:
            return str(value.raw)
        value.report(
            Sentence("unknown {what} {key!r}", what=value.name, key=value.raw),
            code=Code.UNKNOWN_NAME,
            hint=expected(value.raw, valid),
        )
        return None

    return read


def unknown(value: Value, what: str, valid: Sequence[str], *, within: str = "", otherwise: str = "") -> None:
    """Report a name that means nothing; `otherwise` is what may be meant if it is like no valid one."""
    word = within or str(value.raw)
    guess = Sentence('did you mean "{word}"?', word=otherwise) if otherwise and not nearest(word, valid) else ""
    nothing = Sentence("there is no {what} at all yet", what=what) if not valid else ""
    hint = guess or expected(word, valid) or nothing
    value.report(
        Sentence("unknown {what} {key!r}", what=what, key=word), code=Code.UNKNOWN_NAME, hint=hint, within=within
    )
