"""Fields of events that nothing gives: `it.FIELD`, `NAME.FIELD`, `data.X`, what texts show, and what nobody does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping

from msgspec import Struct

from followup_rules.codes import Code
from followup_rules.language.phrases import Phrase, PhraseError, parse
from followup_rules.language.recipients import noted_field
from followup_rules.language.schema import Rule
from followup_rules.lint.book import NOTED, Book, inside, patterns, tag_line
from followup_rules.lint.shapes import KNOWN, Shape, anchors, shapes
from followup_rules.lint.slips import hint_of, slip
from followup_rules.model import NOTICE, Event, Problem
from followup_rules.sentences import Sentence, either
from followup_rules.toml.suggestions import nearest
from followup_rules.toml.values import Value

_OWN = frozenset(Event.__struct_fields__)
# What people read of an event: what a text would name by mistake for another field.
_READ = frozenset({"title", "start", "people", "organizer", "status"})
_ALWAYS = frozenset({"start", "end", "gone"})
_PEOPLE = ("to", "from", "with")
_INSTEAD = {
    "opens": 'opens = "day + 1 day"',
    "due": 'due = "opens + 1 day"',
    "late": 'late = "due + 1 day"',
    "closes": 'closes = "opens + 7 days"',
    "after": 'after = "start"',
    **{key: f'{key} = "them"' for key in _PEOPLE},
}
"""What can stand in the place of a line that names a field of an event, by its key; any other may be left out."""


class Use(Struct, frozen=True):
    """A field that something names: the word, where it stands, of which events, and by which table."""

    field: str
    value: Value
    of: tuple[Shape, ...]
    owner: str
    shown: bool = False
    """In a text, which also sees an event's own fields."""


def problems(book: Book) -> Iterator[Problem]:
    """Yield a warning at each field that no event of its kind gives, and at one that is probably misspelt."""
    uses = [*_uses(book)]
    common = Counter(use.field for use in uses)
    noted = book.given.fields.get("note", frozenset())
    for use in uses:
        if use.field in noted or use.field in _ALWAYS or (use.shown and use.field in _OWN):
            continue
        if not _given(use, book):
            yield from _not_given(use, book)
        elif _gives_anything(use.of, book):
            yield from _misspelt(use, uses, common, noted, book)
    yield from _never_done(book)


def _uses(book: Book) -> Iterator[Use]:
    for it, table in book.sound:
        of = tuple(anchors(table.fields, book)) if "on" in table.fields and not it.recurring else ()
        own = [value for key, value in table.fields.items() if key not in ("do", "why")]
        for value in (inner for field in own for inner in inside(field)):
            yield from _named(value, of, it.id, book)
        for index, names in ((i, n) for (rule, i), n in book.texts.items() if rule == it.id and isinstance(it, Rule)):
            action = table.fields["do"].items()[index]
            yield from (Use(each.name, action, of, it.id, shown=True) for each in names
                        if each.what == "it" and not each.optional)  # fmt: skip
            if isinstance(action.raw, dict) and "to" in action.raw:
                yield from (use for item in action.child("to").items() for use in _named(item, of, it.id, book))
        for _, pattern in patterns(table.fields):
            yield from _data(pattern, it.id, book)
    for name, definition in book.definitions.items():
        yield from _data(definition, name, book)


def _named(value: Value, of: tuple[Shape, ...], owner: str, book: Book) -> Iterator[Use]:
    """Yield the field of `it.FIELD` and `NAME.FIELD`, in phrases and as an address."""
    if not isinstance(value.raw, str):
        return
    if value.path[-1] in _PEOPLE or (len(value.path) > 1 and value.path[-2] in _PEOPLE):
        if field := noted_field(value.raw):
            yield Use(field, value, of, owner)
        return
    phrase = _phrase(value)
    if phrase is None or not phrase.field:
        return
    if phrase.base == "it":
        yield Use(phrase.field, value, of, owner)
    elif phrase.base in book.definitions:
        yield Use(phrase.field, value, tuple(shapes(book.definitions[phrase.base], book)), owner)


def _phrase(value: Value) -> Phrase | None:
    if "." not in value.raw or "title" in value.path or "text" in value.path or "words" in value.path:
        return None
    try:
        return parse(value.raw)
    except PhraseError:
        return None


def _data(pattern: Value, owner: str, book: Book) -> Iterator[Use]:
    for value in inside(pattern):
        if isinstance(value.raw, dict) and isinstance(value.raw.get("data"), dict):
            data = value.child("data")
            bare = {key: part for key, part in value.raw.items() if key != "data"}
            around = Value(bare, value.document, value.path, [], value.parts)
            of = shapes(around, book) if bare else [Shape()]
            outer = shapes(Value({k: v for k, v in pattern.raw.items() if k == "kind"}, value.document, value.path, []),
                           book) if isinstance(pattern.raw, dict) and "kind" not in bare else [Shape()]  # fmt: skip
            of = of if "kind" in bare else outer if of == [Shape()] else of
            yield from (Use(name, data.child(name), tuple(of), owner) for name in data.raw)


def _kinds(of: Iterable[Shape]) -> set[str]:
    found = set[str]()
    for shape in of:
        found |= set(shape.kinds) if shape.kinds is not None else set(KNOWN - shape.lacking)
    return found


def _given(use: Use, book: Book) -> bool:
    """Tell whether some event that it speaks of may have the field."""
    foreign = book.given.kinds - KNOWN
    if any(shape.kinds is None and foreign for shape in use.of) or _gives_anything(use.of, book):
        return True
    kinds = _kinds(use.of)
    if "done" in kinds and use.field == "rule":
        return True
    return any(use.field in book.given.fields.get(kind, ()) for kind in kinds) if use.of else False


def _gives_anything(of: Iterable[Shape], book: Book) -> bool:
    """Tell whether somebody may write any field: in notes, and in what a plugin shows that is not one of our own."""
    kinds = _kinds(of)
    return bool(kinds & (NOTED | book.given.open_kinds) or kinds - KNOWN)


def _not_given(use: Use, book: Book) -> Iterator[Problem]:
    kinds = sorted(_kinds(use.of))
    message = Sentence("what recurs by the clock gives no {field!r}", field=use.field)
    if kinds:
        names = either([repr(kind) for kind in kinds])
        message = Sentence("no event of the kind {kinds} gives {field!r}", kinds=names, field=use.field)
    if use.shown:
        message = Sentence("{{{{ it.{field} }}}} stays empty: {why}", field=use.field, why=message)
    given = {"rule"} if kinds == ["done"] else set(_READ | {"end", "text"} if use.shown else ())
    guess = nearest(use.field, {*given, *book.given.fields.get("note", ())}) if given else None
    line = _instead(use)
    hint = Sentence("only notes carry values (key:value): start from a note, or delete it")
    if line:
        hint = Sentence("only notes carry values (key:value): start from a note, or write {line}", line=line)
    if use.shown:
        hint = Sentence("delete it, or ask first: {ask}", ask=f"{{% if it.{use.field} %}}")
    if guess:
        hint = Sentence('did you mean "{word}"?', word=guess)
    yield from _at(use, message, Code.NOT_GIVEN, hint, book)


def _instead(use: Use) -> str:
    """Return a line that stands well in the place of one that names a field, "" where one does without."""
    key = use.value.path[-1]
    named = "" if use.shown else str(use.value.raw)
    if f".{use.field}" in named and not named.startswith("it."):
        return f'{use.value.name} = "{named.replace(f".{use.field}", ".start", 1)}"'
    return _INSTEAD.get(key, "") if isinstance(key, str) else ""


def _misspelt(
    use: Use, uses: list[Use], common: Mapping[str, int], noted: Collection[str], book: Book
) -> Iterator[Problem]:
    """Yield that a field, which no note gives, is spelt much like one that is better known."""
    first = {other.field: other.value for other in reversed(uses)}
    better = {
        name
        for name, value in first.items()
        if common[name] > common[use.field] or (common[name] == common[use.field] and _later(use.value, value))
    }
    guess = slip(use.field, {*noted, *better, *(_READ if use.shown else _ALWAYS)})
    if guess:
        known = Sentence("which notes give") if guess in noted else Sentence("as it is spelt elsewhere")
        message = Sentence(
            "no note gives {field!r}; there is {guess!r}, {known}", field=use.field, guess=guess, known=known
        )
        yield from _at(use, message, Code.PROBABLE_SLIP, hint_of(guess), book)


def _later(value: Value, other: Value) -> bool:
    if value.document is not other.document:
        return True
    return value.document.line(value.path) > other.document.line(other.path)


def _at(use: Use, message: str, code: str, hint: str, book: Book) -> Iterator[Problem]:
    value = use.value
    if use.shown and isinstance(value.raw, dict):
        key = next((key for key in ("title", "text") if f"it.{use.field}" in str(value.raw.get(key))), "template")
        value = value.child(key) if key in value.raw else value
    # A field of `data` is a key.
    at_key = value.path[-1] == use.field
    yield from book.problem(value, message, code=code, hint=hint, within="" if at_key else use.field, key=at_key)


def _never_done(book: Book) -> Iterator[Problem]:
    """Yield what waits for something done of a rule that makes nothing that can be done."""
    rules = book.rules.rules
    every = {*rules, *book.rules.off}
    notices = {name for name, rule in rules.items() if rule.do and all(do.type == NOTICE for do in rule.do)}
    for table in book.tables.values():
        for value in (inner for field in table.fields.values() for inner in inside(field)):
            if isinstance(value.raw, dict):
                yield from _of(value, every, notices, book)
            elif isinstance(value.raw, str) and value.raw.split(".", 1)[0] in notices:
                phrase = _phrase(value)
                if phrase is not None and phrase.done and not rules[phrase.base].done_by:
                    yield from _notice(value, phrase.base, book)


def _of(value: Value, every: Collection[str], notices: Collection[str], book: Book) -> Iterator[Problem]:
    named = [item for item in value.child("of").items() if item.raw in notices] if "of" in value.raw else []
    if isinstance(value.raw.get("data"), dict) and isinstance(value.raw["data"].get("rule"), str):
        rule = value.child("data").child("rule")
        if rule.raw not in every:
            guess = nearest(rule.raw, every)
            hint = (
                Sentence('did you mean "{word}"?', word=guess)
                if guess
                else Sentence("`followup rules` lists the rules that there are")
            )
            message = Sentence("there is no rule {raw!r}, so nothing is ever done of it", raw=rule.raw)
            yield from book.problem(rule, message, code=Code.NOT_GIVEN, hint=hint)
        named += [rule] if rule.raw in notices else []
    off = [item for item in value.child("of").items() if item.raw in book.rules.off] if "of" in value.raw else []
    for item in off:
        message = Sentence("nothing is ever done of {raw!r}: that rule is switched off", raw=item.raw)
        line = tag_line(str(item.path[2]), item.raw)
        hint = Sentence("switch it on, or look for a tag that you note yourself: {line}", line=line)
        yield from book.problem(item, message, code=Code.NOT_GIVEN, hint=hint)
    for item in named:
        yield from _notice(item, item.raw, book)


def _notice(value: Value, name: str, book: Book) -> Iterator[Problem]:
    line = tag_line(str(value.path[2]), name)
    if value.raw != name:
        line = f'{value.name} = "{value.raw.replace(".done", "", 1)}"'
    values = {"name": name, "line": line}
    message = Sentence(
        "nothing is ever done of {name!r}: it makes notices only, and those cannot be ticked or sent", name=name
    )
    hint = Sentence("let {name!r} make a task or a draft, or look for a tag that you note yourself: {line}", **values)
    if value.raw != name:
        hint = Sentence("let {name!r} make a task or a draft, or count from its opening: {line}", **values)
    yield from book.problem(value, message, code=Code.NOT_GIVEN, hint=hint)
