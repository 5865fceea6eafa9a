"""Local time, and the dates that a person writes as the value of `due:` and its like."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

ACCEPTED = "a date such as 2026-11-11, a time such as 2026-11-11T14:00, a weekday such as friday, +3d or +2w"
MORNING = time(9)
"""A field that holds a date without a time means 09:00."""

_WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "monday mon lundi lun",
            "tuesday tue tues mardi mar",
            "wednesday wed mercredi mer",
            "thursday thu thur thurs jeudi jeu",
            "friday fri vendredi ven",
            "saturday sat samedi sam",
            "sunday sun dimanche dim",
        )
    )
    for name in names.split()
}
_NEAR = {"today": 0, "aujourd'hui": 0, "tomorrow": 1, "demain": 1}
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}.*)?")
_AHEAD = re.compile(r"\+(\d{1,4})([dw])")


def local(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant in the zone. A naive time is local: the first of two equal ones, past a gap if in one."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    return aware.astimezone(UTC).astimezone(zone)


def parse_iso(value: str, zone: ZoneInfo) -> datetime | None:
    """Return the instant of an ISO 8601 date (at 09:00) or date and time; None if the value is not of that form.

    Raises ValueError or OverflowError for a day or an hour that does not exist.
    """
    if not _ISO.fullmatch(value):
        return None
    if len(value) == len("2026-11-11"):
        return local(datetime.combine(date.fromisoformat(value), MORNING), zone)
    return local(datetime.fromisoformat(value), zone)


def parse_date(value: str, day: date, zone: ZoneInfo) -> datetime:
    """Return the instant that a value means in a note of that local day.

    A weekday is the next one strictly after `day`: in a note written on a Friday, "friday" is a week later.
    Whatever names a day without a time means 09:00. Raises ValueError or OverflowError.
    """
    plain = unicodedata.normalize("NFKD", value.replace("’", "'").casefold().strip())
    word = "".join(char for char in plain if not unicodedata.combining(char)).rstrip(".,;:!?)")
    moment = parse_iso(word.upper(), zone)
    return moment or local(datetime.combine(day + timedelta(days=_days_ahead(word, day)), MORNING), zone)


def _days_ahead(word: str, day: date) -> int:
    if word in _NEAR:
        return _NEAR[word]
    if word in _WEEKDAYS:
        return (_WEEKDAYS[word] - day.weekday() - 1) % 7 + 1
    if ahead := _AHEAD.fullmatch(word):
        return int(ahead[1]) * (7 if ahead[2] == "w" else 1)
    raise ValueError(word)
