"""Problems as text for people: what is wrong, the line with the place marked, and what to do."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from followup_rules.cli.speech import tr, tr_kept
from followup_rules.codes import Code
from followup_rules.plain import clean
from followup_rules.sentences import Sentence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from followup_rules.model import Problem

_TAB = "    "
# How many characters of a long line are shown before, in and after the marked place.
_LEFT, _MARKED, _RIGHT = 60, 80, 60
_SENTENCE = 1000
_SEVERITIES = {"error": Sentence("error"), "warning": Sentence("warning"), "info": Sentence("info")}
_COLON = Sentence(": ")


def render(problem: Problem, *, color: bool = False) -> str:
    """Return one problem in several lines, without a line end, in the manner of a compiler."""
    lines = _Lines(problem, color=color)
    marked = problem.line > 0 and problem.source_line.strip() != ""
    shown = lines.source() if marked else []
    hint = _sentence(problem.hint)
    also = [
        tr(Sentence("also: {place}: {text}", place=_place(file, line), text=_sentence(text)))
        for file, line, text in problem.also
    ]
    notes = [*also, *([tr(Sentence("help: {hint}", hint=hint))] if hint and not marked else [])]
    page = f"followup problem {_clean(problem.code)}"
    notes += [tr(Sentence("see: {page}", page=page))] if problem.code else []
    return "\n".join([lines.title(), *lines.arrow(), *shown, *(lines.note(text) for text in notes)])


def render_all(problems: Iterable[Problem], color: bool = False) -> str:
    """Return all problems by file, line, column and code, equal ones once, and their count; nothing for none."""
    ordered = sorted(dict.fromkeys(problems), key=_order)
    if not ordered:
        return ""
    tally = Counter(problem.severity for problem in ordered)
    counts = (
        Sentence("{number} error", "{number} errors", number=tally["error"]),
        Sentence("{number} warning", "{number} warnings", number=tally["warning"]),
        Sentence("{number} remark", "{number} remarks", number=tally["info"]),
    )
    count = ", ".join(tr(each) for each in counts if each.values["number"])
    return "\n\n".join([*(render(problem, color=color) for problem in ordered), count])


def _order(problem: Problem) -> tuple[object, ...]:
    return (problem.file, problem.line, problem.column, problem.code, problem.where, problem.message)


class _Lines:
    """The parts of one rendered problem, all with the same margin."""

    def __init__(self, problem: Problem, *, color: bool) -> None:
        self.problem = problem
        self.color = color
        self.margin = " " * max(1, len(str(problem.line)))
        self.strong = {"error": "red", "warning": "yellow", "info": "cyan"}[problem.severity]

    def title(self) -> str:
        problem = self.problem
        code = f"[{_clean(problem.code)}]" if problem.code else ""
        # What is told already is not told again; the line of a `path` does not tell of which source it is.
        named = (problem.file and problem.code != Code.UNUSABLE) or problem.message.startswith(problem.where)
        where = f"{_sentence(problem.where)}{tr(_COLON)}" if problem.where and not named else ""
        severity = tr(_SEVERITIES[problem.severity])
        return self._paint(severity + code, self.strong) + self._paint(
            f"{tr(_COLON)}{where}{_sentence(problem.message)}"
        )

    def arrow(self) -> list[str]:
        problem = self.problem
        place = _place(problem.file, problem.line, problem.column)
        return [f" {self.margin}{self._blue('-->')} {place}"] if problem.file else []

    def source(self) -> list[str]:
        """Return the line with the marked place under it; `also` and `help` follow."""
        before, marked, after = _cut(self.problem)
        caret = " " * _width(before) + self._paint("^" * max(1, _width(marked)), self.strong)
        hint = _sentence(self.problem.hint)
        bar = self._blue("|")
        under = f" {self.margin} {bar} {caret} {self._paint(hint, self.strong) if hint else ''}".rstrip()
        line = f" {self._blue(str(self.problem.line))} {bar} {before}{marked}{after}".rstrip()
        return [f" {self.margin} {bar}", line, under]

    def note(self, text: str) -> str:
        return f" {self.margin} {self._blue('=')} {text}"

    def _blue(self, text: str) -> str:
        return self._paint(text, "blue")

    def _paint(self, text: str, foreground: str | None = None) -> str:
        if not self.color:
            return text
        import click  # noqa: PLC0415 -- only where there is color

        return click.style(text, fg=foreground, bold=True)


def _place(file: str, line: int, column: int = 0) -> str:
    return ":".join([_clean(file), *(str(number) for number in (line, column) if number)])


def _cut(problem: Problem) -> tuple[str, str, str]:
    """Return what stands before, in and after the marked place, as it is to be shown; long lines are cut around it."""
    line = problem.source_line.rstrip()
    start = max(0, problem.column - 1)
    end = start + max(1, problem.length)
    left, right = max(0, start - _LEFT), min(end, start + _MARKED)
    before = ("…" if left else "") + line[left:start]
    after = line[right : right + _RIGHT] + ("…" if len(line) > right + _RIGHT else "")
    return _clean(before), _clean(line[start:right]), _clean(after)


def _sentence(text: str) -> str:
    """Return a text in one line of bounded length."""
    text = tr_kept(text)
    short = text if len(text) <= _SENTENCE else text[:_SENTENCE] + "…"
    return _clean(" ".join(short.split()))


def _clean(text: str) -> str:
    return clean(text).replace("\t", _TAB).replace("\n", "")


def _width(text: str) -> int:
    """Return how many terminal cells the text takes: wide letters two, combining ones none."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len  # noqa: PLC0415 -- heavy, and seldom needed

    return cell_len(text)
