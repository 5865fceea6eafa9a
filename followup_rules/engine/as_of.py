"""A case as far as it was there by an instant: what happened later does not exist yet. Pure."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from followup_rules.model import MAIL, Case, Event

_HAPPENED = frozenset({*MAIL, "note", "done", "dismissed"})
"""What is known from its time on. A meeting, and what a plugin adds, may be planned: it counts as it is known."""


def as_of(case: Case, now: datetime) -> Case:
    """Return a case without mail, notes and completions that are later than an instant.

    A note without a time is there from 00:00 of its day, which is its start.
    """
    ahead = {event.identity for event in _ahead(case, now)}
    if not ahead:
        return case
    home, joined = (tuple(e for e in events if e.identity not in ahead) for events in (case.home, case.joined))
    return replace(case, home=home, joined=joined)


def next_arrival(case: Case, now: datetime) -> datetime | None:
    """Return the first instant, later than `now`, from which on the case holds something that it does not hold yet."""
    return min((event.start for event in _ahead(case, now)), default=None)


def _ahead(case: Case, now: datetime) -> list[Event]:
    events = (*case.home, *case.joined)
    return [event for event in events if event.start > now and event.kind in _HAPPENED]
