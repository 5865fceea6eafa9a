"""How each key of a rule's, a guard's or an action's table is read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from msgspec.structs import replace

from followup_rules.codes import Code
from followup_rules.language import every, patterns
from followup_rules.language.compiled import Part, all_of
from followup_rules.language.patterns import Pattern, World
from followup_rules.language.phrases import read as read_phrases
from followup_rules.language.recipients import noted_field
from followup_rules.language.schema import Breaks, Do, Phrases
from followup_rules.model import DRAFT, LANGUAGES
from followup_rules.sentences import Sentence
from followup_rules.toml import values
from followup_rules.toml.values import Value

Read: TypeAlias = Callable[[Value, World], Any]

PER = ("event", "day", "case")
HOLDS = ("contact", "everything")
_WORD = re.compile(r"[\w-]+")


def _text(value: Value, _: World) -> str | None:
    return values.string(value)


def _flag(value: Value, _: World) -> bool | None:
    return values.boolean(value)


def _names(value: Value, _: World) -> tuple[str, ...] | None:
    return values.strings(value)


def _phrases(value: Value, _: World) -> Phrases | None:
    return read_phrases(value)


def _instant(value: Value, _: World) -> Phrases | None:
    """Read phrases of which at least one is needed."""
    phrases = read_phrases(value)
    if phrases == ():
        value.report(
            Sentence("{name!r} is empty", name=value.name),
            code=Code.MISSING,
            hint=Sentence("say when, or delete the line"),
            at="key",
        )
    return phrases or None


def _anchor(value: Value, world: World) -> Pattern | None:
    """Read what a rule or guard starts from: a pattern, or what recurs by the calendar."""
    if not isinstance(value.raw, dict) or "every" not in value.raw:
        return patterns.read_whole(value, world)
    recurring = every.read(value.child("every")) if value.known_keys(("every",)) == [*value.raw] else None
    if not recurring:
        return None
    return replace(all_of({"every": Part(sort=(lambda _: False,))}), every=recurring)


def _choice(*valid: str) -> Read:
    read = values.choice(*valid)
    return lambda value, _: read(value)


def _breaks(value: Value, world: World) -> Breaks | None:
    if not value.is_a(dict, str):
        return None
    if isinstance(value.raw, str):
        return Breaks(value.raw)
    known = {key: value.child(key) for key in value.known_keys(("guard", "after"))}
    guard = _text(known["guard"], world) if "guard" in known else None
    after = _phrases(known["after"], world) if "after" in known else ()
    if "guard" not in known:
        value.report(
            Sentence("'breaks' does not say which guard"), code=Code.MISSING, hint='breaks = { guard = "quiet-period" }'
        )
    faulty = guard is None or after is None or len(known) < len(value.raw)
    return None if faulty else Breaks(str(guard), after or ())


def _id(value: Value, _: World) -> str | None:
    """Read the id of an action: a word that ends a key, and no number, for those tell the place in a list."""
    word = values.string(value)
    if word is None or (_WORD.fullmatch(word) and not word.isdecimal()):
        return word
    hint = Sentence('write a word of letters, digits, - and _, such as id = "mail"')
    value.report(Sentence("{word!r} cannot be an id", word=word), code=Code.WRONG_SORT, hint=hint)
    return None


_DO: dict[str, Read] = {
    "type": _text,
    "template": _text,
    "title": _text,
    "text": _text,
    "to": _names,
    "reply_to": _choice("it"),
    "output": _text,
    "language": _choice(*LANGUAGES),
    "contact": _flag,
    "id": _id,
}


def _do(value: Value, world: World) -> tuple[Do, ...] | None:
    found = values.every(value, lambda item: _one_do(item, world))
    if found is None:
        return None
    ids = [do.id for do in found if do.id]
    if twice := next((name for name in ids if ids.count(name) > 1), ""):
        value.report(
            Sentence("two actions have the id {twice!r}", twice=twice),
            code=Code.WRONG_SORT,
            hint=Sentence("give each one of its own"),
        )
        return None
    if 0 < len(ids) < len(found) or (not ids and len(found) > 1):
        message = Sentence(
            "actions without an id are known by their place in the list: in another order they are others"
        )
        value.inform(message, code=Code.NO_ID, hint=Sentence('give each one a word of its own, such as id = "mail"'))
    return found


def _one_do(value: Value, world: World) -> Do | None:
    if isinstance(value.raw, str):
        message = Sentence("'do' must be a table {{ ... }}, not {raw}", raw=values.shown(value.raw))
        hint = Sentence("write it as {example}", example='do = { type = "task", title = "..." }')
        value.report(message, code=Code.WRONG_SORT, hint=hint)
        return None
    if not value.is_a(dict):
        return None
    got = {key: _DO[key](value.child(key), world) for key in value.known_keys(_DO)}
    if len(got) < len(value.raw) or any(part is None for part in got.values()):
        return None
    if "type" not in got:
        value.report(
            Sentence("'do' does not say what to make"),
            code=Code.MISSING,
            hint=Sentence('type = "draft", "task" or "notice"'),
        )
        return None
    if not got.get("template") and not got.get("title"):
        value.report(
            Sentence("'do' has no text"),
            code=Code.MISSING,
            hint=Sentence('give a template, or a title and a text: title = "..."'),
        )
        return None
    if not _recipients_fit(value, got):
        return None
    # A draft is written to them; a task or a notice is for the user, unless the rule says otherwise.
    draft = got["type"] == DRAFT
    return Do(**{"contact": draft, "to": ("them",) if draft else (), **got})


def _recipients_fit(value: Value, got: Mapping[str, Any]) -> bool:
    odd = [word for word in got.get("to", ()) if word != "them" and "@" not in word and not noted_field(word)]
    for word in odd:
        hint = Sentence(
            'write to = "them" for the anchor\'s people, "name@domain", or "it.FIELD" for what a note gives'
        )
        value.child("to").report(
            Sentence("{word!r} is not an address", word=word), code=Code.NO_ADDRESS, hint=hint, within=word
        )
    return not odd


HOMES = {
    **{field: "on" for field in (*patterns.FIELDS, "every") if field not in ("after", "before")},
    **dict.fromkeys(_DO, "do"),
}
"""Words that people write beside the fields of a rule, and the field that they belong into."""

RULE: dict[str, Read] = {
    "why": _text,
    "on": _anchor,
    "where": patterns.read_whole,
    "each": _choice("person"),
    "per": _choice(*PER),
    "opens": _instant,
    "moved_by": _phrases,
    "not_before": _phrases,
    "due": _instant,
    "late": _instant,
    "closes": _phrases,
    "done_by": patterns.read_every_whole,
    "cancelled_by": patterns.read_every_whole,
    "while": patterns.read_every_whole,
    "during": _text,
    "breaks": _breaks,
    "announces": _names,
    "carries": patterns.read_every_whole,
    "passes": _names,
    "language": _choice(*LANGUAGES),
    "do": _do,
    "enabled": _flag,
}
GUARD: dict[str, Read] = {
    "why": _text,
    "on": _anchor,
    "where": patterns.read_whole,
    "per": _choice(*PER),
    "opens": _instant,
    "closes": _instant,
    "ended_by": patterns.read_every_whole,
    "holds": _choice(*HOLDS),
    "except": _names,
    "enabled": _flag,
}
