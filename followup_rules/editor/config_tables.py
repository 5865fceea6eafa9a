"""The tables of `config.toml`, typed from the very records by which they are read, and from the options of plugins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import UNSET, Struct

from followup_rules.config.profile import CaseTable, ProfileTable, StoreTable
from followup_rules.editor.made_records import Key, Span, by_name, keys_of, one_of, record
from followup_rules.editor.rule_tables import Maybe, RulesFile
from followup_rules.hookspecs import OutputType, SourceType
from followup_rules.host.plugin import attempt
from followup_rules.host.registry import Registry

_TIME_LIMIT = Key(Span, "How long it may take; 60 seconds by default.")
_SILENCE = Key(Span, "After how long without anything new from it you are told.")


class PluginsTable(Struct, forbid_unknown_fields=True, kw_only=True):
    """What plugins may do."""

    disabled: Maybe[str | list[str]] = UNSET
    """Plugins that are switched off, by name; `followup plugins` lists them."""


def config_file(plugins: Registry) -> type[Struct]:
    """Return the record of `config.toml`, with the sources and outputs that the installed plugins offer."""
    sources = _tables(plugins.sources.values(), {"time_limit": _TIME_LIMIT, "silence": _SILENCE})
    outputs = _tables(plugins.outputs.values(), {"time_limit": _TIME_LIMIT})
    keys = {
        "packs": Key(str | list[str], "Rules that come with a plugin, by name, or folders: `./packs/team`."),
        "rules": Key(str | list[str], "Files of rules, each over those before it; relative to this file."),
        "profile": Key(record("Profile", keys_of(ProfileTable)), "Who you are.", needed=True),
        "sources": Key(by_name(sources), "What is read: meetings, mail, notes."),
        "outputs": Key(by_name(outputs), "Where drafts and tasks go."),
        "store": Key(record("Store", keys_of(StoreTable)), "Where the memory of followup lies."),
        "plugins": Key(PluginsTable, "Which plugins are switched off."),
        **cases_and_values(),
    }
    return record("ConfigFile", keys, bases=(RulesFile,))


def cases_and_values() -> dict[str, Key]:
    """Return the keys of a config that a file of examples may have, too."""
    return {
        "case": Key(by_name(record("Case", keys_of(CaseTable))), "Labels of your own, by name."),
        "vars": Key(dict[str, str | int | float | bool], "Values for texts: `{{ vars.NAME }}`."),
    }


def _tables(kinds: Iterable[SourceType | OutputType], common: Mapping[str, Key]) -> Any:
    """Return what a table of a source or an output may be: its `plugin` says which."""
    known = [table for kind in kinds if (table := _options(kind, common)) is not None]
    return one_of(known) if known else dict[str, Any]


def _options(kind: SourceType | OutputType, common: Mapping[str, Key]) -> type[Struct] | None:
    """Return the record of a plugin's table; None if its options cannot be understood, as `check` tells."""
    keys, _ = attempt(lambda: keys_of(kind.options))
    name = f"{type(kind).__name__.removesuffix('Type')}:{kind.name}"
    more = {"tag_field": "plugin", "tag": kind.name}
    return None if keys is None else record(name, {**keys, **common}, about=kind.summary, **more)
