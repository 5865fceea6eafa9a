"""When a mail was sent, from dates as mail programs write them (RFC 5322, sections 3.3 and 4.3, and habits)."""

from __future__ import annotations

import re
from datetime import datetime, tzinfo
from email.utils import parsedate_to_datetime
from functools import cache

from followup_rules.mail.addresses import decoded
from followup_rules.mail.head import Headers
from followup_rules.mail.phrases import folded

FIRST_YEAR, LAST_YEAR = 1990, 2079
"""What lies outside comes from a clock that was never set, or set to nonsense."""
_LONGEST = 200
_COMMENT = re.compile(r"\([^()]*\)?")
_HALF_OF_DAY = re.compile(r"\b(\d{1,2}):(\d\d)(:\d\d)?\s*([ap])\.?m\b\.?", re.IGNORECASE)
_THREE_DIGITS = re.compile(r"(?<= )(\d{3})(?= \d{1,2}:)")
"""A year as programs write it that count from 1900 (section 4.3)."""
_ISO = re.compile(r"\d{4}([-/]?)\d\d\1\d\d[T ]\d\d:?\d\d")
_UTC = re.compile(r" ?(?:UTC?|GMT)$")
_LEAP_SECOND = re.compile(r"(?<=:\d\d):60\b")
_ZONE = re.compile(r"(?<=[\d ] )([A-Z]{1,5})(?= \d{4}$|$)", re.IGNORECASE)
_OF_THE_LIBRARY = frozenset(
    {"UT", "UTC", "GMT", "Z", "EST", "EDT", "CST", "CDT", "MST", "MDT", "PST", "PDT", "AST", "ADT"}
)
"""What the email library reads: the zones of section 4.3, and two more of North America."""
_ZONES = {
    "-1000": "HST", "-0900": "AKST", "-0800": "AKDT HNP", "-0700": "HAP HNR", "-0600": "HAR HNC", "-0500": "HAC HNE",
    "-0400": "HAE HNA", "-0330": "NST HNT", "-0300": "HAA", "-0230": "NDT HAT",
    "+0100": "WEST CET MET MEZ", "+0200": "CEST MEST MESZ EET", "+0300": "EEST MSK", "+0800": "HKT", "+0900": "JST KST",
    "+1000": "AEST", "+1100": "AEDT", "+1200": "NZST", "+1300": "NZDT",
}  # fmt: skip
"""Other zones that programs name, those of Canada in French too ("heure normale de l'Est"), by their offset from UTC;
any name that means several, such as IST, is UTC (section 4.3)."""
_OFFSETS = {name: offset for offset, names in _ZONES.items() for name in names.split()}
_LANGUAGES = ("da", "de", "es", "fr", "it", "nb", "nl", "pt", "sv")
"""Those from which programs take the month's name, as the user reads it."""
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAY_MONTH_YEAR = re.compile(
    r"[^\d]{0,30}?(\d{1,2})(?:\.|er)?[ -](?:de )?([^\W\d_]{3,})\.?[ -](?:de )?(\d{2,4})\b"
    r",?(?: (?:à|a|um|om|kl\.?) )?(.*)"
)
_OFFSET = re.compile(r"\b(?:GMT|UTC?)?\s*([+-])(\d{1,2}):?(\d\d)?$", re.IGNORECASE)


def sent_at(headers: Headers, zone: tzinfo) -> datetime | None:
    """Return Date, else the time at which the last server received the mail; None if there is no usable time.

    A mail cannot be sent after it was received, by more than clocks and zones differ. A time without a zone is the
    user's.
    """
    # The first is that of the last server, for each puts its own on top (RFC 5321, section 4.4).
    received = next(filter(None, (read(header.rpartition(";")[2], zone) for header in headers["received"])), None)
    dates = filter(None, (read(header, zone) for header in headers["date"]))
    sent = next(dates, None)
    # A clock that runs ahead would put the mail behind its own answers.
    if sent and received and (sent - received).days > 1:
        return received
    return sent or received


def read(written: str, zone: tzinfo) -> datetime | None:
    """Return the instant that a date means; None if it means none, or a year in which nobody sent mail."""
    # Encoded words have no place in a date (RFC 2047, section 5); "août" makes some programs write one.
    plain = " ".join(_COMMENT.sub(" ", decoded(written[:_LONGEST])).split())
    plain = _THREE_DIGITS.sub(lambda year: str(1900 + int(year[1])), plain)
    plain = _LEAP_SECOND.sub(":59", plain)
    return _read(plain, zone) or _read(_in_english(plain), zone)


def _read(plain: str, zone: tzinfo) -> datetime | None:
    try:
        # No date of RFC 5322, and yet written by exports and scripts.
        if _ISO.match(plain):
            found = datetime.fromisoformat(_UTC.sub("+00:00", plain.replace("/", "-")))
        else:
            plain = _ZONE.sub(_as_offset, _HALF_OF_DAY.sub(_of_24_hours, plain))
            found = parsedate_to_datetime(_OFFSET.sub(_as_four_digits, plain))
        found = found.replace(tzinfo=zone) if found.tzinfo is None else found.astimezone(zone)
    # parsedate_to_datetime raises each of these for some malformed date, depending on the Python.
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


def _of_24_hours(time: re.Match[str]) -> str:
    hour = int(time[1]) % 12 + (12 if time[4] in "pP" else 0) if int(time[1]) <= 12 else int(time[1])
    return f"{hour:02}:{time[2]}{time[3] or ''}"


def _as_offset(zone: re.Match[str]) -> str:
    """Return the offset of a zone that the email library does not know by its name."""
    name = zone[1].upper()
    return zone[1] if name in _OF_THE_LIBRARY else _OFFSETS.get(name, "+0000")


def _in_english(date: str) -> str:
    """Return a date whose month is named in another language ("lun., 09 nov. 2026 ...") as the library reads it."""
    found = _DAY_MONTH_YEAR.fullmatch(date)
    if not found:
        return ""
    word = folded(found[2])
    months = {number for name, number in _month_names() if name.startswith(word)}
    # "jui" may be two.
    return f"{found[1]} {_MONTHS[months.pop() - 1]} {found[3]} {found[4]}" if len(months) == 1 else ""


@cache
def _month_names() -> frozenset[tuple[str, int]]:
    """Return the folded names of months, whole and as they are shortened, each with the number of its month."""
    from babel import Locale  # noqa: PLC0415 -- few dates need it

    forms = [Locale(language).months["format"][width] for language in _LANGUAGES for width in ("wide", "abbreviated")]
    # Outlook's German short form of March is in no dictionary.
    return frozenset({("mrz", 3), *((folded(name), number) for names in forms for number, name in names.items())})


def _as_four_digits(offset: re.Match[str]) -> str:
    """Return `+0100` for `GMT+1`, and `+0000` for `-0000`, which says that the time is in UTC (section 3.3)."""
    # parsedate_to_datetime returns a time without a zone for "-0000"; it would be read in the user's zone.
    hours, minutes = int(offset[2]), offset[3] or "00"
    return f" {offset[1] if hours or minutes != '00' else '+'}{hours:02}{minutes}"
