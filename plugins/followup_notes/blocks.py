"""The block structure of a Markdown file: which list items stand under which heading, and what is read as neither."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from followup_notes.grammar import looks_like_note
from followup_notes.lines import as_markdown, split_lines
from followup_rules.sentences import Sentence

if TYPE_CHECKING:
    from markdown_it.token import Token

_FENCE_END = re.compile(r"[\s>]*(`{3,}|~{3,})\s*")
_FIELD_OF_THE_PAGE = re.compile(r"[^\W\d][\w -]*:(?:\s|$)|\s+\S|-\s|\s*$")
_MOST_FIELDS = 60
_COMMENT_BEGINS = re.compile(r"\s*<!--")
# What runs over empty lines to its end, else to that of the file (CommonMark 4.6, kinds 1 to 3 and 5).
_HTML_ENDS = {"<!--": "-->", "<?": "?>", "<![cdata[": "]]>"} | {
    f"<{name}": f"</{name}>" for name in ("script", "pre", "style", "textarea")
}
_UNCLOSED = Sentence("{what} is never closed; what stands below it is read as notes; close it with {end}")


@dataclass(slots=True)
class Block:
    """A list item, a paragraph outside any list, or code; an item holds its own lines, not those of items within."""

    line: int
    """From 1."""
    heading: str
    """The last heading that is no title; empty after a title, which is a heading of level 1 without an address."""
    heading_line: int
    """Of that heading, from 1; 0 if there is none."""
    kind: str
    """`item`, `paragraph`, `heading`; `code` (also HTML), `indented` (code by its indent): nothing of these is read."""
    rows: list[tuple[int, str]] = field(default_factory=list)
    """Its lines with their numbers."""

    @property
    def is_item(self) -> bool:
        """Whether it is a note."""
        return self.kind == "item"

    @property
    def text(self) -> str:
        """All its lines, continuation lines included."""
        return "\n".join(text for _, text in self.rows)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading that is no title, and its lines, counted from 0; it ends before the next heading of any level."""

    heading: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Page:
    """The blocks of a file in its order, and where a fence or comment is never closed: (line from 1, sentence)."""

    blocks: list[Block]
    unclosed: list[tuple[int, str]]


def _tokens(markdown: str) -> list[Token]:
    from markdown_it import MarkdownIt  # noqa: PLC0415 -- a tick with unchanged notes does not pay for it

    # Inline markup is left as written; "[x]: text" is a ticked note and no link definition.
    parser = MarkdownIt("commonmark").disable(["inline", "text_join", "reference"])
    return parser.parse("".join(map(as_markdown, split_lines(markdown))))


def read_sections(markdown: str) -> list[Section]:
    """Return the sections in file order."""
    tokens, lines, _ = _closed(markdown)
    pairs = pairwise(tokens)
    headings = [(token, text) for token, text in pairs if token.type == "heading_open" and token.level == 0]
    starts = [token.map[0] if token.map else 0 for token, _ in headings]
    ends = [*starts[1:], len(lines)]
    return [
        Section(text.content, start, end)
        for (token, text), start, end in zip(headings, starts, ends, strict=False)
        if not _is_title(token, text)
    ]


def _is_title(opening: Token, text: Token) -> bool:
    """Tell whether a heading is the title of the document: of level 1, and without an address or domain."""
    return opening.tag == "h1" and "@" not in text.content


def read_page(markdown: str) -> Page:
    """Return the blocks of a file."""
    tokens, lines, unclosed = _closed(markdown)
    return Page(_blocks(tokens, lines), unclosed)


def _closed(markdown: str) -> tuple[list[Token], list[str], list[tuple[int, str]]]:
    """Return the tokens and lines of a file without the openings of what is never closed, which would hide the rest."""
    unclosed: list[tuple[int, str]] = []
    lines = split_lines(markdown)
    properties = _properties(lines)
    lines[:properties] = ["\n"] * properties
    while found := _unclosed(tokens := _tokens("".join(lines)), lines):
        number, sentence = found
        unclosed.append((number + 1, sentence))
        lines[number] = "\n"
    return tokens, lines, unclosed


def _properties(lines: list[str]) -> int:
    """Return how many lines the properties take up that programs put on top of a page (YAML between lines `---`).

    Where a line of them looks like a note, or none is a field, they are a part of the page between two rules.
    """
    if not lines or lines[0].rstrip() != "---":
        return 0
    for number, line in enumerate(lines[1:_MOST_FIELDS], 1):
        if line.rstrip() in ("---", "..."):
            return number + 1
        is_field = _FIELD_OF_THE_PAGE.match(line) and (number > 1 or ":" in line)
        if not is_field or looks_like_note(line.lstrip(" -")):
            return 0
    return 0


def _unclosed(tokens: list[Token], lines: list[str]) -> tuple[int, str] | None:
    """Return the line, from 0, at which a fence or comment begins that runs to the end of the file."""
    for token in tokens:
        begin, behind = token.map or (0, 0)
        if token.type == "fence" and not (behind - begin > 1 and _FENCE_END.fullmatch(lines[behind - 1])):
            return begin, Sentence(_UNCLOSED.template, what=Sentence("this code block"), end=token.markup)
        html = token.content.strip().lower() if token.type == "html_block" else ""
        end = next((end for start, end in _HTML_ENDS.items() if html.startswith(start) and end not in html), "")
        if end:
            return begin, Sentence(
                _UNCLOSED.template,
                what=Sentence("this comment") if end == "-->" else Sentence("this HTML"),
                end=end,
            )
    return None


def _blocks(tokens: list[Token], lines: list[str]) -> list[Block]:
    heading, stands = "", 0
    blocks: list[Block] = []
    open_items: list[Block] = []
    for token, following in pairwise([*tokens, *tokens[-1:]]):
        begin, end = token.map or (0, 0)
        # markdown-it gives the blocks in the order of the file; only items are nested, in each other.
        if token.type == "list_item_open":
            open_items.append(Block(begin + 1, heading, stands, "item"))
            blocks.append(open_items[-1])
        elif token.type == "list_item_close":
            open_items.pop()
        elif token.type == "inline" and open_items:
            open_items[-1].rows += enumerate(token.content.split("\n"), begin + 1)
        elif token.type == "heading_open" and token.level == 0:
            below = heading
            heading, stands = ("", 0) if _is_title(token, following) else (following.content, begin + 1)
            blocks.append(Block(begin + 1, heading or below, stands, "heading", [(begin + 1, lines[begin])]))
        elif token.type == "paragraph_open" and not open_items:
            blocks.append(Block(begin + 1, heading, stands, "paragraph", _numbered(lines, begin, end)))
        elif token.type in {"fence", "code_block", "html_block"} and not _COMMENT_BEGINS.match(token.content):
            kind = "indented" if token.type == "code_block" else "code"
            blocks.append(Block(begin + 1, heading, stands, kind, _numbered(lines, begin, end)))
    return blocks


def _numbered(lines: list[str], begin: int, end: int) -> list[tuple[int, str]]:
    return [(number + 1, lines[number].rstrip("\r\n")) for number in range(begin, end)]
