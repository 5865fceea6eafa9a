"""The titles and texts of actions: from template files or inline, filled with values."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from followup_rules import regular_files
from followup_rules.model import LANGUAGES, Event, Person
from followup_rules.plain import clean, one_line
from followup_rules.sentences import Sentence
from followup_rules.texts.filters import tidy
from followup_rules.texts.named import Name, named
from followup_rules.texts.sandbox import Meter, compiled, environment, faults, seen, unpaired
from followup_rules.toml.suggestions import expected

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from jinja2 import Environment, Template

    from followup_rules.model import Profile

_SOURCE_LIMIT = 10_000  # characters of one template
_LARGEST = 1_000_000
"""In bytes, of a file; what is longer is no template."""
_TITLE_LIMIT = 200
_SHOWN = re.compile(r"\{[{%].*?[%}]\}", re.DOTALL)
_OWN = frozenset({"", *Event.__struct_fields__, *Person.__struct_fields__, "index", "index0", "first", "last"})
_NAMED = re.compile(r"\.\s*([^\W\d_]\w*)|\[\s*['\"]([^'\"]+)['\"]\s*\]")
_FILE_NAME = re.compile(r"(?P<name>[\w-]+)(?:\.(?P<language>[a-z]{2}))?\.txt")


class TemplateProblem(Exception):  # noqa: N818 -- the word that users read
    """A faulty text: its file ("" for one written in a rule), the line (from 1; 0 if it has none), and the fault."""

    def __init__(self, file: str, line: int, message: str) -> None:
        super().__init__(file, line, message)
        self.file, self.line, self.message = file, line, message

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}" if self.file else self.message


class _Part(Struct, frozen=True):
    """A title or a text as it is written, and where its first line stands."""

    source: str
    file: str = ""
    line: int = 1

    def problem(self, line: int, message: str) -> TemplateProblem:
        """Return a problem in a line of this part, counted from 1."""
        return TemplateProblem(self.file, self.line + max(line, 1) - 1, message)


@dataclass(slots=True)
class Texts:
    """The templates of some folders, and the way to fill them. Not for several threads at once.

    A template is a file NAME.LANGUAGE.txt or NAME.txt: its first line is the title, the second is empty, the text
    follows. The language asked for (or none) goes before English, then an earlier folder before a later one.
    """

    folders: Sequence[Path]
    profile: Profile
    variables: Mapping[str, object] = field(default_factory=dict)
    """What a text sees as `vars`."""
    _found: dict[str, Path] | None = field(default=None, init=False)
    _meter: Meter = field(default_factory=Meter, init=False)
    _sandbox: Environment | None = field(default=None, init=False)
    _compiled: dict[_Part, Template] = field(default_factory=dict, init=False)
    _others: dict[str, Texts] = field(default_factory=dict, init=False)
    _read: dict[Path, tuple[_Part, _Part]] = field(default_factory=dict, init=False)
    _beginnings: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict, init=False)

    def speaking(self, language: str) -> Texts:
        """Return the same texts in another language; "" for the user's."""
        if language in ("", self.profile.language):
            return self
        if language not in self._others:
            self._others[language] = Texts(self.folders, replace(self.profile, language=language), self.variables)
        return self._others[language]

    def names(self) -> frozenset[str]:
        """Return the names of all templates found in any language, without language and ending."""
        return frozenset(name for name, _ in self._in_all_languages())

    def render(
        self, *, template: str = "", title: str = "", text: str = "", values: Mapping[str, object]
    ) -> tuple[str, str]:
        """Return the title, in one line, and the text. An inline title or text goes before the template's.

        Raises TemplateProblem if the template is missing or faulty.
        """
        head, body = self._parts(template, title, text)
        shown = {"language": self.profile.language} | {name: seen(value) for name, value in values.items()}
        return one_line(clean(self._filled(head, shown)), _TITLE_LIMIT, no_break=True), tidy(self._filled(body, shown))

    def beginning(self, *, template: str = "", title: str = "") -> tuple[str, ...]:
        """Return the words with which a title begins, whatever the values: a subject without them is none of this text.

        None of a text that begins with a value, or that is faulty.
        """
        known = self._beginnings.get((template, title))
        if known is None:
            with suppress(TemplateProblem):
                known = _first_words(self._parts(template, title, "")[0].source)
            known = self._beginnings[template, title] = known or ()
        return known

    def check(self, *, template: str = "", title: str = "", text: str = "") -> list[tuple[str, int, str]]:
        """Return (file, line, message) of every fault that shows without values."""
        try:
            parts = self._parts(template, title, text)
        except TemplateProblem as problem:
            return [(problem.file, problem.line, problem.message)]
        problems = [fault for part in parts for fault in self._faults(part)]
        return [(fault.file, fault.line, fault.message) for fault in problems]

    def named(self, *, template: str = "", title: str = "", text: str = "") -> list[Name]:
        """Return what a text names of its anchor and of rules; nothing of one that is faulty."""
        try:
            parts = self._parts(template, title, text)
        except TemplateProblem:
            return []
        faulty = any(self._faults(part) for part in parts)
        if faulty or self._sandbox is None:
            return []
        return list(dict.fromkeys(name for part in parts for name in named(self._sandbox.parse(part.source))))

    def fields(self) -> frozenset[str]:
        """Return the values of notes that the templates show: what they name of an event and is no field of it."""
        shown: list[str] = []
        for path in sorted({path for _, path in self._in_all_languages()}):
            with suppress(OSError, UnicodeDecodeError):
                # One that cannot be read shows nothing; whoever renders or checks it says so.
                shown += _SHOWN.findall(_text(path))
        return frozenset(name for part in shown for pair in _NAMED.findall(part) for name in pair) - _OWN

    def _in_all_languages(self) -> Iterator[tuple[str, Path]]:
        for language in sorted({self.profile.language, *LANGUAGES}):
            yield from _files(self.folders, language).items()

    def _files(self) -> dict[str, Path]:
        if self._found is None:
            self._found = _files(self.folders, self.profile.language)
        return self._found

    def _parts(self, template: str, title: str, text: str) -> tuple[_Part, _Part]:
        if not template:
            return _Part(title), _Part(text)
        if template not in self._files():
            known = self.names()
            if template in known:
                language = self.profile.language
                message = Sentence(
                    'the template "{template}" is not there in "{language}": write {template}.{language}.txt',
                    template=template,
                    language=language,
                )
                raise TemplateProblem("", 0, message)
            hint = expected(template, known)
            message = Sentence('there is no template "{template}"', template=template)
            raise TemplateProblem(
                "", 0, Sentence("{message}: {reason}", message=message, reason=hint) if hint else message
            )
        path = self._files()[template]
        if path not in self._read:
            self._read[path] = _split(path)
        head, body = self._read[path]
        return _Part(title) if title else head, _Part(text) if text else body

    def _faults(self, part: _Part) -> list[TemplateProblem]:
        """Compile a part, unless it is faulty."""
        if part in self._compiled:
            return []
        if len(part.source) > _SOURCE_LIMIT:
            return [
                part.problem(
                    1,
                    Sentence(
                        "at most {most} characters are allowed; these are {number}",
                        most=_SOURCE_LIMIT,
                        number=len(part.source),
                    ),
                )
            ]
        sandbox = self._sandbox = self._sandbox or environment(self.profile, self.variables, self._meter)
        try:
            # First what Jinja would tell in its own terms: a brace too few is the commonest slip.
            messages = unpaired(part.source) or faults(tree := sandbox.parse(part.source), sandbox)
            if not messages:
                self._compiled[part] = compiled(tree, part.file or "<text>", sandbox)
        except Exception as error:  # noqa: BLE001 -- besides faults of syntax: a nesting too deep for the compiler
            messages = [(_line(error), _sentence(error))]
        return [part.problem(line, message) for line, message in messages]

    def _filled(self, part: _Part, values: Mapping[str, object]) -> str:
        for fault in self._faults(part):
            raise fault
        template = self._compiled[part]
        self._meter.reset()
        pieces = []
        try:
            # Piece by piece: a text that grows too long is stopped before it fills the memory.
            for piece in template.generate(values):
                self._meter.spend(len(piece))
                pieces.append(piece)
        except Exception as error:
            raise part.problem(_line(error, template.filename), _sentence(error)) from error
        return "".join(pieces)


def _files(folders: Sequence[Path], language: str) -> dict[str, Path]:
    ranks = {"en": (1, 0), None: (0, 1), language: (0, 0)}
    found = []
    for place, folder in enumerate(folders):
        for path in folder.glob("*.txt"):
            match = _FILE_NAME.fullmatch(path.name)
            if match and match["language"] in ranks:
                tier, order = ranks[match["language"]]
                found.append((tier, place, order, match["name"], path))
    # The best comes last, and so it stays.
    return {name: path for *_, name, path in sorted(found, reverse=True)}


def _text(path: Path) -> str:
    """Return what a template holds. Raises OSError, UnicodeDecodeError."""
    # As files of text are read everywhere: each kind of line end is a line feed.
    return regular_files.read(path, _LARGEST).decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")


def written_at(file: str, line: int) -> str:
    """Return the line of a template's file, counted from 1; "" if it is not there any more."""
    with suppress(OSError, UnicodeDecodeError, IndexError):
        return _text(Path(file)).split("\n")[line - 1] if line else ""
    return ""


def _split(path: Path) -> tuple[_Part, _Part]:
    try:
        content = _text(path)
    except (OSError, UnicodeDecodeError) as error:
        raise TemplateProblem(
            str(path), 0, Sentence("cannot be read as UTF-8 text: {error}", error=_sentence(error))
        ) from error
    title, _, rest = content.partition("\n")
    gap, _, text = rest.partition("\n")
    if not title.strip():
        raise TemplateProblem(str(path), 1, Sentence("the first line is the title, and it is empty"))
    if gap.strip():
        raise TemplateProblem(str(path), 2, Sentence("the second line parts the title from the text: leave it empty"))
    return _Part(title.strip(), str(path)), _Part(text, str(path), 3)


def _first_words(title: str) -> tuple[str, ...]:
    """Return the words of a title before the first that a value may be part of, or that may be cut off."""
    fixed, tag, _ = title.partition("{")
    if one_line(clean(fixed), _TITLE_LIMIT, no_break=True) != fixed.strip():
        return ()
    words = fixed.split()
    # What stands without a space before a tag is one word with its value; `{{-` takes the space away.
    return tuple(words[:-1] if tag else words)


def _line(error: Exception, filename: str | None = "") -> int:
    """Return the line of the template at which an error arose; 1 if none is known."""
    trace, line = error.__traceback__, 1 if isinstance(error, SyntaxError) else getattr(error, "lineno", 1)
    # Jinja gives generated code the lines of its template in tracebacks, and nowhere else.
    while trace:
        line = trace.tb_lineno if trace.tb_frame.f_code.co_filename == filename else line
        trace = trace.tb_next
    return line


_OF_JINJA = (
    Sentence("unexpected {sign!r}"),
    Sentence("unexpected char {sign!r} at {place}"),
    Sentence("expected token {token!r}, got {sign!r}"),
)
"""What Jinja says most often; it puts its sentences together before it raises them."""


_OPEN_BLOCK = re.compile(r"innermost block that needs to be closed is '(\w+)'")


def _sentence(error: Exception) -> str:
    if block := _OPEN_BLOCK.search(str(error)):
        opened, closed = f"{{% {block[1]} %}}", f"{{% end{block[1]} %}}"
        return Sentence("{opened} is never closed; write {closed} where it ends", opened=opened, closed=closed)
    if isinstance(error, RecursionError):  # whose own words tell how deep the caller was, too
        return Sentence("it is nested too deeply")
    return one_line(str(error), _TITLE_LIMIT) or type(error).__name__
