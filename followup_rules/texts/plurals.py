"""How many there are of something, in words."""

from __future__ import annotations

from collections.abc import Sequence

from followup_rules.sentences import Sentence, commas

_LISTED = 5


def plural(number: int, noun: str, many: str = "") -> str:
    """Return "1 case", "2 cases", "0 cases"; `many` is the plural of a noun that does not just take an s."""
    return f"{number} {noun if number == 1 else many or f'{noun}s'}"


def listed(names: Sequence[str], most: int = _LISTED) -> str:
    """Return the first of some names, and how many more there are."""
    more = len(names) - most
    shown = commas(*names[:most])
    return Sentence("{names}, and {more} more", names=shown, more=more) if more > 0 else shown
