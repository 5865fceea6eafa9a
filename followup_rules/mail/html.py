"""The words of an HTML page as a plain text: quotes as lines marked by `>`, signatures left out.

Read by lxml as a stream of elements, so that neither depth nor breadth costs more than length.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_LONGEST = 400_000
"""In characters: the styles that Outlook puts before the first word take up to 100,000."""

_STRETCH, _ENOUGH = 20_000, 20_000
"""In characters: of a page that has said so much, the rest is not read; only the beginning of a letter is kept."""

_UNSEEN = frozenset(
    {"head", "style", "script", "title", "template", "object", "svg", "math", "select", "button", "textarea", "iframe"}
)
_BLOCKS = frozenset(
    {"address", "article", "aside", "body", "center", "dd", "div", "dl", "dt", "fieldset", "figure", "footer", "form"}
    | {"h1", "h2", "h3", "h4", "h5", "h6", "header", "html", "li", "main", "nav", "ol", "p", "pre", "section", "table"}
    | {"tbody", "tr", "ul"}
)
_QUOTES = frozenset({"yahoo_quoted", "protonmail_quote", "tutanota_quote", "zmail_extra", "ymail_quote"})
"""Classes of what encloses a quote, besides the element `blockquote`."""
_SIGNATURE = "signature"
"""Stands in the class, id or name of what encloses one: gmail_signature, editorUserSignature (Infomaniak's)."""
_BEFORE_A_SIGNATURE = "linebreakatbeginningofsignature"
"""The id of an empty line that iOS puts before one, which nothing encloses."""
_ENDS = frozenset({"appendonsend", "divrplyfwdmsg", "olk_src_body_section", "mail-editor-reference-message-container"})
"""Ids after which Outlook puts the mail that is answered, or passed on."""
_SEPARATOR = "-----Original Message-----"
_RULE = "_____"
_INDENT = re.compile(r"border\s*:\s*(?:none|0)")
_BORDER = re.compile(r"border-(?:left|top)\s*:|border\s*:\s*\d")
_TOP_BORDER = re.compile(r"border-top\s*:\s*solid")
_SPACE = re.compile(r"[ \t\r\n\f]+")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:px|pt|em|%)?\s*(?:;|$|!)")
"""How programs put words into a page that its reader does not see."""


def text(page: str) -> str:
    """Return the words of a page, its lines as a reader sees them; what quotes a mail is one line `>`."""
    from lxml import etree  # noqa: PLC0415 -- most mails have a plain text

    target = _Words()
    # no_network: a document type may name an address, and nobody who sends a mail may learn that it was read.
    parser = etree.HTMLParser(target=target, no_network=True)
    for start in range(0, min(max(len(page), 1), _LONGEST), _STRETCH):
        parser.feed(page[start : min(start + _STRETCH, _LONGEST)])
        if target.length > _ENOUGH:
            break
    parser.close()
    return "\n".join(target.lines).strip("\n")


class _Words:
    """What the parser calls for each element and text (lxml's target interface)."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.length = 0
        self._line: list[str] = []
        self._left_out = 0
        """How deep within an element that is left out."""
        self._pre = 0
        self._ended = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if self._left_out or self._ended:
            # Counted, for elements within it end before it does; lxml closes for each start, also of what a page leaves
            # open.
            self._left_out += 1 if self._left_out else 0
            return
        named = {word.lower().removeprefix("x_") for word in attributes.get("class", "").split()}
        ident, style = attributes.get("id", "").lower().removeprefix("x_"), attributes.get("style", "").lower()
        names = {*named, ident, attributes.get("name", "").lower()}
        if ident == _BEFORE_A_SIGNATURE:
            self._whole_line("-- ")
        elif tag in _UNSEEN or _HIDDEN.search(style) or any(_SIGNATURE in name for name in names):
            self._left_out = 1
        elif _QUOTES & named or (tag == "blockquote" and not _is_indented(attributes, style)):
            self._left_out = 1
            self._whole_line(">")
        elif ident in _ENDS or "moz-forward-container" in named:
            self._whole_line(_SEPARATOR)
            self._ended = True
        elif tag == "hr" or (tag == "div" and _TOP_BORDER.search(style)):
            self._whole_line(_RULE)
        elif tag == "br":
            self._break()
        elif tag in _BLOCKS or tag == "blockquote":
            self._break(only_after_words=True)
            self._pre += tag == "pre"
        elif tag in ("td", "th"):
            self._line.append(" ")

    def end(self, tag: str) -> None:
        if self._left_out:
            self._left_out -= 1
        elif not self._ended and (tag in _BLOCKS or tag == "blockquote"):
            self._break(only_after_words=True)
            self._pre -= tag == "pre"

    def data(self, words: str) -> None:
        if self._left_out or self._ended:
            return
        # Outside `pre` a line break of the source is a space.
        first, *others = words.replace("\r\n", "\n").split("\n") if self._pre > 0 else [words]
        self._line.append(first)
        for other in others:
            self._break()
            self._line.append(other)

    def comment(self, words: str) -> None:
        """Pass over it."""

    def close(self) -> None:
        """End the last line."""
        self._break(only_after_words=True)

    def _break(self, *, only_after_words: bool = False) -> None:
        written = "".join(self._line)
        line = _SPACE.sub(" ", written).strip(" ")
        if line or not only_after_words:
            self.lines.append(line)
            self.length += len(line)
        self._line = []

    def _whole_line(self, line: str) -> None:
        self._break(only_after_words=True)
        self.lines.append(line)


def _is_indented(attributes: Mapping[str, str], style: str) -> bool:
    """Tell whether a `blockquote` is only the writer's own paragraph moved to the right, as Gmail and Apple Mail do."""
    if (
        attributes.get("type")
        or attributes.get("cite")
        or "quote" in attributes.get("class", "").replace("blockquote", "")
    ):
        return False
    return _INDENT.search(style) is not None and _BORDER.search(style) is None
