"""Where each key and value of a TOML text stands, which `tomllib` does not tell."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from contextlib import suppress
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from followup_rules.toml.web_addresses import hidden_in_line

if TYPE_CHECKING:
    from collections.abc import Mapping

Path = tuple[str | int, ...]
"""The way to a value: `("rule", "thank-you", "done_by", 0, "kind")`."""
Span = tuple[int, int]
"""From the first character to behind the last one, counted from 0 in the text."""

_GAP = re.compile(r"(?:[ \t\n]+|#[^\n]*)*")
_DOT = re.compile(r"[ \t]*\.[ \t]*")
_QUOTED = r'"(?!"")[^"\\\n]*(?:\\.[^"\\\n]*)*"'
_KEY = re.compile(rf"[A-Za-z0-9_-]+|{_QUOTED}|'[^'\n]*'")
# No part can match one text in two ways: a text that is not closed must not take exponential time.
_SCALAR = re.compile(
    r'"""[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*"{3,5}'  # up to two quotes may stand before the closing three
    r"|'''[^']*(?:'(?!'')[^']*)*'{3,5}"
    rf"|{_QUOTED}|'(?!'')[^'\n]*'"
    r"|\d{4}-\d\d-\d\d \d\d:[^\s,\]}#]+"
    r"""|[^\s,\]}#"'][^\s,\]}#]*""",
    re.DOTALL,
)


class Place(NamedTuple):
    """Where a key and its value stand; the value of a table with a header is the header."""

    key: Span
    value: Span


class Spot(NamedTuple):
    """A span as a person finds it: see the fields of the same name of `Problem`."""

    line: int
    column: int
    source_line: str
    length: int


class Slip(NamedTuple):
    """The last statement of a text that is valid up to its end, and may break off there."""

    start: int
    path: Path
    """Empty if it breaks off within its name."""
    key: Span
    stop: int
    """The end; in a statement that breaks off, the beginning of the word or text that does."""
    whole: bool
    earlier: tuple[Path, Span] | None
    """Of an earlier statement: the key of the same path, or of the nearest one around it."""


@lru_cache(maxsize=16)
def places(text: str) -> Mapping[Path, Place]:
    r"""Return the place of every path of a text that `tomllib` accepts, with `\n` line ends."""
    walk = _Walk(text)
    walk.statements()
    return walk.places


def slip(text: str) -> Slip:
    """Return the last statement of a text that `tomllib` accepts up to its end."""
    walk = _Walk(text)
    whole = False
    with suppress(_BrokenOff, RecursionError):
        walk.statements()
        whole = True
    # The longest first: the nearest table around it that was named before.
    around = [walk.path[:length] for length in range(len(walk.path), 0, -1)]
    known = ((path, walk.first[path]) for path in around if path in walk.first)
    earlier = next(((path, span) for path, span in known if span[0] < walk.start), None)
    return Slip(walk.start, walk.path, walk.key, walk.at, whole, earlier)


def spot(text: str, span: Span) -> Spot:
    """Return the line, column and marked length of a span; what goes on in further lines is not marked.

    Of a web address in the line only the host is shown: it may be a secret.
    """
    start, end = span
    lines, starts = _lines(text)
    number = bisect_right(starts, start)
    line, column = lines[number - 1], start - starts[number - 1] + 1
    shown, column, length = hidden_in_line(line, column, max(1, min(end - start, len(line) - column + 1)))
    return Spot(number, column, shown, length)


@lru_cache(maxsize=16)
def _lines(text: str) -> tuple[list[str], list[int]]:
    """Return the lines of a text and where each begins; thousands of problems in one long line share that line."""
    lines = text.split("\n")
    return lines, [0, *accumulate(len(line) + 1 for line in lines[:-1])]


class _BrokenOff(Exception):  # noqa: N818 -- an end, not an error
    """The text ends within a statement."""


class _Walk:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.places: dict[Path, Place] = {}
        self.first: dict[Path, Span] = {}
        """Each key where it was first mentioned, be it within a longer name."""
        self.implied: set[Path] = set()
        """Tables that only a longer name has mentioned so far."""
        self.sizes: dict[Path, int] = {}
        """Of the arrays of tables."""
        self.start = 0
        self.path: Path = ()
        self.key: Span = (0, 0)

    def statements(self) -> None:
        table: Path = ()
        self._take(_GAP)
        while self.at < len(self.text):
            self.start, self.path = self.at, ()
            if self._sees("["):
                table = self._header()
            else:
                self._pair(table, statement=True)
            self._take(_GAP)

    def _header(self) -> Path:
        brackets = 2 if self.text.startswith("[[", self.at) else 1
        self.at += brackets
        path: Path = ()
        parts = self._parts()
        self._take(_GAP)
        header = (self.start, min(self.at + brackets, len(self.text)))
        for name, span in parts[:-1]:
            path = (*path, name)
            self._record(path, Place(span, header), implied=True)
            # Within a header, the name of an array of tables means its newest one (TOML 1.0, "Array of Tables").
            path = (*path, self.sizes[path] - 1) if path in self.sizes else path
        name, self.key = parts[-1]
        self.path = path = (*path, name)
        place = Place(self.key, header)
        if brackets == 2:
            self._record(path, place)
            self.sizes[path] = self.sizes.get(path, 0) + 1
            self.path = path = (*path, self.sizes[path] - 1)
        self._record(path, place)
        self.at = header[1]
        return path

    def _pair(self, table: Path, *, statement: bool = False) -> None:
        parts = self._parts()
        key = parts[-1][1]
        for name, span in parts[:-1]:
            table = (*table, name)
            self._record(table, Place(span, span), implied=True)
        path = (*table, parts[-1][0])
        if statement:
            self.path, self.key = path, key
        self._take(_GAP)
        self._step("=")
        self._record(path, Place(key, self._value(path)))

    def _parts(self) -> list[tuple[str, Span]]:
        parts = []
        self._take(_GAP)
        while True:
            span = self._take(_KEY)
            parts.append((_name(self.text[slice(*span)]), span))
            dot = _DOT.match(self.text, self.at)
            if dot is None:
                return parts
            self.at = dot.end()

    def _value(self, path: Path) -> Span:
        self._take(_GAP)
        start = self.at
        if self._sees("["):
            self._items(path)
        elif self._sees("{"):
            while self._more("}"):
                self._pair(path)
        else:
            self._take(_SCALAR)
        return (start, self.at)

    def _items(self, path: Path) -> None:
        index = 0
        while self._more("]"):
            span = self._value((*path, index))
            self._record((*path, index), Place(span, span))
            index += 1

    def _more(self, end: str) -> bool:
        """Step over the opening bracket, a comma, or the end."""
        self._take(_GAP)
        if not self._sees(end):
            self._step("[{,")
            self._take(_GAP)
        if self._sees(end):
            self._step(end)
            return False
        return True

    def _record(self, path: Path, place: Place, *, implied: bool = False) -> None:
        self.first.setdefault(path, place.key)
        # Its own header tells better where a table stands than the longer name of a table within it.
        if path not in self.places or (path in self.implied and not implied):
            self.places[path] = place
            self.implied.discard(path)
            if implied:
                self.implied.add(path)

    def _sees(self, character: str) -> bool:
        return self.text.startswith(character, self.at)

    def _step(self, characters: str) -> None:
        if self.at >= len(self.text) or self.text[self.at] not in characters:
            raise _BrokenOff
        self.at += 1

    def _take(self, pattern: re.Pattern[str]) -> Span:
        match = pattern.match(self.text, self.at)
        if match is None:
            raise _BrokenOff
        self.at = match.end()
        return match.span()


def _name(key: str) -> str:
    """Return what a bare or quoted key says."""
    if key.startswith("'") or (key.startswith('"') and "\\" not in key):
        return key[1:-1]
    # Escapes are read by the one who knows them all.
    return str(tomllib.loads(f"key = {key}")["key"]) if key.startswith('"') else key
