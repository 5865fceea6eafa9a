"""What an event is about, as far as its words tell."""

from __future__ import annotations

from followup_rules.language.matching import Scope, World, own_title
from followup_rules.language.text import significant
from followup_rules.model import Event

_NO_WORDS = frozenset({"key", "rule", "for"})
"""Values that name a duty, and say nothing of what it is about."""


def words(event: Event, scope: Scope, world: World) -> frozenset[str]:
    """Return the significant words of its title, its text and its noted values.

    Names say nothing of what a mail is about: they stand in all mails of the case.
    """
    noted = [value for name, value in event.data.items() if isinstance(value, str) and name not in _NO_WORDS]
    return significant((own_title(event, scope, world), event.text, *noted), world.stop_words | scope.names)
