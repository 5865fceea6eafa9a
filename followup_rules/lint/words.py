"""Words of patterns that are written as in another language, a list in one string or a regular expression, or twice."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec.structs import replace

from followup_rules.codes import Code
from followup_rules.language.text import finder, fold, is_spelt_out
from followup_rules.lint.book import Book, inside, patterns
from followup_rules.model import Problem
from followup_rules.sentences import Sentence
from followup_rules.toml.values import Value

_TEXTS = frozenset({"title", "text", "words"})
_BETWEEN = re.compile(r"\s*[|;]\s*|,\s+")
_OR = re.compile(r"\s+(?:and/or|et/ou|or|ou)\s+", re.IGNORECASE)
_EXPRESSION = re.compile(r"\.[*+]|\\[bBdDsSwW]")


def problems(book: Book) -> Iterator[Problem]:
    """Yield a warning at each phrase that was probably meant as several, or as a regular expression."""
    whole = [*book.definitions.values(), *(value for _, table in book.sound for _, value in patterns(table.fields))]
    for value in (value for pattern in whole for value in inside(pattern)):
        if isinstance(value.raw, str) and value.name in _TEXTS:
            if _EXPRESSION.search(value.raw):
                message = Sentence("{raw!r} is looked for as its words, and its signs count for nothing", raw=value.raw)
                hint = Sentence("write the words, several as a list; a * at the end of a word stands for any ending")
                yield from book.problem(value, message, code=Code.ONE_PHRASE, hint=hint)
            else:
                yield from _several(value, book)
        if isinstance(value.raw, list) and value.name in _TEXTS:
            yield from _twice(value, book)


def _several(value: Value, book: Book) -> Iterator[Problem]:
    if not is_spelt_out(value.raw):
        return
    by_signs, by_or = (
        [part.strip() for part in split(value.raw) if fold(part).strip()] for split in (_BETWEEN.split, _OR.split)
    )
    parts = max(by_signs, by_or, key=len)
    if len(parts) < 2:
        return
    message = Sentence("{raw!r} is looked for as one phrase, word after word", raw=value.raw)
    listed = ", ".join(f'"{part}"' for part in parts)
    hint = Sentence(
        "if any of them will do, write [{listed}]; if they follow each other, leave the signs out", listed=listed
    )
    if len(by_signs) < 2:
        # "Now or never" may be what somebody writes: it is told, and is no fault.
        hint = Sentence("if any of them will do, write [{listed}]", listed=listed)
    told = book.problem(value, message, code=Code.ONE_PHRASE, hint=hint)
    yield from told if len(by_signs) > 1 else (replace(problem, warning=False, info=True) for problem in told)


def _twice(value: Value, book: Book) -> Iterator[Problem]:
    """Yield each word of a list that stands there already, however it is spelt."""
    before: dict[str, str] = {}
    for item in value.items():
        finds = finder([item.raw]).pattern
        if finds in before:
            message = Sentence("{raw!r} stands in this list already", raw=item.raw)
            if before[finds] != item.raw:
                message = Sentence(
                    "{raw!r} finds what {other!r} does: case, accents and signs count for nothing",
                    raw=item.raw,
                    other=before[finds],
                )
            # It does no harm, and not everybody knows what counts for nothing.
            told = book.problem(item, message, code=Code.TWICE, hint=Sentence("delete it"))
            yield from (replace(problem, warning=False, info=True) for problem in told)
        before.setdefault(finds, item.raw)
