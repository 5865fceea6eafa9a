"""All warnings about rules that can be read."""

from __future__ import annotations

from followup_rules.lint import actions, fields, kinds, names, unmatched, windows, words
from followup_rules.lint.book import Book
from followup_rules.model import Problem

_PASSES = (unmatched, windows, actions, fields, names, words, kinds)


def warnings(book: Book) -> tuple[Problem, ...]:
    """Return what is wrong with rules that can be read, in the order of kinds; of one word each kind is told once."""
    found = (problem for each in _PASSES for problem in each.problems(book))
    return tuple(
        {(each.where, each.file, each.line, each.column, each.code): each for each in reversed([*found])}.values()
    )[::-1]
