"""Records that are made at run time: of plugins' options, and of what else only the installation knows."""

from __future__ import annotations

import dataclasses
import functools
import operator
import types
import typing
from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from followup_rules.web_address import WebAddress

Span = Annotated[
    str,
    Meta(pattern=r"^\s*\d{1,5}\s*(second|minute|hour|day|week)s?\s*$", examples=["30 days", "12 hours", "60 seconds"]),
]


class Key(Struct, frozen=True):
    """A key of a table: the type of its value, and what is said of it."""

    kind: Any
    said: str = ""
    needed: bool = False
    usual: object = None
    """The value that it has without being written, if that is worth showing."""


def record(name: str, keys: Mapping[str, Key], *, about: str = "", **more: Any) -> type[Struct]:
    """Return the record of a table with these keys, and no others; `more` as for `msgspec.defstruct`."""
    fields = []
    for key, value in keys.items():
        usual = {"default": value.usual} if type(value.usual) in (str, int, bool) and value.usual != "" else {}
        meta = Meta(description=value.said or None, extra_json_schema=usual)
        # Unset and not None, by which a schema would allow null: TOML has none.
        kind = operator.getitem(Annotated, (value.kind if value.needed else value.kind | UnsetType, meta))
        fields.append((key, kind) if value.needed else (key, kind, UNSET))
    namespace = {"__doc__": about or None}
    return msgspec.defstruct(name, fields, forbid_unknown_fields=True, kw_only=True, namespace=namespace, **more)


def keys_of(cls: type, *, partly: bool = False) -> dict[str, Key]:
    """Return the keys of a table that is read into a dataclass; `partly`: none is needed."""
    hints = typing.get_type_hints(cls)
    return {
        field.name: Key(
            _as_written(hints[field.name]),
            field.metadata.get("help", ""),
            needed=not partly and field.default is field.default_factory is dataclasses.MISSING,
            usual=field.default,
        )
        for field in dataclasses.fields(cls)
        if field.init
    }


def one_of(kinds: Iterable[Any]) -> Any:
    """Return the union of types."""
    return functools.reduce(operator.or_, kinds)


def list_of(kind: Any) -> Any:
    """Return the type of lists of a type."""
    return types.GenericAlias(list, (kind,))


def by_name(kind: Any) -> Any:
    """Return the type of tables by name."""
    return types.GenericAlias(dict, (str, kind))


def _as_written(kind: Any) -> Any:
    """Return the type of a value as TOML has it; what nothing is known of may be anything."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        known = [part for part in arguments if part is not types.NoneType]
        return str if WebAddress in known else _as_written(known[0]) if len(known) == 1 else Any
    if origin in (tuple, list, frozenset):
        one = _as_written(arguments[0])
        return one_of([one, list_of(one)])
    if kind in (timedelta, Path):
        return Span if kind is timedelta else str
    return kind if origin is typing.Literal or kind in (str, int, bool, float) else Any
