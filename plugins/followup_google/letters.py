"""Messages as Gmail hands them out, as events."""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from msgspec.structs import replace

from followup_rules import BadItem, Event
from followup_rules.mail import message
from followup_rules.mail.addresses import people
from followup_rules.mail.message import Headers, Mail

THREAD = "gmail_thread"
"""The field of an event that holds the id of its conversation in Gmail."""
WANTED = ("From", "To", "Cc", "Bcc", "Subject", "Message-ID", "In-Reply-To", "References", "X-Followup-Key")
"""The headers that are asked for."""
SENT = "SENT"
_UNSENT = frozenset({"DRAFT", "CHAT", "SPAM"})
"""Labels of what is no mail that anybody sent me in earnest, or I anybody."""

_QUOTE = re.compile(r"\s(?:On|Le)\b[^:]{1,150}\b(?:wrote|a écrit)\s*:.*|(?:^|\s)>\s.*", re.DOTALL)


def event(resource: Mapping[str, Any], me: Collection[str], since: datetime) -> Event | BadItem | None:
    """Return a message as an event, or what is wrong with it, or None if it is none or is older than `since`."""
    where = f"Gmail message {resource.get('id', 'without id')}"
    try:
        labels = set(resource.get("labelIds", ()))
        date = datetime.fromtimestamp(int(resource["internalDate"]) / 1000, UTC)
        if labels & _UNSENT or date < since:
            return None
        found = headers(resource["payload"])
        mine = SENT in labels or any(someone.address in me for someone in people(found["from"]))
        mail = Mail(
            headers=found,
            kind="sent" if mine else "received",
            date=date,
            ident=message.ident(found) or f"gmail:{resource['id']}",
            text=opening(str(resource.get("snippet", ""))),
            where=where,
        )
        return _with_thread(mail.event(me), str(resource.get("threadId", "")))
    except Exception as error:  # noqa: BLE001 -- whatever is odd about one message, the others work
        return BadItem(where, f"this mail cannot be read ({type(error).__name__}: {error})")


def _with_thread(event: Event, thread: str) -> Event:
    return replace(event, data={**event.data, THREAD: thread})


def headers(payload: Mapping[str, Any]) -> Headers:
    """Return the headers of a message by lower-case name, unfolded."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for header in payload.get("headers", ()):
        found[str(header["name"]).lower()].append(" ".join(str(header["value"]).split()))
    return found


def opening(snippet: str) -> str:
    """Return what the writer wrote of a snippet, which Gmail gives as HTML on one line, quotes included."""
    return message.opening(_QUOTE.sub("", html.unescape(snippet)))
