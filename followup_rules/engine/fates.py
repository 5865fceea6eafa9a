"""Which meetings took place: not those that were called off, declined, missed, or that went without a trace. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from followup_rules.computed import computed
from followup_rules.engine.completed import Completed, tells_of_meeting
from followup_rules.language.patterns import World, moment
from followup_rules.model import MAIL, Event, Reason

_OFF = ("cancelled", "declined")
_WEEK = timedelta(days=7)


class Traces(Struct, frozen=True, dict=True):
    """What shows that a meeting took place which is gone from its calendar."""

    notes: Completed
    world: World

    @property
    def marked(self) -> Mapping[str, datetime]:
        """By the identity of each meeting that notes mark: the instant of the last that does."""
        return self.notes.marked

    @computed
    def noted(self) -> datetime | None:
        """The instant of the last note of the case."""
        return max((moment(event, self.world.days) for event in self._there if event.kind == "note"), default=None)

    @computed
    def written(self) -> Mapping[str, datetime]:
        """By address, the instant of my last mail to somebody."""
        last: dict[str, datetime] = {}
        for mail in self._there:
            if mail.kind == "sent" and not mail.auto:
                for person in mail.people:
                    last[person.address] = max(moment(mail, self.world.days), last.get(person.address, mail.start))
        return last

    @computed
    def _there(self) -> Sequence[Event]:
        case = self.notes.case
        return [event for event in (*case.home, *case.joined) if event.gone is None]


def as_it_stands(event: Event, shown: Traces) -> Event:
    """Return an event; if it is a doubtful meeting, with the status that says what is doubtful."""
    if _dropped(event) is not None:
        return event
    # A note that only says so of meetings stands for itself no more.
    tags = shown.world.tags
    missed = tags.missed & tags.of(event.tags) if event.tags else ()
    if missed and (event.kind == "meeting" or tells_of_meeting(event, tags)):
        return replace(event, status="missed")
    if event.kind != "meeting":
        return event
    if not event.answered:
        return replace(event, status="unanswered")
    return replace(event, status="vanished") if event.gone is not None and _has_vanished(event, shown) else event


def fate(event: Event, shown: Traces) -> Reason | None:
    """Return why an event did not take place; None if it did, is planned, or is doubtful and not gone."""
    if event.gone is None and event.status == "confirmed":  # as most are
        return None
    if dropped := _dropped(event):
        return dropped
    name = {"title": event.title or event.kind}
    if event.status == "missed":
        return Reason("“{title}” did not take place, as you noted", name)
    if event.gone is None or event.kind in MAIL:
        return None
    if event.kind != "meeting":
        return Reason("“{title}” was taken away", name)
    if not _has_vanished(event, shown):
        return None
    return Reason("“{title}” is no longer in the calendar, and nothing shows that it took place", name)


def _dropped(event: Event) -> Reason | None:
    """Return why a meeting is off that somebody called off in time, or declined."""
    if event.status not in _OFF:
        return None
    name = {"title": event.title or event.kind}
    if event.status == "declined":
        return Reason("you declined “{title}”", name)
    return Reason("“{title}” was cancelled", name) if called_off_in_time(event) else None


def called_off_in_time(event: Event) -> bool:
    """Tell whether a meeting was cancelled before its end: a pull saw it so by then, or its stamp says when.

    Without either, it was unless a pull had listed it as planned: then it was called off after it took place.
    """
    if event.called_off is not None and event.called_off < event.end:
        return True
    return event.updated < event.end if event.updated is not None else event.planned is None


def _has_vanished(event: Event, shown: Traces) -> bool:
    """Tell of a meeting that its calendar lists no longer, and that nothing shows to have taken place."""
    assert event.gone is not None, "what is listed has not vanished"
    # It was still listed once it was over: calendars on the web drop what is old, and that says nothing.
    if event.listed is not None and event.gone >= event.end and event.listed >= event.end:
        return False
    began = event.gone >= event.start
    return not (began and (_went_as_others(event, shown) or _is_answered(event, shown) or _shown_later(event, shown)))


def _went_as_others(event: Event, shown: Traces) -> bool:
    """Tell of a meeting that is gone whether it was there until it began, in a calendar that lists nothing past.

    It was if a pull within a week before it still listed it: a computer may rest over a long week-end. In a longer gap
    between two pulls it may have been deleted unseen.
    """
    days = shown.world.days
    return event.past_unlisted and event.listed is not None and days.day(event.start) - days.day(event.listed) <= _WEEK


def _is_answered(event: Event, shown: Traces) -> bool:
    """Tell whether a note marks a meeting that is gone: that answers whether it took place."""
    assert event.gone is not None, "what is listed needs no answer"
    marked = shown.marked.get(event.identity)
    return marked is not None and marked >= min(event.end, event.gone)


def _shown_later(event: Event, shown: Traces) -> bool:
    """Tell whether a note, or a mail of mine to its people, is later than a meeting's end."""
    last = [shown.noted, *(shown.written.get(person.address) for person in event.people)]
    return any(at is not None and at >= event.end for at in last)
