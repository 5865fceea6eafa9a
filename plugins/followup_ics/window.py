"""What the events of a pull depend on besides the calendar itself: the days that are looked at, and the settings."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from followup_rules import Context

if TYPE_CHECKING:
    from followup_ics import IcsOptions

# Raised whenever the same calendars come to give other events, so that they are read again.
_FORMAT = 4


class Window(Struct, frozen=True):
    """The days of a pull, and a hash of all settings that the meaning of an entry depends on."""

    until: datetime
    days: tuple[str, str]
    """The first and the last."""
    setting: str


def window(place: str, options: IcsOptions, context: Context, since: datetime) -> Window:
    """Return the window of a pull at a place: a path, or a web address, of which no more than a hash is kept."""
    profile = context.profile
    # To the end of a day, so that all that is read on one day is read for the same window.
    last = (context.now + timedelta(days=options.days_ahead)).astimezone(profile.timezone).date()
    days = (str(since.astimezone(profile.timezone).date()), str(last))
    setting = digest([_FORMAT, place, str(profile.timezone), sorted(profile.me), options.mine])
    return Window(datetime.combine(last, time.max, profile.timezone), days, setting)


def digest(whole: object) -> str:
    """Return a hash of plain values."""
    return hashlib.sha256(json.dumps(whole).encode()).hexdigest()
