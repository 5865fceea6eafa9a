"""What strangers give, made plain: text without control characters and HTML, bounded in size; its `#tags`; times.

Calendars and mails are written by anybody; a source shows nothing of them that has not gone through here.
"""

from __future__ import annotations

import html
import re
from datetime import datetime

LONGEST_TITLE = 500
LONGEST_TEXT = 2_000
"""What is kept of a description."""
_LONGEST_PAGE, _LONGEST_DESCRIPTION = 20_000, 10_000
"""Nobody writes more by hand; what a program adds after that is not read."""

# C0 and C1 controls, the marks that reverse the direction of text, and halves of characters.
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+")
_HIDDEN = re.compile(  # what is never closed hides the rest: else each beginning would be looked through to the end
    r"<(style|script)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.IGNORECASE | re.DOTALL
)
_NOT_SAID = re.compile(
    r"<blockquote\b.*?(?:</blockquote\s*>|\Z)|<head\b.*?(?:</head\s*>|(?=<body\b)|\Z)", re.IGNORECASE | re.DOTALL
)
_BREAK = re.compile(r"<(?:br|/p|/div|/li|/tr)\b[^<>]*>", re.IGNORECASE)
_ELEMENT = re.compile(r"</?[a-z!][^<>]*>", re.IGNORECASE)
_SURE_ELEMENT = re.compile(r"</?[a-z][a-z0-9]*(?:\s[^<>]*)?/?>", re.IGNORECASE)

_CASE = re.compile(r"(?<![^\s(\[,;])#case:(\w[\w.@-]*)", re.IGNORECASE)
_TAG = re.compile(r"(?<![^\s(\[,;])#([^\W\d_][\w-]*)")


def one_line(text: str, longest: int = LONGEST_TITLE) -> str:
    """Return a title, a subject or a name on one line, without control characters."""
    return " ".join(_CONTROL.sub(" ", text[: 2 * longest]).split())[:longest]


def printable(text: str) -> str:
    """Return a text of several lines without control characters."""
    return _CONTROL.sub(" ", text.replace("\r\n", "\n").replace("\t", "    "))


def without_html(page: str) -> str:
    """Return the words of an HTML page, without what it quotes."""
    page = page[:_LONGEST_PAGE].replace("\r", "").replace("\n", " ")
    return _words(_NOT_SAID.sub("", page), _ELEMENT)


def description(text: str) -> str:
    """Return a text that may or may not be HTML, without elements and control characters, its lines kept."""
    text = text[:_LONGEST_DESCRIPTION]
    words = _words(text, _SURE_ELEMENT) if _SURE_ELEMENT.search(text) else text
    return _CONTROL.sub(" ", words.replace("\r\n", "\n")).strip()


def _words(page: str, element: re.Pattern[str]) -> str:
    return html.unescape(element.sub("", _BREAK.sub("\n", _HIDDEN.sub("", page))))


def instant(given: datetime) -> datetime:
    """Return the same time as a datetime of the standard library's own type; some libraries have their own."""
    return datetime.fromisoformat(datetime.isoformat(given))


def tags(*texts: str) -> tuple[str, ...]:
    """Return the `#tags` that stand by themselves, not those within words and links; lower case, each once."""
    found = (tag.lower() for text in texts for tag in _TAG.findall(text))
    return tuple(dict.fromkeys(tag for tag in found if tag != "case"))


def case(*texts: str) -> str:
    """Return the label of the first `#case:NAME` as it is written, or nothing."""
    found = (match[1].rstrip(".-") for text in texts if (match := _CASE.search(text)))
    return next(found, "")
