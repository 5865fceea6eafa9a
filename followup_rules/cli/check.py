"""`followup check`: everything that could be wrong, found before a run meets it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from msgspec import Struct
from msgspec.structs import replace

from followup_rules.cli import shared
from followup_rules.codes import Code
from followup_rules.config.configured import ConfiguredSource
from followup_rules.config.read import Config, read_config
from followup_rules.engine.sight import UNASKED
from followup_rules.hookspecs import Source
from followup_rules.language.schema import Rule
from followup_rules.model import Context, Event, Problem, Pull
from followup_rules.store.errors import StoreError
from followup_rules.store.store import open_copy
from followup_rules.texts.plurals import plural
from followup_rules.tick.run import preview
from followup_rules.toml.suggestions import nearest
from followup_rules.upkeep.addresses import addresses_in_config, exposed_addresses
from followup_rules.upkeep.services import concerns


class Findings(Struct, frozen=True, dict=True):
    """What a check found: the problems, and what was looked at, by name."""

    problems: tuple[Problem, ...] = ()
    checked: Mapping[str, Any] = {}
    """`config`, `plugins`, `rules`, `guards`, `sources` (events of each), `outputs`, `store`; empty if all is lost."""

    @property
    def exit_code(self) -> int:
        """2 if nothing can be done with the config, 1 if something fails, else 0."""
        if any(problem.fatal for problem in self.problems):
            return shared.NOTHING_DONE
        return shared.exit_code(self.problems)


@click.command("check")
@shared.now_option
@shared.json_option
@click.pass_context
def command(ctx: click.Context, now: str | None, *, as_json: bool) -> None:
    """Check config, rules, texts, plugins, sources and outputs, and tell all problems at once. Writes nothing."""
    config = read_config(shared.config_file(ctx))
    findings = examine(config, shared.instant(now, config))
    if as_json:
        from followup_rules.cli import as_json as records  # noqa: PLC0415 -- only for --json

        click.echo(records.dump({"problems": records.problems(findings.problems), "checked": dict(findings.checked)}))
    else:
        click.echo("\n".join(_lines(findings)))
    shared.print_problems(findings.problems)
    sys.exit(findings.exit_code)


def examine(config: Config, now: datetime) -> Findings:
    """Look at all that a config names, as of `now`. Reads the sources from their beginning, and writes nothing."""
    if config.fatal:
        return Findings(config.problems)
    seen: dict[str, _Seen] = {}
    problems = [*config.problems, *_texts(config), *_unwritable(config), *_tried(config, now, seen), *concerns(config)]
    problems += [*addresses_in_config(config), *exposed_addresses(config)]
    problems += [*_unseen_kinds(config, _emitted(config, seen)), *_each_of_many(config)]
    return Findings(tuple(dict.fromkeys(problems)), _checked(config, seen))


# -- what is told when all is well


def _checked(config: Config, seen: Mapping[str, _Seen]) -> dict[str, Any]:
    return {
        "config": str(config.file),
        "plugins": [plugin.name for plugin in config.registry.plugins if plugin.state == "ok"],
        "rules": len(config.rulebook.rules.rules),
        "guards": len(config.rulebook.rules.guards),
        "sources": {name: source.count for name, source in sorted(seen.items()) if source.count is not None},
        "partly": sorted(name for name, source in seen.items() if source.partly),
        "outputs": sorted(output.name for output in config.outputs if output.type is not None),
        "store": str(config.store),
    }


def _lines(findings: Findings) -> Iterator[str]:
    checked = findings.checked
    if not checked:
        yield "the config cannot be used; nothing else was checked"
        return
    yield f"{Path(checked['config']).name}: {_verdict(findings, 'profile', 'case', 'store')}"
    yield f"plugins: {', '.join(checked['plugins'])}"
    counted = f"{plural(checked['rules'], 'rule')}, {plural(checked['guards'], 'guard')}"
    yield f"{counted}: {_verdict(findings, 'rule', 'guard', 'define')}"
    read = ", ".join(
        f"{name} {'the first ' * (name in checked['partly'])}{plural(count, 'event')}"
        for name, count in checked["sources"].items()
    )
    yield f"sources: {read or 'none was read'}"
    yield f"outputs: {', '.join(checked['outputs']) or 'none; only notices can be made'}"
    there = "" if Path(checked["store"]).exists() else " (the first run makes it)"
    yield f"store: {checked['store']}{there}"


def _verdict(findings: Findings, *tables: str) -> str:
    own = [problem for problem in findings.problems if problem.where.partition(".")[0] in tables]
    return f"{plural(len(own), 'problem')}, see below" if own else "fine"


# -- the profile and the texts


def _texts(config: Config) -> Iterator[Problem]:
    book = config.rulebook
    known = book.texts.names()
    for rule in book.rules.rules.values():
        for do in (do for do in rule.do if not do.template or do.template in known):
            hint = f"mend the template {do.template!r}" if do.template else "mend the title or the text of 'do'"
            # In each language in which some case may need it; what is faulty in several is told once.
            own = do.language or rule.language
            spoken = [own] if own else ["", *sorted({*book.languages.values()})]
            texts = (book.texts.speaking(language) for language in spoken)
            found = (each.check(template=do.template, title=do.title, text=do.text) for each in texts)
            for file, line, message in dict.fromkeys(fault for faults in found for fault in faults):
                yield Problem(f"rule.{rule.id}", message, Code.FAULTY_TEXT, file=file, line=line, hint=hint)


# -- sources and outputs, tried out on a copy of the store


@dataclass(slots=True)
class _Seen:
    """What a source emits, and how many events it gave; None: it could not be read."""

    emits: tuple[str, ...]
    count: int | None = None
    partly: bool = False
    """Its history is long, and only the beginning was read."""


class _Counted:
    """A source that writes down how much it gives; of a long history, the first stretch is enough to try it."""

    def __init__(self, source: Source, seen: _Seen) -> None:
        self._source, self._seen = source, seen
        self.emits = seen.emits

    def pull(self, since: datetime, cursor: str) -> Pull:
        pull = self._source.pull(since, cursor)
        self._seen.partly = bool(pull.left)
        return replace(pull, events=self._counted(pull.events), left=0)

    def _counted(self, events: Iterable[Any]) -> Iterator[Any]:
        """Count while somebody else reads: the events of a plugin may be computed meanwhile."""
        count = 0
        for item in events:
            count += isinstance(item, Event)
            yield item
        self._seen.count = count


def _counting(source: ConfiguredSource, seen: dict[str, _Seen]) -> ConfiguredSource:
    if source.type is None:
        return source
    kind = source.type

    def opened(options: Any, context: Context) -> Source:
        original = kind.open(options, context)
        seen[source.name] = _Seen(tuple(getattr(original, "emits", kind.emits)))
        return _Counted(original, seen[source.name])

    return replace(source, type=replace(kind, open=opened))


def _tried(config: Config, now: datetime, seen: dict[str, _Seen]) -> list[Problem]:
    counting = replace(config, sources=tuple(_counting(source, seen) for source in config.sources))
    try:
        with open_copy(config.store) as copy:
            # From their beginning: an unchanged source would show nothing, and nothing could be found wrong with it.
            copy.events.forget_cursors()
            copy.told.forget()
            problems = preview(counting, copy, now).problems
    except StoreError as error:
        return [replace(shared.store_problem(error), fatal=False)]
    # A note without a case is no fault yet if more mail, which may show that case, is still to be read.
    partly = any(source.partly for source in seen.values())
    return [problem for problem in problems if not (partly and problem.code == Code.NO_CASE)]


def _unwritable(config: Config) -> Iterator[Problem]:
    places = [
        (Code.NOT_WRITTEN, f"outputs.{output.name}", path)
        for output in config.outputs
        for path in _paths(output.options)
    ]
    for code, where, path in [*places, (Code.STORE, "store", config.store)]:
        obstacle = _obstacle(path)
        if obstacle:
            hint = "change its permissions, or name another path in the config"
            yield Problem(where, f"{path} cannot be written: {obstacle}", code, hint=hint)


def _paths(options: Any) -> list[Path]:
    values = [getattr(options, each.name) for each in fields(options)] if is_dataclass(options) else []
    return [value for value in values if isinstance(value, Path)]


def _obstacle(path: Path) -> str:
    """Return why a file or folder can be neither written nor made, or ""."""
    if path.exists():
        return "" if os.access(path, os.W_OK) else "you may not change it"
    # What is not there yet is made by the first run, in the nearest folder that is.
    around = next(parent for parent in path.absolute().parents if parent.exists())
    if not around.is_dir():
        return f"{around} is no folder"
    return "" if os.access(around, os.W_OK | os.X_OK) else f"you may not create anything in {around}"


# -- kinds of events that nothing shows


def _emitted(config: Config, seen: Mapping[str, _Seen]) -> set[str]:
    kinds = set(UNASKED)
    for source in config.sources:
        emits = seen[source.name].emits if source.name in seen else source.emits
        kinds.update(emits)
    return kinds


def _unseen_kinds(config: Config, emitted: set[str]) -> Iterator[Problem]:
    for rule in config.rulebook.rules.rules.values():
        looked_for = {kind: key for key, kinds in _looks_for(rule) for kind in kinds}
        for kind in sorted(looked_for.keys() - emitted):
            message = f"{looked_for[kind]!r} looks for {kind!r} events, and no source shows any; so nothing is decided"
            hint = _who_emits(config, kind, emitted)
            yield Problem(f"rule.{rule.id}", message, Code.UNSEEN_KIND, hint=hint, warning=True)


def _each_of_many(config: Config) -> Iterator[Problem]:
    """Tell of rules with a duty for each person that a mail of mine to a hundred people would start a hundred times."""
    for rule in config.rulebook.rules.rules.values():
        patterns = [pattern for pattern in (rule.on, rule.where) if pattern]
        mail = rule.on is not None and "sent" in (rule.on.kinds or {"sent"})
        if rule.each and mail and not rule.fault and not any(pattern.few for pattern in patterns):
            message = "a mail of yours to many people asks for a duty for each of them"
            hint = "say for how many at most: on = { ..., people = { max = 5 } }"
            yield Problem(f"rule.{rule.id}", message, Code.EACH_OF_MANY, hint=hint, warning=True)


def _looks_for(rule: Rule) -> Iterator[tuple[str, frozenset[str]]]:
    if rule.fault:
        return
    lists = {"while": rule.while_, "cancelled_by": rule.cancelled_by, "done_by": rule.done_by}
    patterns = [(key, pattern) for key, listed in lists.items() for pattern in listed]
    patterns += [("on", rule.on)] if rule.per == "case" and rule.on else []
    yield from ((key, pattern.kinds or frozenset()) for key, pattern in patterns)


def _who_emits(config: Config, kind: str, emitted: set[str]) -> str:
    sources = config.registry.sources.values()
    plugins = [f'"{source.name}"' for source in sources if kind in source.emits]
    if plugins:
        return f"add a source that shows it: [sources.{kind}] with plugin = {' or '.join(plugins)}"
    known = {*emitted, *(each for source in sources for each in source.emits)}
    guess = nearest(kind, known)
    return f'did you mean "{guess}"?' if guess else "no installed plugin shows it; `followup plugins` lists them"
