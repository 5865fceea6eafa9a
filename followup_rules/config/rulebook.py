"""The rules of a config with all that they stand on: compiled when they are first needed, not at every run."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from followup_rules.codes import Code
from followup_rules.config import holidays, wordlists
from followup_rules.config import profile as profiles
from followup_rules.config.ingredients import Ingredients, Layer
from followup_rules.engine.assign_cases import Directory, Label, key_of
from followup_rules.engine.note_values import ENGINE_DATES, ENGINE_KEYS, Keys
from followup_rules.language import load, version
from followup_rules.language.matching import Subjects
from followup_rules.language.patterns import World
from followup_rules.language.phrases import Days
from followup_rules.language.schema import RuleSet
from followup_rules.language.text import fold
from followup_rules.mail import subjects
from followup_rules.mail.phrases import services
from followup_rules.model import Problem
from followup_rules.texts.templates import Texts
from followup_rules.toml.document import Document, parse


class Rulebook(Struct, frozen=True, dict=True):
    """Compiled rules, the directory of who is who, the texts, and what is wrong with the rules."""

    rules: RuleSet
    directory: Directory
    texts: Texts
    problems: tuple[Problem, ...]
    languages: Mapping[str, str] = field(default_factory=dict)
    """Of the texts of cases that have one of their own, by the keys of cases."""
    whole: bool = True
    """All files of rules were read; else rules that are not here may be in one that was not."""

    @cached_property
    def keys(self) -> Keys:
        """The keys of notes that the rules and texts know."""
        dates = ENGINE_DATES | self.rules.dates
        return Keys(dates, ENGINE_KEYS | dates | self.rules.fields | self.texts.fields())


def compiled(of: Ingredients) -> Rulebook:
    """Compile the rules. Never raises for what a user wrote: see `Rulebook.problems`."""
    fatal: list[Problem] = []
    layers = documents(of, fatal)
    directory = _directory(of)
    # As with rules, a later pack goes before an earlier one, and what is beside the config before all.
    packs = [Path(pack.folder) / "templates" for pack in reversed(of.packs)]
    texts = Texts([of.base / "templates", *packs], of.profile, of.variables)
    rules, problems = load.load(layers, _world(of, directory), load.Surroundings(texts.names(), of.takes))
    strange = (problem for layer in layers if layer is not of.document for problem in load.unknown_tables(layer))
    found = [replace(problem, fatal=True) for problem in fatal]
    # With a file missing, half of all names would be told as unknown.
    if of.whole and not fatal:
        found = [_where_outputs_stand(problem, of) for problem in (*problems, *strange)]
    directory = replace(_with_clocks(directory, rules), written_by=_written_by(rules))
    languages = {key_of(name): table.language for name, table in of.cases.items() if table.language}
    return Rulebook(rules, directory, texts, tuple(found), languages, of.whole and not fatal)


def _where_outputs_stand(problem: Problem, of: Ingredients) -> Problem:
    """Return a problem; that no output takes what a pack makes is one of the user's config, and not of the pack."""
    of_pack = problem.file in {layer.name for layer in of.layers if layer.of_pack}
    if problem.code != Code.NO_OUTPUT or not of_pack:
        return problem
    hint, also = problem.hint, ((problem.file, problem.line, problem.source_line.strip()),)
    return of.document.problem(
        ("outputs",), problem.message, code=problem.code, hint=hint, where=problem.where, also=also
    )


def documents(of: Ingredients, fatal: list[Problem]) -> list[Document]:
    """Return what rules are put together from, later ones over earlier ones, and what no file could be read for."""
    read = (document for layer in of.layers for document in _parsed(layer, fatal))
    return [wordlists.every_config(), *read, of.document, *of.over]


def _with_clocks(directory: Directory, rules: RuleSet) -> Directory:
    """Return the directory with the cases of rules from the clock.

    A heading may name them, and mail to those to whom they write joins; nothing else belongs there.
    """
    named = [Label(name) for name in rules.recurring if fold(name) not in directory.spelling]
    written_to: dict[str, frozenset[str]] = {}
    for name in rules.recurring:
        for address in rules.rules[name].fixed_recipients:
            written_to[address] = written_to.get(address, frozenset()) | {name}
    return replace(directory, labels=(*directory.labels, *named), written_to=written_to)


def _written_by(rules: RuleSet) -> dict[str, frozenset[str]]:
    """Return the rules that write to a fixed address, by that address, but for those from the clock."""
    found: dict[str, frozenset[str]] = {}
    for rule in rules.rules.values():
        for address in rule.fixed_recipients if not rule.recurring else ():
            found[address] = found.get(address, frozenset()) | {rule.id}
    return found


def _parsed(layer: Layer, fatal: list[Problem]) -> Iterator[Document]:
    read = parse(layer.text, layer.name)
    if isinstance(read, Document):
        read = version.unsupported(read) or read
    if isinstance(read, Document):
        yield read
    elif read.line:
        fatal.append(read)
    else:
        replace(layer.named, problems=fatal).report(read.message, code=read.code, hint=read.hint)


def _directory(of: Ingredients) -> Directory:
    return Directory(
        registrable=wordlists.registrable,
        labels=tuple(
            Label(name, profiles.lower(table.people), profiles.domains(table.domains), table.words)
            for name, table in of.cases.items()
        ),
        me=of.profile.me,
        agencies=of.profile.agencies,
        services=services() | profiles.domains(of.table.services if of.table else ()),
        zone=of.profile.timezone,
        free_mail=wordlists.free_mail() | profiles.domains(of.table.free_mail if of.table else ()),
    )


def _world(of: Ingredients, directory: Directory) -> World:
    return World(
        me=of.profile.me,
        my_domains=of.profile.my_domains,
        services=directory.services,
        stop_words=wordlists.stop_words(),
        days=Days(of.profile.timezone, functools.partial(holidays.holiday, of.profile.holidays)),
        # The same subjects are compared rule by rule and anchor by anchor.
        subjects=Subjects(is_reply=subjects.is_reply, topic=functools.lru_cache(4096)(subjects.base)),
        checks=of.checks,
    )
