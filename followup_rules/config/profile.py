"""`[profile]`, `[store]` and `[case.NAME]` of the config: what they may hold, and how it is checked."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from followup_rules.codes import Code
from followup_rules.config import holidays, options
from followup_rules.config.wordlists import registrable
from followup_rules.model import Problem, Profile
from followup_rules.people import spelt_out
from followup_rules.sentences import Sentence, either
from followup_rules.toml.document import Document
from followup_rules.toml.suggestions import expected
from followup_rules.toml.values import Value

_ADDRESS = re.compile(r"""[^\s@<>"(),:;]+@[^\s@<>"(),:;]+\.[^\s@<>"(),:;]+""")


@dataclass(frozen=True, kw_only=True)
class ProfileTable:
    """`[profile]`: who the user is."""

    me: tuple[str, ...] = field(metadata={"help": "All your e-mail addresses; the first is the sender of drafts."})
    my_domains: tuple[str, ...] = field(default=(), metadata={"help": "Your employer's: people there are colleagues."})
    agencies: tuple[str, ...] = field(default=(), metadata={"help": "Domains of recruitment agencies."})
    name: str = field(default="", metadata={"help": "How you sign."})
    timezone: str = field(metadata={"help": "The zone of your days, such as America/Toronto."})
    holidays: str = field(default="", metadata={"help": "Country, or country and region, such as CA-QC."})
    language: Literal["fr", "en"] = field(default="en", metadata={"help": "The language of texts."})
    lookback: timedelta = field(
        default=timedelta(days=30), metadata={"help": "How old a duty may be on the first run."}
    )
    blind_notice: timedelta = field(
        default=timedelta(days=2), metadata={"help": "After how long without a source that can be read to tell you."}
    )
    free_mail: tuple[str, ...] = field(default=(), metadata={"help": "Further domains of mail open to everybody."})
    services: tuple[str, ...] = field(default=(), metadata={"help": "Further domains of scheduling services."})


@dataclass(frozen=True, kw_only=True)
class StoreTable:
    """`[store]`: where the memory of followup lies."""

    path: Path = field(metadata={"help": "The database file; by default in the platform's data folder."})


@dataclass(frozen=True, kw_only=True)
class CaseTable:
    """`[case.NAME]`: a label of your own."""

    people: tuple[str, ...] = field(default=(), metadata={"help": "Addresses of its people."})
    domains: tuple[str, ...] = field(default=(), metadata={"help": "Domains of its people."})
    words: tuple[str, ...] = field(default=(), metadata={"help": "Words that title or text of its events hold."})
    language: Literal["fr", "en"] | None = field(default=None, metadata={"help": "Of its texts; by default yours."})


def profile_table(value: Value, base: Path) -> ProfileTable | None:
    """Read `[profile]`; every problem in it is reported, and if there is any, the result is None."""
    before = len(value.problems)
    table: ProfileTable | None = options.read(ProfileTable, value, base)
    checks = {"timezone": _check_zone, "holidays": _check_holidays, "me": _check_me}
    for key, check in checks.items():
        if key in value.raw:
            check(value.child(key))
    return table if len(value.problems) == before else None


def _check_zone(value: Value) -> None:
    if not isinstance(value.raw, str):
        return
    try:
        # Each of these is raised for some name: a missing one, one with "..", one that is a folder of zones.
        ZoneInfo(value.raw)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        value.report(
            Sentence("unknown time zone {raw!r}", raw=value.raw), code=Code.UNKNOWN_NAME, hint=nearest_zone(value.raw)
        )


_DIFFERENCE = re.compile(r"(?:utc|gmt)?\s*[+-]?\s*\d{1,2}(?::?\d{2})?", re.IGNORECASE)
# What clocks show in some months only, or always, and the places whose clocks do so; the nearest spelling is elsewhere.
_SHORT = {
    "EST": ("America/Toronto", "America/New_York"),
    "EDT": ("America/Toronto", "America/New_York"),
    "CST": ("America/Winnipeg", "America/Chicago"),
    "CDT": ("America/Winnipeg", "America/Chicago"),
    "MST": ("America/Edmonton", "America/Denver"),
    "MDT": ("America/Edmonton", "America/Denver"),
    "PST": ("America/Vancouver", "America/Los_Angeles"),
    "PDT": ("America/Vancouver", "America/Los_Angeles"),
    "HNE": ("America/Toronto", "America/Montreal"),
    "HAE": ("America/Toronto", "America/Montreal"),
    "BST": ("Europe/London",),
    "CEST": ("Europe/Paris", "Europe/Berlin"),
}


def fixed_zone(document: Document) -> Iterator[Problem]:
    """Yield that a zone keeps one time all year, while those who write it so mostly mean a place that does not."""
    zone = document.tables.get("profile", {}).get("timezone")
    if zone in _SHORT:
        hint = Sentence("did you mean {places}?", places=_places(zone))
        message = Sentence(
            "{zone!r} has no summer time: from spring to autumn all times would be an hour off", zone=zone
        )
        yield document.problem(
            ("profile", "timezone"), message, code=Code.PROBABLE_SLIP, hint=hint, at="value", warning=True
        )


def uncovered(document: Document, place: str, now: datetime) -> Iterator[Problem]:
    """Yield that no holidays are known of this year or the next, in which workdays are counted."""
    try:
        # Without a place every day from Monday to Friday is meant to be a workday, in all years.
        first, last = holidays.years(place) if place else (now.year, now.year + 1)
    except (KeyError, NotImplementedError):
        return
    if now.year < first or last <= now.year:
        message = Sentence(
            "the holidays of {place!r} are known from {first} to {last} only: in other years no day is one",
            place=place,
            first=first,
            last=last,
        )
        hint = Sentence(
            "a newer version may know more: pip install --upgrade holidays; till then look at the dates yourself"
        )
        yield document.problem(
            ("profile", "holidays"), message, code=Code.UNCOVERED, hint=hint, at="value", warning=True
        )


def _places(short: str) -> str:
    return either([f'"{place}"' for place in _SHORT[short]])


def nearest_zone(written: str) -> str:
    """Return the hint for an unknown zone: one spelled alike, else that of its city, or of a city spelled alike."""
    from followup_rules.config import cities  # noqa: PLC0415 -- only when there is a problem
    from followup_rules.language.text import fold  # noqa: PLC0415 -- only when there is a problem

    if written.upper() in _SHORT:
        return Sentence("did you mean {places}?", places=_places(written.upper()))
    # The names Etc/GMT+5 mean five hours behind UTC, the opposite of what people write (POSIX), and none has a summer.
    if _DIFFERENCE.fullmatch(written.strip()):
        return Sentence("name a city: a difference from UTC knows no summer time")
    if cities.is_country(written):
        return Sentence("name a city: the clocks are not the same in all of it")
    zones = sorted(zoneinfo.available_timezones())
    # People mistake the region more often than the city: Canada/Montreal, US/Toronto.
    city = fold(written.rpartition("/")[2])
    there = [zone for zone in zones if "/" in zone and fold(zone.rpartition("/")[2]) == city]
    guess = "" if there else expected(written, zones)
    near = there or cities.zones_near(city)
    if near and not guess:
        guess = Sentence('did you mean "{word}"?', word=near[0])
    return guess or Sentence('write a name such as "America/Toronto"')


def _check_holidays(value: Value) -> None:
    if isinstance(value.raw, str) and value.raw and not holidays.known(value.raw):
        from followup_rules.config import cities  # noqa: PLC0415 -- only when there is a problem

        named = cities.holidays_of(value.raw)
        hint = Sentence('did you mean "{word}"?', word=named) if named else holidays.nearest_place(value.raw)
        value.report(Sentence("no holidays are known of {raw!r}", raw=value.raw), code=Code.UNKNOWN_NAME, hint=hint)


def _check_me(value: Value) -> None:
    if not value.raw:
        value.report(Sentence("'me' names no address of yours"), code=Code.MISSING, hint='me = ["you@example.org"]')
    for item in value.items() if value.raw else ():
        if not isinstance(item.raw, str):
            continue
        name, _, host = item.raw.rpartition("@")
        plain = item.raw.isprintable() and len(item.raw.split()) == 1 and not set('<>,;:"') & set(item.raw)
        if not (name and host and plain):
            item.report(
                Sentence("{raw!r} is not an address", raw=item.raw),
                code=Code.NO_ADDRESS,
                hint=_meant_address(item.raw),
            )


def _meant_address(written: str) -> str:
    """Return the hint for what is no address: those that stand in it, or its domain parted from what is before it."""
    # "Camille Roy <camille@example.org>" is copied from mail programs as it is.
    there = [found.strip("<>") for found in _ADDRESS.findall(written.replace(" at ", "@"))]
    if there:
        return Sentence("write {value}", value=f"me = [{', '.join(f'{chr(34)}{each}{chr(34)}' for each in there)}]")
    domain = registrable(written) if "@" not in written and written.isprintable() else ""
    name = written.removesuffix(domain).rstrip(".") if domain else ""
    if not name or len(written.split()) > 1:
        return Sentence("an address is written name@domain: {example}", example='me = ["you@example.org"]')
    return Sentence('did you mean "{word}"?', word=f"{name}@{domain}")


def profile_of(table: ProfileTable) -> Profile:
    """Return the profile that a table tells."""
    return Profile(
        me=lower(table.me),
        address=table.me[0],
        my_domains=domains(table.my_domains),
        agencies=domains(table.agencies),
        name=table.name,
        timezone=ZoneInfo(table.timezone),
        holidays=table.holidays,
        language=table.language,
        lookback=table.lookback,
        blind_notice=table.blind_notice,
    )


def case_tables(value: Value | None, base: Path) -> dict[str, CaseTable]:
    """Read the tables of `[case]`, by name."""
    if value is None or not value.is_a(dict):
        return {}
    named = [value.child(name) for name in value.raw]
    tables = {table.name: options.read(CaseTable, table, base) for table in named if table.is_a(dict)}
    return {name: table for name, table in sorted(tables.items()) if table is not None}


def domains(written: Iterable[str]) -> frozenset[str]:
    """Return domains in lower case, without an @."""
    return lower(domain.lstrip("@") for domain in written)


def lower(words: Iterable[str]) -> frozenset[str]:
    """Return addresses or domains in lower case, each domain in its one spelling."""
    return frozenset(spelt_out(word.lower()) for word in words)
