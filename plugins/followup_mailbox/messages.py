"""One mail of a store on disk as an event."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from followup_mailbox.marks import is_discarded, is_draft
from followup_rules import BadItem, Event, plain
from followup_rules.mail import message, source
from followup_rules.mail.addresses import people
from followup_rules.mail.message import Mail

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from followup_mailbox.folders import Raw
    from followup_rules.mail.message import Headers

_FROM = re.compile(rb"^from[ \t]*:", re.IGNORECASE | re.MULTILINE)


class FlawError(ValueError):
    """Why a mail cannot be used, as a sentence for people."""


class MailReader(Struct, frozen=True):
    """Reads mail of the wanted kinds that is not older than `since`."""

    me: frozenset[str]
    zone: ZoneInfo
    kinds: frozenset[str]
    since: datetime

    def read(self, raw: Raw) -> Event | BadItem | None:
        """Return the mail, or what is wrong with it, or None if it is not wanted."""
        head = source.head(raw.content)
        try:
            return self._event(raw, source.headers(head)) if self._may_be_wanted(head) else None
        except FlawError as error:
            return BadItem(raw.where, f"this mail is left out: {error}")
        except Exception as error:  # noqa: BLE001 -- whatever a stranger's mail does, the others work
            reason = plain.one_line(str(error), 200) or type(error).__name__
            return BadItem(raw.where, f"this mail cannot be read ({reason}); remove it if it is damaged")

    def _may_be_wanted(self, head: bytes) -> bool:
        """Tell cheaply of most mails of others that they are not mine: my address stands nowhere in their head."""
        if not _FROM.search(head):
            raise FlawError("it has no sender (From), so it is no mail; remove it if it is damaged")
        folded = head.lower()  # an address may be written with its domain as mail carries it (RFC 3490)
        return "received" in self.kinds or b"xn--" in folded or any(mine.encode() in folded for mine in self.me)

    def _event(self, raw: Raw, headers: Headers) -> Event | None:
        mine = any(someone.address in self.me for someone in people(headers["from"]))
        kind = "sent" if mine else "received"
        if kind not in self.kinds or is_discarded(headers) or (mine and is_draft(headers)):
            return None
        date = _date(headers, self.zone)
        if date < self.since:
            return None
        ident = message.ident(headers) or "sha256:" + hashlib.sha256(raw.content).hexdigest()[:32]
        text = message.opening(source.words(raw.content))
        mail = Mail(headers=headers, kind=kind, date=date, ident=ident, text=text, where=raw.where)
        return mail.event(self.me)


def _date(headers: Headers, zone: ZoneInfo) -> datetime:
    """Return Date, else the time of the earliest Received; without a zone it is the user's. Raises FlawError."""
    received = [header.rpartition(";")[2] for header in reversed(headers["received"])]
    for candidate in [*headers["date"], *received]:
        try:
            found = parsedate_to_datetime(candidate)
            return found.replace(tzinfo=zone) if found.tzinfo is None else found.astimezone(zone)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    raise FlawError("it has no Date that can be read; remove it if it is damaged")
