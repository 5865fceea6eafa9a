"""Recurring meetings laid out as single ones, within bounds of time and memory that no file can break."""

from __future__ import annotations

from itertools import islice
from math import prod
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date, datetime, timedelta

MOST_OCCURRENCES = 5_000
"""Of one series within the window; three a day for four years."""
# Days (or hours, or minutes) that laying out one rule may look at; a tenth of a second.
_MOST_STEPS = 200_000

_STEP = {"SECONDLY": 1, "MINUTELY": 60, "HOURLY": 3_600}
_DAY = 86_400
_TIMES = ("BYHOUR", "BYMINUTE", "BYSECOND")
_LONGEST_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class Component(Protocol):
    """A VEVENT as the library gives it: properties by name; of a doubled one, a list."""

    def get(self, key: str, default: Any = None) -> Any:
        """Return a property, or the default."""

    def __getitem__(self, key: str) -> Any: ...
    def __setitem__(self, key: str, value: Any) -> None: ...
    def __delitem__(self, key: str) -> None: ...
    def __contains__(self, key: object) -> bool: ...


class FlawError(ValueError):
    """Why a meeting cannot be used, as a sentence for people."""


def recurs(component: Component) -> bool:
    """Tell whether a VEVENT stands for more than one meeting."""
    return "RRULE" in component or "RDATE" in component


def occurrences(
    components: Sequence[Component], since: datetime, until: datetime
) -> Iterator[tuple[Component, date | datetime]]:
    """Yield each occurrence of one UID between two instants, with its original slot (RFC 5545, section 3.8.4.4).

    Raises FlawError where the rule is too costly or gives too many.
    """
    from recurring_ical_events import EventAdapter, Series  # noqa: PLC0415 -- heavy

    for component in components:
        _check_rules(component, until)
    adapters = [EventAdapter(component) for component in components]
    shifts = {adapter.recurrence_ids[0]: adapter.move_recurrences_by for adapter in adapters if adapter.this_and_future}
    found = list(islice(Series(adapters).between(since, until), MOST_OCCURRENCES + 1))
    if len(found) > MOST_OCCURRENCES:
        raise FlawError(f"it recurs more than {MOST_OCCURRENCES:,} times; give it an end, or make it less frequent")
    for occurrence in found:
        component = occurrence.as_component(keep_recurrence_attributes=False)
        yield component, _slot(component, shifts)


def _slot(component: Component, shifts: Mapping[datetime, timedelta]) -> date | datetime:
    """Return where the rule put this occurrence; one that follows a `THISANDFUTURE` carries the id of the first."""
    from recurring_ical_events.util import to_recurrence_ids  # noqa: PLC0415 -- heavy

    named: date | datetime = component["RECURRENCE-ID"].dt
    shift = shifts.get(to_recurrence_ids(named)[0])
    if shift is None:
        return named
    start: date | datetime = component["DTSTART"].dt
    return start - shift


def _check_rules(component: Component, until: datetime) -> None:
    rules = component.get("RRULE", [])
    start = component["DTSTART"].dt
    first: date = start.date() if hasattr(start, "date") else start
    days = max((until.date() - first).days, 0) + 1
    for rule in rules if isinstance(rules, list) else [rules]:
        _check_rule(rule, days)


def _check_rule(rule: Mapping[str, Any], days: int) -> None:
    if not hasattr(rule, "keys"):
        raise FlawError(f"its recurrence rule {str(rule)[:100]!r} is none (RFC 5545, section 3.3.10)")
    if int(_first(rule, "INTERVAL", 1)) < 1:
        raise FlawError("its recurrence rule has an INTERVAL below 1; set it anew")
    frequency = str(_first(rule, "FREQ", "")).upper()
    parts = {name.upper() for name in rule if name.upper().startswith("BY")}
    if (frequency in _STEP and parts) or _steps(rule, frequency, days) > _MOST_STEPS:
        raise FlawError(f"it recurs too often or for too long (FREQ={frequency}); give it an end, or a later start")
    if _never(rule, frequency, parts):
        raise FlawError("its recurrence rule never comes true; set its days and months anew")


def _steps(rule: Mapping[str, Any], frequency: str, days: int) -> float:
    """Estimate how many candidates the rule goes through from its start to the end of the window."""
    interval = int(_first(rule, "INTERVAL", 1)) if frequency in _STEP else 1
    steps = days * _DAY / (_STEP.get(frequency, _DAY) * interval)
    if frequency in _STEP:
        steps = min(steps, int(_first(rule, "COUNT", steps)))
    return steps * prod(len(rule[name]) for name in _TIMES if name in rule)


def _never(rule: Mapping[str, Any], frequency: str, parts: set[str]) -> bool:
    """Tell of a rule that would be searched in vain until the year 9999, day by day."""
    if frequency == "DAILY" and parts & {"BYYEARDAY", "BYWEEKNO", "BYSETPOS"}:
        return True
    if not {"BYMONTH", "BYMONTHDAY"} <= parts:
        return False
    months = [_LONGEST_MONTH[int(month) - 1] for month in rule["BYMONTH"]]
    return all(abs(int(day)) > longest for longest in months for day in rule["BYMONTHDAY"])


def _first(rule: Mapping[str, Any], name: str, default: Any) -> Any:
    values = rule.get(name, default)
    return values[0] if isinstance(values, list) else values
