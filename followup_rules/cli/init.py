"""`followup init`: a config and notes to begin with, from answers or from flags."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import sys
import zoneinfo
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from msgspec import Struct
from msgspec.structs import replace

from followup_rules.cli import shared
from followup_rules.cli.check import examine
from followup_rules.cli.starters import Answers, config_text, notes_text
from followup_rules.config import holidays
from followup_rules.config.read import default_file, read_config
from followup_rules.model import Problem
from followup_rules.texts.plurals import plural
from followup_rules.toml.suggestions import expected
from followup_rules.web_address import WebAddress, is_address, parsed

LOCALTIME = Path("/etc/localtime")
FEED = "feed.url"
"""Beside the config, for its owner alone: the address of the calendar, which is a secret."""
# Where mail programs like to keep what was sent; the first that is there is proposed.
_SENT = ("~/Maildir/.Sent", "~/Mail/Sent", "~/mail/sent")
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
_LISTS = ("me", "my-domain")
_PATHS = ("calendar", "sent", "notes", "drafts", "tasks")

Given = Mapping[str, str]
"""Answers by the name of their question; several in one are parted by commas."""


class Question(Struct, frozen=True):
    """Something to know: its flag, how it is asked, what is proposed, and how an answer is checked."""

    name: str
    asks: str
    proposes: Callable[[Given], str] = lambda _: ""
    """Called with the answers to the questions before."""
    fault: Callable[[str], str] = lambda _: ""
    """Returns what is wrong with an answer, in a sentence, or ""."""
    needed: bool = False


# -- what is proposed


def guessed_zone(environ: Mapping[str, str], localtime: Path) -> str:
    """Return the name of the time zone that $TZ or the link /etc/localtime names, or ""."""
    named = environ.get("TZ", "").removeprefix(":")
    linked = os.path.realpath(localtime) if localtime.is_symlink() else ""
    names = (place.rpartition("zoneinfo/")[2] for place in (named, linked))
    return next((name for name in names if name and not _zone_fault(name)), "")


def country_of(zone: str) -> str:
    """Return the code of the country that a time zone lies in, or "", by the table that comes with the zones."""
    from importlib.resources import files  # noqa: PLC0415 -- only when asked

    table = files("tzdata.zoneinfo").joinpath("zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return next((row[0] for row in rows if row[2] == zone), "")


def _language(_: Given) -> str:
    return "fr" if (os.environ.get("LC_ALL") or os.environ.get("LANG", "")).startswith("fr") else "en"


def _sent(_: Given) -> str:
    return next((folder for folder in _SENT if Path(folder).expanduser().exists()), "~/followup/sent")


def _in_home(name: str) -> Callable[[Given], str]:
    return lambda _: f"~/followup/{name}"


# -- what is wrong with an answer


def _address_fault(answer: str) -> str:
    odd = [part for part in _parts(answer) if not _ADDRESS.fullmatch(part)]
    return f"{odd[0]!r} is no e-mail address" if odd else ""


def _zone_fault(answer: str) -> str:
    try:
        zoneinfo.ZoneInfo(answer)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        hint = expected(answer, zoneinfo.available_timezones()) or "write a name such as America/Toronto"
        return f"unknown time zone {answer!r}: {hint}"
    return ""


def _holidays_fault(answer: str) -> str:
    if not answer or holidays.known(answer):
        return ""
    return f"no holidays are known of {answer!r}: {holidays.nearest_place(answer)}"


def _language_fault(answer: str) -> str:
    return "" if answer in ("fr", "en") else f"{answer!r} is no language of the texts: one of en, fr"


def _calendar_fault(answer: str) -> str:
    try:
        if is_address(answer):
            parsed(answer)
    except ValueError as error:
        return str(error)
    return ""


QUESTIONS = (
    Question("me", "Your e-mail addresses", fault=_address_fault, needed=True),
    Question("name", "Your name, as you sign"),
    Question("my-domain", "Your employer's domains, such as acme.com"),
    Question("timezone", "Your time zone", lambda _: guessed_zone(os.environ, LOCALTIME), _zone_fault, needed=True),
    Question(
        "holidays", "Whose holidays, such as CA or CA-QC", lambda given: country_of(given["timezone"]), _holidays_fault
    ),
    Question("language", "Language of the texts, fr or en", _language, _language_fault),
    Question(
        "calendar",
        "Your calendar: an .ics file, a folder of them, or its secret address (https:// or webcal://)",
        _in_home("calendar.ics"),
        _calendar_fault,
    ),
    Question("sent", "Your sent mail: a Maildir, an mbox, or a folder of .eml", _sent),
    Question("notes", "Your notes: a Markdown file, or a folder of them", _in_home("notes.md")),
    Question("drafts", "Folder for the drafts", _in_home("drafts")),
    Question("tasks", "File for the tasks, in the todo.txt format", _in_home("todo.txt")),
)


# -- the command


def _init(ctx: click.Context, *, yes: bool, **flags: Any) -> None:
    file = shared.config_file(ctx).absolute()
    if file.exists():
        _refuse([f"{file} exists already and is left as it is; write another with followup --config FILE init"])
    values = {question.name: flags[question.name.replace("-", "_")] for question in QUESTIONS}
    given = {name: ", ".join(value) if isinstance(value, tuple) else value or "" for name, value in values.items()}
    answers = _answered(given, ask=sys.stdin.isatty() and not yes)
    _refuse(list(_faults(answers)))
    settled = Answers(
        me=_parts(answers["me"]),
        my_domains=_parts(answers["my-domain"]),
        **{name: answers[name] for name in ("name", "timezone", "holidays", "language")},
        **{name: _place(answers[name]) for name in _PATHS},
    )
    address, feed = "", file.with_name(FEED)
    if is_address(answers["calendar"]):
        address, settled = answers["calendar"], replace(settled, calendar=FEED)
    if address and feed.exists():
        _refuse([f"{feed} exists already; to read the address in it, say so: --calendar {shlex.quote(str(feed))}"])
    notes = _real(settled.notes)
    if notes.is_file() and answers["notes"] == _in_home("notes.md")(given) and not given["notes"]:
        _refuse([f"{notes} exists already; to keep your notes there, say so: --notes {notes}"])
    try:
        _write(file, notes, settled, address)
    except OSError as error:
        _refuse([f"{error.filename} cannot be written: {error.strerror}"])
    _end(file)


def _flag(question: Question) -> click.Option:
    several = question.name in _LISTS
    text = f"{question.asks}; can be given several times." if several else f"{question.asks}."
    return click.Option([f"--{question.name}"], multiple=several, metavar="TEXT", help=text)


command = click.Command(
    "init",
    callback=click.pass_context(_init),
    params=[
        *(_flag(question) for question in QUESTIONS),
        click.Option(["--yes", "-y"], is_flag=True, help="Take what is proposed, and ask nothing."),
    ],
    help="Write a commented config and a file for your notes. Asks, or takes flags; never overwrites anything.",
)


def _refuse(sentences: list[str]) -> None:
    if sentences:
        shared.print_problems([Problem("init", f"{sentence}", fatal=True) for sentence in sentences])
        click.echo("nothing was written", err=True)
        sys.exit(shared.NOTHING_DONE)


def _answered(given: Given, *, ask: bool) -> dict[str, str]:
    """Return an answer to each question: the flag's, the user's, or what is proposed."""
    answers: dict[str, str] = {}
    for question in QUESTIONS:
        answer = given[question.name] or question.proposes(answers)
        answers[question.name] = _ask(question, answer) if ask and not given[question.name] else answer
    return answers


def _ask(question: Question, proposed: str) -> str:
    def check(answer: str) -> str:
        plain = "" if answer.strip() in ("-", "none") else answer.strip()
        fault = _fault(question, plain)
        if fault:
            raise click.UsageError(fault)
        return plain

    default = proposed or (None if question.needed else "")
    more = "" if question.needed or not proposed else ", - for none" * (question.name not in _PATHS)
    return str(click.prompt(question.asks + more, default, value_proc=check, show_default=bool(proposed)))


def _fault(question: Question, answer: str) -> str:
    if not answer:
        return "is missing" if question.needed or question.name in _PATHS else ""
    if not answer.isprintable():
        return f"{'it' if is_address(answer) else repr(answer)} holds characters that cannot be printed"
    return question.fault(answer)


def _faults(answers: Given) -> Iterator[str]:
    for question in QUESTIONS:
        fault = _fault(question, answers[question.name])
        if fault:
            yield f"--{question.name}{'' if fault == 'is missing' else ':'} {fault}"


def _parts(answer: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in answer.split(",") if part.strip())


def _place(written: str) -> str:
    """Return a path as the config is to name it: what the user gave is relative to where they are."""
    absolute = written.startswith("~") or Path(os.path.expandvars(written)).is_absolute()
    return written if absolute else str(Path.cwd() / written)


def _real(written: str) -> Path:
    return Path(os.path.expandvars(written)).expanduser()


def _write(file: Path, notes: Path, answers: Answers, address: str) -> None:
    """Write what is not there yet, the config last; the address of the calendar, if it has one. Raises OSError."""
    for path in (notes, _real(answers.drafts), _real(answers.tasks)):
        path.parent.mkdir(parents=True, exist_ok=True)
    if notes.exists():
        click.echo(f"kept as they are: your notes in {notes}")
    else:
        _create(notes, notes_text(answers.language))
    # Only the folder of the config is for its owner alone: those above it may be everybody's.
    file.parent.parent.mkdir(parents=True, exist_ok=True)
    file.parent.mkdir(exist_ok=True, mode=0o700)
    if address:
        _create(file.with_name(FEED), f"{address.strip()}\n")
    _create(file, config_text(answers))


def _create(file: Path, text: str) -> None:
    """Write a file of one's own that was not there. Raises FileExistsError if it was, OSError."""
    # O_EXCL: what somebody has written meanwhile is never overwritten.
    with os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as opened:
        opened.write(text.encode())
    click.echo(f"written: {file}")


def _end(file: Path) -> None:
    """Check what was written, and say how to go on. What is wrong now is advice: much of it is still to come."""
    config = read_config(file)
    findings = examine(config, datetime.now(UTC).astimezone(config.profile.timezone))
    for source in config.sources:
        count = findings.checked.get("sources", {}).get(source.name)
        if count is not None and isinstance(getattr(source.options, "path", None), WebAddress):
            click.echo(f"read: {plural(count, 'meeting')} at {source.options.path}")
    shared.print_problems(replace(problem, warning=True) for problem in findings.problems)
    option = "" if file == default_file() else f" --config {shlex.quote(str(file))}"
    click.echo("\nwhat to do next:")
    click.echo(f"  followup{option} check")
    click.echo(f"  followup{option} plan")
    click.echo("and when you like what it plans, have cron run it; this line goes into `crontab -e`:")
    # cron has a PATH of its own, so it needs the whole path; and it takes a bare % for the end of the line.
    beside = Path(sys.executable).with_name("followup")
    program = str(beside) if beside.exists() else shutil.which("followup") or "followup"
    line = f"{shlex.quote(program)}{option} run".replace("%", r"\%")
    click.echo(f"  */15 * * * * {line}")
    sys.exit(shared.PARTLY if config.fatal else shared.FINE)
