"""`followup note`: one line more in the notes, under the heading of its case."""

from __future__ import annotations

import re
import sys
from datetime import datetime
from pathlib import Path
from typing import NoReturn
from unicodedata import category

import click

from followup_rules.cli import shared
from followup_rules.cli.notes_file import Cases, Refusal, add
from followup_rules.codes import Code
from followup_rules.config.configured import ConfiguredSource
from followup_rules.config.read import Config
from followup_rules.model import BadItem, Context, Problem
from followup_rules.store.errors import StoreError
from followup_rules.store.store import open_copy
from followup_rules.toml.suggestions import expected

LONGEST = 10_000
"""Characters; no more of a note is read."""

_TAG = re.compile(r"(?<![\w#&\\])#(?!case:)([^\W\d_][\w-]*)", re.IGNORECASE)
_URL = re.compile(r"\S+://\S+")
_HALF_DAY = re.compile(r"[ap]\.?m\b", re.IGNORECASE)
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_JOINER = "\u200d"
"""Holds emoji together."""


@click.command("note")
@click.argument("case")
@click.argument("text", nargs=-1, required=True)
@shared.now_option
@click.pass_context
def command(ctx: click.Context, case: str, text: tuple[str, ...], now: str | None) -> None:
    """Add a note to a case: followup note nordik "#promise Send the address due:friday".

    CASE is what a heading of your notes says, the key or the first part of a known case, an address, or an @domain.
    """
    config = shared.load(ctx)
    moment = shared.instant(now, config).astimezone(config.profile.timezone)
    try:
        name, item = _one_line(case), _item(moment, _one_line(" ".join(text)))
        file = _notes_file(config)
        heading, line = add(file, name, item, _cases(config))
    except (Refusal, StoreError, OSError) as error:
        _give_up(error)
    click.echo(f"{file}:{line}, under {heading!r}:")
    click.echo(f"  {item}")
    click.echo("see what comes of it: followup plan")
    problems = [*_unknown_tags(item, config), *_unread(file, line, config, moment)]
    shared.print_problems(problems)
    sys.exit(shared.exit_code(problems))


def _give_up(error: Exception) -> NoReturn:
    hint = error.hint if isinstance(error, Refusal) else "look at the `path` of your notes in the config"
    shared.print_problems([Problem("note", f"{error}; nothing was written", hint=hint, fatal=True)])
    sys.exit(shared.NOTHING_DONE)


def _item(moment: datetime, text: str) -> str:
    """Return the list item of a note. A text that begins with "PM" must not become a part of the time of day."""
    gap = "T" if _HALF_DAY.match(text) else " "
    return f"- {moment:%Y-%m-%d}{gap}{moment:%H:%M} {text}"


def _one_line(text: str) -> str:
    """Return a text with line ends and control characters as spaces. Raises Refusal if it is empty or too long."""
    seen = (letter if letter == _JOINER or category(letter) not in _UNSEEN else " " for letter in text)
    line = " ".join("".join(seen).split())
    if not line:
        raise Refusal("a note needs a case and a text", 'followup note nordik "#called Left a message"')
    if len(line) > LONGEST:
        raise Refusal(f"the text has {len(line)} characters", f"at most {LONGEST} of a note are read")
    return line


def _notes_file(config: Config) -> Path:
    path: Path = _notes_source(config).options.path.resolve()
    return path / "notes.md" if path.is_dir() else path


def _notes_source(config: Config) -> ConfiguredSource:
    for source in config.sources:
        if source.type is not None and source.type.name == "notes":
            return source
    faults = [source.fault for source in config.sources if source.fault]
    hint = 'add a table [sources.notes] with plugin = "notes" and path = "notes.md"'
    raise Refusal("; ".join(["the config names no notes", *faults]), hint)


def _unread(file: Path, line: int, config: Config, now: datetime) -> list[Problem]:
    """Return what the source of the notes itself cannot understand of a line, such as a date that does not exist."""
    source = _notes_source(config)
    try:
        found = source.open(Context(profile=config.profile, now=now)).pull(now, "").events
    except Exception as error:  # noqa: BLE001 -- the note is written, whatever its plugin raises
        return [Problem(f"sources.{source.name}", str(error), Code.UNUSABLE, hint="see `followup check`")]
    bad = [item for item in found if isinstance(item, BadItem) and item.where.endswith(f"{file.name}:{line}")]
    return [
        Problem("note", item.message, Code.UNREADABLE_ENTRY, hint=f"correct it in {file}, line {line}") for item in bad
    ]


def _cases(config: Config) -> Cases:
    with open_copy(config.store) as copy:
        keys = {*copy.places.cases(), *config.rulebook.directory.spelling.values()}
    return Cases(config.rulebook.directory, frozenset(keys))


def _unknown_tags(item: str, config: Config) -> list[Problem]:
    known = config.rulebook.rules.tags
    tags = dict.fromkeys(tag.lower() for tag in _TAG.findall(_URL.sub(" ", item)))
    return [
        Problem("note", f"no rule knows the tag #{tag}", Code.UNKNOWN_TAG, hint=expected(tag, known), warning=True)
        for tag in tags
        if tag not in known
    ]
