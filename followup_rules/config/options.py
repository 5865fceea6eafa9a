"""Reads a table of the config into a dataclass, by the types of its fields: plugins' options and `[profile]` alike."""

from __future__ import annotations

import dataclasses
import os
import re
import typing
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from types import NoneType
from typing import Any

from msgspec import structs

from followup_rules.codes import Code
from followup_rules.config import near_paths
from followup_rules.host.secrets import masked
from followup_rules.language import units
from followup_rules.sentences import Sentence
from followup_rules.toml import values
from followup_rules.toml.suggestions import nearest
from followup_rules.toml.values import Value
from followup_rules.web_address import FILE_END, WebAddress, in_file, is_address, parsed

_VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)\})", re.ASCII)
# A hundred years: an instant of ours less so much is still one that datetime can tell (years 1 to 9999).
_LONGEST = timedelta(days=36_500)
_SPAN = re.compile(r"(\d{1,5})\s*([^\W\d]+)")
_UNITS = ("seconds", "minutes", "hours", "days", "weeks")


def read(cls: type, value: Value, base: Path, skip: frozenset[str] = frozenset()) -> Any:
    """Return a `cls` with the values of the table, or None if any is faulty; relative paths start at `base`.

    Keys in `skip` belong to somebody else.
    """
    if not value.is_a(dict):
        return None
    before = len(value.problems)
    record = _read_all(cls, value, base, skip)
    hidden = _secrets_in(value, {field.name: field for field in dataclasses.fields(cls)})
    # The problem of a misspelt table may quote its lines: what is a secret in them is not shown.
    if hidden:
        value.problems[before:] = [masked(problem, hidden) for problem in value.problems[before:]]
    return record


def _read_all(cls: type, value: Value, base: Path, skip: frozenset[str]) -> Any:
    types = typing.get_type_hints(cls)
    fields = {field.name: field for field in dataclasses.fields(cls) if field.init}
    known = value.known_keys([*fields, *skip])
    got = {key: _read(value.child(key), types[key], base) for key in known if key not in skip}
    missing = [
        field.name
        for field in fields.values()
        if field.default is field.default_factory is dataclasses.MISSING and field.name not in value.raw
    ]
    # A misspelt key has been told already; that the right one is missing says nothing new.
    meant = {nearest(key, fields) for key in value.raw if key not in known}
    for name in (name for name in missing if name not in meant):
        there = near_paths.named(value.name, base) if Path in (types[name], *typing.get_args(types[name])) else ""
        example = f'"{there}"' if there else _WORDS.get(types[name], '["..."]')
        value.report(
            Sentence("{name!r} is missing", name=name),
            code=Code.MISSING,
            hint=Sentence("add {name} = {example}", name=name, example=example),
            at="key",
        )
    if missing or len(known) < len(value.raw) or any(part is None for part in got.values()):
        return None
    return _record(cls, got, value)


def names(cls: type) -> frozenset[str]:
    """Return the names of the options that a table may give."""
    return frozenset(field.name for field in dataclasses.fields(cls) if field.init)


def _is_secret(field: dataclasses.Field[Any] | None) -> bool:
    return field is not None and bool(field.metadata.get("secret"))


def _secrets_in(value: Value, fields: Mapping[str, dataclasses.Field[Any]]) -> set[str]:
    """Return what the user wrote as a secret, also under a misspelt name."""
    if not any(map(_is_secret, fields.values())):
        return set()
    # Under `pasword`, too: the problem that tells of it shows the line.
    meant = {key: fields.get(key, fields.get(nearest(key, fields) or "")) for key in value.raw}
    return {leaf for key, field in meant.items() if _is_secret(field) for leaf in _leaves(value.raw[key])} - {""}


def _leaves(raw: Any) -> Iterator[str]:
    """Yield the values in a value of TOML, as texts."""
    if isinstance(raw, list | dict):
        for part in raw.values() if isinstance(raw, dict) else raw:
            yield from _leaves(part)
    else:
        yield str(raw)


def secrets_of(options: Any) -> set[str]:
    """Return the values of the options that a plugin marks with `metadata={"secret": True}`, and all web addresses."""
    fields = dataclasses.fields(options) if dataclasses.is_dataclass(options) else ()
    marked = {str(getattr(options, field.name)) for field in fields if _is_secret(field)} - {""}
    return marked.union(*(address.secrets for address in addresses_of(options)))


def addresses_of(options: Any) -> list[WebAddress]:
    """Return the web addresses among options."""
    fields = dataclasses.fields(options) if dataclasses.is_dataclass(options) else ()
    return [value for field in fields if isinstance(value := getattr(options, field.name), WebAddress)]


def _record(cls: type, got: Mapping[str, Any], value: Value) -> Any:
    """Return the record; the class may refuse what it is given, with a sentence."""
    try:
        return cls(**got)
    except (TypeError, ValueError) as error:
        value.report(
            Sentence("[{path}] cannot be used: {error}", path=".".join(map(str, value.path)), error=error),
            code=Code.WRONG_SORT,
            at="key",
        )
        return None


def _read(value: Value, kind: Any, base: Path) -> Any:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Literal:
        return values.choice(*arguments)(value)
    if WebAddress in arguments:
        return place(value, base)
    if NoneType in arguments:
        return _read(value, next(part for part in arguments if part is not NoneType), base)
    if origin in (tuple, list, frozenset):
        parts = values.every(value, lambda item: _read(item, arguments[0], base))
        return None if parts is None else origin(parts)
    if kind is Path:
        return path(value, base)
    if kind is timedelta:
        return span(value)
    if kind is float:
        return float(value.raw) if value.is_a(int, float) else None
    if kind in (str, int, bool):
        return value.raw if value.is_a(kind) else None
    return value.raw


def place(value: Value, base: Path) -> Path | WebAddress | None:
    """Read a path or a web address, which may also stand in a file whose name ends in `.url`."""
    written = os.path.expandvars(value.raw) if isinstance(value.raw, str) else ""
    if is_address(written):
        try:
            return parsed(written)
        except ValueError as error:
            value.report(str(error), code=Code.WRONG_SORT)
            return None
    found = path(value, base)
    return in_file(found) if found is not None and found.suffix.lower() == FILE_END else found


def path(value: Value, base: Path) -> Path | None:
    """Read a path; `~` and `$VARS` are replaced, and a relative one starts at `base`."""
    written = values.string(value)
    if written is None:
        return None
    missing = [found[0] for found in _VARIABLE.finditer(written) if (found[1] or found[2]) not in os.environ]
    if missing:
        value.report(
            Sentence("the environment has no {missing}", missing=missing[0]),
            code=Code.UNKNOWN_VARIABLE,
            hint=Sentence("set it, or write the path out"),
        )
        return None
    shown = os.path.expandvars(written)
    if not shown.strip() or "\0" in shown:
        value.report(
            Sentence("{name!r} is no path", name=value.name),
            code=Code.WRONG_SORT,
            hint=Sentence('write it as "folder/file"'),
        )
        return None
    try:
        # expanduser raises RuntimeError for ~NAME of a user who does not exist.
        return base / Path(shown).expanduser()
    except RuntimeError:
        value.report(
            Sentence("there is no user {user!r}", user=shown.split("/")[0]),
            code=Code.UNKNOWN_VARIABLE,
            hint=Sentence("~ alone is your own home folder"),
        )
        return None


def span(value: Value) -> timedelta | None:
    """Read a length of time such as "30 days"."""
    written = values.string(value)
    if written is None:
        if type(value.raw) is int:  # a number alone is nearly always meant in days
            guess = Sentence('did you mean "{number} {near}"?', number=value.raw, near="days")
            value.problems[-1] = structs.replace(value.problems[-1], hint=guess)
        return None
    parts = _SPAN.fullmatch(written.strip())
    unit = parts[2].removesuffix("s") + "s" if parts else ""
    if not parts or unit not in _UNITS:
        near = (units.meant(parts[2])[1] or nearest(unit, _UNITS)) if parts else None
        hint = (
            Sentence('did you mean "{number} {near}"?', number=parts[1], near=near)
            if parts and near
            else Sentence('write "30 days", "12 hours" or "60 seconds"')
        )
        value.report(Sentence("{written!r} is no length of time", written=written), code=Code.NO_SUCH_TIME, hint=hint)
        return None
    length = timedelta(**{unit: int(parts[1])})
    if length > _LONGEST:
        value.report(
            Sentence("{written!r} is too long", written=written),
            code=Code.NO_SUCH_TIME,
            hint=Sentence('write at most "{days} days"', days=_LONGEST.days),
        )
        return None
    return length


_WORDS: Mapping[Any, str] = {
    str: '"..."',
    int: "1",
    bool: "true",
    Path: '"path/to/it"',
    Path | WebAddress: '"path/to/it"',
    timedelta: '"30 days"',
}
