"""A seal on a draft: the last header is a hash of all the rest.

So a draft says for itself whether it is as we left it, even one whose receipt a crash has lost, and what a person has
touched is never overwritten.
"""

from __future__ import annotations

import hashlib
import re

from followup_rules.sealing import EDITED

_NAME = b"X-Followup-Seal: "
_LINE = re.compile(rb"^X-Followup-Seal: [0-9a-f]{64}(\r?\n)", re.MULTILINE)
_END = b"\r\n\r\n"


def sealed(content: bytes) -> bytes:
    """Return a mail with its seal at the end of its head."""
    head, end, body = content.partition(_END)
    return b"".join([head, b"\r\n", _NAME, _digest(content), end, body])


def seal(content: bytes) -> str:
    """Return the seal of an untouched draft, or `edited`. Earlier versions wrote it first, and ended lines with LF."""
    line = _LINE.search(content)
    if line is None:
        return EDITED
    # Sealed anew and compared whole: a seal that was moved, or stands there twice, is an edit, too.
    rest = content[: line.start()] + content[line.end() :]
    written = sealed(rest) if line[1] == b"\r\n" else b"".join([_NAME, _digest(rest), b"\n", rest])
    return _digest(rest).decode() if content == written else EDITED


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()
