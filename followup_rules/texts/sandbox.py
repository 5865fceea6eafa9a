"""Where texts run: a Jinja2 sandbox that is checked before and metered while it runs.

A text may read values, choose (`if`), repeat (`for`) and use filters; it cannot calculate, define or load anything,
and none can hang or fill the memory. Values are only ever shown: template code in a mail stays plain text.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from followup_rules.model import Event, Person, Profile
from followup_rules.plain import clean, one_line
from followup_rules.sentences import Sentence, either
from followup_rules.texts import filters
from followup_rules.toml.suggestions import expected

if TYPE_CHECKING:
    from jinja2 import Environment, Template, nodes

_SHOWN_OF_VALUE = 60
NAMES = frozenset(("it", "them", "case", "me", "due", "late", "carries", "when", "start", "end", "language", "vars"))
"""The values that a text can name."""

# Filters of Jinja2 whose result is hardly larger than what they are given.
_BORROWED = ("default", "first", "join", "last", "length", "list", "lower", "map", "sort", "trim", "unique", "upper")
_ALLOWED = frozenset((
    *("And", "Assign", "Call", "Compare", "CondExpr", "Const", "Filter", "For", "Getattr", "Getitem", "If"),
    *("Keyword", "List", "Name", "Not", "Operand", "Or", "Output", "Template", "TemplateData", "Test", "Tuple"),
))  # fmt: skip
_LOOP_METER = "loop meter"  # no text can name a filter with a space in it
_VALUE_LIMIT = 5_000  # characters of a value, or the length of what a filter returns
_BUDGET = 200_000  # of one rendering: a character written or made by a filter costs 1, a turn of a loop _STEP
_STEP = 20
_EVENT_FIELDS = frozenset(Event.__struct_fields__)
_PROFILE_FIELDS = frozenset(Profile.__struct_fields__)


@dataclass(slots=True)
class Meter:
    """What the current rendering may still spend."""

    left: int = _BUDGET

    def reset(self) -> None:
        """Begin another rendering."""
        self.left = _BUDGET

    def spend(self, cost: int) -> None:
        """Pay, or raise OverflowError."""
        self.left -= cost
        if self.left < 0:
            raise OverflowError(Sentence("the text grows too long, or its loops run too long"))

    def counted(self, items: Iterable[object]) -> Iterator[object]:
        """Go through the items of a loop, each at its cost."""
        for item in items:
            self.spend(_STEP)
            yield item

    def metered(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the filter, which then pays for what it makes."""

        @functools.wraps(function)
        def run(*args: Any, **options: Any) -> Any:
            result = function(*args, **options)
            size = len(result) if isinstance(result, Sized) else 1
            self.spend(size if size <= _VALUE_LIMIT else _BUDGET + 1)
            return result

        return run


class _Shown(Struct, frozen=True):
    """An event as a text sees it: its fields, then the `key:value` pairs of a note; any other name is empty."""

    _event: Event

    def __getattr__(self, name: str) -> object:
        if name not in _EVENT_FIELDS and name not in self._event.data:
            raise AttributeError(name)
        value = getattr(self._event, name) if name in _EVENT_FIELDS else self._event.data[name]
        if not isinstance(value, str):
            return value
        return one_line(clean(value), _VALUE_LIMIT, no_break=True) if name == "title" else value[:_VALUE_LIMIT]


def seen(value: object) -> object:
    """Wrap events, also those in a list, so that a text can name a note's values as it names fields."""
    if isinstance(value, (tuple, list)):
        return tuple(seen(each) for each in value)
    return _Shown(value) if isinstance(value, Event) else value


def environment(profile: Profile, variables: Mapping[str, object], meter: Meter) -> Environment:
    """Return the sandbox, with its filters and `vars`, for the user's language and zone."""
    from jinja2 import Undefined  # noqa: PLC0415 -- a tick without texts does not pay for it
    from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415 -- likewise

    written = functools.partial(_written, profile, (str, int, float, Undefined))
    sandbox = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, finalize=written)
    of_profile = (filters.day, filters.isoday, filters.clock, filters.names, filters.first_names, filters.with_case)
    own = {each.__name__: functools.partial(each, profile) for each in of_profile}
    borrowed = {name: sandbox.filters[name] for name in _BORROWED}
    offered: dict[str, Callable[..., Any]] = {**borrowed, **own, "split_steps": filters.split_steps}
    sandbox.filters = {name: meter.metered(function) for name, function in offered.items()}
    sandbox.filters[_LOOP_METER] = meter.counted
    # `range`, `cycler` and the like could make much of little.
    sandbox.globals.clear()
    sandbox.globals["vars"] = dict(variables)
    return sandbox


def compiled(tree: nodes.Template, filename: str, sandbox: Environment) -> Template:
    """Return a checked template, ready to run, with a meter in every loop."""
    from jinja2 import nodes  # noqa: PLC0415 -- a tick without texts does not pay for it

    for loop in list(tree.find_all(nodes.For)):
        # Loops within loops multiply, so it is turns that are counted, not the length of what is looped over.
        loop.iter = nodes.Filter(loop.iter, _LOOP_METER, [], [], None, None, lineno=loop.lineno)
    tree.set_environment(sandbox)
    code = sandbox.compile(tree, filename=filename)
    return sandbox.template_class.from_code(sandbox, code, sandbox.globals)


def faults(tree: nodes.Template, sandbox: Environment) -> list[tuple[int, str]]:
    """Return (line, message) of everything in a template that is unknown or not allowed."""
    from jinja2 import nodes  # noqa: PLC0415 -- a tick without texts does not pay for it

    assigned = {name.name for name in tree.find_all(nodes.Name) if name.ctx == "store"}
    known = NAMES | assigned | {"loop"}
    messages = [(node.lineno, _fault(node, known, sandbox)) for node in tree.find_all(nodes.Node)]
    messages += _unknown_vars(tree, sandbox)
    return sorted({(line, message) for line, message in messages if message})


_HALF_CLOSED = re.compile(r"\{\{([^{}]*)(?:\}(?!\})|\Z)")
_HALF_OPENED = re.compile(
    rf"(?<!\{{)\{{\s*((?:{'|'.join(sorted(NAMES))})\b[^{{}}]*|(?P<field>title|people|organizer))\s*\}}\}}?"
)


def unpaired(source: str) -> list[tuple[int, str]]:
    """Return (line, message) of each value whose braces are not two and two: it would stand in the text as written."""
    found = sorted([*_HALF_CLOSED.finditer(source), *_HALF_OPENED.finditer(source)], key=lambda each: each.start())
    meant = [f"it.{each[1]}" if each.groupdict().get("field") else one_line(each[1], _SHOWN_OF_VALUE) for each in found]
    return [
        (
            source.count("\n", 0, each.start()) + 1,
            Sentence("a brace is missing; write {whole}", whole=f"{{{{ {value} }}}}"),
        )
        for each, value in zip(found, meant, strict=True)
    ]


def _unknown_vars(tree: nodes.Template, sandbox: Environment) -> Iterator[tuple[int, str]]:
    """Yield each `vars.NAME` that the config does not give, unless the text asks whether it does."""
    from jinja2 import nodes  # noqa: PLC0415 -- a tick without texts does not pay for it

    given: Mapping[str, object] = sandbox.globals["vars"]  # type: ignore[assignment]
    asked: list[nodes.Node] = [node.test for node in tree.find_all(nodes.If)]
    asked += [node.test for node in tree.find_all(nodes.CondExpr)]
    asked += [node.node for node in tree.find_all(nodes.Filter) if node.name == "default" and node.node]
    optional = {name for part in asked for name, _ in _vars_in(part)}
    for name, line in _vars_in(tree):
        if name not in given and name not in optional:
            hint = expected(name, given) or Sentence('write it into your config: [vars] {name} = "..."', name=name)
            yield line, Sentence("there is no vars.{name}: {hint}", name=name, hint=hint)


def _vars_in(node: nodes.Node) -> Iterator[tuple[str, int]]:
    from jinja2 import nodes  # noqa: PLC0415 -- a tick without texts does not pay for it

    for each in [*([node] if isinstance(node, nodes.Getattr) else []), *node.find_all(nodes.Getattr)]:
        if isinstance(each.node, nodes.Name) and each.node.name == "vars":
            yield each.attr, each.lineno


def _fault(node: nodes.Node, known: Iterable[str], sandbox: Environment) -> str:
    from jinja2 import nodes  # noqa: PLC0415 -- a tick without texts does not pay for it

    match node:
        case nodes.Name(ctx="load", name=word) if word not in known:
            return _unknown(Sentence("value"), word, known)
        case nodes.Filter(name=word) if word not in sandbox.filters:
            return _unknown(Sentence("filter"), word, sandbox.filters.keys() - {_LOOP_METER})
        case nodes.Test(name=word) if word not in sandbox.tests:
            return _unknown(Sentence("test"), word, sandbox.tests)
        case nodes.Call(node=called) if not (isinstance(called, nodes.Name) and called.name == "when"):
            return Sentence('only `when("RULE")` can be called')
        case nodes.Getattr(node=nodes.Name(name=("them" | "carries") as several), attr=word):
            return Sentence("`{several}` is a list, and has no {word}: use a filter or `for`, or name one of it: {one}",
                            several=several, word=word, one=f"{several}[0].{word}")  # fmt: skip
        case nodes.Getattr(node=nodes.Name(name="me"), attr=word) if word not in _PROFILE_FIELDS:
            return _unknown("value", f"me.{word}", [f"me.{field}" for field in _PROFILE_FIELDS])
        case nodes.Getattr(attr=word) if word.startswith("_"):
            return Sentence("`{word}` is private", word=word)
        case nodes.List(items=items) | nodes.Tuple(items=items, ctx="load"):
            constant = all(isinstance(item, nodes.Const) for item in items)
            return "" if constant else Sentence("a list may hold only words and numbers")
        case _ if type(node).__name__ not in _ALLOWED:
            return Sentence(
                "`{word}` cannot be used in a text", word=getattr(node, "operator", type(node).__name__.lower())
            )
    return ""


_SAID_SO = {
    "title": ("it.title",), "subject": ("it.title",), "text": ("it.text",), "people": ("them|names",),
    "name": ("them|names", "me.name"), "names": ("them|names",), "date": ("start|day",),
    "signature": ("vars.signature",),
    # No text depends on the present: with it the draft would be another one at each run.
    "today": ("due|day",), "now": ("due|day",),
}  # fmt: skip
"""What people write who leave out whose title or name it is."""


def _unknown(kind: str, word: str, known: Iterable[str]) -> str:
    if meant := _SAID_SO.get(word):
        did_you_mean = Sentence("did you mean {words}?", words=either([f'"{each}"' for each in meant]))
        return Sentence('there is no {kind} "{word}": {hint}', kind=kind, word=word, hint=did_you_mean)
    hint = expected(word, known) or Sentence("one of: {words}", words=", ".join(sorted(known)))
    return Sentence('there is no {kind} "{word}": {hint}', kind=kind, word=word, hint=hint)


def _written(profile: Profile, plain: tuple[type, ...], value: object) -> object:
    """Return a value as it is written where no filter says how."""
    match value:
        case None:
            return ""
        case datetime():
            return f"{filters.day(profile, value)}, {filters.clock(profile, value)}"
        case Person():
            return filters.names(profile, value)
        case _Shown():
            return value.title
    if isinstance(value, plain):
        return value
    raise TypeError(Sentence("a list or a record cannot be written as it is: use `for`, `join`, or name a field of it"))
