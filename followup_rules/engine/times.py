"""The instants of a duty: when it opens, is due, is late and closes."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from followup_rules.engine.anchors import Duty
from followup_rules.engine.guards import Window
from followup_rules.language.phrases import parse, shift

_A_DAY_LATER = parse("start + 1 day")


class Times(Struct, frozen=True):
    """The instants of a duty, in UTC."""

    opens: datetime | None
    due: datetime | None = None
    late: datetime | None = None
    closes: datetime | None = None

    def released(self, holds: tuple[Window, ...], now: datetime) -> Times:
        """Let a held action be due no earlier than the end of the hold, and late as much later."""
        ends = [window.end for window in holds if window.start <= now]
        if self.due is None or not ends or max(ends) <= self.due:
            return self
        wait = max(ends) - self.due
        return replace(self, due=max(ends), late=self.late + wait if self.late else None)


NO_TIMES = Times(None)
"""Those of what is not known to open at all."""


def times_of(duty: Duty) -> Times:
    """Return the instants of a duty; none of them if it is not known when it opens."""
    opens, due = duty.opens, duty.due
    if opens is None or due is None:
        return NO_TIMES
    return Times(opens, due, _late(duty, opens, due), duty.closes)


def _late(duty: Duty, opens: datetime, due: datetime) -> datetime:
    """Return from when on it is late: never before it has opened, for until then nobody could do anything."""
    late = duty.when(duty.rule.late)
    if late is None:
        return shift(_A_DAY_LATER, max(opens, due), duty.view.days)
    return late if late >= opens else shift(_A_DAY_LATER, opens, duty.view.days)
