"""Whether a word is probably another one, misspelt: stricter than a suggestion, since nothing else is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable

from followup_rules.sentences import Sentence
from followup_rules.toml.suggestions import nearest

# Two words, and not one misspelt: #order and #ordered, #bill and #bills.
_ENDINGS = frozenset({"s", "d", "ed", "r", "er", "es", "ing"})
# In letters: a shorter word is like too many others; in a long one two may be wrong.
_SHORTEST, _LONG = 5, 8


def slip(word: str, known: Iterable[str]) -> str:
    """Return the known word that a word is a likely slip of, or ""."""
    if len(word) < _SHORTEST or not word.replace("-", "").replace("_", "").isalpha():
        return ""
    others = [other for other in known if _alike(word, other)]
    return nearest(word, others, 1 if len(word) < _LONG else 2) or ""


def hint_of(word: str) -> str:
    """Return the hint that names a word."""
    return Sentence('did you mean "{word}"?', word=word)


def _alike(word: str, other: str) -> bool:
    if word == other or len(other) < _SHORTEST or word[0] != other[0]:
        return False
    shorter, longer = sorted((word, other), key=len)
    if longer.startswith(shorter) and longer[len(shorter) :].lstrip("-") in _ENDINGS:
        return False
    # A part that is exchanged as a whole is meant so: #call-a and #call-b.
    parts, others = word.replace("_", "-").split("-"), other.replace("_", "-").split("-")
    changed = [(a, b) for a, b in zip(parts, others, strict=False) if a != b]
    return len(parts) != len(others) or all(len(a) > 3 and a[0] == b[0] for a, b in changed)
