"""What there is to see in a simulation: events, from when and until when sources show them, and what the user does."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from followup_rules.model import Event

SENDS, TICKS, EDITS, DELETES = ACTS = ("sends", "ticks", "edits", "deletes")
"""What a user may do with a draft or a task."""


class Appearance(Struct, frozen=True):
    """An event as sources show it from an instant on, until it vanishes or a later appearance takes its place."""

    event: Event
    seen: datetime
    gone: datetime | None = None


class Act(Struct, frozen=True):
    """What the user does with what a rule has made, at an instant."""

    at: datetime
    what: str
    """One of ACTS."""
    whose: str
    """A rule, or a key."""


class History(Struct, frozen=True, kw_only=True):
    """All that happens in a simulation."""

    appearances: tuple[Appearance, ...] = ()
    acts: tuple[Act, ...] = ()
    kinds: frozenset[str]
    """Of events that can be seen; of any other it is never known that there is none."""

    @property
    def instants(self) -> list[datetime]:
        """The instants at which something changes, in order."""
        shown = {at for each in self.appearances for at in (each.seen, each.gone) if at}
        return sorted(shown | {act.at for act in self.acts})
