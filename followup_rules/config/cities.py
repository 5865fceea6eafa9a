"""Where people say that they live: the time zone of a city, and the country or region whose holidays are theirs."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from followup_rules.config import holidays
from followup_rules.language.text import fold
from followup_rules.toml.document import Document, parse
from followup_rules.toml.suggestions import nearest

_FILE = Path(__file__).parents[1] / "data" / "cities.toml"
_LANGUAGES = ("en", "fr")
_SHORT_NAME = 5
_PARTED = re.compile(r"(?P<city>[^,(/]+?)(?:\s*[,(/]\s*|\s+)(?P<place>[^\s,(/)][^,(/)]*)\)?")


def zones_of(written: str) -> list[str]:
    """Return the time zones that somebody may mean: by a zone's name, a city's, a country's, or "Montréal, Québec"."""
    if found := _zones_named(written):
        return found
    if apart := _city_and_place(written):
        return [zone for zone in _zones_named(apart[0]) if country_of(zone) == apart[1][:2]]  # of CA-ON, or USA
    # A country with one time zone is answer enough; of one with several, the city is asked for.
    here = [zone for zone, country in _countries_of_zones().items() if country == holidays_of(written)]
    return here if len(here) == 1 else []


def _zones_named(written: str) -> list[str]:
    name = fold(written)
    exact = [zone for zone in zoneinfo.available_timezones() if zone.casefold() == written.strip().casefold()]
    if exact:
        return exact
    listed = [place["timezone"] for place in _places() if name in map(fold, place["cities"])]
    named = [zone for zone, city in _cities() if fold(city) == name]
    # Most cities have an older name, too: America/Buenos_Aires.
    current = [zone for zone in named if zone in _countries_of_zones()]
    return list(dict.fromkeys(listed or current or named))


def zones_near(written: str) -> list[str]:
    """Return the time zones of the city whose name is spelled nearest."""
    cities = [*(city for place in _places() for city in place["cities"]), *(city for _, city in _cities())]
    # There are so many cities that two edits make one of any short word: Mahé of Mars, Lomé of Lune.
    near = nearest(fold(written), map(fold, cities), most=2 if len(written.strip()) > _SHORT_NAME else 1)
    return _zones_named(near) if near else []


def _city_and_place(written: str) -> tuple[str, str] | None:
    """Return the city and the country or region of "Montréal, Québec", "Lyon (France)" or "Montreal QC"."""
    parted = _PARTED.fullmatch(written.strip())
    place = holidays_of(parted["place"]) if parted else ""
    return (parted["city"], place) if parted and place else None


def country_of(zone: str) -> str:
    """Return the code of the country that a time zone lies in, or "", by the table that comes with the zones."""
    return _countries_of_zones().get(zone, "")


def is_country(written: str) -> bool:
    """Tell whether it is the name of a country, in English or French."""
    return any(fold(country) == fold(written) for _, country in _countries())


def holidays_of(written: str) -> str:
    """Return the country or region that somebody means, as the config names it; "" if none is known by that name."""
    code = written.strip().upper().replace("_", "-").replace(" ", "-")
    if code and holidays.known(code):
        return code
    name = fold(written)
    regions = [place["holidays"] for place in _places() if name in map(fold, place["regions"])]
    cities = [place["holidays"] for place in _places() if name in map(fold, place["cities"])]
    countries = [code for code, country in _countries() if fold(country) == name and holidays.known(code)]
    return next(iter([*regions, *countries, *cities]), "")


def holidays_near(written: str) -> str:
    """Return the country or region of a city, if the list of cities has it or it was said with the city; else ""."""
    listed = (place["holidays"] for place in _places() if fold(written) in map(fold, place["cities"]))
    return next(listed, "") or next(iter((_city_and_place(written) or ())[1:]), "")


@cache
def _countries_of_zones() -> Mapping[str, str]:
    from importlib.resources import files  # noqa: PLC0415 -- only when somebody is asked

    # zoneinfo does not give it, and not every system has it: tzdata brings the one that its zones belong to.
    table = files("tzdata.zoneinfo").joinpath("zone.tab").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in table.splitlines() if not line.startswith("#")]
    return {row[2]: row[0] for row in rows}


@cache
def _places() -> tuple[dict[str, Any], ...]:
    document = parse(_FILE.read_text(encoding="utf-8"), _FILE.name)
    assert isinstance(document, Document), document
    return tuple(document.tables["place"])


@cache
def _cities() -> tuple[tuple[str, str], ...]:
    """Return the time zones with the names of their cities, as in their own names and as in English and French."""
    from babel import Locale  # noqa: PLC0415 -- only when somebody is asked

    zones = [zone for zone in sorted(zoneinfo.available_timezones()) if "/" in zone and not zone.startswith("Etc/")]
    own = [(zone, zone.rpartition("/")[2].replace("_", " ")) for zone in zones]
    called = [Locale(language).time_zones for language in _LANGUAGES]
    return (*own, *((zone, names["city"]) for each in called for zone, names in each.items() if "city" in names))


@cache
def _countries() -> tuple[tuple[str, str], ...]:
    from babel import Locale  # noqa: PLC0415 -- only when somebody is asked

    named = [Locale(language).territories for language in _LANGUAGES]
    return tuple((code, name) for each in named for code, name in each.items() if len(code) == 2)
