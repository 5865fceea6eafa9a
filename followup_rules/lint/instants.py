"""The order of two phrases, where it can be told: tried with many anchors over two years.

The order of `end + 3 workdays at 09:00` and `day + 4 days` is another one from week to week. So it is told only if it
is the same for anchors on all days of the week, at the end of months, around holidays and changes of the clocks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from msgspec import Struct

from followup_rules.language.every import Every
from followup_rules.language.phrases import Days, Phrase, UnsettledError, shift
from followup_rules.language.schema import Guard, Rule, RuleSet

ANCHOR = "anchor"
_FIRST = date(2026, 1, 1)
# Within hours of work and outside them, at midnight and shortly before it: phrases roll each of them otherwise.
_CLOCKS = (time(9), time(14, 30), time(0), time(23, 15), time(8), time(18))
# The usual one; a moment, as mail is; a short call; and one that goes on past midnight.
_LENGTHS = (timedelta(hours=1), timedelta(0), timedelta(minutes=20), timedelta(hours=30))
_DAYS_APART = 5  # so that each day of the week, and each week of a month, comes
# Five days apart, so many are two years.
_SAMPLES = 146
# Rules that count from each other in a circle are told of where rules are loaded; here it must only come to an end.
_DEEPEST = 8


class Sample(Struct, frozen=True):
    """One anchor that there might be. `fields` is what `it.FIELD` and the like give, one instant for all."""

    start: datetime
    end: datetime
    fields: datetime


@lru_cache(maxsize=64)
def samples(days: Days, *, moments: bool = False, every: Every | None = None) -> tuple[Sample, ...]:
    """Return anchors over two years; `moments`: such that begin and end at once, as mail does."""
    if every is not None:
        first = days.midnight(max(_FIRST, every.first) if every.weeks else _FIRST)
        found = [instant.astimezone(UTC) for instant in every.instants(first, days)][:_SAMPLES]
        return tuple(Sample(at, at, at) for at in found)
    return tuple(_sample(number, days, moments=moments) for number in range(_SAMPLES))


def _sample(number: int, days: Days, *, moments: bool) -> Sample:
    day = _FIRST + timedelta(days=number * _DAYS_APART)
    start = days.on(datetime.combine(day, _CLOCKS[number % len(_CLOCKS)])).astimezone(UTC)
    length = timedelta(0) if moments else _LENGTHS[number % len(_LENGTHS)]
    # 09:00 is what a date without a time means.
    given = days.on(datetime.combine(day + timedelta(days=number % 17), _CLOCKS[0 if number % 2 else number % 6]))
    return Sample(start, start + length, given.astimezone(UTC))


class Moment(Struct, frozen=True):
    """An instant, and what it counts from: two can be compared only if they count from the same."""

    source: str
    at: datetime


class Frame(Struct, frozen=True):
    """What phrases are resolved in: the rule or guard that they belong to, and the rules with the same start."""

    rules: RuleSet
    it: Rule | Guard | None = None
    alike: frozenset[str] = frozenset()


def moments(phrases: Sequence[Phrase], sample: Sample, frame: Frame) -> list[Moment]:
    """Return the instants of a list of phrases; nothing follows one that always resolves."""
    found: list[Moment] = []
    for phrase in phrases:
        moment = _moment(phrase, sample, frame, 0)
        found += [moment] if moment else []
        if moment and moment.source == ANCHOR:
            break
    return found


def _moment(phrase: Phrase, sample: Sample, frame: Frame, depth: int) -> Moment | None:
    base = _base(phrase, sample, frame, depth)
    try:
        return Moment(base.source, shift(phrase, base.at, frame.rules.world.days)) if base else None
    except UnsettledError:
        return None


def _base(phrase: Phrase, sample: Sample, frame: Frame, depth: int) -> Moment | None:
    if phrase.field or phrase.done:
        return Moment(f"{phrase.base}.{phrase.field or 'done'}", sample.fields)
    match phrase.base:
        case "start" | "end":
            return Moment(ANCHOR, sample.start if phrase.base == "start" else sample.end)
        case "day":
            days = frame.rules.world.days
            return Moment(ANCHOR, days.midnight(days.day(sample.start)).astimezone(UTC))
        case "opens" | "due" if isinstance(frame.it, Rule) and depth < _DEEPEST:
            own = frame.it.due if phrase.base == "due" else frame.it.opens
            return _moment(own[0], sample, frame, depth + 1) if own else None
    # The plain opening of another rule that starts from the same anchor.
    other = frame.rules.rules.get(phrase.rule)
    if other is None or other.fault or phrase.rule not in frame.alike or depth >= _DEEPEST:
        return None
    return _moment(other.opens[0], sample, Frame(frame.rules, other, frame.alike), depth + 1)


def always(
    first: Sequence[Phrase],
    second: Sequence[Phrase],
    holds: Callable[[datetime, datetime], bool],
    anchors: Iterable[Sample],
    frame: Frame,
) -> bool:
    """Tell whether two lists of phrases, where they count from the same, always stand in an order."""
    told: set[str] | None = None
    for sample in anchors:
        others = {moment.source: moment.at for moment in reversed(moments(second, sample, frame))}
        pairs = ((moment, others[moment.source]) for moment in moments(first, sample, frame) if moment.source in others)
        held = {moment.source for moment, other in pairs if holds(moment.at, other)}
        told = held if told is None else told & held
        if not told:
            return False
    return bool(told)


def never_before(after: Sequence[Phrase], before: Sequence[Phrase], rules: RuleSet) -> bool:
    """Tell of the bounds of a pattern whether nothing lies between them, whatever the anchor."""
    return always(after, before, lambda low, high: low >= high, samples(rules.world.days), Frame(rules))
