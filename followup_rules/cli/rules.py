"""`followup rules`: the rules in force, and for each field the layer that it comes from."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import click
from msgspec import Struct

from followup_rules.cli import completion, shared
from followup_rules.cli import page as pages
from followup_rules.cli.page import Clause, Page
from followup_rules.cli.speech import tr
from followup_rules.config.read import Config
from followup_rules.config.rulebook import documents
from followup_rules.language.layers import Table, merge
from followup_rules.model import State
from followup_rules.sentences import Sentence, as_sentence, commas
from followup_rules.toml.suggestions import expected
from followup_rules.toml.values import Value

_KINDS = ("rule", "guard", "define")


class Field(Struct, frozen=True):
    """A field of a table as it counts: its dotted name, its value, and where that stands."""

    name: str
    value: Any
    file: str
    line: int


@click.command("rules")
@click.argument("ident", required=False, metavar="[ID]", shell_complete=completion.rules)
@shared.json_option
@click.pass_context
def command(ctx: click.Context, ident: str | None, *, as_json: bool) -> None:
    """List the rules and guards in force; of the rule, guard or definition ID, show each field and where it stands."""
    config = shared.load(ctx, as_json=as_json)
    tables = _tables(config)
    if ident is None:
        chosen = {key: table for key, table in tables.items() if key[0] != "define"}
    else:
        chosen = {key: table for key, table in tables.items() if key[1] == ident}
        if not chosen:
            listed = Sentence("`followup rules` lists them")
            hint = expected(ident, sorted(name for _, name in tables)) or listed
            raise click.BadParameter(
                Sentence("there is no rule, guard or definition {ident!r}; {hint}", ident=ident, hint=hint),
                param_hint="ID",
            )
    if as_json:
        _print_record(config, chosen)
    elif ident is None:
        _print_list(config, chosen)
    else:
        _print_tables(config, chosen)
    shared.print_problems(config.faults)
    sys.exit(shared.exit_code(config.faults))


Tables = Mapping[tuple[str, str], Table]
"""By kind (`rule`, `guard`, `define`) and name."""


def _tables(config: Config) -> Tables:
    assert config.ingredients is not None, "a config that cannot be read has no rules"
    layers = documents(config.ingredients, [])
    return {(kind, name): table for kind in _KINDS for name, table in merge(layers, kind, []).items()}


def starts(config: Config) -> dict[str, str]:
    """Return what each rule starts from, by its id, as its file says it and as shortly as people can use it."""
    return {name: _start(table.fields["on"].raw) for (kind, name), table in _tables(config).items()
            if kind == "rule" and "on" in table.fields}  # fmt: skip


def _start(on: Any) -> str:
    if isinstance(on, dict):
        only = next(iter(on)) if len(on) == 1 else ""
        on = on[only] if only in ("any", "is", "kind") else None
    listed = on if isinstance(on, list) else [on]
    return (
        commas(*(Sentence("“{word}”", word=each) for each in listed))
        if all(isinstance(each, str) for each in listed)
        else Sentence("what its `on` says")
    )


def _fields(table: Table) -> Iterator[Field]:
    for name, value in table.fields.items():
        yield from _parts(name or "is", value)


def _parts(name: str, value: Value) -> Iterator[Field]:
    """Yield a value, part by part where parts of it come from another layer than the rest."""
    if isinstance(value.raw, dict) and value.parts:
        for key in value.raw:
            yield from _parts(f"{name}.{key}", value.child(key))
        return
    yield Field(name, value.raw, value.document.file, value.document.line(value.path))


def _state(key: tuple[str, str], config: Config) -> tuple[str, str]:
    """Return whether a rule or guard is on, off or faulty, and the fault."""
    rules = config.rulebook.rules
    if key[0] == "define":
        return "on", ""
    found = rules.rules.get(key[1]) if key[0] == "rule" else rules.guards.get(key[1])
    if found is None:
        return "off", ""
    return ("faulty" if found.fault else "on"), found.fault


# -- for people

_TITLES = {"rule": Sentence("Rules"), "guard": Sentence("Guards")}
_STATES = {"off": Sentence("off"), "faulty": Sentence("faulty")}
_SIGNS: Mapping[str, Clause] = {"on": ("✓", "green"), "off": ("–", "dim"), "faulty": pages.SIGNS[State.BROKEN]}


def _print_list(config: Config, tables: Tables) -> None:
    page = Page()
    width = pages.rule_width(name for _, name in tables)
    for kind in _KINDS[:2]:
        own = {key: table for key, table in tables.items() if key[0] == kind}
        if own:
            page.title(_TITLES[kind])
        for key, table in own.items():
            state, fault = _state(key, config)
            why = table.fields.get("why")
            lines: list[list[Clause]] = [[as_sentence(str(why.raw)) if why else table.header.document.file]]
            lines += [[(Sentence("it is switched off"), "dim")]] if state == "off" else []
            lines += [[(fault, "yellow")]] if fault else []
            page.row([_SIGNS[state], " ", (key[1], "bold")], 2 + width, *lines)
    if not tables:
        page.row((), 0, [Sentence('There are no rules: name a pack, as in packs = ["interview"].')])
    page.print()


def _print_tables(config: Config, tables: Tables) -> None:
    page = Page()
    for key, table in tables.items():
        state, fault = _state(key, config)
        page.title(f"[{'.'.join(key)}]{'' if state == 'on' else f' · {tr(_STATES[state])}'}")
        if fault:
            page.row((), 2, [(fault, "yellow")])
        fields = list(_fields(table))
        width = min(max((len(field.name) for field in fields), default=0) + 2, 24)
        for field in fields:
            page.row([(field.name, "bold")], width, [_toml(field.value), (f"{field.file}:{field.line}", "dim")])
    page.print()


def _toml(raw: Any) -> str:
    """Return a value as TOML writes it."""
    if isinstance(raw, dict):
        return f"{{ {', '.join(f'{key} = {_toml(value)}' for key, value in raw.items())} }}"
    if isinstance(raw, list):
        return f"[{', '.join(map(_toml, raw))}]"
    return raw.isoformat() if isinstance(raw, date) else json.dumps(raw, ensure_ascii=False)


# -- for programs


def _print_record(config: Config, tables: Tables) -> None:
    from followup_rules.cli import as_json as records  # noqa: PLC0415 -- only for --json

    listed = [
        {
            "kind": kind,
            "id": name,
            "state": _state((kind, name), config)[0],
            "fault": _state((kind, name), config)[1] or None,
            "fields": [
                {"name": field.name, "value": field.value, "file": field.file, "line": field.line}
                for field in _fields(table)
            ],
        }
        for (kind, name), table in tables.items()
    ]
    click.echo(records.dump({"rules": listed, "problems": records.problems(config.faults)}))
