"""Which days are statutory holidays, by country and region."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache

from followup_rules.config import wordlists
from followup_rules.sentences import Sentence, either
from followup_rules.toml.suggestions import expected, nearest

_MOST_PLACES = 3


def known(place: str) -> bool:
    """Tell whether the holidays of "CA" or "CA-QC" are known; the library is loaded only for one that is not listed."""
    if place.upper() in wordlists.holiday_places():
        return True
    try:
        holidays_of(place)
    except (KeyError, NotImplementedError):
        return False
    return True


def nearest_place(place: str) -> str:
    """Return what to write instead of a place that is not known."""
    import holidays  # noqa: PLC0415 -- takes 0.1 s

    countries = holidays.list_supported_countries(include_aliases=True)
    country, _, region = place.upper().replace("_", "-").replace(" ", "-").partition("-")
    # "CAQC", with neither a dash nor a space.
    if country not in countries and country[2:] in countries.get(country[:2], ()):
        country, region = country[:2], country[2:]
    if region in countries.get(country, ()):
        return Sentence('did you mean "{country}-{region}"?', country=country, region=region)
    if country not in countries and not region:
        # A region by itself. Several countries may have one so called; the nearest spelling would be another country.
        homes = sorted(
            f"{home}-{country}" for home, regions in countries.items() if country in regions and len(home) == 2
        )
        if homes:
            return Sentence("did you mean {places}?", places=either([f'"{home}"' for home in homes[:_MOST_PLACES]]))
    if country not in countries or not region:
        return expected(country, countries) or Sentence(
            'write a country or a region of it, such as "CA" or "CA-QC"; or leave it out'
        )
    regions = countries[country]
    guess = nearest(region, regions, 1)  # of two letters, two others are any region
    if guess:
        return Sentence('did you mean "{country}-{guess}"?', country=country, guess=guess)
    return (
        Sentence("regions of {country}: {regions}", country=country, regions=", ".join(regions))
        if regions
        else Sentence('no regions are known: write "{country}"', country=country)
    )


def years(place: str) -> tuple[int, int]:
    """Return the first and the last year of which the holidays are known. Raises KeyError, NotImplementedError."""
    known_days = holidays_of(place)
    # Some calendars follow the moon, and are known as far as they have been announced.
    return getattr(known_days, "start_year", date.min.year), getattr(known_days, "end_year", date.max.year)


def holiday(place: str, day: date) -> str | None:
    """Return the name of a statutory holiday, or None; in a place that is not known no day is one. Never raises."""
    try:
        name = holidays_of(place).get(day) if place else None
    # Besides a place that is not known: a year at the ends of the calendar, over which no run may end.
    except (KeyError, NotImplementedError, ValueError, OverflowError):
        return None
    return str(name) if name else None


@cache
def holidays_of(place: str) -> Mapping[date, str]:
    """Return the holidays of "CA-QC". Raises KeyError or NotImplementedError for a place that nobody knows."""
    import holidays  # noqa: PLC0415 -- takes 0.1 s

    country, _, region = place.partition("-")
    if not callable(getattr(holidays, country.upper(), None)):
        raise NotImplementedError(country)  # the library looks up any name of its module, such as JAN, a month
    spelled = {name.upper(): name for name in holidays.list_supported_countries().get(country.upper(), ())}
    subdivision = spelled.get(region.upper(), region.upper()) or None
    found: Mapping[date, str] = holidays.country_holidays(country.upper(), subdiv=subdivision)
    return found
