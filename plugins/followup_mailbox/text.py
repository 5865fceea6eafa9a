"""Text of strangers made safe and plain: no control characters, no HTML, no quoted mail. And its `#tags`."""

from __future__ import annotations

import html
import re

_LONGEST_TITLE = 500
_LONGEST_TEXT = 200
_LONGEST_SOURCE = 20_000

# C0 and C1 controls, the marks that reverse the direction of text, and halves of characters.
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+")
_HIDDEN = re.compile(  # what is never closed hides the rest: else each beginning would be looked through to the end
    r"<(style|script|blockquote)\b.*?(?:</\1\s*>|\Z)|<head\b.*?(?:</head\s*>|(?=<body\b)|\Z)|<!--.*?(?:-->|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_BREAK = re.compile(r"<(?:br|/p|/div|/li|/tr)\b[^<>]*>", re.IGNORECASE)
_ELEMENT = re.compile(r"</?[a-z!][^<>]*>", re.IGNORECASE)
_QUOTED = re.compile(
    r"(?:^[ \t]*(?:On|Le)\b[^\n]*(?:\n(?!>)[^\n]+){0,2}?\b(?:wrote|a écrit)\s*:\s*)?(?:^>[^\n]*(?:\n|\Z))+",
    re.MULTILINE,
)

_CASE = re.compile(r"(?<![^\s(\[,;])#case:(\w[\w.@-]*)", re.IGNORECASE)
_TAG = re.compile(r"(?<![^\s(\[,;])#([^\W\d_][\w-]*)")


def one_line(text: str, longest: int = _LONGEST_TITLE) -> str:
    """Return a subject or a name on one line, without control characters."""
    return " ".join(_CONTROL.sub(" ", text[: 2 * longest]).split())[:longest]


def printable(text: str) -> str:
    """Return a text of several lines without control characters."""
    return _CONTROL.sub(" ", text.replace("\r\n", "\n").replace("\t", "    "))


def opening(text: str) -> str:
    """Return the first 200 characters that the writer wrote: without quoted lines and their "On ... wrote:"."""
    text = text[:_LONGEST_SOURCE].replace("\r\n", "\n")
    own = _QUOTED.sub("", text) if ">" in text else text
    return printable(own.strip()[: 2 * _LONGEST_TEXT]).strip()[:_LONGEST_TEXT].rstrip()


def without_html(text: str) -> str:
    """Return the words of an HTML page, without what it quotes."""
    text = text[:_LONGEST_SOURCE].replace("\r", "").replace("\n", " ")
    return html.unescape(_ELEMENT.sub("", _BREAK.sub("\n", _HIDDEN.sub("", text))))


def tags(title: str) -> tuple[str, ...]:
    """Return the `#tags` that stand by themselves, not those within words and links; lower case, each once."""
    return tuple(dict.fromkeys(tag.lower() for tag in _TAG.findall(title) if tag.lower() != "case"))


def case(title: str) -> str:
    """Return the label of the first `#case:NAME` as it is written, or nothing."""
    found = _CASE.search(title)
    return found[1].rstrip(".-") if found else ""
