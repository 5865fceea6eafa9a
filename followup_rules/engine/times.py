"""The instants of a duty: when it opens, is due, is late and closes."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from followup_rules.engine.anchors import CaseView, Scope
from followup_rules.engine.guards import Window
from followup_rules.language.phrases import parse, shift
from followup_rules.language.schema import Rule
from followup_rules.model import Visit

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


def times_of(rule: Rule, visit: Visit, view: CaseView) -> Times:
    """Return the instants of what a rule asks for a visit; none of them if it is not known when it opens."""
    scope = view.scope(visit, rule)
    opens, due = scope.opens, scope.due
    if opens is None or due is None:
        return Times(None)
    return Times(opens, due, _late(rule, scope, opens, due), scope.closes)


def _late(rule: Rule, scope: Scope, opens: datetime, due: datetime) -> datetime:
    """Return from when on it is late: never before it has opened, for until then nobody could do anything."""
    late = scope.when(rule.late)
    if late is None:
        return shift(_A_DAY_LATER, max(opens, due), scope.view.days)
    return late if late >= opens else shift(_A_DAY_LATER, opens, scope.view.days)
