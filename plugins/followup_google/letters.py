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
from followup_rules.mail.addresses import decoded
from followup_rules.mail.head import Headers, first
from followup_rules.mail.message import Mail

THREAD = "gmail_thread"
"""The field of an event that holds the id of its conversation in Gmail."""
ACCOUNT = "gmail_account"
"""The field that holds the account which knows it under that id."""
WANTED = tuple(dict.fromkeys((
    *("From", "To", "Cc", "Bcc", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Thread-Index"),
    "X-Forwarded-Message-Id", "X-Followup-Key", *machine.HEADERS,
)))  # fmt: skip
"""The headers that are asked for."""
SENT = "SENT"
# Labels of what is no mail that anybody sent me in earnest, or I anybody.
_UNSENT = frozenset({"DRAFT", "CHAT", "SPAM"})

_MARKED = re.compile(r"(?:^|\s)>\s.*", re.DOTALL)


def event(resource: Any, me: Collection[str], since: datetime, account: str = "") -> Event | BadItem | None:
    """Return a message as an event, or what is wrong with it, or None if it is none or is older than `since`."""
    ident = resource.get("id") if isinstance(resource, dict) else None
    where = f"Gmail message {plain.one_line(str(ident or 'without id'), 80)}"
    try:
        found = _event(resource, me, since, where)
        return replace(found, data={**found.data, ACCOUNT: account}) if found and account else found
    except Exception as error:  # noqa: BLE001 -- whatever is odd about one message, the others work
        return BadItem(where, f"this mail cannot be read ({type(error).__name__}: {error})")


def _event(resource: Mapping[str, Any], me: Collection[str], since: datetime, where: str) -> Event | None:
    labels = set(resource.get("labelIds", ()))
    date = datetime.fromtimestamp(int(resource["internalDate"]) / 1000, UTC)
    if labels & _UNSENT or date < since:
        return None
    found = headers(resource["payload"])
    subject = decoded(first(found, "subject"))
    mail = Mail(
        headers=found,
        kind="sent" if SENT in labels or message.is_mine(found, me) else "received",
        date=date,
        ident=ids.own_id(found) or ids.substitute(found, date),
        text=opening(str(resource.get("snippet", "")), subject),
        auto=machine.kind(found, message.sender(found), subject),
        where=where,
    ).event(me)
    return replace(mail, data={**mail.data, THREAD: str(resource.get("threadId", ""))})


def headers(payload: Mapping[str, Any]) -> Headers:
    """Return the headers of a message by lower-case name, unfolded."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for header in payload.get("headers", ()):
        found[str(header["name"]).lower()].append(" ".join(str(header["value"]).split()))
    return found


def opening(snippet: str, subject: str = "") -> str:
    """Return what the writer wrote of a snippet, which Gmail gives as HTML on one line, with what it quotes."""
    return own_words.opening(_MARKED.sub("", html.unescape(snippet)), subject)
