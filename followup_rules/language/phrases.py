"""Phrases say when: `end + 10 days at 09:00, workday` is parsed once and resolved to an instant for each anchor."""

from __future__ import annotations

import calendar
import re
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from itertools import takewhile

from msgspec import Struct

from followup_rules.language import units
from followup_rules.language.days import Days
from followup_rules.language.rolls import WORDS, PhraseError, Roll, UnsettledError, clock_meant, parse_all, rolled
from followup_rules.sentences import Sentence
from followup_rules.toml.suggestions import expected
from followup_rules.toml.values import Value, every

__all__ = ["BASES", "UNITS", "Days", "Phrase", "PhraseError", "Step", "UnsettledError", "parse", "read", "shift"]

BASES = ("start", "end", "day", "opens", "due", "it")
_BASES_ALONE = BASES[:-1]
UNITS = ("minutes", "hours", "days", "weeks", "months", "workdays")

_NAME = re.compile(r"[^\W\d_][\w-]*(\.[^\W\d_][\w-]*)?")
_SINCE = ("after", "in", "après", "dans")
_BACK, _ON = ("before", "avant"), ("after", "from", "later", "après")
_SIGNS = {
    **dict.fromkeys(("and", "et", "plus"), "+"),
    **dict.fromkeys(("−", "–", "—", "minus", "less", "moins"), "-"),
    **dict.fromkeys(("à", "@"), "at"),
}
"""How people write the signs and the word of a phrase, or a word processor for them."""
_ARTICLES = ("the", "le", "la")
_JOINED = re.compile(r"(\d{1,5})([^\W\d]+)")
"""A number and a unit without the space between: `10d`."""
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")

# Workdays are counted one by one, each with its holidays.
_MOST_STEPS, _MOST_WORKDAYS = 10, 99_999
_EARLIEST, _LATEST = datetime(2, 1, 1, tzinfo=UTC), datetime(9998, 12, 31, tzinfo=UTC)
# Units in days, near enough to tell on which side of the calendar a phrase falls off.
_ABOUT = {"minutes": 1 / 1440, "hours": 1 / 24, "days": 1, "weeks": 7, "months": 30, "workdays": 1.4}


class Step(Struct, frozen=True):
    """Forward (or back, if negative) by so many units; a unit is one of `UNITS`."""

    number: int
    unit: str


class Phrase(Struct, frozen=True, cache_hash=True):
    """`BASE [+|- N UNIT]... [at HH:MM] [, ROLL]...`, taken apart."""

    text: str
    base: str
    field: str
    steps: tuple[Step, ...]
    at: time | None
    rolls: tuple[Roll, ...]
    done: bool
    """It counts from the instant at which the duty of the rule that is its base was done."""

    @property
    def rule(self) -> str:
        """The id of the rule whose opening is the base, or the end of its duty; or ""."""
        return "" if self.base in BASES or self.field else self.base


def read(value: Value) -> tuple[Phrase, ...] | None:
    """Read a phrase, or a list of which the first that resolves counts. Reports what is wrong with it."""
    return every(value, _read_one)


def _read_one(value: Value) -> Phrase | None:
    if not value.is_a(str):
        return None
    try:
        return parse(value.raw)
    except PhraseError as error:
        guess = (
            Sentence('did you mean "{word}"?', word=error.meant) if error.meant else expected(error.word, error.valid)
        )
        hint = guess or Sentence('a phrase reads like "end + 10 days at 09:00, workday"')
        value.report(
            Sentence("{error} in {raw!r}", error=error, raw=value.raw), code=error.code, hint=hint, within=error.word
        )
        return None


def parse(text: str) -> Phrase:
    """Take a phrase apart. Raises PhraseError."""
    body, *rolls = text.split(",")
    # A minus needs a space before it: names of rules hold hyphens, also before digits.
    words = re.sub(r"\+|(?<!\S)-(?=\d)", lambda sign: f" {sign[0]} ", body).split()
    if not words:
        raise PhraseError(text.strip(), Sentence("nothing to count from"), _BASES_ALONE)
    if turned := _number_first(words):
        written = turned[0] if turned[0] in text else words[0]
        raise PhraseError(written, Sentence("nothing to count from"), meant=turned[1])
    base, _, field = words[0].partition(".")
    if words[0] == "it":
        raise PhraseError("it", Sentence("'it' needs the name of a field, such as it.due"))
    if not _NAME.fullmatch(words[0]):
        raise PhraseError(words[0], Sentence("{words!r} is not something to count from", words=words[0]), _BASES_ALONE)
    done = field == "done" and base not in BASES
    steps, rest = _steps(words[1:])
    return Phrase(" ".join(text.split()), base, "" if done else field, steps, _clock(rest), parse_all(rolls), done)


def _number_first(words: list[str]) -> tuple[str, str] | None:
    """Return what was written of `2 days before it.due`, `in 5 working days` or `30 days`, and what that is here."""
    since = words[0].lower() in _SINCE
    number, *rest = [*words[since:], ""]
    if not number.isdecimal():
        return None
    written, unit = units.meant(*rest[:2])
    if not unit and _plural(rest[0].lower()) in UNITS:
        written, unit = rest[0], _plural(rest[0].lower())
    if not unit:
        return " ".join([*words[:since], number]), f"end + {number}"
    rest = rest[len(written.split()) :]
    sign = "-" if rest[0].lower() in _BACK else "+"
    further = 1 if rest[0].lower() in (*_BACK, *_ON) else 0
    further += further and rest[further].lower() in _ARTICLES
    named = further and _NAME.fullmatch(rest[further])
    base = (units.base(rest[further]) or rest[further]) if named else "end"
    taken = since + 1 + len(written.split()) + further + bool(named)
    return " ".join(words[:taken]), f"{base} {sign} {number} {unit.removesuffix('s') if number == '1' else unit}"


def _steps(words: list[str]) -> tuple[tuple[Step, ...], list[str]]:
    steps = []
    while words and words[0] in ("+", "-"):
        sign, number, unit, *rest = [*words, "", ""]
        if (joined := _JOINED.fullmatch(number)) and (meant := units.meant(joined[2])[1]):
            raise PhraseError(
                number, Sentence("{written!r} is not a unit", written=number), meant=f"{joined[1]} {meant}"
            )
        if joined and (unit := _plural(joined[2])) in UNITS:
            raise PhraseError(
                number,
                Sentence("a space is missing in {written!r}", written=number),
                meant=f"{joined[1]} {unit}",
            )
        if not number.isdecimal():
            raise PhraseError(number or sign, Sentence("expected a whole number after {sign!r}", sign=sign))
        if len(number) > 5:
            raise PhraseError(number, Sentence("numbers go up to 99999"))
        steps.append(Step(int(sign + number), _unit(unit, number, rest[0])))
        words = [word for word in rest if word]
    workdays = sum(abs(step.number) for step in steps if step.unit == "workdays")
    if len(steps) > _MOST_STEPS or workdays > _MOST_WORKDAYS:
        message = Sentence(
            "at most {most_steps} steps can be counted, and {most_workdays} workdays in all",
            most_steps=_MOST_STEPS,
            most_workdays=_MOST_WORKDAYS,
        )
        raise PhraseError(str(abs(steps[-1].number)), message)
    return tuple(steps), words


def _unit(word: str, number: str, further: str) -> str:
    if (unit := _plural(word)) in UNITS:
        return unit
    written, meant = units.meant(word, further)
    if meant:
        raise PhraseError(written, Sentence("{written!r} is not a unit", written=written), meant=meant)
    raise PhraseError(
        word or number,
        Sentence("{word!r} is not a unit", word=word) if word else Sentence("{number} of what?", number=number),
        UNITS,
    )


def _plural(word: str) -> str:
    return word if word.endswith("s") else word + "s"


def _clock(words: list[str]) -> time | None:
    if not words:
        return None
    if words[0] != "at":
        raise PhraseError(
            words[0],
            Sentence("{words!r} is not understood here", words=words[0]),
            ("+", "-", "at"),
            meant=_SIGNS.get(words[0].lower()) or _roll_meant(words[0]),
        )
    clock = _CLOCK.fullmatch(words[1]) if len(words) > 1 else None
    written = " ".join(takewhile(lambda word: word not in ("+", "-"), words[1:])) or words[0]
    meant = clock_meant(written)
    if not clock or (meant and written != words[1]):  # `9:30 pm` begins like one
        raise PhraseError(written, Sentence("expected a time of day such as 09:00 after 'at'"), meant=meant)
    if len(words) > 2:
        message = Sentence("{words!r} is not understood after the time of day", words=words[2])
        raise PhraseError(words[2], message, meant=_roll_meant(words[2]))
    return time(int(clock[1]), int(clock[2]))


def _roll_meant(word: str) -> str:
    """Return a roll as a phrase writes it, if a word is one that lacks its comma; "" for any other word."""
    return f", {word}" if word.lower() in WORDS else ""


# Many duties count the same from the same day or meeting. So much is more than a case counts.
@lru_cache(maxsize=4096)
def shift(phrase: Phrase, base: datetime, days: Days) -> datetime:
    """Count from the base as the phrase says; the result is in UTC, and no further off than the years 2 to 9998.

    Days and longer keep the time of day on the user's clock, also where a day on the way lacks it; hours and minutes
    are elapsed time. Raises UnsettledError if its rolls come to rest nowhere.
    """
    try:
        if not (phrase.steps or phrase.at or phrase.rolls):
            return min(max(base.astimezone(UTC), _EARLIEST), _LATEST)
        local = days.local(base).replace(tzinfo=None)
        for step in phrase.steps:
            local = _move(local, step, days)
        if phrase.at is not None:
            local = datetime.combine(local, phrase.at)
        if phrase.rolls:
            local = rolled(local, phrase.rolls, days)
        # The very ends of the calendar cannot be told in every zone, and would fail in the middle of a run.
        return min(max(days.instant(local), _EARLIEST), _LATEST)
    except UnsettledError:
        raise
    except (OverflowError, ValueError):
        return _LATEST if sum(step.number * _ABOUT[step.unit] for step in phrase.steps) > 0 else _EARLIEST


def _move(local: datetime, step: Step, days: Days) -> datetime:
    """Return the wall-clock time a step further; `fold` is kept only where the instant is the same or counted on."""
    if step.number == 0:
        return local
    match step.unit:
        case "minutes" | "hours":
            moment = days.instant(local) + timedelta(**{step.unit: step.number})
            return days.local(moment).replace(tzinfo=None)
        case "days" | "weeks":
            return local + timedelta(**{step.unit: step.number})
        case "months":
            # A month after the 31st is the last day of a shorter month.
            year, month = divmod(local.year * 12 + local.month - 1 + step.number, 12)
            last = calendar.monthrange(year, month + 1)[1]
            return local.replace(year=year, month=month + 1, day=min(local.day, last), fold=0)
        case _:
            return _add_workdays(local, step.number, days)


def _add_workdays(local: datetime, number: int, days: Days) -> datetime:
    one = 1 if number > 0 else -1
    workday = Roll("workday", workday=True, back=number < 0)
    # One by one, since each may be a holiday.
    for _ in range(abs(number)):
        local = workday.move(local + timedelta(days=one), days)
    return local
