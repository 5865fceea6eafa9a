"""Sentences in the language of whoever reads them, from the catalogues in `locale/`: files of GNU gettext."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from gettext import NullTranslations
from pathlib import Path

from followup_rules.sentences import Sentence

ENGLISH = "en"
"""The language in which sentences are written."""
LANGUAGES = (ENGLISH, "fr")

_FOLDER = Path(__file__).parent.parent / "locale"


def told(text: str, language: str) -> str:
    """Return a sentence in one of the LANGUAGES; any other text, and a sentence without translation, as it is."""
    if language == ENGLISH or not isinstance(text, Sentence):
        return text
    catalogue, number = _catalogue(language), text.values.get("number")
    if text.many and isinstance(number, int):
        template = catalogue.ngettext(text.template, text.many, number)
    else:
        template = catalogue.gettext(text.template)
    values = {name: _value(value, language) for name, value in text.values.items()}
    return template.format_map(values) if values else template


def weekday(moment: datetime, language: str) -> str:
    """Return the short name of an instant's day of the week: "Thu", "jeu."."""
    if language == ENGLISH:
        return f"{moment:%a}"
    from babel.dates import format_date  # noqa: PLC0415 -- English does without

    return format_date(moment, "EEE", locale=language)


def _value(value: object, language: str) -> object:
    if isinstance(value, datetime):
        return f"{weekday(value, language)} {value:%Y-%m-%d %H:%M}"
    if isinstance(value, Exception):
        value = str(value)
    return told(value, language) if isinstance(value, str) else value


@cache
def _catalogue(language: str) -> NullTranslations:
    # The text itself is read (some 0.1 s, in French only): nothing is compiled that could be missing in a clone, older
    # than the text, or in the way of a merge.
    from gettext import GNUTranslations  # noqa: PLC0415 -- only where something is told
    from io import BytesIO  # noqa: PLC0415

    from babel.messages.mofile import write_mo  # noqa: PLC0415
    from babel.messages.pofile import read_po  # noqa: PLC0415

    with (_FOLDER / language / "LC_MESSAGES" / "followup.po").open("rb") as opened:
        catalogue = read_po(opened, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)
