"""JSON Schema of config, rules and examples, made by msgspec from typed tables and their docstrings."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from followup_rules.editor import config_tables, docstrings, example_tables, rule_tables
from followup_rules.editor.made_records import Key, list_of, record
from followup_rules.editor.rule_tables import RulesFile
from followup_rules.host.registry import Registry
from followup_rules.model import DRAFT, NOTICE, TASK

CONFIG, RULES, EXAMPLES = KINDS = ("config", "rules", "examples")
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TITLES = {CONFIG: "config.toml of followup", RULES: "Rules of followup", EXAMPLES: "Examples of rules of followup"}


def schema_of(kind: str, plugins: Registry) -> dict[str, Any]:
    """Return the schema of one of `KINDS`, with all that the installed plugins add."""
    example = example_tables.example({each for source in plugins.sources.values() for each in source.emits})
    said = "What the rules must do: `followup test` plays them."
    keys = {"example": Key(list_of(example), said, needed=kind == EXAMPLES)}
    more = config_tables.cases_and_values() if kind == EXAMPLES else {}
    base = config_tables.config_file(plugins) if kind == CONFIG else RulesFile
    whole = record("File", {**keys, **more}, bases=(base,))
    records = (*rule_tables.RECORDS, *example_tables.RECORDS, config_tables.PluginsTable)
    _, tables = msgspec.json.schema_components([whole, *records])
    for each in records:
        _describe(tables[each.__name__], each)
    _describe(tables["File"], RulesFile)
    _narrow(tables, plugins)
    top = tables.pop("File")
    return {
        "$schema": _DIALECT,
        **top,
        "title": _TITLES[kind],
        "description": _DESCRIPTION,
        "$defs": dict(sorted(tables.items())),
    }


_DESCRIPTION = "Made by `followup schema` for the plugins that are installed; the rule language is in docs/rules.md."


def explained(table: type) -> dict[str, str]:
    """Return what is said of each key of a table: by its own record, else by the compiled ones that explain it."""
    said: dict[str, str] = {}
    for cls in reversed((*table.__mro__[:-1], *rule_tables.EXPLAINED.get(table, ()))):
        if issubclass(cls, Struct) and cls is not Struct:
            said |= docstrings.of_attributes(cls)
    return said


def _describe(schema: dict[str, Any], table: type) -> None:
    said = explained(table)
    for field in msgspec.structs.fields(table):
        if field.name in said and field.encode_name in schema["properties"]:
            schema["properties"][field.encode_name]["description"] = said[field.name]


def _narrow(tables: dict[str, Any], plugins: Registry) -> None:
    """Name the types of action and the checks that there are, which only the plugins know."""
    types = {DRAFT, TASK, NOTICE, *(each for output in plugins.outputs.values() for each in output.takes)}
    tables["ActionTable"]["properties"]["type"]["enum"] = sorted(types)
    if plugins.checks:
        for name in ("PatternTable", "DefinitionTable"):
            tables[name]["properties"]["check"]["enum"] = sorted(plugins.checks)
