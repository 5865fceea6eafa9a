"""Finds plugins by entry point, and keeps those that fail as data: a broken plugin stops nothing else."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec import Struct, field

from followup_rules.codes import Code
from followup_rules.host import plugin as one
from followup_rules.host.plugin import GROUP, KINDS, Kind, Plugin, Record
from followup_rules.model import Problem
from followup_rules.sentences import Sentence, either, together

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    import click

    from followup_rules.hookspecs import Check, HealthCheck, Login, OutputType, Pack, SourceType

__all__ = ["Plugin", "Registry", "load"]

T = TypeVar("T")
Offers = Mapping[str, list[tuple[Plugin, T]]]
"""By name, which plugins add what under it."""


class Registry(Struct, frozen=True):
    """All plugins, and what the working ones add, by name."""

    plugins: tuple[Plugin, ...] = ()
    sources: Mapping[str, SourceType] = field(default_factory=dict)
    outputs: Mapping[str, OutputType] = field(default_factory=dict)
    packs: Mapping[str, Pack] = field(default_factory=dict)
    checks: Mapping[str, Check] = field(default_factory=dict)
    logins: Mapping[str, Login] = field(default_factory=dict)
    health_checks: Mapping[str, HealthCheck] = field(default_factory=dict)
    adders: Mapping[tuple[str, str], Plugin] = field(default_factory=dict)
    """Which plugin adds what: by kind and name, such as ("source", "ics")."""
    clashes: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """Names that several plugins add, likewise, and who they are; none of them is used."""
    problems: tuple[Problem, ...] = ()

    def why_not(self, kind: str, name: str) -> str:
        """Return why nobody offers a name though somebody may be meant to; "" if there is no such reason.

        While a plugin is broken nobody knows what it would add: its entry point may have any name.
        """
        if (kind, name) in self.clashes:
            return self.clashes[kind, name]
        broken = [plugin for plugin in self.plugins if plugin.error]
        own = [plugin for plugin in broken if plugin.name == name] or broken
        told = (Sentence("{plugin} is broken: {error}", plugin=str(plugin), error=plugin.error) for plugin in own)
        return together(*told)

    def register_commands(self, cli: click.Group) -> tuple[Problem, ...]:
        """Add the plugins' commands to `cli`; return a problem for each that fails or whose name is taken."""
        offers, problems = _commands(self.plugins)
        free = {name: own for name, own in offers.items() if name not in cli.commands}
        problems += [_taken(name, offers[name]) for name in sorted(offers.keys() - free)]
        for name, command in _single(free).items():
            cli.add_command(command, name)
        return (*problems, *_clashes("command", free))


def load(disabled: Collection[str] = (), *, entry_points: Iterable[EntryPoint] | None = None) -> Registry:
    """Return what the installed plugins add: those of the entry point group `followup_rules`, or the given ones.

    Raises nothing. A name that two plugins add is a problem (F050), and neither is used. `disabled` holds names of
    entry points: these are listed and not loaded.
    """
    found, problems = _installed() if entry_points is None else (list(entry_points), [])
    # Distributions come in the order of the path and of folders on the disk: sorted, all computers tell the same.
    points = sorted(found, key=lambda point: (point.name, point.value))
    twice = {name for name, count in Counter(point.name for point in points).items() if count > 1} - set(disabled)
    loaded = [_plugin(point, disabled, twice) for point in points]
    plugins = tuple(plugin for plugin, _ in loaded)
    offers: dict[str, Offers[Any]] = {kind.word: defaultdict(list) for kind in KINDS}
    for plugin, records in loaded:
        for kind, record in records:
            offers[kind.word][record.name].append((plugin, record))
    problems += [_namesakes(name, [plugin for plugin in plugins if plugin.name == name]) for name in sorted(twice)]
    problems += [problem for word, named in offers.items() for problem in _clashes(word, named)]
    sources, outputs, packs, checks, logins, health = (_single(offers[kind.word]) for kind in KINDS)
    every = [(word, name, own) for word, named in offers.items() for name, own in named.items()]
    adders = {(word, name): own[0][0] for word, name, own in every if len(own) == 1}
    clashes: dict[tuple[str, str], str] = {}
    for word, name, own in (each for each in every if len(each[2]) > 1):
        who = _by([str(plugin) for plugin, _ in own])
        clashes[word, name] = Sentence("it is added by {who}; none of them is used", who=who)
    return Registry(plugins, sources, outputs, packs, checks, logins, health, adders, clashes, tuple(problems))


def _installed() -> tuple[list[EntryPoint], list[Problem]]:
    """Return the entry points of all distributions; of two of one name the first on the path counts, as in `import`."""
    from importlib.metadata import distributions  # noqa: PLC0415 -- heavy

    points: list[EntryPoint] = []
    problems: list[Problem] = []
    seen: set[str] = set()
    for distribution in distributions():
        try:
            own = distribution.entry_points.select(group=GROUP)
        except Exception as error:  # noqa: BLE001 -- any installed package may have a garbled file
            problems.append(_unreadable(one.says(distribution, "name"), error))
            continue
        name = one.says(distribution, "name") if own else ""
        # The same distribution is found twice where its folder stands on the path twice, or beside an editable install.
        if name not in seen:
            points.extend(own)
        seen.update({name} - {""})
    return points, problems


def _plugin(
    point: EntryPoint, disabled: Collection[str], twice: Collection[str]
) -> tuple[Plugin, list[tuple[Kind, Record]]]:
    if point.name in disabled:
        return Plugin(point.name, entry_point=point), []
    if point.name in twice:
        return Plugin(point.name, Sentence("another plugin has the same name"), entry_point=point), []
    loaded, error = one.attempt(partial(one.load, point))
    if loaded is None:
        return Plugin(point.name, error, entry_point=point), []
    adds = [f"{kind.word} {record.name}" for kind, record in loaded.records] + ["commands"] * loaded.has_commands
    return Plugin(point.name, module=loaded.module, adds=tuple(adds), entry_point=point), loaded.records


def _commands(plugins: Iterable[Plugin]) -> tuple[Offers[click.Command], list[Problem]]:
    offers: Offers[click.Command] = defaultdict(list)
    problems = []
    for plugin in (plugin for plugin in plugins if "commands" in plugin.adds):
        commands, error = one.attempt(partial(one.commands, plugin))
        if error:
            message = Sentence("{plugin} adds no commands: {error}", plugin=str(plugin), error=error)
            problems.append(Problem("plugins", message, Code.NO_COMMANDS))
        for name, command in (commands or {}).items():
            offers[name].append((plugin, command))
    return offers, problems


def _single(offers: Offers[T]) -> dict[str, T]:
    return {name: own[0][1] for name, own in sorted(offers.items()) if len(own) == 1}


def _clashes(word: str, offers: Offers[Any]) -> list[Problem]:
    return [_clash(word, name, [plugin for plugin, _ in own]) for name, own in sorted(offers.items()) if len(own) > 1]


def _clash(word: str, name: str, plugins: list[Plugin]) -> Problem:
    who = _by([str(plugin) for plugin in plugins])
    choice = either([f'["{plugin.name}"]' for plugin in plugins])
    message = Sentence('the {word} "{name}" is added by {who}; none of them is used', word=word, name=name, who=who)
    return Problem(
        "plugins",
        message,
        Code.NAME_CLASH,
        hint=Sentence("switch one off in the config: [plugins] disabled = {choice}", choice=choice),
    )


def _by(names: Sequence[str]) -> str:
    first, *others = names
    return Sentence("{one} and by {other}", one=first, other=_by(others)) if others else first


def _and(names: Sequence[str]) -> str:
    first, *others = names
    return Sentence("{one} and {other}", one=first, other=_and(others)) if others else first


def _taken(name: str, offers: list[tuple[Plugin, Any]]) -> Problem:
    who = _and([str(plugin) for plugin, _ in offers])
    return Problem(
        "plugins",
        Sentence('the command "{name}" of {who} is not used: followup has one of that name', name=name, who=who),
        Code.NAME_CLASH,
    )


def _namesakes(name: str, plugins: list[Plugin]) -> Problem:
    who = _and([str(plugin) for plugin in plugins])
    message = Sentence(
        '{number} plugins have the name "{name}": {who}; none of them is used', number=len(plugins), name=name, who=who
    )
    return Problem("plugins", message, Code.NAME_CLASH, hint=Sentence("uninstall the one that you do not want"))


def _unreadable(distribution: str, error: Exception) -> Problem:
    message = Sentence(
        "the entry points of the package {distribution} cannot be read: {said}",
        distribution=distribution,
        said=one.said(error),
    )
    return Problem("plugins", message, Code.DAMAGED_PACKAGE, hint=Sentence("install that package again"), warning=True)
