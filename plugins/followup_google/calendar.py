"""Meetings in Google Calendar: everything between two instants, listed anew at each pull."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from followup_google.faults import Missing
from followup_google.meetings import event, seen_by_another
from followup_google.service import CALENDAR, Service
from followup_rules import BadItem, Context, Event, Pull, Unreadable
from followup_rules.meetings import Revision, named_apart, revision

if TYPE_CHECKING:
    from followup_google import CalendarOptions

# Raised whenever the same entries come to give other events, so that they are read again.
_FORMAT = 3
_PAGE = 2_500
_FIELDS = (
    "nextPageToken,items(id,iCalUID,status,summary,description,updated,sequence,eventType,recurringEventId,"
    "originalStartTime,start,end,organizer(email,displayName,self),attendees(email,displayName,self,resource,organizer,responseStatus))"
)


class CalendarSource:
    """The meetings of one account, in some of its calendars."""

    def __init__(self, options: CalendarOptions, context: Context) -> None:
        self._service = Service(CALENDAR, options, context.profile)
        self._calendars, self._days_ahead, self._mine = options.calendars, options.days_ahead, options.mine
        self._context = context
        me = sorted(address.lower() for address in context.profile.me)
        self._reading = [_FORMAT, options.account, options.api_endpoint, me, str(context.profile.timezone)]

    def pull(self, since: datetime, cursor: str) -> Pull:
        """Return all meetings of the window, or nothing at all if none has changed.

        Raises Unreadable if even one calendar cannot be read to its end: a meeting not seen is not a meeting deleted.
        """
        entries = [(calendar, entry) for calendar in self._calendars for entry in self._entries(calendar, since)]
        whole = json.dumps([self._reading, self._mine, entries], sort_keys=True)
        seen = hashlib.sha256(whole.encode()).hexdigest()
        if seen == cursor:
            return Pull(cursor=cursor)
        return Pull(events=tuple(self._events(entries)), cursor=seen, complete=True)

    def _entries(self, calendar: str, since: datetime) -> Iterator[Any]:
        until = self._context.now + timedelta(days=self._days_ahead)
        pages = self._service.pages(
            lambda page, service: service.events().list(
                calendarId=calendar,
                timeMin=_stamp(since),
                timeMax=_stamp(until),
                singleEvents=True,
                showDeleted=True,
                maxResults=_PAGE,
                pageToken=page or None,
                fields=_FIELDS,
            )
        )  # fmt: skip
        try:
            for page in pages:
                yield from page.get("items", ())
        except Missing as error:
            raise Unreadable(f"there is no calendar {calendar!r} in this account; correct `calendars`") from error

    def _events(self, entries: list[tuple[str, Any]]) -> Iterator[Event | BadItem]:
        """Yield each meeting once, as my own calendar has it, if it does."""
        mine: dict[str, Event] = {}
        others: dict[str, Event] = {}
        for calendar, entry in entries:
            own = calendar in ("primary", self._service.account)
            item = event(entry if own else seen_by_another(entry), self._context.profile)
            if isinstance(item, Event):
                kept = mine if own else others
                kept[item.id] = max(kept.get(item.id, item), item, key=self._revision)
            elif item is not None:
                yield item
        beside = (shown for name, item in others.items() if (shown := _beside(item, mine.get(name))) is not None)
        for meeting in (*mine.values(), *beside):
            yield meeting if self._mine else replace(meeting, tags=(), case="")

    def _revision(self, event: Event) -> Revision:
        return revision(event, self._context.now)


def _beside(other: Event, own: Event | None) -> Event | None:
    """Return an entry of somebody's calendar, unless mine has that meeting; another organizer's is another meeting."""
    if own is None:
        return other
    if other.organizer is None or own.organizer is None or other.organizer.address == own.organizer.address:
        return None
    return replace(other, id=named_apart(other.id, other.start, (own.id,)))


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
