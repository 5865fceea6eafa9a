"""Mail in Gmail: what was sent, and what came in the same conversations.

The first pull lists what was sent and reads conversation by conversation, so many at a time; later ones ask for the
history since then, and read only the conversations in which something has happened.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from time import monotonic
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from followup_google import send_as
from followup_google.faults import Limited, Missing, Odd
from followup_google.letters import SCHEDULED, UNSENT, WANTED, event
from followup_google.service import MAIL, Service
from followup_rules import BadItem, Context, Event, Pull, Unreadable
from followup_rules.sentences import Sentence

if TYPE_CHECKING:
    from followup_google import GmailOptions

AT_A_TIME, LONGEST_STRETCH = 100, 20
"""Conversations of one pull, each a request; and seconds after which no further one is begun."""
# Raised whenever the same mails come to give other events, so that they are read again.
_FORMAT = 5
# What in the history may tell of a mail.
_CHANGES = ["messageAdded", "labelAdded", "labelRemoved"]
# The most that Messages.list and History.list give on one page; 100 if nobody asks.
_PAGE = 500
# What a draft gets that is sent, and what a mail gets that is taken out of spam.
_NOW_MAIL = frozenset({"SENT", "INBOX"})


class Cursor(Struct, frozen=True):
    """What a pull remembers."""

    reading: str = ""
    """What the events depend on besides the mails."""
    since: str = ""
    history: str = ""
    """The point in Gmail's history from which the next pull goes on."""
    known: tuple[str, ...] = ()
    """The conversations in which something was sent."""
    todo: tuple[str, ...] = ()
    """Those that are still to be read."""
    aliases: tuple[str, ...] = ()
    """Further addresses of mine, as Gmail's settings tell."""

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """Read a cursor; one that makes no sense counts as none."""
        try:
            found = json.loads(text)
            lists = (tuple(found[name]) for name in ("known", "todo", "aliases"))
            return cls(found["reading"], found["since"], found["history"], *lists)
        # Of an earlier version, say: all is read anew, which is slow and right.
        except (ValueError, KeyError, TypeError):
            return cls()

    def covers(self, reading: str, since: datetime) -> bool:
        """Tell whether what it remembers of was read in the same way, and as far back."""
        return self.reading == reading and datetime.fromisoformat(self.since) <= since

    def __str__(self) -> str:
        return json.dumps({name: getattr(self, name) for name in self.__struct_fields__}, separators=(",", ":"))


class GmailSource:
    """The mail of one account. A mail that was deleted later was sent all the same, so a pull is never complete."""

    def __init__(self, options: GmailOptions, context: Context) -> None:
        self._service = Service(MAIL, options, context.profile)
        self._me = frozenset(address.lower() for address in context.profile.me)
        self._reading = json.dumps([_FORMAT, self._service.account, options.api_endpoint, sorted(self._me)])

    def pull(self, since: datetime, cursor: str) -> Pull:
        """Return the mails of the next conversations to be read. Raises Unreadable."""
        if not self._me:
            raise Unreadable(Sentence("without `profile.me` nobody knows which addresses are yours; write them there"))
        before = Cursor.parse(cursor)
        # With other addresses, or further back, the history alone would leave out what was passed over before.
        covered = before.covers(self._reading, since)
        before = self._changes(before, since) if covered else self._listing(since)
        self._me |= {*before.aliases}
        events, later = self._stretch(before.todo, datetime.fromisoformat(before.since))
        return Pull(events=events, cursor=str(replace(before, todo=later)), left=len(later))

    def _stretch(self, todo: tuple[str, ...], since: datetime) -> tuple[tuple[Event | BadItem, ...], tuple[str, ...]]:
        """Read as many conversations as there is time for; return their mails, and which are still to be read.

        One that cannot be read stops no other; if none can be, that is another matter. Raises Unreadable.
        """
        events: list[Event | BadItem] = []
        odd: list[Odd] = []
        end, read = monotonic() + LONGEST_STRETCH, 0
        for thread in todo[:AT_A_TIME]:
            try:
                events += self._conversation(thread, since)
            except Odd as error:
                odd.append(error)
                events.append(BadItem(f"Gmail conversation {thread}", f"it cannot be read: {error}"))
            except Limited:
                if not read:
                    raise
                break  # what was read is kept; the next stretch goes on here
            read += 1
            if monotonic() > end:
                break
        # All of several: then it is not the conversations, but the service or this code.
        if len(odd) == read > 1:
            raise odd[0]
        return tuple(events), todo[read:]

    def _listing(self, since: datetime) -> Cursor:
        """Return a cursor with all conversations of the window still to be read."""
        history = self._present()  # before the listing: what comes meanwhile is asked for again
        after = f"after:{int(since.timestamp())}"  # a date would mean midnight in California
        pages = self._service.pages(
            lambda page, gmail: gmail.users().messages().list(
                userId="me",
                labelIds=["SENT"],
                q=after,
                includeSpamTrash=True,  # what was thrown away later was sent all the same
                maxResults=_PAGE,
                pageToken=page or None,
            )
        )  # fmt: skip
        found = dict.fromkeys(mail["threadId"] for page in pages for mail in page.get("messages", ()))
        aliases = send_as.mine(send_as.addresses(self._service))
        return Cursor(self._reading, since.isoformat(), history, tuple(found), tuple(found), aliases)

    def _present(self) -> str:
        """Return the present point in the history."""
        try:
            profile = self._service.read(lambda gmail: gmail.users().getProfile(userId="me"))
            return str(profile["historyId"])
        except Missing:  # an emulator: any point that is not later than now will do
            newest = self._service.read(lambda gmail: gmail.users().messages().list(userId="me", maxResults=1))
            return next(map(self._point, newest.get("messages", ())), "1")

    def _point(self, mail: Mapping[str, Any]) -> str:
        """Return the point in the history at which a mail was last changed."""
        found = self._service.read(
            lambda gmail: gmail.users().messages().get(userId="me", id=mail["id"], format="minimal")
        )
        return str(found["historyId"])

    def _changes(self, before: Cursor, since: datetime) -> Cursor:
        """Return the cursor with those conversations still to be read, too, in which something has happened since.

        It is asked at each stretch of a long history: one that was interrupted may go on days later.
        """
        try:
            pages = list(
                self._service.pages(
                    lambda page, gmail: gmail.users().history().list(
                        userId="me",
                        startHistoryId=before.history,
                        historyTypes=_CHANGES,
                        maxResults=_PAGE,
                        pageToken=page or None,
                    )
                )
            )  # fmt: skip
        except Missing:  # Gmail keeps its history for a week or so
            return self._listing(since)
        sent, other = _touched(pages)
        known = dict.fromkeys([*before.known, *sent])
        touched = [thread for thread in [*sent, *other] if thread in known]
        todo = dict.fromkeys([*before.todo, *touched])
        # Each page tells the present point; the last is the latest.
        history = str(pages[-1].get("historyId", before.history))
        return replace(before, history=history, known=tuple(known), todo=tuple(todo))

    def _conversation(self, thread: str, since: datetime) -> Iterator[Event | BadItem]:
        try:
            found = self._service.read(
                lambda gmail: gmail.users().threads().get(
                    userId="me", id=thread, format="metadata", metadataHeaders=list(WANTED)
                )
            )  # fmt: skip
        except Missing:  # deleted since it was listed
            return
        for resource in found.get("messages", ()):
            item = event(resource, self._me, since, self._service.account)
            if item is not None:
                yield item


def _touched(pages: Iterable[Mapping[str, Any]]) -> tuple[list[str], list[str]]:
    """Return the conversations in which I sent something, and those in which something else has come."""
    records = [record for page in pages for record in page.get("history", ())]
    added = [change["message"] for record in records for change in record.get("messagesAdded", ())]
    moved = [
        change["message"] | {"labelIds": change["labelIds"]}
        for record in records
        for change in record.get("labelsAdded", ())
        if _NOW_MAIL & set(change.get("labelIds", ()))
    ]
    sent_later = [
        change["message"]["threadId"]
        for record in records
        for change in record.get("labelsRemoved", ())
        if SCHEDULED in change.get("labelIds", ())
    ]
    mails = [mail for mail in [*added, *moved] if not UNSENT & set(mail.get("labelIds", ()))]
    mine = [mail["threadId"] for mail in mails if "SENT" in mail.get("labelIds", ())]
    return [*mine, *sent_later], [mail["threadId"] for mail in mails if "SENT" not in mail.get("labelIds", ())]
