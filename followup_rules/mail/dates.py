"""When a mail was sent, from dates as mail programs write them (RFC 5322, sections 3.3 and 4.3, and habits)."""

from __future__ import annotations

import re
from datetime import datetime, tzinfo
from email.utils import parsedate_to_datetime

from followup_rules.mail.head import Headers

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
_HOURS = {
    "WEST": 1, "CET": 1, "CEST": 2, "MET": 1, "MEST": 2, "MEZ": 1, "MESZ": 2, "EET": 2, "EEST": 3, "MSK": 3,
    "HKT": 8, "JST": 9, "KST": 9, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13,
}  # fmt: skip
"""From UTC, of other zones that programs name; any name that means several, such as IST, is UTC (section 4.3)."""
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
    plain = " ".join(_COMMENT.sub(" ", written[:_LONGEST]).split())
    plain = _THREE_DIGITS.sub(lambda year: str(1900 + int(year[1])), plain)
    plain = _LEAP_SECOND.sub(":59", plain)
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
    return zone[1] if name in _OF_THE_LIBRARY else f"+{_HOURS.get(name, 0):02}00"


def _as_four_digits(offset: re.Match[str]) -> str:
    """Return `+0100` for `GMT+1`, and `+0000` for `-0000`, which says that the time is in UTC (section 3.3)."""
    # parsedate_to_datetime returns a time without a zone for "-0000"; it would be read in the user's zone.
    hours, minutes = int(offset[2]), offset[3] or "00"
    return f" {offset[1] if hours or minutes != '00' else '+'}{hours:02}{minutes}"
