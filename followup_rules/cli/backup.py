"""`followup backup`: a copy of the store, and a copy put back."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import tzinfo
from pathlib import Path
from typing import Any

import click

from followup_rules.cli import shared
from followup_rules.cli.speech import say_all, tr
from followup_rules.codes import Code
from followup_rules.config.read import Config
from followup_rules.model import Problem
from followup_rules.sentences import Sentence
from followup_rules.store.errors import StoreError
from followup_rules.store.lock import Busy, only_run
from followup_rules.tick.run import Report
from followup_rules.upkeep import backup as copying
from followup_rules.upkeep.backup import Holdings, PutBack

PATIENCE = 10
"""Seconds to wait for a run that is at work."""
# What a look into the outputs says of the copy; other problems are for the next run to tell.
_OURS = (Code.TAKEN_OVER, Code.PERHAPS_AGAIN, Code.UNKNOWN_HERE)


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--restore", is_flag=True, help="Put the copy FILE in place of the store, which is kept aside.")
@click.option("--force", is_flag=True, help="Write over a copy that is there already.")
@shared.now_option
@shared.json_option
@click.pass_context
def command(  # noqa: PLR0913 -- one for each option
    ctx: click.Context, file: Path | None, now: str | None, *, restore: bool, force: bool, as_json: bool
) -> None:
    """Write a copy of the store to FILE, or beside the store with today's date; or put one back.

    Works while a run is at work. The copy is for you alone, and is opened and checked before it gets its name.
    """
    if restore and file is None:
        raise click.UsageError(Sentence("Name the copy that is to be put back: followup backup --restore FILE"))
    config = shared.load(ctx, as_json=as_json)
    moment = shared.instant(now, config).astimezone(config.profile.timezone)
    try:
        if not restore or file is None:
            copy = copying.back_up(config, file, moment, over=force)
            lines = (
                Sentence("{file}: a whole copy of the store", file=copy.file),
                _what(copy, moment.tzinfo),
                Sentence("  to put it back: followup backup --restore {file}", file=copy.file),
            )
            _tell(_record(copy, moment.tzinfo), lines, [], as_json=as_json)
            return
        with only_run(config.store, PATIENCE):
            put_back = copying.put_back(config, file, moment)
            report, _, _ = shared.previewed(config, moment, as_json=as_json)
    except Busy as busy:
        hint = Sentence("try again when it has ended; `followup doctor` tells about a run that does not end")
        shared.give_up(
            [_problem(Sentence("a run is at work{busy}; nothing was changed", busy=busy), hint, Code.COPY_NOT_USED)],
            as_json=as_json,
        )
    except StoreError as error:
        code = Code.COPY_NOT_USED if restore else Code.COPY_NOT_MADE
        shared.give_up([_problem(str(error), error.hint, code)], as_json=as_json)
    found = [problem for problem in report.problems if problem.code in _OURS]
    record = {**_record(put_back.holdings, moment.tzinfo), "kept": put_back.kept and str(put_back.kept)}
    record["forgotten"] = list(put_back.forgotten)
    record["next"] = dict(sorted(_ops(report).items()))
    _tell(record, _restored(put_back, report, config, moment.tzinfo), found, as_json=as_json)


def _problem(message: str, hint: str, code: Code) -> Problem:
    return Problem("backup", message, code, hint=hint, fatal=True)


def _tell(record: dict[str, Any], lines: Iterable[str], problems: list[Problem], *, as_json: bool) -> None:
    if as_json:
        from followup_rules.cli import as_json as records  # noqa: PLC0415 -- only for --json

        click.echo(records.dump({**record, "problems": records.problems(problems)}))
    else:
        say_all(lines)
    shared.print_problems(problems)
    sys.exit(shared.FINE)


def _record(held: Holdings, zone: tzinfo | None) -> dict[str, Any]:
    return {
        "file": str(held.file),
        "cases": held.cases,
        "duties": held.duties,
        "actions": held.actions,
        "last_run": held.last_run and held.last_run.astimezone(zone).isoformat(),
        "version": held.version,
        "bytes": held.size,
    }


def _what(held: Holdings, zone: tzinfo | None) -> Sentence:
    return Sentence(
        "  {cases}, {duties}, {actions}; last run: {last}",
        cases=Sentence("{number} case", "{number} cases", number=held.cases),
        duties=Sentence("{number} duty", "{number} duties", number=held.duties),
        actions=Sentence("{number} action", "{number} actions", number=held.actions),
        last=held.last_run.astimezone(zone) if held.last_run else Sentence("none is known"),
    )


def _ops(report: Report) -> Counter[str]:
    return Counter(outcome.change.op for outcome in report.outcomes)


def _restored(put_back: PutBack, report: Report, config: Config, zone: tzinfo | None) -> Iterator[str]:
    yield Sentence("{file} was put in place of {store}", file=put_back.holdings.file, store=config.store)
    yield _what(put_back.holdings, zone)
    if put_back.kept:
        yield Sentence("  the store as it was: {kept}", kept=put_back.kept)
    for case in put_back.forgotten:
        yield Sentence(
            "  you had {case} forgotten, and with this copy it is there again: followup forget {case}", case=case
        )
    ops = _ops(report)
    counts = (
        Sentence("make {number}", number=ops["create"]),
        Sentence("update {number}", number=ops["update"]),
        Sentence("take back {number}", number=ops["withdraw"]),
    )
    told = ", ".join(tr(each) for each in counts if each.values["number"])
    yield Sentence("The next run will {what}; `followup plan` shows it.", what=told or Sentence("change nothing"))
