"""Rolls move an instant to where it may be: to a workday, to one of some week-days, into some hours of the day."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, time, timedelta

from msgspec import Struct

from followup_rules.codes import Code
from followup_rules.language import units
from followup_rules.language.days import WEEK, WEEKDAY, WEEKDAYS, Days
from followup_rules.sentences import Sentence

WORDS = ("workday", "workday before", *(name for names in WEEKDAYS for name in names))
"""The words of which rolls are made."""

_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)|24:(00)")
_OTHER_CLOCK = re.compile(r"([01]?\d|2[0-3])(?:\s?[h.:]\s?([0-5]\d)?)?\s?(?:([ap])\.?m\.?)?", re.IGNORECASE)
"""A time as it is written elsewhere: `9h`, `9h30`, `9 h 30`, `9.30`, `9`, `9 AM`."""
_HOURS = re.compile(r"(\S*\d:\d\S*?|\d[^-–]*?)\s*[-–]\s*(\S.*)")
# No series of holidays is longer: what finds no day within a year finds none.
_MOST_DAYS, _MOST_ROUNDS = 366, 1000
_DAY = timedelta(days=1)


class PhraseError(ValueError):
    """A phrase that cannot be read: the word at fault, what is wrong with it, and the words that would be right.

    `meant`: the one word that it certainly stands for, however it is spelt.
    """

    def __init__(
        self,
        word: str,
        message: str,
        valid: tuple[str, ...] = (),
        code: Code = Code.NO_SUCH_TIME,
        *,
        meant: str = "",
    ) -> None:
        super().__init__(message)
        self.word, self.valid, self.code, self.meant = word, valid, code, meant


class UnsettledError(ValueError):
    """Rolls that send an instant to and fro: one leads to where another does not hold."""


class Roll(Struct, frozen=True):
    """One roll. It holds on some days of the week, on workdays alone or on all, and in some hours or in all."""

    text: str
    weekdays: frozenset[int] = WEEK
    workday: bool = False
    hours: tuple[time, time] | None = None
    """From the first, included, to the second, excluded; over midnight where the second is not later."""
    back: bool = False
    """It moves back, and not forward."""

    def holds(self, local: datetime, days: Days) -> bool:
        """Tell whether an instant on the user's clock may stay where it is."""
        return self._on_day(local, days) and self._in_hours(local.time())

    def move(self, local: datetime, days: Days) -> datetime:
        """Return the nearest instant, forward (or back), at which it holds; another day keeps the time of day."""
        if self.hours and not self.holds(local, days):
            start = datetime.combine(local, self.hours[0])
            return start if start > local else start + _DAY
        for _ in range(_MOST_DAYS):
            if self._on_day(local, days):
                return local
            local += -_DAY if self.back else _DAY
        raise UnsettledError(Sentence("no day within a year fits {text!r}", text=self.text))

    def _on_day(self, local: datetime, days: Days) -> bool:
        return local.weekday() in self.weekdays and (not self.workday or days.is_workday(local.date()))

    def _in_hours(self, clock: time) -> bool:
        if self.hours is None:
            return True
        start, end = self.hours
        return start <= clock < end if start < end else clock >= start or clock < end


def rolled(local: datetime, rolls: Sequence[Roll], days: Days) -> datetime:
    """Apply rolls to a wall-clock time, again and again from left to right, until all hold.

    Raises UnsettledError if that never comes to rest: a roll back may lead to where another does not hold.
    """
    seen: set[datetime] = set()
    while not all(roll.holds(local, days) for roll in rolls):
        if local in seen or len(seen) > _MOST_ROUNDS:
            raise UnsettledError(
                Sentence("{rolls!r} comes to rest nowhere", rolls=", ".join(roll.text for roll in rolls))
            )
        seen.add(local)
        for roll in rolls:
            local = roll.move(local, days)
        # A time of day that a DST change skips is moved forward, and may leave its hours by that.
        local = days.on(local).replace(tzinfo=None)
    return local


def parse_all(parts: Sequence[str]) -> tuple[Roll, ...]:
    """Read the rolls of a phrase, each as it stands behind a comma. Raises PhraseError; also if they exclude others."""
    rolls = tuple(_parse(" ".join(part.split())) for part in parts)
    for roll in rolls[:-1]:
        if roll.back:
            raise PhraseError(
                "before", Sentence("only the last roll may be 'before', and {text!r} is not the last", text=roll.text)
            )
    _check_together(rolls)
    return rolls


def _parse(text: str) -> Roll:
    if not text:
        raise PhraseError(",", Sentence("nothing stands after the comma"), WORDS)
    hours = _HOURS.fullmatch(text.removesuffix(" before"))
    if hours:
        if text.endswith(" before"):
            raise PhraseError("before", Sentence("hours move forward only: {text!r}", text=text))
        start, end = clock(hours[1]), clock(hours[2])
        if start == end:
            raise PhraseError(hours[1], Sentence("{text!r} ends where it begins", text=text))
        return Roll(text, hours=(start, end))
    word, _, before = text.partition(" ")
    written, unit = units.meant(word, before.partition(" ")[0])
    if unit == "workdays" and word.lower() != "workday":
        raise PhraseError(written, Sentence("{name!r} is no way to move a day", name=written), meant="workday")
    if before not in ("", "before"):
        raise PhraseError(
            before, Sentence("{before!r} is not understood after {word!r}", before=before, word=word), ("before",)
        )
    if word.lower() == "workday":
        return Roll(text, workday=True, back=bool(before))
    return Roll(text, weekdays=weekdays(word), back=bool(before))


def clock(written: str) -> time:
    """Read a time of day; 24:00 is the beginning of the next. Raises PhraseError."""
    found = _CLOCK.fullmatch(written)
    if not found:
        message = Sentence("{written!r} is no time of day", written=written)
        raise PhraseError(written, message, meant=clock_meant(written))
    return time() if found[3] else time(int(found[1]), int(found[2]))


def clock_meant(written: str) -> str:
    """Return the time of day, as a phrase writes it, that is written as elsewhere; "" if it is none."""
    found = _OTHER_CLOCK.fullmatch(written)
    if not found or (found[3] and not 1 <= int(found[1]) <= 12):
        return ""
    hour = int(found[1]) % 12 + 12 * (found[3].lower() == "p") if found[3] else int(found[1])
    return f"{hour:02}:{found[2] or '00'}"


def weekdays(word: str) -> frozenset[int]:
    """Read days of the week such as `tue-thu` or `mon/wed`, Monday being 0. Raises PhraseError."""
    days: set[int] = set()
    for span in word.split("/"):
        first, *last = [_weekday(name, word) for name in re.split("[-–]", span)]
        if len(last) > 1:
            raise PhraseError(span, Sentence("{span!r} has more than two ends", span=span), WORDS)
        # Also over the end of the week: `fri-mon`.
        days.update((first + ahead) % 7 for ahead in range((last[0] - first) % 7 + 1 if last else 1))
    return frozenset(days)


def _weekday(name: str, word: str) -> int:
    number = WEEKDAY.get(name.lower())
    if number is None:
        message = (
            Sentence("{name!r} is no way to move a day", name=name)
            if name == word
            else Sentence("{name!r} is no day of the week", name=name)
        )
        raise PhraseError(name or word, message, WORDS)
    return number


def _check_together(rolls: Sequence[Roll]) -> None:
    """Raise PhraseError if there is no day of the week, or no minute of a day, at which all hold."""
    days = frozenset(range(5)) if any(roll.workday for roll in rolls) else WEEK
    minutes: frozenset[int] | None = None
    for roll in rolls:
        days &= roll.weekdays
        if roll.hours:
            minutes = _minutes(*roll.hours) if minutes is None else minutes & _minutes(*roll.hours)
        if not days or minutes == frozenset():
            together = ", ".join(each.text for each in rolls)
            message = Sentence("{together!r} can never hold together", together=together)
            raise PhraseError(roll.text.partition(" ")[0], message, code=Code.NEVER)


def _minutes(start: time, end: time) -> frozenset[int]:
    first, last = start.hour * 60 + start.minute, end.hour * 60 + end.minute
    return frozenset(range(first, last) if first < last else [*range(first, 24 * 60), *range(last)])
