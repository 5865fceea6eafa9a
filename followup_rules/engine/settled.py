"""What was settled: a duty that was over stays so, whatever is read otherwise now, or its rule makes."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from followup_rules.model import Decision, Reason, State
from followup_rules.sentences import Sentence

_OPEN = (State.WAITING, State.HELD, State.DUE)
_SENTENCE = Sentence(
    "it was over before followup was upgraded, or its rule or the time zone changed, and stays so: {why}"
)


class Settled(Struct, frozen=True):
    """How a duty stood when the store was brought up to date."""

    state: State
    """`done`, `expired` or `void`."""
    why: str
    """The reason that was given then."""


def as_settled(decision: Decision, settled: Mapping[str, Settled]) -> Decision:
    """Return a decision; one that would open anew what was settled, by its key, says that it stays as it was.

    What is broken or cannot be seen makes nothing, and tells more.
    """
    before = settled.get(decision.key)
    missed = before is not None and decision.state is State.EXPIRED and before.state is State.DONE
    if before is None or not (decision.state in _OPEN or missed):
        return decision
    reason = Reason(_SENTENCE, {"why": before.why})
    return replace(
        decision,
        state=before.state,
        reason=reason,
        evidence=(),
        carries=(),
        guard="",
        next=None,
        late=False,
        warning="",
    )


def reopened(decision: Decision) -> bool:
    """Tell whether a decision is over only because it was settled by an earlier version."""
    return decision.reason.sentence == _SENTENCE
