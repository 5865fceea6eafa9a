"""Layers of rule files put together, table by table and field by field, before anything is compiled."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from followup_rules.codes import Code
from followup_rules.language.phrases import BASES
from followup_rules.model import Problem
from followup_rules.toml.document import Document
from followup_rules.toml.values import Value

# What a phrase can count from, and what a key without white space can hold.
_NAME = re.compile(r"[^\W\d_][\w-]*")


class Table(Struct, frozen=True):
    """A definition, rule or guard, put together from all layers: each field with the place it comes from."""

    header: Value
    fields: dict[str, Value]


def merge(layers: Sequence[Document], kind: str, problems: list[Problem]) -> dict[str, Table]:
    """Put the tables of one kind together by name, later layers over earlier ones field by field."""
    merged: dict[str, Table] = {}
    for document in layers:
        for header in _headers(document, kind, problems):
            name = str(header.path[-1])
            below = merged.get(name)
            merged[name] = Table(header, _over(below.fields if below else {}, header))
    # By name, so that the order of tables in a file changes nothing, not even that of messages.
    return dict(sorted(merged.items()))


def _headers(document: Document, kind: str, problems: list[Problem]) -> Iterator[Value]:
    if kind not in document.tables:
        return
    tables = Value(document.tables[kind], document, (kind,), problems)
    if tables.is_a(dict):
        for name in tables.raw:
            header = tables.child(name)
            if _is_name(header) and header.is_a(*((dict, str) if kind == "define" else (dict,))):
                yield header


def _is_name(header: Value) -> bool:
    name = str(header.path[-1])
    if _NAME.fullmatch(name) and name not in BASES:
        return True
    hint = "these words have a meaning of their own" if name in BASES else "letters, digits and -, a letter first"
    header.report(f"{name!r} cannot be the name of a {header.path[0]}", code=Code.WRONG_SORT, hint=hint, at="key")
    return False


def _over(below: Mapping[str, Value], header: Value) -> dict[str, Value]:
    if not isinstance(header.raw, dict):
        # A definition that is a mere name has no fields, and replaces all below.
        return {"": header}
    fields = {key: header.child(key) for key in header.raw}
    if "do" in fields and "do" in below:
        fields["do"] = replace(fields["do"], raw=_merge_do(below["do"].raw, fields["do"].raw))
    return {**{key: value for key, value in below.items() if key}, **fields}


def _merge_do(below: Any, above: Any) -> Any:
    """Override single fields of an action; a text of one's own replaces the template, and the other way round."""
    if not isinstance(below, dict) or not isinstance(above, dict):
        return above
    dropped = {"template"} if {"title", "text"} & above.keys() else {"title", "text"} if "template" in above else set()
    return {**{key: value for key, value in below.items() if key not in dropped}, **above}
