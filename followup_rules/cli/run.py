"""`followup run`: one tick."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from functools import cache

import click

from followup_rules.cli import shared, speech
from followup_rules.cli.progress import watching
from followup_rules.config.read import Config, read_config
from followup_rules.engine.plan import PRINTED
from followup_rules.sentences import Sentence
from followup_rules.store.errors import StoreError
from followup_rules.store.lock import Busy, only_run
from followup_rules.store.store import Store, open_store
from followup_rules.tick import notices_of_day
from followup_rules.tick.run import Outcome, Report, Say, run, sound


@click.command("run")
@shared.now_option
@shared.json_option
@click.option("-v", "--verbose", is_flag=True, help="Also print when nothing changed, and when the next change comes.")
@click.pass_context
def command(ctx: click.Context, now: str | None, *, as_json: bool, verbose: bool) -> None:
    """Do what is due now: prepare drafts, tasks and notices, and take back what is overtaken. Nothing is sent.

    Prints only what changed, so that cron mails only when something happened.
    """
    config = read_config(shared.config_file(ctx))
    # Not yet `config.fatal`, for which the rules must be compiled: the last run may have found them sound.
    if any(problem.fatal for problem in config.faults):
        shared.give_up(config.problems, as_json=as_json)
    moment = shared.instant(now, config)
    try:
        # The lock before the store: a store of an older version is brought up to date by one run alone.
        with only_run(config.store), open_store(config.store) as store, watching() as watch:
            # Within the lock, for what the last run found is in the store.
            if not sound(config, store.state.read()) and config.fatal:
                shared.give_up(config.problems, as_json=as_json)
            unsaid: list[Outcome] = []
            say = _say(config, store, moment.astimezone(config.profile.timezone), unsaid, as_json=as_json)
            report = run(config, store, moment, say, watch)
            names = shared.names_of_cases(config, store) if report.missed or verbose else {}
    except Busy as busy:
        speech.say(Sentence("followup: another run is at work on this store{busy}; nothing to do", busy=busy), err=True)
        return
    except StoreError as error:
        shared.give_up([shared.store_problem(error)], as_json=as_json)
    _print(report, names, len(unsaid), as_json=as_json, verbose=verbose)
    sys.exit(shared.exit_code(report.problems))


def _say(config: Config, store: Store, now: datetime, unsaid: list[Outcome], *, as_json: bool) -> Say:
    """Return what prints an outcome; notices beyond those of the day are put among the unsaid."""
    names = cache(lambda: shared.names_of_cases(config, store))  # nothing moves to another case once something is said

    def say(outcome: Outcome) -> None:
        if as_json:
            return
        from followup_rules.cli import show  # noqa: PLC0415 -- most runs have nothing to say

        if outcome.change.output != PRINTED:
            with suppress(OSError):  # of a draft or task it is only told, whether anybody listens or not
                show.change(outcome, names())
        elif notices_of_day.may_print(outcome.change.key, store, now):
            show.change(outcome, names())  # a notice is delivered by being printed
            notices_of_day.printed(outcome.change.key, store, now)
        else:
            unsaid.append(outcome)  # it counts as delivered: `today` shows it until it is dismissed

    return say


def _print(report: Report, names: Mapping[str, str], unsaid: int, *, as_json: bool, verbose: bool) -> None:
    with suppress(BrokenPipeError):  # as in `followup run | head`: all was done, whoever has stopped to read
        if as_json:
            from followup_rules.cli import as_json as records  # noqa: PLC0415 -- only for --json

            click.echo(records.dump(records.report(report)))
        elif report.missed or verbose or unsaid:
            from followup_rules.cli import show  # noqa: PLC0415 -- most runs have nothing to say

            show.rest_of_run(report, names, unsaid, verbose=verbose)
    shared.print_problems(report.problems)
