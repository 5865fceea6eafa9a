"""Cancellations that do not repeat what they cancel: RFC 5546, section 3.2.5 and the example of section 4.2.10."""

from __future__ import annotations

from typing import TYPE_CHECKING

from followup_ics.events import is_cancelled, sequence
from followup_ics.people import person
from followup_rules.meetings import same_organizer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from followup_ics.recurrence import Component

_OF_THE_SERIES = ("DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "EXRULE")
_OF_ALL = ("SUMMARY", "DESCRIPTION", "ORGANIZER", "ATTENDEE")


def without_start(component: Component) -> bool:
    """Tell whether an entry cancels something and does not say when that was to begin."""
    return "DTSTART" not in component and is_cancelled(component)


def complete(cancellation: Component, others: Sequence[Component]) -> bool:
    """Give a cancellation what it leaves out of the meeting or series that it cancels; tell whether one is known."""
    masters = [
        each
        for each in others
        if "DTSTART" in each
        and "RECURRENCE-ID" not in each
        and same_organizer(_organizer(each), _organizer(cancellation))
    ]
    master = max(masters, key=sequence, default=None)
    if master is not None:
        for name in _OF_ALL if "RECURRENCE-ID" in cancellation else (*_OF_THE_SERIES, *_OF_ALL):
            if name in master and name not in cancellation:
                cancellation[name] = master[name]
    if "RECURRENCE-ID" in cancellation:
        # Nothing takes place in that slot, so it is of no consequence how long it would have been.
        cancellation.add("DTSTART", cancellation["RECURRENCE-ID"].dt)
    return "DTSTART" in cancellation


def _organizer(component: Component) -> str:
    """Return the organizer's address, "" if none is given: only the organizer cancels (RFC 5546, section 3.2.5)."""
    named = person(component["ORGANIZER"]) if "ORGANIZER" in component else None
    return named.address if named else ""
