"""Reads a table of the config into a dataclass, by the types of its fields: plugins' options and `[profile]` alike."""

from __future__ import annotations

import dataclasses
import os
import re
import typing
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from types import NoneType
from typing import Any

from followup_rules.language import reader
from followup_rules.language.reader import Value

_SPAN = re.compile(r"(\d{1,5})\s*(minute|hour|day|week)s?")


def read(cls: type, value: Value, base: Path, skip: frozenset[str] = frozenset()) -> Any:
    """Return a `cls` with the values of the table, or None if any is faulty; relative paths start at `base`.

    Keys in `skip` belong to somebody else.
    """
    types = typing.get_type_hints(cls)
    fields = {field.name: field for field in dataclasses.fields(cls)}
    known = value.known_keys([*fields, *skip])
    unknown = len(known) < len(value.raw)
    got = {key: _read(value.child(key), types[key], base) for key in known if key not in skip}
    missing = [field.name for field in fields.values() if _required(field) and field.name not in value.raw]
    for name in missing:
        wanted = _sentence(types[name])
        value.report(f"{name!r} is missing", code="F013", hint=f"add {name} = {wanted}", at="key")
    faulty = unknown or missing or any(part is None for part in got.values())
    return None if faulty else cls(**got)


def _required(field: dataclasses.Field[Any]) -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def _read(value: Value, kind: Any, base: Path) -> Any:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Literal:
        return reader.choice(*arguments)(value)
    if NoneType in arguments:
        return _read(value, next(part for part in arguments if part is not NoneType), base)
    if kind is Path:
        return _path(value, base)
    if kind is timedelta:
        return span(value)
    if origin in (tuple, list, frozenset):
        texts = reader.strings(value)
        return None if texts is None else origin(texts)
    if kind in (str, int, bool):
        return value.raw if value.is_a(kind) else None
    return value.raw


def _path(value: Value, base: Path) -> Path | None:
    written = reader.string(value)
    if written is None:
        return None
    shown = os.path.expandvars(written)
    if not shown.strip() or "\0" in shown:
        value.report(f"{value.name!r} is no path", code="F011")
        return None
    missing = re.search(r"\$(\w+|\{\w+\})", shown)
    if missing:
        value.report(f"the environment has no {missing[0]}", code="F020", hint="set it, or write the path out")
        return None
    return base / Path(shown).expanduser()


def span(value: Value) -> timedelta | None:
    """Read a length of time such as "30 days"."""
    written = reader.string(value)
    if written is None:
        return None
    found = _SPAN.fullmatch(written.strip())
    if not found:
        value.report(f"{written!r} is no length of time", code="F014", hint='write "30 days" or "12 hours"')
        return None
    return timedelta(**{found[2] + "s": int(found[1])})


_WORDS: Mapping[Any, str] = {str: '"..."', int: "1", bool: "true", Path: '"path/to/it"', timedelta: '"30 days"'}


def _sentence(kind: Any) -> str:
    return _WORDS.get(kind, "[...]")


