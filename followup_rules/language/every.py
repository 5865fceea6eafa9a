"""What recurs by the calendar alone: `every = "friday at 15:00"` is parsed once and tells its instants."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from msgspec import Struct

from followup_rules.codes import Code
from followup_rules.language.days import WEEK, WEEKDAY, Days
from followup_rules.language.rolls import PhraseError, clock, clock_meant, weekdays
from followup_rules.sentences import Sentence
from followup_rules.toml.suggestions import nearest
from followup_rules.toml.values import Value

EXAMPLES = (
    "day at 20:00",
    "workday",
    "tue/thu",
    "month on 1",
    "month on last",
    "year on 11-30",
    "2 weeks from 2026-11-06",
)
_WORDS = ("day", "workday", "month", "year", "weeks", *WEEKDAY)
_LEADING = re.compile(r"^(?:(?:every|each|on|chaque|tous les|toutes les|le|les) )+")
_OF_MONTH = re.compile(r"(?:month )?(?:on )?(?:the )?(\d{1,2})(?:st|nd|rd|th)?(?: of (?:the|each|every) month)?")
_ADVERBS = {
    "daily": "day",
    "weekly": "monday",
    "monthly": "month on 1",
    "yearly": "year on 01-01",
    "annually": "year on 01-01",
    "days": "day",
    "jours": "day",
    "jour": "day",
    "workdays": "workday",
    "jours ouvrables": "workday",
    "jour ouvrable": "workday",
    "mois": "month on 1",
    "premier du mois": "month on 1",
    "1er du mois": "month on 1",
    "dernier jour du mois": "month on last",
}
_PLURAL = re.compile(r"(\w*(?:day|di|dimanche))s\b")
# As of a date without a time; see `followup_rules.written_dates`.
_AT = time(9)
_DAY = timedelta(days=1)
# So far ahead looks `Every.instants`; what recurs once a year says `year on`.
_MOST_WEEKS = 52


class Every(Struct, frozen=True):
    """Days that recur, and the time of day at which they do. All that is given must hold of a day."""

    text: str
    at: time = _AT
    weekdays: frozenset[int] = WEEK
    workday: bool = False
    month: int = 0
    """Of the year, from 1; 0: any."""
    day: int = 0
    """Of the month, from 1; a month that has fewer counts its last; 0: any."""
    weeks: int = 0
    """Every so many weeks, from `first`; 0: every week."""
    first: date = date.min

    def falls_on(self, day: date, days: Days) -> bool:
        """Tell whether it recurs on a day."""
        if day.weekday() not in self.weekdays or (self.month and day.month != self.month) or day < self.first:
            return False
        if self.day and day.day != min(self.day, calendar.monthrange(day.year, day.month)[1]):
            return False
        if self.weeks and (day - self.first).days % (7 * self.weeks):
            return False
        return not self.workday or days.is_workday(day)

    def instants(self, start: datetime, days: Days, *, back: bool = False) -> Iterator[datetime]:
        """Yield its instants from one on (or before it, the latest first), within a little more than a year."""
        first = days.day(start) if back else max(days.day(start), self.first)
        # From a day earlier on, since an hour that the clocks skip may move it past midnight; 400 days hold what comes
        # once a year or in 52 weeks.
        for ahead in range(-1, 401) if not back else range(1, -401, -1):
            day = first + ahead * _DAY
            if self.falls_on(day, days):
                instant = days.on(datetime.combine(day, self.at))
                if (instant < start) is back:
                    yield instant


def read(value: Value) -> Every | None:
    """Read what recurs, and report what is wrong with it."""
    if not value.is_a(str):
        return None
    try:
        return parse(value.raw)
    except PhraseError as error:
        meant = _meant(value.raw)
        guess = meant or ("" if error.word in _WORDS else nearest(error.word, {*error.valid, *_WORDS}))
        hint = (
            Sentence('did you mean "{word}"?', word=guess)
            if guess
            else Sentence("it reads like one of: {examples}", examples=", ".join(EXAMPLES))
        )
        value.report(
            Sentence("{error} in {raw!r}", error=error, raw=value.raw),
            code=Code.NO_SUCH_TIME,
            hint=hint,
            within=value.raw if meant else error.word,
        )
        return None


def _meant(text: str) -> str:
    """Return what recurs as it is written here, of `every friday at 3pm`, `monthly` or `monday and thursday`; or ""."""
    what, at, written = " ".join(text.lower().split()).replace(" à ", " at ").partition(" at ")
    what = _LEADING.sub("", what)
    if found := _OF_MONTH.fullmatch(what):
        what = f"month on {found[1]}"
    what = _ADVERBS.get(what, _PLURAL.sub(r"\1", re.sub(r"\s*(?:,|&|\band\b|\bet\b)\s*", "/", what)))
    meant = f"{what} at {clock_meant(written) or written}" if at else what
    try:
        parse(meant)
    except PhraseError:
        return ""
    return meant


def parse(text: str) -> Every:
    """Take apart what recurs. Raises PhraseError."""
    what, at, written = " ".join(text.split()).partition(" at ")
    every = _what(what)
    if written.startswith("24"):
        message = Sentence("{written!r} begins the next day: name that day, at 00:00", written=written)
        raise PhraseError(written, message)
    return Every(**{**every, "text": text, "at": clock(written) if at else _AT})


def _what(what: str) -> dict[str, Any]:
    word, _, rest = what.partition(" ")
    if what == "day":
        return {}
    if what == "workday":
        return {"workday": True}
    if found := re.fullmatch(r"month on (?:(\d{1,2})|last)", what):
        return {"day": _number(found[1] or "31", 31)}
    if found := re.fullmatch(r"year on (\d{1,2})-(\d{1,2})", what):
        month = _number(found[1], 12)
        # 2024 has a February of 29 days; in other years the last one stands for that.
        return {"month": month, "day": _number(found[2], calendar.monthrange(2024, month)[1])}
    if found := re.fullmatch(r"(\d{1,3}) weeks? from (\d{4}-\d\d-\d\d)", what):
        return {"weeks": _number(found[1], _MOST_WEEKS), "first": _date(found[2])}
    if rest or word in ("", "month", "year"):
        raise PhraseError(
            word, Sentence("{what!r} is nothing that recurs", what=what) if what else Sentence("nothing recurs")
        )
    return {"weekdays": weekdays(word)}


def _number(written: str, most: int) -> int:
    if not 1 <= int(written) <= most:
        raise PhraseError(written, Sentence("{written} is not from 1 to {most}", written=written, most=most))
    return int(written)


def _date(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise PhraseError(written, Sentence("{written!r} is no date", written=written)) from None
