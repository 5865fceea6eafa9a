"""The valid word that a misspelt one was probably meant to be."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from followup_rules.sentences import Sentence, either

if TYPE_CHECKING:
    from collections.abc import Iterable

_EDITS = 2
# Longer words are no slips of the pen, and comparing them takes time.
_LETTERS = 80
_LISTED = 8
_ELSEWHERE: dict[str, tuple[str, ...]] = {
    "title": ("subject", "summary", "titre", "objet", "sujet"), "text": ("body", "texte", "corps"),
    "words": ("mots",), "with": ("attendees", "participants", "avec"), "from": ("sender", "de"),
    "to": ("recipient", "recipients", "à"), "people": ("personnes", "gens"), "why": ("pourquoi", "raison", "reason"),
    "on": ("trigger", "sur"), "where": ("if", "condition", "si"), "do": ("action", "then", "faire", "alors"),
    "opens": ("when", "starts", "after", "wait", "quand", "ouvre", "ouverture"), "late": ("retard",),
    "closes": ("expires", "ends", "before", "ferme", "fermeture"), "done_by": ("unless", "until", "stop", "sauf"),
    "ended_by": ("unless", "until", "stop", "sauf"), "enabled": ("active", "actif"), "language": ("langue",),
    "draft": ("brouillon",), "task": ("todo", "tâche", "tache"), "notice": ("avis",),
    "sent": ("mail", "email", "courriel", "envoyé"), "received": ("mail", "email", "courriel", "reçu"),
    "meeting": ("event", "appointment", "réunion", "rencontre", "rendez-vous"),
    "rule": ("regle", "règle"), "guard": ("garde",), "outputs": ("sorties",), "path": ("chemin",), "name": ("nom",),
    "timezone": ("fuseau",), "holidays": ("feries", "fériés"),
}  # fmt: skip
"""What mail programs, calendars and other tools call the same, or people in French."""


def nearest(word: str, valid: Iterable[str], most: int = _EDITS) -> str | None:
    """Return the valid word at most `most` edits away, fewer than `word` has letters; of equals the first in order.

    An edit inserts, removes or replaces a letter, or swaps two neighbours (Damerau-Levenshtein distance, optimal
    string alignment). Case, and `-` against `_`, cost nothing.
    """
    # Of a word of two letters no letter would be left to tell it by.
    most = min(most, len(word) - 1)
    near = [other for other in valid if abs(len(other) - len(word)) <= _EDITS and len(other) <= _LETTERS]
    counted = [(_edits(_folded(word), _folded(other), most), other) for other in near]
    return min(((count, other) for count, other in counted if count <= most), default=(0, None))[1]


def expected(word: str, valid: Iterable[str]) -> str:
    """Return the hint for an unknown word: the nearest valid one, else all if they are few, else nothing."""
    words = sorted(set(valid))
    if elsewhere := [f'"{ours}"' for ours, theirs in _ELSEWHERE.items() if ours in words and _folded(word) in theirs]:
        return Sentence("did you mean {words}?", words=either(elsewhere))
    near = nearest(word, words)
    if near is not None:
        also = nearest(word, [other for other in words if other != near], _edits(_folded(word), _folded(near)))
        # Two that are equally near are asked about: nobody can tell which one was meant.
        return (
            Sentence('did you mean "{near}" or "{also}"?', near=near, also=also)
            if also
            else Sentence('did you mean "{word}"?', word=near)
        )
    if len(meant := [other for other in words if _is_a_form_of(_folded(word), _folded(other))]) == 1:
        return Sentence('did you mean "{word}"?', word=meant[0])
    return Sentence("one of: {words}", words=", ".join(words)) if 0 < len(words) <= _LISTED else ""


def _is_a_form_of(word: str, other: str) -> bool:
    """Tell whether a word is another with letters left out, as `mbox` is of `mailbox`, or a longer one: `français`."""
    letters = iter(other)
    shorter = len(word) > _EDITS and word[0] == other[:1] and all(letter in letters for letter in word)
    return shorter or word.startswith(other)


def _folded(word: str) -> str:
    return word.casefold().replace("_", "-")


def _edits(a: str, b: str, most: int = _LETTERS) -> int:
    """Return how many edits make one word of the other; what takes more than `most` is not counted out."""
    begun = _letters_alike(a, b)
    ended = _letters_alike(reversed(a[begun:]), reversed(b[begun:]))
    # What both begin and end with takes no edit, and most names of hosts end alike.
    a, b = a[begun : len(a) - ended], b[begun : len(b) - ended]
    earlier: list[int] = []
    above = list(range(len(b) + 1))
    for i, x in enumerate(a):
        row = [i + 1]
        for j, y in enumerate(b):
            # Left out, put in, or replaced; below, two neighbours swapped, the commonest slip.
            edits = min(above[j + 1] + 1, row[j] + 1, above[j] + (x != y))
            if i and j and x == b[j - 1] and y == a[i - 1]:
                edits = min(edits, earlier[j - 1] + 1)
            row.append(edits)
        # A swap steps over a row, at the price of one.
        if min(row) > most and min(above) >= most:
            return most + 1
        earlier, above = above, row
    return above[-1]


def _letters_alike(one: Iterable[str], other: Iterable[str]) -> int:
    """Return with how many equal letters two words begin."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
