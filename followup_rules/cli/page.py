"""How things look: dates, states, and pages of lines. Coloured on a terminal, plain text of 80 columns elsewhere."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from io import StringIO
from typing import TYPE_CHECKING, Literal, TypeAlias

import click

from followup_rules import translation
from followup_rules.cli.shared import wants_plain
from followup_rules.cli.speech import language, tr
from followup_rules.model import Decision, Reason, State, Visit
from followup_rules.plain import clean
from followup_rules.sentences import Sentence

if TYPE_CHECKING:
    from rich.text import Text

Clause: TypeAlias = str | tuple[str, str]
"""A piece of text that stays on one line if it fits, and its style, if any."""

SIGNS: dict[State, tuple[str, str]] = {
    State.DUE: ("●", "bold green"),
    State.HELD: ("‖", "magenta"),
    State.WAITING: ("○", "cyan"),
    State.BLIND: ("?", "yellow"),
    State.BROKEN: ("!", "bold red"),
    State.DONE: ("✓", "green"),
    State.EXPIRED: ("✗", "yellow"),
    State.VOID: ("–", "dim"),
}
"""Sign and style of each state, in the order in which states are listed."""
WORDS: dict[State, Sentence] = {
    State.DUE: Sentence("due"),
    State.HELD: Sentence("held"),
    State.WAITING: Sentence("waiting"),
    State.BLIND: Sentence("blind"),
    State.BROKEN: Sentence("broken"),
    State.DONE: Sentence("done"),
    State.EXPIRED: Sentence("expired"),
    State.VOID: Sentence("void"),
}
"""What people call each state; in `--json` it has its English word."""
ORDER = tuple(SIGNS)
_STATE = 11
# Files and pipes are all alike; longer lines are hard to read; beside a wide label a text still gets so much.
_PLAIN, _WIDEST, _NARROWEST = 80, 100, 20
# Private-use characters: a space, and a no-break space, at which no line is broken.
_GLUE, _NO_BREAK = "\ue000", "\ue001"
_DATE = re.compile(r"(?:\b[^\W\d_]{2,4}\.? )?\b\d{4}-\d\d-\d\d(?: \d\d:\d\d)?")
_BEFORE, _AFTER = str.maketrans({"\xa0": _NO_BREAK}), str.maketrans({_GLUE: " ", _NO_BREAK: "\xa0"})


# -- dates


def absolute(moment: datetime) -> str:
    """Return an instant as "Thu 2026-11-19 09:00", in its own zone."""
    return f"{weekday(moment)} {moment:%Y-%m-%d %H:%M}"


def on_day(day: date) -> str:
    """Return a day as "Thu 2026-11-19"."""
    return f"{weekday(day)} {day:%Y-%m-%d}"


def whose(visit: Visit) -> list[Clause]:
    """Return the name of the one person whose duty it is; nothing where it is that of all."""
    return [person.name or person.address for person in visit.people] if visit.person else []


def weekday(moment: date) -> str:
    """Return the short name of the day of the week: "Thu"."""
    return translation.weekday(moment, language())


def when(moment: datetime, now: datetime) -> str:
    """Return an instant in the zone of `now`, absolute and relative: "Thu 2026-11-19 09:00 (in 10 days)".

    A page keeps it on one line.
    """
    return f"{absolute(moment.astimezone(now.tzinfo))} ({relative(moment, now)})".replace(" ", _GLUE)


def relative(moment: datetime, now: datetime) -> str:
    """Return how far an instant lies from `now`, in calendar days of the zone of `now`; on the same day in hours."""
    local = moment.astimezone(now.tzinfo)
    if local.date() != now.date():
        return relative_day(local.date(), now.date())
    minutes = int((moment.astimezone(UTC) - now.astimezone(UTC)).total_seconds() / 60)
    if minutes == 0:
        return tr(Sentence("now"))
    hours = abs(minutes) // 60
    if minutes > 0:
        ahead = Sentence("in {number} minute", "in {number} minutes", number=minutes)
        return tr(Sentence("in {number} hour", "in {number} hours", number=hours) if hours else ahead)
    past = Sentence("{number} minute ago", "{number} minutes ago", number=-minutes)
    return tr(Sentence("{number} hour ago", "{number} hours ago", number=hours) if hours else past)


def relative_day(day: date, today: date) -> str:
    """Return "today", "tomorrow", "yesterday", "in 10 days" or "3 days ago"."""
    days = (day - today).days
    near = {0: Sentence("today"), 1: Sentence("tomorrow"), -1: Sentence("yesterday")}
    ahead = Sentence("in {number} day", "in {number} days", number=days)
    past = Sentence("{number} day ago", "{number} days ago", number=-days)
    return tr(near.get(days) or (ahead if days > 0 else past))


def in_words(reason: Reason, now: datetime) -> str:
    """Return a reason with its instants absolute and relative."""
    values = {k: when(v, now) if isinstance(v, datetime) else v for k, v in reason.values.items()}
    return tr(str(Reason(reason.sentence, values)))


# -- the page


class Page:
    """Lines that are printed at once, none wider than the terminal, or 80 columns where there is none.

    All text passes through here, so this is where it loses what could steer a terminal, and where sentences are told in
    the language of the person. No markup is interpreted.
    """

    def __init__(self) -> None:
        from rich.console import Console  # noqa: PLC0415 -- heavy

        # Square brackets and colons in a title are text: rich would colour them, or take them for pictures.
        # Without a color system it writes no style at all; by NO_COLOR alone it would leave the bold letters.
        system: Literal["auto"] | None = None if wants_plain() else "auto"
        self._console = Console(highlight=False, markup=False, emoji=False, color_system=system)
        self._width = min(self._console.width, _WIDEST) if self._console.is_terminal else _PLAIN
        self._lines: list[Text] = []

    def title(self, text: str) -> None:
        """Add a heading, after an empty line unless it is the first."""
        if self._lines:
            self.row((), 0)
        self.row((), 0, [(text, "bold")])

    def row(self, label: Sequence[Clause], indent: int, *lines: Sequence[Clause]) -> None:
        """Add a label, and to its right lines of clauses; what does not fit goes on below, at the same indent."""
        head = self._text(label)
        body = [line for clauses in lines for line in self._flow(clauses, max(self._width - indent, _NARROWEST))]
        if len(head.plain.rstrip()) >= indent > 0:
            self._lines.append(head)
        elif label or not lines:
            first = body.pop(0) if body else self._text(())
            head.pad_right(max(indent - head.cell_len, 0))
            self._lines.append(head + first)
        self._lines += [self._text([" " * indent]) + line for line in body]

    def piece(self, indent: int, text: str) -> None:
        """Add a line that is never broken, such as a path to be copied."""
        self._lines.append(self._text([" " * indent, text]))

    def command(self, *words: str) -> None:
        """Add a command to type next, in one piece."""
        self._lines.append(self._text(["  ", (command_line(*words), "bold")]))

    def print(self) -> None:
        """Print it all. A sign that the terminal cannot show becomes a question mark."""
        # Into a text first: where nobody reads any more rich would end the program, in the middle of a run.
        self._console.file = shown = StringIO()
        for line in self._lines:
            line.plain = line.plain.translate(_AFTER).rstrip()
            # Lines are broken already, at the indent that they need; rich would break them anew.
            self._console.print(line, soft_wrap=True)
        encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
        click.echo(shown.getvalue().encode(encoding, "replace").decode(encoding), nl=False)

    def _text(self, clauses: Sequence[Clause]) -> Text:
        from rich.text import Text  # noqa: PLC0415 -- heavy

        parts = [(each, "") if isinstance(each, str) else each for each in clauses]
        shown = ((_glued(clean(tr(part)).replace("\n", " ")).translate(_BEFORE), style) for part, style in parts)
        return Text.assemble(*shown, end="")

    def _flow(self, clauses: Sequence[Clause], width: int) -> list[Text]:
        """Return the clauses in lines, with dots between those on one line; only what is too long is broken."""
        lines = [self._text(())]
        for clause in clauses:
            text = self._text([clause])
            room = width - lines[-1].cell_len - 3 * bool(lines[-1])  # 3: the dot and its spaces
            if lines[-1] and text.cell_len <= room:
                lines[-1] = self._text([]).append_text(lines[-1]).append(" · ", "dim").append_text(text)
            else:
                wrapped = list(text.wrap(self._console, width, overflow="fold", no_wrap=False)) or [text]
                lines = [*lines[: len(lines) if lines[-1] else -1], *wrapped]
        return lines


def _glued(text: str) -> str:
    """Return a text in which no date is broken over two lines."""
    return _DATE.sub(lambda date: date[0].replace(" ", _GLUE), text)


def command_line(*words: str) -> str:
    """Return a command to type next, with the config and the instant that were given to this one."""
    context = click.get_current_context(silent=True)
    file = context.find_root().obj if context else None
    now = context.params.get("now") if context else None
    given = ["followup", *(["--config", str(file)] if file else []), *words, *(["--now", str(now)] if now else [])]
    return shlex.join(clean(word) for word in given)


def state_label(state: State) -> Clause:
    """Return a state's sign and word, as wide as the column for it."""
    sign, style = SIGNS[state]
    return f"{sign} {tr(WORDS[state])}".ljust(state_width()), style


def state_width() -> int:
    """Return the columns for a state's sign and word."""
    return max(_STATE, *(len(tr(word)) + 3 for word in WORDS.values()))


def in_order(decisions: Iterable[Decision]) -> list[Decision]:
    """Return decisions by state, then by opening."""
    return sorted(decisions, key=lambda each: (ORDER.index(each.state), each.opens or each.visit.start, each.key))


def rule_width(rules: Iterable[str]) -> int:
    """Return the columns for a list of rules' ids."""
    # A longer id has its text on the lines below it; see `Page.row`.
    return min(max((len(rule) for rule in rules), default=0), 22) + 2
