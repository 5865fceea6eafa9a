"""What can be told of a user who has said nothing yet: the time zone, by what surrounds the program."""

from __future__ import annotations

import os
import zoneinfo
from collections.abc import Mapping
from pathlib import Path

LOCALTIME = Path("/etc/localtime")


def guessed_zone(environ: Mapping[str, str], localtime: Path) -> str:
    """Return the name of the time zone that $TZ or the link /etc/localtime names, or ""."""
    named = environ.get("TZ", "").removeprefix(":")
    linked = os.path.realpath(localtime) if localtime.is_symlink() else ""
    names = (place.rpartition("zoneinfo/")[2] for place in (named, linked))
    return next((name for name in names if name and is_zone(name)), "")


def is_zone(name: str) -> bool:
    """Tell whether there is a time zone of that name."""
    try:
        zoneinfo.ZoneInfo(name)
    # ValueError: a name that leads out of the folder; OSError: that of a folder, such as Europe.
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
