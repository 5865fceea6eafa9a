"""What is analysed: the compiled rules, where each field is written, and what sources and texts are known to give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Literal

from msgspec import Struct, field

from followup_rules.language.layers import Table, merge
from followup_rules.language.load import as_value
from followup_rules.language.schema import Guard, Rule, RuleSet
from followup_rules.model import Problem
from followup_rules.toml.document import Document
from followup_rules.toml.values import Value

ENDS = ("done_by", "cancelled_by", "ended_by")
PATTERN_LISTS = (*ENDS, "while", "carries")
PATTERNS = ("on", "where", *PATTERN_LISTS)
NOTED = frozenset({"note"})
"""Kinds of events to which a person writes `key:value`."""


class Named(Struct, frozen=True):
    """A name that a text reads: `it.FIELD` (with a dot), the rule of a `when("RULE")`, or what it carries."""

    what: str
    """`it`, `when` or `carries`."""
    name: str
    optional: bool = False
    """The text asks first whether it is there, or gives another value instead."""


class Given(Struct, frozen=True):
    """What is known of the events that the sources of a config show."""

    kinds: frozenset[str]
    """Kinds of events that some source shows, and those that need none."""
    fields: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The further fields (`data`) of the events that were read, by kind."""
    open_kinds: frozenset[str] = frozenset()
    """Kinds that a source shows of which nobody can say what fields it gives."""
    tags: frozenset[str] = frozenset()
    """Tags of the events that were read."""
    hints: Mapping[str, str] = field(default_factory=dict)
    """What to do to see a kind that no source shows."""
    today: date | None = None
    """The day of the check; None: it is of no consequence."""


class Book(Struct, frozen=True):
    """All that the analysis looks at."""

    rules: RuleSet
    tables: Mapping[tuple[str, str], Table]
    """The merged tables, by kind (`rule`, `guard`, `define`, `tag`) and name."""
    definitions: Mapping[str, Value]
    """Those definitions that can be read, each as the value of a pattern."""
    foreign: frozenset[str]
    """The files of packs: what stands there is not the user's to mend."""
    given: Given
    texts: Mapping[tuple[str, int], tuple[Named, ...]] = field(default_factory=dict)
    """What the text of each action of a rule names, by the rule's id and its place in `do`; faulty ones are absent."""

    @property
    def sound(self) -> Iterator[tuple[Rule | Guard, Table]]:
        """The rules and guards that can be read, each with its table."""
        every: list[Rule | Guard] = [*self.rules.rules.values(), *self.rules.guards.values()]
        for it in every:
            if not it.fault:
                yield it, self.tables["guard" if isinstance(it, Guard) else "rule", it.id]

    def rule_table(self, name: str) -> Table:
        """Return the table of a rule."""
        return self.tables["rule", name]

    def problem(  # noqa: PLR0913 -- the fields of the record it makes
        self, value: Value, message: str, *, code: str, hint: str, within: str = "", where: str = "", key: bool = False
    ) -> Iterator[Problem]:
        """Yield the warning at a value, or at its key, unless that stands in a pack."""
        if value.document.file not in self.foreign:
            at: Literal["key", "value"] = "key" if key else "value"
            yield value.document.problem(
                value.path, message, code=code, hint=hint, at=at, within=within, warning=True, where=where
            )


def read(layers: Sequence[Document], rules: RuleSet, foreign: frozenset[str], given: Given) -> Book:
    """Return the book of some layers of rules; what is wrong in merging them has been reported before."""
    tables = {(kind, name): table for kind in ("define", "rule", "guard", "tag")
              for name, table in merge(layers, kind, []).items()}  # fmt: skip
    definitions = {name: as_value(table) for (kind, name), table in tables.items()
                   if kind == "define" and rules.world.definitions.get(name)}  # fmt: skip
    return Book(rules, tables, definitions, foreign, given)


def patterns(fields: Mapping[str, Value], keys: Sequence[str] = PATTERNS) -> Iterator[tuple[str, Value]]:
    """Yield each pattern of a rule or guard, with the key that it stands under."""
    for key in keys:
        if key in fields:
            value = fields[key]
            yield from ((key, item) for item in (value.items() if key in PATTERN_LISTS else [value]))


def owner(fields: Mapping[str, Value]) -> str:
    """Return the name of the rule or guard whose fields these are."""
    return str(next(iter(fields.values())).path[1])


def tag_line(key: str, name: str) -> str:
    """Return the line by which a rule looks for a tag that a person notes when something of another is done."""
    if key not in PATTERNS:
        return f'tags = "{name}-done"'
    return f'{key} = ["#{name}-done"]' if key in PATTERN_LISTS else f'{key} = "#{name}-done"'


def inside(value: Value) -> Iterator[Value]:
    """Yield a value and all values within it."""
    yield value
    if isinstance(value.raw, dict):
        for key in value.raw:
            yield from inside(value.child(key))
    elif isinstance(value.raw, list):
        for item in value.items():
            yield from inside(item)
