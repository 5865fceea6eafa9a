"""Names that look like slips, or that nothing uses: tags that nobody writes, definitions that nobody asks for."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from followup_rules.codes import Code
from followup_rules.language.phrases import PhraseError, parse
from followup_rules.lint.book import Book, inside
from followup_rules.lint.slips import hint_of, slip
from followup_rules.model import Problem
from followup_rules.sentences import Sentence, together
from followup_rules.toml.values import Value

_TEXTS = frozenset({"title", "text", "words", "why", "do"})


class _Tag(Struct, frozen=True):
    name: str
    value: Value
    owner: tuple[str, str]


def problems(book: Book) -> Iterator[Problem]:
    """Yield a warning at each tag that is probably misspelt, and at each definition of the user's that nobody uses."""
    yield from _tags(book)
    yield from _unused(book)


def _tags(book: Book) -> Iterator[Problem]:
    tags = book.rules.world.tags
    named = [*_named_tags(book)]
    written = {tags.canonical(tag) for tag in book.given.tags}
    tables = {name for kind, name in book.tables if kind == "tag"}
    for tag in named:
        others = [other for other in named if other.name == tag.name]
        # Written twice, shown by a note, or with a table of its own, a tag is meant as it is spelt.
        if len(others) > 1 or tag.name in written | tables or tag.name != tags.canonical(tag.name):
            continue
        beside = {other.name for other in named if other.owner == tag.owner}
        better = tables | written | {other.name for other in named if _better_known(other, tag, named, book)}
        guess = slip(tag.name, {*better, *tags.also} - beside)
        if guess:
            message = Sentence(
                "nothing else names #{name}, and nothing shows it; there is #{guess}", name=tag.name, guess=guess
            )
            yield from book.problem(
                tag.value, message, code=Code.PROBABLE_SLIP, hint=hint_of(f"#{guess}"), within=tag.name
            )


def _better_known(other: _Tag, tag: _Tag, named: list[_Tag], book: Book) -> bool:
    """Tell which of two tags is misspelt: the one in the user's file, that is named once; of two such, the later."""
    if other.value.document.file in book.foreign or sum(each.name == other.name for each in named) > 1:
        return True
    if other.value.document is not tag.value.document:
        return True
    lines = [each.value.document.line(each.value.path) for each in (other, tag)]
    return lines[0] < lines[1]


def _named_tags(book: Book) -> Iterator[_Tag]:
    for owner, table in book.tables.items():
        if owner[0] == "tag":
            continue
        for value in (inner for key, field in table.fields.items() if key not in _TEXTS for inner in inside(field)):
            if not isinstance(value.raw, str) or _TEXTS & set(map(str, value.path[2:])):
                continue
            if value.raw.startswith("#") or value.name == "tags":
                yield _Tag(value.raw.removeprefix("#").lower(), value, owner)


def _unused(book: Book) -> Iterator[Problem]:
    used = {name for owner, table in book.tables.items() for key, field in table.fields.items() if key not in _TEXTS
            for value in inside(field) if not _TEXTS & set(map(str, value.path[2:]))
            for name in _names(value) if owner != ("define", name)}  # fmt: skip
    for (kind, name), table in book.tables.items():
        if kind == "define" and name not in used and table.header.document.file not in book.foreign:
            others = [other for kind, other in book.tables if kind == "define" and other != name]
            guess = slip(name, others)
            alike = Sentence('or did you mean it to change "{guess}"?', guess=guess) if guess else ""
            message = Sentence("no rule, guard or definition uses the definition {name!r}", name=name)
            hint = together(Sentence('name it where it is meant, as in on = "{name}", or delete it', name=name), alike)
            yield table.header.document.problem(
                table.header.path, message, code=Code.UNUSED, hint=hint, at="key", warning=True
            )


def _names(value: Value) -> Iterator[str]:
    """Yield the definitions that a value may name: as a pattern, or as what a phrase counts from."""
    if isinstance(value.raw, str) and len(value.raw) < 200:
        yield value.raw
        if "." in value.raw:
            try:
                yield parse(value.raw).base
            except PhraseError:
                return
