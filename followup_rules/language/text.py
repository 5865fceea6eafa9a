"""Words in texts of people: case and accents folded, and which words carry meaning."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from followup_rules.model import Event

_WORD = re.compile(r"[^\W_]+")
# Nobody sees them, wherever in a word they stand (Unicode: default ignorable): soft hyphens, joiners, zero widths.
_UNSEEN = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")
# Which Unicode does not take apart, though people write them in both ways.
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae"})

_FEW = 4


# The same titles are looked at by each rule; so many texts are more than a long case holds.
@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Return the words of a text, in lower case and without accents, each between single spaces.

    >>> fold("Entretien d’embauche : pré-sélection")
    ' entretien d embauche pre selection '
    """
    if text.isascii():  # none of what follows concerns it
        return f" {' '.join(_WORD.findall(text.lower()))} "
    # NFKD takes accents off their letters, and apart what is written as one: ﬁ, full-width letters (UAX 15).
    bare = "".join(
        sign for sign in unicodedata.normalize("NFKD", _UNSEEN.sub("", text)) if not unicodedata.combining(sign)
    )
    return f" {' '.join(_WORD.findall(bare.casefold().translate(_LIGATURES)))} "


def finder(words: Iterable[str]) -> re.Pattern[str]:
    """Return an expression that finds any of the words (or runs of words) in a folded text.

    A `*` at the end of a word stands for any ending.
    """
    runs = (" ".join(filter(None, map(_word_expression, run.split()))) for run in words)
    return re.compile(f" (?:{'|'.join(runs)})(?= )")


def holds_any(words: Sequence[str]) -> Callable[[str], bool]:
    """Return what tells whether a folded text holds any of the words (or runs of words); see `finder`."""
    if not words:
        return lambda _: False
    spelt = [*map(as_folded, words)]
    if len(words) > _FEW or not all(spelt):
        find = finder(words).search
        return lambda said: find(said) is not None
    # So few are found without an expression in a tenth of the time.
    if len(spelt) == 1:
        (only,) = spelt
        return lambda said: only in said
    return lambda said: any(run in said for run in spelt)


def as_folded(run: str) -> str:
    """Return what a folded text contains where it holds a run of words; "" if only an expression can tell."""
    spelt = [fold(word).strip() for word in run.split()]
    if "*" in run[:-1] or not all(spelt):
        return ""
    # A folded text ends in a space.
    return f" {' '.join(spelt)}{'' if run.endswith('*') else ' '}"


def folded_title(event: Event) -> str:
    """Return the title of an event, folded; it is kept with the event, at which many rules look."""
    try:
        kept: str = event.folded_title  # type: ignore[attr-defined]
    except AttributeError:
        kept = event.__dict__["folded_title"] = fold(event.title)
    return kept


def folded_text(event: Event) -> str:
    """Return the text of an event, folded; likewise."""
    try:
        kept: str = event.folded_text  # type: ignore[attr-defined]
    except AttributeError:
        kept = event.__dict__["folded_text"] = fold(event.text)
    return kept


def _word_expression(word: str) -> str:
    folded = re.escape(fold(word).strip()).replace(r"\ ", " ")
    return f"{folded}[^ ]{'*' if folded else '+'}" if word.endswith("*") else folded


def significant(texts: Iterable[str], unless: Iterable[str]) -> frozenset[str]:
    """Return the words of three letters or more, without a plural's ending, and the numbers of two digits or more."""
    words = {word for text in texts for word in fold(text).split() if len(word) > (1 if word.isdecimal() else 2)}
    common = frozenset(unless)
    # English and French plurals; taken away on both sides, so it does no harm where it is none.
    stems = (word[:-1] if len(word) > 3 and word[-1] in "sx" else word for word in words - common)
    return frozenset(stems) - common
