"""What strangers give, made plain: text without control characters and HTML, bounded in size; its `#tags`; times.

Calendars and mails are written by anybody; a source shows nothing of them that has not gone through here, and nothing
of them reaches a terminal or a file otherwise. What counts as a control character is said here alone.
"""

from __future__ import annotations

import re
from datetime import datetime

# In a list, since test clocks put a class of theirs in the place of the name.
_STANDARD = [datetime]

LONGEST_TITLE = 500
LONGEST_TEXT = 2_000
"""What is kept of a description."""
# Nobody writes more by hand; what a program adds after that is not read.
_LONGEST_DESCRIPTION = 10_000

# What else Unicode makes a new line of (UAX 14): a stranger's title must not begin a line in a file of ours.
_ODD_LINE_END = re.compile("[\r\x0b\x0c\x85\u2028\u2029]")
# C0 and C1 controls; halves of characters, which no file can hold.
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
# What takes no room and parts no words: soft hyphens, zero-width spaces; the marks that turn the direction of text
# (UAX 9: an address or a file's name could be shown backwards). Joiners are not among them: they hold emoji together,
# and letters of Persian and Hindi apart.
_NO_ROOM = re.compile("[\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_GAP, _BREAKABLE_GAP = re.compile(r"\s+"), re.compile(r"[ \t\n]+")
_HIDDEN = re.compile(  # what is never closed hides the rest: else each beginning would be looked through to the end
    r"<(style|script)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.IGNORECASE | re.DOTALL
)
_BREAK = re.compile(r"<(?:br|/p|/div|/li|/tr)\b[^<>]*>", re.IGNORECASE)
_ELEMENT = re.compile(r"</?[a-z][a-z0-9]*(?:\s[^<>]*)?/?>", re.IGNORECASE)

_CASE = re.compile(r"(?<![^\s(\[,;])#case:(\w[\w.@-]*)", re.IGNORECASE)
_TAG = re.compile(r"(?<![^\s(\[,;])#([^\W\d_][\w-]*)")


def clean(text: str, instead: str = "") -> str:
    """Return a text without control characters and marks that nobody sees; its lines and tabs stay.

    `instead` stands in the place of each control character, and of odd line ends, which otherwise become line feeds.
    """
    if text.isascii() and text.isprintable():  # as nearly all are
        return text
    lines = _ODD_LINE_END.sub(instead or "\n", _NO_ROOM.sub("", text).replace("\r\n", "\n"))
    return _UNSEEN.sub(instead, lines)


def one_line(text: str, longest: int = LONGEST_TITLE, *, no_break: bool = False) -> str:
    """Return a title, a subject or a name on one line, without control characters.

    `no_break`: no-break spaces stay as they are, for French has them before its colons.
    """
    gap = _BREAKABLE_GAP if no_break else _GAP
    # A control character may have parted two words. Twice as much is looked at, lest gaps use up what may be shown.
    return gap.sub(" ", clean(text[: 2 * longest], " ")).strip()[:longest].rstrip()


def printable(text: str) -> str:
    """Return a text of several lines without control characters and tabs."""
    return clean(text, " ").replace("\t", "    ")


def has_control(text: str) -> bool:
    """Tell whether a text holds control characters or halves of characters, as no id and no key may."""
    return bool(_CONTROL.search(text))


def description(text: str) -> str:
    """Return a text that may or may not be HTML, without elements and control characters, its lines kept."""
    text = text[:_LONGEST_DESCRIPTION]
    # Google gives descriptions as HTML or as plain text, and does not say which; "1 < 2" is no element.
    if _ELEMENT.search(text):
        import html  # noqa: PLC0415 -- its list of names takes a while, and few texts are HTML

        text = html.unescape(_ELEMENT.sub("", _BREAK.sub("\n", _HIDDEN.sub("", text))))
    return clean(text, " ").replace("\t", " ").strip()


def instant(given: datetime) -> datetime:
    """Return the same time as a datetime of the standard library's own type; some libraries have their own.

    Those overload arithmetic and comparison, and the store keeps plain ones only.
    """
    return _STANDARD[0].fromisoformat(datetime.isoformat(given))


def tags(*texts: str) -> tuple[str, ...]:
    """Return the `#tags` that stand by themselves, not those within words and links; lower case, each once."""
    written = (tag.lower() for text in texts for tag in _TAG.findall(text))
    # "#case:NAME" is found as "#case", too.
    return tuple(dict.fromkeys(tag for tag in written if tag != "case"))


def case(*texts: str) -> str:
    """Return the label of the first `#case:NAME` as it is written, or nothing."""
    labels = (match[1].rstrip(".-") for text in texts if (match := _CASE.search(text)))
    return next(labels, "")
