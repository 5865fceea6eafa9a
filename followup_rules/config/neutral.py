"""Configs that rules are tried out with: the rules of another config or of a pack alone, and a neutral user."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from followup_rules import language
from followup_rules.config import profile as profiles
from followup_rules.config.read import Config, of_document
from followup_rules.config.variables import variables
from followup_rules.hookspecs import Pack
from followup_rules.model import DRAFT, TASK, Problem
from followup_rules.toml.document import Document
from followup_rules.toml.values import Value

NEUTRAL: Mapping[str, Any] = {
    "me": ["me@example.org"],
    "name": "Camille",
    "timezone": "America/Toronto",
    "holidays": "CA-QC",
    "language": "en",
}
"""The `[profile]` of an example, as far as it does not set its own."""
INTERVIEW = "interview"
"""The pack of who has no config yet."""
USUAL = {"drafts": (DRAFT,), "tasks": (TASK,)}
"""By name, the outputs that there are where a config names none for a type, and what they take."""


def of_pack(pack: Pack) -> Config:
    """Return a config that has the rules of a pack alone."""
    file = Path(pack.folder) / "examples.toml"
    # A pack in a folder goes by its path; the name of an installed one holds none of these signs.
    is_installed = not any(sign in pack.name for sign in "/\\~.")
    name = pack.name if is_installed else pack.folder
    return of_document(file, Document(str(file), "", {"packs": [name], "profile": dict(NEUTRAL)}))


def of_user(profile: Mapping[str, Any], sources: Mapping[str, Mapping[str, Any]]) -> Config:
    """Return a config that no file holds: of a user and their sources, with the rules for interviews."""
    own = {name: dict(table) for name, table in sources.items()}
    tables = {"packs": [INTERVIEW], "profile": dict(profile), "sources": own}
    config = of_document(Path.cwd() / "config.toml", Document("config.toml", "", tables))
    return replace(config, ingredients=config.ingredients and replace(config.ingredients, takes=USUAL))


def outputs_of(config: Config) -> dict[str, tuple[str, ...]]:
    """Return what each output of a config takes, by name, and the usual ones for what none of them takes."""
    own = {output.name: output.takes for output in config.outputs}
    taken = {kind for types in own.values() for kind in types}
    return {**{name: types for name, types in USUAL.items() if not taken.intersection(types)}, **own}


def with_neutral_user(base: Config, profile: Value) -> Config | None:
    """Return a config with the neutral user, but for what a table sets; None if that is faulty, and so reported."""
    assert base.ingredients is not None, "a config that cannot be read has no rules"
    table = profiles.profile_table(replace(profile, raw={**NEUTRAL, **profile.raw}), base.file.parent)
    if table is None:
        return None
    user = profiles.profile_of(table)
    takes = outputs_of(base)
    return replace(base, profile=user, ingredients=replace(base.ingredients, profile=user, table=table, takes=takes))


def with_rules_over(base: Config, over: Document, problems: list[Problem]) -> Config:
    """Return a config to try more rules, cases and values for texts, laid over its own, with the usual outputs."""
    of = base.ingredients
    assert of is not None, "a config that cannot be read has no rules"
    top = Value(over.tables, over, (), problems)
    tables = {key: top.child(key) for key in ("case", "vars") if key in over.tables}
    rules = replace(over, tables={key: table for key, table in over.tables.items() if key not in tables})
    return replace(
        base,
        ingredients=replace(
            of,
            over=(*of.over, rules),
            takes=outputs_of(base),
            cases={**of.cases, **profiles.case_tables(tables.get("case"), of.base)},
            variables={**of.variables, **variables(tables.get("vars"))},
        ),
    )


def tables_of_rules(document: Document) -> bool:
    """Tell whether a document holds any rules."""
    return any(key in document.tables for key in language.TABLES)
