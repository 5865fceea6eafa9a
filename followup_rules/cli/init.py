"""`followup init`: a config and notes to begin with, from a conversation or from flags; then a first plan."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import click
from msgspec.structs import replace

from followup_rules.cli import shared
from followup_rules.cli.check import examine
from followup_rules.cli.init_questions import MISSING, QUESTIONS, Given, Question, faults
from followup_rules.cli.speech import say, speak
from followup_rules.cli.starters import Answers, config_text, notes_text
from followup_rules.config.read import Config, default_file, read_config
from followup_rules.model import Problem
from followup_rules.sentences import Sentence, system_error
from followup_rules.web_address import WebAddress, is_address

FEED = "feed.url"
"""Beside the config, for its owner alone: the address of the calendar, which is a secret."""


def _init(ctx: click.Context, *, yes: bool, as_json: bool, **flags: Any) -> None:
    file = shared.config_file(ctx).absolute()
    if file.exists():
        message = Sentence(
            "{file} exists already and is left as it is; write another with followup --config FILE init", file=file
        )
        _refuse([message], as_json=as_json)
    given = {question.name: _given(question, flags[question.name.replace("-", "_")]) for question in QUESTIONS}
    # Nobody at the keyboard: a question would wait for ever, or read what was piped in as its answer.
    asks = sys.stdin.isatty() and not yes and not as_json
    try:
        answers = _conversation(given) if asks else _without_asking(given)
    except click.Abort:
        click.echo(err=True)
        _refuse([Sentence("stopped before the last answer")], as_json=as_json)
    _refuse(_all_faults(answers), as_json=as_json)
    speak(answers["language"][0])
    settled, address = _settled(file, answers), next(filter(is_address, answers["calendar"]), "")
    _refuse(_in_the_way(file, settled, given, address), as_json=as_json)
    try:
        written = list(_write(file, settled, address))
    except OSError as error:
        why = Sentence("{path} cannot be written: {why}", path=error.filename, why=system_error(error))
        _refuse([why], as_json=as_json)
    _end(file, written, asks=asks, as_json=as_json)


command = click.Command(
    "init",
    callback=click.pass_context(_init),
    params=[
        *(
            click.Option([f"--{q.name}"], multiple=q.several, metavar="TEXT..." if q.several else "TEXT", help=q.asks)
            for q in QUESTIONS
        ),
        click.Option(["--yes", "-y"], is_flag=True, help=Sentence("Take what is proposed, and ask nothing.")),
        click.Option(["--json", "as_json"], is_flag=True, help=Sentence("Print one JSON object, and ask nothing.")),
    ],
    help=Sentence(
        "Write a commented config and a file for your notes, and show a first plan. Asks, or takes flags; never "
        "overwrites anything."
    ),
)


def _refuse(sentences: Iterable[str], *, as_json: bool) -> None:
    problems = [Problem("init", sentence, fatal=True) for sentence in sentences]
    if not problems:
        return
    if as_json:
        _print_record([], problems)
    shared.print_problems(problems)
    say(Sentence("nothing was written"), err=True)
    sys.exit(shared.NOTHING_DONE)


def _print_record(written: Iterable[str], problems: Iterable[Problem]) -> None:
    from followup_rules.cli import as_json as records  # noqa: PLC0415 -- only for --json

    click.echo(records.dump({"written": list(written), "problems": records.problems(problems)}))


# -- the answers


def _given(question: Question, flag: str | tuple[str, ...] | None) -> tuple[str, ...]:
    each = (flag,) if isinstance(flag, str) else flag or ()
    return tuple(part for written in each for part in question.reads(written))


def _without_asking(given: Given) -> dict[str, tuple[str, ...]]:
    answers: dict[str, tuple[str, ...]] = {}
    for question in QUESTIONS:
        answers[question.name] = given[question.name] or question.proposes(answers)
    return answers


def _conversation(given: Given) -> Mapping[str, tuple[str, ...]]:
    from followup_rules.cli import init_conversation, offered  # noqa: PLC0415 -- only if somebody is asked
    from followup_rules.host import registry  # noqa: PLC0415 -- likewise

    plugins = registry.load()
    offers = offered.found(plugins, Path.home())
    found = init_conversation.Discovered(plugins, offers, init_conversation.tried(plugins))
    return init_conversation.answered(given, found)


def _agreed(question: str) -> bool:
    from followup_rules.cli.init_conversation import agreed  # noqa: PLC0415 -- only if somebody is asked

    return agreed(question)


def _all_faults(answers: Given) -> Iterator[str]:
    for question in QUESTIONS:
        for fault in faults(question, answers[question.name]):
            flag = f"--{question.name}"
            missing = Sentence("{flag} is missing; say it, or call init in a terminal, where it asks", flag=flag)
            yield missing if fault == MISSING else Sentence("{flag}: {fault}", flag=flag, fault=fault)


def _settled(file: Path, answers: Given) -> Answers:
    """Return what the config is to say; paths that were given count from where the user is."""

    def single(name: str) -> str:
        return next(iter(answers[name]), "")

    is_feed = is_address(single("calendar"))
    return Answers(
        me=answers["me"],
        my_domains=answers["my-domain"],
        **{name: single(name) for name in ("name", "timezone", "holidays", "language")},
        **{name: _place(single(name)) for name in ("notes", "drafts", "tasks")},
        calendar=file.with_name(FEED).name if is_feed else _place(single("calendar")),
        sent=tuple(map(_place, answers["sent"])),
    )


def _place(written: str) -> str:
    """Return a path as the config is to name it: what the user gave is relative to where they are."""
    if not written:
        return ""
    absolute = written.startswith("~") or Path(os.path.expandvars(written)).is_absolute()
    return written if absolute else str(Path.cwd() / written)


def _real(written: str) -> Path:
    return Path(os.path.expandvars(written)).expanduser()


# -- what is written


def _in_the_way(file: Path, answers: Answers, given: Given, address: str) -> Iterator[str]:
    """Yield what is there already and would be taken for what the user means, though they did not name it."""
    feed, notes = file.with_name(FEED), _real(answers.notes)
    if address and feed.exists():
        yield Sentence(
            "{feed} exists already; to read the address in it, say so: --calendar {quoted}",
            feed=feed,
            quoted=shlex.quote(str(feed)),
        )
    if notes.is_file() and not given["notes"]:
        yield Sentence("{notes} exists already; to keep your notes there, say so: --notes {notes}", notes=notes)


def _write(file: Path, answers: Answers, address: str) -> Iterator[str]:
    """Write what is not there yet, the config last; yield each file. Raises OSError."""
    notes = _real(answers.notes)
    for path in (notes, _real(answers.drafts), _real(answers.tasks)):
        path.parent.mkdir(parents=True, exist_ok=True)
    if not notes.exists():
        yield _created(notes, notes_text(answers.language))
    # Only the folder of the config is for its owner alone: those above it may be everybody's.
    file.parent.parent.mkdir(parents=True, exist_ok=True)
    file.parent.mkdir(exist_ok=True, mode=0o700)
    if address:
        yield _created(file.with_name(FEED), f"{address.strip()}\n")
    # Last: with a config that is there, `init` refuses to run again.
    yield _created(file, config_text(answers))


def _created(file: Path, text: str) -> str:
    """Write a file of one's own that was not there. Raises FileExistsError if it was, OSError."""
    # O_EXCL: what somebody has written meanwhile is never overwritten.
    with os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as opened:
        opened.write(text.encode())
    return str(file)


# -- what comes next


def _end(file: Path, written: list[str], *, asks: bool, as_json: bool) -> NoReturn:
    """Check what was written, show a first plan, and say how to go on. What is wrong now is advice: more is to come."""
    config = read_config(file)
    now = datetime.now(UTC).astimezone(config.profile.timezone)
    findings = examine(config, now)
    advice = [replace(problem, warning=True) for problem in findings.problems]
    if as_json:
        _print_record(written, advice)
        sys.exit(shared.PARTLY if config.fatal else shared.FINE)
    for place in written:
        say(Sentence("written: {path}", path=place))
    notes = str(next((source.options.path for source in config.sources if source.name == "notes"), None))
    if notes not in written:
        say(Sentence("kept as they are: your notes in {path}", path=notes))
    for source in config.sources:
        count = findings.checked.get("sources", {}).get(source.name)
        if count is not None and isinstance(getattr(source.options, "path", None), WebAddress):
            read = Sentence("read: {number} meeting", "read: {number} meetings", number=count)
            say(Sentence("{read} at {address}", read=read, address=source.options.path))
    is_planned = not config.fatal and not any(problem.where.startswith("sources.") for problem in advice)
    if is_planned:
        _first_plan(config, now)
    shared.print_problems(advice)
    _say_what_next(file, asks=asks, is_planned=is_planned)
    sys.exit(shared.PARTLY if config.fatal else shared.FINE)


def _first_plan(config: Config, now: datetime) -> None:
    from followup_rules.cli import show  # noqa: PLC0415 -- rich is heavy

    click.echo()
    show.plan(*shared.previewed(config, now))


def _say_what_next(file: Path, *, asks: bool, is_planned: bool) -> None:
    """Say how to go on; the plan, if there is one, has ended with the commands that come next."""
    from followup_rules.cli import schedule  # noqa: PLC0415 -- only here
    from followup_rules.upkeep import schedule as schedules  # noqa: PLC0415 -- likewise

    option = "" if file == default_file() else f" --config {shlex.quote(str(file))}"
    wanted = schedule.of_config(file)
    question = Sentence(
        "Have it run every {minutes} minutes from now on, by {kind}?", minutes=wanted.minutes, kind=wanted.kind
    )
    click.echo()
    if asks and _agreed(question):
        try:
            schedules.install(wanted)
            say(Sentence("it runs from now on; to end that: followup{option} schedule --remove", option=option))
        except schedules.NotScheduled as error:
            shared.print_problems([replace(schedule.not_scheduled(error, wanted), fatal=False, warning=True)])
        return
    if not is_planned:
        say(Sentence("what to do next:"))
        click.echo(f"  followup{option} check")
        click.echo(f"  followup{option} plan")
    say(Sentence("and when you like what it plans, have it run by itself:"))
    click.echo(f"  followup{option} schedule --install")
