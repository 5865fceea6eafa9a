"""What is wrong with a text that is not TOML, in words for the person who wrote it."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from msgspec.structs import replace

from followup_rules.codes import Code
from followup_rules.model import Problem
from followup_rules.sentences import Sentence
from followup_rules.toml.positions import slip, spot

if TYPE_CHECKING:
    from followup_rules.toml.positions import Path, Slip, Span

_POSITION = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_QUOTE_NAME = Sentence('a name with letters other than a-z, A-Z, 0-9, - and _ stands in quotes: "été"')
_ODD_QUOTES = "“”„«»‘’"
# Up to the quote that closes it: in “J’arrive” that is not the apostrophe.
_IN_ODD_QUOTES = re.compile(r"""[“”„]([^“”„"]*)|[«»]([^«»"]*)|[‘’]([^‘’']*)""")
# Of a line: a tag where a value belongs, and not in a text.
_TAG = re.compile(r"""((?:"[^"]*"|'[^']*'|[^"'#])*[=\[{,]\s*)(#[^\W\d_][\w-]*)""")
_LINE = re.compile(r".+")
_DIGITS = re.compile(r"[0-9_]{4300,}")
_BEGUN = re.compile(r'"([^"]*)$')
_WHOLE = re.compile(r"""([^"']+)"\s*(?:#.*)?$""")
# What is neither white space nor a comment; a # within a text is taken for one where it stands last on its line.
_VALUE_END = re.compile(r"""(?:"[^"\n]*"|'[^'\n]*'|[^\s#"'])(?=\s*(?:#.*)?(?:\s|\Z))""")
_TRUTH = re.compile(r"(?:true|false|yes|no|on|off)\s*(?:#.*)?", re.IGNORECASE)
_TWICE = (
    "Cannot overwrite",
    "Cannot declare",
    "Cannot redefine",
    "Cannot mutate",
)
_ESCAPE = ("Unescaped", "Invalid hex", "Escaped character")
_UNCLOSED = (
    "Illegal character '\\n'",
    "Found invalid character '\\n'",
    "Unterminated string",
    "Expected \"'",
)

# How the sentences of tomllib begin (CPython 3.11 to 3.14), what we say instead, and what to do.
_CAUSES: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (
        _ESCAPE,
        Sentence('a \\ in a text in "double quotes" begins an escape such as \\n'),
        Sentence("for a Windows path, use 'single quotes': {path}", path="'C:\\Users\\me'"),
    ),
    (
        _UNCLOSED,
        Sentence("the closing quote of a text is missing"),
        Sentence("end the text with the same quote that begins it"),
    ),
    (
        ("Illegal character", "Found invalid character"),
        Sentence("here is a character that is not text"),
        Sentence("delete it; the file must be plain text in UTF-8"),
    ),
    (
        ("Duplicate inline table key",),
        Sentence("a key is given twice in one { }"),
        Sentence("keep one of them"),
    ),
    (
        ("Unclosed array",),
        Sentence("a comma or the closing ] of a list is missing"),
        Sentence('part the values by commas, and close the list: ["one", "two"]'),
    ),
    (
        ("Unclosed inline table",),
        Sentence("a comma or the closing } is missing"),
        Sentence("a { } stands on one line, with commas; what is longer gets its own [table]"),
    ),
    (
        ("Invalid date or datetime",),
        Sentence("there is no such date or time"),
        Sentence("write 2026-11-09 or 2026-11-09 14:30:00"),
    ),
)


def explain(error: ValueError, text: str, file: str) -> Problem:
    """Return the problem that `tomllib` found in `text`, with the place and, for the usual causes, what to do."""
    position = _POSITION.search(str(error))
    if position is None:
        digits = _DIGITS.search(text)
        return unreadable(Sentence("a number has too many digits"), "", text, file, digits.span() if digits else (0, 1))
    said = str(error)[: position.start()]
    at = _offset(text, position)
    last = slip(text[:at])
    if overlooked := _overlooked(said, text, at, last.start):
        message, hint, span = overlooked
        return unreadable(message, hint, text, file, span)
    if said.startswith(_TWICE) and last.earlier is not None:
        return _twice(last, text, file)
    message, hint = _cause(said, text, at, last)
    span = _end_of_last_value(text, at) if said.startswith("Unclosed array") else _marked(said, text, at, last)
    begun = not last.whole and "\n" in text[last.start : span[0]]
    problem = unreadable(message, hint, text, file, span)
    return replace(problem, also=((file, *_line(text, last.start)),)) if begun else problem


def unreadable(message: str, hint: str, text: str, file: str, span: Span) -> Problem:
    """Return the problem of a text that cannot be read, at `span`."""
    return Problem(file, message, Code.NOT_TOML, file, **spot(text, span)._asdict(), hint=hint)


def _overlooked(said: str, text: str, at: int, start: int) -> tuple[str, str, Span] | None:
    """Return what the eye passes over: a character that is not seen, or a tag that was taken for a comment."""
    # A space that is none to TOML, such as a no-break space, or what has no width at all.
    if at < len(text) and text[at] != " " and unicodedata.category(text[at]) in {"Zs", "Cf"}:
        unseen = Sentence("here is a character that is not seen: U+{number}", number=f"{ord(text[at]):04X}")
        return unseen, Sentence("delete it; where a space is meant, type a plain one"), (at, at + 1)
    # Other quotes around a tag are told as such.
    if not said.startswith(("Invalid value", "Unclosed")) or text[at : at + 1] in [*_ODD_QUOTES]:
        return None
    lines = _LINE.finditer(text, start, (text + "\n").index("\n", at))
    tag = next((found.span(2) for line in lines if (found := _TAG.match(text, *line.span()))), None)
    if tag is None:
        return None
    hint = Sentence('put it in quotes: {key}"{text}"', key="", text=text[slice(*tag)])
    return Sentence("a # that stands in no quotes begins a comment"), hint, tag


def _offset(text: str, found: re.Match[str]) -> int:
    if found[1] is None:
        return len(text)
    before = text.split("\n", int(found[1]) - 1)[:-1]
    return sum(len(line) + 1 for line in before) + int(found[2]) - 1


def _line(text: str, at: int) -> tuple[int, str]:
    line, _, source, _ = spot(text, (at, at + 1))
    return line, source.strip()


def _marked(said: str, text: str, at: int, last: Slip) -> Span:
    if said.startswith(_UNCLOSED):
        return (last.stop, at)
    if said.startswith(_ESCAPE):
        return (max(at - 2, 0), at)
    if at < len(text):
        return (at, at + 1)
    return (last.start, at) if not last.whole else (max(0, len(text.rstrip()) - 1), at)


def _end_of_last_value(text: str, at: int) -> Span:
    """Return the end of the last value before a place: behind it a comma or bracket is missing, not on a later line."""
    ends = [found.end() for found in _VALUE_END.finditer(text, 0, at)]
    return (ends[-1] - 1, ends[-1]) if ends else (at, at + 1)


def _twice(last: Slip, text: str, file: str) -> Problem:
    assert last.earlier is not None
    path, span = last.earlier
    line, source = _line(text, span[0])
    message = Sentence('"{dotted}" is given twice', dotted=_dotted(path))
    if path != last.path:
        message = Sentence(
            '"{added}" cannot be added: "{dotted}" is already given',
            added=_dotted(last.path),
            dotted=_dotted(path),
        )
    problem = unreadable(message, Sentence("keep one of them, here or in line {line}", line=line), text, file, last.key)
    return replace(problem, also=((file, line, source),))


def _dotted(path: Path) -> str:
    return ".".join(part for part in path if isinstance(part, str))


def _cause(said: str, text: str, at: int, last: Slip) -> tuple[str, str]:
    source = spot(text, (at, at + 1))
    before, rest = source.source_line[: source.column - 1], source.source_line[source.column - 1 :]
    if before.endswith(('"', "'")) and rest[:1].isalnum() and not said.startswith("Invalid"):
        return Sentence("the line goes on after its value"), _inner_quote(before)
    for beginnings, message, hint in _CAUSES:
        if said.startswith(beginnings):
            return message, _of_its_text(said, before, rest) or hint
    if said.startswith("Expected ']"):
        whole = Sentence("write {line}]", line=source.source_line.strip())
        return Sentence("the closing ] of a table's name is missing"), _QUOTE_NAME if rest.strip(" \t]") else whole
    if said.startswith("Expected '='"):
        return Sentence("here a = and a value are missing"), _no_equals(rest)
    if said.startswith("Invalid value"):
        opened = text[last.key[1] : at].strip() not in {"", "="}
        return _no_value(before, rest, opened=opened)
    if said.startswith("Expected newline"):
        return Sentence("the line goes on after its value"), _goes_on(before, rest)
    if said.startswith("Invalid initial character") and before.rstrip().endswith(("{", ",")):
        hint = Sentence("a { } stands on one line, with commas; what is longer gets its own [table]")
        return Sentence("here a key is missing"), Sentence("delete the comma") if rest.startswith("}") else hint
    if said.startswith(("Invalid statement", "Invalid initial character")):
        return Sentence("this is neither `key = value` nor a [table]"), _QUOTE_NAME if rest[:1].isalpha() else ""
    return Sentence("this is not valid TOML: {said}", said=said), ""


def _of_its_text(said: str, before: str, rest: str) -> str:
    """Return the hint with the text that was meant, where it is a simple one; else ""."""
    begun = _BEGUN.search(before)
    if said.startswith(_ESCAPE) and begun and (whole := _WHOLE.match(begun[1] + rest)):
        return Sentence("for a Windows path, use 'single quotes': {path}", path=f"'{whole[1]}'")
    if said.startswith(_UNCLOSED) and begun and not rest.strip() and begun[1].strip():
        return Sentence("end the text with the same quote that begins it: {text}", text=f'"{begun[1].strip()}"')
    return ""


def _no_equals(rest: str) -> str:
    if rest.startswith(":"):
        return Sentence("write `key = value`, not `key: value`")
    return _QUOTE_NAME if rest[:1].isalpha() and not rest[:1].isascii() else Sentence("write `key = value`")


def _no_value(before: str, rest: str, *, opened: bool) -> tuple[str, str]:
    if not rest.strip() and opened:
        return Sentence("a list or a { } is not closed"), Sentence("the closing ] or } is missing")
    if not rest.strip() or rest.startswith("#"):
        return Sentence("the value is missing"), Sentence('write a text as "text", or delete the line')
    if rest[0] in _ODD_QUOTES:
        written = _IN_ODD_QUOTES.match(rest)
        text = (written[written.lastindex or 0] if written else "").strip()
        return Sentence("these quotes are not known here"), Sentence("use straight ones: {text}", text=f'"{text}"')
    if _TRUTH.fullmatch(rest):
        return Sentence("this is no value"), Sentence("write true or false, in small letters and without quotes")
    return Sentence("a text must stand in quotes"), _quoted(before, rest)


def _goes_on(before: str, rest: str) -> str:
    if before.rstrip().endswith(('"', "'")):
        return _inner_quote(before.rstrip())
    key, equals, value = before.partition("=")
    return _quoted(f"{key}= ", value.lstrip() + rest) if equals else Sentence("begin a new line here")


def _inner_quote(before: str) -> str:
    """Return what to do about a text that ends at a quote that was meant as a part of it."""
    if before.endswith("'"):
        return Sentence('put a text with a \' in it into "double quotes"')
    return Sentence("a \" within a text is written \\\"; or put the text in 'single quotes'")


def _quoted(before: str, rest: str) -> str:
    """Return the line as it should be: what stands before, and the text in quotes, up to a comma, end or comment."""
    in_list = "[" in before or "{" in before
    text = re.split(r"[,\]}#]" if in_list else "#", rest, maxsplit=1)[0].strip().strip("\"'")
    key = "" if in_list else before.strip() + " "
    return (
        Sentence('put it in quotes: {key}"{text}"', key=key, text=text)
        if len(text) <= 80 and '"' not in text
        else Sentence("put the text in quotes")
    )
