"""`[[example]]` tables: what happens, and what rules must make of it. All that is wrong with one is told at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from msgspec import Struct

from followup_rules.codes import Code
from followup_rules.config import neutral
from followup_rules.config.read import Config
from followup_rules.language import EXAMPLE
from followup_rules.language.phrases import Days
from followup_rules.model import Problem, State
from followup_rules.sentences import Sentence
from followup_rules.simulation.happenings import Clock, Reader, appearances
from followup_rules.simulation.history import ACTS, Act, History
from followup_rules.toml import values
from followup_rules.toml.document import Document, parse
from followup_rules.toml.suggestions import expected
from followup_rules.toml.values import Value

NONE = "none"
"""In place of a state: the rule has no decision at all."""
KEYS = ("name", "config", "profile", "events", "then")
OF_THEN = ("at", "states", "makes", "takes_back", "text", "user", "due", "why")


class Then(Struct, frozen=True, kw_only=True):
    """What must hold at an instant, after what the user does there."""

    at: datetime
    acts: tuple[Act, ...] = ()
    states: Mapping[str, str] = {}
    makes: tuple[str, ...] | None = None
    """What must have been made since the `then` before, by rule or key; none at all: nothing may."""
    takes_back: tuple[str, ...] | None = None
    text: Mapping[str, tuple[str, ...]] = {}
    due: Mapping[str, date] = {}
    why: Mapping[str, str] = {}
    table: Value
    """Where it stands."""


class Example(Struct, frozen=True, kw_only=True):
    """An example that can be played, and the config for it."""

    name: str
    line: int
    config: Config
    history: History
    then: tuple[Then, ...]


class Named(Struct, frozen=True):
    """An `[[example]]` table and its name, before anything else in it is read."""

    name: str
    table: Value

    @property
    def line(self) -> int:
        """Where it begins, from 1."""
        return self.table.document.line(self.table.path)


def tables(document: Document, problems: list[Problem]) -> list[Named]:
    """Return the examples of a file, in its order."""
    if EXAMPLE not in document.tables:
        return []
    whole = Value(document.tables[EXAMPLE], document, (EXAMPLE,), problems)
    found = [item for item in whole.items() if item.is_a(dict)]
    return [Named(_name(item, number), item) for number, item in enumerate(found, 1)]


def _name(table: Value, number: int) -> str:
    name = table.raw.get("name")
    return name if isinstance(name, str) and name.strip() else Sentence("example {number}", number=number)


class Configs:
    """The configs that the examples of one file are played with; each is compiled once."""

    def __init__(self, base: Config) -> None:
        self._base = base
        self._known: dict[str, Config] = {}

    def of(self, table: Value) -> Config | None:
        """Return the config of an example, or None: what is wrong with its `config` or `profile` is reported."""
        # Most examples of a file have the same config, and compiling takes longest.
        key = repr((table.raw.get("config"), table.raw.get("profile")))
        if key in self._known:
            return self._known[key]
        before = len(table.problems)
        profile = table.child("profile") if "profile" in table.raw else Value({}, table.document, table.path, [])
        config = neutral.with_neutral_user(self._base, profile) if profile.is_a(dict) else None
        if config and "config" in table.raw:
            config = _laid_over(config, table.child("config"))
        if config is None or len(table.problems) > before:
            return None
        return self._known.setdefault(key, config)


def _laid_over(config: Config, value: Value) -> Config | None:
    """Return the config with the rules that an example writes, as a text of TOML."""
    text = values.string(value)
    if text is None:
        return None
    over = parse(text, Sentence("{file}, the config of an example", file=value.document.file))
    if isinstance(over, Problem):
        value.report(
            Sentence("its line {line}: {message}", line=over.line, message=over.message), code=over.code, hint=over.hint
        )
        return None
    known = set(config.problems)
    found: list[Problem] = []
    config = neutral.with_rules_over(config, over, found)
    # A fault in what lies beneath is told by `check`, and its rule does not fire here either.
    for problem in [*found, *(each for each in config.problems if each not in known and not each.info)]:
        placed = Sentence("its line {line}: {message}", line=problem.line, message=problem.message)
        message = placed if problem.file == over.file else problem.message
        value.report(message, code=problem.code, hint=problem.hint)
    return config


def read(named: Named, configs: Configs) -> Example | None:
    """Read an example; None if it cannot be played, and all that is wrong with it is reported."""
    table, before = named.table, len(named.table.problems)
    table.known_keys(KEYS)
    _check_name(table)
    config = configs.of(table)
    if config is None:
        return None
    clock = Clock(Days(config.profile.timezone, lambda _: None))
    reader = Reader(config, clock)
    happenings = [reader.read(item) for item in _list_in(table, "events")]
    thens = [_then(item, clock, config) for item in _list_in(table, "then", needed=True)]
    if len(table.problems) > before or not thens:
        return None
    events = [each for each in happenings if each]
    stops = sorted((then for then in thens if then), key=lambda then: then.at)
    # Meetings are known from the first instant on: somebody has sent the invitation before.
    starts = [each.seen or each.event.start for each in events]
    first = min([*starts, stops[0].at])
    shown = appearances(events, first)
    kinds = frozenset({"meeting", "sent", "received", "note", *(each.event.kind for each in events)})
    return Example(
        name=named.name,
        line=named.line,
        config=config,
        history=History(appearances=shown, kinds=kinds),
        then=tuple(stops),
    )


def _check_name(table: Value) -> None:
    if "name" not in table.raw:
        table.report(
            Sentence("'name' is missing"), code=Code.MISSING, hint=Sentence('name = "what it shows"'), at="key"
        )
    else:
        table.child("name").is_a(str)


def _list_in(table: Value, key: str, *, needed: bool = False) -> Iterable[Value]:
    if key not in table.raw:
        if needed:
            hint = 'then = [{ at = 2026-11-09T11:05:00, states = { thank-you = "due" } }]'
            table.report(
                Sentence("{key!r} is missing: nothing is said of what must hold", key=key),
                code=Code.MISSING,
                hint=hint,
                at="key",
            )
        return []
    if not table.child(key).is_a(list):
        return []
    items = table.child(key).items()
    if needed and not items:
        table.child(key).report(Sentence("nothing is said of what must hold"), code=Code.MISSING)
    return items


# -- what must hold


def _then(table: Value, clock: Clock, config: Config) -> Then | None:
    before = len(table.problems)
    if not table.is_a(dict):
        return None
    known = table.known_keys(OF_THEN)
    if "at" not in table.raw:
        table.report(Sentence("'at' is missing"), code=Code.MISSING, hint="at = 2026-11-09T11:05:00", at="key")
        return None
    at = clock.child(table, "at")
    names = _Names(config)
    fields: dict[str, Any] = {key: reads(table.child(key), names) for key, reads in _FIELDS.items() if key in known}
    acts: list[Act] = []
    if at and "user" in known and (user := table.child("user")).is_a(dict):
        for what in user.known_keys(ACTS):
            acts += [Act(at, what, whose) for whose in _list_of_names(user.child(what), names)]
    if at is None or len(table.problems) > before:
        return None
    return Then(at=at, acts=tuple(acts), table=table, **fields)


class _Names:
    """The rules that an example may name, by themselves or as the beginning of a key."""

    def __init__(self, config: Config) -> None:
        rules = config.rulebook.rules
        self.rules = sorted({*rules.rules, *rules.off})

    def check(self, value: Value, name: str, at: Any) -> bool:
        rule = name.partition("/")[0]
        if rule in self.rules:
            return True
        hint = expected(rule, self.rules) or Sentence("no rule is known here at all")
        value.report(
            Sentence("unknown {what} {key!r}", what=Sentence("rule"), key=rule),
            code=Code.UNKNOWN_NAME,
            hint=hint,
            at=at,
        )
        return False


def _by_name(value: Value, names: _Names) -> Iterator[Value]:
    """Yield what a table says of each rule or key that there is."""
    for item in value.children() if value.is_a(dict) else ():
        if names.check(item, item.name, "key"):
            yield item


def _states(value: Value, names: _Names) -> dict[str, str]:
    valid = [*map(str, State), NONE]
    found = {}
    for item in _by_name(value, names):
        if item.is_a(str):
            if item.raw in valid:
                found[item.name] = str(item.raw)
            else:
                hint = expected(item.raw, valid) or Sentence("one of: {words}", words=", ".join(valid))
                item.report(
                    Sentence("unknown {what} {key!r}", what=Sentence("state"), key=item.raw),
                    code=Code.UNKNOWN_NAME,
                    hint=hint,
                )
    return found


def _list_of_names(value: Value, names: _Names) -> tuple[str, ...]:
    items = [item for item in value.items() if item.is_a(str)]
    return tuple(item.raw for item in items if names.check(item, item.raw, "value"))


def _texts(value: Value, names: _Names) -> dict[str, tuple[str, ...]]:
    return {item.name: values.strings(item) or () for item in _by_name(value, names)}


def _reasons(value: Value, names: _Names) -> dict[str, str]:
    return {item.name: values.string(item) or "" for item in _by_name(value, names)}


def _dues(value: Value, names: _Names) -> dict[str, date]:
    found = {}
    for item in _by_name(value, names):
        if isinstance(item.raw, date):
            found[item.name] = item.raw
        else:
            hint = Sentence("write a date, or a date and a time of day, without quotes: 2026-11-19T09:00:00")
            item.report(Sentence("{shown} is no time", shown=values.shown(item.raw)), code=Code.NO_SUCH_TIME, hint=hint)
    return found


_FIELDS = {
    "states": _states,
    "makes": _list_of_names,
    "takes_back": _list_of_names,
    "text": _texts,
    "due": _dues,
    "why": _reasons,
}
