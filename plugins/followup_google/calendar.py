"""Meetings in Google Calendar: everything between two instants, listed anew at each pull."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec.structs import replace

from followup_google.faults import Denied, Missing
from followup_google.meetings import event, made_in, seen_by_another
from followup_google.service import CALENDAR, Service
from followup_rules import BadItem, Context, Event, Pull, Unreadable
from followup_rules.meetings import Revision, named_apart, revision
from followup_rules.sentences import Sentence

if TYPE_CHECKING:
    from followup_google import CalendarOptions

# Raised whenever the same entries come to give other events, so that they are read again.
_FORMAT = 3
# The most that Events.list gives on one page; 250 if nobody asks, and each page is a request.
_PAGE = 2_500
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_FIELDS = (
    "nextPageToken,items(id,iCalUID,status,summary,description,updated,sequence,eventType,recurringEventId,"
    "originalStartTime,start,end,creator(email,displayName,self),organizer(email,displayName,self),"
    "attendees(email,displayName,self,resource,organizer,responseStatus))"
)


class CalendarSource:
    """The meetings of one account, in some of its calendars."""

    def __init__(self, options: CalendarOptions, context: Context) -> None:
        self._service = Service(CALENDAR, options, context.profile)
        self._calendars, self._days_ahead, self._mine = options.calendars, options.days_ahead, options.mine
        self._context = context
        self._profile = replace(context.profile, me=context.profile.me | {self._service.account})
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
                # Google lays the series out itself, with its own exceptions.
                singleEvents=True,
                # Only so are cancelled occurrences told, and what was called off told from what went without a trace.
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
            raise Unreadable(
                Sentence("there is no calendar {calendar!r} in this account; correct `calendars`", calendar=calendar)
            ) from error
        except Denied as error:
            ask = Sentence("ask its owner to share it, or take it out of `calendars`")
            raise Unreadable(
                Sentence(
                    "this account may not read the calendar {calendar!r} ({error}); {ask}",
                    calendar=calendar,
                    error=error,
                    ask=ask,
                )
            ) from error

    def _events(self, entries: list[tuple[str, Any]]) -> Iterator[Event | BadItem]:
        """Yield each meeting once, as my own calendar has it, if it does."""
        copies: dict[str, list[_Copy]] = {}
        for calendar, entry in entries:
            own = calendar.lower() in ("primary", self._service.account)
            of_mine = calendar if self._mine else ""
            item = event(entry if own else seen_by_another(entry), self._profile, of_mine)
            if isinstance(item, Event):
                copies.setdefault(item.id, []).append(_Copy(item, own, made_in(entry, of_mine)))
            elif item is not None:
                yield item
        for meeting in (
            each
            for same in copies.values()
            for each in _that_count(same, lambda event: revision(event, self._context.now))
        ):
            yield meeting if self._mine else replace(meeting, tags=(), case="")


class _Copy(NamedTuple):
    """A meeting as one calendar has it."""

    event: Event
    own: bool
    made_here: bool


def _that_count(copies: Sequence[_Copy], age: Callable[[Event], Revision]) -> Iterator[Event]:
    """Yield the meeting as my own calendar has it, or as it was changed last; and another organizer's of its UID.

    A move from calendar to calendar leaves a cancelled entry behind (`status` in Google's reference of events): it
    tells nothing while the meeting stands in the calendar to which it was moved.
    """
    moved = [copy for copy in copies if copy.made_here and copy.event.status != "cancelled"]
    standing = [copy for copy in copies if copy.event.status != "cancelled"] if moved else copies
    own = max((copy.event for copy in standing if copy.own), key=age, default=None)
    other = max((copy.event for copy in standing if not copy.own), key=age, default=None)
    if own is not None:
        yield own
    if other is not None and (beside := _beside(other, own)) is not None:
        yield beside


def _beside(other: Event, own: Event | None) -> Event | None:
    """Return an entry of somebody's calendar, unless mine has that meeting; another organizer's is another meeting."""
    if own is None:
        return other
    if other.organizer is None or own.organizer is None or other.organizer.address == own.organizer.address:
        return None
    return replace(other, id=named_apart(other.id, other.start, (own.id,)))


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
