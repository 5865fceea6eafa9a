"""The instants of a duty: when it opens, is due, is late and closes."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from followup_rules.computed import computed
from followup_rules.engine.anchors import Duty
from followup_rules.engine.guards import Window
from followup_rules.language.days import Days
from followup_rules.language.phrases import parse, shift

_A_DAY_LATER = parse("start + 1 day")


class Times(Struct, frozen=True, dict=True):
    """The instants of a duty, in UTC."""

    opens: datetime | None
    due: datetime | None = None
    closes: datetime | None = None
    late_from: datetime | None = None
    """From when on it is late, as its rule says."""
    days: Days | None = None
    held: timedelta = timedelta(0)
    """How much later it is due than its rule says, since it was held."""

    @computed
    def late(self) -> datetime:
        """From when on it is late: never before it has opened, for until then nobody could do anything.

        It counts for what is open alone, so it is told when it is asked for.
        """
        assert self.opens is not None, "it is asked of what is open"
        assert self.due is not None, "what opens is due"
        assert self.days is not None, "what opens does so on the user's days"
        if self.late_from is None:
            return shift(_A_DAY_LATER, max(self.opens, self.due - self.held), self.days) + self.held
        said = self.late_from >= self.opens
        return (self.late_from if said else shift(_A_DAY_LATER, self.opens, self.days)) + self.held

    def released(self, holds: tuple[Window, ...], now: datetime) -> Times:
        """Let a held action be due no earlier than the end of the hold, and late as much later."""
        assert self.due is not None, "only what is open is held"
        due = max([self.due, *(window.end for window in holds if window.start <= now)])
        return replace(self, due=due, held=due - self.due)


NO_TIMES = Times(None)
"""Those of what is not known to open at all."""


def times_of(duty: Duty) -> Times:
    """Return the instants of a duty; none of them if it is not known when it opens."""
    if duty.opens is None:
        return NO_TIMES
    late = duty.when(duty.rule.late)
    return Times(duty.opens, duty.due, duty.closes, late, duty.view.days)
