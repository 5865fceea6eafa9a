"""A draft as Gmail shows it: whose it is, and by its seal whether it still is as we left it."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

from msgspec import Struct

from followup_google.letters import DRAFT, SCHEDULED, headers, is_sent
from followup_google.ours import essence
from followup_rules import Status
from followup_rules.keys import means
from followup_rules.mail import head, ids, message, source
from followup_rules.mail.addresses import decoded, people
from followup_rules.mail.head import first
from followup_rules.sealing import digest

SEAL = "X-Followup-Seal"
_GONE = "TRASH"
# Of a key's digest the first half is its hash, as X-Followup-Key has it.
_IDENT = re.compile(r"followup-([0-9a-f]{16})[0-9a-f]{16}@")
_SECONDS = re.compile(r"[0-9]{1,12}")
_WORDS = re.compile(r"\w+")
_LONGEST_SEARCH = 300
# The draft was made by this computer's clock, and its mail is dated by Google's.
_CLOCKS_APART = timedelta(minutes=10)


class Draft(Struct, frozen=True, kw_only=True):
    """What Gmail shows of a draft."""

    id: str
    thread: str
    sender: str
    """The address in From."""
    subject: str
    to: tuple[str, ...]
    """The addresses of all who would get it, in order."""
    words: str
    """Its text; nothing if only the headers were asked for."""
    attachments: int
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
        to = sorted(someone.address for someone in people([*found["to"], *found["cc"], *found["bcc"]]))
        left, _, made = first(found, SEAL.lower()).partition(" ")
        return cls(
            id=resource["id"],
            thread=str(mail.get("threadId", "")),
            sender=next((someone.address for someone in people([first(found, "from")])), ""),
            subject=decoded(first(found, "subject")),
            to=tuple(to),
            words=source.words(content),
            attachments=source.attachments(content),
            key=message.key_of(found),
            ident=ids.own_id(found),
            left=(left, made if _SECONDS.fullmatch(made) else ""),
        )

    @property
    def mark(self) -> str:
        """The hash of the key that it was made for, or the key, by either mark; nothing if it bears none of ours."""
        ident = _IDENT.match(self.ident)
        return self.key or (ident[1] if ident else "")

    def seal(self, sender: str) -> str:
        """Return the seal of what is there now, as if it were from that address."""
        return _seal(sender, self.subject, self.to, self.words, self.attachments)

    def carries(self, key: str, sender: str) -> bool:
        """Tell whether it was made for that key. Either mark will do: Gmail may drop one of them."""
        return means(self.key, key) or self.ident == ident_of(key, sender)

    def may_be(self, mail: EmailMessage) -> bool:
        """Tell whether its head has lost the marks of its key, and is otherwise that of the mail, whoever sends it."""
        return not self.mark and (self.subject, self.to) == (str(mail["Subject"]), _recipients(mail))


def seal_of(mail: EmailMessage) -> str:
    """Return the seal that a mail has once it is a draft."""
    return _seal(sender_of(mail), str(mail["Subject"]), _recipients(mail), mail.get_content(), 0)


def sender_of(mail: EmailMessage) -> str:
    """Return the address that a mail is from, or nothing."""
    return next((someone.address for someone in people([str(mail["From"] or "")])), "")


def searchable(subject: str) -> str:
    """Return the words of a subject, as they are searched for: to a search, signs are no letters."""
    return " ".join(_WORDS.findall(subject.lower()))[:_LONGEST_SEARCH]


def ident_of(key: str, sender: str) -> str:
    """Return the Message-ID of the draft for a key: the same at each try, so that a doubled one would show."""
    domain = sender.rpartition("@")[2]
    # A Message-ID is of ASCII (RFC 5322, section 3.6.4), which an address need not be.
    domain = domain if domain and domain.isascii() else "localhost"
    return f"followup-{digest(key, 32)}@{domain}"


def became(thread: Mapping[str, Any], made: str) -> Status:
    """Return what became of a draft that is gone, by the conversation in which it was made then (in seconds, as text).

    One that waits to be sent, or that is a draft again since that was called off, is in the user's hand.
    """
    since = int(made or 0) - _CLOCKS_APART.total_seconds()
    mails = [mail for mail in thread.get("messages", ()) if _GONE not in mail.get("labelIds", ())]
    labels = {label for mail in mails for label in mail.get("labelIds", ())}
    # Of all, those in the bin too: what was sent and thrown away since was sent.
    sent = [mail for mail in thread.get("messages", ()) if is_sent(mail.get("labelIds", ()))]
    moments = sorted(int(mail["internalDate"]) / 1000 for mail in sent)
    first_since = next((datetime.fromtimestamp(moment, UTC) for moment in moments if moment >= since), None)
    if first_since:
        return Status("done", first_since)
    return Status("touched" if labels & {SCHEDULED, DRAFT} else "gone")


def _recipients(mail: EmailMessage) -> tuple[str, ...]:
    return tuple(sorted(someone.address for someone in people([str(mail["To"] or "")])))


def _seal(sender: str, subject: str, to: Iterable[str], text: str, attachments: int) -> str:
    """Return a hash of what a person would see."""
    parts = [sender, " ".join(subject.split()), *sorted(to), essence(text), str(attachments)]
    return digest("\0".join(parts), 24)
