"""The instant at which plugins are tried, and the time zone of whoever uses them then."""

from datetime import datetime
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/Toronto")
NOW = datetime(2026, 11, 20, 12, tzinfo=ZONE)
