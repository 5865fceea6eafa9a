"""Time zones by the names that calendars give them; a name that could mean several zones means none."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from difflib import get_close_matches
from functools import cache, lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, available_timezones

from followup_ics.definitions import defined_zone
from followup_ics.flaws import FlawError
from followup_rules.plain import one_line
from followup_rules.sentences import Sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_CONTINENTS = frozenset(
    "Africa America Antarctica Arctic Asia Atlantic Australia Europe Indian Pacific".split(),  # noqa: SIM905
)
_UTC = frozenset({"utc", "z", "gmt", "zulu", "coordinated universal time", "utc/gmt", "gmt/utc", "etc/utc"})
_OFFSET = re.compile(r"\(?(?:utc|gmt)?\s*([+-])(\d{1,2})(?:[:.]?([0-5]\d))?\)?", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"\((?:utc|gmt)[^()]*\)\s*(.+)", re.IGNORECASE)  # (UTC-05:00) Eastern Time (US & Canada)
_LAST_BRACKETS = re.compile(r"\s*\([^()]*\)$")
_TIME_OF_A_REGION = re.compile(r"(.+?)(?: standard| daylight| summer)? time", re.IGNORECASE)


def zone(name: str, defined: Mapping[str, str]) -> tzinfo:
    """Return the zone that a TZID means in a file that defines these. Raises FlawError if nobody can know.

    The IANA's zones are known better than any file defines them; other names mean what the file says, if it does
    (RFC 5545, section 3.2.19). So do the IANA's that name no place: its EST and GMT know no summer time, and calendars
    define zones under these names that do.
    """
    bare = _bare(name)
    known = _by_iana_name(bare)
    if known and "/" in bare:
        return known
    # TZID and definition may differ in quotes, case and white space, where a program has escaped one of them only.
    definition = defined.get(name) or {_bare(key).casefold(): text for key, text in defined.items()}.get(
        bare.casefold()
    )
    found = (defined_zone(definition) if definition else None) or known or _guessed(bare)
    if found is None:
        shown = one_line(name, 80)
        raise FlawError(
            Sentence("its time zone {shown!r} is unknown; choose a zone such as America/Toronto for it", shown=shown),
            f"TZID={shown}",
            _meant(shown),
        )
    return found


def _meant(name: str) -> str:
    """Return the hint for an unknown name: the zone of the city in it, or the one that is spelt much like it."""
    city = name.rpartition("/")[2].strip().casefold()
    there = [each for each in _names() if "/" in each and each.rpartition("/")[2].replace("_", " ").casefold() == city]
    # 0.85 passes a slip of a letter or two, and no other city.
    near = there or get_close_matches(name, _names(), 1, 0.85)
    return Sentence('did you mean "{word}"?', word=near[0]) if near else ""


@cache
def _names() -> list[str]:
    return sorted(available_timezones() - {"Factory", "localtime"})


def _bare(name: str) -> str:
    return " ".join(name.replace("\\", "").replace("\u2212", "-").strip(" \t\"'/").split())


def _by_iana_name(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if re.fullmatch(r"[A-Za-z0-9+_/-]{1,80}", name) else None
    except (KeyError, OSError, ValueError):  # there is none; a folder of zones; a path that leads elsewhere
        return None


@lru_cache(maxsize=512)
def _guessed(name: str) -> tzinfo | None:
    """Return what a name that no file defines can only mean."""
    if _without_offset(name).casefold().rpartition("microsoft/")[2] in _UTC:  # tzone://Microsoft/Utc
        return UTC
    offset = _OFFSET.fullmatch(name)
    if offset:
        return _fixed(*offset.groups())
    found = next((iana for written in _spellings(name) if (iana := _iana().get(_squeezed(written)))), None)
    return ZoneInfo(found) if found else _of_windows(name) or _of_places(name)


def _fixed(sign: str, hours: str, minutes: str | None) -> tzinfo | None:
    # The largest offset that is in use is +14:00 (Kiribati); what is larger is a number of another kind.
    if len(hours) == 2 and int(hours) > 14:
        return None
    elapsed = timedelta(hours=int(hours), minutes=int(minutes or 0))
    return timezone(-elapsed if sign == "-" else elapsed)


def _spellings(name: str) -> Iterator[str]:
    """Yield a name, and its ends after each slash: /mozilla.org/20050126_1/America/Toronto."""
    parts = name.split("/")
    return ("/".join(parts[first:]) for first in range(max(len(parts) - 1, 1)))


def _squeezed(name: str) -> str:
    return re.sub(r"[\s/_-]+", " ", name).strip().casefold()


@cache
def _iana() -> dict[str, str]:
    """Return the names of the IANA by their letters alone, but for those with a number, in which `-` counts."""
    return {_squeezed(name): name for name in sorted(available_timezones()) if not re.search(r"\d", name)}


@cache
def _cities() -> dict[str, str]:
    """Return the IANA's zones by their cities; a city of two zones is none."""
    names = sorted(name for name in available_timezones() if name.partition("/")[0] in _CONTINENTS)
    cities: dict[str, str] = {}
    for name in names:
        city = _squeezed(name.rpartition("/")[2])
        same = city not in cities or _alike(cities[city], name)
        cities[city] = cities.get(city, name) if same else ""
    return {city: name for city, name in cities.items() if name}


def _alike(one: str, other: str) -> bool:
    # Winter and summer of three decades: zones that differed only before that are the same to a calendar of today.
    moments = (datetime(year, month, 1, tzinfo=UTC) for year in (2005, 2015, 2025) for month in (1, 7))
    return all(moment.astimezone(ZoneInfo(one)).utcoffset() == moment.astimezone(ZoneInfo(other)).utcoffset()
               for moment in moments)  # fmt: skip


@cache
def _windows() -> dict[str, str]:
    """Return the zones of Windows by their names in small letters: CLDR's table, in which new ones come every year."""
    from babel.core import get_global  # noqa: PLC0415 -- heavy

    return {key.casefold(): iana for key, iana in get_global("windows_zone_mapping").items()}


def _of_windows(name: str) -> ZoneInfo | None:
    """Return the zone of one of Windows' names, in any form: with an offset before it, or as people say it."""
    names, said = _windows(), _without_offset(name)
    region = _TIME_OF_A_REGION.fullmatch(_LAST_BRACKETS.sub("", said))
    short = said if said != name else ""  # "Eastern" alone is also one of Australia's
    spellings = [name, said, f"{region[1] if region else short} standard time"]
    return next((ZoneInfo(names[each.casefold()]) for each in spellings if each.casefold() in names), None)


def _of_places(name: str) -> ZoneInfo | None:
    """Return the zone of a list of cities, as Outlook writes it: (UTC+01:00) Amsterdam, Berlin, Rome.

    Or that of one city's time: names that Windows gave up are called so (Kamchatka Standard Time).
    """
    said = _LAST_BRACKETS.sub("", _without_offset(name))
    places = re.split(r"[,;/]", _TIME_OF_A_REGION.sub(r"\1", said))
    named = [_cities().get(_squeezed(place), "") for place in places]
    if said != name:  # Windows also names cities that the IANA does not
        named = [city for city in named if city]
    sure = named and all(city and _alike(named[0], city) for city in named)
    return ZoneInfo(named[0]) if sure else None


def _without_offset(name: str) -> str:
    behind = _IN_BRACKETS.fullmatch(name)
    return behind[1] if behind else name
