"""Days as people say them, in English and French, turned into dates before they are written into a note.

What notes themselves may say is read by `followup_rules.written_dates`, which guesses nothing. Only what it does not
know ("in two weeks", "la semaine prochaine") is given to dateparser, and what comes of it is written down as a date and
shown.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from contextlib import suppress
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from followup_rules.sentences import Sentence
from followup_rules.written_dates import ALSO, NotADate, read_value

ACCEPTED = Sentence("a day such as friday, tomorrow, in two weeks, 20 nov. or 2026-11-20")
# "next friday" is the friday that comes, and so is "vendredi prochain", which dateparser does not know.
# A day of a meeting is known by its weekday, whichever week is named.
_WHICH = re.compile(r"^(?:next|last|this|on|le|ce)\s+|\s+(?:prochaine?|derni[eè]re?|pass[ée]e?)$", re.IGNORECASE)
_NEXT = re.compile(r"^next\s+|\s+prochaine?$", re.IGNORECASE)
# Numbers alone are a date that two people read differently, or none: nothing that may be guessed.
_WORD = re.compile(r"[^\W\d_]{2}")
_KEY = r"(?<!\S)(?P<key>[^\W\d_][\w'’-]*)\s?:\s?"
_QUOTED = re.compile(rf"""{_KEY}["'“”„«‘]\s?(?P<value>[^"“”»'’]+?)\s?["”“»'’](?!\w)""")
_BARE = re.compile(rf"""{_KEY}(?P<value>(?!["'“”„«‘])[^\s:#]+(?:\s[^\s:#]+(?!\S*:))*)""")
# As many as `in two weeks at 9:00` has.
_MOST_WORDS = 5
# What dateparser reads a whole month or year of is no day.
_SETTINGS = {"REQUIRE_PARTS": ["day"], "PARSERS": ["relative-time", "absolute-time"],
             "RETURN_TIME_AS_PERIOD": True}  # fmt: skip


def day(written: str, now: datetime) -> str:
    """Return a day that lies ahead as a note writes it: `2026-11-20`, or `2026-11-20T14:00` with a time of day.

    `now` is in the user's zone. Raises NotADate.
    """
    text = " ".join(written.split())
    said, timed = _said(text, now)
    # dateparser is asked for the future, and yet reads "20 nov. 2025" as what it says.
    if said.date() < now.date():
        over = Sentence(
            '"{day}" is over: it would be {date}; write {accepted}',
            day=text,
            date=f"{said:%Y-%m-%d}",
            accepted=ACCEPTED,
        )
        raise NotADate(text, over)
    return f"{said:%Y-%m-%dT%H:%M}" if timed else f"{said:%Y-%m-%d}"


def among(written: str, days: Collection[date], now: datetime) -> date | None:
    """Return which of some days is said, behind or ahead, the nearest if several fit; None if no day is said.

    A day that is said and is none of them comes back as it is. `now` is in the user's zone.
    """
    text = _WHICH.sub("", " ".join(written.split()))
    said = None
    for part in (text, text.partition(" ")[2]):  # "Friday, November 6", which may be that of another year
        with suppress(NotADate):
            said = said or read_value(part, now, _zone(now)).date()
    if said is None:
        with suppress(NotADate):
            said = _guessed(text, now, "past")[0].date()
    if said is None:
        return None
    fitting = [each for each in days if each == said]
    # A weekday alone means the meeting on that weekday, even if that was three weeks ago.
    fitting = fitting or [each for each in days if text.isalpha() and each.weekday() == said.weekday()]
    fitting = fitting or [each for each in days if (each.month, each.day) == (said.month, said.day)]
    return min(fitting, key=lambda each: abs(each - now.date()), default=said)


def in_values(text: str, keys: Collection[str], now: datetime) -> str:
    """Return the text of a note with the values of these keys as dates, where notes themselves could not say it so.

    A value that no reader knows stays as it is: the source of the notes tells what is wrong with it.
    """

    def dated(found: re.Match[str]) -> str:
        name = found["key"].lower().replace("’", "'")
        if ALSO.get(name, name) not in keys:
            return found[0]
        words = found["value"].split()
        least = 1 if found.re is _BARE else len(words)
        for number in range(min(len(words), _MOST_WORDS), least - 1, -1):
            if date := _date(" ".join(words[:number]), now):
                return " ".join([f"{found['key']}:{date}", *words[number:]])
        return found[0]

    return _BARE.sub(dated, _QUOTED.sub(dated, text))


def _date(value: str, now: datetime) -> str:
    """Return what a value of several words means, if it needs to be said otherwise; else ""."""
    # Of "vendredi prochain" a note would be told that it may be two days.
    for known in () if _NEXT.search(value) else (value, value.split(maxsplit=1)[0]):
        with suppress(NotADate):
            read_value(known, now, _zone(now))
            return ""
    with suppress(NotADate):
        return day(value, now)
    return ""


def _said(text: str, now: datetime) -> tuple[datetime, bool]:
    """Return the instant that is said, and whether with a time of day."""
    try:
        said = read_value(_NEXT.sub("", text), now, _zone(now))
    except NotADate:
        if not _WORD.search(text):
            raise
        return _guessed(text, now)
    # A date without a time means 09:00.
    return said, said.time() != time(9) or ":" in text


def _zone(now: datetime) -> ZoneInfo:
    assert isinstance(now.tzinfo, ZoneInfo), "the user's zone"
    return now.tzinfo


def _guessed(text: str, now: datetime, prefer: str = "future") -> tuple[datetime, bool]:
    from dateparser.date import DateDataParser  # noqa: PLC0415 -- heavy, and most days are said more plainly

    settings = {**_SETTINGS, "PREFER_DATES_FROM": prefer, "RELATIVE_BASE": now.replace(tzinfo=None)}
    found = DateDataParser(languages=["en", "fr"], settings=settings).get_date_data(text)
    if found.date_obj is None:
        raise NotADate(
            text, Sentence('"{day}" is no day that is understood; write {accepted}', day=text, accepted=ACCEPTED)
        )
    return found.date_obj.replace(tzinfo=now.tzinfo), found.period == "time"
