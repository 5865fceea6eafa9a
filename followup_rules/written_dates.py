"""Dates and times of day as people write them, in English and French: how a note begins, and the value of `due:`.

One reader for both, and our own: dateparser and dateutil guess where a person must be asked (03/11/2026 is two days,
"someday" is none), and take a tenth of a second to load.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from typing import TYPE_CHECKING

from msgspec import Struct

from followup_rules.sentences import Sentence

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_DAYS_OF_THE_WEEK = (
    Sentence("Monday"),
    Sentence("Tuesday"),
    Sentence("Wednesday"),
    Sentence("Thursday"),
    Sentence("Friday"),
    Sentence("Saturday"),
    Sentence("Sunday"),
)
ACCEPTED = Sentence("a date such as 2026-11-11, a time such as 2026-11-11T14:00, a weekday such as friday, +3d or +2w")
DATE_KEYS = ("due", "until", "on", "at")
"""The keys of notes whose values are dates in every config; such a value may be of several words, without quotes."""
ALSO = {"échéance": "due", "echéance": "due", "echeance": "due", "date-limite": "due", "jusqu'au": "until",
        "jusqu'à": "until", "le": "on"}  # fmt: skip
"""Their French spellings. `pour:` is none: it could be `due:` as well as `for:`."""
MORNING = time(9)
"""A field that holds a date without a time means 09:00."""

_MONTHS = (
    "january janvier", "february fevrier", "march mars", "april avril", "may mai", "june juin", "july juillet",
    "august aout", "september septembre", "october octobre", "november novembre", "december decembre",
)  # fmt: skip
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
_ANY_WEEKDAY = "|".join(sorted(_WEEKDAYS, key=len, reverse=True))
# "mar" is mardi and mars.
_ONLY_WEEKDAY = "|".join(sorted(_WEEKDAYS.keys() - {"mar"}))
_NEAR = {"today": 0, "aujourd'hui": 0, "tomorrow": 1, "demain": 1, "apres-demain": 2}
_LONGEST = 80
_ANY_NEAR = "|".join(sorted(_NEAR, key=len, reverse=True))
# Names of days in short are so near to each other that none is meant.
_SHORT = 5

_DATE = re.compile(
    rf"""
    (?: (?:le|the|on)\s+ )?
    (?: (?P<named> {_ANY_WEEKDAY} )\b\.?,?\s+
        (?= \d{{1,2}}[a-z]{{0,2}}\.?\s+[a-z]{{3}} | [a-z]{{3,9}}\.?\s*\d | \d{{1,4}}[-/.]\d ) )?
    (?:
        (?P<first> \d{{1,4}} ) (?P<mark> [-/.] ) (?P<second> \d{{1,2}} ) (?P=mark) (?P<third> \d{{1,4}} ) (?!\d)
      | (?P<compact> (?:19|20)\d{{6}} )\b
      | (?P<day> \d{{1,2}} ) (?:st|nd|rd|th|er|e)?\b (?:\.?\s*|-) (?:(?:of|de)\s+)? (?P<month> [a-z]{{3,9}} )\b \.?
        (?: ,?\s* (?P<year> \d{{4}} )\b )?
      | (?! (?:{_ONLY_WEEKDAY}|{_ANY_NEAR})\b ) (?P<month2> [a-z]{{3,9}} )\b \.?\s*
         (?P<day2> \d{{1,2}} ) (?:st|nd|rd|th)?\b (?: ,?\s* (?P<year2> \d{{4}} )\b )?
      | \+\s? (?P<number> \d{{1,4}} ) \s? (?P<unit> d|j|w|days?|jours?|weeks?|sem|semaines? )\b
      | (?P<near> {_ANY_NEAR} )\b
      | (?P<weekday> {_ANY_WEEKDAY} )\b (?P<which> \s+ (?:prochaine?|en\s+huit|next\s+week|week)\b )?
    )
    """,
    re.VERBOSE,
)
_CLOCK = re.compile(
    r"""
    (?: (?P<iso> t ) | [\s,]* (?: (?: at | a | @ | [-–] ) \s+ )? )
    (?P<shown>
        (?P<hour> \d{1,2} ) \s?[h:]\s? (?P<minute> \d{2} ) (?: :\d{2} (?:\.\d+)? )?
        (?: (?(iso) (?!) | \s* (?P<half> [ap] ) (?: m | \.\s?m ) \b \.? ) | (?!\w) | (?=z\b) )
      | (?P<hour2> \d{1,2} ) \s* (?P<half2> [ap] ) (?: m | \.\s?m ) \b \.?
      | (?P<hour3> \d{1,2} ) \s?h (?!\w)
    )
    (?P<offset> z | [+-]\d{2}:?\d{2} )? (?!\w)
    """,
    re.VERBOSE,
)
_SAME = str.maketrans("’‐‑‒−", "'----")
_DASHED = re.compile(r"(\d{4})[–—](\d{1,2})[–—](\d{1,2})")
"""Keyboards of telephones and word processors make other dashes of two hyphens, or of one."""
_GOES_ON = re.compile(r"[\w-]")


class NotADate(ValueError):  # noqa: N818 -- what it is
    """What looks like a date and is none that everybody reads alike; `written` is that part of the text.

    `hint` names what was probably meant, if that can be told.
    """

    def __init__(self, written: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.written, self.hint = written, hint


class Written(Struct, frozen=True):
    """A date at the beginning of a text, and the time of day behind it."""

    day: date
    clock: time | None
    """With the offset from UTC if one is written."""
    length: int
    """In characters, time included."""


def local(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant in the zone. A naive time is local: the first of two equal ones, past a gap if in one."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    return aware.astimezone(UTC).astimezone(zone)


def read(text: str, since: date | None = None) -> Written | None:
    """Read the date with which a text begins; None if it begins with none.

    `since` is the day from which "friday", "+3d" and dates without a year are counted: a weekday is the next one
    strictly after it, a date without a year the next one from it on. Without it, only a full date is one. Raises
    NotADate for a day or time that does not exist, that may be two (03/11/2026), or that lacks its year.
    """
    plain = _plain(text[:_LONGEST])
    found = _DATE.match(plain)
    day = _day(found, text[: found.end()].strip(), since) if found else None
    if not found or day is None:
        return None
    if found["named"] and day.weekday() != _WEEKDAYS[found["named"]]:
        written, named = text[: found.end()].strip(), _DAYS_OF_THE_WEEK[day.weekday()]
        raise NotADate(written, Sentence('"{written}" is not a date: that day is a {day}', written=written, day=named))
    clock = _CLOCK.match(plain, found.end())
    if not clock:
        # 2026-11-10-1 or 2026-11-101 is a number or a slip, and no date with something behind it.
        if found["first"] and _GOES_ON.match(plain, found.end()):
            raise _not_a_date(text.split(maxsplit=1)[0])
        return Written(day, None, found.end())
    return Written(day, _time(clock, text[clock.start("shown") : clock.end()]), clock.end())


def read_value(value: str, start: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant that a value means in a note of that local time; a day alone means 09:00.

    Raises NotADate.
    """
    text = unicodedata.normalize("NFC", value).strip().rstrip(".,;:!?)")
    try:
        written = read(text, start.date())
        if written and written.length >= len(text):
            return local(datetime.combine(written.day, written.clock or MORNING), zone)
    except OverflowError:
        pass
    # Only long names are guessed: mon, mar, mer are one letter from each other.
    near = get_close_matches(_plain(value), [name for name in (*_WEEKDAYS, *_NEAR) if len(name) > _SHORT], 1)
    hint = Sentence('did you mean "{word}"?', word=near[0]) if near else ""
    raise NotADate(value, Sentence('"{value}" is not a date; write {accepted}', value=value, accepted=ACCEPTED), hint)


def _plain(text: str) -> str:
    """Return a text without accents and in lower case, each character in its place."""
    text = _DASHED.sub(r"\1-\2-\3", text.translate(_SAME))
    signs = (unicodedata.normalize("NFKD", sign)[0].lower()[0] for sign in text)
    return "".join(" " if sign.isspace() else sign for sign in signs)


def _day(found: re.Match[str], written: str, since: date | None) -> date | None:
    if found["first"]:
        return _numeric(found, written)
    if found["compact"]:
        return _compact(found["compact"])
    if found["number"] or found["near"]:
        weeks = (found["unit"] or "").startswith(("w", "s"))
        ahead = _NEAR[found["near"]] if found["near"] else int(found["number"]) * (7 if weeks else 1)
        return since + timedelta(days=ahead) if since else None
    if word := found["month"] or found["month2"]:
        month = _month(word)
        number = int(found["day"] or found["day2"])
        return _named(number, month, found["year"] or found["year2"] or "", written, since) if month else None
    if since and found["weekday"]:
        # On a Friday "friday" is that of next week: strictly after, as people mean it.
        day = since + timedelta(days=(_WEEKDAYS[found["weekday"]] - since.weekday() - 1) % 7 + 1)
        if found["which"]:  # for some "vendredi prochain" is the very next one
            raise _two_days(written, day, day + timedelta(days=7))
        return day
    return None


def _month(word: str) -> int:
    """Return the number of a month by its name, or by enough of its beginning; 0 if it is none."""
    numbers = [n for n, names in enumerate(_MONTHS, 1) if any(name.startswith(word) for name in names.split())]
    return numbers[0] if len(numbers) == 1 else 0


def _numeric(found: re.Match[str], written: str) -> date:
    first, second, third = (int(found[name]) for name in ("first", "second", "third"))
    if len(found["first"]) == 4:
        return _date(first, second, third, written)
    if len(found["third"]) != 4:
        raise _not_a_date(written)
    if first <= 12 and second <= 12 and first != second:
        one, other = (_date(third, month, day, written) for day, month in ((first, second), (second, first)))
        # The day of the week tells which of the two is meant, if it is that of one alone.
        meant = [day for day in (one, other) if found["named"] and day.weekday() == _WEEKDAYS[found["named"]]]
        if len(meant) == 1:
            return meant[0]
        raise _two_days(written, one, other)
    day, month = (first, second) if second <= 12 else (second, first)
    return _date(third, month, day, written)


def _compact(digits: str) -> date | None:
    """Return the date of 20261112; other eight figures are a telephone number or the like."""
    try:
        return date.fromisoformat(digits)
    except ValueError:
        return None


def _named(day: int, month: int, year: str, written: str, since: date | None) -> date:
    if year:
        return _date(int(year), month, day, written)
    if since is None:
        raise NotADate(
            written, Sentence('"{written}" is not a date without its year; write it as 2026-11-10', written=written)
        )
    this_year = _date(since.year, month, day, written)
    return this_year if this_year >= since else _date(since.year + 1, month, day, written)


def _date(year: int, month: int, day: int, written: str) -> date:
    # A year beyond these is a slip of the pen, and would be remembered as such.
    if not 1900 <= year < 3000:
        raise _not_a_date(written)
    try:
        return date(year, month, day)
    except ValueError:
        raise _not_a_date(written, _days_around(year, month, day)) from None


def _days_around(year: int, month: int, day: int) -> str:
    """Return the hint for a day after the last one of its month: that, or the first of the next."""
    if not (1 <= month <= 12 and 28 < day <= 31):
        return ""
    first = date(year + month // 12, month % 12 + 1, 1)
    return Sentence('did you mean "{near}" or "{also}"?', near=first - timedelta(days=1), also=first)


def _not_a_date(written: str, hint: str = "") -> NotADate:
    message = Sentence(
        '"{written}" is not a date; write it as 2026-11-10, or 2026-11-10 14:30 in local time', written=written
    )
    return NotADate(written, message, hint)


def _two_days(written: str, one: date, other: date) -> NotADate:
    message = Sentence(
        '"{written}" is not a date that all read alike; write {one} or {other}', written=written, one=one, other=other
    )
    return NotADate(written, message)


def _time(found: re.Match[str], written: str) -> time:
    message = Sentence('"{written}" is not a time of day; write it as 14:30, from 00:00 to 23:59', written=written)
    hour = int(found["hour"] or found["hour2"] or found["hour3"])
    half = found["half"] or found["half2"]
    if half and not 1 <= hour <= 12:
        raise NotADate(written, message)
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        clock = time(hour, int(found["minute"] or 0))
        return time.fromisoformat(f"{clock:%H:%M}{found['offset'].upper()}") if found["offset"] else clock
    except ValueError:  # of a day or more is an offset, too
        raise NotADate(written, message) from None
