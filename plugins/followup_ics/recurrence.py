"""Recurring meetings laid out as single ones, within bounds of time and memory that no file can break."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import islice, takewhile
from typing import TYPE_CHECKING, Any, Protocol

from followup_ics.events import values
from followup_ics.flaws import FlawError, senseless
from followup_ics.lines import RULES
from followup_ics.rules import day_of, days_to_skip, steps_of_rule
from followup_rules.sentences import Sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

MOST_OCCURRENCES = 5_000
"""Of one series within the window; three a day for four years."""
_MOST_RULES = 10
_WEEK = timedelta(days=7)


class Component(Protocol):
    """A VEVENT as the library gives it: properties by name; of a doubled one, a list."""

    def get(self, key: str, default: Any = None) -> Any:
        """Return a property, or the default."""

    def add(self, name: str, value: Any) -> None:
        """Set a property, made from a value of Python."""

    def __getitem__(self, key: str) -> Any: ...
    def __setitem__(self, key: str, value: Any) -> None: ...
    def __delitem__(self, key: str) -> None: ...
    def __contains__(self, key: object) -> bool: ...


def recurs(component: Component) -> bool:
    """Tell whether a VEVENT stands for more than one meeting."""
    return "RRULE" in component or "RDATE" in component


def steps(components: Sequence[Component], until: datetime) -> int:
    """Return how many candidates the library goes through to lay out the meetings of one UID up to an instant.

    Raises FlawError where a rule is too costly, or cannot come true.
    """
    return sum(_steps_of(component, until) for component in components)


def bring_near(components: Sequence[Component], since: datetime) -> None:
    """Let a daily or weekly series begin near the window, if that changes nothing within it.

    The library goes through a series from its first day on, and many began decades ago.
    """
    series = [component for component in components if "RECURRENCE-ID" not in component]
    if len(series) != 1 or any("RANGE" in each["RECURRENCE-ID"].params for each in components if each is not series[0]):
        return
    if "EXRULE" in series[0]:  # its period is another one
        return
    start, elapsed = series[0]["DTSTART"].dt, series[0].get("DURATION")
    end = series[0]["DTEND"].dt if "DTEND" in series[0] else start + (elapsed.dt if elapsed else timedelta(0))
    rule, last = series[0].get("RRULE"), min(day_of(end), date.max - _WEEK) + _WEEK
    skipped = days_to_skip(rule, start, (since.date() - last).days) if isinstance(rule, dict) else 0
    for name in ("DTSTART", "DTEND") if skipped else ():
        if name in series[0]:
            series[0][name].dt += timedelta(days=skipped)


def occurrences(
    components: Sequence[Component], since: datetime, until: datetime
) -> Iterator[tuple[Component, date | datetime]]:
    """Yield each occurrence of one UID between two instants, with its original slot (RFC 5545, section 3.8.4.4).

    Raises FlawError where it gives too many. Ask `steps` before.
    """
    from recurring_ical_events import EventAdapter, Series  # noqa: PLC0415 -- heavy

    for component in components:
        _except(component, until)
    adapters = [EventAdapter(component) for component in components]
    shifts = {adapter.recurrence_ids[0]: adapter.move_recurrences_by for adapter in adapters if adapter.this_and_future}
    try:
        series = Series(adapters)
    except (ValueError, TypeError) as error:  # an hour of 25, a rule without FREQ
        rules = " and ".join(rule for adapter in adapters for rule in adapter.rrules)
        raise senseless(RULES["RRULE"], "RRULE", rules) from error
    # One more than allowed tells too many from just enough, without laying out the rest.
    found = list(islice(series.between(since, until), MOST_OCCURRENCES + 1))
    if len(found) > MOST_OCCURRENCES:
        raise FlawError(
            Sentence(
                "it recurs more than {most} times; give it an end, or make it less frequent",
                most=f"{MOST_OCCURRENCES:,}",
            )
        )
    for occurrence in found:
        component = occurrence.as_component(keep_recurrence_attributes=False)
        yield component, _slot(component, shifts)


def _except(series: Component, until: datetime) -> None:
    """Make exceptions (EXDATE) of what the rules of exception of a series give, which the library does not know."""
    from dateutil.rrule import rrulestr  # noqa: PLC0415 -- heavy

    start = series["DTSTART"].dt
    first = start if isinstance(start, datetime) else datetime.combine(start, time())
    for rule in values(series, "EXRULE"):
        written = rule.to_ical().decode()
        try:
            instants = rrulestr(written, dtstart=first)
        except ValueError as error:
            raise senseless(RULES["EXRULE"], "EXRULE", written) from error
        last = until if first.tzinfo else until.replace(tzinfo=None)
        excepted = [*takewhile(last.__ge__, instants)]
        series.add("EXDATE", excepted if isinstance(start, datetime) else [instant.date() for instant in excepted])


def _slot(component: Component, shifts: Mapping[datetime, timedelta]) -> date | datetime:
    """Return where the rule put this occurrence; one that follows a `THISANDFUTURE` carries the id of the first."""
    from recurring_ical_events.util import to_recurrence_ids  # noqa: PLC0415 -- heavy

    named: date | datetime = component["RECURRENCE-ID"].dt
    shift = shifts.get(to_recurrence_ids(named)[0])
    if shift is None:
        return named
    start: date | datetime = component["DTSTART"].dt
    return start - shift


def _steps_of(component: Component, until: datetime) -> int:
    # RFC 5545 wants one at most (section 3.6.1, "SHOULD NOT occur more than once"); earlier calendars have several.
    rules = [rule for name in RULES for rule in values(component, name)]
    if len(rules) > _MOST_RULES:
        raise FlawError(Sentence("it has more than {most} recurrence rules; make them fewer", most=_MOST_RULES))
    first = day_of(component["DTSTART"].dt)
    days = max((until.date() - first).days, 0) + 1
    return sum(steps_of_rule(rule, first, days) for rule in rules)
