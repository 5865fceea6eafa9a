"""The lines of a todo.txt file, after https://github.com/todotxt/todo.txt. Pure: text in, text out."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from followup_rules import Status, sealing
from followup_rules.plain import one_line
from followup_rules.sealing import digest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from followup_rules import Action

LONGEST_TITLE = 500
BOM = "\ufeff"

_KEY = re.compile(r"(?<!\S)fr:(\S+)")
_TEXT = re.compile(r"(?<!\S)text:(\S+)")
_PAIR = re.compile(r"([^\W\d][^\s:]*):(?=\S)")
"""What programs take for a field: `KEY:VALUE`, without white space."""
_FIELDS = frozenset({"fr", "text", "due", "t", "rec", "pri", "p", "h", "id"})
"""Keys of ours and of other programs: with one of these, `KEY://...` is a field and no address either."""
_ADDRESS = re.compile(rf"[^\w\s]*(?!(?:{'|'.join(sorted(_FIELDS))}):)[a-z][a-z0-9+.-]*://\S", re.IGNORECASE)
_MARK = re.compile(r"(?<!\S)([+@]\S+?)([.,;:!?]*)(?!\S)")
"""What programs take for a project or a context: `+` or `@` after a space, and no space after it."""
_CREATED = re.compile(r"(?:\([A-Z]\) )?(\d{4}-\d\d-\d\d) ")
_SYNTAX = re.compile(r"[xX] |\([A-Z]\) |\d{4}-\d\d-\d\d")
_COMPLETED = re.compile(r"x (\d{4}-\d\d-\d\d)(?!\S)")


class Ref(sealing.Ref, frozen=True):
    """What an output remembers of a line: its key, and a digest of the line as we left it."""

    key: str
    digest: str

    @classmethod
    def of(cls, line: str) -> Ref:
        """Return the reference of a line that holds a key."""
        return cls(key_of(line), digest(line))


def render(action: Action, zone: ZoneInfo, created: str, text_file: str = "") -> str:
    """Return the line of an action, with the day on which it was made, if known: the same whenever it is made again."""
    due = f"due:{action.due.astimezone(zone).date()}" if action.due else ""
    text = f"text:{text_file}" if text_file else ""
    return " ".join(part for part in (created, _title(action), due, text, f"fr:{action.key}") if part)


def _title(action: Action) -> str:
    """Return a title that no todo.txt program takes for syntax, and that holds no token of ours.

    In parentheses `+1 514` and `@marc` are read as they are, and begin with neither sign.
    """
    words = one_line(action.title, LONGEST_TITLE).split(" ")
    without_fields = " ".join(word if _ADDRESS.match(word) else _PAIR.sub(_apart, word) for word in words)
    title = _MARK.sub(r"(\1)\2", without_fields) or action.rule
    return f"- {title}" if _SYNTAX.match(f"{title} ") else title


def _apart(field: re.Match[str]) -> str:
    is_address = field.string.startswith("//", field.end()) and field[1].lower() not in _FIELDS
    return field[0] if is_address else f"{field[1]}: "


def split(content: str) -> list[str]:
    """Return the lines; joined by line feeds they are the content again, to the byte."""
    return content.split("\n")


def bare(line: str) -> str:
    """Return a line without what editors change by themselves: a byte order mark, a carriage return."""
    return line.removeprefix(BOM).removesuffix("\r")


def key_of(line: str) -> str:
    """Return the key that a line carries: its last `fr:` token; empty if it has none."""
    # The last one is ours: what stands before it may be a word of the title.
    return keys[-1] if "fr:" in line and (keys := _KEY.findall(line)) else ""


def text_of(line: str) -> str:
    """Return the file that holds the line's text, relative to the folder of todo.txt; empty if there is none."""
    return texts[-1] if (texts := _TEXT.findall(line)) else ""


def created_of(line: str) -> str:
    """Return the date of creation that a line carries; empty if it has none."""
    return found[1] if (found := _CREATED.match(line)) else ""


def textless(line: str) -> str:
    """Return the line without the name of its text's file."""
    return re.sub(r" text:\S+(?= fr:\S+$)", "", line)


def keyed(lines: list[str]) -> Iterator[tuple[str, int]]:
    """Yield the key and the index of each line that carries a key."""
    return ((key, index) for index, line in enumerate(lines) if (key := key_of(bare(line))))


def is_completed(line: str) -> bool:
    """Whether a line is ticked off."""
    # A small x and one space, as the format has it: "X " begins a title.
    return line.startswith("x ")


def completion(line: str, known: Ref, zone: ZoneInfo) -> Status:
    """Return the status of a completed line: 00:00 of its completion date, if it has a valid one.

    Where somebody has just put `x` before the line as we left it, the first date is still that of its creation.
    """
    found = None if digest(line.removeprefix("x ")) == known.digest else _COMPLETED.match(line)
    try:
        return Status("done", datetime.fromisoformat(found[1]).replace(tzinfo=zone) if found else None)
    except ValueError:
        return Status("done")


def appended(lines: list[str], line: str) -> list[str]:
    """Return the lines with one more at the end, in the manner of the others."""
    end = "\r" if any(other.endswith("\r") for other in lines) else ""
    last = [] if lines[-1] in {"", BOM} else [lines[-1] + end]
    first = lines[-1] if lines[-1] == BOM else ""
    return [*lines[:-1], *last, f"{first}{line}{end}", ""]


def replaced(lines: list[str], index: int, line: str) -> list[str]:
    """Return the lines with one of them replaced; its byte order mark and line end stay."""
    old = lines[index]
    mark, end = BOM * old.startswith(BOM), "\r" * old.endswith("\r")
    return [*lines[:index], f"{mark}{line}{end}", *lines[index + 1 :]]


def removed(lines: list[str], index: int) -> list[str]:
    """Return the lines without one of them; a byte order mark stays with the file."""
    # Without the mark some programs on Windows would read the rest in another encoding.
    rest = [*lines[:index], *lines[index + 1 :]]
    if lines[index].startswith(BOM):
        rest[:1] = [BOM + "".join(rest[:1])]
    return rest
