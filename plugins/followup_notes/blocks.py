"""The block structure of a Markdown file: which list items stand under which heading, and on which line."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise


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


def read_blocks(markdown: str) -> list[Block]:
    """Return the list items and plain paragraphs in file order. Code, HTML blocks and comments are neither."""
    from markdown_it import MarkdownIt  # noqa: PLC0415 -- a tick with unchanged notes does not pay for it

    # Inline markup is left as written; "[x]: text" is a ticked note and no link definition.
    parser = MarkdownIt("commonmark").disable(["inline", "text_join", "reference"])
    heading = ""
    found: list[Block] = []
    open_items: list[Block] = []
    for token, following in pairwise(parser.parse(markdown)):
        line = token.map[0] + 1 if token.map else 0
        if token.type == "list_item_open":
            open_items.append(Block(line, heading, is_item=True))
            found.append(open_items[-1])
        elif token.type == "list_item_close":
            open_items.pop()
        elif token.type == "inline" and open_items:
            open_items[-1].texts.append(token.content)
        elif token.type == "heading_open" and token.level == 0:
            heading = "" if token.tag == "h1" else following.content
        elif token.type == "paragraph_open" and not open_items:
            found.append(Block(line, heading, is_item=False, texts=[following.content]))
    return found
