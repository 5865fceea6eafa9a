"""The headers and the text of one mail (RFC 5322) as an event, however a service hands them out."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from msgspec import Struct

from followup_rules import plain
from followup_rules.mail import ids, subjects
from followup_rules.mail.addresses import decoded, mailboxes, people
from followup_rules.mail.head import Headers, first
from followup_rules.model import Event, Report
from followup_rules.people import others, person

LONGEST_KEY = 1_500
"""In characters: the id of an event has up to 1,000, and a rule and a day come to it."""


class Mail(Struct, frozen=True, kw_only=True):
    """A mail as far as it was read."""

    headers: Headers
    kind: str
    """`sent` or `received`."""
    date: datetime
    ident: str
    """Its Message-ID without the brackets, or a substitute."""
    text: str = ""
    """The beginning of what its writer wrote."""
    auto: str = ""
    """What kind of machine mail it is, as `machine.kind` tells; nothing if a person wrote it."""
    where: str = ""
    """Where a person finds it."""

    def event(self, me: Collection[str]) -> Event:
        """Return it as an event for somebody with these addresses. It carries no tags and no case: it is no note."""
        headers = self.headers
        title = plain.one_line(decoded(first(headers, "subject")))
        senders = people(headers["from"])
        written_to = people([*headers["to"], *headers["cc"], *headers["bcc"]])
        named = ids.references(headers)
        is_sent = self.kind == "sent"
        key = key_of(headers) if is_sent else ""
        return Event(
            id=self.ident,
            kind=self.kind,
            start=self.date,
            end=self.date,
            title=title,
            text=self.text,
            auto="" if is_sent and self.auto == "bulk" else self.auto,  # programs for mail merges mark it as that
            forwards=subjects.is_forward(title) or bool(headers["x-forwarded-message-id"]),  # Thunderbird's
            people=others([*(senders if self.kind == "received" else ()), *written_to], me),
            organizer=senders[0] if senders else None,
            # The first of References is where the thread began (RFC 5322, section 3.6.4): the same for all of its
            # mails.
            thread=next(iter(named), "") or ids.conversation(headers) or self.ident,
            answers=ids.replied_to(headers),
            references=named,
            report=Report(key=key) if key else None,
            where=self.where,
        )


def is_mine(headers: Headers, me: Collection[str]) -> bool:
    """Tell whether From names somebody with these addresses, and nobody else."""
    writers = mailboxes(headers["from"])
    found = [someone for writer in writers if (someone := person(writer.address))]
    # A From with my address beside another one is how a stranger would put words in my mouth.
    return 0 < len(found) == len(writers) and all(someone.address in me for someone in found)


def sender(headers: Headers) -> str:
    """Return the address of who wrote the mail; of a From header that names none, what it says."""
    return next((someone.address for someone in people(headers["from"])), first(headers, "from"))


def key_of(headers: Headers) -> str:
    """Return the hash or, in older mails, the key of the action that the mail was drafted for, or nothing."""
    return "".join(plain.one_line(decoded(first(headers, "x-followup-key")), LONGEST_KEY).split())
