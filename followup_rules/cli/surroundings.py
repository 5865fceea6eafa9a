"""What can be told of a user who has said nothing yet: zone, country and language, by what surrounds the program."""

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
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def country_of(zone: str) -> str:
    """Return the code of the country that a time zone lies in, or "", by the table that comes with the zones."""
    from importlib.resources import files  # noqa: PLC0415 -- only when asked

    table = files("tzdata.zoneinfo").joinpath("zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return next((row[0] for row in rows if row[2] == zone), "")


def language(environ: Mapping[str, str]) -> str:
    """Return the language of the texts, by the locale: `fr` or `en`."""
    return "fr" if (environ.get("LC_ALL") or environ.get("LANG", "")).startswith("fr") else "en"
