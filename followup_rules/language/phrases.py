"""Phrases say when: `end + 10 days at 09:00, workday` is parsed once and resolved to an instant for each anchor."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

BASES = ("start", "end", "day", "opens", "due", "it")
UNITS = ("minutes", "hours", "days", "weeks", "months", "workdays")
ROLLS = ("workday", "workday before")

_NAME = re.compile(r"[^\W\d_][\w-]*(\.[^\W\d_][\w-]*)?")
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


class PhraseError(ValueError):
    """A phrase that cannot be read: the word at fault, what is wrong with it, and the words that would be right."""

    def __init__(self, word: str, message: str, valid: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.word, self.valid = word, valid


@dataclass(frozen=True, slots=True)
class Step:
    """Forward (or back, if negative) by so many units; a unit is one of `UNITS`."""

    number: int
    unit: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """`BASE [+|- N UNIT]... [at HH:MM] [, workday | , workday before]`, taken apart."""

    text: str
    base: str
    field: str = ""
    steps: tuple[Step, ...] = ()
    at: time | None = None
    roll: str = ""

    @property
    def rule(self) -> str:
        """The id of the rule whose opening is the base, or ""."""
        return "" if self.base in BASES or self.field else self.base


@dataclass(frozen=True, slots=True)
class Days:
    """The user's days: a zone, and which dates are holidays (a date to its name, or to None)."""

    zone: ZoneInfo
    holiday: Callable[[date], str | None]

    def is_workday(self, day: date) -> bool:
        """Tell whether it is neither a week-end nor a holiday."""
        return day.weekday() < 5 and self.holiday(day) is None

    def on(self, local: datetime) -> datetime:
        """Return the aware instant of a naive wall-clock time; one that a DST change skips is moved forward."""
        return local.replace(tzinfo=self.zone).astimezone(UTC).astimezone(self.zone)

    def midnight(self, day: date) -> datetime:
        """Return 00:00 of that day."""
        return self.on(datetime.combine(day, time()))

    def local(self, moment: datetime) -> datetime:
        """Return the same instant in the user's zone."""
        return moment.astimezone(self.zone)

    def day(self, moment: datetime) -> date:
        """Return the user's date at that instant."""
        return self.local(moment).date()


def parse(text: str) -> Phrase:
    """Take a phrase apart. Raises PhraseError."""
    body, _, roll = text.partition(",")
    roll = " ".join(roll.split())
    if "," in text and roll not in ROLLS:
        raise PhraseError(roll.split()[0] if roll else ",", f"{roll!r} is no way to move a day", ROLLS)
    words = re.sub(r"\+|(?<!\S)-(?=\d)", lambda sign: f" {sign[0]} ", body).split()
    if not words:
        raise PhraseError(text, "an empty phrase", BASES)
    base, _, field = words[0].partition(".")
    if not _NAME.fullmatch(words[0]) or (base == "it" and not field):
        raise PhraseError(words[0], f"{words[0]!r} is not something to count from", BASES)
    steps, rest = _steps(words[1:])
    return Phrase(" ".join(text.split()), base, field, steps, _clock(rest), roll)


def _steps(words: list[str]) -> tuple[tuple[Step, ...], list[str]]:
    steps = []
    while words and words[0] in ("+", "-"):
        sign, number, unit, *rest = [*words, "", ""]
        if not number.isdecimal():
            raise PhraseError(number or sign, f"expected a whole number after {sign!r}")
        if len(number) > 5:
            raise PhraseError(number, "numbers go up to 99999")
        steps.append(Step(int(sign + number), _unit(unit, number)))
        words = [word for word in rest if word]
    return tuple(steps), words


def _unit(word: str, number: str) -> str:
    unit = word if word.endswith("s") else word + "s"
    if unit not in UNITS:
        raise PhraseError(word or number, f"{word!r} is not a unit" if word else f"{number} of what?", UNITS)
    return unit


def _clock(words: list[str]) -> time | None:
    if not words:
        return None
    if words[0] != "at":
        raise PhraseError(words[0], f"{words[0]!r} is not understood here", ("+", "-", "at", ", workday"))
    clock = _CLOCK.fullmatch(words[1]) if len(words) > 1 else None
    if not clock:
        raise PhraseError(words[-1], "expected a time of day such as 09:00 after 'at'")
    if len(words) > 2:
        raise PhraseError(words[2], f"{words[2]!r} is not understood after the time of day", (", workday",))
    return time(int(clock[1]), int(clock[2]))


def shift(phrase: Phrase, base: datetime, days: Days) -> datetime:
    """Count from the base as the phrase says; the result is in UTC.

    Days and longer keep the time of day on the user's clock; hours and minutes are elapsed time.
    """
    moment = days.local(base)
    for step in phrase.steps:
        moment = _move(moment, step, days)
    if phrase.at is not None:
        moment = days.on(datetime.combine(moment.date(), phrase.at))
    if phrase.roll:
        moment = _roll(moment, 1 if phrase.roll == "workday" else -1, days)
    return moment.astimezone(UTC)


def _move(moment: datetime, step: Step, days: Days) -> datetime:
    try:
        match step.unit:
            case "minutes" | "hours":
                return days.local(moment.astimezone(UTC) + timedelta(**{step.unit: step.number}))
            case "days" | "weeks":
                return days.on(moment.replace(tzinfo=None) + timedelta(**{step.unit: step.number}))
            case "months":
                return days.on(_add_months(moment.replace(tzinfo=None), step.number))
            case _:
                return _add_workdays(moment, step.number, days)
    except (OverflowError, ValueError):
        far = datetime.max if step.number > 0 else datetime.min
        return far.replace(year=9998 if step.number > 0 else 2, tzinfo=UTC)


def _add_months(local: datetime, number: int) -> datetime:
    year, month = divmod(local.year * 12 + local.month - 1 + number, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return local.replace(year=year, month=month + 1, day=min(local.day, last))


def _add_workdays(moment: datetime, number: int, days: Days) -> datetime:
    one = 1 if number > 0 else -1
    for _ in range(abs(number)):
        moment = _roll(_move(moment, Step(one, "days"), days), one, days)
    return moment


def _roll(moment: datetime, by: int, days: Days) -> datetime:
    while not days.is_workday(moment.date()):
        moment = _move(moment, Step(by, "days"), days)
    return moment
