"""The body of a mail as it is written (MIME): its words, and what hangs on it."""

from __future__ import annotations

from email import message_from_bytes
from email.message import Message

from followup_rules import plain


def words(content: bytes) -> str:
    """Return the plain part, else the words of the HTML part; nothing if neither can be read."""
    try:
        parts = [part for part in message_from_bytes(content).walk() if part.get_content_disposition() != "attachment"]
        text = next((part for part in parts if part.get_content_type() == "text/plain"), None)
        page = next((part for part in parts if part.get_content_type() == "text/html"), None)
        if text is not None:
            return _decoded(text)
        return plain.without_html(_decoded(page)) if page is not None else ""
    except Exception:  # noqa: BLE001 -- a broken body does not unsend the mail
        return ""


def attachments(content: bytes) -> int:
    """Return how many files hang on a mail."""
    return sum(part.get_filename() is not None for part in message_from_bytes(content).walk())


def _decoded(part: Message) -> str:
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    charset = part.get_content_charset("utf-8")
    try:
        return raw.decode("utf-8" if charset in ("us-ascii", "ascii") else charset, "replace")
    except (LookupError, ValueError):
        return raw.decode("utf-8", "replace")
