"""What Gmail's requests cost, and how fast they may follow each other.

Projects that first used the Gmail API on 2026-05-01 or later have 6,000 units a minute and user; older ones have more
(developers.google.com/workspace/gmail/api/reference/quota).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import monotonic

UNITS: Mapping[str, int] = {
    "gmail.users.getProfile": 1,
    "gmail.users.history.list": 2,
    "gmail.users.messages.list": 5,
    "gmail.users.messages.get": 20,
    "gmail.users.threads.get": 40,
    "gmail.users.drafts.list": 5,
    "gmail.users.drafts.get": 20,
    "gmail.users.drafts.create": 10,
    "gmail.users.drafts.update": 15,
    "gmail.users.drafts.delete": 10,
    "gmail.users.settings.sendAs.list": 1,
}
"""Units of each request that is made, by the name in Google's description; Calendar and Tasks count requests."""
PER_MINUTE = 6_000
RATE, AT_ONCE = 80, 500
"""Units a second in the long run, and those that need not wait. Two runs one after the other, which know nothing of
each other, spend 60 * 80 + 2 * 500 units a minute: less than there are."""


class Pace:
    """Lets requests of one account pass no faster than the quota allows (a leaky bucket, ITU-T I.371)."""

    def __init__(self) -> None:
        self._paid_until = 0.0

    def spend(self, units: int, sleep: Callable[[float], None]) -> None:
        """Wait until there is room for a request of so many units, and count it."""
        now = monotonic()
        # Time in which nothing was asked is not saved up beyond AT_ONCE.
        begin = max(self._paid_until, now)
        wait = begin - now - AT_ONCE / RATE
        if wait > 0:
            sleep(wait)
        self._paid_until = begin + units / RATE


PACES: dict[tuple[str, str], Pace] = {}
"""Of each account, by server and address. Sources and outputs of a run share it, and none of them outlives the run."""
