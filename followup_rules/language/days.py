"""The user's days: their zone and holidays, and the names by which people call the days of the week."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from msgspec import Struct

WEEKDAYS = (
    ("monday", "mon", "lundi", "lun"),
    ("tuesday", "tue", "tues", "mardi", "mar"),
    ("wednesday", "wed", "mercredi", "mer"),
    ("thursday", "thu", "thur", "thurs", "jeudi", "jeu"),
    ("friday", "fri", "vendredi", "ven"),
    ("saturday", "sat", "samedi", "sam"),
    ("sunday", "sun", "dimanche", "dim"),
)
"""Each day of the week, from Monday on, by its names in English and French, long and short."""
WEEKDAY: dict[str, int] = {name: number for number, names in enumerate(WEEKDAYS) for name in names}
"""The day of the week, Monday being 0, that each of these names means."""
WEEK = frozenset(range(len(WEEKDAYS)))
"""All of them."""


class Days(Struct, frozen=True, cache_hash=True):
    """The user's days: a zone, and which dates are holidays (a date to its name, or to None)."""

    zone: ZoneInfo
    holiday: Callable[[date], str | None]

    def is_workday(self, day: date) -> bool:
        """Tell whether it is neither a week-end nor a holiday."""
        return day.weekday() < 5 and self.holiday(day) is None

    def on(self, local: datetime) -> datetime:
        """Return the aware instant of a naive wall-clock time; one that a DST change skips is moved forward."""
        return self.instant(local).astimezone(self.zone)

    def instant(self, local: datetime) -> datetime:
        """Return the same in UTC."""
        # Of an hour that the clocks show twice the first is meant: `fold` is 0 (PEP 495).
        return local.replace(tzinfo=self.zone).astimezone(UTC)

    def midnight(self, day: date) -> datetime:
        """Return 00:00 of that day."""
        return _midnight(self, day)

    def local(self, moment: datetime) -> datetime:
        """Return the same instant in the user's zone."""
        return moment.astimezone(self.zone)

    def day(self, moment: datetime) -> date:
        """Return the user's date at that instant."""
        return self.local(moment).date()


@lru_cache(maxsize=4096)  # much is counted from the same days
def _midnight(days: Days, day: date) -> datetime:
    return days.on(datetime.combine(day, time()))
