"""The marks that mail programs leave in the headers of a mail that was not sent, or is not to be read."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from followup_mailbox.names import meaning
from followup_rules.mail.addresses import decoded
from followup_rules.mail.head import first

if TYPE_CHECKING:
    from followup_rules.mail.head import Headers

_ONLY_IN_DRAFTS = (
    "x-mozilla-draft-info",  # Thunderbird
    "x-mutt-resume-draft",
    "x-send-later-at",  # the Thunderbird add-on Send Later; it takes the header away when it sends
    "x-apple-auto-saved",
    "x-k9mail-identity",
    "x-imp-draft",  # Horde
    "x-draft-info",  # Roundcube
    "x-sylpheed-end-special-headers",  # Sylpheed's and Claws Mail's queue and drafts
    "x-claws-end-special-headers",
)
_APPLE_DRAFT = "com.apple.mail-draft"
_EXPUNGED, _QUEUED = 0x0008, 0x0800
_IMAP_DELETED, _TEMPLATE = 0x00200000, 0x01000000
"""Of Thunderbird's nsMsgMessageFlags; X-Mozilla-Status holds the lower 16 bits, X-Mozilla-Status2 the upper ones."""


def is_discarded(headers: Headers) -> bool:
    """Tell of a mail that lies in spam or trash, or is a chat: it is nobody's answer, and proves nothing."""
    labels = _labels(headers)
    if labels & {"spam", "trash"} or (labels & {"chats"} and not labels & {"sent", "inbox"}):
        return True
    flags = (first(headers, "status") + first(headers, "x-status")).upper()
    # D: deleted, and not yet taken out: mbox programs do that only when the folder is left.
    if "D" in flags or _keywords(headers) & {"junk", "$junk", "\\deleted"}:
        return True
    return bool(_hexadecimal(headers, "x-mozilla-status") & _EXPUNGED) or bool(
        _hexadecimal(headers, "x-mozilla-status2") & _IMAP_DELETED
    )


def is_draft(headers: Headers) -> bool:
    """Tell of a mail of mine that nobody has sent yet: a draft, a template, or one that waits to be sent."""
    labels = _labels(headers)
    if labels & {"drafts", "scheduled"} and not labels & {"sent", "inbox"}:
        return True
    if (
        any(name in headers for name in _ONLY_IN_DRAFTS)
        or first(headers, "x-uniform-type-identifier").lower() == _APPLE_DRAFT
    ):
        return True
    # T: a draft, as mbox programs flag it.
    if "T" in first(headers, "x-status").upper() or _keywords(headers) & {"$draft", "\\draft"}:
        return True
    if _hexadecimal(headers, "x-mozilla-status") & _QUEUED or _hexadecimal(headers, "x-mozilla-status2") & _TEMPLATE:
        return True
    # some programs leave X-Unsent in a draft of ours that they have sent
    is_sent = ("x-followup-key" in headers or "x-followup-seal" in headers) and "message-id" in headers
    return first(headers, "x-unsent") == "1" and not is_sent


def _labels(headers: Headers) -> set[str]:
    """Return what the labels of Gmail mean that an export by Google Takeout gives, in the language of the account.

    A label of the user's own that has such a name does no harm: a mail that is labelled as sent is no draft.
    """
    given = first(headers, "x-gmail-labels")
    rows = csv.reader([decoded(given).replace("\n", " ")], skipinitialspace=True) if given else ()
    return {meaning(label) for row in rows for label in row}


def _keywords(headers: Headers) -> set[str]:
    return {word.lower() for name in ("x-keywords", "x-mozilla-keys") for word in first(headers, name).split()}


def _hexadecimal(headers: Headers, name: str) -> int:
    try:
        return int(first(headers, name) or "0", 16)
    except ValueError:
        return 0
