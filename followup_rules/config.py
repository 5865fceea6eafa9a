"""The user's config.toml: everything in it checked at once, and made into records."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from followup_rules import __version__, options, registry, wordlists, workdays
from followup_rules import profile as profiles
from followup_rules.engine.cases import Directory, Label
from followup_rules.hookspecs import OutputType, Pack, SourceType
from followup_rules.language import load, reader
from followup_rules.language.document import Document, parse
from followup_rules.language.nearest import expected, nearest
from followup_rules.language.patterns import World
from followup_rules.language.phrases import Days
from followup_rules.language.reader import Value
from followup_rules.language.schema import RuleSet
from followup_rules.model import Problem, Profile
from followup_rules.profile import ProfileTable, StoreTable
from followup_rules.registry import Registry
from followup_rules.templates import Texts

holidays_of = workdays.holidays_of

TABLES = ("packs", "rules", "profile", "sources", "outputs", "store", "case", "plugins", *load.TABLES)


@dataclass(frozen=True, slots=True)
class Configured:
    """A source or an output of the config: its name, its type and its options."""

    name: str
    type: SourceType | OutputType | None
    """None: the plugin that should offer it is broken."""
    options: Any
    fault: str = ""


@dataclass(frozen=True)
class Config:
    """All that a tick needs to know; `problems` holds everything that is wrong, and if any is fatal, nothing works."""

    file: Path
    registry: Registry
    problems: tuple[Problem, ...]
    profile: Profile = field(default_factory=Profile)
    sources: tuple[Configured, ...] = ()
    outputs: tuple[Configured, ...] = ()
    store: Path = Path()
    directory: Directory | None = None
    rules: RuleSet | None = None
    texts: Texts | None = None
    fingerprint: str = ""

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


def read(file: Path) -> Config:
    """Read the config and all that it names. Never raises for what a user wrote: see `Config.problems`."""
    document = read_document(file, str(file), hint="write one with `followup init`, or name another with --config")
    if isinstance(document, Problem):
        return Config(file, Registry(), (replace(document, fatal=True),))
    fatal: list[Problem] = []
    top = Value(document.tables, document, (), fatal)
    tables = {key: top.child(key) for key in top.known_keys(TABLES)}
    disabled = _disabled(tables.get("plugins"))
    plugins = registry.load([name.raw for name in disabled])
    known = [plugin.name for plugin in plugins.plugins]
    for name in disabled:
        if name.raw not in known:
            reader.unknown(name, "plugin", known)
    config = _build(file, document, tables, top, plugins)
    every = (*plugins.problems, *(replace(problem, fatal=True) for problem in fatal), *config.problems)
    return replace(config, problems=tuple(dict.fromkeys(every)))


def read_document(file: Path, name: str, *, hint: str) -> Document | Problem:
    """Read a TOML file; `name` is what messages call it."""
    try:
        return parse(file.read_text(encoding="utf-8", errors="surrogateescape"), name)
    except OSError as error:
        return Problem(name, f"{name} cannot be read: {error.strerror}", "F002", hint=hint)


def _build(file: Path, document: Document, tables: Mapping[str, Value], top: Value, plugins: Registry) -> Config:
    base = file.absolute().parent
    table = _profile(tables.get("profile"), top, base)
    sources = _configured(tables.get("sources"), plugins.sources, plugins, base)
    outputs = _configured(tables.get("outputs"), plugins.outputs, plugins, base)
    store = options.read(StoreTable, tables["store"], base) if "store" in tables else StoreTable(path=default_store())
    labels = profiles.labels(tables.get("case"), base)
    before = len(top.problems)
    packs = _packs(tables.get("packs"), plugins)
    layers = [*_pack_layers(packs, top), *_own_layers(tables.get("rules"), base), document]
    whole = len(top.problems) == before
    profile = profiles.profile_of(table) if table else Profile()
    directory = _directory(profile, table, labels)
    texts = Texts([base / "templates", *(Path(pack.folder) / "templates" for pack in packs)], profile)
    around = load.Surroundings(texts.names(), _takes(outputs, top.problems))
    rules, problems = load.load(layers, _world(profile, directory, plugins), around)
    return Config(
        file=file,
        registry=plugins,
        problems=tuple(_in_rules(problems, layers)) if whole else (),
        profile=profile,
        sources=sources,
        outputs=outputs,
        store=store.path if store else Path(),
        directory=directory,
        rules=rules,
        texts=texts,
        fingerprint=_fingerprint(layers, base / "templates"),
    )


def _in_rules(problems: Iterable[Problem], layers: Sequence[Document]) -> Iterator[Problem]:
    yield from problems
    for layer in layers[:-1]:
        yield from load.unknown_tables(layer)


def _profile(value: Value | None, top: Value, base: Path) -> ProfileTable | None:
    if value is None:
        top.report(
            "the table [profile] is missing", code="F013", hint='[profile] with me = ["..."] and timezone = "..."'
        )
        return None
    return profiles.profile_table(value, base) if value.is_a(dict) else None


def _takes(outputs: Iterable[Configured], problems: Iterable[Problem]) -> Mapping[str, tuple[str, ...]] | None:
    """Return what each output takes; None if one is faulty, for then nobody knows."""
    faulty = any(problem.where.startswith("outputs") for problem in problems)
    takes = {output.name: output.type.takes for output in outputs if isinstance(output.type, OutputType)}
    return None if faulty or any(output.fault for output in outputs) else takes


def _configured(value: Value | None, types: Mapping[str, Any], plugins: Registry, base: Path) -> tuple[Configured, ...]:
    if value is None or not value.is_a(dict):
        return ()
    found = (_configured_one(value.child(name), types, plugins, base) for name in value.raw)
    return tuple(one for one in found if one is not None)


def _configured_one(value: Value, types: Mapping[str, Any], plugins: Registry, base: Path) -> Configured | None:
    if not value.is_a(dict):
        return None
    if "plugin" not in value.raw:
        _no_plugin(value, types)
        return None
    plugin = value.child("plugin")
    if not plugin.is_a(str):
        return None
    if plugin.raw in types:
        kind = types[plugin.raw]
        read_options = options.read(kind.options, value, base, frozenset({"plugin"}))
        return None if read_options is None else Configured(value.name, kind, read_options)
    fault = _broken(plugin.raw, plugins)
    if fault:
        return Configured(value.name, None, None, fault)
    _unknown(plugin, "plugin", types, plugins)
    return None


def _no_plugin(value: Value, types: Iterable[str]) -> None:
    misspelt = next((key for key in value.raw if nearest(key, ("plugin",))), None)
    if misspelt:
        value.child(misspelt).report(f"unknown key {misspelt!r}", code="F010", hint='did you mean "plugin"?', at="key")
    else:
        hint = f'add plugin = "...", one of: {", ".join(sorted(types))}'
        value.report("'plugin' is missing", code="F013", hint=hint, at="key")


def _broken(name: str, plugins: Registry) -> str:
    broken = (each for each in plugins.plugins if each.error and each.name == name)
    return next((f"{each} is broken: {each.error}" for each in broken), "")


def _unknown(value: Value, what: str, names: Iterable[str], plugins: Registry) -> None:
    """Report the name of something that no plugin adds, or only one that is switched off."""
    off = [each.name for each in plugins.plugins if each.state == "disabled"]
    if not off:
        reader.unknown(value, what, sorted(names))
        return
    switched = f"switched off in [plugins]: {', '.join(off)}"
    hint = "; ".join(filter(None, (expected(value.raw, names), switched)))
    value.report(f"unknown {what} {value.raw!r}", code="F012", hint=hint)


def _packs(value: Value | None, plugins: Registry) -> tuple[Pack, ...]:
    found = []
    for item in value.items() if value else ():
        if not item.is_a(str):
            continue
        if item.raw in plugins.packs:
            found.append(plugins.packs[item.raw])
        elif fault := _broken(item.raw, plugins):
            item.report(f"the pack {item.raw!r} is not there: {fault}", code="F012", hint="see `followup plugins`")
        else:
            _unknown(item, "pack", plugins.packs, plugins)
    return tuple(found)


def _pack_layers(packs: Sequence[Pack], top: Value) -> Iterator[Document]:
    for pack in packs:
        name = f"{pack.name}/rules.toml"
        yield from _layer(read_document(Path(pack.folder) / "rules.toml", name, hint="reinstall the pack"), top)


def _own_layers(value: Value | None, base: Path) -> Iterator[Document]:
    for item in value.items() if value else ():
        file = options.path(item, base)
        if file is not None:
            yield from _layer(read_document(file, item.raw, hint="create it, or take it out of 'rules'"), item)


def _layer(read: Document | Problem, value: Value) -> Iterator[Document]:
    if isinstance(read, Document):
        yield read
    elif read.line:
        value.problems.append(read)
    else:
        value.report(read.message, code=read.code, hint=read.hint)


def _directory(profile: Profile, table: ProfileTable | None, labels: tuple[Label, ...]) -> Directory:
    return Directory(
        registrable=wordlists.registrable,
        labels=labels,
        me=profile.me,
        agencies=profile.agencies,
        services=wordlists.services() | profiles.domains(table.services if table else ()),
        free_mail=wordlists.free_mail() | profiles.domains(table.free_mail if table else ()),
    )


def _world(profile: Profile, directory: Directory, plugins: Registry) -> World:
    return World(
        me=profile.me,
        my_domains=profile.my_domains,
        services=directory.services,
        stop_words=wordlists.stop_words(),
        days=Days(profile.timezone, functools.partial(workdays.holiday, profile.holidays)),
        checks={name: check.holds for name, check in plugins.checks.items()},
    )


def _disabled(value: Value | None) -> tuple[Value, ...]:
    """Return the names of plugins that `[plugins]` switches off."""
    if value is None or not value.is_a(dict) or "disabled" not in value.known_keys(("disabled",)):
        return ()
    names = reader.every(value.child("disabled"), lambda item: item if item.is_a(str) else None)
    return names or ()


def _fingerprint(layers: Sequence[Document], templates: Path) -> str:
    """Return what changes whenever the same events could be judged or worded otherwise."""
    parts = [layer.text for layer in layers]
    if templates.is_dir():
        parts += [f"{file.name} {file.stat().st_mtime_ns}" for file in sorted(templates.iterdir())]
    return hashlib.sha256("\0".join([__version__, *parts]).encode()).hexdigest()
