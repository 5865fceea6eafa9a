"""`followup note`: one line more in the notes, under the heading of its case."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from typing import Any, NoReturn

import click

from followup_rules.cli import completion, shared
from followup_rules.cli.natural_dates import in_values
from followup_rules.cli.note_heading import Cases, NotWritten
from followup_rules.cli.page import command_line
from followup_rules.cli.speech import say
from followup_rules.codes import Code
from followup_rules.config.configured import ConfiguredSource
from followup_rules.config.read import Config
from followup_rules.engine.assign_cases import names_of
from followup_rules.engine.note_values import read_values
from followup_rules.hookspecs import Refused
from followup_rules.host.checked_source import CheckedSource
from followup_rules.host.failures import failure
from followup_rules.host.secrets import hidden, masked
from followup_rules.model import BadItem, Event, NoteAdded, Problem
from followup_rules.sentences import Sentence, together
from followup_rules.store import last_note
from followup_rules.store.errors import StoreError
from followup_rules.store.last_note import LastNote
from followup_rules.store.store import open_copy
from followup_rules.tick.entries import WITHOUT_HASH, tag_without_hash


@click.command("note")
@click.argument("case", required=False, shell_complete=completion.cases)
@click.argument("text", nargs=-1, shell_complete=completion.tags)
@click.option("--undo", is_flag=True, help="Take back the last note that a command wrote.")
@shared.now_option
@shared.json_option
@click.pass_context
def command(  # noqa: PLR0913 -- one for each word of the command line
    ctx: click.Context, case: str | None, text: tuple[str, ...], now: str | None, *, undo: bool, as_json: bool
) -> None:
    """Add a note to a case: followup note nordik "#promise Send the address due:friday".

    CASE is what a heading of your notes says, the key or the first part of a known case, an address, or an @domain.
    Days are what you would say: due:'in two weeks', until:vendredi. What is written down is their date.
    """
    if undo == bool(case or text) or (case and not text):
        raise click.UsageError(Sentence("write a case and a text, or --undo alone"), ctx)
    config = shared.load(ctx, as_json=as_json)
    moment = shared.instant(now, config)
    if undo:
        take_back(config, moment, as_json=as_json)
        return
    added, problems = write(config, case or "", " ".join(text), moment, as_json=as_json)
    if as_json:
        print_record(added, problems, {})
    else:
        show(added)
    shared.print_problems(problems)
    sys.exit(shared.exit_code(problems))


def print_record(added: NoteAdded, problems: Sequence[Problem], more: Mapping[str, Any]) -> None:
    """Print what was written as a record, behind what else there is to tell of it."""
    from followup_rules.cli import as_json as records  # noqa: PLC0415 -- only for --json

    written = {"file": added.file, "line": added.line, "heading": added.heading, "item": added.item}
    click.echo(records.dump({**more, **written, "problems": records.problems(problems)}))


def show(added: NoteAdded) -> None:
    """Print what was written, and where."""
    say(Sentence("{file}:{line}, under {heading!r}:", file=added.file, line=added.line, heading=added.heading))
    click.echo(f"  {added.item}")
    plan, undo = command_line("plan"), command_line("note", "--undo")
    say(Sentence("see what comes of it: {plan}; take it back: {undo}", plan=plan, undo=undo))


def write(
    config: Config, case: str, text: str, now: datetime, *, as_json: bool = False
) -> tuple[NoteAdded, list[Problem]]:
    """Write a note down, its days as dates; return it, and what of it is not understood.

    Exits if nothing was written.
    """
    moment = now.astimezone(config.profile.timezone)
    text = in_values(text, config.rulebook.keys.dates, moment)
    try:
        cases = _cases(config)
        configured, source = _notes(config, moment)
    except (StoreError, NotWritten) as error:
        _give_up(Sentence("{error}; nothing was written", error=error), getattr(error, "hint", ""), as_json=as_json)
    with closing(source):
        try:
            added = source.add_note(case, text, moment, cases.choose)
        except Refused as error:
            _give_up(Sentence("{error}; nothing was written", error=error), getattr(error, "hint", ""), as_json=as_json)
        except Exception as error:  # noqa: BLE001 -- whatever the plugin of the notes raises, it is told
            hint = Sentence("look into your notes whether it was written all the same")
            problem = failure(f"sources.{configured.name}", error, hint)
            shared.print_problems([masked(problem, config.secrets)])
            sys.exit(shared.PARTLY)
        # Only now: what was not written cannot be taken back.
        last_note.keep(config.store, LastNote(configured.name, added))
        return added, list(_misread(added, source, configured, config, moment))


def take_back(config: Config, now: datetime, *, as_json: bool) -> None:
    """Take back the last note that a command wrote, and tell which that was. Exits if there is none to take back."""
    last = last_note.read(config.store)
    wrote = next((source for source in config.sources if last and source.name == last.source), None)
    if last is None or wrote is None:
        hint = Sentence(
            "only the last note that a command wrote can be taken back, and only once; edit your notes for others"
        )
        _give_up(Sentence("there is no note to take back"), hint, as_json=as_json)
    try:
        with closing(wrote.open(config.context(now))) as source:
            source.remove_note(last.note)
    except Refused as error:
        _give_up(
            Sentence("{error}; nothing was changed", error=error),
            Sentence("what was edited since is yours: delete it there"),
            as_json=as_json,
        )
    except Exception as error:  # noqa: BLE001 -- whatever the plugin of the notes raises, it is told
        hint = Sentence("look into {file} whether it is gone all the same", file=last.note.file)
        shared.give_up([masked(failure(f"sources.{wrote.name}", error, hint), config.secrets)], as_json=as_json)
    last_note.forget(config.store)
    if as_json:
        print_record(last.note, [], {"undone": True})
    else:
        say(
            Sentence(
                "taken back from {file}, under {heading!r}:\n  {item}",
                file=last.note.file,
                heading=last.note.heading,
                item=last.note.item,
            )
        )
        plan = command_line("plan")
        say(Sentence("what came of it is taken back by the next run: {plan} shows it", plan=plan))


def _give_up(what: str, hint: str, *, as_json: bool) -> NoReturn:
    shared.give_up([Problem("note", what, hint=hint, fatal=True)], as_json=as_json)


def _cases(config: Config) -> Cases:
    with open_copy(config.store) as copy:
        entries = copy.entries()
        # A case that is known by an entry's id only is called by its title, and never by that id.
        keys = {*copy.places.cases(), *config.rulebook.directory.spelling.values()} - entries.keys()
    return Cases(config.rulebook.directory, frozenset(keys), names_of(entries, config.profile.timezone))


def _notes(config: Config, now: datetime) -> tuple[ConfiguredSource, CheckedSource]:
    """Open the first source that notes can be written into, whichever plugin it is of."""
    faults = []
    for configured in config.sources:
        if "note" not in configured.emits:
            continue
        try:
            source = configured.open(config.context(now))
        except Exception as error:  # noqa: BLE001 -- another source may take the note
            faults.append(failure(f"sources.{configured.name}", error).message)
            continue
        if source.writes_notes:
            return configured, source
        source.close()
    hint = Sentence('add a table [sources.notes] with plugin = "notes" and path = "notes.md"')
    raise NotWritten(hidden(together(Sentence("the config names no notes"), *faults), config.secrets), hint)


def _misread(
    added: NoteAdded, source: CheckedSource, configured: ConfiguredSource, config: Config, now: datetime
) -> Iterator[Problem]:
    """Yield what the source of the notes and the rules do not understand of what was just written.

    It is read again for that, since only a run would tell otherwise, and by then nobody remembers what was meant.
    """
    try:
        items = source.pull(now, "").events
    except Exception as error:  # noqa: BLE001 -- the note is written, whatever its plugin raises
        problem = failure(f"sources.{configured.name}", error, Sentence("see `followup check`"))
        yield masked(problem, config.secrets)
        return
    known = config.rulebook.rules.world.tags
    for item in (item for item in items if item.where == added.where):
        if isinstance(item, BadItem):
            hint = Sentence("correct it in {file}, line {line}", file=added.file, line=added.line)
            yield Problem("note", item.message, Code.UNREADABLE_ENTRY, hint=hint)
        if isinstance(item, Event):
            _, misread = read_values(item, config.rulebook.keys, config.profile.timezone)
            for each in misread:
                hint = Sentence("correct it in {file}, line {line}", file=added.file, line=added.line)
                yield Problem(
                    "note",
                    each.message,
                    Code.UNREADABLE_ENTRY,
                    hint=together(each.hint, hint) if each.hint else hint,
                    warning=each.warning,
                )
        for tag in item.tags if isinstance(item, Event) else ():
            if not known.known(tag):
                message = Sentence("no rule knows the tag #{tag}", tag=tag)
                yield Problem("note", message, Code.UNKNOWN_TAG, hint=known.nearest(tag), warning=True)
        if isinstance(item, Event) and (word := tag_without_hash(item, known)):
            hint = Sentence('did you mean "{word}"?', word=f"#{word.lower()}")
            yield Problem("note", WITHOUT_HASH, Code.UNKNOWN_TAG, hint=hint, warning=True)
