"""Files and layers become one RuleSet, and every problem in them is reported at once."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from msgspec.structs import replace

from followup_rules.codes import Code
from followup_rules.language import EXAMPLE, TABLES, patterns, references, tags, version
from followup_rules.language.contents import Contents
from followup_rules.language.faults import spread
from followup_rules.language.layers import Table, merge
from followup_rules.language.patterns import Pattern, World
from followup_rules.language.phrases import PhraseError, parse
from followup_rules.language.references import Surroundings
from followup_rules.language.rule_keys import GUARD, HOMES, RULE, Read
from followup_rules.language.schema import ATTRIBUTE, Guard, Rule, RuleSet
from followup_rules.model import Problem
from followup_rules.sealing import digest
from followup_rules.sentences import Sentence
from followup_rules.toml.document import Document
from followup_rules.toml.suggestions import expected
from followup_rules.toml.values import Value

# The tables whose patterns name tags.
_NAMING = ("define", "rule", "guard")
# Longer strings are texts.
_LONGEST_PHRASE = 200
_PEOPLE = frozenset({"to", "from", "with", "title", "text", "words"})
_FIELD, _ANY_FIELD = re.compile(r"^it\.([^\W\d_][\w-]*)"), re.compile(r"\.([^\W\d_][\w-]*)")
# Fields of events and duties, which no note gives.
_NO_VALUES = frozenset({"", "start", "end", "gone", "done"})

__all__ = ["Surroundings", "load", "unknown_tables"]


def load(layers: Sequence[Document], world: World, around: Surroundings) -> tuple[RuleSet, tuple[Problem, ...]]:
    """Put the layers together, later ones over earlier ones field by field, and compile them.

    A faulty rule is in the result with its `fault`: it never fires. The order of tables and files never matters,
    but that of layers does.
    """
    problems: list[Problem] = []
    named = frozenset(tag for document in layers for kind in _NAMING for tag in _tags_in(document.tables.get(kind)))
    spellings = tags.read(merge(layers, "tag", problems), named)
    defined = merge(layers, "define", problems)
    definitions = _Definitions(defined, replace(world, tags=spellings))
    world = definitions.world
    rules, guards = merge(layers, "rule", problems), merge(layers, "guard", problems)
    contents = Contents(
        {name: as_value(table).raw for name, table in defined.items()},
        {name: _beginning_and_end(table) for name, table in rules.items()},
    )
    compiled_rules = {
        name: Rule(id=name, meaning=_meaning(table), content=contents.of_rule(name), **_compile(table, RULE, world))
        for name, table in rules.items()
    }
    compiled_guards = {name: Guard(id=name, **_compile(table, GUARD, world)) for name, table in guards.items()}
    definitions.compile_all()
    tables = [document.tables.get(kind) for document in layers for kind in TABLES]
    dates = frozenset(name for table in tables for name in _dates_in(table))
    values = frozenset(name for table in tables for name in _values_in(table))
    compiled = RuleSet(compiled_rules, compiled_guards, world, dates, dates | values)
    faults = references.check(compiled, {**_keyed("rule", rules), **_keyed("guard", guards)}, around)
    # Only now without what is off: what relies on that is told so, and not that there is no such rule.
    return _only_enabled(_startable(spread(compiled, faults))), tuple(dict.fromkeys(problems))


def _startable(whole: RuleSet) -> RuleSet:
    """Return rules and guards of which those start from nothing whose `on` speaks of the anchor that it is to find."""
    rules = {name: replace(it, on=None) for name, it in whole.rules.items() if it.on and it.on.relative}
    guards = {name: replace(it, on=None) for name, it in whole.guards.items() if it.on and it.on.relative}
    return replace(whole, rules={**whole.rules, **rules}, guards={**whole.guards, **guards})


def _beginning_and_end(table: Table) -> dict[str, Any]:
    return {key: table.fields[key].raw for key in ("on", "do") if key in table.fields}


def _meaning(table: Table) -> str:
    return digest(json.dumps(_beginning_and_end(table), sort_keys=True, default=str))


def unknown_tables(document: Document) -> tuple[Problem, ...]:
    """Report what a file of rules holds besides definitions, rules and guards."""
    return tuple(
        document.problem(
            (key,),
            Sentence("unknown table [{key}] in a file of rules", key=key),
            code=Code.UNKNOWN_KEY,
            hint=Sentence(
                "{expected} (all other tables, such as [case.NAME] and [vars], stand in config.toml)",
                expected=expected(key, TABLES),
            ),
        )
        for key in document.tables
        if key not in (*TABLES, EXAMPLE, version.KEY)
    )


def _keyed(kind: str, tables: Mapping[str, Table]) -> dict[tuple[str, str], Table]:
    return {(kind, name): table for name, table in tables.items()}


def _compile(table: Table, schema: Mapping[str, Read], world: World) -> dict[str, Any]:
    """Read the fields of a rule or guard; a fault is a sentence in the result."""
    before = len(table.header.problems)
    got: dict[str, Any] = {"fault": table.fault} if table.fault else {}
    faulty = []
    for key, value in table.fields.items():
        if key not in schema:
            # Reported as a key of its own table, which knows the nearest valid one.
            within = replace(value, path=value.path[:-1], raw={key: value.raw}, parts={})
            table_of = ".".join(map(str, within.path))
            homes = {word: f"{table_of}.{home}" for word, home in HOMES.items() if home in schema}
            within.known_keys([*schema, "unset"], homes)
            faulty.append(key)
            continue
        read = schema[key](value, world)
        if read is None:
            faulty.append(key)
        else:
            got[ATTRIBUTE.get(key, key)] = read
    problems = [problem for problem in table.header.problems[before:] if not problem.info]
    if faulty and not table.fault:
        reason = (
            problems[0].message
            if problems
            else Sentence("{faulty!r} uses a definition that is faulty", faulty=faulty[0])
        )
        got["fault"] = reason
    return got


class _Definitions(Mapping[str, "Pattern | None"]):
    """The definitions by name, each compiled when it is first asked for; a faulty one is None."""

    def __init__(self, tables: Mapping[str, Table], world: World) -> None:
        self._tables = tables
        self._compiled: dict[str, Pattern | None] = {}
        self._open: list[str] = []
        self.world = replace(world, definitions=self)

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)

    def __getitem__(self, name: str) -> Pattern | None:
        table = self._tables[name]
        if name in self._open:
            cycle = " -> ".join([*self._open[self._open.index(name) :], name])
            table.header.report(
                Sentence("definitions in a cycle: {cycle}", cycle=cycle), code=Code.TIMES_IN_A_CYCLE, at="key"
            )
            return None
        if name not in self._compiled:
            self._open.append(name)
            # Faulty until it is compiled: on the way, what it names may ask for it again.
            self._compiled[name] = None
            try:
                read = patterns.read(as_value(table), self.world)
                self._compiled[name] = None if table.fault else read
            except RecursionError:
                # The outermost tells; else each definition on the way down would.
                if len(self._open) > 1:
                    raise
                table.header.report(
                    Sentence("it names definitions that name others, too many deep"), code=Code.WRONG_SORT, at="key"
                )
            finally:
                self._open.pop()
        return self._compiled[name]

    def compile_all(self) -> None:
        """Compile those that nobody asked for, too, so that their problems are reported."""
        for name in self:
            self[name]


def as_value(table: Table) -> Value:
    """Return a definition that was put together as one value: a table, or the name that stands in its place."""
    if "" in table.fields:
        return table.fields[""]
    return replace(table.header, raw={key: value.raw for key, value in table.fields.items()}, parts=table.fields)


def _tags_in(raw: Any) -> Iterator[str]:
    if isinstance(raw, str) and raw.startswith("#"):
        yield raw[1:].lower()
    elif isinstance(raw, list):
        for item in raw:
            yield from _tags_in(item)
    elif isinstance(raw, dict):
        for key, value in raw.items():
            if key == "tags":
                named = value if isinstance(value, list) else [value]
                yield from (str(tag).removeprefix("#").lower() for tag in named)
            else:
                yield from _tags_in(value)


def _dates_in(raw: Any) -> Iterator[str]:
    """Yield the fields that phrases count from; `to = "it.FIELD"` names an address."""
    if isinstance(raw, str) and len(raw) < _LONGEST_PHRASE:
        with suppress(PhraseError):
            # What is no phrase, such as a title, counts from nothing; it is judged where its key is read.
            yield from {parse(raw).field} - _NO_VALUES
    elif isinstance(raw, list):
        for item in raw:
            yield from _dates_in(item)
    elif isinstance(raw, dict):
        for key, value in raw.items():
            yield from () if key in _PEOPLE else _dates_in(value)


def _values_in(raw: Any) -> Iterator[str]:
    """Yield the fields that patterns and inline texts look at: `data.X`, `"it.FIELD"`, `{{ it.FIELD }}`."""
    if isinstance(raw, str):
        yield from (_ANY_FIELD if "{" in raw else _FIELD).findall(raw)
    elif isinstance(raw, list):
        for item in raw:
            yield from _values_in(item)
    elif isinstance(raw, dict):
        for key, value in raw.items():
            yield from (value if key == "data" and isinstance(value, dict) else ())
            yield from _values_in(value)


def _only_enabled(rules: RuleSet) -> RuleSet:
    return replace(
        rules,
        rules={name: rule for name, rule in rules.rules.items() if rule.enabled},
        guards={name: guard for name, guard in rules.guards.items() if guard.enabled},
        off=frozenset(name for name, rule in rules.rules.items() if not rule.enabled),
    )
