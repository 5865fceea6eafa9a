"""`followup mark`: says what a meeting is, or was, that the user cannot tag in the calendar; a note with `re:DAY`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NoReturn

import click

from followup_rules.cli import casebook, completion, natural_dates, note, shared
from followup_rules.cli.casebook import CaseFile
from followup_rules.codes import Code
from followup_rules.language.tags import Tags
from followup_rules.model import Problem
from followup_rules.sentences import Sentence
from followup_rules.toml.suggestions import expected

_LISTED = 3
_NEAR = {"today": 0, "aujourd'hui": 0, "yesterday": -1, "hier": -1, "tomorrow": 1, "demain": 1}


@click.command("mark")
@click.argument("case", shell_complete=completion.cases)
@click.argument("answer", metavar="interview|not-interview|no-show", shell_complete=completion.marks)
@click.argument("day", required=False, metavar="[DAY]")
@shared.now_option
@shared.json_option
@click.pass_context
def command(  # noqa: PLR0913 -- one for each word of the command line
    ctx: click.Context, case: str, answer: str, day: str | None, now: str | None, *, as_json: bool
) -> None:
    """Say what the case's meeting of a day is: followup mark nordik not-interview 2026-11-18.

    Or `no-show`, if they did not call or come at the agreed time. DAY is what you would say: a date, yesterday, friday,
    6 nov.; it may be left out if all the case's meetings are on one day. It writes a note, which holds also when an
    interview moves.
    """
    config = shared.load(ctx, as_json=as_json)
    moment = shared.instant(now, config)
    tag = _tag(answer, config.rulebook.rules.world.tags, as_json=as_json)
    report, found = casebook.find(case, config, moment, as_json=as_json)
    if isinstance(found, Problem):
        _give_up(found, as_json=as_json)
    on = _day(day, found, report.now, as_json=as_json)
    added, problems = note.write(config, found.key, f"#{tag} re:{on.isoformat()}", moment, as_json=as_json)
    if as_json:
        note.print_record(added, problems, {"case": found.key, "tag": tag, "day": on.isoformat()})
    else:
        note.show(added)
    shared.print_problems(problems)
    sys.exit(shared.exit_code(problems))


def _tag(answer: str, tags: Tags, *, as_json: bool) -> str:
    tag = tags.canonical(answer)
    if tag not in tags.marks:
        hint = expected(answer, tags.marks) or Sentence("no rule of this config knows a tag that marks meetings")
        _give_up(
            Problem("mark", Sentence("#{tag} marks no meeting", tag=tag), Code.UNKNOWN_TAG, hint=hint, fatal=True),
            as_json=as_json,
        )
    return tag


def _day(written: str | None, file: CaseFile, now: datetime, *, as_json: bool) -> date:
    """Return the day that is meant, which must be one of a meeting."""
    # Of one that went when it had begun you may say that it took place; of one that went before, nothing.
    listed = (e for e in file.events if e.kind == "meeting" and (e.gone is None or e.gone >= e.start))
    days = sorted({e.start.astimezone(now.tzinfo).date() for e in listed})
    if written is None:
        if len(days) == 1:
            return days[0]
        message = (
            Sentence("{name} has meetings on several days", name=file.name)
            if days
            else Sentence("{name} has no meetings", name=file.name)
        )
        hint = Sentence("say which: {listed}", listed=_listed(days, now.date())) if days else ""
        _give_up(Problem("mark", message, Code.NO_DUTY, hint=hint, fatal=True), as_json=as_json)
    ahead = _NEAR.get(written.casefold().replace("’", "'"))
    near = None if ahead is None else now.date() + timedelta(days=ahead)
    day = near or natural_dates.among(written, days, now)
    if day not in days:
        what = (
            Sentence("{name} has no meeting on {day}", name=file.name, day=day)
            if day
            else Sentence("{written!r} is no day; write it as you would say it, or as 2026-11-18", written=written)
        )
        hint = (
            Sentence("its meetings are on {listed}", listed=_listed(days, day or now.date()))
            if days
            else Sentence("it has no meetings at all")
        )
        _give_up(Problem("mark", what, Code.NO_DUTY, hint=hint, fatal=True), as_json=as_json)
    assert day is not None, "a day that is not understood is none of them"
    return day


def _listed(days: Sequence[date], near: date) -> str:
    closest = sorted(sorted(days, key=lambda day: abs(day - near))[:_LISTED])
    return ", ".join(day.isoformat() for day in closest)


def _give_up(problem: Problem, *, as_json: bool) -> NoReturn:
    shared.give_up([problem], as_json=as_json)
