"""Notes that are to move a rule to a day, such as `#announced on:DATE`, and do not say the day. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from followup_rules.codes import Code
from followup_rules.engine.anchors import CaseView
from followup_rules.engine.completed import Misfit
from followup_rules.language.patterns import CheckFailed, Pattern, personal
from followup_rules.language.schema import RuleSet
from followup_rules.model import Event
from followup_rules.sentences import Sentence

_EVERY_EVENT_HAS = frozenset({"start", "end", "gone"})


def moving(rules: RuleSet) -> dict[str, str]:
    """Return the definitions by which notes move rules (`moved_by`, `not_before`), and the field that says the day."""
    phrases = (phrase for rule in rules.rules.values() for phrase in (*rule.moved_by, *rule.not_before))
    named = {phrase.base: phrase.field for phrase in phrases if phrase.base in rules.world.definitions}
    return {name: field for name, field in named.items() if field and field not in _EVERY_EVENT_HAS}


def without_day(view: CaseView) -> Iterator[Misfit]:
    """Yield the notes that one of these definitions names, and that lack the field."""
    for name, field in moving(view.rules).items():
        named = view.rules.world.definitions[name]
        if named is None or named.relative:
            continue
        pattern = personal(named)
        for note in view.home:
            if note.kind == "note" and field not in note.data and _holds(pattern, note, view):
                message = Sentence("the note does not say {field}:, so it moves nothing", field=field)
                hint = Sentence("write the day behind it, such as {field}:friday or {field}:2026-11-27", field=field)
                yield Misfit(note, message, hint, Code.NO_DAY)


def _holds(pattern: Pattern, note: Event, view: CaseView) -> bool:
    try:
        return pattern(note, view.whole)
    except CheckFailed:  # the rules that ask it are broken, and say so
        return False
