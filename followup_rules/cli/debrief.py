"""`followup debrief`: asks the questions of the packs about a case, and writes the answers as notes, each at once."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import datetime

import click
from msgspec import Struct

from followup_rules.cli import casebook, completion, natural_dates, note, shared
from followup_rules.cli.page import command_line
from followup_rules.cli.speech import say, tr
from followup_rules.codes import Code
from followup_rules.config.questions import Detail, Question, questions
from followup_rules.config.read import Config
from followup_rules.model import NoteAdded, Problem, State
from followup_rules.plain import clean
from followup_rules.sentences import Sentence
from followup_rules.written_dates import NotADate

_RULE = "debrief"
"""The rule of a pack whose duty this command does."""
# A note has no way to write a double quote within a value: any of these would end it.
_QUOTES = str.maketrans(dict.fromkeys('"“”„«»', "'"))


class Asker(Struct, frozen=True):
    """How questions are put to this user: in their language, at this instant, beside `--json` or not."""

    language: str
    now: datetime
    aside: bool
    """On stderr, since stdout belongs to `--json`."""

    def ask(self, detail: Detail) -> str:
        """Return the answer, a day as a date; "" if there is none. Raises click.Abort at the end of the input."""
        words = detail.asks.get(self.language) or next(iter(detail.asks.values()))
        while True:
            typed = click.prompt(words, default="", show_default=False, prompt_suffix="\n> ", err=self.aside)
            answer = " ".join(typed.split())
            try:
                return natural_dates.day(answer, self.now) if detail.date and answer else answer
            except NotADate as error:
                say(str(error), err=True)


@click.command("debrief")
@click.argument("case", required=False, shell_complete=completion.cases)
@shared.now_option
@shared.json_option
@click.pass_context
def command(ctx: click.Context, case: str | None, now: str | None, *, as_json: bool) -> None:
    """Ask what there is to note after a meeting, one question after the other: followup debrief nordik.

    Without CASE it takes the one whose debrief is due, and asks which if there are several.

    An empty answer leaves a question out. Each answer is written at once, so Ctrl-C or Ctrl-D loses nothing. Which
    questions there are is a matter of your packs: `questions.toml`.
    """
    config = shared.load(ctx, as_json=as_json)
    moment = shared.instant(now, config)
    case = case or _waiting(config, moment, as_json=as_json)
    _, found = casebook.find(case, config, moment, as_json=as_json)
    if isinstance(found, Problem):
        shared.give_up([found], as_json=as_json)
    asked, problems = questions(config)
    if not asked:
        hint = Sentence("a pack has them in questions.toml, beside its rules")
        message = Sentence("no pack of this config has questions")
        nothing = Problem("debrief", message, Code.MISSING, hint=hint, fatal=True)
        shared.give_up([nothing, *problems], as_json=as_json)
    begin = Sentence(
        "{case}: {number} question; empty: nothing to note; Ctrl-D: enough",
        "{case}: {number} questions; empty: nothing to note; Ctrl-D: enough",
        number=len(asked),
        case=found.name,
    )
    say(begin, err=as_json)
    asker = Asker(config.profile.language, moment.astimezone(config.profile.timezone), as_json)
    added, misread = _interview(asked, asker, found.key, config)
    _tell(added, found.key, [*problems, *misread], as_json=as_json)


def _waiting(config: Config, now: datetime, *, as_json: bool) -> str:
    """Return the key of the case whose debrief is due, which the user picks among several. Exits if there is none."""
    _, files = casebook.read(config, now, as_json=as_json)
    due = {each.case for file in files for each in file.decisions if each.rule == _RULE and each.state is State.DUE}
    waiting = [file for file in files if file.key in due]
    if len(waiting) == 1:
        return waiting[0].key
    names = [file.name for file in waiting]
    if not waiting or as_json or not sys.stdin.isatty():
        message = Sentence("no debrief is due now") if not waiting else Sentence("several debriefs are due")
        hint = Sentence("name a case: followup debrief CASE")
        if names:
            hint = Sentence("name one of these cases: {names}", names=", ".join(names))
        shared.give_up([Problem("debrief", message, Code.MISSING, hint=hint, fatal=True)], as_json=as_json)
    for number, name in enumerate(names, 1):
        click.echo(f"  {number}. {clean(name)}")
    chosen: int = click.prompt(tr(Sentence("Which one?")), type=click.IntRange(1, len(names)))
    return waiting[chosen - 1].key


def _interview(
    asked: Sequence[Question], asker: Asker, case: str, config: Config
) -> tuple[list[NoteAdded], list[Problem]]:
    added: list[NoteAdded] = []
    problems: list[Problem] = []
    try:
        for question in asked:
            for text in _answers(question, asker):
                written, misread = note.write(config, case, text, asker.now, as_json=asker.aside)
                added.append(written)
                problems += misread
    except click.Abort:
        click.echo(err=asker.aside)
    return added, problems


def _answers(question: Question, asker: Asker) -> Iterator[str]:
    """Yield the notes that the answers to a question become."""
    while answer := asker.ask(question.answer):
        details = [(each.key, asker.ask(each)) for each in question.details]
        pairs = [(question.answer.key, answer), *details] if question.answer.key else details
        own = "" if question.answer.key else answer
        values = [
            f'{key}:"{value.translate(_QUOTES)}"' if " " in value else f"{key}:{value}" for key, value in pairs if value
        ]
        yield " ".join([f"#{question.tag}", *([own] if own else []), *values])
        if not question.repeat:
            return


def _tell(added: Sequence[NoteAdded], case: str, problems: Sequence[Problem], *, as_json: bool) -> None:
    if as_json:
        from followup_rules.cli import as_json as records  # noqa: PLC0415 -- only for --json

        notes = [{"file": each.file, "line": each.line, "heading": each.heading, "item": each.item} for each in added]
        click.echo(records.dump({"case": case, "notes": notes, "problems": records.problems(problems)}))
    elif added:
        click.echo()
        say(Sentence("{file}, under {heading!r}:", file=added[-1].file, heading=added[-1].heading))
        for each in added:
            click.echo(f"  {each.item}")
        plan, undo = command_line("plan"), command_line("note", "--undo")
        say(Sentence("see what comes of it: {plan}; take the last back: {undo}", plan=plan, undo=undo))
    else:
        say(Sentence("nothing was noted"))
    shared.print_problems(problems)
    sys.exit(shared.exit_code(problems))
