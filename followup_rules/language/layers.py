"""Layers of rule files put together, table by table and field by field, before anything is compiled."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from followup_rules.codes import Code
from followup_rules.language.overrides import changes_only, put_over, without
from followup_rules.language.phrases import BASES
from followup_rules.model import Problem
from followup_rules.sentences import Sentence
from followup_rules.toml.document import Document
from followup_rules.toml.values import Value

_NOUNS = {
    "rule": Sentence("rule"),
    "guard": Sentence("guard"),
    "define": Sentence("definition"),
    "tag": Sentence("tag"),
}
# What a phrase can count from, and what a key without white space can hold.
_NAME = re.compile(r"[^\W\d_][\w-]*")


class Table(Struct, frozen=True):
    """A definition, rule or guard, put together from all layers: each field with the place it comes from."""

    header: Value
    fields: dict[str, Value]
    fault: str = ""
    """What is wrong with how a layer changes an earlier one; "" if nothing."""


def merge(layers: Sequence[Document], kind: str, problems: list[Problem]) -> dict[str, Table]:
    """Put the tables of one kind together by name, later layers over earlier ones field by field."""
    merged: dict[str, Table] = {}
    for document in layers:
        for header in _headers(document, kind, problems):
            name = str(header.path[-1])
            below = merged.get(name)
            if below and _stands_for_itself(header):
                problems.append(_shadowing(header, below))
            merged[name] = _over(below or Table(header, {}), header)
    # By name, so that the order of tables in a file changes nothing, not even that of messages.
    return dict(sorted(merged.items()))


def _headers(document: Document, kind: str, problems: list[Problem]) -> Iterator[Value]:
    if kind not in document.tables:
        return
    tables = Value(document.tables[kind], document, (kind,), problems)
    types = (dict, str) if kind == "define" else (dict,)
    named = Sentence("give each a name: {header}", header=f"[{kind}.NAME]")
    if tables.is_a(dict, hint=named):
        for name in tables.raw:
            header = tables.child(name)
            single = Sentence("write it as {example}", example=f"[{kind}.{name}]")
            hint = single if isinstance(header.raw, list) else named
            if _is_name(header) and header.is_a(*types, hint=hint):
                yield header


def noun(header: Value) -> str:
    """Return what people call a table of rules: a rule, a guard, a definition, a tag."""
    return _NOUNS.get(str(header.path[0]), str(header.path[0]))


def _is_name(header: Value) -> bool:
    name = str(header.path[-1])
    if _NAME.fullmatch(name) and name not in BASES:
        return True
    hint = (
        Sentence("these words have a meaning of their own")
        if name in BASES
        else Sentence("letters, digits and -, a letter first")
    )
    header.report(
        Sentence("{name!r} cannot be the name of a {noun}", name=name, noun=noun(header)),
        code=Code.WRONG_SORT,
        hint=hint,
        at="key",
    )
    return False


def _stands_for_itself(header: Value) -> bool:
    """Tell whether a table could be meant as a new one, so that it is under an earlier one's name by mishap."""
    if header.path[0] != "define":
        return {"on", "do"}.issubset(header.raw)
    return not isinstance(header.raw, dict) or not changes_only(header)


def _shadowing(header: Value, below: Table) -> Problem:
    name, what = header.path[-1], noun(header)
    hint = Sentence("if you meant a {noun} of your own, give it another name", noun=what)
    message = Sentence(
        "this changes the {noun} {name!r} of {file}, field by field",
        noun=what,
        name=name,
        file=below.header.document.file,
    )
    return replace(header.document.problem(header.path, message, code=Code.SHADOWED, hint=hint), info=True)


def _over(below: Table, header: Value) -> Table:
    """Return a table with the fields of a later layer over its own."""
    if not isinstance(header.raw, dict):
        # A definition that is a mere name has no fields, and replaces all below.
        return Table(header, {"": header})
    before = len(header.problems)
    fields = {key: value for key, value in below.fields.items() if key}
    if "unset" in header.raw:
        fields = without(header.child("unset"), fields)
    own = {key: header.child(key) for key in header.raw if key != "unset"}
    fields |= {key: put_over(fields.get(key), value) for key, value in own.items()}
    found = header.problems[before:]
    return Table(header, fields, below.fault or (found[0].message if found else ""))
