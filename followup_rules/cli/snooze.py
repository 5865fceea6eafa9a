"""`followup snooze`: a duty, or all of a case, waits until a day."""

from __future__ import annotations

import re
from datetime import datetime

import click

from followup_rules.cli import completion, natural_dates, order, shared
from followup_rules.cli.order import Order
from followup_rules.codes import Code
from followup_rules.language.tags import SNOOZE
from followup_rules.model import Problem
from followup_rules.sentences import Sentence
from followup_rules.written_dates import NotADate

_UNTIL = re.compile(r"^(?:until|till|jusqu['’](?:au|à|en)?)\s*", re.IGNORECASE)


@click.command("snooze")
@click.argument("duty", metavar="CASE[/RULE]|KEY", shell_complete=completion.cases_and_duties)
@click.argument("day", nargs=-1, metavar="[until DAY]")
@shared.now_option
@shared.json_option
@click.pass_context
def command(ctx: click.Context, duty: str, day: tuple[str, ...], now: str | None, *, as_json: bool) -> None:
    """Let a duty wait until a day: followup snooze nordik/fit until friday. A case alone: everything of it waits.

    DAY is what you would say: friday, vendredi, in two weeks, dans deux semaines, 2026-11-20. Without one it is a week.
    Nothing is lost: what closes in the meantime is told as missed. It writes a note.
    """
    config = shared.load(ctx, as_json=as_json)
    moment = shared.instant(now, config)
    until = _until(" ".join(day), moment.astimezone(config.profile.timezone), as_json=as_json)
    order.give(config, duty, Order(SNOOZE, until, whole_case=True), moment, as_json=as_json)


def _until(words: str, now: datetime, *, as_json: bool) -> str:
    said = _UNTIL.sub("", words.strip())
    if words and not said:
        message = Sentence(
            "until when? Write a day such as friday, in two weeks or 2026-11-20; without `until`, a week"
        )
        shared.give_up([Problem("DAY", message, Code.UNREADABLE_ENTRY, fatal=True)], as_json=as_json)
    try:
        return natural_dates.day(said, now) if said else ""
    except NotADate as error:
        shared.give_up([Problem("DAY", str(error), Code.UNREADABLE_ENTRY, fatal=True)], as_json=as_json)
