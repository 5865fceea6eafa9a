"""Sentences in the language of whoever reads them, from the catalogues in `locale/`: files of GNU gettext."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import cache
from gettext import NullTranslations
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from followup_rules.sentences import Sentence

if TYPE_CHECKING:
    from babel.messages import Catalog

ENGLISH = "en"
"""The language in which sentences are written."""
LANGUAGES = (ENGLISH, "fr")

_FOLDER = Path(__file__).parent / "locale"


def translated(text: str, language: str) -> str:
    """Return a sentence in one of the LANGUAGES; any other text, and a sentence without translation, as it is."""
    if language == ENGLISH or not isinstance(text, Sentence):
        return str.__str__(text)  # plain text, whatever it was: it may be stored
    catalogue, number = _catalogue(language), text.values.get("number")
    if text.many and isinstance(number, int):
        template = catalogue.ngettext(text.template, text.many, number)
    else:
        template = catalogue.gettext(text.template)
    values = {name: _value(value, language) for name, value in text.values.items()}
    return template.format_map(values) if values else template


def weekday(moment: date, language: str) -> str:
    """Return the short name of the day of the week of a day or an instant: "Thu", "jeu."."""
    if language == ENGLISH:
        return f"{moment:%a}"
    from babel.dates import format_date  # noqa: PLC0415 -- English does without

    return format_date(moment, "EEE", locale=language)


def _value(value: object, language: str) -> object:
    if isinstance(value, datetime):
        return f"{weekday(value, language)} {value:%Y-%m-%d %H:%M}"
    if isinstance(value, Exception):
        value = str(value)
    return translated(value, language) if isinstance(value, str) else value


def recognised(text: str, language: str) -> str:
    """Return an English text that was kept, as in the journal, as the sentence that it was made of; else as it is."""
    if language == ENGLISH or isinstance(text, Sentence):
        return text
    fitting = (each for each in _sentences(language) if each.first in text and each.pattern.fullmatch(text))
    best = max(fitting, key=lambda each: each.letters, default=None)
    if best is None or (found := best.pattern.fullmatch(text)) is None:
        return text
    values = {name: _revived(value, language) for name, value in found.groupdict().items()}
    number = found.groupdict().get("number", "")
    if not number.isdecimal():
        return Sentence(best.template, **values)
    return Sentence(best.template, best.many, **{**values, "number": int(number)})


def _revived(value: str, language: str) -> object:
    if _INSTANT.fullmatch(value):
        return datetime.strptime(value[4:], "%Y-%m-%d %H:%M")  # noqa: DTZ007 -- it is told as it stands
    return recognised(value, language)


_INSTANT = re.compile(r"[A-Z][a-z]{2} \d{4}-\d\d-\d\d \d\d:\d\d")
_PLACE = re.compile(r"\{(\w+)(!r)?\}")


class _Known(Struct, frozen=True):
    """A sentence of a catalogue, and how to find its values in a text."""

    template: str
    many: str
    pattern: re.Pattern[str]
    first: str
    """Its longest part without a value, by which most others are told apart cheaply."""
    letters: int


@cache
def _sentences(language: str) -> tuple[_Known, ...]:
    found = []
    for message in _messages(language):
        one, many = (message.id, "") if isinstance(message.id, str) else map(str, message.id)
        for said in filter(None, (one, many)):
            parts = _PLACE.split(said)
            literals = [part.replace("{{", "{").replace("}}", "}") for part in parts[::3]]
            names = iter(zip(parts[1::3], parts[2::3], strict=True))
            pattern = re.escape(literals[0])
            seen: set[str] = set()
            for literal in literals[1:]:
                name, quoted = next(names)
                group = f"(?P={name})" if name in seen else f"(?P<{name}>.+?)"
                seen.add(name)
                pattern += (f"'{group}'" if quoted else group) + re.escape(literal)
            letters = sum(map(str.isalpha, "".join(literals)))
            if letters > 3:
                first = max(literals, key=len)
                found.append(_Known(one, many, re.compile(pattern, re.DOTALL), first, letters))
    return tuple(found)


@cache
def _messages(language: str) -> Catalog:
    # The text itself is read (some 0.1 s, in French only): nothing is compiled that could be missing in a clone, older
    # than the text, or in the way of a merge.
    from babel.messages.pofile import read_po  # noqa: PLC0415 -- only where something is told

    with (_FOLDER / language / "LC_MESSAGES" / "followup.po").open("rb") as opened:
        return read_po(opened, locale=language)


@cache
def _catalogue(language: str) -> NullTranslations:
    from gettext import GNUTranslations  # noqa: PLC0415 -- only where something is told
    from io import BytesIO  # noqa: PLC0415

    from babel.messages.mofile import write_mo  # noqa: PLC0415

    compiled = BytesIO()
    write_mo(compiled, _messages(language))
    compiled.seek(0)
    return GNUTranslations(compiled)
