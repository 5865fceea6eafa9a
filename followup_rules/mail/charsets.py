"""Texts in the character sets that mail programs name, and often do not keep to."""

from __future__ import annotations

import codecs
import re

_NO_TEXT = frozenset({"punycode", "idna", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem"})
"""What Python takes for a charset and no mail is written in; some take time that grows faster than the length."""
_WIDER = {"iso8859-1": "cp1252", "ascii": "utf-8", "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932"}
"""Charsets that programs name and do not keep to, and the larger one that they mean."""


def read(raw: bytes, named: str) -> str:
    """Return bytes as a text: in the charset of this name; UTF-8, else windows-1252, in place of one nobody knows.

    The name may say the language, too (RFC 2231, section 5): `utf-8*fr`.
    """
    charset = _known(named.partition("*")[0])
    try:
        # Text that is not UTF-8 though it says so is windows-1252 mostly; of other charsets a wrong sign is replaced.
        return raw.decode(charset, "strict" if charset == "utf-8" else "replace")
    except (LookupError, ValueError):
        return raw.decode("cp1252", "replace")


def _known(named: str) -> str:
    # Without what marks a name as nobody's (RFC 2045, 6.3), and how Hebrew is set (RFC 1556): x-sjis, iso-8859-8-i.
    known = _name(named) or _name(re.sub(r"^x-|-[ie]$", "", named.lower())) or "utf-8"
    return "utf-8" if known in _NO_TEXT else _WIDER.get(known, known)


def _name(named: str) -> str:
    """Return how Python names a charset; nothing if it does not know it."""
    try:
        return codecs.lookup(named).name
    except (LookupError, ValueError):
        return ""
