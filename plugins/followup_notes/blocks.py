"""The block structure of a Markdown file: which list items stand under which heading, and on which line."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it.token import Token

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


@dataclass(slots=True)
class Block:
    """A list item, or a paragraph outside any list; an item holds the text of its own lines, not of items within."""

    line: int
    """From 1."""
    heading: str
    """The last heading of level 2 or deeper; empty after a level 1 heading, which is the title of the document."""
    is_item: bool
    texts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All its lines, continuation lines included."""
        return "\n".join(self.texts)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of level 2 or deeper, and its lines, counted from 0; it ends before the next heading of any level."""

    heading: str
    start: int
    end: int


def _tokens(markdown: str) -> list[Token]:
    from markdown_it import MarkdownIt  # noqa: PLC0415 -- a tick with unchanged notes does not pay for it

    # Inline markup is left as written; "[x]: text" is a ticked note and no link definition.
    return MarkdownIt("commonmark").disable(["inline", "text_join", "reference"]).parse(markdown)


def split_lines(markdown: str) -> list[str]:
    """Return the lines with their ends: those that Markdown knows, for str.splitlines finds more."""
    return _LINE.findall(markdown)


def read_sections(markdown: str) -> list[Section]:
    """Return the sections in file order."""
    pairs = pairwise(_tokens(markdown))
    headings = [(token, text.content) for token, text in pairs if token.type == "heading_open" and token.level == 0]
    starts = [token.map[0] if token.map else 0 for token, _ in headings]
    ends = [*starts[1:], len(split_lines(markdown))]
    return [
        Section(text, start, end)
        for (token, text), start, end in zip(headings, starts, ends, strict=False)
        if token.tag != "h1"
    ]


def read_blocks(markdown: str) -> list[Block]:
    """Return the list items and plain paragraphs in file order. Code, HTML blocks and comments are neither."""
    heading = ""
    blocks: list[Block] = []
    open_items: list[Block] = []
    for token, following in pairwise(_tokens(markdown)):
        line = token.map[0] + 1 if token.map else 0
        if token.type == "list_item_open":
            open_items.append(Block(line, heading, is_item=True))
            blocks.append(open_items[-1])
        elif token.type == "list_item_close":
            open_items.pop()
        elif token.type == "inline" and open_items:
            open_items[-1].texts.append(token.content)
        elif token.type == "heading_open" and token.level == 0:
            heading = "" if token.tag == "h1" else following.content
        elif token.type == "paragraph_open" and not open_items:
            blocks.append(Block(line, heading, is_item=False, texts=[following.content]))
    return blocks
