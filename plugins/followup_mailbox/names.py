"""What the name of a folder, or a label of Gmail, says of the mail in it, in the languages of the users."""

from __future__ import annotations

import base64
import re
import unicodedata
from functools import cache
from pathlib import Path

NOT_MAIL = frozenset({"drafts", "scheduled", "spam", "trash", "chats"})
"""What lies in a folder of that meaning was not sent, or is not to be read."""

_CONTAINER = re.compile(r"\.(?:mbox|mbx|mbs|mbo|sbd|maildir|mdir)$", re.IGNORECASE)
_NUMBERED = re.compile(r"(?:[ _-]?\(.*\)|-\d+)$")  # "Deleted Messages (Gmail)", "Drafts-1": a second one of the name
_PARENTS = re.compile(r"\.|(?:INBOX|\[(?:Gmail|Google Mail)\])\.", re.IGNORECASE)
"""With what the name of a folder begins that names its parents: Maildir++, and offlineimap's copy of a server's."""
_ACCENT = re.compile(r"[\u0300-\u036f]")
_GAP = re.compile(r"[\s._/-]+")
_ENCODED = re.compile(r"&([A-Za-z0-9+,]*)-")


def meaning(label: str) -> str:
    """Return `inbox`, `sent`, `drafts`, `scheduled`, `spam`, `trash` or `chats`; nothing for any other name."""
    return _meanings().get(_folded(label), "")


def meaning_of_folder(name: str) -> str:
    """Return the meaning of a folder or an mbox file by its name, as programs and servers write such names.

    A name may be encoded as in IMAP (RFC 3501, section 5.1.3), end in `.mbox` or `.sbd`, and name its parents before
    dots (`.INBOX.Drafts`, `INBOX.Drafts`): what lies below the trash lies in the trash.
    """
    return next((one for one in _meanings_in(name) if one in NOT_MAIL), "")


def holds_sent_mail(name: str) -> bool:
    """Tell by its name whether a folder or an mbox file is the one that a program puts what was sent into."""
    found = _meanings_in(name)
    return "sent" in found and not NOT_MAIL.intersection(found)


def _meanings_in(name: str) -> list[str]:
    plain_name = _CONTAINER.sub("", _decoded(name))
    parts = plain_name.split(".") if _PARENTS.match(name) else [plain_name]
    return [meaning(part) or meaning(_NUMBERED.sub("", part)) for part in parts]


@cache
def _meanings() -> dict[str, str]:
    lines = Path(__file__).with_name("names.txt").read_text(encoding="utf-8").splitlines()
    given = (line.partition(": ") for line in lines if line and not line.startswith("#"))
    return {_folded(name): kind for kind, _, names in given for name in names.split("|")}


def _folded(name: str) -> str:
    apart = name.lower() if name.isascii() else _ACCENT.sub("", unicodedata.normalize("NFKD", name.casefold()))
    return _GAP.sub(" ", apart).strip()


def _decoded(name: str) -> str:
    def decoded(found: re.Match[str]) -> str:
        if not found[1]:
            return "&"
        try:
            # Modified UTF-7: a comma for the slash, which parts folders, and no padding (RFC 3501, section 5.1.3).
            return base64.b64decode(found[1].replace(",", "/") + "===").decode("utf-16-be")
        except ValueError:
            return found[0]

    return _ENCODED.sub(decoded, name) if "&" in name else name
