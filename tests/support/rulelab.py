"""Rules compiled from their text, for direct tests of the language and of the engine; it knows nothing of the engine."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from zoneinfo import ZoneInfo

from followup_rules.language.load import Surroundings, load
from followup_rules.language.patterns import World
from followup_rules.language.phrases import Days
from followup_rules.language.schema import RuleSet
from followup_rules.model import Event
from followup_rules.toml.document import Document, parse

TORONTO = ZoneInfo("America/Toronto")
HOLIDAYS = {date(2026, 12, 25): "Christmas"}


def fails(tried: Event) -> bool:
    """Be a plugin's predicate that holds for anything, and fails for what is titled "Battery"."""
    if tried.title == "Battery":
        raise RuntimeError("no battery")
    return True


def unfilled(sentence: str) -> list[str]:
    """Return the places in a sentence into which no value was put."""
    return re.findall(r"\{\w+(?:!r)?\}", sentence)


def world(**fields: object) -> World:
    """Return what patterns know of the user and of plugins."""
    known = dict.fromkeys(("me", "my_domains", "services", "stop_words"), frozenset())
    known["me"] = frozenset({"me@example.org"})
    return World(**{**known, "days": Days(TORONTO, HOLIDAYS.get), "checks": {"fails": fails}, **fields})


@cache
def rules(text: str, *, faulty: bool = False) -> RuleSet:
    """Compile rules, which must be sound unless the story is about faulty ones."""
    document = parse(text, "rules.toml")
    assert isinstance(document, Document), document
    compiled, problems = load([document], world(), Surroundings(frozenset({"text"}), {"out": ("task", "draft")}))
    assert faulty or all(problem.info for problem in problems), problems
    return compiled
