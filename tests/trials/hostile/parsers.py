"""The parsers under attack: each takes bytes as a user's file holds them, and tells what it made of them.

None may raise anything. Whatever it could not read it must say, in a sentence that can be printed and stored.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from followup_ics import IcsOptions
from followup_ics.source import IcsSource
from followup_mailbox.source import MailboxSource
from followup_notes.source import NotesSource
from followup_rules import BadItem, Context, Event, Person, Profile, Unreadable
from followup_rules.cli.problems import render_all
from followup_rules.config.read import read_config
from followup_rules.config.rulebook import Rulebook
from followup_rules.engine.assign_cases import assign
from followup_rules.engine.evaluate import EvaluationContext, evaluate
from followup_rules.engine.sight import Sight
from followup_rules.language.phrases import Days, PhraseError, parse, shift
from followup_rules.model import Case, Problem
from followup_rules.texts.templates import TemplateProblem, Texts

from . import samples

ZONE = ZoneInfo("America/Toronto")
NOW = datetime(2026, 11, 9, 12, tzinfo=ZONE)
SINCE = NOW - timedelta(days=90)
PROFILE = Profile(me=frozenset({"me@example.org", "camille@example.org"}), name="Camille", timezone=ZONE)
CONTEXT = Context(profile=PROFILE, now=NOW)

MINE = b"From: me@example.org\nTo: a@example.net\nDate: Mon, 9 Nov 2026 10:00:00 -0500\nMessage-ID: <1@mine>\n\nA\n"
CONFIG = """packs = []
rules = ["rules.toml"]
[profile]
me = ["me@example.org"]
timezone = "America/Toronto"
"""


class Found(NamedTuple):
    """What a parser made of an input: how much it read, and how many faults it told."""

    good: int
    bad: int


def calendar(folder: Path, content: bytes) -> Found:
    """Read a calendar."""
    path = _written(folder / "calendar.ics", content)
    return _pulled(IcsSource(path, IcsOptions(path=path), CONTEXT), SINCE)


def mail(folder: Path, content: bytes) -> Found:
    """Read a mail of whatever age, beside one of mine: where none is, nothing would be read."""
    _written(folder / "mails/mine.eml", MINE)
    _written(folder / "mails/one.eml", content)
    source = MailboxSource(folder / "mails", ("sent", "received"), CONTEXT)
    found = _pulled(source, datetime(2, 1, 1, tzinfo=UTC))
    return Found(found.good - 1, found.bad)


def notes(folder: Path, content: bytes) -> Found:
    """Read a file of notes."""
    return _pulled(NotesSource(_written(folder / "notes.md", content), CONTEXT), SINCE)


def rules(folder: Path, content: bytes) -> Found:
    """Compile a file of rules, and let those that are sound judge a case."""
    _written(folder / "rules.toml", content)
    return _compiled(_written(folder / "config.toml", CONFIG.encode()))


def configs(folder: Path, content: bytes) -> Found:
    """Read a config, and compile its rules."""
    return _compiled(_written(folder / "config.toml", content))


def phrase(_: Path, content: bytes) -> Found:
    """Take a phrase apart, and count from some instants."""
    try:
        read = parse(content.decode("utf-8", "replace"))
    except PhraseError as error:
        _check_sentence(str(error))
        return Found(0, 1)
    days = Days(ZONE, lambda _: None)
    for base in (NOW, datetime(2, 1, 2, tzinfo=UTC), datetime(9998, 12, 30, tzinfo=UTC)):
        assert shift(read, base, days).tzinfo is not None
    return Found(1, 0)


def template(folder: Path, content: bytes) -> Found:
    """Fill a template with an event."""
    _written(folder / "templates/it.txt", content)
    texts = Texts([folder / "templates"], PROFILE)
    try:
        title, text = texts.render(template="it", values={"it": EVENT, "them": EVENT.people, "carries": (EVENT,)})
    except TemplateProblem as problem:
        _check_sentence(problem.message)
        return Found(0, 1)
    assert len(title) <= 200
    assert len(text) <= 200_000
    _check_printable(title)
    return Found(1, 0)


EVENT = Event(
    id="one@example.org",
    kind="meeting",
    start=NOW - timedelta(hours=3),
    end=NOW - timedelta(hours=2),
    title="Interview {{ 7 * 7 }}",
    people=(Person("julie.roy@nordik.ca", "Julie Roy"),),
    tags=("interview",),
    data={"due": NOW, "bonus": "a {% raw %} printer"},
)
EVENTS = (
    EVENT,
    Event(id="two@example.org", kind="sent", start=NOW, end=NOW, title="Merci", people=EVENT.people, thread="t"),
    Event(id="n", kind="note", start=NOW, end=NOW, title="x", people=EVENT.people, tags=("thanked",), whole_day=True),
)


def _compiled(file: Path) -> Found:
    read = read_config(file)
    _check_problems(read.problems)
    if read.fatal or read.ingredients is None:
        return Found(0, len(read.problems))
    _judged(read.rulebook)
    return Found(1, len(read.problems))


def _judged(book: Rulebook) -> None:
    """Let the rules judge a case. They are pure, so they may not fail, whatever they say."""
    moment = EvaluationContext(NOW.astimezone(UTC), NOW - timedelta(days=1), timedelta(days=30), Sight(frozenset(), {}))
    events = tuple(msgspec.structs.replace(e, start=e.start.astimezone(UTC), end=e.end.astimezone(UTC)) for e in EVENTS)
    assign(events, book.directory)
    for decision in evaluate(Case(key="nordik.ca", home=events), book.rules, {}, moment):
        _check_sentence(decision.why)


def _pulled(source: IcsSource | MailboxSource | NotesSource, since: datetime) -> Found:
    try:
        pull = source.pull(since, "")
    except Unreadable as error:
        _check_sentence(str(error))
        return Found(0, 1)
    _encoded(pull.cursor)
    events = [item for item in pull.events if isinstance(item, Event)]
    for event in events:
        _check_event(event)
    bad = [item for item in pull.events if isinstance(item, BadItem)]
    for item in bad:
        _check_sentence(f"{item.where}: {item.message}")
    return Found(len(events), len(bad))


def _check_event(event: Event) -> None:
    """Make sure that the store can keep an event, a terminal show it, and the engine reckon with it."""
    _encoded(event)
    assert event.id
    assert not set(event.id) & set(" \t\r\n")
    assert event.start.astimezone(UTC) <= event.end.astimezone(UTC)
    assert event.start.astimezone(ZONE).tzinfo
    assert len(event.title) <= 10_000
    assert len(event.text) <= 2_000
    for line in (event.id, event.title, event.case, event.where, *(person.name for person in event.people)):
        _check_printable(line)


def _check_problems(problems: Sequence[Problem]) -> None:
    _encoded([(problem.where, problem.message, problem.hint) for problem in problems])
    shown = render_all(problems)
    shown.encode()
    assert not {letter for letter in shown if unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp")} - {"\n"}


def _check_sentence(text: str) -> None:
    _check_problems([Problem("somewhere", text)])


def _check_printable(text: str) -> None:
    bad = [letter for letter in text if unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp")]
    assert not bad, f"{bad!r} in {text[:200]!r}"


def _encoded(value: object) -> bytes:
    return msgspec.json.encode(value, enc_hook=str.__str__)  # a Sentence is told as the text that it is


def _written(file: Path, content: bytes) -> Path:
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(content)
    return file


class Parser(NamedTuple):
    """One of the parsers, and what to damage for it."""

    name: str
    read: Callable[[Path, bytes], Found]
    samples: Callable[[], Iterable[bytes]]


PARSERS = (
    Parser("calendar", calendar, samples.calendars),
    Parser("mail", mail, samples.mails),
    Parser("notes", notes, samples.notes),
    Parser("rules", rules, samples.rules),
    Parser("config", configs, samples.configs),
    Parser("phrase", phrase, samples.phrases),
    Parser("template", template, samples.templates),
)
