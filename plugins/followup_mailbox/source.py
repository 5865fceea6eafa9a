"""Mail from a store on disk: what has come since the last pull."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct, field

from followup_mailbox.folders import Look, Mailbox, Unread
from followup_rules import BadItem, Context, Event, Pull, Unreadable
from followup_rules.regular_files import reason
from followup_rules.sentences import Sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from followup_mailbox.folders import Raw

_FORMAT = 7
"""Raised whenever the same mails come to give other events, so that they are read again."""
_BEING_WRITTEN = timedelta(minutes=1)
"""A mail of which the end of the head is missing is left for the next tick while its file is younger than this."""


class Cursor(Struct, frozen=True):
    """What a pull remembers: what it read, how far back, and for whom."""

    reading: str = ""
    since: str = ""
    has_mine: bool = False
    """A mail that the user sent has been seen here."""
    look: Look = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """Read a cursor; one that makes no sense counts as none."""
        try:
            found = json.loads(text)
            return cls(found["reading"], found["since"], found["has_mine"], found["look"])
        except (ValueError, KeyError, TypeError):
            return cls()

    def covers(self, reading: str, since: datetime) -> bool:
        """Tell whether what it remembers of was read for the same user, and as far back."""
        return self.reading == reading and datetime.fromisoformat(self.since) <= since


class MailboxSource:
    """Mail in Maildirs, mbox files and files of single mails."""

    def __init__(self, path: Path, kinds: tuple[str, ...], context: Context) -> None:
        self.emits = tuple(kinds)
        self._path = path
        self._profile = context.profile
        self._unfinished = (context.now - _BEING_WRITTEN).timestamp()
        self._me = frozenset(address.lower() for address in context.profile.me)

    def pull(self, since: datetime, cursor: str) -> Pull:
        """Return the mails that came since the cursor. Never complete: a mail archived away was sent all the same.

        What may hold mail and cannot be read is named, and the rest counts. Raises Unreadable if the place is not
        there, cannot be read at all, or holds nothing that would show what the user sent.
        """
        if not self._me:
            raise Unreadable(Sentence("without `profile.me` no mail is known to be mine; write your addresses there"))
        before = Cursor.parse(cursor)
        if not before.covers(self._reading(), since):
            before = Cursor(self._reading(), since.isoformat())
        try:
            mailbox = Mailbox.open(self._path, self._unfinished)
            now = mailbox.look(before.look)
            # At the first pull there is no cursor, and even an empty place is looked into once: it may hold no mail at
            # all.
            if cursor and now == before.look:
                return Pull(cursor=cursor, unread=_parts(mailbox.unread))
            unread = list(mailbox.unread)
            mails = _without_unread(mailbox.fresh(now, before.look), unread)
            found, has_mine = self._read(mails, since, has_mine=before.has_mine)
        except OSError as error:
            raise Unreadable(_sentence(self._path, error)) from error
        if unread and not now:
            raise Unreadable(f"{unread[0].where} {unread[0].why}")
        later = Cursor(before.reading, before.since, has_mine, now)
        return Pull(
            events=tuple(found),
            cursor=json.dumps(msgspec.to_builtins(later), separators=(",", ":")),
            unread=_parts(unread),
        )

    def _read(
        self, mails: Iterable[Raw | BadItem], since: datetime, *, has_mine: bool
    ) -> tuple[list[Event | BadItem], bool]:
        """Return what is wanted of the mails, and whether one that the user sent has been seen.

        Raises Unreadable if mail that the user sent is wanted, and none would be seen.
        """
        from followup_mailbox.messages import MailReader  # noqa: PLC0415 -- without new mail no parser is needed
        from followup_mailbox.senders import Senders  # noqa: PLC0415

        reader = MailReader(self._me, self._profile.timezone, frozenset(self.emits), since)
        senders = Senders(self._me, has_mine)
        found: list[Event | BadItem] = []
        known = set()
        for mail in mails:
            item = mail if isinstance(mail, BadItem) else reader.read(mail)
            name = (item.kind, item.id) if isinstance(item, Event) else None
            if item and name not in known:  # a mail lies in several folders, or once more among all mail
                found.append(item)
            if name:
                known.add(name)
            if "sent" in self.emits and not isinstance(mail, BadItem):
                senders.see(mail, reader)
        if fault := senders.fault():
            raise Unreadable(fault)
        return found, senders.has_mine

    def _reading(self) -> str:
        """Return what the events depend on besides the mails."""
        return json.dumps([_FORMAT, str(self._path), sorted(self.emits), sorted(self._me), str(self._profile.timezone)])


def _without_unread(items: Iterable[Raw | BadItem | Unread], unread: list[Unread]) -> Iterator[Raw | BadItem]:
    """Yield the mails one by one, for there may be many, and put what could not be read aside."""
    for item in items:
        if isinstance(item, Unread):
            unread.append(item)
        else:
            yield item


def _parts(unread: Iterable[Unread]) -> tuple[BadItem, ...]:
    return tuple(BadItem(part.where, part.why) for part in unread)


def _sentence(path: Path, error: OSError) -> str:
    place = error.filename or path
    if isinstance(error, FileNotFoundError):
        return Sentence("{place} does not exist; correct `path`, or check that it is mounted", place=place)
    return f"{place} {reason(error)}"
