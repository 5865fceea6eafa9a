"""The source of notes, as a run opens it."""

from datetime import datetime
from zoneinfo import ZoneInfo

import followup_notes
from followup_rules import Context, Profile

ZONE = ZoneInfo("America/Toronto")
NOW = datetime(2026, 11, 20, 12, tzinfo=ZONE)
NORDIK = "## Nordik <julie.roy@nordik.ca>\n"


def open_source(path, now=NOW, zone=ZONE):
    (kind,) = followup_notes.register_sources()
    profile = Profile(me=frozenset({"me@example.org"}), timezone=zone)
    return kind.open(kind.options(path=path), Context(profile=profile, now=now))
