"""Words in texts of people: case and accents folded, and which words carry meaning."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+")
# Nobody sees them, wherever in a word they stand (Unicode: default ignorable): soft hyphens, joiners, zero widths.
_UNSEEN = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")
# Which Unicode does not take apart, though people write them in both ways.
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae"})


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
