"""Words of patterns that are written as in another language: a list in one string, a regular expression."""

from __future__ import annotations

import re
from collections.abc import Iterator

from followup_rules.codes import Code
from followup_rules.language.text import fold
from followup_rules.lint.book import Book, inside, patterns
from followup_rules.model import Problem
from followup_rules.sentences import Sentence
from followup_rules.toml.values import Value

_TEXTS = frozenset({"title", "text", "words"})
_BETWEEN = re.compile(r"\s*[|;]\s*|,\s+")
_EXPRESSION = re.compile(r"\.[*+]|\\[bBdDsSwW]")


def problems(book: Book) -> Iterator[Problem]:
    """Yield a warning at each phrase that was probably meant as several, or as a regular expression."""
    whole = [*book.definitions.values(), *(value for _, table in book.sound for _, value in patterns(table.fields))]
    for value in (value for pattern in whole for value in inside(pattern)):
        if isinstance(value.raw, str) and value.name in _TEXTS:
            yield from _expression(value, book) if _EXPRESSION.search(value.raw) else _several(value, book)


def _expression(value: Value, book: Book) -> Iterator[Problem]:
    message = Sentence("{raw!r} is looked for as its words, and its signs count for nothing", raw=value.raw)
    hint = Sentence("write the words, several as a list; a * at the end of a word stands for any ending")
    yield from book.problem(value, message, code=Code.ONE_PHRASE, hint=hint)


def _several(value: Value, book: Book) -> Iterator[Problem]:
    parts = [part.strip() for part in _BETWEEN.split(value.raw) if fold(part).strip()]
    if len(parts) > 1:
        message = Sentence("{raw!r} is looked for as one phrase, word after word", raw=value.raw)
        listed = ", ".join(f'"{part}"' for part in parts)
        hint = Sentence("if any of them will do, write [{listed}]; if they follow each other, leave the signs out",
                        listed=listed)  # fmt: skip
        yield from book.problem(value, message, code=Code.ONE_PHRASE, hint=hint)
