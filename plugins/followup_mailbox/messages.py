"""One mail of a store on disk as an event."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from followup_mailbox.marks import is_discarded, is_draft
from followup_rules import BadItem, Event, plain
from followup_rules.mail import head, ids, machine, message, own_words, source
from followup_rules.mail.addresses import decoded
from followup_rules.mail.dates import sent_at
from followup_rules.mail.head import first
from followup_rules.mail.message import Mail
from followup_rules.sentences import Sentence

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from followup_mailbox.folders import Raw
    from followup_rules.mail.head import Headers

_FROM = re.compile(rb"(?:\A|[\r\n])from[ \t]*:", re.IGNORECASE)


_DATE = re.compile(rb"^date[ \t]*:", re.IGNORECASE)
_EXAMPLE = "Date: Tue, 03 Nov 2026 18:00:00 -0500"


class FlawError(ValueError):
    """Why a mail cannot be used, as a sentence for people, and on which of its lines, from 0; a hint."""

    def __init__(self, message: str, line: int = 0, hint: str = "") -> None:
        super().__init__(message)
        self.line, self.hint = line, hint


class MailReader(Struct, frozen=True):
    """Reads mail of the wanted kinds that is not older than `since`."""

    me: frozenset[str]
    zone: ZoneInfo
    kinds: frozenset[str]
    since: datetime

    def read(self, raw: Raw) -> Event | BadItem | None:
        """Return the mail, or what is wrong with it, or None if it is not wanted."""
        try:
            return self._event(raw, head.headers(raw.content)) if self._may_be_wanted(head.raw(raw.content)) else None
        except FlawError as error:
            said = Sentence("this mail is left out: {error}", error=error)
            if not raw.line:
                return BadItem(raw.where, said)
            written = raw.content.split(b"\n", error.line + 1)[error.line]
            line = plain.one_line(written.decode(errors="replace").rstrip("\r"), 200)
            where, marked = f"{raw.where}:{raw.line + error.line}", line.partition(":")[2].strip()
            return BadItem(where, said, "", line, marked, error.hint)
        except Exception as error:  # noqa: BLE001 -- whatever a stranger's mail does, the others work
            reason = plain.one_line(str(error), 200) or type(error).__name__
            return BadItem(
                raw.where, Sentence("this mail cannot be read ({reason}); remove it if it is damaged", reason=reason)
            )

    def _may_be_wanted(self, written: bytes) -> bool:
        """Tell cheaply of most mails of others that they are not mine: my address stands nowhere in their head."""
        if not _FROM.search(written):
            said = Sentence("it has no sender (From), so it is no mail; remove it if it is damaged")
            raise FlawError(said, hint=Sentence("write it as {example}", example="From: name@domain"))
        folded = written.lower()  # a domain may be written as mail carries it (RFC 3490), or its letters taken apart
        spelt_otherwise = b"xn--" in folded or not folded.isascii()
        return "received" in self.kinds or spelt_otherwise or any(mine.encode() in folded for mine in self.me)

    def _event(self, raw: Raw, headers: Headers) -> Event | None:
        kind = "sent" if message.is_mine(headers, self.me) else "received"
        if kind not in self.kinds or is_discarded(headers) or (kind == "sent" and is_draft(headers)):
            return None
        date = sent_at(headers, self.zone)
        if date is None:
            number = next((n for n, line in enumerate(raw.content.split(b"\n")) if _DATE.match(line)), 0)
            hint = Sentence("write it as {example}", example=_EXAMPLE)
            raise FlawError(Sentence("it has no Date that can be read; remove it if it is damaged"), number, hint)
        # By its date and not by its file: a copied mailbox has new files for old mails.
        if date < self.since:
            return None
        content, subject = head.mended(raw.content), decoded(first(headers, "subject"))
        text = source.words(content)
        # My own mail is mine, whatever its small print, and through whatever program I send it.
        ends = source.ends(content, text) if kind == "received" else None
        mail = Mail(
            headers=headers,
            kind=kind,
            date=date,
            ident=ids.own_id(headers) or ids.substitute(headers, date),
            text=own_words.opening(text, subject),
            auto=machine.kind(headers, message.sender(headers), subject, source.types(content), ends),
            where=raw.where,
        )
        return mail.event(self.me)
