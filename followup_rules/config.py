"""The user's config.toml: everything in it checked at once, and made into records."""

from __future__ import annotations

import functools
import hashlib
import os
import re
import zoneinfo
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from followup_rules import __version__, options, registry, wordlists
from followup_rules.engine.cases import Directory, Label
from followup_rules.hookspecs import OutputType, Pack, SourceType
from followup_rules.language import load, reader
from followup_rules.language.document import Document, parse
from followup_rules.language.nearest import expected
from followup_rules.language.patterns import World
from followup_rules.language.phrases import Days
from followup_rules.language.reader import Value
from followup_rules.language.schema import RuleSet
from followup_rules.model import Problem, Profile
from followup_rules.registry import Registry
from followup_rules.templates import Texts

_COUNTRY = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,4})?")

TABLES = ("packs", "rules", "profile", "sources", "outputs", "store", "case", "plugins", *load.TABLES)


@dataclass(frozen=True, kw_only=True)
class ProfileTable:
    """`[profile]`: who the user is."""

    me: tuple[str, ...] = field(metadata={"help": "All your e-mail addresses; the first is the sender of drafts."})
    my_domains: tuple[str, ...] = field(default=(), metadata={"help": "Your employer's: people there are colleagues."})
    agencies: tuple[str, ...] = field(default=(), metadata={"help": "Domains of recruitment agencies."})
    name: str = field(default="", metadata={"help": "How you sign."})
    timezone: str = field(metadata={"help": "The zone of your days, such as America/Toronto."})
    holidays: str = field(default="", metadata={"help": "Country, or country and region, such as CA-QC."})
    language: Literal["fr", "en"] = field(default="en", metadata={"help": "The language of texts."})
    lookback: timedelta = field(default=timedelta(days=30), metadata={"help": "How old a duty may be on the first run."})
    free_mail: tuple[str, ...] = field(default=(), metadata={"help": "Further domains of mail open to everybody."})
    services: tuple[str, ...] = field(default=(), metadata={"help": "Further domains of scheduling services."})


@dataclass(frozen=True, kw_only=True)
class StoreTable:
    """`[store]`: where the memory of followup lies."""

    path: Path = field(metadata={"help": "The database file; by default in the platform's data folder."})


@dataclass(frozen=True, kw_only=True)
class CaseTable:
    """`[case.NAME]`: a label of your own."""

    people: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


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
    profile: Profile = Profile()
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
    plugins = registry.load(_disabled(tables))
    config = _build(file, document, tables, top, plugins)
    every = (*plugins.problems, *(replace(problem, fatal=True) for problem in fatal), *config.problems)
    return replace(config, problems=tuple(dict.fromkeys(every)))


def read_document(file: Path, name: str, *, hint: str) -> Document | Problem:
    """Read a TOML file; `name` is what messages call it."""
    try:
        return parse(file.read_text(encoding="utf-8-sig"), name)
    except OSError as error:
        return Problem(name, f"{name} cannot be read: {error.strerror}", "F002", hint=hint)
    except UnicodeDecodeError as error:
        return Problem(name, f"{name} is not UTF-8 text (byte {error.start})", "F001", hint="save it as UTF-8")


def _build(file: Path, document: Document, tables: Mapping[str, Value], top: Value, plugins: Registry) -> Config:
    base = file.absolute().parent
    table = _table(ProfileTable, tables.get("profile"), top, base)
    profile = _profile(table, tables["profile"]) if table else None
    sources = _configured(tables.get("sources"), plugins.sources, plugins, base)
    outputs = _configured(tables.get("outputs"), plugins.outputs, plugins, base)
    store = options.read(StoreTable, tables["store"], base) if "store" in tables else StoreTable(path=default_store())
    labels = _labels(tables.get("case"), base)
    packs = _packs(tables.get("packs"), plugins)
    layers = [*_pack_layers(packs, top), *_own_layers(tables.get("rules"), base), document]
    if profile is None or table is None or store is None:
        return Config(file, plugins, ())
    directory = _directory(profile, table, labels)
    world = _world(profile, directory, plugins)
    texts = Texts([base / "templates", *(Path(pack.folder) / "templates" for pack in packs)], profile)
    takes = {output.name: output.type.takes for output in outputs if isinstance(output.type, OutputType)}
    known = None if any(problem.where.startswith("outputs") for problem in top.problems) else takes
    rules, problems = load.load(layers, world, load.Surroundings(texts.names(), known))
    return Config(
        file=file,
        registry=plugins,
        problems=(*problems, *(problem for layer in layers[:-1] for problem in load.unknown_tables(layer))),
        profile=profile,
        sources=sources,
        outputs=outputs,
        store=store.path,
        directory=directory,
        rules=rules,
        texts=texts,
        fingerprint=_fingerprint(layers, base / "templates"),
    )


def _table(cls: type, value: Value | None, top: Value, base: Path) -> Any:
    if value is None:
        top.report("the table [profile] is missing", code="F013", hint='[profile] with me = ["..."] and timezone = "..."')
        return None
    return options.read(cls, value, base) if value.is_a(dict) else None


def _profile(table: ProfileTable, value: Value) -> Profile | None:
    zone = _zone(value.child("timezone"))
    if table.holidays and not _COUNTRY.fullmatch(table.holidays):
        value.child("holidays").report(f"{table.holidays!r} is no country", code="F012", hint='write "CA" or "CA-QC"')
        return None
    if not table.me:
        value.child("me").report("'me' names no address of yours", code="F013", hint='me = ["you@example.org"]')
        return None
    if zone is None:
        return None
    return Profile(
        me=frozenset(address.lower() for address in table.me),
        address=table.me[0],
        my_domains=frozenset(domain.lower().lstrip("@") for domain in table.my_domains),
        agencies=frozenset(domain.lower().lstrip("@") for domain in table.agencies),
        name=table.name,
        timezone=zone,
        holidays=table.holidays,
        language=table.language,
        lookback=table.lookback,
    )


def _zone(value: Value) -> ZoneInfo | None:
    try:
        return ZoneInfo(value.raw)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        hint = expected(value.raw, zoneinfo.available_timezones()) or 'write a name such as "America/Toronto"'
        value.report(f"unknown time zone {value.raw!r}", code="F012", hint=hint)
        return None


def _configured(
    value: Value | None, types: Mapping[str, Any], plugins: Registry, base: Path
) -> tuple[Configured, ...]:
    if value is None or not value.is_a(dict):
        return ()
    found = (_configured_one(value.child(name), types, plugins, base) for name in value.raw)
    return tuple(one for one in found if one is not None)


def _configured_one(value: Value, types: Mapping[str, Any], plugins: Registry, base: Path) -> Configured | None:
    if not value.is_a(dict):
        return None
    if "plugin" not in value.raw:
        value.report("'plugin' is missing", code="F013", hint=expected("", types), at="key")
        return None
    plugin = value.child("plugin")
    if not plugin.is_a(str):
        return None
    if plugin.raw in types:
        kind = types[plugin.raw]
        read_options = options.read(kind.options, value, base, frozenset({"plugin"}))
        return None if read_options is None else Configured(value.name, kind, read_options)
    broken = [each for each in plugins.plugins if each.error and each.name == plugin.raw]
    if broken:
        return Configured(value.name, None, None, f"{broken[0]} is broken: {broken[0].error}")
    reader.unknown(plugin, "plugin", sorted(types))
    return None


def _labels(value: Value | None, base: Path) -> tuple[Label, ...]:
    if value is None or not value.is_a(dict):
        return ()
    tables = {name: options.read(CaseTable, value.child(name), base) for name in value.raw if value.child(name).is_a(dict)}
    return tuple(
        Label(name, _lower(table.people), _lower(domain.lstrip("@") for domain in table.domains), table.words)
        for name, table in sorted(tables.items())
        if table is not None
    )


def _lower(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word.lower() for word in words)


def _packs(value: Value | None, plugins: Registry) -> tuple[Pack, ...]:
    if value is None:
        return ()
    found = []
    for item in value.items():
        if item.is_a(str) and item.raw in plugins.packs:
            found.append(plugins.packs[item.raw])
        elif isinstance(item.raw, str):
            reader.unknown(item, "pack", sorted(plugins.packs))
    return tuple(found)


def _pack_layers(packs: Sequence[Pack], top: Value) -> Iterator[Document]:
    for pack in packs:
        name = f"{pack.name}/rules.toml"
        yield from _layer(read_document(Path(pack.folder) / "rules.toml", name, hint="reinstall the pack"), top)


def _own_layers(value: Value | None, base: Path) -> Iterator[Document]:
    for item in value.items() if value else ():
        if item.is_a(str):
            file = base / Path(os.path.expandvars(item.raw)).expanduser()
            yield from _layer(read_document(file, item.raw, hint="create it, or take it out of 'rules'"), item)


def _layer(read: Document | Problem, value: Value) -> Iterator[Document]:
    if isinstance(read, Problem):
        value.problems.append(replace(read, fatal=True))
    else:
        yield read


def _directory(profile: Profile, table: ProfileTable, labels: tuple[Label, ...]) -> Directory:
    return Directory(
        registrable=registrable,
        labels=labels,
        me=profile.me,
        agencies=profile.agencies,
        services=wordlists.services() | _lower(table.services),
        free_mail=wordlists.free_mail() | _lower(table.free_mail),
    )


def _world(profile: Profile, directory: Directory, plugins: Registry) -> World:
    return World(
        me=profile.me,
        my_domains=profile.my_domains,
        services=directory.services,
        stop_words=wordlists.stop_words(),
        days=Days(profile.timezone, functools.partial(holiday, profile.holidays)),
        checks={name: check.holds for name, check in plugins.checks.items()},
    )


def registrable(host: str) -> str:
    """Return the domain that somebody registered, by the Public Suffix List: `mail.nordik.ca` is `nordik.ca`."""
    return _suffixes().privatesuffix(host) or host


@cache
def _suffixes() -> Any:
    from publicsuffixlist import PublicSuffixList  # noqa: PLC0415 -- reads a list of 10,000 lines

    return PublicSuffixList(accept_unknown=True, only_icann=True)


def holiday(country: str, day: date) -> str | None:
    """Return the name of a statutory holiday, or None."""
    if not country:
        return None
    name = holidays_of(country).get(day)
    return str(name) if name else None


@cache
def holidays_of(country: str) -> Mapping[date, str]:
    """Return the holidays of "CA-QC". Raises KeyError or NotImplementedError for a place that nobody knows."""
    import holidays  # noqa: PLC0415 -- takes 0.1 s

    nation, _, region = country.partition("-")
    found: Mapping[date, str] = holidays.country_holidays(nation.upper(), subdiv=region.upper() or None)
    return found


def _disabled(tables: Mapping[str, Value]) -> tuple[str, ...]:
    value = tables.get("plugins")
    if value is None or not value.is_a(dict) or "disabled" not in value.known_keys(("disabled",)):
        return ()
    return reader.strings(value.child("disabled")) or ()


def _fingerprint(layers: Sequence[Document], templates: Path) -> str:
    """Return what changes whenever the same events could be judged or worded otherwise."""
    parts = [layer.text for layer in layers]
    if templates.is_dir():
        parts += [f"{file.name} {file.stat().st_mtime_ns}" for file in sorted(templates.iterdir())]
    return hashlib.sha256("\0".join([__version__, *parts]).encode()).hexdigest()
