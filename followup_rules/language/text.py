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
_BETWEEN = 3
"""In words: as much as `...` in a run may stand for."""
_PIECE = re.compile(r"\((?P<choices>[^()]*\|[^()]*)\)|(?<!\S)(?P<gap>\.\.\.|\u2026)(?!\S)|(?P<word>[^\s(|)]+)")


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

    A `*` at the end of a word stands for any ending, `(a|b c)` in a run for any of them, `...` for up to three words.

    >>> find = finder(["(thanks|merci) ... for (the|our) call"]).search
    >>> [bool(find(fold(text))) for text in ("Thanks so much for our call", "Thanks. Are you free then for the call?")]
    [True, False]
    """
    runs = [*map(_run_expression, words)]
    found = _expression(runs)
    if not found.match(" "):
        return found
    # What may stand for nothing, as "(|a)", would be in every text. Each is compiled alone only then, as that is dear.
    return _expression([run for run in runs if not re.fullmatch(run, "")])


def _expression(runs: Sequence[str]) -> re.Pattern[str]:
    return re.compile(f"{_any_of(runs)}(?= )" if runs else "(?!)")


def is_spelt_out(run: str) -> bool:
    """Tell whether a run of words holds neither choices nor `...`."""
    return not any(found["choices"] or found["gap"] for found in _PIECE.finditer(run))


def choices(run: str) -> int:
    """Return how many choices a run of words holds."""
    return sum(found["choices"] is not None for found in _PIECE.finditer(run))


def gaps(run: str) -> int:
    """Return in how many places a run stands for any words: by `...`, or by a `*` alone among choices."""
    return sum(
        bool(found["gap"] or "*" in re.split(r"[\s|]", found["choices"] or "")) for found in _PIECE.finditer(run)
    )


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
    if "*" in run[:-1] or not all(spelt) or not is_spelt_out(run):
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


def _run_expression(run: str) -> str:
    """Return the expression of a run, in which each word has a space before it."""
    pieces = []
    for found in _PIECE.finditer(run):
        if found["gap"]:
            pieces.append(f"(?: [^ ]+){{0,{_BETWEEN}}}?")
        elif found["choices"]:
            pieces.append(_any_of([*map(_run_expression, found["choices"].split("|"))]))
        else:
            pieces.append(_word_expression(found["word"]))
    return "".join(pieces)


def _any_of(expressions: Sequence[str]) -> str:
    # With the space before them, a search looks at the beginnings of words only.
    if all(each.startswith(" ") for each in expressions):
        return f" (?:{'|'.join(each[1:] for each in expressions)})"
    return f"(?:{'|'.join(expressions)})"


def _word_expression(word: str) -> str:
    folded = re.escape(fold(word).strip()).replace(r"\ ", " ")
    if word.endswith("*"):
        return f" {folded}[^ ]{'*' if folded else '+'}"
    return f" {folded}" if folded else ""


def significant(texts: Iterable[str], unless: Iterable[str]) -> frozenset[str]:
    """Return the words of three letters or more, without a plural's ending, and the numbers of two digits or more."""
    words = {word for text in texts for word in fold(text).split() if len(word) > (1 if word.isdecimal() else 2)}
    common = frozenset(unless)
    # English and French plurals; taken away on both sides, so it does no harm where it is none.
    stems = (word[:-1] if len(word) > 3 and word[-1] in "sx" else word for word in words - common)
    return frozenset(stems) - common
