"""Back-off: how long what was refused is not tried again."""

from __future__ import annotations

from datetime import datetime, timedelta

from followup_rules.engine.plan import LedgerEntry
from followup_rules.hookspecs import Refused, asked_to_wait

# So short that the next run of a schedule, a quarter of an hour later, tries again; and never rarer than hourly.
FIRST, LONGEST = timedelta(minutes=5), timedelta(hours=1)
_DOUBLINGS = 10
"""More make no difference, and without end the product would outgrow a timedelta after two days of refusals."""


def next_retry(entry: LedgerEntry, refusal: Refused, now: datetime) -> datetime:
    """Return the instant of the next retry: twice as far off each time, and at least as far as the service asked."""
    wait: timedelta = FIRST * 2 ** min(entry.attempts, _DOUBLINGS)
    return now + max(min(wait, LONGEST), asked_to_wait(refusal))


def must_wait(entry: LedgerEntry | None, now: datetime) -> bool:
    """Tell whether what was refused is not to be tried again yet."""
    return entry is not None and entry.retry is not None and entry.retry > now
