"""A seal on a draft: its first line is a hash of all that follows.

So a draft says for itself whether it is as we left it, even one whose receipt a crash has lost, and what a person has
touched is never overwritten.
"""

from __future__ import annotations

import hashlib

from followup_rules.sealing import EDITED

_NAME = b"X-Followup-Seal: "


def sealed(content: bytes) -> bytes:
    """Return a mail with its seal as the first header."""
    return _NAME + _digest(content) + b"\n" + content


def seal(content: bytes) -> str:
    """Return the seal of an untouched draft, or `edited`."""
    rest = content.partition(b"\n")[2]
    return _digest(rest).decode() if content == sealed(rest) else EDITED


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()
