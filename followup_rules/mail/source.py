"""The body of a mail as it is written (MIME): its words, and what hangs on it.

The parts are found here, not by the email library: that reads a mail of thousands of nested parts for seconds, and goes
into attached mails, whose words are somebody else's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from functools import lru_cache
from itertools import pairwise

from msgspec import Struct

from followup_rules.mail import charsets, html
from followup_rules.mail.header_block import is_separator

_DEEPEST, _MOST_PARTS = 12, 200
_LONGEST_HEAD, _LONGEST_TEXT = 100_000, 600_000
"""In bytes: of the head of a part, and of a text as it is carried."""
_BLANK = re.compile(rb"\r?\n\r?\n")
_CONTENT_FIELD = re.compile(rb"^content-[!-9;-~]{1,40}[ \t]*:.*(?:\n[ \t].*)*", re.IGNORECASE | re.MULTILINE)
_COMMENT = re.compile(rb'("(?:[^"\\]|\\.){0,200}")|\([^()"]{0,200}\)')
"""What stands in quotes, or a comment; longer ones would take time that grows with the square of the length."""
_NO_SEMICOLON = re.compile(rb"^(content-type[ \t]*:\s*[\w.+-]+/[\w.+-]+)\s+(?=[\w-]+=)", re.IGNORECASE)
_TOKEN = re.compile(r"[\w-]+")
_BOUNDARY_LINE = re.compile(rb"^--([ -~]{1,200}?)[ \t]*\r?\n(?=content-)", re.IGNORECASE | re.MULTILINE)
_BOUNDARY = re.compile(r"[ -~]{1,200}")
_BEGINNING, _END, _END_OF_PAGE = 2_000, 3_000, 9_000
"""In characters: how much of a mail tells who wrote it."""
_MOST_TEXTS, _MOST_LINKS = 4, 30
_LINKED = re.compile(r"\bhref\s*=\s*[\"']?((?:https?|mailto):[^\"'\s>]{1,300})", re.IGNORECASE)
_METHOD = re.compile(r"^METHOD:(\w{1,20})\s*$", re.IGNORECASE | re.MULTILINE)
_LONGEST_STUB = 300
_PICTURE = re.compile(r"\[(?:cid|image)\b[^\[\]]{0,200}\]", re.IGNORECASE)
_SHOWS_A_PAGE = re.compile(
    r"\b(?:in|au|en) (?:format )?html\b.{0,60}\b(?:format|mail|message|view|reader|client)"
    r"|\b(?:support|display|read|view|affiche\w*|lire|prend pas en charge)\b.{0,20}\bhtml\b",
    re.IGNORECASE | re.DOTALL,
)
"""What programs write that make no text of a page: "This message is in HTML format. Please view it in ..."."""
_JOINER = "\u2060"
_SWAPPED = {"plain/text": "text/plain", "html/text": "text/html"}
"""As scripts write them that send mail."""
_PAGES = ("text/html", "application/xhtml+xml")
"""The second as some gateways of telephones send it (RFC 3236)."""


class _Part(Struct, frozen=True):
    """One part of a mail (RFC 2046): its own head, and its body as it is carried."""

    head: Message
    body: bytes
    inner: tuple[_Part, ...] = ()
    """The parts of a multipart."""

    @property
    def kind(self) -> str:
        """Its content type, without parameters."""
        told = self.head.get_content_type()
        return _SWAPPED.get(told, told)

    @property
    def is_file(self) -> bool:
        """Whether it hangs on the mail rather than being its text."""
        return self.head.get_content_disposition() == "attachment" or self.head.get_filename() is not None


def words(content: bytes) -> str:
    """Return the text of a mail: of each part the plain one, else the HTML one; nothing if none can be read.

    Files that hang on it and mails that are attached to it are not read. What a page quotes is left out but for a
    line `>` in its place; what a plain text quotes is still there: `own_words.opening` takes it away.
    """
    try:
        return _text(_tree(content), is_mail=True)
    except Exception:  # noqa: BLE001 -- a broken body does not unsend the mail
        return ""


def ends(content: bytes, text: str) -> str:
    """Return how a mail begins and how its texts end, the links of a page among them, to tell who wrote it.

    The text is its words. Nothing of a mail that passes another on below a line such as "-----Original Message-----",
    and no quoted lines.
    """
    try:
        texts = [part for part in _all(_tree(content)) if part.kind in ("text/plain", *_PAGES) and not part.is_file]
        pieces = [text[:_BEGINNING], *map(_end, texts[:_MOST_TEXTS])]
    except Exception:  # noqa: BLE001
        return ""
    lines = "\n".join(pieces).splitlines()
    return "" if any(map(is_separator, lines)) else "\n".join(line for line in lines if not line.startswith(">"))


def _end(part: _Part) -> str:
    text = _decoded(part)
    if part.kind == "text/plain":
        return text[-_END:]
    page = text[-_END_OF_PAGE:]
    return "\n".join((*_LINKED.findall(page)[-_MOST_LINKS:], html.text(page)[-_END:]))


def types(content: bytes) -> tuple[str, ...]:
    """Return the content types of a mail and its parts, with their parameters: `text/calendar; method=REPLY`."""
    try:
        return tuple(_type(part) for part in _all(_tree(content)))
    except Exception:  # noqa: BLE001
        return ()


def attachments(content: bytes) -> int:
    """Return how many files hang on a mail."""
    return sum(part.head.get_filename() is not None for part in _all(_tree(content)))


@lru_cache(maxsize=1)  # words and types of a mail are asked for one after the other
def _tree(content: bytes) -> _Part:
    """Return a mail with its parts, as many of them and as deep as anybody writes."""
    return _part(content, _DEEPEST, iter(range(_MOST_PARTS)))


def _part(content: bytes, deepest: int, left: Iterator[int]) -> _Part:
    head, *rest = _BLANK.split(content, maxsplit=1)
    if content.startswith((b"\n", b"\r\n")):  # a part without a head: a plain text (RFC 2046, section 5.1)
        head, rest = b"", [content]
    told, body = _content_fields(head[:_LONGEST_HEAD]), rest[0] if rest else b""
    # Attached mails (message/rfc822) are not opened: what stands in them somebody else wrote.
    if not deepest or told.get_content_maintype() != "multipart":
        return _Part(told, body)
    pieces = (piece for piece in _pieces(_boundary(told, body), body) if next(left, None) is not None)
    return _Part(told, b"", tuple(_part(piece, deepest - 1, left) for piece in pieces))


def _boundary(told: Message, body: bytes) -> str:
    """Return what parts a multipart: by its head, else by the first line before a head that can be one.

    Some programs lose it, or put it in the wrong quotes: boundary='cut'.
    """
    boundary = told.get_boundary() or ""
    if boundary and f"--{boundary}".encode() in body:
        return boundary
    found = _BOUNDARY_LINE.search(body)
    return found[1].decode("ascii", "replace") if found else boundary


def _content_fields(head: bytes) -> Message:
    """Return what a head says of the content (RFC 2045, section 3); the rest of it would take most of the time.

    Without comments, which the email library does not expect there, and with the sign between type and parameters.
    """
    fields = _CONTENT_FIELD.findall(head.replace(b"\r\n", b"\n"))
    plain = (_COMMENT.sub(lambda found: found[1] or b"", field) if b"(" in field else field for field in fields)
    told = (_NO_SEMICOLON.sub(rb"\1; ", field) for field in plain)
    read = message_from_bytes(b"\n".join(told) + b"\n\n")
    if encoding := _TOKEN.search(str(read.get("content-transfer-encoding", ""))):
        read.replace_header("content-transfer-encoding", encoding[0])
    return read


def _type(part: _Part) -> str:
    """Return its type; of a calendar with its method, which RFC 6047 (section 2.4) wants there, and some leave out."""
    written = " ".join(str(part.head.get("content-type", "text/plain")).split())[:1_000]
    if part.kind != "text/calendar" or part.is_file or part.head.get_param("method"):
        return written
    method = _METHOD.search(_decoded(part)[:_BEGINNING])
    return f"{written}; method={method[1]}" if method else written


def _all(part: _Part) -> Iterator[_Part]:
    yield part
    for inner in part.inner:
        yield from _all(inner)


def _pieces(boundary: str | None, body: bytes) -> Iterator[bytes]:
    """Yield the parts of a multipart (RFC 2046, section 5.1.1); what is before the first and after the last is none."""
    if not boundary or not _BOUNDARY.fullmatch(boundary):
        return
    line = re.compile(re.escape(b"--" + boundary.encode()) + rb"(--)?[ \t]*(?=\r?\n|\Z)")
    places: list[tuple[int, int]] = []
    for match in line.finditer(body):
        # A boundary begins its line; in the middle of one it is the text of somebody who quotes a mail's source.
        if body[max(match.start() - 1, 0) : match.start()] not in (b"", b"\n"):
            continue
        places.append((match.start(), match.end()))
        if match[1] or len(places) > _MOST_PARTS:
            break
    else:
        places.append((len(body), len(body)))  # the last line is missing: the mail was cut off
    for (_, start), (end, _) in pairwise(places):
        yield body[start:end].removeprefix(b"\r").removeprefix(b"\n").removesuffix(b"\n").removesuffix(b"\r")


def _text(part: _Part, *, is_mail: bool = False) -> str:
    # A text that is the whole mail is a letter though a program has given it a name; the parts of a digest are mails.
    is_file = part.head.get_content_disposition() == "attachment" if is_mail else part.is_file
    if is_file or part.kind == "multipart/digest":
        return ""
    if part.kind == "text/plain":
        return _flowed(part.head, _decoded(part))
    if part.kind in _PAGES:
        return html.text(_decoded(part))
    if part.kind == "multipart/alternative":
        # The last alternative is the richest (RFC 2046, section 5.1.4); the plain one shows what is quoted.
        plain_first = sorted(part.inner, key=lambda inner: inner.kind != "text/plain")
        texts = [text for inner in plain_first if (text := _text(inner)).strip()]
        return next((text for text in texts if not _is_a_stub(text)), next(iter(texts), ""))
    return "\n\n".join(text for inner in part.inner if (text := _text(inner)).strip())


def _is_a_stub(text: str) -> bool:
    """Tell of a plain text whether it only stands for the page beside it: nothing to be seen, or "use HTML"."""
    said = _PICTURE.sub("", text[: _LONGEST_STUB + 1])
    return len(text) <= _LONGEST_STUB and (not any(map(str.isalnum, said)) or bool(_SHOWS_A_PAGE.search(said)))


def _decoded(part: _Part) -> str:
    # The email library decodes base64 and quoted-printable as they come, cut off and damaged too.
    part.head.set_payload(part.body[:_LONGEST_TEXT].decode("ascii", "surrogateescape"))
    payload = part.head.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    return charsets.read(raw, part.head.get_content_charset("utf-8"))


def _flowed(head: Message, text: str) -> str:
    """Join the lines that a program broke (RFC 3676), within each depth of quotes; `-- ` ends a letter and stays.

    A line of the writer's own that begins with `>` has a space before it (section 4.4); where it stands alone, for some
    programs indent what they quote, a word joiner keeps it from being taken for a quote.
    """
    if str(head.get_param("format", "")).lower() != "flowed":
        return text
    deletes = str(head.get_param("delsp", "")).lower() == "yes"
    lines: list[str] = []
    open_depth: int | None = None
    for line in text.replace("\r\n", "\n").split("\n"):
        bare = line.lstrip(">")
        depth, bare = len(line) - len(bare), bare.removeprefix(" ")
        if open_depth == depth and bare != "-- ":
            lines[-1] += bare
        else:
            lines.append(">" * depth + (" " if depth else _JOINER * line.startswith(" >")) + bare)
        flows = bare.endswith(" ") and bare != "-- "
        open_depth = depth if flows else None
        if flows and deletes:
            lines[-1] = lines[-1][:-1]
    stuffed = [number for number, line in enumerate(lines) if line.startswith(_JOINER)]
    for number in stuffed if len(stuffed) > 1 else ():
        lines[number] = lines[number].removeprefix(_JOINER)
    return "\n".join(lines)
