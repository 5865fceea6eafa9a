"""A TOML text that knows where each of its keys and values stands."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct

from followup_rules.codes import Code
from followup_rules.model import Problem
from followup_rules.sentences import Sentence
from followup_rules.toml.web_addresses import hidden

if TYPE_CHECKING:
    from collections.abc import Sequence

    from followup_rules.toml.positions import Path, Span

MOST_CHARACTERS = 250_000
"""Of one file; a year of one person's rules has some thousands."""
# Far more than any rule has, and far from the depth at which readers of a table would end in a RecursionError.
_LEVELS = 32
# A dotted name of more parts than levels: tomllib's time grows with the cube of the parts.
_LONG_NAME = re.compile(rf"""(?<![\w-])(?:(?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*')[ \t]*\.[ \t]*){{{_LEVELS}}}""")
_NOT_TEXT = re.compile("[\0\ud800-\udfff]")


class Document(Struct, frozen=True):
    """A TOML file: its name as the user would say it, its text, and what `tomllib` read from it.

    Places are looked up only when a problem is reported.
    """

    file: str
    text: str
    tables: dict[str, Any]

    def problem(  # noqa: PLR0913 -- the fields of the record it makes
        self,
        path: Path,
        message: str,
        *,
        code: str = "",
        hint: str = "",
        at: Literal["key", "value"] = "key",
        where: str = "",
        also: Sequence[tuple[str, int, str]] = (),
        within: str = "",
        warning: bool = False,
        fatal: bool = False,
    ) -> Problem:
        """Return the problem at the key or value of `path`, or at the word `within` its value, if it is found there.

        A path that does not exist, such as a missing key, is marked at the header or value of the nearest table
        around it; without one the problem has no line. `where` is the table, the path's first two parts, by default.
        """
        from followup_rules.toml.positions import spot  # noqa: PLC0415 -- only when there is a problem

        span = self._span(path, at, within)
        marked = {} if span is None else spot(self.text, span)._asdict()
        table = where or ".".join(part for part in path[:2] if isinstance(part, str)) or self.file
        more: dict[str, Any] = {"hint": hidden(hint), "also": tuple(also), "fatal": fatal, "warning": warning}
        return Problem(table, hidden(message), code, self.file, **marked, **more)

    def line(self, path: Path) -> int:
        """Return the line of a key, or of the nearest table around it; 0 if there is none."""
        from followup_rules.toml.positions import spot  # noqa: PLC0415 -- only when there is a problem

        span = self._span(path, "key", "")
        return 0 if span is None else spot(self.text, span).line

    def _span(self, path: Path, at: Literal["key", "value"], within: str) -> Span | None:
        from followup_rules.toml.positions import places  # noqa: PLC0415 -- only when there is a problem

        known = places(self.text)
        if path not in known:
            around = (known.get(path[:length]) for length in range(len(path) - 1, 0, -1))
            return next((place.value for place in around if place is not None), None)
        place = known[path]
        word = _word(self.text, place.value, within) if within else None
        return word or (place.value if at == "value" or within else place.key)


def parse(text: str, file: str) -> Document | Problem:
    """Return the document, or what is wrong with it (code F001), with line, column and what to do.

    `text` is best read with `encoding="utf-8", errors="surrogateescape"`, so that a file that is no text is told
    apart from one that is. A byte order mark and Windows line ends are taken away.
    """
    # tomllib refuses the mark that editors of Windows put first.
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    refused = _refused(text, file)
    if refused is not None:
        return refused
    try:
        tables = tomllib.loads(text)
    # tomllib calls itself for each level of lists and inline tables.
    except RecursionError:
        return _too_deep(file)
    except ValueError as error:
        from followup_rules.toml.syntax_errors import explain  # noqa: PLC0415 -- only when there is a problem

        return explain(error, text, file)
    # What tomllib reads without recursion, such as a dotted name, may still be too deep for what follows.
    return _too_deep(file) if _deep(tables) else Document(file, text, tables)


def _refused(text: str, file: str) -> Problem | None:
    if len(text) > MOST_CHARACTERS:
        return Problem(
            file,
            Sentence(
                "the file is too long: at most {most_characters} characters are read", most_characters=MOST_CHARACTERS
            ),
            Code.NOT_TOML,
            file,
        )
    if found := _NOT_TEXT.search(text):
        hint = Sentence("save it as plain text in UTF-8; is it the right file?")
        return _unreadable(Sentence("this is not a text file in UTF-8"), hint, text, file, found.span())
    # Counted first, since the expression is slow and hardly ever needed.
    dots = max(line.count(".") for line in text.split("\n"))
    if dots >= _LEVELS and (found := _LONG_NAME.search(text)):
        return _unreadable(
            Sentence("a name has more than {levels} parts", levels=_LEVELS), "", text, file, found.span()
        )
    return None


def _unreadable(message: str, hint: str, text: str, file: str, span: Span) -> Problem:
    from followup_rules.toml.syntax_errors import unreadable  # noqa: PLC0415 -- only when there is a problem

    return unreadable(message, hint, text, file, span)


def _too_deep(file: str) -> Problem:
    return Problem(
        file,
        Sentence("tables and lists are nested too deeply: at most {levels} levels are read", levels=_LEVELS),
        Code.NOT_TOML,
        file,
    )


def _deep(tables: dict[str, Any]) -> bool:
    """Tell whether there are too many levels, without recursion: the values may be thousands of levels deep."""
    level: list[Any] = [tables]
    for _ in range(_LEVELS):
        inner = (value for node in level for value in (node.values() if isinstance(node, dict) else node))
        level = [value for value in inner if isinstance(value, dict | list)]
        if not level:
            return False
    return True


def _word(text: str, span: Span, word: str) -> Span | None:
    """Return where `word` stands within the span: as a whole word if it does, else as a part of one."""
    whole = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)").search(text, *span)
    part = text.find(word, *span)
    return whole.span() if whole else (part, part + len(word)) if part >= 0 else None
