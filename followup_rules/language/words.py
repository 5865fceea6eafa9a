"""`words`, `title`, `text`: words that are looked for in what an event says."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from followup_rules.codes import Code
from followup_rules.language.compiled import Look, Part, itself
from followup_rules.language.matching import Scope, World, own_title
from followup_rules.language.text import as_folded, choices, fold, folded_text, folded_title, gaps, holds_any
from followup_rules.model import Event
from followup_rules.sentences import Sentence
from followup_rules.toml import values
from followup_rules.toml.values import Value

_SIGNS = 2
_MOST_GAPS, _MOST_CHOICES = 4, 10
"""Each further one multiplies the ways in which a text may be read: four gaps of up to three words have 256."""


def words(value: Value, world: World) -> Part | None:
    """`words`: any of these in the title or in the text."""
    sought = values.every(value, _word)
    if not sought:
        return None
    in_title, in_text = _in_title(sought), _in_text(sought)

    def is_said(event: Event, scope: Scope) -> bool:
        return in_text(event) or bool(own_title(event, scope, world))  # one of the two it was in

    either = Look(itself, lambda event: in_text(event) or in_title(event))
    return Part(alone=(either,), fixed=(is_said,), size=len(sought))


def title(value: Value, world: World) -> Part | None:
    """`title`: any of these in the title, as far as that is somebody's own words."""
    sought = values.every(value, _word)
    if not sought:
        return None
    counts = (lambda event, scope: bool(own_title(event, scope, world)),)
    return Part(alone=(_in_title(sought),), fixed=counts, size=len(sought))


def text(value: Value, _: World) -> Part | None:
    """`text`: any of these in the text."""
    sought = values.every(value, _word)
    return Part(alone=(_in_text(sought),), size=len(sought)) if sought else None


def _in_title(sought: Sequence[str]) -> Look:
    return _look(sought, folded_title, lambda event: event.title)


def _in_text(sought: Sequence[str]) -> Look:
    return _look(sought, folded_text, lambda event: event.text)


def _look(sought: Sequence[str], folded: Callable[[Event], str], as_it_stands: Callable[[Event], str]) -> Look:
    """Return the test that a text holds any of some words, or of those that are only signs, as they stand."""
    signs = [word for word in sought if not fold(word).strip()]
    spelt = [word for word in sought if word not in signs]
    holds = holds_any(spelt)
    if not signs:
        return Look(folded, holds, as_folded(spelt[0]) if len(spelt) == 1 else "")
    return Look(itself, lambda event: holds(folded(event)) or any(sign in as_it_stands(event) for sign in signs))


def _word(value: Value) -> str | None:
    found = values.string(value)
    if found is None:
        return None
    # A word that is only a sign is a slip; several of them, as in "Camille <> Priya", are looked for as they stand.
    if not fold(found.replace("*", "x")).strip() and len(found.strip()) < _SIGNS:
        value.report(
            Sentence("an empty word would match nothing"),
            code=Code.MISSING,
            hint=Sentence("delete it, or write a word"),
        )
        return None
    if gaps(found) > _MOST_GAPS or choices(found) > _MOST_CHOICES:
        message = Sentence(
            'a phrase stands for any words, by "..." or a * among choices, in at most {gaps} places, and has at most '
            "{choices} choices",
            gaps=_MOST_GAPS,
            choices=_MOST_CHOICES,
        )
        value.report(message, code=Code.WRONG_SORT, hint=Sentence("write shorter phrases"))
        return None
    if re.search(r"\*[^\s|)]", found):
        hint = Sentence('write "thank*" for thanks, thankful, ...')
        value.report(
            Sentence("a * stands for any ending, so only at the end of a word"),
            code=Code.WRONG_SORT,
            hint=hint,
            within=found,
        )
        return None
    return found
