"""When a case is judged, and what can be seen then."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec import Struct

from followup_rules.engine.clock import Span
from followup_rules.engine.sight import Sight


class EvaluationContext(Struct, frozen=True):
    """The instant of a tick (UTC), that of the first run, how far back that looked, and what can be seen."""

    now: datetime
    first_run: datetime
    lookback: timedelta
    sight: Sight
    since: Mapping[str, datetime] = {}
    """The first run that knew a rule, by its id; that of all if it is not here."""

    def span(self, case: str) -> Span:
        """Return which occurrences are looked at in the case of a rule from the clock, which has the rule's id."""
        return Span(self.since.get(case, self.first_run), self.now, self.lookback)

    def earliest(self, rule: str) -> datetime:
        """Return the instant from which on duties of a rule count: what opened before is long over."""
        return self.since.get(rule, self.first_run) - self.lookback
