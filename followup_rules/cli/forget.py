"""`followup forget`: erases a case from the store."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import click
from msgspec import Struct

from followup_rules.cli import case_names, completion, shared
from followup_rules.cli.speech import say_all, tr
from followup_rules.codes import Code
from followup_rules.config.read import Config
from followup_rules.engine.plan import EntryState
from followup_rules.model import Problem
from followup_rules.sentences import Sentence
from followup_rules.store.errors import StoreError
from followup_rules.store.lock import Busy, only_run
from followup_rules.store.store import Store, open_store
from followup_rules.upkeep import forget as forgetting
from followup_rules.upkeep.forget import Contents, Erased

PATIENCE = 10
"""Seconds to wait for a run that is at work."""


@click.command("forget")
@click.argument("case", shell_complete=completion.cases)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--withdraw", is_flag=True, help="First take back the drafts and tasks that you have not touched.")
@shared.now_option
@shared.json_option
@click.pass_context
def command(  # noqa: PLR0913 -- one for each option
    ctx: click.Context, case: str, now: str | None, *, yes: bool, withdraw: bool, as_json: bool
) -> None:
    """Erase all that is kept of a case: events, people, texts, decisions, history.

    Only hashes stay, so that nothing is made again while your calendar, mail and notes still show it. These are yours
    and stay as they are; so do drafts and tasks, unless you say --withdraw. What happens after today begins it anew.
    """
    config = shared.load(ctx, as_json=as_json)
    moment = shared.instant(now, config)
    if not config.store.exists():
        shared.give_up(
            [Problem("CASE", Sentence("there is no store yet, so nothing to forget"), fatal=True)], as_json=as_json
        )
    with shared.copy_of(config, as_json=as_json) as copy:
        key = _key(case, config, copy, moment, as_json=as_json)
        contents = forgetting.contents(key, copy)
    if not yes:
        _ask(key, contents, config, withdraw=withdraw, as_json=as_json)
    try:
        # A run at work could write down what is being erased.
        with only_run(config.store, PATIENCE):
            contents, erased = _forget(key, config, moment, withdraw=withdraw)
    except Busy as busy:
        hint = Sentence("try again when it has ended; `followup doctor` tells about a run that does not end")
        shared.give_up(
            [Problem("store", Sentence("a run is at work{busy}", busy=busy), hint=hint, fatal=True)], as_json=as_json
        )
    except StoreError as error:
        shared.give_up([shared.store_problem(error)], as_json=as_json)
    _tell(key, contents, erased, config, as_json=as_json)


def _key(name: str, config: Config, copy: Store, now: datetime, *, as_json: bool) -> str:
    keys = case_names.known(copy)
    fitting = case_names.named(name, keys, copy, config.profile.timezone)
    if len(fitting) != 1:
        shared.give_up([case_names.unclear(name, fitting, keys, copy, now)], as_json=as_json)
    return fitting[0]


def _ask(key: str, contents: Contents, config: Config, *, withdraw: bool, as_json: bool) -> None:
    if as_json or not sys.stdin.isatty():
        problem = Problem(
            "CASE",
            Sentence("nobody can be asked whether {key} is to be forgotten", key=key),
            hint=Sentence("add --yes"),
            fatal=True,
        )
        shared.give_up([problem], as_json=as_json)
    say_all(_summary(key, contents, config, _TAKEN_BACK if withdraw else _STAYS))
    click.confirm(tr(Sentence("Forget {key} for good?", key=key)), abort=True)


def _forget(key: str, config: Config, now: datetime, *, withdraw: bool) -> tuple[Contents, Erased]:
    with open_store(config.store) as store:
        # Before anything is erased: afterwards nobody would know any more what lies there.
        problems = forgetting.take_back(key, config, store, now) if withdraw else []
        if problems:
            hint = Sentence("mend it, or leave it there: followup forget {key}", key=key)
            last = Problem(
                "CASE", Sentence("{key} was not forgotten, since not all could be taken back", key=key), hint=hint
            )
            shared.print_problems([*problems, last])
            sys.exit(shared.PARTLY)
        contents = forgetting.contents(key, store)
        # Counted before, and told afterwards: then nothing is left to count.
        return contents, forgetting.forget(key, store, config.store, now)


# -- what is told


class _Fate(Struct, frozen=True):
    """What becomes of drafts and tasks, as is said of each: of what is there, and of what may be there."""

    there: Sentence
    perhaps: Sentence
    """Of a call that was cut short nobody knows whether it made anything."""


_TAKEN_BACK = _Fate(
    Sentence("  {place}: {title} (taken back if untouched)"),
    Sentence("  {place}: {title} (if it is there at all, it is taken back if untouched)"),
)
_STAYS = _Fate(
    Sentence("  {place}: {title} (stays there)"),
    Sentence("  {place}: {title} (if it is there at all, it stays there)"),
)
_YOURS = _Fate(
    Sentence("  {place}: {title} (it is yours and stays there)"),
    Sentence("  {place}: {title} (if it is there at all, it is yours and stays there)"),
)


def _summary(key: str, contents: Contents, config: Config, fate: _Fate) -> Iterator[str]:
    yield Sentence(
        "{key}: {people}, {events}, {actions}, {lines} of history",
        key=key,
        people=Sentence("{number} person", "{number} people", number=len(contents.people)),
        events=Sentence("{number} event", "{number} events", number=contents.events),
        actions=Sentence("{number} action", "{number} actions", number=contents.actions),
        lines=Sentence("{number} line", "{number} lines", number=contents.lines),
    )
    paths = {output.name: getattr(output.options, "path", None) for output in config.outputs}
    for entry in contents.left:
        path = paths.get(entry.output)
        place = f"{entry.output} ({path})" if path else entry.output
        sentence = fate.there if entry.state is EntryState.DELIVERED else fate.perhaps
        yield Sentence(sentence.template, place=place, title=entry.action.title or entry.action.rule)


def _tell(key: str, contents: Contents, erased: Erased, config: Config, *, as_json: bool) -> None:
    problems = [_gaps(erased.gaps)] if erased.gaps else []
    if as_json:
        from followup_rules.cli import as_json as records  # noqa: PLC0415 -- only for --json

        click.echo(records.dump({**_record(key, contents, erased), "problems": records.problems(problems)}))
    else:
        say_all(_lines(key, contents, erased, config))
    shared.print_problems(problems)
    sys.exit(shared.exit_code(problems))


def _gaps(why: str) -> Problem:
    message = Sentence(
        "it is forgotten, but the file of the store could not be written anew without the gaps: {why}", why=why
    )
    return Problem(
        "store",
        message,
        Code.STORE,
        hint=Sentence("the gaps hold only zeros; the next `followup forget` writes it anew"),
    )


def _lines(key: str, contents: Contents, erased: Erased, config: Config) -> Iterator[str]:
    yield from _summary(key, contents, config, _YOURS)
    if erased.shared:
        yield Sentence(
            "  {number} mail of it belongs to another case, too, and stays there",
            "  {number} mails of it belong to another case, too, and stay there",
            number=erased.shared,
        )
    for copy in erased.copies:
        yield Sentence("  {copy} held it, too, and was deleted", copy=copy)
    for copy in erased.kept:
        yield Sentence("  {copy} holds it still: delete that copy, or it is there again if you put it back", copy=copy)
    if key in config.rulebook.directory.spelling.values():
        yield Sentence("  your config still names it: [case.{key}]", key=key)
    yield Sentence("{key} is forgotten: only hashes are kept, so that nothing of it is taken in or made again", key=key)


def _record(key: str, contents: Contents, erased: Erased) -> dict[str, Any]:
    return {
        "case": key,
        "erased": {
            "people": len(contents.people),
            "events": contents.events - erased.shared,
            "actions": contents.actions,
            "history": contents.lines,
        },
        "left": [{"key": entry.key, "output": entry.output, "title": entry.action.title} for entry in contents.left],
        "shared": erased.shared,
        "deleted": [str(copy) for copy in erased.copies],
        "kept": [str(copy) for copy in erased.kept],
    }
