"""A draft as Gmail shows it: whose it is, and by its seal whether it still is as we left it."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

from msgspec import Struct

from followup_google.letters import SENT, headers
from followup_google.ours import essence
from followup_rules.keys import means
from followup_rules.mail import head, ids, message, source
from followup_rules.mail.addresses import decoded, people
from followup_rules.mail.head import first
from followup_rules.sealing import digest

SEAL = "X-Followup-Seal"
_GONE = "TRASH"
_IDENT = re.compile(r"followup-[0-9a-f]{32}@")
_SECONDS = re.compile(r"[0-9]{1,12}")
_CLOCKS_APART = timedelta(minutes=10)


class Draft(Struct, frozen=True, kw_only=True):
    """What Gmail shows of a draft."""

    id: str
    thread: str
    subject: str
    to: tuple[str, ...]
    """The addresses of all who would get it, in order."""
    seal: str
    """Of what is there now; says nothing if only the headers were asked for."""
    key: str
    ident: str
    left: tuple[str, str]
    """The seal under which we left it and when it was made, as far as its own head tells."""

    @classmethod
    def of(cls, resource: Mapping[str, Any]) -> Draft | None:
        """Return the draft; None if it lies in the bin."""
        mail = resource.get("message") or {}
        if _GONE in mail.get("labelIds", ()):
            return None
        raw = mail.get("raw", "")
        content = base64.urlsafe_b64decode(raw + "=" * (-len(raw) % 4))  # the padding may be missing: RFC 4648, 3.2
        found = head.headers(content) if content else headers(mail.get("payload", {}))
        subject = decoded(first(found, "subject"))
        to = sorted(someone.address for someone in people([*found["to"], *found["cc"], *found["bcc"]]))
        sender = first(found, "from")
        left, _, made = first(found, SEAL.lower()).partition(" ")
        return cls(
            id=resource["id"],
            thread=str(mail.get("threadId", "")),
            subject=subject,
            to=tuple(to),
            seal=_seal(sender, subject, to, source.words(content), source.attachments(content)),
            key=message.key_of(found),
            ident=ids.own_id(found),
            left=(left, made if _SECONDS.fullmatch(made) else ""),
        )

    def carries(self, key: str, sender: str) -> bool:
        """Tell whether it was made for that key. Either mark will do: Gmail may drop one of them."""
        return means(self.key, key) or self.ident == ident_of(key, sender)

    def may_be(self, mail: EmailMessage) -> bool:
        """Tell whether its head has lost the marks of its key, and is otherwise that of the mail."""
        marked = self.key or _IDENT.match(self.ident)
        return not marked and (self.subject, self.to) == (str(mail["Subject"]), _recipients(mail))


def seal_of(mail: EmailMessage) -> str:
    """Return the seal that a mail has once it is a draft."""
    return _seal(str(mail["From"] or ""), str(mail["Subject"]), _recipients(mail), mail.get_content(), 0)


def ident_of(key: str, sender: str) -> str:
    """Return the Message-ID of the draft for a key: the same at each try, so that a doubled one would show."""
    domain = sender.rpartition("@")[2]
    domain = domain if domain and domain.isascii() else "localhost"
    return f"followup-{digest(key, 32)}@{domain}"


def sent_in(thread: Mapping[str, Any], made: str) -> datetime | None:
    """Return when the first mail was sent in a conversation since a draft was made there (in seconds, as text)."""
    since = int(made or 0) - _CLOCKS_APART.total_seconds()
    mails = [mail for mail in thread.get("messages", ()) if SENT in mail.get("labelIds", ())]
    moments = sorted(int(mail["internalDate"]) / 1000 for mail in mails)
    return next((datetime.fromtimestamp(moment, UTC) for moment in moments if moment >= since), None)


def _recipients(mail: EmailMessage) -> tuple[str, ...]:
    return tuple(sorted(someone.address for someone in people([str(mail["To"] or "")])))


def _seal(sender: str, subject: str, to: Iterable[str], text: str, attachments: int) -> str:
    """Return a hash of what a person would see."""
    address = next((someone.address for someone in people([sender])), "")
    parts = [address, " ".join(subject.split()), *sorted(to), essence(text), str(attachments)]
    return digest("\0".join(parts), 24)
