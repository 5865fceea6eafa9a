"""The user's config.toml: everything in it checked at once, and made into records."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property, partial
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from followup_rules import language, regular_files
from followup_rules.codes import Code
from followup_rules.config import options
from followup_rules.config import profile as profiles
from followup_rules.config.configured import ConfiguredOutput, ConfiguredSource, place_of
from followup_rules.config.fingerprint import fingerprint
from followup_rules.config.ingredients import Ingredients, Layer
from followup_rules.config.packs import RULES, WORDS, in_folder, is_folder, spelt_as_folder
from followup_rules.config.profile import ProfileTable, StoreTable
from followup_rules.config.variables import variables
from followup_rules.hookspecs import OutputType, Pack, SourceType
from followup_rules.host import registry
from followup_rules.host.checked_check import checked
from followup_rules.host.plugin import RESERVED, attempt
from followup_rules.host.registry import Registry
from followup_rules.host.time_limit import TIME_LIMIT
from followup_rules.language import version
from followup_rules.model import Context, Problem, Profile
from followup_rules.sentences import Sentence, system_error, together
from followup_rules.toml import values
from followup_rules.toml.document import MOST_CHARACTERS, Document, parse
from followup_rules.toml.suggestions import expected, nearest
from followup_rules.toml.values import Value

if TYPE_CHECKING:
    from followup_rules.config.rulebook import Rulebook

TABLES = (
    *("packs", "rules", "profile", "sources", "outputs", "store", "case", "vars", "plugins", version.KEY),
    *(*language.TABLES, language.EXAMPLE),
)
T = TypeVar("T", bound="SourceType | OutputType")


class Config(Struct, frozen=True, dict=True):
    """All that a tick needs to know; if any of its `problems` is fatal, nothing works."""

    file: Path
    registry: Registry
    faults: tuple[Problem, ...]
    """What is wrong with its tables, and with plugins; not with its rules."""
    profile: Profile = field(default_factory=Profile)
    sources: tuple[ConfiguredSource, ...] = ()
    outputs: tuple[ConfiguredOutput, ...] = ()
    store: Path = Path()
    ingredients: Ingredients | None = None
    """Of the rules; None if the file itself could not be read."""
    fingerprint: str = ""
    """Another one whenever the same events could be judged or worded otherwise."""

    @property
    def rulebook(self) -> Rulebook:
        """The compiled rules."""
        assert self.ingredients is not None, "a config that cannot be read has no rules"
        return self.ingredients.rulebook

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """Everything that is wrong with the config and its rules."""
        of_rules = self.rulebook.problems if self.ingredients else ()
        return tuple(dict.fromkeys((*self.faults, *of_rules)))

    @cached_property
    def whole_path(self) -> str:
        """The path of its file, absolute and without links: by it a store knows whose it is."""
        return str(self.file.resolve())

    @cached_property
    def secrets(self) -> frozenset[str]:
        """What must stand in no message: the values of options that plugins mark as secret."""
        return frozenset[str]().union(*(options.secrets_of(one.options) for one in (*self.sources, *self.outputs)))

    def context(self, now: datetime) -> Context:
        """Return what plugins may know of a tick at an instant."""
        # The rules are compiled only if a plugin asks for a tag: most runs read no note anew.
        return Context(
            profile=self.profile,
            now=now.astimezone(self.profile.timezone),
            canonical_tag=lambda tag: self.rulebook.rules.world.tags.canonical(tag),  # noqa: PLW0108 -- it would compile them
        )

    @property
    def fatal(self) -> bool:
        """Tell whether nothing can be done with it."""
        return any(problem.fatal for problem in self.problems)


def default_file() -> Path:
    """Return where the config lies when nobody says otherwise."""
    import platformdirs  # noqa: PLC0415 -- only when needed

    return platformdirs.user_config_path("followup-rules") / "config.toml"


def default_store() -> Path:
    """Return where the store lies when nobody says otherwise."""
    import platformdirs  # noqa: PLC0415 -- only when needed

    return platformdirs.user_data_path("followup-rules") / "followup.db"


def read_config(file: Path) -> Config:
    """Read the config and all that it names. Never raises for what a user wrote: see `Config.problems`."""
    hint = Sentence("write one with `followup init`, or name another with --config")
    if not file.exists() and (near := nearest(file.name, sorted(each.name for each in file.parent.glob("*.toml")))):
        hint = Sentence('did you mean "{word}"?', word=file.with_name(near))
    elif not file.exists() and file == default_file() and Path(file.name).is_file():
        here = "followup --config config.toml ..."
        hint = Sentence("the config.toml in this folder is read if you name it: {command}", command=here)
    document = read_document(file, str(file), hint=hint)
    if isinstance(document, Problem):
        return Config(file, Registry(), (replace(document, fatal=True),))
    return of_document(file, document)


def of_document(file: Path, document: Document) -> Config:
    """Return the config that a document tells, and all that it names; relative paths count from the file's folder."""
    fatal: list[Problem] = []
    top = Value(document.tables, document, (), fatal)
    # TOML has them there when they stand above the first table, or when [profile] is forgotten.
    homes = {key.name: "profile" for key in dataclasses.fields(ProfileTable)}
    tables = {key: top.child(key) for key in top.known_keys(TABLES, homes)}
    disabled = _disabled(tables.get("plugins"))
    plugins = registry.load([name.raw for name in disabled])
    known = [plugin.name for plugin in plugins.plugins]
    for name in disabled:
        if name.raw not in known:
            values.unknown(name, Sentence("plugin"), known)
    if other := version.unsupported(document):
        fatal.append(other)
    config = _build(file, document, tables, top, plugins)
    # Where the config itself is in doubt nothing may be done; a plugin or a pack that is missing stops nothing else.
    faults = (*plugins.problems, *config.faults, *(replace(problem, fatal=True) for problem in fatal))
    return replace(config, faults=faults)


def read_document(file: Path, name: str, *, hint: str) -> Document | Problem:
    """Read a TOML file; `name` is what messages call it."""
    text = _text(file, name, hint=hint)
    return text if isinstance(text, Problem) else parse(text, name)


def _text(file: Path, name: str, *, hint: str) -> str | Problem:
    try:
        # One more than is read, so that a file that is too long is told apart.
        with regular_files.opened(file) as raw, TextIOWrapper(raw, "utf-8", "surrogateescape") as opened:
            return opened.read(MOST_CHARACTERS + 1)
    except OSError as error:
        message = Sentence("{name} cannot be read: {strerror}", name=name, strerror=system_error(error))
        return Problem(name, message, Code.NOT_OPENED, hint=hint)


def _build(file: Path, document: Document, tables: Mapping[str, Value], top: Value, plugins: Registry) -> Config:
    base = file.absolute().parent
    table = _profile(tables.get("profile"), top, base)
    kinds_of_source = _tables(tables.get("sources"), "source", plugins.sources, plugins, base)
    sources = tuple(ConfiguredSource(type=kind, **fields) for kind, fields in kinds_of_source)
    kinds_of_output = _tables(tables.get("outputs"), "output", plugins.outputs, plugins, base)
    outputs = tuple(ConfiguredOutput(type=kind, **fields) for kind, fields in kinds_of_output)
    store = options.read(StoreTable, tables["store"], base) if "store" in tables else StoreTable(path=default_store())
    cases = profiles.case_tables(tables.get("case"), base)
    before = len(top.problems)
    packs, missing = _packs(tables.get("packs"), plugins, base)
    # The user's own last: a later layer goes over an earlier one, field by field.
    layers = (*_pack_layers(packs, missing, top), *_own_layers(tables.get("rules"), base))
    profile = profiles.profile_of(table) if table else Profile()
    # Nobody knows what a faulty output would take, so nothing can be said to be taken by none.
    faulty = any(problem.where.startswith("outputs") for problem in top.problems)
    faulty |= any(nearest(key, TABLES) == "outputs" for key in top.raw if key not in TABLES)
    takes = {output.name: output.takes for output in outputs}
    return Config(
        file=file,
        registry=plugins,
        faults=tuple(missing),
        profile=profile,
        sources=sources,
        outputs=outputs,
        store=store.path if store else Path(),
        ingredients=Ingredients(
            base=base,
            document=document,
            layers=layers,
            whole=len(top.problems) == before and not missing,
            packs=packs,
            profile=profile,
            table=table,
            cases=cases,
            variables=variables(tables.get("vars")),
            takes=None if faulty or any(output.fault for output in outputs) else takes,
            checks={
                name: checked(name, check.holds, plugins.adders["check", name])
                for name, check in plugins.checks.items()
            },
        ),
        fingerprint=fingerprint([*(layer.text for layer in layers), document.text], base, packs, plugins),
    )


def _profile(value: Value | None, top: Value, base: Path) -> ProfileTable | None:
    if value is None:
        if any(nearest(key, TABLES) == "profile" for key in top.raw):
            return None  # it has been told by its misspelt name
        hint = Sentence('[profile] with me = ["..."] and timezone = "..."')
        top.report(Sentence("the table [profile] is missing"), code=Code.MISSING, hint=hint)
        return None
    return profiles.profile_table(value, base) if value.is_a(dict) else None


def _tables(
    value: Value | None, word: str, types: Mapping[str, T], plugins: Registry, base: Path
) -> Iterator[tuple[T | None, dict[str, Any]]]:
    """Read the tables of sources or outputs: yield the type of each (None: it is broken) and its other fields."""
    for table in value.children() if value is not None and value.is_a(dict) else ():
        if not table.is_a(dict):
            continue
        plugin = _plugin_of(table, word, types, plugins)
        common = _common(table, word)
        if plugin is None or common is None:
            continue
        if plugin not in types:
            yield None, {**common, "fault": plugins.why_not(word, plugin)}
            continue
        own = plugins.adders[word, plugin]
        reserved = RESERVED if word == "source" else RESERVED - {"silence"}
        # Options are a class of the plugin's, and a default or a check in it may do anything.
        given, fault = attempt(partial(options.read, types[plugin].options, table, base, reserved))
        if fault:
            yield (
                None,
                {**common, "fault": Sentence("its options cannot be made: {fault}, in {own}", fault=fault, own=own)},
            )
        elif given is not None:
            place, _ = attempt(partial(place_of, plugin, given, base))
            yield types[plugin], {**common, "options": given, "plugin": own, "place": place or ""}


def _plugin_of(table: Value, word: str, types: Mapping[str, Any], plugins: Registry) -> str | None:
    """Return the name in `plugin`, if it is one that is offered, or would be if no plugin were broken."""
    if "plugin" not in table.raw:
        _no_plugin(table, types)
        return None
    plugin = table.child("plugin")
    if not plugin.is_a(str):
        return None
    if plugin.raw not in types and not plugins.why_not(word, plugin.raw):
        _unknown(plugin, Sentence("plugin"), types, plugins)
        return None
    return str(plugin.raw)


def _common(table: Value, word: str) -> dict[str, Any] | None:
    """Read what every table of sources, or of outputs, may hold; None if any of it is faulty."""
    readers = {"time_limit": _time_limit, **({"silence": options.span} if word == "source" else {})}
    given = {key: read(table.child(key)) for key, read in readers.items() if key in table.raw}
    return None if None in given.values() else {"name": table.name, "time_limit": TIME_LIMIT, **given}


def _time_limit(value: Value) -> timedelta | None:
    limit = options.span(value)
    if limit == timedelta(0):
        value.report(
            Sentence("nothing can be done in no time"),
            code=Code.NO_SUCH_TIME,
            hint=Sentence('write "60 seconds", or leave the line out'),
        )
        return None
    return limit


def _no_plugin(value: Value, types: Mapping[str, Any]) -> None:
    misspelt = next((key for key in value.raw if nearest(key, ("plugin",))), None)
    if misspelt:
        value.child(misspelt).report(
            Sentence("unknown {what} {key!r}", what=Sentence("key"), key=misspelt),
            code=Code.UNKNOWN_KEY,
            hint=Sentence('did you mean "plugin"?'),
            at="key",
        )
    else:
        hint = Sentence('add plugin = "...", one of: {types}', types=", ".join(sorted(types)))
        # A table is mostly called as what it holds; of several, the one that needs no account is meant.
        called = [name for name, kind in types.items() if value.name in (name, *getattr(kind, "emits", ()))]
        fitting = [name for name in called if {*value.raw} <= options.names(types[name].options)]
        if len(fitting) == 1:
            hint = Sentence("add {name} = {example}", name="plugin", example=f'"{fitting[0]}"')
        value.report(Sentence("'plugin' is missing"), code=Code.MISSING, hint=hint, at="key")


def _unknown(value: Value, what: str, names: Iterable[str], plugins: Registry) -> None:
    """Report the name of something that no plugin adds, or only one that is switched off."""
    off = [each.name for each in plugins.plugins if each.state == "disabled"]
    if not off:
        values.unknown(value, what, sorted(names))
        return
    switched = Sentence("switched off in [plugins]: {off}", off=", ".join(off))
    hint = together(expected(value.raw, names), switched)
    value.report(Sentence("unknown {what} {key!r}", what=what, key=value.raw), code=Code.UNKNOWN_NAME, hint=hint)


def _packs(value: Value | None, plugins: Registry, base: Path) -> tuple[tuple[Pack, ...], list[Problem]]:
    """Return the packs, and what is wrong with those that are not where they should be: all else goes on."""
    packs: list[Pack] = []
    missing: list[Problem] = []
    for item in value.items() if value else ():
        if not item.is_a(str):
            continue
        if item.raw in plugins.packs:
            packs.append(plugins.packs[item.raw])
        elif is_folder(item.raw):
            packs += [pack] if (pack := in_folder(replace(item, problems=missing), base)) else []
        elif folder := spelt_as_folder(item.raw, base):
            hint = Sentence('if you mean the folder, write "{folder}"', folder=folder)
            item.report(
                Sentence("unknown {what} {key!r}", what=Sentence("pack"), key=item.raw),
                code=Code.UNKNOWN_NAME,
                hint=hint,
            )
        elif fault := plugins.why_not("pack", item.raw):
            message = Sentence("the pack {raw!r} is not there: {fault}", raw=item.raw, fault=fault)
            replace(item, problems=missing).report(
                message, code=Code.UNKNOWN_NAME, hint=Sentence("see `followup plugins`")
            )
        else:
            _unknown(item, Sentence("pack"), plugins.packs, plugins)
    return tuple(packs), missing


def _pack_layers(packs: Sequence[Pack], missing: list[Problem], top: Value) -> Iterator[Layer]:
    """Yield the rules of the packs; report those whose folder is not there among what is missing."""
    named = replace(top, problems=missing)
    for pack in packs:
        folder = Path(pack.folder)
        for name in (WORDS, RULES) if (folder / WORDS).is_file() else (RULES,):
            layers = _layer(folder / name, f"{pack.name}/{name}", named, hint=Sentence("reinstall the pack"))
            yield from (replace(layer, of_pack=True) for layer in layers)


def _own_layers(value: Value | None, base: Path) -> Iterator[Layer]:
    if value and isinstance(value.raw, dict):
        for table in value.children():
            hint = Sentence('did you mean "{word}"?', word="rule")
            message = Sentence("the table of a rule is [rule.{name}]", name=table.name)
            table.report(message, code=Code.UNKNOWN_KEY, hint=hint, at="key", within="rules")
        return
    for item in value.items() if value else ():
        file = options.path(item, base)
        if file is not None:
            yield from _layer(file, item.raw, item, hint=Sentence("create it, or take it out of 'rules'"))


def _layer(file: Path, name: str, named: Value, *, hint: str) -> Iterator[Layer]:
    text = _text(file, name, hint=hint)
    if isinstance(text, Problem):
        named.report(text.message, code=text.code, hint=text.hint)
    else:
        yield Layer(name, text, named)


def _disabled(value: Value | None) -> tuple[Value, ...]:
    """Return the names of plugins that `[plugins]` switches off."""
    if value is None or not value.is_a(dict) or "disabled" not in value.known_keys(("disabled",)):
        return ()
    names = values.every(value.child("disabled"), lambda item: item if item.is_a(str) else None)
    return names or ()
