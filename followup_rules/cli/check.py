"""`followup check`: everything that could be wrong, found before a run meets it."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec import Struct, structs
from msgspec.structs import replace

from followup_rules.cli import shared
from followup_rules.cli.speech import say_all, tr
from followup_rules.codes import Code
from followup_rules.config import near_paths
from followup_rules.config.configured import ConfiguredSource
from followup_rules.config.profile import fixed_zone, uncovered
from followup_rules.config.read import Config, read_config
from followup_rules.config.rulebook import documents
from followup_rules.engine.sight import UNASKED
from followup_rules.hookspecs import Source
from followup_rules.language.layers import merge
from followup_rules.lint import analysis
from followup_rules.lint.book import Book, Given, Named
from followup_rules.lint.book import read as read_book
from followup_rules.model import Context, Event, Problem, Pull
from followup_rules.sentences import Sentence, either
from followup_rules.store.errors import StoreError
from followup_rules.store.store import open_copy
from followup_rules.texts.templates import written_at
from followup_rules.tick.run import preview
from followup_rules.upkeep.exposed_addresses import addresses_in_config, exposed_addresses
from followup_rules.upkeep.services import concerns
from followup_rules.upkeep.writable import unwritable

if TYPE_CHECKING:
    from followup_rules.cli.fix import Fix


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
@click.option("--fix", is_flag=True, help="Mend what can only be a slip of the pen; comments and order stay.")
@click.pass_context
def command(ctx: click.Context, now: str | None, *, as_json: bool, fix: bool) -> None:
    """Check config, rules, texts, plugins, sources and outputs, and tell all problems at once.

    Writes nothing, but with --fix.
    """
    config = read_config(shared.config_file(ctx))
    fixed: list[Fix] = []
    if fix:
        config, fixed = _fixed(config)
    findings = examine(config, shared.instant(now, config))
    if as_json:
        from followup_rules.cli import as_json as records  # noqa: PLC0415 -- only for --json

        told = {"problems": records.problems(findings.problems), "checked": dict(findings.checked)}
        click.echo(records.dump(told | ({"fixed": [structs.asdict(each) for each in fixed]} if fix else {})))
    else:
        say_all([*(each.sentence for each in fixed), *_lines(findings)])
    shared.print_problems(findings.problems)
    sys.exit(findings.exit_code)


def _fixed(config: Config) -> tuple[Config, list[Fix]]:
    from followup_rules.cli import fix  # noqa: PLC0415 -- only for --fix

    try:
        return fix.apply(config)
    except OSError as error:
        shared.give_up(
            [Problem("check", Sentence("nothing was mended: {error}", error=error), Code.NOT_OPENED, fatal=True)],
            as_json=False,
        )


def examine(config: Config, now: datetime) -> Findings:
    """Look at all that a config names, as of `now`. Reads the sources from their beginning, and writes nothing."""
    if config.fatal:
        return Findings(config.problems)
    seen: dict[str, _Seen] = {}
    problems = [*config.problems, *_texts(config), *unwritable(config), *_tried(config, now, seen), *concerns(config)]
    if config.ingredients:
        document = config.ingredients.document
        problems += [*fixed_zone(document), *uncovered(document, config.profile.holidays, now)]
    problems += [*addresses_in_config(config), *exposed_addresses(config), *_no_notes(config)]
    problems += [*analysis.warnings(_book(config, seen, now)), *_each_of_many(config)]
    # What a run would tell of a text, it tells without the place of its rule.
    placed = {(each.where, each.message) for each in problems if each.file}
    told = [each for each in problems if each.file or (each.where, each.message) not in placed]
    # The same fault may be found in two ways; it is told once, where it was first.
    return Findings(tuple(dict.fromkeys(told)), _checked(config, seen))


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
        yield Sentence("the config cannot be used; nothing else was checked")
        return
    verdict = _verdict(findings, "profile", "case", "store")
    yield Sentence("{what}: {verdict}", what=Path(checked["config"]).name, verdict=verdict)
    yield Sentence("plugins: {names}", names=", ".join(checked["plugins"]))
    rules = Sentence("{number} rule", "{number} rules", number=checked["rules"])
    guards = Sentence("{number} guard", "{number} guards", number=checked["guards"])
    verdict = _verdict(findings, "rule", "guard", "define")
    yield Sentence("{what}: {verdict}", what=f"{tr(rules)}, {tr(guards)}", verdict=verdict)
    read = ", ".join(tr(_read(name, count, checked)) for name, count in checked["sources"].items())
    yield Sentence("sources: {names}", names=read or Sentence("none was read"))
    outputs = ", ".join(checked["outputs"])
    yield Sentence("outputs: {names}", names=outputs or Sentence("none; only notices can be made"))
    there = Path(checked["store"]).exists()
    yield Sentence("store: {path}" if there else "store: {path} (the first run makes it)", path=checked["store"])


def _read(name: str, count: int, checked: Mapping[str, Any]) -> Sentence:
    if name in checked["partly"]:
        return Sentence("{name} the first {number} event", "{name} the first {number} events", name=name, number=count)
    return Sentence("{name} {number} event", "{name} {number} events", name=name, number=count)


def _verdict(findings: Findings, *tables: str) -> str:
    own = [problem for problem in findings.problems if problem.where.partition(".")[0] in tables]
    found = Sentence("{number} problem, see below", "{number} problems, see below", number=len(own))
    return found if own else Sentence("fine")


# -- the profile and the texts


def _texts(config: Config) -> Iterator[Problem]:
    book = config.rulebook
    known = book.texts.names()
    for rule in book.rules.rules.values():
        for do in (do for do in rule.do if not do.template or do.template in known):
            hint = (
                Sentence("mend the template {template!r}", template=do.template)
                if do.template
                else Sentence("mend the title or the text of 'do'")
            )
            # In each language in which some case may need it; what is faulty in several is told once.
            own = do.language or rule.language
            spoken = [own] if own else ["", *sorted({*book.languages.values()})]
            texts = (book.texts.speaking(language) for language in spoken)
            found = (each.check(template=do.template, title=do.title, text=do.text) for each in texts)
            for file, line, message in dict.fromkeys(fault for faults in found for fault in faults):
                shown = written_at(file, line) if file else ""
                problem = Problem(f"rule.{rule.id}", message, Code.FAULTY_TEXT, file, line, hint=hint)
                if shown:
                    problem = replace(problem, column=1, source_line=shown, length=len(shown))
                parts = (part for part in (do.title, do.text) if part and book.texts.check(title=part))
                yield problem if file else _in_its_rule(problem, config, rule.id, next(parts, ""))


def _in_its_rule(problem: Problem, config: Config, rule: str, part: str) -> Problem:
    """Return the problem of a text that stands in the rule itself, at the faulty part of what the rule does."""
    assert config.ingredients is not None, "a config that cannot be read has no rules"
    do = merge(documents(config.ingredients, []), "rule", [])[rule].fields["do"]
    return do.document.problem(
        do.path,
        problem.message,
        code=problem.code,
        hint=problem.hint,
        at="value",
        where=problem.where,
        within=part.partition("\n")[0],
    )


# -- sources and outputs, tried out on a copy of the store


@dataclass(slots=True)
class _Seen:
    """What a source emits, and how many events it gave; None: it could not be read."""

    emits: tuple[str, ...]
    count: int | None = None
    partly: bool = False
    """Its history is long, and only the beginning was read."""
    tags: frozenset[str] = frozenset()
    fields: Mapping[str, frozenset[str]] = dataclasses.field(default_factory=dict)
    """The further fields of its events, by kind."""


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
            if isinstance(item, Event):
                count += 1
                self._look_at(item)
            yield item
        self._seen.count = count

    def _look_at(self, event: Event) -> None:
        seen = self._seen
        seen.tags |= frozenset(event.tags)
        if event.data:
            seen.fields = {**seen.fields, event.kind: seen.fields.get(event.kind, frozenset()) | frozenset(event.data)}


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
        # A store that cannot be read is one thing wrong; the config and its plugins were checked all the same.
        return [replace(shared.store_problem(error), fatal=False)]
    # A note without a case is no fault yet if more mail, which may show that case, is still to be read.
    partly = any(source.partly for source in seen.values())
    return [problem for problem in problems if not (partly and problem.code == Code.NO_CASE)]


# -- what the rules say of themselves

DISTRIBUTION = "followup-rules"


def _book(config: Config, seen: Mapping[str, _Seen], now: datetime) -> Book:
    """Return what is analysed: the rules of a config, and what its sources showed."""
    assert config.ingredients is not None, "a config that cannot be read has no rules"
    layers = documents(config.ingredients, [])
    foreign = {layers[0].file, *(layer.name for layer in config.ingredients.layers if layer.of_pack)}
    book = read_book(layers, config.rulebook.rules, frozenset(foreign), _given(config, seen, now))
    return replace(book, texts=dict(_texts_named(config)))


def _texts_named(config: Config) -> Iterator[tuple[tuple[str, int], tuple[Named, ...]]]:
    texts = config.rulebook.texts
    for rule in config.rulebook.rules.rules.values():
        for index, do in enumerate(rule.do):
            if not texts.check(template=do.template, title=do.title, text=do.text):
                found = texts.named(template=do.template, title=do.title, text=do.text)
                yield (rule.id, index), tuple(Named(*each) for each in found)


def _given(config: Config, seen: Mapping[str, _Seen], now: datetime) -> Given:
    emitted, open_kinds = set(UNASKED), set[str]()
    fields: dict[str, frozenset[str]] = {}
    tags = frozenset[str]()
    for source in config.sources:
        kinds = seen[source.name].emits if source.name in seen else source.emits
        emitted.update(kinds)
        # A plugin may give any further field, and tell nobody.
        own = source.plugin is not None and source.plugin.distribution == DISTRIBUTION
        open_kinds.update(() if own else kinds)
    for shown in seen.values():
        tags |= shown.tags
        fields |= {kind: fields.get(kind, frozenset()) | names for kind, names in shown.fields.items()}
    hints = {
        kind: hint
        for source in config.registry.sources.values()
        for kind in source.emits
        if (hint := _who_emits(config, kind))
    }
    return Given(frozenset(emitted), fields, frozenset(open_kinds), tags, hints, now.date())


def _who_emits(config: Config, kind: str) -> str:
    plugins = [f'"{source.name}"' for source in config.registry.sources.values() if kind in source.emits]
    return Sentence(
        "add a source that shows it: [sources.{kind}] with plugin = {plugins}", kind=kind, plugins=either(plugins)
    )


def _no_notes(config: Config) -> Iterator[Problem]:
    """Yield that rules start from tags of notes, and that nothing shows any; in one's own calendar tags count, too."""
    rules = config.rulebook.rules
    tagged = any(rule.on is not None and "note" in (rule.on.kinds or ()) for rule in rules.rules.values())
    if not tagged or any("note" in source.emits for source in config.sources):
        return
    message = Sentence("no source shows notes: what you promised and heard can be told only in your own calendar")
    there = near_paths.named("notes", config.file.absolute().parent) or "notes.md"
    hint = Sentence("add {what}", what=f'[sources.notes] plugin = "notes", path = "{there}"')
    assert config.ingredients is not None, "a config that cannot be read has no rules"
    told = config.ingredients.document.problem(("sources",), message, code=Code.UNSEEN_KIND, hint=hint, where="sources")
    yield replace(told, info=True)


def _each_of_many(config: Config) -> Iterator[Problem]:
    """Tell of rules with a duty for each person that a mail of mine to a hundred people would start a hundred times."""
    for rule in config.rulebook.rules.rules.values():
        patterns = [pattern for pattern in (rule.on, rule.where) if pattern]
        mail = rule.on is not None and "sent" in (rule.on.kinds or {"sent"})
        if rule.each and mail and not rule.fault and not any(pattern.few for pattern in patterns):
            message = Sentence("a mail of yours to many people asks for a duty for each of them")
            hint = Sentence("say for how many at most: on = { ..., people = { max = 5 } }")
            yield Problem(f"rule.{rule.id}", message, Code.EACH_OF_MANY, hint=hint, warning=True)
