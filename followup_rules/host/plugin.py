"""One plugin: its code run with care, and what it adds checked in sentences that its author understands."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeVar, get_type_hints

import pluggy
from msgspec import Struct

from followup_rules import hookspecs
from followup_rules.hookspecs import Check, HealthCheck, Login, OutputType, Pack, SourceType
from followup_rules.host.time_limit import Worker, sentence
from followup_rules.plain import one_line
from followup_rules.sentences import Sentence, changed
from followup_rules.toml.suggestions import expected

if TYPE_CHECKING:
    from importlib.metadata import Distribution, EntryPoint

    import click

GROUP = "followup_rules"
LOADING = timedelta(seconds=10)
"""How long the import of a plugin, one of its hooks or a predicate of its may take."""

RESERVED = frozenset({"plugin", "time_limit", "silence"})
"""Keys in the tables of sources and outputs that are not their plugins'; `silence` is one of sources alone."""
_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,60}")
_SHOWN = 300
T = TypeVar("T")
Record = SourceType | OutputType | Pack | Check | Login | HealthCheck


class Kind(NamedTuple):
    """One of the kinds of record, and which of its fields are texts, tuples of texts, or functions."""

    word: str
    hook: str
    record: type[Record]
    texts: tuple[str, ...] = ("summary",)
    lists: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()


KINDS = (
    Kind("source", "register_sources", SourceType, lists=("emits",), calls=("open",)),
    Kind("output", "register_outputs", OutputType, lists=("takes",), calls=("open",)),
    Kind("pack", "register_packs", Pack, texts=("summary", "folder")),
    Kind("check", "register_checks", Check, calls=("holds",)),
    Kind("login", "register_logins", Login, calls=("log_in",)),
    Kind("health-check", "register_health_checks", HealthCheck, calls=("examine",)),
)
_HOOKS = (*(kind.hook for kind in KINDS), "register_commands")


class Loaded(NamedTuple):
    """What an entry point gives."""

    module: object
    records: list[tuple[Kind, Record]]
    has_commands: bool


class Broken(Exception):  # noqa: N818 -- what a plugin is, not an error of ours
    """A sentence that says what is wrong with a plugin."""


class Plugin(Struct, frozen=True):
    """An entry point and what became of it. Its distribution is looked up only when asked for: that reads a file."""

    name: str
    error: str = ""
    module: object | None = None
    """What the entry point names; nothing if it is broken or disabled."""
    adds: tuple[str, ...] = ()
    """Such as `source ics`; `commands` if it has a hook for them."""
    entry_point: EntryPoint | None = None

    @property
    def distribution(self) -> str:
        """The name of the installed package; empty if it does not say."""
        return says(self.entry_point.dist, "name") if self.entry_point else ""

    @property
    def version(self) -> str:
        """The version of the installed package; empty if it does not say."""
        return says(self.entry_point.dist, "version") if self.entry_point else ""

    @property
    def state(self) -> Literal["ok", "broken", "disabled"]:
        """Whether it is in use."""
        return "broken" if self.error else "disabled" if self.module is None else "ok"

    def __str__(self) -> str:
        package = " ".join(filter(None, (self.distribution, self.version)))
        if not package:
            return Sentence('the plugin "{name}"', name=self.name)
        return Sentence('the plugin "{name}" of {package}', name=self.name, package=package)


def load(point: EntryPoint) -> Loaded:
    """Import what the entry point names, and return what it adds; raises whatever the plugin raises, or `Broken`."""
    module = point.load()
    hooks = _hooks(module)
    records = [(kind, record) for kind in KINDS for record in _records(kind, getattr(hooks, kind.hook))]
    if not any(getattr(hooks, name).get_hookimpls() for name in _HOOKS):
        raise Broken(Sentence("it adds nothing: none of its functions is a hook ({hooks})", hooks=", ".join(_HOOKS)))
    for (kind, name), count in Counter((kind.word, record.name) for kind, record in records).items():
        if count > 1:
            raise Broken(Sentence('it adds the {kind} "{name}" twice', kind=kind, name=name))
    return Loaded(module, records, bool(hooks.register_commands.get_hookimpls()))


def attempt(job: Callable[[], T]) -> tuple[T | None, str]:
    """Run code of a plugin while it is loaded; return its result, or nothing and what went wrong.

    It may neither end the program nor print, and must be done within `LOADING`.
    """
    printed = io.StringIO()
    worker = Worker(LOADING, printed)
    try:
        result = worker.call(job)
    except Broken as error:
        return None, str(error)
    except Exception as error:  # noqa: BLE001 -- a plugin may raise anything
        return None, said(error)
    finally:
        worker.close()
    if printed.getvalue():
        return None, Sentence("it prints while it is loaded: {said}", said=_short(printed.getvalue()))
    return result, ""


def said(error: BaseException) -> str:
    """Return an error in one line."""
    return changed(sentence(error), _short)


def _short(text: str) -> str:
    line = one_line(text, _SHOWN + 1)
    return line if len(line) <= _SHOWN else line[:_SHOWN] + "…"


def _hooks(module: object) -> pluggy.HookRelay:
    """Return the hooks of one plugin alone: another one's wrappers and errors cannot reach them."""
    manager = pluggy.PluginManager(GROUP)
    manager.add_hookspecs(hookspecs)
    try:
        manager.register(module)
    except pluggy.PluginValidationError as error:
        raise Broken(_misfit(manager, str(error))) from None
    for caller in manager.get_hookcallers(module) or ():
        if not caller.has_spec() and not all(own.optionalhook for own in caller.get_hookimpls()):
            raise Broken(
                Sentence(
                    'there is no hook "{name}": {expected}', name=caller.name, expected=expected(caller.name, _HOOKS)
                )
            )
    for name in _HOOKS:
        # pluggy passes over an unmarked function in silence, and its author would look for a long time.
        if callable(getattr(module, name, None)) and not getattr(manager.hook, name).get_hookimpls():
            raise Broken(Sentence("{name} is not marked with @hookimpl", name=name))
    return manager.hook


def _misfit(manager: pluggy.PluginManager, told: str) -> str:
    """Return what an implementation should look like that pluggy refused for its arguments."""
    # PluginValidationError names the hook in its sentence only; of the arguments it tells the wrong ones, not the
    # right.
    name = next((name for name in _HOOKS if f"'{name}'" in told), "")
    if not name:
        return _short(told)
    takes = ", ".join(getattr(manager.hook, name).spec.argnames)
    return Sentence("{name} must take ({takes}) and no other arguments", name=name, takes=takes)


def _records(kind: Kind, hook: pluggy.HookCaller) -> list[Record]:
    records = []
    for result in hook():
        if not isinstance(result, Iterable):
            raise Broken(
                Sentence(
                    "{hook} must return a list of {wanted}, not a {given}",
                    hook=kind.hook,
                    wanted=kind.record.__name__,
                    given=type(result).__name__,
                )
            )
        records += list(result)
    for record in records:
        if fault := _fault(kind, record):
            raise Broken(fault)
    return records


def _fault(kind: Kind, record: Any) -> str:
    """Return what is wrong with a record, in a sentence; a type checker would have told its author."""
    if not isinstance(record, kind.record):
        return Sentence(
            "{hook} returned a {given} where a {wanted} belongs",
            hook=kind.hook,
            given=type(record).__name__,
            wanted=kind.record.__name__,
        )
    name = record.name
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        return Sentence(
            "{name} is no name for a {word}: small letters, digits, '-', '_' and '.'",
            name=_short(repr(name)),
            word=kind.word,
        )
    about = Sentence('the {word} "{name}"', word=kind.word, name=name)
    if hasattr(record, "options") and (fault := _options_fault(record.options)):
        return Sentence("the options of {about} {fault}", about=about, fault=fault)
    for key in kind.texts:
        if not isinstance(getattr(record, key), str):
            return Sentence("{key} of {about} must be a text", key=key, about=about)
    for key in kind.lists:
        value = getattr(record, key)
        if not isinstance(value, tuple | list) or not all(isinstance(text, str) for text in value):
            return Sentence(
                '{key} of {about} must be a tuple of texts; mind the comma in ("one",)', key=key, about=about
            )
    for key in kind.calls:
        if not callable(getattr(record, key)):
            return Sentence("{key} of {about} must be a function", key=key, about=about)
    return ""


def _options_fault(options: object) -> str:
    if not (isinstance(options, type) and is_dataclass(options)):
        return Sentence("must be a dataclass, not {given}", given=_short(repr(options)))
    taken = sorted(field.name for field in fields(options) if field.name in RESERVED)
    if taken:
        return Sentence("cannot have a field {taken!r}: every source and output has that key", taken=taken[0])
    try:
        # Under `from __future__ import annotations` they are texts, which only mean something where their names are
        # imported.
        get_type_hints(options)
    except Exception as error:  # noqa: BLE001 -- an annotation may be any expression
        return Sentence(
            "have an annotation that means nothing at run time: {error}; import its type outside TYPE_CHECKING",
            error=error,
        )
    return ""


def commands(plugin: Plugin) -> Mapping[str, click.Command]:
    """Return the commands of a plugin; it gets a group of its own, so that it cannot touch the others."""
    import click  # noqa: PLC0415 -- only the command line needs it

    own = click.Group()
    assert plugin.module is not None
    _hooks(plugin.module).register_commands(cli=own)
    return own.commands


@cache  # each look at it reads and parses a file
def says(distribution: Distribution | None, what: Literal["name", "version"]) -> str:
    """Return the name or version of an installed package, as far as its metadata says it."""
    try:
        return str(getattr(distribution, what, "") or "")
    except Exception:  # noqa: BLE001 -- a package's metadata may lack or garble anything
        return ""
