"""Words in texts of people: case and accents folded, and which words carry meaning."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae"})
"""Which Unicode does not take apart, though people write them in both ways."""


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Return the words of a text, in lower case and without accents, each between single spaces.

    >>> fold("Entretien d’embauche : pré-sélection")
    ' entretien d embauche pre selection '
    """
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return f" {' '.join(_WORD.findall(bare.casefold().translate(_LIGATURES)))} "


def finder(words: Iterable[str]) -> re.Pattern[str]:
    """Return an expression that finds any of the words (or runs of words) in a folded text.

    A `*` at the end of a word stands for any ending.
    """
    return re.compile(f" (?:{'|'.join(_expression(word) for word in words)})(?= )")


def _expression(words: str) -> str:
    return " ".join(filter(None, (_word_expression(word) for word in words.split())))


def _word_expression(word: str) -> str:
    folded = re.escape(fold(word).strip()).replace(r"\ ", " ")
    return f"{folded}[^ ]{'*' if folded else '+'}" if word.endswith("*") else folded


def significant(texts: Iterable[str], unless: Iterable[str]) -> frozenset[str]:
    """Return the words of three letters or more that tell something, without a plural's ending."""
    words = {word for text in texts for word in fold(text).split() if len(word) > 2 and not word.isdecimal()}
    common = frozenset(unless)
    return frozenset(_singular(word) for word in words - common) - common


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word[-1] in "sx" else word
