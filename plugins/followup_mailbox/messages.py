"""One mail (RFC 5322) as an event."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from datetime import datetime
from email import message_from_bytes
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from followup_mailbox import text
from followup_mailbox.people import decoded, is_human, people
from followup_rules import BadItem, Event, Person

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from email.message import Message
    from zoneinfo import ZoneInfo

    from followup_mailbox.folders import Raw

_BLANK = re.compile(rb"\r?\n\r?\n")
_FROM = re.compile(rb"^from[ \t]*:", re.IGNORECASE | re.MULTILINE)
_SIGN = r"[^<>\s\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]"
_ID = re.compile(rf"<({_SIGN}{{1,250}})>")
_BARE_ID = re.compile(rf"{_SIGN}{{1,125}}@{_SIGN}{{1,124}}")


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
        head = _BLANK.split(raw.content, 1)[0]
        try:
            return self._event(raw, _headers(head)) if self._may_be_wanted(head) else None
        except FlawError as error:
            return BadItem(raw.where, f"this mail is left out: {error}")
        except Exception as error:  # noqa: BLE001 -- whatever a stranger's mail does, the others work
            reason = text.one_line(str(error), 200) or type(error).__name__
            return BadItem(raw.where, f"this mail cannot be read ({reason}); remove it if it is damaged")

    def _may_be_wanted(self, head: bytes) -> bool:
        """Tell cheaply of most mails of others that they are not mine: my address stands nowhere in their head."""
        if not _FROM.search(head):
            raise FlawError("it has no sender (From), so it is no mail; remove it if it is damaged")
        folded = head.lower()
        return "received" in self.kinds or any(address.encode() in folded for address in self.me)

    def _event(self, raw: Raw, headers: Mapping[str, list[str]]) -> Event | None:
        senders = people(headers["from"])
        kind = "sent" if any(someone.address in self.me for someone in senders) else "received"
        if kind not in self.kinds or _is_draft(headers):
            return None
        date = _date(headers, self.zone)
        if date < self.since:
            return None
        title, ident = text.one_line(decoded(_first(headers, "subject"))), _ident(headers, raw.content)
        others = [*(senders if kind == "received" else ()), *people([*headers["to"], *headers["cc"], *headers["bcc"]])]
        return Event(
            id=ident,
            kind=kind,
            start=date,
            end=date,
            title=title,
            text=_opening(raw.content),
            people=self._humans(others),
            organizer=senders[0] if senders else None,
            tags=text.tags(title),
            case=text.case(title),
            thread=_first_id(headers, "references") or _first_id(headers, "in-reply-to") or ident,
            answers=_first_id(headers, "in-reply-to"),
            data=_data(headers),
            where=raw.where,
        )

    def _humans(self, found: Iterable[Person]) -> tuple[Person, ...]:
        unique = {someone.address: someone for someone in found if is_human(someone)}
        return tuple(someone for address, someone in unique.items() if address not in self.me)


def _headers(head: bytes) -> Mapping[str, list[str]]:
    """Return the headers by lower-case name, unfolded; bytes beyond ASCII are taken for UTF-8."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for name, value in message_from_bytes(head).raw_items():
        whole = str(value).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        found[name.lower()].append(" ".join(whole.split()))
    return found


def _first(headers: Mapping[str, list[str]], name: str) -> str:
    return next(iter(headers[name]), "")


def _is_draft(headers: Mapping[str, list[str]]) -> bool:
    """Tell of a mail that nobody has sent yet; some programs leave X-Unsent in a draft of ours that they have sent."""
    if "x-mozilla-draft-info" in headers or "x-mutt-resume-draft" in headers:
        return True
    is_sent = "x-followup-key" in headers and "message-id" in headers
    return _first(headers, "x-unsent") == "1" and not is_sent


def _date(headers: Mapping[str, list[str]], zone: ZoneInfo) -> datetime:
    """Return Date, else the time of the earliest Received; without a zone it is the user's. Raises FlawError."""
    received = [header.rpartition(";")[2] for header in reversed(headers["received"])]
    for candidate in [*headers["date"], *received]:
        try:
            found = parsedate_to_datetime(candidate)
            return found.replace(tzinfo=zone) if found.tzinfo is None else found.astimezone(zone)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    raise FlawError("it has no Date that can be read; remove it if it is damaged")


def _ident(headers: Mapping[str, list[str]], content: bytes) -> str:
    """Return the Message-ID, or a hash for a mail without a proper one."""
    given = _first(headers, "message-id")
    if found := _ID.search(given):
        return found[1]
    return given if _BARE_ID.fullmatch(given) else "sha256:" + hashlib.sha256(content).hexdigest()[:32]


def _first_id(headers: Mapping[str, list[str]], name: str) -> str:
    found = _ID.search(_first(headers, name))
    return found[1] if found else ""


def _data(headers: Mapping[str, list[str]]) -> dict[str, object]:
    key = "".join(text.one_line(decoded(_first(headers, "x-followup-key"))).split())
    return {"key": key} if key else {}


def _opening(content: bytes) -> str:
    """Return the first 200 characters of the plain part, else of the HTML part; nothing if neither can be read."""
    try:
        parts = [part for part in message_from_bytes(content).walk() if part.get_content_disposition() != "attachment"]
        plain = next((part for part in parts if part.get_content_type() == "text/plain"), None)
        page = next((part for part in parts if part.get_content_type() == "text/html"), None)
        if plain is not None:
            return text.opening(_decode(plain))
        return text.opening(text.without_html(_decode(page))) if page is not None else ""
    except Exception:  # noqa: BLE001 -- a broken body does not unsend the mail
        return ""


def _decode(part: Message) -> str:
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    charset = part.get_content_charset("utf-8")
    try:
        return raw.decode("utf-8" if charset in ("us-ascii", "ascii") else charset, "replace")
    except (LookupError, ValueError):
        return raw.decode("utf-8", "replace")
