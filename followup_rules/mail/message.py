"""The headers and the text of one mail (RFC 5322) as an event, however a service hands them out."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from msgspec import Struct

from followup_rules import plain
from followup_rules.mail.addresses import decoded, people
from followup_rules.model import Event, Person
from followup_rules.people import is_human

Headers = Mapping[str, list[str]]
"""By name in lower case, in the order of the mail, each on one line; a name that is not there has an empty list."""

LONGEST_KEY = 1_500
"""In characters: the id of an event has up to 1,000, and a rule and a day come to it."""
_SIGN = r"[^<>\s\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]"
_ID = re.compile(rf"<({_SIGN}{{1,250}})>")
_BARE_ID = re.compile(rf"{_SIGN}{{1,125}}@{_SIGN}{{1,124}}")


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
        """Return it as an event for somebody with these addresses."""
        headers = self.headers
        senders = people(headers["from"])
        title = plain.one_line(decoded(first(headers, "subject")))
        written_to = people([*headers["to"], *headers["cc"], *headers["bcc"]])
        return Event(
            id=self.ident,
            kind=self.kind,
            start=self.date,
            end=self.date,
            title=title,
            text=self.text,
            auto=self.auto,
            people=_humans([*(senders if self.kind == "received" else ()), *written_to], me),
            organizer=senders[0] if senders else None,
            tags=plain.tags(title),
            case=plain.case(title),
            thread=first_id(headers, "references") or first_id(headers, "in-reply-to") or self.ident,
            answers=first_id(headers, "in-reply-to"),
            data={"key": key} if (key := key_of(headers)) else {},
            where=self.where,
        )


def _humans(found: Iterable[Person], me: Collection[str]) -> tuple[Person, ...]:
    unique = {someone.address: someone for someone in found if is_human(someone)}
    return tuple(someone for address, someone in unique.items() if address not in me)


def first(headers: Headers, name: str) -> str:
    """Return the first header of that name, or nothing."""
    return next(iter(headers[name]), "")


def sender(headers: Headers) -> str:
    """Return the address of who wrote the mail; of a From header that names none, what it says."""
    return next((someone.address for someone in people(headers["from"])), first(headers, "from"))


def first_id(headers: Headers, name: str) -> str:
    """Return the first Message-ID in a header (RFC 5322, section 3.6.4), without its brackets."""
    found = _ID.search(first(headers, name))
    return found[1] if found else ""


def ident(headers: Headers) -> str:
    """Return the Message-ID without its brackets; nothing if there is no proper one."""
    given = first(headers, "message-id")
    return first_id(headers, "message-id") or (given if _BARE_ID.fullmatch(given) else "")


def key_of(headers: Headers) -> str:
    """Return the key of the action that the mail was drafted for, or nothing."""
    return "".join(plain.one_line(decoded(first(headers, "x-followup-key")), LONGEST_KEY).split())
