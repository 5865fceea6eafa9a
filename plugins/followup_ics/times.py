"""The times of an entry, each in its zone and of the kind that its series has.

RFC 5545 wants all of a series to be of one kind, with UNTIL in UTC, and many programs do not keep to it. What they
write can mean one thing only, and is made into that before the library lays the series out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from followup_ics.events import first, values
from followup_ics.flaws import FlawError
from followup_ics.lines import RULES, ZONE
from followup_ics.zones import zone
from followup_rules.sentences import Sentence

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from followup_ics.recurrence import Component

_PROPERTIES = ("DTSTART", "DTEND", "RECURRENCE-ID", "EXDATE", "RDATE")
_ALL_DAY = ("X-MICROSOFT-CDO-ALLDAYEVENT", "X-MICROSOFT-MSNCALENDAR-ALLDAYEVENT", "X-FUNAMBOL-ALLDAY")


def set_zones(component: Component, defined: Mapping[str, str], mine: ZoneInfo) -> None:
    """Give every time its zone. Raises FlawError if a zone is unknown.

    One without is meant in that of its entry's start, or its end, as both have the same (RFC 5545, section 3.8.2.2); if
    they have none, in the user's.
    """
    written = [str(each.params.get(ZONE, "")) for name in ("DTSTART", "DTEND") for each in values(component, name)]
    own = next((each for each in written if each), "")
    for name in _PROPERTIES:
        for property_ in values(component, name):
            tzid = str(property_.params.get(ZONE, "")) or own
            for entry in property_.dts:
                entry.dt = _in_zone(entry.dt, tzid, defined, mine)


def set_whole_days(component: Component, mine: ZoneInfo) -> None:
    """Make dates of the start and end of an entry that says that it is of whole days, if it runs from midnight.

    So Exchange writes them, in the zone of the calendar or in UTC ([MS-OXCICAL], X-MICROSOFT-CDO-ALLDAYEVENT).
    """
    if all(first(component, name).strip().upper() not in ("TRUE", "1") for name in _ALL_DAY):
        return
    written = [component[name] for name in ("DTSTART", "DTEND") if name in component]
    days = [_whole_day(each.dt, mine) for each in written]
    for each, day in zip(written, days, strict=True):
        each.dt = day if all(days) else each.dt


def _whole_day(moment: Any, mine: ZoneInfo) -> date | None:
    """Return the day that begins at a moment, in its own zone or in the user's; None if none does."""
    if not isinstance(moment, datetime):
        found: date = moment
        return found
    return next((each.date() for each in (moment, moment.astimezone(mine)) if each.time() == time()), None)


def _in_zone(moment: Any, tzid: str, defined: Mapping[str, str], mine: ZoneInfo) -> Any:
    if isinstance(moment, tuple):  # a period
        return tuple(_in_zone(end, tzid, defined, mine) for end in moment)
    # A time that is "floating" (RFC 5545, section 3.3.5, form 1) is meant wherever the user is.
    if isinstance(moment, datetime) and moment.tzinfo is None:
        return moment.replace(tzinfo=zone(tzid, defined) if tzid else mine)
    return moment


def make_alike(series: Component, overrides: Sequence[Component], mine: ZoneInfo) -> None:
    """Make the dates of a series, and those that name an occurrence of it, of the kind that its start has."""
    start = series["DTSTART"].dt
    for property_ in (rule for name in RULES for rule in values(series, name)):
        _set_until(property_, start, mine)
    for name in ("EXDATE", "RDATE"):
        for entry in (entry for property_ in values(series, name) for entry in property_.dts):
            # An exception that is a date excepts all occurrences of that day, as the library has it.
            if not (name == "EXDATE" and not isinstance(entry.dt, datetime)):
                entry.dt = alike(entry.dt, start, mine)
    for component in overrides:
        component["RECURRENCE-ID"].dt = alike(component["RECURRENCE-ID"].dt, start, mine)


def alike(moment: Any, start: date, mine: ZoneInfo) -> Any:
    """Return a date or time of the kind that the start of its series has."""
    if isinstance(moment, tuple):
        return moment if isinstance(start, datetime) else alike(moment[0], start, mine)
    if isinstance(start, datetime):
        return moment if isinstance(moment, datetime) else datetime.combine(moment, start.timetz())
    if isinstance(moment, datetime):
        # Midnight without regard to its zone: that is how programs write a day as a time.
        return moment.date() if moment.time() == time() else moment.astimezone(mine).date()
    return moment


def _set_until(rule: Any, start: date, mine: ZoneInfo) -> None:
    """Set UNTIL, which is inclusive (RFC 5545, section 3.3.10), to an instant, or to a date if the start is one."""
    written = rule.get("UNTIL")
    if not written:
        return
    until = written[0] if isinstance(written, list) else written
    if not isinstance(until, date):
        raise FlawError(Sentence("the UNTIL of its recurrence rule is no date; set its end anew"), "RRULE")
    if not isinstance(start, datetime):
        rule["UNTIL"] = [_last_day(until, mine) if isinstance(until, datetime) else until]
        return
    if not isinstance(until, datetime):
        # To the last second of that day: UNTIL as a date includes the whole of it.
        until = datetime.combine(until + timedelta(days=1), time(), start.tzinfo) - timedelta(seconds=1)
    local = until.replace(tzinfo=start.tzinfo) if until.tzinfo is None else until
    rule["UNTIL"] = [local.astimezone(UTC)]


def _last_day(until: datetime, mine: ZoneInfo) -> date:
    """Return the day that a time means which ends whole days: Outlook writes midnight of its zone, in UTC."""
    own = until.tzinfo is None or until.time().replace(second=0) in (time(), time(23, 59))
    return until.date() if own else until.astimezone(mine).date()
