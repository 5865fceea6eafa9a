"""Mail from a store on disk: what has come since the last pull."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct, field

from followup_mailbox.folders import Look, find
from followup_rules import Context, Pull, Unreadable

if TYPE_CHECKING:
    from pathlib import Path

    from followup_mailbox.messages import MailReader

_FORMAT = 3
"""Raised whenever the same mails come to give other events, so that they are read again."""
_KINDS = ("sent", "received")


class Cursor(Struct, frozen=True):
    """What a pull remembers: what it read, how far back, and for whom."""

    reading: str = ""
    since: str = ""
    look: Look = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """Read a cursor; one that makes no sense counts as none."""
        try:
            found = json.loads(text)
            return cls(found["reading"], found["since"], found["look"])
        except (ValueError, KeyError, TypeError):
            return cls()

    def covers(self, reading: str, since: datetime) -> bool:
        """Tell whether what it remembers of was read for the same user, and as far back."""
        return self.reading == reading and datetime.fromisoformat(self.since) <= since


class MailboxSource:
    """Mail in a Maildir, an mbox file or a folder of .eml files."""

    def __init__(self, path: Path, kinds: tuple[str, ...], context: Context) -> None:
        self.emits = tuple(kinds)
        self._path = path
        self._profile = context.profile
        self._me = frozenset(address.lower() for address in context.profile.me)

    def pull(self, since: datetime, cursor: str) -> Pull:
        """Return the mails that came since the cursor. Never complete: a mail archived away was sent all the same.

        Raises Unreadable if the store is not there, or cannot be read to its end.
        """
        self._check()
        before = Cursor.parse(cursor)
        if not before.covers(self._reading(), since):
            before = Cursor(self._reading(), since.isoformat())
        try:
            store = find(self._path)
            now = store.look(before.look)
            if cursor and now == before.look:
                return Pull(cursor=cursor)
            reader = self._reader(since)
            found = [reader.read(raw) for raw in store.fresh(now, before.look)]
        except OSError as error:
            raise Unreadable(_sentence(self._path, error)) from error
        return Pull(
            events=tuple(item for item in found if item), cursor=_dump(Cursor(before.reading, before.since, now))
        )

    def _check(self) -> None:
        for kind in self.emits:
            if kind not in _KINDS:
                raise Unreadable(f'`kinds` cannot hold {kind!r}; it holds "sent", "received" or both')
        if not self._me:
            raise Unreadable("without `profile.me` no mail is known to be mine; write your addresses there")

    def _reading(self) -> str:
        """Return what the events depend on besides the mails."""
        return json.dumps([_FORMAT, str(self._path), sorted(self.emits), sorted(self._me), str(self._profile.timezone)])

    def _reader(self, since: datetime) -> MailReader:
        from followup_mailbox.messages import MailReader  # noqa: PLC0415 -- without new mail no parser is needed

        return MailReader(self._me, self._profile.timezone, frozenset(self.emits), since)


def _dump(cursor: Cursor) -> str:
    return json.dumps({"reading": cursor.reading, "since": cursor.since, "look": cursor.look}, separators=(",", ":"))


def _sentence(path: Path, error: OSError) -> str:
    place = error.filename or path
    if isinstance(error, FileNotFoundError):
        return f"{place} does not exist; correct `path`, or check that it is mounted"
    if isinstance(error, PermissionError):
        return f"{place} may not be read by this user; change its permissions"
    return f"{place} cannot be read: {error.strerror or error}; try again, or check the disk"
