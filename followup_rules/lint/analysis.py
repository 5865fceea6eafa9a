"""All warnings about rules that can be read."""

from __future__ import annotations

from followup_rules.lint import actions, fields, kinds, names, unmatched, windows
from followup_rules.lint.book import Book
from followup_rules.model import Problem

_PASSES = (unmatched, windows, actions, fields, names, kinds)


def warnings(book: Book) -> tuple[Problem, ...]:
    """Return what is wrong with rules that can be read, each thing once, in the order of kinds."""
    return tuple(dict.fromkeys(problem for room in _PASSES for problem in room.problems(book)))
