"""Sentences for people: English where they are written, and what they are made of, for the other languages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Self


class Sentence(str):
    """A sentence for people.

    It is a str in English, as JSON, logs and the store keep it. Where it is shown to a person, `translation`
    looks its template up in the catalogue of their language, and puts the values in there. A value that is a Sentence
    is translated, too; an instant is told with its day. A name in braces is the place of a value; without values,
    braces are braces.

    >>> Sentence("“{title}” was cancelled", title="Entrevue Nordik")
    '“Entrevue Nordik” was cancelled'
    >>> Sentence("{number} case", "{number} cases", number=2)
    '2 cases'
    """

    __slots__ = ("many", "template", "values")
    template: str
    """As the catalogues know it; where there is a plural, the singular."""
    many: str
    """The plural, for every `number` but 1; "" if there is none."""
    values: Mapping[str, object]

    def __new__(cls, template: str, many: str = "", /, **values: object) -> Self:
        """Put it together; where there is a plural, `number` is one of the values."""
        # An error says the sentence that it was given, which is to be translated, too.
        values = {name: str(value) if isinstance(value, Exception) else value for name, value in values.items()}
        chosen = many if many and values["number"] != 1 else template
        shown = {name: in_digits(value) if isinstance(value, datetime) else value for name, value in values.items()}
        self = super().__new__(cls, chosen.format_map(shown) if values else chosen)
        self.template, self.many, self.values = template, many, values
        return self

    def __str__(self) -> Self:
        """Return itself: what an exception is given comes out of it as it was."""
        return self


def in_digits(moment: datetime) -> str:
    """Return an instant as English has it, in its own zone: "Thu 2026-11-19 09:00"."""
    return f"{moment:%a %Y-%m-%d %H:%M}"


def changed(text: str, change: Callable[[str], str]) -> str:
    """Return a text with a change in it; of a sentence, in its values, so that it can still be told in any language."""
    if not isinstance(text, Sentence):
        return change(text)
    kept = (datetime, int, float)
    values = {
        name: changed(each, change) if isinstance(each, str) else each if isinstance(each, kept) else change(str(each))
        for name, each in text.values.items()
    }
    made = Sentence(text.template, text.many, **values)
    # What only shows where sentence and values meet is changed all the same, and then is English everywhere.
    return made if change(made) == made else change(made)


def as_sentence(text: str) -> Sentence:
    """Return a sentence as it is, and any other text as one that may be in the catalogues, as errors of the system are.

    >>> as_sentence("Permission denied")
    'Permission denied'
    """
    return text if isinstance(text, Sentence) else Sentence(text)


def system_error(error: OSError) -> Sentence:
    """Return what the system says of an error, without the file: `strerror`, or what stands in its place."""
    return as_sentence(error.strerror or str(error))


def either(names: Sequence[str]) -> str:
    """Return some names as a choice.

    >>> either(["draft", "task", "notice"])
    'draft or task or notice'
    """
    first, *others = names
    return Sentence("{one} or {other}", one=first, other=either(others)) if others else first


def together(*texts: str) -> str:
    """Return those of some texts that are not empty, as one sentence.

    >>> together("delete it", "", "or write a word")
    'delete it; or write a word'
    >>> together("did you mean it?", "correct it there")
    'did you mean it? correct it there'
    """
    first, *more = [text for text in texts if text] or [""]
    if not more:
        return first
    if first.endswith("?"):
        return Sentence("{first} {more}", first=first, more=together(*more))
    return Sentence("{first}; {more}", first=first, more=together(*more))


def commas(*texts: str) -> str:
    """Return some texts as one sentence, with commas.

    >>> commas("an archive", "a data file of Outlook")
    'an archive, a data file of Outlook'
    """
    first, *more = texts or ("",)
    return Sentence("{one}, {other}", one=first, other=commas(*more)) if more else first


_OF_THE_SYSTEM = (
    Sentence("No such file or directory"),
    Sentence("Permission denied"),
    Sentence("Is a directory"),
    Sentence("Not a directory"),
    Sentence("File exists"),
    Sentence("File name too long"),
    Sentence("Too many levels of symbolic links"),
    Sentence("No space left on device"),
    Sentence("Read-only file system"),
    Sentence("Input/output error"),
    Sentence("Disk quota exceeded"),
    Sentence("Connection refused"),
    Sentence("Connection reset by peer"),
    Sentence("Network is unreachable"),
)
"""What the system says most often when a file or a connection fails (`strerror`, POSIX): for the catalogues."""
