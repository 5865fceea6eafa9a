"""How many there are of each state and each kind of change, as people say it: "3 to create, 2 held"."""

from __future__ import annotations

from collections.abc import Iterable

from followup_rules.cli.speech import tr
from followup_rules.model import State
from followup_rules.sentences import Sentence

CREATE, UPDATE, WITHDRAW, MISSED = "create", "update", "withdraw", "missed"
MADE, CHANGED, TAKEN_BACK = "made", "changed", "taken-back"


def listed(parts: Iterable[tuple[int, str]]) -> str:
    """Return "3 to create, 2 held", without what there is none of."""
    return ", ".join(tr(tally(what, number)) for number, what in parts if number)


def tally(what: str, number: int) -> Sentence:
    """Return how many there are of a state, or of what is to be done, was done or was missed."""
    sentences = {
        CREATE: Sentence("{number} to create", "{number} to create", number=number),
        UPDATE: Sentence("{number} to update", "{number} to update", number=number),
        WITHDRAW: Sentence("{number} to withdraw", "{number} to withdraw", number=number),
        MADE: Sentence("{number} made", "{number} made", number=number),
        CHANGED: Sentence("{number} changed", "{number} changed", number=number),
        TAKEN_BACK: Sentence("{number} taken back", "{number} taken back", number=number),
        MISSED: Sentence("{number} missed", "{number} missed", number=number),
        State.DUE: Sentence("{number} due", "{number} due", number=number),
        State.HELD: Sentence("{number} held", "{number} held", number=number),
        State.WAITING: Sentence("{number} waiting", "{number} waiting", number=number),
        State.BLIND: Sentence("{number} blind", "{number} blind", number=number),
        State.BROKEN: Sentence("{number} broken", "{number} broken", number=number),
        State.DONE: Sentence("{number} done", "{number} done", number=number),
        State.EXPIRED: Sentence("{number} expired", "{number} expired", number=number),
        State.VOID: Sentence("{number} void", "{number} void", number=number),
    }
    return sentences[what]
