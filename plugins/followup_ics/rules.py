"""Recurrence rules (RFC 5545, section 3.3.10): what laying one out costs, and whether it ever comes true.

The library lays rules out candidate by candidate, and would search one that never comes true until the year 9999.
"""

from __future__ import annotations

from calendar import isleap, monthrange
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from math import prod
from typing import Any

from followup_ics.flaws import FlawError
from followup_rules.sentences import Sentence

# Days (or hours, or minutes) that laying out one rule may look at; a tenth of a second.
_MOST_STEPS, _MOST_YEARS = 200_000, 400

_STEP = {"SECONDLY": 1, "MINUTELY": 60, "HOURLY": 3_600}
_DAY = 86_400
_TIMES = ("BYHOUR", "BYMINUTE", "BYSECOND")
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def steps_of_rule(rule: Mapping[str, Any], first: date, days: int) -> int:
    """Return how many candidates the library goes through within so many days from the first.

    Raises FlawError if the rule is too costly, or never comes true.
    """
    # The library would never get beyond the first occurrence.
    if int(_first(rule, "INTERVAL", 1)) < 1:
        raise FlawError(Sentence("its recurrence rule has an INTERVAL below 1; set it anew"))
    frequency = str(_first(rule, "FREQ", "")).upper()
    parts = {name.upper() for name in rule if name.upper().startswith("BY")}
    needed = _steps(rule, frequency, days)
    # Rules by the hour or shorter with BY parts are tried second by second in the worst case; nobody meets like that.
    if (frequency in _STEP and parts) or needed > _MOST_STEPS:
        raise FlawError(
            Sentence(
                "it recurs too often or for too long (FREQ={frequency}); give it an end, or a later start",
                frequency=frequency,
            )
        )
    if parts - set(_TIMES) and never(rule, frequency, first):
        raise FlawError(Sentence("its recurrence rule never comes true; set its days and months anew"))
    return int(needed)


def _steps(rule: Mapping[str, Any], frequency: str, days: int) -> float:
    """Estimate how many candidates the rule goes through from its start to the end of the window."""
    interval = int(_first(rule, "INTERVAL", 1)) if frequency in _STEP else 1
    steps = days * _DAY / (_STEP.get(frequency, _DAY) * interval)
    if frequency in _STEP:
        steps = min(steps, int(_first(rule, "COUNT", steps)))
    return steps * prod(len(rule[name]) for name in _TIMES if name in rule)


def days_to_skip(rule: Mapping[str, Any], start: date, behind: int) -> int:
    """Return how many days later a series may begin if what lies more than `behind` days after its start is wanted.

    A whole number of its periods, so that what comes after is the same; nothing if it counts, or if a later day of the
    same kind is not sure to be one of the series.
    """
    frequency, parts = str(_first(rule, "FREQ", "")).upper(), {name.upper() for name in rule}
    same_day = "BYDAY" in parts and _WEEKDAYS[start.weekday()] in [str(day).upper() for day in _list(rule, "BYDAY")]
    plain = {"FREQ", "INTERVAL", "UNTIL", "WKST"} | ({"BYDAY"} if same_day and frequency == "WEEKLY" else set())
    if frequency not in ("DAILY", "WEEKLY") or parts - plain:
        return 0
    period = max(int(_first(rule, "INTERVAL", 1)), 1) * (7 if frequency == "WEEKLY" else 1)
    return max(behind, 0) // period * period


def day_of(moment: date) -> date:
    """Return the day of a date or of a time."""
    return moment.date() if isinstance(moment, datetime) else moment


def never(rule: Mapping[str, Any], frequency: str, first: date) -> bool:
    """Tell of a rule that would be searched in vain until the year 9999, day by day.

    In 28 years the days of the week and the leap years have met in every way; INTERVAL makes it longer.
    """
    interval = int(_first(rule, "INTERVAL", 1))
    # 400 years are the cycle of the Gregorian calendar: after these nothing new comes.
    years = min(28 * interval if frequency == "YEARLY" else 28 + interval // 12, _MOST_YEARS)
    last = min(first.toordinal() + 366 * years, date.max.toordinal())
    begun = _period(first, frequency)
    days = (date.fromordinal(number) for number in range(first.toordinal(), last))
    # INTERVAL leaves some of the days, weeks, months or years.
    left = (day for day in days if interval == 1 or (_period(day, frequency) - begun) % interval == 0)
    candidates = (day for day in left if fits(rule, frequency, day))
    # BYSETPOS counts the candidates of one day, week, month or year, in all their times of day.
    times = prod(len(rule[name]) for name in _TIMES if name in rule)
    wanted = min(abs(int(each)) for each in _list(rule, "BYSETPOS")) if "BYSETPOS" in rule else 1
    periods = Counter[int]()
    for day in candidates:
        periods[period := _period(day, frequency)] += 1
        if periods[period] * times >= wanted:
            return False
    return True


def _period(day: date, frequency: str) -> int:
    """Return the number of the year, month, week or day."""
    match frequency:
        case "YEARLY":
            return day.year
        case "MONTHLY":
            return 12 * day.year + day.month
        case "WEEKLY":
            return (day.toordinal() - 1) // 7
    return day.toordinal()


def fits(rule: Mapping[str, Any], frequency: str, day: date) -> bool:
    """Tell whether a day is one that the BY parts of a rule can mean (RFC 5545, section 3.3.10)."""
    return all(_FITS[name](rule, frequency, day) for name in _FITS if name in rule)


def _is_day(rule: Mapping[str, Any], frequency: str, day: date) -> bool:
    """Tell whether it is one of the days of the week, and the n-th in its month; the n-th of a year is not counted."""
    name = _WEEKDAYS[day.weekday()]
    written = [each[:-2] for each in map(str, _list(rule, "BYDAY")) if each[-2:].upper() == name]
    in_a_month = frequency == "MONTHLY" or (frequency == "YEARLY" and "BYMONTH" in rule)
    if not written or "" in written or not in_a_month:
        return bool(written)
    # "2MO" is the second Monday, "-1FR" the last Friday (section 3.3.10).
    return any(int(nth) in ((day.day - 1) // 7 + 1, -((_month(day) - day.day) // 7 + 1)) for nth in written)


def _among(rule: Mapping[str, Any], name: str, number: int, of: int) -> bool:
    """Tell whether a number is listed, or is so counted from the end."""
    listed = [int(each) for each in _list(rule, name)]
    return number in listed or number - of - 1 in listed


def _month(day: date) -> int:
    return monthrange(day.year, day.month)[1]


_FITS: dict[str, Callable[[Mapping[str, Any], str, date], bool]] = {
    "BYMONTH": lambda rule, _, day: _among(rule, "BYMONTH", day.month, 12),
    "BYMONTHDAY": lambda rule, _, day: _among(rule, "BYMONTHDAY", day.day, _month(day)),
    "BYDAY": _is_day,
    "BYYEARDAY": lambda rule, _, day: _among(
        rule, "BYYEARDAY", day.timetuple().tm_yday, 366 if isleap(day.year) else 365
    ),
    "BYWEEKNO": lambda rule, _, day: _among(
        # 28 December always lies in the last week of its year (ISO 8601).
        rule,
        "BYWEEKNO",
        day.isocalendar().week,
        date(day.year, 12, 28).isocalendar().week,
    ),
}


def _list(rule: Mapping[str, Any], name: str) -> Iterable[Any]:
    found = rule[name]
    return found if isinstance(found, list) else [found]


def _first(rule: Mapping[str, Any], name: str, default: Any) -> Any:
    values = rule.get(name, default)
    return values[0] if isinstance(values, list) else values
