"""Messages as Gmail hands them out, as events."""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from msgspec.structs import replace

from followup_rules import BadItem, Event, plain
from followup_rules.mail import ids, machine, message, own_words
from followup_rules.mail.addresses import decoded, people
from followup_rules.mail.head import Headers, first
from followup_rules.mail.message import Mail
from followup_rules.sentences import Sentence

THREAD = "gmail_thread"
"""The field of an event that holds the id of its conversation in Gmail."""
ACCOUNT = "gmail_account"
"""The field that holds the account which knows it under that id."""
_HEADERS = (
    *("From", "To", "Cc", "Bcc", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Thread-Index"),
    *("X-Forwarded-Message-Id", "X-Followup-Key", "Delivered-To", *machine.HEADERS),
)
WANTED = tuple(dict.fromkeys((
    *_HEADERS,
    # Google does not say whether it minds capitals; so are these written by programs. An address of more than 2,048
    # characters would have to be asked for in another way.
    *(name.lower() for name in _HEADERS),
    *("CC", "BCC", "Message-Id", "Message-id", "MESSAGE-ID", "In-reply-to", "Auto-submitted", "Content-type"),
)))  # fmt: skip
"""The headers that are asked for, each in its usual spellings."""
SENT, SCHEDULED, DRAFT = "SENT", "SCHEDULED", "DRAFT"
UNSENT = frozenset({DRAFT, SCHEDULED, "CHAT", "SPAM"})
"""Labels of what is no mail that anybody sent me in earnest, or I anybody."""

_MARKED = re.compile(r"(?:^|\s)>\s.*", re.DOTALL)


def event(resource: Any, me: Collection[str], since: datetime, account: str = "") -> Event | BadItem | None:
    """Return a message as an event, or what is wrong with it, or None if it is none or is older than `since`."""
    ident = resource.get("id") if isinstance(resource, dict) else None
    where = f"Gmail message {plain.one_line(str(ident or 'without id'), 80)}"
    try:
        found = _event(resource, me, since, where)
        return replace(found, data={**found.data, ACCOUNT: account}) if found and account else found
    except Exception as error:  # noqa: BLE001 -- whatever is odd about one message, the others work
        return BadItem(
            where, Sentence("this mail cannot be read ({name}: {error})", name=type(error).__name__, error=error)
        )


def _event(resource: Mapping[str, Any], me: Collection[str], since: datetime, where: str) -> Event | None:
    labels = set(resource.get("labelIds", ()))
    # When Google took it in, in milliseconds: the Date header is what its sender wrote.
    date = datetime.fromtimestamp(int(resource["internalDate"]) / 1000, UTC)
    if labels & UNSENT or date < since:
        return None
    found = headers(resource["payload"])
    kind = _kind(labels, found, me)
    if not kind:
        return None
    subject = decoded(first(found, "subject"))
    mail = Mail(
        headers=found,
        kind=kind,
        date=date,
        ident=ids.own_id(found) or ids.substitute(found, date),
        text=opening(str(resource.get("snippet", "")), subject),
        auto=_auto(kind, found, subject),
        where=where,
    ).event(me)
    return replace(mail, data={**mail.data, THREAD: str(resource.get("threadId", ""))})


def _kind(labels: Collection[str], found: Headers, me: Collection[str]) -> str:
    """Return `sent`, `received`, or nothing for what another program has stored and nobody sent, such as its drafts.

    What I sent from elsewhere came in like other mail: the last server says so in its head (RFC 5321, section 4.4).
    """
    # Also what I sent to myself, which has both labels.
    if SENT in labels:
        return "sent"
    if not message.is_mine(found, me):
        return "received"
    return "sent" if "INBOX" in labels or found["return-path"] or found["delivered-to"] else ""


def _auto(kind: str, found: Headers, subject: str) -> str:
    """Return which kind of machine mail it is: of what is filed as sent, also by who really sent it (Sender).

    Google Calendar answers invitations in the user's name.
    """
    auto = machine.kind(found, message.sender(found), subject)
    if kind == "received" or auto or not first(found, "sender"):
        return auto
    return machine.kind(found, next((who.address for who in people(found["sender"])), ""), subject)


def is_sent(labels: Collection[str]) -> bool:
    """Tell whether a mail with these labels has been sent by the user."""
    return SENT in labels and not UNSENT & {*labels}


def headers(payload: Mapping[str, Any]) -> Headers:
    """Return the headers of a message by lower-case name, unfolded."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for header in payload.get("headers", ()):
        found[str(header["name"]).lower()].append(" ".join(str(header["value"]).split()))
    return found


def opening(snippet: str, subject: str = "") -> str:
    """Return what the writer wrote of a snippet, which Gmail gives as HTML on one line, with what it quotes."""
    return own_words.opening(_MARKED.sub("", html.unescape(snippet)), subject)
