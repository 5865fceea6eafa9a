"""By what a mail and its thread are known (RFC 5322, section 3.6.4), and what stands in for what is not there."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from datetime import UTC, datetime

from followup_rules.mail.addresses import decoded, mailboxes
from followup_rules.mail.head import Headers, first

_LONGEST = 250
_LONGEST_HEADER = 50_000
_MOST = 500
_BRACKETED = re.compile(r"\([^()<>]*(?:<[^<>]*>[^()<>]*)?\)|<([^<>]*)>")
"""A comment, or an id in its brackets."""
_SIGN = r"[^<>()\s\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]"
_ID = re.compile(r"[^<>\s\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]+")
_BARE = re.compile(rf"{_SIGN}+@{_SIGN}+")
_COMMENT = re.compile(r"\([^()]*\)")
_CONVERSATION = 22
"""So many bytes of a Thread-Index are the conversation's; each reply adds five (MS-OXOMSG, section 2.2.1.3)."""
SUBSTITUTES = ("sha256:", "gmail:", "thread-index:")
"""How the ids begin that stand in for one that a mail does not have; no other program knows them."""


def ids(header: str) -> tuple[str, ...]:
    """Return the Message-IDs in a header, each once: in brackets, folded or not, or else with less than two of them."""
    text = decoded(header[:_LONGEST_HEADER])
    found = [_unfolded(match[1]) for match in _BRACKETED.finditer(text) if match[1]]
    # Old In-Reply-To headers hold whole sentences ("Your message of ..."); an @ tells the id in them.
    bare = (word.strip("<>") for word in (() if found else text.replace(",", " ").split()))
    proper = [ident for ident in found if _ID.fullmatch(ident)] or [word for word in bare if _BARE.fullmatch(word)]
    return tuple(dict.fromkeys(ident for ident in proper if len(ident) <= _LONGEST))[:_MOST]


def _unfolded(written: str) -> str:
    """Return an id that a program has folded in its middle as it was; white space in anything else stays."""
    joined = "".join(written.split())
    return joined if "@" in joined else written


def own_id(headers: Headers) -> str:
    """Return the Message-ID without its brackets; nothing if there is no proper one."""
    return next((ident for header in headers["message-id"] for ident in ids(header)), "")


def substitute(headers: Headers, date: datetime) -> str:
    """Return what a mail without Message-ID is known by: Date, From, To and Subject, however they are written.

    So it is the same one after a mail program has added a header, changed line ends or moved it.
    """
    # As it is written: read again in another zone or by another version, it would be another mail.
    when = " ".join(_COMMENT.sub(" ", first(headers, "date")).split()) or date.astimezone(UTC).isoformat()
    people = (sorted({found.address.lower() for found in mailboxes(headers[name])}) for name in ("from", "to"))
    parts = [when, *(" ".join(addresses) for addresses in people), " ".join(decoded(first(headers, "subject")).split())]
    return "sha256:" + hashlib.sha256("\0".join(parts).encode(errors="replace")).hexdigest()[:32]


def references(headers: Headers) -> tuple[str, ...]:
    """Return the ids of all earlier mails of its thread that a mail names: References, then In-Reply-To."""
    named = [ident for name in ("references", "in-reply-to") for header in headers[name] for ident in ids(header)]
    return tuple(dict.fromkeys(named))[:_MOST]


def replied_to(headers: Headers) -> str:
    """Return the id of the mail that this one replies to: In-Reply-To, else the last of References.

    In-Reply-To may name several: then the one that also is the last of References, else the last.
    """
    parents = [ident for header in headers["in-reply-to"] for ident in ids(header)]
    chain = [ident for header in headers["references"] for ident in ids(header)]
    return chain[-1] if chain and (not parents or chain[-1] in parents) else "".join(parents[-1:])


def conversation(headers: Headers) -> str:
    """Return the conversation that Outlook names in Thread-Index, the same in all its mails, or nothing."""
    try:
        index = base64.b64decode(first(headers, "thread-index")[:_LONGEST_HEADER])
    except (binascii.Error, ValueError):
        return ""
    return f"thread-index:{index[:_CONVERSATION].hex()}" if len(index) >= _CONVERSATION else ""
