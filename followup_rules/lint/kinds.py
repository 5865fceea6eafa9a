"""Kinds of events that nothing shows: misspelt ones, and those for which a source is missing."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from followup_rules.codes import Code
from followup_rules.language.schema import Rule
from followup_rules.lint.book import Book, inside
from followup_rules.model import Problem
from followup_rules.sentences import Sentence
from followup_rules.toml.suggestions import expected
from followup_rules.toml.values import Value


def problems(book: Book) -> Iterator[Problem]:
    """Yield a warning at each kind that no source shows, where a rule can then not decide, or never starts."""
    for it, table in book.sound:
        wanted: dict[str, str] = {}
        if isinstance(it, Rule):
            lists = {"while": it.while_, "cancelled_by": it.cancelled_by, "done_by": it.done_by}
            wanted = {kind: key for key, patterns in lists.items() for one in patterns for kind in one.kinds or ()}
        kinds = (it.on.kinds or frozenset()) if it.on else frozenset()
        if (isinstance(it, Rule) and it.per == "case") or (
            kinds and not kinds & book.given.kinds and table.header.document.file not in book.foreign
        ):
            wanted |= dict.fromkeys(kinds, "on")
        for kind in sorted(wanted.keys() - book.given.kinds):
            key = wanted[kind]
            what = (
                Sentence("so it never starts")
                if key == "on" and getattr(it, "per", "") != "case"
                else Sentence("so nothing is decided")
            )
            message = Sentence(
                "{key!r} looks for {kind!r} events, and no source shows any; {what}", key=key, kind=kind, what=what
            )
            guess = book.given.hints.get(kind) or expected(kind, {*book.given.kinds, *book.given.hints})
            hint = guess or Sentence("no installed plugin shows it; `followup plugins` lists them")
            yield _at(table.fields.get(key) or table.header, kind, Problem(f"rule.{it.id}", message, hint=hint), book)


def _at(field: Value, kind: str, problem: Problem, book: Book) -> Problem:
    """Return a problem at the word for the kind, if that stands in the rule itself; in a pack it has no place."""
    if field.document.file in book.foreign:
        return replace(problem, code=Code.UNSEEN_KIND, warning=True)
    named = (value for value in inside(field) if value.name == "kind" and value.raw == kind)
    value = next(named, field)
    return value.document.problem(
        value.path,
        problem.message,
        code=Code.UNSEEN_KIND,
        hint=problem.hint,
        at="value",
        where=problem.where,
        warning=True,
    )
