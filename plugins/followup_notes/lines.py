"""Lines as phones write them, made Markdown: one line in, one line out, so that every line keeps its number."""

from __future__ import annotations

import re

from followup_notes.grammar import OPEN_BOXES, TICKED_BOXES, has_tag, looks_like_note

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_BULLETS = "•‣⁃◦▪▫●○■□∙·–—−―‐‑→➢➤"
_ITEM = re.compile(
    rf"""(?P<before> [^\S\r\n]* (?: > \s? )* )
         (?: (?P<odd> [{_BULLETS}]+ ) | (?P<dash> [-*+] ) | (?P<number> \d{{1,9}} [.)] )
           | (?=[{OPEN_BOXES}{TICKED_BOXES}]) )
         (?P<gap> [^\S\r\n]* ) (?P<rest> \S [^\r\n]* )""",
    re.VERBOSE,
)
_HEADING = re.compile(r"[ ]{0,3}(#{2,6})[^\S\r\n]*(?=[^#\s])")
_RULE = re.compile(r"[\s\-*_=–—]*")
_PLAIN_GAPS = (" ", "\t")


def split_lines(markdown: str) -> list[str]:
    """Return the lines with their ends: those that Markdown knows, for str.splitlines finds more."""
    return _LINE.findall(markdown)


def as_markdown(line: str) -> str:
    """Return a line with its bullet, checkbox or heading as Markdown has them; any other line as it is.

    Read are the bullets of phones, dashes without a space or with another one than U+0020, numbers that would not begin
    a list, and headings without a space.
    """
    if heading := _HEADING.match(line):
        return f"{heading[1]} {line[heading.end() :]}"
    found = _ITEM.match(line)
    if not found or _RULE.fullmatch(found["rest"]) or _is_markdown(found) or not _is_item(found):
        return line
    # Programs that export such bullets indent the first level, too; by four columns that would be code.
    before = found["before"].lstrip() if found["odd"] else re.sub(r"[^\S\t]", " ", found["before"])
    return f"{before}- {line[found.start('rest') :]}"


def _is_markdown(found: re.Match[str]) -> bool:
    """Whether Markdown sees the item, too: a number other than 1 begins none within a paragraph (CommonMark 5.3)."""
    plain = found["gap"].startswith(_PLAIN_GAPS) and not found["odd"] and not re.search(r"[^\S \t]", found["before"])
    return plain and bool(found["dash"] or found["number"] in {"1.", "1)"} or not looks_like_note(found["rest"]))


def _is_item(found: re.Match[str]) -> bool:
    rest = found["rest"]
    if found["gap"] or found["odd"] or not (found["dash"] or found["number"]):
        return True
    # Without a space only what is plainly a note: -5 is a number, *so* is emphasis, +3d is a date, 3.5 a share.
    marked = looks_like_note(rest) or rest.startswith(("[ ]", "[x]", "[X]", "[]"))
    if found["dash"] == "-":
        return marked or rest[0].isalpha()
    return marked and not (found["dash"] == "*" and "*" in rest) and (bool(found["dash"]) or has_tag(rest))
